"""Signs that a Chinese keyboard gives where YAML wants plain ones: `：` for `:`, `，` for `,`, `“` for `"`. Pure.

YAML takes them for letters. At best a line then means nothing; at worst `[甲，乙]` is one name that nobody has. Nothing
here repeats what the file says: it may be a name.
"""

from __future__ import annotations

import re

_PARTS = re.compile("[，、；]")
"""What people put between the items of a list."""
_SLIPS = (
    (re.compile(r"^\s*(?:- +)?\w+\s*：|[{,，]\s*[A-Za-z_]+\s*："), "write `: ` in place of `：`"),
    (re.compile(r"""["'\]}\d]\s*，"""), "write `, ` in place of `，`"),
    (re.compile(r"^\s*－"), "write `- ` in place of `－`"),
    (re.compile(r"(?:[:\[{,]|^\s*-)\s*[“”]"), 'write `"` in place of `“` and `”`'),
    (re.compile(r"^\s*(?:- +)?[a-z_]+:[^\s]"), "write a space behind the colon"),
)


def parting(item: str) -> str:
    """What is wrong with an item of a list in brackets that stands without quotation marks; empty: nothing."""
    found = _PARTS.search(item)
    return f"`{found[0]}` parts no items of a list: write `, `, or put a text that holds it in quotes" if found else ""


def in_place_of(text: str, line: int, begun: int) -> str:
    """What to write instead on the lines where YAML stopped making sense; empty: it is not these signs.

    Args:
        text: of the file.
        line: on which the parser gave up, from 1.
        begun: where what has no end begins; the line before the one on which it gave up is looked at in any case.
    """
    lines = text.splitlines()
    first = max(1, min(begun, line - 1))
    for number in reversed(range(first, min(line, len(lines)) + 1)):
        for slip, instead in _SLIPS:
            if slip.search(lines[number - 1]):
                return f"line {number}: {instead}"
    return ""


def in_key(key: str) -> str:
    """The same for something that was taken for a key."""
    return next((instead for slip, instead in _SLIPS if slip.search(key)), "")
