"""The words of an English text, and the lists of what names are made of and of what only looks like one."""

from __future__ import annotations

import functools
import re
import unicodedata
from typing import Annotated

from pydantic import BeforeValidator, TypeAdapter

from pipeline.folders import NAMES
from pipeline.language.english_spoken_of import acts, speaks
from pipeline.settings import strict_yaml
from pipeline.settings.forms import Model

_LETTER = r"[A-Za-zÀ-ÖØ-öø-ɏ\u0300-\u036f]"
WORD = re.compile(rf"{_LETTER}+(?:['’\-]{_LETTER}+)*")
"""Letters with accents of their own or behind them."""
POSSESSIVE = re.compile(r"['’]s$", re.IGNORECASE)

_CONTRACTION = re.compile(
    r"(?:[a-z]+['’](?:ll|ve|re)|[a-z]+n['’]t"
    r"|(?:i|you|we|he|she|it|they|this|that|there|here|who|what|where|when|why|how|let)['’](?:s|d|m))$",
    re.IGNORECASE,
)
"""Words with a verb or a `not` that lost letters; O'Brien and D'Souza are people, and Sarah's tells of one."""

_DISEASES = (
    r"disease|syndrome|lymphoma|sign|palsy|sarcoma|tumou?r|phenomenon|thyroiditis|fracture|contracture|chorea"
    r"|aneurysm|cyst"
    r"|nodes?|ulcer|reflex|test|scale|score|criteria|angle|classification|stain|line"
)
_OF_DISEASE = re.compile(rf"['’]s (?:{_DISEASES})\b", re.IGNORECASE)
_NOT_A_PERSON = re.compile(
    rf"[ \-](?:{_DISEASES}|splints?|collars?|brace|sleeve|wires?|screws?|nails?|catheters?|forceps|man(?:o?eu|eu)ver"
    r"|plasters?|masks?|airway|lactate|kni(?:fe|ves)|method|protocol|regime|app|law|diet|clamps?|retractors?"
    r"|scissors|drains?|stockings"
    r"|procedure|horse|staging|tube|frame|prosthes[ei]s|implants?|technique|operation|repair|incision|valve|graft"
    r"|needle|hospital|clinic|infirmary|medical|university|college|school|institute|foundation"
    r"|centre|center|street|road|avenue)\b"
    r"|['’]s (?:hospital|infirmary|university|college|school|institute|foundation)\b",
    re.IGNORECASE,
)
"""A name before these is that of a thing."""
_NOT_A_NAME = re.compile(
    r"(?:ing|tion|ment|ness|able|itis|osis|oma|emia|aemia|pathy|ology|ism|ical|ally|cillin|mycin|statin|sartan"
    r"|prazole|olol|pril|idine|ectomy"
    r"|scopy|gram|graphy|ese|ish|ous|ful|less|ive|ate|ated|ied|ly|ible)$"
)

VERBS = frozenset({"will", "may", "mark", "hope", "sue", "chase", "drew", "grant", "rob", "pat", "rose", "can", "bill"})
"""Of the given names that are everyday words, those that are verbs as well, and may follow `my son` or `grandma`."""

Words = Annotated[frozenset[str], BeforeValidator(frozenset)]


class EnglishLists(Model):
    """assets/names/english.yaml, whose comments say what each list is, and the names of many countries beside it."""

    titles: Words
    doubtful_titles: Words
    particles: Words
    given: Words
    nicknames: Words
    surnames: Words
    chinese_surnames: Words
    chinese_places: Words
    everyday: Words
    no_one: Words
    eponyms: Words
    also_eponyms: Words
    also_things: Words
    ordinary: Words
    no_town: Words
    regions: Words
    no_person: Words
    more_than_a_person: Words
    romanised: Words
    romanised_words: Words
    romanised_things: Words
    seldom_words: Words
    idioms: Words
    gathered: Words = frozenset()
    """Of the given names, those that are in no list of our own: only with a capital."""


@functools.cache
def lists() -> EnglishLists:
    """What English names are made of, all in lower case."""
    own = TypeAdapter(EnglishLists).validate_python(strict_yaml.load(NAMES / "english.yaml", strict_yaml.FAST).data)
    others = own.ordinary | own.everyday | own.no_one | own.eponyms | own.also_eponyms | own.no_town | own.no_person
    others |= own.regions
    others |= own.more_than_a_person | own.titles | own.particles | own.chinese_places | own.chinese_surnames
    gathered = (_gathered("english_given.txt") - others - own.given - own.surnames) | own.nicknames
    surnames = own.surnames | (_gathered("english_surnames.txt") - others)
    return own.model_copy(update={"given": own.given | gathered, "surnames": surnames, "gathered": gathered})


def _gathered(name: str) -> frozenset[str]:
    return frozenset((NAMES / name).read_text("utf-8").split())


def is_any(word: str, *kinds: frozenset[str]) -> bool:
    """Whether a plain word stands in any of some lists, which are too long to be joined for every word."""
    return any(word in kind for kind in kinds)


