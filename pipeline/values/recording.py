"""A recording, and the pieces of it that will be published."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path


@dataclass(frozen=True, slots=True)
class File:
    """A file known by its content. Only `sha256` enters a step's key, never the path."""

    path: Path
    sha256: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of the recording, in its own time."""

    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Damage:
    """A part of the recording, in its own time, of which the frames or the sound are missing or broken."""

    start_s: float
    end_s: float
    cause: str


@dataclass(frozen=True, slots=True)
class Clock:
    """How the pictures of a recording lie in time.

    `start_s` is the PTS of the recording's time 0: that of its first picture, less whole frames when the sound begins
    earlier. `interval_s` is the usual time between two pictures, `longest_s` the longest that is no gap.
    `reach_back_s` says how far before a time decoding must begin where a seek does not find a key frame by itself.
    """

    start_s: float
    interval_s: float
    longest_s: float
    reach_back_s: float


@dataclass(frozen=True, slots=True)
class Source:
    """A raw recording that was vouched for. Seen by probe, transcribe, detect, recognise, challenge and redact only.

    `width_px` and `height_px` are those of the upright picture with square pixels, both even.
    `fps` is the constant rate at which all later work is done, at most 30.
    """

    file: File
    container: str
    video_codec: str
    width_px: int
    height_px: int
    fps: Fraction
    clock: Clock
    duration_s: float
    rotation_deg: int
    is_interlaced: bool
    is_full_range: bool
    is_hdr: bool
    transfer: str
    matrix: str
    audio_index: int | None
    """Index among the audio streams of the one that is used; None: the recording has no usable sound."""
    notes: tuple[str, ...]
    damage: tuple[Damage, ...]


@dataclass(frozen=True, slots=True)
class Clip:
    """What will be published: pieces of the recording, in order, played one after another."""

    number: int
    spans: tuple[Span, ...]

    @property
    def start_s(self) -> float:
        return self.spans[0].start_s

    @property
    def end_s(self) -> float:
        return self.spans[-1].end_s
