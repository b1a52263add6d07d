"""Was every planned region of every picture really hidden? Needs no model, and catches every off-by-one.

A `solid` region may deviate from its fill by no more than the encoder does; any region may hold no detail finer than
its blocks (`detail.py`). How one of them is measured stands in `painted.py`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from pipeline import geometry
from pipeline.checks import Picture
from pipeline.checks.detail import Cells
from pipeline.checks.painted import Measured, Painted
from pipeline.config import Redact, Subtitle
from pipeline.packing import fonts
from pipeline.packing.formats import SHAPES
from pipeline.redactors.blur import grid
from pipeline.redactors.solid import to_yuv
from pipeline.values import Box, CueSheet, Detection, Export, Finding, Measure, Plan, Track, View

Place = tuple[Box, str]
"""A region and its shape: `ellipse`, inscribed in its box, or `box`."""

CUE_SLACK_S = 0.02
"""Subtitle files count in hundredths of a second."""


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
        self._plain: list[Track] = []
        self._other: list[Track] = []
        for track in plan.tracks:
            is_plain = track.shape == "box" and redact.style(track.kind) == "solid"
            (self._plain if is_plain else self._other).append(track)
        self._fill_luma = to_yuv(redact.fill)[0]
        self._covered = covered
        self._drawn: dict[int, Cells] = {}
        self._bad: dict[int, tuple[float, str]] = {}
        self._measured = 0
        self._unmeasured = 0
        self._within = 0
        self._largest = 0.0

    def look(self, picture: Picture) -> None:
        """Judges every region of one picture."""
        for one in self.measured(picture):
            if one.detail is None:
                self._unmeasured += 1
                continue
            self._measured += 1
            self._largest = max(self._largest, one.detail.spread)
            fault = one.fault(self._redact.style(one.track.kind))
            if fault:
                self._bad.setdefault(one.track.number, (picture.time_s, fault))

    def measured(self, picture: Picture) -> Iterator[Measured]:
        """Measures every region that lies in one picture of the clip, as far as no other and no subtitle covers it."""
        if picture.clip_frame is None:
            return
        left, top, right, bottom = self._view.place
        luma = picture.y[top:bottom, left:right]
        subtitles = [
            (geometry.moved(box, -left, -top), "box")
            for start_s, end_s, box in self._covered
            if start_s <= picture.time_s < end_s
        ]
        painted = list(self._painted(picture.clip_frame))
        for at, one in enumerate(painted):
            window = geometry.clip(one.box, right - left, bottom - top)
            if window is None:
                continue
            # What is solid has one colour wherever it is: it takes nothing away from what is solid as well.
            later = (each for each in painted[at + 1 :] if not (one.is_solid and each.is_solid))
            over = [*((each.rim, each.shape) for each in later), *subtitles]
            yield one.measured(luma, window, [each for each in over if geometry.meet(each[0], window)], self._fill_luma)

    def _painted(self, frame: int) -> Iterator[Painted]:
        """Every region that was painted in sight on a frame, or right beside it, in pixels of the clip's picture.

        They come in the order of painting: boxes of one colour last. One that lies in another of them is not among
        them: whatever the other one holds is measured, this place included.
        """
        other, plain = (
            [(box, track) for track in tracks if (box := track.box(frame)) is not None]
            for tracks in (self._other, self._plain)
        )
        owners = dict(plain)
        outermost = geometry.outermost(owners)
        self._within += len(plain) - len(outermost)
        left, top, right, bottom = self._view.place
        for box, track in (*other, *((box, owners[box]) for box in outermost)):
            one = Painted(track, geometry.moved(on_export(box, self._view), -left, -top), self._cells(track))
            if geometry.meet(one.rim, (0, 0, right - left, bottom - top)):
                yield one

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
            ("regions_within_others", self._within),
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


def places(tracks: Iterable[Track], frame: int, view: View) -> list[Place]:
    """Where regions lie on a frame of the clip, in pixels of the export."""
    return [(on_export(box, view), track.shape) for track in tracks if (box := track.box(frame)) is not None]


def covered(box: Box, by: Iterable[Place]) -> float:
    """The share of a box that the one of these regions covers that covers most of it."""
    return max((geometry.hidden(box, region, shape) for region, shape in by), default=0.0)


def on_master(seen: Detection, view: View) -> Detection:
    """What was seen on the export in pixels of the master."""
    cx0, cy0, cx1, cy1 = view.crop
    px0, py0, px1, py1 = view.place
    across, down = (cx1 - cx0) / (px1 - px0), (cy1 - cy0) / (py1 - py0)
    return replace(
        seen,
        x0=round(cx0 + (seen.x0 - px0) * across, 2),
        y0=round(cy0 + (seen.y0 - py0) * down, 2),
        x1=round(cx0 + (seen.x1 - px0) * across, 2),
        y1=round(cy0 + (seen.y1 - py0) * down, 2),
    )


def enlarged(view: View) -> float:
    """How many pixels of the export one of the master has become, at least 1: enlarging added no detail."""
    (cx0, _, cx1, _), (px0, _, px1, _) = view.crop, view.place
    return max(1.0, (px1 - px0) / (cx1 - cx0))


def place(box: Box, view: View, plan: Plan) -> str:
    """Where a box of the export lies in the recording's picture, in shares of it: what `zones.at` takes."""
    there = on_master(Detection("", *box, 1.0, ""), view)
    wide, high = plan.width_px, plan.height_px
    low = (math.floor(100 * max(0.0, share)) / 100 for share in (there.x0 / wide, there.y0 / high))
    up = (math.ceil(100 * min(1.0, share)) / 100 for share in (there.x1 / wide, there.y1 / high))
    return ", ".join(f"{share:.2f}" for share in (*low, *up))
