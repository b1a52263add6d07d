"""What becomes of every moment of a clip's sound: kept, disguised, muted or beeped. Decides; `bleep` beside it does it.

Three rules, the later one wins:

1. A voice is kept only where somebody said whose it is: within that person's own turns, as far as nobody else's reach.
   Around anybody's words the strictest of the voices nearby rules; far from all words the sound is kept as it is.
2. Speech that was heard where no word was recognised may hold anything.
3. What identifies someone is hidden as long as it lasts and a guard longer, whoever says it, and so are the pieces
   of which recognition was not sure that anything was said.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from pipeline import timing
from pipeline.config import Sound
from pipeline.sound import speakers
from pipeline.values import Clip, Register, Script, Span, Stretch, Word

VERSION = 2
STEP_S = 0.01
"""Voices are told apart in steps of this; what identifies someone is hidden to the sample."""
PAUSE_S = 0.6
"""A longer pause of one person ends a turn: someone else may say something in it."""
BORDER_S = 0.15
"""So far into another's turn somebody may be heard: the times of words are not more exact."""
REACH_S = 1.0
"""So far around words something may be said that was not recognised."""
TAIL_S = 0.3
"""Speech this near to a word is taken for the word's own: recognition cuts words short."""
SHORTEST_S = 0.3
"""Shorter speech without a word is a click of the tongue or a breath."""
STRICTNESS = {"keep": 0, "disguise": 1, "mute": 2}

_HOW = ("keep", "disguise", "mute")
Steps = NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class Turn:
    """Words of one person without a long pause, in the recording's time; `rank` is how strictly they are hidden."""

    start_s: float
    end_s: float
    voice: str
    rank: int


def stretches(
    clip: Clip,
    fps: Fraction,
    script: Script,
    register: Register,
    speaker: str,
    settings: Sound,
    heard: Sequence[Span],
) -> tuple[Stretch, ...]:
    """The whole clip's sound in stretches, in order and without a gap.

    Args:
        clip: pieces of the recording.
        fps: the grid that the pieces are cut on.
        script: words, mentions and doubtful pieces, in the recording's time.
        register: says which role the people have.
        speaker: the one person who speaks in the clip, if somebody said so.
        settings: what becomes of each voice, and of what identifies someone.
        heard: where a voice is heard, in the clip's own time.
    """
    turns = tuple(_turns(script.words, register, speaker, settings))
    rest = Turn(math.inf, -math.inf, speaker or speakers.UNKNOWN, _rank(speaker, register, settings))
    made: list[Stretch] = []
    for span, offset_s in timing.pieces(clip, fps):
        shift_s = span.start_s - offset_s
        here = [Span(one.start_s + shift_s, one.end_s + shift_s) for one in heard]
        words = [word for word in script.words if _is_near(word, span)]
        around = [turn for turn in turns if _is_near(turn, span)]
        for one in _hidden(_voices(span, around, rest, words, here, settings), script, settings):
            start_s, end_s = max(one.start_s, span.start_s) - shift_s, min(one.end_s, span.end_s) - shift_s
            if end_s > start_s:
                made.append(replace(one, start_s=start_s, end_s=end_s))
    return tuple(_joined(made))


def _rank(speaker: str, register: Register, settings: Sound) -> int:
    return STRICTNESS[getattr(settings.voices, speakers.role(speaker, register))]


def _is_near(one: Turn | Word, span: Span) -> bool:
    return one.start_s - REACH_S < span.end_s and one.end_s + REACH_S > span.start_s


def _turns(words: Iterable[Word], register: Register, only: str, settings: Sound) -> Iterator[Turn]:
    """A mark on the words wins over the cut list, which may have overlooked someone."""
    turn: Turn | None = None
    for word in words:
        voice = word.speaker or only or speakers.UNKNOWN
        if turn and voice == turn.voice and word.start_s - turn.end_s <= PAUSE_S:
            turn = replace(turn, end_s=max(turn.end_s, word.end_s))
            continue
        if turn:
            yield turn
        turn = Turn(word.start_s, word.end_s, voice, _rank(voice, register, settings))
    if turn:
        yield turn


# --- voices ---------------------------------------------------------------------------------------------------------


