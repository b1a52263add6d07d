"""Room of recognisers: a face -> what tells it from other faces. A file here is a value of `recogniser` in the YAML.

A part is a module with a form `Settings`, an integer `VERSION`, `weights() -> tuple[Path, ...]`, the files without
which it cannot work, and `build(settings)`. What it measures is a biometric: it stays in memory, and is never written
anywhere. When in doubt it measures nothing, and the face is hidden.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from pipeline.values import Box

Signature = NDArray[np.float64]
"""A point, shape (dimensions,): the nearer two of them are, the more alike are their faces."""


class Recogniser(Protocol):
    """Measures faces."""

    same: float
    """Up to this distance two faces may be one person's."""

    usual: float
    """So near the middle one of a person's sightings is."""

    stranger: float
    """From this distance on they are surely not."""

    margin: float
    """Somebody else must be farther away than the person by this."""

    def measure(self, image: NDArray[np.uint8], region: Box) -> Signature | None:
        """The one face in a region.

        Args:
            image: BGR, shape (height, width, 3).
            region: a head with some room around it; it may reach beyond the picture.

        Returns:
            None: no face there is large, sharp and frontal enough to be sure of, or there is more than one.
        """
        ...
