"""Whisper's vocabulary, rebuilt from the file in openai-whisper's wheel, and the prompt that must fit its room.

Source: openai-whisper 20250625, tokenizer.py; GPT-2's byte-level byte pair encoding (openai/gpt-2, encoder.py).
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import ConfigError, ToolError

if TYPE_CHECKING:
    import tokenizers

PROMPT_TOKENS = 223
"""What fits before the speech: half of the decoder's 448 places less one (whisper/decoding.py)."""
MULTILINGUAL_VOCABULARY = 51865
"""Size of the vocabulary of the multilingual models; large-v3 has one language more."""
_LANGUAGES = 99
_TIMESTAMPS = 1501


def _ranks() -> list[bytes]:
    """The byte strings of the multilingual vocabulary, in order of rank; the wheel of openai-whisper carries them."""
    import whisper

    path = Path(whisper.__file__).parent / "assets" / "multilingual.tiktoken"
    lines = [line.split() for line in path.read_bytes().splitlines() if line]
    return [base64.b64decode(token) for token, rank in sorted(lines, key=lambda line: int(line[1]))]


def _specials(n_vocab: int) -> list[str]:
    from whisper.tokenizer import LANGUAGES

    languages = _LANGUAGES + n_vocab - MULTILINGUAL_VOCABULARY
    names = ["endoftext", "startoftranscript", *list(LANGUAGES)[:languages], "translate", "transcribe"]
    names += ["startoflm", "startofprev", "nospeech", "notimestamps"]
    return [f"<|{name}|>" for name in (*names, *(f"{i * 0.02:.2f}" for i in range(_TIMESTAMPS)))]


def _letters() -> dict[int, str]:
    """GPT-2's printable letter for every byte."""
    shown = [*range(33, 127), *range(161, 173), *range(174, 256)]
    hidden = [byte for byte in range(256) if byte not in shown]
    return {byte: chr(byte) for byte in shown} | {byte: chr(256 + n) for n, byte in enumerate(hidden)}


def vocabulary(n_vocab: int) -> list[str]:
    """Every token as it is written in a vocabulary file, in order of its number."""
    letters = _letters()
    tokens = ["".join(letters[byte] for byte in token) for token in _ranks()] + _specials(n_vocab)
    if len(tokens) != n_vocab:
        raise ToolError(f"a model with {n_vocab} tokens is not known", "use one of `clinicreel models list`")
    return tokens


def tokenizer(n_vocab: int) -> tokenizers.Tokenizer:
    """The same tokenizer as openai-whisper's, for `tokenizers`: the merges are found again from the ranks."""
    import tokenizers
    from tokenizers import decoders, models, pre_tokenizers

    letters, ranks = _letters(), _ranks()
    number = {token: rank for rank, token in enumerate(ranks)}
    words = ["".join(letters[byte] for byte in token) for token in ranks]
    merges = []
    for rank, token in enumerate(ranks):
        if len(token) > 1:
            left, right = _last_merge(token, rank, number)
            merges.append((words[number[left]], words[number[right]]))
    result = tokenizers.Tokenizer(models.BPE(vocab={word: n for n, word in enumerate(words)}, merges=merges))
    result.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    result.decoder = decoders.ByteLevel()
    result.add_special_tokens(_specials(n_vocab))
    return result


def _last_merge(token: bytes, rank: int, number: dict[bytes, int]) -> tuple[bytes, bytes]:
    """The two parts that byte pair encoding joins last to make a token."""
    parts = [bytes([byte]) for byte in token]
    while len(parts) > 2:
        best = min(range(len(parts) - 1), key=lambda at: number.get(parts[at] + parts[at + 1], rank))
        parts[best : best + 2] = [parts[best] + parts[best + 1]]
    return parts[0], parts[1]


def prompt(glossary: Sequence[str], language: str) -> str | None:
    """The glossary as one sentence that stands before the speech, cut to the room that there is.

    Later terms are left out first. None: there is no term.
    """
    if not glossary:
        return None
    from whisper.tokenizer import get_tokenizer

    encode = get_tokenizer(True, language=language, task="transcribe").encode
    between, end = ("、", "。") if language in ("zh", "yue", "ja") else (", ", ".")
    text = None
    for count in range(1, len(glossary) + 1):
        longer = between.join(glossary[:count]) + end
        if len(encode(f" {longer}")) > PROMPT_TOKENS:
            break
        text = longer
    return text


def check_language(language: str) -> None:
    """Raises `ConfigError` for a language that Whisper does not know."""
    from faster_whisper.tokenizer import _LANGUAGE_CODES

    if language not in _LANGUAGE_CODES:
        raise ConfigError(f"language: Whisper does not know '{language}'", "an ISO 639 code such as zh, yue or en")
