"""Names of the case's people that are written in Latin letters: in full, in part, in another spelling."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterator

from pipeline.identifiers import Found
from pipeline.language.english_names import lists
from pipeline.language.homophones import consonants
from pipeline.values import Register

VERSION = 6
KINDS = ("name",)

_LETTER = "[A-Za-zÀ-ɏ]"
"""Chinese is written without spaces: `我叫Miller` holds a word of its own."""
_WORD = re.compile(rf"{_LETTER}+(?:['’]{_LETTER}+)*")
_GAP = r"[\s,.·^_\-]{0,3}"
_TITLE = re.compile(
    r"\b(?:mr|mrs|ms|miss|dr|doctor|nurse|uncle|aunt|name is|called|i['’]?m|this is)\.?\s+$", re.IGNORECASE
)
_CALLED = re.compile(r",|\s+(?:your?|you['’]re|can|could|would|please|is|has|was|here|hi|hello)\b", re.IGNORECASE)
"""What follows a name that begins a sentence: `Grace, …`, `Grace your scan is back`."""
_ASKS = frozenset(("will", "may", "mark", "can", "might"))
_LONG_ENOUGH = 5
_MANY_CONSONANTS = 3


def find(text: str, register: Register) -> Iterator[Found]:
    """The people's names in every form, with whose they are; without accents, which many leave out."""
    text = _bare(text)
    for person in register.people:
        for name in person.names:
            parts = _WORD.findall(_bare(name)) if re.search("[A-Za-zÀ-ÿ]", name) else []
            if parts:
                yield from (Found(start, end, "name", person.id) for start, end in _forms(text, parts))


def _bare(text: str) -> str:
    """A text without the accents of its letters, as long as it was."""
    return "".join(unicodedata.normalize("NFD", char)[0] for char in text)


def _forms(text: str, parts: list[str]) -> Iterator[tuple[int, int]]:
    orders = {tuple(parts), (parts[-1], *parts[:-1]), (parts[0], parts[-1]), (parts[-1], parts[0])}
    for order in sorted(orders):
        form = _GAP.join(map(re.escape, order))
        yield from (found.span() for found in re.finditer(rf"(?<!{_LETTER}){form}(?!{_LETTER})", text, re.IGNORECASE))
    words = list(_WORD.finditer(text))
    for part in parts:
        for word in words:
            if _is_meant(text, word, part):
                yield word.start(), word.end() - _possessive(word[0])
    yield from _misspelt(text, words, parts)


def _possessive(word: str) -> int:
    return 2 if word.lower().endswith(("'s", "’s")) else 0


def _stem(word: str) -> str:
    return word.lower().removesuffix("'s").removesuffix("’s")


def _is_meant(text: str, word: re.Match[str], part: str) -> bool:
    """Whether a word is this part of a name, by its letters; with a capital or a title, by its sound."""
    said, name = _stem(word[0]), part.lower()
    is_titled = _TITLE.search(text[max(0, word.start() - 30) : word.start()]) is not None
    if said == name and len(name) > 1:
        begins = re.search(r"(?:^|[.!?\n]\s*)$", text[max(0, word.start() - 30) : word.start()]) is not None
        is_called = word[0][0].isupper() and (not begins or _CALLED.match(text, word.end()) is not None)
        return name not in lists().everyday or is_titled or (is_called and not _is_asked(text, word))
    if len(name) < _LONG_ENOUGH or said in lists().ordinary or not (word[0][0].isupper() or is_titled):
        return False
    return _sounds_like(said, name)


def _is_asked(text: str, word: re.Match[str]) -> bool:
    """`Will you …`, `May I …`: a verb at the beginning, unless a comma sets it off."""
    begins = re.search(r"(?:^|[.!?\n]\s*)$", text[max(0, word.start() - 30) : word.start()]) is not None
    return begins and word[0].lower() in _ASKS and text[word.end() : word.end() + 1] != ","


def _sounds_like(said: str, name: str) -> bool:
    """Whether two spellings have the same consonants, enough of them, and about the same length."""
    sound = consonants(name)
    return len(sound) >= _MANY_CONSONANTS and consonants(said) == sound and abs(len(said) - len(name)) <= 2


def _misspelt(text: str, words: list[re.Match[str]], parts: list[str]) -> Iterator[tuple[int, int]]:
    """First and last name next to each other, each by its sound, in small letters too."""
    if len(parts) < 2:
        return
    names = (consonants(parts[0].lower()), consonants(parts[-1].lower()))
    for one, other in itertools.pairwise(words):
        heard = (consonants(_stem(one[0])), consonants(_stem(other[0])))
        is_close = len(text[one.end() : other.start()]) <= 2
        if is_close and heard == names and min(map(len, names)) > 1 and _stem(one[0]) not in lists().ordinary:
            yield one.start(), other.end() - _possessive(other[0])
