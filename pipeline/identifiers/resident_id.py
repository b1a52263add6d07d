"""Resident identity numbers: 18 digits, or 15 of the older form, the last of 18 perhaps an X.

A number that has the form but the wrong check digit, or one digit too many or too few, was misheard and is hidden too.
Source: GB 11643-1999; the check digit by python-stdnum.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator

from pipeline.identifiers import Found
from pipeline.language import spoken_digits
from pipeline.language.digit_runs import Run, runs
from pipeline.language.spoken_digits import BETWEEN, LINK
from pipeline.values import Register

VERSION = 4
KINDS = ("resident_id",)

_X = re.compile(rf"(?:{BETWEEN}|，|嗯|呃){{0,3}}(?:[xX×Ⅹ](?![A-Za-z])|[大小]写的?[xX]|叉|[艾爱埃]克斯|ex(?![a-z]))")
_WORDS = r"身份证明?|证件|证号|id\s?card|(?:chinese|resident|national|identity)\s(?:id|card|identity)"
_BEFORE = re.compile(rf"(?:{_WORDS}){LINK}\Z", re.IGNORECASE)
_SPOKEN_WITH = re.compile(rf"(?:{_WORDS}){LINK}(\d(?:{BETWEEN}?\d){{5,}})", re.IGNORECASE)

_MASKED = re.compile(r"(?<![\dA-Za-z])(\d{3,14}[*×]{3,15}\d{1,4}[xX]?)(?![\dA-Za-z])")


def find(text: str, register: Register) -> Iterator[Found]:
    """Numbers of the form of a resident's, and whatever long number is called one."""
    del register
    view = spoken_digits.view(text)
    for run in runs(text):
        tail = _X.match(view.text, run.end)
        if has_form(run, has_x=tail is not None) or _BEFORE.search(run.before(24)):
            yield Found(*view.place(run.start, tail.end() if tail else run.end), "resident_id")
    for pattern in (_SPOKEN_WITH, _MASKED):
        for match in pattern.finditer(view.text):
            yield Found(*view.place(*match.span(1)), "resident_id")


def has_form(run: Run, *, has_x: bool = False) -> bool:
    """Whether the digits are built like a resident's: a place, a birthday, three more, perhaps an X behind them."""
    digits = run.digits
    if digits[0] not in "12345678":
        return False
    if len(digits) == 15:
        return _is_date("19" + digits[6:12])
    if has_x:
        return 15 <= len(digits) <= 18
    if len(digits) == 18 and _is_checked(digits):
        return True
    return 16 <= len(digits) <= 20 and any(_is_date(digits[at : at + 8]) for at in (5, 6, 7))


def _is_checked(digits: str) -> bool:
    from stdnum.cn import ric

    return bool(ric.calc_check_digit(digits) == digits[-1])


def _is_date(digits: str) -> bool:
    if not "18" < digits[:2] < "21":
        return False
    try:
        datetime.date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return False
    return True
