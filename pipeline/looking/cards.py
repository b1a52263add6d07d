"""Things that carry writing: badges, identity cards, wristbands, papers, films, screens.

What is found on them is hidden whole, because they hold more than can be read, if not more than can be enlarged: of a
small one the thing itself, of a large one all between its lines of writing.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from pipeline.looking.following import FloatBox, Gray

LEVELS = (32, 64, 96, 128, 160, 192, 224)
"""Things differ from what is behind them: at one of these levels of luma, if not by their edges."""
SMALLEST = 0.0002
"""Share of the picture that a thing must fill."""
SMALL = 0.03
"""Up to this share of the picture a thing is hidden whole,"""
FILLED = 0.05
"""if so much of it is covered with writing."""
LARGEST = 0.6
SLENDER = 8.0
"""A thing is at most this many times as long as it is wide: a wristband."""
BADGE = 2.0
"""The same for a badge or an identity card, slightly tilted."""
FULL = 0.8
"""Share of its tilted rectangle that a thing fills."""
STRAIGHT = 0.04
"""How far from four straight sides an outline may be, as a share of its length."""
CLOSE, CLOSE_AREA = 0.6, 0.008
"""Writing this near to a thing no larger than a badge belongs to it: in widths of the thing, share of the picture."""
HULL, SPARSE = 0.1, 5.0
"""All between the lines on a large thing is hidden up to this share of the picture, and this many times their area."""
MARGIN = 0.6
"""Added around the writing on a large thing, as a share of the height of its lines."""


def cards(gray: Gray, lines: list[FloatBox]) -> list[FloatBox]:
    """The parts of a picture to hide because writing lies in or close to a thing with four sides.

    Args:
        gray: the picture.
        lines: where writing was found in it, in its pixels.

    Returns:
        Boxes in pixels of the picture; none where there is no writing.
    """
    if not lines:
        return []
    found: list[FloatBox] = []
    whole = gray.shape[0] * gray.shape[1]
    for box, size in _rectangles(gray):
        on_it = _apart([line for line in lines if _is_in(line, box)])
        if size <= SMALL * whole:
            is_badge = size <= CLOSE_AREA * whole and max(box[2] - box[0], box[3] - box[1]) <= BADGE * _height(box)
            reach = CLOSE * _height(box) if is_badge else -1.0
            is_carrier = sum(map(_area, on_it)) >= FILLED * size
            if is_carrier or any(_gap(line, box) <= reach and _height(line) < _height(box) for line in lines):
                found.append(_grown(box, 2.0))
        elif len(on_it) > 1:
            margin = MARGIN * float(np.median([_height(line) for line in on_it]))
            x0, y0, x1, y1 = _grown(_around(on_it), margin)
            area = (x1 - x0) * (y1 - y0)
            if area <= HULL * whole and area <= SPARSE * sum(map(_area, on_it)):
                found.append((max(x0, box[0]), max(y0, box[1]), min(x1, box[2]), min(y1, box[3])))
    return _apart(found)


def _rectangles(gray: Gray) -> list[tuple[FloatBox, float]]:
    """Upright boxes of the four-sided outlines in a picture, each once, with their area."""
    import cv2

    masks = [np.asarray(gray > level, np.uint8) for level in LEVELS]
    edges = cv2.Canny(cv2.GaussianBlur(gray, (3, 3), 0), 40, 120)
    masks.append(np.asarray(cv2.dilate(edges, np.ones((3, 3), np.uint8)) > 0, np.uint8))
    whole = gray.shape[0] * gray.shape[1]
    found: dict[tuple[int, ...], tuple[FloatBox, float]] = {}
    for mask in masks:
        outlines, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
        for outline in outlines:
            x, y, wide, high = cv2.boundingRect(outline)
            if wide * high < SMALLEST * whole or wide * high > LARGEST * whole:
                continue
            area = _four_sided(np.asarray(outline))
            if area is not None:
                key = tuple(round(side / 6) for side in (x, y, x + wide, y + high))
                found.setdefault(key, ((float(x), float(y), float(x + wide), float(y + high)), area))
    return list(found.values())


def _four_sided(outline: NDArray[np.int32]) -> float | None:
    """The area of an outline that is nearly a rectangle; None: it is none."""
    import cv2

    _, (wide, high), _ = cv2.minAreaRect(outline)
    area = wide * high
    if min(wide, high) < 6 or max(wide, high) > SLENDER * min(wide, high):
        return None
    hull = cv2.convexHull(outline)
    if cv2.contourArea(outline) < FULL * area:
        return None
    corners = cv2.approxPolyDP(hull, STRAIGHT * cv2.arcLength(hull, True), True)
    return float(area) if len(corners) == 4 else None


def _is_in(line: FloatBox, box: FloatBox) -> bool:
    """Whether most of a line lies in a box."""
    wide, high = min(line[2], box[2]) - max(line[0], box[0]), min(line[3], box[3]) - max(line[1], box[1])
    return wide > 0 and high > 0 and wide * high >= 0.6 * _area(line)


def _gap(one: FloatBox, other: FloatBox) -> float:
    """How far apart two boxes are; 0: they touch."""
    across, down = (max(one[at], other[at]) - min(one[at + 2], other[at + 2]) for at in (0, 1))
    return math.hypot(max(across, 0.0), max(down, 0.0))


def _height(box: FloatBox) -> float:
    return min(box[2] - box[0], box[3] - box[1])


def _area(box: FloatBox) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def _around(boxes: list[FloatBox]) -> FloatBox:
    low, high = np.min(boxes, axis=0).tolist(), np.max(boxes, axis=0).tolist()
    return low[0], low[1], high[2], high[3]


def _grown(box: FloatBox, margin: float) -> FloatBox:
    return box[0] - margin, box[1] - margin, box[2] + margin, box[3] + margin


def _apart(boxes: list[FloatBox]) -> list[FloatBox]:
    """Without those that lie in another."""
    largest_first = sorted(boxes, key=lambda box: (-_area(box), box))
    kept: list[FloatBox] = []
    for box in largest_first:
        if not any(_is_in(box, one) for one in kept):
            kept.append(box)
    return kept
