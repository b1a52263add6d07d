"""Writing by PP-OCR, whose weights come with the rapidocr package (Apache-2.0): films, badges, screens, papers, cloth.

Looking is costly, so it is done rarely and only where the picture changed: often in one size, now and then in a large
one for small writing. In between everything that was found is followed by its pixels, and what is found new is followed
back to where it came into sight, so that writing moved by hand is known on every picture.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pydantic import Field

from pipeline import detectors
from pipeline.detectors import Image, Sighted
from pipeline.looking import attention, cards, ocr
from pipeline.looking.following import FloatBox, Gray, begin
from pipeline.looking.writings import Find, Item, moved, recognised, united
from pipeline.settings.forms import Model, Number, Share
from pipeline.values import Box

if TYPE_CHECKING:
    from pipeline.media import Frame

VERSION = 4

LONG_SIDE_PX = 1920
"""Of the pictures that are looked at; a 4K recording is made smaller."""
GRAY_PX = 960
"""Long side of the pictures on which things are followed."""
HUGE_PX, COARSE_PX = 480, 960
"""Long sides of the whole picture at which posters, and lines of usual size, are found."""
FINE_SCALE = 1.75
"""Enlargement in which the smallest lines are found: those of 10 pixels."""
COARSE_DENSITY, FINE_DENSITY = 0.04, 0.12
"""Share of corners in a spot that is worth a look: small writing is full of them, a large letter has one or two."""
TILE_PX, OVERLAP_PX = 1152, 128
"""The network sees squares of at most this side, which bounds memory; they overlap by a line's height."""
DOUBTFUL_PX = 20
"""A line this high in the network's input is believed only if something can be read in it: see `_is_readable`."""
LARGE = 0.06
"""Share of the picture from which on a line must be read nearly without a doubt: a poster, not a person."""


class Kept(NamedTuple):
    """A picture that is kept to follow things back, half a megabyte large."""

    frame: int
    time_s: float
    gray: Gray


class Settings(Model):
    """Writing, looked for now and then and followed in between."""

    every: int = Field(4, ge=1, le=10, description="follows on every n-th frame")
    look_s: Number = Field(2.0, gt=0, le=10, description="looks again this often, where the picture changed")
    fine_s: Number = Field(12.0, gt=0, le=30, description="and this often enlarged, for small writing")
    threshold: Share = Field(0.3, description="lowest score that counts as writing; lower hides more")
    read: bool = Field(False, description="reads it even where the settings of `text` do not need that")


def build(settings: Settings) -> TextWatcher:
    """Loads the networks.

    Raises:
        ToolError: the weights are missing.
    """
    return TextWatcher(settings, ocr.Finder(settings.threshold), ocr.Reader())


def weights() -> tuple[Path, ...]:
    """The finder and the reader, inside the rapidocr package.

    Raises:
        ToolError: the package is not installed or has no weights.
    """
    return ocr.weights()


