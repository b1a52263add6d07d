"""Does a detector of another family still find a face in the finished file? Looks at every picture of the clip."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pipeline.checks import Picture
from pipeline.checks.families import FAINTEST, Chosen, largest_px, look, look_closely, together
from pipeline.checks.regions import covered, enlarged, on_master, places
from pipeline.checks.roving import Roving
from pipeline.config import Verify
from pipeline.detectors import Looker, bgr_of, scaled
from pipeline.values import Box, Detection, Export, Finding, Measure, Plan, Sighting, View

SURE = 0.85
"""A hit so strong counts even inside a region: nothing may look so much like a face where one is hidden. On pictures
of five real recordings hidden heads scored 0.77 at most, naked faces near the camera 0.80 to 0.95, small dark ones
less. It also guards regions that are too small or too covered to be measured."""
SOON_S, NEARBY = 0.5, 2.0
"""So near in time and, in face sizes, in place to a hit that counts a faint one is the same face."""
THREADS = 2
IN_FLIGHT = 4
"""Pictures that wait to be searched while the next ones are decoded."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A face on a frame of the clip, in pixels of the export, and whether it counts by itself."""

    frame: int
    time_s: float
    face: Detection
    counts: bool

    @property
    def box(self) -> Box:
        """Where it is, to the pixel."""
        return round(self.face.x0), round(self.face.y0), round(self.face.x1), round(self.face.y1)


class Faces:
    """The check of one export.

    Args:
        export: what is looked at.
        plan: what should be hidden, and what a person keeps visible.
        view: how the master's picture must lie in the export.
        taken: who looks, and how.
        loaded: built parts of pipeline/detectors/, shared by all exports.
        settings: what counts as a face that is not hidden.
    """

    def __init__(
        self, export: Export, plan: Plan, view: View, taken: Chosen, loaded: dict[str, Looker], settings: Verify
    ) -> None:
        self._export = export
        self._plan = plan
        self._view = view
        self._taken = taken
        self._loaded = loaded
        self._settings = settings
        self._scale = 1 / enlarged(view)
        self._roving = Roving(export.width_px, export.height_px, self._scale)
        self._looked = 0
        self._hits: list[Hit] = []
        self._searchers = ThreadPoolExecutor(THREADS)
        self._searches: deque[Future[list[Hit]]] = deque()

    def look(self, picture: Picture) -> None:
        """Has the picture searched while the other checks and the decoder go on."""
        if picture.clip_frame is None:
            return
        self._looked += 1
        part = self._part(picture, picture.clip_frame)
        self._searches.append(self._searchers.submit(self._search, picture, picture.clip_frame, part))
        if len(self._searches) > IN_FLIGHT:
            self._hits += self._searches.popleft().result()

    def hits(self) -> list[Hit]:
        """Everything that may be a face and is not hidden, in order of time; to be asked for after the last picture."""
        if self._searches:
            while self._searches:
                self._hits += self._searches.popleft().result()
            self._searchers.shutdown()
            self._hits = believed(self._hits)
        return self._hits

    def _part(self, picture: Picture, frame: int) -> Box | None:
        """The part of the picture that is looked at in full size; to be asked for in order of time."""
        if self._taken.close is None:
            return None
        self._roving.see(picture.y, places(self._plan.tracks, frame, self._view))
        return self._roving.part() if frame % self._taken.close.every == 0 else None

    def _closely(self, picture: Picture, part: Box) -> Iterator[Detection]:
        """Faces in a part of the picture, in pixels of the export."""
        assert self._taken.close is not None
        cut = cropped(picture, part)
        image = shrunk(cut, round(max(cut.y.shape) * self._scale))
        scale = np.divide(cut.y.shape[::-1], image.shape[1::-1]).tolist()
        for one in look_closely(image, self._taken.close, self._loaded):
            seen = scaled(one, *scale)
            x0, y0, x1, y1 = seen.x0 + part[0], seen.y0 + part[1], seen.x1 + part[0], seen.y1 + part[1]
            yield replace(seen, x0=x0, y0=y0, x1=x1, y1=y1)

    def _search(self, picture: Picture, frame: int, part: Box | None) -> list[Hit]:
        last = self._export.clip_frames - 1
        image = shrunk(picture, largest_px(self._taken, frame, last))
        scale = np.divide(picture.y.shape[::-1], image.shape[1::-1]).tolist()
        found = [scaled(one, *scale) for one in look(image, frame, last, self._taken, self._loaded)]
        if part is not None:
            found = together([*found, *self._closely(picture, part)])
        # What else a person keeps, a card say, may have somebody in front of it.
        faces = [track for track in self._plan.kept if track.kind == "face"]
        hidden, kept = (places(tracks, frame, self._view) for tracks in (self._plan.tracks, faces))
        hits = []
        for face in found:
            box = round(face.x0), round(face.y0), round(face.x1), round(face.y1)
            if covered(box, kept) >= self._settings.min_overlap:
                continue
            is_inside = covered(box, hidden) >= self._settings.min_overlap
            counts = face.score >= (SURE if is_inside else self._settings.min_score)
            if counts or not is_inside:
                hits.append(Hit(frame, picture.time_s, face, counts))
        return hits

    def findings(self) -> Iterator[Finding]:
        """Every sighting; the first of each second speaks for the rest of that second."""
        told: set[int] = set()
        for hit in self.hits():
            if hit.counts and int(hit.time_s) not in told:
                told.add(int(hit.time_s))
                what = f"a face is visible (score {hit.face.score:.2f}, {hit.face.detector})"
                yield Finding("faces", self._export.format, hit.time_s, what, exposes=True)

    def sightings(self, *, counting: bool) -> Iterator[Sighting]:
        """What counts, or what does not, in pixels of the master."""
        for hit in self.hits():
            if hit.counts == counting:
                yield Sighting(hit.frame, (on_master(hit.face, self._view),))

    def measures(self) -> Iterator[Measure]:
        """How many pictures were searched, and what was found in them."""
        hits = self.hits()
        for name, value in (
            ("pictures_searched", self._looked),
            ("faces_left", sum(hit.counts for hit in hits)),
            ("faint_hits", sum(not hit.counts for hit in hits)),
            ("faintest_score", FAINTEST),
        ):
            yield Measure("faces", self._export.format, name, float(value))


