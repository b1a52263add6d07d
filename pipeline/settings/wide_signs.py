"""Signs that a Chinese keyboard gives where YAML wants plain ones: `：` for `:`, `，` for `,`, `“` for `"`. Pure.

YAML takes them for letters. At best a line then means nothing; at worst `[甲，乙]` is one name that nobody has. Signs
that people mean as letters and YAML does not, `#` and `@`, are told too. Nothing here repeats what the file says: it
may be a name.
"""

from __future__ import annotations

import re

_PARTS = re.compile("[，、；]")
"""What people put between the items of a list."""
_ODD = "[\\t\u3000\u00a0]"
"""Spaces that look like one and are none to YAML, at least not where lines are set in by them."""
_SLIPS = (
    (re.compile(r"^\s*(?:- +)?\w+\s*：|[{,，]\s*[A-Za-z_]+\s*："), "write `: ` in place of `：`"),
    (re.compile(r"""["'\]}\d]\s*，"""), "write `, ` in place of `，`"),
    (re.compile(r"^\s*－"), "write `- ` in place of `－`"),
    (re.compile(r"(?:[:\[{,]|^\s*-)\s*[“”]"), 'write `"` in place of `“` and `”`'),
    (re.compile(r"^\s*(?:- +)?[a-z_]+:[^\s]"), "write a space behind the colon"),
    (re.compile(rf"^ *{_ODD}|:{_ODD}"), "write plain spaces in place of tabs and full-width or no-break spaces"),
    (re.compile(r"(?:[\[,]\s*|:\s+|^\s*- +)[@`%]"), "put a text that begins with `@`, `%` or a backquote in quotes"),
    (re.compile(r"[\[,:]\s*#\S"), "put a text that begins with `#` in quotes; tags are written without it"),
    (re.compile(r":\s*[【［].*[】］]\s*$"), "write `[ ]` in place of `【 】`"),
    (re.compile(r'"[^"]*\\'), r"write `/` in place of `\` in a path; put a text that holds `\` in single quotes"),
    (re.compile(r"""^\s*(?:- +)?\w+: +[^\s"'\[{|>#&*!].*:(?:\s|$)"""), "put a text that holds `: ` in quotes"),
)
_IN_VALUE = (
    (re.compile("^[【［]"), "write `[ ]` in place of `【 】`"),
    (re.compile(r"^\d{1,2}：\d"), "write `:` in place of `：`"),
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


def in_value(value: object) -> str:
    """The same for a value that is no text, number or list of the kind that is wanted there."""
    found = (instead for slip, instead in (*_IN_VALUE, *_SLIPS) if slip.search(str(value)))
    return next(found, "") if isinstance(value, str) else ""


def cut_off(behind: str) -> str:
    """What is wrong with what stands on the line behind a text without quotation marks; empty: nothing.

    `title: 甲状腺 #1` is `甲状腺` to YAML. A comment that people mean as one has a space behind its sign.
    """
    if not re.match(r"\s*#[^\s#]", behind):
        return ""
    return "what stands behind `#` is not read: put the whole text in quotes, or write `# ` before a comment"


def around(text: str) -> str:
    """What is wrong with the ends of a text without quotation marks; empty: nothing."""
    if text == text.strip():
        return ""
    return "a full-width or no-break space at its start or end: take it out, or put the text in quotes"
