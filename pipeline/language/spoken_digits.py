"""One way to read numbers, however they are said or written: a text as a view of digits that knows its way back.

`幺三八，嗯，零零幺三`, `one three eight, double zero` and `九十二岁` become `138…0013`, `1 3 8,00` and `92岁`. All
else is copied, full-width signs as ASCII ones. What looks for numbers searches the view and gets characters of the
text back.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

SINGLY, PLACED, WRITTEN = "s", "p", "w"
"""How a digit came: said one by one (`幺三八`), in a number word with places (`一百三十八`, `forty`), or written."""

BETWEEN = r"[ ,\-….·_]"
"""What the view has between two groups of digits: always one sign. `…` stands for fillers (`嗯`, `uh`, a full stop),
`·` for nothing at all where two number words meet (`九十一 二岁`)."""

LINK = (
    r"(?:[\s:,.#=…\-(\[<?]|号码?|编号|是?多少|是|为|叫|就是|应该|嘛|吧|哦|那个|这个|嗯|呃|呢|啊|的|我|您|记一下"
    r"|好的?|行|对|[您你请]说|"
    r"(?<![a-z])(?:numbers?|num|nr|no|id|is|was|are|ends?|ending|with|in|the|its|it's|that's|uh+|um+|u+h[ -]?huh|yes"
    r"|yep|yeah|okay|ok|sure|right|go (?:on|ahead))(?![a-z])){0,8}"
)
"""What may stand between a word that announces a number and the number itself."""

_ZH = {sign: str(n) for n, signs in enumerate(("零〇○", "一", "二两俩", *"三四五六七八九")) for sign in signs} | {
    "幺": "1"
}
_MAYBE_ZH = (
    {sign: str(n) for n, sign in enumerate("洞壹贰叁肆伍陆柒捌玖")}
    | dict.fromkeys("腰妖吆", "1")
    | {"拐": "7", "勾": "9"}
)
"""Signs that are digits only beside another digit: radio words, homophones of 幺, the figures of receipts."""
_RECEIPT = frozenset("壹贰叁肆伍陆柒捌玖")
"""Of these, what two side by side are figures of by themselves, as nothing else is written with them: 壹叁捌."""
_PLACES = {"十": 10, "百": 100, "千": 1000}
_ONES = {
    word: n for n, word in enumerate(["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"])
}
_TEENS = ["ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_EN = _ONES | {word: n for n, word in enumerate(_TEENS, 10)} | {word: 10 * n for n, word in enumerate(_TENS, 2)}
_NTH = [
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
]
_ORDINALS = {word: n for n, word in enumerate(_NTH, 1)} | {f"{word}th": _EN[word] for word in _TEENS[3:]}
_ORDINALS |= {"twentieth": 20, "thirtieth": 30}

_D, _E = "".join(_ZH), "一二两三四五六七八九"
_ONE, _TEN, _TEEN = "|".join([*_ONES][1:]), "|".join(_TENS), "|".join(_TEENS)
_BELOW = rf"(?:(?:{_TEN})(?:[- ](?:{_ONE}))?|{_TEEN})"
_TOKEN = re.compile(
    rf"""(?P<zh_times>(?<=[{_D}\d,，、\s])[二两三四五]个[{_D}](?![十百千]))
    |(?P<zh_places>[{_E}]千(?:零?[{_E}]百)?(?:零?[{_E}]?十[{_E}]?|零[{_E}]|[{_E}](?![十百千]))?
        |[{_E}]百(?:零?[{_E}]?十[{_E}]?|零[{_E}]|[{_E}](?![十百千]))?|[{_E}]?十[{_E}]?|[廿卅][{_E}]?)
    |(?P<zh>[{_D}])|(?P<zh_maybe>[{"".join(_MAYBE_ZH)}])
    |(?P<written>\d+(?:[OoIl]{{1,3}}\d+)*(?:(?<=\d\d\d)O{{1,4}}(?![A-Za-z]))?)
    |(?<![A-Za-z])(?:(?P<en_times>(?:double|triple|treble)[ -](?:zero|{_ONE}|oh?|\d))
        |(?P<en_nth>(?:(?:{_TEN})[- ])?(?:{"|".join(_ORDINALS)}))
        |(?P<en_places>two[ ]thousand(?:(?:[ ]and)?[ ]{_BELOW}|[ ]and[ ](?:{_ONE}))?
            |(?:an?|{_ONE})[ ]hundred(?:(?:[ ]and)?[ ]{_BELOW}|[ ]and[ ](?:{_ONE}))?|{_BELOW})
        |(?P<en>zero|{_ONE})|(?P<en_maybe>oh?))(?![A-Za-z])""",
    re.VERBOSE | re.IGNORECASE,
)
_GAP = re.compile(
    r"(?:[\s,，、。.…·\-‐-―－_()（）]|嗯|呃|额|啊|哦|噢|喔|哎|诶|欸|那个|这个|然后|接着|再|就是|是|对|好|前面|中间|后面|最后"
    r"|下面|开头|杠|空格|吧|呢|好的|行|[您你请](?:接着)?[说讲念]|[您你请]?继续|[记写][下住好]?[了的]?|没错|收到|明白|知道了|还有|下一[个位段]"
    r"|(?<![a-z])(?:uh+|um+|er+m?|and|then|so|like|okay|ok|right|yeah|dash|hyphen|space|yes|yep|yup|sure|next"
    r"|u+h[ -]?huh|m+[ -]?h+m+|got (?:it|that)|go (?:on|ahead)|carry on)(?![a-z]))+",
    re.IGNORECASE,
)
"""What is said between two groups of digits: by who looks for the next one, and by who writes them down."""
_WHOLE = 6
"""A written number of more digits is one by itself: `张三13800138000`."""
_LONGEST_GAP = 24
"""Characters: what stands between two digits of one number is a breath, not a sentence."""
_ASCII = {0xFF01 + n: 0x21 + n for n in range(94)} | {0x3000: 0x20}


@dataclass(frozen=True, slots=True)
class _Token:
    start: int
    end: int
    digits: str
    how: str
    is_sure: bool = True


@dataclass(frozen=True, slots=True)
class View:
    """A text with its numbers as digits.

    `starts` and `ends` give for each character of `text` the characters of the original that it stands for; `how` its
    way of being said, a blank where it is no digit. All four are equally long.
    """

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    how: str

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Where in the original the characters from `start` to before `end` lie; at least one character."""
        return self.starts[start], self.ends[end - 1]


