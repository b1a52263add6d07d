"""Probe: what is this recording, and can it be vouched for?

Nothing is taken on trust: the container is opened by name of what may open it, every packet of the picture is counted,
and one picture is really decoded.
"""

from __future__ import annotations

import stat
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from pipeline import media
from pipeline.errors import RecordingError
from pipeline.media import FirstPicture
from pipeline.media.demux import Contents, Stream
from pipeline.media.graph import CODECS, MAX_PIXELS, MAX_STREAMS
from pipeline.media.timeline import Timeline, timeline, working_fps
from pipeline.store import file_of
from pipeline.values import Clock, Damage, Source

VERSION = 1

MAX_DURATION_S = 24 * 3600
MAX_GAP_S = 600
"""A longer hole in the pictures is a broken clock or a trap: three pictures can claim to last two hours."""

MAX_INTERVAL_S = 2
"""Pictures further apart are a slide show, or a trap."""

MIN_SIDE_PX = 16
MAX_PIXEL_ASPECT = 4
TAIL_S = 0.5
"""A declared duration may exceed the pictures by this much: sound often runs on a little."""

_HDR_TRANSFERS = ("arib-std-b67", "smpte2084")
_MATRICES = {
    "bt709": "bt709",
    "gbr": "bt709",
    "smpte170m": "bt601",
    "bt470bg": "bt601",
    "fcc": "fcc",
    "smpte240m": "smpte240m",
    "bt2020nc": "bt2020",
    "bt2020c": "bt2020",
}
"""What a decoder says -> what ffmpeg's `scale` calls it."""

_UNFINISHED = "the camera or the copy was stopped before its end: copy it again, or let a repair tool rebuild the index"
_REMEDY = "take it out of the case, or hand in the original file of the camera"


def probe(footage: Path) -> Source:
    """Vouches for a recording, or says why it cannot.

    Args:
        footage: the raw file; it is only read.

    Raises:
        RecordingError: it is unreadable, empty, disguised, of an unknown kind, too large, or holds no picture.
    """
    start = _start_of(footage)
    try:
        contents = media.contents(footage)
    except RecordingError as error:
        if start[4:8] == b"ftyp" and "opened" in error.cause:
            raise RecordingError("the index (moov) of its MP4 or MOV is missing or broken", _UNFINISHED) from error
        raise
    video = _picture_stream(contents)
    times = _times(contents)
    first = media.first_picture(footage)
    width_px, height_px = _upright_size(first)
    audio_index, notes = _sound(footage, contents)
    fps = working_fps(times.rate_fps, times.is_steady)
    clock = _clock(contents, times, fps)
    duration_s = times.end_s - clock.start_s
    return Source(
        file=file_of(footage),
        container=contents.container.split(",")[0],
        video_codec=video.codec,
        width_px=width_px,
        height_px=height_px,
        fps=fps,
        clock=clock,
        duration_s=round(duration_s, 6),
        rotation_deg=first.rotation_deg,
        is_interlaced=first.is_interlaced,
        is_full_range=first.is_full_range,
        is_hdr=first.transfer in _HDR_TRANSFERS,
        transfer=first.transfer,
        matrix=_matrix(first),
        audio_index=audio_index,
        notes=(*notes, *_remarks(first, times)),
        damage=tuple(_damage(contents, times, clock, duration_s)),
    )


# --- refusals -------------------------------------------------------------------------------------------------------


def _start_of(footage: Path) -> bytes:
    """The first bytes of a file that may be a recording, before any demuxer sees it."""
    try:
        kind = footage.stat()
        if not stat.S_ISREG(kind.st_mode):
            raise RecordingError("it is no file but a folder, a pipe or a device", _REMEDY)
        with footage.open("rb") as stream:
            start = stream.read(4096)
    except OSError as error:
        raise RecordingError(f"it cannot be read: {error.strerror}", "check the path and its permissions") from error
    if not start:
        raise RecordingError("it is empty (0 bytes)", "copy it from the camera again")
    disguise = _disguise(start)
    if disguise:
        raise RecordingError(f"it is {disguise}, not a recording", _REMEDY)
    return start


_SIGNATURES = {
    b"OggS": "an Ogg file",
    b"\x30\x26\xb2\x75": "a Windows Media file",
    b"\xff\xd8\xff": "a JPEG picture",
    b"\x89PNG": "a PNG picture",
    b"GIF8": "a GIF picture",
    b"PK\x03\x04": "a ZIP archive",
    b"%PDF": "a PDF document",
    b"ID3": "an MP3 file",
    b"fLaC": "a FLAC file",
}
_PLAYLISTS = {
    b"#extm3u": "an HLS playlist",
    b"<mpd": "a DASH playlist",
    b"ffconcat": "an ffconcat playlist",
    b"<smoothstreamingmedia": "a Smooth Streaming playlist",
    b"[playlist]": "a playlist",
    b"<asx": "a playlist",
    b"<smil": "a playlist",
}


def _disguise(start: bytes) -> str | None:
    """What a file really is, if that is something that must not be opened or cannot be footage."""
    for signature, name in _SIGNATURES.items():
        if start.startswith(signature):
            return name
    text = start.lower()
    looks_like_text = b"\0" not in start
    return next((name for mark, name in _PLAYLISTS.items() if looks_like_text and mark in text), None)


