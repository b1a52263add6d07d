"""The consultation room of the demo scene and the lung film in it, drawn with Pillow.

Coordinates are those of the canvas, which is larger than the picture by `MARGIN` on every side, so that the camera
can sway. Everything is drawn at twice the size and halved.
"""

from __future__ import annotations

import math
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter, ImageFont

MARGIN = 32
WIDTH, HEIGHT = 1280 + 2 * MARGIN, 720 + 2 * MARGIN
DESK_TOP = 650
FILM_SIZE = (132, 166)
FILM_ANCHOR = (66.0, 166.0)
"""The middle of the film's lower edge, where the hand holds it."""

FILM_LINES = ("林小雨  女  46岁", "登记号 0012345", "2026-03-18 CT")
SCREEN_LINES = ("呼吸科门诊", "正在就诊", "林小雨 女 46岁", "登记号 0012345", "", "候诊 3 人")

Colour = tuple[int, int, int]


def wall() -> NDArray[np.float32]:
    """Everything behind the people, a little out of focus: float32 RGB of shape (HEIGHT, WIDTH, 3)."""
    picture = Image.new("RGB", (WIDTH * 2, HEIGHT * 2), (206, 214, 211))
    draw = ImageDraw.Draw(picture)
    draw.rectangle([0, 1000, WIDTH * 2, HEIGHT * 2], fill=(164, 182, 182))
    draw.rectangle([0, 988, WIDTH * 2, 1004], fill=(226, 230, 228))
    _window(draw)
    _poster(draw)
    _light_box(draw)
    _shelf(draw)
    soft = picture.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS).filter(ImageFilter.GaussianBlur(2.2))
    light = np.linspace(1.08, 0.84, WIDTH, dtype=np.float32)[None, :, None]
    return np.asarray(soft, np.float32) * light


def _window(draw: ImageDraw.ImageDraw) -> None:
    draw.rectangle([70, 110, 690, 850], fill=(238, 240, 240))
    draw.rectangle([100, 140, 660, 820], fill=(214, 232, 246))
    draw.rectangle([100, 560, 660, 820], fill=(168, 190, 168))
    draw.polygon([(100, 600), (220, 470), (330, 560), (460, 440), (660, 600)], fill=(150, 176, 160))
    for y in range(140, 470, 22):
        draw.rectangle([100, y, 660, y + 11], fill=(246, 247, 246))
    draw.rectangle([368, 140, 392, 820], fill=(238, 240, 240))
    draw.rectangle([50, 850, 710, 880], fill=(228, 230, 229))


def _poster(draw: ImageDraw.ImageDraw) -> None:
    """A teaching poster of the lungs between the two people."""
    draw.rectangle([1140, 90, 1500, 560], fill=(248, 248, 244), outline=(120, 140, 140), width=6)
    draw.rectangle([1146, 96, 1494, 160], fill=(66, 122, 128))
    for side in (-1, 1):
        lung = [(1320 + side * x, y) for x, y in ((16, 250), (70, 210), (124, 330), (132, 470), (30, 430))]
        draw.polygon(lung, fill=(222, 150, 142), outline=(176, 104, 98), width=5)
    draw.line([(1320, 180), (1320, 290), (1280, 330)], fill=(140, 110, 104), width=14, joint="curve")
    draw.line([(1320, 290), (1360, 330)], fill=(140, 110, 104), width=14)


def _light_box(draw: ImageDraw.ImageDraw) -> None:
    draw.rectangle([1970, 170, 2540, 620], fill=(92, 100, 104))
    draw.rectangle([1990, 190, 2520, 580], fill=(240, 246, 250))
    draw.rectangle([2030, 200, 2240, 560], fill=(44, 50, 58))
    draw.ellipse([2050, 260, 2130, 480], fill=(88, 98, 110))
    draw.ellipse([2140, 260, 2220, 480], fill=(88, 98, 110))


def _shelf(draw: ImageDraw.ImageDraw) -> None:
    draw.rectangle([1900, 820, 2688, 844], fill=(150, 122, 92))
    shades: tuple[Colour, ...] = ((70, 104, 128), (160, 84, 70), (196, 178, 120), (90, 120, 96))
    for index in range(12):
        x = 1940 + index * 44
        top = 700 + (index * 37) % 40
        draw.rectangle([x, top, x + 36, 820], fill=shades[index % 4])


def desk(font: Path) -> NDArray[np.uint8]:
    """The desk with a monitor, a keyboard and a mug, in front of the people: RGBA of the canvas's size."""
    picture = Image.new("RGBA", (WIDTH * 2, HEIGHT * 2), (0, 0, 0, 0))
    draw = ImageDraw.Draw(picture)
    top = DESK_TOP * 2
    draw.rectangle([0, top, WIDTH * 2, HEIGHT * 2], fill=(172, 136, 100, 255))
    for y in range(top + 26, HEIGHT * 2, 34):
        draw.line([(0, y), (WIDTH * 2, y + 12)], fill=(160, 124, 90, 255), width=5)
    draw.rectangle([0, top, WIDTH * 2, top + 14], fill=(206, 172, 134, 255))
    draw.polygon([(360, 1250), (480, 1250), (500, 1345), (340, 1345)], fill=(40, 42, 46, 255))
    draw.rounded_rectangle([250, 1335, 590, 1362], 12, fill=(52, 54, 58, 255))
    draw.rounded_rectangle([130, 830, 700, 1260], 16, fill=(34, 36, 40, 255))
    draw.rectangle([150, 850, 680, 1236], fill=(226, 236, 240, 255))
    draw.rectangle([150, 850, 680, 924], fill=(48, 112, 134, 255))
    for row, line in enumerate(SCREEN_LINES):
        fill = (250, 252, 252, 255) if row == 0 else (40, 54, 62, 255)
        draw.text((174, 862 + row * 62), line, font=ImageFont.truetype(font, 38), fill=fill)
    draw.rounded_rectangle(
        [640, 1400, 1010, 1470], 14, fill=(214, 216, 218, 255), outline=(150, 152, 156, 255), width=4
    )
    draw.rounded_rectangle([2130, 1210, 2250, 1370], 16, fill=(226, 226, 220, 255))
    draw.arc([2220, 1240, 2300, 1340], -90, 90, fill=(226, 226, 220, 255), width=16)
    draw.rectangle([2130, 1260, 2250, 1280], fill=(70, 120, 128, 255))
    small = picture.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS).filter(ImageFilter.GaussianBlur(0.7))
    return np.asarray(small).copy()