@lru_cache(maxsize=4)
def view(text: str) -> View:
    """The view of a text. The last few are kept, since every part asks for the same."""
    parts: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    how: list[str] = []

    def put(signs: str, start: int, end: int, kind: str) -> None:
        is_same = len(signs) == end - start
        parts.append(signs)
        starts.extend(range(start, end) if is_same else [start] * len(signs))
        ends.extend(range(start + 1, end + 1) if is_same else [end] * len(signs))
        how.append("".join(kind if sign.isdigit() else " " for sign in signs))

    at, before = 0, None
    for token in _sure(list(_tokens(text)), text):
        gap = text[at : token.start]
        between = _between(gap) if before else None
        if before and not gap and (PLACED in (before.how, token.how) or len(token.digits) > _WHOLE):
            put("·", token.start, token.start + 1, " ")
        elif between and gap:
            put(between, at, token.start, " ")
        else:
            put(gap.translate(_ASCII), at, token.start, " ")
        put(token.digits, token.start, token.end, token.how)
        at, before = token.end, token
    put(text[at:].translate(_ASCII), at, len(text), " ")
    return View("".join(parts), tuple(starts), tuple(ends), "".join(how))


def _between(gap: str) -> str | None:
    """The one sign that stands for what lies between two groups of digits; None: they do not belong together."""
    if not gap or len(gap) > _LONGEST_GAP or not _GAP.fullmatch(gap):
        return None
    core = gap.strip().strip("()（）").strip().lower()
    if not core:
        return " "
    if core in (".", "·", "_"):
        return core.replace("·", ".") if len(gap) == 1 else "…"
    if not core.strip("-‐‑‒–—―－杠 ") or core in ("dash", "hyphen"):
        return "-"
    return "," if not core.strip(",，、 ") else "…"


