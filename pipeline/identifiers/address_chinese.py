"""Chinese addresses down to village, street and door, and places that are said to be someone's home.

A province or a large city alone is told of studies, hospitals and experts as well: it counts only as somebody's home.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.identifiers import Found
from pipeline.language import han
from pipeline.language.chinese_names import Talk
from pipeline.language.chinese_places import (
    CHAIN,
    COMMON,
    COUNTY,
    DOORS,
    INSTITUTION,
    LANDMARK,
    NAME,
    PART,
    provinces,
)
from pipeline.language.chinese_words import tag
from pipeline.values import Register

VERSION = 9
KINDS = ("address",)

_HOME = re.compile(
    r"(?:(?:家庭|现|户籍|联系|通讯|居住|收货)?(?:住址|地址)|籍贯|户籍(?:所在地)?|出生地|现居(?:住地?)?"
    r"|户口(?:所在地)?)[\s:：是在为]*"
    r"|(?:家在哪[里儿]?[？?，,]?(?:我?家?在)?|哪里人[？?，,]?(?:我?是)?|哪儿人[？?，,]?(?:我?是)?"
    r"|住(?:在)?哪[里儿]?[？?，,]?(?:我?住?在?)?|家住|住在|住的?是|家(?:里|就|又|都|也|还)?(?:住|在|是)在?"
    r"|老家(?:就)?(?:在|是)?|娘家在?|婆家在?|来自|定居(?:在|到)?|搬(?:到|去|来)|租(?:的?房子?)?在|生在"
    r"|长在|(?:我们|咱们?|我家)(?:那个?|这个?)?(?:村|镇|乡|屯|寨)子?(?:就|名)?(?:叫|是)|(?:寄|送)到|户口在|房子(?:就|买|租)?在|落户(?:在|到)?|嫁到)[\s:：]*"
)
"""What says that a home is told next."""
_BORN = re.compile(
    r"(?:我|他|她|你|您|咱|俺|们|爸|妈|家|人|老婆|媳妇|老公|病人|患者)(?:都|就"
    r"|也)?是(?P<place>[\u4e00-\u9fff]{2,10}?)(?P<after>来的|过来的|那边的|这边的|本地|农村|乡下|土生|人|的)"
)
_CAME = re.compile(
    r"(?:从|打|由)(?P<place>[\u4e00-\u9fff]{2,12}?)(?:这边|那边|上面?|里|特意|专门|专程|大老远|连夜|坐.{0,4}|开车|一路"
    r"|农村|乡下)*(?:赶?过来|赶来|上来|来)(?P<after>.{0,6})"
)
_ARRIVED = re.compile(
    r"(?:^|(?<=[，。！？\s]))(?P<place>[\u4e00-\u9fff]{2,8}?)(?:赶?过)?来(?:的|看病|住院|检查|做手术|复查)(?P<after>.{0,4})"
)
_ANSWER = re.compile(
    r"(?:^|(?<=[，。！？\s]))(?P<place>[\u4e00-\u9fff]{2,8}?)(?:那边的?|这边的?|下面的?|人|的)(?=$|[，。！？\s])"
)
"""All that is said to `where are you from`: 乐清柳市的; a province alone stays."""
_ABODE = re.compile(r"(?:在(?P<place>[\u4e00-\u9fff]{2,8}?)(?:这边|那边|乡下|农村)?(?P<after>住(?!院)|居住|定居|长大))")
_NAMED = re.compile(
    f"小区(?:的?名字?)?(?:就|它)?(?:叫做?|是)(?P<place>{NAME}{{2,8}}?(?:[，,\\s]?{DOORS})|(?:(?<=叫)|(?<=叫做)){NAME}{{2,6}}(?=$|[\\s，。！？,.!?]))"
)
"""What a housing estate is called that does not end like one, and a door of it: 小区是锦绣江南七号楼."""
NO_HOME = re.compile(
    r"医院|病房|病区|重症|[Ii][Cc][Uu]|隔离|宾馆|酒店|旅馆|楼上|楼下|儿子|女儿|[哥姐弟妹]家|亲戚|宿舍|一起|附近"
    r"|外地|国内|国外|城里|农村|乡下|山上|高原|中国|海边|这里|那里|城市|大城|县城|省城|市[里区]|城区|郊区|老家|养老院|[一二三四五六七八九十\d]+楼"
)
_AFTER_TOWN = re.compile(
    r"[痛静咳定压惊吐亲]|下(?![面边属辖])|长大|卫生|中心|医院|人民|中医|妇幼|医生|政府|委会|居委|书记"
)
_DOOR_THERE = re.compile(f"[，,\\s]{{0,2}}(?:就是|就在|就|在|是|那个|那|的)*(?P<doors>{DOORS})")
"""A house or a flat that is told behind the place: 紫荆花苑，就那个七号楼."""
_FLOOR = re.compile("第?[^号栋幢院]+[楼层门]")
"""A floor by itself, which many live on."""
_BETWEEN = re.compile(f"{NAME}{{1,8}}")
_ON_THE_WAY = {"赶来", "过来", "上来", "回来", "打工", "上班", "看病", "吃药", "住院"}
_UNKNOWN_REST = re.compile(f"({NAME}{{2,3}})(?=$|[\\s，。！？、,.!?的人那这])")
_ENDS_PLACE = re.compile(r"$|[\s，。！？、,.!?的人那这]")
_ENDS_CLAUSE = re.compile(r"(?:那边|这边|[的了吧呢啊呀])?(?:$|[\s，。！？、,.!?])")
QUESTION = re.compile(r"什么|啥|哪|[一老新旧这那]个|封闭|开放")
"""What is no name of an estate: 小区叫什么, 小区是封闭的."""
_AFTER_ORIGIN = re.compile(
    r"$|[\s，。！？、,.!?吧吗啊呀呢哦我你您他她咱]|[坐开骑走]|来|过来|离|今天|昨天|早上|种[地田]"
)
"""What may follow 我是…的; a noun would make it the doctor's or the hospital's."""
_NEWS = re.compile(r"的?(?:专家|教授|医生|医师|团队|研究|学者|设备|进口|药|数据|指南|报道)")


def find(text: str, register: Register) -> Iterator[Found]:
    """Full and partial addresses, towns and villages, and homes."""
    if not han.is_in(text):
        return
    talk = Talk(text)
    told = (*_homes(talk), *_lives(talk), *_estates(talk), *_origins(talk))
    told = (*told, *_doors(talk, told))
    places = (*_chains(talk), *_counties(talk), *told)
    for start, end in _whole(text, sorted(place for place in places if place[1] - place[0] > 1)):
        if not provinces().fullmatch(text[start:end].strip(" ，,")):
            yield Found(start, end, "address")


def _whole(text: str, places: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Pieces of one address, joined over a name between them that no rule knows (`望京街道花家地南里12号楼`)."""
    waiting: tuple[int, int] | None = None
    for start, end in places:
        if waiting is not None and (start <= waiting[1] or _BETWEEN.fullmatch(text, waiting[1], start)):
            waiting = waiting[0], max(waiting[1], end)
            continue
        if waiting is not None:
            yield waiting
        waiting = start, end
    if waiting is not None:
        yield waiting


