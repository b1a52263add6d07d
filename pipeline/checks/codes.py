"""Can a barcode or a two-dimensional code be read in the finished picture?"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from pipeline.checks import Picture
from pipeline.checks.regions import covered, enlarged, place, places
from pipeline.config import Verify
from pipeline.looking import codes
from pipeline.values import Export, Finding, Measure, Plan, View

KIND = "barcode or QR code"
SAME = 0.5
"""A find of which so much lies in another one, or in one that a person keeps visible, is the same code."""
GLIMPSE = 4
"""Pictures from one at which what moved is read to the next."""


class Codes:
    """The check of one export, on a picture every second; of a shorter clip on the one in its middle.

    In between what moved and could be a code is read, because a hand may show one for less than a second. As with
    writing, what it finds blocks the clip and is never hidden in another round.

    Args:
        export: what is looked at.
        plan: what a person keeps visible in it.
        view: how the master's picture lies in it.
        settings: how often it is looked at.
    """

    def __init__(self, export: Export, plan: Plan, view: View, settings: Verify) -> None:
        self._export = export
        self._plan = plan
        self._view = view
        self._every = max(1, min(round(settings.codes_every_s * export.fps), export.clip_frames))
        self._looked = 0
        self._before: codes.Luma | None = None
        """The last picture at which anything was read."""
        self._found: list[tuple[float, str]] = []

    def look(self, picture: Picture) -> None:
        """Reads every n-th picture of the clip, no larger than it was recorded, and what moved on some in between."""
        import cv2

        frame = picture.clip_frame
        is_whole = frame is not None and frame % self._every == self._every // 2
        if frame is None or not (is_whole or frame % GLIMPSE == 0):
            return
        times = enlarged(self._view)
        size = [round(side / times) for side in picture.y.shape[::-1]]
        luma = np.asarray(cv2.resize(picture.y, size, interpolation=cv2.INTER_AREA), np.uint8)
        found = []
        if is_whole:
            self._looked += 1
            found = codes.find(luma, closely=False)
        elif self._before is not None:
            found = codes.find_moving(self._before, luma)
        self._before = luma
        # Beside a face or on a card that a person keeps a code is read like everywhere else.
        taken = places((track for track in self._plan.kept if track.kind == "code"), frame, self._view)
        for one in found:
            x0, y0, x1, y1 = (round(side * times) for side in one.box)
            box = x0, y0, x1, y1
            if one.is_read and covered(box, taken) < SAME:
                taken.append((box, "box"))
                self._found.append((picture.time_s, place(box, self._view, self._plan)))

    def findings(self) -> Iterator[Finding]:
        """Where something can be read; never what."""
        for time_s, where in self._found:
            what = f"{KIND} can be read in the picture at [{where}]"
            yield Finding("codes", self._export.format, time_s, what, exposes=True)

    def measures(self) -> Iterator[Measure]:
        """How many pictures were read."""
        yield Measure("codes", self._export.format, "pictures_read", float(self._looked))
