"""What becomes of an error that nobody expected: the screen shows its kind and place, the rest stays in quarantine.

A traceback shows the words at hand: a path, a key, a line of a transcript. Names may be among them, and screens and
logs are read by more people than the work folder is.
"""

from __future__ import annotations

import hashlib
import os
import sys
import threading
import traceback
from pathlib import Path
from types import TracebackType

from pipeline.terminal.speaking import said

SHOW = "CLINICREEL_TRACEBACK"
"""Set in the environment, tracebacks go to the screen: for whoever works on ClinicReel with footage of nobody."""

_folder: Path | None = None


def keep_in(folder: Path | None) -> None:
    """Where tracebacks are written from now on; None: nowhere."""
    global _folder
    _folder = folder


def kept_in() -> Path | None:
    """Where tracebacks are written; None: nowhere."""
    return _folder


def install() -> None:
    """Takes over what Python does with an error that nobody caught, in any thread."""
    if os.environ.get(SHOW):
        return
    sys.excepthook = _tell
    if threading.excepthook is threading.__excepthook__:
        threading.excepthook = _tell_of_thread


def _tell_of_thread(args: threading.ExceptHookArgs) -> None:
    if args.exc_value is not None:
        _tell(args.exc_type, args.exc_value, args.exc_traceback)


def _tell(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if isinstance(error, Exception):
        tell(error)
    else:
        sys.__excepthook__(kind, error, trace)  # an interrupt is no bug


def tell(error: Exception) -> tuple[str, str]:
    """Says on the screen what happened, and keeps the traceback.

    Returns:
        The same in English, for whoever does not see the screen: kind and place, and where the traceback lies.
    """
    what = f"clinicreel: a bug: {type(error).__name__} at {_place(error.__traceback__)}"
    story = "".join(traceback.format_exception(error))
    where = whereabouts(_kept(story))
    print(story if os.environ.get(SHOW) else said(f"{what}\n  -> {where}"), file=sys.stderr)
    return what, where


def whereabouts(kept: Path | None) -> str:
    """Where to read more of a bug: in a file, in the folder of all of them, or nowhere yet."""
    where = f"the traceback lies in {kept}" if kept else f"{SHOW}=1 shows the traceback"
    return f"{where}; it may hold names: read it before you pass it on"


def _place(trace: TracebackType | None) -> str:
    """The innermost line of our own that was at work."""
    own = Path(__file__).parents[1]
    frames = [frame for frame in traceback.extract_tb(trace) if Path(frame.filename).is_relative_to(own)]
    if not frames:
        return "start"
    return f"{Path(frames[-1].filename).relative_to(own.parent)}:{frames[-1].lineno} in {frames[-1].name}"


def _kept(story: str) -> Path | None:
    """The file that a traceback was written to, readable for its owner alone; None if it could not be."""
    if _folder is None:
        return None
    path = _folder / f"{hashlib.sha256(story.encode()).hexdigest()[:12]}.txt"
    try:
        _folder.mkdir(mode=0o700, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(story, "utf-8")
    except OSError:
        return None  # the disk may be what failed
    return path