def _chains(talk: Talk) -> Iterator[tuple[int, int]]:
    text = talk.text
    for found in CHAIN.finditer(text):
        start, end = found.start(), found.end()
        while start < end and not talk.opens(start):
            start += 1
        place = text[start:end].rstrip(" ，,")
        if not is_common(place) and not _AFTER_TOWN.match(text, end) and not _goes_on(talk, end):
            yield start, start + len(place)


def is_common(place: str) -> bool:
    """Whether an address is only made of words such as 农村 or 街道."""
    return len(place) < 3 or COMMON.fullmatch(place) is not None


def _goes_on(talk: Talk, end: int) -> bool:
    """Whether what ends here is the beginning of a longer word or of an institution's name."""
    return not talk.closes(end) or INSTITUTION.match(talk.text, end) is not None


def _counties(talk: Talk) -> Iterator[tuple[int, int]]:
    for found in COUNTY.finditer(talk.text):
        start, end = found.span()
        while start < end and not talk.opens(start):
            start += 1
        if end - start > 1 and not COMMON.fullmatch(talk.text[start:end]) and not _goes_on(talk, end):
            yield start, end


def _place_length(talk: Talk, start: int) -> int:
    """How many characters from `start` are a place: known ones, and any that end like one."""
    text, end = talk.text, start
    while end < len(text):
        part = PART.match(text, end)
        word = talk.word(end)
        if part and not COMMON.fullmatch(part[0]):
            end = part.end()
        elif word.start == end and _is_place(word.text) and word.text != "中国":
            end = word.end
        else:
            break
    if start < end < len(text) and _ends_place(talk, end):
        return talk.word(end).end - start
    if start < end and (rest := _UNKNOWN_REST.match(text, end)) and _is_unknown(talk, *rest.span(1)):
        return rest.end(1) - start
    return len(text[start:end].rstrip(" ，,"))


