"""A YAML document as a form, or every fault in it at once as `file:line: key: what`, with what was probably meant."""

from __future__ import annotations

import difflib
import re
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from pipeline.config import Channel
from pipeline.errors import ConfigError
from pipeline.settings.platform import Platform
from pipeline.settings.strict_yaml import Document, Place

Form = TypeVar("Form", bound=BaseModel)

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
        return f"{document.at(place)}: {name}: unknown key{did_you_mean(str(place[-1]), known)}"
    if fault["type"] == "missing":
        return f"{document.at(place[:-1])}: {name}: missing"
    what = str(fault["msg"]).removeprefix("Value error, ")
    given = _shown_input(fault["input"], place, private=private)
    return f"{document.at(place)}: {name}: {what[:1].lower() + what[1:]}{given}"


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
