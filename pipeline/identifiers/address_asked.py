"""Estates and villages that are the answer to a question for one: 住哪个小区？芳草园。"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.identifiers import Found
from pipeline.identifiers.address_chinese import NO_HOME, QUESTION, is_common
from pipeline.language import asking, han
from pipeline.language.chinese_names import Talk
from pipeline.language.chinese_places import DOORS, INSTITUTION, NAME, provinces
from pipeline.language.chinese_words import tag
from pipeline.values import Register

VERSION = 2
KINDS = ("address",)

_WHERE = re.compile(
    r"(?:住(?:在)?)?(?:哪个|什么|啥|哪一个)(?:小区|村子?|楼盘|院子?|屯子?|镇|乡|社区|庄子?|家属院|街道|胡同)(?:里|那边)?(?:住|的|来的)?|住(?:在)?哪[里儿]?"
)
_AS_TOLD = re.compile(
    f"(?P<place>{NAME}{{2,8}}?)(?:[，,\\s]?(?P<doors>{DOORS}))?(?=的?(?:$|[\\s，。！？、,.!?]|那边|这边))"
)
"""A home as it is told to whoever asked: 芳草园, 柳树洼的."""
_NO_PLACE = ("v", "r", "d", "a", "t", "m", "c", "l", "i", "y")
"""Tags of words that are no place: what people say instead of one."""


def find(text: str, register: Register) -> Iterator[Found]:
    """Homes by the place of an answer alone; a province says nothing."""
    del register
    if not han.is_in(text):
        return
    for start, end in _asked(Talk(text)):
        if not provinces().fullmatch(text[start:end]):
            yield Found(start, end, "address")


def _asked(talk: Talk) -> Iterator[tuple[int, int]]:
    """Estates and villages that somebody asked for: all of the answer that is none of everyday's words."""
    for start in asking.answers(talk.text, _WHERE):
        told = _AS_TOLD.match(talk.text, start)
        if told is None or NO_HOME.search(told["place"]) or QUESTION.match(told["place"]) or is_common(told["place"]):
            continue
        is_said = tag(told["place"]).startswith(_NO_PLACE)
        if not is_said and not INSTITUTION.match(talk.text, told.end("place")) and len(told["place"]) > 2:
            yield told.start(), told.end("doors" if told["doors"] else "place")
