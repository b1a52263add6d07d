"""What in a text identifies someone: the union of what every part of the room of identifiers finds.

Everything that looks for identifiers does it here: talk, titles, captions, writing in the picture, file names.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from types import ModuleType

from pipeline import rooms
from pipeline.identifiers import Found
from pipeline.language import named_again
from pipeline.values import Register

LISTS = Path(__file__).resolve().parents[2] / "assets" / "names"
ASKED = ("employer", "school")
"""Kinds that are hidden only where `Register.also` names them."""


def find(text: str, register: Register) -> tuple[Found, ...]:
    """The identifying pieces of a text in order, none overlapping another.

    What lies within a word that the register keeps is left out; a find that reaches beyond it is not.
    """
    kept = _places(text, register.keep)

    def is_told(one: Found) -> bool:
        is_asked = one.kind not in ASKED or one.kind in register.also
        return is_asked and not any(start <= one.start and one.end <= end for start, end in kept)

    found = [one for part in _parts() for one in part.find(text, register) if is_told(one)]
    names = named_again.again(text, [one for one in found if one.kind == "name"])
    return united([*found, *filter(is_told, names)])


@cache
def versions() -> dict[str, object]:
    """The version of every part, and the hash of every list of names, for the keys of the steps that depend on them."""
    parts = {name: rooms.part("identifiers", name).VERSION for name in rooms.names("identifiers")}
    paths = sorted(path for path in LISTS.iterdir() if path.suffix in (".yaml", ".txt"))
    lists = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}
    return {**parts, **lists, "again": named_again.VERSION}


@cache
def _parts() -> tuple[ModuleType, ...]:
    """Every part of the room, looked up once: a talk is searched word by word, a film's writing line by line."""
    return tuple(rooms.part("identifiers", name) for name in rooms.names("identifiers"))


def _places(text: str, words: tuple[str, ...]) -> list[tuple[int, int]]:
    """Where the words occur; an empty word occurs nowhere."""
    places = []
    for word in filter(None, words):
        at = text.find(word)
        while at >= 0:
            places.append((at, at + len(word)))
            at = text.find(word, at + 1)
    return places


def united(found: Iterable[Found]) -> tuple[Found, ...]:
    """Overlapping finds become one; it has the kind of the longest, `number` only where nothing says more."""
    merged: list[Found] = []
    for one in sorted(found, key=lambda one: (one.start, -one.end)):
        if merged and one.start < merged[-1].end:
            last = merged.pop()
            longer = max(last, one, key=lambda each: (each.kind != "number", each.end - each.start))
            one = Found(last.start, max(last.end, one.end), longer.kind, longer.person or last.person or one.person)
        merged.append(one)
    return tuple(merged)
