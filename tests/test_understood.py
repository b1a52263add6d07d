"""What was hidden in the talk cannot be understood on the finished file: a toy Whisper that really hears listens."""

from __future__ import annotations

import tempfile
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from pipeline import sandbox
from pipeline.checks import understood
from pipeline.checks.understood import Ears, Understood
from pipeline.config import Transcribe, Verify
from pipeline.evidence import suspicion
from pipeline.settings.proving import Proving
from pipeline.stages import verify
from pipeline.store import file_of
from pipeline.values import Clip, Export, Named, Overheard, Plan, Register, Sightings, Span, Stretch, Verdict, View
from tests import media
from tests.toy import RATE_HZ, Toy

pytestmark = pytest.mark.filterwarnings("ignore:.*multilingual.tiktoken:pytest.PytestUnraisableExceptionWarning")
SETTINGS = Transcribe(model="toy.pt")
HIDDEN = (3.45, 4.3)
"""When `三个月` is said, which here is somebody's name."""
REGISTER = Register("zh", (Named("patient", "patient", ("三个月",)),))
EARLY = (2.6, 3.4)
"""Muted like this, the silence comes before the name."""


def muted(start_s: float, end_s: float) -> tuple[Stretch, ...]:
    return Stretch(0.0, start_s, "keep"), Stretch(start_s, end_s, "mute", "name"), Stretch(end_s, 9.0, "keep")


@pytest.fixture
def weights(toy: Toy, monkeypatch: pytest.MonkeyPatch) -> Toy:
    monkeypatch.setenv("CLINICREEL_MODELS", str(toy.folder))
    return toy


def exported(folder: Path, speech: np.ndarray, opening_frames: int = 0) -> Export:
    """A file whose sound is this speech, behind a card without any."""
    silence = np.zeros(opening_frames * RATE_HZ // 25, np.float32)
    wav = media.write_wav(folder / "a.wav", np.int16(np.concatenate([silence, speech]) * 32767), RATE_HZ)
    path = folder / "a.mp4"
    media.ffmpeg("-i", wav, "-c:a", "aac", path)
    view = View((0, 0, 2, 2), (0, 0, 2, 2))
    return Export("9:16", file_of(path), 2, 2, Fraction(25), 9, opening_frames, 9, view, True, "linear")


def silenced(speech: np.ndarray, start_s: float, end_s: float) -> np.ndarray:
    quiet = speech.copy()
    quiet[round(start_s * RATE_HZ) : round(end_s * RATE_HZ)] = 0
    return quiet


def found(export: Export, register: Register = REGISTER) -> tuple[Overheard, ...]:
    return Understood(export, muted(*EARLY), register, Ears("zh", SETTINGS)).overheard


def test_a_name_that_can_still_be_heard_is_found_at_its_time(weights: Toy, tmp_path: Path) -> None:
    (one,) = found(exported(tmp_path, silenced(weights.speech("zh"), *EARLY)))
    assert one.kind == "name"
    assert (one.start_s, one.end_s) == pytest.approx(HIDDEN, abs=0.5)


def test_the_time_is_that_of_the_clip_behind_the_opening_card(weights: Toy, tmp_path: Path) -> None:
    (one,) = found(exported(tmp_path, weights.speech("zh"), opening_frames=50))
    assert (one.start_s, one.end_s) == pytest.approx(HIDDEN, abs=0.5)


def test_a_name_that_was_silenced_is_not_understood(weights: Toy, tmp_path: Path) -> None:
    export = exported(tmp_path, silenced(weights.speech("zh"), *HIDDEN))
    check = Understood(export, muted(*HIDDEN), REGISTER, Ears("zh", SETTINGS))
    assert (check.overheard, list(check.findings())) == ((), [])
    (heard,) = check.measures()
    assert heard.value == pytest.approx(HIDDEN[1] - HIDDEN[0] + 4.0, abs=0.01)


def test_what_identifies_nobody_may_be_understood(weights: Toy, tmp_path: Path) -> None:
    assert found(exported(tmp_path, weights.speech("zh")), Register("zh", ())) == ()


def test_what_is_understood_waits_for_somebody_who_listens() -> None:
    plan = Plan(1, 64, 64, Fraction(25), 250, ())
    verdict = Verdict(True, (), (), (), "face_dlib", overheard=(Overheard("name", 1.0, 2.0),))
    clip = Clip(1, (Span(10.0, 20.0),))
    nothing = Sightings(64, 64, Fraction(25), 250, (), ())
    (doubt,) = suspicion.doubts(clip, plan, nothing, verdict, (), Verify())
    assert (doubt.kind, doubt.start_s, doubt.end_s) == ("understood", 11.0, 12.04)
    assert "listen to it" in doubt.what


def test_formats_that_share_their_sound_are_heard_once(weights: Toy, tmp_path: Path) -> None:
    export = exported(tmp_path, weights.speech("zh"))
    ears = Ears("zh", SETTINGS)
    first, second = (Understood(export, muted(*EARLY), REGISTER, ears).overheard for _ in range(2))
    assert first == second != ()
    assert len(ears._known) == 1


def test_what_is_heard_again_lies_in_quarantine_and_is_taken_away(
    weights: Toy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quarantine = tmp_path / "tmp"
    quarantine.mkdir()
    sandbox.work_in(quarantine)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    try:
        assert Ears("zh", SETTINGS).lines(np.int16(weights.speech("zh") * 32767))
    finally:
        sandbox.work_in(None)
    assert list(quarantine.iterdir()) == []


def test_a_voice_that_was_muted_as_such_is_not_listened_for(weights: Toy, tmp_path: Path) -> None:
    sound = (Stretch(0.0, 9.0, "mute", "voice", "patient"),)
    check = Understood(exported(tmp_path, weights.speech("zh")), sound, REGISTER, Ears("zh", SETTINGS))
    assert [one.value for one in check.measures()] == [0.0]


@pytest.mark.parametrize(
    ("settings", "why"),
    [(SETTINGS, "clinicreel models fetch toy.pt"), (Transcribe(engine="sidecar"), "names nothing that listens")],
)
def test_who_cannot_listen_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Transcribe, why: str
) -> None:
    monkeypatch.setenv("CLINICREEL_MODELS", str(tmp_path))
    assert why in understood.unable(settings)


def test_weights_that_come_later_verify_the_clip_again(
    toy: Toy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Proving(transcribe=SETTINGS)
    monkeypatch.setenv("CLINICREEL_MODELS", str(tmp_path))
    without = verify.depends(muted(*HIDDEN), made)
    monkeypatch.setenv("CLINICREEL_MODELS", str(toy.folder))
    assert verify.depends(muted(*HIDDEN), made) != without
    assert verify.depends((Stretch(0.0, 9.0, "keep"),), made) == without
