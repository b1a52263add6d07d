"""Faces by dlib's histograms of oriented gradients: no network and no weights, a family of its own.

It finds faces that look at the camera, or half past it, from 80 pixels up; it is sure of what it finds.

Source: King, Max-Margin Object Detection, arXiv 1502.00046; Dalal and Triggs, CVPR 2005. The five filters are
compiled into the library.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from pipeline.detectors import Look, fitted, joined, luma
from pipeline.settings.forms import Model, Share, Sizes
from pipeline.values import Detection

VERSION = 1
SURE = 2.0
"""Margin of a filter that stands for a score of 1; 0 is where the library itself draws the line."""
SMALLEST_PX = 80
"""Side of the smallest face that it finds, in pixels of the picture that it is shown."""


class Settings(Model):
    """dlib's HOG, on every n-th frame."""

    every: int = Field(3, ge=1, le=30, description="looks at every n-th frame")
    long_sides_px: Sizes = Field((960,), description="of the pictures it looks at; larger ones for smaller faces")
    threshold: Share = Field(0.5, description="lowest score that counts as a face; 0.5 is a margin of 0")


def build(settings: Settings) -> Hog:
    """Makes the detector; needs no file."""
    import dlib

    return Hog(settings, dlib.get_frontal_face_detector)


def weights() -> tuple[Path, ...]:
    """None: the filters are part of the library."""
    return ()


class Hog:
    """dlib's detector; see `pipeline.detectors.Detector`. May be asked by several threads at once."""

    def __init__(self, settings: Settings, make: Any) -> None:
        import threading

        self.every = settings.every
        self.long_side_px = max(settings.long_sides_px)
        self._sides_px = settings.long_sides_px
        self._threshold = settings.threshold
        self._make = make
        self._own = threading.local()

    def detect(self, image: NDArray[np.uint8], turn: int = 0) -> list[Detection]:
        """Faces in pixels of the picture, best first; every turn takes every look."""
        del turn
        return joined("face", "face_dlib", [self.look(image, side) for side in self._sides_px])

    def look(self, image: NDArray[np.uint8], long_side_px: int) -> Look:
        """Takes one look at a BGR picture, fitted to this size."""
        if not hasattr(self._own, "filters"):
            self._own.filters = self._make()  # keeps its working memory in itself
        picture = np.ascontiguousarray(luma(fitted(image, long_side_px)))
        found, margins, _ = self._own.filters.run(picture, 0, margin_of(self._threshold))
        boxes = np.array([(one.left(), one.top(), one.right() + 1, one.bottom() + 1) for one in found], np.float64)
        scale = np.tile(np.divide(image.shape[1::-1], picture.shape[::-1]), 2)
        return boxes.reshape(-1, 4) * scale, np.array([score_of(one) for one in margins], np.float64)


def score_of(margin: float) -> float:
    """A margin on the scale of the other families: 0.5 where the library draws its line, 1 from `SURE` on."""
    return min(max((margin / SURE + 1) / 2, 0.0), 1.0)


def margin_of(score: float) -> float:
    """The margin that stands for a score."""
    return (2 * score - 1) * SURE
