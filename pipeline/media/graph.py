"""What every ffmpeg of ours may open and run, and how a graph that ffmpeg-python built is started."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import ffmpeg

from pipeline import sandbox
from pipeline.values import Clock

FORMATS = "mov,matroska,webm,mpegts,avi,flv,wav"
"""Demuxers that may open a file. None of them can name another file (HLS, DASH and ffconcat can)."""

CODECS = (
    "h264,hevc,av1,libdav1d,vp8,vp9,libvpx-vp9,mpeg4,mpeg2video,mjpeg,prores,rawvideo,"
    "aac,mp3,mp3float,mp2,mp2float,ac3,eac3,opus,libopus,vorbis,flac,alac,"
    "pcm_s16le,pcm_s16be,pcm_s24le,pcm_s24be,pcm_s32le,pcm_f32le"
)
"""Decoders that may run."""

MAX_PIXELS = 40_000_000
"""Of one picture; 8K is 33 million. A file of 752 KB can hold one of 256 million."""

MAX_STREAMS = 16

SEEK_FROM_S = 1.0
"""Nearer to its start a recording is read from there: a seek to before the first key frame fails, and in FLV leaves
the reader somewhere in the middle. ffmpeg itself aims 0.13 s early where pictures are reordered."""

OPEN = {
    "protocol_whitelist": "file,pipe",
    "format_whitelist": FORMATS,
    "codec_whitelist": CODECS,
    "max_pixels": MAX_PIXELS,
    "max_streams": MAX_STREAMS,
}

SHOW_ALL = {"ignore_editlist": 1}
"""Shows what an edit list of an MP4 or MOV hides. Other containers have none, and ffmpeg refuses to be told."""

BARE_MP4 = {
    "fflags": "+bitexact",
    "map_metadata": -1,
    "map_chapters": -1,
    "movflags": "+negative_cts_offsets",
    "use_editlist": 0,
    "avoid_negative_ts": "disabled",
}
"""An MP4 without edit lists, tags and chapters, the same bytes every time. Its streams keep their times when they are
copied into another one like it."""


def open_input(name: str, **options: Any) -> Any:
    """An ffmpeg-python input for a file that lies in the job's folder under this fixed name."""
    return ffmpeg.input(f"file:{name}", **OPEN, **options)


def open_at(name: str, clock: Clock, time_s: float, **options: Any) -> Any:
    """The same for a recording, read from the key frame before a time of it; its PTS stay the container's own.

    Needs `-copyts` on the command.
    """
    seek = {"ss": f"{clock.start_s + time_s:.6f}"} if time_s > SEEK_FROM_S else {}
    return open_input(name, noaccurate_seek=None, seek_timestamp=1, **seek, **options)


def arguments(output: Any, *, verbosity: str = "warning") -> list[str]:
    """What ffmpeg is told for an output node."""
    return ["-v", verbosity, *ffmpeg.get_args(output, overwrite_output=True)]


def run(output: Any, inputs: Mapping[str, Path], folder: Path, *, verbosity: str = "warning") -> sandbox.Report:
    """Runs one ffmpeg-python graph to its end.

    Args:
        output: an output node; its file name is relative to `folder`.
        inputs: fixed name -> file, as named in `open_input`.
        folder: the private folder in which the outputs appear.
        verbosity: ffmpeg's log level.

    Raises:
        ToolError: ffmpeg failed.
    """
    with sandbox.job(inputs, folder) as place, sandbox.start(arguments(output, verbosity=verbosity), place) as process:
        return process.finish()