def _is_unknown(talk: Talk, start: int, end: int) -> bool:
    """Whether the dictionary has no word here: 瑞安|塘|下."""
    return all(talk.word(at).end - talk.word(at).start == 1 for at in range(start, end))


def _ends_place(talk: Talk, at: int) -> bool:
    """Whether a known place goes on with a word that the dictionary does not know for a place: 河南|信阳."""
    word = talk.word(at)
    is_name = word.tag.startswith("n") or (word.tag.startswith("v") and word.text not in _ON_THE_WAY)
    return word.start == at and 1 < word.end - at < 4 and is_name and _ENDS_PLACE.match(talk.text, word.end) is not None


def _is_landmark(talk: Talk, start: int, end: int) -> bool:
    """Whether a place that no dictionary has is named like a hamlet: 王家沟, 石头坝."""
    said = talk.text[start:end]
    if len(said) < 3 or not LANDMARK.fullmatch(said) or tag(said)[:1] in tuple("nva"):
        return False
    return tag(said[-2:])[:1] not in tuple("nvasf")


def _is_place(word: str) -> bool:
    """Whether the dictionary knows a word as a place, or as the name of a province, city or county."""
    return len(word) > 1 and (tag(word) == "ns" or any(tag(word + region) for region in "省市县"))


def _homes(talk: Talk) -> Iterator[tuple[int, int]]:
    text = talk.text
    for lead in _HOME.finditer(text):
        start = lead.end()
        length = _place_length(talk, start)
        if length == 0 and (mark := LANDMARK.match(text, start)) and talk.closes(mark.end()):
            length = mark.end() - start
        if (
            length > 1
            and not NO_HOME.match(text[start : start + length])
            and not INSTITUTION.match(text, start + length)
        ):
            yield start, start + length


def _lives(talk: Talk) -> Iterator[tuple[int, int]]:
    """住 alone, before what ends like a village, a street or a block of flats, or a known place that ends a clause."""
    for lead in re.finditer("(?<![入居暂留])住(?!院)", talk.text):
        start = lead.end()
        part = PART.match(talk.text, start)
        if part and not COMMON.fullmatch(part[0]) and not NO_HOME.match(part[0]) and not _goes_on(talk, part.end()):
            yield part.span()
        end = start + _place_length(talk, start)
        if end - start > 1 and _ENDS_CLAUSE.match(talk.text, end) and not NO_HOME.match(talk.text, start, end):
            yield start, end


def _estates(talk: Talk) -> Iterator[tuple[int, int]]:
    """The name of a housing estate, where it is told as one."""
    for named in _NAMED.finditer(talk.text):
        is_done = talk.word(named.start("place")).tag.startswith("v")
        if not is_done and not QUESTION.match(named["place"]) and not is_common(named["place"]):
            yield named.start("place"), named.start("place") + len(named["place"].rstrip(" ，,"))


def _doors(talk: Talk, homes: tuple[tuple[int, int], ...]) -> Iterator[tuple[int, int]]:
    """Doors that are told behind somebody's home."""
    for _, end in homes:
        there = _DOOR_THERE.match(talk.text, end)
        doors = there["doors"].rstrip("，, ") if there else ""
        if there and not _FLOOR.fullmatch(doors) and talk.closes(there.end()):
            yield there.start("doors"), there.start("doors") + len(doors)


def _origins(talk: Talk) -> Iterator[tuple[int, int]]:
    """I am from …, I came from …."""
    for answer in _ANSWER.finditer(talk.text):
        start, end = answer.span("place")
        if end - start > 2 and _place_length(talk, start) == end - start:
            yield start, end
    for said in (
        *_BORN.finditer(talk.text),
        *_CAME.finditer(talk.text),
        *_ABODE.finditer(talk.text),
        *_ARRIVED.finditer(talk.text),
    ):
        start, end = said.span("place")
        length = _place_length(talk, start)
        is_place = length >= end - start or _is_place(said["place"]) or _is_landmark(talk, start, end)
        if said["after"] == "的" and not _AFTER_ORIGIN.match(talk.text, said.end()):
            continue
        if INSTITUTION.match(talk.text, end) or INSTITUTION.match(talk.text, start + length):
            continue
        if is_place and not _NEWS.match(said["after"]) and not NO_HOME.match(said["place"]):
            yield start, end
