"""How much detail does a region hold that cannot come from what was painted there? Pure."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from pipeline.values import Box

FINE = (4, 8)
"""A block is looked at in this many by this many parts: few, which takes the encoder's noise away, or where little of
the region lies in the picture more."""
SAMPLES = 16
"""Pixels of a part that are looked at along each axis, if it has more: hard edges of blocks stay where they are to a
sixteenth of a part, and the encoder's noise goes in the mean."""
WHOLE = 250
"""A part counts from this on, of 255, as seen."""
LEAST = 8
"""Fewer parts tell nothing; and there must be twice as many as the blocks that are drawn on them can be fitted to."""


@dataclass(frozen=True, slots=True)
class Cells:
    """How a region was drawn: so many blocks, smooth (`blur`) or hard (`mosaic`), or of one colour (`solid`)."""

    style: str
    rows: int
    columns: int


@dataclass(frozen=True, slots=True)
class Detail:
    """What a region's blocks do not explain, in levels of luma: its standard deviation, and the worst single part."""

    spread: float
    worst: float


LIMITS = {"blur": Detail(3.0, 12.0), "mosaic": Detail(4.5, 30.0), "solid": Detail(2.0, 12.0)}
"""The most that a painted region may hold, by style. docs/benchmarks.md has both distributions: hidden and naked."""


def detail_of(picture: NDArray[np.uint8], box: Box, seen: NDArray[np.bool_], cells: Cells) -> Detail | None:
    """How much of a region no picture made of its blocks can explain.

    The region's box is averaged to a few parts a block, which takes the encoder's noise away. Blocks drawn as the
    redactor draws them are fitted to that by least squares; what is left is detail. A face leaves a spread of 10 and
    more.

    Args:
        picture: luma, shape (height, width).
        box: the region, in pixels of the picture; it may reach beyond it.
        seen: which pixels of the picture belong to the region alone, of the picture's shape within `box` clipped.
        cells: the region's blocks.

    Returns:
        None where too little of the region is seen to tell.
    """
    return next((found for fine in FINE if (found := _unexplained(picture, box, seen, cells, fine))), None)


def _unexplained(
    picture: NDArray[np.uint8], box: Box, seen: NDArray[np.bool_], cells: Cells, fine: int
) -> Detail | None:
    """What is left in `fine` x `fine` parts a block; None where too few are seen."""
    import cv2

    size = cells.columns * fine, cells.rows * fine
    (down, is_high), (across, is_wide) = (
        _places(box[axis], box[axis + 2], picture.shape[1 - axis], size[axis]) for axis in (1, 0)
    )
    corner = max(0, box[1]), max(0, box[0])
    shown = (seen[down - corner[0]] & is_high[:, None])[:, across - corner[1]] & is_wide
    if np.count_nonzero(shown) < LEAST * WHOLE / 255 * shown.size / (size[0] * size[1]):
        return None  # Not even together would they make so many parts.
    inside = cv2.resize(shown.view(np.uint8) * np.uint8(255), size, interpolation=cv2.INTER_AREA) > WHOLE
    if np.count_nonzero(inside) < LEAST:
        return None
    basis = _basis(cells, fine, inside.tobytes())
    if np.count_nonzero(inside) < 2 * basis.shape[1]:
        return None
    values = cv2.resize(picture[down][:, across], size, interpolation=cv2.INTER_AREA)[inside].astype(np.float64)
    left_over = values - basis @ (basis.T @ values)
    return Detail(float(left_over.std()), float(np.abs(left_over).max()))


def _places(start: int, end: int, length: int, parts: int) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Where a region is looked at along one axis: every pixel, or `SAMPLES` evenly spaced ones a part if it has more.

    Args:
        start: first pixel of the region.
        end: one after its last.
        length: pixels of the picture.
        parts: how many parts the region has.

    Returns:
        Pixels of the picture, those beyond it moved to its edge, and which were in it.
    """
    count = min(end - start, parts * SAMPLES)
    places = start + ((np.arange(count) + 0.5) * ((end - start) / count)).astype(np.intp)
    return np.clip(places, 0, length - 1), (places >= 0) & (places < length)


@lru_cache(maxsize=256)
def _basis(cells: Cells, fine: int, inside: bytes) -> NDArray[np.float64]:
    """An orthonormal basis of all that blocks can draw on the parts that are seen, shape (parts seen, rank)."""
    import cv2

    upscale = cv2.INTER_CUBIC if cells.style == "blur" else cv2.INTER_NEAREST
    down, across = (
        cv2.resize(np.eye(count), (count, count * fine), interpolation=upscale) for count in (cells.rows, cells.columns)
    )
    drawn = np.kron(down, across) if cells.style != "solid" else np.ones((len(inside), 1))
    drawn = drawn[np.frombuffer(inside, np.bool_)]
    vectors, sizes, _ = np.linalg.svd(drawn, full_matrices=False)
    return np.ascontiguousarray(vectors[:, sizes > 1e-6])
