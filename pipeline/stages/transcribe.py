"""Transcribe: the words of the whole recording, with their times.

A transcript beside the footage always wins. Otherwise an engine listens, and the guards take out what it invented.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from pipeline import media, rooms
from pipeline.config import Transcribe
from pipeline.engines import Line, Task
from pipeline.errors import RecordingError
from pipeline.language import turns
from pipeline.sound import recognising
from pipeline.values import Named, Source, Span, Transcript, Word

VERSION = 4
SHORTEST_S = 0.02
"""A word lasts at least one of Whisper's time steps, so that a bleep over it lasts too."""
SPARE_S = 1.0
"""So much may a transcript run past the recording: subtitlers hold the last line a little."""


def depends(source: Source, sidecar: Path | None, settings: Transcribe) -> dict[str, Any]:
    """What the words depend on besides the inputs: the engine's version, its weights, the list of phantoms."""
    return recognising.version(_engine(source, sidecar, settings), settings)


def transcribe(
    source: Source,
    sidecar: Path | None,
    language: str,
    people: tuple[Named, ...],
    settings: Transcribe,
    *,
    out: Path,
) -> Transcript:
    """Recognises every word of the recording, or reads them from its transcript.

    Args:
        source: the recording; its sound is used, never its picture.
        sidecar: a transcript beside the footage; it is believed without guards.
        language: ISO 639 code of what is spoken.
        people: whom the transcript may mark as speakers.
        settings: which engine, which model, which guards.
        out: the step's own folder, for the sound while it is being heard.

    Returns:
        The words in order of time; none where the recording has no usable sound and no transcript.

    Raises:
        ConfigError: the engine does not know the language, or there is no such model.
        RecordingError: the transcript is broken, or belongs to another recording.
        ToolError: the weights are missing.
    """
    name = _engine(source, sidecar, settings)
    lines: Sequence[Line] = ()
    dropped: Sequence[Line] = ()
    if sidecar is not None:
        lines = recognising.engine(name, settings).recognise(sidecar, Task(language, people=people))
        _check_fits(lines, source)
        if language in recognising.CHINESE:
            lines = [recognising.simplified(line) for line in lines]
    elif rooms.part("engines", name).NEEDS_SOUND:
        sound = media.speech(source, out)
        lines, dropped = recognising.heard(sound, name, language, settings)
        sound.unlink()
    elif name == "sidecar":
        raise RecordingError("there is no transcript beside the footage", "put one there, or set `transcribe.engine`")
    words = tuple(_tidy(turns.numbered(line.words for line in lines), source.duration_s))
    gone = tuple(Span(line.start_s, min(line.end_s, source.duration_s)) for line in dropped)
    return Transcript(name, language, source.duration_s, words, gone)


def _engine(source: Source, sidecar: Path | None, settings: Transcribe) -> str:
    if sidecar is not None:
        return "sidecar"
    return settings.engine if source.audio_index is not None or settings.engine == "sidecar" else "none"


def _check_fits(lines: Sequence[Line], source: Source) -> None:
    if not lines:
        return
    end_s = max(line.end_s for line in lines)
    if end_s > source.duration_s + SPARE_S:
        raise RecordingError(
            f"the transcript runs to {end_s:.2f} s, the recording only to {source.duration_s:.2f} s",
            "it belongs to another recording, or to an uncut version of this one",
        )


def _tidy(words: Iterable[Word], duration_s: float) -> Iterable[Word]:
    """Words in order of time, inside the recording, none without length."""
    for word in turns.in_time(words):
        start_s = min(max(word.start_s, 0.0), max(duration_s - SHORTEST_S, 0.0))
        yield replace(word, start_s=start_s, end_s=max(min(word.end_s, duration_s), start_s + SHORTEST_S))
