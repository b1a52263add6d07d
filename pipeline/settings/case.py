"""One case as it was read: where its footage lies, what is said of it, and what people corrected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pipeline import config
from pipeline.errors import ConfigError
from pipeline.language.written import Written
from pipeline.settings import corrections, keeping, people
from pipeline.settings.case_form import CaseForm
from pipeline.settings.strict_yaml import Document
from pipeline.values import Clip, Familiar, Named, Portrait, Register, Span, Texts


@dataclass(frozen=True, slots=True)
class Case:
    """One consultation: where its footage lies, and what `case.yaml` says of it."""

    slug: str
    """The public name: used for folders and in messages, where the raw file's name never appears."""
    footage: Path
    transcript: Path | None
    language: str
    form: CaseForm
    proofs: Mapping[str, str] = field(default_factory=dict)
    """SHA-256 of every person's signed consent form as it is now, by the person's id; one that is gone is missing."""
    written: tuple[Written, ...] = ()
    """Every text of the form, of the review and of the channel that leaves with its clips, and where it stands."""
    review: corrections.Review = field(default_factory=corrections.Review)
    """What people corrected on the review desk, or by hand."""
    review_lines: Document | None = None
    """Where in `review.yaml` it is said."""
    staff: tuple[people.Person, ...] = ()
    """People of its channel, who count for every case."""
    photos: Mapping[str, tuple[keeping.Photo, ...]] = field(default_factory=dict)
    """Of people who stay visible, by their id."""
    taken_back: tuple[tuple[str, str], ...] = ()
    """Whose consent the book says was withdrawn, and on which day; empty until it is asked."""

    @property
    def cuts(self) -> tuple[Span, ...]:
        """The cut list, without what is written beside its clips."""
        return tuple(Span(cut.start_s, cut.end_s) for cut in self.form.clips)

    @property
    def marked(self) -> tuple[Named, ...]:
        """Whom its transcript may mark as speakers; nobody where there is none, so that names do not redo listening."""
        return self._named if self.transcript else ()

    def speaker(self, clip: Clip) -> str:
        """The id or the role of the one person who speaks in a clip, as the cut list says; empty: it does not say."""
        return self.form.clips[clip.number - 1].speaker if self.form.clips else ""

    @property
    def everyone(self) -> tuple[people.Person, ...]:
        """Whoever may be in it: its own people, and those of its channel."""
        return self.form.people + self.staff

    @property
    def _named(self) -> tuple[Named, ...]:
        return tuple(Named(person.id, person.role, person.names + person.spoken) for person in self.everyone)

    def familiar(self, shown: Sequence[str]) -> tuple[Familiar, ...]:
        """Who stays visible where they surely are seen: who shall be kept, of those who agreed to be seen."""
        return tuple(
            Familiar(person.id, tuple(photo.file for photo in self.photos.get(person.id, ())), person.keep_zone)
            for person in self.everyone
            if person.face == "keep" and person.id in shown
        )

    def check_photos(self, portraits: Sequence[Portrait]) -> None:
        """Refuses photos by which nobody can be known.

        Raises:
            ConfigError: with file and line of every one.
        """
        faults = [
            f"{self.photos[one.person][one.number].named_at}: {one.person}: photo {one.number + 1}: {one.fault}"
            for one in portraits
            if one.fault
        ]
        if faults:
            raise ConfigError("\n".join(faults))

    def register(self, channel: config.Channel) -> Register:
        """Whom and what nothing made from the case may tell."""
        return Register(self.language, self._named, channel.identify.keep, channel.identify.also)

    def check_review(self, clips: Sequence[Clip]) -> None:
        """Refuses corrections that belong to no clip.

        Args:
            clips: as they are before anything is cut out of them.

        Raises:
            ConfigError: with file and line of every one.
        """
        faults = list(self.review.faults(clips))
        if faults and self.review_lines is not None:
            at = self.review_lines.at
            raise ConfigError("\n".join(f"{at(place)}: {'.'.join(map(str, place))}: {what}" for place, what in faults))

    def title(self, clip: Clip, platform: str = "") -> str:
        """A clip's title: what the review says, else the one for the platform, else its own, else the case's."""
        corrected = self.review.of(clip.number).title
        if corrected is not None:
            return corrected
        cut = self.form.clips[clip.number - 1] if self.form.clips else None
        own = (cut.titles.get(platform) or cut.title) if cut else ""
        return own or self.form.titles.get(platform) or self.form.title

    def texts(self, clip: Clip, channel: config.Channel, platform: str) -> Texts:
        """What is written beside one of its clips on a platform."""
        corrected = self.review.of(clip.number)
        caption = self.form.caption if corrected.caption is None else corrected.caption
        own = self.form.tags if corrected.tags is None else corrected.tags
        tags = tuple(dict.fromkeys((*own, *channel.tags)))
        return Texts(f"{self.slug}-{clip.number:02d}", self.title(clip, platform), caption, tags)
