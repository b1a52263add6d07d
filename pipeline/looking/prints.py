"""Things that are printed all over: shirts, scarves, curtains, wallpaper.

On cloth that folds and moves no look finds every line, and hardly one line can be followed for long. But a few that are
found tell how dense with corners such a thing is, and wherever that texture goes on from them there is more to read.
Motion blur takes the corners away with the letters, so that what is hidden is what could be read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pipeline.looking.following import FloatBox, Gray
from pipeline.values import Detection

CELL_PX = 8
"""Side of the squares that are hidden or not, in pixels of the gray picture."""
SPOT, SPOT_PX = 2.5, 17
"""Side of the spot whose texture a square has, in heights of a line, and at least: letters with what lies around."""
ALIKE = 0.5
"""Texture of a square, as a share of what the lines near it have, from which on it could show writing as well."""
FAINT = 0.015
"""Texture of the faintest letters, 5 pixels high and 28 levels from their ground; that of walls is a tenth of it."""
LINES = 8
"""A thing on which fewer pieces of lines are known is not printed all over,"""
EVEN = 0.4
"""nor one whose texture varies by more than this, as a share of its mean;"""
REACH = 6.0
"""and it ends at the latest so many heights of a line away from the nearest one."""
BAND = 4
"""Squares in the height of the bands in which a thing is hidden."""
GAP = 2
"""Squares between two pieces of a band that are hidden as one."""

Texture = NDArray[np.float32]
"""How much of corners there is in each square, in proportion to their contrast; shape (rows, columns)."""
Squares = NDArray[np.bool_]
Boxes = NDArray[np.float32]
"""Sides x0, y0, x1, y1 in pixels, shape (boxes, 4)."""


@dataclass(frozen=True, slots=True)
class Band:
    """A piece of a printed thing, so many squares high; it keeps its number from picture to picture."""

    number: int
    row: int
    start: int
    end: int

    @property
    def box(self) -> FloatBox:
        """In pixels of the gray picture."""
        high = BAND * CELL_PX
        return self.start * CELL_PX, self.row * high, self.end * CELL_PX, (self.row + 1) * high

    def detection(self, scale: float) -> Detection:
        """As it is told, in pixels of a picture that is larger by `scale`."""
        x0, y0, x1, y1 = (round(side * scale, 2) for side in self.box)
        return Detection("card", x0, y0, x1, y1, 1.0, "text_rapidocr", item=self.number)


def printed(gray: Gray, lines: Sequence[FloatBox]) -> Squares:
    """Where in a picture things are that are printed all over; shape (rows, columns) of squares.

    Args:
        gray: the picture.
        lines: where writing is known on it, in its pixels; a slanted line is a chain of boxes.
    """
    found = np.zeros([-(-side // CELL_PX) for side in gray.shape], np.bool_)
    for rows, columns, near, boxes in _crowds(np.array(lines, np.float32).reshape(-1, 4), found.shape):
        found[rows, columns] |= _alike(gray[_pixels(rows), _pixels(columns)], near, boxes)
    return found


def _crowds(boxes: Boxes, shape: tuple[int, ...]) -> Iterator[tuple[slice, slice, Squares, Boxes]]:
    """Where enough lines lie close together: rows and columns of squares, those near a line, the lines there."""
    import cv2

    middle = _middle(boxes)
    is_shown = ((middle >= 0) & (middle < shape)).all(axis=1)
    boxes, middle = boxes[is_shown], middle[is_shown]
    near = np.zeros(shape, np.uint8)
    reach = REACH * _heights(boxes)[:, None]
    for x0, y0, x1, y1 in (np.hstack([boxes[:, :2] - reach, boxes[:, 2:] + reach]).clip(0) // CELL_PX).astype(int):
        near[y0 : y1 + 1, x0 : x1 + 1] = 1
    _, place, patches, _ = cv2.connectedComponentsWithStats(near, connectivity=8)
    number = place[tuple(middle.T)]
    for one in np.flatnonzero(np.bincount(number, minlength=1) >= LINES):
        left, top, wide, high, _ = patches[one].tolist()
        rows, columns = slice(top, top + high), slice(left, left + wide)
        corner = np.array([left, top, left, top], np.float32) * CELL_PX
        yield rows, columns, place[rows, columns] == one, boxes[number == one] - corner


def _alike(gray: Gray, near: Squares, boxes: Boxes) -> Squares:
    """The squares near lines that are dense with corners as these lines are, of things that are so all over."""
    import cv2

    middle = tuple(_middle(boxes).T)
    seen = near * _texture(gray, round(max(SPOT * float(np.median(_heights(boxes))), SPOT_PX)))
    usual = _usual(seen, boxes, seen[middle])
    alike = near & (seen >= np.maximum(ALIKE * usual, FAINT)) & (seen <= usual / ALIKE)
    closed = cv2.morphologyEx(alike.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    _, thing = cv2.connectedComponents(closed, connectivity=8)
    pieces = np.bincount(thing[middle])
    even = [one for one in np.flatnonzero(pieces >= LINES) if one and _is_even(seen[thing == one])]
    return np.isin(thing, even)


def _heights(boxes: Boxes) -> NDArray[np.float32]:
    return np.asarray((boxes[:, 2:] - boxes[:, :2]).min(axis=1), np.float32)


def _middle(boxes: Boxes) -> NDArray[np.int_]:
    """Row and column of the squares in which the middles of boxes lie, shape (boxes, 2)."""
    return np.asarray(((boxes[:, :2] + boxes[:, 2:]) / 2 // CELL_PX).astype(int)[:, ::-1])


def is_on(squares: Squares | None, box: FloatBox) -> bool:
    """Whether the middle of a box lies on these squares; there are none before they were looked for."""
    if squares is None:
        return False
    row, column = (int((low + high) / 2 // CELL_PX) for low, high in ((box[1], box[3]), (box[0], box[2])))
    return 0 <= row < squares.shape[0] and 0 <= column < squares.shape[1] and bool(squares[row, column])


def _texture(gray: Gray, spot_px: int) -> Texture:
    """Of each square of a picture."""
    import cv2

    corners = cv2.boxFilter(cv2.cornerMinEigenVal(gray, 5), -1, (spot_px, spot_px))
    padded = np.pad(corners, [(0, -side % CELL_PX) for side in gray.shape], mode="edge")
    half = CELL_PX // 2
    return np.asarray(np.sqrt(np.maximum(padded[half::CELL_PX, half::CELL_PX], 0)), np.float32)


def _usual(seen: Texture, boxes: Boxes, strength: Texture) -> Texture:
    """For every square the texture of the lines nearest to it: their median, since one of them may be no line."""
    x0, y0, x1, y1 = boxes.T[:, :, None, None]
    step = CELL_PX * BAND
    down, across = (step / 2 + step * np.arange(-(-size // BAND), dtype=np.float32) for size in seen.shape)
    wide = np.maximum(np.maximum(x0 - across, across - x1), 0)
    high = np.maximum(np.maximum(y0 - down[:, None], down[:, None] - y1), 0)
    nearest = np.argpartition(wide * wide + high * high, LINES - 1, axis=0)[:LINES]
    usual = np.median(strength[nearest], axis=0)
    return np.asarray(np.kron(usual, np.ones((BAND, BAND), np.float32))[: seen.shape[0], : seen.shape[1]])


def _is_even(texture: Texture) -> bool:
    return float(texture.std()) <= EVEN * float(texture.mean())


def _pixels(squares: slice) -> slice:
    return slice(squares.start * CELL_PX, squares.stop * CELL_PX)


def bands(squares: Squares, before: Sequence[Band], numbers: Iterator[int]) -> list[Band]:
    """A printed thing in bands, which go on from those of the picture before.

    Args:
        squares: where it is.
        before: the bands of the picture before.
        numbers: for those that are new.
    """
    left = list(before)
    found: list[Band] = []
    for row in range(-(-squares.shape[0] // BAND)):
        for start, end in _runs(squares[row * BAND : (row + 1) * BAND]):
            same = next((one for one in left if one.row == row and one.start < end and start < one.end), None)
            if same is None:
                found.append(Band(next(numbers), row, start, end))
            else:
                left.remove(same)
                found.append(replace(same, start=start, end=end))
    return found


def _runs(rows: Squares) -> Iterator[tuple[int, int]]:
    """Pieces without a wide gap, half-open."""
    at = np.flatnonzero(rows.any(axis=0))
    if len(at):
        for piece in np.split(at, np.flatnonzero(np.diff(at) > GAP + 1) + 1):
            yield int(piece[0]), int(piece[-1]) + 1
