"""Whose face stays visible: what the YAML may say of it, and the photos by which people are known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline import store
from pipeline.errors import ConfigError
from pipeline.settings.people import Fault, Person
from pipeline.settings.strict_yaml import Place
from pipeline.values import File

TEAM = ("doctor", "staff")
"""Roles that may be recognised. A patient who agreed to be seen is shown by hand, in the review."""


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo of somebody's face, and where it is named: `file:line`."""

    file: File
    named_at: str


def faults(people: Sequence[Person], folder: Path, *, synthetic: bool = False) -> Iterator[Fault]:
    """What stands between a face and its staying visible, and photos that nobody needs.

    Args:
        people: of a case or a channel.
        folder: that paths begin in.
        synthetic: nobody real was filmed, so nobody has to agree.
    """
    for at, person in enumerate(people):
        place: Place = ("people", at)
        yield from (
            ((*place, "photos", number), "there is no such file")
            for number, photo in enumerate(person.photos)
            if not (folder / photo).is_file()
        )
        scopes = person.consent.scopes if person.consent else ()
        if person.role not in TEAM and (person.face == "keep" or person.photos or person.keep_zone):
            key = next(key for key in ("face", "photos", "keep_zone") if key in person.model_fields_set)
            yield (*place, key), "only doctor and staff are recognised; show somebody else by hand: clinicreel review"
        elif person.face == "keep" and bool(person.photos) == (person.keep_zone is not None):
            yield (*place, "face"), "give `photos:` of the face, or the seat as `keep_zone:`, one of the two"
        elif person.face == "keep" and not synthetic and "publish_face" not in scopes:
            yield (*place, "face"), "their `consent:` with the scope publish_face is missing"


def photos_of(placed: Sequence[Person]) -> dict[str, tuple[Photo, ...]]:
    """The photos of everybody who is to stay visible, by id.

    Raises:
        ConfigError: one cannot be read.
    """
    return {
        person.id: tuple(
            _photo(Path(photo), named_at) for photo, named_at in zip(person.photos, person.named_at, strict=True)
        )
        for person in placed
        if person.face == "keep"
    }


def _photo(path: Path, named_at: str) -> Photo:
    try:
        return Photo(store.file_of(path), named_at)
    except OSError as error:
        raise ConfigError(f"{named_at}: the photo cannot be read: {error.strerror}", "check its permissions") from error
