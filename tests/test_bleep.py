"""The new sound: nothing of what is hidden, no click at its edges, everything else as it was."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.sound import bleep
from pipeline.values import Stretch
from tests import media

RATE_HZ = media.RATE_HZ
KEY = bytes(32)
HIDDEN = (1.0031, 2.0047)
"""On no round sample."""


def noise(seconds: float, level: float = 0.1) -> NDArray[np.int16]:
    """Two channels that are not the same, as loud as `level` on average, mostly low."""
    draw = np.random.default_rng(1)
    left, other = (
        np.convolve(draw.standard_normal(round(seconds * RATE_HZ)), np.ones(12) / np.sqrt(12), "same") for _ in range(2)
    )
    values = np.stack([left, 0.95 * left + 0.3 * other], axis=1)
    return np.clip(values * level * 32767, -32767, 32767).astype(np.int16)


def written(folder: Path, raw: NDArray[np.int16], stretches: tuple[Stretch, ...]) -> NDArray[np.float64]:
    bleep.write(media.write_wav(folder / "raw.wav", raw), stretches, KEY, folder / "new.wav")
    rate, made = media.read_wav(folder / "new.wav")
    assert rate == RATE_HZ
    assert made.shape == raw.shape
    return made / 32767


def three(
    how: str, edges: tuple[float, float] = HIDDEN, end_s: float = 3.0, around: str = "keep"
) -> tuple[Stretch, ...]:
    """One stretch between two others."""
    first, last = edges
    voice = "p1" if around == "disguise" else ""
    return (
        Stretch(0.0, first, around, "voice", voice),
        Stretch(first, last, how, "name"),
        Stretch(last, end_s, around, "voice", voice),
    )


def inside(samples: NDArray[np.float64], edges: tuple[float, float] = HIDDEN) -> NDArray[np.float64]:
    return samples[round(edges[0] * RATE_HZ) : round(edges[1] * RATE_HZ)]


@pytest.mark.parametrize("around", ["keep", "disguise"])
def test_a_muted_stretch_is_silent_to_the_sample_in_every_channel(tmp_path: Path, around: str) -> None:
    made = written(tmp_path, noise(3), three("mute", around=around))
    assert not inside(made).any()
    assert np.abs(made[: round(0.9 * RATE_HZ)]).max() > 0.05
    assert np.abs(made[round(2.1 * RATE_HZ) :]).max() > 0.05


@pytest.mark.parametrize("hows", [("keep", "disguise", "mute"), ("mute", "disguise", "keep")])
def test_a_muted_stretch_beside_a_disguised_one_that_is_beside_a_kept_one_is_silent(
    tmp_path: Path, hows: tuple[str, ...]
) -> None:
    raw = noise(3)
    spans = ((0.0, HIDDEN[0]), HIDDEN, (HIDDEN[1], 3.0))
    made = written(
        tmp_path, raw, tuple(Stretch(*span, how, "voice", "p1") for span, how in zip(spans, hows, strict=True))
    )
    assert not inside(made, spans[hows.index("mute")]).any()
    assert np.abs(inside(made)).max() > 0.05


@pytest.mark.parametrize("around", ["keep", "disguise"])
def test_a_beeped_stretch_holds_a_tone_and_nothing_else(tmp_path: Path, around: str) -> None:
    raw = noise(3)
    made = inside(written(tmp_path, raw, three("beep", around=around)))
    turns = 2 * np.pi * bleep.TONE_HZ * np.arange(len(made)) / RATE_HZ
    waves = np.stack([np.sin(turns), np.cos(turns)], axis=1)
    for channel in (0, 1):
        amounts, *_ = np.linalg.lstsq(waves, made[:, channel], rcond=None)
        rest = made[:, channel] - waves @ amounts
        assert np.hypot(*amounts) > 0.01
        # What is left is the rounding to 16 bits, and it is not like the recording.
        assert np.abs(rest).max() <= 1.1 / 32767
        assert abs(np.corrcoef(rest, inside(raw / 32767)[:, channel])[0, 1]) < 0.02


def test_the_tone_fits_the_talk_around_it(tmp_path: Path) -> None:
    for number, (level, expected) in enumerate(((0.3, -18.0), (0.05, None), (0.0, -40.0))):
        (tmp_path / str(number)).mkdir()
        raw = noise(3, level) if level else np.zeros((3 * RATE_HZ, 2), np.int16)
        made = written(tmp_path / str(number), raw, three("beep"))
        tone_db = 20 * np.log10(inside(made).std())
        talk_db = 20 * np.log10(max(float((raw / 32767).std()), 1e-9))
        assert tone_db == pytest.approx(talk_db - 6 if expected is None else expected, abs=1.5)


@pytest.mark.parametrize("how", ["mute", "beep"])
def test_there_is_no_click_where_sound_ends_and_begins(tmp_path: Path, how: str) -> None:
    """Of a low tone nothing is heard above 3 kHz at the edges, where a hard cut would be."""
    tone = media.tone(3, 200, 0.5)
    raw = np.stack([tone, tone], axis=1)
    hard = raw / 32767
    hard[round(HIDDEN[0] * RATE_HZ) : round(HIDDEN[1] * RATE_HZ)] = 0
    made = written(tmp_path, raw, three(how))
    for edge_s in HIDDEN:
        assert high(made, edge_s) < 0.02 * high(hard, edge_s)


def high(samples: NDArray[np.float64], at_s: float) -> float:
    """How much there is above 3 kHz within 50 ms of a time."""
    at = round(at_s * RATE_HZ)
    part = samples[at - RATE_HZ // 20 : at + RATE_HZ // 20, 0] * np.hanning(2 * (RATE_HZ // 20))
    return float(np.abs(np.fft.rfft(part))[round(3000 * 0.1) :].sum())


def test_what_is_kept_is_the_recording_itself(tmp_path: Path) -> None:
    raw = noise(3)
    made = written(tmp_path, raw, three("mute"))
    fade = round(bleep.FADE_S * RATE_HZ)
    for first, last in ((0, round(HIDDEN[0] * RATE_HZ) - fade), (round(HIDDEN[1] * RATE_HZ) + fade, len(raw))):
        assert np.abs(made[first:last] * 32767 - raw[first:last]).max() <= 1


@pytest.mark.parametrize(
    ("first_s", "last_s"), [(0.0, 0.5), (0.002, 0.5), (2.5, 2.998), (2.5, 3.0), (0.0, 3.0), (1.0, 1.001)]
)
def test_a_hidden_stretch_at_the_edge_or_next_to_a_sliver_is_silent(
    tmp_path: Path, first_s: float, last_s: float
) -> None:
    edges = (first_s, last_s)
    stretches = tuple(one for one in three("mute", edges) if one.end_s > one.start_s)
    made = written(tmp_path, noise(3), stretches)
    assert not inside(made, edges).any()


def test_a_sliver_between_two_hidden_stretches_is_hidden_too(tmp_path: Path) -> None:
    stretches = (
        Stretch(0.0, 1.0, "keep"),
        Stretch(1.0, 1.5, "mute", "name"),
        Stretch(1.5, 1.51, "keep"),
        Stretch(1.51, 2.0, "beep", "phone"),
        Stretch(2.0, 3.0, "keep"),
    )
    made = written(tmp_path, noise(3), stretches)
    assert not inside(made, (1.0, 1.5)).any()


@pytest.mark.parametrize("edges", [(0.006,), (0.002, 0.005), (0.002, 0.004, 0.006)])
def test_slivers_at_the_beginning_do_not_delay_the_rest(tmp_path: Path, edges: tuple[float, ...]) -> None:
    raw = noise(1.48)
    made = written(tmp_path, raw, kept((0.0, *edges, 1.48)))
    fade = round(bleep.FADE_S * RATE_HZ)
    assert np.abs(made[2 * fade :] * 32767 - raw[2 * fade :]).max() <= 1


@pytest.mark.parametrize("hidden_s", [0.004, 0.01, 0.03])
def test_slivers_at_the_beginning_do_not_reach_into_what_is_hidden(tmp_path: Path, hidden_s: float) -> None:
    hidden = hidden_s, 0.5
    stretches = (*kept((0.0, 0.002, hidden_s)), Stretch(*hidden, "mute", "name"), Stretch(0.5, 1.0, "keep"))
    made = written(tmp_path, noise(1), stretches)
    assert not inside(made, hidden).any()
    assert made[round(0.51 * RATE_HZ) :].any()


def kept(edges: tuple[float, ...]) -> tuple[Stretch, ...]:
    """What two people say in turn, all of it kept."""
    return tuple(Stretch(*one, "keep", "", f"p{number}") for number, one in enumerate(pairwise(edges)))


def test_a_long_disguised_turn_is_worked_on_in_blocks_without_a_gap(tmp_path: Path) -> None:
    raw = noise(1.6 * bleep.BLOCK_S)
    length_s = len(raw) / RATE_HZ
    made = written(tmp_path, raw, (Stretch(0.0, length_s, "disguise", "voice", "p1"),))
    step = RATE_HZ // 50
    before, after = (
        np.sqrt(np.square(one[: len(one) // step * step, 0].reshape(-1, step)).mean(axis=1))
        for one in (raw / 32767, made)
    )
    change_db = 20 * np.log10(after.mean() / before.mean())
    assert change_db == pytest.approx(0, abs=1.5)
    assert (after[5:-5] > 0.3 * np.median(after)).all()
    assert abs(np.corrcoef(raw[:, 0], made[:, 0])[0, 1]) < 0.1


def test_channels_that_would_cancel_each_other_are_still_heard(tmp_path: Path) -> None:
    one = noise(2)[:, 0]
    made = written(tmp_path, np.stack([one, -one], axis=1), (Stretch(0.0, 2.0, "disguise", "voice", "p1"),))
    assert made.std() > 0.5 * (one / 32767).std()


def test_the_same_is_written_every_time_and_another_key_gives_another_voice(tmp_path: Path) -> None:
    raw = media.write_wav(tmp_path / "raw.wav", noise(2))
    stretches = (Stretch(0.0, 2.0, "disguise", "voice", "p1"),)
    contents = []
    for number, key in enumerate((KEY, KEY, bytes(31) + b"1")):
        bleep.write(raw, stretches, key, tmp_path / f"{number}.wav")
        contents.append((tmp_path / f"{number}.wav").read_bytes())
    assert contents[0] == contents[1] != contents[2]