def _voices(
    span: Span, turns: Sequence[Turn], rest: Turn, words: Sequence[Word], heard: Sequence[Span], settings: Sound
) -> Iterator[Stretch]:
    """Rules 1 and 2 over a piece of the recording; `rest` is whose the speech is that has no words."""
    count = math.ceil((span.end_s - span.start_s) / STEP_S)
    is_turn, beside, near = np.zeros(count, np.bool_), np.zeros(count, np.int8), np.zeros(count, np.int8)
    for turn in turns:
        is_turn[_cells(span, turn.start_s, turn.end_s)] = True
        _raise(beside, span, turn, BORDER_S)
        _raise(near, span, turn, REACH_S)
    ranks = np.where(is_turn, beside, near)
    unrecognised = _without_words(span, words, heard, count)
    for start, end in _runs(unrecognised):
        if settings.unrecognised == "keep":
            ranks[start:end] = np.maximum(ranks[start:end], rest.rank)
            unrecognised[start:end] = False
        elif (end - start) * STEP_S < SHORTEST_S:
            unrecognised[start:end] = False
    codes = 4 * _owners(span, turns, ranks) + np.where(unrecognised, 3, ranks)
    names = [rest.voice, *(turn.voice for turn in turns)]
    edges = [0, *(np.flatnonzero(np.diff(codes)) + 1).tolist(), count] if count else []
    for start, end in pairwise(edges):
        owner, what = divmod(int(codes[start]), 4)
        start_s, end_s = span.start_s + start * STEP_S, min(span.start_s + end * STEP_S, span.end_s)
        if what == 3:
            yield Stretch(start_s, end_s, "mute", "unrecognised")
        else:
            yield Stretch(start_s, end_s, _HOW[what], "voice" if what else "", names[owner] if what else "")


def _cells(span: Span, start_s: float, end_s: float) -> slice:
    """The steps of a piece that a time touches."""
    first = math.floor((start_s - span.start_s) / STEP_S + 1e-6)
    return slice(max(0, first), max(0, math.ceil((end_s - span.start_s) / STEP_S - 1e-6)))


def _raise(ranks: Steps, span: Span, turn: Turn, wider_s: float) -> None:
    at = _cells(span, turn.start_s - wider_s, turn.end_s + wider_s)
    ranks[at] = np.maximum(ranks[at], turn.rank)


def _without_words(span: Span, words: Sequence[Word], heard: Sequence[Span], count: int) -> NDArray[np.bool_]:
    speech = np.zeros(count, np.bool_)
    for one in heard:
        speech[_cells(span, one.start_s, one.end_s)] = True
    for word in words:
        speech[_cells(span, word.start_s - TAIL_S, word.end_s + TAIL_S)] = False
    return speech


def _runs(steps: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """First step, and the one after the last, of every run of True."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], steps.astype(np.int8), [0]])))
    return [(int(start), int(end)) for start, end in edges.reshape(-1, 2)]


def _owners(span: Span, turns: Sequence[Turn], ranks: Steps) -> NDArray[np.int64]:
    """For every step the number of the nearest turn that is as strictly hidden, from 1; 0 where there is none."""
    owners = np.zeros(len(ranks), np.int64)
    nearest = np.full(len(ranks), np.inf)
    times = span.start_s + (np.arange(len(ranks)) + 0.5) * STEP_S
    for number, turn in enumerate(turns, 1):
        at = _cells(span, turn.start_s - REACH_S, turn.end_s + REACH_S)
        away = np.maximum(turn.start_s - times[at], times[at] - turn.end_s)
        is_nearer = (away < nearest[at]) & (ranks[at] == turn.rank)
        owners[at] = np.where(is_nearer, number, owners[at])
        nearest[at] = np.where(is_nearer, away, nearest[at])
    return owners


# --- what identifies someone ----------------------------------------------------------------------------------------


def _hidden(voices: Iterable[Stretch], script: Script, settings: Sound) -> Iterator[Stretch]:
    """Rule 3: every voice as it was decided, but for what is hidden."""
    hidden = tuple(united(script, settings))
    for voice in voices:
        at_s = voice.start_s
        for one in hidden:
            if one.end_s <= at_s or one.start_s >= voice.end_s:
                continue
            if one.start_s > at_s:
                yield replace(voice, start_s=at_s, end_s=one.start_s)
            yield replace(one, start_s=max(at_s, one.start_s), end_s=min(one.end_s, voice.end_s))
            at_s = one.end_s
        if at_s < voice.end_s:
            yield replace(voice, start_s=at_s)


def united(script: Script, settings: Sound) -> Iterator[Stretch]:
    """What is hidden for what is said, guards included, in order and none overlapping another.

    Of those that meet the first goes on; a mention before a doubtful piece, because what identifies is heard again.
    """
    guard_s = settings.guard_ms / 1000
    wanted = [
        Stretch(one.start_s - guard_s, one.end_s + guard_s, settings.hide, one.kind) for one in script.mentions
    ] + [Stretch(one.start_s - guard_s, one.end_s + guard_s, "mute", "doubtful") for one in script.doubtful]
    last: Stretch | None = None
    for one in sorted(wanted, key=lambda one: (one.start_s, one.end_s)):
        if last and one.start_s <= last.end_s + STEP_S:
            first = last if last.identifies or not one.identifies else one
            last = replace(first, start_s=last.start_s, end_s=max(last.end_s, one.end_s))
            continue
        if last:
            yield last
        last = one
    if last:
        yield last


def _joined(parts: Iterable[Stretch]) -> Iterator[Stretch]:
    """The same with neighbours made one that are treated alike."""
    last: Stretch | None = None
    for part in parts:
        if last and replace(part, start_s=last.start_s, end_s=last.end_s) == last:
            last = replace(last, end_s=part.end_s)
            continue
        if last:
            yield last
        last = part
    if last:
        yield last
