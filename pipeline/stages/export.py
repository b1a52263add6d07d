"""The master becomes the files that leave: every format of a clip in one run of ffmpeg."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path
from typing import Any

import ffmpeg

from pipeline import config, media
from pipeline.errors import ToolError
from pipeline.packing import ass, fonts, formats
from pipeline.sound import soundtrack
from pipeline.store import file_of
from pipeline.values import Card, CueSheet, Export, Master, View

VERSION = 3

GOP_S = 2
THREADS = 6
"""x264's result depends on how many threads it has; a fixed number gives the same bytes on every machine."""
REORDERED = 8
"""Of fewer pictures ffmpeg cannot tell in which order they are decoded, and copies them with wrong times."""
COMPRESSOR = "AVC Coding"
SOUND = "sound"
"""The folder in which the sound is made."""
SOUND_INPUT = "heard"


def export(
    master: Master,
    sheets: tuple[CueSheet, ...],
    cards: tuple[Card, ...],
    shapes: tuple[str, ...],
    subtitle: config.Subtitle,
    settings: config.Export,
    *,
    out: Path,
) -> tuple[Export, ...]:
    """Encodes the clip once per format, with cards around it and, if the channel wants, subtitles burned in.

    A master without sound gets a silent track, because platforms take a video without one for broken.

    Raises:
        ToolError: ffmpeg failed, or a file does not hold exactly the frames it should.
    """
    before, after = (_frames(cards, shapes[0], kind) for kind in ("opening", "closing"))
    place = out / SOUND
    place.mkdir()
    with ThreadPoolExecutor(1) as beside:
        # Levelling takes one core for some seconds, which the encoder of the pictures does not miss.
        sound = beside.submit(soundtrack.write, master, before, after, settings, place)
        if subtitle.burn_in:
            _write_subtitles(sheets, shapes, subtitle, out)
        _write_pictures(master, cards, shapes, settings, out, burn_in=subtitle.burn_in)
        mode = sound.result()
    _join(shapes, place, out)
    return tuple(_export(master, cards, name, settings, mode, out) for name in shapes)


def depends() -> dict[str, str]:
    """The font that text is drawn with."""
    return {"font": fonts.digest()}


def _write_subtitles(
    sheets: tuple[CueSheet, ...], shapes: tuple[str, ...], subtitle: config.Subtitle, out: Path
) -> None:
    """Writes the subtitles of every format as libass draws them."""
    for name in shapes:
        sheet = next(sheet for sheet in sheets if sheet.format == name)
        (out / _subs_name(name)).write_text(ass.burned_in(sheet, subtitle), "utf-8")


def _write_pictures(
    master: Master,
    cards: tuple[Card, ...],
    shapes: tuple[str, ...],
    settings: config.Export,
    out: Path,
    *,
    burn_in: bool,
) -> None:
    """Encodes the pictures of every format in one run of ffmpeg."""
    inputs = {"in0": master.file.path, "fonts": fonts.FOLDER}
    inputs |= {_card_name(card): card.file.path for card in cards if card.format in shapes}
    pictures = media.open_input("in0").video.filter_multi_output("split", len(shapes))
    outputs = []
    for at, name in enumerate(shapes):
        picture = _clip_picture(pictures[at], master, name, settings, burn_in=burn_in)
        picture = _joined(picture, master, [card for card in cards if card.format == name])
        count = master.frame_count + sum(card.frame_count for card in cards if card.format == name)
        outputs.append(_picture_output(picture, name, master.fps, count, settings))
    media.run(ffmpeg.merge_outputs(*outputs), inputs, out)


def file_name(name: str) -> str:
    """The fixed name of a format's file."""
    return f"{name.replace(':', 'x')}.mp4"


def _subs_name(name: str) -> str:
    return f"subs-{name.replace(':', 'x')}.ass"


def _card_name(card: Card) -> str:
    return f"{card.kind}-{card.format.replace(':', 'x')}"


def _clip_picture(stream: Any, master: Master, name: str, settings: config.Export, *, burn_in: bool) -> Any:
    """The clip's pictures in the format's size: cut out or fitted, exactly as many as the master has."""
    shape = formats.SHAPES[name]
    view = formats.view(master.width_px, master.height_px, shape, settings.framing)
    stream = stream.filter("trim", end_frame=master.frame_count)
    stream = stream.filter("crop", *_size_and_corner(view.crop), exact=1)
    wide, high, left, top = _size_and_corner(view.place)
    stream = stream.filter("scale", wide, high, flags="bicubic").filter("setsar", 1)
    if (wide, high) != (shape.width_px, shape.height_px):
        bar = f"0x{settings.bar[1:]}"
        stream = stream.filter("pad", shape.width_px, shape.height_px, left, top, color=bar)
    if burn_in:
        stream = stream.filter("ass", filename=_subs_name(name), fontsdir="fonts")
    return stream


