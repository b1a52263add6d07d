"""Long numbers in a text: digits that belong together though they are said in groups, and are no measurement."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from pipeline.language import spoken_digits
from pipeline.language.spoken_digits import PLACED, SINGLY, WRITTEN, View

SHORTEST = 7
"""Digits. A local telephone number has as many; what patients are told about doses and values hardly ever does."""
UNITS = (
    r"(?:[μu]?g|[mk]g|mcg|d?[mμu]?l|i?u|[mc]?m|mmhg|bpm|hz|kcal|cal|units?|tabs?|tablets?|drops?|percent|dollars?|copies|"
    r"people|patients|cases|times|steps|days?|weeks?|months?|years?|hours?|hrs?|minutes?|mins?|ohm)(?![a-z])|%|"
    r"国际单位|单位|毫|微克|克|千|厘米|米|元|块|万|亿|人|例|步|拷贝|卡|大卡|千卡|个|次|片|粒|天|周|年|岁|小时|分钟"
)
"""What follows a measurement, as a pattern for lower and upper case; spaces may stand before."""
_RUN = re.compile(r"\+?\d(?:[ ,\-….·]?\d)*")
_GROUP = re.compile(r"([ ,\-….·]?)(\d+)")
_COUNTED = re.compile(rf"\s?(?:{UNITS}|[点月日号楼床层级期度针盒位种样遍家分秒层张条口杯])", re.IGNORECASE)
_LAST_GROUP = re.compile(r"(?<=\d)[ ,…]\d{1,2}\Z")
_UNIT = re.compile(rf"\s*(?:{UNITS})", re.IGNORECASE)
_PUBLIC = re.compile(r"(?:准字\s?[A-Z]?|NCT|PMID[: ]*|ISBN[: ]*|ChiCTR|\brs|doi\S*|GB/?T?\s?)\Z", re.IGNORECASE)
"""What announces a number that anyone may look up: a drug's approval, a registered trial, a book, a gene's variant."""
_VALUE = re.compile(
    r"(?:血压|心率|脉搏|血糖|体温|血氧|呼吸|pressure|rate|bp|hr|sugar|pulse)[^\d]{0,8}\Z", re.IGNORECASE
)
_DIALLED = 9
"""Digits in groups of which the first begins with 0, as that of no value does: `077 um 449 yeah 321 865`."""
_COUNTING = re.compile(r"(?:[1-8]2345678|[1-8]234|123)+|(?:12)+1?|0?123456789?0?|(?:10)?9?87654321(?:0)?")
"""Exercises and lifts are counted aloud: `一二三四，二二三四`."""
TOLL_FREE = re.compile(
    r"[48]00(?:[ ,\-….]?\d){7}|1[ ,\-….]800(?:[ ,\-….]?\d){7}"
    r"|(?:\+?1[ ,\-….])?8(?:00|88|77|66|55|44|33)[ ,\-….]\d{3}[ ,\-….]\d{4}"
)
"""Numbers of companies and help lines, as the view has them; `1800...` without a gap is somebody's mobile."""


@dataclass(frozen=True, slots=True)
class Run:
    """A long number: its digits, and where it stands in the view, a leading + included."""

    view: View
    start: int
    end: int
    digits: str

    def before(self, count: int) -> str:
        """What stands before it in the view, at most so many characters."""
        return self.view.text[max(0, self.start - count) : self.start]

    def after(self, count: int) -> str:
        """What stands behind it in the view, at most so many characters."""
        return self.view.text[self.end : self.end + count]


@dataclass(frozen=True, slots=True)
class _Group:
    start: int
    end: int
    digits: str
    how: str
    gap: str


@lru_cache(maxsize=4)
def runs(text: str) -> tuple[Run, ...]:
    """The long numbers of a text, in order."""
    view = spoken_digits.view(text)
    found = []
    for match in _RUN.finditer(view.text):
        has_plus = match[0].startswith("+")
        groups = [
            _Group(match.start() + one.start(2), match.start() + one.end(2), one[2], _how(view, match, one), one[1])
            for one in _GROUP.finditer(match[0])
        ]
        for n, chain in enumerate(_chains(groups, joins_all=has_plus)):
            start = chain[0].start - (has_plus and n == 0)
            chain = _without_counts(chain, view.text)
            run = Run(view, start, chain[-1].end, "".join(group.digits for group in chain))
            if _is_long(run, chain):
                found.append(run)
    return tuple(found)