def plainly(word: str) -> str:
    """A word in small letters, without accents and what makes it a possessive."""
    letters = unicodedata.normalize("NFD", POSSESSIVE.sub("", word).lower().replace("’", "'"))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def is_capital(word: str) -> bool:
    """Whether a word begins with a capital letter."""
    return word[:1].isupper()


_SHORT = frozenset({"jr", "sr", "st", "rev"})
"""What is written with a full stop beside titles that are no words of talk."""


def next_word(text: str, words: list[re.Match[str]], at: int) -> int | None:
    """The number of the word that follows closely, None if there is none or the sentence ends before it."""
    if at + 1 >= len(words):
        return None
    gap = text[words[at].end() : words[at + 1].start()]
    return at + 1 if re.fullmatch(r"[ \t\n]{1,2}", gap.removeprefix(".") if _is_short(words[at][0]) else gap) else None


def _is_short(word: str) -> bool:
    """Whether a full stop behind a word says that letters were left out: an initial, Dr., Jr."""
    plain = word.lower()
    return len(plain) == 1 or plain in _SHORT or plain in lists().titles - lists().doubtful_titles


def follows_saint(text: str, start: int) -> bool:
    """Whether `St` or `San` stands before a name: a church, a hospital, a town."""
    return re.search(r"\b(?:(?:St|Saint|st)\.?|San|Santa|São) $", text[max(0, start - 30) : start]) is not None


def is_contraction(word: str) -> bool:
    """Whether a word is two that were drawn together: we'll, who's, didn't."""
    return _CONTRACTION.match(word) is not None


def may_be_name(word: str) -> bool:
    """Whether a word is neither ordinary nor drawn together of two such, nor a term of medicine."""
    if is_contraction(word):
        return False
    plain = plainly(word)
    known = plain in lists().given or plain in lists().surnames
    if len(plain) < 2 or plain in lists().ordinary or (plain in lists().eponyms and not known):
        return False
    return known or _NOT_A_NAME.search(plain) is None


def is_given(word: str) -> bool:
    """A given name that is not a word of everyday talk; one that is rare only with a capital."""
    first = plainly(word).split("-")[0]
    is_one = first in lists().given and first not in lists().everyday
    return is_one and (is_capital(word) or first not in lists().gathered)


def is_surname(word: str) -> bool:
    plain = plainly(word)
    return plain in lists().surnames or plain.split("-")[0] in lists().surnames


def is_title_like(text: str) -> bool:
    """Whether words begin with capitals whatever they are, as in titles, so that a capital says nothing."""
    inner = re.sub(r"(?:^|(?<=[.!?]\s))[^\s]+", "", text)
    long = [word[0] for word in WORD.finditer(inner) if max(map(len, word[0].split("-"))) > 3]
    return sum(map(is_capital, long)) * 3 > len(long) * 2 > 4


def is_thing(text: str, start: int, end: int) -> bool:
    """Whether what looks like a name names a thing: `Smith's fracture`, but never `Sarah's fracture`."""
    if _OF_DISEASE.match(text, end):
        return is_any(plainly(text[start:end].split()[-1]), lists().eponyms, lists().also_eponyms)
    return _NOT_A_PERSON.match(text, end) is not None


def name_end(text: str, words: list[re.Match[str]], first: int) -> int:
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
            last = past_particles(text, words, following)
            following = next_word(text, words, last)
            continue
        initial = len(word) == 1 and word.isupper() and word != "I"
        is_next = following == first + 1 and is_given(words[first][0]) and plainly(word) in lists().surnames
        capital = is_capital(word) and is_capital(words[first][0]) and (may_be_name(word) or is_next)
        is_end = text.islower() and may_be_name(word) and _ends_name(text, words, following)
        small = not is_capital(word) and (is_surname(word) or is_end) and plainly(word) not in lists().ordinary
        if not (initial or capital or (small and last == first)):
            break
        last, following = following, next_word(text, words, following)
    end = words[last].end()
    return end - (2 if POSSESSIVE.search(words[last][0]) else 0)


def _ends_name(text: str, words: list[re.Match[str]], at: int) -> bool:
    """Whether a word of no list ends a name in small letters: the last of all, or before what a person does."""
    end = words[at].start() + len(plainly(words[at][0]))
    is_person = acts(text, end) or speaks(text, end)
    return at == len(words) - 1 or (is_person and not words[at][0].endswith("ly"))


def _is_surname_part(text: str, words: list[re.Match[str]], at: int) -> bool:
    """Whether `van`, `de` and the like are followed by a word with a capital, as in a name."""
    first = past_particles(text, words, at)
    return first != at and is_capital(words[first][0]) and may_be_name(words[first][0])


def past_particles(text: str, words: list[re.Match[str]], at: int) -> int:
    """The number of the word where a surname's own word stands, behind `van der` and the like."""
    first = at
    while words[first][0].lower() in lists().particles:
        following = next_word(text, words, first)
        if following is None or plainly(words[following][0]) in lists().ordinary - lists().particles:
            return at
        first = following
    return first


def begins_sentence(text: str, word: re.Match[str]) -> bool:
    """Whether a word stands at the beginning of a sentence or a line, where a capital says nothing."""
    return re.search(r"(?:^|[.!?:\n]\s*)$", text[max(0, word.start() - 30) : word.start()]) is not None
