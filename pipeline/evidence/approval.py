"""Approval: a person's name under every byte of a clip. It holds for these very files and for no others.

Only the newest approval of a clip counts, and one that has ended stays so: what is built anew and changes back to the
bytes that were approved is approved again, or it waits. A file that came back is approved apart from the built clip.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pipeline import results
from pipeline.errors import ConfigError, ExposedError, RecordingError
from pipeline.evidence.elsewhere import FORMAT
from pipeline.ledger import Entry, Ledger
from pipeline.results import ClipResult
from pipeline.store import Store, sha256_of, stored_sha256

APPROVED, ENDED = "approved", "approval ended"
CHANGED, REVOKED = "changed", "revoked"
"""Why an approval ended."""


class Unseen(RecordingError):
    """What is to be approved is not what the person who approves was shown."""


@dataclass(frozen=True, slots=True)
class Approval:
    """Who approved a clip, and when in UTC as ISO 8601."""

    by: str
    at: str


def is_required(wanted: str, *, synthetic: bool) -> bool:
    """Whether a clip of this case needs an approval.

    Raises:
        ConfigError: the channel does without where a real patient may be seen.
    """
    if wanted == "required":
        return True
    if not synthetic:
        raise ConfigError(
            "approval: none is only for cases that are marked `synthetic: true`",
            "take `approval: none` out of the channel; a real consultation is approved by a person",
        )
    return False


def subject(clip: ClipResult) -> dict[str, Any]:
    """What an approval binds: the SHA-256 of the plan and of every file of the clip, as they were made.

    Raises:
        RecordingError: the clip has no finished files.
    """
    if not _is_finished(clip) or clip.plan is None:
        raise RecordingError(f"{clip.case}: {clip.reason}", clip.next_step or "clinicreel build")
    return {
        "case": clip.case,
        "clip": clip.clip,
        "plan": sha256_of(clip.plan),
        "exports": {export.format: export.file.sha256 for export in clip.exports},
        "packs": {pack.platform: {f.path.name: f.sha256 for f in pack.files} for pack, _ in clip.packs},
    }


def seal(clip: ClipResult) -> str:
    """The SHA-256 of what an approval of the clip would bind, hexadecimal; empty: it has no finished files."""
    return _sealed(subject(clip)) if _is_finished(clip) else ""


def find(ledger: Ledger, clip: ClipResult) -> Approval | None:
    """The newest approval of the clip, if it is of exactly what the clip is now and has not ended."""
    return _given(ledger, subject(clip))


def approve(clip: ClipResult, by: str, ledger: Ledger, shown: str | None = None) -> Approval:
    """Writes a person's approval of a clip into the ledger. Every file is read again first.

    Args:
        clip: one that would be ready if it were approved.
        by: the person's name, as the hospital knows it.
        ledger: the book.
        shown: the seal of what the person was shown; None: they were shown files, and nobody knows which.

    Raises:
        ConfigError: the name is empty.
        Unseen: the clip was built anew since it was shown.
        RecordingError: the clip may not leave for another reason.
        ExposedError: a file is not the one that was proved.
        ToolError: one cannot be read.
    """
    by = signed(by)
    if clip.state != results.READY:
        raise RecordingError(f"{clip.case}: it cannot be approved yet: {clip.reason}", clip.next_step)
    now = subject(clip)
    if shown is not None and shown != _sealed(now):
        raise Unseen(f"{clip.case}: it was changed since you were shown it", "look at it again, then approve it")
    for path, sha256 in _files(clip):
        if stored_sha256(path) != sha256:
            raise ExposedError(f"{path.name} was changed after it was proved", "build the case again, look at it again")
    before = _given(ledger, now)
    if before is not None and before.by == by:
        return before
    ledger.append(APPROVED, {**now, "by": by})
    given = _given(ledger, now)
    assert given is not None
    return given


def end_if_changed(clip: ClipResult, ledger: Ledger) -> None:
    """Ends the approval of a clip that is built in another way by now, for good. The caller holds the case's lock."""
    if not _is_finished(clip):
        return
    now = subject(clip)
    entry = _newest(ledger, now)
    if entry is not None and _bound(entry) != now and entry.number not in _ended(ledger, now["case"]):
        _end(ledger, entry, CHANGED)


def revoke(store: Store, ledger: Ledger, case: str, number: int, by: str) -> None:
    """Takes back every approval of a clip that holds, those of files that came back too, whatever is built by now.

    Raises:
        ConfigError: the name is empty, or there is no such approval.
    """
    by, held = signed(by), _held(ledger, case, number)
    if held:  # else no lock is made: a case of which nothing was approved may be called after somebody
        with store.lock(case, lambda: None):
            held = _held(ledger, case, number)
            for entry in held:
                _end(ledger, entry, REVOKED, by)
    if not held:
        raise ConfigError(f"{case}: clip {number} has no approval that holds", "clinicreel status says where it stands")


