"""The master becomes the files that leave: every format of a clip in one run of ffmpeg."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import ffmpeg

from pipeline import ass, config, fonts, formats, loudness, media
from pipeline.errors import ToolError
from pipeline.store import file_of
from pipeline.values import Card, CueSheet, Export, Master, View

VERSION = 1

GOP_S = 2
THREADS = 6
"""x264's result depends on how many threads it has; a fixed number gives the same bytes on every machine."""
COMPRESSOR = "AVC Coding"
AAC_PRIMING = 1024
"""Samples that an AAC encoder puts before the sound. Files have no edit list to hide them (Instagram refuses those),
so as much is taken from the start of the sound, and picture and sound meet to the sample."""


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
    inputs = {"in0": master.file.path, "fonts": fonts.FOLDER}
    inputs |= {_card_name(card): card.file.path for card in cards if card.format in shapes}
    levelled = loudness.level(master.file.path, out, settings) if master.has_sound else None
    if levelled is not None:
        inputs["sound"] = levelled.path
    pictures = media.open_input("in0").video.filter_multi_output("split", len(shapes))
    sounds = _sound(master, cards, shapes, levelled)
    outputs = []
    for at, name in enumerate(shapes):
        sheet = next(sheet for sheet in sheets if sheet.format == name)
        if subtitle.burn_in:
            (out / _subs_name(name)).write_text(ass.burned_in(sheet, subtitle), "utf-8")
        picture = _clip_picture(pictures[at], master, name, settings, burn_in=subtitle.burn_in)
        picture = _joined(picture, master, [card for card in cards if card.format == name])
        outputs.append(_output(picture, sounds[at], name, master.fps, settings))
    media.run(ffmpeg.merge_outputs(*outputs), inputs, out)
    if levelled is not None:
        levelled.path.unlink()
    mode = levelled.mode if levelled is not None else "none"
    return tuple(_export(master, cards, name, settings, mode, out) for name in shapes)


def depends(*_: object) -> dict[str, str]:
    """The font that text is drawn with."""
    return {"font": fonts.digest()}


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


def _sound(
    master: Master,
    cards: tuple[Card, ...],
    shapes: tuple[str, ...],
    levelled: loudness.Levelled | None,
) -> Any:
    """The sound of every format: levelled, silent under the cards, as long as the picture to the sample."""
    before = _samples(_frames(cards, shapes[0], "opening"), master.fps)
    clip = _samples(master.frame_count, master.fps)
    total = before + clip + _samples(_frames(cards, shapes[0], "closing"), master.fps)
    if levelled is not None:
        stream = media.open_input("sound").audio.filter("volume", f"{levelled.gain_db}dB")
    else:
        stream = ffmpeg.input(f"anullsrc=r={media.SAMPLE_RATE_HZ}:cl=stereo", f="lavfi").audio
    stream = stream.filter("apad").filter("atrim", end_sample=clip)
    stream = stream.filter("adelay", f"{before}S", all=1).filter("apad", whole_len=total)
    stream = stream.filter("atrim", start_sample=AAC_PRIMING).filter("asetpts", "N/SR/TB")
    return stream.filter_multi_output("asplit", len(shapes))


def _frames(cards: tuple[Card, ...], name: str, kind: str) -> int:
    return sum(card.frame_count for card in cards if (card.format, card.kind) == (name, kind))


def _samples(frames: int, fps: Fraction) -> int:
    return round(frames / fps * media.SAMPLE_RATE_HZ)


def _output(picture: Any, sound: Any, name: str, fps: Fraction, settings: config.Export) -> Any:
    """H.264 High and AAC-LC in an MP4 that begins with its index, without edit lists, tags or side data."""
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
        "acodec": "aac",
        "audio_bitrate": f"{settings.audio_kbps}k",
        "flags:v": "+cgop+bitexact",
        "flags:a": "+bitexact",
        "fflags": "+bitexact",
        "map_metadata": -1,
        # The name that ISO/IEC 14496-15 gives, instead of the encoder's own.
        "metadata:s:v:0": f"encoder={COMPRESSOR}",
        "map_chapters": -1,
        "movflags": "+faststart+negative_cts_offsets",
        "use_editlist": 0,
        "avoid_negative_ts": "disabled",
    }
    return ffmpeg.output(picture, sound, f"file:{file_name(name)}", **options)


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
