"""Every picture that a file stores, as it comes out of the decoder: none dropped, none doubled, none left hidden."""

from __future__ import annotations

from collections.abc import Iterator

import ffmpeg
import numpy as np

from pipeline import sandbox
from pipeline.errors import RecordingError
from pipeline.media.graph import SHOW_ALL, arguments, open_input
from pipeline.media.pictures import Decode, Frame, faults, master_size
from pipeline.media.plain import plain, progressive
from pipeline.values import Source


def stored(source: Source, decode: Decode) -> Iterator[Frame]:
    """Decodes a file from its first picture to its last, upright, square, SDR, 8 bit, in the size of a master.

    Args:
        source: the file.
        decode: filled with what the decoder complained of.

    Yields:
        Frames in the order in which they are shown, numbered from 0, each in a buffer of its own.

    Raises:
        RecordingError: not one could be decoded.
    """
    width_px, height_px = master_size(source)
    stream = open_input("in0", **(SHOW_ALL if source.container == "mov" else {}))["V:0"]
    stream = plain(progressive(stream, source), source, width_px, height_px)
    output = ffmpeg.output(stream, "pipe:", format="rawvideo", fps_mode="passthrough", map_metadata=-1)
    number = 0
    with (
        sandbox.job({"in0": source.file.path}) as place,
        sandbox.start(arguments(output), place, reads=True) as process,
    ):
        while process.read_into((data := np.empty(width_px * height_px * 3 // 2, np.uint8)).data) == len(data):
            yield Frame.over(data, number, width_px, height_px)
            number += 1
        decode.errors += faults(process.finish().stderr)
    if number == 0:
        raise RecordingError("not one of its pictures can be decoded", "export it again")
