"""A text without how it is written: width, characters of no width, traditional characters, spaces in Chinese.

What finds identifiers looks at this, and tells where in the text as it was written: `Ｗｏｎｇ` is Wong, `建國` is 建国,
and `张 晓 明` is one name.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, replace

from pipeline import timing
from pipeline.identifiers import Found
from pipeline.language import han
from pipeline.values import Register

VERSION = 1

_CHINESE = re.compile(f"[{han.SIGNS}{han.HAN}]")
_FOLDED = frozenset(("Lu", "Ll", "Lt", "Lm", "Lo", "Nd"))
"""Unicode's categories of letters and digits: of these the usual form is taken. Signs stay: `：` ends a label."""
_PARTING = frozenset(("Zs", "So", "Sk"))
"""Spaces and pictures, which may stand between the characters of one word; a new line begins a new one."""
_UNSEEN = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
"""What only chooses how the character before it looks."""


@dataclass(frozen=True, slots=True)
class Unadorned:
    """A text, and for each of its characters where it stands in the text that was written."""

    text: str
    places: tuple[int, ...]

    def there(self, found: Found) -> Found:
        """The same find in the text that was written."""
        return replace(found, start=self.places[found.start], end=self.places[found.end - 1] + 1)


def forms(text: str, kept: Sequence[str]) -> Iterator[Unadorned]:
    """The text in usual characters; and, where they are parted, with its Chinese ones side by side.

    Args:
        text: as it was written.
        kept: words that stay, in usual characters; what stands beside one of them stays apart from it.
    """
    whole = _usual(text)
    yield whole
    edges = {edge for span in occurrences(whole.text, kept) for edge in span}
    closed = _closed(whole, edges)
    if 0 < len(closed.text) < len(whole.text.strip()):
        yield closed


@functools.lru_cache(maxsize=256)
def known(register: Register) -> Register:
    """The register with its names and words in usual characters."""
    people = tuple(replace(one, names=tuple(map(usual, one.names))) for one in register.people)
    return replace(register, people=people, keep=tuple(map(usual, register.keep)))


def usual(text: str) -> str:
    """A text in usual characters."""
    return _usual(text).text


def _usual(text: str) -> Unadorned:
    if text.isascii():
        return Unadorned(text, tuple(range(len(text))))
    pairs = [(char, at) for at, one in enumerate(text) for char in _folded(one)]
    return Unadorned(_simplified("".join(char for char, _ in pairs)), tuple(at for _, at in pairs))


def _folded(char: str) -> str:
    """A character in its usual width, or nothing where it is not seen."""
    category = unicodedata.category(char)
    if category == "Cf" or _UNSEEN.match(char):
        return ""
    if category == "Zs":
        return " "
    return unicodedata.normalize("NFKC", char) if category in _FOLDED else char


def _simplified(text: str) -> str:
    """Traditional characters as simplified ones, one for one; together where that is possible."""
    if not _CHINESE.search(text):
        return text
    simple = han.simplified(text)
    return simple if len(simple) == len(text) else "".join(map(_alone, text))


def _alone(char: str) -> str:
    simple = han.simplified(char)
    return simple if len(simple) == 1 else char


def occurrences(text: str, words: Sequence[str]) -> list[tuple[int, int]]:
    """Where words occur in a text; an empty word occurs nowhere."""
    return [found.span(1) for word in words if word for found in re.finditer(f"(?=({re.escape(word)}))", text)]


def _closed(whole: Unadorned, edges: Container[int]) -> Unadorned:
    """Without what parts a Chinese character from its neighbour, or single characters from each other."""
    kept: list[int] = []
    pieces = _pieces(whole.text)
    for before, piece in zip([range(0), *pieces], pieces, strict=False):
        is_edge = before.stop in edges or piece.start in edges
        if before and (is_edge or not _grow_together(whole.text, before, piece)):
            kept += range(before.stop, piece.start)
        kept += piece
    return Unadorned("".join(whole.text[at] for at in kept), tuple(whole.places[at] for at in kept))


def _pieces(text: str) -> list[range]:
    """The runs of characters of a text with nothing between them that may part a word."""
    return list(timing.runs(at for at, char in enumerate(text) if unicodedata.category(char) not in _PARTING))


def _grow_together(text: str, one: range, other: range) -> bool:
    """Whether what lies between two pieces says nothing, as in `张 晓 明` and `1 3 8`."""
    is_chinese = _CHINESE.match(text[one[-1]]) or _CHINESE.match(text[other[0]])
    return is_chinese is not None or len(one) == len(other) == 1
