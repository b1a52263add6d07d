"""Chinese full names where talk speaks of a person: 麻烦叫一下白洁, 靳东腰疼. The place says what characters cannot."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.identifiers import Found
from pipeline.language import han, person_places
from pipeline.language.chinese_names import NO_PET, Talk, is_drug, is_han, surname_length
from pipeline.language.chinese_words import ORDINARY, Token, frequency, is_ordinary, lists, tag
from pipeline.values import Register

VERSION = 8
KINDS = ("name",)

ENOUGH = 4
"""What characters and place must weigh together. On the Chinese lines of the corpus, which it has seen,
3 finds 2 names of 611 more and hits 27 clean lines of 1264 instead of 3; 5 finds 10 fewer and hits as many."""
NEVER = -9
_IN_EVERY_MOUTH = 1000
"""How often by jieba's dictionary a plain noun or place is met that is no name (公司, 云南); 高阳 and 金花 are."""
_LIGHT = ("v", "r", "t", "d", "p", "c", "u", "y", "m")
_NOT_GIVEN = frozenset(
    "或与的了在是吗呢吧啊我你您他她它们这那什么哪几个也都还就又很没不去来到说和跟从住岁有做给让叫请把被吃喝看疼痛院药病嘴口径打"
)
_NUMBERED = re.compile("[二三四五六七八九大小][丫妞娃柱蛋毛狗牛虎]")
"""What children are called in the country by their number and what they are: 二丫."""
_PEOPLE = set("子家民士友员兵国州城县省")
"""What makes a word that begins with a surname one for people of a kind, or a place: 战士, 房东."""
_NOT_ALONE = _NOT_GIVEN | set("多零")
"""What a given name without its surname does not hold: 走多远, 零一六."""
_TOLD = frozenset({"安静", "冷静", "平静"})
"""What people are told to be: 安静，你听我说."""
_HANDLED = re.compile("(?!.{0,2}[叫喊送带抱扶接请推背劝领哄])")
"""What stands behind 把 and a thing; people are 把…叫来, 把…送去."""
_DONE_THERE = re.compile(
    "上班|上学|上大学|上[小中高初]|读书|念书|住|工作|打工|吃|做(?:手术|检查|生意)|看病|出差|生活|长大|退休"
)
"""What people do at a place that was told with 在."""
_OLD_MAN = re.compile("老[一-鿿]头[子儿]?")
"""老于头: what 于 is called when he is old."""
_NOT_NOUNS = ("t", "d", "c", "p", "r", "m", "q", "f", "u", "y", "e")
"""Tags of words that stand for nobody: times, adverbs, particles, numbers."""


def find(text: str, register: Register) -> Iterator[Found]:
    """Surname and given name, of any characters that may be one, by both sides of their place."""
    if not han.is_in(text):
        return
    talk = Talk(text)
    for start, end in (*_full(talk), *_alone(talk)):
        yield Found(start, min(end, len(text)), "name")


def _full(talk: Talk) -> Iterator[tuple[int, int]]:
    """Surname and given name; of two that begin alike the one for which more speaks."""
    end = 0
    for start in range(len(talk.text)):
        length = surname_length(talk.text, start) if start >= end else 0
        ends = [each for each in (start + length + 2, start + length + 1) if length and each <= len(talk.text)]
        most, best = max(((weight(talk, start, each), each) for each in ends), default=(NEVER, start))
        if most >= ENOUGH:
            end = best
            yield start, end


def _alone(talk: Talk) -> Iterator[tuple[int, int]]:
    """What people are called by alone: usual given names, pet names, names of other languages (玛丽娜)."""
    for start in range(len(talk.text) - 1):
        for end in (start + 3, start + 2):
            due = _needed(talk.text[start:end], talk, start)
            if due and talk.opens(start) and talk.closes(end) and place(talk, start, end) >= due:
                yield start, end
                break
    for old in _OLD_MAN.finditer(talk.text):
        if talk.text[old.start() + 1] in lists().surnames and place(talk, *old.span()) >= 3:
            yield old.span()
    for word in talk.words:
        is_named = word.tag.startswith("nr") and len(word.text) > 1 and word.text not in lists().titles
        is_foreign = is_named and all(map(_is_foreign, word.text)) and not is_drug(word.text)
        if is_foreign and place(talk, word.start, word.end) >= 5 - min(len(word.text), 3):
            yield word.start, word.end


def _is_foreign(character: str) -> bool:
    return character in lists().transliterated or character in lists().foreign


def _needed(given: str, talk: Talk, start: int) -> int:
    """How much both sides must say for what may be a given name alone; 0 if it may be none."""
    known = lists()
    if given in known.titles:
        return 0
    if given in known.given_names:
        return 2 + is_ordinary(given)
    if given in known.pet_names:
        return 2 + 2 * is_ordinary(given)
    if _NUMBERED.fullmatch(given) and not tag(given):
        return 3
    if len(given) != 2 or given[0] not in known.given or given[1] not in known.given or set(given) & _NOT_ALONE:
        return 0
    is_doubled = given[0] == given[1] and given[0] not in NO_PET
    is_loose = talk.word(start).text == given[0] and talk.word(start + 1).text == given[1]
    return 4 * (is_loose or is_doubled)


