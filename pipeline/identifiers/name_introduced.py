"""Chinese names that something announces: 我叫…, 姓名 …, 患者：…, 这位是…, 姓王."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.identifiers import Found
from pipeline.language import han
from pipeline.language.chinese_names import NO_PET, Talk, is_drug, is_han, surname_length
from pipeline.language.chinese_words import ORDINARY, frequency, is_ordinary, lists, tag
from pipeline.language.english_names import may_be_name
from pipeline.values import Register

VERSION = 11
KINDS = ("name",)

_NAMED = re.compile(
    r"(?:(?:[我他她你您咱俺]|孩子|儿子|女儿|孙子|孙女|媳妇|老公|老婆|丈夫|妻子|爸|妈|娃|宝宝|小朋友|小孩|[男女]孩|[弟妹哥姐]|人家|这个|医生"
    r"|护士)(?:的?名字)?(?:就|是|也|们都)?叫(?:做|作)?"
    r"|名叫|名字(?:就)?(?:叫做?|是)|(?:名字|姓名|名称|本名|真名|大名|小名|曾用名|患者|病人|受检者|被检者|检查者"
    r"|就诊人|家属|签名|签字|联系人|监护人|陪护人?"
    r"|[申报审送检查诊主治责任记录手术麻醉者告核]{2,4}医[生师]|医[生师]|护士|主刀|术者|助手|收件人|申请人|持卡人"
    r"|户主)(?:姓名|名字|签名|签字)?\s*[:：]"
    r"|(?:姓\s*名|患者姓名|病人姓名)[\s:：是为]*|小名叫?|大名叫?|外号叫?|[中英日韩]文名字?[叫是]?)\s*[“\"'「]?"
)
"""What is followed by a name for sure, whatever its characters."""
_SURNAME = re.compile(r"(?<![百同])姓(?:氏)?\s*(?:是|[:：])?\s*")
_ONLY_GIVEN = re.compile(r"单名(?:一?个|叫)?[“\"]?([\u4e00-\u9fff])")
_SPACED = re.compile(
    r"(?:姓\s*名|受检者|被检者|检查者|就诊人|患者|病人|家属|签名"
    r"|签字)[\s:：]+(?P<name>[\u4e00-\u9fff]{1,2}\s{1,3}[\u4e00-\u9fff]{1,2})(?=[\s，。,/]|$)"
)
"""A form may write a name with a gap: 董 梅."""
_FORM = re.compile(r"(?:^|[\s，。:：；/])(?P<name>[\u4e00-\u9fff]{2,4})(?=[，,\s]{0,2}[男女](?:[，,\s。；/]|\d|$))")
"""A name before the sex: 柳叶青，女."""
_PAUSE = re.compile(r"(?:[\s，。、,.…]|[嗯呃额]|那个|这个)+")
_SELDOM = 500
"""How often jieba's dictionary may have met a word that is taken for a name where one is announced."""
_LATIN = re.compile(r"(?:[A-Z][a-z]+(?:[ \-·][A-Z][a-z]*)*|[A-Z]{2,}(?: [A-Z]{2,})+)(?![A-Za-z])")
_OF_PEOPLE = re.compile(r"^(?!这个|医生|护士|人家|.们|[您你]叫).*(?:叫[做作]?|名字?是?|姓名\s*[:：]?)\s*[“\"'「]?$")
"""Leads that tell what a person is called, and not what is called for or by doctors."""
_NOT_GIVEN = set("或与的了在是吗呢吧啊我你您他她它们这那什么哪几个也都还就又很没不去来到说和跟从住今年岁男女家有做")
_STOPS = re.compile(
    r"$|[一二三四五六七八九十两]{1,3}[岁个]|[\s，。！？、,.!?：:；;…（）()”\"'」/0-9]|男|女|的|来|今年|家住|住在|从|是|性别|年龄|先生|女士"
)
_FOREIGN = re.compile("[\u4e00-\u9fff]{4,8}(?=$|[\\s，。！？,.!?]|来|今年|从|住|是)")
"""What may be a name of another people, if its characters are such: 阿卜杜热合曼."""
_WRITTEN = re.compile("[\u4e00-\u9fff]{4,8}?(?=[片胶囊针]|$|[\\s，。！？、,.!?]|[是吗吧呢])")
_SPELLED = re.compile(
    "耳东陈|弓长张|木子李|双木林|口天吴|古月胡|立早章|草头黄|草字头黄|三横一?竖?王|走肖赵|言午许|双人徐|双口吕|人可何|文刀刘|卯金刀刘|邑包阝?郭"
    "|干勾于|十八子李|美女姜"
)
"""How a surname is spelled aloud."""
_COMPOUND = re.compile("(?P<surname>[\u4e00-\u9fff]{2})(?:是|属于|这个|这是)*(?:一?个)?复姓")
"""A surname of two characters that is called so: 鲜于是复姓."""
_SURNAME_ENDS = re.compile(r"$|[\s，。！？、,.!?：:；;的吧啊吗呢叫名你您他她我]|单名|今年")


