"""Title and closing cards: drawn by Pillow, timed and faded by moviepy, the same on every machine."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline import config, media, timing
from pipeline.errors import ConfigError
from pipeline.language.chinese_words import tokens, version
from pipeline.language.han import HAN
from pipeline.language.line_breaking import HANGING, Atom, atoms, wrap
from pipeline.packing import fonts, formats
from pipeline.store import file_of
from pipeline.values import Card

VERSION = 3

FADE_S = 0.4
"""The text comes up gently from the plain background; the card itself is there from its first frame."""
TITLE_SIZES = (0.105, 0.09, 0.078, 0.066, 0.056)
"""Sizes tried for the title, largest first, as shares of the shorter side."""
SIZES = {"opening": TITLE_SIZES, "closing": TITLE_SIZES[2:]}
_PARTED = re.compile(rf"[{HAN}] [{HAN}]")
"""Chinese has no spaces between words: who writes one parts two phrases."""
SMALL_SIZE = 0.04
TEXT_SHARE = 0.84
"""Share of the width that text may take."""
MAX_TITLE_LINES = 4
SMALLER, ONE_MORE_LINE = 0.5, 0.2
"""What the next smaller size and a further line cost, against the costs of bad breaks in line_breaking."""
LINE_EM = 1.36
RULE_EM = (1.6, 0.09)
"""The short rule between the title and the small line: width and thickness in title ems."""


def depends() -> dict[str, str]:
    """The font that text is drawn with, and the words that it is taken for."""
    return {"font": fonts.digest(), "words": version()}


def card(
    kind: str,
    text: str,
    shapes: tuple[str, ...],
    fps: Fraction,
    brand: config.Brand,
    seconds: float,
    *,
    out: Path,
) -> tuple[Card, ...]:
    """Renders one card, a file per format, with the text large and the doctor's credential line below it.

    Args:
        kind: `opening` or `closing`; a step of its own for each, so that a channel's closing card is made once.
        text: the clip's title, or the notice.
        shapes: the formats.
        fps: of the clip that it is joined to.
        brand: colours and the credential line.
        seconds: how long it is shown; 0 gives no card.
        out: where the files are written.

    Raises:
        ConfigError: a text holds characters that the font cannot show, or does not fit on a card.
    """
    frames = timing.frame_at(seconds, fps)
    if frames == 0 or not (text or brand.credential):
        return ()
    _check_glyphs(kind, text + brand.credential)
    fade = min(frames, timing.frame_at(FADE_S, fps) + 1)
    made = []
    for name in shapes:
        shape = formats.SHAPES[name]
        path = out / f"{kind}-{name.replace(':', 'x')}.mp4"
        pictures = _fade_in(_words(kind, text, SIZES[kind], shape, brand), fps, fade, brand.background)
        media.write_pictures(pictures, frames - fade, (shape.width_px, shape.height_px), fps, path.name, out)
        made.append(Card(kind, name, file_of(path), frames))
    return tuple(made)


def _check_glyphs(kind: str, text: str) -> None:
    missing = fonts.missing_glyphs(text)
    if missing:
        raise ConfigError(
            f"{kind} card: the font cannot show: {' '.join(missing)}",
            "write it differently in case.yaml or the channel",
        )


def _fade_in(words: NDArray[np.uint8], fps: Fraction, frames: int, background: str) -> Iterator[NDArray[np.uint8]]:
    """The frames in which text, RGBA of shape (height, width, 4), comes up over the background; the last is whole."""
    from moviepy import ColorClip, CompositeVideoClip, ImageClip, vfx

    height, width = words.shape[:2]
    rows, columns = np.nonzero(words[..., 3])
    top, left = int(rows.min()), int(columns.min())
    written = words[top : int(rows.max()) + 1, left : int(columns.max()) + 1]
    seconds = timing.frame_time_s(frames, fps)
    ground = ColorClip((width, height), color=tuple(bytes.fromhex(background[1:])), duration=seconds)
    text = ImageClip(written, duration=seconds).with_position((left, top))
    text = text.with_effects([vfx.CrossFadeIn(timing.frame_time_s(frames - 1, fps))])
    with CompositeVideoClip([ground, text], size=(width, height)).with_fps(float(fps)) as scene:
        for number in range(frames):
            yield np.asarray(scene.get_frame(timing.frame_time_s(number, fps)), np.uint8)


def _words(
    kind: str, text: str, sizes: tuple[float, ...], shape: formats.Shape, brand: config.Brand
) -> NDArray[np.uint8]:
    """Everything that is written on a card, as RGBA of shape (height, width, 4)."""
    from PIL import Image, ImageDraw

    image = Image.new("RGBA", (shape.width_px, shape.height_px), (*bytes.fromhex(brand.foreground[1:]), 0))
    draw = ImageDraw.Draw(image)
    colour = (*bytes.fromhex(brand.foreground[1:]), 255)
    soft = (*colour[:3], 190)
    short_px = min(shape.width_px, shape.height_px)
    room_px = shape.width_px * TEXT_SHARE
    size_px, lines = _set(kind, text, sizes, short_px, room_px)
    small_px, small = _set(kind, brand.credential, (SMALL_SIZE, SMALL_SIZE * 0.85), short_px, room_px)
    title_px = len(lines) * size_px * LINE_EM
    rule_px = size_px * 1.1 if lines and small else 0.0
    y = (shape.height_px - title_px - rule_px - len(small) * small_px * LINE_EM) / 2
    # The optical centre lies a little above the true one.
    y -= shape.height_px * 0.03
    y = _lines(draw, lines, size_px, y, shape.width_px, colour)
    if rule_px:
        wide, thick = (share * size_px for share in RULE_EM)
        middle_y = y + rule_px / 2 - size_px * 0.1
        left = (shape.width_px - wide) / 2
        draw.rounded_rectangle((left, middle_y, left + wide, middle_y + thick), thick / 2, fill=soft)
    _lines(draw, small, small_px, y + rule_px, shape.width_px, soft)
    return np.asarray(image)


def _lines(draw: Any, lines: list[str], size_px: int, y: float, width_px: int, colour: tuple[int, ...]) -> float:
    """Writes centred lines from y down; gives the y below them."""
    for line in lines:
        draw.text((width_px / 2, y + size_px * LINE_EM / 2), line, colour, font=fonts.pillow(size_px), anchor="mm")
        y += size_px * LINE_EM
    return y


def _phrased(text: str, pieces: list[Atom]) -> list[Atom]:
    """The same, with dearer breaks inside a phrase where spaces in Chinese show what the writer takes for one."""
    if not _PARTED.search(text):
        return pieces
    return [one if text[one.stop - 1].isspace() else replace(one, cost=max(one.cost, HANGING)) for one in pieces]


def _set(kind: str, text: str, sizes: tuple[float, ...], short_px: int, room_px: float) -> tuple[int, list[str]]:
    """The size in pixels and the lines that look best: large, few, and broken where the sense allows it."""
    text = " ".join(text.split())
    if not text:
        return round(sizes[0] * short_px), []
    edges = frozenset(word.start for word in tokens(text))
    best: tuple[float, int, list[str]] = (float("inf"), 0, [])
    for at, share in enumerate(sizes):
        size_px = round(share * short_px)
        limit_em = room_px / size_px
        pieces = _phrased(text, atoms(text, edges, fonts.width_em, limit_em))
        for count in range(1, MAX_TITLE_LINES + 1):
            cost, lines = wrap(text, pieces, fonts.width_em, limit_em, count)
            best = min(best, (cost + at * SMALLER + len(lines) * ONE_MORE_LINE, size_px, lines), key=lambda it: it[0])
    if best[2]:
        return best[1], best[2]
    raise ConfigError(f"{kind} card: '{text[:20]}...' is too long for a card", "shorten it in case.yaml or the channel")
