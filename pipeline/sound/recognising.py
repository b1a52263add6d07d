"""Speech to words by whichever engine is asked for, without what it invents, in simplified characters."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate
from pathlib import Path
from typing import Any

from pipeline import rooms, weights
from pipeline.config import Transcribe
from pipeline.engines import Engine, Line, Task
from pipeline.language import han
from pipeline.sound import guards, whisper_tokens

CHINESE = frozenset(("zh", "yue"))


def version(name: str, settings: Transcribe) -> dict[str, Any]:
    """What recognised words depend on besides sound and settings: the engine, its weights, the list of phantoms."""
    part = rooms.part("engines", name)
    return {
        "engine": name,
        "version": part.VERSION,
        "weights": weights.digest(settings.model) if part.NEEDS_WEIGHTS else "",
        "phantoms": hashlib.sha256(guards.PHANTOMS.read_bytes()).hexdigest() if settings.phantoms else "",
    }


def engine(name: str, settings: Transcribe) -> Engine:
    """An engine with what the channel says of it."""
    part = rooms.part("engines", name)
    built: Engine = part.build(getattr(settings, name, None) or part.Settings())
    return built


def heard(path: Path, name: str, language: str, settings: Transcribe) -> tuple[list[Line], Sequence[Line]]:
    """The lines that are said in a sound, and those that an engine only invented.

    Args:
        path: 16 kHz mono WAV.
        name: an engine that needs sound and weights.
        language: ISO 639 code of what is spoken.
        settings: which model, which guards.

    Raises:
        ConfigError: the engine does not know the language, or there is no such model.
        ToolError: the weights are missing.
    """
    task = Task(language, weights.find(settings.model), settings.glossary, settings.silence_s)
    lines = engine(name, settings).recognise(path, task)
    return guards.sift(
        [simplified(line) for line in lines] if language in CHINESE else lines,
        silence_s=settings.silence_s,
        known=guards.phantoms() if settings.phantoms else (),
        prompt=whisper_tokens.prompt(task.glossary, language),
    )


def simplified(line: Line) -> Line:
    """The line in simplified characters, word by word."""
    text = line.text
    simple = han.simplified(text)
    if len(simple) != len(text):
        parts = [han.simplified(word.text) for word in line.words]
    else:
        ends = list(accumulate(len(word.text) for word in line.words))
        parts = [simple[end - len(word.text) : end] for word, end in zip(line.words, ends, strict=True)]
    words = tuple(replace(word, text=part) for word, part in zip(line.words, parts, strict=True))
    return replace(line, words=words)
