"""What a text may say: the one function through which everything goes that leaves.

Subtitles, sidecars, titles, captions, tags, covers, checklists, receipts, file names, logs, messages, JSON.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache

from pipeline.identifiers import Found
from pipeline.language import identifying, unadorned
from pipeline.language.chinese_words import lists
from pipeline.language.han import HAN
from pipeline.values import Register

VERSION = 4
"""Raised when something else is put instead of an identifier."""
CHINESE = frozenset(("zh", "yue"))
INSTEAD: dict[str, tuple[str, str]] = {
    "phone": ("[电话号码]", "[phone number]"),
    "resident_id": ("[身份证号]", "[ID number]"),
    "bank_card": ("[银行卡号]", "[card number]"),
    "plate": ("[车牌号]", "[plate number]"),
    "passport": ("[护照号]", "[passport number]"),
    "email": ("[邮箱]", "[e-mail address]"),
    "wechat": ("[微信号]", "[account name]"),
    "record_number": ("[号码]", "[record number]"),
    "number": ("[号码]", "[number]"),
    "date": ("[日期]", "[date]"),
    "address": ("[地址]", "[address]"),
    "employer": ("[单位]", "[employer]"),
    "school": ("[学校]", "[school]"),
}
"""What stands for an identifier of a kind, in Chinese and in English. Names and ages are put into words below."""
UNKNOWN = ("[已隐去]", "[hidden]")
NAMELESS = "某某"
"""A Chinese name that does not begin with a surname."""
OLD = ("九十多岁", "over 89")
MOBILE, BED = "[手机号]", "[床号]"

TITLES = tuple(re.findall("..", "医生大夫护士先生女士小姐阿姨叔叔大爷大妈大娘大叔大姐大哥奶奶爷爷师傅"))
"""Said of so many people that they tell nothing beside a surname; a post such as 院长 tells who it is."""
FAMILIAR = frozenset("老小大")
"""What stands before a surname. 阿 stands before a given name, of which nothing may stay."""

_ROLES = {"patient": "this patient", "family": "this relative", "minor": "this child", "staff": "this colleague"}
_ENGLISH_TITLES = (
    (re.compile(r"(mrs|ms|miss|madam|mme)\b", re.I), "this lady"),
    (re.compile(r"(mr|mister|sir)\b", re.I), "this gentleman"),
    (re.compile(r"(dr|doctor|prof|professor)\b", re.I), "this physician"),
    (re.compile(r"(nurse|sister)\b", re.I), "this colleague"),
)
NOBODY = "this person"
"""None of these words is a title itself: `this doctor last week` would be taken for one with a name."""

_HAN = re.compile(f"[{HAN}]")
_LATIN_WORD = re.compile(r"[A-Za-z]+")
AROUND = 40
"""So many characters before and after an identifier tell in which language the text is."""


@dataclass(frozen=True, slots=True)
class Wording:
    """A text as it may be read, and what was replaced in the one that was given."""

    text: str
    found: tuple[Found, ...]


@cache
def versions() -> dict[str, object]:
    """What a text that was looked at here depends on, for the keys of steps."""
    return {**identifying.versions(), "wording": VERSION}


def _surnames() -> frozenset[str]:
    """What the name of somebody of whom nothing is known may begin with for its beginning to stay."""
    return frozenset((*lists().surnames, *lists().rare_surnames, *lists().compound_surnames))


@cache
def _replaced() -> re.Pattern[str]:
    """What was put instead of an identifier."""
    double = "|".join(sorted(surname for surname in _surnames() if len(surname) > 1))
    single = "".join(sorted(surname for surname in _surnames() if len(surname) == 1))
    words = (
        *(re.escape(word) for pair in (*INSTEAD.values(), UNKNOWN, OLD) for word in pair),
        *map(re.escape, (MOBILE, BED, NAMELESS)),
        rf"(?:{double}|[{single}])\*(?:{'|'.join(TITLES)})?",
        rf"\b(?:{'|'.join(sorted({*_ROLES.values(), NOBODY, *(said for _, said in _ENGLISH_TITLES)}))})\b",
    )
    return re.compile("|".join(words), re.IGNORECASE)


def safe(text: str, register: Register) -> Wording:
    """The text with everything that identifies someone replaced, in the language of the text.

    What it gives is safe itself: nothing in it is replaced again.
    """
    found = telling(text, register)
    said = text
    for one in reversed(found):
        said = said[: one.start] + replacement(one, text, register) + said[one.end :]
    return Wording(said, found)


def telling(text: str, register: Register) -> tuple[Found, ...]:
    """The pieces of a text that identify someone, without white space at their ends; not what was put instead."""
    put = [match.span() for match in _replaced().finditer(text)]
    found = (_trimmed(one, text) for one in identifying.find(text, register))
    return tuple(
        one
        for one in found
        if one.start < one.end and not any(start <= one.start and one.end <= end for start, end in put)
    )


def replacement(found: Found, text: str, register: Register) -> str:
    """What is written instead of a piece of a text, by its kind, in the language that the text has around it."""
    piece = text[found.start : found.end]
    chinese = _is_chinese(found, text, register)
    if found.kind == "name":
        if not chinese:
            return _english_name(found, text, register)
        return _chinese_name(piece, frozenset() if _is_given(piece, text) else _may_stay(found, register))
    if found.kind == "age":
        return _age(found, text, chinese=chinese)
    if found.kind == "phone" and chinese and _is_mobile(piece):
        return MOBILE
    if found.kind == "record_number" and chinese and "床" in piece:
        return BED
    return INSTEAD.get(found.kind, UNKNOWN)[0 if chinese else 1]


def in_words(found: Iterable[Found]) -> str:
    """What was found in a text and where, for messages, without saying it: `a name (characters 1 to 3)`."""
    return ", ".join(f"{_kind_in_words(one.kind)} (characters {one.start + 1} to {one.end})" for one in found)


def _kind_in_words(kind: str) -> str:
    if kind not in INSTEAD:
        return {"name": "a name", "age": "an age over 89"}.get(kind, "something that identifies someone")
    said = INSTEAD[kind][1].strip("[]")
    return f"{'an' if said[0] in 'aeiouI' else 'a'} {said}"


def _trimmed(one: Found, text: str) -> Found:
    piece = text[one.start : one.end]
    start = one.start + len(piece) - len(piece.lstrip())
    return Found(start, max(start, one.start + len(piece.rstrip())), one.kind, one.person)


def _is_chinese(found: Found, text: str, register: Register) -> bool:
    """By the writing around it, else by its own, else by the language of the case."""
    around = text[max(0, found.start - AROUND) : found.start] + " " + text[found.end : found.end + AROUND]
    for piece in (_replaced().sub(" ", around), text[found.start : found.end]):
        han, latin = len(_HAN.findall(piece)), len(_LATIN_WORD.findall(piece))
        if han or latin:
            return han >= latin
    return register.language in CHINESE


def _may_stay(found: Found, register: Register) -> frozenset[str]:
    """What a name may begin with for its beginning to stay: of someone whom the case knows, only their own surname."""
    names = [name for person in register.people if person.id == found.person for name in person.names]
    names = [name for name in names if len(name) > 1 and _HAN.match(name)]
    longest = max(map(len, names), default=0)
    own = {name[: 2 if name[:2] in _surnames() else 1] for name in names if len(name) == longest}
    return _surnames() & own if own else _surnames()


def _is_given(piece: str, text: str) -> bool:
    """Whether a name is a usual given name, or that of one whom the text names whole (贺小满): no surname is in it."""
    said, whole = _bare(_untitled(piece)[0]), _bare(text)
    if len(said) != 2:
        return False
    if said in lists().given_names or said in lists().pet_names:
        return True
    surnames = _surnames() - lists().words_before_titles
    places = [found.start() for found in re.finditer(re.escape(said), whole)]
    return any(whole[max(0, at - 1) : at] in surnames or whole[max(0, at - 2) : at] in surnames for at in places)


@lru_cache(maxsize=4)
def _bare(text: str) -> str:
    """A text in usual characters without white space. A talk is asked for again with each of its names."""
    return "".join(unadorned.usual(text).split())


def _untitled(piece: str) -> tuple[str, str]:
    """A name without the title behind it, and that title."""
    title = next((title for title in TITLES if piece.endswith(title)), "")
    return piece.removesuffix(title), title


def _chinese_name(piece: str, surnames: frozenset[str]) -> str:
    """A surname and a star; the title stays if it is one that thousands have. Nothing else of the name stays."""
    name, title = _untitled(piece)
    if name[:1] in FAMILIAR and len(name) == 2:
        name = name[1:]
    if name[:2] in surnames:
        return f"{name[:2]}*{title}"
    doubled = len(name) == 2 and name[0] == name[1]
    return f"{name[0]}*{title}" if name[:1] in surnames and not doubled else NAMELESS


def _english_name(found: Found, text: str, register: Register) -> str:
    piece = text[found.start : found.end]
    roles = {person.id: person.role for person in register.people}
    said = _ROLES.get(roles.get(found.person, ""), NOBODY)
    said = next((word for title, word in _ENGLISH_TITLES if title.match(piece)), said)
    before = text[: found.start].rstrip()
    begins = not before or before[-1] in ".!?\n"
    said = said[0].upper() + said[1:] if begins and piece[:1].isupper() else said
    return said + next((ending for ending in ("'s", "’s") if piece.endswith(ending)), "")


def _age(found: Found, text: str, *, chinese: bool) -> str:
    """What is left to be read after it completes it: `94` of `94岁`, `94` of `94 years old`."""
    if not chinese:
        tail = re.search(r"[ -](?:years?|yrs?)\b.*\Z", text[found.start : found.end], re.IGNORECASE)
        return OLD[1] + (tail.group() if tail else "")
    after = text[found.end :]
    return OLD[0].removesuffix("岁") if after.startswith(("岁", "周岁")) else OLD[0]


def _is_mobile(piece: str) -> bool:
    """Chinese mobile numbers have eleven digits and begin with 1, said 幺."""
    digits = re.sub(r"[\s-]|\+?86(?=\s*1)", "", piece)
    return len(digits) >= 11 and digits[0] in "1一幺壹"
