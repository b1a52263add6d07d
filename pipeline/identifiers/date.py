"""Exact dates and birthdays: a day, a month and mostly a year, in figures, words, or the digits of a file's name.

A year, a month of a year, a weekday, a span of time and a public day (`每年11月14日`) tell nobody apart and stay; the
year of somebody's birth is hidden, because it is an age as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.identifiers import Found
from pipeline.language import spoken_digits
from pipeline.language.digit_runs import UNITS
from pipeline.language.spoken_digits import BETWEEN
from pipeline.values import Register

VERSION = 7
KINDS = ("date",)

_YEAR = r"(?:(?:19|20)\s?\d\s?\d|18[5-9]\d)"
_MONTH, _DAY = r"(?:1[0-2]|0?[1-9])", r"(?:3[01]|[12]\d|0?[1-9])"
_ZH_MONTH = r"(?:1[0-2]|0?[1-9]|正|腊|冬|闰\d)"
_CLOCK = r"(?:[ T,]{0,2}[0-2]?\d(?::[0-5]\d(?::[0-5]\d)?(?:\.\d{1,6})?|[时点][0-5]?\d分?))?"
_NAMES = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?)\.?"
)
_NTH = rf"{_DAY}(?:\s?(?:st|nd|rd|th))?"
_EN_YEAR = rf"(?:(?:[-/.,\s…]|of|in){{1,4}}{_YEAR}|(?:,\s?|\s?'|[-/])\d\d)"
_EXACT = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?<!\d)(?:{_YEAR}|\d\d)\s?年\s?{_ZH_MONTH}\s?月\s?初?{_DAY}(?:\s?[日号]|(?!\d)){_CLOCK}",
        rf"(?<![\d.]){_YEAR}\s?([-/.…])\s?{_MONTH}\s?\1\s?{_DAY}(?![\d.]\d|\d){_CLOCK}",
        rf"(?<![\d.])(?:{_MONTH}([-/.]){_DAY}|{_DAY}([-/.]){_MONTH})(?:\1|\2){_YEAR}(?!\d){_CLOCK}",
        r"(?<!\d)(?:19|20)\d\d (?:0[1-9]|1[0-2]) (?:0[1-9]|[12]\d|3[01])(?![\d.])",
        rf"(?<![\d.])(?:{_MONTH}/{_DAY}|{_DAY}/{_MONTH})/\d\d(?![\d/.])",
        r"(?<![\d.])[0-9]\d([-/])(?:0[1-9]|1[0-2])\1(?:0[1-9]|[12]\d|3[01])(?![\d/.-])",
        r"(?<!\d)(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?!\d)",
        rf"(?<![a-z])(?:the\s)?(?<!\d){_NTH}\s?(?:day\s)?(?:of\s)?[ \-]?{_NAMES}[ \-]?{_EN_YEAR}(?!\d)",
        rf"(?<![a-z]){_NAMES}[ \-]?(?:the\s)?{_NTH}{_EN_YEAR}(?!\d)",
        rf"(?<!\d){_DAY}(?:st|nd|rd|th)\s(?:of\s)?(?:the\s)?{_MONTH}(?:st|nd|rd|th)[ ,…·]{{1,3}}(?:{_YEAR}|\d\d)(?!\d)",
    )
)
"""With a year. `…` and blanks stand where a date was said with pauses."""
_ZH_DAY = re.compile(
    rf"(?<!\d)(?:农历|阴历|阳历)?{_ZH_MONTH}\s?月(?:份的?)?\s?初?{_DAY}"
    rf"(?:\s?[,到至~\-和]\s?{_DAY}(?=[日号]))?(?:(?P<sign>\s?[日号])|(?![\d月]))"
)
_EN_DAY = re.compile(
    rf"(?<![A-Za-z])(?:(?:the\s)?(?<!\d){_NTH}\s(?:of\s)?(?P<a>(?i:{_NAMES}))|(?P<b>(?i:{_NAMES}))\s(?:the\s)?{_NTH})"
    r"(?:[ ,…]{1,2}[2-9]\d(?=\s*(?:[.,;!?]|\Z)))?(?![\dA-Za-z/]|\.\d|-\d)"
)
"""The year may be said short where nothing that it could count stands behind it: the 14th of March 62."""
_BORN = re.compile(
    r"(?:出生(?:日期|年月日?)?|生日|生于|(?<![a-z])(?i:d\.?o\.?b\.?|birth(?:day|date)?|date of birth|born))"
    r"(?:\s|[:,.=…?]|是|为|在|on|is|was|the|in|农历|阴历|阳历|她|他|我|'s){0,8}"
    rf"(?P<date>(?:{_YEAR}\s?年|\d\d年|{_YEAR}[-/., …])?{_ZH_MONTH}月(?:份|初?{_DAY}[日号]?)?"
    rf"|(?!(?:18|19|20)\d\d(?!{BETWEEN}?\d))\d(?:[-/.,… ]{{0,2}}\d){{3,7}}|\d{{1,2}}[-/.]\d{{1,2}}"
    rf"|{_DAY}(?:st|nd|rd|th)\s(?:of\s)?(?:the\s)?{_MONTH}(?:st|nd|rd|th)(?:[ ,…·]{{1,2}}\d\d(?:[ ·]?\d\d)?)?"
    rf"|(?i:(?:the\s)?(?:{_NTH}\s(?:of\s)?{_NAMES}|{_NAMES}\s(?:the\s)?{_NTH}))(?:[ ,…]{{1,2}}\d\d)?)"
    rf"(?!\d|\s?(?:{UNITS}))",
)
"""Behind these words any figures that can be a date, but for a plain year."""
_BORN_AFTER = re.compile(
    rf"(?<!\d)(?P<date>(?:(?:{_YEAR}|\d\d)年)?(?:农历|阴历|阳历)?{_ZH_MONTH}月(?:初?{_DAY}[日号]?)?|\d{{1,2}}[-/.]\d{{1,2}})"
    r"(?:份|底|初|中旬)?\s?(?:出?生|的?生日)"
)
_BORN_IN = (
    re.compile(rf"属[鼠牛虎兔龙蛇马羊猴鸡狗猪]的?[\s,]?(?P<date>(?:{_YEAR}|\d\d)年{_ZH_MONTH}月)"),
    re.compile(
        rf"(?P<date>(?<!\d)(?:{_YEAR}|\d\d)\s?年)\s?(?:份|初|底)?(?:出?生(?!存|活|长|产|理|病|效)|的?生[人日]|属[鼠牛虎兔龙蛇马羊猴鸡狗猪])"
    ),
    re.compile(rf"(?:生于|出生(?:于|在|年份?)|生在)(?:\s|[:,]|是|为){{0,4}}(?P<date>(?:{_YEAR}|\d\d)\s?年?)(?![\d年])"),
    re.compile(
        rf"(?:[我他她您你俺]|[爸妈爷奶])(?:们|都|是|就|也){{0,2}}(?P<date>(?:{_YEAR}|(?<!\d)[2-9]\d)年)的(?=[\s,.。!?今属了嘛吧呀]|\Z)"
    ),
    re.compile(
        rf"(?<![a-z])(?:born|birth)(?:\s(?:back|way|here|in|was|is|year)){{0,3}}\s(?P<date>(?:{_YEAR}|'\d\d))(?!\d"
        rf"|\s?(?:{UNITS}))",
        re.IGNORECASE,
    ),
    re.compile(
        rf"(?<![a-z])(?:birth year|year of birth)(?:\s|[:,=]|is|was){{0,4}}(?P<date>{_YEAR})(?!\d)", re.IGNORECASE
    ),
)
"""The year in which somebody was born, however it is said: `一九三一年生的`, `我是85年的`."""
_FEASTS = "护士|医师|教师|儿童|妇女|劳动|青年|老人|重阳|中秋|端午|清明|情人|建军|敬老"
_CAUSES = (
    "健康|睡眠|爱眼|爱耳|爱牙|爱肝|宣传|防治|无烟|卫生|献血|禁毒|病|肝炎|癌症|肿瘤|心脏|"
    "疏松|疼痛|营养|免疫|接种|卒中|急救|残疾人"
)
_PUBLIC = re.compile(
    rf"\s?[(:]?(?:是|为|的|\s)*(?:第\d+个|我国|联合国|世界|国际|全国|中国|全球)*"
    rf"(?:国庆|元旦|圣诞|[一-鿿]{{0,6}}(?:(?:{_FEASTS})节|(?:{_CAUSES})日))"
    r"|\s?(?:is\s)?(?:the\s)?(?:world|international|national)\s",
    re.IGNORECASE,
)
_ZH_FEAST = (
    r"(?:正月初?(?:1[05]|\d)|年3十|大年(?:3十|30|初\d)|除夕|春节|元旦|元宵节?|清明节?|端午节?|中秋节?|重阳节?|国庆节?|劳动节|5一节?|腊8节?"
    r"|圣诞节?|平安夜|小年夜?|冬至|立[春夏秋冬])"
)
_EN_FEAST = (
    r"(?:christmas(?: day| eve)?|new year['’]?s(?: day| eve)|boxing day|thanksgiving(?: day)?|halloween"
    r"|easter(?: sunday| monday)?|independence day|labou?r day|memorial day|valentine['’]?s day|good friday)"
)
_FEAST_DAYS = (
    re.compile(rf"(?<!\d){_YEAR}\s?年的?(?:农历)?{_ZH_FEAST}(?:当天|那天|晚上|早上)?"),
    re.compile(rf"(?<![a-z])(?:{_EN_FEAST}(?:,| of| in)? {_YEAR}|{_YEAR} {_EN_FEAST})(?!\d)", re.IGNORECASE),
)
"""A feast of a year is as exact as a date."""
_THEN = re.compile(
    r"\s?(?:那天|当天|前一?天|后一?天|[早晚]上|上午|下午|中午|夜里|半夜|凌晨|开始|摔|疼|住|手术|做|出院|入院|发|生|来的|送)"
)
"""What happened to somebody on a feast: it is no longer everybody's day."""
_FESTIVALS = ("正月15", "5月初5", "5月5", "7月7", "7月初7", "8月15", "9月9", "9月初9", "腊月初8", "腊月8", "正月初1")
_UNIT = re.compile(rf"\s?(?:{UNITS}|[:点/个]|以|of (?:them|us|the|our|my))", re.IGNORECASE)


