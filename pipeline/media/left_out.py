"""Which of the pictures that nobody looks at are unlike those around them: a camera is knocked in between.

A head is hidden between two looks on the way from the one to the other. Where the picture as a whole jumps away and
back, swings round, or shows another scene for a moment, it is not there. To see that costs next to nothing: pictures
of 64 pixels, and how much they differ, set against how much they would if everything in them had moved a little.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

LONG_SIDE_PX = 64
"""A small picture that moves by one of its pixels differs by as much as matters: the 64th part of the picture's long
side, 30 pixels at 1080p, is less than what a region adds around a face that is seen on every look."""
FAINT = 1.0
"""Levels that a picture of one colour may change by, for noise and encoders."""


def size(width_px: int, height_px: int) -> tuple[int, int]:
    """Of the small picture of one of this size."""
    scale = LONG_SIDE_PX / max(width_px, height_px)
    return max(2, round(width_px * scale)), max(2, round(height_px * scale))


def read(path: Path, width_px: int, height_px: int) -> NDArray[np.uint8]:
    """The small pictures of a recording of this size, from a file that is not read before they are asked for.

    Returns:
        Luma, shape (n, height, width).
    """
    wide, high = size(width_px, height_px)
    count = path.stat().st_size // (wide * high)
    return np.memmap(path, np.uint8, "r", shape=(count, high, wide)) if count else np.empty((0, high, wide), np.uint8)


def unlike(pictures: NDArray[np.uint8], before: int, after: int) -> list[int]:
    """Those between two that differ from both as if all in them had moved.

    Args:
        pictures: small ones, shape (n, height, width).
        before: one that is looked at.
        after: the next one that is.
    """
    ends = [pictures[at].astype(np.int16) for at in (before, after)]
    limits = [max(FAINT, _detail(one)) for one in ends]
    return [
        at
        for at in range(before + 1, after)
        if all(np.abs(pictures[at] - one).mean() > limit for one, limit in zip(ends, limits, strict=True))
    ]


def _detail(picture: NDArray[np.int16]) -> float:
    """How much a picture differs from itself moved by a pixel, across or down, whichever shows less."""
    return float(min(np.abs(np.diff(picture, axis=axis)).mean() for axis in (0, 1)))
