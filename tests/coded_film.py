"""Films with barcodes and two-dimensional codes in them, made by test code, and what a phone would read of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray

from pipeline.values import Box
from tests.written_film import Bgr

FORMATS = ("Code128", "Code39", "ITF", "EAN13", "QRCode", "DataMatrix", "PDF417", "Aztec")
NUMBER, EAN = "2026001234567", "4006381333931"
TRIED_DEGREES, TRIED_TIMES = tuple(range(0, 90, 15)), (1.0, 2.0)
"""How somebody with patience turns and enlarges a picture to have a code read."""


@dataclass(frozen=True)
class Tag:
    """A white tag with one code on it."""

    picture: Bgr


@dataclass(frozen=True)
class Pose:
    """How a tag lies in a picture: its middle in pixels, turned clockwise, and blurred along a row by its speed."""

    x: float
    y: float
    degrees: float = 0.0
    blur_px: int = 1


def tag(form: str, module_px: float = 2.0, high_px: int = 70) -> Tag:
    """A tag whose narrowest bar, or smallest square, is so wide."""
    said = EAN if form == "EAN13" else f"{NUMBER}0" if form == "ITF" else NUMBER
    code = zxingcpp.create_barcode(said, getattr(zxingcpp.BarcodeFormat, form))
    drawn = np.array(zxingcpp.write_barcode_to_image(code, scale=4, add_quiet_zones=True))
    size = [round(side * module_px / 4) for side in drawn.shape[::-1]]
    if size[0] > 2 * size[1] and form != "PDF417":
        size[1] = high_px
    small = cv2.resize(drawn, size, interpolation=cv2.INTER_AREA)
    framed = cv2.copyMakeBorder(small, 8, 8, 8, 8, cv2.BORDER_CONSTANT, value=255)
    # Paper is not as white as a screen, and ink not as black.
    return Tag(np.asarray(cv2.cvtColor(cv2.addWeighted(framed, 0.75, framed, 0, 35), cv2.COLOR_GRAY2BGR), np.uint8))


def laid(ground: Bgr, one: Tag, pose: Pose) -> tuple[Bgr, Box]:
    """A picture with a tag on it, and the box around the tag."""
    high, wide = one.picture.shape[:2]
    turn = cv2.getRotationMatrix2D((wide / 2, high / 2), -pose.degrees, 1.0)
    turn[:, 2] += (pose.x - wide / 2, pose.y - high / 2)
    size = ground.shape[1::-1]
    ink = cv2.warpAffine(one.picture, turn, size, flags=cv2.INTER_AREA)
    share = cv2.warpAffine(np.full(one.picture.shape, 255, np.uint8), turn, size, flags=cv2.INTER_AREA)
    if pose.blur_px > 1:
        ink, share = (cv2.blur(plane, (pose.blur_px, 1)) for plane in (ink, share))
    there = share.astype(np.float32) / 255
    picture = ground * (1 - there) + ink.astype(np.float32) * (there > 0)
    corners = cv2.transform(np.array([[(0, 0), (wide, 0), (wide, high), (0, high)]], np.float64), turn)[0]
    (x0, y0), (x1, y1) = np.floor(corners.min(axis=0)).astype(int), np.ceil(corners.max(axis=0)).astype(int)
    return np.clip(picture, 0, 255).astype(np.uint8), (int(x0), int(y0), int(x1), int(y1))


def read(luma: NDArray[np.uint8], around: Box, reach_px: int = 60) -> str:
    """What can be read near a place by turning and enlarging the picture; empty: nothing."""
    x0, y0, x1, y1 = around
    left, top = max(0, x0 - reach_px), max(0, y0 - reach_px)
    part = np.ascontiguousarray(luma[top : max(0, y1 + reach_px), left : max(0, x1 + reach_px)])
    return next((said for shown in _tried(part) if (said := _said(shown))), "") if part.size else ""


def _tried(part: NDArray[np.uint8]) -> Iterator[NDArray[np.uint8]]:
    high, wide = part.shape
    side = int(np.hypot(high, wide)) + 2
    for times in TRIED_TIMES:
        for degrees in TRIED_DEGREES:
            turn = cv2.getRotationMatrix2D((wide / 2, high / 2), degrees, times)
            turn[:, 2] += (side * times - wide) / 2, (side * times - high) / 2
            size = (round(side * times),) * 2
            yield np.asarray(cv2.warpAffine(part, turn, size, flags=cv2.INTER_CUBIC, borderValue=128), np.uint8)


def _said(shown: NDArray[np.uint8]) -> str:
    found = zxingcpp.read_barcodes(shown)
    return next((one.text for one in found if one.text.startswith((NUMBER[:12], EAN[:12]))), "")


Way = Callable[[int], Pose]
"""Frame -> how the tag lies there."""


def pictures(ground: Callable[[int], Bgr], one: Tag, way: Way) -> Callable[[int], Bgr]:
    """The pictures of a film in which a tag goes its way."""
    return lambda frame: laid(ground(frame), one, way(frame))[0]
