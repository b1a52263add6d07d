"""The voice detector hears speech, and neither noise nor music nor tones."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.sound import listening
from tests import media
from tests.toy import Toy

SECONDS = 4.0
TIMES = np.arange(round(SECONDS * media.RATE_HZ)) / media.RATE_HZ


def heard(folder: Path, samples: NDArray[np.float64]) -> list[tuple[float, float]]:
    stereo = np.stack([samples, samples], axis=1)
    path = media.write_wav(folder / "a.wav", (np.clip(stereo, -1, 1) * 32767).astype(np.int16))
    return [(one.start_s, one.end_s) for one in listening.heard(path)]


def music() -> NDArray[np.float64]:
    notes = ((262, 0.0), (330, 0.3), (392, 0.6), (524, 0.1), (131, 0.5))
    return 0.08 * sum(np.sin(2 * np.pi * hz * TIMES) * np.exp(-5 * ((2 * TIMES + at) % 1)) for hz, at in notes)


SOUNDS = {
    "silence": np.zeros(len(TIMES)),
    "hiss": 0.05 * np.random.default_rng(1).standard_normal(len(TIMES)),
    "room": 0.001 * np.random.default_rng(2).standard_normal(len(TIMES)),
    "tone": 0.2 * np.sin(2 * np.pi * 440 * TIMES),
    "music": music(),
    "clicks": np.where(np.arange(len(TIMES)) % media.RATE_HZ < 20, 0.9, 0.0),
}


@pytest.mark.parametrize("name", SOUNDS)
def test_what_is_not_speech_is_not_heard(tmp_path: Path, name: str) -> None:
    assert heard(tmp_path, SOUNDS[name]) == []


@pytest.mark.parametrize("noise", [0.0, 0.01])
def test_speech_is_heard_where_it_is(tmp_path: Path, noise: float) -> None:
    speech = Toy.speech("zh")
    sound = np.interp(np.arange(3 * len(speech)) / 3, np.arange(len(speech)), speech)
    spans = heard(tmp_path, sound + noise * np.random.default_rng(1).standard_normal(len(sound)))
    words = Toy.truth("zh")
    for _, start_s, end_s in words:
        middle_s = (start_s + end_s) / 2
        assert any(start <= middle_s <= end for start, end in spans)
    said_s = sum(end_s - start_s for _, start_s, end_s in words)
    assert sum(end - start for start, end in spans) < 1.3 * said_s + 1


def test_a_long_sound_is_heard_in_blocks_as_it_is_in_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    speech = Toy.speech("en")
    sound = np.interp(np.arange(3 * len(speech)) / 3, np.arange(len(speech)), speech)
    whole = heard(tmp_path, sound)
    monkeypatch.setattr(listening, "_BLOCK", 50)
    assert np.array(heard(tmp_path, sound)) == pytest.approx(np.array(whole))


def test_no_sound_at_all_holds_no_speech(tmp_path: Path) -> None:
    assert heard(tmp_path, np.zeros(0)) == []
