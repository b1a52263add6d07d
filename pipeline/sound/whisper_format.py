"""openai-whisper's checkpoint, and the form of it that CTranslate2 reads.

So one verified file serves both speech engines: the official checkpoint is converted here, once, on the user's own
machine, and no conversion by a third party has to be trusted or fetched.
Source: ctranslate2 4.8, converters/transformers.py, WhisperLoader; openai-whisper 20250625, model.py.
"""

from __future__ import annotations

import base64
import json
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.errors import ToolError
from pipeline.sound.whisper_tokens import MULTILINGUAL_VOCABULARY, tokenizer, vocabulary
from pipeline.store import space_errors

if TYPE_CHECKING:
    import torch

VERSION = 1


def load(path: Path) -> dict[str, Any]:
    """A checkpoint: `dims` and `model_state_dict`, read without running any code of the file.

    Raises:
        ToolError: it is no multilingual checkpoint in openai-whisper's format.
    """
    import pickle
    import warnings

    import torch

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            checkpoint = torch.load(path, map_location="cpu", weights_only=True)
        known = dict(checkpoint["dims"]), checkpoint["model_state_dict"]
    except (pickle.UnpicklingError, RuntimeError, EOFError, KeyError, TypeError, ValueError) as error:
        raise ToolError(
            f"model '{path.name}' is not a checkpoint in openai-whisper's format", "use one of `clinicreel models list`"
        ) from error
    if known[0]["n_vocab"] < MULTILINGUAL_VOCABULARY:
        raise ToolError(f"model '{path.name}' knows English only", "use one without .en in its name")
    return {"dims": known[0], "model_state_dict": known[1]}


