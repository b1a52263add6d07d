"""Frames out: the master, encoded from pictures as they come."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path
from typing import Any

import ffmpeg

from pipeline import sandbox
from pipeline.errors import ToolError
from pipeline.media.graph import arguments, open_input
from pipeline.media.inspect import contents
from pipeline.media.pictures import Frame

_CODED: dict[str, Any] = {
    "vcodec": "mpeg4",
    "qscale:v": 2,
    "threads:v": 2,
    "acodec": "flac",
    "fflags": "+bitexact",
    "flags:v": "+bitexact",
    "flags:a": "+bitexact",
    "map_metadata": -1,
    "movflags": "+faststart",
}
"""The master is encoded once more for every format, so it is near-lossless (51 dB on the reference input) and cheap:
MPEG-4 part 2 takes two thirds of the time of x264's fastest preset to write, and half of it to read. FLAC loses nothing
and takes a tenth of the time of AAC. The number of threads is fixed because the bytes depend on it."""


def _write_behind(pictures: Iterable[Frame], process: sandbox.Process) -> int:
    """Gives the encoder one picture while the next is being made: a pipe holds a third of a frame of 1080p.

    Returns:
        How many pictures there were.
    """
    count = 0
    with ThreadPoolExecutor(1) as writer:
        written: Future[None] | None = None
        for picture in pictures:
            if written is not None:
                written.result()
            written = writer.submit(process.write, picture.data.data)
            count += 1
        if written is not None:
            written.result()
    return count


def write_master(
    pictures: Iterable[Frame], width_px: int, height_px: int, fps: Fraction, sound_name: str | None, folder: Path
) -> int:
    """Encodes `master.mp4` in the folder from pictures as they come, with the WAV of that name beside them.

    A picture is still being written while the next one is made, so two in a row must not share a buffer.

    Returns:
        How many frames were written, counted again in the finished file.

    Raises:
        SpaceError: the disk is full.
        ToolError: the encoder failed, or the file does not hold every frame.
    """
    raw = {"format": "rawvideo", "pix_fmt": "yuv420p", "s": f"{width_px}x{height_px}", "thread_queue_size": 8}
    video = ffmpeg.input("pipe:", framerate=f"{fps.numerator}/{fps.denominator}", **raw)
    streams = [video.filter("setparams", range="tv", color_primaries="bt709", color_trc="bt709", colorspace="bt709")]
    if sound_name:
        streams.append(open_input(sound_name).audio)
    output = ffmpeg.output(*streams, "file:master.mp4", g=round(fps), **_CODED)
    with sandbox.start(arguments(output), folder, writes=True) as process:
        count = _write_behind(pictures, process)
        process.finish()
    written = len(contents(folder / "master.mp4").pts) if count else 0
    if written == 0 or written != count:
        raise ToolError(f"{count} frames went into the encoder, {written} came out")
    return count