def _size_and_corner(box: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    x0, y0, x1, y1 = box
    return x1 - x0, y1 - y0, x0, y0


def _joined(stream: Any, master: Master, cards: list[Card]) -> Any:
    """Opening card, clip and closing card as one run of frames, evenly timed from 0."""
    before, after = (
        [media.open_input(_card_name(card)).video.filter("setsar", 1) for card in cards if card.kind == kind]
        for kind in ("opening", "closing")
    )
    if cards:
        stream = ffmpeg.concat(*before, stream, *after, v=1, a=0)
    fps = master.fps
    stream = stream.filter("settb", f"{fps.denominator}/{fps.numerator}").filter("setpts", "N")
    stream = stream.filter("fps", fps=f"{fps.numerator}/{fps.denominator}").filter("format", "yuv420p")
    return stream.filter("setparams", range="tv", color_primaries="bt709", color_trc="bt709", colorspace="bt709")


def _frames(cards: tuple[Card, ...], name: str, kind: str) -> int:
    return sum(card.frame_count for card in cards if (card.format, card.kind) == (name, kind))


def _picture_name(name: str) -> str:
    return f"picture-{file_name(name)}"


def _picture_output(picture: Any, name: str, fps: Fraction, count: int, settings: config.Export) -> Any:
    """H.264 High alone in a file."""
    options: dict[str, Any] = {
        "vcodec": "libx264",
        "profile:v": "high",
        "preset": settings.preset,
        # `ultrafast` turns off what makes the High profile.
        "x264-params": "8x8dct=1:cabac=1",
        "crf": settings.crf,
        "maxrate": f"{settings.max_rate_kbps}k",
        "bufsize": f"{2 * settings.max_rate_kbps}k",
        "g": round(GOP_S * fps),
        "threads:v": THREADS,
        "a53cc": 0,
        # No SEI: neither x264's signature nor anything that a camera hid there.
        "bsf:v": "filter_units=remove_types=6",
        "flags:v": "+cgop+bitexact",
    }
    if count < REORDERED:
        options["bf"] = 0
    return ffmpeg.output(picture, f"file:{_picture_name(name)}", **options, **media.BARE_MP4)


def _join(shapes: tuple[str, ...], sound: Path, out: Path) -> None:
    """Puts each format's pictures and the one sound into an MP4 that begins with its index; nothing is encoded."""
    options: dict[str, Any] = {
        **media.BARE_MP4,
        "movflags": "+faststart+negative_cts_offsets",
        "codec": "copy",
        # The name that ISO/IEC 14496-15 gives, instead of the encoder's own.
        "metadata:s:v:0": f"encoder={COMPRESSOR}",
    }
    heard = media.open_input(SOUND_INPUT).audio
    outputs = [
        ffmpeg.output(media.open_input(_picture_name(name)).video, heard, f"file:{file_name(name)}", **options)
        for name in shapes
    ]
    media.run(ffmpeg.merge_outputs(*outputs), {SOUND_INPUT: sound / soundtrack.NAME}, out)
    shutil.rmtree(sound)
    for name in shapes:
        (out / _picture_name(name)).unlink()


def _export(
    master: Master, cards: tuple[Card, ...], name: str, settings: config.Export, mode: str, out: Path
) -> Export:
    shape = formats.SHAPES[name]
    view: View = formats.view(master.width_px, master.height_px, shape, settings.framing)
    opening = _frames(cards, name, "opening")
    total = opening + master.frame_count + _frames(cards, name, "closing")
    path = out / file_name(name)
    written = len(media.contents(path).pts)
    if written != total:
        raise ToolError(f"ffmpeg wrote {written} frames of {name} instead of {total}")
    return Export(
        format=name,
        file=file_of(path),
        width_px=shape.width_px,
        height_px=shape.height_px,
        fps=master.fps,
        frame_count=total,
        opening_frames=opening,
        clip_frames=master.frame_count,
        view=view,
        has_sound=master.has_sound,
        loudness_mode=mode,
    )
