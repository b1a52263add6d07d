"""When something was said, as wide as the times of the words are doubtful.

Recognition knows the times of ordinary words well. It fails on numbers, on words that it is not sure of, and where
words lie over each other; in a transcript with times for its lines alone, a word's time is a share of its line's.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from pipeline.values import Word

PAUSE_S = 0.3
"""So long a silence between two words is a pause."""
SURE_PROBABILITY = 0.5
SHORTEST_SURE_S = 0.06
"""No syllable is shorter: a word that is was squeezed in somewhere."""
OVERLAP_S = 0.01
"""Times are rounded: so much two words may lie over each other."""
REACH_S = 1.0
"""A search for a sure time goes so far beyond the next word, not farther: else half a noisy recording is lost."""
SLACK = 0.15
"""How far off a time is that was shared out: this, times the root of the product of its distances from the line's ends.
At both ends it is right, between them pauses move it. On the lines of a synthetic dialogue the pauses at commas were
off by at most 0.12 of that product's root."""

_DIGIT = re.compile(r"\d")
_NUMERALS = re.compile(r"\W*[幺零〇一二两三四五六七八九十百]+\W*\Z")


def bounds(words: Sequence[Word], first: int, last: int, duration_s: float) -> tuple[float, float]:
    """From when to when something was said, in seconds of the recording.

    Args:
        words: all of the recording, in order of time.
        first: the first word of it.
        last: the last word of it.
        duration_s: of the recording.
    """
    covered = words[first : last + 1]
    start_s, end_s = min(word.start_s for word in covered), max(word.end_s for word in covered)
    if not words[first].is_timed:
        start_s -= _slack_s(words, first, start_s)
    elif not _is_sure(words, first):
        start_s = min(start_s, _sure_before_s(words, first))
    if not words[last].is_timed:
        end_s += _slack_s(words, last, end_s)
    elif not _is_sure(words, last):
        end_s = max(end_s, _sure_after_s(words, last, duration_s))
    return round(max(0.0, start_s), 3), round(min(duration_s, end_s), 3)


def _is_sure(words: Sequence[Word], number: int) -> bool:
    word = words[number]
    if not word.is_timed or word.probability < SURE_PROBABILITY or word.end_s - word.start_s < SHORTEST_SURE_S:
        return False
    if _DIGIT.search(word.text) or _NUMERALS.match(word.text):
        return False
    over_last = number > 0 and words[number - 1].end_s > word.start_s + OVERLAP_S
    over_next = number + 1 < len(words) and words[number + 1].start_s < word.end_s - OVERLAP_S
    return not (over_last or over_next)


def _sure_before_s(words: Sequence[Word], number: int) -> float:
    """Where the next word before ends; if its own time is doubtful, the next sure one within reach."""
    if number == 0:
        return 0.0
    edge_s = words[number - 1].end_s
    for at in range(number - 1, -1, -1):
        if words[at].end_s < edge_s - REACH_S:
            break
        if _is_sure(words, at):
            return min(edge_s, words[at].end_s)
    return edge_s - REACH_S


def _sure_after_s(words: Sequence[Word], number: int, duration_s: float) -> float:
    """Where the next word begins; if its own time is doubtful, the next sure one within reach."""
    if number + 1 == len(words):
        return duration_s
    edge_s = words[number + 1].start_s
    for at in range(number + 1, len(words)):
        if words[at].start_s > edge_s + REACH_S:
            break
        if _is_sure(words, at):
            return max(edge_s, words[at].start_s)
    return edge_s + REACH_S


def _slack_s(words: Sequence[Word], number: int, time_s: float) -> float:
    """How far off a time inside a line may be of which only the ends are known; never beyond them."""
    first = last = number
    while first > 0 and _abut(words[first - 1], words[first]):
        first -= 1
    while last + 1 < len(words) and _abut(words[last], words[last + 1]):
        last += 1
    before_s, after_s = max(0.0, time_s - words[first].start_s), max(0.0, words[last].end_s - time_s)
    return SLACK * math.sqrt(before_s * after_s)


def _abut(one: Word, other: Word) -> bool:
    return not one.is_timed and not other.is_timed and abs(other.start_s - one.end_s) < 0.002
