"""Blur: looks like a soft blur, holds no more than a few blocks of colour. What heads get.

A Gaussian of the pixels can be undone by a trained network, so nothing here is a filter of the pixels. The region is
averaged to at most `blocks` blocks across its shorter side; the blocks are averaged over the track's time, beginning
with one flat colour, so that the blocks of a single frame are never shown; noise that belongs to the track is added;
and what is painted is those few numbers, drawn large and smooth.

Source: McPherson et al., Defeating Image Obfuscation with Deep Learning, arXiv 1609.00408 (mosaics of many blocks and
blurs are recognised by networks); Fan, Image Pixelization with Differential Privacy, DBSec 2018 (blocks with noise).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from pipeline.media import Frame
from pipeline.redactors import Patch, Region, patches
from pipeline.settings.forms import Model

VERSION = 1

MEMORY_FRAMES = 30
"""Time constant of the mean over time: a second at 30 frames a second, more for slower recordings."""
SEED_FRAMES = 10
"""The flat colour with which a track begins counts as much as this many frames."""
NOISE = {"y": 4.0, "u": 1.0, "v": 1.0}
"""Standard deviation of the noise on each block, in 8-bit steps: too little to look dirty."""
LONGEST = 3
"""A long region has at most this many times `blocks` along its longer side."""
SMALLEST_PX = 4
"""A block of a small region has at least this side."""
SAMPLES = 16
"""A block's mean is taken from at least so many pixels across and down: more would only take time."""
FEATHER = 0.04
"""Width of the soft border, all of it outside the region, as a share of the region's shorter side."""


DARKEST, BRIGHTEST = 16, 235
"""Limited range of 8-bit video."""


class Settings(Model):
    """How little is left."""

    blocks: int = Field(4, ge=2, le=6, description="blocks across the shorter side of a hidden region")


def build(settings: Settings) -> Blur:
    """A redactor with that many blocks."""
    return Blur(Blocks(settings.blocks))


class Blur:
    """See `pipeline.redactors.Redactor`."""

    def __init__(self, blocks: Blocks) -> None:
        self._blocks = blocks

    def paint(self, frame: Frame, region: Region) -> None:
        """Paints the blocks' smooth picture, with a soft border outside the region."""
        import cv2

        x0, y0, x1, y1 = region.box
        border = max(2, round(FEATHER * min(x1 - x0, y1 - y0) / 2) * 2)
        for patch in patches(frame, region, border):
            colours = self._blocks.of(patch, region)
            shown = drawn(colours, patch, cv2.INTER_CUBIC)
            reach = border if patch.plane == "y" else border // 2
            inside = patch.covered.view(np.uint8)
            soft = cv2.blur(inside * np.uint8(255), (2 * reach + 1, 2 * reach + 1))
            share = cv2.add(soft, soft)
            mixed = cv2.add(
                cv2.multiply(shown, share, scale=1 / 255),
                cv2.multiply(patch.pixels, cv2.bitwise_not(share), scale=1 / 255),
            )
            # The border's arithmetic rounds; inside nothing but the blocks' picture is left.
            patch.pixels[:] = cv2.copyTo(shown, inside, mixed)


@dataclass(slots=True)
class _Memory:
    """What is kept of a track's plane; arrays of shape (rows, columns), the grid being the track's for good."""

    mean: NDArray[np.float32]
    noise: NDArray[np.float32]
    frames: int = SEED_FRAMES

    def add(self, blocks: NDArray[np.float32]) -> None:
        """Takes one more frame into the mean."""
        self.frames = min(self.frames + 1, MEMORY_FRAMES)
        self.mean += (blocks - self.mean) / self.frames


class Blocks:
    """The blocks of every track's planes, averaged over the track's time."""

    def __init__(self, across: int) -> None:
        self._across = across
        self._memories: dict[tuple[int, str], _Memory] = {}

    def of(self, patch: Patch, region: Region) -> NDArray[np.uint8]:
        """The colours to show on this frame, noise included, shape (rows, columns)."""
        import cv2

        whole = _whole(patch)
        memory = self._memories.get((region.track, patch.plane))
        if memory is None:
            shape = grid(whole.shape[0], whole.shape[1], self._across)
            memory = _Memory(np.full(shape, whole.mean(), np.float32), noise(region.seed, patch.plane, shape))
            self._memories[region.track, patch.plane] = memory
        rows, columns = memory.mean.shape
        step = max(1, min(whole.shape) // (self._across * SAMPLES))
        some = np.ascontiguousarray(whole[step // 2 :: step, step // 2 :: step])
        memory.add(np.asarray(cv2.resize(some, (columns, rows), interpolation=cv2.INTER_AREA), np.float32))
        return np.asarray(np.clip(memory.mean + memory.noise, DARKEST, BRIGHTEST).round(), np.uint8)


def _whole(patch: Patch) -> NDArray[np.uint8]:
    """The pixels of the region's box; where it leaves the picture, the mean of the rest stands in."""
    import cv2

    x0, y0, x1, y1 = patch.box
    height, width = patch.pixels.shape
    inside = patch.pixels[max(y0, 0) : y1, max(x0, 0) : x1]
    beyond = max(-y0, 0), max(y1 - height, 0), max(-x0, 0), max(x1 - width, 0)
    if not any(beyond):
        return inside
    return np.asarray(cv2.copyMakeBorder(inside, *beyond, cv2.BORDER_CONSTANT, value=round(inside.mean())), np.uint8)


def grid(height_px: int, width_px: int, across: int) -> tuple[int, int]:
    """Rows and columns: `across` on the shorter side or as many as have `SMALLEST_PX`, and about square blocks."""
    short = min(height_px, width_px)
    across = max(1, min(across, short // SMALLEST_PX))
    rows, columns = (min(across * LONGEST, round(across * side / short)) for side in (height_px, width_px))
    return rows, columns


def noise(seed: int, plane: str, shape: tuple[int, ...]) -> NDArray[np.float32]:
    """The track's own noise: the same for the same seed, plane and shape."""
    chosen = np.random.Generator(np.random.Philox(key=seed, counter="yuv".index(plane)))
    return (chosen.standard_normal(shape) * NOISE[plane]).astype(np.float32)


def drawn(colours: NDArray[np.uint8], patch: Patch, interpolation: int) -> NDArray[np.uint8]:
    """The blocks enlarged to the region's box, as seen through the patch; beyond the box its rim goes on."""
    import cv2

    x0, y0, x1, y1 = patch.box
    height, width = patch.pixels.shape
    whole = np.asarray(cv2.resize(colours, (x1 - x0, y1 - y0), interpolation=interpolation), np.uint8)
    seen = whole[max(-y0, 0) : height - y0, max(-x0, 0) : width - x0]
    beyond = max(y0, 0), max(height - y1, 0), max(x0, 0), max(width - x1, 0)
    return np.asarray(cv2.copyMakeBorder(seen, *beyond, cv2.BORDER_REPLICATE), np.uint8) if any(beyond) else seen
