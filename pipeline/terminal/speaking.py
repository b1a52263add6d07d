"""In which language people are spoken to: Chinese where their system is, else English. Programs always get English."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path

WANTED = "CLINICREEL_LANGUAGE"
"""Set to `zh` or `en`, it decides; else the locale does."""
_NAME = "clinicreel"
_COMMAND = re.compile(rf"\b{_NAME}(?= [a-z]+)")
_LOCALE = ("LC_ALL", "LC_MESSAGES", "LANG")


def is_chinese(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether messages are said in Chinese.

    Source: POSIX.1-2017, Base Definitions 8.2: the first of LC_ALL, LC_MESSAGES and LANG that is set decides.
    """
    said = (environment.get(name) for name in (WANTED, *_LOCALE))
    return next(filter(None, said), "").lower().startswith("zh")


def said(message: str) -> str:
    """A message as the person at this terminal reads it, with commands as they can type them."""
    if is_chinese():
        from pipeline.language.chinese import in_chinese

        message = in_chinese(message)
    return _COMMAND.sub(_program(), message)


@cache
def _program() -> str:
    """The program's name where the shell finds it; else the path that it was called by, as `make` does."""
    called = Path(sys.argv[0])
    if called.name != _NAME or shutil.which(_NAME):
        return _NAME
    return os.path.relpath(called)
