"""Pure times: the frame grid of a clip, and the way between the recording's time and the clip's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import pairwise

from pipeline.values import Clip, Span


def frame_at(time_s: float, fps: Fraction) -> int:
    """The grid line nearest to a time: both ends of a span snap to it, so neighbours never overlap."""
    return round(Fraction(time_s).limit_denominator(1_000_000) * fps)


def span_frames(span: Span, fps: Fraction) -> range:
    """The grid frames of the recording that a span shows."""
    return range(frame_at(span.start_s, fps), frame_at(span.end_s, fps))


def frame_count(clip: Clip, fps: Fraction) -> int:
    """How many frames the clip has at this rate."""
    return sum(len(span_frames(span, fps)) for span in clip.spans)


def span_edges(clip: Clip, fps: Fraction) -> frozenset[int]:
    """The first and the last frame of every span, numbered as the clip's."""
    edges: set[int] = set()
    start = 0
    for count in (len(span_frames(span, fps)) for span in clip.spans):
        if count:
            edges |= {start, start + count - 1}
        start += count
    return frozenset(edges)


def span_starts(clip: Clip, fps: Fraction) -> tuple[int, ...]:
    """The first frame of every span, numbered as the clip's."""
    return tuple(frame_at(start_s, fps) for _, start_s in pieces(clip, fps))


def every_nth(clip: Clip, fps: Fraction, step: int) -> frozenset[int]:
    """Frames 0, step, 2 * step ... of the clip, and both ends of every span."""
    return span_edges(clip, fps).union(range(0, frame_count(clip, fps), step))


def frame_time_s(frame: int, fps: Fraction) -> float:
    """When a frame begins."""
    return float(frame / fps)


def pieces(clip: Clip, fps: Fraction) -> Iterator[tuple[Span, float]]:
    """Every span of the clip as snapped to the frame grid, with its start in the clip's time."""
    offset = 0
    for span in clip.spans:
        frames = span_frames(span, fps)
        yield Span(float(frames.start / fps), float(frames.stop / fps)), float(offset / fps)
        offset += len(frames)


def to_clip_s(time_s: float, clip: Clip, fps: Fraction) -> float | None:
    """A time of the recording in the clip's time; None where the clip does not show it."""
    for span, offset_s in pieces(clip, fps):
        if span.start_s <= time_s < span.end_s:
            return offset_s + time_s - span.start_s
    return None


def runs(frames: Iterable[int]) -> Iterator[range]:
    """Frames as ranges without a gap, in order."""
    ordered = sorted(frames)
    starts = [at for before, at in pairwise([-2, *ordered]) if at != before + 1]
    ends = [at + 1 for at, after in pairwise([*ordered, -2]) if after != at + 1]
    yield from (range(a, b) for a, b in zip(starts, ends, strict=True))
