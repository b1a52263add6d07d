"""Select: which pieces of the recording become clips.

The case's cut list decides; without one the talk itself does, cut at the edges of words and never inside one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate

from pipeline.config import Select
from pipeline.errors import ConfigError, RecordingError
from pipeline.values import Clip, Script, Span, Word

VERSION = 3
ROUNDING_S = 0.05
"""A cut may end this much behind the recording: players round its length up."""


def select(script: Script, cuts: tuple[Span, ...], settings: Select) -> tuple[Clip, ...]:
    """Chooses the clips, numbered from 1.

    Args:
        script: the words and the length of the recording.
        cuts: the case's cut list, may be empty; its pieces may overlap, and each becomes one clip.
        settings: pauses, air, and how long a clip may be where there is no cut list.

    Raises:
        ConfigError: a cut lies outside the recording, or ends before it starts.
        RecordingError: there is neither a cut list nor talk to choose from.
    """
    if cuts:
        spans = _checked(cuts, script.duration_s)
        pieces = [_tightened(span, script.words, settings) if settings.tighten else [span] for span in spans]
    elif script.engine == "none":
        pieces = [[Span(0.0, min(script.duration_s, settings.max_s))]]
    elif not script.words:
        raise RecordingError("nobody is heard talking, so there is nothing to choose a clip by", _WRITE_CUTS)
    else:
        pieces = [spans for spans in _portions(script, settings) if _length_s(spans) >= settings.min_s]
        if not pieces:
            raise RecordingError(f"no talk of at least {settings.min_s:g} s is left", _WRITE_CUTS)
    return tuple(Clip(number, tuple(spans)) for number, spans in enumerate(pieces, 1))


_WRITE_CUTS = 'write a cut list in case.yaml: clips: [{from: "0:12", to: "0:55"}]'


def _checked(cuts: Sequence[Span], duration_s: float) -> Iterator[Span]:
    faults = []
    for number, cut in enumerate(cuts, 1):
        name = f"clips[{number}] ({cut.start_s:g} s to {cut.end_s:g} s)"
        if cut.end_s <= cut.start_s:
            faults.append(f"{name}: it ends before it starts")
        elif cut.end_s > duration_s + ROUNDING_S or cut.start_s >= duration_s:
            faults.append(f"{name}: outside the recording, which is {duration_s:.2f} s long")
    if faults:
        raise ConfigError("\n".join(faults), "correct the cut list in case.yaml")
    return (Span(cut.start_s, min(cut.end_s, duration_s)) for cut in cuts)


def _tightened(span: Span, words: Sequence[Word], settings: Select) -> list[Span]:
    """The talk of a cut without its pauses; a cut in which nobody talks stays as it is."""
    inside = [word for word in words if word.end_s > span.start_s and word.start_s < span.end_s]
    return _talk(inside, span, settings) or [span]


def _talk(words: Sequence[Word], within: Span, settings: Select) -> list[Span]:
    """The pieces in which words follow one another without a long pause, with a little air on both sides.

    A pause is cut only where the air of both sides fits into it, so pieces never overlap and no word is touched.
    """
    spans: list[Span] = []
    spoken_to_s = 0.0
    for word in words:
        start_s = max(within.start_s, word.start_s - settings.air_before_s)
        end_s = min(within.end_s, word.end_s + settings.air_after_s)
        if spans and (word.start_s - spoken_to_s <= settings.pause_s or start_s <= spans[-1].end_s):
            spans[-1] = Span(spans[-1].start_s, max(spans[-1].end_s, end_s))
        else:
            spans.append(Span(start_s, end_s))
        spoken_to_s = max(spoken_to_s, word.end_s)
    return spans


def _portions(script: Script, settings: Select) -> Iterator[list[Span]]:
    """The talk in portions of at most `max_s`, each split from the next at the longest pause that does.

    A word that is longer than `max_s` on its own stays whole.
    """
    waiting = [(script.words, Span(0.0, script.duration_s))]
    while waiting:
        words, within = waiting.pop()
        spans = _talk(words, within, settings)
        if _length_s(spans) <= settings.max_s or len(words) < 2:
            yield spans
            continue
        at = _longest_pause(words, settings.min_s)
        middle_s = (max(word.end_s for word in words[:at]) + words[at].start_s) / 2
        waiting.append((words[at:], Span(middle_s, within.end_s)))
        waiting.append((words[:at], Span(within.start_s, middle_s)))


def _longest_pause(words: Sequence[Word], min_s: float) -> int:
    """The word after the longest pause that leaves at least `min_s` on both sides, if any does.

    There is no pause while anybody still says a word that began earlier.
    """
    spoken_to_s = list(accumulate((word.end_s for word in words), max))
    first_s, last_s = words[0].start_s, spoken_to_s[-1]

    def worth(at: int) -> tuple[bool, float]:
        before_s, after_s = spoken_to_s[at - 1], words[at].start_s
        return min(before_s - first_s, last_s - after_s) >= min_s, after_s - before_s

    return max(range(1, len(words)), key=worth)


def _length_s(spans: Sequence[Span]) -> float:
    return sum(span.end_s - span.start_s for span in spans)