def _sure(tokens: list[_Token], text: str) -> Iterator[_Token]:
    """The tokens without the doubtful ones that have no digit beside them."""
    sure = [token.is_sure for token in tokens]
    pairs = [
        (n, n + 1) for n in range(len(tokens) - 1)
        if tokens[n].end == tokens[n + 1].start or _between(text[tokens[n].end : tokens[n + 1].start])
    ]  # fmt: skip
    for before, after in pairs:
        if text[tokens[before].start] in _RECEIPT and text[tokens[after].start] in _RECEIPT:
            sure[before] = True
        sure[after] = sure[after] or sure[before]
    for before, after in reversed(pairs):
        sure[before] = sure[before] or sure[after]
    return (token for token, is_sure in zip(tokens, sure, strict=True) if is_sure)


def _tokens(text: str) -> Iterator[_Token]:
    for match in _TOKEN.finditer(text):
        kind, said = str(match.lastgroup), match[0]
        digits, how = _READERS[kind](said.lower())
        yield _Token(match.start(), match.end(), digits, how, not kind.endswith("_maybe"))


def _written(said: str) -> tuple[str, str]:
    """Digits of any script; letters that a reader of print takes for digits."""
    return "".join({"o": "0", "i": "1", "l": "1"}.get(sign) or str(int(sign)) for sign in said), WRITTEN


def _zh_places(said: str) -> tuple[str, str]:
    """`一百零八`, `一百八` (180), `两千零二十四`, `廿三`."""
    said = said.replace("廿", "二十").replace("卅", "三十")
    total, digit, place = 0, 0, 1
    for sign in said:
        if sign in _PLACES:
            place = _PLACES[sign]
            total, digit = total + (digit or 1) * place, 0
        elif _ZH[sign] == "0":
            place = 1
        else:
            digit = int(_ZH[sign])
    tail = place // 10 if place > 10 else 1
    return str(total + digit * tail), PLACED


def _en_places(said: str) -> tuple[str, str]:
    """`forty-five`, `a hundred and two`, `two thousand and four`."""
    total, last = 0, 0
    for word in re.split(r"[\s-]+", said):
        if word in ("hundred", "thousand"):
            total, last = (last or 1) * (100 if word == "hundred" else 1000), 0
        else:
            last += _EN.get(word, 0)
    return str(total + last), PLACED


def _en_nth(said: str) -> tuple[str, str]:
    """`third`, `twenty-first`: with the ending of its figure."""
    *tens, last = re.split(r"[\s-]+", said)
    number = sum(_EN[word] for word in tens) + _ORDINALS[last]
    ending = "th" if 10 < number < 14 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}", PLACED


def _times(said: str) -> tuple[str, str]:
    """`三个零`, `double five`."""
    word, digit = re.split(r"[个 -]", said)
    count = int(_ZH[word]) if word in _ZH else {"double": 2}.get(word, 3)
    return count * (_ZH.get(digit) or str(_ONES.get(digit, digit if digit.isdigit() else 0))), SINGLY


_READERS: dict[str, Callable[[str], tuple[str, str]]] = {
    "zh_times": _times,
    "zh_places": _zh_places,
    "zh": lambda said: (_ZH[said], SINGLY),
    "zh_maybe": lambda said: (_MAYBE_ZH[said], SINGLY),
    "written": _written,
    "en_times": _times,
    "en_nth": _en_nth,
    "en_places": _en_places,
    "en": lambda said: (str(_ONES[said]), SINGLY),
    "en_maybe": lambda said: ("0", SINGLY),
}
