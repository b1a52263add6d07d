"""Writing by PP-OCR, whose weights come with the rapidocr package (Apache-2.0): films, badges, screens, papers, cloth.

Looking is costly, so it is done rarely and only where the picture changed: often in one size, now and then in a large
one for small writing. In between everything that was found is followed by its pixels, and what is found new is followed
back to where it came into sight, so that writing moved by hand is known on every picture. When all that will ever be
known of a picture is known, things on it that are printed all over are found by the lines on them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import Field

from pipeline import detectors
from pipeline.detectors import Image, Sighted
from pipeline.looking import attention, cards, ocr, prints
from pipeline.looking.following import FloatBox, Gray
from pipeline.looking.now_and_then import Kept, NowAndThen
from pipeline.looking.tiles import tiles
from pipeline.looking.writings import Find, Item, united
from pipeline.settings.forms import Model, Number, Share
from pipeline.values import Box

if TYPE_CHECKING:
    from pipeline.media import Frame

VERSION = 9
NAME = "text_rapidocr"

HUGE_PX, COARSE_PX = 480, 960
"""Long sides of the whole picture at which posters, and lines of usual size, are found."""
FINE_SCALE = 1.75
"""Enlargement in which the smallest lines are found: those of 10 pixels."""
COARSE_DENSITY, FINE_DENSITY = 0.04, 0.12
"""Share of corners in a spot that is worth a look: small writing is full of them, a large letter has one or two."""
DOUBTFUL_PX = 20
"""A line this high in the network's input is believed only if something can be read in it: see `_is_writing`."""
LARGE, LARGEST = 0.06, 0.8
"""From this share of the picture on a line must be read nearly without a doubt: a poster, not a person. Up to the
second one that is `CERTAIN` need not: letters that touch the next line are hard to read."""
CERTAIN, LEGIBLE = 0.87, 0.3
"""Its score, and how surely it is read all the same. Film plates and faces score as high, but are read as
one or two characters."""

SOON_S, SURE = 0.3, 0.6
"""Looks again this soon while a line of at least this score is lost: what was torn away comes to rest elsewhere."""


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


class TextWatcher(NowAndThen):
    """See `pipeline.detectors.Watcher`."""

    def __init__(self, settings: Settings, finder: ocr.Finder, reader: ocr.Reader) -> None:
        super().__init__(NAME, settings.every, settings.fine_s, back_s=settings.fine_s)
        self._settings = settings
        self._finder, self._reader = finder, reader
        self._coarse, self._fine = attention.Attention(COARSE_DENSITY), attention.Attention(FINE_DENSITY)
        self._bands: list[prints.Band] = []
        self._print: prints.Squares | None = None
        """What is printed all over, as the last look showed it."""

    def _patience_s(self) -> float:
        return min(SOON_S, self._settings.look_s) if self._has_lost() else self._settings.look_s

    def _has_lost(self) -> bool:
        """Whether what surely is writing was lost, and nothing else hides where it was."""
        lost = (one for one in self._items if one.lost and one.find.kind == "text" and one.find.score >= SURE)
        return any(not prints.is_on(self._print, one.place.box) for one in lost)

    def _learn(self, finds: Sequence[Find]) -> None:
        super()._learn(finds)
        self._print = prints.printed(self._kept[-1].gray, _lines(self._items))

    def _told(self, kept: Kept, scale: float) -> Sighted:
        """With the things that are printed all over: all lines on the picture are known by now."""
        squares = prints.printed(kept.gray, sorted(set(_lines(kept.items))))
        self._bands = prints.bands(squares, self._bands, self._numbers)
        return super()._told(kept, scale) + [(kept.frame, one.detection(scale)) for one in self._bands]

    def _finds(self, frame: Frame, gray: Gray, scale: float, fine: bool) -> list[Find]:
        """Lines of writing, and what carries them."""
        image = detectors.bgr(frame)
        finds = self._written(image, gray, scale, fine)
        lines = [item.place.box for item in self._items if item.find.kind == "text"] + [one.box for one in finds]
        carriers = cards.cards(gray, lines)
        if fine:
            found = cards.cards(detectors.luma(image), [_times(box, scale) for box in lines])
            carriers += [_times(box, 1 / scale) for box in found]
        return finds + united([Find("card", box, 1.0) for box in carriers])

    def _written(self, image: Image, gray: Gray, scale: float, fine: bool) -> list[Find]:
        """Lines of writing where the picture changed since it was looked at in that size; in pixels of `gray`."""
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
        for x0, y0, x1, y1 in tiles(part, times, image.shape[1], image.shape[0]):
            tile = image[y0:y1, x0:x1]
            for line in self._finder.find(tile, times):
                is_doubtful = line.short_px >= DOUBTFUL_PX
                text, sure = self._reader.read(tile, line) if self._settings.read or is_doubtful else ("", 0.0)
                share = line.area_px / (image.shape[0] * image.shape[1])
                if is_doubtful and not _is_writing(line, share, text, sure):
                    continue
                read = (text, round(sure, 4)) if self._settings.read else ("", 0.0)
                for left, top, right, bottom in line.boxes:
                    box = _times((left + x0, top + y0, right + x0, bottom + y0), 1 / scale)
                    yield Find("text", box, round(line.score, 4), *read)


def _lines(items: Sequence[Item]) -> list[FloatBox]:
    """Where writing surely is seen now; hair and jewels, taken for it, would make a print of a person."""
    sure = (item for item in items if item.find.kind == "text" and item.find.score >= SURE)
    return [item.place.box for item in sure if not item.lost]


def _is_writing(line: ocr.Writing, share: float, text: str, sure: float) -> bool:
    """Whether something so high is writing: cloth, hair and floors are read as single characters, and not for sure.

    Args:
        line: what was found.
        share: of the picture that it fills.
        text: what was read.
        sure: mean probability of the characters.
    """
    if len("".join(text.split())) < 2:
        return sure >= 0.95 and line.short_px <= 2 * DOUBTFUL_PX
    if LARGE < share <= LARGEST and line.score >= CERTAIN and len("".join(text.split())) > 2:
        return sure >= LEGIBLE
    if share > LARGE:
        return sure >= 0.9
    return sure >= (0.6 if line.short_px > 2 * DOUBTFUL_PX else 0.35)


def _times(box: FloatBox | Box, scale: float) -> FloatBox:
    return box[0] * scale, box[1] * scale, box[2] * scale, box[3] * scale
