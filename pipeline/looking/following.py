"""Follows things from picture to picture by how their pixels move, so that they need not be found on every one.

Points inside a thing are traced to the next picture and back again; those that come back to where they were say how
it moved. What it looked like when it was last found is looked for around the place they name, so that small errors do
not add up.

Source: Bouguet, Pyramidal Implementation of the Lucas Kanade Feature Tracker (2001); Kalal et al., Forward-Backward
Error, ICPR 2010.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Gray = NDArray[np.uint8]
FloatBox = tuple[float, float, float, float]
"""Pixels (x0, y0, x1, y1) of the gray pictures."""

GRID, SMALL_GRID, SMALL_PX = 6, 4, 40
"""Points traced in a thing: so many along it and half as many across; fewer in one shorter than this."""
WINDOW_PX = 21
LEVELS = 4
"""Halvings of the picture: a thing may move some 120 pixels from one picture to the next."""
AROUND_PX = 128
"""Of the picture around all points that is searched."""
RETURN_PX = 1.0
"""A point that comes back farther from its start was lost."""
LEAST_POINTS = 4
SCALE_POINTS, SCALE_SPREAD_PX = 9, 16.0
"""Fewer points, or points closer together, do not tell how its size changed."""
RESIZED = 1.5
"""It is never taken to be this many times larger or smaller than when it was found: then look again."""
STILL = 6.0
"""A thing whose pixels changed by no more than this, on average over the worst eighth of them, did not move."""
NEARBY_PX, UNCHANGED = 6, 0.9
"""So near, and with such a correlation, it is believed to be there without more ado."""
REFINE_PX = 3
ALIKE = 0.8
"""Correlation with what it looked like from which on its place is believed to the pixel."""
DOUBTFUL, LIKELY = 0.5, 0.7
"""Correlation below which a traced place is not believed, and from which on one is where nothing could be traced."""
FAR_PX = 96
"""It is looked for so far from where its last step would bring it again."""


@dataclass(frozen=True, slots=True)
class Followed:
    """A thing on one picture: its box, and what it looked like when it was found (None: too small to tell)."""

    box: FloatBox
    look: Gray | None
    size: float
    """Width plus height when it was found."""
    fresh: Gray | None
    """What it looked like when it was last traced and still much like its look: cloth folds between two looks."""
    way: tuple[float, float] = (0.0, 0.0)
    """How far it moved to get here."""


def begin(gray: Gray, box: FloatBox) -> Followed:
    """A thing that was just found."""
    look = _cut(gray, box)
    return Followed(box, look, _size(box), look)


def _size(box: FloatBox) -> float:
    return box[2] - box[0] + box[3] - box[1]


def follow(before: Gray, after: Gray, things: list[Followed]) -> list[Followed | None]:
    """Where things of one picture lie in another, which was filmed shortly before or after it; None: lost."""
    if not things:
        return []
    placed: list[Followed | None] = [
        _at(thing, thing.box) if _is_still(after, thing) else _nearby(after, thing) for thing in things
    ]
    moving = [at for at, thing in enumerate(placed) if thing is None]
    if moving:
        for at, moved in zip(moving, _traced(before, after, [things[at].box for at in moving]), strict=True):
            placed[at] = _believed(after, things[at], moved if _is_kept(things[at], moved) else None)
    return placed


def _is_still(after: Gray, thing: Followed) -> bool:
    """Whether it looks the same in the same place. Against the picture before, slow motion would not show."""
    import cv2

    other = _cut(after, thing.box)
    if thing.fresh is None or other is None or thing.fresh.shape != other.shape:
        return False
    change = cv2.absdiff(thing.fresh, other).reshape(-1)
    if cv2.mean(change)[0] > STILL:  # then its worst eighth is worse, and need not be sought
        return False
    worst = max(1, change.size // 8)
    return float(np.partition(change, -worst)[-worst:].mean()) <= STILL


def _nearby(after: Gray, thing: Followed) -> Followed | None:
    """The thing where it looks just as it did, close by: cheaper than tracing points.

    What is fresh stays the same until points are traced again, so that slow motion adds up and shows.
    """
    looks = [thing.fresh] if thing.fresh is thing.look else [thing.fresh, thing.look]
    for look in looks:
        found = None if look is None else _found(after, look, thing.box, NEARBY_PX)
        if found is not None and found[1] >= UNCHANGED:
            return _at(thing, _placed(thing.box, found[0]))
    return None


def _traced(before: Gray, after: Gray, boxes: list[FloatBox]) -> list[FloatBox | None]:
    """Boxes moved and scaled as the points in them did; None where too few points could be traced."""
    import cv2

    starts = [_points(box) for box in boxes]
    flat = np.concatenate(starts).astype(np.float32)[:, None]
    low = np.clip(flat.min(axis=(0, 1)) - AROUND_PX, 0, None).astype(int)
    up = np.clip(flat.max(axis=(0, 1)) + AROUND_PX, 0, before.shape[::-1]).astype(int)
    if (up - low).min() <= 2 * WINDOW_PX:
        return [None] * len(boxes)
    before, after = (np.ascontiguousarray(gray[low[1] : up[1], low[0] : up[0]]) for gray in (before, after))
    flat = flat - low.astype(np.float32)
    options = {"winSize": (WINDOW_PX, WINDOW_PX), "maxLevel": LEVELS, "minEigThreshold": 1e-3}
    there, found, _ = cv2.calcOpticalFlowPyrLK(before, after, flat, None, **options)  # type: ignore[call-overload]
    back, again, _ = cv2.calcOpticalFlowPyrLK(after, before, there, None, **options)  # type: ignore[call-overload]
    returned = np.linalg.norm(back - flat, axis=2)[:, 0] <= RETURN_PX
    good = returned & (found[:, 0] == 1) & (again[:, 0] == 1)
    moved: list[FloatBox | None] = []
    at = 0
    for box, points in zip(boxes, starts, strict=True):
        kept = good[at : at + len(points)]
        moved.append(_moved(box, points[kept], there[at : at + len(points), 0][kept] + low))
        at += len(points)
    return moved


def _points(box: FloatBox) -> NDArray[np.float64]:
    """A grid of points in a box, denser along its longer side, shape (n, 2)."""
    wide = box[2] - box[0] >= box[3] - box[1]
    along = GRID if max(box[2] - box[0], box[3] - box[1]) > SMALL_PX else SMALL_GRID
    columns, rows = (along, along // 2) if wide else (along // 2, along)
    across = box[0] + (box[2] - box[0]) * (np.arange(columns) + 0.5) / columns
    down = box[1] + (box[3] - box[1]) * (np.arange(rows) + 0.5) / rows
    points = np.empty((rows, columns, 2))
    points[..., 0], points[..., 1] = across, down[:, None]
    return points.reshape(-1, 2)


def _moved(box: FloatBox, starts: NDArray[np.float64], ends: NDArray[np.float64]) -> FloatBox | None:
    if len(starts) < LEAST_POINTS:
        return None
    shift = _median(ends - starts)
    close = np.linalg.norm(ends - starts - shift, axis=1) <= max(3.0, 0.3 * float(np.linalg.norm(shift)))
    if np.count_nonzero(close) < max(LEAST_POINTS, len(starts) // 3):
        return None
    starts, ends = starts[close], ends[close]
    scale = 1.0
    spread = np.linalg.norm(starts - starts.mean(axis=0), axis=1)
    if len(starts) >= SCALE_POINTS and spread.mean() > SCALE_SPREAD_PX:
        ratios = np.linalg.norm(ends - ends.mean(axis=0), axis=1) / np.maximum(spread, 1.0)
        scale = min(max(float(_median(ratios)), 0.95), 1.05)
    middle = np.array([box[0] + box[2], box[1] + box[3]]) / 2
    middle = ends.mean(axis=0) + (middle - starts.mean(axis=0)) * scale
    half = np.array([box[2] - box[0], box[3] - box[1]]) / 2 * scale
    (x0, y0), (x1, y1) = (middle - half).tolist(), (middle + half).tolist()
    return x0, y0, x1, y1


def _median(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Along the first axis; for so few values `np.median` takes ten times as long."""
    ordered = np.sort(values, axis=0)
    return np.asarray((ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2)


def _is_kept(thing: Followed, moved: FloatBox | None) -> bool:
    return moved is None or 1 / RESIZED <= _size(moved) / thing.size <= RESIZED


def _believed(after: Gray, thing: Followed, moved: FloatBox | None) -> Followed | None:
    """The traced place, corrected by what the thing looked like, or else where it looks so; None: nowhere."""
    if thing.look is None:
        return None if moved is None else _at(thing, moved)
    if moved is not None:
        found = _found(after, thing.look, moved, REFINE_PX)
        if found is None:
            return _at(thing, moved)
        if found[1] >= DOUBTFUL:
            place = _at(thing, moved if found[1] < ALIKE else _placed(moved, found[0]))
            return replace(place, fresh=_cut(after, place.box) if found[1] >= LIKELY else thing.look)
    far = _far(after, thing)
    return None if far is None else replace(_at(thing, far), fresh=thing.look)


def _at(thing: Followed, box: FloatBox) -> Followed:
    """A thing in its next place; `way` is how it got there."""
    old = thing.box
    way = (box[0] + box[2] - old[0] - old[2]) / 2, (box[1] + box[3] - old[1] - old[3]) / 2
    return Followed(box, thing.look, thing.size, thing.fresh, way)


def _placed(box: FloatBox, top_left: tuple[float, float]) -> FloatBox:
    x, y = top_left
    return x, y, x + box[2] - box[0], y + box[3] - box[1]


def _far(after: Gray, thing: Followed) -> FloatBox | None:
    """Where a thing looks as it did, around the place to which its last step would bring it once more.

    Points cannot be traced on a plain card that moves fast: all that their windows see is what lies behind it.
    """
    import cv2

    assert thing.look is not None
    small = np.asarray(cv2.resize(after, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.uint8)
    look = np.asarray(cv2.resize(thing.look, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.uint8)
    (x0, y0, x1, y1), (across, down) = thing.box, thing.way
    guess = (x0 + across) / 2, (y0 + down) / 2, (x1 + across) / 2, (y1 + down) / 2
    found = _found(small, look, guess, FAR_PX // 2)
    if found is None or found[1] < LIKELY:
        return None
    near = _placed(thing.box, (found[0][0] * 2, found[0][1] * 2))
    exact = _found(after, thing.look, near, REFINE_PX)
    return near if exact is None else _placed(near, exact[0])


def _found(after: Gray, look: Gray, box: FloatBox, reach_px: int) -> tuple[tuple[float, float], float] | None:
    """The top left of the box where a picture is most like a look, near a box, and how like; None: it does not fit."""
    import cv2

    high, wide = look.shape
    x, y = round((box[0] + box[2] - wide) / 2), round((box[1] + box[3] - high) / 2)
    left, top = max(0, x - reach_px), max(0, y - reach_px)
    right, bottom = min(after.shape[1], x + wide + reach_px), min(after.shape[0], y + high + reach_px)
    if right - left < wide or bottom - top < high:
        return None
    likeness = cv2.matchTemplate(after[top:bottom, left:right], look, cv2.TM_CCOEFF_NORMED)
    _, best, _, (across, down) = cv2.minMaxLoc(likeness)
    middle = left + across + wide / 2, top + down + high / 2
    return (middle[0] - (box[2] - box[0]) / 2, middle[1] - (box[3] - box[1]) / 2), float(best)


def _cut(gray: Gray, box: FloatBox) -> Gray | None:
    """The pixels of a box that lies in the picture; None: it is too small or reaches out of it."""
    x0, y0, x1, y1 = (round(side) for side in box)
    if x0 < 0 or y0 < 0 or x1 > gray.shape[1] or y1 > gray.shape[0] or x1 - x0 < 4 or y1 - y0 < 4:
        return None
    return gray[y0:y1, x0:x1].copy()
