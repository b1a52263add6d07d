"""Was every planned region of every picture really hidden? Needs no model, and catches every off-by-one.

Two measures (facts: V1): a `solid` region may deviate from its fill by no more than the encoder does; any region may
hold no detail finer than its blocks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline import fonts, geometry
from pipeline.checks import Picture
from pipeline.config import Redact, Subtitle
from pipeline.formats import SHAPES
from pipeline.redactors.solid import to_yuv
from pipeline.values import Box, CueSheet, Export, Finding, Measure, Plan, View

SHRINK_PX = 8
"""Left out at a region's rim, where scaling and the encoder mix it with what lies around."""
MAX_DEVIATION = 64
"""Of luma from the fill. Measured: 10 at CRF 18, 43 at CRF 35; 165 for one unmasked picture."""
MAX_DETAIL = 7.0
"""Standard deviation of luma that no 6-block picture explains; see docs/benchmarks.md for both distributions."""
CUE_SLACK_S = 0.02
"""Subtitle files count in hundredths of a second."""
FINE = 4
"""A block is looked at in this many by this many parts."""
MIN_SIDE_PX = 16
"""A smaller region holds too few pixels to measure after shrinking; the face check still looks there."""


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
        placed = [
            (track, on_export(box, view, SHRINK_PX), geometry.clip(on_export(box, view, -2), *self._size_px))
            for track, box in ((track, track.box(picture.clip_frame)) for track in self._plan.tracks)
            if box is not None
        ]
        subtitles = [box for start_s, end_s, box in self._covered if start_s <= picture.time_s < end_s]
        for at, (track, box, _) in enumerate(placed):
            window = _clipped(box, view)
            if window is None or min(window[2] - window[0], window[3] - window[1]) < MIN_SIDE_PX:
                self._unmeasured += window is not None
                continue
            others = [outer for index, (_, _, outer) in enumerate(placed) if index != at and outer]
            mask = _own_pixels(geometry.mask(box, track.shape, window), window, [*others, *subtitles])
            if np.count_nonzero(mask) < mask.size // 8:
                self._unmeasured += 1
                continue
            self._measured += 1
            region = picture.y[window[1] : window[3], window[0] : window[2]]
            fault = self._fault(region, mask, self._redact.style(track.kind))
            if fault:
                self._bad.setdefault(track.number, (picture.time_s, fault))

    def _fault(self, region: NDArray[np.uint8], mask: NDArray[np.bool_], style: str) -> str | None:
        if style == "solid":
            off = int(np.abs(region[mask].astype(np.int16) - self._fill_luma).max())
            if off > MAX_DEVIATION:
                return f"differs from its fill by {off}"
        detail = detail_of(region, mask, self._redact.blocks, style)
        self._worst = max(self._worst, detail)
        return f"holds detail ({detail:.1f}) that its blocks cannot" if detail > MAX_DETAIL else None

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


def on_export(box: Box, view: View, shrink_px: int = 0) -> Box:
    """A box of the master in pixels of the export; it may reach beyond the picture."""
    cx0, cy0, cx1, cy1 = view.crop
    px0, py0, px1, py1 = view.place
    across, down = (px1 - px0) / (cx1 - cx0), (py1 - py0) / (cy1 - cy0)
    return (
        round(px0 + (box[0] - cx0) * across) + shrink_px,
        round(py0 + (box[1] - cy0) * down) + shrink_px,
        round(px0 + (box[2] - cx0) * across) - shrink_px,
        round(py0 + (box[3] - cy0) * down) - shrink_px,
    )


def _clipped(box: Box, view: View) -> Box | None:
    """The part of a box that lies in the master's picture as placed in the export."""
    x0, y0, x1, y1 = view.place
    left, top, right, bottom = max(x0, box[0]), max(y0, box[1]), min(x1, box[2]), min(y1, box[3])
    return (left, top, right, bottom) if left < right and top < bottom else None


def _own_pixels(mask: NDArray[np.bool_], window: Box, others: Sequence[Box]) -> NDArray[np.bool_]:
    """The pixels of a window's mask that no other box covers."""
    for x0, y0, x1, y1 in others:
        left, right = max(0, x0 - window[0]), max(0, x1 - window[0])
        top, bottom = max(0, y0 - window[1]), max(0, y1 - window[1])
        mask[top:bottom, left:right] = False
    return mask


def detail_of(region: NDArray[np.uint8], mask: NDArray[np.bool_], blocks: int, style: str) -> float:
    """How much of a region's luma its own blocks do not explain: a standard deviation in levels.

    The region is averaged to `FINE` parts a block, which takes the encoder's noise away, and compared with what is
    left of it at `blocks` across its shorter side. A face leaves 15 and more, a hidden one a few.
    """
    import cv2

    height, width = region.shape
    scale = blocks / min(width, height)
    coarse = max(1, round(width * scale)), max(1, round(height * scale))
    fine = min(width, coarse[0] * FINE), min(height, coarse[1] * FINE)
    seen = cv2.resize(region, fine, interpolation=cv2.INTER_AREA).astype(np.float32)
    inside = cv2.resize(mask.astype(np.uint8) * 255, fine, interpolation=cv2.INTER_AREA) > 250
    if np.count_nonzero(inside) < 4:
        return 0.0
    upscale = cv2.INTER_NEAREST if style == "mosaic" else cv2.INTER_CUBIC
    explained = cv2.resize(cv2.resize(seen, coarse, interpolation=cv2.INTER_AREA), fine, interpolation=upscale)
    return float((seen - explained)[inside].std())
