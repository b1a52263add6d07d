"""Whisper on CTranslate2: int8 on the CPU, Silero voice detection, several pieces of speech at once.

The batched pipeline is fast but leaves out what the plain one does against invented text: it neither tries again at a
higher temperature nor looks at silence. Here a piece whose text loops or is unlikely goes through the plain one again.
Source: faster_whisper 1.2.1, transcribe.py, `BatchedInferencePipeline.transcribe`, "Unused Arguments".
"""

from __future__ import annotations

import logging
import wave
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import Field

from pipeline import progress, weights
from pipeline.engines import Engine, Line, Task
from pipeline.settings.forms import Model, Share
from pipeline.sound import whisper_format, whisper_tokens
from pipeline.values import Word

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

VERSION = 1
NEEDS_SOUND = True
NEEDS_WEIGHTS = True
RATE_HZ = 16_000
MAX_COMPRESSION = 2.4
"""Text that compresses better than this is a loop (openai-whisper's `compression_ratio_threshold`)."""
MIN_LOG_PROBABILITY = -1.0
"""A less likely text is tried again (openai-whisper's `logprob_threshold`)."""
AGAIN_TEMPERATURES = (0.0, 0.2, 0.4, 0.6)
MIN_SILENCE_MS = 500
PAD_MS = 250
SEED = 1


class Settings(Model):
    """How hard it searches."""

    beam: int = Field(5, ge=1, le=10, description="candidates followed at once; 1 is fastest")
    batch: int = Field(8, ge=1, le=32, description="pieces of speech decoded at once; fewer need less memory")
    voice: Share = Field(0.35, description="from this score on the voice detector takes sound for speech")


def build(settings: Settings) -> Engine:
    """The engine; the weights are converted and loaded when it is first asked."""
    return _FasterWhisper(settings)


class _FasterWhisper:
    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def recognise(self, path: Path, task: Task) -> tuple[Line, ...]:
        import ctranslate2
        import faster_whisper

        assert task.model is not None
        whisper_tokens.check_language(task.language)
        logging.getLogger("faster_whisper").setLevel(logging.ERROR)
        folder = whisper_format.converted(task.model, weights.sha256_of_weights(task.model))
        # A folder's path: with a name, the library would ask the network.
        model = faster_whisper.WhisperModel(str(folder), device="cpu", compute_type="int8", local_files_only=True)
        ctranslate2.set_random_seed(SEED)
        sound = samples(path)
        segments, _ = faster_whisper.BatchedInferencePipeline(model).transcribe(
            sound,
            batch_size=self._settings.batch,
            vad_filter=True,
            vad_parameters={
                "threshold": self._settings.voice,
                "min_silence_duration_ms": MIN_SILENCE_MS,
                "speech_pad_ms": PAD_MS,
            },
            without_timestamps=True,
            **self._options(task),
        )
        lines: list[Line] = []
        for segment in segments:
            lines += self._checked(model, sound, segment, task)
            progress.report(round(segment.end), round(len(sound) / RATE_HZ))
        return tuple(sorted(lines, key=lambda line: line.start_s))

    def _options(self, task: Task) -> dict[str, Any]:
        return {
            "language": task.language,
            "task": "transcribe",
            "beam_size": self._settings.beam,
            "temperature": 0.0,
            "word_timestamps": True,
            "condition_on_previous_text": False,
            "initial_prompt": whisper_tokens.prompt(task.glossary, task.language),
        }

    def _checked(self, model: Any, sound: NDArray[np.float32], segment: Any, task: Task) -> list[Line]:
        """The segment as a line, or what the plain pipeline makes of the same sound if it is unlikely or a loop."""
        if segment.compression_ratio <= MAX_COMPRESSION and segment.avg_logprob >= MIN_LOG_PROBABILITY:
            return _lines([segment], 0.0)
        first = max(0, round(segment.start * RATE_HZ))
        options = {**self._options(task), "temperature": list(AGAIN_TEMPERATURES)}
        again, _ = model.transcribe(
            sound[first : round(segment.end * RATE_HZ)],
            hallucination_silence_threshold=task.silence_s,
            **options,
        )
        return _lines(list(again), first / RATE_HZ)


def samples(path: Path) -> NDArray[np.float32]:
    """A 16 kHz mono WAV of 16-bit samples as numbers from -1 to 1."""
    import numpy as np

    with wave.open(str(path)) as file:
        data = np.frombuffer(file.readframes(file.getnframes()), np.int16)
    return data.astype(np.float32) / np.float32(32768)


def _lines(segments: list[Any], offset_s: float) -> list[Line]:
    lines = []
    for segment in segments:
        words = tuple(
            Word(
                round(float(word.start) + offset_s, 3),
                round(float(word.end) + offset_s, 3),
                word.word,
                round(float(word.probability), 4),
            )
            for word in segment.words or ()
        )
        if words:
            lines.append(Line(words, segment.no_speech_prob, segment.avg_logprob, segment.compression_ratio))
    return lines
