"""Cuts Noto Sans CJK SC to the characters of pipeline.fonts: python assets/fonts/subset.py NotoSansCJK-Bold.ttc

Needs fonttools (the `dev` extra) and the font of Debian's fonts-noto-cjk. Deterministic: the same source font gives
the same bytes.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTCollection, TTFont

from pipeline.packing import fonts

ASCENT_EM, DESCENT_EM = 0.94, 0.26
"""Tighter than Noto's own 1.16 and 0.288, so that two lines of a subtitle stand together."""


def chinese(path: Path) -> TTFont:
    """The Simplified Chinese face of the collection."""
    for font in TTCollection(path).fonts:
        if (font["name"].getDebugName(1) or "").startswith("Noto Sans CJK SC"):
            return font
    raise SystemExit(f"{path}: holds no Noto Sans CJK SC")


def cut(font: TTFont) -> None:
    """Keeps the wanted glyphs and drops hinting, layout features and names that subtitles do not need."""
    options = subset.Options(
        layout_features=[], hinting=False, notdef_outline=True, name_IDs=[0, 13, 14], desubroutinize=False
    )
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=[ord(char) for char in fonts.characters()])
    cutter.subset(font)
    lost = fonts.characters() - {chr(code) for code in font.getBestCmap()}
    if lost:
        raise SystemExit(f"the source font does not hold: {' '.join(sorted(lost))}")


def rename(font: TTFont) -> None:
    """Gives the face our family name and line height; the copyright and licence entries stay."""
    for name_id, text in ((1, fonts.FAMILY), (2, "Regular"), (4, fonts.FAMILY), (6, fonts.FILE.stem)):
        font["name"].setName(text, name_id, 3, 1, 0x409)
    cff = font["CFF "].cff
    cff.fontNames = [fonts.FILE.stem]
    cff.topDictIndex[0].FamilyName = cff.topDictIndex[0].FullName = fonts.FAMILY
    em = font["head"].unitsPerEm
    ascent, descent = round(ASCENT_EM * em), round(DESCENT_EM * em)
    font["hhea"].ascent, font["hhea"].descent, font["hhea"].lineGap = ascent, -descent, 0
    os2 = font["OS/2"]
    os2.usWinAscent, os2.usWinDescent = ascent, descent
    os2.sTypoAscender, os2.sTypoDescender, os2.sTypoLineGap = ascent, -descent, 0
    # The only weight of its family: called regular, so that nobody makes it bolder still.
    os2.usWeightClass, os2.fsSelection, font["head"].macStyle = 400, 0x40, 0


if __name__ == "__main__":
    face = chinese(Path(sys.argv[1]))
    cut(face)
    rename(face)
    face.recalcTimestamp = False
    face.save(fonts.FILE)
