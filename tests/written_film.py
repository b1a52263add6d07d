"""Films with writing in them, made by test code, and where the writing truly is on every frame."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from pipeline.values import Box
from tests import media

FONT = Path(__file__).parents[1] / "assets" / "fonts" / "burned-in" / "ClinicReelSans-Bold.otf"
Bgr = NDArray[np.uint8]


@dataclass(frozen=True)
class Sheet:
    """A card with writing, and the boxes of its lines in its own pixels."""

    picture: Bgr
    lines: tuple[Box, ...]

    def at(self, x: int, y: int) -> tuple[Box, ...]:
        """The lines where the card lies with its top left here."""
        return tuple((x + x0, y + y0, x + x1, y + y1) for x0, y0, x1, y1 in self.lines)


def sheet(lines: Sequence[str], *, size_px: int = 22, ground: int = 235, ink: int = 20) -> Sheet:
    """A plain card that says these lines."""
    font = ImageFont.truetype(str(FONT), size_px)
    boxes = [font.getbbox(line) for line in lines]
    wide, step = round(max(box[2] for box in boxes)) + 2 * size_px, round(1.6 * size_px)
    picture = Image.new("RGB", (wide, step * len(lines) + size_px), (ground,) * 3)
    pen = ImageDraw.Draw(picture)
    placed = []
    for at, line in enumerate(lines):
        where = size_px, size_px // 2 + at * step
        pen.text(where, line, font=font, fill=(ink,) * 3)
        x0, y0, x1, y1 = pen.textbbox(where, line, font=font)
        placed.append((math.floor(x0), math.floor(y0), math.ceil(x1), math.ceil(y1)))
    return Sheet(np.asarray(picture)[:, :, ::-1].copy(), tuple(placed))


def room(width_px: int, height_px: int, seed: int = 1) -> Bgr:
    """A background with soft shapes and no writing."""
    rough = np.random.default_rng(seed).integers(90, 170, (5, 8, 3), np.uint8)
    return np.asarray(cv2.resize(rough, (width_px, height_px), interpolation=cv2.INTER_CUBIC), np.uint8)


def film(
    path: Path, frames: int, made: Callable[[int], Bgr], *, fps: Fraction = media.FPS, options: Sequence[str] = ()
) -> Path:
    """Writes pictures as H.264 without sound."""
    height, width = made(0).shape[:2]
    args: list[str | Path] = ["-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", f"{width}x{height}"]
    args += ["-r", f"{fps.numerator}/{fps.denominator}", "-i", "pipe:", "-c:v", "libx264", "-preset", "ultrafast"]
    media.ffmpeg(*args, "-crf", "16", *options, path, pictures=_planes(frames, made, width, height))
    return path


def _planes(frames: int, made: Callable[[int], Bgr], width: int, height: int) -> Iterator[media.Planes]:
    for number in range(frames):
        flat = np.asarray(cv2.cvtColor(made(number), cv2.COLOR_BGR2YUV_I420), np.uint8).reshape(-1)
        luma, chroma = width * height, width * height // 4
        yield flat[:luma], flat[luma : luma + chroma], flat[luma + chroma :]


def laid(ground: Bgr, card: Sheet, x: int, y: int) -> Bgr:
    """A picture with a card on it, which may reach out of it."""
    picture = ground.copy()
    high, wide = card.picture.shape[:2]
    x0, y0, x1, y1 = max(0, x), max(0, y), min(ground.shape[1], x + wide), min(ground.shape[0], y + high)
    if x0 < x1 and y0 < y1:
        picture[y0:y1, x0:x1] = card.picture[y0 - y : y1 - y, x0 - x : x1 - x]
    return picture
