"""What a text may say: the one function through which everything goes that leaves.

Subtitles, sidecars, titles, captions, tags, covers, checklists, receipts, file names, logs, messages, JSON.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipeline import identifying
from pipeline.identifiers import Found
from pipeline.values import Register


@dataclass(frozen=True, slots=True)
class Wording:
    """A text as it may be read, and what was replaced in the one that was given."""

    text: str
    found: tuple[Found, ...]


def safe(text: str, register: Register) -> Wording:
    """The text with everything that identifies someone replaced, in the language of the text."""
    found = identifying.find(text, register)
    said = text
    for one in reversed(found):
        said = said[: one.start] + replacement(one, text, register) + said[one.end :]
    return Wording(said, found)


def replacement(found: Found, text: str, register: Register) -> str:
    """What is written instead of a piece of a text, by its kind."""
    del text, register
    return f"[{found.kind}]"