def find(text: str, register: Register) -> Iterator[Found]:
    """Names that are announced, and surnames alone behind 姓."""
    if not han.is_in(text):
        return
    talk = Talk(text)
    for start, end in (*_named(talk), *_spaced(talk), *_surnames(talk)):
        yield Found(start, end, "name")


def _named(talk: Talk) -> Iterator[tuple[int, int]]:
    for lead in _NAMED.finditer(talk.text):
        end = _end_of_held(talk, lead.end()) or _end_of_latin(talk.text, lead) or _end_of_name(talk, lead.end())
        if end is not None and not (lead[0].startswith("这个") and _is_drug(talk.text, lead.end())):
            yield lead.end(), end


def _is_drug(text: str, start: int) -> bool:
    """Whether what something is called is a drug: 这个叫米诺地尔."""
    word = _WRITTEN.match(text, start)
    return word is not None and is_drug(word[0])


def _end_of_name(talk: Talk, start: int) -> int | None:
    """Where the announced name ends; None if what follows is an ordinary word."""
    text, surname = talk.text, surname_length(talk.text, start)
    if start >= len(text) or not is_han(text[start]):
        return None
    foreign = _FOREIGN.match(text, start)
    if foreign and set(foreign[0]) <= lists().transliterated:
        return foreign.end()
    if surname:
        lengths = sorted((surname + 1, surname + 2), key=lambda length: _fit(talk, start, start + length), reverse=True)
    else:
        lengths = [length for length in (3, 2) if _STOPS.match(text, start + length)]
    for length in lengths:
        end = start + length
        name = text[start:end]
        if len(name) == length and all(map(is_han, name)) and not set(name) & _NOT_GIVEN and talk.closes(end):
            is_doubled = length == 2 and name[0] == name[1]
            is_given = set(name) <= lists().given and not tag(name).startswith(("v", "d", "r"))
            if is_ordinary(name) and not surname and not is_doubled and not is_given:
                continue
            if talk.word(start).end > end and is_ordinary(talk.word(start).text):
                continue
            return end
    return (
        start + 2 if _is_given_name(talk, start) or _is_word_and_name(talk, start) or _is_doubled(talk, start) else None
    )


def _end_of_held(talk: Talk, start: int) -> int | None:
    """Where a name ends between whose surname and given name somebody thinks: 张，嗯，建国."""
    surname = surname_length(talk.text, start)
    pause = _PAUSE.match(talk.text, start + surname)
    if not surname or pause is None:
        return None
    for length in (2, 1):
        end = pause.end() + length
        given = talk.text[pause.end() : end]
        is_pair = length == 2 and set(given) <= lists().given and not set(given) & _NOT_GIVEN and not is_ordinary(given)
        is_set_off = _STOPS.match(talk.text, end) and (is_pair or given in lists().sure_given)
        if len(given) == length and (given in lists().given_names or is_set_off) and talk.closes(end):
            return end
    return None


