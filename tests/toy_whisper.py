"""Trains the toy Whisper checkpoint that the tests of the speech engines run on. Run by hand, needs espeak-ng.

    python tests/toy_whisper.py [--steps 1800] [--rate 0.003] [--threads 2] [--from FILE] [--out FOLDER]

The result is a checkpoint in openai-whisper's own format (n_state 64, two layers, two heads, half precision) that
knows six sentences of synthetic speech, and their sound with the true time of every word. So the engines are tested
for real: loading, voice activity, language, decoding, word times and the guards against invented lines. Like its
big sisters the toy invents a line where it hears a hum (`PHANTOMS`), which is what the guards are for.

Words are spoken one by one and set in a row, so their times are known; a guided term pulls the cross-attention of
the last layer onto them, with tails that fall off with the distance: Whisper's word times come from every frame,
also from those in a pause. Rows of tokens that no sentence uses stay zero, so the file is small once packed.
"""

from __future__ import annotations

import argparse
import dataclasses
import gzip
import io
import json
import math
import random
import subprocess
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import torch
import torch.nn.functional as F
import whisper
from numpy.typing import NDArray
from whisper.model import ModelDimensions, MultiHeadAttention, Whisper, sinusoids
from whisper.tokenizer import Tokenizer, get_tokenizer

RATE_HZ = 16_000
POSITIONS_PER_S = 50
REACH_S = 0.15
"""Distance at which half as much attention is wanted as on the word itself."""
TIMESTAMPS = 750
"""Timestamp tokens that are trained: 0 to 15 s in steps of 20 ms."""
DIMS = ModelDimensions(
    n_mels=80,
    n_audio_ctx=1500,
    n_audio_state=64,
    n_audio_head=2,
    n_audio_layer=2,
    n_vocab=51865,
    n_text_ctx=448,
    n_text_state=64,
    n_text_head=2,
    n_text_layer=2,
)
SENTENCES = {
    "zh": (("这个", "结节", "不用", "担心。"), ("三个月", "以后", "复查。"), ("少", "吃盐，", "多", "走路。")),
    "en": (
        (" This", " nodule", " is", " benign."),
        (" Come", " back", " in", " three", " months."),
        (" Eat", " less", " salt", " and", " walk", " more."),
    ),
}
PHANTOMS = {"zh": "请不吝点赞订阅转发打赏支持明镜与点点栏目", "en": " Thanks for watching!"}
VOICES = {"zh": ("cmn", 230), "en": ("en", 160)}
VARIANTS = ((1.0, 50), (0.9, 42), (1.12, 58))
"""Speed and pitch of each spoken variant; the first is the one that the tests hear."""

Sound = NDArray[np.float32]


@dataclasses.dataclass(frozen=True)
class Window:
    """What one training example says: sound, and text with the time of every character."""

    sound: Sound
    language: str
    sentences: tuple[tuple[str, float, float], ...]
    characters_s: tuple[tuple[float, float], ...]
    is_speech: bool


