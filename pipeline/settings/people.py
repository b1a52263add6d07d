"""Who is in a recording, and what they agreed to: the forms that `case.yaml` fills in, and what can be wrong in them.

No message repeats a name: faults are told by file, line and key.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Literal, get_args

from pydantic import BeforeValidator, Field, PrivateAttr

from pipeline.errors import ConfigError
from pipeline.language import common_words
from pipeline.settings.forms import Model, ShareBox, Texts, as_tuple
from pipeline.settings.strict_yaml import Document, Place
from pipeline.store import sha256_of

Role = Literal["patient", "family", "minor", "staff", "doctor", "passer-by"]
Scope = Literal["film", "edit", "publish_redacted", "publish_face", "voice", "domestic", "overseas", "teaching"]

Fault = tuple[Place, str]
"""Where in the YAML, and what is wrong there."""


def as_day(value: object) -> object:
    """Reads `2026-11-01`.

    Raises:
        ValueError: it is no such day.
    """
    if not isinstance(value, str):
        return value
    try:
        return date.fromisoformat(value) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", value) else _no_day()
    except ValueError as error:
        raise ValueError("a day is written 2026-11-01") from error


def _no_day() -> date:
    raise ValueError


def _as_scope(value: object) -> object:
    known = get_args(Scope)
    if value in known:
        return value
    begun = [scope for scope in known if scope.startswith(str(value))]  # `publish` may mean either: never guess a face
    meant = " or ".join(f"'{scope}'" for scope in begun or difflib.get_close_matches(str(value), known, n=1))
    raise ValueError(f"unknown scope (did you mean {meant}?)" if meant else f"one of {', '.join(known)}")


_HAN = "[\u4e00-\u9fff]"
_SEVERAL = re.compile(
    "[,，、;；:：|｜()（）]"
    rf"|{_HAN}(?:[/／]|{_HAN}\s+{_HAN}{{2}}|\s*(?:[^\w\s·•・‧.．]+|\d+)\s*{_HAN})"
    rf"|{_HAN}{{2}}\s*[A-Za-z]{{2}}|[A-Za-z]{{2}}\s*{_HAN}{{2}}"
)
"""`d/o` is part of a name in Latin letters, a dot of a foreign one; a single character before a space is a surname."""
_QUOTES = re.compile('["“”「」『』]')


def _as_name(value: object) -> object:
    if not isinstance(value, str):
        return value
    if not any(map(str.isalpha, value)):
        raise ValueError("an empty name; write it or take the line out")
    if _SEVERAL.search(value):
        raise ValueError("several names in one, which nobody is called: write each by itself, [one, two]")
    if _QUOTES.search(value):
        raise ValueError("quotation marks would be part of the name: take them out")
    return value


Day = Annotated[date, BeforeValidator(as_day)]
Scopes = Annotated[tuple[Annotated[Scope, BeforeValidator(_as_scope)], ...], BeforeValidator(as_tuple)]
Names = Annotated[tuple[Annotated[str, BeforeValidator(_as_name)], ...], BeforeValidator(as_tuple)]


class Consent(Model):
    """What someone agreed to. The signed form is the proof: kept as a file, known by its SHA-256."""

    form: str = Field(description="the signed form, scanned: a path, from the case's folder on")
    sha256: str | None = Field(
        None, pattern=r"^[0-9a-f]{64}$", description="of the form's file; left out, the message says what to write"
    )
    scopes: Scopes = Field(description="what was ticked on the form, each by itself")
    signed: Day
    expires: Day | None = Field(None, description="the last day on which it holds; null: it says no end")
    by: str = Field("", description="who signed for them: a listed person's id or a relation; a minor needs one")
    withdrawn: Day | None = Field(None, description="the day on which it was taken back")


class Person(Model):
    """Someone who is seen, heard or spoken of in the recording."""

    id: str = Field(pattern=r"^[a-z0-9_-]{1,32}$", description="stands in messages instead of a name: p1, mother")
    role: Role = "patient"
    names: Names = Field((), description="every name that may be said or written: full, short, nickname, Latin letters")
    spoken: Names = Field((), description="how recognition may write them: homophones, other spellings")
    confirmed: Texts = Field((), description="those of the names that are ordinary words too, and hidden all the same")
    consent: Consent | None = Field(None, description="what they agreed to; a patient, family, a minor must be asked")
    face: Literal["hide", "keep"] = Field(
        "hide",
        description="keep: stays visible where it surely is theirs; of doctor and staff, with consent",
    )
    photos: Texts = Field(
        (),
        description="of this face alone, sharp, from the front, three or more: paths, from this folder on",
    )
    keep_zone: ShareBox | None = Field(
        None, description="instead of photos, where the camera stands still: the seat where nobody else ever is"
    )

    _named_at: tuple[str, ...] = PrivateAttr(())

    @property
    def named_at(self) -> tuple[str, ...]:
        """`file:line` of every photo, once the person is `placed`."""
        return self._named_at


People = Annotated[tuple[Person, ...], BeforeValidator(as_tuple)]


def placed(people: tuple[Person, ...], folder: Path, document: Document) -> tuple[Person, ...]:
    """The same people with the paths of their files joined to a folder, knowing where each photo is named."""
    found = []
    for at, person in enumerate(people):
        consent = person.consent
        if consent is not None:
            consent = consent.model_copy(update={"form": str(folder / consent.form)})
        photos = tuple(str(folder / photo) for photo in person.photos)
        copy = person.model_copy(update={"consent": consent, "photos": photos})
        copy._named_at = tuple(document.at(("people", at, "photos", number)) for number in range(len(photos)))
        found.append(copy)
    return tuple(found)


def checked(
    people: tuple[Person, ...],
    speakers: Sequence[str],
    folder: Path,
    document: Document,
    staff: tuple[Person, ...] = (),
    more: Iterable[Fault] = (),
) -> dict[str, str]:
    """The SHA-256 of everybody's signed form as it is now, by id, once nothing is wrong with the people of a case.

    Args:
        people: of the case, or of the channel.
        speakers: who speaks in each cut of it, or empty.
        folder: that paths of forms begin in.
        document: the YAML, for the lines.
        staff: people of the case's channel, whose ids are taken.
        more: what else is wrong, so that all is told at once.

    Raises:
        ConfigError: with every fault by file, line and key.
    """
    proofs = proved(people, folder)
    wrong = [*_contradictions(people), *_unproved(people, proofs), *_strange(speakers, (*people, *staff))]
    wrong += [(("people", at, "id"), TAKEN) for at, one in enumerate(people) if one.id in {other.id for other in staff}]
    wrong += more
    if wrong:
        lines = [f"{document.at(place)}: {'.'.join(map(str, place))}: {what}" for place, what in wrong]
        raise ConfigError("\n".join(lines))
    return proofs


TAKEN = "somebody in the channel's `people:` has this id; they count for every case and need not be repeated"


def proved(people: tuple[Person, ...], folder: Path) -> dict[str, str]:
    """The SHA-256 of everybody's signed form as it is now, by id; one that is gone is missing.

    Raises:
        ConfigError: one cannot be read.
    """
    proofs: dict[str, str] = {}
    for person in people:
        path = folder / person.consent.form if person.consent else None
        if path is not None and path.is_file():
            try:
                proofs[person.id] = sha256_of(path)
            except OSError as error:
                raise ConfigError(f"the consent form of {person.id} cannot be read: {error.strerror}") from error
    return proofs


def _unproved(people: tuple[Person, ...], proofs: Mapping[str, str]) -> Iterator[Fault]:
    for at, person in enumerate(people):
        if person.consent is not None and person.consent.sha256 is None:
            place: Place = ("people", at, "consent")
            if person.id in proofs:
                yield (*place, "sha256"), f"missing: check the form, then write `sha256: {proofs[person.id]}`"
            else:
                yield (*place, "form"), "there is no such file"


def _strange(speakers: Sequence[str], people: tuple[Person, ...]) -> Iterator[Fault]:
    ids = [person.id for person in people]
    for at, speaker in enumerate(speakers):
        if speaker and speaker not in (*ids, *get_args(Role)):
            told = ", ".join(ids) or "there is none"
            yield ("clips", at, "speaker"), f"neither the id of one of `people:` ({told}) nor a role"


def _contradictions(people: tuple[Person, ...]) -> Iterator[Fault]:
    """What no single value shows: people who contradict themselves or one another."""
    ids: dict[str, int] = {}
    named: dict[str, int] = {}
    for at, person in enumerate(people):
        place: Place = ("people", at)
        if ids.setdefault(person.id, at) != at:
            yield (*place, "id"), "another person has this id"
        if _tells(person.id, person.names):
            yield (*place, "id"), "it tells the name, and ids stand in messages and in the ledger: choose p1, say"
        for key, names in (("names", person.names), ("spoken", person.spoken)):
            for number, name in enumerate(names):
                if key == "names" and named.setdefault(name.strip().lower(), at) != at:
                    yield (*place, key, number), "another person has this name: write what tells the two apart as well"
                if name not in person.confirmed and common_words.is_one(name.strip()):
                    yield (*place, key, number), COMMON
        for number, name in enumerate(person.confirmed):
            if name not in person.names + person.spoken:
                yield (*place, "confirmed", number), "not among the person's names"
        if person.consent is not None:
            yield from _of_consent(person, (*place, "consent"))


COMMON = (
    "an ordinary word: it would be hidden wherever it is said, whoever is meant. If that is wanted, repeat it under "
    "`confirmed:`; else write the full name only"
)


def _of_consent(person: Person, place: Place) -> Iterator[Fault]:
    consent = person.consent
    if consent is None:
        return
    if person.role == "minor" and not consent.by.strip():
        yield (*place, "by"), "missing: a minor's consent is given by a parent or guardian"
    if consent.withdrawn is not None and consent.withdrawn < consent.signed:
        yield (*place, "withdrawn"), "before it was signed"
    if consent.expires is not None and consent.expires < consent.signed:
        yield (*place, "expires"), "before it was signed"


def _tells(id_: str, names: tuple[str, ...]) -> bool:
    """Whether an id spells a name, or a part of it, in Latin letters."""
    from pypinyin import lazy_pinyin

    parts = re.findall("[a-z]+", id_)
    runs = {"".join(parts[a:b]) for a in range(len(parts)) for b in range(a + 1, len(parts) + 1)}
    for name in names:
        words = [re.sub("[^a-z]", "", word.lower()) for word in lazy_pinyin(name.replace(" ", "")) + name.split()]
        syllables = [word for word in words if word]
        spelt = {"".join(syllables[a:b]) for a in range(len(syllables)) for b in range(a + 1, len(syllables) + 1)}
        if any(len(run) > 1 and run in spelt for run in runs):
            return True
    return False
