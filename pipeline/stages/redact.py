"""Redact: paints every region of the plan and writes the master, the last thing made from the raw recording."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline import config, geometry, media, rooms, store, timing
from pipeline.errors import RecordingError, ToolError
from pipeline.redactors import Redactor, Region
from pipeline.sound import bleep, hush, listening, voice
from pipeline.values import Box, Clip, Master, Plan, Register, Script, Source, Stretch, Track

VERSION = 5
SOUND, RAW_SOUND = "sound.wav", "raw.wav"
"""Both exist only while the stage runs."""


def redact(
    source: Source,
    clip: Clip,
    plan: Plan,
    script: Script,
    register: Register,
    speaker: str,
    settings: config.Redact,
    hearing: config.Sound,
    *,
    out: Path,
) -> Master:
    """Writes `master.mp4`: the clip at full size, every region of every frame hidden, and all that must not be heard.

    The noise of `blur` and `mosaic` and the disguise of voices come from the recording's own SHA-256, so that the same
    command gives the same bytes. They stay secret as long as that hash does: it must never leave work/.

    Args:
        source: the recording.
        clip: what of it is shown.
        plan: what is hidden in the picture.
        script: what is said, and what of it identifies someone.
        register: who the speakers are.
        speaker: the id or the role of the one person who speaks in the clip; empty where nobody said so.
        settings: how the picture is painted.
        hearing: what becomes of voices, and of what identifies someone.
        out: the step's own folder.

    Raises:
        RecordingError: the plan is not for this clip of this recording.
        ToolError: the encoder failed, or wrote another number of frames than it was given.
    """
    _check_planned(plan, source, clip)
    width, height, total = plan.width_px, plan.height_px, plan.frame_count
    has_sound = source.audio_index is not None
    stretches = _write_sound(source, clip, script, register, speaker, hearing, out) if has_sound else ()
    decode = media.Decode()
    try:
        frames = painted(source, clip, plan, settings, decode)
        count = media.write_master(frames, width, height, source.fps, SOUND if has_sound else None, out)
    finally:
        (out / SOUND).unlink(missing_ok=True)
    if count != total:
        raise ToolError(f"redact: {count} frames were painted, {total} were planned")
    file = store.file_of(out / "master.mp4")
    damage = media.damage(decode, clip, source.fps)
    return Master(file, width, height, source.fps, total, has_sound, damage, stretches)


def _check_planned(plan: Plan, source: Source, clip: Clip) -> None:
    asked = (*media.master_size(source), source.fps, timing.frame_count(clip, source.fps))
    planned = (plan.width_px, plan.height_px, plan.fps, plan.frame_count)
    if planned != asked:
        raise RecordingError(f"the plan is for {_said(*planned)}, the clip is {_said(*asked)}", "build the clip anew")


def depends(plan: Plan, settings: config.Redact) -> dict[str, object]:
    """What the result depends on beside the inputs: the versions of what paints, hears, and changes the sound."""
    painted = {style: rooms.part("redactors", style).VERSION for style in _styles(plan, settings)}
    return {**painted, "sound": [hush.VERSION, bleep.VERSION, voice.VERSION, listening.version()]}


def _write_sound(
    source: Source,
    clip: Clip,
    script: Script,
    register: Register,
    speaker: str,
    hearing: config.Sound,
    out: Path,
) -> tuple[Stretch, ...]:
    """Writes the clip's sound as it may be heard; the raw one is gone again when this returns."""
    raw = media.sound(source, clip, out, RAW_SOUND)
    try:
        heard = listening.heard(raw)
        stretches = hush.stretches(clip, source.fps, script, register, speaker, hearing, heard)
        key = hmac.digest(bytes.fromhex(source.file.sha256), f"voices of clip {clip.number}".encode(), hashlib.sha256)
        bleep.write(raw, stretches, key, out / SOUND)
    finally:
        raw.unlink(missing_ok=True)
    return stretches


def _styles(plan: Plan, settings: config.Redact) -> list[str]:
    return sorted({settings.style(track.kind) for track in plan.tracks})


def _said(width: int, height: int, fps: object, frames: int) -> str:
    return f"{frames} frames of {width}x{height} at {fps} a second"


@dataclass(frozen=True, slots=True)
class _Brush:
    """A track, and what paints it; `is_plain`: boxes of the one colour that everything plain has."""

    track: Track
    seed: int
    redactor: Redactor
    is_plain: bool


def _brushes(source: Source, plan: Plan, settings: config.Redact) -> list[_Brush]:
    forms: dict[str, dict[str, object]] = {
        "solid": {"fill": settings.fill},
        "blur": {"blocks": settings.blocks},
        "mosaic": {"blocks": settings.blocks},
    }
    redactors = {}
    for style in _styles(plan, settings):
        part = rooms.part("redactors", style)
        redactors[style] = part.build(part.Settings(**forms[style]))
    key = bytes.fromhex(source.file.sha256)
    styles = ((track, settings.style(track.kind)) for track in plan.tracks)
    return [
        _Brush(track, _seed(key, track.number), redactors[style], (style, track.shape) == ("solid", "box"))
        for track, style in styles
    ]


def _seed(key: bytes, track: int) -> int:
    """128 bits that belong to this track of this recording and that nobody can know without it."""
    return int.from_bytes(hmac.digest(key, f"noise of track {track}".encode(), hashlib.sha256)[:16], "big")


def painted(
    source: Source, clip: Clip, plan: Plan, settings: config.Redact, decode: media.Decode
) -> Iterator[media.Frame]:
    """The frames of a clip at the master's size, every region of the plan painted.

    Args:
        source: the recording.
        clip: what of it is shown.
        plan: what is hidden.
        settings: how.
        decode: filled with what was missing or broken.
    """
    width, height = media.master_size(source)
    brushes = _brushes(source, plan, settings)
    for frame in media.frames(source, clip, width, height, decode=decode):
        for redactor, region in _strokes(brushes, frame.number):
            redactor.paint(frame, region)
        yield frame


def _strokes(brushes: Sequence[_Brush], frame: int) -> Iterator[tuple[Redactor, Region]]:
    """What is painted on a frame, in order: what is plain comes last, and not where it lies wholly under more of it."""
    plain: dict[Box, tuple[Redactor, Region]] = {}
    for one in brushes:
        box = one.track.box(frame)
        if box is None:
            continue
        stroke = one.redactor, Region(one.track.number, box, one.track.shape, one.seed)
        if one.is_plain:
            plain[box] = stroke
        else:
            yield stroke
    yield from (plain[box] for box in geometry.outermost(plain))
