"""Was every planned region of every picture really hidden? Needs no model, and catches every off-by-one.

Two measures (facts: V1): a `solid` region may deviate from its fill by no more than the encoder does; any region may
hold no detail finer than its blocks.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from pipeline import fonts, geometry
from pipeline.checks import Picture
from pipeline.config import Redact, Subtitle
from pipeline.formats import SHAPES
from pipeline.redactors.blur import FEATHER, grid
from pipeline.redactors.solid import to_yuv
from pipeline.values import Box, CueSheet, Export, Finding, Measure, Plan, Track, View

SHRINK_PX = 8
"""Left out at a region's rim, where scaling and the encoder mix it with what lies around."""
MAX_DEVIATION = 64
"""Of luma from the fill. Measured: 10 at CRF 18, 43 at CRF 35; 165 for one unmasked picture."""
MAX_DETAIL = 4.0
"""Standard deviation of luma that the blocks cannot explain; docs/benchmarks.md has both distributions."""
CUE_SLACK_S = 0.02
"""Subtitle files count in hundredths of a second."""
FINE = 4
"""A block is looked at in this many by this many parts."""
MIN_SIDE_PX = 16
"""A smaller region holds too few pixels to measure after shrinking; the face check still looks there."""


@dataclass(frozen=True, slots=True)
class Cells:
    """How a region was drawn: so many blocks, smooth (`blur`) or hard (`mosaic`), or of one colour (`solid`)."""

    style: str
    rows: int
    columns: int


class Regions:
    """The check of one export.

    Args:
        export: what is looked at.
        plan: what should be hidden.
        redact: how.
        covered: from `subtitles_over`: what lies over the picture cannot be measured while it is shown.
    """

    def __init__(
        self,
        export: Export,
        plan: Plan,
        redact: Redact,
        covered: Sequence[tuple[float, float, Box]],
    ) -> None:
        self._export = export
        self._plan = plan
        self._redact = redact
        self._fill_luma = to_yuv(redact.fill)[0]
        self._covered = covered
        self._size_px = (export.width_px, export.height_px)
        self._bad: dict[int, tuple[float, str]] = {}
        self._measured = 0
        self._unmeasured = 0
        self._worst = 0.0

    def look(self, picture: Picture) -> None:
        """Measures every region of one picture."""
        if picture.clip_frame is None:
            return
        view = self._export.view
        left, top, right, bottom = view.place
        luma = picture.y[top:bottom, left:right]
        subtitles = [
            _moved(box, -left, -top) for start_s, end_s, box in self._covered if start_s <= picture.time_s < end_s
        ]
        placed = [
            (track, _moved(on_export(box, view), -left, -top))
            for track, box in ((track, track.box(picture.clip_frame)) for track in self._plan.tracks)
            if box is not None
        ]
        for at, (track, box) in enumerate(placed):
            window = geometry.clip(box, right - left, bottom - top)
            if window is None:
                continue
            others = [_rim(other) for index, (_, other) in enumerate(placed) if index != at]
            seen = _own_pixels(
                geometry.mask(_moved(box, 0, 0, SHRINK_PX), track.shape, window), window, others + subtitles
            )
            self._judge(track, picture.time_s, luma, box, window, seen)

    def _judge(
        self, track: Track, time_s: float, luma: NDArray[np.uint8], box: Box, window: Box, seen: NDArray[np.bool_]
    ) -> None:
        big_enough = min(window[2] - window[0], window[3] - window[1]) >= MIN_SIDE_PX
        detail = detail_of(luma, box, seen, self._cells(track)) if big_enough else None
        if detail is None:
            self._unmeasured += 1
            return
        self._measured += 1
        self._worst = max(self._worst, detail)
        fault = f"holds detail ({detail:.1f}) that its blocks cannot" if detail > MAX_DETAIL else ""
        if self._redact.style(track.kind) == "solid":
            region = luma[window[1] : window[3], window[0] : window[2]]
            off = int(np.abs(region[seen].astype(np.int16) - self._fill_luma).max())
            fault = f"differs from its fill by {off}" if off > MAX_DEVIATION else fault
        if fault:
            self._bad.setdefault(track.number, (time_s, fault))

    def _cells(self, track: Track) -> Cells:
        """The blocks of a track: those of its first box, for good."""
        x0, y0, x1, y1 = track.boxes[:4]
        return Cells(self._redact.style(track.kind), *grid(y1 - y0, x1 - x0, self._redact.blocks))

    def findings(self) -> Iterator[Finding]:
        """The first bad picture of every track."""
        for number, (time_s, what) in sorted(self._bad.items()):
            yield Finding("regions", self._export.format, time_s, f"region {number} {what}", exposes=True)

    def measures(self) -> Iterator[Measure]:
        """How many regions were measured, how many could not be, and the worst."""
        for name, value in (
            ("regions_measured", self._measured),
            ("regions_too_small_or_covered", self._unmeasured),
            ("largest_detail", round(self._worst, 2)),
        ):
            yield Measure("regions", self._export.format, name, float(value))


