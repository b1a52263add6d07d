"""Identify: which words identify someone, so that the sound hides them and nothing ever writes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline import identifying, spoken, wording
from pipeline.identifiers import Found
from pipeline.values import Mention, Register, Script, Transcript, Word

VERSION = 2


def identify(transcript: Transcript, register: Register) -> Script:
    """The words of a recording as they may be read, and when the ones that may not are said.

    Args:
        transcript: every word that was recognised.
        register: who and what must not be told.

    Returns:
        Words in order of time, of which none identifies anyone. What replaces a mention is one word that lasts from
        its first to its last word; what a word says beside the identifier stays.
    """
    talk = _talk(transcript.words, transcript.language)
    found = wording.telling(talk.text, register)
    mentions = []
    for one in found:
        start_s, end_s = spoken.bounds(transcript.words, *talk.words(one), transcript.duration_s)
        mentions.append(Mention(one.kind, one.person, start_s, end_s))
    words = _rewritten(transcript.words, talk, found, register)
    mentions.sort(key=lambda mention: (mention.start_s, mention.end_s))
    return Script(
        transcript.engine, transcript.language, transcript.duration_s, words, tuple(mentions), transcript.dropped
    )


def depends(*_: object) -> dict[str, object]:
    """What the result depends on beside the inputs: the version of every identifier, and what is put instead."""
    return {**identifying.versions(), "wording": wording.VERSION}


@dataclass(frozen=True, slots=True)
class _Talk:
    """Everything that is said as one text, over words, lines and pauses: people read a number out with pauses.

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


def _talk(words: Sequence[Word], language: str) -> _Talk:
    """The words joined; with a space where two Latin ones would grow together."""
    text = ""
    starts = []
    for number, word in enumerate(words):
        if number and _need_space(words[number - 1], word, language):
            text += " "
        starts.append(len(text))
        text += word.text
    return _Talk(text, tuple(starts), tuple(len(word.text) for word in words))


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
        rest = said[last].text[behind:]
        end_s = said[last].end_s
        covered = words[first : last + 1]
        for number in range(first, last + 1):
            said[number] = replace(said[number], text="")
        if last > first and any(map(str.isalnum, rest)):
            end_s = words[last].start_s + (words[last].end_s - words[last].start_s) * behind / talk.lengths[last]
            said[last] = replace(said[last], text=rest, start_s=end_s)
            rest = ""
        said[first] = replace(
            said[first],
            text=head + wording.replacement(one, talk.text, register) + rest,
            end_s=max(end_s, words[first].start_s),
            probability=min(word.probability for word in covered),
            is_timed=all(word.is_timed for word in covered),
        )
    return tuple(word for word in said if word.text)
