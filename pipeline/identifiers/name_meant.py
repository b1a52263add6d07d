"""English names that are everyday words as well (Grace, Mark), and names of no list, where talk speaks of a person."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.identifiers import Found
from pipeline.language.english_addressed import (
    is_asked,
    is_called_upon,
    is_dear,
    is_honoured,
    is_spoken_to,
    is_told,
    is_welcomed,
)
from pipeline.language.english_names import (
    VERBS,
    WORD,
    begins_sentence,
    follows_saint,
    is_any,
    is_capital,
    is_thing,
    is_title_like,
    lists,
    may_be_name,
    name_end,
    next_word,
    plainly,
)
from pipeline.language.english_spoken_of import (
    acts,
    follows_kin,
    has,
    is_aged,
    is_introduced,
    is_old,
    is_own,
    opens_clause,
    owns,
    speaks,
    tells,
    works,
)
from pipeline.values import Register

VERSION = 13
KINDS = ("name",)

_ARTICLES = frozenset({"the", "a", "an", "this", "that", "in", "of", "on", "at", "from", "near", "every", "some", "no"})
_I = ("I", "I'", "I’")
_I_SHORT = ("i'", "i-")
_MONTHS = frozenset({"may", "june", "april", "august"})
_ASKED = re.compile(r"\s(?:it|you|he|she|this|that|the|i|we|they|my|there|these|your)\b", re.IGNORECASE)
"""What follows a verb at the beginning of something said: Will it hurt?"""


def find(text: str, register: Register) -> Iterator[Found]:
    """Names by the talk around them; nothing in titles and in capitals, where every word looks like one."""
    if (len(text) > 1 and text.isupper()) or is_title_like(text):
        return
    words = list(WORD.finditer(text))
    for at, word in enumerate(words):
        is_whole = is_capital(word[0]) and not word[0].isupper()
        if (is_whole or text.islower()) and _is_meant(text, words, at):
            end = name_end(text, words, at)
            if not follows_saint(text, word.start()) and not is_thing(text, word.start(), end):
                yield Found(word.start(), end, "name")


def _is_meant(text: str, words: list[re.Match[str]], at: int) -> bool:
    word, plain = words[at], plainly(words[at][0])
    start, end = word.start(), word.start() + len(plain)
    if plain not in lists().everyday or plain not in lists().given:
        return is_capital(word[0]) and _is_unknown(word[0]) and _is_person(text, word)
    if text.islower():
        return _is_small(text, start, end)
    if begins_sentence(text, word):
        return _begins(text, words, at)
    if follows_kin(text, start) or is_spoken_to(text, start):
        return plain not in _MONTHS
    beside = words[at - 1][0] if at and next_word(text, words, at - 1) == at else ""
    is_part = is_capital(beside) and beside[:2] not in _I and not begins_sentence(text, words[at - 1])
    is_verb = plain in VERBS and _ASKED.match(text, word.end()) is not None
    is_one = plain not in lists().no_one or speaks(text, end)
    return is_one and not is_part and not is_verb and plainly(beside) not in _ARTICLES


def _is_small(text: str, start: int, end: int) -> bool:
    """Whether a name that is an everyday word is meant in talk without any capital."""
    plain = plainly(text[start:end])
    acting = opens_clause(text, start) and (acts(text, end) or speaks(text, end))
    is_kin = follows_kin(text, start)
    is_due = (is_kin or is_spoken_to(text, start)) and plain not in VERBS
    return (is_due or is_called_upon(text, start, end) or acting) and (plain not in lists().no_one or is_kin)


def _begins(text: str, words: list[re.Match[str]], at: int) -> bool:
    """Whether a name that is an everyday word is meant where a sentence begins with it."""
    plain = plainly(words[at][0])
    ends = words[at].start() + len(plain), name_end(text, words, at)
    if any(tells(text, each) or is_old(text, each) or is_aged(text, each) or is_dear(text, each) for each in ends):
        return True
    if plain not in VERBS and any(is_asked(text, each) for each in ends):
        return True
    if plain in lists().no_one:
        return False
    if plain in lists().seldom_words and any(has(text, each) for each in ends):
        return True
    return any(speaks(text, one) or acts(text, one) or is_told(text, one) or is_own(text, one) for one in ends)


def _is_unknown(word: str) -> bool:
    """Whether a word may be a name and is on no list of what is none."""
    plain, known = plainly(word), lists()
    if plain[:2] in _I_SHORT:
        return False
    others = known.eponyms, known.no_person, known.no_town, known.regions, known.titles, known.everyday
    return not is_any(plain, *others) and len(plain) > 2 and may_be_name(word)


def _is_person(text: str, word: re.Match[str]) -> bool:
    """Whether talk speaks of a person where a word of no list stands."""
    start, end = word.start(), word.start() + len(plainly(word[0]))
    begins = begins_sentence(text, word)
    if begins and plainly(word[0]).endswith("s"):
        return False
    if follows_kin(text, start) or is_spoken_to(text, start) or is_old(text, end) or is_honoured(text, end):
        return True
    if begins:
        return acts(text, end)
    is_acting = opens_clause(text, start) and acts(text, end)
    is_called = is_welcomed(text, start) or is_introduced(text, start, end)
    is_called = is_called or is_called_upon(text, start, end) or is_told(text, end)
    return is_acting or is_called or owns(text, end) or works(text, end) or is_dear(text, end)
