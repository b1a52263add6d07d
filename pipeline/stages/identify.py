"""Identify: which words identify someone, so that the sound hides them and nothing ever writes them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise

from pipeline.identifiers import Found
from pipeline.language import correcting, identifying, spoken, turns, wording
from pipeline.settings.corrections import Talk
from pipeline.values import Mention, Register, Script, Transcript, Word

VERSION = 6
FULL_STOPS = frozenset("。？！；.?!;\n")
CLOSING = frozenset(("Po", "Pe", "Pf"))
"""Unicode's categories of marks that belong to what stands before them."""


def identify(transcript: Transcript, register: Register, edits: Talk) -> Script:
    """The words of a recording as they may be read, and when the ones that may not are said.

    Args:
        transcript: every word that was recognised.
        register: who and what must not be told.
        edits: what a person corrected. A name that recognition heard stays hidden in the sound whatever is written
            instead; only `tell` brings it back.

    Returns:
        Words in order of time, of which none identifies anyone. What replaces a mention is one word that lasts from
        its first to its last word; what a word says beside the identifier stays.
    """
    said = _spaced(turns.in_turn(transcript.words), transcript.language)
    heard = _mentions(_talk(said), said, transcript, register)
    words = _spaced(turns.in_turn(correcting.reworded(said, edits.words)), transcript.language)
    talk = _talk(words)
    read = _mentions(talk, words, transcript, register)
    mentions = correcting.marked(tuple(dict.fromkeys([*heard.values(), *read.values()])), edits)
    left = [one for one, mention in read.items() if mention in mentions]
    found = identifying.united([*left, *_added(talk, words, edits)])
    safe = tuple(turns.in_time(_rewritten(words, talk, found, register)))
    return Script(transcript.engine, transcript.language, transcript.duration_s, safe, mentions, transcript.dropped)


def depends() -> dict[str, object]:
    """What the result depends on beside the inputs: the version of every identifier, and what is put instead."""
    return wording.versions()


def _mentions(talk: _Talk, words: Sequence[Word], transcript: Transcript, register: Register) -> dict[Found, Mention]:
    """What identifies someone in the words, and when it is said."""
    mentions = {}
    for one in _found(talk, words, register):
        start_s, end_s = spoken.bounds(words, *talk.words(one), transcript.duration_s)
        mentions[one] = Mention(one.kind, one.person, start_s, end_s)
    return mentions


def _found(talk: _Talk, words: Sequence[Word], register: Register) -> tuple[Found, ...]:
    """What is found in the whole talk, and in each of its sentences alone.

    The whole is needed because a number goes on after a pause, the sentence because what stands before it may hide
    where a number begins: `拍于 14:00` `2024年3月` is no date when it is read in one go.
    """
    found = list(wording.telling(talk.text, register))
    edges = [at for at in range(1, len(words)) if _ends(words[at - 1], words[at])]
    for first, last in pairwise([0, *edges, len(words)]):
        start = talk.starts[first] if first < len(words) else 0
        sentence = "".join(word.text for word in words[first:last])
        found += [
            replace(one, start=start + one.start, end=start + one.end) for one in wording.telling(sentence, register)
        ]
    return identifying.united(found)


def _ends(before: Word, after: Word) -> bool:
    """Whether something new is begun: after a pause, by somebody else, or after a mark that says so."""
    is_later = after.start_s - before.end_s >= spoken.PAUSE_S
    return is_later or after.speaker != before.speaker or before.text.rstrip()[-1:] in FULL_STOPS


def _added(talk: _Talk, words: Sequence[Word], edits: Talk) -> Iterator[Found]:
    """What a person hides besides, as pieces of the talk: the words of which the middle lies in it."""
    for one in edits.hide:
        inside = [at for at, word in enumerate(words) if one.start_s <= (word.start_s + word.end_s) / 2 < one.end_s]
        if inside:
            yield Found(talk.starts[inside[0]], talk.starts[inside[-1]] + talk.lengths[inside[-1]], one.kind)


@dataclass(frozen=True, slots=True)
class _Talk:
    """Everything that is said as one text, over words, lines and pauses: people read a number out with pauses.

    Turn by turn: where two speak at once, the words of neither could be read between those of the other.

    `starts[n]` is where word n begins in the text.
    """

    text: str
    starts: tuple[int, ...]
    lengths: tuple[int, ...]

    def words(self, found: Found) -> tuple[int, int]:
        """The first and the last word that a piece of the text has a character of."""
        ends = zip(self.starts, self.lengths, strict=True)
        touched = [
            number for number, (start, length) in enumerate(ends) if start < found.end and found.start < start + length
        ]
        return touched[0], touched[-1]


def _spaced(words: Sequence[Word], language: str) -> tuple[Word, ...]:
    """The words with a space between two Latin ones that would grow together."""
    return tuple(
        replace(word, text=f" {word.text}") if number and _need_space(words[number - 1], word, language) else word
        for number, word in enumerate(words)
    )


def _talk(words: Sequence[Word]) -> _Talk:
    lengths = tuple(len(word.text) for word in words)
    return _Talk("".join(word.text for word in words), tuple(accumulate(lengths, initial=0))[:-1], lengths)


def _need_space(before: Word, after: Word, language: str) -> bool:
    """Lines begin without a space. In Chinese talk recognition gives Latin words in pieces, that follow at once."""
    left, right = before.text[-1:], after.text[:1]
    if not (left.isascii() and right.isascii() and left.isalnum() and right.isalnum()):
        return left.isascii() and right.isascii() and left in ".,?!;:" and right.isalpha()
    if language in wording.CHINESE:
        return left.isalpha() and right.isalpha() and after.start_s - before.end_s >= spoken.PAUSE_S
    return True


def _rewritten(words: Sequence[Word], talk: _Talk, found: Sequence[Found], register: Register) -> tuple[Word, ...]:
    """The words with every mention replaced; a word of which nothing is left goes.

    From the last mention to the first, so that what stands before one is still as it was.
    """
    said = list(words)
    for one in reversed(found):
        first, last = talk.words(one)
        head = words[first].text[: one.start - talk.starts[first]]
        behind = one.end - talk.starts[last]
        marks, rest = _marks_first(said[last].text[behind:])
        end_s = said[last].end_s
        covered = words[first : last + 1]
        for number in range(first, last + 1):
            said[number] = replace(said[number], text="")
        if last > first and any(map(str.isalnum, rest)):
            end_s = words[last].start_s + (words[last].end_s - words[last].start_s) * behind / talk.lengths[last]
            said[last] = replace(said[last], text=rest, start_s=end_s)
            rest = ""
        rest = marks + rest
        said[first] = replace(
            said[first],
            text=head + wording.replacement(one, talk.text, register) + rest,
            end_s=max(end_s, words[first].start_s),
            probability=min(word.probability for word in covered),
            is_timed=all(word.is_timed for word in covered),
        )
    return tuple(word for word in said if word.text)


def _marks_first(text: str) -> tuple[str, str]:
    """The marks that close what stands before a text, and the text: `，说` after a name."""
    at = 0
    while at < len(text) and unicodedata.category(text[at]) in CLOSING:
        at += 1
    return text[:at], text[at:]
