"""An everyday word that somebody in a talk is called, where it is said again: Hope isn't walking, but we hope so."""

from __future__ import annotations

import re

from pipeline.language.english_addressed import is_asked, is_told
from pipeline.language.english_names import VERBS, WORD, begins_sentence, is_thing, lists, plainly
from pipeline.language.english_spoken_of import acts, has, is_own, owns, speaks, tells

_LEADS = frozenset(
    {"the", "a", "an", "in", "of", "on", "at", "from", "near", "every", "some", "no", "by", "until", "till", "since"}
    | {"last", "next", "early", "late", "mid", "between", "before", "after", "during", "any", "much", "more"}
)
"""What stands before a word or a month, and hardly ever before somebody's name alone."""
_ASKS = re.compile(r"\s(?:it|you|he|she|this|that|the|i|we|they|my|there|these|your|a)\b", re.IGNORECASE)
"""What follows a verb: Will it hurt?"""
_LONGEST = 40


def is_person(text: str, start: int, end: int) -> bool:
    """Whether a word with a capital that somebody is called means that person here.

    Within a sentence the capital says so, but for months and the like; at its beginning what follows must.
    """
    word = WORD.match(text, start)
    if word is None or is_thing(text, start, end):
        return False
    plain = plainly(word[0])
    is_doing = any(check(text, end) for check in (acts, has, is_asked, is_own, is_told, owns, speaks, tells))
    if plain in VERBS and _ASKS.match(text, end):
        return False
    before = WORD.findall(text[max(0, start - _LONGEST) : start])[-1:]
    if plain in lists().no_one or begins_sentence(text, word):
        return is_doing
    return not before or before[0].lower() not in _LEADS
