"""Whisper as OpenAI published it, on PyTorch: slower, the reference for the other engine."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

from pydantic import Field

from pipeline.engines import Engine, Line, Task
from pipeline.engines.faster_whisper import samples
from pipeline.errors import ToolError
from pipeline.settings.forms import Model
from pipeline.sound import whisper_format, whisper_tokens
from pipeline.values import Word

VERSION = 1
NEEDS_SOUND = True
NEEDS_WEIGHTS = True
TEMPERATURES = (0.0, 0.2, 0.4, 0.6)
SEED = 1


class Settings(Model):
    """How hard it searches."""

    beam: int = Field(5, ge=1, le=10, description="candidates followed at once; 1 is fastest")


def build(settings: Settings) -> Engine:
    """The engine; the weights are loaded when it is first asked."""
    return _OpenaiWhisper(settings)


class _OpenaiWhisper:
    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def recognise(self, path: Path, task: Task) -> tuple[Line, ...]:
        import torch

        assert task.model is not None
        whisper_tokens.check_language(task.language)
        model = _loaded(task.model)
        with torch.random.fork_rng(), warnings.catch_warnings():
            # It tells on every run that it falls back from Triton kernels, which no CPU has.
            warnings.filterwarnings("ignore", message="Failed to launch Triton kernels")
            torch.manual_seed(SEED)
            said = model.transcribe(
                samples(path),
                verbose=None,
                language=task.language,
                task="transcribe",
                fp16=False,
                beam_size=self._settings.beam,
                temperature=TEMPERATURES,
                word_timestamps=True,
                condition_on_previous_text=False,
                initial_prompt=whisper_tokens.prompt(task.glossary, task.language),
                carry_initial_prompt=True,
                hallucination_silence_threshold=task.silence_s,
            )
        return tuple(line for segment in said["segments"] if (line := _line(segment)).words)


def _loaded(path: Path) -> Any:
    """The model with OpenAI's own heads for word times, in 32-bit floats."""
    import torch
    from whisper.model import ModelDimensions, Whisper

    checkpoint = whisper_format.load(path)
    model = Whisper(ModelDimensions(**checkpoint["dims"]))
    try:
        model.load_state_dict(checkpoint["model_state_dict"])
    except RuntimeError as error:
        raise ToolError(f"model '{path.name}' lacks weights, or has too many") from error
    heads = torch.zeros(model.dims.n_text_layer, model.dims.n_text_head, dtype=torch.bool)
    for layer, head in whisper_format.alignment_heads(path.stem, *heads.shape):
        heads[layer, head] = True
    model.register_buffer("alignment_heads", heads.to_sparse(), persistent=False)
    return model.eval()


def _line(segment: Any) -> Line:
    words = tuple(
        Word(
            round(float(word["start"]), 3),
            round(float(word["end"]), 3),
            word["word"],
            round(float(word["probability"]), 4),
        )
        for word in segment.get("words", ())
    )
    return Line(words, segment["no_speech_prob"], segment["avg_logprob"], segment["compression_ratio"])
