"""Room of detectors: frame -> detections. A file here is a key under `detect` in the YAML.

A part is a module with a form `Settings`, an integer `VERSION`, `weights() -> tuple[Path, ...]`, the files without
which it cannot work, and `build(settings)`, which gives a `Detector`, who sees single pictures, or a `Watcher`, who is
shown a clip. It must find the same on the same pictures every time. Recall comes first: what it misses on one frame
the tracks must carry.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from pipeline import geometry
from pipeline.values import Detection

if TYPE_CHECKING:
    from pipeline.media import Frame

Image = NDArray[np.uint8]
"""BGR, shape (height, width, 3), or gray, shape (height, width)."""

Sighted = list[tuple[int, Detection]]
"""Frame numbers with what was seen there, in pixels of the frames that were shown."""

Look = tuple[geometry.Boxes, NDArray[np.float64]]
"""What one look at a picture found: boxes of shape (n, 4) in its pixels and scores of shape (n,)."""

SAME = 0.3
"""Boxes that overlap this much show one thing; both families' authors suppress from here on."""


class Detector(Protocol):
    """Finds things on single pictures. Several threads may ask at once."""

    every: int
    """Looks at every n-th frame; there are 24 to 30 a second."""

    long_side_px: int
    """Long side of the largest picture that it can make use of."""

    def detect(self, image: NDArray[np.uint8], turn: int = 0) -> list[Detection]:
        """Finds what should be hidden.

        Args:
            image: BGR, shape (height, width, 3).
            turn: counts the pictures of a clip that it is shown. A costly look may be kept for some turns; turn 0
                takes every look.

        Returns:
            Detections in pixels of that picture, best first.
        """
        ...


class Looker(Protocol):
    """What can take a single look: every detector of faces, so that verification may choose among them."""

    def look(self, image: NDArray[np.uint8], long_side_px: int) -> Look:
        """Faces in pixels of a BGR picture, as seen when it is fitted to this long side. Several threads may ask."""
        ...


@runtime_checkable
class Watcher(Protocol):
    """Is shown a clip, on threads of its own, and may remember what it saw."""

    threads: int
    """So many pictures it can see at once; 1 where it remembers, so that it sees them in order."""

    every: int
    """Wants to see every n-th frame."""

    long_side_px: int
    """Long side of the largest picture that it can make use of."""

    def see(self, frame: Frame, time_s: float, begins: bool, is_last: bool) -> Sighted:
        """Sees the next picture.

        Args:
            frame: the clip's next frame that it wants, the first, or the last. It may be kept; nobody changes it.
            time_s: when it is shown, in the clip's time.
            begins: a piece of the recording begins with it, so that all may be new.
            is_last: no other follows.

        Returns:
            What is seen on this frame or was seen on earlier ones; together all that it will ever say of them.
        """
        ...


class EachPicture:
    """Shows a clip to a detector picture by picture, several at once: two looks on a core each take less processor
    time than one on both."""

    threads = 2

    def __init__(self, detector: Detector) -> None:
        self.every = detector.every
        self.long_side_px = detector.long_side_px
        self._detector = detector

    def see(self, frame: Frame, time_s: float, begins: bool, is_last: bool) -> Sighted:
        """What is on this frame; where a piece begins, and on the last one, every look is taken."""
        del time_s
        image = bgr(frame, self.long_side_px)
        scale = np.divide(frame.y.shape[::-1], image.shape[1::-1]).tolist()
        turn = 0 if begins or is_last else frame.number // self.every
        return [(frame.number, scaled(one, *scale)) for one in self._detector.detect(image, turn)]


def watching(detector: Detector | Watcher) -> Watcher:
    """Whatever a part built, as something that is shown a clip."""
    return detector if isinstance(detector, Watcher) else EachPicture(detector)


def bgr(frame: Frame, long_side_px: int | None = None) -> Image:
    """A frame as BGR, its long side at most this; both sides stay even."""
    import cv2

    height, width = frame.y.shape
    if long_side_px is None or long_side_px >= max(height, width):
        return np.asarray(cv2.cvtColor(frame.data.reshape(-1, width), cv2.COLOR_YUV2BGR_I420), np.uint8)
    return bgr_of(frame.y, frame.u, frame.v, long_side_px)


def bgr_of(y: Image, u: Image, v: Image, long_side_px: int) -> Image:
    """Planes of yuv420p as BGR, the long side at most this; both sides are even."""
    import cv2

    height, width = y.shape
    scale = min(1.0, long_side_px / max(height, width))
    size = [max(2, round(side * scale / 2) * 2) for side in (width, height)]
    half = [side // 2 for side in size]
    planes = [
        cv2.resize(plane, to, interpolation=cv2.INTER_AREA).reshape(-1)
        for plane, to in ((y, size), (u, half), (v, half))
    ]
    whole = np.concatenate(planes).reshape(-1, size[0])
    return np.asarray(cv2.cvtColor(whole, cv2.COLOR_YUV2BGR_I420), np.uint8)


def gray(frame: Frame, long_side_px: int) -> Image:
    """The luma of a frame, its long side at most this."""
    import cv2

    if max(frame.y.shape) <= long_side_px:
        return frame.y.copy()
    scale = long_side_px / max(frame.y.shape)
    size = [max(2, round(side * scale)) for side in frame.y.shape[::-1]]
    return np.asarray(cv2.resize(frame.y, size, interpolation=cv2.INTER_AREA), np.uint8)


def luma(image: Image) -> Image:
    """A BGR picture in gray."""
    import cv2

    return np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), np.uint8)


def scaled(found: Detection, across: float, down: float) -> Detection:
    """A detection in pixels of another picture."""
    sides = zip((found.x0, found.y0, found.x1, found.y1), (across, down) * 2, strict=True)
    x0, y0, x1, y1 = (round(side * times, 2) for side, times in sides)
    return replace(found, x0=x0, y0=y0, x1=x1, y1=y1)


def fitted(image: NDArray[np.uint8], long_side_px: int, multiple: int = 1) -> NDArray[np.uint8]:
    """The picture with this long side, up to rounding both sides to a multiple."""
    import cv2

    height, width = image.shape[:2]
    scale = long_side_px / max(height, width)
    size = [max(1, round(side * scale / multiple)) * multiple for side in (width, height)]
    return np.asarray(
        cv2.resize(image, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR), np.uint8
    )


def turned(looker: Looker, image: Image, long_side_px: int, quarters: int) -> Look:
    """A look at a picture turned to the left by so many quarters, 1 or 3: who lies down is upright in it.

    Returns:
        Boxes in pixels of the picture as it is.
    """
    high, wide = image.shape[:2]
    boxes, scores = looker.look(np.ascontiguousarray(np.rot90(image, quarters)), long_side_px)
    x0, y0, x1, y1 = boxes.T
    sides = (wide - y1, x0, wide - y0, x1) if quarters == 1 else (y0, high - x1, y1, high - x0)
    return np.stack(sides, axis=1), scores


def joined(kind: str, detector: str, looks: Sequence[Look]) -> list[Detection]:
    """What several looks at one picture found between them, best first."""
    boxes, scores = (np.concatenate(parts) for parts in zip(*looks, strict=True))
    boxes, scores = geometry.merge(boxes, scores, SAME)
    return [
        Detection(kind, x0, y0, x1, y1, score, detector)
        for (x0, y0, x1, y1), score in zip(boxes.round(2).tolist(), scores.round(4).tolist(), strict=True)
    ]
