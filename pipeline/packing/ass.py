"""Subtitles as files: ASS for libass, SRT and WebVTT to lie beside the video. Text can never become a command.

ASS takes `{...}` for override tags and a backslash for line ends; SRT and WebVTT take `<...>` for tags. Transcript
text may hold any of them, by mishearing or by malice, so all are written as their full-width twins.
Source: libass wiki, ASS file format guide; W3C WebVTT 4.2.2.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

from pipeline import config
from pipeline.packing import fonts
from pipeline.packing.formats import SHAPES
from pipeline.values import Cue, CueSheet

OUTLINE_EM = 0.075
SHADOW_EM = 0.03
_TWINS = str.maketrans({"{": "｛", "}": "｝", "\\": "＼", "<": "＜", ">": "＞", "&": "＆"})


def plain(text: str) -> str:
    """One line of text that no subtitle format reads as anything but text."""
    shown = (" " if unicodedata.category(char)[0] in "CZ" else char for char in text)
    return " ".join("".join(shown).split()).translate(_TWINS)


def burned_in(sheet: CueSheet, settings: config.Subtitle) -> str:
    """The ASS file of a format: PlayRes is its size, so that one unit is one pixel of the export."""
    import pysubs2

    shape = SHAPES[sheet.format]
    size_px = settings.size * min(shape.width_px, shape.height_px)
    subs = pysubs2.SSAFile()
    subs.info |= {
        "PlayResX": str(shape.width_px),
        "PlayResY": str(shape.height_px),
        "WrapStyle": "2",
        "ScaledBorderAndShadow": "yes",
        "YCbCr Matrix": "TV.709",
    }
    subs.styles = {
        "Default": pysubs2.SSAStyle(
            fontname=fonts.FAMILY,
            fontsize=round(size_px * fonts.LINE_HEIGHT_EM, 2),
            primarycolor=_colour(settings.colour),
            outlinecolor=_colour(settings.outline),
            backcolor=pysubs2.Color(0, 0, 0, 96),
            outline=round(size_px * OUTLINE_EM, 2),
            shadow=round(size_px * SHADOW_EM, 2),
            alignment=pysubs2.Alignment.BOTTOM_CENTER,
            marginl=shape.side_px,
            marginr=shape.side_px,
            marginv=shape.bottom_px,
        )
    }
    subs.events = _events(sheet.cues, 0.0)
    return str(subs.to_string("ass", header_notice=""))


def beside(cues: Sequence[Cue], kind: str, offset_s: float) -> str:
    """The cues as an `srt` or `vtt` file, each `offset_s` later than in the clip's time."""
    import pysubs2

    subs = pysubs2.SSAFile()
    subs.events = _events(cues, offset_s)
    return str(subs.to_string(kind)).rstrip("\n") + "\n"


def _events(cues: Iterable[Cue], offset_s: float) -> list[Any]:
    import pysubs2

    return [
        pysubs2.SSAEvent(
            start=round((cue.start_s + offset_s) * 1000),
            end=round((cue.end_s + offset_s) * 1000),
            text=r"\N".join(map(plain, cue.lines)),
        )
        for cue in cues
    ]


def _colour(colour: str) -> Any:
    import pysubs2

    return pysubs2.Color(*bytes.fromhex(colour[1:]))
