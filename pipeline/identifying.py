"""What in a text identifies someone: the union of what every part of the room of identifiers finds.

Everything that looks for identifiers does it here: talk, titles, captions, writing in the picture, file names.
"""

from __future__ import annotations

from pipeline import rooms
from pipeline.identifiers import Found
from pipeline.values import Register


def find(text: str, register: Register) -> tuple[Found, ...]:
    """The identifying pieces of a text in order, none overlapping another; what the register keeps is left out."""
    found: list[Found] = []
    for name in rooms.names("identifiers"):
        found += rooms.part("identifiers", name).find(text, register)
    return _united(found)


def versions() -> dict[str, int]:
    """The version of every part, for the keys of the steps that depend on them."""
    return {name: rooms.part("identifiers", name).VERSION for name in rooms.names("identifiers")}


def _united(found: list[Found]) -> tuple[Found, ...]:
    """Overlapping finds become one; it has the kind of the longest."""
    united: list[Found] = []
    for one in sorted(found, key=lambda one: (one.start, -one.end)):
        if united and one.start < united[-1].end:
            last = united.pop()
            longer = max(last, one, key=lambda each: each.end - each.start)
            one = Found(last.start, max(last.end, one.end), longer.kind, longer.person or last.person or one.person)
        united.append(one)
    return tuple(united)
