"""The two networks of PP-OCR: where writing is in a picture, and what it says. Weights come with the rapidocr package.

The networks are run as they are, not through rapidocr's own front: that one enlarges every picture to a short side of
736 pixels, logs to the terminal and would fetch what it misses.

Source: Liao et al., Real-time Scene Text Detection with Differentiable Binarization, arXiv 1911.08947; Du et al.,
PP-OCR: A Practical Ultra Lightweight OCR System, arXiv 2009.09941; the sizes and factors are rapidocr's config.yaml.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import ToolError
from pipeline.weights import in_package

Image = NDArray[np.uint8]

FINDER, READER = "PP-OCRv6_det_small.onnx", "PP-OCRv6_rec_small.onnx"
MULTIPLE = 32
"""Sides of the finder's input are multiples of this, the deepest stride of the network."""
PIXEL = 0.2
"""A pixel of the map belongs to writing from this value on; rapidocr takes 0.3 and misses one line in five."""
UNCLIP = 1.6
"""The map shows the core of a line; its box is larger by area * this / perimeter."""
LEAST_PX = 3
"""A core that is thinner than this is a speck."""
LARGEST_PX = 128
"""Of the core of a line, in pixels of the network's input: what seems higher is cloth, a face, a pie. Writing that
really is that large is found at the next smaller size."""
SURE_PX = 24
LEAST_SCORE, LEAST_SCORE_LARGE = 0.3, 0.65
"""Lines up to `SURE_PX` high count from the first on, those of `LARGEST_PX` from the second."""
LINE_PX = 48
"""Height of the reader's input."""
LONGEST = 25
"""A line is read up to this many times its height."""
SLANTED, MOST_PIECES = 1.8, 12
"""A line is cut into pieces if one upright box would hide this many times more than the line."""
SMALLEST_WEIGHT = 1e-30
"""Weights nearer to zero are zero; far above the smallest normal number, so that their products are normal too."""
THREADS = 2
"""Finding faces waits for a close look after a while, and leaves its core to it: 44 s of film take 19.5 s, not 21.7."""


@dataclass(frozen=True, slots=True)
class Writing:
    """One line of writing in a picture.

    `corners` has shape (4, 2), in order around the line; `short_px` is the height of its core in the network's input.
    """

    corners: NDArray[np.float32]
    score: float
    short_px: float

    @property
    def area_px(self) -> float:
        """Of the line itself."""
        one, two, three, _ = self.corners
        return float(np.linalg.norm(two - one) * np.linalg.norm(three - two))

    @property
    def boxes(self) -> list[tuple[float, float, float, float]]:
        """Upright boxes that hold the line together: one, or a chain of them where it is slanted."""
        one, two, three, four = self.corners
        if np.linalg.norm(two - one) < np.linalg.norm(three - two):
            one, two, three, four = two, three, four, one
        long, short = float(np.linalg.norm(two - one)), float(np.linalg.norm(three - two))
        low, high = self.corners.min(axis=0), self.corners.max(axis=0)
        pieces = 1
        if np.prod(high - low) > SLANTED * long * short:
            pieces = min(max(1, round(long / max(short, 1.0))), MOST_PIECES)
        ends = [at / pieces for at in range(pieces + 1)]
        boxes = []
        for start, end in pairwise(ends):
            sides = [one + (two - one) * at for at in (start, end)] + [
                four + (three - four) * at for at in (start, end)
            ]
            (x0, y0), (x1, y1) = np.min(sides, axis=0).tolist(), np.max(sides, axis=0).tolist()
            boxes.append((x0, y0, x1, y1))
        return boxes


def weights() -> tuple[Path, ...]:
    """The files of the finder and of the reader.

    Raises:
        ToolError: the rapidocr package is not installed or has no weights.
    """
    paths = in_package("rapidocr", f"models/{FINDER}", f"models/{READER}")
    if not paths:
        raise ToolError("text_rapidocr: the rapidocr package with its weights is not installed", "pip install rapidocr")
    return paths


def _session(content: bytes) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = THREADS
    options.inter_op_num_threads = 1
    # Hardly two looks have the same size: a plan of memory for each would be kept for good.
    options.enable_mem_pattern = False
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])


def _without_subnormals(content: bytes) -> bytes:
    """The same network, its weights below the normal range of single precision set to zero.

    One in ten of the finder's is: processors count so slowly with them that it takes three times as long, and what
    they add is lost in rounding. Its maps stay the same to the last bit.
    """
    import onnx
    from onnx import numpy_helper

    model = onnx.load_from_string(content)
    for tensor in model.graph.initializer:
        if tensor.data_type == onnx.TensorProto.FLOAT:
            values = numpy_helper.to_array(tensor)
            is_subnormal = (values != 0) & (np.abs(values) < SMALLEST_WEIGHT)
            if is_subnormal.any():
                tensor.CopyFrom(numpy_helper.from_array(np.where(is_subnormal, np.float32(0), values), tensor.name))
    return bytes(model.SerializeToString())


