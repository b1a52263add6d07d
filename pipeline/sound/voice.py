"""Disguises a voice: another pitch, other formants, another rhythm, and the words as clear as before.

This hinders people and programs that know the voice; it does not protect against someone who is determined. Three
things are changed by amounts that nobody is told:

* pitch and formants together, by reading the sound faster or slower and laying short pieces of it side by side so that
  it lasts as long as before (WSOLA);
* formants once more on their own, by moving the spectral envelope, so that shifting the pitch back does not give the
  voice back;
* the rhythm, by running ahead and falling behind by some hundredths of a second.

Source: Verhelst and Roelands, "An overlap-add technique based on waveform similarity (WSOLA)", ICASSP 1993; the
envelope by cepstral smoothing, Oppenheim and Schafer, "Homomorphic analysis of speech", 1968.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

VERSION = 2
RATE_HZ = 48_000
PITCH_SEMITONES = (2.5, 4.0)
"""The pitch moves by this much, up or down. More of it makes vowels hard to tell apart."""
FORMANTS_SEMITONES = (1.5, 2.5)
"""The formants move by this much, up or down, whatever the pitch does. 2.5 semitones are the usual difference between
a man's and a woman's: Peterson and Barney, 1952."""
RHYTHM_S = 0.02
"""The sound runs ahead or behind by at most this."""
RHYTHM_PERIODS_S = (1.3, 2.9)
"""How long it takes to run ahead and fall behind again: the rate changes by at most a tenth."""
LATE_S = 0.04
"""No moment of a disguised voice is further than this from where it was: the rhythm and the search together."""

Sound = NDArray[np.float32]
"""One channel, -1 to 1, `RATE_HZ`."""

_GRAIN = 1440
"""Samples of a piece, 30 ms: two periods of a deep voice, shorter than a syllable."""
_HOP = _GRAIN // 2
_SEARCH = 384
"""Samples by which a piece may be moved to fit, 8 ms either way: a period of a deep voice in all."""
_COARSE = 4
"""The search looks at every fourth sample first."""
_FRAME = 1024
"""Samples of a spectrum, 21 ms."""
_LIFTER = 120
"""Of the cepstrum so many coefficients are envelope, 2.5 ms: less than a period of a child's voice."""
_MAX_GAIN = 16.0
"""An envelope is raised by at most this (24 dB), so that hiss does not become a voice."""
_WINDOW = np.hanning(_GRAIN + 1)[:-1].astype(np.float32)
_ROOT = np.sqrt(np.hanning(_FRAME + 1)[:-1]).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Disguise:
    """How one voice is changed. Never written anywhere: who knows it could turn the voice back."""

    pitch: float
    """Factor of the frequency of the voice."""
    formants: float
    """Factor of the frequencies of its formants."""
    period_s: float
    phase: float
    """Where in its period the rhythm begins, 0 to 1."""


def chosen(key: bytes, voice: str) -> Disguise:
    """The disguise of a voice: as good as random for everybody who does not have the key.

    Args:
        key: a secret of the recording.
        voice: whose voice, and in what; the same gives the same, so that all turns of one person sound alike.
    """
    digest = hmac.digest(key, f"voice of {voice}".encode(), hashlib.sha256)
    shares = [int.from_bytes(digest[at : at + 4], "big") / 2**32 for at in range(0, 24, 4)]
    pitch, formants, pitch_up, formants_up, period, phase = shares
    return Disguise(
        _factor(PITCH_SEMITONES, pitch, pitch_up > 0.5),
        _factor(FORMANTS_SEMITONES, formants, formants_up > 0.5),
        RHYTHM_PERIODS_S[0] + period * (RHYTHM_PERIODS_S[1] - RHYTHM_PERIODS_S[0]),
        phase,
    )


def _factor(semitones: tuple[float, float], share: float, is_up: bool) -> float:
    moved = semitones[0] + share * (semitones[1] - semitones[0])
    return float(2.0 ** ((moved if is_up else -moved) / 12))


def disguised(sound: Sound, disguise: Disguise) -> Sound:
    """The sound in another voice: as long as before, as loud at every moment, no moment moved by more than `LATE_S`.

    Args:
        sound: one turn, or a part of one; 20 s at a time need about 100 MB.
        disguise: how.
    """
    if len(sound) < 2 * _GRAIN:
        return np.zeros_like(sound)
    centres = _moments(len(sound), disguise) / disguise.pitch
    relaid = _relaid(_read_at(sound, disguise.pitch), centres)[: len(sound)]
    return _with_formants(relaid, disguise.formants / disguise.pitch)


