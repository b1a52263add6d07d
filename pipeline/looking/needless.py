"""Writing under a hidden head needs no patch of its own: eyes, glasses and teeth are taken for letters.

What is asked are the heads that stay hidden in the end. Under a head that is shown everything keeps its patch: a film
that a doctor holds beside their face lies within the region of the head.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from pipeline import timing
from pipeline.looking.pieces import pieces
from pipeline.values import Track

KINDS = ("text", "card")
STEADY_S = 1.0
"""A patch that is needed before and after stays for a shorter time too, so that it does not flicker."""


def without_needless(tracks: Sequence[Track], fps: Fraction, numbers: Iterator[int]) -> list[Track]:
    """The tracks without writing where it lies wholly inside a head.

    Args:
        tracks: all that is hidden.
        fps: frames in a second.
        numbers: for the further pieces of a track that is divided.
    """
    heads = [track for track in tracks if track.shape == "ellipse"]
    left: list[Track] = []
    for track in tracks:
        if track.kind in KINDS:
            left += pieces(track, _needed(track, heads, fps), numbers)
        else:
            left.append(track)
    return left


def _needed(track: Track, heads: Sequence[Track], fps: Fraction) -> set[int]:
    """The frames of a track on which it must be hidden by itself."""
    frames = range(track.first_frame, track.first_frame + track.frame_count)
    held = {frame for head in heads for frame in _held(track, head)}
    needed = set(frames)
    for run in timing.runs(held):
        is_within = frames.start < run.start and run.stop < frames.stop
        if not is_within or len(run) >= STEADY_S * fps:
            needed -= set(run)
    return needed


def _held(track: Track, head: Track) -> list[int]:
    """The frames on which all corners of a track's box lie inside a head's ellipse."""
    first = max(track.first_frame, head.first_frame)
    last = min(track.first_frame + track.frame_count, head.first_frame + head.frame_count)
    if last <= first:
        return []
    boxes, around = (_boxes(one, first, last) for one in (track, head))
    middle, half = (around[:, :2] + around[:, 2:]) / 2, (around[:, 2:] - around[:, :2]) / 2
    corners = np.maximum(np.abs(boxes[:, :2] - middle), np.abs(boxes[:, 2:] - middle)) / half
    return [first + int(at) for at in np.flatnonzero((corners**2).sum(axis=1) <= 1)]


def _boxes(track: Track, first: int, last: int) -> NDArray[np.float64]:
    """The boxes of a track on these frames, the last excluded, shape (frames, 4)."""
    sides = np.array(track.boxes, np.float64).reshape(-1, 4)
    return sides[first - track.first_frame : last - track.first_frame]
