"""English names that are everyday words as well (Grace, Mark), and names of no list, where talk speaks of a person."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.identifiers import Found
from pipeline.language.english_names import (
    WORD,
    begins_sentence,
    follows_saint,
    is_capital,
    is_thing,
    is_title_like,
    lists,
    may_be_name,
    name_end,
    next_word,
    plainly,
)
from pipeline.language.english_places import (
    acts,
    follows_kin,
    is_called_upon,
    is_old,
    is_spoken_to,
    opens_clause,
    speaks,
)
from pipeline.values import Register

VERSION = 5
KINDS = ("name",)

_VERBS = frozenset(
    {"will", "may", "mark", "hope", "sue", "chase", "drew", "grant", "rob", "pat", "rose", "can", "bill"}
)
"""Of the given names that are everyday words, those that may follow `my son` as verbs."""
_ARTICLES = frozenset({"the", "a", "an", "this", "that", "in", "of", "on", "at", "from", "near", "every", "some", "no"})
_I = ("I", "I'", "I’")
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
    is_due = follows_kin(text, start) or is_spoken_to(text, start)
    if plain in lists().given & lists().everyday:
        if text.islower():
            is_person = is_called_upon(text, start, end) or (
                opens_clause(text, start) and (acts(text, end) or speaks(text, end))
            )
            is_due = (is_due and plain not in _VERBS) or is_person
            return is_due and (plain not in lists().no_one or follows_kin(text, start))
        if begins_sentence(text, word):
            ends = (end, name_end(text, words, at))
            return plain not in lists().no_one and any(speaks(text, each) or acts(text, each) for each in ends)
        if is_due:
            return plain not in _MONTHS
        beside = words[at - 1][0] if at and next_word(text, words, at - 1) == at else ""
        is_part = is_capital(beside) and beside[:2] not in _I and not begins_sentence(text, words[at - 1])
        is_verb = plain in _VERBS and _ASKED.match(text, word.end()) is not None
        is_one = plain not in lists().no_one or speaks(text, end)
        return is_one and not is_part and not is_verb and plainly(beside) not in _ARTICLES
    is_unknown = plain not in lists().eponyms | lists().no_person | lists().no_town | lists().titles | lists().everyday
    is_due = is_due or is_old(text, end) or (begins_sentence(text, word) and acts(text, end))
    is_many = plain.endswith("s") and begins_sentence(text, word)
    return is_capital(word[0]) and is_due and is_unknown and not is_many and len(plain) > 2 and may_be_name(word[0])
