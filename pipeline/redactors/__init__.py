"""Room of redactors: they paint a region of a frame. A file here is a value under `redact` in the YAML.

A part is a module with a form `Settings`, an integer `VERSION` and `build(settings) -> Redactor`. Whatever it paints
inside the region must not hold what was there. Regions may overlap: a redactor paints over what another painted and
never brings back a pixel.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from pipeline import geometry
from pipeline.media import Frame
from pipeline.values import Box


@dataclass(frozen=True, slots=True)
class Region:
    """What is to be painted on one frame. `seed` belongs to the track and is known to nobody without the recording."""

    track: int
    box: Box
    shape: str
    seed: int


class Redactor(Protocol):
    """What `build` gives. It is shown the frames of one clip in order and may remember what it saw of a track."""

    def paint(self, frame: Frame, region: Region) -> None:
        """Paints the region in place, in all three planes. The region may reach beyond the picture."""
        ...


@dataclass(frozen=True, slots=True)
class Patch:
    """The part of one plane that a region touches.

    `pixels` is a view into the frame; `covered` has its shape and is True where the region must not be seen.
    `box` is the region's whole box in the plane's pixels, counted from the patch's top left.
    """

    plane: str
    pixels: NDArray[np.uint8]
    covered: NDArray[np.bool_]
    box: Box


def filled(frame: Frame, box: Box) -> Iterator[tuple[str, NDArray[np.uint8]]]:
    """The pixels of Y, U and V that a region of shape `box` covers, as views into the frame; none outside the picture.

    The same pixels as those of `patches`, without a mask to say so.
    """
    height, width = frame.y.shape
    window = geometry.clip(box, width, height)
    if window is None:
        return
    x0, y0, x1, y1 = window
    yield "y", frame.y[y0:y1, x0:x1]
    x0, y0, x1, y1 = (side // 2 for side in geometry.even(window))
    for name, plane in (("u", frame.u), ("v", frame.v)):
        yield name, plane[y0:y1, x0:x1]


def patches(frame: Frame, region: Region, border_px: int = 0) -> Iterator[Patch]:
    """The patches of Y, U and V, none where the region lies outside the picture.

    A chroma sample belongs to the region as soon as one of its four pixels does.

    Args:
        frame: the picture.
        region: what is to be painted.
        border_px: even number of pixels that the patches reach beyond the region.
    """
    height, width = frame.y.shape
    x0, y0, x1, y1 = geometry.even(region.box)
    window = geometry.clip((x0 - border_px, y0 - border_px, x1 + border_px, y1 + border_px), width, height)
    if window is None or geometry.clip(region.box, width, height) is None:
        return
    covered = geometry.mask(region.box, region.shape, window)
    left, top, right, bottom = window
    box = region.box[0] - left, region.box[1] - top, region.box[2] - left, region.box[3] - top
    yield Patch("y", frame.y[top:bottom, left:right], covered, box)
    rows = covered[0::2] | covered[1::2]
    halved = rows[:, 0::2] | rows[:, 1::2]
    x0, y0, x1, y1 = (side // 2 for side in geometry.even(box))
    for name, plane in (("u", frame.u), ("v", frame.v)):
        yield Patch(name, plane[top // 2 : bottom // 2, left // 2 : right // 2], halved, (x0, y0, x1, y1))
