"""Brings a sound to its target loudness: ffmpeg's loudnorm in two passes.

The first pass measures; with its figures the second is a plain gain (`linear`) wherever the true peak allows it, and
a slow compression (`dynamic`) where it does not. Which of the two it was is read back, never assumed.
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

SILENCE_LUFS = -70.0
"""The absolute gate of BS.1770: at or below it there is nothing to bring to a level."""
MIN_RANGE_LU, MAX_RANGE_LU = 11.0, 50.0
"""loudnorm stays linear only if its target range is at least the measured one."""

_JSON = re.compile(r"\{[^{}]*\"normalization_type\"[^{}]*\}")


@dataclass(frozen=True, slots=True)
class Measured:
    """What the first pass found: LUFS, dBTP, LU and the gate in LUFS."""

    integrated_lufs: float
    true_peak_dbtp: float
    range_lu: float
    threshold_lufs: float

    @property
    def is_silent(self) -> bool:
        return not math.isfinite(self.integrated_lufs) or self.integrated_lufs <= SILENCE_LUFS


def measure(sound: Path, folder: Path) -> Measured:
    """Measures the sound of a file.

    Args:
        sound: a file with one audio stream.
        folder: a private folder to work in.
    """
    stream = media.open_input("in0").audio.filter("loudnorm", print_format="json")
    report = media.run(ffmpeg.output(stream, "pipe:", format="null"), {"in0": sound}, folder, verbosity="info")
    found = _report(report.stderr)
    return Measured(
        float(found["input_i"]), float(found["input_tp"]), float(found["input_lra"]), float(found["input_thresh"])
    )


def levelled(stream: Any, measured: Measured, settings: config.Export) -> Any:
    """The second pass, as a filter on an ffmpeg-python audio stream."""
    # loudnorm takes a range of exactly 0 (a steady voice, a short clip) for "not measured".
    range_lu = max(0.1, measured.range_lu)
    return stream.filter(
        "loudnorm",
        I=settings.loudness_lufs,
        TP=settings.true_peak_dbtp,
        LRA=min(MAX_RANGE_LU, max(MIN_RANGE_LU, math.ceil(range_lu))),
        measured_I=measured.integrated_lufs,
        measured_TP=measured.true_peak_dbtp,
        measured_LRA=range_lu,
        measured_thresh=measured.threshold_lufs,
        linear="true",
        print_format="json",
    )


def mode(stderr: str) -> str:
    """How the second pass worked, from what ffmpeg said: `linear` or `dynamic`."""
    return str(_report(stderr)["normalization_type"])


def _report(stderr: str) -> dict[str, Any]:
    found = _JSON.findall(stderr)
    if not found:
        raise ToolError("ffmpeg: loudnorm gave no figures", "try `ffmpeg: bundled` in the channel")
    result: dict[str, Any] = json.loads(found[-1])
    return result
