"""Publish, its first form: the packs of ready clips go to the outbox, each once, each by one rename.

A file is delivered only if its bytes, read again now, are those that the verdict passed. There is no force. What is
gone from the outbox may have been taken back: it is told, and delivered again only when somebody asks for that.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pipeline import outbox as boxes
from pipeline import results
from pipeline.errors import ConfigError, ExposedError, RecordingError, ToolError
from pipeline.language import wording
from pipeline.ledger import Entry, Ledger
from pipeline.outbox import Lies
from pipeline.results import ClipResult
from pipeline.settings.keeping import TEAM
from pipeline.settings.loading import ROOT
from pipeline.store import Store, stored_sha256
from pipeline.values import Pack, Register, Verdict

DELIVERING, DELIVERED, OUTBOX = "delivering", "delivered", "outbox"
"""What the book calls a pack of which the copying began, and one that lies in its place; and where that is."""
VIDEO = boxes.VIDEO


@dataclass(frozen=True)
class Delivery:
    """What became of one pack."""

    case: str
    clip: int
    platform: str
    path: Path
    was_there: bool
    """It was delivered before."""
    at: str
    is_gone: bool = False
    """It was delivered before, and is no longer there."""
    is_other: bool = False
    """Something else lies in its place: an older version, or what somebody changed."""
    is_earlier: bool = False
    """It lies there from a delivery before, and the clip has no pack now that it could be compared with."""


@dataclass(frozen=True)
class Wanted:
    """Which clips are to be delivered: those of one number, or all; `again`: what is gone from the outbox as well."""

    clip: int | None = None
    again: bool = False

    def has(self, clip: ClipResult) -> bool:
        """Whether it is one of them."""
        return self.clip in (None, clip.clip)


ALL = Wanted()


def deliver(
    result: ClipResult,
    pack: Pack,
    folder: Path,
    outbox: Path,
    ledger: Ledger,
    register: Register,
    store: Store,
    *,
    again: bool = False,
) -> Delivery:
    """Delivers one pack of a clip, unless that was done before. The caller holds the lock of the case.

    Args:
        result: the clip.
        pack: one of its packs.
        folder: where the pack's files lie.
        outbox: where it goes.
        ledger: the book.
        register: whom the case must not tell: the book says where the outbox is.
        store: where hashes of what lies in the outbox are remembered.
        again: deliver it once more if it is gone from the outbox.

    Raises:
        ConfigError: the outbox is called after somebody of the case.
        ExposedError: the clip may not leave, or a file is not the one that was verified.
        RecordingError: another version of the pack lies in the outbox already.
        ToolError: the outbox cannot be written.
    """
    if result.state != results.READY or result.verdict is None or result.clip is None or pack.problems:
        raise ExposedError(f"{result.case}: only a ready clip can be delivered")
    target = boxes.place(outbox, result.case, result.clip, pack.platform)
    before = delivered(result, pack, outbox, ledger, store)
    if before is not None and before.is_other:
        raise RecordingError(
            f"{target}: another version of this pack lies there",
            "move that folder away if it is no longer wanted, then publish again",
        )
    if before is not None and not (again and before.is_gone):
        return before
    _check_nameless(outbox, register)
    _check(pack, folder, result.verdict)
    body = {**_body(result.case, result.clip, pack), OUTBOX: known_as(outbox)}
    try:
        if boxes.lies(pack, target, store) is Lies.NOTHING:  # else killed between the rename and the entry
            _note_begun(body, ledger)
            boxes.copy(pack, folder, target)
            boxes.remember(pack, target, store)
    except OSError as error:
        raise ToolError(f"{target}: cannot be written: {error.strerror}", "check that disk, publish again") from error
    ledger.append(DELIVERED, body)
    return Delivery(result.case, result.clip, pack.platform, target, False, "")


def delivered(result: ClipResult, pack: Pack, outbox: Path, ledger: Ledger, store: Store) -> Delivery | None:
    """The last delivery of this very pack to this outbox, or what else lies in its place; None: it may go there.

    Books of earlier releases do not say to which outbox: such an entry counts for every one.
    """
    if result.clip is None:
        return None
    said = _body(result.case, result.clip, pack)
    entry = ledger.find(DELIVERED, {**said, OUTBOX: known_as(outbox)}) or ledger.find(DELIVERED, said)
    target = boxes.place(outbox, result.case, result.clip, pack.platform)
    lies = boxes.lies(pack, target, store)
    if entry is None and lies is not Lies.OTHER:
        return None
    at = entry.at if entry else ""
    told = {"is_gone": lies is Lies.NOTHING, "is_other": lies is Lies.OTHER}
    return Delivery(result.case, result.clip, pack.platform, target, True, at, **told)


def standing(result: ClipResult, outbox: Path, ledger: Ledger, store: Store) -> Iterator[Delivery]:
    """Where the packs of a clip stand, and what lies in the outbox of a clip, or of a whole case, that has none now."""
    for pack, _ in result.packs:
        if (found := delivered(result, pack, outbox, ledger, store)) is not None:
            yield found
    now = {(result.clip, pack.platform) for pack, _ in result.packs}
    last = {(one.body["clip"], one.body["platform"]): one for one in ledger.entries(DELIVERED) if _is_of(one, result)}
    for (clip, platform), entry in sorted(last.items()):
        target = boxes.place(outbox, result.case, clip, platform)
        was_here = entry.body.get(OUTBOX, known_as(outbox)) == known_as(outbox)
        if (clip, platform) not in now and was_here and (target / VIDEO).exists():
            yield Delivery(result.case, clip, platform, target, True, entry.at, is_earlier=True)


def _is_of(entry: Entry, result: ClipResult) -> bool:
    return entry.body["case"] == result.case and result.clip in (None, entry.body["clip"])


def everywhere(result: ClipResult, pack: Pack, ledger: Ledger) -> Iterator[Entry]:
    """Every delivery of this very pack, to whatever outbox, oldest first."""
    said = _body(result.case, result.clip or 0, pack)
    for entry in ledger.entries(DELIVERED):
        if {key: value for key, value in entry.body.items() if key != OUTBOX} == said:
            yield entry


def known_as(outbox: Path) -> str:
    """What the book calls an outbox: its path from the project's folder on if it lies there, so that both may move."""
    path = outbox.resolve()
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)


