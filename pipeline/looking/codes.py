"""Finds barcodes and two-dimensional codes in a picture: what a phone that is held against the screen reads.

zxing-cpp reads every usual kind, most of the two-dimensional ones at any angle, bars only along rows and columns. Bars
at other angles, and how far they reach, are found by OpenCV's detector, and read once they are set upright: what
nothing can be read in is a radiator or a blind.

Source: zxing-cpp (ISO/IEC 15417, 16388, 18004 and others); OpenCV's `cv::barcode::BarcodeDetector`, which looks for
gradients that all point the same way.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import ToolError
from pipeline.values import Box
from pipeline.weights import in_package

Luma = NDArray[np.uint8]
"""Shape (height, width)."""
Corners = NDArray[np.float32]
"""Four points in order around something, shape (4, 2)."""

CLOSELY = ((2.0, 0.0), (1.0, 30.0), (1.0, 60.0))
"""Times and degrees by which a picture is enlarged and turned for a close look: squares of less than two pixels are
read when they are larger, and stacked rows only along themselves."""
BARS_PX = 512, 2000
"""Sizes in which bars are located, the second in a close look alone: OpenCV's own choice, which blurs fine bars away,
and one that leaves the picture as it is."""
UPRIGHT_TIMES = 2
"""Bars are enlarged as they are set upright."""
QUIET_PX = 16
"""Left around them, as a reader asks for it."""
HIGHEST = 0.35
"""Of what is read row by row so many of its lengths are hidden above and below the rows that were read."""
SQUARE = ("QRCode", "DataMatrix", "Aztec", "MaxiCode")
"""Families that are read as a whole, so that the reader knows all four corners."""
MARKED = ("QRCode", "Aztec")
"""Families with rings in their corners or middle; the edges and bars by which others begin are on cloth too."""
SAME = 0.3
"""Of two boxes that share so much of the smaller one both are the same bars."""
CELL_PX, ROWS = 16, 8
"""Side of the squares by which it is told where a code may have moved, of every so many rows of the picture."""
STEEP = 40
"""Sum of the mean steps across and down a square that may show a part of a code. Where one can be read its steepest
squares have 44 and more, also where a hand blurs it; people, rooms and cloth mostly less than 30."""
MOVED = 12
"""Mean change of a square since the last picture that shows something that moved."""
SQUARES = 2
"""A place has at least so many such squares,"""
NEAR = 2
"""no two of them farther apart than twice so many others; the place reaches so many beyond them."""
SMALL_PX = 150 * 150
"""A place of no more pixels is looked at closely: a code of 24 pixels across is only read so."""


@dataclass(frozen=True, slots=True)
class Code:
    """One code: the box around it in pixels, and whether it can be read; if not, it surely is one all the same."""

    box: Box
    is_read: bool


def weights() -> tuple[Path, ...]:
    """The reader itself, which has no weights of its own; what it finds depends on its release.

    Raises:
        ToolError: the zxing-cpp package is not installed.
    """
    folders = in_package("zxingcpp", "__init__.py")
    files = tuple(sorted(path for init in folders for path in init.parent.glob("zxingcpp*") if path.suffix != ".pyi"))
    if not files:
        raise ToolError("code_zxing: the zxing-cpp package is not installed", "pip install zxing-cpp")
    return files


def find(luma: Luma, *, closely: bool) -> list[Code]:
    """The codes in a picture.

    Args:
        luma: the picture.
        closely: looks at it enlarged, turned and shrunk as well, which takes seven times as long.

    Returns:
        Each at least once, in no order.
    """
    found = list(_found(np.ascontiguousarray(luma), closely))
    for times, degrees in CLOSELY if closely else ():
        shown, back = _turned(luma, times, degrees)
        found += [(corners @ back[:, :2].T + back[:, 2], is_read) for corners, is_read in _found(shown, closely=False)]
    return [Code(_around(corners), is_read) for corners, is_read in found]


def find_moving(before: Luma, after: Luma) -> list[Code]:
    """The codes in a picture that moved since the one before it: a fraction of the work of a look.

    Args:
        before: the picture before, of the same size.
        after: the picture.
    """
    found = []
    for x0, y0, x1, y1 in _moving(before, after):
        place = after[y0:y1, x0:x1]
        for one in find(place, closely=place.size <= SMALL_PX):
            left, top, right, bottom = one.box
            found.append(Code((left + x0, top + y0, right + x0, bottom + y0), one.is_read))
    return found


def _moving(before: Luma, after: Luma) -> Iterator[Box]:
    """Places that changed and are full of steep edges."""
    import cv2

    squares = _steps(after) >= STEEP
    squares &= _squares(cv2.absdiff(before[::ROWS], after[::ROWS]), squares.shape) >= MOVED
    if np.count_nonzero(squares) < SQUARES:
        return
    reach = np.ones((2 * NEAR + 1,) * 2, np.uint8)
    _, labels, places, _ = cv2.connectedComponentsWithStats(cv2.dilate(squares.view(np.uint8), reach))
    down, across = (side / count for side, count in zip(after.shape, squares.shape, strict=True))
    for label, (column, row, wide, high, _) in enumerate(places.tolist()[1:], 1):
        if np.count_nonzero(squares[labels == label]) >= SQUARES:
            end = math.ceil((column + wide) * across), math.ceil((row + high) * down)
            yield int(column * across), int(row * down), *end


def _steps(luma: Luma) -> NDArray[np.float32]:
    """The mean steps from pixel to pixel, across and down, in every square."""
    import cv2

    shape = max(1, luma.shape[0] // CELL_PX), max(1, luma.shape[1] // CELL_PX)
    rows, below = luma[:-1:ROWS], luma[1::ROWS]
    across, down = (_squares(cv2.absdiff(*sides), shape) for sides in ((rows[:, 1:], rows[:, :-1]), (rows, below)))
    return np.add(across, down, dtype=np.float32)


def _squares(levels: Any, shape: tuple[int, ...]) -> NDArray[np.float32]:
    """The mean of each square, shape (rows, columns)."""
    import cv2

    return np.asarray(cv2.resize(levels, shape[::-1], interpolation=cv2.INTER_AREA), np.float32)


def _found(luma: Luma, closely: bool) -> Iterator[tuple[Corners, bool]]:
    """The corners of each code, and whether it can be read."""
    bars = [one for side_px in (BARS_PX if closely else BARS_PX[:1]) for one in _bars(luma, side_px)]
    boxes = []
    for one in _read(luma, closely):
        corners = _whole(one, bars)
        boxes.append(_around(corners))
        yield corners, not one.error
    for corners in bars:
        if any(_shared(_around(corners), box) >= SAME for box in boxes):
            continue
        if there := _read(_upright(luma, corners), closely=True):
            yield corners, any(not one.error for one in there)


def _read(luma: Luma, closely: bool) -> list[Any]:
    """What is a code for sure: what can be read, and what has marks that nothing else has; light on dark as well, as
    screens and posters show it."""
    import zxingcpp

    found = zxingcpp.read_barcodes(luma, try_downscale=closely, return_errors=True)
    return [one for one in found if not one.error or one.symbology.name in MARKED]


def _bars(luma: Luma, side_px: int) -> list[Corners]:
    """The corners of everything that looks like bars in a picture that is shrunk to this side."""
    import cv2

    detector = cv2.barcode.BarcodeDetector()
    detector.setDownsamplingThreshold(side_px)
    found, corners = detector.detectMulti(luma)
    return list(np.asarray(corners, np.float32).reshape(-1, 4, 2)) if found else []


def _upright(luma: Luma, corners: Corners) -> Luma:
    """A part of the picture, set upright and enlarged."""
    import cv2

    sides = np.linalg.norm(corners[1] - corners[0]), np.linalg.norm(corners[2] - corners[1])
    wide, high = (max(1, round(UPRIGHT_TIMES * float(side))) for side in sides)
    there = np.array([(0, 0), (wide, 0), (wide, high), (0, high)], np.float32) + QUIET_PX
    turn = cv2.getPerspectiveTransform(corners, there)
    size = wide + 2 * QUIET_PX, high + 2 * QUIET_PX
    return np.asarray(cv2.warpPerspective(luma, turn, size, flags=cv2.INTER_CUBIC), np.uint8)


def _turned(luma: Luma, times: float, degrees: float) -> tuple[Luma, NDArray[np.float32]]:
    """A picture enlarged and turned about its middle, and the way back, shape (2, 3)."""
    import cv2

    high, wide = luma.shape
    angle = math.radians(degrees)
    across = round(times * (wide * math.cos(angle) + high * math.sin(angle)))
    down = round(times * (wide * math.sin(angle) + high * math.cos(angle)))
    way = cv2.getRotationMatrix2D((wide / 2, high / 2), degrees, times)
    way[:, 2] += (across - wide) / 2, (down - high) / 2
    shown = cv2.warpAffine(luma, way, (across, down), flags=cv2.INTER_CUBIC, borderValue=128)
    return np.asarray(shown, np.uint8), np.asarray(cv2.invertAffineTransform(way), np.float32)


def _whole(one: Any, bars: list[Corners]) -> Corners:
    """The corners of all of a code; of bars the reader names no more than the rows that it read."""
    at = one.position
    points = [(each.x, each.y) for each in (at.top_left, at.top_right, at.bottom_right, at.bottom_left)]
    corners = np.array(points, np.float32)
    if one.symbology.name in SQUARE:
        return corners
    whole = [other for other in bars if _shared(_around(corners), _around(other)) >= SAME]
    if whole:
        x0, y0, x1, y1 = _around(np.concatenate([corners, *whole]))
        return np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], np.float32)
    along = (corners[1] + corners[2] - corners[0] - corners[3]) / 2
    up = np.array([along[1], -along[0]], np.float32) * HIGHEST
    return np.asarray(corners + np.stack([up, up, -up, -up]), np.float32)


def _around(corners: Corners) -> Box:
    (x0, y0), (x1, y1) = np.floor(corners.min(axis=0)).tolist(), np.ceil(corners.max(axis=0)).tolist()
    return int(x0), int(y0), int(x1), int(y1)


def _shared(one: Box, other: Box) -> float:
    """The common part of two boxes as a share of the smaller."""
    wide, high = min(one[2], other[2]) - max(one[0], other[0]), min(one[3], other[3]) - max(one[1], other[1])
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (one, other)]
    return max(0, wide) * max(0, high) / max(1, min(areas))