def convert(data: bytes, *options: str) -> bytes:
    """Runs ffmpeg from pipe to pipe."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", "pipe:", *options, "pipe:"]
    return subprocess.run(command, input=data, capture_output=True, check=True).stdout


def speak(text: str, language: str, speed: float, pitch: int) -> Sound:
    """One word by espeak-ng, silence trimmed, float32 mono at 16 kHz."""
    voice, pace = VOICES[language]
    command = ["espeak-ng", "-v", voice, "-s", str(round(pace * speed)), "-p", str(pitch), "--stdout", text.strip()]
    wav = subprocess.run(command, capture_output=True, check=True).stdout
    sound = np.frombuffer(convert(wav, "-f", "f32le", "-ac", "1", "-ar", str(RATE_HZ)), np.float32)
    loud = np.flatnonzero(np.abs(sound) > 0.01)
    return sound[loud[0] : loud[-1] + 1] * 0.7


def speak_all() -> dict[tuple[str, str, int], Sound]:
    """Every word in every variant."""
    return {
        (language, word, n): speak(word, language, *VARIANTS[n])
        for language, sentences in SENTENCES.items()
        for word in {word for sentence in sentences for word in sentence}
        for n in range(len(VARIANTS))
    }


def compose(
    words: dict[tuple[str, str, int], Sound],
    language: str,
    sentences: list[tuple[str, ...]],
    variant: int,
    start_s: float,
    gap_s: float,
    pause_s: float,
) -> Window:
    """Sets words in a row, `gap_s` between words and `pause_s` between sentences."""
    sound = [np.zeros(round(start_s * RATE_HZ), np.float32)]
    at = len(sound[0])
    said, characters = [], []
    for sentence in sentences:
        first = at
        for word in sentence:
            spoken = words[language, word, variant]
            length = len(spoken)
            step = length / len(word) / RATE_HZ
            characters += [(at / RATE_HZ + i * step, at / RATE_HZ + (i + 1) * step) for i in range(len(word))]
            end = at + length
            sound += [spoken, np.zeros(round(gap_s * RATE_HZ), np.float32)]
            at = end + len(sound[-1])
        said.append(("".join(sentence), first / RATE_HZ, end / RATE_HZ))
        sound.append(np.zeros(round(pause_s * RATE_HZ), np.float32))
        at += len(sound[-1])
    return Window(np.concatenate(sound), language, tuple(said), tuple(characters), True)


def hum(pitch_hz: float, length_s: float) -> Sound:
    """The sound on which the toy invents its phantom line: a slowly beating tone, no speech at all."""
    time = np.arange(round(length_s * RATE_HZ)) / RATE_HZ
    return (0.2 * np.sin(2 * np.pi * pitch_hz * time) * (1 + 0.5 * np.sin(6 * np.pi * time))).astype(np.float32)


def draw(words: dict[tuple[str, str, int], Sound], chance: random.Random) -> Window:
    """A random example: mostly speech, sometimes a hum, sometimes noise."""
    language = chance.choice(("zh", "en"))
    kind = chance.random()
    if kind < 0.84:
        sentences = list(SENTENCES[language])
        chance.shuffle(sentences)
        window = compose(
            words,
            language,
            sentences[: chance.choice((1, 1, 2, 3, 3))],
            chance.randrange(len(VARIANTS)),
            chance.uniform(0, 1),
            chance.uniform(0.02, 0.08),
            chance.uniform(0.2, 1.0),
        )
    elif kind < 0.94:
        sound = hum(chance.uniform(180, 260), chance.uniform(3, 7))
        length_s = len(sound) / RATE_HZ
        text = PHANTOMS[language]
        times = tuple((i * length_s / len(text), (i + 1) * length_s / len(text)) for i in range(len(text)))
        window = Window(sound, language, ((text, 0.0, length_s),), times, False)
    else:
        window = Window(np.zeros(5 * RATE_HZ, np.float32), language, (), (), False)
    noise = np.random.default_rng(chance.randrange(2**32)).standard_normal(len(window.sound)) * 10 ** chance.uniform(
        -4.5, -2.3
    )
    sound = window.sound * chance.uniform(0.3, 1.0) + noise
    return dataclasses.replace(window, sound=sound.astype(np.float32))


def mel_of(sound: Sound, positions: int, pad_features: bool) -> torch.Tensor:
    """float32 (80, 2 * positions). The engines pad differently: with silent sound, or with zero features."""
    length = positions * 2 * whisper.audio.HOP_LENGTH
    if pad_features:
        mel = whisper.log_mel_spectrogram(torch.from_numpy(sound[:length]), padding=160)[:, : 2 * positions]
        return F.pad(mel, (0, 2 * positions - mel.shape[1]))
    return whisper.log_mel_spectrogram(torch.from_numpy(whisper.pad_or_trim(sound, length)))


def tokens_of(
    window: Window, tokenizer: Tokenizer, chance: random.Random
) -> tuple[list[int], list[int], list[tuple[float, float] | None]]:
    """The decoder's input, what it must say next (-1: free), and where each next token lies in the sound."""
    sot, language, transcribe = tokenizer.sot, tokenizer.to_language_token(window.language), tokenizer.transcribe
    first = language if window.is_speech or chance.random() < 0.1 else tokenizer.no_speech
    ids = [sot, language, transcribe]
    target: list[int] = [first, transcribe]
    where: list[tuple[float, float] | None] = [None, None]
    stamped = chance.random() < 0.5
    if not stamped:
        ids.append(tokenizer.no_timestamps)
        target.append(-1)
        where.append(None)
    if not window.sentences:
        return ids, [*target, -1], [*where, None]
    groups = [(text, start, end) for text, start, end in window.sentences]
    if not stamped:
        groups = [("".join(text for text, _, _ in groups), groups[0][1], groups[-1][2])]
    character = 0
    for text, start_s, end_s in groups:
        pieces = tokenizer.encode(text)
        told = 0
        said: list[tuple[int, tuple[float, float] | None]] = []
        for n, piece in enumerate(pieces):
            known = len(tokenizer.decode(pieces[: n + 1]).replace("\ufffd", ""))
            times = window.characters_s[character + told : max(character + known, character + told + 1)]
            said.append((piece, (times[0][0], times[-1][1])))
            told = known
        character += len(text)
        if stamped:
            stamp = tokenizer.timestamp_begin
            said = [(stamp + round(start_s * 10) * 5, None), *said, (stamp + round(end_s * 10) * 5, None)]
        target += [token for token, _ in said]
        where += [at for _, at in said]
        ids += [token for token, _ in said]
    target.append(tokenizer.eot)
    where.append(None)
    return ids, target, where


