"""Chinese names with a title: 李医生, 王建国主任, 老周, 小陈, 王阿姨, 张叔, 阿强."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

from pipeline.identifiers import Found
from pipeline.identifiers.name_placed import place
from pipeline.language import han, person_places
from pipeline.language.chinese_names import Talk, is_han, surname_length
from pipeline.language.chinese_words import ORDINARY, is_ordinary, lists, tag, tokens
from pipeline.values import Register

VERSION = 11
KINDS = ("name",)

_CALLS = re.compile(r"(?:谢谢|感谢|多谢|找|请|请问|叫|问|跟着|姓|是|[，。！？,.!?、：:\s])$")
_ADDRESSED = re.compile(
    r"$|[\s，。！？、,.!?：:；;…啊呀吧呢吗你您他她咱说来也又在就先今昨前明上下早刚这那的]|医生|护士|大夫|师傅|老师|同学"
)
_SPOKEN_TO = re.compile(r"[\u4e00-\u9fff]{2,5}[，,]?[您你]")
"""A title that talk begins with, before you: 查师傅您看."""
_CALLED = re.compile(r"$|[\s，！？,!?：:啊呀吧你您他她咱]")
_ADDRESSES = re.compile(r"^$|[\s，。！？,.!?：:]$")
_COUNTED = re.compile(r"[一二两三四五六七八九十几\d][个只根条块片粒道处]$")
"""What things are counted with: 两个小孔."""
_NICKNAMES = "红芳丽军娟燕玲慧伟敏静婷霞梅琴萍莉莹雪刚勇杰洁雯婉倩宝明"
"""Given names that people are called by with 小 alone (小芳)."""
_KINSHIP = frozenset("哥姐叔姨嫂婶")
_KIN = frozenset("大小老表堂帅亲干师学二三四五六七八九十")
_RANKS = frozenset("副老")
_NOT_GIVEN = frozenset("的了在是吗呢吧我你您他她它这那也有和跟给让叫找来去说到就都不没")
_CALLED_OLD, _MAY_BE_CALLED_OLD = "根栓柱拴锁墩奎魁憨蔫", "贵福旺财喜顺堂祥茂坤忠义倔"
"""Given names and ways that people are called by with 老 alone (老根); of the second what stands around must say so."""
_OLD_MAN = "头"
_REVERED = re.compile(
    r"(?:^|(?<=[\s，。！？、,.!?请找问是跟]))(?P<surname>[\u4e00-\u9fff])老(?=[\s，。！？,.!?您你今说]|$)"
)
"""余老: how a person of age and rank is spoken to."""


def find(text: str, register: Register) -> Iterator[Found]:
    """Names with a title behind them, or 老, 小, 大, 阿 before them; the title belongs to what is found."""
    if not han.is_in(text):
        return
    talk = Talk(text)
    for start, end in (*_behind(talk), *_before(talk), *_revered(talk)):
        yield Found(start, end, "name")


@functools.cache
def _titles() -> re.Pattern[str]:
    longest_first = sorted(lists().titles, key=len, reverse=True)
    return re.compile(f"(?:{'|'.join(longest_first)}|[{''.join(sorted(lists().short_titles))}])")


def _behind(talk: Talk) -> Iterator[tuple[int, int]]:
    """Surname or full name, then a title."""
    text = talk.text
    for title in _titles().finditer(text):
        at = title.start()
        is_short = len(title[0]) == 1
        if is_short and not (talk.closes(title.end()) and talk.word(at).start in (at, at - 1, at - 2)):
            continue
        start = _name_before(talk, at, is_short)
        if title[0] in _KINSHIP and (given := _given_before(talk, at)) is not None:
            start = given if start is None else min(start, given)
        if start is not None:
            yield start, title.end()


def _given_before(talk: Talk, at: int) -> int | None:
    """Where a given name begins that ends at 哥, 姐 and the like: 玉梅姐, 强哥."""
    text = talk.text
    for length in (2, 1):
        start = at - length
        given = text[max(0, start) : at]
        is_fit = set(given) <= lists().sure_given or given in lists().pet_names
        if start < 0 or not is_fit or not talk.opens(start) or is_ordinary(given + text[at]):
            continue
        is_called = _ADDRESSED.match(text, at + 1) is not None and (start == 0 or _CALLS.search(text[:start][-3:]))
        is_usual = given in lists().pet_names and is_called
        if length == 2 and (is_usual or (not is_ordinary(given) and not surname_length(text, start))):
            return start
        if length == 1 and is_called and given not in _KIN:
            return start
    return None


def _name_before(talk: Talk, at: int, is_short: bool) -> int | None:
    """Where the name begins that ends at a title, None if there is none."""
    text = talk.text
    if not is_short and _is_set_off(talk, at - 3, at):
        return at - 3
    for length in (4, 3, 2):
        start = at - length
        if start >= 0 and surname_length(text, start) and not is_short and _is_called(talk, start, at):
            return start
    if at >= 2 and surname_length(text, at - 2) == 2 and talk.opens(at - 2):
        return at - 2
    if at >= 2 and text[at - 2] in lists().front_titles and surname_length(text, at - 1) and talk.opens(at - 2):
        return at - 2 if _can_be_called(text[at - 2 : at]) else None
    return at - 1 if at >= 1 and _is_surname_before_title(talk, at - 1, is_short) else None


def _is_set_off(talk: Talk, start: int, end: int) -> bool:
    """Whether a sure surname and two characters fill all between what calls for a person and a title: 蒋大为主任."""
    text = talk.text
    if start < 0 or text[start] not in lists().plain_surnames or person_places.before(text, start) == 0:
        return False
    given = text[start + 1 : end]
    is_word = talk.begins_ordinary_word(start) or not talk.opens(start)
    is_rank = any(each in text[start:end] for each in lists().titles) or given[0] in _RANKS
    is_talk = tag(given).startswith(("t", "r", "m")) or (set(given) & _NOT_GIVEN and not tag(given).startswith("n"))
    return all(map(is_han, given)) and not (is_word or is_rank or is_talk)


def _is_called(talk: Talk, start: int, end: int) -> bool:
    """Whether a full name lies before a title; the title speaks for it, so any given name will do."""
    surname = surname_length(talk.text, start)
    given = talk.text[start + surname : end]
    if not 1 <= len(given) <= 2 or not talk.opens(start):
        return False
    if talk.begins_ordinary_word(start) and not (end - start == 3 and tag(talk.text[start:end]) in ("ns", "nz")):
        return False
    return surname == 2 or (
        all(each in lists().given for each in given) and not is_ordinary(given + talk.text[end : end + 1])
    )


def _is_surname_before_title(talk: Talk, at: int, is_short: bool) -> bool:
    if not surname_length(talk.text, at) or not talk.opens(at):
        return False
    if talk.begins_ordinary_word(at):
        return False
    surname = talk.text[at]
    if is_short and surname in lists().everyday_surnames and _ADDRESSES.search(talk.text[max(0, at - 1) : at]):
        return surname not in lists().words_before_titles and _CALLED.match(talk.text, at + 2) is not None
    if surname in lists().words_before_titles or (is_short and surname in lists().everyday_surnames):
        called = _CALLS.search(talk.text[max(0, at - 30) : at])
        if at == 0 and not is_short and _SPOKEN_TO.match(talk.text) and not talk.word(at).tag.startswith(("p", "c")):
            return True
        return not is_short and called is not None and called[0].strip(" ，。！？,.!?、：:\n") != ""
    return True


def _before(talk: Talk) -> Iterator[tuple[int, int]]:
    """老, 小, 大 or 阿, then a surname or what one is called by."""
    text = talk.text
    for front in re.finditer(f"[{''.join(sorted(lists().front_titles))}]", text):
        start, end = front.start(), front.start() + 2
        called = text[start + 1 : end]
        if not called or not talk.opens(start) or not talk.closes(end) or not _can_be_called(text[start:end]):
            continue
        if talk.word(start).text == text[start : end + 1] and is_ordinary(talk.word(start).text):
            continue
        if _COUNTED.search(text[:start]) or (front[0] != "阿" and _begins_word(talk, start)):
            continue
        if _is_nickname(talk, front[0], called, end):
            yield start, end + (text[end : end + 1] == _OLD_MAN)


def _begins_word(talk: Talk, start: int) -> bool:
    """Whether 老, 小 or 大 stands before a word instead of a name: 老寿星, but 小王子宫肌瘤 is 小王.

    The dictionary takes 老寿星 for one word, and what is left of it without 老 begins with one as well.
    """
    whole = talk.word(start)
    if whole.end - start < 3:
        return False
    rest = tokens(talk.text[start + 1 :])[0]
    is_called = rest.text[1:] in lists().titles or (rest.text.endswith("子") and not is_ordinary(rest.text))
    return rest.end > 1 and not is_called


def _revered(talk: Talk) -> Iterator[tuple[int, int]]:
    for found in _REVERED.finditer(talk.text):
        is_surname = found["surname"] in lists().surnames - lists().everyday_surnames
        if is_surname and talk.opens(found.start()) and talk.closes(found.end()) and not is_ordinary(found[0]):
            yield found.span()


def _can_be_called(word: str) -> bool:
    """Whether 老, 小, 大 or 阿 and a surname are a nickname; the dictionary has 老张 and 小马 too."""
    return tag(word) != ORDINARY


def _is_nickname(talk: Talk, front: str, called: str, end: int) -> bool:
    addressed = (_CALLED if is_ordinary(front + called) else _ADDRESSED).match(talk.text, end) is not None
    if front == "阿":
        return called in lists().sure_given or (called in lists().surnames and addressed)
    is_due = person_places.before(talk.text, end - 2) > 1 and person_places.after(talk.text, end) > 0
    if called in lists().everyday_surnames and front != "大" and is_due:
        return True
    if called in lists().everyday_surnames or front == "大":
        return called in lists().surnames and addressed and not (front == "大" and called in lists().everyday_surnames)
    if called in lists().surnames:
        return True
    if front == "老":
        is_one = called in _CALLED_OLD or (called in _MAY_BE_CALLED_OLD and place(talk, end - 2, end) > 1)
        return is_one and addressed
    return front == "小" and called in _NICKNAMES and addressed
