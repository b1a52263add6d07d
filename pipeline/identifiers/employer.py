"""Where somebody works, in Chinese and English; only where the register asks for it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.identifiers import Found
from pipeline.language import asking, han
from pipeline.language.chinese_names import Talk
from pipeline.language.chinese_words import tag
from pipeline.values import Register

VERSION = 4
KINDS = ("employer",)

_STOP = "\\W_我你您他她它们的了在是到从去往和跟这那个有也都就还"
_NAME = f"[^{_STOP}]{{2,16}}?"
_KIND = (
    "(?:有限责任公司|股份有限公司|有限公司|分公司|公司|集团|工厂|厂|煤矿|矿|车间|银行|事务所|超市|商场|饭店|酒店"
    "|餐厅|工地|派出所|公安局|法院|检察院|税务局|邮局|供电局|铁路局|局"
    "|事业单位|研究所|研究院|设计院|出版社|报社|电视台|电台|物业|部队|农场|林场|合作社|工作室|中介|店|厅|院|馆"
    "|站|处|中心|学校|小学|中学|大学|幼儿园|医院)"
)
_FIRM = (
    "(?:有限责任公司|股份有限公司|有限公司|分公司|公司|集团|厂|煤矿|银行|支行|事务所|派出所|公安局|法院|检察院|税务局|供电局|铁路局"
    "|设计院|出版社|报社|电视台|物业|物流|证券|传媒)"
)
_CHINESE = re.compile(
    f"(?:在|是|到|去|从|给|为)(?P<place>{_NAME}{_KIND})(?:里|那边|这边|那里)?(?:上班|工作|打工|做事|干活|任职|当"
    f"|做|开|跑|退休|下岗|值班|的(?:职工|员工|工人|会计|司机|老板|经理|保安|技术员|工程师|退休))"
    f"|(?:(?<!事业)单位|就职于|任职于|供职于|受雇于|上班的?地方)(?:[\\s:：]|就?[是叫在])+(?P<unit>[^{_STOP}]{{2,20}})"
    f"|(?:在|是|给|为)(?P<named>{_NAME}{_FIRM})(?!里?(?:旁|附近|门口|对面|楼下|买|取|存|生产|出品|的(?:药|产品|设备)))"
    f"|(?:在|给|进|去)(?P<brand>[^{_STOP}]{{2,6}}?)(?:里|那边|这边)?(?:上班|工作|打工|干活|任职|站流水线|当(?:保安|会计|司机|工人|店长|老师))"
    f"|(?P<firm>{_NAME}(?:有限责任公司|股份有限公司|有限公司|机械厂|纺织厂|化工厂|服装厂|电子厂|玩具厂|水泥厂"
    f"|钢铁厂|印刷厂|食品厂|制药厂|药厂|鞋厂|集团))"
)
_WHERE = re.compile(
    r"哪[里儿个]?(?:个|家)?(?:单位|公司|厂子?|地方|企业|部门)?(?:上班|工作|做事|干活|打工|退休|高就)"
    r"|(?:哪个|哪家|什么|啥)(?:单位|公司|厂|企业)(?:的|上班|工作|退休)?|单位(?:是|在|叫)(?:什么|啥|哪[里儿]?)|工作单位"
)
"""What somebody says who asks where another works."""
_IS_ASKED = re.compile("哪|什么|啥")
_AS_TOLD = re.compile(f"(?:[^{_STOP}没不]|[和中上]){{1,14}}?{_KIND}")
"""A place of work as it is told to whoever asked: 供电局."""
_NO_BRAND = re.compile(
    r"[外家里哪那这上下附本老农乡城镇县市省国]|.*[里面边头上下地方家天年月夜班时间]$|.*(?:单位|工地|公司|工厂|医院|学校)$"
)
_ORDINARY = re.compile(
    r"(?:(?:哪|什么|一|某|这|那|同|大|小|别|外|私人|建筑|国有|自己|家|老|新|附近|外地|本地)(?:家|个)?)?(?:公司|厂"
    r"|工厂|单位|店|工地|银行|超市|饭店|集团|学校|医院|部队|局|车间|酒店)"
)
_ENGLISH = re.compile(
    r"\b(?i:(?:work|works|worked|working|employed|job|position|retired|shift|shifts|manager|driver|teacher|nurse"
    r"|clerk|engineer|accountant|cashier|drives?|drove|driving|delivers?|delivering|cleans?|cleaning|cooks?|cooking"
    r"|packs?"
    r"|packing|welds?|welding|sews?|sewing|sells?|selling|builds?|guards?|coded?|codes|nursed|taught|interned?"
    r"|interning|apprentice|trainee)"
    r" (?:\w+ ){0,3}?(?:at|for|with)|employer(?: is|:)?|boss at"
    r"|colleagues? at)\s+(?:the )?(?P<name>[A-Z][\w&'’\-]*(?: (?:(?:of|and|&) )?[A-Z][\w&'’\-]*){0,5})"
)
_ENGLISH_KIND = re.compile(
    r"\b(?:work|works|worked|working)\s+(?:at|for|in)\s+(?:the )?(?P<name>(?:[a-z'’\-]+ ){1,4}?(?:ltd|limited|inc"
    r"|corporation|company|factory|bank|supermarket|bakery|warehouse|garage"
    r"|steel|motors|foods|mills|logistics|insurance|council))\b"
)
_NOT_NAMED = re.compile(
    r"(?:a|an|this|that|my|our|your|his|her|some|any|the|home|night|least|most|first|once|I|Monday|Tuesday"
    r"|Wednesday|Thursday|Friday|Saturday|Sunday)\b"
)


def find(text: str, register: Register) -> Iterator[Found]:
    """Named places of work; 公司 or "a factory" alone say nothing."""
    if "employer" not in register.also:
        return
    for start, end in (*_chinese(text), *_english(text)):
        yield Found(start, end, "employer")


def _chinese(text: str) -> Iterator[tuple[int, int]]:
    if not han.is_in(text):
        return
    talk = Talk(text)
    yield from _asked(talk)
    for found in _CHINESE.finditer(text):
        start, end = found.span(str(found.lastgroup))
        while start < end and not talk.opens(start):
            start += 1
        is_brand = not _IS_ASKED.match(text[start:end]) and (found.lastgroup != "brand" or _is_brand(text[start:end]))
        if end > start and is_brand and not _ORDINARY.fullmatch(text[start:end]):
            yield start, end


def _asked(talk: Talk) -> Iterator[tuple[int, int]]:
    """Places of work that somebody asked for: the whole answer."""
    for told in asking.told(talk, _WHERE, _AS_TOLD):
        if not _ORDINARY.fullmatch(told[0]):
            yield told.span()


def _is_brand(name: str) -> bool:
    """Whether a word before 上班 is a firm's name: unknown to the dictionary, or known as one, and no place."""
    return not _NO_BRAND.match(name) and tag(name) in ("", "nt", "nz", "nrt", "nr")


def _english(text: str) -> Iterator[tuple[int, int]]:
    for found in (*_ENGLISH.finditer(text), *_ENGLISH_KIND.finditer(text)):
        if not _NOT_NAMED.match(found["name"]):
            yield found.span("name")
