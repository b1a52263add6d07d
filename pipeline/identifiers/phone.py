"""Telephone numbers: mobile, landline with area code and extension, foreign, and short local ones that are called so.

Numbers that help anyone (120, 12320, 95598, 400 and 800) identify nobody and stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.identifiers import Found
from pipeline.language import spoken_digits
from pipeline.language.digit_runs import TOLL_FREE, Run, is_amount, runs, without_count
from pipeline.language.spoken_digits import BETWEEN, LINK
from pipeline.values import Register

VERSION = 6
KINDS = ("phone",)

_FORM = re.compile(r"(?:(?:00)?86)?(?:1[3-9]\d{8,10}|0[1-9]\d{8,10})")
"""A Chinese mobile number, one digit more or less; one with an area code."""
_GROUPED = re.compile(r"1?[2-9]\d\d[2-9]\d{6}")
"""A North American one: there is always something between its groups."""
_EN_WORDS = "(?:tele)?phone|tel|mobile|cell|fax|pager|landline"
_NAMED = rf"(?:电话|手机号?码?|固话|座机|短号|小灵通|联系方式|联系人|传真|传呼|内线|(?<![a-z])(?:{_EN_WORDS})(?![a-z]))"
_CALLED = rf"(?:{_NAMED}|拨打?|打|(?<![a-z])(?:call(?:ing)?|text|reach|ring|contact)(?![a-z]))"
_BEFORE = re.compile(rf"{_CALLED}[^\d。;!?]{{0,12}}\Z", re.IGNORECASE)
_DIGITS = rf"\d(?:{BETWEEN}?\d)"
_EXTENSION = re.compile(rf"{BETWEEN}?\s?(?:转|分机|ext(?:ension)?\.?|x){LINK}{_DIGITS}{{0,5}}(?!\d)", re.IGNORECASE)
_CALL = r"(?<![a-z])(?:ext(?:ension)?|(?:call|ring|reach|text|contact)(?:\s(?:me|us|him|her))?(?:\sat|\son)?)(?![a-z])"
_SHORT = re.compile(
    rf"(?:(?:{_NAMED}|分机|{_CALL}){LINK}(?P<a>{_DIGITS}{{3,13}})|(?:拨打?|打"
    rf"|呼){LINK}(?P<b>{_DIGITS}{{4,6}}))(?!{BETWEEN}?\d)",
    re.IGNORECASE,
)
"""Behind these words four digits are enough, and any grouping of many: `617 555 01 23`."""
_MASKED = re.compile(r"(?<!\d)1[3-9]\d[*xX×]{4}\d{4}(?!\d)")
"""As forms print it: seven digits of a number tell whose it is to all who know the person."""
_PLUS = re.compile(r"(?:(?<![a-z])plus|加)\s?\Z", re.IGNORECASE)
"""How the sign before a country's code is said."""
_LONG = 10
_HOTLINE = re.compile(r"1[12]\d{1,3}|1\d\d|9[56]\d{3,4}|10\d{3}|911|988|999|811|(?:19|20)\d\d")


def find(text: str, register: Register) -> Iterator[Found]:
    """Telephone numbers with their extensions."""
    del register
    view = spoken_digits.view(text)
    for run in runs(text):
        extension = _EXTENSION.match(view.text, run.end)
        if extension or _is_phone(run):
            start = run.start - (len(plus[0]) if (plus := _said_plus(run)) else 0)
            yield Found(*view.place(start, extension.end() if extension else run.end), "phone")
    for match in _MASKED.finditer(view.text):
        yield Found(*view.place(*match.span()), "phone")
    for match in _SHORT.finditer(view.text):
        start, stop = match.span("a" if match["a"] else "b")
        end = without_count(view.text, start, stop)
        if not _is_public(view.text[start:end]) and not (end == stop and is_amount(view.text, end)):
            yield Found(*view.place(start, end), "phone")


def _is_public(said: str) -> bool:
    return bool(_HOTLINE.fullmatch(re.sub(r"\D", "", said)) or TOLL_FREE.fullmatch(said))


def _said_plus(run: Run) -> re.Match[str] | None:
    return _PLUS.search(run.before(6)) if len(run.digits) >= _LONG else None


def _is_phone(run: Run) -> bool:
    if run.view.text[run.start] == "+" or _said_plus(run) or _FORM.fullmatch(run.digits):
        return True
    if _GROUPED.fullmatch(run.digits) and run.end - run.start > len(run.digits):
        return True
    return len(run.digits) <= 13 and bool(_BEFORE.search(run.before(20)))
