"""How likely each character of a Chinese text belongs to a person's name, by a network that comes with jieba.

jieba carries the weights of a small lexical analyser for a mode that needs PaddlePaddle. They are read from there, and
its two layers are done in numpy: the answer wanted is not the one best reading, but how sure each character is.

Source: Jiao, Sun, Sun: Chinese Lexical Analysis with Deep Bi-GRU-CRF Network, arXiv 1807.01882.
"""

from __future__ import annotations

import functools
import re
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import ToolError
from pipeline.weights import in_package

Floats = NDArray[np.float32]

HIDDEN = 128
"""Width of each direction of a layer."""
LAYERS = ((0, 1), (2, 3))
"""Numbers of the forward and the backward cell of each layer."""
UNKNOWN = "OOV"
_SENTENCE = re.compile(r"[^。！？!?\n]*[。！？!?\n]*")


@dataclass(frozen=True, slots=True)
class Sure:
    """A text's characters: how likely each is part of a person's name, and how likely one begins there; shape (n,)."""

    within: Floats
    begins: Floats


@functools.lru_cache(maxsize=16)
def person_tags(text: str) -> Sure:
    """Reads a text sentence by sentence, as the network was taught to.

    Raises:
        ToolError: the installed jieba has no such network.
    """
    pieces = [_sentence(piece) for piece in _SENTENCE.findall(text) if piece]
    within, begins = zip(*pieces, strict=True) if pieces else ((np.zeros(0, np.float32),),) * 2
    return Sure(np.concatenate(within), np.concatenate(begins))


def weights() -> Path:
    """The folder of the network.

    Raises:
        ToolError: the installed jieba has no such network.
    """
    paths = in_package("jieba", "lac_small/word.dic", "lac_small/tag.dic", "lac_small/model_baseline/crfw")
    if not paths:
        raise ToolError("jieba is not installed, or has no lexical analyser", "pip install -c constraints.txt jieba")
    return paths[0].parent


@dataclass(frozen=True)
class _Layer:
    """Gated recurrent units of one layer, those that read forward and those that read backward: shapes (2, ...)."""

    inward: Floats
    bias: Floats
    gates: Floats
    candidate: Floats


@dataclass(frozen=True)
class _Network:
    """What the files of the network say; `chain` scores a tag as the first one, as the last one, and behind another."""

    characters: dict[str, int]
    people: list[int]
    beginning: list[int]
    embedding: Floats
    layers: tuple[_Layer, ...]
    outward: tuple[Floats, Floats]
    chain: tuple[Floats, Floats, Floats]


@functools.cache
def _network() -> _Network:
    folder = weights()
    named = {path.name: _tensor(path.read_bytes()) for path in (folder / "model_baseline").iterdir()}
    tags = _numbers(folder / "tag.dic")
    people = {tag: number for tag, number in tags.items() if tag.startswith(("PER", "nr"))}
    chain = named["crfw"]
    return _Network(
        characters=_numbers(folder / "word.dic"),
        people=list(people.values()),
        beginning=[number for tag, number in people.items() if tag.endswith("-B")],
        embedding=named["word_emb"],
        layers=tuple(_units(named, cells) for cells in LAYERS),
        outward=(named["fc_4.w_0"], named["fc_4.b_0"]),
        chain=(chain[0], chain[1], np.exp(chain[2:])),
    )


def _units(named: dict[str, Floats], cells: tuple[int, int]) -> _Layer:
    flat = [named[f"gru_{at}.w_0"].reshape(-1) for at in cells]
    cut = 2 * HIDDEN * HIDDEN
    return _Layer(
        inward=np.stack([named[f"fc_{at}.w_0"] for at in cells]),
        bias=np.stack([named[f"fc_{at}.b_0"] + named[f"gru_{at}.b_0"].reshape(-1) for at in cells])[:, None],
        gates=np.stack([one[:cut].reshape(HIDDEN, 2 * HIDDEN) for one in flat]),
        candidate=np.stack([one[cut:].reshape(HIDDEN, HIDDEN) for one in flat]),
    )


def _numbers(path: Path) -> dict[str, int]:
    rows = (line.split("\t") for line in path.read_text("utf-8").splitlines())
    return {row[1]: int(row[0]) for row in rows if len(row) == 2}


def _tensor(content: bytes) -> Floats:
    """A tensor as PaddlePaddle 1 writes it: versions, a protobuf with the sides as varints under tag 2, the numbers."""
    start = struct.calcsize("<IQI")
    (length,) = struct.unpack_from("<i", content, start)
    said = content[start + 4 : start + 4 + length]
    sides, at = [], 2
    while at < length:
        end = next(end for end in range(at + 1, length) if said[end] < 0x80)
        sides.append(sum((byte & 0x7F) << 7 * place for place, byte in enumerate(said[at + 1 : end + 1])))
        at = end + 1
    return np.frombuffer(content, np.float32, offset=start + 4 + length).reshape(sides)


def _sentence(text: str) -> tuple[Floats, Floats]:
    """What `Sure` says of one sentence."""
    network = _network()
    known = network.characters
    features = network.embedding[[known.get(one.lower(), known[UNKNOWN]) for one in text]]
    for layer in network.layers:
        features = _read(features, layer)
    weight, bias = network.outward
    share = _shares(np.stack([one @ weight for one in features]) + bias, *network.chain)
    return share[:, network.people].sum(axis=1), share[:, network.beginning].sum(axis=1)


def _read(features: Floats, layer: _Layer) -> Floats:
    """What a layer makes of features of shape (n, width), read from both ends: shape (n, 2 * HIDDEN).

    Character by character also where one product would do: numpy shares large ones out to threads, which on a busy
    machine wait for each other a hundred times longer than they work.
    """
    both = np.stack([features, features[::-1]])[:, :, None]
    state = np.zeros((2, 1, HIDDEN), np.float32)
    states = np.empty((2, len(features), HIDDEN), np.float32)
    for at in range(len(features)):
        step = both[:, at] @ layer.inward + layer.bias
        gate = 1 / (1 + np.exp(-(step[:, :, : 2 * HIDDEN] + state @ layer.gates)))
        update, reset = gate[:, :, :HIDDEN], gate[:, :, HIDDEN:]
        fresh = np.tanh(step[:, :, 2 * HIDDEN :] + (reset * state) @ layer.candidate)
        state += update * (fresh - state)
        states[:, at] = state[:, 0]
    return np.concatenate([states[0], states[1, ::-1]], axis=1)


def _shares(scores: Floats, first: Floats, last: Floats, between: Floats) -> Floats:
    """How likely each tag is at each character, over all readings: sums from both ends; shape (n, tags)."""
    ahead, behind = np.empty_like(scores), np.empty_like(scores)
    ahead[0], behind[-1] = first + scores[0], last
    for at in range(1, len(scores)):
        ahead[at] = _log_sum(ahead[at - 1], between) + scores[at]
        behind[-1 - at] = _log_sum(behind[-at] + scores[-at], between.T)
    logs = ahead + behind
    return np.asarray(np.exp(logs - np.logaddexp.reduce(logs, axis=1, keepdims=True)), np.float32)


def _log_sum(sums: Floats, between: Floats) -> Floats:
    """Of the sums of all tags before one, the logarithm; `between` are no logarithms."""
    most = sums.max()
    return np.asarray(np.log(np.exp(sums - most) @ between) + most, np.float32)
