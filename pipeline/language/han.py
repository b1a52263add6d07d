"""Chinese characters: which ones there are, and the simplified form of traditional ones."""

from __future__ import annotations

import functools
import re
from typing import Any

HAN = "\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
"""Chinese characters, as a part of a character class. Source: Unicode 15.1, blocks `CJK Unified Ideographs`."""
SIGNS = "\u3005-\u3007"
"""`々`, `〆` and `〇`, which are written like them."""
_ONE = re.compile(f"[{HAN}]")


def is_in(text: str) -> bool:
    """Whether there is any Chinese character in a text."""
    return _ONE.search(text) is not None


def simplified(text: str) -> str:
    """A text in simplified characters: as a whole, because the words around decide (乾 in 乾坤, 乾燥)."""
    simple: str = _opencc().convert(text)
    return simple


@functools.cache
def _opencc() -> Any:
    import opencc

    return opencc.OpenCC("t2s")
