"""Where somebody learns or teaches, in Chinese and English; only where the register asks for it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.identifiers import Found
from pipeline.language import asking, han
from pipeline.language.chinese_names import Talk
from pipeline.values import Register

VERSION = 4
KINDS = ("school",)

_STOP = "\\W_我你您他她它们的了在是到从去往和跟这那个有也都就还读上念"
_LONGEST = 20
"""Characters before 小学 and the like that may be its name."""
_BEFORE = re.compile(f"[^{_STOP}]{{1,{_LONGEST}}}\\Z")
_CHINESE = re.compile(
    "(?:(?:小学|中学|初中|高中|大学|学院|幼儿园|幼稚园|技校|职校|职高|党校|卫校|中专|托儿所|特校)"
    "|[一二三四五六七八九十\\d]{1,4}[中小])(?:附小|附中)?"
)
_ORDINARY = re.compile(
    r".*(?:孩子|老师|学生|医科|中小|念完|读完|毕业|全国|各|多所|所有|一所|重点|公立|私立|普通|附近|上完|刚上|现在"
    r"|今年|明年|去年|还没|正|没|想|刚|快|准备|开始|以前|之后)"
    r"(?:小学|中学|初中|高中|大学|幼儿园|学院|中专)|(?:上|读|念)?(?:小学|中学|初中|高中|大学|幼儿园|学院|中专|技校)"
)
_HOSPITAL = re.compile(
    r"(?:[\u4e00-\u9fff]{0,4}(?:医院|第[一二三四五六]医院)|生\b|生[^\u4e00-\u9fff]|文化|学历|水平|毕业"
    r"|[一二三四五六]年级)"
)
_GRADE = re.compile("[一二三四五六]年级")
"""What stands behind 小学 alone as well; behind 在 and a name it is told of that school."""
_KIND = "(?:学校|小学|中学|高中|大学|幼儿园)"
_WHERE = re.compile(
    f"哪[里儿个]?(?:个|所)?(?:{_KIND}|地方)?(?:上学|读书|念书|教书|[上读念]的?)"
    f"|(?:哪个|哪所|什么|啥){_KIND}(?:的|上学|读书|念书|上|读)?"
)
"""What somebody says who asks where another learns."""
_AS_TOLD = re.compile(
    "[^\\W_我你您他她们的了这那也有没还不几]{2,12}?(?:小学|中学|初中|高中|大学|学院|幼儿园|幼稚园|技校|职高|中专|附小|附中|学校"
    "|[一二三四五六七八九十\\d]{1,4}[中小](?!学))"
)
"""A school as it is told to whoever asked, whatever it holds: 向阳路第二小学."""
_MIDDLE = re.compile("[其当集空心脑宫胎高大从术途眼手水家]$")
_ENGLISH = re.compile(
    r"\b(?P<name>(?:[A-Z][a-z'’\-]+\.?,? (?:of |and |the )?){1,5}(?:Elementary|Primary|Middle|High|Grammar|Secondary"
    r"|Nursery|Prep|School|Academy|College|University|Kindergarten)"
    r"(?: (?:School|College|Academy|Sixth Form))?|University of [A-Z]\w+(?: [A-Z]\w+)?)\b"
)
_ATTENDED = re.compile(
    r"\b(?i:(?:goes|go|went|going|attends?|attended|studies|studied|study|studying|teach(?:es)?|taught|teacher"
    r"|student|pupil|enrolled|graduated|year \w+|grade \w+)"
    r"(?: \w+){0,2}? (?:to|at|from))\s+(?P<place>(?:[A-Za-z][\w'’.\-]* ){1,4}?(?i:elementary|primary|middle|high"
    r"|grammar|secondary|nursery|academy|college|university|school)(?i: school)?)\b"
)
_NOT_NAMED = re.compile(
    r"(?:(?:a|an|the|my|our|your|his|her|their|this|that|some|any|medical|high|middle|primary|elementary"
    r"|secondary|nursery|grammar|night|public|private|local|same)\s)*"
    r"(?:medical|high|middle|primary|elementary|secondary|nursery|grammar|night|public|private"
    r"|local)?\s?(?:school|college|university|academy|high|nursery)?",
    re.IGNORECASE,
)
_OF_MEDICINE = re.compile(
    r"\s?(?:of (?:Medicine|Physicians|Surgeons|Cardiology|Radiology|Obstetricians|Nursing)|Hospital|Medical)"
)


def find(text: str, register: Register) -> Iterator[Found]:
    """Named schools; 小学 or "high school" alone say nothing, and a university's hospital is none."""
    if "school" not in register.also:
        return
    for start, end in (*_chinese(text), *_english(text)):
        yield Found(start, end, "school")


def _chinese(text: str) -> Iterator[tuple[int, int]]:
    if not han.is_in(text):
        return
    talk = Talk(text)
    yield from _asked(talk)
    last = 0
    for found in _CHINESE.finditer(text):
        name = _BEFORE.search(text[max(last, found.start() - _LONGEST) : found.start()])
        if name is None:
            continue
        start, end = found.start() - len(name[0]), found.end()
        last = end
        while start < end and not talk.opens(start):
            start += 1
        place = text[start:end]
        is_form = _HOSPITAL.match(text, end) is not None and not (
            text[:start].endswith("在") and _GRADE.match(text, end)
        )
        if len(place) < 3 or _ORDINARY.fullmatch(place) or is_form or not talk.closes(end):
            continue
        if not (place.endswith("中") and _MIDDLE.search(place[:-1])):
            yield start, end


def _asked(talk: Talk) -> Iterator[tuple[int, int]]:
    """Schools that somebody asked for; the class behind one stays."""
    for told in asking.told(talk, _WHERE, _AS_TOLD):
        if not _ORDINARY.fullmatch(told[0]):
            yield told.span()


def _english(text: str) -> Iterator[tuple[int, int]]:
    for found in (*_ENGLISH.finditer(text), *_ATTENDED.finditer(text)):
        start, end = found.span(str(found.lastgroup))
        if not _NOT_NAMED.fullmatch(text[start:end]) and not _OF_MEDICINE.match(text, end):
            yield start, end
