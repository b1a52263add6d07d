"""Barcodes and two-dimensional codes by zxing-cpp (Apache-2.0) and OpenCV: wristbands, tubes, forms, films, screens.

What a phone reads from a code on a wristband is the number that the ward knows a patient by. The picture is looked at
as a whole every second, and in between wherever something moved that could be a code, because one is legible only now
and then while a hand moves it; what was found once is followed by its pixels from then on, and back to where it came
into sight.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import Field

from pipeline.looking import codes
from pipeline.looking.following import Gray
from pipeline.looking.now_and_then import NowAndThen
from pipeline.looking.writings import Find, united
from pipeline.settings.forms import Model, Number

if TYPE_CHECKING:
    from pipeline.media import Frame

VERSION = 3
NAME = "code_zxing"

BACK_S = 4.0
"""So long a code is followed back: a hand has turned it towards the camera by then."""


class Settings(Model):
    """Barcodes and QR codes, looked for now and then and followed in between."""

    every: int = Field(4, ge=1, le=10, description="follows on every n-th frame")
    look_s: Number = Field(1.0, gt=0, le=5, description="looks at the whole picture this often")
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


class CodeWatcher(NowAndThen):
    """See `pipeline.detectors.Watcher`."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(NAME, settings.every, settings.fine_s, back_s=BACK_S)
        self._look_s = settings.look_s

    def _patience_s(self) -> float:
        """Whatever was lost is looked for at once."""
        return 0.0 if any(one.lost for one in self._items) else self._look_s

    def _finds(self, frame: Frame, gray: Gray, scale: float, fine: bool) -> list[Find]:
        return _in_gray(codes.find(frame.y, closely=fine), scale)

    def _glimpses(self, frame: Frame, scale: float) -> list[Find]:
        """A hand may show a code for less than a second: what moved and could be one is read at once."""
        assert self._before is not None
        return _in_gray(codes.find_moving(self._before.y, frame.y), scale)


def _in_gray(found: list[codes.Code], scale: float) -> list[Find]:
    sides = [[side / scale for side in one.box] for one in found]
    return united([Find("code", (x0, y0, x1, y1), 1.0) for x0, y0, x1, y1 in sides])
