"""Barcodes and two-dimensional codes by zxing-cpp (Apache-2.0) and OpenCV: wristbands, tubes, forms, films, screens.

What a phone reads from a code on a wristband is the number that the ward knows a patient by. The picture is looked at
as a whole every second, because a code is legible only now and then while a hand moves it; what was found once is
followed by its pixels from then on, and back to where it came into sight.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import Field

from pipeline import detectors
from pipeline.detectors import Image, Sighted
from pipeline.looking import attention, codes
from pipeline.looking.following import Gray, begin
from pipeline.looking.writings import Find, Item, earlier, moved, recognised, united
from pipeline.settings.forms import Model, Number

if TYPE_CHECKING:
    from pipeline.media import Frame

VERSION = 1
NAME = "code_zxing"

LONG_SIDE_PX = 1920
"""Of the pictures that are looked at; a 4K recording is made smaller."""
GRAY_PX = 960
"""Long side of the pictures on which codes are followed."""
BACK_S = 4.0
"""So long a code is followed back: a hand has turned it towards the camera by then."""


class Settings(Model):
    """Barcodes and QR codes, looked for now and then and followed in between."""

    every: int = Field(4, ge=1, le=10, description="follows on every n-th frame")
    look_s: Number = Field(1.0, gt=0, le=5, description="looks again this often")
    fine_s: Number = Field(6.0, gt=0, le=30, description="and this often enlarged and turned, for small ones")


def build(settings: Settings) -> CodeWatcher:
    """There is nothing to load."""
    return CodeWatcher(settings)


def weights() -> tuple[Path, ...]:
    """The reader, inside the zxing-cpp package: it has no weights of its own.

    Raises:
        ToolError: the package is not installed.
    """
    return codes.weights()


@dataclass(frozen=True, slots=True)
class Kept:
    """A picture that is kept to follow codes back, half a megabyte large."""

    frame: int
    time_s: float
    gray: Gray


class CodeWatcher:
    """See `pipeline.detectors.Watcher`."""

    threads = 1

    def __init__(self, settings: Settings) -> None:
        self.every = settings.every
        self.long_side_px = LONG_SIDE_PX
        self._settings = settings
        self._history: deque[Kept] = deque()
        self._items: list[Item] = []
        self._numbers = count(1)
        self._looked_s = self._looked_fine_s = -math.inf
        self._before: Image | None = None
        """The luma of the last picture, in case that a cut follows it."""

    def see(self, frame: Frame, time_s: float, is_last: bool) -> Sighted:
        """Follows what is known to this picture, and looks for more where that is due."""
        gray = detectors.gray(frame, GRAY_PX)
        scale = frame.y.shape[1] / gray.shape[1]
        sighted: Sighted = []
        is_new = self._before is None
        if self._before is not None:
            is_new = attention.is_cut(self._history[-1].gray, gray)
            if is_new:
                sighted += self._look(self._before, scale, fine=False)
                sighted += self._told(self._history[-1], self._items, scale)
            self._items = moved(self._history[-1].gray, gray, self._items)
        self._history.append(Kept(frame.number, time_s, gray))
        while time_s - self._history[0].time_s > BACK_S:
            self._history.popleft()
        fine = is_new or is_last or time_s - self._looked_fine_s >= self._settings.fine_s
        is_lost = any(one.lost for one in self._items)
        if fine or is_lost or time_s - self._looked_s >= self._settings.look_s:
            self._looked_s, self._looked_fine_s = time_s, time_s if fine else self._looked_fine_s
            sighted += self._look(frame.y, scale, fine)
        self._before = frame.y
        return sighted + self._told(self._history[-1], self._items, scale)

    def _look(self, luma: Image, scale: float, fine: bool) -> Sighted:
        """Finds what is new in the newest picture that is kept, and says where it was before."""
        newest = self._history[-1]
        sides = [[side / scale for side in one.box] for one in codes.find(luma, closely=fine)]
        finds = united([Find("code", (x0, y0, x1, y1), 1.0) for x0, y0, x1, y1 in sides])
        self._items, new = recognised(self._items, finds, newest.gray)
        begun = [Item(next(self._numbers), one, begin(newest.gray, one.box)) for one in new]
        self._items += begun
        before = list(self._history)[-2::-1]
        there = zip(before, earlier(newest.gray, (kept.gray for kept in before), begun), strict=False)
        return [one for kept, items in there for one in self._told(kept, items, scale)]

    @staticmethod
    def _told(kept: Kept, items: list[Item], scale: float) -> Sighted:
        return [(kept.frame, item.detection(scale, NAME)) for item in items]
