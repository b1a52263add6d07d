"""What a file holds, asked of a demuxer in a child of its own and of the decoder itself."""

from __future__ import annotations

import errno
import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import ffmpeg

from pipeline import sandbox
from pipeline.errors import RecordingError, SpaceError, ToolError
from pipeline.media import demux
from pipeline.media.graph import FORMATS, MAX_PIXELS, OPEN, SHOW_ALL, arguments, open_at, open_input
from pipeline.values import Clock

REMEDY = "hand in the original file of the camera, or take this one out of the case"
CPU_S = 300
"""A demuxer that works longer than this is caught in a trap; three hours of recording take a few seconds."""


def contents(path: Path, *, with_hidden: bool = False) -> demux.Contents:
    """Opens a file without decoding it and counts the packets of its picture.

    Args:
        path: any file.
        with_hidden: count those too that an edit list keeps players from showing.

    Raises:
        RecordingError: no demuxer that may run can open it.
    """
    # Let in more streams than will do, so that they can be counted and named.
    wanted = OPEN | {"max_streams": 1000} | (SHOW_ALL if with_hidden else {})
    options = json.dumps({name: str(value) for name, value in wanted.items()})
    with (
        _hostile(path) as place,
        sandbox.start(["file:in0", options], place, module="pipeline.media.demux", reads=True, cpu_s=CPU_S) as process,
    ):
        answer = process.read_all()
        process.finish()
    facts: dict[str, Any] = json.loads(answer)
    if "error" in facts:
        # FFmpeg's answer to a demuxer that is not on the list.
        unknown = facts["error"] == os.strerror(errno.EINVAL)
        reason = f"its container is none of {FORMATS}" if unknown else f"it cannot be opened: {facts['error']}"
        raise RecordingError(reason, REMEDY)
    return demux.contents(facts)


@dataclass(frozen=True, slots=True)
class FirstPicture:
    """The first picture as the decoder gives it, already turned upright."""

    width_px: int
    height_px: int
    pixel_aspect: Fraction
    """Width of a pixel over its height; 1 where the file does not say."""
    rotation_deg: int
    transfer: str
    matrix: str
    is_full_range: bool
    is_interlaced: bool


_SHOWINFO = re.compile(r" sar:(\d+)/(\d+) s:(\d+)x(\d+) i:([A-Z])")
_COLOUR = re.compile(r"color_range:(\S+) color_space:(\S+) color_primaries:\S+ color_trc:(\S+)")
_ROTATION = re.compile(r"rotation of (-?\d+)")


_TOO_LARGE = re.compile(r"Picture size (\d+x\d+) exceeds|Invalid image size|picture size invalid")


def first_picture(path: Path, clock: Clock | None = None, time_s: float = 0.0) -> FirstPicture:
    """Decodes one picture with the ffmpeg that will decode them all.

    Args:
        path: the recording.
        clock: of the recording; None: the very first picture is meant.
        time_s: else the first one from this time of the recording on.

    Raises:
        RecordingError: it cannot, or the picture is too large.

    Source: ffmpeg's `showinfo` filter, which runs behind the automatic rotation.
    """
    if clock is None:
        stream = open_input("in0")["V:0"]
    else:
        stream = open_at("in0", clock, time_s - clock.reach_back_s)["V:0"]
        stream = stream.filter("trim", start=f"{clock.start_s + time_s - clock.interval_s / 2:.6f}")
    stream = stream.filter("showinfo", checksum=0)
    output = ffmpeg.output(stream, "pipe:", format="null", **{"frames:v": 1})
    said = _try(output, path)
    shape, colour = _SHOWINFO.search(said), _COLOUR.search(said)
    too_large = _TOO_LARGE.search(said)
    if not shape or not colour:
        if too_large:
            size = too_large[1] or "larger than any decoder takes"
            raise RecordingError(f"its picture is {size}, more than {MAX_PIXELS // 10**6} million pixels", REMEDY)
        raise RecordingError("not one of its pictures can be decoded", REMEDY)
    across, down, width, height = (int(number) for number in shape.groups()[:4])
    turned = _ROTATION.search(said)
    return FirstPicture(
        width_px=width,
        height_px=height,
        pixel_aspect=Fraction(across, down) if across and down else Fraction(1),
        rotation_deg=int(turned[1]) % 360 if turned else 0,
        transfer=colour[3],
        matrix=colour[2],
        is_full_range=colour[1] == "pc",
        is_interlaced=shape[5] != "P",
    )


def can_hear(path: Path, audio_index: int) -> bool:
    """Whether the decoder gives sound for this audio stream."""
    stream = open_input("in0")[f"a:{audio_index}"].filter("ashowinfo")
    said = _try(ffmpeg.output(stream, "pipe:", format="null", **{"frames:a": 1}), path)
    return " nb_samples:" in said


def _try(output: Any, path: Path) -> str:
    """What ffmpeg says, whether it could or not.

    Raises:
        RecordingError: it crashed, or worked too long.
    """
    args = ["-copyts", *arguments(output, verbosity="info")]
    with _hostile(path) as place, sandbox.start(args, place, cpu_s=CPU_S) as process:
        return process.finish(may_fail=True).stderr


@contextmanager
def _hostile(path: Path) -> Iterator[Path]:
    """A job's folder; a child that fails in it failed because of the recording."""
    try:
        with sandbox.job({"in0": path}) as place:
            yield place
    except SpaceError:
        raise
    except ToolError as error:
        raise RecordingError(f"reading it failed: {error.cause}", REMEDY) from error