def _without_counts(chain: list[_Group], text: str) -> list[_Group]:
    """A chain without a last group that counts something."""
    is_count = len(chain) > 1 and without_count(text, chain[0].start, chain[-1].end) < chain[-1].end
    return chain[:-1] if is_count else chain


def without_count(text: str, start: int, end: int) -> int:
    """Where a number of the view ends, without a last group that counts: `幺三八零零幺三八零零零，三天后打`."""
    match = _LAST_GROUP.search(text, max(start, end - 8), end)
    return match.start() if match and is_amount(text, end) else end


def is_amount(text: str, end: int) -> bool:
    """Whether a unit or a counting word stands behind the figures that end here."""
    return bool(_COUNTED.match(text, end))


def _how(view: View, run: re.Match[str], group: re.Match[str]) -> str:
    return view.how[run.start() + group.start(2) : run.start() + group.end(2)]


def _chains(groups: list[_Group], *, joins_all: bool) -> list[list[_Group]]:
    """Neighbouring groups that are one number; a number with a + in front takes all that follow."""
    pairs = list(enumerate(pairwise(groups), 1))
    points = [n for n, (before, group) in pairs if group.gap == "." and not _belong(before, group)]
    decimals = {*points, *(n - 1 for n in points)}
    chains = [[groups[0]]]
    for n, (before, group) in pairs:
        if joins_all or (_belong(before, group) and not {n - 1, n} & decimals):
            chains[-1].append(group)
        else:
            chains.append([group])
    return chains


def _belong(before: _Group, group: _Group) -> bool:
    """Whether two neighbouring groups can be parts of one number: said one by one they nearly always are."""
    how = set(before.how + group.how)
    shorter, longer = sorted((len(before.digits), len(group.digits)))
    if shorter >= SHORTEST:
        return False
    if longer >= SHORTEST and shorter < 3 and len(how) > 1:
        return False
    if PLACED in how:
        return WRITTEN not in how and group.gap != "." and shorter < 4
    if how == {SINGLY} or shorter > 2 or shorter == longer == 1:
        return group.gap != "." or how == {SINGLY} or shorter > 2
    if SINGLY in how:
        return group.gap != "."
    return (group.gap == "-" and longer > 1) or (group.gap == " " and longer > 3)


def _is_long(run: Run, groups: list[_Group]) -> bool:
    """Whether a chain is a number with a meaning of its own: no measurement, no count, nothing public."""
    how = "".join(group.how for group in groups)
    if len(run.digits) < SHORTEST or (PLACED in how and how.count(SINGLY) < 3):
        return False
    if _PUBLIC.search(run.before(12)) or TOLL_FREE.fullmatch(run.view.text, run.start, run.end):
        return False
    longest = max(len(group.digits) for group in groups)
    if _VALUE.search(run.before(16)) and len(groups) > 1 and longest < 4:
        return False
    if SINGLY in how:
        singly = "".join(digit for digit, said in zip(run.digits, how, strict=True) if said == SINGLY)
        return not _COUNTING.fullmatch(singly)
    return not _is_amount(run, groups, longest)


def _is_amount(run: Run, groups: list[_Group], longest: int) -> bool:
    """Figures that measure: round ones, decimals, ranges of years, several values in a row, whatever has a unit."""
    if len(groups) == 1:
        is_decimal = bool(re.search(r"\d\.\Z", run.before(2)))
        return is_decimal or len(run.digits.rstrip("0")) <= 2 or bool(_UNIT.match(run.after(8)))
    if longest == 1:
        return bool(_COUNTING.fullmatch(run.digits))
    is_years = all(re.fullmatch(r"(?:19|20)\d\d", group.digits) for group in groups)
    is_round = all(group.digits.endswith("00") for group in groups)
    is_decimal = len(groups) == 2 and groups[1].gap == "."
    is_list = len(run.digits) < 10 and any(group.gap in (",", "…") for group in groups[1:])
    has_unit = len(groups) == 2 and bool(_UNIT.match(run.after(8)))
    is_dialled = len(groups) > 2 and groups[0].digits.startswith("0") and len(run.digits) >= _DIALLED
    return (longest < 4 and not is_dialled) or is_years or is_round or is_decimal or is_list or has_unit
