"""Who says what in one go. Where two speak at once their words lie mixed in time, and can be read only turn by turn."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from pipeline.values import Word

OVERLAP_S = 0.2
"""So much may the times of two lines lie over each other without two speaking at once: they are rounded or guessed."""


def numbered(lines: Iterable[Sequence[Word]]) -> Iterator[Word]:
    """The words of lines, turn by turn, each with the number of its turn; turns are counted as they begin.

    Args:
        lines: words as they were recognised or written in one go, in the order in which they are read.
    """
    turns = [turn for line in lines for turn in _turns(line)]
    for number, turn in enumerate(sorted(turns, key=lambda words: words[0].start_s)):
        yield from (replace(word, turn=number) for word in turn)


def in_turn(words: Iterable[Word]) -> list[Word]:
    """Words in the order in which they are read, turn by turn."""
    return sorted(words, key=lambda word: (word.turn, word.start_s, word.end_s))


def in_time(words: Iterable[Word]) -> list[Word]:
    """Words in the order in which they are heard."""
    return sorted(words, key=lambda word: (word.start_s, word.end_s))


def _turns(line: Sequence[Word]) -> list[list[Word]]:
    """A line as turns: another begins with another speaker, and where time goes back.

    Somebody who goes on while another speaks goes on with their own turn.
    """
    turns: list[list[Word]] = []
    latest: dict[str, list[Word]] = {}
    for word in line:
        turn = latest.get(word.speaker)
        if turn is None or not _goes_on(turn, turns[-1], word):
            turn = latest[word.speaker] = []
            turns.append(turn)
        turn.append(word)
    return turns


def _goes_on(turn: Sequence[Word], newest: Sequence[Word], word: Word) -> bool:
    """Whether a turn goes on with a word: nobody else spoke since, or only over it or over the word."""
    if word.start_s < turn[-1].start_s:
        return False
    return turn is newest or newest[0].start_s < turn[-1].end_s or word.start_s < newest[-1].end_s
