"""What is seen in a clip, and what of it is hidden."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from pipeline.values.recording import Damage

Box = tuple[int, int, int, int]
"""Half-open pixels (x0, y0, x1, y1)."""


@dataclass(frozen=True, slots=True)
class Detection:
    """Something a detector found; pixels of the master picture.

    `kind` is `face`, `text` (a line of writing), `card` (a part of a thing that carries writing) or `code` (a barcode
    or a two-dimensional code). Detections of one clip with the same kind and `item` are the same thing, which its
    detector followed; 0: it does not tell.
    """

    kind: str
    x0: float
    y0: float
    x1: float
    y1: float
    score: float
    detector: str
    text: str = ""
    text_score: float = 0.0
    item: int = 0


@dataclass(frozen=True, slots=True)
class Sighting:
    """What was found on one analysed frame of the clip; empty means looked and found nothing."""

    frame: int
    detections: tuple[Detection, ...]


@dataclass(frozen=True, slots=True)
class Sightings:
    """All analysed frames of a clip, in order; frame 0 and the last frame are always among them."""

    width_px: int
    height_px: int
    fps: Fraction
    frame_count: int
    frames: tuple[Sighting, ...]
    damage: tuple[Damage, ...]


@dataclass(frozen=True, slots=True)
class Track:
    """One thing to hide: a box for every frame from `first_frame` on, without a gap.

    `boxes` is flat, four integers a frame; a box may reach beyond the picture, since an ellipse squeezed into it would
    uncover what lies at its edge. `shape` is `ellipse` (inscribed in the box) or `box`.
    `seen` lists the frames on which a detector saw it; every other frame was filled in between or held.
    """

    number: int
    kind: str
    reason: str
    shape: str
    first_frame: int
    boxes: tuple[int, ...]
    seen: tuple[int, ...]

    @property
    def frame_count(self) -> int:
        return len(self.boxes) // 4

    def box(self, frame: int) -> Box | None:
        """The box on a frame of the clip, None outside the track."""
        at = (frame - self.first_frame) * 4
        if at < 0 or at >= len(self.boxes):
            return None
        x0, y0, x1, y1 = self.boxes[at : at + 4]
        return x0, y0, x1, y1


@dataclass(frozen=True, slots=True)
class Plan:
    """For every frame of the clip the regions to hide. The one document a person can audit."""

    version: int
    width_px: int
    height_px: int
    fps: Fraction
    frame_count: int
    tracks: tuple[Track, ...]
    kept: tuple[Track, ...] = ()
    """What a detector saw and stays visible: a person says so, or it is surely someone who agreed to be seen."""
    unmet: tuple[str, ...] = ()
    """A person's corrections that could not be made; a clip with any of them waits."""
