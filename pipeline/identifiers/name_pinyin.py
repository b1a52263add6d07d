"""Chinese names in pinyin, as English talk and writing have them: Li Na, Xiaoming Wang."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.identifiers import Found
from pipeline.language.english_names import WORD, follows_saint, is_capital, lists, next_word, plainly
from pipeline.values import Register

VERSION = 5
KINDS = ("name",)

_SYLLABLE = (
    "(?:(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])?(?:iang|iong|uang|ang|eng|ing|ong|iao|ian|uai|uan|ai|ei|ao"
    "|ou|an|en|in|un|ia|ie|iu|ua|uo|ui|ue|a|o|e|i|u|v))"
)
_TWO = re.compile(f"{_SYLLABLE}['’-]?{_SYLLABLE}")
_PINYIN = re.compile(f"{_SYLLABLE}['’-]?{_SYLLABLE}?", re.IGNORECASE)
_SURELY_CHINESE = re.compile(r"[Xx]|[Zz]h|[Qq](?!u[ae])|[Jj]i[aou]|iang|iong|iao|ng[bcdfhjlmstwyz]")
"""What no English word but some has (Mexico is no row of syllables)."""
_OF_SOMETHING = re.compile(
    r"['’]?s?[ \-](?:hospital|clinic|medical|university|college|school|institute|street|road|avenue|province|city)\b",
    re.IGNORECASE,
)


def find(text: str, register: Register) -> Iterator[Found]:
    """Names in pinyin, unless a hospital or a street is called so."""
    words = list(WORD.finditer(text))
    for start, end in (*_pinyin(text, words), *_given(words)):
        if not _OF_SOMETHING.match(text, end) and not follows_saint(text, start):
            yield Found(start, end, "name")


def _given(words: list[re.Match[str]]) -> Iterator[tuple[int, int]]:
    """Given names of two syllables alone, with a capital and sounds that English has not: Xiulan, Jianguo."""
    for word in words:
        plain = plainly(word[0])
        two = _TWO.fullmatch(plain)
        is_ordinary = (
            plain in lists().ordinary or plain in lists().no_town or plain in lists().everyday | lists().chinese_places
        )
        is_name = two and len(plain) > 4 and _SURELY_CHINESE.search(plain) and not is_ordinary
        if is_name and is_capital(word[0]) and not word[0].isupper():
            yield word.start(), word.start() + len(plain)


def _pinyin(text: str, words: list[re.Match[str]]) -> Iterator[tuple[int, int]]:
    """Chinese names: a surname and a given name in pinyin, both with a capital, in either order."""
    for at, word in enumerate(words):
        following = next_word(text, words, at)
        if following is None or not (is_capital(word[0]) and is_capital(words[following][0])):
            continue
        one, other = plainly(word[0]), plainly(words[following][0])
        if f"{one} {other}" in lists().romanised_things:
            continue
        for surname, given in ((one, other), (other, one)):
            sure = surname not in lists().everyday and not {one, other} & (lists().ordinary | lists().everyday)
            if surname in lists().chinese_surnames and _PINYIN.fullmatch(given) and sure:
                yield word.start(), words[following].end()
                break
