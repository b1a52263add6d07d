"""Enrol: whether the photos of the people who may stay visible are fit to know them by."""

from __future__ import annotations

from pipeline import rooms
from pipeline.looking import portraits
from pipeline.values import Familiar, Portrait

VERSION = 1


def enrol(people: tuple[Familiar, ...], recogniser: str) -> tuple[Portrait, ...]:
    """Looks at every photo.

    Args:
        people: who may stay visible.
        recogniser: a part of pipeline/recognisers/.

    Returns:
        One value per photo: whose it is, and what is wrong with it. Nothing of the face itself.

    Raises:
        ToolError: the recogniser is not installed.
    """
    if not any(person.photos for person in people):
        return ()
    part = rooms.part("recognisers", recogniser)
    reader = portraits.Portraits(part.build(part.Settings()))
    return tuple(
        Portrait(person.id, number, reader.measure(photo)[1])
        for person in people
        for number, photo in enumerate(person.photos)
    )


def depends(people: tuple[Familiar, ...], recogniser: str) -> dict[str, object]:
    """What the result depends on beside the inputs: what finds and measures faces."""
    return portraits.depends(recogniser) if any(person.photos for person in people) else {}
