"""What one measured face says of one person, by its distance to their photos and to everyone else's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np

from pipeline.recognisers import Signature


@dataclass(frozen=True, slots=True)
class Limits:
    """Distances of a recogniser; see `pipeline.recognisers.Recogniser`."""

    same: float
    usual: float
    stranger: float
    margin: float


class Likeness(Enum):
    """What one measured sighting says of one person."""

    SAME = "the person"
    UNSURE = "perhaps the person"
    OTHER = "somebody else"


def likeness(one: Signature, photos: Sequence[Signature], others: Sequence[Signature], limits: Limits) -> Likeness:
    """Whether a face is a person's.

    Args:
        one: the face.
        photos: of the person, at least one.
        others: faces that are not the person's.
        limits: how near is near.
    """
    own = nearest(one, photos)
    foreign = nearest(one, others)
    if own >= limits.stranger or foreign < own:
        return Likeness.OTHER
    return Likeness.SAME if own <= limits.same and foreign >= own + limits.margin else Likeness.UNSURE


def nearest(one: Signature, many: Sequence[Signature]) -> float:
    """The distance to the nearest of several faces; infinite if there are none."""
    return min((float(np.linalg.norm(one - other)) for other in many), default=np.inf)
