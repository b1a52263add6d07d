"""Solid: one colour that does not depend on the pixels at all. What text always gets."""

from __future__ import annotations

from pipeline.media import Frame
from pipeline.redactors import Region, filled, patches
from pipeline.settings.forms import Colour, Model

VERSION = 1


class Settings(Model):
    """The colour that hides."""

    fill: Colour = "#1c1c1c"


def build(settings: Settings) -> Solid:
    """A redactor of this colour."""
    return Solid(to_yuv(settings.fill))


class Solid:
    """See `pipeline.redactors.Redactor`."""

    def __init__(self, yuv: tuple[int, int, int]) -> None:
        self._fill = dict(zip("yuv", yuv, strict=True))

    def paint(self, frame: Frame, region: Region) -> None:
        """Fills the region."""
        if region.shape == "box":
            for name, pixels in filled(frame, region.box):
                pixels[:] = self._fill[name]
            return
        for patch in patches(frame, region):
            patch.pixels[patch.covered] = self._fill[patch.plane]


def to_yuv(colour: str) -> tuple[int, int, int]:
    """`#rrggbb` as 8-bit limited-range Y, Cb and Cr.

    Source: Rec. ITU-R BT.709-6, items 3.2 to 3.5.
    """
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    cb, cr = (blue - luma) / 1.8556, (red - luma) / 1.5748
    return round(16 + 219 * luma), round(128 + 224 * cb), round(128 + 224 * cr)
