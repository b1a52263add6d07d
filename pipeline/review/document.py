"""`review.yaml` on the disk: read strictly, written whole or not at all, and never over somebody else's change."""

from __future__ import annotations

import fcntl
import hashlib
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pipeline.errors import ClinicReelError, ConfigError
from pipeline.language.naming import slug_of_folder
from pipeline.settings.corrections import FILE, ClipReview, Review
from pipeline.settings.forms import Model
from pipeline.settings.loading import load_review
from pipeline.store import write_durably, written_at

_HEAD = """\
# 人工复核的结果，由复核台写入，也可以手改：时间是原始素材的秒，框是画面的比例 [左, 上, 右, 下]。
# What people corrected. The review desk writes it, and it may be edited by hand: times are seconds of the recording,
# boxes are shares of the frame [left, top, right, bottom]. Comments below this line are not kept.
"""

_UNREADABLE = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
"""Signs that YAML forbids as they are, or takes for the end of a line. Source: YAML 1.1, 5.1 and 5.4."""
_DIGITS = 4
"""Of a number behind its point: a tenth of a millisecond, or a pixel in ten thousand."""


class Changed(ClinicReelError):
    """Somebody else changed the file since it was read."""


def version(folder: Path) -> str:
    """The SHA-256 of the file's bytes; empty: there is none."""
    path = folder / FILE
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def read(path: Path) -> Review:
    """The corrections in a file that lies elsewhere.

    Raises:
        ConfigError: it is faulty.
    """
    review, _ = load_review(path.parent, path.name)
    return review


def save(folder: Path, number: int, edits: ClipReview, read: str, locks: Path) -> str:
    """Writes the corrections of one clip, leaving those of all others.

    Args:
        folder: the case's.
        number: the clip's.
        edits: all its corrections.
        read: the version that the person saw.
        locks: folder for the lock that keeps two writers apart.

    Returns:
        The new version.

    Raises:
        Changed: the file is not the one that was read.
        ConfigError: the file was made faulty by hand, or would be by these corrections.
        ToolError: it cannot be written.
    """
    name = f".{slug_of_folder(folder)}.review"  # with a dot in front it is the lock of no case
    with _alone(locks / f"{name}.lock"):
        if version(folder) != read:
            raise Changed("review.yaml was changed meanwhile", "look at it again")
        review, _ = load_review(folder)
        clips = {**review.clips, str(number): edits}
        kept = {name: clips[name] for name in sorted(clips, key=int) if clips[name] != ClipReview()}
        corrected = Review(clips=kept)
        text = dumped(corrected).encode()
        with written_at(folder / FILE):
            _check(text, corrected, locks / f"{name}.yaml")
            write_durably(folder / FILE, text)
        return version(folder)


def _check(text: bytes, meant: Review, draft: Path) -> None:
    """Refuses a text that is not read as it is meant: nobody could build the case then, or correct it on the desk."""
    try:
        write_durably(draft, text)
        understood = read(draft)
    except ConfigError as error:
        raise ConfigError(error.cause.replace(str(draft), FILE), error.remedy) from error
    finally:
        draft.unlink(missing_ok=True)
    if rounded(understood) != rounded(meant):
        raise ConfigError("review.yaml would not be read as it is meant", "write the correction into it by hand")


def rounded(model: Model) -> Any:
    """What a model says, with numbers as exact as they are written here."""
    return _rounded(model.model_dump(mode="json"))


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _rounded(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_rounded(inner) for inner in value]
    return round(value, _DIGITS) if isinstance(value, float) else value


def dumped(review: Review) -> str:
    """The file's text: one correction a line, so that a person can read it and `git diff` shows what changed."""
    lines = [_HEAD.rstrip("\n"), "clips:" if review.clips else "clips: {}"]
    for number, clip in review.clips.items():
        lines.append(f"  {number}:")
        texts = {"title": clip.title, "caption": clip.caption, "tags": clip.tags}
        lines += [f"    {name}: {_flow(text)}" for name, text in texts.items() if text is not None]
        for name in sorted(ClipReview.model_fields.keys() - texts.keys()):
            items = [_told(item) for item in getattr(clip, name)]
            lines += [f"    {name}:", *(f"      - {_flow(item)}" for item in items)] if items else []
    return "\n".join(lines) + "\n"


def _told(item: Model) -> dict[str, Any]:
    """What a correction says, without the texts that are empty when nobody says them."""
    fields = type(item).model_fields.items()
    unsaid = {name for name, field in fields if field.default == "" and getattr(item, name) == ""}
    return item.model_dump(mode="json", by_alias=True, exclude=unsaid)


def _flow(value: Any) -> str:
    """A value in YAML's flow style; texts are written as JSON does, which YAML reads the same but for some signs."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_flow(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_flow, value)) + "]"
    if isinstance(value, float):
        return f"{round(value, _DIGITS):.15g}"
    return _UNREADABLE.sub(lambda sign: f"\\u{ord(sign[0]):04x}", json.dumps(value, ensure_ascii=False))


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    lock.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with lock.open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield
