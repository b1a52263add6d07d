"""Reads channels, platforms and cases: files -> checked values, or every fault at once as `file:line: key: what`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pipeline import config
from pipeline.errors import ClinicReelError, ConfigError, RecordingError
from pipeline.folders import ROOT
from pipeline.language import naming, written
from pipeline.settings import corrections, keeping, people, platform_names, strict_yaml
from pipeline.settings.case import Case
from pipeline.settings.case_form import CaseForm
from pipeline.settings.filling import did_you_mean, filled
from pipeline.settings.platform import Platform
from pipeline.settings.strict_yaml import Document

VIDEO_SUFFIXES = frozenset((".mp4", ".mov", ".m4v", ".mkv", ".webm", ".ts", ".mts", ".m2ts", ".avi", ".flv", ".3gp"))
TRANSCRIPT_SUFFIXES = (".srt", ".vtt", ".json")


def load_channel(name_or_path: str) -> config.Channel:
    """A channel by its name in configs/channels/, or by the path of its file.

    Raises:
        ConfigError: with every fault of the file and of those it extends.
    """
    path = _named("channels", name_or_path)
    document = _extended(path, ())
    channel = filled(config.Channel, document)
    folder = Path(document.at(("people",)).rpartition(":")[0]).resolve().parent
    with looked_up(str(path)):
        people.checked(channel.people, (), folder, document, more=keeping.faults(channel.people, folder))
    written.check_channel(channel, document)
    platform_names.check_channel(channel, document)
    return channel.model_copy(update={"people": people.placed(channel.people, folder, document)})


def load_platform(name: str) -> Platform:
    """A platform by its name in configs/platforms/, or by the path of its file.

    Raises:
        ConfigError: with every fault of the file; or it is called otherwise than its file. What a clip needs to leave
            is kept by name: a copy with its old name would answer for the other platform.
    """
    document = strict_yaml.load(_named("platforms", name))
    platform = filled(Platform, document)
    if platform.name != document.path.stem:
        raise ConfigError(
            f"{document.at(('name',))}: name: it says '{platform.name}', which is not how its file is called",
            f"write `name: {document.path.stem}`, or rename the file",
        )
    return platform


@contextmanager
def looked_up(at: str, error_type: type[ClinicReelError] = ConfigError) -> Iterator[None]:
    """Tells of a path that cannot be searched.

    Whether a file is there, Python answers with an error where a folder above it is closed or its disk fails.
    """
    try:
        yield
    except OSError as error:
        raise error_type(f"{at}: what is named here cannot be looked up: {error.strerror}", CLOSED) from error


CLOSED = "check that disk, and the permissions of the folders that it lies in"


def load_case(folder: Path, channel: config.Channel | None = None, review: corrections.Review | None = None) -> Case:
    """The case in a folder.

    Args:
        folder: holds `case.yaml`, and usually the footage.
        channel: gives the language where the case does not.
        review: corrections other than those in the folder.

    Raises:
        ConfigError: `case.yaml` is missing or faulty, the folder's name tells of somebody, or a file that the case
            names cannot be looked up.
        RecordingError: the footage is not there, or cannot be looked up.
    """
    with looked_up(str(folder / "case.yaml")):
        return _case(folder, channel, review)


def _case(folder: Path, channel: config.Channel | None, review: corrections.Review | None) -> Case:
    path = folder / "case.yaml"
    if not path.is_file():
        raise ConfigError(f"{folder}: no case.yaml in it", "make one: clinicreel new NAME --footage FILE")
    document = strict_yaml.load(path)
    form = filled(CaseForm, document)
    platform_names.check_case(form, document, channel)
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
    texts += written.beside_all(channel) if channel else ()
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
    if os.path.lexists(path) and not path.is_file():
        raise ConfigError(
            f"{path}: it is no file, or leads to none",
            "put the file back that says what people corrected; where nothing was, take it away",
        )
    document = strict_yaml.load(path) if path.is_file() else Document(path, {})
    return filled(corrections.Review, document), document


def _footage(folder: Path, form: CaseForm, document: Document) -> Path:
    if form.footage is not None:
        footage = folder / form.footage
        with looked_up(f"{document.at(('footage',))}: footage", RecordingError):
            is_there = footage.is_file()
        if not is_there:
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


def _named(kind: str, name_or_path: str, at: str = "") -> Path:
    if name_or_path.endswith((".yaml", ".yml")) or "/" in name_or_path:
        return Path(name_or_path)
    folder = ROOT / "configs" / kind
    path = folder / f"{name_or_path}.yaml"
    if not path.is_file():
        known = sorted(file.stem for file in folder.glob("*.yaml"))
        where = f"{at}: " if at else ""
        instead = did_you_mean(name_or_path, known)
        raise ConfigError(f"{where}{kind[:-1]} '{name_or_path}': no such file {path.name}{instead}")
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
    parent_path = beside if beside.is_file() else _named("channels", parent_name, document.at(("extends",)))
    parent = _extended(parent_path, (*seen, path.resolve()))
    data = _laid_over(parent.data, document.data)
    return Document(path, data, {**parent.lines, **document.lines})


def _laid_over(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    result = dict(below)
    for key, value in above.items():
        old = result.get(key)
        result[key] = _laid_over(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return result
