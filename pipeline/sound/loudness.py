"""Brings a sound to its target loudness: measured first, then levelled by ffmpeg's loudnorm.

With the figures of the first pass the second is a plain gain (`linear`) wherever the true peak allows it, and a slow
compression (`dynamic`) where it does not. Which of the two it was is read back, never assumed. Both passes are
measured by the filter ebur128, which is the same measure as loudnorm's own first pass and four times as fast.
Source: EBU R 128; ITU-R BS.1770-4; the conditions are those of libavfilter/af_loudnorm.c.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ffmpeg

from pipeline import config, media
from pipeline.errors import ToolError

MIN_RANGE_LU, MAX_RANGE_LU = 11.0, 50.0
"""loudnorm stays linear only if its target range is at least the measured one."""

MAX_AIM_LUFS = -5.0
"""The highest target that loudnorm takes."""
ATTEMPTS = 3
CLOSE_LU = 0.5
"""So near to the target nobody hears a difference, and no channel's tolerance is smaller."""
WAV = "sound.wav"

_JSON = re.compile(r"\{[^{}]*\"normalization_type\"[^{}]*\}")
_SUMMARY = re.compile(
    r"Summary:.*?I:\s*(\S+) LUFS\s*Threshold:\s*(\S+) LUFS.*?LRA:\s*(\S+) LU\b.*?Peak:\s*(\S+) dBFS", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Measured:
    """What the first pass found: LUFS, dBTP, LU and the gate in LUFS."""

    integrated_lufs: float
    true_peak_dbtp: float
    range_lu: float
    threshold_lufs: float

    @property
    def is_silent(self) -> bool:
        return not math.isfinite(self.integrated_lufs) or self.integrated_lufs <= media.SILENCE_LUFS


def measure(sound: Path, folder: Path) -> Measured:
    """Measures the sound of a file.

    Args:
        sound: a file with one audio stream.
        folder: a private folder to work in.
    """
    stream = _metered(media.open_input("in0").audio)
    report = media.run(ffmpeg.output(stream, "pipe:", format="null"), {"in0": sound}, folder, verbosity="info")
    return _summary(report.stderr)


@dataclass(frozen=True, slots=True)
class Levelled:
    """A sound at its target, once `gain_db` is applied; `mode` is `linear` or `dynamic`."""

    path: Path
    gain_db: float
    mode: str


def level(sound: Path, folder: Path, settings: config.Export) -> Levelled | None:
    """Writes `sound.wav` in the folder: the sound of a file, brought to the channel's loudness.

    Where loudnorm has to compress, it misses its target by an LU or two on short clips. The rest is added as a plain
    gain if the true peak allows it, and otherwise by compressing once more towards a target that is higher by as much.

    Returns:
        None if there is only silence.
    """
    measured = measure(sound, folder)
    if measured.is_silent:
        return None
    aim_lufs = settings.loudness_lufs
    for attempt in range(1, ATTEMPTS + 1):
        mode, result = _render(sound, measured, aim_lufs, settings.true_peak_dbtp, folder)
        missing_lu = settings.loudness_lufs - result.integrated_lufs
        room_db = settings.true_peak_dbtp - result.true_peak_dbtp
        if missing_lu - room_db <= CLOSE_LU or attempt == ATTEMPTS:
            break
        aim_lufs = min(MAX_AIM_LUFS, aim_lufs + missing_lu)
    return Levelled(folder / WAV, round(min(missing_lu, room_db), 2), mode)


def _render(
    sound: Path, measured: Measured, aim_lufs: float, true_peak_dbtp: float, folder: Path
) -> tuple[str, Measured]:
    """Writes `sound.wav`, and measures it on its way; gives loudnorm's mode too."""
    # loudnorm takes a range of exactly 0 (a steady voice, a short clip) for "not measured".
    range_lu = max(0.1, measured.range_lu)
    stream = media.open_input("in0").audio.filter(
        "loudnorm",
        I=round(aim_lufs, 2),
        TP=true_peak_dbtp,
        LRA=min(MAX_RANGE_LU, max(MIN_RANGE_LU, math.ceil(range_lu))),
        measured_I=measured.integrated_lufs,
        measured_TP=measured.true_peak_dbtp,
        measured_LRA=range_lu,
        measured_thresh=measured.threshold_lufs,
        linear="true",
        print_format="json",
    )
    stream = stream.filter("aresample", media.SAMPLE_RATE_HZ).filter("aformat", channel_layouts="stereo")
    options = {"format": "wav", "acodec": "pcm_f32le", "map_metadata": -1, "bitexact": None}
    output = ffmpeg.output(_metered(stream), f"file:{WAV}", **options)
    report = media.run(output, {"in0": sound}, folder, verbosity="info")
    return str(_report(report.stderr)["normalization_type"]), _summary(report.stderr)


def _metered(stream: Any) -> Any:
    return stream.filter("ebur128", peak="true", framelog="quiet")


def _summary(stderr: str) -> Measured:
    found = _SUMMARY.findall(stderr)
    if not found:
        raise ToolError("ffmpeg: ebur128 gave no figures", "try `ffmpeg: bundled` in the channel")
    integrated_lufs, threshold_lufs, range_lu, true_peak_dbtp = map(float, found[-1])
    return Measured(integrated_lufs, true_peak_dbtp, range_lu, threshold_lufs)


def _report(stderr: str) -> dict[str, Any]:
    found = _JSON.findall(stderr)
    if not found:
        raise ToolError("ffmpeg: loudnorm gave no figures", "try `ffmpeg: bundled` in the channel")
    result: dict[str, Any] = json.loads(found[-1])
    return result
