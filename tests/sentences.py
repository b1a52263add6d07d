"""Every sentence in the program's code that a person may come to read, found by its look: a gap is {}."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from pipeline.folders import ROOT

HOLE = "{}"
NOT_READ = frozenset(("Field", "option", "argument", "compile", "execute", "encode", "filterwarnings", "TypeError"))
"""What is called with or on strings that are no messages. The reference prints the first three, in English."""
TOLD = ("Error", "Doubt", "Finding", "Refusal")
"""Calls whose strings are told to people for sure: two words make a sentence there, elsewhere three."""
SILENT = (
    "identifiers",
    "settings/reference.py",
    "evidence/report_page.py",
    "evidence/audit_sheet.py",
    "review/gate.py",
)
"""Patterns, the reference, and pages that are written in both languages."""
_WORD = re.compile(r"[A-Za-z]{2,}")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_PATTERN = re.compile(r"\\[a-zA-Z.]|\(\?|\]\{|\bSELECT\b|\bCREATE\b|<[a-z!]|'(self|none)'|```|\A\n")


def sentences() -> dict[str, str]:
    """Templates of two or three words and more, and where they stand; what is in Chinese already is none."""
    found: dict[str, str] = {}
    for path in sorted((ROOT / "pipeline").rglob("*.py")):
        name = path.relative_to(ROOT / "pipeline").as_posix()
        if not name.startswith(SILENT):
            for line, text in _in(ast.parse(path.read_text("utf-8"))):
                found.setdefault(text, f"{name}:{line}")
    return found


def strings() -> list[str]:
    """Every string of the program, a gap as {}."""
    trees = (ast.parse(path.read_text("utf-8")) for path in (ROOT / "pipeline").rglob("*.py"))
    return [text for tree in trees for node in ast.walk(tree) if (text := _template(node)) is not None]


def _in(node: ast.AST, least: int = 3) -> Iterator[tuple[int, str]]:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return  # a docstring
    if isinstance(node, ast.Call) and _name(node.func) in NOT_READ:
        return
    if isinstance(node, ast.Call) and _name(node.func).endswith(TOLD):
        least = 2
    text = _template(node)
    if text is not None and isinstance(node, ast.expr) and _is_sentence(text, least):
        yield node.lineno, text
    if isinstance(node, ast.JoinedStr):  # its pieces are one sentence; its gaps may hold others
        children: list[ast.AST] = [part.value for part in node.values if isinstance(part, ast.FormattedValue)]
    else:
        children = list(ast.iter_child_nodes(node))
    for child in children:
        yield from _in(child, least)


def _name(function: ast.expr) -> str:
    return getattr(function, "attr", getattr(function, "id", ""))


def _template(node: ast.AST) -> str | None:
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else HOLE for part in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _is_sentence(text: str, least: int) -> bool:
    words = _WORD.findall(text)
    return (
        len(words) >= least
        and text.strip().count(" ") >= least - 1
        and not _HAN.search(text)
        and not _PATTERN.search(text)
    )
