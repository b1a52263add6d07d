"""Bank cards: 13 to 19 digits with a Luhn check digit, or of a card's length whatever the check digit says.

Source: ISO/IEC 7812-1; the check digit by python-stdnum.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.identifiers import Found, resident_id
from pipeline.language import spoken_digits
from pipeline.language.digit_runs import Run, runs
from pipeline.language.spoken_digits import LINK
from pipeline.values import Register

VERSION = 4
KINDS = ("bank_card",)

_BEFORE = re.compile(
    rf"(?:卡号|银行卡|储蓄卡|信用卡|[一-鿿]行的?卡|卡|账[号户]|(?:credit|debit|bank)?\s?(?:card|account)){LINK}\Z",
    re.IGNORECASE,
)


def find(text: str, register: Register) -> Iterator[Found]:
    """Numbers that are a card's by their check digit, by their length or by what they are called."""
    del register
    view = spoken_digits.view(text)
    for run in runs(text):
        if resident_id.has_form(run):
            continue
        if _has_form(run) or (len(run.digits) > 8 and _BEFORE.search(run.before(24))):
            yield Found(*view.place(run.start, run.end), "bank_card")


def _has_form(run: Run) -> bool:
    from stdnum import luhn

    digits = run.digits
    if digits[0] not in "3456":
        return False
    return 16 <= len(digits) <= 19 or (13 <= len(digits) <= 15 and luhn.is_valid(digits))
