"""Names that are the answer to a question for one: What's your surname? Kowalczyk. 您叫什么？常青。"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.identifiers import Found
from pipeline.language import asking, han
from pipeline.language.chinese_names import Talk, is_han, surname_length
from pipeline.language.chinese_words import is_ordinary, tag
from pipeline.language.chinese_words import lists as chinese
from pipeline.language.english_names import WORD, is_any, is_capital, lists, may_be_name, name_end, plainly
from pipeline.values import Register

VERSION = 2
KINDS = ("name",)

_WHOSE = (
    r"(?:your|his|her|their|(?:the )?(?:patient|baby|child|mother|father|mum|mom|dad|wife|husband|son|daughter)['’]?s)"
)
_PART = r"(?:surname|(?:last|family|second|maiden|middle|first|given|full) name)"
_SAYS = (
    r"(?:(?:uh+|um+|er+m?|oh|yes|yeah|yep|sure|ok|okay|well|so|right|sorry|it['’]?s|it is|that['’]?s|that is|i['’]?m"
    r"|same as (?:his|hers|theirs|mine|(?:my|his|her) \w+(?:['’]s)?)"
    r"|that would be|that['’]d be|my (?:sur)?name is|spelled|spelt)[,.…]? )*"
)
_ENGLISH = re.compile(
    rf"\b(?:(?:{_WHOSE} |the |a |and |or )?{_PART}|{_WHOSE} name)(?:,? [a-z'’]+){{0,5}},? ?\? *{_SAYS}"
    rf"|\bwhat(?:['’]s| is| was) (?:{_WHOSE} (?:{_PART}|name)|the {_PART})(?: please| again)? {_SAYS}",
    re.IGNORECASE,
)
_ENGLISH_ENDS = re.compile(r"\s*(?:[.,!;…]|\Z|\?(?=\s|\Z))")
"""An answer that no list knows is one by itself: it ends where it is said."""

_PEOPLE = (
    "[您你他她]|孩子|宝宝|娃娃?|小朋友|[小这那]家伙"
    "|病人|患者|老人家?|老[爷太]子?|大[爷妈娘叔姐哥]|阿姨|叔叔|[爸妈爷奶]|女儿|儿子|家属|本人|人"
)
_WHAT = "(?:什么|啥|嘛|甚)"
_CHINESE = re.compile(
    rf"(?:(?:{_PEOPLE})(?:的?(?:大名|名字|全名))?(?:是|就)?|(?:^|(?<=[\s，。！？,.!?]))(?:那|请问)?)叫{_WHAT}(?:名字?)?"
    rf"|叫{_WHAT}名字?(?=[\s，。？?])"
    rf"|(?:{_PEOPLE}|^|[\s，。！？,.!?])的?(?:姓名|名字|全名)(?:是{_WHAT}|呢)?(?=[\s，。？?:：])"
    rf"|怎么称呼(?:您|你)?|(?:报|说)(?:一下|下)?(?:您|你)?的?(?:姓名|名字)|签(?:个|一下)?名字?[?？]"
)
_SURNAME = re.compile(rf"贵姓|姓{_WHAT}|{_WHAT}姓(?=[\s，。？?])")
_NOT_GIVEN = frozenset("的了在是吗呢吧我你您他她它这那什么啥哪几没不都也有忘叫姓谁记知")
_NOT_SURNAME = _NOT_GIVEN | set("好对行嗯啊哦哎疼痛来看说等快慢先请")
_NO_NAME = ("r", "u", "y", "c", "p", "e", "d")
"""Tags of words that are no answer: pronouns, particles, adverbs."""
_ASKED_NEXT = re.compile("[?？]")


def find(text: str, register: Register) -> Iterator[Found]:
    """Names that were asked for, by the place alone."""
    del register
    for start, end in (*_english(text), *_chinese(text)):
        yield Found(start, end, "name")


def _english(text: str) -> Iterator[tuple[int, int]]:
    words: list[re.Match[str]] = []
    for asked in _ENGLISH.finditer(text):
        words = words or list(WORD.finditer(text))
        first = next((number for number, word in enumerate(words) if word.start() == asked.end()), None)
        if first is None or not _may_answer(text, words[first][0]):
            continue
        end = name_end(text, words, first)
        if _ENGLISH_ENDS.match(text, end):
            yield words[first].start(), end


def _may_answer(text: str, word: str) -> bool:
    """Whether a word may be a name where one is due: whatever is not ordinary."""
    known = lists()
    others = known.no_person, known.titles, known.regions
    plain = plainly(word)
    is_name = is_any(plain, known.given, known.surnames, known.chinese_surnames)
    return (is_capital(word) or text.islower()) and may_be_name(word) and (is_name or not is_any(plain, *others))


def _chinese(text: str) -> Iterator[tuple[int, int]]:
    if not han.is_in(text):
        return
    talk = Talk(text)
    for start in asking.answers(text, _SURNAME):
        surname = surname_length(text, start)
        is_one = is_han(text[start : start + 1]) and text[start] not in _NOT_SURNAME
        surname = surname or int(is_one and asking.ends(text, start + 1))
        length = surname if asking.ends(text, start + surname) else _name_length(talk, start)
        if length:
            yield start, start + length
    for start in asking.answers(text, _CHINESE):
        length = _name_length(talk, start)
        if length:
            yield start, start + length


def _name_length(talk: Talk, start: int) -> int:
    """How many characters of an answer are a name: all of it, if they can be one; 0 if not."""
    text, surname = talk.text, surname_length(talk.text, start)
    for length in (4, 3, 2):
        name = text[start : start + length]
        if len(name) < length or not all(map(is_han, name)) or set(name) & _NOT_GIVEN:
            continue
        is_asked = _ASKED_NEXT.match(text, start + length) is not None and not tag(name).startswith("nr")
        if is_asked or (length > 2 and 1 < talk.word(start).end - start < length and talk.begins_ordinary_word(start)):
            continue
        if asking.ends(text, start + length) and _is_name(name, surname):
            return length
    return 0


def _is_name(name: str, surname: int) -> bool:
    """Whether an answer is a surname with a given name, or made of what given names are."""
    known, given = chinese(), name[surname:]
    if name in known.titles or name[-2:] in known.titles or tag(name).startswith(_NO_NAME):
        return False
    if name[0] in known.front_titles and len(name) == 2 and surname_length(name, 1):
        return True
    if surname and 1 <= len(given) <= 2:
        return not is_ordinary(name) or set(given) <= known.given
    return name in known.pet_names or set(name) <= known.given or set(name) <= known.transliterated | known.foreign
