"""How a pack leaves: it goes to the outbox, once, by one rename, and the book says so.

A file is delivered only if its bytes, read again now, are those that the verdict passed. There is no force. What is
gone from the outbox may have been taken back: it is told, and delivered again only when somebody asks for that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline import outbox, results
from pipeline.errors import ConfigError, ExposedError, RecordingError, ToolError
from pipeline.folders import ROOT
from pipeline.language import wording
from pipeline.ledger import Entry, Ledger
from pipeline.outbox import Lies
from pipeline.results import ClipResult
from pipeline.settings.keeping import TEAM
from pipeline.store import Store, stored_sha256
from pipeline.values import Pack, Register, Verdict

DELIVERING, DELIVERED, OUTBOX = "delivering", "delivered", "outbox"
"""What the book calls a pack of which the copying began, and one that lies in its place; and where that is."""
VIDEO = outbox.VIDEO


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
class Outlet:
    """Where packs leave by: a folder, the book of what went there, and what remembers the hashes of what lies in it."""

    folder: Path
    ledger: Ledger
    store: Store

    def deliver(self, clip: ClipResult, pack: Pack, made: Path, register: Register, *, again: bool = False) -> Delivery:
        """Delivers one pack of a clip, unless that was done before. The caller holds the lock of the case.

        Args:
            clip: a ready one.
            pack: one of its packs.
            made: the folder where the pack's files lie.
            register: whom the case must not tell: the book says where the outbox is.
            again: deliver it once more if it is gone from the outbox.

        Raises:
            ConfigError: the outbox is called after somebody of the case.
            ExposedError: the clip may not leave, or a file is not the one that was verified.
            RecordingError: another version of the pack lies in the outbox already.
            ToolError: the outbox cannot be written.
        """
        if clip.state != results.READY or clip.verdict is None or clip.clip is None or pack.problems:
            raise ExposedError(f"{clip.case}: only a ready clip can be delivered")
        before = self.delivered(clip, pack)
        if before is not None and before.is_other:
            raise RecordingError(
                f"{before.path}: another version of this pack lies there",
                "move that folder away if it is no longer wanted, then publish again",
            )
        if before is not None and not (again and before.is_gone):
            return before
        _check_nameless(self.folder, register)
        _check(pack, made, clip.verdict)
        target = self._place(clip.case, clip.clip, pack.platform)
        body = {**_body(clip.case, clip.clip, pack), OUTBOX: known_as(self.folder)}
        try:
            if outbox.lies(pack, target, self.store) is Lies.NOTHING:  # else killed between the rename and the entry
                self._note_begun(body)
                outbox.copy(pack, made, target)
                outbox.remember(pack, target, self.store)
        except OSError as error:
            raise ToolError(
                f"{target}: cannot be written: {error.strerror}", "check that disk, publish again"
            ) from error
        self.ledger.append(DELIVERED, body)
        return Delivery(clip.case, clip.clip, pack.platform, target, False, "")

    def delivered(self, clip: ClipResult, pack: Pack) -> Delivery | None:
        """The last delivery of this very pack to this outbox, or what else lies in its place; None: it may go there.

        Books of earlier releases do not say to which outbox: such an entry counts for every one.
        """
        if clip.clip is None:
            return None
        said = _body(clip.case, clip.clip, pack)
        entry = self.ledger.find(DELIVERED, {**said, OUTBOX: known_as(self.folder)})
        entry = entry or self.ledger.find(DELIVERED, said)
        target = self._place(clip.case, clip.clip, pack.platform)
        lies = outbox.lies(pack, target, self.store)
        if entry is None and lies is not Lies.OTHER:
            return None
        at = entry.at if entry else ""
        told = {"is_gone": lies is Lies.NOTHING, "is_other": lies is Lies.OTHER}
        return Delivery(clip.case, clip.clip, pack.platform, target, True, at, **told)

    def standing(self, clip: ClipResult) -> Iterator[Delivery]:
        """Where the packs of a clip stand, and what lies here of a clip, or of a whole case, that has none now.

        Raises:
            ToolError: nobody can look there.
        """
        for pack, _ in clip.packs:
            if (found := self.delivered(clip, pack) or self._unended(clip, pack)) is not None:
                yield found
        now = {(clip.clip, pack.platform) for pack, _ in clip.packs}
        said = {"case": clip.case} if clip.clip is None else {"case": clip.case, "clip": clip.clip}
        told = (*self._entries(DELIVERING, said), *self._entries(DELIVERED, said))
        last = {(one.body["clip"], one.body["platform"]): one for one in told}
        for (number, platform), entry in sorted(last.items()):
            target = self._place(clip.case, number, platform)
            if (number, platform) not in now and outbox.is_there(target / VIDEO):
                yield Delivery(clip.case, number, platform, target, True, entry.at, is_earlier=True)

    def _unended(self, clip: ClipResult, pack: Pack) -> Delivery | None:
        """A pack that a killed run put into its place, but not into the book; the next delivery writes it down."""
        if clip.clip is None:
            return None
        body = {**_body(clip.case, clip.clip, pack), OUTBOX: known_as(self.folder)}
        entry = self.ledger.find(DELIVERING, body)
        target = self._place(clip.case, clip.clip, pack.platform)
        if entry is None or outbox.lies(pack, target, self.store) is not Lies.PACK:
            return None
        return Delivery(clip.case, clip.clip, pack.platform, target, True, entry.at)

    def sweep(self) -> Iterator[Path]:
        """Removes halves that killed runs left: of packs that the book says were begun, for others deliver here too.

        What a living run copies is held by its case's lock. Where nobody can look, halves wait for another run.

        Yields:
            Every such folder. One that could not be removed is still there.
        """
        begun = {(one.body["case"], one.body["clip"], one.body["platform"]) for one in self._entries(DELIVERING, {})}
        for case, number, platform in sorted(begun):
            half = outbox.half(self._place(case, number, platform))
            is_there = False
            with suppress(ToolError):
                is_there = outbox.is_there(half)
            if is_there:
                with self.store.lock_if_free(case) as is_ours:
                    if is_ours:
                        outbox.remove(half)
                        yield half

    def _place(self, case: str, number: int, platform: str) -> Path:
        return outbox.place(self.folder, case, number, platform)

    def _entries(self, kind: str, said: Mapping[str, object]) -> Iterator[Entry]:
        """What the book says of this outbox, and of none in particular."""
        here = known_as(self.folder)
        return (one for one in self.ledger.entries(kind, said) if one.body.get(OUTBOX, here) == here)

    def _note_begun(self, body: dict[str, Any]) -> None:
        """Before the first byte is copied: whatever stops the run then, the book knows where to look."""
        begun, ended = self.ledger.find(DELIVERING, body), self.ledger.find(DELIVERED, body)
        if begun is None or (ended is not None and ended.number > begun.number):
            self.ledger.append(DELIVERING, body)


def everywhere(clip: ClipResult, pack: Pack, ledger: Ledger) -> Iterator[Entry]:
    """Every delivery of this very pack, to whatever outbox, oldest first."""
    said = _body(clip.case, clip.clip or 0, pack)
    for entry in ledger.entries(DELIVERED, {"case": clip.case}):
        if {key: value for key, value in entry.body.items() if key != OUTBOX} == said:
            yield entry


def known_as(folder: Path) -> str:
    """What the book calls an outbox: its path from the project's folder on if it lies there, so that both may move."""
    path = folder.resolve()
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)


def _body(case: str, clip: int, pack: Pack) -> dict[str, Any]:
    files = {file.path.name: file.sha256 for file in pack.files}
    return {"case": case, "clip": clip, "platform": pack.platform, "files": files}


def _check_nameless(folder: Path, register: Register) -> None:
    """Folders are seen by whoever uploads, and the book holds no name; whose machine it is may be said."""
    filmed = {person.id for person in register.people if person.role not in TEAM}
    path = known_as(folder)
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
    # None at all is no better: every file that leaves hangs on the verdict of the video.
    if not {file.sha256 for file in pack.files if file.path.name == VIDEO} & {*verdict.sha256s}:
        raise ExposedError(f"{pack.platform}: its video was never verified", "build the case again")
