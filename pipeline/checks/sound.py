"""Is the exported sound silent, or a plain tone, wherever something that identifies someone was said?

Measured on the samples of the finished file, decoded by another library than the one that made it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import ToolError
from pipeline.sound.bleep import TONE_HZ
from pipeline.values import Export, Finding, Measure, Stretch

RATE_HZ = 48_000
RIM_S = 0.05
"""Left out at both ends of a stretch: fades, and the smear of the AAC encoder (a frame is 21 ms)."""
SILENT_DBFS = -50.0
"""Talk lies 25 dB and more above this after levelling; what an encoder leaves in silence 30 dB below it."""
BESIDE_TONE_DB = -30.0
"""What is heard beside a tone, against the tone."""
TONE_WIDTH_HZ = 60.0
BLOCK_S = 0.1
"""Judged in blocks: half a syllable in a long silence is found."""


class Hidden:
    """The check of one export.

    Args:
        export: whose sound is listened to.
        sound: what became of every moment of the clip's sound.
    """

    def __init__(self, export: Export, sound: Sequence[Stretch]) -> None:
        self._export = export
        self._wanted = [one for one in sound if one.is_hidden]
        self._bad: list[tuple[Stretch, float]] = []
        self._measured_s = 0.0
        self._loudest_dbfs = -120.0
        self._fault = ""
        if self._wanted and export.has_sound:
            try:
                self._listen(channels(export, RATE_HZ))
            except ToolError as error:
                self._fault = error.cause

    def _listen(self, heard: NDArray[np.float32]) -> None:
        offset_s = float(self._export.opening_frames / self._export.fps)
        for one in self._wanted:
            start, end = (round((offset_s + at) * RATE_HZ) for at in (one.start_s + RIM_S, one.end_s - RIM_S))
            length = round(BLOCK_S * RATE_HZ)
            for at in range(start, end, length):
                block = heard[:, at : min(at + length, end)]
                if block.shape[1] < length // 4:
                    continue
                self._measured_s += block.shape[1] / RATE_HZ
                # Each channel by itself: in their mean two that are each other's mirror are silent.
                loudest = max(map(level_dbfs if one.how == "mute" else beside_tone_db, block))
                limit = SILENT_DBFS if one.how == "mute" else BESIDE_TONE_DB
                self._loudest_dbfs = max(self._loudest_dbfs, loudest)
                if loudest > limit:
                    self._bad.append((one, offset_s + (at - start) / RATE_HZ + one.start_s))
                    break

    def findings(self) -> Iterator[Finding]:
        """Every stretch in which something is heard that should not be."""
        if self._fault:
            yield Finding("sound", self._export.format, None, self._fault, exposes=True)
        for one, time_s in self._bad:
            why = (one.why or one.voice or "speech").replace("_", " ")
            what = f"something is heard where a piece of the talk was hidden ({why})"
            yield Finding("sound", self._export.format, time_s, what, exposes=True)

    def measures(self) -> Iterator[Measure]:
        """How much was listened to, and the loudest that was left."""
        yield Measure("sound", self._export.format, "hidden_s", round(self._measured_s, 2))
        if self._measured_s:
            yield Measure("sound", self._export.format, "loudest_left_db", round(self._loudest_dbfs, 1))


def level_dbfs(block: NDArray[np.float32]) -> float:
    """The level of some samples, 1 being full scale."""
    return float(20 * np.log10(max(float(np.sqrt(np.square(block).mean())), 1e-6)))


def beside_tone_db(block: NDArray[np.float32]) -> float:
    """How loud everything is that is not the tone, against the tone; silence counts as nothing beside it."""
    if level_dbfs(block) < SILENT_DBFS:
        return -120.0
    power = np.square(np.abs(np.fft.rfft(block * np.hanning(len(block)))))
    pitch = np.fft.rfftfreq(len(block), 1 / RATE_HZ)
    is_tone = np.abs(pitch - TONE_HZ) <= TONE_WIDTH_HZ
    return float(10 * np.log10(max(float(power[~is_tone].sum() / max(power[is_tone].sum(), 1e-12)), 1e-12)))


def samples(export: Export, rate_hz: int) -> NDArray[np.float32]:
    """The sound mixed into one channel, 1 being full scale, shape (n,).

    Raises:
        ToolError: it cannot be decoded.
    """
    return np.asarray(channels(export, rate_hz, "mono")[0])


def channels(export: Export, rate_hz: int, layout: str = "stereo") -> NDArray[np.float32]:
    """The sound as a player gives it, 1 being full scale, shape (channels, n).

    Raises:
        ToolError: it cannot be decoded.
    """
    import av

    resampler = av.AudioResampler(format="fltp", layout=layout, rate=rate_hz)
    blocks: list[NDArray[np.float32]] = []
    try:
        with av.open(str(export.file.path)) as container:
            for stream in container.streams.audio[:1]:
                for frame in container.decode(stream):
                    blocks += [np.asarray(part.to_ndarray()) for part in resampler.resample(frame)]
    except av.FFmpegError as error:
        raise ToolError(f"the sound cannot be decoded: {error.strerror}") from error
    return np.concatenate(blocks, axis=1) if blocks else np.zeros((2, 0), np.float32)
