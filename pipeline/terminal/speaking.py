"""In which language people are spoken to: Chinese where their system is, else English. Programs always get English."""

from __future__ import annotations

import os
from collections.abc import Mapping

WANTED = "CLINICREEL_LANGUAGE"
"""Set to `zh` or `en`, it decides; else the locale does."""
_LOCALE = ("LC_ALL", "LC_MESSAGES", "LANG")


def is_chinese(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether messages are said in Chinese.

    Source: POSIX.1-2017, Base Definitions 8.2: the first of LC_ALL, LC_MESSAGES and LANG that is set decides.
    """
    said = (environment.get(name) for name in (WANTED, *_LOCALE))
    return next(filter(None, said), "").lower().startswith("zh")


def said(message: str) -> str:
    """A message as the person at this terminal reads it."""
    if not is_chinese():
        return message
    from pipeline.language.chinese import in_chinese

    return in_chinese(message)
