"""Chinese full names where talk speaks of a person: 麻烦叫一下白洁, 靳东腰疼. The place says what characters cannot."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.identifiers import Found
from pipeline.language import person_places
from pipeline.language.chinese_names import Talk, is_han, surname_length
from pipeline.language.chinese_words import ORDINARY, is_ordinary, lists, tag
from pipeline.values import Register

VERSION = 1
KINDS = ("name",)

ENOUGH = 4
_NOT_GIVEN = set(
    "或与的了在是吗呢吧啊我你您他她它们这那什么哪几个也都还就又很没不去来到说和跟从住岁有做给让叫请把被吃喝看疼痛院药病嘴径打"
)
_PEOPLE = set("子家民士友员兵国州城县省")
"""What makes a word that begins with a surname one for people of a kind, or a place: 战士, 房东."""
_OLD_MAN = re.compile("老[一-鿿]头[子儿]?")
"""老于头: what 于 is called when he is old."""
_NOT_NOUNS = ("t", "d", "c", "p", "r", "m", "q", "f", "u", "y", "e")


def find(text: str, register: Register) -> Iterator[Found]:
    """Surname and given name, of any characters that may be one, by both sides of their place."""
    if not re.search("[\u4e00-\u9fff]", text):
        return
    talk = Talk(text)
    for start, end in (*_full(talk), *_alone(talk)):
        yield Found(start, end, "name")


def _full(talk: Talk) -> Iterator[tuple[int, int]]:
    """Surname and given name; of two that begin alike the one for which more speaks."""
    end = 0
    for start in range(len(talk.text)):
        length = surname_length(talk.text, start) if start >= end else 0
        ends = [each for each in (start + length + 2, start + length + 1) if length and each <= len(talk.text)]
        best = max(ends, key=lambda each: weight(talk, start, each), default=None)
        if best is not None and weight(talk, start, best) >= ENOUGH:
            end = best
            yield start, end


def _alone(talk: Talk) -> Iterator[tuple[int, int]]:
    """What people are called by alone: usual given names, pet names, names of other languages (玛丽娜)."""
    for start in range(len(talk.text) - 1):
        end = start + 2
        given = talk.text[start:end]
        is_name = given in lists().given_names or given in lists().pet_names
        if is_name and talk.opens(start) and talk.closes(end) and place(talk, start, end) >= 3 + is_ordinary(given):
            yield start, end
    for old in _OLD_MAN.finditer(talk.text):
        if talk.text[old.start() + 1] in lists().surnames and place(talk, *old.span()) >= 3:
            yield old.span()
    for word in talk.words:
        is_foreign = word.tag.startswith("nr") and set(word.text) <= lists().transliterated | lists().foreign
        if is_foreign and len(word.text) > 1 and place(talk, word.start, word.end) >= 3:
            yield word.start, word.end


def place(talk: Talk, start: int, end: int) -> int:
    """How much both sides call for a person, up to 6; 0 where one of them does not."""
    left, right = person_places.before(talk.text, start), person_places.after(talk.text, end)
    return left + right if left and right else 0


def weight(talk: Talk, start: int, end: int) -> int:
    """How much speaks for a name here: its characters and what stands on both sides."""
    around = place(talk, start, end)
    return characters(talk, start, end) + around if around else -9


def characters(talk: Talk, start: int, end: int) -> int:
    text = talk.text[start:end]
    surname = surname_length(text, 0)
    given = text[surname:]
    if not given or not all(map(is_han, given)) or set(given) & _NOT_GIVEN or talk.names_something_else(end):
        return -9
    if not talk.opens(start) or not talk.closes(end):
        return -9
    known = lists()
    if surname == 2:
        score = 3
    elif text[0] in known.words_before_titles:
        score = -1
    else:
        score = 2 if text[0] in known.plain_surnames else 0 if text[0] in known.everyday_surnames else 1
    score += sum(1 if c in known.sure_given else 0 if c in known.given else -1 for c in given)
    if given in known.given_names:
        score += 2
    elif len(given) == 2:
        is_word = is_ordinary(given)
        is_verb = is_word and tag(given).startswith("v") and not set(given) <= known.given
        if (surname == 1 and is_ordinary(text[:2])) or is_verb:
            return -9
        score += (set(given) <= known.given) - is_word
        score += tag(text).startswith("nr") and not is_word
    elif given in known.front_titles:
        return -9
    else:
        score += tag(text).startswith("nr")
    if is_ordinary(text):
        is_thing = tag(text).startswith(_NOT_NOUNS) and text[0] not in known.plain_surnames
        if len(text) > 2 or given not in known.given or given in _PEOPLE or is_thing:
            return -9
        return int(given in known.sure_given and tag(text) in ("n", ORDINARY))
    if talk.begins_ordinary_word(start) and given not in known.given_names:
        return -9
    return score
