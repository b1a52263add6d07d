"""The sound of a clip's exports: levelled, silent under the cards, encoded once for all formats."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import ffmpeg

from pipeline import config, media
from pipeline.sound import loudness
from pipeline.values import Master

AAC_PRIMING = 1024
"""Samples that an AAC encoder puts before the sound. Files have no edit list to hide them (Instagram refuses those),
so as much is taken from the start of the sound, and picture and sound meet to the sample."""
NAME = "sound.mp4"


def write(master: Master, before: int, after: int, settings: config.Export, folder: Path) -> str:
    """Writes `sound.mp4`: the master's sound as AAC-LC at the channel's loudness, as long as the picture to the sample.

    A master without sound, or with nothing but silence, gets a silent track: platforms take a video without one for
    broken.

    Args:
        master: whose sound it is.
        before: frames of the opening card.
        after: frames of the closing card.
        settings: loudness and bit rate.
        folder: a private folder to work in, used by nothing else meanwhile.

    Returns:
        How it was levelled: `linear`, `dynamic`, or `none` where there is nothing to hear.

    Raises:
        ToolError: ffmpeg failed.
    """
    levelled = loudness.level(master.file.path, folder, settings) if master.has_sound else None
    lead, clip = _samples(before, master.fps), _samples(master.frame_count, master.fps)
    total = lead + clip + _samples(after, master.fps)
    if levelled is not None:
        stream = media.open_input(levelled.path.name).audio.filter("volume", f"{levelled.gain_db}dB")
    else:
        stream = ffmpeg.input(f"anullsrc=r={media.SAMPLE_RATE_HZ}:cl=stereo", f="lavfi").audio
    stream = stream.filter("apad").filter("atrim", end_sample=clip)
    stream = stream.filter("adelay", f"{lead}S", all=1).filter("apad", whole_len=total)
    stream = stream.filter("atrim", start_sample=AAC_PRIMING).filter("asetpts", "N/SR/TB")
    coded = {"acodec": "aac", "audio_bitrate": f"{settings.audio_kbps}k", "flags:a": "+bitexact"}
    media.run(ffmpeg.output(stream, f"file:{NAME}", **coded, **media.BARE_MP4), {}, folder)
    return levelled.mode if levelled is not None else "none"


def _samples(frames: int, fps: Fraction) -> int:
    return round(frames / fps * media.SAMPLE_RATE_HZ)
