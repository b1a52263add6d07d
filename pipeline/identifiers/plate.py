"""Number plates of cars: a province, a letter, five signs, six with a battery; foreign ones where they are called so.

Source: GA 36-2018.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.identifiers import Found
from pipeline.language import spoken_digits
from pipeline.language.spoken_digits import LINK
from pipeline.values import Register

VERSION = 7
KINDS = ("plate",)

_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使"
_GAP = r"(?:[ ,\-….·•]|点)?"
_MAINLAND = re.compile(
    rf"[{_PROVINCES}]牌?{_GAP}[A-Z]{_GAP}(?=(?:{_GAP}[A-Z]){{0,3}}{_GAP}\d)[A-Z0-9](?:{_GAP}[A-Z0-9]){{3,5}}(?:{_GAP}[学警挂港澳领])?"
    r"(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_CALLED = re.compile(
    rf"(?:车牌号?码?|牌照|(?i:(?:licen[cs]e|number)\splates?|plate\s(?:number|no\.?))){LINK}"
    rf"([{_PROVINCES}]?{_GAP}(?=[A-Z0-9 \-]{{0,6}}\d)[A-Z0-9](?:[ \-·]?[A-Z0-9]){{3,8}})(?![a-z])"
)

_BRITISH = re.compile(r"(?<![A-Za-z0-9])(?!CT|MR|XR|US|ID)[A-Z]{2}\d{2}\s?(?!MRI|ECG|USS|MMR)[A-Z]{3}(?![A-Za-z0-9])")
_BARE = re.compile(
    rf"(?<![A-Za-z])(?i:plates?|regos?|reg|registration|tag|number plate|licen[cs]e plate)(?i:['’]s)?{LINK}"
    r"((?=[A-Z ,\-]{0,8}\d)(?=[\d ,\-]{0,8}[A-Z])(?:[A-Z0-9][ ,\-]{0,2}){4,7}[A-Z0-9])"
    r"(?![A-Za-z0-9]|\s?(?:mm|cm|holes?))"
)
"""A plate alone may be one of bone; so that of a car has letters and figures enough."""


def find(text: str, register: Register) -> Iterator[Found]:
    """Plates, however their digits are said."""
    del register
    view = spoken_digits.view(text)
    for match in _MAINLAND.finditer(view.text):
        if sum(sign.isdigit() for sign in match[0]) > 2:
            yield Found(*view.place(*match.span()), "plate")
    for match in _BRITISH.finditer(text):
        yield Found(*match.span(), "plate")
    for pattern in (_CALLED, _BARE):
        for match in pattern.finditer(view.text):
            yield Found(*view.place(*match.span(1)), "plate")
