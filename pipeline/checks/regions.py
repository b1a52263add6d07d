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
"""Left out at a region's rim, where scaling and the encoder mix it with what lies around; less where it is small."""
MAX_DEVIATION = 64
"""Of luma from the fill. Measured: 10 at CRF 18, 43 at CRF 35; 165 for one unmasked picture."""
CUE_SLACK_S = 0.02
"""Subtitle files count in hundredths of a second."""
FINE = 4
"""A block is looked at in this many by this many parts."""


@dataclass(frozen=True, slots=True)
class Cells:
    """How a region was drawn: so many blocks, smooth (`blur`) or hard (`mosaic`), or of one colour (`solid`)."""

    style: str
    rows: int
    columns: int


@dataclass(frozen=True, slots=True)
class Detail:
    """What a region's blocks do not explain, in levels of luma: its standard deviation, and the worst single part."""

    spread: float
    worst: float


LIMITS = {"blur": Detail(3.0, 12.0), "mosaic": Detail(4.5, 30.0), "solid": Detail(2.0, 12.0)}
"""The most that a painted region may hold, by style. docs/benchmarks.md has both distributions: hidden and naked."""


class Regions:
    """The check of one export.

    Args:
        export: what is looked at.
        plan: what should be hidden.
        redact: how.
        view: how the master's picture must lie in the export.
        covered: from `subtitles_over`: what lies over the picture cannot be measured while it is shown.
    """

    def __init__(
        self,
        export: Export,
        plan: Plan,
        redact: Redact,
        view: View,
        covered: Sequence[tuple[float, float, Box]],
    ) -> None:
        self._export = export
        self._plan = plan
        self._view = view
        self._redact = redact
        self._fill_luma = to_yuv(redact.fill)[0]
        self._covered = covered
        self._drawn: dict[int, Cells] = {}
        self._bad: dict[int, tuple[float, str]] = {}
        self._measured = 0
        self._unmeasured = 0
        self._largest = 0.0

    def look(self, picture: Picture) -> None:
        """Measures every region of one picture."""
        if picture.clip_frame is None:
            return
        left, top, right, bottom = self._view.place
        luma = picture.y[top:bottom, left:right]
        subtitles = [
            _moved(box, -left, -top) for start_s, end_s, box in self._covered if start_s <= picture.time_s < end_s
        ]
        placed = [
            (track, _moved(on_export(box, self._view), -left, -top))
            for track in self._plan.tracks
            if (box := track.box(picture.clip_frame)) is not None
        ]
        for at, (track, box) in enumerate(placed):
            window = geometry.clip(box, right - left, bottom - top)
            if window is not None:
                seen = geometry.mask(_moved(box, 0, 0, shrink_px(box)), track.shape, window)
                for later, above in placed[at + 1 :]:
                    _take_out(seen, window, _rim(above), later.shape)
                for covered in subtitles:
                    _take_out(seen, window, covered, "box")
                self._judge(track, picture.time_s, luma, box, window, seen)

    def _judge(
        self, track: Track, time_s: float, luma: NDArray[np.uint8], box: Box, window: Box, seen: NDArray[np.bool_]
    ) -> None:
        detail = detail_of(luma, box, seen, self._cells(track))
        if detail is None:
            self._unmeasured += 1
            return
        self._measured += 1
        self._largest = max(self._largest, detail.spread)
        limit = LIMITS[self._redact.style(track.kind)]
        fault = ""
        if detail.spread > limit.spread or detail.worst > limit.worst:
            fault = f"holds detail ({detail.spread:.1f}, at most {detail.worst:.0f}) that its blocks cannot"
        if self._redact.style(track.kind) == "solid":
            region = luma[window[1] : window[3], window[0] : window[2]]
            off = int(np.abs(region[seen].astype(np.int16) - self._fill_luma).max())
            fault = f"differs from its fill by {off}" if off > MAX_DEVIATION else fault
        if fault:
            self._bad.setdefault(track.number, (time_s, fault))

    def _cells(self, track: Track) -> Cells:
        """The blocks of a track: those of its first box that lies in the picture, for good."""
        if track.number not in self._drawn:
            boxes = (track.box(track.first_frame + at) or (0, 0, 1, 1) for at in range(track.frame_count))
            size = self._plan.width_px, self._plan.height_px
            x0, y0, x1, y1 = next((box for box in boxes if geometry.clip(box, *size)), track.boxes[:4])
            rows, columns = grid(y1 - y0, x1 - x0, self._redact.blocks)
            self._drawn[track.number] = Cells(self._redact.style(track.kind), rows, columns)
        return self._drawn[track.number]

    def findings(self) -> Iterator[Finding]:
        """The first bad picture of every track."""
        for number, (time_s, what) in sorted(self._bad.items()):
            yield Finding("regions", self._export.format, time_s, f"region {number} {what}", exposes=True)

    def measures(self) -> Iterator[Measure]:
        """How many regions were measured, how many could not be, and the worst."""
        for name, value in (
            ("regions_measured", self._measured),
            ("regions_too_small_or_covered", self._unmeasured),
            ("largest_detail", round(self._largest, 2)),
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


def shrink_px(box: Box) -> int:
    """How much of a region's rim cannot be measured."""
    return max(2, min(SHRINK_PX, min(box[2] - box[0], box[3] - box[1]) // 8))


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


def _take_out(seen: NDArray[np.bool_], window: Box, over: Box, shape: str) -> None:
    """Takes the pixels that another region or a subtitle lies over out of a window's mask."""
    x0, y0, x1, y1 = max(over[0], window[0]), max(over[1], window[1]), min(over[2], window[2]), min(over[3], window[3])
    if x0 < x1 and y0 < y1:
        rows, columns = slice(y0 - window[1], y1 - window[1]), slice(x0 - window[0], x1 - window[0])
        seen[rows, columns] &= ~geometry.mask(over, shape, (x0, y0, x1, y1))


def detail_of(picture: NDArray[np.uint8], box: Box, seen: NDArray[np.bool_], cells: Cells) -> Detail | None:
    """How much of a region no picture made of its blocks can explain.

    The region's box is averaged to `FINE` x `FINE` parts a block, which takes the encoder's noise away. Blocks drawn
    as the redactor draws them are fitted to that by least squares; what is left is detail. A face leaves a spread of
    10 and more.

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
    beyond = (top - y0, y1 - bottom, left - x0, x1 - right)
    whole, shown = picture[top:bottom, left:right], seen.view(np.uint8) * np.uint8(255)
    if any(beyond):
        whole = np.asarray(cv2.copyMakeBorder(whole, *beyond, cv2.BORDER_REPLICATE), np.uint8)
        shown = np.asarray(cv2.copyMakeBorder(shown, *beyond, cv2.BORDER_CONSTANT, value=0), np.uint8)
    size = cells.columns * FINE, cells.rows * FINE
    parts = cv2.resize(whole, size, interpolation=cv2.INTER_AREA).astype(np.float64)
    inside = cv2.resize(shown, size, interpolation=cv2.INTER_AREA) > 250
    if np.count_nonzero(inside) < 2 * cells.rows * cells.columns:
        return None
    values = parts[inside]
    basis = _basis(cells, inside.tobytes())
    left_over = values - basis @ (basis.T @ values)
    return Detail(float(left_over.std()), float(np.abs(left_over).max()))


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
