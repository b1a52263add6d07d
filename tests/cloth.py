"""Printed cloth that hangs, swings and is torn away, made by test code, and where its words truly are."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from pipeline.values import Plan
from tests.written_film import FONT, Bgr

Corners = NDArray[np.float64]
"""Of a word, shape (4, 2), in order."""
Place = NDArray[np.float64]
"""From the cloth's pixels to the picture's, shape (2, 3)."""
EXPOSURES = 3
OPEN = 1 / 3
"""Share of a frame's time for which the shutter is open."""
GROUND, INK = 28, 120


@dataclass(frozen=True)
class Cloth:
    """A piece of dark cloth with soft round edges, and the words that lie on it whole."""

    picture: Bgr
    edge: NDArray[np.uint8]
    words: tuple[Corners, ...]


def printed(
    words: Sequence[str],
    size: tuple[int, int],
    step: tuple[int, int],
    *,
    letter_px: int,
    turn: float,
    first: tuple[int, int] = (0, 0),
) -> Cloth:
    """Cloth that says these words again and again.

    Args:
        words: in turn.
        size: its width and height in pixels.
        step: how far apart the words are, across and down.
        letter_px: size of the font.
        turn: of the words against the cloth, in degrees.
        first: where the middle of the first word lies.
    """
    font = ImageFont.truetype(str(FONT), letter_px)
    edge = _edge(size)
    picture = np.full((size[1], size[0], 3), float(GROUND))
    lying = []
    for row, y in enumerate(range(first[1], size[1], step[1])):
        for at, x in enumerate(range(first[0] + row % 2 * step[0] // 2, size[0], step[0])):
            word = words[(row + at) % len(words)]
            box = font.getbbox(word)
            letters = Image.new("L", (math.ceil(box[2]) + 2, math.ceil(box[3]) + 2))
            ImageDraw.Draw(letters).text((0, 0), word, font=font, fill=255)
            place = around(((box[0] + box[2]) / 2, (box[1] + box[3]) / 2), turn, (x, y))
            ink = cv2.warpAffine(np.asarray(letters), place, size)[..., None] / 255
            picture += (INK - picture) * ink
            corners = moved(np.array([box[:2], (box[2], box[1]), box[2:], (box[0], box[3])]), place)
            if ((corners >= 0) & (corners < size)).all() and _of(corners, edge).min() > 250:
                lying.append(corners)
    return Cloth(picture.astype(np.uint8), edge, tuple(lying))


def around(middle: tuple[float, float], turn: float, to: tuple[float, float]) -> Place:
    """Turns a point's surroundings by degrees, and brings it to another place."""
    place = np.asarray(cv2.getRotationMatrix2D(middle, turn, 1), np.float64)
    place[:, 2] += np.subtract(to, middle)
    return place


def moved(corners: Corners, place: Place) -> Corners:
    """A word's corners in the picture."""
    return corners @ place[:, :2].T + place[:, 2]


def filmed(ground: Bgr, pieces: Sequence[Cloth], places: Callable[[float], Sequence[Place]], frame: int) -> Bgr:
    """A picture of pieces of cloth that move while the shutter is open."""
    light = np.zeros(ground.shape, np.float32)
    for at in range(EXPOSURES):
        picture = ground.astype(np.float32)
        for piece, place in zip(pieces, places(frame + OPEN * at / (EXPOSURES - 1)), strict=True):
            on = np.asarray(cv2.warpAffine(piece.edge, place, ground.shape[1::-1]), np.float32)[..., None] / 255
            picture += (cv2.warpAffine(piece.picture, place, ground.shape[1::-1]) - picture) * on
        light += picture / EXPOSURES
    return light.astype(np.uint8)


def naked(
    plan: Plan, pieces: Sequence[Cloth], places: Callable[[float], Sequence[Place]], frame: int, blur_px: float
) -> int:
    """Words of which more than a twentieth is not hidden, though they move by no more than this in the exposure."""
    hidden = np.zeros((plan.height_px, plan.width_px), np.bool_)
    for one in plan.tracks:
        region = one.box(frame)
        if region is not None:
            x0, y0, x1, y1 = (max(0, side) for side in region)
            hidden[y0:y1, x0:x1] = True
    count = 0
    for at, piece in enumerate(pieces):
        opens, middle, closes = (places(frame + OPEN * share)[at] for share in (0, 0.5, 1))
        for word in piece.words:
            if np.abs(moved(word, closes) - moved(word, opens)).max() <= blur_px:
                count += bool(_of(moved(word, middle), hidden).mean() < 0.95)
    return count


def _edge(size: tuple[int, int]) -> NDArray[np.uint8]:
    """How much of the ground each pixel hides, 0 to 255."""
    radius = min(size) // 3
    inner = np.zeros(size[::-1], np.uint8)
    inner[radius:-radius, radius:-radius] = 255
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius - 7, 2 * radius - 7))
    return np.asarray(cv2.blur(cv2.dilate(inner, disc), (7, 7)), np.uint8)


def _of(corners: Corners, picture: NDArray[Any]) -> NDArray[Any]:
    """The pixels of a word whose corners lie in a picture."""
    x, y = np.floor(corners.min(axis=0)).astype(int)
    wide, high = np.ceil(corners.max(axis=0)).astype(int) - (x, y) + 1
    pixels = np.zeros((high, wide), np.uint8)
    cv2.fillConvexPoly(pixels, np.round(corners - (x, y)).astype(np.int32), 1)
    part = np.asarray(picture[y : y + high, x : x + wide])
    return part[pixels[: part.shape[0], : part.shape[1]] > 0]
