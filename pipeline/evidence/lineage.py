"""What the book says of people: what they agreed to, which files came of a case, and where those files went.

The book holds ids, days and hashes, never a name: it is kept when a case is erased.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

from pipeline import bookmark, delivery
from pipeline.errors import ConfigError
from pipeline.evidence.consent import ASKED
from pipeline.folders import ROOT
from pipeline.language.naming import slug_of_folder
from pipeline.ledger import Entry, Ledger
from pipeline.results import ClipResult
from pipeline.settings.case import Case
from pipeline.settings.people import Consent, Person

CONSENT, MADE = "consent", "made"

_RELATIONS = """
mother father parent guardian spouse wife husband son daughter child sibling representative
母亲 父亲 妈妈 爸爸 家长 监护人 法定代理人 配偶 妻子 丈夫 儿子 女儿 子女 委托人
"""
RELATIONS = frozenset(_RELATIONS.split())
"""What may stand in the book for who signed; anything else in `by` may be a name."""
SOMEBODY = "named in the form"


@dataclass(frozen=True, slots=True)
class Made:
    """A file that came of a case, and where it went: platform, time and outbox.

    `begun` says where a delivery was begun of which the book knows no end: the run was stopped, and the file may lie
    there. It never left if both are empty.
    """

    case: str
    clip: int
    what: str
    sha256: str
    where: tuple[str, ...]
    begun: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Came:
    """Everything that came of a case, and what must be known to read the list."""

    files: tuple[Made, ...]
    notes: tuple[str, ...] = ()


def note_consents(case: Case, ledger: Ledger) -> None:
    """Writes down every consent of a case whose last entry in the book says something else, or that has none.

    A form that was taken back is not written down as if it held again. The caller holds the lock of the case.
    """
    said = [entry.body for entry in agreed(ledger, case.slug)]
    last = {body["person"]: body for body in said}
    gone = {(body["person"], body["form_sha256"]) for body in said if body["withdrawn"]}
    ids = [person.id for person in case.everyone]
    for person in case.everyone:
        body = consent_body(case.slug, person, person.consent, ids) if person.consent else None
        if body is None or body == last.get(person.id):
            continue
        if body["withdrawn"] or (person.id, body["form_sha256"]) not in gone:
            ledger.append(CONSENT, body)


def taken_back(case: Case, ledger: Ledger) -> tuple[tuple[str, str], ...]:
    """Whose consent was withdrawn, and on which day, as the book says: their ids, whatever `case.yaml` says by now.

    Everybody counts who was ever listed in the case, and a form that was taken back counts in no other case either. Who
    signed another form on that day or later has agreed again. Whom `case.yaml` itself calls withdrawn is left to it.
    """
    said = [entry.body for entry in ledger.entries(CONSENT)]
    held = {body["person"]: body for body in said if body["case"] == case.slug and not body["withdrawn"]}
    held |= {one.id: consent_body(case.slug, one, one.consent, []) for one in case.everyone if one.consent}
    days: dict[tuple[str, str], str] = {}
    for body in said:
        person, form = body["person"], body["form_sha256"]
        is_ours = body["case"] == case.slug or (person in held and held[person]["form_sha256"] == form)
        if body["withdrawn"] and is_ours:
            days[person, form] = body["withdrawn"]  # the last entry says which day was meant
    found = {who: day for (who, form), day in days.items() if who not in held or not _is_settled(held[who], form, day)}
    return tuple(sorted(found.items()))


def _is_settled(held: dict[str, Any], form: str, day: str) -> bool:
    """Whether a consent tells of the withdrawal of a form itself, or came after it."""
    return bool(held["withdrawn"]) or (held["form_sha256"] != form and held["signed"] >= day)


def note_made(clip: ClipResult, case: Case, ledger: Ledger) -> None:
    """Writes down which files a clip came to, and whose case they are of, unless the book says so already."""
    if not clip.exports:
        return
    body = {
        "case": clip.case,
        "clip": clip.clip,
        "people": sorted(person.id for person in case.everyone),
        "exports": {export.format: export.file.sha256 for export in clip.exports},
        "packs": {pack.platform: {file.path.name: file.sha256 for file in pack.files} for pack, _ in clip.packs},
    }
    if ledger.find(MADE, body) is None:
        ledger.append(MADE, body)


def book(work: Path | None) -> Ledger:
    """The book of a work folder, to be read.

    Raises:
        ConfigError: nothing was ever built there.
    """
    path = (work or ROOT / "work") / "ledger.sqlite"
    if not bookmark.is_begun(path):
        raise ConfigError(f"{path.parent}: nothing was built there yet", "choose the work folder: --work DIR")
    return Ledger(path)


def agreed(ledger: Ledger, case: str | None = None) -> Iterator[Entry]:
    """Every consent that was written down, oldest first, of one case or of all."""
    return ledger.entries(CONSENT, None if case is None else {"case": case})


def consents_of(ledger: Ledger, case: str | None = None) -> tuple[Entry, ...]:
    """What `agreed` finds, for a person who asks.

    Args:
        ledger: the book.
        case: how its folder is called, or the path of that; None: all.

    Raises:
        ConfigError: the book knows no case of that name; an empty list would say that nobody agreed to anything in it.
    """
    case = case and slug_of_folder(Path(case))
    known = {entry.body["case"] for kind in (CONSENT, MADE) for entry in ledger.entries(kind)}
    if case is not None and case not in known:
        remedy = f"the cases in it: {', '.join(sorted(known))}" if known else "choose the work folder: --work DIR"
        raise ConfigError(f"the book knows of no case '{case}'", remedy)
    return tuple(agreed(ledger, case))


def files_of(ledger: Ledger, case: str, person: str) -> Came:
    """Every file that came of a case, each once, with where it went.

    Who was listed when it was made does not matter: somebody may have been added or given another id since, and
    nobody can prove that a person of a case is not in all of its clips.

    Args:
        ledger: the book.
        case: how its folder is called, or the path of that.
        person: the id that somebody has in it.

    Raises:
        ConfigError: the book knows of no file of that case; an empty list would say that nothing came of it.
    """
    case = slug_of_folder(Path(case))
    names = _names_of(ledger, case)
    made: dict[_Key, None] = {}
    for entry in ledger.entries(MADE):
        if entry.body["case"] in names:
            made |= dict.fromkeys(_files(entry.body))
    went, begun = _went(ledger, delivery.DELIVERED, names), _went(ledger, delivery.DELIVERING, names)
    found = {**made, **dict.fromkeys(went), **dict.fromkeys(begun)}
    if not found:
        known = sorted({entry.body["case"] for kind in (MADE, delivery.DELIVERED) for entry in ledger.entries(kind)})
        renamed = f"if its folder was renamed, ask by the name that it had; the book has files of: {', '.join(known)}"
        raise ConfigError(
            f"the book knows of no file that came of a case '{case}'",
            renamed if known else "choose the work folder: --work DIR",
        )
    unended = _unended(begun, went)
    files = [Made(*key, _told(went, key), _told(unended, key)) for key in found]
    files.sort(key=lambda one: (one.case != case, *astuple(one)))
    return Came(tuple(files), _notes(ledger, case, person, names))


_Key = tuple[str, int, str, str]
"""Case, clip, what it is, SHA-256."""
_Went = dict[_Key, dict[tuple[str, str], Entry]]
"""For every file the last entry of each platform and outbox."""


def _went(ledger: Ledger, kind: str, names: set[str]) -> _Went:
    went: _Went = {}
    for entry in ledger.entries(kind):
        body = entry.body
        for name, sha256 in body["files"].items() if body["case"] in names else ():
            key = body["case"], body["clip"], f"{body['platform']}/{name}", sha256
            went.setdefault(key, {})[body["platform"], body.get(delivery.OUTBOX, "")] = entry
    return went


def _unended(begun: _Went, went: _Went) -> _Went:
    """Deliveries that were begun and of which the book says no end."""
    found: _Went = {}
    for key, places in begun.items():
        ended = went.get(key, {})
        found[key] = {at: one for at, one in places.items() if at not in ended or ended[at].number < one.number}
    return found


def _told(went: _Went, key: _Key) -> tuple[str, ...]:
    return tuple(", ".join(_place(entry)) for entry in went.get(key, {}).values())


def _notes(ledger: Ledger, case: str, person: str, names: set[str]) -> tuple[str, ...]:
    known = {entry.body["person"] for entry in agreed(ledger) if entry.body["case"] in names}
    for entry in ledger.entries(MADE):
        known |= {*entry.body["people"]} if entry.body["case"] in names else set()
    notes = []
    if person not in known:
        notes.append(f"the book knows of no '{person}' in the case '{case}': all that came of the case is listed")
    if others := ", ".join(sorted(names - {case})):
        notes.append(
            f"the same files or the same signed form stand in the book under another name, listed too: {others}"
        )
    return tuple(notes)


def _names_of(ledger: Ledger, case: str) -> set[str]:
    """What a case is called in the book: whoever renames its folder gives it another name there.

    The same video, or the same signed form of somebody who was filmed, tells that it is the same. A form that a person
    signed for several cases leads to all of them: too many are listed rather than one too few.
    """
    marks: dict[str, set[str]] = {case: set()}
    for entry in ledger.entries(MADE):
        marks.setdefault(entry.body["case"], set()).update(entry.body["exports"].values())
    for entry in agreed(ledger):
        if entry.body["role"] in ASKED:
            marks.setdefault(entry.body["case"], set()).add(entry.body["form_sha256"])
    names: set[str] = set()
    more = {case}
    while more:
        names |= more
        known = set().union(*(marks[name] for name in names))
        more = {name for name, own in marks.items() if own & known} - names
    return names


def _place(entry: Entry) -> Iterator[str]:
    """Books of earlier releases do not say to which outbox a pack went."""
    yield entry.body["platform"]
    yield entry.at
    if delivery.OUTBOX in entry.body:
        yield entry.body[delivery.OUTBOX]


def _files(body: dict[str, Any]) -> Iterator[_Key]:
    for shape, sha256 in body["exports"].items():
        yield body["case"], body["clip"], f"export {shape}", sha256
    for platform, files in body["packs"].items():
        for name, sha256 in files.items():
            yield body["case"], body["clip"], f"{platform}/{name}", sha256


def consent_body(case: str, person: Person, consent: Consent, ids: list[str]) -> dict[str, Any]:
    """What is written down of a consent: no name in it."""
    by = consent.by.strip()
    return {
        "case": case,
        "person": person.id,
        "role": person.role,
        "form_sha256": consent.sha256,
        "scopes": sorted(consent.scopes),
        "signed": consent.signed.isoformat(),
        "expires": consent.expires.isoformat() if consent.expires else None,
        "withdrawn": consent.withdrawn.isoformat() if consent.withdrawn else None,
        "by": by if not by or by in ids or by.lower() in RELATIONS else SOMEBODY,
    }
