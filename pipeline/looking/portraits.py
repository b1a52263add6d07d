"""Photos of people who may stay visible: one face each, sharp and from the front, or a fault that says what is wrong.

What is measured on them is a biometric. It is measured anew whenever it is needed and never written down.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline import geometry, rooms, weights
from pipeline.recognisers import Recogniser, Signature
from pipeline.values import Detection, File

FINDER = "face_centerface"
"""Counts the faces of a photo; finds those from the side as well, which the recogniser would not see."""
SURE = 0.5
"""A hit this strong is a face."""
LONG_SIDE_PX = 1600
"""A larger photo is made smaller: faces of all sizes are then found in one look."""
MAX_BYTES = 50_000_000


class Portraits:
    """Reads photos.

    Args:
        recogniser: measures the face.
    """

    def __init__(self, recogniser: Recogniser) -> None:
        part = rooms.part("detectors", FINDER)
        self._finder: Any = part.build(part.Settings())
        self._recogniser = recogniser

    def measure(self, photo: File) -> tuple[Signature | None, str]:
        """The one face on a photo, or why there is none to be had."""
        image = _read(photo)
        if image is None:
            return None, "no picture that can be read; save it as JPEG or PNG"
        faces = [one for one in self._finder.detect(image) if one.score >= SURE]
        if not faces:
            return None, "no face on it; use a photo of the face from the front, sharp and well lit"
        if len(faces) > 1:
            return None, f"{len(faces)} faces on it, and nobody says whose is meant; cut it to one"
        face = self._recogniser.measure(image, _head(faces[0]))
        if face is None:
            return (
                None,
                "its face is too small, blurred or turned away; use one from the front, sharp, 200 pixels high",
            )
        return face, ""

    def measured(self, photos: Sequence[File]) -> list[Signature]:
        """The faces of photos that were found good."""
        return [face for face, _ in map(self.measure, photos) if face is not None]


def depends(recogniser: str) -> dict[str, object]:
    """What a measurement depends on: versions and weights."""
    parts = {name: rooms.part(room, name) for room, name in (("detectors", FINDER), ("recognisers", recogniser))}
    return {name: [part.VERSION, *map(weights.sha256_of_weights, part.weights())] for name, part in parts.items()}


def _read(photo: File) -> NDArray[np.uint8] | None:
    """A photo the right way up as BGR; None: it is none."""
    import cv2

    if photo.size_bytes > MAX_BYTES:
        return None
    data = np.frombuffer(photo.path.read_bytes(), np.uint8)
    image = cv2.imdecode(data, cv2.IMREAD_COLOR) if len(data) else None
    if image is None:
        return None
    scale = LONG_SIDE_PX / max(image.shape[:2])
    size = [max(1, round(side * scale)) for side in image.shape[1::-1]]
    return np.asarray(image if scale >= 1 else cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)


def _head(face: Detection) -> tuple[int, int, int, int]:
    """A face as the region in which tracks hide it."""
    boxes = geometry.head(np.array([[face.x0, face.y0, face.x1, face.y1]]), 1.6, 0.5, 0.3)
    x0, y0, x1, y1 = geometry.outward(boxes)[0].tolist()
    return x0, y0, x1, y1
