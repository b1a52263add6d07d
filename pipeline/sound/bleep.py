"""Writes a clip's sound as pipeline/sound/hush.py decided: what is not let through does not get into the new file.

The new sound begins as silence. What is kept is copied into it, a disguised voice is put there in its disguise, and a
tone where one was asked for. So nothing of a hidden moment can be left in it, and nothing has to be taken out.
"""

from __future__ import annotations

import wave
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.sound import hush, voice
from pipeline.store import space_errors
from pipeline.values import Stretch

VERSION = 2
FADE_S = 0.008
"""Sounds fade into one another over this, always in the less strictly hidden one of the two."""
TONE_HZ = 1000.0
TONE_BELOW_TALK_DB = 6.0
"""A tone is as annoying as talk that is this much louder."""
TONE_DBFS = (-40.0, -18.0)
"""It is never softer or louder than this."""
BLOCK_S = 20.0
"""Sound worked on at a time."""

_FADE = round(FADE_S * voice.RATE_HZ)
_LEAD = round(0.05 * voice.RATE_HZ)
"""Samples around a stretch that a disguise starts from and runs out into: more than a piece of it is long."""
_LOUD_S = 0.1

Sound = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class _Piece:
    """Samples of the clip from `start` to before `end`, in which one piece comes up or dies away over `_FADE`."""

    stretch: Stretch
    start: int
    end: int
    rises: bool
    falls: bool


def write(raw: Path, stretches: Sequence[Stretch], key: bytes, out: Path) -> None:
    """Writes the new sound: as many samples and channels as the raw one, both 48 kHz WAV.

    Args:
        raw: the clip's sound as it was recorded; read only.
        stretches: what becomes of each moment, in order and without a gap.
        key: what the disguises are derived from.
        out: the new file.

    Raises:
        SpaceError: the disk is full.
    """
    with space_errors(), wave.open(str(raw)) as old, wave.open(str(out), "wb") as new:
        new.setparams(old.getparams())
        tone_level = _tone_level(old, stretches) if any(one.how == "beep" for one in stretches) else 0.0
        pending, at = np.zeros((0, old.getnchannels()), np.float32), 0
        for piece in _pieces(stretches, old.getnframes()):
            pending = np.pad(pending, ((0, max(0, piece.end - at - len(pending))), (0, 0)))
            pending[piece.start - at : piece.end - at] += _made(old, piece, key, tone_level)
            ready = piece.end - (_FADE if piece.falls else 0) - at
            new.writeframes(_as_int16(pending[:ready]))
            pending, at = pending[ready:], at + ready


def _pieces(stretches: Sequence[Stretch], length: int) -> Iterator[_Piece]:
    """The stretches in samples, each reaching `_FADE` into the one before; long ones in blocks.

    The fade lies in the less strictly hidden of two neighbours. What is too short to fade in is hidden as well.
    """
    parts: list[tuple[Stretch, int]] = []
    ends = [round(one.start_s * voice.RATE_HZ) for one in stretches[1:]] + [length]
    for stretch, end in zip(stretches, ends, strict=True):
        last, start = parts[-1] if parts else (stretch, 0)
        if end - start < 2 * _FADE and _strictness(last) > _strictness(stretch):
            parts[-1] = last, end
            continue
        while parts and _strictness(parts[-1][0]) < _strictness(stretch) and _length(parts) < 2 * _FADE:
            parts.pop()
        block = round(BLOCK_S * voice.RATE_HZ)
        parts += [(stretch, cut) for cut in (*range(start + block, end - block // 2, block), end)]
    start = 0
    for number, (stretch, end) in enumerate(parts):
        falls = number + 1 < len(parts)
        # Only the first can be shorter than a fade, before one that is as strict: it dies away over that one.
        fading = end if falls and _strictness(stretch) > _strictness(parts[number + 1][0]) else max(start, end - _FADE)
        yield _Piece(stretch, start, fading + _FADE if falls else end, number > 0, falls)
        start = fading


def _length(parts: Sequence[tuple[Stretch, int]]) -> int:
    """How many samples the last of them has."""
    return parts[-1][1] - (parts[-2][1] if len(parts) > 1 else 0)


def _strictness(stretch: Stretch) -> int:
    return hush.STRICTNESS.get(stretch.how, hush.STRICTNESS["mute"])


def _made(raw: wave.Wave_read, piece: _Piece, key: bytes, tone_level: float) -> Sound:
    """The sound of a piece, shape (samples, channels)."""
    length, channels = piece.end - piece.start, raw.getnchannels()
    how = piece.stretch.how
    if how == "keep":
        made = _read(raw, piece.start, piece.end)
    elif how == "disguise":
        first = max(0, piece.start - _LEAD)
        other = voice.disguised(
            _one_channel(_read(raw, first, piece.end + _LEAD)), voice.chosen(key, piece.stretch.voice)
        )
        made = np.repeat(other[piece.start - first :][:length, None], channels, axis=1)
    elif how == "beep":
        turns = np.arange(piece.start, piece.end) * (TONE_HZ / voice.RATE_HZ)
        tone = (tone_level * np.sin(2 * np.pi * turns)).astype(np.float32)
        made = np.repeat(tone[:, None], channels, axis=1)
    else:
        return np.zeros((length, channels), np.float32)
    return made * _window(piece)[:, None]


def _window(piece: _Piece) -> Sound:
    slope = (0.5 - 0.5 * np.cos(np.pi * (np.arange(_FADE) + 0.5) / _FADE)).astype(np.float32)
    window = np.ones(piece.end - piece.start, np.float32)
    if piece.rises:
        window[:_FADE] *= slope[: len(window)]
    if piece.falls:
        window[-_FADE:] *= slope[::-1][-len(window) :]
    return window


def _read(raw: wave.Wave_read, start: int, end: int) -> Sound:
    raw.setpos(start)
    samples = np.frombuffer(raw.readframes(end - start), np.int16).reshape(-1, raw.getnchannels())
    return samples.astype(np.float32) / np.float32(32768)


def _one_channel(samples: Sound) -> Sound:
    """All channels as one; the first alone where they would cancel each other, as with a wire the wrong way round."""
    mixed: Sound = samples.mean(axis=1)
    first = np.ascontiguousarray(samples[:, 0])
    return first if np.square(mixed).sum() < 0.05 * np.square(first).sum() else mixed


def _as_int16(samples: Sound) -> bytes:
    return np.rint(np.clip(samples, -1.0, 1.0) * 32767).astype(np.int16).tobytes()


def _tone_level(raw: wave.Wave_read, stretches: Sequence[Stretch]) -> float:
    """The amplitude of a tone that fits the louder tenth of what is still heard in the clip."""
    levels = []
    for stretch in stretches:
        if _strictness(stretch) < hush.STRICTNESS["mute"]:
            start, end = (round(time_s * voice.RATE_HZ) for time_s in (stretch.start_s, stretch.end_s))
            for at in range(start, min(end, raw.getnframes()), round(_LOUD_S * voice.RATE_HZ)):
                part = _read(raw, at, min(at + round(_LOUD_S * voice.RATE_HZ), end))
                levels.append(float(np.sqrt(np.square(part).mean())))
    talk_dbfs = 20 * np.log10(max(float(np.percentile(levels, 90)), 1e-6)) if levels else -np.inf
    return float(np.sqrt(2) * 10 ** (np.clip(talk_dbfs - TONE_BELOW_TALK_DB, *TONE_DBFS) / 20))
