"""Was every planned region of every picture really hidden? Needs no model, and catches every off-by-one.

Two measures (facts: V1): a `solid` region may deviate from its fill by no more than the encoder does; any region may
hold no detail finer than its blocks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.checks import Picture
from pipeline.values import Box, Export, Finding, Measure, Plan, View

SHRINK_PX = 8
"""Left out at a region's rim, where scaling and the encoder mix it with what lies around."""
MAX_DEVIATION = 64
"""Of luma from the fill. Measured: 10 at CRF 18, 43 at CRF 35; 165 for one unmasked picture."""
MAX_DETAIL = 7.0
"""Standard deviation of luma that no 6-block picture explains; see docs/benchmarks.md for both distributions."""
FINE = 4
"""A block is looked at in this many by this many parts."""
MIN_SIDE_PX = 16
"""A smaller region holds too few pixels to measure after shrinking; the face check still looks there."""


class Regions:
    """The check of one export.

    Args:
        export: what is looked at.
        plan: what should be hidden.
        styles: kind of a track -> name of its redactor.
        fill_luma: luma of the `solid` fill.
        blocks: blocks across the shorter side.
        covered: start, end in the export's time and box in its pixels where subtitles lie over the picture.
    """

    def __init__(
        self,
        export: Export,
        plan: Plan,
        styles: Mapping[str, str],
        fill_luma: int,
        blocks: int,
        covered: Sequence[tuple[float, float, Box]],
    ) -> None:
        self._export = export
        self._plan = plan
        self._styles = styles
        self._fill_luma = fill_luma
        self._blocks = blocks
        self._covered = covered
        self._bad: dict[int, tuple[float, str]] = {}
        self._measured = 0
        self._too_small = 0
        self._worst = 0.0

    def look(self, picture: Picture) -> None:
        """Measures every region of one picture."""
        if picture.clip_frame is None:
            return
        boxes = [(track, track.box(picture.clip_frame)) for track in self._plan.tracks]
        placed = [
            (track, on_export(box, self._export.view, SHRINK_PX), on_export(box, self._export.view, -2))
            for track, box in boxes
            if box is not None
        ]
        subtitles = [box for start_s, end_s, box in self._covered if start_s <= picture.time_s < end_s]
        for at, (track, inner, _) in enumerate(placed):
            others = [outer for index, (_, _, outer) in enumerate(placed) if index != at]
            mask = _mask(inner, track.shape, [*others, *subtitles])
            if min(inner[2] - inner[0], inner[3] - inner[1]) < MIN_SIDE_PX or np.count_nonzero(mask) < mask.size // 8:
                self._too_small += 1
                continue
            self._measured += 1
            region = picture.y[inner[1] : inner[3], inner[0] : inner[2]]
            fault = self._fault(region, mask, self._styles[track.kind])
            if fault:
                self._bad.setdefault(track.number, (picture.time_s, fault))

    def _fault(self, region: NDArray[np.uint8], mask: NDArray[np.bool_], style: str) -> str | None:
        if style == "solid":
            off = int(np.abs(region[mask].astype(np.int16) - self._fill_luma).max())
            if off > MAX_DEVIATION:
                return f"differs from its fill by {off}"
        detail = detail_of(region, mask, self._blocks, style)
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
            ("regions_too_small_or_covered", self._too_small),
            ("largest_detail", round(self._worst, 2)),
        ):
            yield Measure("regions", self._export.format, name, float(value))


def on_export(box: Box, view: View, shrink_px: int = 0) -> Box:
    """A box of the master in pixels of the export, clipped to the picture; empty boxes have x1 <= x0 or y1 <= y0."""
    cx0, cy0, cx1, cy1 = view.crop
    px0, py0, px1, py1 = view.place
    sx, sy = (px1 - px0) / (cx1 - cx0), (py1 - py0) / (cy1 - cy0)
    x0, x1 = px0 + (box[0] - cx0) * sx, px0 + (box[2] - cx0) * sx
    y0, y1 = py0 + (box[1] - cy0) * sy, py0 + (box[3] - cy0) * sy
    return (
        max(px0, round(x0) + shrink_px),
        max(py0, round(y0) + shrink_px),
        min(px1, round(x1) - shrink_px),
        min(py1, round(y1) - shrink_px),
    )


def _mask(inner: Box, shape: str, others: Sequence[Box]) -> NDArray[np.bool_]:
    """The pixels of a region that belong to it alone. An ellipse is taken as the one inscribed in the clipped box,
    shrunk by a tenth: it lies inside the hidden one even where the picture's edge cuts it."""
    width, height = max(0, inner[2] - inner[0]), max(0, inner[3] - inner[1])
    mask = np.ones((height, width), np.bool_)
    if shape == "ellipse" and width and height:
        y = (np.arange(height) + 0.5) / height * 2 - 1
        x = (np.arange(width) + 0.5) / width * 2 - 1
        mask = (y * y)[:, None] + (x * x)[None, :] < 0.81
    for x0, y0, x1, y1 in others:
        left, right = max(0, x0 - inner[0]), max(0, x1 - inner[0])
        top, bottom = max(0, y0 - inner[1]), max(0, y1 - inner[1])
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
