"""Cuts what is to be looked at into pieces that the network can see at once."""

from __future__ import annotations

import math
from collections.abc import Iterator

from pipeline.looking.following import FloatBox
from pipeline.values import Box

TILE_PX, OVERLAP_PX = 1152, 128
"""The network sees squares of at most this side, which bounds memory; they overlap by a line's height."""


def tiles(part: FloatBox, times: float, width_px: int, height_px: int) -> Iterator[Box]:
    """Covers a part of a picture with overlapping tiles of the size that the network sees at once."""
    x0, y0, x1, y1 = (
        min(max(round(side), 0), most) for side, most in zip(part, (width_px, height_px) * 2, strict=True)
    )
    for top, bottom in _spans(y0, y1, times):
        for left, right in _spans(x0, x1, times):
            yield left, top, right, bottom


def _spans(start: int, end: int, times: float) -> Iterator[tuple[int, int]]:
    """Even pieces of a length, each at most `TILE_PX` after enlarging."""
    side, overlap = round(TILE_PX / times), round(OVERLAP_PX / times)
    pieces = max(1, math.ceil((end - start - overlap) / (side - overlap)))
    step = (end - start - overlap) / pieces
    for at in range(pieces):
        yield round(start + at * step), min(end, round(start + (at + 1) * step + overlap))
