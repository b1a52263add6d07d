"""The one font of the product: bundled, so that subtitles and cards look the same on every machine.

`assets/fonts/subset.py` cuts it from Noto Sans CJK SC to exactly `characters()`. Its family name is our own, so no
font of the machine can ever stand in for it.
"""

from __future__ import annotations

import functools
from typing import Any

from pipeline.folders import ASSETS
from pipeline.store import sha256_of

FAMILY = "ClinicReel Sans"
FOLDER = ASSETS / "fonts" / "burned-in"
"""Holds nothing but the font: libass tries to read every file of the folder that it is given."""
FILE = FOLDER / "ClinicReelSans-Bold.otf"

LINE_HEIGHT_EM = 1.2
"""Ascent plus descent of the font, set by subset.py. libass takes a font size as this height, not as the em."""

_RANGES = (
    (0x20, 0x7F),  # ASCII
    (0xA0, 0x100),  # Latin-1
    (0x2010, 0x2028),  # dashes, quotation marks, ellipsis
    (0x3000, 0x3020),  # CJK punctuation
    (0xFF01, 0xFF5F),  # full-width forms
)
_SYMBOLS = "µμ≥≤±×÷°℃²³αβγδλω①②③④⑤⑥⑦⑧⑨⑩←↑→↓↔√∞≈≠≡‰★☆♪…·•‧・／＼￥€"
_NAMES_AND_MEDICINE = "䓬喆堃镕昇淼垚犇骉珺玥琎媛甯翀旸暐祎祺晞昉珅荃菡芃薷骺髌颞踝鞣羧瞤"
"""Characters outside GB 2312 that stand in doctors' names and medical terms (苯二氮䓬)."""
_NOT_IN_NOTO = "\u2017\u201b\u201f\u2023\u2024"


@functools.cache
def characters() -> frozenset[str]:
    """Every character that the font can show: GB 2312, ASCII, Latin-1, CJK punctuation, medical symbols."""
    found = {chr(code) for start, stop in _RANGES for code in range(start, stop)}
    for row in range(0xA1, 0xF8):
        for cell in range(0xA1, 0xFF):
            found.update(bytes((row, cell)).decode("gb2312", "ignore"))
    found.update(_SYMBOLS, _NAMES_AND_MEDICINE)
    return frozenset(found - set(_NOT_IN_NOTO))


def missing_glyphs(text: str) -> str:
    """The characters of the text that the font cannot show, each once, in order; line ends are not characters."""
    return "".join(dict.fromkeys(char for char in text if char not in characters() and char != "\n"))


@functools.cache
def pillow(size_px: int) -> Any:
    """The font for Pillow, with an em of this many pixels."""
    from PIL import ImageFont

    return ImageFont.truetype(str(FILE), size_px, layout_engine=ImageFont.Layout.BASIC)


@functools.cache
def _advance_em(char: str) -> float:
    return float(pillow(1000).getlength(char)) / 1000


def width_em(text: str) -> float:
    """How wide the text is set, in ems; a Chinese character is 1."""
    return sum(map(_advance_em, text))


@functools.cache
def digest() -> str:
    """The font's SHA-256, for the keys of steps that draw text."""
    return sha256_of(FILE)
