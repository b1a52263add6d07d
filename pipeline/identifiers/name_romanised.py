"""Chinese given names as they are written in Singapore, Malaysia and Hong Kong: Siew Ling, Wai-Keung, Mei Hua."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.identifiers import Found
from pipeline.language.english_names import lists
from pipeline.values import Register

VERSION = 1
KINDS = ("name",)

_PAIR = re.compile(
    r"(?<![\w'’\-])(?P<one>[A-Z][a-z]+)(?:[ \-](?P<two>[A-Z][a-z]+)|-(?P<small>[a-z]+))(?![\w'’]*-|['’](?!s\b)|\w)"
)


def find(text: str, register: Register) -> Iterator[Found]:
    """Pairs of syllables with capitals."""
    del register
    for pair in _PAIR.finditer(text):
        both = {pair["one"].lower(), (pair["two"] or pair["small"]).lower()}
        is_name = both <= lists().romanised and not both <= lists().romanised_words
        if is_name and pair[0].lower().replace("-", " ") not in lists().romanised_things:
            yield Found(*pair.span(), "name")
