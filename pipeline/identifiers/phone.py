"""Telephone numbers: mobile, landline with area code and extension, foreign, and short local ones that are called so.

Numbers that help anyone (120, 12320, 95598, 400 and 800) identify nobody and stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline import spoken_digits
from pipeline.digit_runs import Run, runs
from pipeline.identifiers import Found
from pipeline.spoken_digits import BETWEEN, LINK
from pipeline.values import Register

VERSION = 1
KINDS = ("phone",)

_FORM = re.compile(r"(?:(?:00)?86)?(?:1[3-9]\d{8,10}|0[1-9]\d{8,10})|1?[2-9]\d\d[2-9]\d{6}")
"""A Chinese mobile number, one digit more or less; one with an area code; a North American one."""
_CALLED = (
    r"电话|手机号?码?|座机|短号|小灵通|联系方式|联系人|传真|拨打?|打|"
    r"(?<![a-z])(?:call(?:ing)?|(?:tele)?phone|tel|mobile|cell|fax|pager|landline|text|reach|ring|contact)(?![a-z])"
)
_BEFORE = re.compile(rf"(?:{_CALLED})[^\d。;!?]{{0,12}}\Z", re.IGNORECASE)
_EXTENSION = re.compile(
    rf"{BETWEEN}?\s?(?:转|分机|ext(?:ension)?\.?|x){LINK}\d(?:{BETWEEN}?\d){{0,5}}(?!\d)", re.IGNORECASE
)
_SHORT = re.compile(
    rf"(?:电话|手机号?码?|座机|短号|小灵通|联系方式|传真|分机|(?<![a-z])(?:call(?: me| us| him| her)?(?: at| on)?|(?:tele)?phone|"
    rf"tel|mobile|cell|fax|pager|ext(?:ension)?)(?![a-z])){LINK}(\d(?:{BETWEEN}?\d){{3,6}})(?!\d|\s?(?:年|点|元|mg|day|hour))",
    re.IGNORECASE,
)
_HOTLINE = re.compile(r"1[12]\d{1,3}|1\d\d|9[56]\d{3,4}|10\d{3}|911|988|999|811|(?:19|20)\d\d")


def find(text: str, register: Register) -> Iterator[Found]:
    """Telephone numbers with their extensions."""
    del register
    view = spoken_digits.view(text)
    for run in runs(text):
        extension = _EXTENSION.match(view.text, run.end)
        if extension or _is_phone(run):
            yield Found(*view.place(run.start, extension.end() if extension else run.end), "phone")
    for match in _SHORT.finditer(view.text):
        if not _HOTLINE.fullmatch(re.sub(r"\D", "", match[1])):
            yield Found(*view.place(*match.span(1)), "phone")


def _is_phone(run: Run) -> bool:
    if run.view.text[run.start] == "+" or _FORM.fullmatch(run.digits):
        return True
    return len(run.digits) <= 13 and bool(_BEFORE.search(run.before(20)))
