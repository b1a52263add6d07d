"""Chinese given names as they are written in Singapore, Malaysia and Hong Kong: Siew Ling, Wai-Keung, Mei Hua."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.identifiers import Found
from pipeline.language.english_names import lists
from pipeline.values import Register

VERSION = 2
KINDS = ("name",)

_PAIR = re.compile(
    r"(?<![\w'’\-])(?P<one>[A-Z][a-z]+)(?:[ \-](?P<two>[A-Z][a-z]+)|-(?P<small>[a-z]+))(?![\w'’]*-|['’](?!s\b)|\w)"
)

_CHILD_OF = re.compile(
    r"(?<![\w'’\-])[A-Z][a-z]+(?: [A-Z][a-z]+)? (?i:bin|binti|binte|bint|ibn|[sd]/o"
    r"|a/[lp]) [A-Z][a-z]+(?: [A-Z][a-z]+)?(?![\w\-])"
)
"""Whose son or daughter somebody is: Ahmad bin Yusof, Priya d/o Raman."""


def find(text: str, register: Register) -> Iterator[Found]:
    """Pairs of syllables with capitals, and names with that of the father."""
    del register
    for found in _CHILD_OF.finditer(text):
        yield Found(*found.span(), "name")
    for pair in _PAIR.finditer(text):
        both = {pair["one"].lower(), (pair["two"] or pair["small"]).lower()}
        is_name = both <= lists().romanised and not both <= lists().romanised_words
        if is_name and pair[0].lower().replace("-", " ") not in lists().romanised_things:
            yield Found(*pair.span(), "name")
