"""Room of speech engines: sound -> lines of words. A file here is a value of `transcribe.engine` in the YAML.

A part is a module with a form `Settings`, an integer `VERSION`, the constants `NEEDS_SOUND` and `NEEDS_WEIGHTS`, and
`build(settings) -> Engine`. It must give the same words for the same sound every time.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from pipeline.values import Named, Word


@dataclass(frozen=True, slots=True)
class Line:
    """Words that the engine gave as one, with the evidence on which the guards judge whether anyone said them.

    The defaults are those of a line that nobody doubts.
    """

    words: tuple[Word, ...]
    no_speech: float = 0.0
    """Probability that there is no speech at all."""
    log_probability: float = 0.0
    """Mean natural logarithm of the probability of its tokens."""
    compression: float = 1.0
    """Length of the text over its length compressed; a loop compresses well."""

    @property
    def text(self) -> str:
        return "".join(word.text for word in self.words)

    @property
    def start_s(self) -> float:
        return self.words[0].start_s

    @property
    def end_s(self) -> float:
        return self.words[-1].end_s


@dataclass(frozen=True, slots=True)
class Task:
    """What an engine is asked to do."""

    language: str
    """ISO 639 code."""
    model: Path | None = None
    """Weights in openai-whisper's format; None for engines that need none."""
    glossary: tuple[str, ...] = ()
    """Terms that are likely to be said, the most important first."""
    silence_s: float = 2.0
    """A doubtful line with this much silence on both sides was not said."""
    people: tuple[Named, ...] = ()
    """Whom a transcript may mark as speakers."""


class Engine(Protocol):
    """What `build` gives."""

    def recognise(self, path: Path, task: Task) -> tuple[Line, ...]:
        """The lines in order of time, each with at least one word, times in seconds from the start of the file.

        Args:
            path: 16 kHz mono WAV; for an engine without `NEEDS_SOUND` the transcript.
            task: language, weights and hints.

        Raises:
            ConfigError: the language or a setting cannot be honoured.
            RecordingError: the transcript is broken.
            ToolError: the weights cannot be used.
        """
        ...
