"""Who must have agreed to what before a clip may leave, and what is missing. Pure: values and a day, nothing is read.

Every person of a case counts for every one of its clips: nobody can prove that someone is not seen or heard in one.
The answer is never stored. It is asked for again at every build, status and delivery, so that a clip which was ready
is blocked from the day on which a consent ends or is taken back.

Source: Civil Code of China 1019, 1033; PIPL 14, 15, 25, 29, 31, 39; Law on the Protection of Minors.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from pipeline.config import Voices
from pipeline.settings.case_form import CaseForm
from pipeline.settings.people import Consent, Person, Scope
from pipeline.settings.platform import Platform

ASKED = ("patient", "family", "minor")
"""Roles that must be asked. Doctor and staff are the team: what they signed binds, but they need not sign."""
PASSER_BY = "passer-by"
ALWAYS: tuple[Scope, ...] = ("film", "edit", "publish_redacted")
WHERE: dict[str, Scope] = {"cn": "domestic", "overseas": "overseas"}
"""The scope that a platform's region needs."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a clip must not go to a platform, with the person's id and never a name, and what can be done."""

    reason: str
    remedy: str


Refusals = Mapping[str, tuple[Refusal, ...]]
"""By the platform's name; a platform that is not among the keys may have the clip."""

NOBODY = Refusal(
    "nobody is listed in case.yaml, and someone was filmed",
    "list them under `people:` with their consent; `synthetic: true` is for footage of no real person",
)


def refusals(
    slug: str,
    case: CaseForm,
    proofs: Mapping[str, str],
    voices: Voices,
    platforms: tuple[Platform, ...],
    on: date,
    staff: tuple[Person, ...] = (),
    taken_back: tuple[tuple[str, str], ...] = (),
) -> Refusals:
    """What keeps the clips of a case from each platform.

    Args:
        slug: the case's public name.
        case: lists the people with their consent.
        proofs: SHA-256 of every person's signed form as it is now, by id; one that is not there is missing.
        voices: whose voices the channel keeps.
        platforms: where the clips are to go.
        on: the day that counts.
        staff: people of the case's channel; what they signed binds too.
        taken_back: who withdrew, and when, as the book says: they count whatever the case says, also that it is
            synthetic.
    """
    gone = tuple(_taken_back(slug, person, day) for person, day in taken_back)
    found = {platform.name: gone for platform in platforms}
    if not case.synthetic:
        found = {
            platform.name: gone
            + tuple(
                refusal
                for person in (*case.people, *staff)
                for refusal in _of(slug, person, proofs.get(person.id), WHERE[platform.region], voices, on)
            )
            if case.people
            else (NOBODY, *gone)
            for platform in platforms
        }
    return {name: refused for name, refused in found.items() if refused}


def shown(case: CaseForm, proofs: Mapping[str, str], on: date, staff: tuple[Person, ...] = ()) -> tuple[str, ...]:
    """The ids of the people who agreed that their face is seen, and whose consent holds on a day."""
    return tuple(
        person.id
        for person in (*case.people, *staff)
        if case.synthetic
        or (
            person.consent is not None
            and "publish_face" in person.consent.scopes
            and not standing(person.consent, proofs.get(person.id), on)
        )
    )


def standing(consent: Consent, proof: str | None, on: date) -> str:
    """What is wrong with a consent as a whole on a day; empty: it holds."""
    if consent.withdrawn is not None:  # on whatever day: who has said no once is not published until then
        return f"consent was withdrawn ({consent.withdrawn})"
    if consent.expires is not None and on > consent.expires:
        return f"consent ended after {consent.expires}"
    if on < consent.signed:
        return f"consent is dated {consent.signed}, which is still to come"
    if proof is None:
        return "the signed form is not there"
    if proof != consent.sha256:
        return "the signed form is not the file that was recorded (another SHA-256)"
    return ""


def needed(person: Person, where: Scope, voices: Voices) -> tuple[Scope, ...]:
    """The scopes that a person must have agreed to."""
    voice: tuple[Scope, ...] = ("voice",) if _keeps_voice(person, voices) else ()
    return (*ALWAYS, *voice, where)


def _taken_back(slug: str, person: str, day: str) -> Refusal:
    return Refusal(
        f"{person}: consent was withdrawn ({day}): the book says so, whatever case.yaml says now",
        "have a new form signed, on that day or later, and record it; take down what was published: "
        f"clinicreel consent files --case {slug} --person {person} lists it",
    )


def _of(slug: str, person: Person, proof: str | None, where: Scope, voices: Voices, on: date) -> Iterator[Refusal]:
    consent = person.consent
    if consent is None:
        if person.role in ASKED:
            yield Refusal(
                f"{person.id}: no consent is recorded",
                f"write `consent:` for {person.id} in case.yaml, or leave this recording unpublished",
            )
        elif person.role == PASSER_BY and _keeps_voice(person, voices):
            yield Refusal(
                f"{person.id}: a passer-by cannot be asked, and their voice is kept",
                "set `sound: {voices: {passer_by: mute, unknown: mute}}` in the channel",
            )
        return
    wrong = standing(consent, proof, on)
    if wrong:
        yield Refusal(
            f"{person.id}: {wrong}",
            f"take down what was published: clinicreel consent files --case {slug} --person {person.id} lists it; or "
            "ask again, and record the new form",
        )
        return
    missing = [scope for scope in needed(person, where, voices) if scope not in consent.scopes]
    if missing:
        yield Refusal(
            f"{person.id}: has not agreed to {', '.join(missing)}",
            f"publish only what {person.id} agreed to, or ask, and record the new form",
        )


def _keeps_voice(person: Person, voices: Voices) -> bool:
    """Speech of which nobody says whose it is may be anybody's."""
    return "keep" in (dict(voices)[person.role.replace("-", "_")], voices.unknown)
