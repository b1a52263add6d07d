"""Is the sound as loud as the channel wants, and nowhere above the true peak? Measured anew on the finished file.

Exporting levels with the filter loudnorm; this listens with another one, ebur128.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from pipeline import media
from pipeline.config import Export as ExportSettings
from pipeline.errors import ToolError
from pipeline.values import Export, Finding, Loudness, Measure

PEAK_TOLERANCE_DB = 0.5
"""The AAC encoder moves peaks a little after the limiter."""
TOO_SHORT_S = 3.0
"""Where less is heard, BS.1770 has hardly a block to gate: the loudness is recorded and not judged, the peak is.

So it is with a short clip, and with one of which nearly everything is muted: no gain makes a syllable that is left, in
the 400 ms of a block, as loud as talk without passing the true peak.
"""


class Heard:
    """The sound of one export, measured at once.

    Args:
        export: whose file is listened to.
        settings: the loudness that was asked for.
        tolerance_lu: how far from it the file may be.
    """

    def __init__(self, export: Export, settings: ExportSettings, tolerance_lu: float) -> None:
        self._export = export
        self._settings = settings
        self._tolerance_lu = tolerance_lu
        self._heard: Loudness | None = None
        self._fault = ""
        try:
            self._heard = media.loudness(export.file.path)
        except ToolError as error:
            self._fault = error.cause.splitlines()[0]

    def findings(self) -> Iterator[Finding]:
        """What is off."""
        if self._heard is None:
            yield self._finding(f"the sound cannot be listened to: {self._fault}")
            return
        heard_lufs, peak_dbtp = self._heard.integrated_lufs, self._heard.true_peak_dbtp
        is_silent = not heard_lufs > media.SILENCE_LUFS
        if not self._export.has_sound or self._export.loudness_mode == "none":
            if not is_silent:
                what = f"something is heard ({heard_lufs:.1f} LUFS) where there should be silence"
                yield Finding("loudness", self._export.format, None, what, exposes=True)
            return
        if is_silent:
            yield self._finding("nothing is heard")
            return
        if not self.not_judged and abs(heard_lufs - self._settings.loudness_lufs) > self._tolerance_lu:
            yield self._finding(f"loudness is {heard_lufs:.1f} LUFS, not {self._settings.loudness_lufs:.1f}")
        if peak_dbtp > self._settings.true_peak_dbtp + PEAK_TOLERANCE_DB:
            yield self._finding(f"true peak is {peak_dbtp:.1f} dBTP, above {self._settings.true_peak_dbtp:.1f}")

    @property
    def not_judged(self) -> str:
        """Why the loudness says nothing here; empty: it was judged, or nothing is heard."""
        if self._heard is None or not 0 < self._heard.heard_s < TOO_SHORT_S:
            return ""
        heard_s = self._heard.heard_s
        return f"loudness: it is recorded and not judged, because hardly anything is heard ({heard_s:.1f} s)"

    def measures(self) -> Iterator[Measure]:
        """What was heard; silence has no figure."""
        if self._heard is None:
            return
        for name in ("integrated_lufs", "true_peak_dbtp", "heard_s"):
            value = getattr(self._heard, name)
            if math.isfinite(value):
                yield Measure("loudness", self._export.format, name, value)

    def _finding(self, what: str) -> Finding:
        return Finding("loudness", self._export.format, None, what, exposes=False)
