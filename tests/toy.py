"""The toy Whisper for the tests: its checkpoint unpacked, the speech it knows, and the truth of it."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

DATA = Path(__file__).parent / "data" / "toy_whisper"
RATE_HZ = 16_000


@dataclass(frozen=True)
class Toy:
    """A models folder with `toy.pt` in it."""

    folder: Path

    @property
    def checkpoint(self) -> Path:
        return self.folder / "toy.pt"

    @staticmethod
    def unpacked(folder: Path) -> Toy:
        (folder / "toy.pt").write_bytes(gzip.decompress((DATA / "toy.pt.gz").read_bytes()))
        return Toy(folder)

    @staticmethod
    def recording(language: str) -> Path:
        """The speech as a file (FLAC)."""
        return DATA / f"speech_{language}.flac"

    @staticmethod
    def speech(language: str) -> NDArray[np.float32]:
        """The speech as numbers from -1 to 1, 16 kHz mono."""
        import av

        with av.open(str(Toy.recording(language))) as container:
            frames = [frame.to_ndarray()[0] for frame in container.decode(audio=0)]
        return np.concatenate(frames).astype(np.float32) / np.float32(32768)

    @staticmethod
    def truth(language: str) -> list[tuple[str, float, float]]:
        """Every spoken word with its start and end in seconds."""
        lines = json.loads((DATA / "speech.json").read_text(encoding="utf-8"))[language]
        return [(word["text"], word["start_s"], word["end_s"]) for line in lines for word in line]

    @staticmethod
    def hum(length_s: float = 5.0) -> NDArray[np.float32]:
        """A beating tone without speech, on which the toy invents a line as its big sisters do."""
        time = np.arange(round(length_s * RATE_HZ)) / RATE_HZ
        tone = 0.15 * np.sin(2 * np.pi * 220 * time) * (1 + 0.5 * np.sin(6 * np.pi * time))
        noise = np.random.default_rng(1).standard_normal(len(tone)) * 1e-3
        return (tone + noise).astype(np.float32)
