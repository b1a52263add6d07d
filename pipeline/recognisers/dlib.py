"""Faces told apart by dlib's network, whose weights come with the face_recognition_models package.

The network was trained so that faces of one person lie within 0.6 of each other; 99.4 % of the pairs of Labeled Faces
in the Wild fall on the right side. Most of the people it was trained on are from western films and shows, and it
tells other people apart less well: hence a much smaller distance, and a margin to everyone else. Only faces that
dlib's frontal detector finds are measured, because views from the side come out near to those of other people.

Both files are in the public domain. The file with 68 landmarks beside them must not be used commercially, and is not.

Source: https://github.com/davisking/dlib-models; King, Dlib-ml, JMLR 10 (2009).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import ToolError
from pipeline.recognisers import Signature
from pipeline.settings.forms import Model
from pipeline.values import Box
from pipeline.weights import in_package, sha256_of_weights

VERSION = 1
NETWORK = "dlib_face_recognition_resnet_model_v1.dat"
LANDMARKS = "shape_predictor_5_face_landmarks.dat"
SHA256 = {
    NETWORK: "55533b28a95800a551ba546ba62fe69625c7e95a7061c338adffead08719da30",
    LANDMARKS: "c4b1e9804792707d3a405c2c16a80a20269e6675021f64a41d30fffafbc41888",
}

SAME, USUAL, STRANGER, MARGIN = 0.45, 0.38, 0.6, 0.1
"""On real scenes, by three photos, the person's sightings lie within 0.45, but for a few, and at 0.20 to 0.33 in the
middle; those of other people at 0.48 and beyond, and at 0.52 and beyond in the middle (docs/benchmarks.md)."""
SIDE_PX = 320
"""Side of the square in which a face is looked for; the face in it is about 100 pixels wide, 80 is the least."""
ROOM = 1.2
"""That square over the longer side of the region: a face at its edge, and one just outside, are seen as well."""
MIN_FACE_PX = 50
"""A smaller face, eyebrows to chin, does not hold what the network needs, in pixels of the picture."""
FRONTAL = 0.0
"""The frontal detector's own threshold."""


class Settings(Model):
    """Nothing to set: what a lower bar would show, nobody could answer for."""


def build(settings: Settings) -> Dlib:
    """Loads the network.

    Raises:
        ToolError: a package or its weights are missing, or not the ones that were published.
    """
    del settings
    import dlib

    network, landmarks = weights()
    return Dlib(
        dlib.get_frontal_face_detector(),
        dlib.shape_predictor(str(landmarks)),
        dlib.face_recognition_model_v1(str(network)),
    )


def weights() -> tuple[Path, ...]:
    """The network, and what finds the corners of the eyes. Read by path: the package itself no longer imports.

    Raises:
        ToolError: they are missing, or not the ones that were published.
    """
    paths = in_package("face_recognition_models", *(f"models/{name}" for name in SHA256))
    if not paths or any(sha256_of_weights(path) != SHA256[path.name] for path in paths):
        raise ToolError(
            "recognise: the weights of face_recognition_models 0.3.0 are not installed, or were changed",
            "pip install --force-reinstall face_recognition_models==0.3.0",
        )
    return paths


class Dlib:
    """A loaded network; see `pipeline.recognisers.Recogniser`."""

    same, usual, stranger, margin = SAME, USUAL, STRANGER, MARGIN

    def __init__(self, finder: Any, landmarks: Any, network: Any) -> None:
        self._finder = finder
        self._landmarks = landmarks
        self._network = network

    def measure(self, image: NDArray[np.uint8], region: Box) -> Signature | None:
        """The one frontal face in a region, in 128 dimensions."""
        crop, scale = _square(image, region)
        faces = self._finder.run(crop, 0, FRONTAL)[0]
        if len(faces) != 1 or faces[0].width() < MIN_FACE_PX * scale:
            return None
        middle = faces[0].center()
        if not _is_inside(middle.x, middle.y, region, scale):
            return None
        shape = self._landmarks(crop, faces[0])
        return np.asarray(self._network.compute_face_descriptor(crop, shape), np.float64)


def _square(image: NDArray[np.uint8], region: Box) -> tuple[NDArray[np.uint8], float]:
    """The square around a region as RGB, shape (SIDE_PX, SIDE_PX, 3), and its pixels per pixel of the picture."""
    import cv2

    side = max(2, round(max(region[2] - region[0], region[3] - region[1]) * ROOM))
    left, top = ((region[axis] + region[axis + 2] - side) // 2 for axis in (0, 1))
    square = np.zeros((side, side, 3), np.uint8)
    height, width = image.shape[:2]
    x0, y0, x1, y1 = max(0, left), max(0, top), min(width, left + side), min(height, top + side)
    if x0 < x1 and y0 < y1:
        square[y0 - top : y1 - top, x0 - left : x1 - left] = image[y0:y1, x0:x1, ::-1]
    how = cv2.INTER_AREA if side > SIDE_PX else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(square, (SIDE_PX, SIDE_PX), interpolation=how), np.uint8), SIDE_PX / side


def _is_inside(x: float, y: float, region: Box, scale: float) -> bool:
    """Whether a point of the square lies in the region."""
    half_width, half_height = ((region[axis + 2] - region[axis]) / 2 * scale for axis in (0, 1))
    return abs(x - SIDE_PX / 2) < half_width and abs(y - SIDE_PX / 2) < half_height