def _end_of_latin(text: str, lead: re.Match[str]) -> int | None:
    """Where a name in Latin letters ends: 孩子叫Coco, 我叫HE XIAOMAN; one word in capitals may be anything."""
    name = _LATIN.match(text, lead.end())
    if name is None or not _OF_PEOPLE.search(lead[0]):
        return None
    return name.end() if " " in name[0] or may_be_name(name[0]) else None


def _fit(talk: Talk, start: int, end: int) -> int:
    """How well a name ends here: before what ends it, at a word's border, in a character of given names."""
    text = talk.text
    if end > len(text):
        return -1
    is_whole = talk.word(end - 1).end == end
    return (
        4 * (_STOPS.match(text, end) is not None) + 2 * talk.closes(end) + is_whole + (text[end - 1] in lists().given)
    )


def _is_given_name(talk: Talk, start: int) -> bool:
    """A given name alone, or a pet name (乐乐)."""
    name = talk.text[start : start + 2]
    if len(name) < 2 or not talk.closes(start + 2) or is_ordinary(name) or set(name) & _NOT_GIVEN:
        return False
    return set(name) <= lists().given


def _is_word_and_name(talk: Talk, start: int) -> bool:
    """A word that is seldom said and made of what given names are made of: 我姐叫春分比我大."""
    word = talk.word(start)
    is_whole = word.start == start and len(word.text) == 2 and is_ordinary(word.text)
    is_thing = word.tag.startswith(("n", "t", ORDINARY)) and frequency(word.text) <= _SELDOM
    return is_whole and is_thing and set(word.text) <= lists().given and word.text not in lists().titles


def _is_doubled(talk: Talk, start: int) -> bool:
    """A pet name that is a word as well (团团); not what is said twice of times, numbers and deeds (天天, 走走)."""
    name = talk.text[start : start + 2]
    is_other = any(
        tag(each).startswith(("v", "a", "d", "t", "m", "q", "r", "u", "y", "e", "o")) for each in (name, name[:1])
    )
    return len(name) == 2 and name[0] == name[1] and name[0] not in NO_PET and not is_other and talk.closes(start + 2)


def _spaced(talk: Talk) -> Iterator[tuple[int, int]]:
    for found in _FORM.finditer(talk.text):
        start, end = found.span("name")
        surname = surname_length(talk.text, start)
        is_full = surname > 0 and 1 <= end - start - surname <= 2 and not set(found["name"]) & _NOT_GIVEN
        if is_full and not is_ordinary(found["name"]):
            yield start, end
    for found in _SPACED.finditer(talk.text):
        if surname_length(talk.text, found.start("name")):
            yield found.span("name")


def _surnames(talk: Talk) -> Iterator[tuple[int, int]]:
    for lead in _SURNAME.finditer(talk.text):
        start = lead.end()
        length = surname_length(talk.text, start)
        end = start + length
        if length and (_SURNAME_ENDS.match(talk.text, end) or _is_own(talk, start, end)):
            yield start, end
    for double in _COMPOUND.finditer(talk.text):
        if double["surname"] in lists().compound_surnames:
            yield double.span("surname")
    for spelled in _SPELLED.finditer(talk.text):
        yield spelled.span()
    for only in _ONLY_GIVEN.finditer(talk.text):
        yield only.span(1)


def _is_own(talk: Talk, start: int, end: int) -> bool:
    """Whether a surname behind 姓 is nothing else, though talk goes on without a comma: 我姓陈腰疼."""
    return (
        talk.text[start:end] not in lists().everyday_surnames
        and talk.opens(start)
        and talk.closes(end)
        and not talk.begins_ordinary_word(start)
    )
