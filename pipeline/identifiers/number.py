"""Long numbers of unknown meaning: seven digits and more that measure nothing are hidden, whatever they are.

The other parts say better what a number is; this one sees to it that none of its digits is left.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.identifiers import Found
from pipeline.language import spoken_digits
from pipeline.language.digit_runs import runs
from pipeline.language.spelling import RADIO, ROW
from pipeline.language.spoken_digits import BETWEEN, LINK
from pipeline.values import Register

VERSION = 10
KINDS = ("number",)

_LETTERS_BEFORE = re.compile(r"(?<![A-Za-z\d])(?:[A-Z\d]{1,12}|[A-Z]{1,3}[- ]?)\Z")
_LETTERS_AFTER = re.compile(r"[A-Z\d]{1,12}(?![A-Za-z])|[- ]?[A-Z]{1,2}(?![A-Za-z])")
_SPELLED = re.compile(rf"(?<![a-z]){ROW}(?![a-z])", re.IGNORECASE)
_RADIO_WORD = re.compile(rf"(?<![a-z])(?:{RADIO})(?![a-z])", re.IGNORECASE)
"""Letters as radio operators say them; two different ones in a row of single signs spell something out."""
_TAIL = re.compile(
    rf"(?:尾[号数]|[后末]面?[1-9三四五六]位|验证码|(?:sort|verification|security) ?code|passcode"
    rf"|last (?:4|3)(?: digits)?(?: of (?:my|the|his|her|your) [a-z]+(?: [a-z]+)?)?"
    rf"|(?:card|account|phone|number|mobile) (?:that )?ends in|ending(?: in)?)(?:是不是|是否)?{LINK}"
    rf"(\d(?:{BETWEEN}?\d){{2,5}}(?:[xX]|叉)?)(?!\d)",
    re.IGNORECASE,
)
"""The last digits of a telephone or a card tell enough."""


def find(text: str, register: Register) -> Iterator[Found]:
    """Long numbers with the letters that belong to them, and the last digits of some."""
    del register
    view = spoken_digits.view(text)
    for run in runs(text):
        start, end = run.start, run.end
        if letters := _LETTERS_BEFORE.search(run.before(13)):
            start -= len(letters[0])
        if letters := _LETTERS_AFTER.match(run.after(13)):
            end += len(letters[0])
        yield Found(*view.place(start, end), "number")
    for match in _SPELLED.finditer(view.text):
        if len({word.lower() for word in _RADIO_WORD.findall(match[0])}) > 1:
            yield Found(*view.place(*match.span()), "number")
    for match in _TAIL.finditer(view.text):
        yield Found(*view.place(*match.span(1)), "number")
