"""English names: with a title, announced (my name is, I'm), first and last, given names alone.

Recognition may write everything in small letters, so capitals speak for a name but are not asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.identifiers import Found
from pipeline.language.english_addressed import is_honoured
from pipeline.language.english_names import (
    POSSESSIVE,
    VERBS,
    WORD,
    begins_sentence,
    follows_saint,
    is_capital,
    is_contraction,
    is_given,
    is_surname,
    is_thing,
    is_title_like,
    lists,
    may_be_name,
    name_end,
    next_word,
    past_particles,
    plainly,
)
from pipeline.values import Register

VERSION = 14
KINDS = ("name",)

_NAMED = re.compile(
    r"\b(?:(?:my|her|his|their|your|the|patient|whose|\w+['’]s)"
    r"(?: full| last| first| real| proper| actual| legal| own)? name(?:['’]s| is| was)?"
    r"|(?:patient(?:'s)? )?name\s*[:=]|name(?=\s(?-i:[A-Z]{3}))"
    r"|(?:^|(?<=[,;] )|(?<=\n))name(?=\s(?-i:[A-Z][a-z]+[ -][A-Z][a-z]))"
    r"|(?:given|fore|christian)[ -]?names?|named|goes by|call me"
    r"|(?:we|i|they|everyone|everybody|people|who|family|friends|mates|mum|dad)(?:['’](?:ve|d))?(?: \w+){0,2}?"
    r" calls? (?:him|her|them|me)"
    r"|(?:surname|(?:last|first|maiden|family|middle) name)(?:['’]s| (?:is|was)\b|\s*[:=])?)\s*[:=,]?\s*",
    re.IGNORECASE,
)
"""What is followed by a name for sure."""
_SHOWN = re.compile(
    r"\b(?:i['’]?m|i am|this is|it['’]s|called|(?:patient|pt)[:,]?|meet|hi|hello|hey|hiya|dear|thanks|thank you"
    r"|(?:good )?(?:morning|afternoon|evening)"
    r"|spoke (?:to|with)|speaking with|ask(?: for)?|next(?: please)?|signed|seen by|referred by|husband|wife|son"
    r"|daughter|brother|sister|mother|father|mum|mom|dad|friend|neighbou?r|colleague)[,:]?\s+",
    re.IGNORECASE,
)
"""What is often followed by a name."""
_MYSELF = ("i'm", "i’m", "i am", "im")
_GRADED = re.compile(
    r"\s(?:\d{1,3}(?![\d,.]*\s?(?:years?|yrs?|weeks?|months?|days?)\b)|(?:one|two|three|four|five|six)\b(?!\s\w)"
    r"|(?:[A-Z] )?(?:positive|negative)\b)",
    re.IGNORECASE,
)
"""What makes a word behind I'm that of a class or a test: I'm Stage 2, Rhesus negative; an age does not."""
_AILING = re.compile(r"(?:[a-z]{3}(?:[aeop]tic|[ao]thic|genic|spastic|bolic|phobic)|iac|a?emic|rgic)$")
"""What people say of themselves that ends like no name: I'm Asthmatic, I'm Coeliac."""
_RELATIVES = frozenset({"grandma", "grandpa", "granny", "gran", "nana", "aunt", "auntie", "aunty", "uncle"})
_DOES_SO = frozenset(
    {"is", "was", "has", "had", "needs", "wants", "says", "said", "came", "in", "will", "and", "with", "here", ""}
)
"""What follows `patient Ward` where a person is meant, and `patient Park` too."""


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


def _titled(text: str, words: list[re.Match[str]]) -> Iterator[tuple[int, int]]:
    for at, title in enumerate(words):
        following = next_word(text, words, at)
        is_unit = title[0] == "ms" and re.search(r"\d ?$", text[max(0, title.start() - 5) : title.start()])
        is_title = plainly(title[0]) in lists().titles and not POSSESSIVE.search(title[0])
        if following is None or is_unit or not is_title or is_honoured(text, title.end()):
            continue
        first = past_particles(text, words, following)
        if first != following:
            yield title.start(), name_end(text, words, first)
        elif _is_titled(text, title[0], words[following][0]) or _is_full(text, words, following):
            yield title.start(), name_end(text, words, following)


def _is_full(text: str, words: list[re.Match[str]], first: int) -> bool:
    """Whether a given name that is an ordinary word stands before a surname: Dr. May Zhang."""
    following = next_word(text, words, first)
    if following is None or plainly(words[first][0]) not in lists().given:
        return False
    surname = plainly(words[following][0])
    is_known = surname in lists().surnames or surname in lists().chinese_surnames
    return is_known and is_capital(words[first][0]) and is_capital(words[following][0])


def _is_titled(text: str, title: str, word: str) -> bool:
    """Whether a word behind a title is a name: any for Mr and Dr, a likely one where the title is a word of its own."""
    plain = plainly(word)
    if plain in lists().titles or plain in lists().ordinary:
        return False
    if title.lower() not in lists().doubtful_titles:
        return len(plain) > 1 or (word.isupper() and word not in ("I", "A", "X", "Y", "Z"))
    if is_capital(word) and not title.isupper():
        return may_be_name(word) and (not is_title_like(text) or is_given(word) or is_surname(word))
    if title.lower() in ("doctor", "nurse", "professor") and plain not in lists().everyday:
        return is_given(word) or is_surname(word) or (_is_likely(text, word) and not plain.endswith(("s", "ed")))
    if title.lower() in _RELATIVES and plain in lists().given and plain not in VERBS:
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
            yield words[first].start(), name_end(text, words, first)


def _after_sure(text: str, words: list[re.Match[str]], first: int) -> int:
    """The end of a name that is announced for sure: a second word may be any that is not ordinary."""
    following = next_word(text, words, first)
    if following is not None and may_be_name(words[following][0]) and not text[words[first].end()].isdigit():
        return name_end(text, words, following)
    return name_end(text, words, first)


def _is_shown(text: str, words: list[re.Match[str]], first: int, lead: str) -> bool:
    word = words[first][0]
    if not may_be_name(word) or (plainly(word) in lists().eponyms and not lead.startswith("patient")):
        return False
    if is_given(word):
        return True
    if not is_capital(word) or (len(text) > 1 and text.isupper()):
        return False
    if lead in _MYSELF and _is_state(text, words[first]):
        return False
    following = next_word(text, words, first)
    second = words[following][0] if following is not None else ""
    has_second = is_capital(second) and may_be_name(second)
    if is_contraction(second) and plainly(word) in lists().given:
        return True  # a new sentence without a full stop: I'm Mark I'll be your nurse
    if is_surname(word) and plainly(word) not in lists().everyday | lists().also_eponyms:
        return True
    is_family = is_surname(word) or plainly(word) in lists().chinese_surnames
    if lead.startswith(("patient", "pt")) and is_family and not has_second:
        return plainly(second) in _DOES_SO
    return has_second or (lead in (*_MYSELF, "call me") and plainly(word) not in lists().everyday)


def _is_state(text: str, word: re.Match[str]) -> bool:
    """Whether a word that is in no list of names tells how somebody is, not who."""
    if is_surname(word[0]) and plainly(word[0]) not in lists().everyday:
        return False
    return _GRADED.match(text, word.end()) is not None or _AILING.search(plainly(word[0])) is not None


def _plain(text: str, words: list[re.Match[str]]) -> Iterator[tuple[int, int]]:
    """Given names without anything that announces them; those that are everyday words only before a surname."""
    for at, word in enumerate(words):
        first = plainly(word[0])
        if first == "jack" and text[word.end() : word.end() + 4] == " up ":
            continue
        if is_given(word[0]) and not _is_acronym(text, words, at):
            before = words[at - 1] if at and next_word(text, words, at - 1) == at else word
            has_surname = is_capital(before[0]) and is_surname(before[0]) and plainly(before[0]) not in lists().everyday
            yield (before if has_surname else word).start(), name_end(text, words, at)
        elif (
            first in lists().given and is_capital(word[0]) and not word[0].isupper() and not begins_sentence(text, word)
        ):
            following = next_word(text, words, at)
            if following is not None and is_capital(words[following][0]) and is_surname(words[following][0]):
                yield word.start(), name_end(text, words, at)


def _is_acronym(text: str, words: list[re.Match[str]], at: int) -> bool:
    """A short word in capitals among words that are not (SAM, MIA); a film writes whole names in capitals."""
    beside = [words[number][0] for number in (at - 1, at + 1) if 0 <= number < len(words)]
    return len(words[at][0]) < 5 and words[at][0].isupper() and not any(each.isupper() for each in beside)
