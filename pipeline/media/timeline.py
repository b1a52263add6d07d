"""The times at which a recording's pictures were taken: its clock, its working rate, its gaps. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from pipeline.media.demux import Contents
from pipeline.values import Damage

FASTEST_FPS = Fraction(30)
SLOWEST_FPS = Fraction(239, 10)
FILM_FPS = (Fraction(24000, 1001), Fraction(24), Fraction(25), Fraction(30000, 1001), Fraction(30))
"""What a recording without a steady rate may become."""

STEADY_FPS = (
    *FILM_FPS,
    *(Fraction(fps) for fps in (5, 6, 8, 10, 12, 15, 20, 48, 50, 60, 72, 90, 100, 120, 240)),
    Fraction(25, 2),
    Fraction(15000, 1001),
    Fraction(60000, 1001),
    Fraction(120000, 1001),
    Fraction(240000, 1001),
)
SNAP = 0.004
"""A measured rate this close to a known one, as a share, is that one: 23.976 and 24 differ by 0.001."""

STEADY_SHARE = 0.9
"""A recording is steady when this share of its intervals are alike; the others are pictures that were lost."""

UNSTEADY = Fraction(11, 10)
"""A measured mean of unsteady intervals may be off by this factor before it counts as faster than 30."""

LATE_S = 0.25
"""A longer time without a picture is a gap even where pictures come irregularly."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """When the pictures of a recording were taken, in seconds of the container."""

    first_s: float
    end_s: float
    """When the last picture ends."""
    interval_s: float
    longest_s: float
    """The longest interval that is no gap."""
    rate_fps: Fraction
    is_steady: bool
    dropped: int
    """Single pictures that a steady recording left out."""
    gaps: tuple[Damage, ...]
    """In seconds of the container, not yet of the recording."""
    key_distance_s: float
    steps_back_s: float
    """How far the clock jumps back in the order of the file, beyond what reordering explains."""


def timeline(contents: Contents) -> Timeline:
    """Reads the packets' times.

    Args:
        contents: with at least one packet.
    """
    tick_s = contents.tick_s
    order = np.array(contents.pts, np.int64)
    times: NDArray[np.float64] = np.unique(order).astype(np.float64) * float(tick_s)
    steps = np.diff(times)
    if not len(steps):
        declared = contents.streams[contents.video].average_fps if contents.video is not None else Fraction(0)
        rate = declared or FILM_FPS[2]
        alone_s = float(times[0])
        interval_s = float(1 / rate)
        return Timeline(alone_s, alone_s + interval_s, interval_s, interval_s, rate, True, 0, (), interval_s, 0.0)
    interval_s = float(np.median(steps))
    # Containers with coarse ticks (Matroska: 1 ms) tremble by one.
    near = np.abs(steps - interval_s) <= np.maximum(0.05 * interval_s, 1.5 * min(float(tick_s), 0.002))
    is_steady = bool(near.mean() >= STEADY_SHARE)
    # Cameras drop a single picture now and then; two in a row are a gap.
    limit_s = 2.5 * interval_s if is_steady else max(LATE_S, 3 * interval_s)
    within = steps[steps <= limit_s]
    interval_s = float((steps[near] if is_steady else within).mean())
    return Timeline(
        first_s=float(times[0]),
        end_s=float(times[-1]) + interval_s,
        interval_s=interval_s,
        longest_s=float(within.max()),
        rate_fps=_rate(1 / interval_s),
        is_steady=is_steady,
        dropped=int((within > 1.5 * interval_s).sum()) if is_steady else 0,
        gaps=tuple(_gaps(times, limit_s, interval_s)),
        key_distance_s=_key_distance_s(contents, float(times[-1])),
        steps_back_s=float((np.maximum.accumulate(order) - order).max() * float(tick_s)),
    )


def _rate(fps: float) -> Fraction:
    """The known rate next to a measured one; else the measured one."""
    known = min(STEADY_FPS, key=lambda rate: abs(float(rate) - fps))
    return known if abs(float(known) / fps - 1) <= SNAP else Fraction(fps).limit_denominator(1001)


def working_fps(rate_fps: Fraction, is_steady: bool) -> Fraction:
    """The constant rate at which a recording is worked on: its own where that is 23.976 to 30.

    Faster ones are divided and slower ones multiplied by the smallest whole number that brings them there, so that
    every frame shows one picture in even steps: 60 -> 30, 50 -> 25, 10 -> 30, 12 -> 24. What has no steady rate, or
    one that no whole number brings there, takes the nearest of `FILM_FPS`.
    """
    fps = rate_fps
    if fps > FASTEST_FPS * (1 if is_steady else UNSTEADY):
        fps = rate_fps / -(-rate_fps // FASTEST_FPS)
    elif fps < SLOWEST_FPS:
        fps = min(FASTEST_FPS, rate_fps * -(-SLOWEST_FPS // rate_fps))
    if is_steady and _is_whole_multiple(fps, rate_fps):
        return fps
    return min(FILM_FPS, key=lambda film: abs(film - fps))


def _is_whole_multiple(fps: Fraction, rate_fps: Fraction) -> bool:
    share = max(fps, rate_fps) / min(fps, rate_fps)
    return share.denominator == 1 and rate_fps in STEADY_FPS


def _gaps(times: NDArray[np.float64], limit_s: float, interval_s: float) -> list[Damage]:
    """The pieces of time in which pictures should have come and none did."""
    late = np.flatnonzero(np.diff(times) > limit_s)
    cause = "pictures are missing in the file"
    return [Damage(float(times[at]) + interval_s, float(times[at + 1]), cause) for at in late]


def _key_distance_s(contents: Contents, last_s: float) -> float:
    """The longest time from one key frame to the next, or to the end."""
    keys_s = sorted(contents.pts[at] * float(contents.tick_s) for at in contents.keys)
    return max((after - before for before, after in pairwise([*keys_s, last_s])), default=0.0)
