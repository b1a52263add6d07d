"""A job: a private folder with its inputs under fixed names, and the child that runs in it."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from pipeline.errors import RecordingError
from pipeline.sandbox.child import Process
from pipeline.sandbox.ffmpeg import binary
from pipeline.sandbox.limits import MAX_CPU_S
from pipeline.store import space_errors

_RUN = """
import importlib, sys
sys.path.insert(0, sys.argv.pop(1))
importlib.import_module(sys.argv.pop(1)).main()
"""
_scratch: Path | None = None


def work_in(folder: Path | None) -> None:
    """Makes the folders of jobs lie in this one, which is private and swept, and not in the system's own."""
    global _scratch
    _scratch = folder


@contextmanager
def job(inputs: Mapping[str, Path], folder: Path | None = None) -> Iterator[Path]:
    """A private folder in which every input lies under its fixed name (`in0`, `subs.ass`).

    Args:
        inputs: fixed name -> existing file or folder. Links, taken away again at the end. They lead through an open
            descriptor, so that the name of a recording is not even in a link that a killed process left behind.
        folder: use this folder (a step's own) instead of a fresh one that is removed.

    Raises:
        RecordingError: an input cannot be opened.
        SpaceError: the folder cannot be made because the disk is full.
    """
    fresh = folder is None
    with space_errors():
        place = Path(tempfile.mkdtemp(prefix="clinicreel-", dir=_scratch)) if folder is None else folder
    made: dict[Path, int] = {}
    try:
        for name, target in inputs.items():
            made[place / name] = descriptor = _opened(target)
            with space_errors():
                (place / name).symlink_to(f"/proc/{os.getpid()}/fd/{descriptor}")
        yield place
    finally:
        for link, descriptor in made.items():
            link.unlink(missing_ok=True)
            os.close(descriptor)
        if fresh:
            shutil.rmtree(place, ignore_errors=True)


def _opened(path: Path) -> int:
    try:
        return os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError as error:
        raise RecordingError(f"it cannot be read: {error.strerror}", "check its permissions and its disk") from error


@contextmanager
def start(
    args: Sequence[str],
    folder: Path,
    *,
    module: str | None = None,
    reads: bool = False,
    writes: bool = False,
    cpu_s: int = MAX_CPU_S,
) -> Iterator[Process]:
    """Starts ffmpeg in a job's folder and makes sure that it is gone afterwards.

    Args:
        args: what ffmpeg, or the module, is told.
        folder: where it runs.
        module: run `main` of this module of ours in a fresh interpreter instead of ffmpeg.
        reads: its stdout is read.
        writes: its stdin is written.
        cpu_s: processor seconds after which the kernel ends it.
    """
    program = _of_ours(module) if module else [binary(), "-nostdin", "-hide_banner", "-nostats"]
    process = Process([*program, *args], folder, reads=reads, writes=writes, cpu_s=cpu_s)
    try:
        yield process
    finally:
        process.stop()


def _of_ours(module: str) -> list[str]:
    """Runs a module of this very program in an interpreter that takes nothing from its surroundings.

    `-I` alone would take the package that is installed, which may be another copy than the one that asks.
    """
    return [sys.executable, "-I", "-c", _RUN, str(Path(__file__).resolve().parents[2]), module]
