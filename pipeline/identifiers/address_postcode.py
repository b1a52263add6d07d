"""Postcodes, however they are said: behind a word that announces one, and British ones sign by sign anywhere."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.identifiers import Found
from pipeline.language import spoken_digits
from pipeline.language.spoken_digits import BETWEEN, LINK
from pipeline.values import Register

VERSION = 3
KINDS = ("address",)

_GAP = r"[ ,\-….·]{0,2}"
_CALLED = re.compile(
    rf"(?<![a-z])(?:zip|post ?code|postal)(?: code)?(?:['’]s)?{LINK}(?P<code>\d(?:{BETWEEN}?\d){{4,8}}"
    rf"|[a-z]{_GAP}(?:[a-z]{_GAP})?\d{_GAP}(?:[\da-z]{_GAP})?\d{_GAP}[a-z]{_GAP}[a-z])"
    r"(?![a-z\d])",
    re.IGNORECASE,
)
_CHINESE = re.compile(rf"(?:邮编|邮政编码|邮政号码){LINK}(?P<code>\d(?:{BETWEEN}?\d){{5}})(?!{BETWEEN}?\d)")
_LETTERED = re.compile(
    r"(?<![\w'’])(?P<code>(?:[A-Z] ){1,2}\d(?:[ ,][\dA-Z])?[ ,]{1,2}\d[ ,]{1,2}[A-Z][ ,]{1,2}[A-Z])(?![\w'’])"
)
"""A British one sign by sign, whatever stands before it: S W 1 A, 2 A A."""


def find(text: str, register: Register) -> Iterator[Found]:
    """Postcodes of China, Britain, America and all that are announced as one."""
    del register
    view = spoken_digits.view(text)
    for pattern in (_CALLED, _CHINESE, _LETTERED):
        for found in pattern.finditer(view.text):
            yield Found(*view.place(*found.span("code")), "address")
