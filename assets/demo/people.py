"""The two people of the demo scene: a real portrait cut out twice, on drawn clothes.

The portrait is NASA's of Eileen Collins (public domain), from scikit-image's wheel. The second person is the same
portrait mirrored, wider, with other hair: two faces that a detector takes for faces, and nobody's patient.
"""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

Picture = NDArray[np.uint8]
"""RGBA, uint8, shape (height, width, 4), alpha not multiplied in."""

_CROP = (130, 5, 320, 235)
"""The part of the portrait that is kept: head and neck (left, top, right, bottom)."""
NECK = (92.0, 182.0)
"""The point of a head sprite that sits on the body's neck."""
BODY_NECK = (230.0, 46.0)
"""The point of a body sprite on which the head sits."""
_MOUTH = (93.0, 141.0)
_BODY_SIZE = (460, 470)


def heads() -> tuple[Picture, Picture]:
    """The doctor's and the patient's head, 190 x 230 pixels each."""
    from skimage import data

    portrait = data.astronaut()
    mask = _head_mask(portrait)
    x0, y0, x1, y1 = _CROP
    cut = np.dstack([portrait, mask])[y0:y1, x0:x1]
    collar = np.zeros(cut.shape[:2], np.uint8)
    collar[:190] = 255
    cv2.ellipse(collar, (91, 190), (31, 26), 0, 0, 360, 255, -1)
    cut[..., 3] = np.minimum(cut[..., 3], cv2.GaussianBlur(collar, (0, 0), 1.2))
    return _with_glasses(cut), _someone_else(cut)


def _head_mask(portrait: Picture) -> Picture:
    """Separates the head from the flag, the wall and the suit's ring (GrabCut from a hand-set start)."""
    mask = np.full(portrait.shape[:2], cv2.GC_BGD, np.uint8)
    cv2.ellipse(mask, (228, 95), (88, 88), 0, 0, 360, cv2.GC_PR_BGD, -1)
    cv2.ellipse(mask, (228, 78), (66, 56), 0, 0, 360, cv2.GC_PR_FGD, -1)
    cv2.ellipse(mask, (222, 112), (40, 70), 0, 0, 360, cv2.GC_FGD, -1)
    cv2.rectangle(mask, (189, 172), (254, 236), cv2.GC_FGD, -1)
    models = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.grabCut(np.ascontiguousarray(portrait[:, :, ::-1]), mask, None, *models, 8, cv2.GC_INIT_WITH_MASK)
    inside = np.where((mask == cv2.GC_FGD) | (mask == cv2.GC_PR_FGD), 255, 0).astype(np.uint8)
    inside = cv2.erode(inside, np.ones((3, 3), np.uint8))
    return cv2.GaussianBlur(inside, (0, 0), 0.9)


def _with_glasses(head: Picture) -> Picture:
    picture = Image.fromarray(head).resize((head.shape[1] * 4, head.shape[0] * 4), Image.Resampling.LANCZOS)
    draw = ImageDraw.Draw(picture)
    for x in (72, 114):
        draw.rounded_rectangle([4 * (x - 17), 4 * 84, 4 * (x + 17), 4 * 109], 40, outline=(58, 44, 38, 255), width=6)
    draw.line([4 * 89, 4 * 94, 4 * 97, 4 * 94], fill=(58, 44, 38, 255), width=7)
    small = picture.resize((head.shape[1], head.shape[0]), Image.Resampling.LANCZOS)
    return np.asarray(small).copy()


def _someone_else(head: Picture) -> Picture:
    """Mirrored, 6 % wider, with dark hair and a warmer skin."""
    flipped = np.ascontiguousarray(head[:, ::-1])
    height, width = flipped.shape[:2]
    face = np.zeros((height, width), np.float32)
    cv2.ellipse(face, (width - 92, 122), (42, 56), 0, 0, 360, 1.0, -1)
    face = cv2.GaussianBlur(face, (0, 0), 5)[..., None]
    colour = flipped[..., :3].astype(np.float32)
    grey = colour.mean(axis=2, keepdims=True)
    hair = (0.75 * grey + 0.25 * colour) * np.float32([0.42, 0.40, 0.40])
    skin = colour * np.float32([0.97, 0.90, 0.82])
    flipped[..., :3] = np.clip(face * skin + (1 - face) * hair, 0, 255).astype(np.uint8)
    matrix = np.float32([[1.06, 0, NECK[0] - 1.06 * (width - NECK[0])], [0, 1, 0]])
    return cv2.warpAffine(flipped, matrix, (width, height), flags=cv2.INTER_CUBIC)


def speaking(head: Picture, open_px: float, mouth_x: float = _MOUTH[0]) -> Picture:
    """The head with its jaw `open_px` pixels lower."""
    if open_px < 0.2:
        return head
    height, width = head.shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    below = np.clip((y - _MOUTH[1] + 2) / 8, 0, 1) * np.clip((195 - y) / 22, 0, 1)
    across = np.exp(-(((x - mouth_x) / 34) ** 2))
    return cv2.remap(head, x, y - np.float32(open_px) * below * across, cv2.INTER_LINEAR)


