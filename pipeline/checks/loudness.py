"""Is the sound as loud as the channel wants, and nowhere above the true peak? Measured anew on the finished file.

Exporting levels with the filter loudnorm; this listens with another one, ebur128.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from pipeline import media
from pipeline.config import Export as ExportSettings
from pipeline.values import Export, Finding, Loudness, Measure

PEAK_TOLERANCE_DB = 0.5
"""The AAC encoder moves peaks a little after the limiter."""
TOO_SHORT_S = 3.0
"""A shorter sound has hardly a block that BS.1770 can gate: its loudness is recorded and not judged."""


class Heard:
    """The loudness of one export.

    Args:
        export: its file is measured at once, if it has a sound of its own.
    """

    def __init__(self, export: Export) -> None:
        self._export = export
        self._heard: Loudness | None = media.loudness(export.file.path) if export.has_sound else None

    def findings(self, settings: ExportSettings, tolerance_lu: float) -> Iterator[Finding]:
        """What is off."""
        is_long_enough = self._export.frame_count / self._export.fps >= TOO_SHORT_S
        if self._heard is None or self._export.loudness_mode == "none" or not is_long_enough:
            return
        heard_lufs, peak_dbtp = self._heard.integrated_lufs, self._heard.true_peak_dbtp
        if abs(heard_lufs - settings.loudness_lufs) > tolerance_lu:
            yield self._finding(f"loudness is {heard_lufs:.1f} LUFS, not {settings.loudness_lufs:.1f}")
        if peak_dbtp > settings.true_peak_dbtp + PEAK_TOLERANCE_DB:
            yield self._finding(f"true peak is {peak_dbtp:.1f} dBTP, above {settings.true_peak_dbtp:.1f}")

    def measures(self) -> Iterator[Measure]:
        """What was heard; silence has no figure."""
        if self._heard is None:
            return
        for name in ("integrated_lufs", "true_peak_dbtp"):
            value = getattr(self._heard, name)
            if math.isfinite(value):
                yield Measure("loudness", self._export.format, name, value)

    def _finding(self, what: str) -> Finding:
        return Finding("loudness", self._export.format, None, what, exposes=False)
