"""Reads a container without decoding it: what streams it has, and the time of every packet of the picture.

Runs as a child of its own, because a demuxer that meets a hostile file may crash or eat memory; `media.contents` starts
it and reads the JSON that it prints. It judges nothing.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from fractions import Fraction
from typing import Any

MAX_PACKETS = 20_000_000
"""More pictures than a day holds at 200 a second."""


@dataclass(frozen=True, slots=True)
class Stream:
    """One stream as its container declares it; empty or 0 where it does not say."""

    index: int
    kind: str
    """`video`, `audio`, `subtitle`, `data`, `attachment`; `cover` for a still picture attached to the file."""
    codec: str
    is_default: bool
    width_px: int
    height_px: int
    average_fps: Fraction
    rate_hz: int
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Contents:
    """What a container holds. The packets are those of the first video stream that is no cover, in file order.

    `pts` counts in ticks of `tick_s`; `keys` are places in `pts`; `corrupt` are those that the demuxer calls corrupt.
    """

    container: str
    start_s: float
    duration_s: float
    streams: tuple[Stream, ...]
    video: int | None
    tick_s: Fraction
    pts: tuple[int, ...]
    keys: tuple[int, ...]
    corrupt: tuple[int, ...]
    unreadable: str
    """Why reading stopped before the end of the file; empty: it did not."""
    tags: Mapping[str, str] = field(default_factory=dict)
    chapters: int = 0


def read(name: str, options: dict[str, str]) -> dict[str, Any]:
    """Opens a file and counts its packets.

    Args:
        name: the file, with its protocol.
        options: FFmpeg options: the whitelists and limits.

    Returns:
        The fields of `Contents`, fractions as text; or `{"error": reason}` when it cannot be opened at all.
    """
    import av

    try:
        with av.open(name, options=options, metadata_errors="replace") as container:
            video = next((s for s in container.streams.video if not _is_cover(s)), None)
            facts = {
                "container": container.format.name,
                "start_s": (container.start_time or 0) / av.time_base,
                "duration_s": (container.duration or 0) / av.time_base,
                "streams": [asdict(_stream(stream)) for stream in container.streams],
                "video": video.index if video else None,
                "tags": dict(container.metadata),
                "chapters": len(container.chapters()),
            }
            return facts | (_packets(container, video) if video else _NO_PACKETS)
    except (av.FFmpegError, ValueError) as error:
        return {"error": getattr(error, "strerror", None) or str(error)}


_NO_PACKETS: dict[str, Any] = {"tick_s": "1", "pts": [], "keys": [], "corrupt": [], "unreadable": ""}


def _is_cover(stream: Any) -> bool:
    from av.stream import Disposition

    return bool(stream.disposition & (Disposition.attached_pic | Disposition.timed_thumbnails))


def _stream(stream: Any) -> Stream:
    from av.stream import Disposition

    codec = stream.codec_context
    is_video = codec is not None and stream.type == "video"
    return Stream(
        index=stream.index,
        kind="cover" if is_video and _is_cover(stream) else stream.type,
        codec=codec.codec.canonical_name if codec else "",
        is_default=bool(stream.disposition & Disposition.default),
        width_px=max(codec.width, codec.coded_width) if is_video else 0,
        height_px=max(codec.height, codec.coded_height) if is_video else 0,
        average_fps=(stream.average_rate or Fraction(0)) if is_video else Fraction(0),
        rate_hz=codec.sample_rate if codec and stream.type == "audio" else 0,
        tags=dict(stream.metadata),
    )


def _packets(container: Any, video: Any) -> dict[str, Any]:
    import av

    pts: list[int] = []
    keys: list[int] = []
    corrupt: list[int] = []
    unreadable = ""
    try:
        for packet in container.demux(video):
            time = packet.pts if packet.pts is not None else packet.dts
            if packet.size == 0 or packet.is_discard or time is None:
                continue
            if packet.is_keyframe:
                keys.append(len(pts))
            if packet.is_corrupt:
                corrupt.append(len(pts))
            pts.append(time)
            if len(pts) > MAX_PACKETS:
                raise ValueError("more packets than any recording has")
    except av.FFmpegError as error:
        unreadable = error.strerror or str(error)
    tick_s = str(video.time_base)
    return {"tick_s": tick_s, "pts": pts, "keys": keys, "corrupt": corrupt, "unreadable": unreadable}


def contents(facts: dict[str, Any]) -> Contents:
    """The value of what `read` gave, after its way through JSON."""
    streams = [Stream(**(one | {"average_fps": Fraction(one["average_fps"])})) for one in facts["streams"]]
    lists = {name: tuple(facts[name]) for name in ("pts", "keys", "corrupt")}
    return Contents(**(facts | lists | {"streams": tuple(streams), "tick_s": Fraction(facts["tick_s"])}))


def main() -> None:
    """Tells what a file holds: its name and the options of its reader are the arguments."""
    json.dump(read(sys.argv[1], json.loads(sys.argv[2])), sys.stdout, default=str)
