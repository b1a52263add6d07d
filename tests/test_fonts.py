"""The bundled font holds what the code says it holds, and is the one that its README describes."""

from __future__ import annotations

import hashlib

from fontTools.ttLib import TTFont

from pipeline.packing import fonts


def test_the_font_holds_every_character_that_texts_may_use() -> None:
    with TTFont(fonts.FILE) as font:
        assert fonts.characters() <= {chr(code) for code in font.getBestCmap()}


def test_the_font_has_our_name_and_the_line_height_that_subtitles_count_on() -> None:
    with TTFont(fonts.FILE) as font:
        assert font["name"].getDebugName(1) == fonts.FAMILY
        assert "Adobe" in font["name"].getDebugName(0)
        height = (font["OS/2"].usWinAscent + font["OS/2"].usWinDescent) / font["head"].unitsPerEm
        assert height == fonts.LINE_HEIGHT_EM


def test_the_readme_names_the_hash_of_the_font() -> None:
    digest = hashlib.sha256(fonts.FILE.read_bytes()).hexdigest()
    assert digest in (fonts.FOLDER.parent / "README.md").read_text("utf-8")


def test_missing_characters_are_named_once_and_in_order() -> None:
    assert fonts.missing_glyphs("六毫米 μ≥±×°℃²③ CT\n") == ""
    assert fonts.missing_glyphs("㛃a䶮㛃") == "㛃䶮"
