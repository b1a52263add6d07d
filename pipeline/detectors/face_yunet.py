"""Faces by YuNet, a second family beside CenterFace; off until its weights are fetched.

Source: Wu et al., YuNet: A Tiny Millisecond-level Face Detector, Machine Intelligence Research 20 (2023).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from pipeline.detectors import Look, fitted, joined
from pipeline.settings.forms import Model, Share, Sizes
from pipeline.values import Detection

VERSION = 2
STRIDES = (8, 16, 32)
"""Picture pixels per cell of the network's three maps."""


class Settings(Model):
    """YuNet, on every n-th frame. It sees faces of 10 to 300 pixels, so it takes several sizes to see all."""

    every: int = Field(3, ge=1, le=30, description="looks at every n-th frame")
    long_sides_px: Sizes = Field((320, 960), description="of the pictures it looks at; larger ones for smaller faces")
    threshold: Share = Field(0.5, description="lowest score that counts as a face; lower hides more")


def build(settings: Settings) -> YuNet:
    """Loads the network.

    Raises:
        ToolError: the weights were not fetched; names the command that does it.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    # It is called from several threads at once: one look gains nothing from a second one.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    (path,) = weights()
    session = onnxruntime.InferenceSession(_freed(path.read_bytes()), options, providers=["CPUExecutionProvider"])
    return YuNet(settings, session)


def weights() -> tuple[Path, ...]:
    """One file, fetched once.

    Raises:
        ToolError: it was not fetched; names the command that does it.
    """
    from pipeline import weights

    return (weights.find("yunet"),)


class YuNet:
    """A loaded network; see `pipeline.detectors.Detector`. May be asked by several threads at once."""

    def __init__(self, settings: Settings, session: Any) -> None:
        self.every = settings.every
        self.long_side_px = max(settings.long_sides_px)
        self._sides_px = settings.long_sides_px
        self._threshold = settings.threshold
        self._session = session

    def detect(self, image: NDArray[np.uint8], turn: int = 0) -> list[Detection]:
        """Faces in pixels of the picture, best first; every turn takes every look."""
        del turn
        return joined("face", "face_yunet", [self.look(image, side) for side in self._sides_px])

    def look(self, image: NDArray[np.uint8], long_side_px: int) -> Look:
        """Takes one look at a BGR picture, fitted to this size, its right and lower edge filled up with black."""
        picture = fitted(image, long_side_px)
        high, wide = picture.shape[:2]
        blob = np.zeros((1, 3, _full(high), _full(wide)), np.float32)
        blob[0, :, :high, :wide] = picture.transpose(2, 0, 1)
        maps = self._session.run(None, {"input": blob})
        boxes, scores = decode(maps, blob.shape[3] // STRIDES[-1], self._threshold)
        return boxes * np.tile(np.divide(image.shape[1::-1], (wide, high)), 2), scores


def decode(maps: list[NDArray[np.float32]], columns: int, threshold: float) -> Look:
    """Turns the network's maps into boxes of the input's pixels.

    Args:
        maps: for each stride the score of a face, shape (1, cells, 1); then of an object; then the boxes, shape
            (1, cells, 4): the centre's place in its cell and the logarithm of the size, all in cells.
        columns: cells in a row of the coarsest map.
        threshold: lowest score: the geometric mean of face and object.

    Returns:
        Boxes of shape (n, 4) and scores of shape (n,).
    """
    boxes, scores = [np.empty((0, 4))], [np.empty(0)]
    for at, stride in enumerate(STRIDES):
        face, thing, shape = (maps[kind * len(STRIDES) + at][0] for kind in range(3))
        score = np.sqrt(np.clip(face[:, 0], 0, 1) * np.clip(thing[:, 0], 0, 1))
        cells = np.flatnonzero(score > threshold)
        rows, places = np.divmod(cells, columns * (STRIDES[-1] // stride))
        middle = (np.stack([places, rows], axis=1) + shape[cells, :2]) * stride
        half = np.exp(shape[cells, 2:4].astype(np.float64)) * stride / 2
        boxes.append(np.concatenate([middle - half, middle + half], axis=1))
        scores.append(score[cells].astype(np.float64))
    return np.concatenate(boxes), np.concatenate(scores)


def _full(side_px: int) -> int:
    """The side filled up to whole cells of the coarsest map."""
    return -(-side_px // STRIDES[-1]) * STRIDES[-1]


def _freed(content: bytes) -> bytes:
    """The same network for pictures of any size; the published file takes 640x640 alone."""
    import onnx

    model = onnx.load_from_string(content)
    del model.graph.value_info[:]
    for value in (*model.graph.input, *model.graph.output):
        dims = value.type.tensor_type.shape.dim
        for place in (2, 3) if value.name == "input" else (1,):
            dims[place].dim_param = f"{value.name}_{place}"
    return bytes(model.SerializeToString())
