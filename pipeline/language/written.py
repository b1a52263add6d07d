"""What people write beside a film: titles, captions, tags, cards. None of it may tell who it is.

Looked at before anything is made, because a title that is refused after hours of work is a title found too late.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pipeline.config import Channel
from pipeline.errors import ConfigError, ExposedError
from pipeline.identifiers import Found
from pipeline.language import wording
from pipeline.settings.case_form import CaseForm
from pipeline.settings.corrections import Review
from pipeline.settings.strict_yaml import Document, Place
from pipeline.values import Clip, Register, Span


@dataclass(frozen=True, slots=True)
class Written:
    """A text that a person wrote into a YAML file; `clip` is the number of the one it is for, None: for all."""

    at: str
    key: str
    text: str
    clip: int | None = None


def in_case(form: CaseForm, document: Document) -> tuple[Written, ...]:
    """Every text of a case that leaves with its clips."""
    places: list[tuple[Place, str, int | None]] = [(("title",), form.title, None)]
    places += [(("titles", name), text, None) for name, text in form.titles.items()]
    places += [(("caption",), form.caption, None)]
    places += [(("tags", at), text, None) for at, text in enumerate(form.tags)]
    places += [(("zones", at, "reason"), zone.reason, None) for at, zone in enumerate(form.zones)]
    for at, cut in enumerate(form.clips):
        places.append((("clips", at, "title"), cut.title, at + 1))
        places += [(("clips", at, "titles", name), text, at + 1) for name, text in cut.titles.items()]
    return tuple(_written(document, place, text, clip) for place, text, clip in places if text)


def in_review(review: Review, document: Document) -> tuple[Written, ...]:
    """Every text that a person corrected on the review desk."""
    places: list[tuple[Place, str, int]] = []
    for number, one in review.clips.items():
        places.append((("clips", number, "title"), one.title or "", int(number)))
        places.append((("clips", number, "caption"), one.caption or "", int(number)))
        places += [(("clips", number, "tags", at), tag, int(number)) for at, tag in enumerate(one.tags or ())]
        places += [
            (("clips", number, "regions", at, "reason"), r.reason, int(number)) for at, r in enumerate(one.regions)
        ]
    return tuple(_written(document, place, text, clip) for place, text, clip in places if text)


def in_channel(channel: Channel, document: Document) -> tuple[Written, ...]:
    """Every text of a channel that leaves with all of its clips."""
    return tuple(_written(document, place, text, None) for place, text in _of_channel(channel))


def beside_all(channel: Channel) -> tuple[Written, ...]:
    """The same for who looks at it with one case in mind, whose people the channel does not know."""
    return tuple(Written(channel.name or "channel", _key(place), text) for place, text in _of_channel(channel))


def _of_channel(channel: Channel) -> Iterator[tuple[Place, str]]:
    places: list[tuple[Place, str]] = [(("tags", at), text) for at, text in enumerate(channel.tags)]
    places += [(("brand", "credential"), channel.brand.credential), (("brand", "notice"), channel.brand.notice)]
    places += [(("zones", at, "reason"), zone.reason) for at, zone in enumerate(channel.zones)]
    yield from ((place, text) for place, text in places if text)


def exposing(
    written: Iterable[Written], form: CaseForm, register: Register
) -> dict[int, tuple[Clip | None, ExposedError]]:
    """The clips of a case, by number, that must not be made because of what is written beside them.

    Without a cut list the case is told as a whole, as number 0, because cutting it would mean to listen to it.
    """
    faults = [(one, found) for one in written if (found := wording.telling(one.text, register))]
    clips = {number: Clip(number, (Span(cut.start_s, cut.end_s),)) for number, cut in enumerate(form.clips, 1)}
    exposed: dict[int, tuple[Clip | None, ExposedError]] = {}
    for number in clips or (0,):
        own = [(one, found) for one, found in faults if not clips or one.clip in (None, number)]
        if own:
            exposed[number] = clips.get(number), _exposed(own, register)
    return exposed


def check(texts: Iterable[Written], register: Register) -> None:
    """Refuses texts that a person is about to write down.

    Raises:
        ExposedError: with the place of every one that tells of somebody, and what may be written instead.
    """
    faults = [(one, found) for one in texts if (found := wording.telling(one.text, register))]
    if faults:
        raise _exposed(faults, register)


def check_channel(channel: Channel, document: Document) -> None:
    """Refuses a channel that tells of somebody on every clip.

    Raises:
        ConfigError: with a line for every fault.
    """
    register = Register(channel.language, (), channel.identify.keep, channel.identify.also)
    faults = []
    for one in in_channel(channel, document):
        found = wording.telling(one.text, register)
        if found:
            proposal = wording.safe(one.text, register).text
            faults.append(f"{one.at}: {one.key}: holds {wording.in_words(found)}; write '{proposal}', say")
    if faults:
        raise ConfigError("\n".join(faults), "the doctor's own name and words belong into `identify.keep`")


def _written(document: Document, place: Place, text: str, clip: int | None) -> Written:
    path, _, line = document.at(place).rpartition(":")
    # Of the path its last piece: folders may be called after people.
    return Written(f"{path.rpartition('/')[2]}:{line}", _key(place), text, clip)


def _key(place: Place) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in place).lstrip(".")


def _exposed(faults: list[tuple[Written, tuple[Found, ...]]], register: Register) -> ExposedError:
    told = [f"{one.at}: {one.key}: holds {wording.in_words(found)}" for one, found in faults]
    proposals = [f"{one.key}: '{_proposal(one.text, register)}'" for one, _ in faults]
    named = any(each.kind == "name" for _, found in faults for each in found)
    keep = "; the doctor's own name belongs into the channel's `identify.keep`" if named else ""
    return ExposedError("; ".join(told), f"write {'; '.join(proposals)}{keep}")


def _proposal(text: str, register: Register) -> str:
    """The lines of a text in which something changes, as they may be written."""
    lines = text.strip().splitlines()
    changed = [safe for line in lines if (safe := wording.safe(line, register).text) != line]
    return " / ".join(changed) or wording.safe(text, register).text
