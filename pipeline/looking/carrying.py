"""Carries what is known on the pictures that were looked at to some between them: where the camera was knocked, say.

Writing and codes are followed on every n-th picture and hidden on the way from one to the next. Where the picture as a
whole jumps in between they are not there, and legible.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from pipeline import detectors
from pipeline.detectors import scaled
from pipeline.looking.following import Followed, Gray, begin, follow
from pipeline.looking.now_and_then import GRAY_PX
from pipeline.values import Detection

if TYPE_CHECKING:
    from pipeline.media import Frame


class Carrier:
    """Carries along while the pictures pass by.

    Args:
        known: frame -> what is known on it, in pixels of the master; only what has a number is carried.
        origins: frame to carry to -> the earlier ones to carry from.
        width_px: of the master.
    """

    def __init__(
        self, known: Mapping[int, Sequence[Detection]], origins: Mapping[int, Sequence[int]], width_px: int
    ) -> None:
        self.found: dict[int, list[Detection]] = {}
        self._known = known
        self._origins = origins
        self._width_px = width_px
        self._grays: dict[int, Gray] = {}

    def passing(self, frames: Iterator[Frame]) -> Iterator[Frame]:
        """The same frames, ascending; all origins must be among them."""
        for frame in frames:
            gray = detectors.gray(frame, GRAY_PX)
            if (origins := self._origins.get(frame.number)) is not None:
                self._grays = {origin: self._grays[origin] for origin in origins}
                self.found[frame.number] = list(self._carried(frame.number, gray))
            self._grays[frame.number] = gray
            yield frame

    def _carried(self, frame: int, gray: Gray) -> Iterator[Detection]:
        scale = self._width_px / gray.shape[1]
        told = {(one.kind, one.item) for one in self._known.get(frame, ())}
        for origin, before in self._grays.items():
            numbered = [one for one in self._known[origin] if one.item and (one.kind, one.item) not in told]
            places = [begin(before, _box(scaled(one, 1 / scale, 1 / scale))) for one in numbered]
            for one, place in zip(numbered, _followed(before, gray, places), strict=True):
                x0, y0, x1, y1 = (round(side * scale, 2) for side in place.box)
                yield replace(one, x0=x0, y0=y0, x1=x1, y1=y1)


def _followed(before: Gray, after: Gray, things: list[Followed]) -> Iterator[Followed]:
    """Where things lie on the next picture; one that jumped too far to be followed went where the whole picture did."""
    placed = follow(before, after, things)
    across, down = _shift(before, after) if None in placed else (0.0, 0.0)
    for thing, place in zip(things, placed, strict=True):
        x0, y0, x1, y1 = thing.box
        yield place or replace(thing, box=(x0 + across, y0 + down, x1 + across, y1 + down))


def _shift(before: Gray, after: Gray) -> tuple[float, float]:
    """How far a picture as a whole lies from the one before it, by phase correlation: to the right and down.

    Source: Kuglin and Hines, The Phase Correlation Image Alignment Method, 1975.
    """
    import cv2

    one, other = before.astype(np.float32), after.astype(np.float32)
    (across, down), _ = cv2.phaseCorrelate(one, other, cv2.createHanningWindow(one.shape[::-1], cv2.CV_32F))
    return across, down


def _box(one: Detection) -> tuple[float, float, float, float]:
    return one.x0, one.y0, one.x1, one.y1
