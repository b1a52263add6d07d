"""Can what was hidden in the talk still be understood? Recognised again, as a listener would, on the finished file."""

from __future__ import annotations

import hashlib
import wave
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from pipeline import rooms, sandbox, weights
from pipeline.checks.sound import samples
from pipeline.config import Transcribe
from pipeline.engines import Line
from pipeline.errors import ToolError
from pipeline.language import identifying
from pipeline.sound import recognising
from pipeline.values import Export, Finding, Measure, Overheard, Register, Stretch, Word

RATE_HZ = 16_000
BESIDE_S = 2.0
"""Heard before and after what was hidden: recognition needs the words around, and a part of a name may stand there."""
LEAST_S = 0.05
"""So much of a word can be heard if anything of it can: recognition knows its times no better."""
APART_S = 1.0
"""Silence between two pieces that are heard in one go."""


def identifying_stretches(sound: Sequence[Stretch]) -> list[Stretch]:
    """Those in which something that identifies someone was said, and hidden."""
    return [one for one in sound if one.is_hidden and one.identifies]


def unable(settings: Transcribe) -> str:
    """Why the talk cannot be recognised again on this machine; empty: it can."""
    if not rooms.part("engines", settings.engine).NEEDS_WEIGHTS:
        return "sound: the talk is not transcribed again: `transcribe.engine` names nothing that listens"
    if not weights.is_there(settings.model):
        return f"sound: the talk is not transcribed again: clinicreel models fetch {settings.model}"
    return ""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of the export's sound, and where it begins in the sound that is heard again; in seconds."""

    start_s: float
    end_s: float
    heard_s: float

    @property
    def length_s(self) -> float:
        """How long it is."""
        return self.end_s - self.start_s


class Ears:
    """What recognises speech. The formats of a clip share their sound, which is heard once.

    Args:
        language: what is spoken.
        settings: the engine and its model.
    """

    def __init__(self, language: str, settings: Transcribe) -> None:
        self.language = language
        self._settings = settings
        self._known: dict[str, list[Line]] = {}

    def lines(self, heard: NDArray[np.int16]) -> list[Line]:
        """The lines that are said in 16 kHz mono samples."""
        key = hashlib.sha256(heard.tobytes()).hexdigest()
        if key not in self._known:
            with sandbox.job({}) as place:  # in quarantine, and swept should this process be killed
                path = place / "again.wav"
                with wave.open(str(path), "wb") as file:
                    file.setparams((1, 2, RATE_HZ, len(heard), "NONE", ""))
                    file.writeframes(heard.tobytes())
                self._known[key], _ = recognising.heard(path, self._settings.engine, self.language, self._settings)
        return self._known[key]


class Understood:
    """The check of one export.

    Args:
        export: whose sound is listened to.
        sound: what became of every moment of the clip's sound.
        register: who must not be told.
        ears: what recognises speech; None: nothing can.
    """

    def __init__(self, export: Export, sound: Sequence[Stretch], register: Register, ears: Ears | None) -> None:
        self._export = export
        self._register = register
        self._pieces = _pieces(identifying_stretches(sound), float(export.opening_frames / export.fps))
        self._offset_s = float(export.opening_frames / export.fps)
        self._hidden = [one for one in sound if one.is_hidden]
        self._fault = ""
        self.overheard: tuple[Overheard, ...] = ()
        if ears is None or not self._pieces or not export.has_sound:
            self._pieces = []
            return
        try:
            self.overheard = tuple(self._listen(ears))
        except ToolError as error:
            self._fault = error.cause

    def _listen(self, ears: Ears) -> Iterator[Overheard]:
        whole = samples(self._export, RATE_HZ)
        last = self._pieces[-1]
        heard = np.zeros(round((last.heard_s + last.length_s + APART_S) * RATE_HZ), np.int16)
        for one in self._pieces:
            part = whole[round(one.start_s * RATE_HZ) : round(one.end_s * RATE_HZ)]
            at = round(one.heard_s * RATE_HZ)
            heard[at : at + len(part)] = np.rint(np.clip(part, -1, 1) * 32767).astype(np.int16)
        words = [word for line in ears.lines(heard) for word in line.words]
        # As one text: a number may go on in the next line.
        starts = list(accumulate((len(word.text) for word in words), initial=0))
        for found in identifying.find("".join(word.text for word in words), self._register):
            said = words[bisect_right(starts, found.start) - 1 : bisect_left(starts, found.end)]
            if any(self._is_audible(word) for word in said):
                start_s, end_s = self._time_s(said[0].start_s), self._time_s(said[-1].end_s)
                yield Overheard(found.kind.replace("_", " "), start_s, end_s)

    def _is_audible(self, word: Word) -> bool:
        """Whether some of a word lies where nothing was hidden: what is silent can only be guessed."""
        start_s, end_s = self._time_s(word.start_s), self._time_s(word.end_s)
        hidden_s = sum(max(0.0, min(end_s, one.end_s) - max(start_s, one.start_s)) for one in self._hidden)
        return end_s - start_s - hidden_s > LEAST_S

    def _time_s(self, heard_s: float) -> float:
        """When in the clip something was said."""
        piece = next((one for one in reversed(self._pieces) if one.heard_s <= heard_s), self._pieces[0])
        return round(piece.start_s + max(0.0, heard_s - piece.heard_s) - self._offset_s, 2)

    def findings(self) -> Iterator[Finding]:
        """That the sound cannot be heard. What is understood is a doubt: recognition guesses from the words around."""
        if self._fault:
            yield Finding("understood", self._export.format, None, self._fault, exposes=True)

    def measures(self) -> Iterator[Measure]:
        """How much was recognised again."""
        yield Measure(
            "understood", self._export.format, "heard_again_s", round(sum(one.length_s for one in self._pieces), 2)
        )


def _pieces(stretches: Sequence[Stretch], offset_s: float) -> list[Piece]:
    """What is heard again of an export whose clip begins at this time: hidden stretches with what lies around them."""
    spans: list[tuple[float, float]] = []
    for one in sorted(stretches, key=lambda one: one.start_s):
        start_s, end_s = max(0.0, offset_s + one.start_s - BESIDE_S), offset_s + one.end_s + BESIDE_S
        if spans and start_s <= spans[-1][1]:
            spans[-1] = spans[-1][0], max(spans[-1][1], end_s)
        else:
            spans.append((start_s, end_s))
    pieces, at_s = [], 0.0
    for start_s, end_s in spans:
        pieces.append(Piece(start_s, end_s, at_s))
        at_s += end_s - start_s + APART_S
    return pieces