def _read_at(sound: Sound, factor: float) -> Sound:
    """The sound read `factor` times as fast, which raises all its frequencies; cubic (Catmull-Rom) in between."""
    at = np.arange(0, len(sound) - 1, factor)
    whole = at.astype(np.int64)
    t = (at - whole).astype(np.float32)
    padded = np.pad(sound, (1, 2))
    before, here, after, then = (padded[whole + step] for step in range(4))
    bend = 3 * (here - after) + then - before
    slope = 2 * before - 5 * here + 4 * after - then
    return here + np.float32(0.5) * t * (after - before + t * (slope + t * bend))


def _moments(length: int, disguise: Disguise) -> NDArray[np.float64]:
    """For every piece of the new sound the sample of the old one that its middle shows; both ends stay in place."""
    centres = np.arange(0, length + _HOP, _HOP, dtype=np.float64)
    ease = np.clip(np.minimum(centres, length - centres) / (0.5 * RATE_HZ), 0.0, 1.0)
    turns = centres / (disguise.period_s * RATE_HZ) + disguise.phase
    return centres + RHYTHM_S * RATE_HZ * ease * np.sin(2 * np.pi * turns)


def _relaid(sound: Sound, centres: NDArray[np.float64]) -> Sound:
    """Lays a piece every `_HOP` samples, each taken near where it is wanted, so that it goes on as the last one would.

    Args:
        sound: what the pieces are taken from.
        centres: for every piece the sample of `sound` that should be its middle; that of the first is laid at 0.
    """
    edge = _SEARCH + 2 * _GRAIN
    padded = np.pad(sound, edge)
    coarse = padded[: len(padded) // _COARSE * _COARSE].reshape(-1, _COARSE).mean(axis=1)
    starts = edge - _HOP + np.clip(np.rint(centres), 0, len(sound)).astype(np.int64)
    laid = np.zeros(len(starts) * _HOP + _GRAIN, np.float32)
    at = int(starts[0])
    for number, near in enumerate(starts):
        if number:
            at = _best(padded, coarse, at + _HOP, int(near))
        laid[number * _HOP : number * _HOP + _GRAIN] += _WINDOW * padded[at : at + _GRAIN]
    return laid[_HOP:]


def _best(padded: Sound, coarse: Sound, natural: int, near: int) -> int:
    """The place within `_SEARCH` of `near` from which on the sound is most like that from `natural` on."""
    half = _SEARCH // _COARSE
    first = near // _COARSE - half
    length = _GRAIN // _COARSE
    like = np.correlate(
        coarse[first : first + 2 * half + length],
        coarse[natural // _COARSE : natural // _COARSE + length],
        "valid",
    )
    rough = (first + int(np.argmax(like))) * _COARSE
    places = sliding_window_view(padded[rough - _COARSE : rough + _COARSE + _GRAIN], _GRAIN)
    return rough - _COARSE + int(np.argmax(places @ padded[natural : natural + _GRAIN]))


def _with_formants(sound: Sound, factor: float) -> Sound:
    """The sound with its spectral envelope stretched by a factor, every piece of it as loud as before."""
    hop = _FRAME // 2
    padded = np.pad(sound, (hop, _FRAME))
    spectra = np.fft.rfft(sliding_window_view(padded, _FRAME)[::hop] * _ROOT)
    power = np.abs(spectra)
    level = np.log(power + np.float32(1e-5))
    cepstra = np.fft.irfft(level)
    cepstra[:, _LIFTER:-_LIFTER] = 0
    envelope = np.fft.rfft(cepstra).real
    source = np.arange(envelope.shape[1]) / factor
    below = np.minimum(source.astype(np.int64), envelope.shape[1] - 2)
    share = np.clip(source - below, 0, 1).astype(np.float32)
    moved = envelope[:, below] * (1 - share) + envelope[:, below + 1] * share
    gain = np.minimum(np.exp(moved - envelope), np.float32(_MAX_GAIN))
    before, after = np.square(power).sum(axis=1), np.square(power * gain).sum(axis=1)
    gain *= np.sqrt(before / np.maximum(after, np.float32(1e-12)))[:, None]
    pieces = np.fft.irfft(spectra * gain) * _ROOT
    made = np.zeros(len(pieces) * hop + hop, np.float32)
    for half in (0, hop):
        made[half : half + len(pieces) * hop] += pieces[:, half : half + hop].reshape(-1)
    return made[hop : hop + len(sound)]