def _held(ledger: Ledger, case: str, number: int) -> list[Entry]:
    """Every approval of a clip that has not ended."""
    ended = _ended(ledger, case)
    return [entry for entry in _newest_of_each(ledger, case, number).values() if entry.number not in ended]


def ruled(clip: ClipResult, ledger: Ledger | None) -> ClipResult:
    """A clip that is ready but for its approval waits, and says what changed since the last one.

    Args:
        clip: as it was judged.
        ledger: None: there is no book yet, so nothing was ever approved.
    """
    if clip.state != results.READY:
        return clip
    now = subject(clip)
    given = _given(ledger, now) if ledger else None
    if given is not None:
        return replace(clip, approved_by=given.by, approved_at=given.at)
    reason = (_lapsed(ledger, now) if ledger else "") or "nobody has approved it yet"
    told = f"{reason}; {clip.reason}" if clip.reason else reason
    command = f"clinicreel approve {clip.case} --clip {clip.clip} --as NAME, or clinicreel review {clip.case}"
    return replace(clip, state=results.WAITING, reason=told, next_step=command, awaits_approval=True)


def _is_finished(clip: ClipResult) -> bool:
    """Whether it has files that somebody could approve."""
    return clip.clip is not None and clip.plan is not None and bool(clip.exports)


def _given(ledger: Ledger, now: dict[str, Any]) -> Approval | None:
    """The newest approval of what is bound now, if it is of exactly this and has not ended."""
    entry = _newest(ledger, now)
    if entry is None or _bound(entry) != now or entry.number in _ended(ledger, now["case"]):
        return None
    return Approval(entry.body["by"], entry.at)


def _sealed(bound: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(bound, sort_keys=True).encode()).hexdigest()


def signed(by: str, needed: str = "an approval needs the name of the person who gives it") -> str:
    """The name of a person as the book holds it.

    Args:
        by: as it was typed.
        needed: what is said where it is no name.

    Raises:
        ConfigError: it is empty, too long, or has signs that cannot be shown.
    """
    by = " ".join(by.split())
    if not by or not by.isprintable() or len(by) > 80:
        raise ConfigError(needed, "say it: --as NAME")
    return by


def _newest(ledger: Ledger, now: dict[str, Any]) -> Entry | None:
    """The newest approval of what is bound now, however it was then."""
    return _newest_of_each(ledger, now["case"], now["clip"]).get(_file_of(now))


def _newest_of_each(ledger: Ledger, case: str, number: int) -> dict[str, Entry]:
    """The newest approval of a clip as it is built (by an empty key), and of every file that came back as it."""
    return {_file_of(entry.body): entry for entry in ledger.entries(APPROVED, {"case": case, "clip": number})}


def _file_of(bound: dict[str, Any]) -> str:
    """The SHA-256 of the file that came back; empty: what is bound was built here."""
    file: str = bound["exports"].get(FORMAT, "")
    return file


def _ended(ledger: Ledger, case: str) -> dict[int, Entry]:
    """What says that an approval of a case ended, by the approval's number."""
    return {entry.body["approval"]: entry for entry in ledger.entries(ENDED, {"case": case})}


def _end(ledger: Ledger, entry: Entry, why: str, by: str = "") -> None:
    of = {"case": entry.body["case"], "clip": entry.body["clip"], "approval": entry.number}
    ledger.append(ENDED, {**of, "why": why, "by": by})


def _bound(entry: Entry) -> dict[str, Any]:
    return {key: value for key, value in entry.body.items() if key != "by"}


def _files(clip: ClipResult) -> Iterator[tuple[Path, str]]:
    for export in clip.exports:
        yield export.file.path, export.file.sha256
    for pack, folder in clip.packs:
        yield from ((folder / file.path.name, file.sha256) for file in pack.files)


def _lapsed(ledger: Ledger, now: dict[str, Any]) -> str:
    """Why the newest approval no longer holds; empty: there is none. Messages name nobody; the ledger does."""
    entry = _newest(ledger, now)
    if entry is None:
        return ""
    ended = _ended(ledger, now["case"]).get(entry.number)
    if ended is not None and ended.body["why"] == REVOKED:
        return f"its approval of {entry.at[:10]} was taken back on {ended.at[:10]}"
    if _bound(entry) == now:
        return f"changed after it was approved on {entry.at[:10]}, and back since: that approval has ended"
    return f"changed after it was approved on {entry.at[:10]}: {', '.join(_changes(entry.body, now)[:4])}"


def _changes(before: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """What is not as it was approved."""
    changed = []
    if before["plan"] != now["plan"]:
        changed.append("what is hidden")
    if before["exports"] != now["exports"]:
        changed.append("the video")
    packs: dict[str, dict[str, str]] = now["packs"]
    for platform in sorted(packs.keys() | before["packs"].keys()):
        old, new = before["packs"].get(platform, {}), packs.get(platform, {})
        names = sorted(name for name in old.keys() | new.keys() if old.get(name) != new.get(name))
        changed += [f"{platform}/{name}" for name in names if name not in ("video.mp4", "receipt.json")]
    return changed
