"""Pure boxes and masks: what overlaps, how a head is grown from a face, which pixels a region covers.

A box is (x0, y0, x1, y1), half-open. Arrays of boxes are float64 of shape (n, 4). A box may reach beyond the picture:
an ellipse that was squeezed into the picture would uncover the corners of a face at its edge, so boxes stay whole
and only what is painted or measured is clipped.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from pipeline.values import Box

Boxes = NDArray[np.float64]

_ANGLES = np.linspace(0, np.pi / 2, 9)
_CHORD = 1 / math.cos(math.pi / 32)
"""A polygon of 32 corners, 9 of them in a quarter, holds the ellipse on which they lie if it is blown up by this."""


def clip(box: Box, width_px: int, height_px: int) -> Box | None:
    """The part of a box that lies in the picture; None: no pixel of it does."""
    x0, y0, x1, y1 = max(0, box[0]), max(0, box[1]), min(width_px, box[2]), min(height_px, box[3])
    return (x0, y0, x1, y1) if x0 < x1 and y0 < y1 else None


def even(box: Box) -> Box:
    """The box widened to even coordinates, so that it holds whole chroma samples of a 4:2:0 picture."""
    return box[0] // 2 * 2, box[1] // 2 * 2, -(-box[2] // 2) * 2, -(-box[3] // 2) * 2


def outward(boxes: Boxes) -> NDArray[np.int64]:
    """The smallest boxes with whole pixels that hold these."""
    whole: NDArray[np.int64] = np.concatenate([np.floor(boxes[:, :2]), np.ceil(boxes[:, 2:])], axis=1).astype(np.int64)
    return whole


def moved(box: Box, across: int, down: int, shrink_px: int = 0) -> Box:
    """A box in another place, smaller by as much on every side."""
    return (
        box[0] + across + shrink_px,
        box[1] + down + shrink_px,
        box[2] + across - shrink_px,
        box[3] + down - shrink_px,
    )


def meet(one: Box, other: Box) -> bool:
    """Whether two boxes have a pixel in common."""
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def holds(box: Box, x: float, y: float) -> bool:
    """Whether a point lies in a box."""
    return box[0] <= x < box[2] and box[1] <= y < box[3]


def inside(box: Box, region: Box) -> float:
    """The share of a box that lies inside a region."""
    width = min(box[2], region[2]) - max(box[0], region[0])
    height = min(box[3], region[3]) - max(box[1], region[1])
    area = (box[2] - box[0]) * (box[3] - box[1])
    return max(0, width) * max(0, height) / area if area > 0 else 0.0


def hidden(box: Box, region: Box, shape: str) -> float:
    """The share of a box that a region of this shape covers: `ellipse`, inscribed in its box, or `box`."""
    share = inside(box, region)
    return share if shape == "box" or share == 0 else float(mask(region, shape, box).mean())


def outermost(boxes: Iterable[Box]) -> list[Box]:
    """The boxes that lie in no other, each once, in their order."""
    distinct = list(dict.fromkeys(boxes))
    if len(distinct) < 2:
        return distinct
    x0, y0, x1, y1 = np.array(distinct, np.int32).T
    holds = (x0[:, None] <= x0) & (y0[:, None] <= y0) & (x1[:, None] >= x1) & (y1[:, None] >= y1)
    np.fill_diagonal(holds, False)
    return [box for box, is_held in zip(distinct, holds.any(axis=0).tolist(), strict=True) if not is_held]


def overlap(one: Boxes, many: Boxes) -> NDArray[np.float64]:
    """Intersection over union of one box, shape (4,), with each of many: shape (n,), 0 to 1."""
    low, high = np.maximum(one[:2], many[:, :2]), np.minimum(one[2:], many[:, 2:])
    common = np.prod(np.clip(high - low, 0, None), axis=1)
    areas = np.prod(many[:, 2:] - many[:, :2], axis=1) + np.prod(one[2:] - one[:2])
    return np.asarray(common / np.maximum(areas - common, 1e-9))


def merge(boxes: Boxes, scores: NDArray[np.float64], from_overlap: float) -> tuple[Boxes, NDArray[np.float64]]:
    """Joins what several looks at one picture found: the union of a best box and all that overlap it.

    Unlike plain non-maximum suppression nothing that was found is thrown away.

    Returns:
        Boxes and their best scores, best first; ties in order of the boxes' coordinates.
    """
    order = np.lexsort((*boxes.T[::-1], -scores))
    boxes, scores = boxes[order], scores[order]
    found, best = [], []
    left = np.arange(len(boxes))
    while len(left):
        same = overlap(boxes[left[0]], boxes[left]) >= from_overlap
        same[0] = True
        group = boxes[left[same]]
        found.append(np.concatenate([group[:, :2].min(axis=0), group[:, 2:].max(axis=0)]))
        best.append(scores[left[0]])
        left = left[~same]
    return np.array(found).reshape(-1, 4), np.array(best)


def grow(boxes: Boxes, factor: NDArray[np.float64]) -> Boxes:
    """Boxes blown up about their centres, each by its own factor, shape (n,)."""
    centre, half = (boxes[:, :2] + boxes[:, 2:]) / 2, (boxes[:, 2:] - boxes[:, :2]) / 2 * factor[:, None]
    return np.concatenate([centre - half, centre + half], axis=1)


def head(faces: Boxes, width: float, up: float, down: float) -> Boxes:
    """Grows face boxes to boxes whose inscribed ellipse holds the whole head, and the whole face box with it.

    A face seen from the side has a narrow box in front of a head that is as deep as it is high, so the width counts
    from the box's height too.

    Args:
        faces: boxes from forehead to chin.
        width: width of the result over that of the face.
        up: what is added above, in face heights.
        down: what is added below, in face heights.
    """
    x0, y0, x1, y1 = faces.T
    tall = y1 - y0
    half = width / 2 * np.maximum(x1 - x0, PROFILE * tall)
    middle = (x0 + x1) / 2
    heads = np.stack([middle - half, y0 - up * tall, middle + half, y1 + down * tall], axis=1)
    corners = np.stack([x0, y0, x1, y0, x0, y1, x1, y1], axis=1).reshape(-1, 4, 2)
    return grow(heads, np.maximum(1.0, _reach(heads, corners)))


PROFILE = 0.85
"""A face box narrower than this share of its height counts as that wide."""


def around(boxes: Boxes, frames: int) -> Boxes:
    """For every frame a box whose ellipse holds the ellipses of all boxes up to `frames` before and after it.

    The ellipse in the union of boxes does not do: it cuts the ellipses of boxes that lie diagonally.
    """
    if frames == 0 or len(boxes) < 2:
        return boxes.copy()
    padded = np.pad(boxes, ((frames, frames), (0, 0)), mode="edge")
    near = np.lib.stride_tricks.sliding_window_view(padded, 2 * frames + 1, axis=0).transpose(0, 2, 1)
    union = np.concatenate([near[:, :, :2].min(axis=1), near[:, :, 2:].max(axis=1)], axis=1)
    middle, extent = (union[:, :2] + union[:, 2:]) / 2, (union[:, 2:] - union[:, :2]) / 2
    # All in halves of the union: how far each ellipse lies from its centre, either way, and how large it is. The corner
    # that lies farthest out is in the quarter that points away from the centre.
    off = np.abs((near[:, :, :2] + near[:, :, 2:]) / 2 - middle[:, None]) / extent[:, None]
    size = (near[:, :, 2:] - near[:, :, :2]) / 2 / extent[:, None] * _CHORD
    across = off[:, :, :1] + size[:, :, :1] * np.cos(_ANGLES)
    down = off[:, :, 1:] + size[:, :, 1:] * np.sin(_ANGLES)
    reach = np.sqrt((across**2 + down**2).max(axis=(1, 2)))
    return grow(union, np.maximum(1.0, reach))


def _reach(boxes: Boxes, points: NDArray[np.float64]) -> NDArray[np.float64]:
    """How much each box must be blown up for its ellipse to hold its points, shape (n, k, 2)."""
    centre, half = (boxes[:, :2] + boxes[:, 2:]) / 2, (boxes[:, 2:] - boxes[:, :2]) / 2
    return np.asarray(np.sqrt((((points - centre[:, None]) / half[:, None]) ** 2).sum(axis=2)).max(axis=1))


def mask(box: Box, shape: str, window: Box) -> NDArray[np.bool_]:
    """Which pixels of a window a region covers: those whose centre lies in it.

    Args:
        box: the region's box.
        shape: `ellipse`, inscribed in the box, or `box`.
        window: the part of the picture that is asked about.

    Returns:
        Shape (window height, window width).
    """
    pixels = (np.arange(window[axis], window[axis + 2], dtype=np.float32) for axis in (0, 1))
    across, down = (_off(each, box[axis], box[axis + 2]) for axis, each in enumerate(pixels))
    return _covered(across, down, shape)


def masks(boxes: NDArray[np.int64], shape: str, side: int) -> NDArray[np.bool_]:
    """The same for many boxes at once, each in a window of `side` by `side` pixels at the origin.

    Args:
        boxes: shape (n, 4).
        shape: `ellipse` or `box`.
        side: of the window.

    Returns:
        Shape (n, side, side).
    """
    pixels = np.arange(side, dtype=np.float32)
    across, down = (_off(pixels, boxes[:, [axis]], boxes[:, [axis + 2]]) for axis in (0, 1))
    return _covered(across, down, shape)


def _off(
    pixels: NDArray[np.float32], low: int | NDArray[np.int64], high: int | NDArray[np.int64]
) -> NDArray[np.float32]:
    """How far the centres of pixels lie from the middle of a box along one axis, in halves of its side."""
    from_middle = np.abs(pixels + np.float32(0.5 - (low + high) / 2))
    return np.asarray(from_middle / np.float32(np.maximum(high - low, 1) / 2))


def _covered(across: NDArray[np.float32], down: NDArray[np.float32], shape: str) -> NDArray[np.bool_]:
    """The pixels of a shape, by how far its columns and rows lie from its middle."""
    if shape == "box":
        return np.asarray((down <= 1)[..., :, None] & (across <= 1)[..., None, :])
    return np.asarray((across * across)[..., None, :] <= (1 - down * down)[..., :, None])
