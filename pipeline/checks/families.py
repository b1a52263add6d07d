"""Who verifies: a family of detectors that did not make the plan, and how it looks at a film within its time.

Every picture is looked at, every second one mirrored, so that a face which stays for two pictures is seen both ways by
what looks at each. What costs more, a larger size or a second family, takes turns over the pictures.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import metadata

import numpy as np
from numpy.typing import NDArray

from pipeline import geometry, rooms, sandbox, weights
from pipeline.checks import roving
from pipeline.config import Verify
from pipeline.detectors import SAME, Looker
from pipeline.values import Detection, Used

FAINTEST = 0.4
"""Weaker hits are forgotten."""
TOOLS = ("av", "onnxruntime", "dlib-bin", "opencv-python", "rapidocr", "zxing-cpp", "numpy")
"""The packages that look at pictures, as a verdict names them."""


@dataclass(frozen=True, slots=True)
class Glance:
    """One detector at one size, on the pictures `at`, `at + every`, ... of the clip."""

    family: str
    long_side_px: int
    every: int = 1
    at: int = 0

    def is_due(self, frame: int, last: int) -> bool:
        """Whether it is taken on this frame; on the first and the last every glance is."""
        return frame % self.every == self.at or frame in (0, last)


LOOKS = {
    "face_yunet": (
        Glance("face_yunet", 640),
        Glance("face_yunet", 320, 4, 1),
    ),
    "face_dlib": (Glance("face_dlib", 480, 2), Glance("face_dlib", 960, 16, 3)),
    "face_centerface": (Glance("face_centerface", 384), Glance("face_centerface", 640, 6, 3)),
}
"""What each family does, for 12 to 20 ms a picture on one core (docs/benchmarks.md). dlib sees no head of less than
80 pixels in what it is shown, YuNet and CenterFace see those of 10."""

BESIDE = (Glance("face_centerface", 320), Glance("face_centerface", 640, 8, 5))
"""What helps dlib, which sees one head in three alone; where it made the plan as well, the verdict says so."""

CLOSE = {
    "face_yunet": Glance("face_yunet", roving.PART_PX),
    "face_dlib": Glance("face_centerface", roving.PART_PX, 3),
    "face_centerface": Glance("face_centerface", roving.PART_PX, 3),
}
"""Who looks at a part of the picture in full size, for up to 2 ms a picture; see `roving.py`."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The glances that are taken, and what must be said of the choice."""

    family: str
    glances: tuple[Glance, ...]
    said: tuple[str, ...] = ()
    close: Glance | None = None
    """Taken at a part of the picture alone."""

    @property
    def families(self) -> tuple[str, ...]:
        """Every detector that looks, the verifying one first."""
        return tuple(dict.fromkeys(glance.family for glance in self.glances))


def chosen(settings: Verify, planned_by: tuple[str, ...]) -> Chosen:
    """The family that verifies: the one that is asked for, else the best that is there; never one that made the plan.

    Args:
        settings: which family is asked for.
        planned_by: the detectors of faces that made the plan.
    """
    there = [name for name in LOOKS if name != "face_yunet" or weights.is_there("yunet")]
    free = [name for name in there if name not in planned_by]
    said = []
    family: str = settings.family
    if family not in free:
        # dlib needs no weights and CenterFace comes with them: one of three is always free unless all made the plan.
        family = (free or there)[0]
        if settings.family in planned_by:
            said.append(f"faces: {settings.family} made the plan, so {family} verifies in its place")
        elif settings.family != "auto":
            said.append(f"faces: {settings.family} is not on this machine, so {family} verifies in its place")
    if family in planned_by:
        said.append(f"faces: by no other family than those that made the plan: {family} looks again at other sizes")
    glances: tuple[Glance, ...] = LOOKS[family]
    if family == "face_dlib":
        glances += BESIDE
        said.append("faces: dlib finds no small or turned heads; fetch YuNet: clinicreel models fetch yunet")
        if BESIDE[0].family in planned_by:
            said.append(f"faces: {BESIDE[0].family}, which looks beside dlib, made the plan as well, at other sizes")
    return Chosen(family, glances, tuple(said), CLOSE[family])


def versions(taken: Chosen) -> dict[str, list[object]]:
    """Version and weights of every detector that looks."""
    parts = {name: rooms.part("detectors", name) for name in taken.families}
    return {name: [part.VERSION, *map(weights.sha256_of_weights, part.weights())] for name, part in parts.items()}


@cache
def lookers(taken: Chosen) -> dict[str, Looker]:
    """Every detector that looks, loaded once."""
    parts = {name: rooms.part("detectors", name) for name in taken.families}
    return {name: part.build(part.Settings(threshold=FAINTEST)) for name, part in parts.items()}


def largest_px(taken: Chosen, frame: int, last: int) -> int:
    """Long side of the largest picture that is needed of a frame."""
    return max((glance.long_side_px for glance in taken.glances if glance.is_due(frame, last)), default=0)


def look(image: NDArray[np.uint8], frame: int, last: int, taken: Chosen, loaded: dict[str, Looker]) -> list[Detection]:
    """Takes every glance that is due on a frame.

    Args:
        image: BGR, no larger than the largest glance needs.
        frame: of the clip.
        last: its last frame.
        taken: the glances.
        loaded: from `lookers`.

    Returns:
        Faces in pixels of that picture, best first.
    """
    import cv2

    shown = np.asarray(cv2.flip(image, 1), np.uint8) if frame % 2 else image
    boxes, scores, by = [np.empty((0, 4))], [np.empty(0)], []
    for glance in taken.glances:
        if glance.is_due(frame, last):
            found, sure = loaded[glance.family].look(shown, glance.long_side_px)
            boxes.append(found)
            scores.append(sure)
            by += [glance.family] * len(found)
    found, sure = np.concatenate(boxes), np.concatenate(scores)
    if frame % 2:
        found = found[:, [2, 1, 0, 3]] * [-1, 1, -1, 1] + [image.shape[1], 0, image.shape[1], 0]
    return _united(found, sure, by)


def look_closely(image: NDArray[np.uint8], close: Glance, loaded: dict[str, Looker]) -> list[Detection]:
    """Faces in pixels of a part of a picture, best first."""
    boxes, scores = loaded[close.family].look(image, max(image.shape[:2]))
    return _united(boxes, scores, [close.family] * len(boxes))


def together(found: Sequence[Detection]) -> list[Detection]:
    """What was seen by several looks at one picture, everything once, best first."""
    boxes = np.array([(one.x0, one.y0, one.x1, one.y1) for one in found]).reshape(-1, 4)
    return _united(boxes, np.array([one.score for one in found]), [one.detector for one in found])


def _united(boxes: geometry.Boxes, scores: NDArray[np.float64], by: Sequence[str]) -> list[Detection]:
    names = "+".join(sorted({name for one in by for name in one.split("+")}))
    merged, best = geometry.merge(boxes, scores, SAME)
    return [
        Detection("face", x0, y0, x1, y1, score, names)
        for (x0, y0, x1, y1), score in zip(merged.round(2).tolist(), best.round(4).tolist(), strict=True)
    ]


def used(taken: Chosen) -> Iterator[Used]:
    """What a verdict rests on, whatever it is about: ffmpeg, the packages and the networks, by version and SHA-256."""
    yield Used("ffmpeg", sandbox.version())
    for name in TOOLS:
        yield Used(name, metadata.version(name))
    for name, known in versions(taken).items():
        version, *hashes = map(str, known)
        yield Used(name, " ".join((f"version {version}", *hashes)))
