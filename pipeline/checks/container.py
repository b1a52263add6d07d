"""Is the file what it should be, and nothing more: streams, codec, tags, hidden frames, captions, size."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

from pipeline import store
from pipeline.values import Export, Finding

FORMAT_TAGS = frozenset(("major_brand", "minor_version", "compatible_brands"))
STREAM_TAGS = {
    "language": {"und"},
    "handler_name": {"VideoHandler", "SoundHandler"},
    "vendor_id": {"[0][0][0][0]"},
    "encoder": {"AVC Coding"},
}
"""Every tag that may stand in a file that leaves, and the values that it may have."""

CAPTION_MARK = b"GA94"
"""Begins closed captions inside a picture's user data. Source: ATSC A/53 part 4."""

MAX_AUDIO_DRIFT_S = 0.04


def check(export: Export) -> Iterator[Finding]:
    """Everything that can be told without decoding.

    Args:
        export: the file and what it is said to be.
    """
    for what in _faults(export):
        yield Finding("container", export.format, None, what, exposes=False)
    for what in _leaks(export):
        yield Finding("container", export.format, None, what, exposes=True)


def _faults(export: Export) -> Iterator[str]:
    import av

    path = export.file.path
    if store.sha256_of(path) != export.file.sha256:
        yield "the file is not the one that was exported: its SHA-256 differs"
        return
    if list(_boxes(path))[:2] != ["ftyp", "moov"]:
        yield "the index (moov) is not at the front, players cannot start while loading"
    with av.open(str(path)) as container:
        kinds = [stream.type for stream in container.streams]
        if sorted(kinds) != ["audio", "video"]:
            yield f"expected one video and one audio stream, found {', '.join(kinds) or 'none'}"
            return
        video, sound = container.streams.video[0], container.streams.audio[0]
        told = {
            "codec": (video.codec_context.name, "h264"),
            "profile": (video.profile, "High"),
            "pixel format": (video.codec_context.pix_fmt, "yuv420p"),
            "width": (video.width, export.width_px),
            "height": (video.height, export.height_px),
            "frame rate": (Fraction(video.average_rate or 0), export.fps),
            "pixel shape": (video.sample_aspect_ratio or Fraction(1), Fraction(1)),
            "sound codec": (sound.codec_context.name, "aac"),
            "sample rate": (sound.codec_context.sample_rate, 48_000),
            "channels": (sound.codec_context.layout.nb_channels, 2),
        }
        for name, (found, wanted) in told.items():
            if found != wanted:
                yield f"{name} is {found}, not {wanted}"
        clip_s = float(export.frame_count / export.fps)
        for stream in (video, sound):
            length_s = float((stream.duration or 0) * (stream.time_base or 0))
            if abs(length_s - clip_s) > float(1 / export.fps) + MAX_AUDIO_DRIFT_S:
                yield f"the {stream.type} lasts {length_s:.3f} s, not {clip_s:.3f} s"


def _leaks(export: Export) -> Iterator[str]:
    """What could carry something of the recording out: tags, chapters, captions, frames behind an edit list."""
    import av

    path = str(export.file.path)
    with av.open(path) as container:
        for tag in container.metadata.keys() - FORMAT_TAGS:
            yield f"the file carries a tag '{tag}'"
        for stream in container.streams:
            for tag, value in stream.metadata.items():
                if value not in STREAM_TAGS.get(tag, ()):
                    yield f"the {stream.type} stream carries a tag '{tag}'"
        if container.chapters():
            yield "the file carries chapters"
        shown = sum(1 for packet in container.demux(video=0) if packet.size)
    with av.open(path, options={"ignore_editlist": "1"}) as container:
        stored = 0
        for packet in container.demux(video=0):
            stored += 1 if packet.size else 0
            if packet.size and CAPTION_MARK in bytes(packet):
                yield "a picture carries closed captions"
                break
    if shown != export.frame_count or stored != export.frame_count:
        yield f"{stored} pictures are stored and {shown} shown, {export.frame_count} were made"


def _boxes(path: Path) -> Iterator[str]:
    """The names of an MP4's top-level boxes. Source: ISO/IEC 14496-12, 4.2."""
    with path.open("rb") as stream:
        while len(header := stream.read(8)) == 8:
            size, name = struct.unpack(">I4s", header)
            if size == 1:
                size = struct.unpack(">Q", stream.read(8))[0] - 8
            yield name.decode("ascii", "replace")
            if size < 8:
                return
            stream.seek(size - 8, 1)
