"""Disguise: another voice, the same words at the same time, as loud as before, and never the same setting by chance."""

from __future__ import annotations

import difflib
import wave

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline import rooms
from pipeline.engines import Task
from pipeline.sound import voice
from pipeline.sound.guards import bare
from tests.toy import Toy

KEY = bytes(range(32))
FORMANTS_HZ = (700, 1800)
PITCH_HZ = 150.0


def sung() -> voice.Sound:
    """A vowel with a pitch: pulses through two resonances."""
    return _vowel(np.diff(np.floor(np.arange(2 * voice.RATE_HZ + 1) * PITCH_HZ / voice.RATE_HZ)))


def whispered() -> voice.Sound:
    """The same vowel without a pitch, whose resonances can be measured well."""
    return _vowel(np.random.default_rng(1).standard_normal(4 * voice.RATE_HZ))


def _vowel(source: NDArray[np.float64]) -> voice.Sound:
    count = len(source)
    spectrum = np.fft.rfft(source)
    hz = np.fft.rfftfreq(count, 1 / voice.RATE_HZ)
    shape = sum(1 / (1 + ((hz - formant) / 90) ** 2) for formant in FORMANTS_HZ)
    sound = np.fft.irfft(spectrum * shape, count)
    return (0.3 * sound / np.abs(sound).max()).astype(np.float32)


def pitch_of(sound: voice.Sound) -> float:
    """By the strongest repetition between 70 and 400 Hz."""
    spectrum = np.abs(np.fft.rfft(sound, 2 * len(sound))) ** 2
    again = np.fft.irfft(spectrum)
    first, last = voice.RATE_HZ // 400, voice.RATE_HZ // 70
    return voice.RATE_HZ / (first + int(np.argmax(again[first:last])))


def resonance_of(sound: voice.Sound, low_hz: float, high_hz: float) -> float:
    """Where between two frequencies the spectrum, smoothed over 100 Hz, is highest."""
    spectrum = np.abs(np.fft.rfft(sound)) ** 2
    hz = np.fft.rfftfreq(len(sound), 1 / voice.RATE_HZ)
    smooth = np.convolve(spectrum, np.hanning(round(100 * len(sound) / voice.RATE_HZ)), "same")
    inside = (hz > low_hz) & (hz < high_hz)
    return float(hz[inside][np.argmax(smooth[inside])])


def levels(sound: voice.Sound, step_s: float = 0.02) -> NDArray[np.float64]:
    step = round(step_s * voice.RATE_HZ)
    squares = np.square(sound[: len(sound) // step * step].astype(np.float64)).reshape(-1, step)
    return np.sqrt(squares.mean(axis=1))


def spoken(language: str) -> voice.Sound:
    """The toy's sentences at 48 kHz."""
    sound = Toy.speech(language)
    return np.interp(np.arange(3 * len(sound)) / 3, np.arange(len(sound)), sound).astype(np.float32)


@pytest.mark.parametrize("pitch", [2 ** (-4 / 12), 2 ** (3 / 12)])
@pytest.mark.parametrize("formants", [2 ** (-2 / 12), 2 ** (2 / 12)])
def test_pitch_and_formants_move_each_by_its_own_factor(pitch: float, formants: float) -> None:
    disguise = voice.Disguise(pitch, formants, 2.0, 0.3)
    middle = voice.disguised(sung(), disguise)[voice.RATE_HZ // 2 : -voice.RATE_HZ // 2]
    assert pitch_of(middle) / PITCH_HZ == pytest.approx(pitch, rel=0.02)
    made = voice.disguised(whispered(), disguise)
    for formant in FORMANTS_HZ:
        found = resonance_of(made, formant / 1.4, formant * 1.4)
        assert found / formant == pytest.approx(formants, abs=0.1)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_disguised_voice_is_as_loud_at_every_moment_and_another_wave(language: str) -> None:
    sound = spoken(language)
    for number in range(2):
        made = voice.disguised(sound, voice.chosen(KEY, str(number)))
        assert made.shape == sound.shape
        assert made.dtype == np.float32
        assert 20 * np.log10(made.std() / sound.std()) == pytest.approx(0, abs=0.7)
        # Seen in steps as long as a syllable's onset, the talk has the same shape.
        assert np.corrcoef(levels(sound, 0.08), levels(made, 0.08))[0, 1] > 0.9
        assert abs(np.corrcoef(sound, made)[0, 1]) < 0.1


def test_no_moment_of_a_turn_is_moved_further_than_it_says() -> None:
    """Bursts, each of another pitch so that none can be taken for its neighbour."""
    sound = np.zeros(6 * voice.RATE_HZ, np.float32)
    starts = np.arange(0.1, 5.8, 0.2)
    burst = np.hanning(round(0.03 * voice.RATE_HZ))
    for start_s in starts:
        at = round(start_s * voice.RATE_HZ)
        sound[at : at + len(burst)] = 0.5 * burst * np.sin(0.02 * np.arange(len(burst)))
    for number in range(3):
        made = np.square(voice.disguised(sound, voice.chosen(KEY, str(number))).astype(np.float64))
        for start_s in starts:
            first, last = (round((start_s + by_s) * voice.RATE_HZ) for by_s in (-0.08, 0.11))
            part = made[first:last]
            centre_s = (first + (part @ np.arange(len(part))) / part.sum()) / voice.RATE_HZ
            assert abs(centre_s - start_s - 0.015) <= voice.LATE_S


@pytest.mark.slow
def test_a_disguised_voice_is_still_understood(toy: Toy) -> None:
    """Even by a Whisper that knows one voice alone: of three sentences at least two."""
    truth = bare("".join(word for word, _, _ in toy.truth("en")))
    part = rooms.part("engines", "faster_whisper")
    deeper = voice.Disguise(2 ** (-3 / 12), 2 ** (-2 / 12), 2.0, 0.3)
    path = toy.folder / "disguised.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        made = voice.disguised(spoken("en"), deeper)[::3]
        file.writeframes((np.clip(made, -1, 1) * 32767).astype(np.int16).tobytes())
    lines = part.build(part.Settings(beam=1)).recognise(path, Task("en", toy.checkpoint))
    heard = bare("".join(line.text for line in lines))
    assert difflib.SequenceMatcher(None, truth, heard).ratio() > 0.6


def test_a_voice_has_one_disguise_and_nobody_elses() -> None:
    assert voice.chosen(KEY, "p1") == voice.chosen(KEY, "p1")
    assert voice.chosen(KEY, "p1") != voice.chosen(KEY, "p2")
    assert voice.chosen(KEY, "p1") != voice.chosen(bytes(32), "p1")


def test_every_disguise_changes_pitch_and_formants_by_enough() -> None:
    chosen = [voice.chosen(KEY, str(number)) for number in range(200)]
    for factors, (least, most) in (
        ([one.pitch for one in chosen], voice.PITCH_SEMITONES),
        ([one.formants for one in chosen], voice.FORMANTS_SEMITONES),
    ):
        moved = np.abs(12 * np.log2(factors))
        assert least <= moved.min() < moved.max() <= most
        assert 0.3 < np.mean(np.array(factors) > 1) < 0.7


@pytest.mark.parametrize("samples", [0, 1, 500, 2 * 1440])
def test_next_to_nothing_stays_as_long_as_it_is(samples: int) -> None:
    assert voice.disguised(np.ones(samples, np.float32), voice.chosen(KEY, "a")).shape == (samples,)


def test_silence_stays_silence() -> None:
    assert np.abs(voice.disguised(np.zeros(voice.RATE_HZ, np.float32), voice.chosen(KEY, "a"))).max() < 1e-6