def _picture_stream(contents: Contents) -> Stream:
    if len(contents.streams) > MAX_STREAMS:
        raise RecordingError(f"it holds {len(contents.streams)} streams, more than {MAX_STREAMS}", _REMEDY)
    if contents.video is None:
        raise RecordingError("it holds no picture", "footage needs a video stream")
    video = contents.streams[contents.video]
    if video.codec not in CODECS.split(","):
        name = video.codec or "of a kind its own file does not name"
        raise RecordingError(f"its picture is {name}, which is not decoded here", "convert it to H.264 first")
    if video.width_px * video.height_px > MAX_PIXELS:
        size = f"{video.width_px}x{video.height_px}"
        raise RecordingError(f"its picture is {size}, more than {MAX_PIXELS // 10**6} million pixels", _REMEDY)
    if not contents.pts:
        raise RecordingError("it declares a picture and holds not one frame", "copy it from the camera again")
    return video


def _times(contents: Contents) -> Timeline:
    times = timeline(contents)
    jumps_s = max([0.0, *(gap.end_s - gap.start_s for gap in times.gaps)])
    remedy = "put it through a remuxer first, or cut it into its parts"
    if times.interval_s > MAX_INTERVAL_S:
        raise RecordingError(f"its pictures come {times.interval_s:.0f} s apart", _REMEDY)
    if jumps_s > MAX_GAP_S:
        raise RecordingError(f"the clock of its pictures jumps by {jumps_s:.0f} s", remedy)
    if times.steps_back_s > max(5.0, 20 * times.interval_s):
        raise RecordingError(f"the clock of its pictures goes back by {times.steps_back_s:.0f} s", remedy)
    if times.end_s - times.first_s > MAX_DURATION_S or times.first_s - contents.start_s > MAX_GAP_S:
        raise RecordingError("it claims to last longer than a day, or to begin long before its pictures", remedy)
    return times


# --- facts ----------------------------------------------------------------------------------------------------------


def _upright_size(first: FirstPicture) -> tuple[int, int]:
    """Even, with square pixels; no pixel of the longer direction is lost."""
    aspect = first.pixel_aspect
    if not Fraction(1, MAX_PIXEL_ASPECT) <= aspect <= MAX_PIXEL_ASPECT:
        raise RecordingError(f"its pixels are {float(aspect):.2f} times as wide as high", _REMEDY)
    width = first.width_px * max(aspect, Fraction(1))
    height = first.height_px / min(aspect, Fraction(1))
    width_px, height_px = round(width / 2) * 2, round(height / 2) * 2
    if min(width_px, height_px) < MIN_SIDE_PX or width_px * height_px > MAX_PIXELS:
        raise RecordingError(f"its picture is {width_px}x{height_px} pixels", _REMEDY)
    return width_px, height_px


def _matrix(first: FirstPicture) -> str:
    """What the decoder says; for an untagged picture BT.601 if it is of standard definition, else BT.709.

    Source: mpv, `mp_csp_guess_colorspace`; turned pictures count as if they lay.
    """
    sides = sorted((first.width_px, first.height_px))
    return _MATRICES.get(first.matrix, "bt709" if sides[0] > 576 or sides[1] >= 1280 else "bt601")


def _sound(footage: Path, contents: Contents) -> tuple[int | None, list[str]]:
    """The audio stream that is used: the first that decodes among the default ones, else among all."""
    streams = [stream for stream in contents.streams if stream.kind == "audio"]
    notes = [f"it holds {len(streams)} sound tracks"] if len(streams) > 1 else []
    for index in sorted(range(len(streams)), key=lambda at: not streams[at].is_default):
        if streams[index].codec in CODECS.split(",") and media.can_hear(footage, index):
            return index, notes if len(streams) == 1 else [f"{notes[0]}; number {index + 1} is used"]
        notes.append(f"sound track {index + 1} cannot be decoded")
    return None, [*notes, "it has no sound" if not streams else "it has no usable sound"]


def _clock(contents: Contents, times: Timeline, fps: Fraction) -> Clock:
    """Time 0 is where players begin, moved by less than a frame so that pictures fall onto the grid."""
    early = int((times.first_s - contents.start_s) * float(fps) + 1e-3)
    # A seek in a transport stream lands between key frames.
    reach_back_s = times.key_distance_s + 1 if contents.container == "mpegts" else 0.0
    start_s = times.first_s - float(early / fps)
    seconds = (start_s, times.interval_s, times.longest_s, reach_back_s)
    return Clock(*(round(value, 6) for value in seconds))


def _remarks(first: FirstPicture, times: Timeline) -> list[str]:
    said = {
        "its pictures come at no steady rate": not times.is_steady,
        f"single pictures that are missing: {times.dropped}": times.dropped > 0,
        "its pictures are interlaced": first.is_interlaced,
    }
    return [text for text, applies in said.items() if applies]


def _damage(contents: Contents, times: Timeline, clock: Clock, duration_s: float) -> list[Damage]:
    """All that the container itself shows to be missing, in the recording's time and order."""
    found = [replace(gap, start_s=gap.start_s - clock.start_s, end_s=gap.end_s - clock.start_s) for gap in times.gaps]
    begins_s = times.first_s - clock.start_s
    if begins_s > 0:
        found.append(Damage(0.0, begins_s, "the picture begins later than the sound"))
    tick_s = float(contents.tick_s)
    for at in contents.corrupt:
        time_s = contents.pts[at] * tick_s - clock.start_s
        found.append(Damage(time_s, time_s + times.interval_s, "the file is damaged here"))
    # Matroska and FLV count their duration from 0, the others from their start.
    counts_from_s = 0.0 if contents.container in ("matroska,webm", "flv") else contents.start_s
    declared_s = counts_from_s + contents.duration_s - clock.start_s
    if declared_s - duration_s > TAIL_S or contents.unreadable:
        found.append(Damage(duration_s, max(declared_s, duration_s), "the pictures end before the recording does"))
    rounded = (replace(one, start_s=round(max(0.0, one.start_s), 3), end_s=round(one.end_s, 3)) for one in found)
    return sorted((one for one in rounded if one.end_s > one.start_s), key=lambda one: (one.start_s, one.end_s))
