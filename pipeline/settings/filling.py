"""A YAML document as a form, or every fault in it at once as `file:line: key: what`, with what was probably meant."""

from __future__ import annotations

import difflib
import re
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from pipeline.config import Channel
from pipeline.errors import ConfigError
from pipeline.settings import wide_signs
from pipeline.settings.platform import Platform
from pipeline.settings.strict_yaml import Document, Place

Form = TypeVar("Form", bound=BaseModel)

_WANTED = {
    "bool": "input should be true or false",
    "int": "input should be a whole number",
    "float": "input should be a number",
    "string": "input should be text",
    "tuple": "input should be a list",
    "model": "input should be lines of `key: value`",
    "dict": "input should be lines of `key: value`",
}
"""What pydantic finds wrong, by how its kinds of error begin, in words for people who do not write Python."""
_WRITTEN = {
    r"^[a-z]{2,3}$": "a language is written as its code: zh, en",
    r"^[a-z0-9_-]{1,32}$": "an id is made of small letters a to z, digits, - and _",
    r"^[0-9a-f]{64}$": "a SHA-256 is 64 digits and letters a to f",
    r"^#[0-9a-fA-F]{6}$": 'a colour is written "#12343b", with its quotation marks',
    r"^[1-9][0-9]{0,3}$": "a clip is called by its number",
}
"""What a pattern of the forms asks for."""
_PLAIN = re.compile(r"[\d:.]*\Z")
_KEY = re.compile(r"(?:[a-z][a-z0-9_]*|[0-9]{1,4})\Z")


def filled(form: type[Form], document: Document) -> Form:
    """The document as a form, with every fault by file, line and key."""
    try:
        return form.model_validate(document.data)
    except ValidationError as error:
        lines = sorted({_fault(form, document, fault) for fault in error.errors(include_url=False)})
        raise ConfigError("\n".join(lines)) from error


def _fault(form: type[BaseModel], document: Document, fault: Any) -> str:
    place = _place(document.data, fault["loc"])
    private = form not in (Channel, Platform)  # in a case, what is wrong may be somebody's name
    name = ".".join(_shown_key(step, private=private) for step in place) or "(the file)"
    if fault["type"] == "extra_forbidden":
        known = _keys(form, place[:-1])
        instead = wide_signs.in_key(str(place[-1]))
        meant = f"; {instead}" if instead else did_you_mean(str(place[-1]), known)
        return f"{document.at(place)}: {name}: unknown key{meant}"
    if fault["type"] == "missing":
        return f"{document.at(place[:-1])}: {name}: missing"
    instead = "" if fault["type"].startswith("string") else wide_signs.in_value(fault["input"])
    given = f"; {instead}" if instead else _shown_input(fault["input"], place, private=private)
    return f"{document.at(place)}: {name}: {_what(fault)}{given}"


def _what(fault: Any) -> str:
    """What is wrong with a value, in one sentence."""
    kind, _, how = str(fault["type"]).partition("_")
    if kind in _WANTED and how in {"type", "parsing", "from_float"}:
        return _WANTED[kind]
    told = fault.get("ctx", {})
    if fault["type"] == "too_short":
        return f"at least {told['min_length']} must stand here"
    if fault["type"] == "too_long":
        return f"at most {told['max_length']} may stand here"
    pattern = told.get("pattern")
    what = _WRITTEN.get(pattern) or str(fault["msg"]).removeprefix("Value error, ")
    if kind == "literal":
        what = f"one of {str(told['expected']).replace(' or ', ', ')}"
    if what.startswith("one of "):
        what += did_you_mean(str(fault["input"]), re.findall(r"'([^']*)'", what))
    return what[:1].lower() + what[1:]


def _shown_key(step: str | int, *, private: bool) -> str:
    return str(step) if not private or isinstance(step, int) or _KEY.match(step) else "?"


def _shown_input(given: object, place: Place, *, private: bool) -> str:
    """What the file says there, where that can be told; never of people."""
    is_text = isinstance(given, str) and not _PLAIN.match(given)
    if isinstance(given, dict | list) or (private and (is_text or place[:1] == ("people",))):
        return ""
    return f" (it says {given!r})"


def _place(data: Any, loc: tuple[str | int, ...]) -> Place:
    """pydantic's location without the names it inserts for unions and functions."""
    place: list[str | int] = []
    for at, step in enumerate(loc):
        inside = (isinstance(data, dict) and step in data) or (
            isinstance(data, list | tuple) and isinstance(step, int) and step < len(data)
        )
        if inside:
            data = data[step]
            place.append(step)
        elif at == len(loc) - 1 and isinstance(data, dict):
            place.append(step)
    return tuple(place)


def _keys(form: type[BaseModel], place: Place) -> list[str]:
    """The keys that are allowed at a place of a form."""
    kind: Any = form
    for step in place:
        fields = getattr(kind, "model_fields", {})
        kind = fields[step].annotation if step in fields else kind
        models = [arg for arg in _flat(kind) if isinstance(arg, type) and issubclass(arg, BaseModel)]
        kind = models[0] if models else kind
    return [field.alias or name for name, field in getattr(kind, "model_fields", {}).items()]


def _flat(kind: Any) -> list[Any]:
    inner = [leaf for arg in get_args(kind) for leaf in _flat(arg)]
    return inner or [kind]


def did_you_mean(word: str, known: list[str]) -> str:
    close = difflib.get_close_matches(word, known, n=1)
    return f" (did you mean '{close[0]}'?)" if close else ""
