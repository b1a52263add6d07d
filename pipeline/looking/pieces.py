"""Tracks in pieces: what of one lies on some frames."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from pipeline import timing
from pipeline.values import Track


def pieces(track: Track, frames: Iterable[int], numbers: Iterator[int]) -> Iterator[Track]:
    """What of a track lies on these frames; the first piece keeps its number, the others get new ones."""
    for at, part in enumerate(filter(None, (piece(track, run) for run in timing.runs(frames)))):
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