def doctor_body() -> Picture:
    """A white coat over the black collar, a stethoscope, a pen."""
    picture, draw = _torso((232, 236, 238))
    draw.polygon([(392, 44), (528, 44), (516, 170), (466, 360), (454, 360), (404, 170)], fill=(20, 18, 20, 255))
    for side in (-1, 1):
        lapel = [
            (460 + side * x, y)
            for x, y in ((66, 44), (150, 150), (100, 210), (124, 236), (4, 420), (5, 330), (52, 170))
        ]
        draw.polygon(lapel, fill=(244, 246, 247, 255), outline=(186, 194, 198, 255), width=3)
    draw.line([(460, 420), (460, 940)], fill=(190, 198, 202, 255), width=4)
    for y in (520, 640, 760):
        draw.ellipse([474, y, 490, y + 16], fill=(204, 210, 212, 255), outline=(160, 168, 172, 255))
    draw.rectangle([560, 480, 690, 620], outline=(196, 204, 208, 255), width=4)
    draw.rounded_rectangle([588, 440, 600, 540], 6, fill=(38, 78, 140, 255))
    for side in (-1, 1):
        tube = [(460 + side * x, y) for x, y in ((88, 70), (112, 150), (104, 260), (60, 350))]
        draw.line(tube, fill=(46, 54, 60, 255), width=13, joint="curve")
    draw.line([(520, 350), (510, 440), (540, 520)], fill=(46, 54, 60, 255), width=12, joint="curve")
    draw.ellipse([520, 505, 566, 551], fill=(150, 156, 160, 255), outline=(90, 96, 100, 255), width=4)
    return _cloth(picture, 1)


def patient_body() -> Picture:
    """A knitted jumper with a round neck."""
    picture, draw = _torso((205, 188, 160))
    outline = picture.getchannel("A")
    for x in range(60, 900, 16):
        draw.line([(x, 0), (x + 8, 940)], fill=(200, 183, 155, 255), width=3)
    draw.ellipse([378, -20, 542, 166], fill=(186, 168, 140, 255))
    draw.ellipse([394, -20, 526, 142], fill=(20, 18, 20, 255))
    picture.putalpha(outline)
    return _cloth(picture, 2)


def _torso(colour: tuple[int, int, int]) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    """Shoulders and arms down to below the desk's edge, drawn at twice the size."""
    picture = Image.new("RGBA", (_BODY_SIZE[0] * 2, _BODY_SIZE[1] * 2), (*colour, 0))
    draw = ImageDraw.Draw(picture)
    half = [(70, 40), (120, 88), (220, 128), (300, 170), (344, 250), (372, 400), (392, 600), (404, 940)]
    outline = [(460 - x, y) for x, y in half] + [(460 + x, y) for x, y in reversed(half)]
    draw.polygon(outline, fill=(*colour, 255))
    for side in (-1, 1):
        arm = [(460 + side * x, y) for x, y in ((272, 330), (262, 520), (286, 940))]
        draw.line(arm, fill=tuple(int(c * 0.72) for c in colour), width=6, joint="curve")
    return picture, draw


def _cloth(picture: Image.Image, seed: int) -> Picture:
    """Halves the size and shades it: round body, soft folds, light from the window on the left."""
    small = np.asarray(picture.filter(ImageFilter.GaussianBlur(1.2)).resize(_BODY_SIZE, Image.Resampling.LANCZOS))
    height, width = small.shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    across = (x - BODY_NECK[0]) / 200
    round_body = 1.03 - 0.10 * across - 0.28 * np.abs(across) ** 3
    noise = np.random.default_rng(seed).normal(size=(height, width)).astype(np.float32)
    folds = cv2.GaussianBlur(noise, (0, 0), 26, sigmaY=60)
    folds += 0.5 * cv2.GaussianBlur(noise, (0, 0), 9, sigmaY=30)
    under_chin = 0.45 * np.exp(-(((x - 230) / 60) ** 2) - (((y - 40) / 34) ** 2))
    light = round_body * (1 + 0.05 * folds / folds.std()) * (1 - under_chin)
    shaded = small.astype(np.float32)
    shaded[..., :3] *= np.clip(light, 0.3, 1.08)[..., None]
    return np.clip(shaded, 0, 255).astype(np.uint8)


def place(
    canvas: NDArray[np.float32],
    sprite: Picture,
    anchor: tuple[float, float],
    at: tuple[float, float],
    scale: tuple[float, float],
    turn_deg: float,
) -> None:
    """Draws a sprite on the canvas in place, its `anchor` at the canvas point `at`, scaled and turned about it."""
    cos, sin = math.cos(math.radians(turn_deg)), math.sin(math.radians(turn_deg))
    a, b, c, d = cos * scale[0], -sin * scale[1], sin * scale[0], cos * scale[1]
    height, width = sprite.shape[:2]
    corners = [
        (at[0] + a * (x - anchor[0]) + b * (y - anchor[1]), at[1] + c * (x - anchor[0]) + d * (y - anchor[1]))
        for x in (0, width)
        for y in (0, height)
    ]
    x0 = max(0, math.floor(min(x for x, _ in corners)))
    y0 = max(0, math.floor(min(y for _, y in corners)))
    x1 = min(canvas.shape[1], math.ceil(max(x for x, _ in corners)))
    y1 = min(canvas.shape[0], math.ceil(max(y for _, y in corners)))
    if x0 >= x1 or y0 >= y1:
        return
    e = at[0] - a * anchor[0] - b * anchor[1] - x0
    f = at[1] - c * anchor[0] - d * anchor[1] - y0
    matrix = np.array([[a, b, e], [c, d, f]], np.float64)
    alpha = sprite[..., 3:].astype(np.float32) / 255
    flat = np.dstack([sprite[..., :3].astype(np.float32) * alpha, alpha])
    warped = cv2.warpAffine(flat, matrix, (x1 - x0, y1 - y0), flags=cv2.INTER_LINEAR)
    region = canvas[y0:y1, x0:x1]
    region *= 1 - warped[..., 3:]
    region += warped[..., :3]
