"""What is still heard on the exports of the reference input: of what identifies someone, and of everything else.

Measured over the true span of every piece of talk; how much louder the whole clip was made is taken off. `words` has
the true times of every piece, `lines` those of whole lines alone, so that more must be hidden around what identifies
someone. Voices are told apart by the marks in the transcript.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.engines.sidecar import spread
from tests.bench import rooms
from tests.bench.leaks import sound

HEAD = "| what | measured | target | |"
RATE_HZ = 16_000
Samples = NDArray[np.float32]


@dataclass(frozen=True)
class Piece:
    """A piece of the reference input's talk between two pauses, or up to what identifies someone."""

    start_s: float
    end_s: float
    speaker: str
    text: str
    kind: str = ""


PIECES = (
    Piece(0.80, 2.05, "doctor", "王小明，", "name"),
    Piece(2.26, 3.22, "doctor", "你好，"),
    Piece(3.45, 6.64, "doctor", "把片子给我看看。"),
    Piece(7.74, 8.56, "patient", "医生，"),
    Piece(8.75, 9.57, "patient", "我叫"),
    Piece(9.57, 10.79, "patient", "王小明，", "name"),
    Piece(11.03, 11.94, "patient", "今年"),
    Piece(11.94, 13.30, "patient", "五十二岁，"),
    Piece(13.53, 14.44, "patient", "家住"),
    Piece(14.44, 16.73, "patient", "荣县双古镇。", "town"),
    Piece(17.88, 22.03, "doctor", "片子上这个肺结节不大，"),
    Piece(22.25, 23.65, "doctor", "六毫米，"),
    Piece(23.88, 25.75, "doctor", "不要紧张。"),
    Piece(26.87, 28.76, "patient", "我的电话是"),
    Piece(28.76, 32.92, "patient", "幺三八零零幺三八零零零。", "phone"),
    Piece(34.05, 36.47, "doctor", "不要乱吃药，"),
    Piece(36.68, 39.47, "doctor", "三个月以后复查。"),
    Piece(40.57, 41.41, "patient", "谢谢"),
    Piece(41.41, 42.68, "patient", "李医生。", "name"),
)
"""Pauses as they lie in the recording; between two of them as espeak-ng divides the same words at the same speed. The
age of 52 identifies nobody by itself."""


CASE = """clips: [{from: "0", to: 44.2}]
people:
  - {id: p1, role: patient, names: [王小明]}
"""


def rows() -> Iterator[str]:
    """The figures as rows of a Markdown table."""
    raw = sound(rooms.SCENE)
    with tempfile.TemporaryDirectory() as name:
        for times, hide in (("words", "mute"), ("words", "beep"), ("lines", "mute")):
            made = _built(times, hide, Path(name) / f"{times}-{hide}")
            what = f"times of {times}, {hide}"
            yield from (f"| {what}: {row} |" for row in (_silence if hide == "mute" else _tone)(made))
            yield from (f"| {what}: {row} |" for row in _rest(raw, made))


def _built(times: str, hide: str, folder: Path) -> Samples:
    """The sound of an export."""
    folder.mkdir()
    more = f"sound: {{hide: {hide}}}\nexport: {{preset: ultrafast}}\n"
    channel = rooms.make_channel(folder, "bilibili", more)
    case = rooms.make_case(folder / "scene", rooms.SCENE, rooms.lines_of_scene(), CASE)
    if times == "words":
        words = [word for piece in PIECES for word in _words(piece)]
        (case / "transcript.json").write_text(json.dumps({"words": words}), encoding="utf-8")
    clip = rooms.answer(rooms.build([case], channel, folder / "work"))["clips"][0]
    return sound(Path(clip["exports"][0]["path"]))


def _words(piece: Piece) -> Iterator[dict[str, Any]]:
    for word in spread(piece.text, piece.start_s, piece.end_s):
        yield {"start_s": word.start_s, "end_s": word.end_s, "text": word.text, "speaker": piece.speaker}


def _silence(made: Samples) -> Iterator[str]:
    for piece in PIECES:
        if piece.kind:
            loudest = max(_dbfs(made[at : at + RATE_HZ // 50]) for at in range(*_bounds(piece), RATE_HZ // 50))
            yield f"{piece.kind} at {piece.start_s:.1f} s, its loudest 20 ms | {loudest:.0f} dBFS | <= -60 |"


def _tone(made: Samples) -> Iterator[str]:
    """What is left when the tone is taken out of what identifies someone."""
    for piece in PIECES:
        if piece.kind:
            part = _of(made, piece)
            turns = 2 * np.pi * 1000 / RATE_HZ * np.arange(len(part))
            waves = np.stack([np.sin(turns), np.cos(turns)], axis=1)
            rest = part - waves @ np.linalg.lstsq(waves, part, rcond=None)[0]
            figures = f"{_dbfs(part):.0f} dBFS, without its tone {_dbfs(rest):.0f} dBFS"
            yield f"{piece.kind} at {piece.start_s:.1f} s | {figures} | 40 dB less |"


def _rest(raw: Samples, made: Samples) -> Iterator[str]:
    """Level of everything else, and how like the recording's wave it is."""
    rest = [piece for piece in PIECES if not piece.kind]
    louder = {piece: _dbfs(_of(made, piece)) - _dbfs(_of(raw, piece)) for piece in rest}
    gain_db = float(np.median(list(louder.values())))
    softest = min(rest, key=lambda piece: louder[piece])
    change_db = louder[softest] - gain_db
    yield f"everything else: the piece that lost most | {change_db:.1f} dB | >= -6 | {softest.text}"
    for speaker, target in (("doctor", "the same voice"), ("patient", "another voice")):
        like = [_likeness(_of(raw, piece), _of(made, piece)) for piece in rest if piece.speaker == speaker]
        figures = f"{min(like):.2f} to {max(like):.2f}"
        yield f"correlation of the {speaker}'s wave with the recording's | {figures} | {target} |"


def _bounds(piece: Piece) -> tuple[int, int]:
    return round(piece.start_s * RATE_HZ), round(piece.end_s * RATE_HZ)


def _of(samples: Samples, piece: Piece) -> Samples:
    return samples[slice(*_bounds(piece))]


def _dbfs(samples: Samples) -> float:
    return float(10 * np.log10(np.square(samples, dtype=np.float64).mean() + 1e-12))


def _likeness(raw: Samples, made: Samples) -> float:
    """The highest correlation within 50 ms either way."""
    wide = RATE_HZ // 20
    middle = raw[wide:-wide]
    best = 0.0
    for at in range(2 * wide):
        part = made[at : at + len(middle)]
        best = max(best, abs(float(middle @ part)) / (1e-9 + float(np.linalg.norm(middle) * np.linalg.norm(part))))
    return best
