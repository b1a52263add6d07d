"""What can be said of a share after so many trials. Pure."""

from __future__ import annotations

import math

DOUBT = 0.05
"""Bounds are one-sided and wrong this often."""


def lower(hits: int, trials: int) -> float:
    """The 95 % lower bound of a share of which `hits` of `trials` were seen: 60 of 60 is 0.951, 0 of 0 is 0.

    Source: Clopper and Pearson, Biometrika 26 (1934).
    """
    if hits == 0:
        return 0.0
    low, high = 0.0, 1.0
    for _ in range(60):
        share = (low + high) / 2
        if _at_least(hits, trials, share) < DOUBT:
            low = share
        else:
            high = share
    return low


def upper(hits: int, trials: int) -> float:
    """The 95 % upper bound of a share of which `hits` of `trials` were seen: 0 of 299 is 0.01, 0 of 0 is 1."""
    return 1 - lower(trials - hits, trials)


def _at_least(hits: int, trials: int, share: float) -> float:
    """How probable so many hits or more are. In logarithms: many trials overflow."""
    total = 0.0
    for count in range(hits, trials + 1):
        ways = math.lgamma(trials + 1) - math.lgamma(count + 1) - math.lgamma(trials - count + 1)
        misses = (trials - count) * math.log1p(-share) if count < trials else 0.0
        total += math.exp(ways + count * math.log(share) + misses)
    return total
