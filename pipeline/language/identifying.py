"""What in a text identifies someone: the union of what every part of the room of identifiers finds.

Everything that looks for identifiers does it here: talk, titles, captions, writing in the picture, file names.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cache
from types import ModuleType

from pipeline import rooms
from pipeline.folders import NAMES
from pipeline.identifiers import Found
from pipeline.language import english_idioms, named_again, unadorned
from pipeline.values import Register

ASKED = ("employer", "school")
"""Kinds that are hidden only where `Register.also` names them."""


def find(text: str, register: Register) -> tuple[Found, ...]:
    """The identifying pieces of a text in order, none overlapping another.

    What lies within a word that the register keeps is left out, and nobody's name within a saying; a find that reaches
    beyond it is not.
    """
    known = unadorned.known(register)
    forms = tuple(unadorned.forms(text, known.keep))
    kept = [form.there(Found(*span, "")) for form in forms for span in unadorned.occurrences(form.text, known.keep)]

    def is_told(one: Found) -> bool:
        is_asked = one.kind not in ASKED or one.kind in register.also
        return is_asked and not any(word.start <= one.start and one.end <= word.end for word in kept)

    def is_somebody(text: str, one: Found) -> bool:
        return one.kind != "name" or bool(one.person) or not english_idioms.within(text, one.start, one.end)

    found: list[Found] = []
    for form in forms:
        here = [one for part in _parts() for one in part.find(form.text, known) if is_told(form.there(one))]
        here = [one for one in here if is_somebody(form.text, one)]
        again = named_again.again(form.text, [one for one in here if one.kind == "name"])
        again = (one for one in again if is_told(form.there(one)) and is_somebody(form.text, one))
        found += [form.there(one) for one in (*here, *again)]
    return united(found)


@cache
def versions() -> dict[str, object]:
    """The version of every part, and the hash of every list of names, for the keys of the steps that depend on them."""
    parts = {name: rooms.part("identifiers", name).VERSION for name in rooms.names("identifiers")}
    paths = sorted(path for path in NAMES.iterdir() if path.suffix in (".yaml", ".txt"))
    lists = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}
    shared = {"again": named_again.VERSION, "idioms": english_idioms.VERSION, "unadorned": unadorned.VERSION}
    return {**parts, **lists, **shared}


@cache
def _parts() -> tuple[ModuleType, ...]:
    """Every part of the room, looked up once: a talk is searched word by word, a film's writing line by line."""
    return tuple(rooms.part("identifiers", name) for name in rooms.names("identifiers"))


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
