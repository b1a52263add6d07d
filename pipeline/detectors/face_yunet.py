"""Faces by YuNet, a second family beside CenterFace; off until its weights are fetched.

Source: Wu et al., YuNet: A Tiny Millisecond-level Face Detector, Machine Intelligence Research 20 (2023).
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BeforeValidator, Field

from pipeline.detectors import SAME, Look, fitted, joined
from pipeline.forms import Model, Share, as_tuple
from pipeline.values import Detection

VERSION = 1
TOP = 5000
"""More finds than any picture gives, so that none is dropped."""


class Settings(Model):
    """YuNet, on every n-th frame. It sees faces of 10 to 300 pixels, so it takes several sizes to see all."""

    every: int = Field(3, ge=1, le=30, description="looks at every n-th frame")
    long_sides_px: Annotated[tuple[int, ...], BeforeValidator(as_tuple), Field(min_length=1, max_length=4)] = (320, 960)
    threshold: Share = Field(0.5, description="lowest score that counts as a face; lower hides more")


def build(settings: Settings) -> YuNet:
    """Loads the network.

    Raises:
        ToolError: the weights were not fetched; names the command that does it.
    """
    import cv2

    # OpenCV 5 prints a warning for every network that it loads.
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_ERROR)
    (path,) = weights()
    return YuNet(settings, cv2.FaceDetectorYN.create(str(path), "", (320, 320), settings.threshold, SAME, TOP))


def weights() -> tuple[Path, ...]:
    """One file, fetched once.

    Raises:
        ToolError: it was not fetched; names the command that does it.
    """
    from pipeline import weights

    return (weights.find("yunet"),)


class YuNet:
    """A loaded network; see `pipeline.detectors.Detector`."""

    def __init__(self, settings: Settings, network: Any) -> None:
        self.every = settings.every
        self.long_side_px = max(settings.long_sides_px)
        self._sides_px = settings.long_sides_px
        self._network = network

    def detect(self, image: NDArray[np.uint8], turn: int = 0) -> list[Detection]:
        """Faces in pixels of the picture, best first; every turn takes every look."""
        del turn
        return joined("face", "face_yunet", [self._look(image, side) for side in self._sides_px])

    def _look(self, image: NDArray[np.uint8], long_side_px: int) -> Look:
        picture = fitted(image, long_side_px)
        self._network.setInputSize(picture.shape[1::-1])
        _, found = self._network.detect(picture)
        rows = np.empty((0, 15)) if found is None else found.astype(np.float64)
        boxes = np.concatenate([rows[:, :2], rows[:, :2] + rows[:, 2:4]], axis=1)
        return boxes * np.tile(np.divide(image.shape[1::-1], picture.shape[1::-1]), 2), rows[:, 14]