class TextWatcher:
    """See `pipeline.detectors.Watcher`."""

    def __init__(self, settings: Settings, finder: ocr.Finder, reader: ocr.Reader) -> None:
        self.every = settings.every
        self.long_side_px = LONG_SIDE_PX
        self._settings = settings
        self._finder, self._reader = finder, reader
        self._coarse, self._fine = attention.Attention(COARSE_DENSITY), attention.Attention(FINE_DENSITY)
        self._history: deque[Kept] = deque()
        self._items: list[Item] = []
        self._numbers = count(1)
        self._looked_s = self._looked_fine_s = -math.inf
        self._before: Image | None = None
        """The last picture, in case that a cut follows it."""

    def see(self, frame: Frame, time_s: float, is_last: bool) -> Sighted:
        """Follows what is known to this picture, and looks for more where that is due."""
        gray = detectors.gray(frame, GRAY_PX)
        scale = frame.y.shape[1] / gray.shape[1]
        sighted: Sighted = []
        if self._history and attention.is_cut(self._history[-1].gray, gray):
            sighted += self._end_of_scene(scale)
        is_new = not self._history
        if not is_new:
            self._items = moved(self._history[-1].gray, gray, self._items)
        self._history.append(Kept(frame.number, time_s, gray))
        while time_s - self._history[0].time_s > self._settings.fine_s:
            self._history.popleft()
        fine = is_new or is_last or time_s - self._looked_fine_s >= self._settings.fine_s
        if fine or time_s - self._looked_s >= self._settings.look_s:
            self._looked_s, self._looked_fine_s = time_s, time_s if fine else self._looked_fine_s
            sighted += self._look(detectors.bgr(frame), scale, fine)
        self._before = frame.data.reshape(-1, frame.y.shape[1])
        return sighted + self._told(frame.number, self._items, scale)

    def _end_of_scene(self, scale: float) -> Sighted:
        """Looks once more at the last picture before a cut: what came into sight since the last look is not lost."""
        assert self._before is not None
        sighted = self._look(detectors.bgr_of(self._before), scale, fine=False)
        sighted += self._told(self._history[-1].frame, self._items, scale)
        self._history.clear()
        self._items = []
        return sighted

    def _look(self, image: Image, scale: float, fine: bool) -> Sighted:
        """Finds what is new in the newest picture, and follows it back."""
        gray = self._history[-1].gray
        finds = self._finds(image, gray, scale, fine)
        lines = [item.place.box for item in self._items if item.find.kind == "text"] + [one.box for one in finds]
        carriers = cards.cards(gray, lines)
        if fine:
            found = cards.cards(detectors.luma(image), [_times(box, scale) for box in lines])
            carriers += [_times(box, 1 / scale) for box in found]
        finds += united([Find("card", box, 1.0) for box in carriers])
        self._items, new = recognised(self._items, finds, gray)
        begun = [Item(next(self._numbers), one, begin(gray, one.box)) for one in new]
        self._items += begun
        return self._followed_back(begun, scale)

    def _followed_back(self, items: list[Item], scale: float) -> Sighted:
        """Where items of the newest picture were before, as far back as pictures are kept."""
        sighted: Sighted = []
        after = self._history[-1].gray
        for kept in list(self._history)[-2::-1]:
            items = moved(after, kept.gray, items)
            if not items:
                break
            sighted += self._told(kept.frame, items, scale)
            after = kept.gray
        return sighted

    def _finds(self, image: Image, gray: Gray, scale: float, fine: bool) -> list[Find]:
        """Lines of writing where the picture changed since it was looked at in that size; gray pixels."""
        long_side_px = max(image.shape[:2])
        looks = [(self._coarse, COARSE_PX / long_side_px)]
        if fine:
            looks.append((self._fine, FINE_SCALE))
        finds: list[Find] = []
        for seen, times in looks:
            cells = seen.due(gray)
            for part in attention.parts(cells, gray.shape[1], gray.shape[0]):
                finds += self._part(image, _times(part, scale), times, scale)
            seen.looked(gray, cells)
            if fine and seen is self._coarse and cells.any():
                finds += self._part(image, (0, 0, *image.shape[1::-1]), HUGE_PX / long_side_px, scale)
        return united(finds)

    def _part(self, image: Image, part: FloatBox, times: float, scale: float) -> Iterator[Find]:
        """Looks at a part of a picture in one size, tile by tile."""
        for x0, y0, x1, y1 in _tiles(part, times, image.shape[1], image.shape[0]):
            tile = image[y0:y1, x0:x1]
            for line in self._finder.find(tile, times):
                is_doubtful = line.short_px >= DOUBTFUL_PX
                text, sure = self._reader.read(tile, line) if self._settings.read or is_doubtful else ("", 0.0)
                share = line.area_px / (image.shape[0] * image.shape[1])
                if is_doubtful and not _is_readable(line.short_px, share, text, sure):
                    continue
                read = (text, round(sure, 4)) if self._settings.read else ("", 0.0)
                for left, top, right, bottom in line.boxes:
                    box = _times((left + x0, top + y0, right + x0, bottom + y0), 1 / scale)
                    yield Find("text", box, round(line.score, 4), *read)

    @staticmethod
    def _told(number: int, items: list[Item], scale: float) -> Sighted:
        return [(number, item.detection(scale)) for item in items]


def _is_readable(short_px: float, share: float, text: str, sure: float) -> bool:
    """Whether something so high is writing: cloth, hair and floors are read as single characters, and not for sure.

    Args:
        short_px: the line's height in the network's input.
        share: of the picture that it fills.
        text: what was read.
        sure: mean probability of the characters.
    """
    if len("".join(text.split())) < 2:
        return sure >= 0.95 and short_px <= 2 * DOUBTFUL_PX
    if share > LARGE:
        return sure >= 0.9
    return sure >= (0.6 if short_px > 2 * DOUBTFUL_PX else 0.35)


def _times(box: FloatBox | Box, scale: float) -> FloatBox:
    return box[0] * scale, box[1] * scale, box[2] * scale, box[3] * scale


def _tiles(part: FloatBox, times: float, width_px: int, height_px: int) -> Iterator[Box]:
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
