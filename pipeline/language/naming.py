"""The public name of a case: that of its folder, if it tells of nobody."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

from pipeline.errors import ConfigError
from pipeline.identifiers import Found
from pipeline.language import wording
from pipeline.values import Register

_DATE_IN_FRONT = re.compile(r"\d{4}[-_.]?\d{2}[-_.]?\d{2}(?!\d)")
"""A case's name may begin with the day on which the team filmed: `2026-11-22-nodule` (docs/decisions.md)."""


def check_name(name: str, register: Register) -> None:
    """Refuses the name of a case that tells of somebody: it becomes the name of folders that leave.

    Raises:
        ConfigError: says what is in it and where, and another name, never the name itself.
    """
    found = _telling_name(name, register)
    if found:
        raise ConfigError(
            f"the name of the case's folder holds {wording.in_words(found)}, and would be seen beside every clip",
            f"rename the folder: '{public_name(name, register)}', say",
        )


def public_name(name: str, register: Register) -> str:
    """A name for a case without what identifies someone; what the case is called by its folder if nothing does."""
    found = _telling_name(name, register)
    if not found:
        return slug_of(name)
    for one in reversed(found):
        name = f"{name[: one.start]}-{name[one.end :]}"
    return slug_of(re.sub(r"[-_.]{2,}", "-", name).strip("-_."))


def slug_of_folder(folder: Path) -> str:
    """What the case in a folder is called in the store, the book and the outbox."""
    return slug_of(folder.resolve().name)


def slug_of(text: str) -> str:
    """A name that is safe as a folder on every system: letters of any script, digits, `.`, `_` and `-`."""
    kept = re.sub(r"[^\w.-]+", "-", unicodedata.normalize("NFC", text)).strip("-.")
    return kept.encode()[:120].decode("utf-8", "ignore") or "case"


def _telling_name(name: str, register: Register) -> tuple[Found, ...]:
    """Looked for with signs as they are and as spaces: in `wang_xiaoming` there is no end of a word."""
    spaced = re.sub(r"[_.\-]", " ", name)
    date = _DATE_IN_FRONT.match(name)
    dated = date.end() if date else 0
    both = {*wording.telling(name, register), *wording.telling(spaced, register)}
    found = sorted((one for one in both if one.end > dated), key=lambda one: (one.start, -one.end))
    apart: list[Found] = []
    for one in found:
        if not apart or one.start >= apart[-1].end:
            apart.append(one)
    return tuple(apart)
