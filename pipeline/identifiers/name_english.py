"""English names: with a title, announced (my name is, I'm), first and last, given names alone.

Recognition may write everything in small letters, so capitals speak for a name but are not asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.identifiers import Found
from pipeline.language.english_names import (
    POSSESSIVE,
    WORD,
    follows_saint,
    is_capital,
    is_given,
    is_surname,
    is_thing,
    lists,
    may_be_name,
    next_word,
    plainly,
)
from pipeline.values import Register

VERSION = 2
KINDS = ("name",)

_NAMED = re.compile(
    r"\b(?:(?:my|her|his|their|your|the|patient|whose)(?: full| last| first)? name(?:['’]s| is| was)?"
    r"|(?:patient(?:'s)? )?name\s*[:=]|named|goes by"
    r"|call me|(?:surname|(?:last|first|maiden|family|middle) name)(?:['’]s| is\b|\s*[:=])?)\s*[:=,]?\s*",
    re.IGNORECASE,
)
"""What is followed by a name for sure."""
_SHOWN = re.compile(
    r"\b(?:i['’]?m|i am|this is|it['’]s|called|(?:patient|pt)[:,]?|meet|hi|hello|hey|hiya|dear|thanks|thank you"
    r"|(?:good )?(?:morning|afternoon|evening)"
    r"|spoke (?:to|with)|speaking with|ask(?: for)?|next(?: please)?|signed|seen by|referred by|husband|wife|son"
    r"|daughter|brother|sister|mother"
    r"|father|mum|mom|dad|friend|neighbou?r|colleague)[,:]?\s+",
    re.IGNORECASE,
)
"""What is often followed by a name."""
_RELATIVES = frozenset({"grandma", "grandpa", "granny", "gran", "nana", "aunt", "auntie", "aunty", "uncle"})
_VERBS = frozenset(
    {"will", "may", "mark", "hope", "sue", "chase", "drew", "grant", "rob", "pat", "rose", "can", "bill"}
)
"""Of the given names that are everyday words, those that may follow `grandma` as verbs."""


def find(text: str, register: Register) -> Iterator[Found]:
    """Names in Latin letters, a title before them included."""
    words = list(WORD.finditer(text))
    if not words:
        return
    for start, end in _titled(text, words):
        if not follows_saint(text, start):
            yield Found(start, end, "name")
    for start, end in (*_announced(text, words), *_plain(text, words)):
        if not follows_saint(text, start) and not is_thing(text, start, end):
            yield Found(start, end, "name")


def _is_likely(text: str, word: str) -> bool:
    """Whether a word where a name is due is one: in small letters a known one, or any if nothing has capitals."""
    return may_be_name(word) and (is_capital(word) or is_given(word) or is_surname(word) or text.islower())


def _extended(text: str, words: list[re.Match[str]], first: int) -> int:
    """Where a name ends whose first word is known: words with a capital follow, or a surname in small letters."""
    last = first
    following = next_word(text, words, first)
    while following is not None and following - first < 3:
        word = words[following][0]
        if (
            word.lower() in lists().particles
            and is_capital(words[first][0])
            and _is_surname_part(text, words, following)
        ):
            last = _past_particles(text, words, following)
            following = next_word(text, words, last)
            continue
        initial = len(word) == 1 and word.isupper() and word != "I"
        capital = is_capital(word) and is_capital(words[first][0]) and may_be_name(word)
        small = not is_capital(word) and is_surname(word) and plainly(word) not in lists().ordinary
        if not (initial or capital or (small and last == first)):
            break
        last, following = following, next_word(text, words, following)
    end = words[last].end()
    return end - (2 if POSSESSIVE.search(words[last][0]) else 0)


def _is_surname_part(text: str, words: list[re.Match[str]], at: int) -> bool:
    """Whether `van`, `de` and the like are followed by a word with a capital, as in a name."""
    first = _past_particles(text, words, at)
    return first != at and is_capital(words[first][0]) and may_be_name(words[first][0])


def _titled(text: str, words: list[re.Match[str]]) -> Iterator[tuple[int, int]]:
    for at, title in enumerate(words):
        following = next_word(text, words, at)
        is_unit = title[0] == "ms" and re.search(r"\d ?$", text[max(0, title.start() - 5) : title.start()])
        if following is None or is_unit or title[0].lower() not in lists().titles:
            continue
        first = _past_particles(text, words, following)
        if first != following:
            yield title.start(), _extended(text, words, first)
        elif _is_titled(text, title[0], words[following][0]):
            yield title.start(), _extended(text, words, following)


def _past_particles(text: str, words: list[re.Match[str]], at: int) -> int:
    """The number of the word where a surname's own word stands, behind `van der` and the like."""
    first = at
    while words[first][0].lower() in lists().particles:
        following = next_word(text, words, first)
        if following is None or plainly(words[following][0]) in lists().ordinary - lists().particles:
            return at
        first = following
    return first


