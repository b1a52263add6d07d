"""Is the sound as loud as the channel wants, and nowhere above the true peak? Measured anew, by EBU R128."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline import media
from pipeline.config import Export as ExportSettings
from pipeline.values import Export, Finding, Measure

PEAK_TOLERANCE_DB = 0.5
"""The AAC encoder moves peaks a little after the limiter."""


def check(export: Export, settings: ExportSettings, tolerance_lu: float) -> Iterator[Finding | Measure]:
    """Measures the finished file's sound."""
    if not export.has_sound:
        return
    found = media.loudness(export.file.path)
    yield Measure("loudness", export.format, "integrated_lufs", found.integrated_lufs)
    yield Measure("loudness", export.format, "true_peak_dbtp", found.true_peak_dbtp)
    if export.loudness_mode == "none":
        return
    if abs(found.integrated_lufs - settings.loudness_lufs) > tolerance_lu:
        what = f"loudness is {found.integrated_lufs:.1f} LUFS, not {settings.loudness_lufs:.1f}"
        yield Finding("loudness", export.format, None, what, exposes=False)
    if found.true_peak_dbtp > settings.true_peak_dbtp + PEAK_TOLERANCE_DB:
        what = f"true peak is {found.true_peak_dbtp:.1f} dBTP, above {settings.true_peak_dbtp:.1f}"
        yield Finding("loudness", export.format, None, what, exposes=False)
