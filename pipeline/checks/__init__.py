"""What verification looks at, one question a file. A check that finds something says so as `Finding`s.

`container.py` (with `boxes.py`), `loudness.py` and `sound.py`: once per file. `frames.py`, `regions.py` (with
`detail.py`), `faces.py` (with `families.py` and `roving.py`), `writing.py` and `codes.py`: fed with every decoded
picture of the file. `proof.py` makes the verdict of them all, in a process of its own. To add a check: one file here,
one line there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from pipeline.values import Finding, Measure


@dataclass(frozen=True, slots=True)
class Picture:
    """One decoded picture of an exported file; uint8 planes of yuv420p, valid as long as it is kept."""

    number: int
    time_s: float
    """When it should be shown, by its number."""
    shown_s: Fraction | None
    """When the file says that it is shown: its PTS."""
    is_damaged: bool
    """The decoder complained of it."""
    clip_frame: int | None
    """The frame of the clip that it shows; None on an opening or closing card."""
    y: NDArray[np.uint8]
    u: NDArray[np.uint8]
    v: NDArray[np.uint8]


class Check(Protocol):
    """A check of one export."""

    def findings(self) -> Iterator[Finding]:
        """What was wrong, after the last picture."""

    def measures(self) -> Iterator[Measure]:
        """How much was looked at, and how near the limits it came."""


class PictureCheck(Check, Protocol):
    """A check that looks at every picture of one export."""

    def look(self, picture: Picture) -> None:
        """Sees the next picture."""
