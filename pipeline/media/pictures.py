"""The one decoder: upright, constant-rate, SDR, 8-bit yuv420p pictures of a clip.

Detect and redact call `frames` with the same clip, so frame n is the same frame in both.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import ffmpeg
import numpy as np
from numpy.typing import NDArray

from pipeline import progress, sandbox, timing
from pipeline.errors import RecordingError
from pipeline.media import left_out
from pipeline.media.graph import arguments, open_at
from pipeline.media.inspect import FirstPicture, first_picture
from pipeline.media.passes import Pass, expression, passes
from pipeline.media.plain import plain, progressive
from pipeline.values import Clip, Clock, Damage, Source

MASTER_SHORT_SIDE_PX = 2160
"""Nothing that leaves is larger; an 8K recording is made smaller as it is read."""

_SHOWN, _SMALL = "shown.txt", "small.gray"
_IN_PARTS = "cut the file itself there and hand in the parts, or convert all of it to one size and one set of colours"


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture: planes that share one writable buffer, which the second next frame overwrites.

    `y` is uint8 of shape (height, width); `u` and `v` are uint8 of shape (height / 2, width / 2).
    """

    number: int
    data: NDArray[np.uint8]
    y: NDArray[np.uint8]
    u: NDArray[np.uint8]
    v: NDArray[np.uint8]

    @staticmethod
    def over(data: NDArray[np.uint8], number: int, width: int, height: int) -> Frame:
        """Views a yuv420p buffer as planes."""
        luma, chroma = width * height, width * height // 4
        return Frame(
            number,
            data,
            data[:luma].reshape(height, width),
            data[luma : luma + chroma].reshape(height // 2, width // 2),
            data[luma + chroma :].reshape(height // 2, width // 2),
        )


@dataclass
class Decode:
    """What a pass over the frames really got, complete when the iterator has ended."""

    stand_ins: list[int] = field(default_factory=list)
    """Frames of the clip for which no picture could be decoded: the one before stands in for them."""
    errors: list[str] = field(default_factory=list)
    """What the decoder complained of."""
    unlike: list[int] = field(default_factory=list)
    """Frames of the clip that look like neither of those around them that were to be looked at; see `left_out.py`."""

    @property
    def missing_frames(self) -> int:
        """How many frames the recording did not hold."""
        return len(self.stand_ins)


def damage(decode: Decode, clip: Clip, fps: Fraction) -> tuple[Damage, ...]:
    """What a pass over a clip could not get, in the recording's time."""
    numbers = [at for span in clip.spans for at in timing.span_frames(span, fps)]
    lost = [numbers[frame] for frame in decode.stand_ins]
    cause = "no picture could be decoded; the one before stands in"
    found = [Damage(float(run.start / fps), float(run.stop / fps), cause) for run in timing.runs(lost)]
    if decode.errors:
        found.append(Damage(clip.start_s, clip.end_s, f"the decoder complained: {decode.errors[0]}"))
    return tuple(found)


def master_size(source: Source) -> tuple[int, int]:
    """The even size of the master's picture: the recording's own, the shorter side at most `MASTER_SHORT_SIDE_PX`."""
    scale = min(1.0, MASTER_SHORT_SIDE_PX / min(source.width_px, source.height_px))
    return round(source.width_px * scale / 2) * 2, round(source.height_px * scale / 2) * 2


def frames(
    source: Source,
    clip: Clip,
    width_px: int,
    height_px: int,
    *,
    wanted: Collection[int] | None = None,
    looked: Collection[int] = (),
    decode: Decode | None = None,
) -> Iterator[Frame]:
    """Decodes a clip: upright, constant rate, square pixels, SDR, BT.709 limited range, 8 bit.

    Args:
        source: the recording.
        clip: what is decoded; nothing outside it is, but for key frames before it and short gaps in it.
        width_px: even width of the pictures wanted.
        height_px: even height of the pictures wanted.
        wanted: the frames of the clip that are given; None: all. Those that are not evenly spaced are named on a
            command line one by one: some hundreds at most.
        looked: some of these; `decode` is told which frames between two of them are unlike both.
        decode: filled with what was missing or broken.

    Yields:
        Frames whose numbers are those of the clip. Two buffers serve them all, in turn: copy what you keep.

    Raises:
        RecordingError: not a single frame could be decoded, or the pictures change in size or colours.
    """
    log = decode if decode is not None else Decode()
    numbers = range(timing.frame_count(clip, source.fps)) if wanted is None else wanted
    buffers = _Buffers(width_px, height_px)
    done = 0
    for one in passes(clip, source.fps, numbers):
        for frame in _decoded(source, one, buffers, looked, log):
            done += 1
            progress.report(done, len(numbers))
            yield frame
    if log.missing_frames >= len(numbers):
        raise RecordingError(f"no frame could be decoded between {clip.start_s:.2f} s and {clip.end_s:.2f} s")


class _Buffers:
    """Two that take turns: the picture that was given last stays as it is while the next one is read."""

    def __init__(self, width_px: int, height_px: int) -> None:
        self.size = width_px, height_px
        self.last, self.next = (np.full(width_px * height_px * 3 // 2, 128, np.uint8) for _ in range(2))

    def frame(self, number: int) -> Frame:
        """What was read into `next`."""
        self.last, self.next = self.next, self.last
        return Frame.over(self.last, number, *self.size)


def _decoded(source: Source, one: Pass, buffers: _Buffers, looked: Collection[int], log: Decode) -> Iterator[Frame]:
    """The frames of one run of ffmpeg; where it gives too few, the last one stands in for the others."""
    graph = _graph(source, one, *buffers.size, compares=bool(looked))
    got = 0
    with (
        sandbox.job({"in0": source.file.path}) as place,
        sandbox.start(["-copyts", *arguments(graph)], place, reads=True) as process,
    ):
        while got < len(one.numbers) and process.read_into(buffers.next.data) == len(buffers.next):
            got += 1
            yield buffers.frame(one.numbers[got - 1])
        report = process.finish()
        shown = _shown(place / _SHOWN)
        _check_unchanged(source, one, shown)
        log.stand_ins += _stand_ins(source, one, shown[:got])
        if looked:
            log.unlike += one.unlike(looked, place / _SMALL, source.width_px, source.height_px)
    log.errors += faults(report.stderr, is_inside=bool(source.clock.reach_back_s and one.grid[0]))
    for number in one.numbers[got:]:
        np.copyto(buffers.next, buffers.last)
        yield buffers.frame(number)


def check_alike(source: Source, clip: Clip) -> None:
    """Refuses a clip of which a piece lies behind a change: all that is known of the pictures is known of the first.

    What changes while a piece is decoded `frames` finds.

    Raises:
        RecordingError: the pictures there have another size, shape or other colours.
    """
    first = _kind(first_picture(source.file.path))
    for one in passes(clip, source.fps, range(timing.frame_count(clip, source.fps))):
        at_s = float(one.grid[0] / source.fps)
        try:
            there = first_picture(source.file.path, source.clock, at_s)
        except RecordingError:
            continue  # there is none: whoever wants it will miss it
        if _kind(there) != first:
            raise RecordingError(f"its pictures change in size or colours before {at_s:.2f} s", _IN_PARTS)


def _kind(picture: FirstPicture) -> FirstPicture:
    """Without what may be otherwise from one picture to the next."""
    return replace(picture, is_interlaced=False)


def _graph(source: Source, one: Pass, width_px: int, height_px: int, *, compares: bool) -> Any:
    """Seeks, puts the pictures on the grid and makes them plain.

    `fps` with rounding up gives grid frame n the last picture whose PTS is not after it; times are first moved back
    by the tolerance, so that clocks that tremble neither drop nor double a picture.
    """
    fps, clock = source.fps, source.clock
    begin_s = clock.start_s + float(one.grid[0] / fps)
    stream = open_at("in0", clock, float(one.grid[0] / fps) - clock.reach_back_s)["V:0"]
    # The container's own ticks can be as long as a frame (AVI).
    stream = stream.filter("settb", "AVTB").filter("setpts", f"PTS-{begin_s + tolerance_s(clock, fps):.6f}/TB")
    stream = stream.filter("fps", fps=f"{fps.numerator}/{fps.denominator}", start_time=0, round="up")
    # Before frames are left out: it looks at those before and after.
    stream = progressive(stream, source)
    small = None
    if compares:
        stream, small = (stream.split()[at] for at in range(2))
    if wanted := expression(one):
        stream = stream.filter("select", wanted)
    stream = plain(stream, source, width_px, height_px)
    raw = {"format": "rawvideo", "fps_mode": "passthrough", "map_metadata": -1}
    count = {"frames:v": len(one.grid), "stats_enc_pre:v": _SHOWN, "stats_enc_pre_fmt:v": "{ptsi} {tbi} {pts}"}
    given = ffmpeg.output(stream, "pipe:", **raw, **count)
    if small is None:
        return given
    width, height = left_out.size(source.width_px, source.height_px)
    small = small.filter("scale", width, height, flags="area").filter("format", "gray")
    return ffmpeg.merge_outputs(given, ffmpeg.output(small, _SMALL, **raw, **{"frames:v": one.length}))


def tolerance_s(clock: Clock, fps: Fraction) -> float:
    """How far after a frame's time its picture may have been filmed: half of whichever interval is shorter."""
    return min(clock.interval_s, float(1 / fps)) / 2


def _shown(path: Path) -> list[tuple[float, int]]:
    """For every frame that left ffmpeg: the time in the container of the picture that went in, and its own number."""
    lines = (line.split() for line in path.read_text().splitlines())
    return [(float(int(pts) * Fraction(tick)), int(number)) for pts, tick, number in lines]


def _check_unchanged(source: Source, one: Pass, shown: list[tuple[float, int]]) -> None:
    """Where pictures of another size or other colours follow, ffmpeg begins again, and numbers frames from 0 again."""
    again = next((at for at, (before, after) in enumerate(pairwise(shown), 1) if after[1] <= before[1]), None)
    if again is not None:
        at_s = float(one.grid[again] / source.fps)
        raise RecordingError(f"its pictures change in size or colours at {at_s:.2f} s", _IN_PARTS)


def _stand_ins(source: Source, one: Pass, shown: list[tuple[float, int]]) -> list[int]:
    """The frames of a pass that show a picture from too far away, or none: exit status 0 is not believed."""
    clock = source.clock
    margin_s = tolerance_s(clock, source.fps)
    lost = list(one.numbers[len(shown) :])
    for at, number, (pts_s, _) in zip(one.grid, one.numbers, shown, strict=False):
        age_s = clock.start_s + float(at / source.fps) - pts_s
        if not -1.5 * margin_s <= age_s <= clock.longest_s - margin_s / 2:
            lost.append(number)
    return sorted(lost)


_FAULT = re.compile(r"error|corrupt|invalid|missing|concealing|non-existing", re.IGNORECASE)
_DAMAGE = re.compile(r"error while decoding|packet corrupt|corrupt decoded|concealing|damaged", re.IGNORECASE)


def faults(stderr: str, *, is_inside: bool = False) -> list[str]:
    """The lines in which a decoder complains about the recording, without addresses.

    Args:
        stderr: all that it said.
        is_inside: it began between two key frames, where it misses what it would refer to: that is no damage.
    """
    lines = (re.sub(r" @ 0x[0-9a-f]+", "", line.strip()) for line in stderr.splitlines())
    return [line for line in lines if (_DAMAGE if is_inside else _FAULT).search(line)]