def subtitles_over(sheet: CueSheet, export: Export, settings: Subtitle) -> tuple[tuple[float, float, Box], ...]:
    """When and where burned-in subtitles lie: start, end in the export's time, a box between the margins."""
    shape = SHAPES[export.format]
    line_px = settings.size * min(shape.width_px, shape.height_px) * fonts.LINE_HEIGHT_EM
    offset_s = float(export.opening_frames / export.fps)
    bottom = shape.height_px - shape.bottom_px
    return tuple(
        (
            cue.start_s + offset_s - CUE_SLACK_S,
            cue.end_s + offset_s + CUE_SLACK_S,
            (
                shape.side_px,
                round(bottom - (len(cue.lines) + 0.2) * line_px),
                shape.width_px - shape.side_px,
                bottom + 8,
            ),
        )
        for cue in sheet.cues
    )


def on_export(box: Box, view: View) -> Box:
    """A box of the master in pixels of the export; it may reach beyond the picture."""
    cx0, cy0, cx1, cy1 = view.crop
    px0, py0, px1, py1 = view.place
    across, down = (px1 - px0) / (cx1 - cx0), (py1 - py0) / (cy1 - cy0)
    return (
        round(px0 + (box[0] - cx0) * across),
        round(py0 + (box[1] - cy0) * down),
        round(px0 + (box[2] - cx0) * across),
        round(py0 + (box[3] - cy0) * down),
    )


def _moved(box: Box, across: int, down: int, shrink_px: int = 0) -> Box:
    return (
        box[0] + across + shrink_px,
        box[1] + down + shrink_px,
        box[2] + across - shrink_px,
        box[3] + down - shrink_px,
    )


def _rim(box: Box) -> Box:
    """A box with the soft border that its redactor may paint around it."""
    border = 4 + math.ceil(2 * FEATHER * min(box[2] - box[0], box[3] - box[1]))
    return _moved(box, 0, 0, -border)


def _own_pixels(mask: NDArray[np.bool_], window: Box, others: Sequence[Box]) -> NDArray[np.bool_]:
    """The pixels of a window's mask that no other box covers."""
    for x0, y0, x1, y1 in others:
        left, right = max(0, x0 - window[0]), max(0, x1 - window[0])
        top, bottom = max(0, y0 - window[1]), max(0, y1 - window[1])
        mask[top:bottom, left:right] = False
    return mask


def detail_of(picture: NDArray[np.uint8], box: Box, seen: NDArray[np.bool_], cells: Cells) -> float | None:
    """How much of a region no picture made of its blocks can explain: a standard deviation of luma, in levels.

    The region's box is averaged to `FINE` x `FINE` parts a block, which takes the encoder's noise away. Blocks drawn
    as the redactor draws them are fitted to that by least squares; what is left is detail. A face leaves 10 and more.

    Args:
        picture: luma, shape (height, width).
        box: the region, in pixels of the picture; it may reach beyond it.
        seen: which pixels of the picture belong to the region alone, of the picture's shape within `box` clipped.
        cells: the region's blocks.

    Returns:
        None where too little of the region is seen to tell.
    """
    import cv2

    height, width = picture.shape
    x0, y0, x1, y1 = box
    left, top, right, bottom = max(0, x0), max(0, y0), min(width, x1), min(height, y1)
    beyond = ((top - y0, y1 - bottom), (left - x0, x1 - right))
    whole = np.pad(picture[top:bottom, left:right], beyond, mode="edge")
    shown = np.pad(seen.astype(np.uint8) * 255, beyond)
    size = cells.columns * FINE, cells.rows * FINE
    parts = cv2.resize(whole, size, interpolation=cv2.INTER_AREA).astype(np.float64)
    inside = cv2.resize(shown, size, interpolation=cv2.INTER_AREA) > 250
    if np.count_nonzero(inside) < 2 * cells.rows * cells.columns:
        return None
    values = parts[inside]
    basis = _basis(cells, inside.tobytes())
    return float((values - basis @ (basis.T @ values)).std())


@lru_cache(maxsize=256)
def _basis(cells: Cells, inside: bytes) -> NDArray[np.float64]:
    """An orthonormal basis of all that blocks can draw on the parts that are seen, shape (parts seen, rank)."""
    import cv2

    upscale = cv2.INTER_CUBIC if cells.style == "blur" else cv2.INTER_NEAREST
    down, across = (
        cv2.resize(np.eye(count), (count, count * FINE), interpolation=upscale) for count in (cells.rows, cells.columns)
    )
    drawn = np.kron(down, across) if cells.style != "solid" else np.ones((len(inside), 1))
    drawn = drawn[np.frombuffer(inside, np.bool_)]
    vectors, sizes, _ = np.linalg.svd(drawn, full_matrices=False)
    return np.ascontiguousarray(vectors[:, sizes > 1e-6])