def find(text: str, register: Register) -> Iterator[Found]:
    """Dates with a year, days of a month, and whatever is called somebody's birthday."""
    del register
    view = spoken_digits.view(text)
    for pattern in _EXACT:
        for match in pattern.finditer(view.text):
            yield Found(*view.place(*match.span()), "date")
    for match in _ZH_DAY.finditer(view.text):
        if not _is_public(view.text, match) and (match["sign"] or not _means_other(view.text, match)):
            yield Found(*view.place(*match.span()), "date")
    for match in _EN_DAY.finditer(view.text):
        if not _is_verb(view.text, match) and not _UNIT.match(view.text, match.end()):
            yield Found(*view.place(*match.span()), "date")
    for pattern in _FEAST_DAYS:
        for match in pattern.finditer(view.text):
            yield Found(*view.place(*match.span()), "date")
    for pattern in (_BORN, _BORN_AFTER, *_BORN_IN):
        for match in pattern.finditer(view.text):
            yield Found(*view.place(*match.span("date")), "date")


def _is_public(text: str, match: re.Match[str]) -> bool:
    """A day that everybody has: `每年11月14日`, `5月12日是国际护士节`."""
    before = text[max(0, match.start() - 6) : match.start()]
    return before.rstrip().endswith(("每年", "每年的")) or bool(_PUBLIC.match(text, match.end()))


def _means_other(text: str, match: re.Match[str]) -> bool:
    """A month and a figure that are no day: `3月15例`, a feast of the moon's calendar."""
    said = match[0].removeprefix("农历").removeprefix("阴历")
    if said in _FESTIVALS:
        return _THEN.match(text, match.end()) is None
    return bool(_UNIT.match(text, match.end()))


_MARCHED = re.compile(r"mar(?:ch)? (?:the )?\d+(?:st|nd|rd|th)")
"""Nobody marches fifth, but one may first do something."""


def _is_verb(text: str, match: re.Match[str]) -> bool:
    """`you may 1st feel`, `they march 3 miles`: no capital letter, and no word before it that a date follows."""
    name = match["a"] or match["b"]
    if name[0].isupper() or name.lower() not in ("may", "march", "mar") or _MARCHED.fullmatch(match[0]):
        return False
    if match["a"]:
        return " of " not in match[0]
    return not re.search(r"(?:on|born|since|of|by|until|from|and|to)\s?\Z", text[: match.start()][-8:])
