"""Where the close look goes next: a small part of each picture, in the recording's own size.

The picture that is searched whole is a third as large as the recording, and a face of 30 pixels has 10 in it. To search
all of it in full size would take six times as long. But whoever was not there before changes the picture, so the close
look goes to what changed most since it was last looked at, against what is usual in that place: a curtain in the wind
counts less than somebody in a door. Where nothing changed it goes to what has waited longest, now and then.

Source of the test for a change: a running mean and deviation for every pixel, as Wren et al., Pfinder, PAMI 19 (1997).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.checks.regions import Place
from pipeline.values import Box

GRAY, CELL = 4, 8
"""Pixels of the recording to one of the gray picture; gray pixels across a square, which holds a head of 30 pixels."""
SIDE, RIM = 8, 1
"""Squares across a part, 256 pixels of the recording; the outermost count as seen at the picture's edge alone."""
PART_PX = SIDE * CELL * GRAY
SLOW = 0.05
"""Weight of the newest picture in what is usual."""
TIMES, LEVELS = 4.0, 5.0
"""A pixel changed that lies so many usual deviations and levels from its mean."""
SOME = 0.1
"""Share of a square that must have changed."""
LEAST = 1.5
"""Squares that changed, summed over pictures, for which it is worth to look."""
REVISIT_PICTURES = 250
"""Pictures after which a still part is due again."""


class Roving:
    """Remembers of one film what is usual where, and what of it was not looked at yet.

    Args:
        width_px: of the film.
        height_px: of the film.
        scale: pixels of the recording to one of the film, at most 1: enlarging a crop added no detail.
    """

    def __init__(self, width_px: int, height_px: int, scale: float) -> None:
        self._size = width_px, height_px
        self._cell_px = GRAY * CELL / scale
        self._columns, self._rows = (math.ceil(side / self._cell_px) for side in self._size)
        self._due = np.full((self._rows, self._columns), LEAST / SIDE, np.float32)
        self._mean: NDArray[np.float32] | None = None
        self._usual = np.zeros(0, np.float32)

    def see(self, luma: NDArray[np.uint8], hidden: Sequence[Place]) -> None:
        """Takes in the next picture.

        Args:
            luma: of the film's size.
            hidden: regions in which nothing is to be seen.
        """
        self._due += self._changed(luma) + LEAST / (SIDE - 2 * RIM) ** 2 / REVISIT_PICTURES
        for region, shape in hidden:
            self._clear(region, shape)

    def part(self) -> Box | None:
        """The part that is looked at now, in even pixels of the film; None: there is nothing new. It counts as seen."""
        import cv2

        inner = SIDE - 2 * RIM
        sums = cv2.boxFilter(
            self._due, -1, (inner, inner), anchor=(0, 0), normalize=False, borderType=cv2.BORDER_CONSTANT
        )
        row, column = divmod(int(np.argmax(sums)), self._columns)
        if sums[row, column] < LEAST:
            return None
        top, left = (max(0, min(at - RIM, count - SIDE)) for at, count in ((row, self._rows), (column, self._columns)))
        rows, columns = (
            slice(at + RIM if at else 0, at + SIDE - RIM if at + SIDE < count else count)
            for at, count in ((top, self._rows), (left, self._columns))
        )
        self._due[rows, columns] = 0
        x0, y0, x1, y1 = (round(at * self._cell_px / 2) * 2 for at in (left, top, left + SIDE, top + SIDE))
        return x0, y0, min(x1, self._size[0]), min(y1, self._size[1])

    def _clear(self, region: Box, shape: str) -> None:
        """The squares that lie wholly in a region show nothing."""
        left, top = (max(0, math.ceil(side / self._cell_px)) for side in region[:2])
        right, bottom = (max(0, int(side / self._cell_px)) for side in region[2:])
        squares = self._due[top:bottom, left:right]
        if shape == "box" or not squares.size:
            squares[:] = 0
            return
        across, down = (
            _farthest(first + np.arange(count + 1), low / self._cell_px, high / self._cell_px)
            for first, count, low, high in (
                (left, squares.shape[1], region[0], region[2]),
                (top, squares.shape[0], region[1], region[3]),
            )
        )
        squares[(down**2)[:, None] + across**2 <= 1] = 0

    def _changed(self, luma: NDArray[np.uint8]) -> NDArray[np.float32]:
        """How much of each square is not as usual; 0 where that is little."""
        import cv2

        size = self._columns * CELL, self._rows * CELL
        gray = cv2.blur(cv2.resize(luma, size, interpolation=cv2.INTER_LINEAR), (3, 3)).astype(np.float32)
        if self._mean is None:
            self._mean, self._usual = gray, np.full_like(gray, 2.0)
        apart = cv2.absdiff(gray, self._mean)
        strange = (apart > TIMES * self._usual + LEVELS).astype(np.float32)
        cv2.accumulateWeighted(gray, self._mean, SLOW)
        cv2.accumulateWeighted(apart, self._usual, SLOW)
        share = cv2.resize(strange, (self._columns, self._rows), interpolation=cv2.INTER_AREA)
        return np.where(share > SOME, np.minimum(1, 2 * share), 0).astype(np.float32)


def _farthest(edges: NDArray[np.int_], low: float, high: float) -> NDArray[np.float64]:
    """How far each square's farther edge lies from the middle of a side, in halves of it."""
    off = np.abs(edges - (low + high) / 2) / ((high - low) / 2)
    return np.asarray(np.maximum(off[:-1], off[1:]))