def _is_titled(text: str, title: str, word: str) -> bool:
    """Whether a word behind a title is a name: any for Mr and Dr, a likely one where the title is a word of its own."""
    plain = plainly(word)
    if plain in lists().titles or plain in lists().ordinary:
        return False
    if title.lower() not in lists().doubtful_titles:
        return len(plain) > 1 or (word.isupper() and word not in ("I", "A", "X", "Y", "Z"))
    if is_capital(word) and not title.isupper():
        return may_be_name(word)
    if title.lower() in ("doctor", "nurse", "professor") and plain not in lists().everyday:
        return is_given(word) or is_surname(word) or (_is_likely(text, word) and not plain.endswith(("s", "ed")))
    if title.lower() in _RELATIVES and plain in lists().given and plain not in _VERBS:
        return True
    return is_given(word) or (plain not in lists().everyday and is_surname(word))


def _word_at(words: list[re.Match[str]], place: int) -> int | None:
    return next((number for number, word in enumerate(words) if word.start() == place), None)


def _announced(text: str, words: list[re.Match[str]]) -> Iterator[tuple[int, int]]:
    for lead in _NAMED.finditer(text):
        first = _word_at(words, lead.end())
        if first is not None and _is_likely(text, words[first][0]):
            yield words[first].start(), _after_sure(text, words, first)
    for lead in _SHOWN.finditer(text):
        first = _word_at(words, lead.end())
        if first is not None and _is_shown(text, words, first, lead[0].strip().lower()):
            yield words[first].start(), _extended(text, words, first)


def _after_sure(text: str, words: list[re.Match[str]], first: int) -> int:
    """The end of a name that is announced for sure: a second word may be any that is not ordinary."""
    following = next_word(text, words, first)
    if following is not None and may_be_name(words[following][0]) and not text[words[first].end()].isdigit():
        return _extended(text, words, following)
    return _extended(text, words, first)


def _is_shown(text: str, words: list[re.Match[str]], first: int, lead: str) -> bool:
    word = words[first][0]
    if not may_be_name(word) or plainly(word) in lists().eponyms:
        return False
    if is_given(word):
        return True
    if not is_capital(word) or (len(text) > 1 and text.isupper()):
        return False
    following = next_word(text, words, first)
    second = words[following][0] if following is not None else ""
    has_second = is_capital(second) and may_be_name(second)
    return has_second or (lead in ("i'm", "i’m", "i am", "call me", "im") and plainly(word) not in lists().everyday)


def _plain(text: str, words: list[re.Match[str]]) -> Iterator[tuple[int, int]]:
    """Given names without anything that announces them; those that are everyday words only before a surname."""
    for at, word in enumerate(words):
        first = plainly(word[0])
        if is_given(word[0]) and not _is_acronym(text, words, at):
            before = words[at - 1] if at and next_word(text, words, at - 1) == at else word
            has_surname = is_capital(before[0]) and is_surname(before[0]) and plainly(before[0]) not in lists().everyday
            yield (before if has_surname else word).start(), _extended(text, words, at)
        elif (
            first in lists().given
            and is_capital(word[0])
            and not word[0].isupper()
            and not _begins_sentence(text, word)
        ):
            following = next_word(text, words, at)
            if following is not None and is_capital(words[following][0]) and is_surname(words[following][0]):
                yield word.start(), _extended(text, words, at)


def _is_acronym(text: str, words: list[re.Match[str]], at: int) -> bool:
    """A short word in capitals among words that are not (SAM, MIA); a film writes whole names in capitals."""
    beside = [words[number][0] for number in (at - 1, at + 1) if 0 <= number < len(words)]
    return len(words[at][0]) < 5 and words[at][0].isupper() and not any(each.isupper() for each in beside)


def _begins_sentence(text: str, word: re.Match[str]) -> bool:
    return re.search(r"(?:^|[.!?:\n]\s*)$", text[max(0, word.start() - 30) : word.start()]) is not None