def telling(clip: ClipResult, deliveries: Iterable[Delivery], command: str) -> ClipResult:
    """The clip with what is gone of it from the outbox or lies there in its place, and what to do about that.

    Args:
        clip: or a whole case.
        deliveries: among others its own.
        command: delivers it again.
    """
    own = [one for one in deliveries if one.case == clip.case and clip.clip in (None, one.clip)]
    gone = [one.platform for one in own if one.is_gone and clip.state == results.READY]
    other = [one.platform for one in own if one.is_other]
    earlier = [f"{one.path.parent.name}/{one.platform}" for one in own if one.is_earlier]
    reasons, steps = [clip.reason], [clip.next_step]
    if gone:
        reasons.append(f"delivered, and no longer in the outbox: {', '.join(gone)}")
        steps.append(f"unless it was taken back on purpose: {command} --clip {clip.clip} --again")
    if other:
        reasons.append(f"another version lies in the outbox: {', '.join(other)}")
        steps.append("move that version away if it is no longer wanted, and take it down where it was uploaded")
    if earlier:
        reasons.append(f"what was delivered before still lies in the outbox: {', '.join(earlier)}")
        steps.append("if it must not stay published, take it away there and where it was uploaded")
    return replace(clip, reason="; ".join(filter(None, reasons)), next_step="; ".join(filter(None, steps)))


def _body(case: str, clip: int, pack: Pack) -> dict[str, Any]:
    files = {file.path.name: file.sha256 for file in pack.files}
    return {"case": case, "clip": clip, "platform": pack.platform, "files": files}


def _note_begun(body: dict[str, Any], ledger: Ledger) -> None:
    """Before the first byte is copied: whatever stops the run then, the book knows where to look."""
    begun, ended = ledger.find(DELIVERING, body), ledger.find(DELIVERED, body)
    if begun is None or (ended is not None and ended.number > begun.number):
        ledger.append(DELIVERING, body)


def _check_nameless(outbox: Path, register: Register) -> None:
    """Folders are seen by whoever uploads, and the book holds no name; whose machine it is may be said."""
    filmed = {person.id for person in register.people if person.role not in TEAM}
    path = known_as(outbox)
    words = re.sub(r"[_.\-/\\]", " ", path)
    if any(one.person in filmed for said in (path, words) for one in wording.telling(said, register)):
        raise ConfigError("the outbox is called after somebody who was filmed", "choose another: --outbox DIR")


def _check(pack: Pack, folder: Path, verdict: Verdict) -> None:
    """The pack's video stands in a passing verdict, and every byte of the pack is as it was made."""
    if not verdict.passed:
        raise ExposedError(f"{pack.platform}: its verdict did not pass")
    for file in pack.files:
        if stored_sha256(folder / file.path.name) != file.sha256:
            raise ExposedError(
                f"{pack.platform}: {file.path.name} was changed after it was made", "build the case again"
            )
        if file.path.name == VIDEO and file.sha256 not in verdict.sha256s:
            raise ExposedError(f"{pack.platform}: its video was never verified", "build the case again")