def alignment_heads(name: str, layers: int, heads: int) -> list[list[int]]:
    """The cross-attention heads that follow the sound: OpenAI's for its own models, else the upper half of them."""
    import gzip

    import numpy as np
    from whisper import _ALIGNMENT_HEADS

    if name in _ALIGNMENT_HEADS:
        flat = np.frombuffer(gzip.decompress(base64.b85decode(_ALIGNMENT_HEADS[name])), bool)
        if flat.size == layers * heads:
            return [[int(layer), int(head)] for layer, head in np.argwhere(flat.reshape(layers, heads))]
    return [[layer, head] for layer in range(layers // 2, layers) for head in range(heads)]


def converted(model: Path, sha256: str) -> Path:
    """The folder of a checkpoint as faster-whisper reads it (int8), made beside it when it is not there yet.

    Args:
        model: the checkpoint.
        sha256: of its bytes; names the folder.

    Raises:
        ToolError: the checkpoint is of another kind, or the folder cannot be written.
    """
    target = model.parent / "converted" / f"{model.stem}-{sha256[:16]}-{VERSION}"
    if target.is_dir():
        return target
    checkpoint = load(model)
    try:
        with space_errors():
            target.parent.mkdir(parents=True, exist_ok=True)
            part = Path(tempfile.mkdtemp(dir=target.parent, prefix=".part-"))
            try:
                _convert(checkpoint, model.stem, part)
                part.chmod(0o755)
                part.rename(target)
            except OSError:
                # Another process may have been quicker; its folder says the same.
                if not target.is_dir():
                    raise
            finally:
                shutil.rmtree(part, ignore_errors=True)
    except OSError as error:
        raise ToolError(f"{target.parent} cannot be written", "name a folder of yours in CLINICREEL_MODELS") from error
    return target


def _convert(checkpoint: dict[str, Any], name: str, folder: Path) -> None:
    from ctranslate2.specs.whisper_spec import WhisperSpec

    dims, weights = checkpoint["dims"], checkpoint["model_state_dict"]
    spec = WhisperSpec(dims["n_audio_layer"], dims["n_audio_head"], dims["n_text_layer"], dims["n_text_head"])
    _fill_encoder(spec.encoder, weights)
    _fill_decoder(spec.decoder, weights)
    tokens = vocabulary(dims["n_vocab"])
    spec.register_vocabulary(tokens)
    spec.config.suppress_ids = []
    spec.config.suppress_ids_begin = [tokens.index("Ġ"), tokens.index("<|endoftext|>")]
    start = tokens.index("<|startoftranscript|>")
    spec.config.lang_ids = list(range(start + 1, tokens.index("<|translate|>")))
    spec.config.alignment_heads = alignment_heads(name, dims["n_text_layer"], dims["n_text_head"])
    spec.validate()
    spec.optimize(quantization="int8")
    spec.save(str(folder))
    tokenizer(dims["n_vocab"]).save(str(folder / "tokenizer.json"), pretty=False)
    features = {"feature_size": dims["n_mels"]}
    (folder / "preprocessor_config.json").write_text(json.dumps(features), encoding="utf-8")


def _fill_encoder(spec: Any, weights: dict[str, torch.Tensor]) -> None:
    for name in ("conv1", "conv2"):
        conv = getattr(spec, name)
        conv.weight, conv.bias = _plain(weights[f"encoder.{name}.weight"]), _plain(weights[f"encoder.{name}.bias"])
    spec.position_encodings.encodings = _plain(weights["encoder.positional_embedding"])
    _fill_norm(spec.layer_norm, weights, "encoder.ln_post")
    for number, layer in enumerate(spec.layer):
        place = f"encoder.blocks.{number}"
        _fill_self_attention(layer.self_attention, weights, place)
        _fill_feed_forward(layer.ffn, weights, place)


def _fill_decoder(spec: Any, weights: dict[str, torch.Tensor]) -> None:
    embedding = _plain(weights["decoder.token_embedding.weight"])
    spec.embeddings.weight, spec.projection.weight = embedding, embedding
    spec.position_encodings.encodings = _plain(weights["decoder.positional_embedding"])
    _fill_norm(spec.layer_norm, weights, "decoder.ln")
    for number, layer in enumerate(spec.layer):
        place = f"decoder.blocks.{number}"
        _fill_self_attention(layer.self_attention, weights, place)
        _fill_norm(layer.attention.layer_norm, weights, f"{place}.cross_attn_ln")
        _fill_linear(layer.attention.linear[0], weights, f"{place}.cross_attn.query")
        _fill_linear(layer.attention.linear[1], weights, f"{place}.cross_attn.key", f"{place}.cross_attn.value")
        _fill_linear(layer.attention.linear[2], weights, f"{place}.cross_attn.out")
        _fill_feed_forward(layer.ffn, weights, place)


def _fill_self_attention(spec: Any, weights: dict[str, torch.Tensor], place: str) -> None:
    _fill_norm(spec.layer_norm, weights, f"{place}.attn_ln")
    _fill_linear(spec.linear[0], weights, *(f"{place}.attn.{part}" for part in ("query", "key", "value")))
    _fill_linear(spec.linear[1], weights, f"{place}.attn.out")


def _fill_feed_forward(spec: Any, weights: dict[str, torch.Tensor], place: str) -> None:
    _fill_norm(spec.layer_norm, weights, f"{place}.mlp_ln")
    _fill_linear(spec.linear_0, weights, f"{place}.mlp.0")
    _fill_linear(spec.linear_1, weights, f"{place}.mlp.2")


def _fill_norm(spec: Any, weights: dict[str, torch.Tensor], place: str) -> None:
    spec.gamma, spec.beta = _plain(weights[f"{place}.weight"]), _plain(weights[f"{place}.bias"])


def _fill_linear(spec: Any, weights: dict[str, torch.Tensor], *places: str) -> None:
    """One linear layer from one or several that are computed together; a key has no bias, which is a bias of 0."""
    import numpy as np

    matrices = [_plain(weights[f"{place}.weight"]) for place in places]
    biases = [
        _plain(weights[f"{place}.bias"]) if f"{place}.bias" in weights else np.zeros(len(matrix), np.float32)
        for place, matrix in zip(places, matrices, strict=True)
    ]
    spec.weight, spec.bias = np.concatenate(matrices), np.concatenate(biases)


def _plain(weight: torch.Tensor) -> Any:
    return weight.float().numpy()
