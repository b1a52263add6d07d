"""Tracks in pieces: the frames on which something holds, as ranges, and what of a track lies in one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import pairwise

from pipeline.values import Track


def runs(frames: Iterable[int]) -> Iterator[range]:
    """Frames as ranges without a gap, in order."""
    ordered = sorted(frames)
    starts = [at for before, at in pairwise([-2, *ordered]) if at != before + 1]
    ends = [at + 1 for at, after in pairwise([*ordered, -2]) if after != at + 1]
    yield from (range(a, b) for a, b in zip(starts, ends, strict=True))


def pieces(track: Track, frames: Iterable[int], numbers: Iterator[int]) -> Iterator[Track]:
    """What of a track lies on these frames; the first piece keeps its number, the others get new ones."""
    for at, part in enumerate(filter(None, (piece(track, run) for run in runs(frames)))):
        yield replace(part, number=next(numbers)) if at else part


def piece(track: Track, frames: range) -> Track | None:
    """The part of a track that lies on these frames; None: nothing of it does."""
    start = max(track.first_frame, frames.start)
    stop = min(track.first_frame + track.frame_count, frames.stop)
    if start >= stop:
        return None
    boxes = track.boxes[(start - track.first_frame) * 4 : (stop - track.first_frame) * 4]
    seen = tuple(frame for frame in track.seen if start <= frame < stop)
    return replace(track, first_frame=start, boxes=boxes, seen=seen)