class Finder:
    """Finds lines of writing."""

    def __init__(self, threshold: float = LEAST_SCORE) -> None:
        self._session = _session(_without_subnormals(weights()[0].read_bytes()))
        self._threshold = threshold

    def find(self, image: Image, scale: float) -> list[Writing]:
        """Lines in pixels of the picture.

        Args:
            image: BGR, shape (height, width, 3).
            scale: by which it is enlarged before the network sees it.
        """
        import cv2

        height, width = image.shape[:2]
        size = [max(MULTIPLE, round(side * scale / MULTIPLE) * MULTIPLE) for side in (width, height)]
        kind = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        fitted = cv2.resize(image, size, interpolation=kind).astype(np.float32)
        blob = np.ascontiguousarray((fitted / 127.5 - 1).transpose(2, 0, 1)[None])
        heat = self._session.run(None, {self._session.get_inputs()[0].name: blob})[0][0, 0]
        ratio = np.array([width / size[0], height / size[1]], np.float32)
        return [Writing(one.corners * ratio, one.score, one.short_px) for one in lines(heat, self._threshold)]


def lines(heat: NDArray[np.float32], threshold: float = LEAST_SCORE) -> Iterator[Writing]:
    """The lines that a finder's map shows, in its pixels.

    Args:
        heat: how surely each pixel belongs to writing, 0 to 1, shape (rows, columns).
        threshold: lowest score of a line.
    """
    import cv2

    cores = cv2.dilate((heat > PIXEL).astype(np.uint8), np.ones((2, 2), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(cores, connectivity=8)
    for label in range(1, count):
        x, y, wide, high, _ = stats[label].tolist()
        if min(wide, high) < LEAST_PX:
            continue
        core = labels[y : y + high, x : x + wide] == label
        score = float(heat[y : y + high, x : x + wide][core].mean())
        centre, (across, down), angle = cv2.minAreaRect(np.argwhere(core)[:, ::-1].astype(np.float32))
        if not is_plausible(min(across, down), score, threshold):
            continue
        grown = 2 * across * down * UNCLIP / max(2 * (across + down), 1)
        corners = cv2.boxPoints((centre, (across + grown, down + grown), angle)) + np.array([x + 0.5, y + 0.5])
        yield Writing(np.asarray(corners, np.float32), score, min(across, down))


def is_plausible(short_px: float, score: float, threshold: float = LEAST_SCORE) -> bool:
    """Whether something this high in the network's input can be a line of writing: the larger, the surer it must be."""
    size = min(max((short_px - SURE_PX) / (LARGEST_PX - SURE_PX), 0.0), 1.0)
    return short_px <= LARGEST_PX and score >= threshold + (LEAST_SCORE_LARGE - LEAST_SCORE) * size


class Reader:
    """Reads single lines."""

    def __init__(self) -> None:
        self._session = _session(weights()[1].read_bytes())
        listed = self._session.get_modelmeta().custom_metadata_map["character"].splitlines()
        self._characters = ["", *listed, " "]
        """Index 0 says that nothing new is written."""

    def read(self, image: Image, writing: Writing) -> tuple[str, float]:
        """What a line says, and the mean probability of its characters; nothing and 0 where none is seen.

        Args:
            image: BGR, the picture in which the line was found.
        """
        import cv2

        line = _upright(image, writing.corners)
        high, wide = line.shape[:2]
        size = max(LINE_PX, min(round(LINE_PX * wide / high), LINE_PX * LONGEST)), LINE_PX
        blob = cv2.resize(line, size).astype(np.float32) / 127.5 - 1
        odds = self._session.run(None, {self._session.get_inputs()[0].name: blob.transpose(2, 0, 1)[None]})[0][0]
        best, sure = odds.argmax(axis=1), odds.max(axis=1)
        told = (best > 0) & np.insert(best[1:] != best[:-1], 0, True)
        text = "".join(self._characters[at] for at in best[told])
        return (text, float(sure[told].mean())) if text.strip() else ("", 0.0)


def _upright(image: Image, corners: NDArray[np.float32]) -> Image:
    """A line cut out and laid flat; one that stands upright is laid on its side, as the reader was trained."""
    import cv2

    by_x = corners[np.argsort(corners[:, 0], kind="stable")]
    top_left, bottom_left = by_x[:2][np.argsort(by_x[:2, 1], kind="stable")]
    top_right, bottom_right = by_x[2:][np.argsort(by_x[2:, 1], kind="stable")]
    wide = max(2, round(float(np.linalg.norm(top_right - top_left))))
    high = max(2, round(float(np.linalg.norm(bottom_left - top_left))))
    before = np.array([top_left, top_right, bottom_right, bottom_left], np.float32)
    after = np.array([[0, 0], [wide, 0], [wide, high], [0, high]], np.float32)
    turn = cv2.getPerspectiveTransform(before, after)
    line = cv2.warpPerspective(image, turn, (wide, high), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(np.rot90(line) if high >= 1.5 * wide else line, np.uint8)