def believed(hits: Sequence[Hit]) -> list[Hit]:
    """The same hits; a faint one counts too where a face surely was just before or is soon after.

    It adds nothing to what blocks a clip, but somebody who walks past is hidden on more frames than those on which the
    face was clear.
    """
    sure = [hit for hit in hits if hit.counts]
    return [hit if hit.counts else replace(hit, counts=any(_is_near(hit, other) for other in sure)) for hit in hits]


def _is_near(one: Hit, other: Hit) -> bool:
    """Whether two hits may show one head."""
    (ax0, ay0, ax1, ay1), (bx0, by0, bx1, by1) = one.box, other.box
    size = max(ax1 - ax0, ay1 - ay0, bx1 - bx0, by1 - by0)
    apart = max(abs(ax0 + ax1 - bx0 - bx1), abs(ay0 + ay1 - by0 - by1)) / 2
    return abs(one.time_s - other.time_s) <= SOON_S and apart <= NEARBY * size


def shrunk(picture: Picture, long_side_px: int) -> NDArray[np.uint8]:
    """A picture as BGR, its long side at most this; both sides are even."""
    return bgr_of(picture.y, picture.u, picture.v, long_side_px)


def cropped(picture: Picture, part: Box) -> Picture:
    """A part of a picture with even corners."""
    x0, y0, x1, y1 = part
    luma, chroma = (slice(y0, y1), slice(x0, x1)), (slice(y0 // 2, y1 // 2), slice(x0 // 2, x1 // 2))
    return replace(picture, y=picture.y[luma], u=picture.u[chroma], v=picture.v[chroma])
