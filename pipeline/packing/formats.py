"""The four shapes that leave: size, room for text, and how a picture of another shape is laid into them. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from pipeline.values import View


@dataclass(frozen=True, slots=True)
class Shape:
    """A format's size and where its subtitles may stand.

    `side_px` and `bottom_px` keep them clear of what the platforms lay over the picture. `line_em` is the longest
    line in Chinese characters that still reads at a glance.
    """

    width_px: int
    height_px: int
    side_px: int
    bottom_px: int
    line_em: float


SHAPES: dict[str, Shape] = {
    "9:16": Shape(1080, 1920, side_px=180, bottom_px=480, line_em=14),
    "3:4": Shape(1080, 1440, side_px=120, bottom_px=160, line_em=15),
    "1:1": Shape(1080, 1080, side_px=120, bottom_px=100, line_em=15),
    "16:9": Shape(1920, 1080, side_px=240, bottom_px=90, line_em=20),
}
"""Margins: the *practical* safe area of the vertical players (bottom 480, right 180 of 1080x1920) and Bilibili's
1920x1080 (bottom 90). No platform publishes its numbers; these are the community's, checked 2026-10."""


LEAST_HEIGHT = Fraction(1, 2)
"""What `auto` may cut away is the sides: of a portrait laid into 16:9 a crop would leave the third below the head."""


def view(width_px: int, height_px: int, shape: Shape, framing: str) -> View:
    """How a master of this size lies in a format: `crop` fills it from the centre, `fit` shows all of it, `auto` crops
    unless less than half of the height would be left.

    All corners are even, so that the chroma planes are cut and placed on whole pixels.
    """
    across, down = Fraction(shape.width_px, width_px), Fraction(shape.height_px, height_px)
    if framing == "fit" or (framing == "auto" and down < LEAST_HEIGHT * across):
        scale = min(across, down)
        place = _centred(shape.width_px, shape.height_px, width_px * scale, height_px * scale)
        return View((0, 0, width_px, height_px), place)
    scale = max(across, down)
    crop = _centred(width_px, height_px, shape.width_px / scale, shape.height_px / scale)
    return View(crop, (0, 0, shape.width_px, shape.height_px))


def _centred(width_px: int, height_px: int, inner_width: Fraction, inner_height: Fraction) -> tuple[int, int, int, int]:
    wide = min(width_px, max(2, round(inner_width / 2) * 2))
    high = min(height_px, max(2, round(inner_height / 2) * 2))
    left, top = (width_px - wide) // 4 * 2, (height_px - high) // 4 * 2
    return left, top, left + wide, top + high
