"""Room of detectors: frame -> detections. A file here is a key under `detect` in the YAML.

A part is a module with a form `Settings`, an integer `VERSION`, `weights() -> tuple[Path, ...]`, the files without
which it cannot work, and `build(settings) -> Detector`. It must find the same on the same picture every time. Recall
comes first: what it misses on one frame the tracks must carry.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from pipeline import geometry
from pipeline.values import Detection

Look = tuple[geometry.Boxes, NDArray[np.float64]]
"""What one look at a picture found: boxes of shape (n, 4) in its pixels and scores of shape (n,)."""

SAME = 0.3
"""Boxes that overlap this much show one thing; both families' authors suppress from here on."""


class Detector(Protocol):
    """What `build` gives."""

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


def fitted(image: NDArray[np.uint8], long_side_px: int, multiple: int = 1) -> NDArray[np.uint8]:
    """The picture with this long side, up to rounding both sides to a multiple."""
    import cv2

    height, width = image.shape[:2]
    scale = long_side_px / max(height, width)
    size = [max(1, round(side * scale / multiple)) * multiple for side in (width, height)]
    return np.asarray(
        cv2.resize(image, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR), np.uint8
    )


def joined(kind: str, detector: str, looks: Sequence[Look]) -> list[Detection]:
    """What several looks at one picture found between them, best first."""
    boxes, scores = (np.concatenate(parts) for parts in zip(*looks, strict=True))
    boxes, scores = geometry.merge(boxes, scores, SAME)
    return [
        Detection(kind, x0, y0, x1, y1, score, detector)
        for (x0, y0, x1, y1), score in zip(boxes.round(2).tolist(), scores.round(4).tolist(), strict=True)
    ]