def film(font: Path) -> NDArray[np.uint8]:
    """A chest film with an invented patient's name and number burned in: RGBA, `FILM_SIZE` pixels."""
    scale = 4
    width, height = FILM_SIZE[0] * scale, FILM_SIZE[1] * scale
    body = Image.new("L", (width, height), 22)
    draw = ImageDraw.Draw(body)
    draw.ellipse([40, 190, width - 40, height + 260], fill=150)
    for side in (-1, 1):
        lung = [(width // 2 + side * x, y) for x, y in ((40, 330), (90, 240), (190, 360), (226, 640), (60, 600))]
        draw.polygon(lung, fill=48)
    draw.rectangle([width // 2 - 26, 180, width // 2 + 26, height], fill=190)
    draw.ellipse([width // 2 - 60, 430, width // 2 + 140, 660], fill=178)
    body = body.filter(ImageFilter.GaussianBlur(16))
    draw = ImageDraw.Draw(body)
    for rib in range(7):
        y = 250 + rib * 58
        draw.arc([60, y, width // 2 - 10, y + 190], 190, 350, fill=128, width=9)
        draw.arc([width // 2 + 10, y, width - 60, y + 190], 190, 350, fill=128, width=9)
    draw.ellipse([width - 190, 400, width - 164, 426], fill=200)
    body = body.filter(ImageFilter.GaussianBlur(5))
    picture = Image.merge(
        "RGBA",
        (*(body.point([int(v * k) for v in range(256)]) for k in (0.86, 0.94, 1.0)), Image.new("L", body.size, 255)),
    )
    draw = ImageDraw.Draw(picture)
    for row, line in enumerate(FILM_LINES):
        draw.text((24, 18 + row * 56), line, font=ImageFont.truetype(font, 48), fill=(236, 240, 242, 255))
    draw.rectangle([0, 0, width - 1, height - 1], outline=(70, 80, 90, 255), width=8)
    return np.asarray(picture.resize(FILM_SIZE, Image.Resampling.LANCZOS)).copy()


def arm(canvas: NDArray[np.float32], elbow: tuple[float, float], hand: tuple[float, float]) -> None:
    """The doctor's sleeve from the elbow to the hand that holds the film, drawn on the canvas in place."""
    layer = np.zeros((*canvas.shape[:2], 4), np.float32)
    dx, dy = hand[0] - elbow[0], hand[1] - elbow[1]
    length = max(math.hypot(dx, dy), 1.0)
    nx, ny = -dy / length, dx / length
    wrist = hand[0] - dx / length * 30, hand[1] - dy / length * 30
    sleeve = [
        (elbow[0] + nx * 36, elbow[1] + ny * 36),
        (wrist[0] + nx * 25, wrist[1] + ny * 25),
        (wrist[0] - nx * 25, wrist[1] - ny * 25),
        (elbow[0] - nx * 36, elbow[1] - ny * 36),
    ]
    _fill(layer, [(hand[0] + x, hand[1] + y) for x, y in _HAND], (214, 160, 132))
    _fill(layer, sleeve, (206, 212, 216))
    layer = cv2.GaussianBlur(layer, (0, 0), 1.1)
    canvas *= 1 - layer[..., 3:]
    canvas += layer[..., :3]


_HAND = tuple(
    (20 * math.cos(angle) * (1 + 0.12 * math.sin(3 * angle)), 24 * math.sin(angle))
    for angle in np.linspace(0, 2 * math.pi, 40)
)


def thumb(canvas: NDArray[np.float32], at: tuple[float, float], turn_deg: float) -> None:
    """The thumb over the film's lower edge."""
    layer = np.zeros((*canvas.shape[:2], 4), np.float32)
    points = cv2.ellipse2Poly((round(at[0] * 8), round(at[1] * 8)), (9 * 8, 20 * 8), round(turn_deg), 0, 360, 12)
    cv2.fillPoly(layer, [points], (220, 168, 140, 1), cv2.LINE_AA, 3)
    layer = cv2.GaussianBlur(layer, (0, 0), 0.9)
    canvas *= 1 - layer[..., 3:]
    canvas += layer[..., :3]


def _fill(layer: NDArray[np.float32], points: list[tuple[float, float]], colour: Colour) -> None:
    fixed = (np.array(points) * 8).round().astype(np.int32)
    cv2.fillPoly(layer, [fixed], (*colour, 1), cv2.LINE_AA, 3)
