"""Where in a clip's sound somebody speaks, by Silero's voice detector, which comes with faster-whisper.

It hears that there is a voice, not what it says: so speech is found that no engine turned into words.
"""

from __future__ import annotations

import functools
import hashlib
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import ToolError
from pipeline.values import Span
from pipeline.weights import in_package

VERSION = 1
THRESHOLD = 0.35
"""From this score on sound is taken for speech: that of the speech engine's own detector."""
PAD_S = 0.1
"""Speech begins and ends softly."""

_RATE_HZ = 16_000
_WINDOW = 512
"""Samples that get one score."""
_CONTEXT = 64
"""Samples of the window before that the network sees as well."""
_BLOCK = 1000
"""Windows heard at a time, half a minute."""
_TAPS = 63
"""Of the filter before two of three samples are dropped."""


def weights() -> Path:
    """The network's file, found without importing what it comes with.

    Raises:
        ToolError: faster-whisper is not installed, or is another version.
    """
    paths = in_package("faster_whisper", "assets/silero_vad_v6.onnx")
    if not paths:
        raise ToolError("the voice detector of faster-whisper 1.2 is not installed", "make, or pip install -e .")
    return paths[0]


def version() -> str:
    """What the result depends on beside the sound."""
    return f"{VERSION}-{hashlib.sha256(weights().read_bytes()).hexdigest()[:16]}"


def heard(path: Path) -> tuple[Span, ...]:
    """The pieces of a 48 kHz WAV in which somebody speaks, in its own time, a little wider than they are.

    Raises:
        ToolError: the network's file is missing.
    """
    found: list[Span] = []
    step_s = _WINDOW / _RATE_HZ
    for number in np.flatnonzero(_scores(path) >= THRESHOLD).tolist():
        start_s, end_s = max(0.0, number * step_s - PAD_S), (number + 1) * step_s + PAD_S
        if found and start_s <= found[-1].end_s:
            found[-1] = Span(found[-1].start_s, end_s)
        else:
            found.append(Span(start_s, end_s))
    return tuple(found)


def _scores(path: Path) -> NDArray[np.float32]:
    """A score from 0 to 1 for every window of 32 ms, one block after the other."""
    session = _session()
    h = c = np.zeros((1, 1, 128), np.float32)
    context = np.zeros(_CONTEXT, np.float32)
    scores = [np.zeros(0, np.float32)]
    for samples in _at_16_khz(path):
        windows = np.pad(samples, (0, -len(samples) % _WINDOW)).reshape(-1, _WINDOW)
        before = np.vstack([context, windows[:-1, -_CONTEXT:]])
        context = windows[-1, -_CONTEXT:]
        score, h, c = session.run(None, {"input": np.hstack([before, windows]), "h": h, "c": c})
        scores.append(score.reshape(-1))
    return np.concatenate(scores)


def _at_16_khz(path: Path) -> Iterator[NDArray[np.float32]]:
    """Blocks of one channel at a third of the rate, each of `_BLOCK` windows but the last."""
    places = np.arange(_TAPS) - _TAPS // 2
    taps = (np.sinc(places / 3) / 3 * np.hamming(_TAPS)).astype(np.float32)
    tail = np.zeros(_TAPS - 1, np.float32)
    with wave.open(str(path)) as file:
        while data := file.readframes(_BLOCK * _WINDOW * 3):
            samples = np.frombuffer(data, np.int16).reshape(-1, file.getnchannels()).mean(axis=1, dtype=np.float32)
            joined = np.concatenate([tail, samples / np.float32(32768)])
            tail = joined[-(_TAPS - 1) :]
            yield np.convolve(joined, taps, "valid")[::3]


@functools.cache
def _session() -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(weights()), options, providers=["CPUExecutionProvider"])