def place(talk: Talk, start: int, end: int) -> int:
    """How much both sides call for a person, up to 6; 0 where one of them does not.

    Any verb, pronoun, time or adverb beside it says a little: what is seldom part of a longer name of a thing.
    """
    if _is_where(talk, start, end) or _is_handled(talk, start, end) or _is_allergen(talk, start, end):
        return 0
    left = person_places.before(talk.text, start) or int(start > 0 and _is_light(talk.word(start - 1)))
    right = person_places.after(talk.text, end) or int(end < len(talk.text) and _is_light(talk.word(end)))
    right = 3 if _is_of_people(talk, end) else right
    return left + right if left and right else 0


def _is_where(talk: Talk, start: int, end: int) -> bool:
    """Whether 在 and what people do somewhere stand on both sides: 在武汉上班. 现在 and 正在 tell of no place."""
    return start > 0 and talk.word(start - 1).text == "在" and _DONE_THERE.match(talk.text, end) is not None


def _is_handled(talk: Talk, start: int, end: int) -> bool:
    """Whether an ordinary word stands behind 把: mostly a thing with which something is done, 把颜色看清楚."""
    is_word = talk.text[max(0, start - 1) : start] == "把" and is_ordinary(talk.text[start:end])
    return is_word and _HANDLED.match(talk.text, end) is not None


def _is_allergen(talk: Talk, start: int, end: int) -> bool:
    """Whether an ordinary word is what somebody does not bear: 花生过敏."""
    return talk.text.startswith("过敏", end) and is_ordinary(talk.text[start:end])


def _is_of_people(talk: Talk, end: int) -> bool:
    """Whether one of China's peoples is told of who was just named: 金英姬，朝鲜族."""
    follows = talk.text[end : end + 1] in ("，", ",", " ")
    word = talk.word(end + follows) if end + follows < len(talk.text) else None
    return word is not None and word.text.endswith("族") and word.tag == "nz"


def _is_light(word: Token) -> bool:
    return word.tag.startswith(_LIGHT)


def weight(talk: Talk, start: int, end: int) -> int:
    """How much speaks for a full name here: its characters and what stands on both sides."""
    if talk.text[start:end] in lists().known_to_all:
        return NEVER
    if talk.text[start:end] in _TOLD and person_places.before(talk.text, start) < 2:
        return NEVER
    score = characters(talk, start, end)
    around = place(talk, start, end) if score > NEVER else 0
    return score + around if around else NEVER


def characters(talk: Talk, start: int, end: int) -> int:
    """How much the characters themselves speak for a full name; `NEVER` if they forbid it."""
    text = talk.text[start:end]
    surname = surname_length(text, 0)
    given = text[surname:]
    if not given or not all(map(is_han, given)) or set(given) & _NOT_GIVEN or talk.names_something_else(end):
        return NEVER
    if not talk.opens(start) or not talk.closes(end) or talk.leads_to_place(start, end):
        return NEVER
    if is_ordinary(text):
        return _of_word(text)
    usual = given in lists().given_names or given in lists().pet_names
    if not usual and (talk.begins_ordinary_word(start) or given in lists().front_titles):
        return NEVER
    return _of_surname(text, surname) + (_of_usual(text) if usual else _of_given(text, surname))


def _of_word(text: str) -> int:
    """What a word of the dictionary gets by itself: people are called 高峰 and 白洁, but the place must say so."""
    known, given = lists(), text[1:]
    if len(text) > 2:
        return _of_surname(text, 1) + 1 if set(given) <= known.sure_given else NEVER
    is_function = tag(text).startswith(_NOT_NOUNS) and text[0] not in known.plain_surnames
    if given not in known.given or given in _PEOPLE or is_function:
        return NEVER
    is_plain = tag(text).startswith("n") and given not in known.sure_given
    if is_plain and frequency(text) >= _IN_EVERY_MOUTH:
        return NEVER
    return int(given in known.sure_given and tag(text) in ("n", ORDINARY))


def _of_surname(text: str, length: int) -> int:
    """How seldom the surname is anything else."""
    known = lists()
    if length == 2:
        return 3
    if text[0] in known.words_before_titles:
        return -1
    return 2 if text[0] in known.plain_surnames else int(text[0] not in known.everyday_surnames)


def _of_usual(text: str) -> int:
    """What a usual given name gets."""
    return 2 + sum(each in lists().sure_given for each in text[-2:]) + tag(text).startswith("nr")


def _of_given(text: str, surname: int) -> int:
    """What other characters get behind a surname; two that are a word less, unless it can be a name (卫星)."""
    known, given = lists(), text[surname:]
    score = sum((each in known.sure_given) - (each not in known.given) for each in given)
    if len(given) == 1:
        score += given in known.surest_given
        return score + tag(text).startswith("nr")
    is_fit, is_word = set(given) <= known.given, is_ordinary(given)
    is_cut = surname == 1 and is_ordinary(text[:2]) and given[0] != given[1]
    if is_cut or (is_word and tag(given).startswith("v") and not is_fit):
        return NEVER
    return score + is_fit - is_word + (tag(text).startswith("nr") and not is_word)
