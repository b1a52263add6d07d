"""E-mail addresses, written and said: `li at example dot com`, `li 艾特 example 点 com`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.identifiers import Found
from pipeline.language import spoken_digits
from pipeline.values import Register

VERSION = 5
KINDS = ("email",)

_WRITTEN = re.compile(r"[A-Za-z0-9._%+\-]{1,64}\s?@\s?[A-Za-z0-9\-]{1,63}(?:\s?\.\s?[A-Za-z0-9\-]{1,63}){1,5}")
_TOP = (
    r"(?:com|cn|net|org|edu|gov|co|uk|io|me|hk|tw|us|de|fr|info|ie|ca|au|nz|eu|jp|kr|sg|my|it|es|nl|be|ch|se|pl|br|mx"
    r"|ru|za|ae|app|dev|biz|online|xyz|cc|tv|vip|top|mil|ac)(?![a-z])"
)
_DOT = r"\s?(?:\.|点儿?|(?<![a-z])(?:dot|point)(?![a-z]))\s?"
_SPOKEN = re.compile(
    rf"\s?(?:@|艾特|爱特|圈[aA]|小老鼠|(?<![a-z])at(?:\ssign)?(?![a-z]))\s?[a-z0-9\-]{{1,40}}(?:\s[a-z0-9]{{1,20}}){{0,3}}?"
    rf"(?:{_DOT}[a-z0-9\-]{{1,40}}){{0,3}}?{_DOT}{_TOP}(?:{_DOT}{_TOP})?",
    re.IGNORECASE,
)
_LOCAL = re.compile(
    rf"(?:[a-z0-9_\-]+(?:{_DOT}|\s?(?:下划线|杠|(?<![a-z])(?:underscore|dash|hyphen)(?![a-z]))\s?|\s(?=\d)|(?<=\d)\s|"
    r"(?<=\s[a-z])\s(?=[a-z]\s?)|(?<=[\s.][a-z])\s(?=[a-z]\Z)|[,…·](?=\d)|(?<=\d)[,…·])){0,12}[a-z0-9_\-]+\Z",
    re.IGNORECASE,
)
_CALLED = re.compile(
    r"(?:邮箱|邮件|e-?mail|mail)(?:地址|address)?(?:\s|[:,]|号|是|为|到|我|就|address|is|it's|to|me|it|at|the|uh+|嗯|呃){0,8}",
    re.IGNORECASE,
)
_SAID = re.compile(r"@|艾特|爱特|圈a|小老鼠|点|(?<![a-z])(?:dot|point)(?![a-z])", re.IGNORECASE)
"""`more at example.com` is a page; an address is said with a dot, or called so."""
_FURTHEST = 60
"""Characters before the @ that may belong to the address."""


def find(text: str, register: Register) -> Iterator[Found]:
    """Addresses, with all that is said between `my email is` and the @."""
    del register
    view = spoken_digits.view(text)
    for match in _WRITTEN.finditer(view.text):
        yield Found(*view.place(*match.span()), "email")
    for match in _SPOKEN.finditer(view.text):
        start = _start(view.text, *match.span())
        if start is not None:
            yield Found(*view.place(start, match.end()), "email")


def _start(text: str, at: int, end: int) -> int | None:
    """Where the part before the @ begins; None where there is none."""
    first = max(0, at - _FURTHEST)
    before = text[first:at]
    called = [match.end() for match in _CALLED.finditer(before)]
    if called and called[-1] < len(before):
        return first + called[-1]
    if not _SAID.search(text, at, end):
        return None
    local = _LOCAL.search(before)
    return first + local.start() if local else None
