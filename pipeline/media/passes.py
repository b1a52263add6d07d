"""Which runs of ffmpeg give the frames that are wanted of a clip, and how each is told which those are."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

from pipeline import timing
from pipeline.media import left_out
from pipeline.values import Clip

JOIN_S = 4.0
"""Frames with a shorter gap between them are decoded in one go: a start costs more than the gap."""


@dataclass(frozen=True, slots=True)
class Pass:
    """One run of ffmpeg: which frames of the recording's grid it gives, and their numbers in the clip."""

    grid: tuple[int, ...]
    numbers: tuple[int, ...]

    @property
    def length(self) -> int:
        """Frames of the grid from its first to its last."""
        return self.grid[-1] - self.grid[0] + 1

    def unlike(self, looked: Collection[int], small: Path, width_px: int, height_px: int) -> Iterator[int]:
        """The frames of the clip that are like neither of the two around them which are looked at.

        Args:
            looked: numbers of the frames that are looked at; all of them are given.
            small: file with the small pictures of all frames, see `left_out.py`.
            width_px: of the recording.
            height_px: of the recording.
        """
        pictures = left_out.read(small, width_px, height_px)
        places = [(n, at - self.grid[0]) for at, n in zip(self.grid, self.numbers, strict=True) if n in looked]
        for (number, at), (following, after) in pairwise(places):
            is_one_piece = following - number == after - at
            if is_one_piece and after < len(pictures):
                yield from (number - at + place for place in left_out.unlike(pictures, at, after))


def passes(clip: Clip, fps: Fraction, wanted: Collection[int]) -> Iterator[Pass]:
    """The frames wanted of a clip, those that lie close together in one pass."""
    grid: list[int] = []
    numbers: list[int] = []
    for number, at in enumerate(at for span in clip.spans for at in timing.span_frames(span, fps)):
        if number not in wanted:
            continue
        if grid and not 0 < at - grid[-1] <= JOIN_S * fps:
            yield Pass(tuple(grid), tuple(numbers))
            grid, numbers = [], []
        grid.append(at)
        numbers.append(number)
    if grid:
        yield Pass(tuple(grid), tuple(numbers))


def expression(one: Pass) -> str:
    """A `select` expression for the frames of a pass, a term for each evenly spaced run; empty: all there are."""
    places = [at - one.grid[0] for at in one.grid]
    if places == list(range(len(places))):
        return ""
    terms = []
    while places:
        step = places[1] - places[0] if len(places) > 1 else 1
        count = next((n for n in range(1, len(places)) if places[n] - places[n - 1] != step), len(places))
        first, last = places[0], places[count - 1]
        terms.append(f"between(n,{first},{last})*not(mod(n-{first},{step}))")
        places = places[count:]
    return "+".join(terms)
