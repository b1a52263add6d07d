"""Is every picture there, at its time, undamaged, and is there anything on them at all?"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from pipeline.checks import Picture
from pipeline.values import Export, Finding, Measure, Plan

COARSE = 16
"""Every so many pixels are enough to see whether a picture shows anything."""
FLAT_LEVELS = 4.0
"""A picture whose luma varies by less is one plain colour."""


class Frames:
    """The check of one export.

    Args:
        export: what is looked at.
        plan: how many frames the clip must have.
    """

    def __init__(self, export: Export, plan: Plan) -> None:
        self._export = export
        self._plan = plan
        self._count = 0
        self._plain = 0
        self._faults: list[tuple[float, str]] = []

    def look(self, picture: Picture) -> None:
        """Counts the picture and compares its PTS with its number."""
        import cv2

        self._count += 1
        if picture.clip_frame is not None:
            _, spread = cv2.meanStdDev(np.ascontiguousarray(picture.y[::COARSE, ::COARSE]))
            self._plain += float(spread[0, 0]) < FLAT_LEVELS
        wanted_s = picture.number / self._export.fps
        if picture.shown_s != wanted_s:
            said = "never" if picture.shown_s is None else f"at {float(picture.shown_s):.3f} s"
            self._faults.append((picture.time_s, f"picture {picture.number} is shown {said}"))
        if picture.is_damaged:
            self._faults.append((picture.time_s, f"picture {picture.number} is damaged"))

    def findings(self) -> Iterator[Finding]:
        """The first fault of a picture, and what does not add up.

        Only where something was seen that must be hidden is an empty picture wrong: a recording may be dark.
        """
        for time_s, what in self._faults[:1]:
            yield Finding("frames", self._export.format, time_s, what, exposes=False)
        for name, found, wanted in (
            ("pictures in the file", self._count, self._export.frame_count),
            ("frames of the clip", self._export.clip_frames, self._plan.frame_count),
        ):
            if found != wanted:
                yield Finding("frames", self._export.format, None, f"{name}: {found}, not {wanted}", exposes=True)
        if self._plan.tracks and self._plain == self._export.clip_frames:
            yield Finding("frames", self._export.format, None, "no picture of the clip shows anything", exposes=False)

    def measures(self) -> Iterator[Measure]:
        """How many pictures were counted."""
        yield Measure("frames", self._export.format, "pictures", float(self._count))
