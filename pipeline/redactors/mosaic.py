"""Mosaic: the blocks of `blur`, averaged over the track's time and with its noise, drawn with hard edges."""

from __future__ import annotations

import numpy as np

from pipeline.media import Frame
from pipeline.redactors import Region, blur, patches
from pipeline.redactors.blur import Settings

VERSION = 1

__all__ = ["VERSION", "Mosaic", "Settings", "build"]


def build(settings: Settings) -> Mosaic:
    """A redactor with that many blocks."""
    return Mosaic(blur.Blocks(settings.blocks))


class Mosaic:
    """See `pipeline.redactors.Redactor`."""

    def __init__(self, blocks: blur.Blocks) -> None:
        self._blocks = blocks

    def paint(self, frame: Frame, region: Region) -> None:
        """Paints the blocks."""
        import cv2

        for patch in patches(frame, region):
            shown = blur.drawn(self._blocks.of(patch, region), patch, cv2.INTER_NEAREST)
            np.copyto(patch.pixels, shown, where=patch.covered)
