"""What Whisper invents where nobody speaks, and how it is told from what was said.

A dropped line is a risk of its own: a name in it would be neither seen nor silenced. So a line goes only when its
text and the evidence agree, and the places of all that went are kept (`Transcript.dropped`).
Source: openai/whisper discussions 679 and 928; openai-whisper 20250625, transcribe.py; Koenecke et al., Careless
Whisper, FAccT 2024.
"""

from __future__ import annotations

import functools
import math
import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, TypeAdapter

from pipeline.engines import Line
from pipeline.folders import ASSETS
from pipeline.settings import strict_yaml
from pipeline.settings.forms import Model, as_tuple
from pipeline.values import Word

PHANTOMS = ASSETS / "phantoms.yaml"
NO_SPEECH = 0.6
UNLIKELY = -1.0
"""Whisper's own thresholds: above the first and below the second nothing was said."""
DOUBTFUL_NO_SPEECH = 0.3
DOUBTFUL_PROBABILITY = 0.5
REPEATS = 3
MAX_CHARACTERS_PER_S = 14.0
MIN_CHARACTERS_PER_S = 1.0
"""Nobody speaks faster than the first (fast Mandarin: 8); a line slower than the second is stretched over silence."""
LOOP_COMPRESSION = 2.4
ANOMALY = 3.0


class Phantom(Model):
    """A line that Whisper is known to invent."""

    text: str
    said: Literal["never", "sometimes"] = Field(description="sometimes: people do say it; then it takes evidence")
    source: str


@functools.cache
def phantoms(path: Path = PHANTOMS) -> tuple[Phantom, ...]:
    """The well-known inventions."""
    form = TypeAdapter(dict[str, Annotated[tuple[Phantom, ...], BeforeValidator(as_tuple)]])
    return form.validate_python(strict_yaml.load(path).data)["phantoms"]


def sift(
    lines: Sequence[Line], *, silence_s: float, known: Sequence[Phantom], prompt: str | None
) -> tuple[list[Line], list[Line]]:
    """Parts what was said from what was invented.

    Args:
        lines: in order of time.
        silence_s: how much silence on both sides makes a doubtful line an invented one.
        known: the phantom lines; empty: none is dropped for its text.
        prompt: what the engine was told beforehand; it sometimes repeats that.

    Returns:
        The lines that were said, and those that were dropped.
    """
    texts: dict[str, str] = {bare(one.text): one.said for one in known}
    if prompt:
        texts[bare(prompt)] = "sometimes"
    # Before the first line and after the last there is silence as far as anyone can know.
    ends_s, starts_s = [-math.inf, *(line.end_s for line in lines)], [*(line.start_s for line in lines[1:]), math.inf]
    kept: list[Line] = []
    dropped: list[Line] = []
    for line, before_s, after_s in zip(lines, ends_s, starts_s, strict=False):
        alone = line.start_s - before_s > silence_s and after_s - line.end_s > silence_s
        goes = is_silence(line) or is_phantom(line, texts) or (alone and is_anomalous(line))
        (dropped if goes else kept).append(line)
    kept, repeats = _without_loops(kept)
    return kept, sorted([*dropped, *repeats], key=lambda line: line.start_s)


def bare(text: str) -> str:
    """Letters and digits alone, in one width and case: how lines are compared."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text)).casefold()


def is_silence(line: Line) -> bool:
    """Whether Whisper itself says that there was no speech."""
    return line.no_speech > NO_SPEECH and line.log_probability < UNLIKELY


def is_phantom(line: Line, texts: dict[str, str]) -> bool:
    """Whether the whole line is one or several of the known inventions, and nothing speaks for it."""
    rest, worst = bare(line.text), "never"
    if not rest:
        return False
    while rest:
        found = next((text for text in sorted(texts, key=len, reverse=True) if rest.startswith(text)), None)
        if found is None:
            return False
        rest = rest[len(found) :]
        worst = "sometimes" if texts[found] == "sometimes" else worst
    return worst == "never" or is_doubtful(line)


def is_doubtful(line: Line) -> bool:
    """Whether anything speaks against a line: the odds, or a pace at which nobody talks."""
    mean = sum(word.probability for word in line.words) / len(line.words)
    return line.no_speech > DOUBTFUL_NO_SPEECH or mean < DOUBTFUL_PROBABILITY or _has_odd_pace(line)


def _has_odd_pace(line: Line) -> bool:
    length_s = max(line.end_s - line.start_s, 0.01)
    pace = len(bare(line.text)) / length_s
    return pace > MAX_CHARACTERS_PER_S or (pace < MIN_CHARACTERS_PER_S and length_s > 4)


def is_anomalous(line: Line) -> bool:
    """openai-whisper's test of a line for words that are very long, very short or very unlikely."""
    words = [word for word in line.words if bare(word.text)][:8]
    score = sum(_anomaly(word) for word in words)
    return bool(words) and (score >= ANOMALY or score + 0.01 >= len(words))


def _anomaly(word: Word) -> float:
    length_s = word.end_s - word.start_s
    score = 1.0 if word.probability < 0.15 else 0.0
    return score + max(0.0, 0.133 - length_s) * 15 + max(0.0, length_s - 2.0)


def _without_loops(lines: Sequence[Line]) -> tuple[list[Line], list[Line]]:
    """Keeps the first of a line that is repeated in a loop; what a person repeats has nothing against it and stays."""
    kept: list[Line] = []
    dropped: list[Line] = []
    at = 0
    while at < len(lines):
        end = at + 1
        while end < len(lines) and bare(lines[end].text) == bare(lines[at].text):
            end += 1
        run = lines[at:end]
        is_loop = len(run) >= REPEATS and sum(is_doubtful(line) for line in run) * 2 >= len(run)
        kept += run[:1] if is_loop else run
        dropped += run[1:] if is_loop else []
        at = end
    shortened = [_unlooped(line) for line in kept]
    cut = [rest for _, rest in shortened if rest is not None]
    return [line for line, _ in shortened], [*dropped, *cut]


def _unlooped(line: Line) -> tuple[Line, Line | None]:
    """A line whose words run in a loop, cut after the first round, and what was cut off."""
    if line.compression <= LOOP_COMPRESSION:
        return line, None
    texts = [bare(word.text) for word in line.words]
    for start in range(len(texts)):
        for length in range(1, (len(texts) - start) // REPEATS + 1):
            if texts[start:] == _tiled(texts[start : start + length], len(texts) - start):
                cut = start + length
                rest = Line(line.words[cut:], line.no_speech, line.log_probability)
                return Line(line.words[:cut], line.no_speech, line.log_probability), rest
    return line, None


def _tiled(unit: list[str], length: int) -> list[str]:
    return (unit * (length // len(unit) + 1))[:length]
