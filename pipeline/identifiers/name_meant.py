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
from pipeline.values import Register

VERSION = 3
KINDS = ("name",)

_VERBS = frozenset(
    {"will", "may", "mark", "hope", "sue", "chase", "drew", "grant", "rob", "pat", "rose", "can", "bill"}
)
"""Of the given names that are everyday words, those that may follow `my son` as verbs."""
_KIN = re.compile(
    r"\b(?:my|his|her|our|your|their) (?:\w+ )?(?:husband|wife|son|daughter|brother|sister|mother|father|mum|mom|dad"
    r"|friend|neighbou?r|colleague|cousin|niece|nephew|partner|boyfriend|girlfriend|fianc[eé]e?|grandson|granddaughter"
    r"|grandmother|grandfather|aunt|uncle|caregiver|carer|boss|roommate|flatmate|assistant|student|resident),? $",
    re.IGNORECASE,
)
"""What a given name often follows, an everyday word as well: my daughter Grace."""
_SPOKEN = re.compile(
    r"\b(?:(?:spoke|speak|speaking|talked|talk|talking) (?:to|with)|told|tell|ask|asked|hi|hello|hey|dear|meet|met"
    r"|remind|thanks|thank you|bye|(?:good )?(?:morning|afternoon|evening)),? $",
    re.IGNORECASE,
)
_IS_OLD = re.compile(
    r" (?:is|was)(?: only| just| now| about)? [\w-]+ (?:and a half )?(?:days|weeks|months|years) old\b"
)
_ARTICLES = frozenset({"the", "a", "an", "this", "that", "in", "of", "on", "at", "from", "near", "every", "some", "no"})
_MONTHS = frozenset({"may", "june", "april", "august"})
_NO_ONE = frozenset(
    {
        *(
            "virginia",
            "georgia",
            "florence",
            "austin",
            "jordan",
            "chelsea",
            "victoria",
            "sydney",
            "madison",
            "christian",
        ),
        *(
            "may",
            "june",
            "april",
            "august",
            "summer",
            "eve",
            "dean",
            "earl",
            "max",
            "art",
            "day",
            "page",
            "eden",
            "aden",
        ),
        *("trinidad", "santiago", "domingo", "rosario", "mercedes", "aurora", "alexa", "kola", "remi", "jan", "london"),
    }
)
"""Places, months, things: a capital within a sentence does not make a person of them."""
_ASKED = re.compile(r"\s(?:it|you|he|she|this|that|the|i|we|they|my|there|these|your)\b", re.IGNORECASE)
"""What follows a verb at the beginning of something said: Will it hurt?"""
_SPEAKS = re.compile(
    r"['’]s (?:results?|scan|chart|blood|pain|mother|father|mom|mum|dad|wife|husband|daughter|son|test|file|notes?"
    r"|family|knee|hip|back|heart|mri|ct|x-ray|appointment|here|ready|waiting|in)\b"
    r"| (?:said|says|told|thinks|feels|complained|complains|asked|called|needs|wants)\b"
    r"| is (?:my|our|his|her|their) (?:wife|husband|son|daughter|mother|father|mom|mum|dad|sister|brother|friend)\b"
    r"|, (?:can|could|how|please|your?|i|let|are|do|did|have|take|tell|come|we|she|he|it['’]s|what|would)\b"
)
"""What is said of a person or to one, where a sentence begins with the name."""


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
    before = text[max(0, word.start() - 40) : word.start()]
    is_kin = _KIN.search(before) is not None
    if plain in lists().given & lists().everyday:
        if text.islower():
            is_due = is_kin or (_SPOKEN.search(before) is not None and plain not in _NO_ONE)
            return is_due and plain not in _VERBS
        if begins_sentence(text, word):
            return plain not in _NO_ONE and _SPEAKS.match(text, word.start() + len(plain)) is not None
        if is_kin or _SPOKEN.search(before):
            return plain not in _MONTHS
        beside = words[at - 1][0] if at and next_word(text, words, at - 1) == at else ""
        is_part = is_capital(beside) and not begins_sentence(text, words[at - 1])
        is_verb = plain in _VERBS and _ASKED.match(text, word.end()) is not None
        return plain not in _NO_ONE and not is_part and not is_verb and plainly(beside) not in _ARTICLES
    is_unknown = plain not in lists().eponyms | lists().no_person | lists().no_town | lists().titles | lists().everyday
    is_due = is_kin or _SPOKEN.search(before) is not None or _IS_OLD.match(text, word.end()) is not None
    return is_capital(word[0]) and is_due and is_unknown and len(plain) > 2 and may_be_name(word[0])
