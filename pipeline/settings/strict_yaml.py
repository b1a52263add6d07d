"""Reads YAML the strict way: YAML 1.2 core scalars, no surprises, and the line of every key.

PyYAML's own loaders let the last of two equal keys win, read `no` as False and `1:30` as 90, and expand alias
bombs. A configuration that decides what stays hidden must not be read that way.
Source: https://yaml.org/spec/1.2.2/#103-core-schema
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from pipeline.errors import ConfigError
from pipeline.settings import wide_signs

MAX_BYTES = 256 * 1024
MAX_DEPTH = 20

Place = tuple[str | int, ...]
"""Keys and list positions from the root to a value."""

FAST: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""Of libyaml: ten times as fast, but it says less about what is wrong, so it is for our own long lists. PyYAML's wheels
have it, what is built without it has not."""

_NULL = {"", "~", "null", "Null", "NULL"}
_TRUE = {"true", "True", "TRUE"}
_FALSE = {"false", "False", "FALSE"}
_INT = re.compile(r"[-+]?[0-9]+\Z")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z")


@dataclass
class Document:
    """A YAML file as plain Python, with the file and line (from 1) of every value and key."""

    path: Path
    data: dict[str, Any]
    lines: dict[Place, tuple[Path, int]] = field(default_factory=dict)

    def at(self, place: Place) -> str:
        """`file:line` of a place, or of the nearest parent that has one."""
        while place and place not in self.lines:
            place = place[:-1]
        path, line = self.lines.get(place, (self.path, 1))
        return f"{path}:{line}"


class _Faults:
    def __init__(self, path: Path, text: str) -> None:
        self.path = path
        self.lines = text.splitlines()
        self.found: list[str] = []

    def add(self, node: yaml.Node | yaml.Event, what: str) -> None:
        self.found.append(f"{self.path}:{_line(node)}: {what}")


def _line(node: yaml.Node | yaml.Event) -> int:
    return node.start_mark.line + 1 if node.start_mark else 1


def load(path: Path, loader: type[Any] = yaml.SafeLoader) -> Document:
    """Reads one YAML file whose root is a mapping.

    Args:
        path: of the file.
        loader: PyYAML's own, or `FAST`; none of what it constructs is used.

    Raises:
        ConfigError: with one `file:line: what is wrong` per fault.
    """
    text = _read(path)
    faults = _Faults(path, text)
    try:
        _check_events(text, loader, faults)
        if faults.found:
            raise ConfigError("\n".join(faults.found))
        root = yaml.compose(text, Loader=loader)
    except yaml.MarkedYAMLError as error:
        line, begun = _lines(error)
        since = f" (begun on line {begun})" if begun < line else ""
        problem = error.problem or error.context
        if "another document" in str(problem):
            problem = "a second document begins here: take the line `---` out"
        what = f"{path}:{line}: not valid YAML: {problem}{since}"
        raise ConfigError(what, wide_signs.in_place_of(text, line, begun)) from error
    except yaml.YAMLError as error:
        raise ConfigError(f"{path}:1: not valid YAML: {error}") from error
    document = Document(path, {})
    if root is None:
        return document
    if not isinstance(root, yaml.MappingNode):
        remedy = wide_signs.in_place_of(text, _line(root), _line(root))
        raise ConfigError(f"{path}:1: expected `key: value` lines at the top", remedy)
    document.data = _plain(root, (), document, faults)
    if faults.found:
        raise ConfigError("\n".join(faults.found))
    return document


def _lines(error: yaml.MarkedYAMLError) -> tuple[int, int]:
    """Where the parser gave up, and where the key, quote or bracket begins that has no end, both from 1."""
    line = error.problem_mark.line + 1 if error.problem_mark else 1
    context, start = error.context or "", error.context_mark
    is_open = "flow" in context or "simple key" in context or "quoted scalar" in context
    return line, start.line + 1 if is_open and start else line


