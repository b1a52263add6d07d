"""English sayings with a name in them that is nobody's: for Pete's sake, Murphy's law, a Debbie Downer."""

from __future__ import annotations

import functools
import re

from pipeline.language.english_names import WORD, lists

VERSION = 1

_MINE = re.compile(r"\b(?:my|our|your|his|her|their) $", re.IGNORECASE)
"""What makes a relative of somebody whom a saying is called after: my Uncle Sam."""


def within(text: str, start: int, end: int) -> bool:
    """Whether a piece of a text lies within a saying; what reaches beyond one is somebody (Uncle Sam Pruitt)."""
    return any(saying[0] <= start and end <= saying[1] for saying in _sayings(text))


@functools.lru_cache(maxsize=4)
def _sayings(text: str) -> tuple[tuple[int, int], ...]:
    found = (saying for saying in _pattern().finditer(text) if not _is_kin(text, saying))
    return tuple(saying.span() for saying in found)


def _is_kin(text: str, saying: re.Match[str]) -> bool:
    first = WORD.match(saying[0])
    is_title = first is not None and first[0].lower() in lists().titles
    return is_title and _MINE.search(text[max(0, saying.start() - 8) : saying.start()]) is not None


@functools.cache
def _pattern() -> re.Pattern[str]:
    """All sayings, the longest first, whatever their capitals and hyphens; of one or of many."""
    parts = (re.escape(one).replace(r"\ ", r"[\s\-]+").replace("'", "['’]?") for one in lists().idioms)
    longest_first = sorted(parts, key=len, reverse=True)
    return re.compile(rf"(?<![\w'’\-])(?:{'|'.join(longest_first)})(?:['’]?s)?(?![\w\-])", re.IGNORECASE)
