"""Publish, its first form: the packs of ready clips go to the outbox, each once, each by one rename.

A file is delivered only if its bytes, read again now, are those that the verdict passed. There is no force.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from pipeline import results
from pipeline.errors import ExposedError, RecordingError, ToolError
from pipeline.ledger import Ledger
from pipeline.results import ClipResult
from pipeline.store import fsync, sha256_of, space_errors
from pipeline.values import Pack, Verdict

DELIVERED = "delivered"
VIDEO = "video.mp4"


@dataclass(frozen=True)
class Delivery:
    """What became of one pack."""

    case: str
    clip: int
    platform: str
    path: Path
    was_there: bool
    at: str


def place(outbox: Path, case: str, clip: int, platform: str) -> Path:
    """Where a pack lies in the outbox."""
    return outbox / case / f"clip-{clip:02d}" / platform


def deliver(result: ClipResult, pack: Pack, folder: Path, outbox: Path, ledger: Ledger) -> Delivery:
    """Delivers one pack of a clip, unless that was done before. The caller holds the lock of the case.

    Raises:
        ExposedError: the clip may not leave, or a file is not the one that was verified.
        RecordingError: another version of the pack lies in the outbox already.
        ToolError: the outbox cannot be written.
    """
    if result.state != results.READY or result.verdict is None or result.clip is None or pack.problems:
        raise ExposedError(f"{result.case}: only a ready clip can be delivered")
    before = delivered(result, pack, outbox, ledger)
    if before is not None:
        return before
    target = place(outbox, result.case, result.clip, pack.platform)
    _check(pack, folder, result.verdict)
    try:
        if target.exists():
            _check_same(pack, target)  # killed between the rename and the entry
        else:
            _copy(pack, folder, target)
    except OSError as error:
        raise ToolError(f"{target}: cannot be written: {error.strerror}", "check that disk, publish again") from error
    ledger.append(DELIVERED, _body(result.case, result.clip, pack))
    return Delivery(result.case, result.clip, pack.platform, target, False, "")


def delivered(result: ClipResult, pack: Pack, outbox: Path, ledger: Ledger) -> Delivery | None:
    """The delivery of this very pack, if it was made before."""
    if result.clip is None:
        return None
    entry = ledger.find(DELIVERED, _body(result.case, result.clip, pack))
    target = place(outbox, result.case, result.clip, pack.platform)
    return Delivery(result.case, result.clip, pack.platform, target, True, entry.at) if entry else None


def _body(case: str, clip: int, pack: Pack) -> dict[str, object]:
    files = {file.path.name: file.sha256 for file in pack.files}
    return {"case": case, "clip": clip, "platform": pack.platform, "files": files}


def _check(pack: Pack, folder: Path, verdict: Verdict) -> None:
    """The pack's video stands in a passing verdict, and every byte of the pack is as it was made."""
    if not verdict.passed:
        raise ExposedError(f"{pack.platform}: its verdict did not pass")
    for file in pack.files:
        if sha256_of(folder / file.path.name) != file.sha256:
            raise ExposedError(
                f"{pack.platform}: {file.path.name} was changed after it was made", "build the case again"
            )
        if file.path.name == VIDEO and file.sha256 not in verdict.sha256s:
            raise ExposedError(f"{pack.platform}: its video was never verified", "build the case again")


def _check_same(pack: Pack, target: Path) -> None:
    same = all((target / f.path.name).is_file() and sha256_of(target / f.path.name) == f.sha256 for f in pack.files)
    if not same:
        raise RecordingError(
            f"{target}: another version of this pack lies there",
            "move that folder away if it is no longer wanted, then publish again",
        )


def _copy(pack: Pack, folder: Path, target: Path) -> None:
    """Copies a pack beside its target and renames it into place; what was copied is read back and compared."""
    with space_errors():
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(f".{target.name}.part")
        shutil.rmtree(part, ignore_errors=True)  # of a run that was killed
        try:
            part.mkdir()
            for file in pack.files:
                copy = part / file.path.name
                shutil.copyfile(folder / file.path.name, copy)
                fsync(copy)
                if sha256_of(copy) != file.sha256:
                    raise ExposedError(f"{pack.platform}: {copy.name} changed while it was copied", "publish again")
            fsync(part)
            os.rename(part, target)
            fsync(target.parent)
        finally:
            shutil.rmtree(part, ignore_errors=True)
