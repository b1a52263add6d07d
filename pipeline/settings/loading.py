"""Reads channels, platforms and cases: files -> checked values, or every fault at once as `file:line: key: what`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline import config
from pipeline.errors import ConfigError, RecordingError
from pipeline.language import naming, written
from pipeline.language.written import Written
from pipeline.settings import corrections, keeping, people, strict_yaml
from pipeline.settings.case import CaseForm
from pipeline.settings.filling import did_you_mean, filled
from pipeline.settings.platform import Platform
from pipeline.settings.strict_yaml import Document
from pipeline.values import Clip, Familiar, Named, Portrait, Register, Span, Texts

ROOT = Path(__file__).resolve().parents[2]
"""The project's folder: configs/, assets/ and, unless told otherwise, work/ and outbox/ lie in it."""

VIDEO_SUFFIXES = frozenset((".mp4", ".mov", ".m4v", ".mkv", ".webm", ".ts", ".mts", ".m2ts", ".avi", ".flv", ".3gp"))
TRANSCRIPT_SUFFIXES = (".srt", ".vtt", ".json")


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
    """Every text of the form that leaves with its clips, and where it stands."""
    review: corrections.Review = field(default_factory=corrections.Review)
    """What people corrected on the review desk, or by hand."""
    review_lines: Document | None = None
    """Where in `review.yaml` it is said."""
    staff: tuple[people.Person, ...] = ()
    """People of its channel, who count for every case."""
    photos: Mapping[str, tuple[keeping.Photo, ...]] = field(default_factory=dict)
    """Of people who stay visible, by their id."""

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


def load_channel(name_or_path: str) -> config.Channel:
    """A channel by its name in configs/channels/, or by the path of its file.

    Raises:
        ConfigError: with every fault of the file and of those it extends.
    """
    path = _named("channels", name_or_path)
    document = _extended(path, ())
    channel = filled(config.Channel, document)
    folder = Path(document.at(("people",)).rpartition(":")[0]).resolve().parent
    people.checked(channel.people, (), folder, document, more=keeping.faults(channel.people, folder))
    written.check_channel(channel, document)
    return channel.model_copy(update={"people": people.placed(channel.people, folder, document)})


def load_platform(name: str) -> Platform:
    """A platform by its name in configs/platforms/."""
    return filled(Platform, strict_yaml.load(_named("platforms", name)))


def load_case(folder: Path, channel: config.Channel | None = None, review: corrections.Review | None = None) -> Case:
    """The case in a folder.

    Args:
        folder: holds `case.yaml`, and usually the footage.
        channel: gives the language where the case does not.
        review: corrections other than those in the folder.

    Raises:
        ConfigError: `case.yaml` is missing or faulty, or the folder's name tells of somebody.
        RecordingError: the footage is not there.
    """
    path = folder / "case.yaml"
    if not path.is_file():
        raise ConfigError(f"{folder}: no case.yaml in it", "make one: clinicreel new NAME --footage FILE")
    document = strict_yaml.load(path)
    form = filled(CaseForm, document)
    speakers = [cut.speaker for cut in form.clips]
    staff = channel.people if channel else ()
    kept_wrong = keeping.faults(form.people, folder, synthetic=form.synthetic)
    proofs = people.checked(form.people, speakers, folder, document, staff, kept_wrong)
    proofs |= people.proved(staff, folder)
    photos = keeping.photos_of((*people.placed(form.people, folder, document), *staff))
    footage = _footage(folder, form, document)
    transcript = _transcript(folder, footage, form, document)
    language = form.language or (channel.language if channel else "zh")
    review, lines = load_review(folder) if review is None else (review, Document(folder / corrections.FILE, {}))
    texts = (*written.in_case(form, document), *written.in_review(review, lines))
    name = folder.resolve().name
    slug = naming.slug_of(name)
    case = Case(slug, footage, transcript, language, form, proofs, texts, review, lines, staff, photos)
    naming.check_name(name, case.register(channel or config.Channel()))
    return case


def channel_of(folder: Path) -> str:
    """The channel that a case names.

    Raises:
        ConfigError: it names none.
    """
    named = filled(CaseForm, strict_yaml.load(folder / "case.yaml")).channel
    if named is None:
        raise ConfigError(f"{folder / 'case.yaml'}: it names no channel", "say which: --channel NAME")
    return named


def load_review(folder: Path, name: str = corrections.FILE) -> tuple[corrections.Review, Document]:
    """What people corrected in a case; nothing where there is no `review.yaml`.

    Raises:
        ConfigError: with every fault of the file.
    """
    path = folder / name
    document = strict_yaml.load(path) if path.is_file() else Document(path, {})
    return filled(corrections.Review, document), document


def _footage(folder: Path, form: CaseForm, document: Document) -> Path:
    if form.footage is not None:
        footage = folder / form.footage
        if not footage.is_file():
            raise RecordingError(
                f"{document.at(('footage',))}: footage: there is no such file",
                "correct the path, or connect the disk that it lies on",
            )
        return footage
    found = sorted(path for path in folder.iterdir() if path.suffix.lower() in VIDEO_SUFFIXES)
    if len(found) != 1:
        raise ConfigError(
            f"{document.path}: {len(found)} videos in this folder and no `footage:`", "name the one that is meant"
        )
    return found[0]


def _transcript(folder: Path, footage: Path, form: CaseForm, document: Document) -> Path | None:
    """The transcript that the case names, else `transcript.*` in the case's folder, else one beside the footage."""
    if form.transcript is not None:
        named = folder / form.transcript
        if not named.is_file():
            raise ConfigError(f"{document.at(('transcript',))}: transcript: there is no such file")
        return named
    inside = [folder / f"transcript{suffix}" for suffix in TRANSCRIPT_SUFFIXES]
    beside = [footage.with_suffix(suffix) for suffix in TRANSCRIPT_SUFFIXES]
    for places in (inside, beside):
        found = [path for path in places if path.is_file()]
        if len(found) > 1:
            raise ConfigError(
                f"{document.path}: several transcripts lie there ({', '.join(path.suffix for path in found)})",
                "name the right one: `transcript: FILE`",
            )
        if found:
            return found[0]
    return None


def _named(kind: str, name_or_path: str) -> Path:
    if name_or_path.endswith((".yaml", ".yml")) or "/" in name_or_path:
        return Path(name_or_path)
    folder = ROOT / "configs" / kind
    path = folder / f"{name_or_path}.yaml"
    if not path.is_file():
        known = sorted(file.stem for file in folder.glob("*.yaml"))
        raise ConfigError(f"{kind[:-1]} '{name_or_path}': no such file {path.name}{did_you_mean(name_or_path, known)}")
    return path


def _extended(path: Path, seen: tuple[Path, ...]) -> Document:
    """A channel laid over the one it extends, key by key; every line still points to where it was written."""
    if path.resolve() in seen:
        raise ConfigError(f"{path}: extends itself")
    document = strict_yaml.load(path)
    parent_name = document.data.pop("extends", None)
    if parent_name is None:
        return document
    if not isinstance(parent_name, str):
        raise ConfigError(f"{document.at(('extends',))}: extends: the name of one channel")
    beside = path.parent / f"{parent_name}.yaml"
    parent_path = beside if beside.is_file() else _named("channels", parent_name)
    parent = _extended(parent_path, (*seen, path.resolve()))
    data = _laid_over(parent.data, document.data)
    return Document(path, data, {**parent.lines, **document.lines})


def _laid_over(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    result = dict(below)
    for key, value in above.items():
        old = result.get(key)
        result[key] = _laid_over(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return result
