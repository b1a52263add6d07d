"""Passports and permits to cross a border: those of China by their form, all others where they are called so.

Source: the forms that China's National Immigration Administration issues: E, G, D, S, P, H, M, C, W and a letter more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.identifiers import Found
from pipeline.language import spoken_digits
from pipeline.language.spoken_digits import LINK
from pipeline.values import Register

VERSION = 5
KINDS = ("passport",)

_GAP = r"[ ,\-….·]?"
_FORM = re.compile(
    rf"(?<![A-Za-z0-9字'’])(?:[EGDSPHMCWegdsphmcw]{_GAP}[A-Z]?\d(?:{_GAP}\d){{7,9}}"
    r"|[A-Z]{1,2}\d{6}\([0-9A]\)|[A-Z]{3}\d{12})(?![A-Za-z0-9])"
)
"""China's passports and permits, Hong Kong's identity card, the permanent residence card of foreigners."""
_CALLED = re.compile(
    rf"(?:护照|通行证|台胞证|回乡证|居住证|居留证|身份证|永居证|签证|军官证|士官证|驾驶证|驾照|残疾证|出生证|"
    rf"(?i:passport|travel\sdocument|residence\spermit|visa|driver'?s?\slicen[cs]e"
    rf"|driving\slicen[cs]e)){LINK}(?:[一-鿿]字第?)?"
    rf"((?:[A-Za-z]{_GAP}){{0,3}}\d(?:{_GAP}(?:\d|[A-Z](?![a-z]))){{4,17}}"
    r"|[A-Z](?=[A-Z0-9]{0,12}\d[A-Z0-9]{0,12}\d)[A-Z0-9]{5,13})(?![a-z])"
)


def find(text: str, register: Register) -> Iterator[Found]:
    """Numbers of passports and permits."""
    del register
    view = spoken_digits.view(text)
    for pattern in (_FORM, _CALLED):
        for match in pattern.finditer(view.text):
            start, end = match.span(pattern.groups)
            if not (match[0].startswith("身份证") and view.text[start].isdigit()):
                yield Found(*view.place(start, end), "passport")
