"""What is measured of one region that was painted on one picture. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from pipeline import geometry
from pipeline.checks.detail import LIMITS, Cells, Detail, detail_of
from pipeline.redactors.blur import FEATHER
from pipeline.values import Box, Track

SHRINK_PX = 8
"""Left out at a region's rim, where scaling and the encoder mix it with what lies around; less where it is small."""
MAX_DEVIATION = 64
"""Of luma from the fill. Measured: 10 at CRF 18, 43 at CRF 35; 165 for one unmasked picture."""
SMALL_PX = 24
"""What is solid and smaller, across or down, lies within a few of the encoder's blocks and takes its noise on whole."""
SMALL, SMALL_DEVIATION = Detail(5.0, 32.0), 40
"""Instead of `LIMITS` and `MAX_DEVIATION` there: more noise, nearer to the fill. Measured in docs/benchmarks.md."""
PLAIN_LEVELS = 4
"""Pixels of `solid` that differ by no more hold no detail, however they are averaged: see `LIMITS`."""
PLAIN_PX = 8
"""Of what is smaller, across or down, single pixels tell too little."""

Over = tuple[Box, str]
"""What lies over a region, and its shape."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One region of one picture: its box on the picture, what was found in it, and how far `solid` is off its fill."""

    track: Track
    box: Box
    detail: Detail | None
    """None: too little of it is seen to tell."""
    deviation: int

    def fault(self, style: str) -> str:
        """What a region that was painted in this style cannot be; empty: nothing."""
        x0, y0, x1, y1 = self.box
        is_small = style == "solid" and min(x1 - x0, y1 - y0) < SMALL_PX
        limit, deviation = (SMALL, SMALL_DEVIATION) if is_small else (LIMITS[style], MAX_DEVIATION)
        if self.deviation > deviation:
            return f"differs from its fill by {self.deviation}"
        if self.detail and (self.detail.spread > limit.spread or self.detail.worst > limit.worst):
            spread, worst = self.detail.spread, self.detail.worst
            return f"holds detail (spread {spread:.1f}, at worst {worst:.0f}) that its blocks cannot"
        return ""


@dataclass(frozen=True)
class Painted:
    """A region of one picture: `box` is in its pixels and may reach beyond it, `cells` say how it was drawn."""

    track: Track
    box: Box
    cells: Cells

    @property
    def is_solid(self) -> bool:
        """Whether it is of one colour, the same as everything that is."""
        return self.cells.style == "solid"

    @property
    def shape(self) -> str:
        """`ellipse` or `box`."""
        return self.track.shape

    @cached_property
    def rim(self) -> Box:
        """Its box with the soft border that its redactor may paint around it."""
        border = 4 + math.ceil(2 * FEATHER * min(self.box[2] - self.box[0], self.box[3] - self.box[1]))
        return geometry.moved(self.box, 0, 0, -border)

    def measured(self, luma: NDArray[np.uint8], window: Box, over: Sequence[Over], fill_luma: int) -> Measured:
        """What it holds.

        Args:
            luma: the picture, shape (height, width).
            window: the part of the box that lies in the picture.
            over: what was painted over it in another colour.
            fill_luma: the colour of all that is solid.
        """
        if self.is_solid and self.shape == "box":
            plain = self._plain(luma, window, fill_luma)
            # What lies over it may be as plain, in another colour.
            if plain is not None and not (over and plain.fault(self.cells.style)):
                return plain
        seen = geometry.mask(self._inner, self.shape, window)
        for above, shape in over:
            _take_out(seen, window, above, shape)
        detail = detail_of(luma, self.box, seen, self.cells)
        if not (detail and self.is_solid):
            return Measured(self.track, self.box, detail, 0)
        pixels = luma[window[1] : window[3], window[0] : window[2]][seen]
        deviation = max(int(pixels.max()) - fill_luma, fill_luma - int(pixels.min()))
        return Measured(self.track, self.box, detail, deviation)

    def _plain(self, luma: NDArray[np.uint8], window: Box, fill_luma: int) -> Measured | None:
        """What a box of one colour holds, pixel by pixel; None: it must be looked at closely."""
        import cv2

        x0, y0, x1, y1 = (
            side(one, other) for side, one, other in zip((max, max, min, min), self._inner, window, strict=True)
        )
        if min(x1 - x0, y1 - y0) < PLAIN_PX:
            return None
        pixels = luma[y0:y1, x0:x1]
        low, high, _, _ = cv2.minMaxLoc(pixels)
        if high - low > PLAIN_LEVELS:
            return None
        mean, spread = (float(one[0, 0]) for one in cv2.meanStdDev(pixels))
        detail = Detail(spread, max(high - mean, mean - low))
        return Measured(self.track, self.box, detail, round(max(high - fill_luma, fill_luma - low)))

    @property
    def _inner(self) -> Box:
        return geometry.moved(self.box, 0, 0, shrink_px(self.box))


def shrink_px(box: Box) -> int:
    """How much of a region's rim cannot be measured."""
    return max(2, min(SHRINK_PX, min(box[2] - box[0], box[3] - box[1]) // 8))


def _take_out(seen: NDArray[np.bool_], window: Box, over: Box, shape: str) -> None:
    """Takes the pixels that another region or a subtitle lies over out of a window's mask."""
    x0, y0, x1, y1 = max(over[0], window[0]), max(over[1], window[1]), min(over[2], window[2]), min(over[3], window[3])
    rows, columns = slice(y0 - window[1], y1 - window[1]), slice(x0 - window[0], x1 - window[0])
    seen[rows, columns] &= ~geometry.mask(over, shape, (x0, y0, x1, y1))