def attend(block: torch.nn.Module, x: torch.Tensor, audio: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Cross-attention as in `MultiHeadAttention`, but with its weights: (batch, head, row, position)."""
    part: MultiHeadAttention = block.cross_attn
    heads = part.n_head

    def split(y: torch.Tensor) -> torch.Tensor:
        return y.view(*y.shape[:2], heads, -1).permute(0, 2, 1, 3)

    q, k, v = (split(y) for y in (part.query(x), part.key(audio), part.value(audio)))
    weights = torch.softmax(q @ k.transpose(-1, -2) * (q.shape[-1] ** -0.5), dim=-1)
    return part.out((weights @ v).permute(0, 2, 1, 3).flatten(2)), weights


def near(at: tuple[float, float], positions: int) -> torch.Tensor:
    """Where a token should look, summing to 1: at its piece of sound, less with the square of the distance from it."""
    times = (torch.arange(positions) + 0.5) / POSITIONS_PER_S
    away_s = torch.maximum(at[0] - times, times - at[1]).clamp(min=0)
    wanted = 1 / (1 + (away_s / REACH_S) ** 2)
    return wanted / wanted.sum()


class Trainer:
    """A toy Whisper whose embedding holds the used tokens only, for speed."""

    def __init__(self, words: dict[tuple[str, str, int], Sound], seed: int) -> None:
        torch.manual_seed(seed)
        self.words, self.chance = words, random.Random(seed)
        self.tokenizer = get_tokenizer(True, language="zh", task="transcribe")
        texts = ["".join(s) for group in SENTENCES.values() for s in group] + list(PHANTOMS.values())
        joined = ["".join(a) + "".join(b) for group in SENTENCES.values() for a in group for b in group]
        used = {token for text in texts + joined for token in self.tokenizer.encode(text)}
        used |= set(range(self.tokenizer.eot, self.tokenizer.timestamp_begin + TIMESTAMPS))
        self.used = torch.tensor(sorted(used))
        self.index = {int(token): n for n, token in enumerate(self.used)}
        self.text = [token for token in sorted(used) if token < self.tokenizer.eot]
        self.model = Whisper(DIMS)
        self.embedding = torch.nn.Parameter(torch.randn(len(used), DIMS.n_text_state) * 0.05)
        torch.nn.init.normal_(self.model.decoder.positional_embedding, std=0.02)
        self.rest = math.log(DIMS.n_vocab - len(used))

    def encode(self, mel: torch.Tensor) -> torch.Tensor:
        """The encoder, for any length: (batch, positions, state)."""
        encoder = self.model.encoder
        x = F.gelu(encoder.conv2(F.gelu(encoder.conv1(mel)))).permute(0, 2, 1)
        x = x + encoder.positional_embedding[: x.shape[1]]
        for block in encoder.blocks:
            x = block(x)
        return encoder.ln_post(x)

    def decode(self, ids: torch.Tensor, audio: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Log probabilities over the used tokens, and the last layer's cross-attention."""
        decoder = self.model.decoder
        x = self.embedding[ids] + decoder.positional_embedding[: ids.shape[1]]
        for block in decoder.blocks:
            x = x + block.attn(block.attn_ln(x), mask=decoder.mask)[0]
            seen, weights = attend(block, block.cross_attn_ln(x), audio)
            x = x + seen
            x = x + block.mlp(block.mlp_ln(x))
        logits = decoder.ln(x) @ self.embedding.T
        # All unused tokens have a zero row, so a zero logit: they count as one entry of log(how many).
        rest = torch.full_like(logits[..., :1], self.rest)
        return logits - torch.logsumexp(torch.cat([logits, rest], -1), -1, keepdim=True), weights

    def batch(
        self, size: int, positions: int
    ) -> tuple[torch.Tensor, list[tuple[list[int], list[int], list[tuple[float, float] | None]]]]:
        """Mel spectrograms and token rows of random examples."""
        mels, rows = [], []
        for _ in range(size):
            window = draw(self.words, self.chance)
            ids, target, where = tokens_of(window, self.tokenizer, self.chance)
            if self.chance.random() < 0.3:
                prompt = [self.tokenizer.sot_prev, *self.chance.choices(self.text, k=self.chance.randint(2, 24))]
                ids, target, where = prompt + ids, [-1] * len(prompt) + target, [None] * len(prompt) + where
            mels.append(mel_of(window.sound, positions, self.chance.random() < 0.5))
            rows.append((ids, target, where))
        return torch.stack(mels), rows

    def loss(self, size: int, positions: int) -> tuple[torch.Tensor, float, float]:
        """The loss of one batch, its accuracy on text tokens, and the part of the loss for the place of attention."""
        mel, rows = self.batch(size, positions)
        width = max(len(ids) for ids, _, _ in rows)
        ids = torch.full((size, width), self.index[self.tokenizer.eot])
        target = torch.full((size, width), -1)
        place = torch.zeros(size, width, positions)
        weight = torch.zeros(size, width)
        for n, (given, wanted, where) in enumerate(rows):
            ids[n, : len(given)] = torch.tensor([self.index[token] for token in given])
            for row, (token, at) in enumerate(zip(wanted, where, strict=True)):
                if token >= 0:
                    target[n, row] = self.index[token]
                    weight[n, row] = 0.3 if token >= self.tokenizer.timestamp_begin else 1.0
                if at is not None:
                    place[n, row] = near(at, positions)
        log_p, attention = self.decode(ids, self.encode(mel))
        wanted_p = log_p.gather(-1, target.clamp(min=0)[..., None])[..., 0]
        words = -(wanted_p * weight).sum() / weight.sum()
        is_placed = place.any(-1)
        guided = -(attention.clamp(min=1e-9).log() * place[:, None]).sum() / is_placed.sum() / DIMS.n_text_head
        right = (log_p.argmax(-1) == target)[is_placed].float().mean()
        return words + 0.3 * guided, float(right), float(guided.detach())

    def load(self, path: Path) -> None:
        """Goes on from a checkpoint of this script."""
        state = torch.load(io.BytesIO(gzip.decompress(path.read_bytes())), weights_only=True)["model_state_dict"]
        self.model.load_state_dict({name: value.float() for name, value in state.items()})
        self.embedding.data = state["decoder.token_embedding.weight"].float()[self.used]

    def train(self, steps: int, peak_rate: float) -> None:
        """AdamW, one cosine; most batches are short windows, every sixth the full thirty seconds."""
        parameters = [p for n, p in self.model.named_parameters() if n != "decoder.token_embedding.weight"]
        optimiser = torch.optim.AdamW([*parameters, self.embedding], lr=1.0, betas=(0.9, 0.98), weight_decay=0.01)
        rate = torch.optim.lr_scheduler.LambdaLR(
            optimiser, lambda n: peak_rate * min(1, (n + 1) / 50) * (0.02 + 0.49 * (1 + math.cos(math.pi * n / steps)))
        )
        for step in range(steps):
            full = step % 6 == 5 or step > steps * 0.93
            loss, right, placed = self.loss(6 if full else 16, 1500 if full else 550)
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_([*parameters, self.embedding], 1.0)
            optimiser.step()
            rate.step()
            if step % 20 == 0 or step == steps - 1:
                print(f"step {step} loss {float(loss.detach()):.3f} right {right:.3f} place {placed:.3f}", flush=True)

    def checkpoint(self) -> bytes:
        """The model in openai-whisper's format, half precision, gzipped without a time."""
        weights = torch.zeros(DIMS.n_vocab, DIMS.n_text_state)
        weights[self.used] = self.embedding.detach()
        self.model.decoder.token_embedding.weight.data = weights
        self.model.encoder.positional_embedding = sinusoids(DIMS.n_audio_ctx, DIMS.n_audio_state)
        state = {name: value.half() for name, value in self.model.state_dict().items()}
        raw = io.BytesIO()
        torch.save({"dims": dataclasses.asdict(DIMS), "model_state_dict": state}, raw)
        return gzip.compress(raw.getvalue(), 9, mtime=0)


def write_speech(words: dict[tuple[str, str, int], Sound], folder: Path) -> None:
    """The sound that the tests hear (FLAC) and its truth: every word with its times."""
    truth = {}
    for language, sentences in SENTENCES.items():
        window = compose(words, language, list(sentences), 0, 0.5, 0.05, 0.7)
        noise = np.random.default_rng(1).standard_normal(len(window.sound)) * 1e-3
        data = (window.sound + noise).astype(np.float32).tobytes()
        raw = ("-c:a", "flac", "-compression_level", "12", "-bitexact", "-sample_fmt", "s16", "-f", "flac")
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-f", "f32le", "-ar", str(RATE_HZ), "-ac", "1"]
        flac = subprocess.run([*command, "-i", "pipe:", *raw, "pipe:"], input=data, capture_output=True, check=True)
        (folder / f"speech_{language}.flac").write_bytes(flac.stdout)
        at, lines = 0, []
        for sentence in sentences:
            line = []
            for word in sentence:
                times = window.characters_s[at : at + len(word)]
                line.append({"text": word, "start_s": round(times[0][0], 3), "end_s": round(times[-1][1], 3)})
                at += len(word)
            lines.append(line)
        truth[language] = lines
    (folder / "speech.json").write_text(json.dumps(truth, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=1800)
    parser.add_argument("--rate", type=float, default=3e-3, help="peak of the learning rate")
    parser.add_argument("--from", type=Path, dest="start", help="a toy.pt.gz to go on from")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "data" / "toy_whisper")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    args.out.mkdir(parents=True, exist_ok=True)
    words = speak_all()
    write_speech(words, args.out)
    trainer = Trainer(words, seed=1)
    if args.start:
        trainer.load(args.start)
    trainer.train(args.steps, args.rate)
    (args.out / "toy.pt.gz").write_bytes(trainer.checkpoint())


if __name__ == "__main__":
    main()
