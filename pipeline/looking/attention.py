"""Where in a picture to look again: only where it changed since it was last looked at, and could hold writing."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.looking.following import Gray
from pipeline.values import Box

CELL_PX = 16
"""Side of the squares that are looked at or not, in pixels of the gray picture."""
CHANGE = 10
"""Levels by which a blurred pixel must differ from the one that was looked at; noise and encoders stay below."""
CORNER = 1e-3
"""Smallest eigenvalue of the gradients around a corner; letters of 5 pixels that differ from their ground by 28 levels
have it. Source: Shi and Tomasi, Good Features to Track, CVPR 1994; OpenCV's `cornerMinEigenVal`."""
SPOT_PX = 25
ALIKE = 0.85
"""Correlation from which on a square shows what was looked at already, only in another place."""
REACH_PX = 64
"""How far away that place may be."""
RIM_PX = 4
"""Of what lies around a square, in pixels of half the size, that must be alike too."""
WORTH = 0.93
"""A part is cut in two if no more than this of it is left to look at,"""
START = 21
"""and at least so many squares less: each look takes the time of so many more (1.1 ms, at 0.2 ms for 1000 pixels)."""
CUT_SHARE = 0.5
"""A picture of which more than this changed at once shows another scene."""

Cells = NDArray[np.bool_]
"""Shape (rows, columns) of squares."""


class Attention:
    """Remembers, square by square, the picture that was last looked at in one size.

    Args:
        density: how much of a spot must be corners to be looked at; writing is dense with them.
    """

    def __init__(self, density: float) -> None:
        self._density = density
        self._seen: Gray | None = None

    def due(self, gray: Gray) -> Cells:
        """The squares with something that was not looked at yet and could be writing, and those around them."""
        import cv2

        detailed = _is_dense(gray, self._density)
        if self._seen is not None:
            detailed &= _any(cv2.absdiff(_soft(gray), _soft(self._seen)) > CHANGE)
            small, seen = _halved(gray), _halved(self._seen)
            for row, column in np.argwhere(detailed).tolist():
                detailed[row, column] = not _was_seen(small, seen, row, column)
        return np.asarray(cv2.dilate(detailed.astype(np.uint8), np.ones((3, 3), np.uint8)), np.bool_)

    def looked(self, gray: Gray, cells: Cells) -> None:
        """These squares of the picture were looked at now."""
        if self._seen is None:
            self._seen = gray.copy()
        whole = np.kron(cells, np.ones((CELL_PX, CELL_PX), np.bool_))[: gray.shape[0], : gray.shape[1]]
        self._seen[whole] = gray[whole]


def _was_seen(small: Gray, seen: Gray, row: int, column: int) -> bool:
    """Whether a square's content lies near its place in what was looked at; both pictures at half size."""
    import cv2

    side, reach = CELL_PX // 2, REACH_PX // 2
    x, y = column * side, row * side
    content = small[max(0, y - RIM_PX) : y + side + RIM_PX, max(0, x - RIM_PX) : x + side + RIM_PX]
    around = seen[max(0, y - reach) : y + side + reach, max(0, x - reach) : x + side + reach]
    return float(cv2.matchTemplate(around, content, cv2.TM_CCOEFF_NORMED).max()) >= ALIKE


def is_cut(before: Gray, after: Gray) -> bool:
    """Whether two pictures that follow one another show different scenes."""
    import cv2

    changed = cv2.absdiff(_soft(before), _soft(after)) > 2 * CHANGE
    return float(_any(changed).mean()) > CUT_SHARE and float(changed.mean()) > CUT_SHARE / 2


def _soft(gray: Gray) -> Gray:
    import cv2

    return np.asarray(cv2.blur(gray, (5, 5)), np.uint8)


def _halved(gray: Gray) -> Gray:
    import cv2

    return np.asarray(cv2.resize(gray, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.uint8)


def _is_dense(gray: Gray, density: float) -> Cells:
    """Squares with corners among many: not walls, skin and plain cloth, and no straight edges either."""
    import cv2

    corners = cv2.cornerMinEigenVal(gray, 5) > CORNER
    return _any(corners & (cv2.boxFilter(corners.astype(np.float32), -1, (SPOT_PX, SPOT_PX)) > density))


def _any(pixels: NDArray[np.bool_]) -> Cells:
    """Which squares hold such a pixel."""
    high, wide = pixels.shape
    padded = np.pad(pixels, ((0, -high % CELL_PX), (0, -wide % CELL_PX)))
    rows, columns = padded.shape[0] // CELL_PX, padded.shape[1] // CELL_PX
    return np.asarray(padded.reshape(rows, CELL_PX, columns, CELL_PX).any(axis=(1, 3)))


def parts(cells: Cells, width_px: int, height_px: int) -> list[Box]:
    """Boxes of the gray picture that hold all these squares and few others."""
    boxes = [tuple(side * CELL_PX for side in box) for box in _divided(cells, 0, 0)]
    return [(x0, y0, min(x1, width_px), min(y1, height_px)) for x0, y0, x1, y1 in boxes]


def _divided(cells: Cells, left: int, top: int) -> list[Box]:
    """Boxes of squares: the one around all, cut in two where that leaves much less to look at."""
    rows, columns = np.flatnonzero(cells.any(axis=1)), np.flatnonzero(cells.any(axis=0))
    if not len(rows):
        return []
    cells = cells[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    left, top = left + int(columns[0]), top + int(rows[0])
    high, wide = cells.shape
    cuts = [(_area(cells[:at]) + _area(cells[at:]), 0, at) for at in range(1, high)]
    cuts += [(_area(cells[:, :at]) + _area(cells[:, at:]), 1, at) for at in range(1, wide)]
    area, axis, at = min(cuts, default=(cells.size, 0, 0))
    if area > min(WORTH * cells.size, cells.size - START):
        return [(left, top, left + wide, top + high)]
    if axis == 0:
        return [*_divided(cells[:at], left, top), *_divided(cells[at:], left, top + at)]
    return [*_divided(cells[:, :at], left, top), *_divided(cells[:, at:], left + at, top)]


def _area(cells: Cells) -> int:
    """Of the box around all squares that are due."""
    rows, columns = np.flatnonzero(cells.any(axis=1)), np.flatnonzero(cells.any(axis=0))
    return int((rows[-1] - rows[0] + 1) * (columns[-1] - columns[0] + 1)) if len(rows) else 0
