"""Room of identifiers: text -> the pieces of it that identify someone. Every file here is at work, always.

A part is a module with an integer `VERSION`, `KINDS: tuple[str, ...]`, the kinds that it can find, and
`find(text, register) -> Iterable[Found]`. It gets whole talks, not words or lines: a number that is read digit by digit
runs over many words. Recall comes first, because a name that is left is worse than a word that is lost; but a part that
hides ordinary talk makes people switch to another program, so its context must speak for every find.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from pipeline.values import Register


@dataclass(frozen=True, slots=True)
class Found:
    """A piece of a text that identifies someone: characters from `start` to before `end`.

    `person` is the id of the one of the case's people who is meant, or empty.
    """

    start: int
    end: int
    kind: str
    person: str = ""


class Part(Protocol):
    """What a module of the room is."""

    VERSION: int
    KINDS: tuple[str, ...]

    def find(self, text: str, register: Register) -> Iterable[Found]:
        """Finds what identifies someone, in any order; finds may overlap."""
        ...
