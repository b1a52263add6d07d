"""What was said, as a person corrected it: the words, and what of them identifies someone."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence

from pipeline.settings.corrections import EDGE_S, Piece, Talk, Wording
from pipeline.values import Mention, Word

_TOKEN = re.compile(r"\s*(?:[^\W\u2e80-\uffff]+(?:['’.,-][^\W\u2e80-\uffff]+)*|\w|[^\w\s])[^\w\s]*")
"""One Chinese character or one Latin word, with the space before it and the marks behind it."""


def reworded(words: Sequence[Word], wordings: Sequence[Wording]) -> tuple[Word, ...]:
    """The words with what people corrected. A word belongs to a wording if its middle does.

    What stays of a line keeps its times; what is new lies somewhere between its neighbours (`is_timed` is False).
    """
    for wording in wordings:
        inside = [one for one in words if wording.start_s <= (one.start_s + one.end_s) / 2 < wording.end_s]
        rest = [one for one in words if one not in inside]
        words = sorted([*rest, *_respoken(inside, wording)], key=lambda one: (one.start_s, one.end_s))
    return tuple(words)


def _respoken(inside: Sequence[Word], wording: Wording) -> Iterator[Word]:
    old = "".join(word.text for word in inside)
    edges = [_spread(word.start_s, word.end_s, len(word.text)) for word in inside if word.text]
    starts, ends = [s for e in edges for s, _ in e], [s for e in edges for _, s in e]
    if not old:
        starts, ends, old = [wording.start_s], [wording.end_s], "\0"
    spoken: list[tuple[float, float]] = []
    sure: list[bool] = []
    for tag, i, to_i, j, to_j in difflib.SequenceMatcher(None, old, wording.text, autojunk=False).get_opcodes():
        if to_i - i == to_j - j:
            spoken += zip(starts[i:to_i], ends[i:to_i], strict=True)
        else:
            first_s = starts[i] if i < to_i else (ends[i - 1] if i else starts[0])
            last_s = ends[to_i - 1] if i < to_i else first_s
            spoken += _spread(first_s, last_s, to_j - j)
        sure += [tag == "equal"] * (to_j - j)
    speaker, turn = (inside[0].speaker, inside[0].turn) if inside else ("", 0)
    were_timed = all(word.is_timed for word in inside)
    for token in _TOKEN.finditer(wording.text):
        start_s, end_s = spoken[token.start()][0], spoken[token.end() - 1][1]
        is_timed = were_timed and all(sure[token.start() : token.end()])
        yield Word(start_s, end_s, token[0], 1.0, speaker, is_timed, turn)


def _spread(start_s: float, end_s: float, count: int) -> list[tuple[float, float]]:
    """So many equal pieces of a time."""
    step_s = (end_s - start_s) / max(count, 1)
    return [(start_s + step_s * at, start_s + step_s * (at + 1)) for at in range(count)]


def marked(mentions: Sequence[Mention], talk: Talk) -> tuple[Mention, ...]:
    """The mentions without those that a person said identify nobody, and with those that a person added, in order."""
    left = [mention for mention in mentions if not any(_is_told(mention, piece) for piece in talk.tell)]
    left += [Mention(one.kind, "", one.start_s, one.end_s) for one in talk.hide]
    return tuple(sorted(left, key=lambda one: (one.start_s, one.end_s, one.kind)))


def _is_told(mention: Mention, piece: Piece) -> bool:
    """Only a mention that lies inside as a whole: a longer one may hold more than what the person saw."""
    return piece.start_s - EDGE_S <= mention.start_s and mention.end_s <= piece.end_s + EDGE_S
