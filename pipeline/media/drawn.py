"""Encodes pictures that were drawn and not filmed."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import Any

import ffmpeg
import numpy as np
from numpy.typing import NDArray

from pipeline import sandbox
from pipeline.media.graph import arguments


def write_pictures(
    pictures: Iterable[NDArray[np.uint8]], hold: int, size_px: tuple[int, int], fps: Fraction, name: str, folder: Path
) -> None:
    """Encodes RGB pictures as an MP4 of that name, in BT.709 and without loss.

    Args:
        pictures: uint8 of shape (height, width, 3).
        hold: how many frames longer the last one stays.
        size_px: width and height.
        fps: the constant rate.
        name: the file's fixed name.
        folder: where it is written.
    """
    video = ffmpeg.input(
        "pipe:",
        format="rawvideo",
        pix_fmt="rgb24",
        s=f"{size_px[0]}x{size_px[1]}",
        framerate=f"{fps.numerator}/{fps.denominator}",
    )
    video = video.filter("scale", out_color_matrix="bt709", out_range="tv", flags="bicubic+accurate_rnd")
    video = video.filter("format", "yuv420p").filter("tpad", stop=hold, stop_mode="clone")
    video = video.filter("setparams", range="tv", color_primaries="bt709", color_trc="bt709", colorspace="bt709")
    options: dict[str, Any] = {"vcodec": "libx264", "preset": "ultrafast", "qp": 0, "threads:v": 1}
    options |= {"fflags": "+bitexact", "flags:v": "+bitexact", "map_metadata": -1}
    output = ffmpeg.output(video, f"file:{name}", **options)
    with sandbox.start(arguments(output), folder, writes=True) as process:
        for picture in pictures:
            process.write(np.ascontiguousarray(picture).reshape(-1).data)
        process.finish()