def _read(path: Path) -> str:
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise ConfigError(f"{path}:1: {size} bytes; a configuration has at most {MAX_BYTES}")
        data = path.read_bytes()
        text = data.decode("utf-8-sig")
    except FileNotFoundError as error:
        raise ConfigError(f"{path}: there is no such file") from error
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{path}:{line}: not UTF-8 text", "save the file as UTF-8") from error
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from error
    _check_signs(path, text)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _check_signs(path: Path, text: str) -> None:
    """Refuses what is no text: PyYAML would tell it by its number and its place in the file."""
    found = yaml.reader.Reader.NON_PRINTABLE.search(text)
    if found is None:
        return
    at = f"{path}:{text.count(chr(10), 0, found.start()) + 1}"
    if found[0] == "\0":
        raise ConfigError(
            f"{at}: zero bytes stand in it: it was damaged, or saved as something else than UTF-8",
            "put it back from a copy, or write it anew and save it as UTF-8",
        )
    raise ConfigError(
        f"{at}: a character that nobody can see stands in it: U+{ord(found[0]):04X}", "write that line anew"
    )


def _check_events(text: str, loader: type[Any], faults: _Faults) -> None:
    """Refuses anchors, aliases, tags and depth before anything is built from them."""
    depth = 0
    for event in yaml.parse(text, Loader=loader):
        if isinstance(event, yaml.AliasEvent):
            faults.add(event, f"alias *{event.anchor}: write the value out, or share it with `extends`")
            continue
        anchor, tag = getattr(event, "anchor", None), getattr(event, "tag", None)
        if anchor:
            faults.add(event, f"anchor &{anchor}: write the value out, or share it with `extends`")
        if tag:
            faults.add(event, f"tag {tag}: tags are not allowed")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                faults.add(event, f"more than {MAX_DEPTH} levels deep")
                return
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _plain(node: yaml.Node, place: Place, document: Document, faults: _Faults) -> Any:
    document.lines.setdefault(place, (document.path, _line(node)))
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, place, document, faults)
    if isinstance(node, yaml.SequenceNode):
        if node.flow_style:
            _check_items(node, place, faults)
        return [_plain(child, (*place, at), document, faults) for at, child in enumerate(node.value)]
    assert isinstance(node, yaml.ScalarNode)
    if not node.style:
        _check_plain(node, place, faults)
    return _scalar(node)


def _check_plain(node: yaml.ScalarNode, place: Place, faults: _Faults) -> None:
    """Refuses what would lose a piece of a text that stands without quotation marks, or add a space nobody sees."""
    behind = faults.lines[node.end_mark.line][node.end_mark.column :] if node.end_mark.line < len(faults.lines) else ""
    what = wide_signs.cut_off(behind) or wide_signs.around(node.value)
    if what:
        faults.add(node, f"{'.'.join(map(str, place))}: {what}")


def _check_items(node: yaml.SequenceNode, place: Place, faults: _Faults) -> None:
    """Refuses `[a，b]`, which would be a single item."""
    for at, child in enumerate(node.value):
        what = wide_signs.parting(child.value) if isinstance(child, yaml.ScalarNode) and not child.style else ""
        if what:
            faults.add(child, f"{'.'.join(map(str, (*place, at)))}: {what}")


def _mapping(node: yaml.MappingNode, place: Place, document: Document, faults: _Faults) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key_node, value_node in node.value:
        if not isinstance(key_node, yaml.ScalarNode):
            faults.add(key_node, "a key must be plain text")
            continue
        key = str(key_node.value)
        if not key_node.style and (what := wide_signs.around(key)):
            faults.add(key_node, what)
        if key in result:
            _, first = document.lines[(*place, key)]
            faults.add(key_node, f"{'.'.join(map(str, (*place, key)))}: written twice (first on line {first})")
            continue
        document.lines[(*place, key)] = (document.path, _line(key_node))
        result[key] = _plain(value_node, (*place, key), document, faults)
    return result


def _scalar(node: yaml.ScalarNode) -> str | int | float | bool | None:
    text = str(node.value)
    if node.style:  # The plain style is None, or empty where libyaml says so.
        return text
    if text in _NULL:
        return None
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    if _INT.match(text):
        # A leading zero is a phone or record number far more often than a count: keep it as written.
        return text if len(text.lstrip("+-")) > 1 and text.lstrip("+-").startswith("0") else int(text)
    if _FLOAT.match(text):
        return float(text)
    return text
