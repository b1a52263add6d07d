"""Is the file what it should be, and nothing more: streams, codec, times, tags, captions, bytes that nobody shows?"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from pipeline import store
from pipeline.checks import boxes
from pipeline.config import Export as ExportSettings
from pipeline.packing import formats
from pipeline.values import Export, Finding, Plan

FORMAT_TAGS = frozenset(("major_brand", "minor_version", "compatible_brands"))
STREAM_TAGS = {
    "language": {"und"},
    "handler_name": {"VideoHandler", "SoundHandler"},
    "vendor_id": {"[0][0][0][0]"},
    "encoder": {"AVC Coding"},
}
"""Every tag that may stand in a file that leaves, and the values that it may have."""

PICTURE_UNITS = frozenset((1, 5))
"""NAL units that are parts of pictures. Closed captions, a camera's notes and the encoder's signature travel in units
of type 6 (SEI) beside them. Source: ITU-T H.264, table 7-1; ATSC A/53 part 4."""

MAX_AUDIO_DRIFT_S = 0.04


def is_the_one(export: Export) -> bool:
    """Whether the file is the one that was exported, byte for byte."""
    return export.file.path.is_file() and store.sha256_of(export.file.path) == export.file.sha256


def check(export: Export, plan: Plan, settings: ExportSettings) -> Iterator[Finding]:
    """Everything that can be told without decoding.

    Args:
        export: the file and what it is said to be.
        plan: the size and rate of the master.
        settings: how the master should lie in the format.
    """
    import av

    try:
        for what in (*_claims(export, plan, settings), *_faults(export)):
            yield Finding("container", export.format, None, what, exposes=False)
        for what in _leaks(export):
            yield Finding("container", export.format, None, what, exposes=True)
    except av.FFmpegError as error:
        yield Finding("container", export.format, None, f"the file cannot be read: {error.strerror}", exposes=True)


def _claims(export: Export, plan: Plan, settings: ExportSettings) -> Iterator[str]:
    """What the export says of itself, worked out anew from the plan and the format."""
    shape = formats.SHAPES[export.format]
    view = formats.view(plan.width_px, plan.height_px, shape, settings.framing)
    told: dict[str, tuple[object, object]] = {
        "size": ((export.width_px, export.height_px), (shape.width_px, shape.height_px)),
        "place of the picture": (export.view, view),
        "frame rate": (export.fps, plan.fps),
    }
    for name, (said, wanted) in told.items():
        if said != wanted:
            yield f"the {name} is said to be {said}, not {wanted}"


def _faults(export: Export) -> Iterator[str]:
    import av

    if boxes.layout(export.file.path).order[:2] != ("ftyp", "moov"):
        yield "the index (moov) is not at the front, players cannot start while loading"
    with av.open(str(export.file.path)) as container:
        kinds = [stream.type for stream in container.streams]
        if sorted(kinds) != ["audio", "video"]:
            yield f"expected one video and one audio stream, found {', '.join(kinds) or 'none'}"
            return
        video, sound = container.streams.video[0], container.streams.audio[0]
        for name, (found, wanted) in _told(export, video, sound).items():
            if found != wanted:
                yield f"{name} is {found}, not {wanted}"
        clip_s = float(export.frame_count / export.fps)
        for stream in (video, sound):
            length_s = float((stream.duration or 0) * (stream.time_base or 0))
            if abs(length_s - clip_s) > float(1 / export.fps) + MAX_AUDIO_DRIFT_S:
                yield f"the {stream.type} lasts {length_s:.3f} s, not {clip_s:.3f} s"
            if stream.start_time != 0:
                yield f"the {stream.type} does not begin at 0"


def _told(export: Export, video: Any, sound: Any) -> dict[str, tuple[object, object]]:
    """What a player is told of the streams: found and wanted."""
    return {
        "codec": (video.codec_context.name, "h264"),
        "profile": (video.profile, "High"),
        "pixel format": (video.codec_context.pix_fmt, "yuv420p"),
        "width": (video.width, export.width_px),
        "height": (video.height, export.height_px),
        "frame rate": (Fraction(video.average_rate or 0), export.fps),
        "pixel shape": (video.sample_aspect_ratio or Fraction(1), Fraction(1)),
        "pixel shape of the pictures": (video.codec_context.sample_aspect_ratio or Fraction(1), Fraction(1)),
        "sound codec": (sound.codec_context.name, "aac"),
        "sample rate": (sound.codec_context.sample_rate, 48_000),
        "channels": (sound.codec_context.layout.nb_channels, 2),
    }


def _leaks(export: Export) -> Iterator[str]:
    """What could carry something of the recording out: tags, boxes, chapters, captions, pictures nobody is shown."""
    import av

    path = str(export.file.path)
    found = boxes.layout(export.file.path)
    yield from (f"the file carries {what}" for what in found.strange)
    with av.open(path) as container:
        for tag in container.metadata.keys() - FORMAT_TAGS:
            yield f"the file carries a tag '{tag}'"
        for stream in container.streams:
            for tag, value in stream.metadata.items():
                if value not in STREAM_TAGS.get(tag, ()):
                    yield f"the {stream.type} stream carries a tag '{tag}'"
        if container.chapters():
            yield "the file carries chapters"
        # What an edit list hides is marked to be thrown away once it is decoded, and still lies there.
        shown = sum(1 for packet in container.demux(video=0) if packet.size and not packet.is_discard)
    with av.open(path, options={"ignore_editlist": "1"}) as container:
        pictures = container.streams.video[0]
        stored, listed_bytes, beside = 0, 0, set[int]()
        for packet in container.demux():
            listed_bytes += packet.size
            if packet.stream_index == pictures.index and packet.size:
                stored += 1
                beside |= _units(bytes(packet)) - PICTURE_UNITS
    if beside:
        yield f"closed captions or notes lie beside the pictures (NAL units {', '.join(map(str, sorted(beside)))})"
    if listed_bytes != found.media_bytes:
        yield f"{found.media_bytes} bytes of media are stored, the index shows {listed_bytes}"
    if shown != export.frame_count or stored != export.frame_count:
        yield f"{stored} pictures are stored and {shown} shown, {export.frame_count} were made"


def _units(packet: bytes) -> set[int]:
    """The types of the NAL units of one picture, each behind its length. Source: ISO/IEC 14496-15, 5.3."""
    types, at = set(), 0
    while at + 5 <= len(packet):
        types.add(packet[at + 4] & 31)
        at += 4 + int.from_bytes(packet[at : at + 4], "big")
    return types
