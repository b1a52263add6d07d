"""Does a face detector still find a face in the finished file?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from pipeline.checks import Picture
from pipeline.checks.regions import on_export
from pipeline.config import Verify
from pipeline.detectors import Detector
from pipeline.values import Box, Export, Finding, Measure, Plan, View

SURE = 0.85
"""A hit so strong counts even inside a region: nothing may look so much like a face where one is hidden. On pictures
of five real recordings hidden heads scored 0.77 at most, naked faces near the camera 0.80 to 0.95, small dark ones
less. It also guards regions that are too small or too covered to be measured."""


class Faces:
    """The check of one export.

    Args:
        export: what is looked at.
        plan: what should be hidden.
        view: how the master's picture must lie in the export.
        detectors: built parts of pipeline/detectors/ (already loaded, shared by all exports).
        settings: how often they look, and what counts as a face that is not hidden.
    """

    def __init__(
        self,
        export: Export,
        plan: Plan,
        view: View,
        detectors: Sequence[Detector],
        settings: Verify,
    ) -> None:
        self._export = export
        self._plan = plan
        self._view = view
        self._detectors = detectors
        self._settings = settings
        self._found: list[tuple[float, float]] = []
        self._looked = 0
        self._searcher = ThreadPoolExecutor(1)
        self._search: Future[None] | None = None

    def look(self, picture: Picture) -> None:
        """Searches every n-th picture of the clip."""
        frame = picture.clip_frame
        if frame is None or (frame % self._settings.every and frame != self._export.clip_frames - 1):
            return
        self._looked += 1
        planes = np.concatenate([picture.y.reshape(-1), picture.u.reshape(-1), picture.v.reshape(-1)])
        self._finish()
        shape = -1, picture.y.shape[1]
        self._search = self._searcher.submit(self._search_one, planes.reshape(shape), frame, picture.time_s)

    def _finish(self) -> None:
        """Waits for the picture that is being searched; the other checks went on with the next ones meanwhile."""
        if self._search is not None:
            self._search.result()
            self._search = None

    def _search_one(self, planes: NDArray[np.uint8], frame: int, time_s: float) -> None:
        import cv2

        image = np.asarray(cv2.cvtColor(planes, cv2.COLOR_YUV2BGR_I420), np.uint8)
        hidden = [
            on_export(box, self._view) for box in (track.box(frame) for track in self._plan.tracks) if box is not None
        ]
        for detector in self._detectors:
            for hit in detector.detect(image):
                box = round(hit.x0), round(hit.y0), round(hit.x1), round(hit.y1)
                is_inside = max((_inside(box, region) for region in hidden), default=0) >= self._settings.min_overlap
                if hit.score >= (SURE if is_inside else self._settings.min_score):
                    self._found.append((time_s, hit.score))

    def findings(self) -> Iterator[Finding]:
        """Every sighting; the first of each second speaks for the rest of that second."""
        self._finish()
        self._searcher.shutdown()
        told: set[int] = set()
        for time_s, score in self._found:
            if int(time_s) not in told:
                told.add(int(time_s))
                yield Finding(
                    "faces", self._export.format, time_s, f"a face is visible (score {score:.2f})", exposes=True
                )

    def measures(self) -> Iterator[Measure]:
        """How many pictures were searched."""
        yield Measure("faces", self._export.format, "pictures_searched", float(self._looked))
        yield Measure("faces", self._export.format, "faces_left", float(len(self._found)))


def _inside(box: Box, region: Box) -> float:
    """The share of a box that lies inside a region."""
    width = min(box[2], region[2]) - max(box[0], region[0])
    height = min(box[3], region[3]) - max(box[1], region[1])
    area = (box[2] - box[0]) * (box[3] - box[1])
    return max(0, width) * max(0, height) / area if area > 0 else 0.0
