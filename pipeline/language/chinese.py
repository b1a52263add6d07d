"""What ClinicReel says, in Chinese. The code speaks English alone; `chinese.txt` beside this has every sentence of it.

A message is translated on its way to a person, whole or piece by piece; what no phrase is known for stays as it is.
Programs (`--json`) and the book always get the English one; a pack's checklist has both.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

_BOOK = Path(__file__).with_suffix(".txt")
_GAP = re.compile(r"\{(\d*)\}")
_GAPS = {"": "(.*?)", "#": r"([\d.:]+)"}
_ARROW = re.compile(r"(?:\s*->)?\s*")


@dataclass(frozen=True, slots=True)
class Phrase:
    """A sentence in both languages; `{}` stands for what is filled in, `{#}` for a number, `{1}` for the second gap."""

    english: re.Pattern[str]
    fixed: str
    """The longest piece that every such sentence holds: looked for first, because that is quick."""
    chinese: str

    def said(self, text: str) -> str | None:
        """The sentence in Chinese, its gaps too; None: it is another one."""
        found = self.english.fullmatch(text) if self.fixed in text else None
        if found is None:
            return None
        gaps = iter(range(len(found.groups())))
        said = _GAP.sub(lambda gap: _filling(found, 1 + (int(gap[1]) if gap[1] else next(gaps))), self.chinese)
        return said.replace(" （", "（")


def _filling(found: re.Match[str], gap: int) -> str:
    """What fills a gap, in Chinese; between quotation marks it is something to be typed, and stays."""
    is_quoted = found.string[: found.start(gap)].endswith("'")
    return found[gap] if is_quoted else in_chinese(found[gap])


@cache
def phrases() -> tuple[Phrase, ...]:
    """The book; what fixes most of a sentence comes first."""
    blocks = (block.splitlines() for block in _BOOK.read_text("utf-8").split("\n\n"))
    pairs = [tuple(line for line in block if not line.startswith("#")) for block in blocks]
    found = [_phrase(*pair) for pair in pairs if pair]
    return tuple(sorted(found, key=lambda one: -len(one.english.pattern.replace("(.*?)", "").replace(_GAPS["#"], ""))))


@cache
def version() -> str:
    """What a translation that is stored depends on."""
    return hashlib.sha256(_BOOK.read_bytes()).hexdigest()


def _phrase(english: str, chinese: str) -> Phrase:
    pieces = re.split(r"\{(#?)\}", english)
    parts = (_GAPS[piece] if at % 2 else re.escape(piece) for at, piece in enumerate(pieces))
    return Phrase(re.compile("".join(parts)), max((piece.strip() for piece in pieces[::2]), key=len), chinese)


@lru_cache(maxsize=4096)
def in_chinese(text: str) -> str:
    """A message in Chinese, line by line, as far as the book knows it."""
    return "\n".join(_line(line) for line in text.split("\n"))


def _line(line: str) -> str:
    start = _ARROW.match(line)
    assert start is not None  # it matches nothing at least
    said = known(line[start.end() :])
    return line if said is None else start[0] + said


@lru_cache(maxsize=4096)
def known(text: str) -> str | None:
    """A sentence, or several put together, in Chinese; None: nothing in it is known."""
    for shown in (text, text[:1].lower() + text[1:]):
        for phrase in phrases():
            said = phrase.said(shown) if _is_one(phrase, shown) else None
            if said is not None:
                return said
    if "; " in text:  # it may part two sentences, or stand inside one
        return min((*_pieced(text), *_holding(text)), key=_letters, default=None)
    return next(_pieced(text), None)


def _letters(said: str) -> int:
    """How much of it is still English."""
    return sum(char.isascii() and char.isalpha() for char in said)


def _holding(text: str) -> Iterator[str]:
    """The sentences that hold several in a gap: where, and what is wrong there."""
    return (said for phrase in phrases() if (said := phrase.said(text)) is not None)


def _is_one(phrase: Phrase, text: str) -> bool:
    """Several reasons in a row are several sentences, unless this one has a semicolon of its own."""
    return "; " not in text or ";" in phrase.fixed or ";" in phrase.english.pattern


def _pieced(text: str) -> Iterator[str]:
    """The ways to read a text as two: reasons in a row; a place and what is wrong there; a list."""
    for mark, put in (("; ", "；"), (": ", ": "), (", ", "、")):
        for at in (found.start() for found in re.finditer(re.escape(mark), text)):
            head, tail = known(text[:at]), known(text[at + len(mark) :])
            if tail is not None if mark == ": " else (head is not None or tail is not None):
                yield f"{head or text[:at]}{put}{tail or text[at + len(mark) :]}"
