"""Redact: every region of every frame is painted, on the right frame, and nothing raw is left beside the master."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from pipeline import config, media
from pipeline.errors import RecordingError
from pipeline.redactors import solid
from pipeline.stages.redact import depends, redact
from pipeline.values import Box, Clip, Mention, Plan, Script, Source, Track, Word
from tests.built import NOBODY, UNSAID
from tests.media import clip_of, number_of, read_wav, source_for, whole
from tests.media import film as make_film

BOX = (130, 118, 190, 166)
"""Clear of the bars that carry the number."""
FILL = solid.to_yuv("#1c1c1c")[0]
SOLID = config.Redact(face="solid")


def plan_for(source: Source, clip: Clip, tracks: tuple[Track, ...]) -> Plan:
    width, height = media.master_size(source)
    count = sum(round(span.end_s * source.fps) - round(span.start_s * source.fps) for span in clip.spans)
    return Plan(1, width, height, source.fps, count, tracks)


def over(first: int, frames: int, box: Box = BOX, kind: str = "face", shape: str = "box", number: int = 1) -> Track:
    return Track(number, kind, "test", shape, first, box * frames, (first,))


def pictures(master: Path) -> list[tuple[np.ndarray, int]]:
    """Luma and number of every frame of a master, decoded anew."""
    source = source_for(master)
    frames = media.frames(source, whole(source), source.width_px, source.height_px)
    return [(frame.y.copy(), number_of(frame.y)) for frame in frames]


def inside(y: np.ndarray, box: Box = BOX, margin_px: int = 3) -> np.ndarray:
    return y[box[1] + margin_px : box[3] - margin_px, box[0] + margin_px : box[2] - margin_px].astype(int)


def test_a_region_is_painted_on_its_frames_and_on_no_other(film: Path, tmp_path: Path) -> None:
    source = source_for(film)
    clip = whole(source)
    master = redact(
        source, clip, plan_for(source, clip, (over(17, 5),)), UNSAID, NOBODY, "", SOLID, config.Sound(), out=tmp_path
    )
    seen = pictures(master.file.path)
    assert [number for _, number in seen] == list(range(50))
    hidden = [frame for frame, (y, _) in enumerate(seen) if np.abs(inside(y) - FILL).max() <= 12]
    assert hidden == list(range(17, 22))


def test_what_is_plain_lies_over_a_blurred_head_whichever_is_named_first(film: Path, tmp_path: Path) -> None:
    source = source_for(film)
    clip = whole(source)
    line, within, head = (110, 90, 170, 115), (120, 95, 150, 110), (90, 40, 190, 165)
    tracks = (
        over(0, 50, line, "text", number=1),
        over(0, 50, head, "face", "ellipse", number=2),
        over(0, 50, within, "text", number=3),
    )
    plan = plan_for(source, clip, tracks)
    red = config.Redact(fill="#ff0000")
    master = redact(source, clip, plan, UNSAID, NOBODY, "", red, config.Sound(), out=tmp_path)
    for y, _ in pictures(master.file.path):
        assert np.abs(inside(y, line) - solid.to_yuv(red.fill)[0]).max() <= 12


def test_frame_n_of_the_plan_is_frame_n_of_a_clip_made_of_pieces(film: Path, tmp_path: Path) -> None:
    source = source_for(film)
    clip = clip_of((0.4, 0.8), (1.2, 1.6))
    master = redact(
        source, clip, plan_for(source, clip, (over(9, 2),)), UNSAID, NOBODY, "", SOLID, config.Sound(), out=tmp_path
    )
    seen = pictures(master.file.path)
    assert [number for _, number in seen] == [*range(10, 20), *range(30, 40)]
    hidden = [number for y, number in seen if np.abs(inside(y) - FILL).max() <= 12]
    assert hidden == [19, 30]


def test_a_master_is_as_long_as_the_clip_with_its_sound_and_nothing_else_beside_it(film: Path, tmp_path: Path) -> None:
    source = source_for(film)
    clip = whole(source)
    master = redact(source, clip, plan_for(source, clip, ()), UNSAID, NOBODY, "", SOLID, config.Sound(), out=tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["master.mp4"]
    assert (master.frame_count, master.fps, master.has_sound, master.damage) == (50, Fraction(25), True, ())
    assert source_for(master.file.path).duration_s == pytest.approx(2.0, abs=0.05)


@pytest.mark.parametrize("hide", ["mute", "beep"])
def test_what_identifies_someone_is_not_in_the_masters_sound_and_the_master_says_so(
    film: Path, tmp_path: Path, hide: str
) -> None:
    source = source_for(film)
    clip = clip_of((0.4, 0.8), (1.2, 2.0))
    said = Script("sidecar", "zh", 2.0, (), (Mention("name", "", 1.5, 1.7),))
    hearing = config.Sound.model_validate({"hide": hide, "guard_ms": 80})
    master = redact(source, clip, plan_for(source, clip, ()), said, NOBODY, "", SOLID, hearing, out=tmp_path)
    (hidden,) = [one for one in master.sound if one.how != "keep"]
    assert (hidden.how, hidden.why) == (hide, "name")
    assert (hidden.start_s, hidden.end_s) == pytest.approx((0.62, 0.98))
    heard = source_for(master.file.path)
    _, samples = read_wav(media.sound(heard, whole(heard), tmp_path))
    # The film's tone is at 440 Hz; a spectrum of 0.2 s tells it from the beep at 1000 Hz.
    spectrum = np.abs(np.fft.rfft(samples[round(0.7 * 48_000) : round(0.9 * 48_000), 0] * np.hanning(9600)))
    outside = np.abs(np.fft.rfft(samples[round(0.1 * 48_000) : round(0.3 * 48_000), 0] * np.hanning(9600)))
    assert spectrum[88] < 1e-3 * outside[88]
    assert (spectrum[200] > 0.1 * outside[88]) == (hide == "beep")


def test_a_recording_without_sound_gives_a_master_without_sound(tmp_path: Path) -> None:
    source = source_for(make_film(tmp_path / "silent.mp4", frames=10, sound=None))
    clip = whole(source)
    (tmp_path / "out").mkdir()
    master = redact(
        source, clip, plan_for(source, clip, ()), UNSAID, NOBODY, "", SOLID, config.Sound(), out=tmp_path / "out"
    )
    assert not master.has_sound
    assert source_for(master.file.path).audio_index is None


@pytest.mark.parametrize("style", ["blur", "mosaic"])
def test_the_same_plan_gives_the_same_bytes_and_another_recording_other_noise(
    film: Path, tmp_path: Path, style: str
) -> None:
    source = source_for(film)
    clip = clip_of((0.0, 0.4))
    plan = plan_for(source, clip, (over(0, 10, (60, 20, 160, 150), shape="ellipse"),))
    other = replace(source, file=replace(source.file, sha256="0" * 64))
    masters = []
    for number, one in enumerate((source, source, other)):
        (tmp_path / str(number)).mkdir()
        how = config.Redact.model_validate({"face": style})
        masters.append(redact(one, clip, plan, UNSAID, NOBODY, "", how, config.Sound(), out=tmp_path / str(number)))
    assert masters[0].file.sha256 == masters[1].file.sha256 != masters[2].file.sha256


def test_another_recording_or_clip_gives_a_voice_another_disguise(film: Path, tmp_path: Path) -> None:
    """The picture is the same in all of them: what differs is heard."""
    source, clip = source_for(film), clip_of((0.0, 0.4))
    said = Script("sidecar", "zh", 2.0, (Word(0.0, 0.4, "好", 1.0, "patient"),), ())
    other = replace(source, file=replace(source.file, sha256="0" * 64))
    masters = []
    for number, (one, cut) in enumerate(
        ((source, clip), (source, clip), (other, clip), (source, replace(clip, number=2)))
    ):
        (tmp_path / str(number)).mkdir()
        plan = plan_for(source, cut, ())
        made = redact(one, cut, plan, said, NOBODY, "", SOLID, config.Sound(), out=tmp_path / str(number))
        assert [(part.how, part.voice) for part in made.sound] == [("disguise", "patient")]
        masters.append(made.file.sha256)
    assert masters[0] == masters[1]
    assert len(set(masters)) == 3


def test_each_kind_of_track_is_hidden_in_its_own_style(film: Path, tmp_path: Path) -> None:
    source = source_for(film)
    clip = clip_of((0.0, 0.4))
    kinds = {"face": (4, 40, 60, 140), "zone": (70, 120, 120, 176), "text": (200, 120, 260, 176)}
    tracks = tuple(over(0, 10, box, kind, number=n) for n, (kind, box) in enumerate(kinds.items(), start=1))
    master = redact(
        source,
        clip,
        plan_for(source, clip, tracks),
        UNSAID,
        NOBODY,
        "",
        config.Redact(face="mosaic"),
        config.Sound(),
        out=tmp_path,
    )
    y, _ = pictures(master.file.path)[-1]
    assert np.abs(inside(y, kinds["zone"]) - FILL).max() <= 12
    assert np.abs(inside(y, kinds["text"]) - FILL).max() <= 12, "text is solid whatever the channel says"
    assert inside(y, kinds["face"]).mean() > FILL + 20


def test_a_plan_for_another_clip_is_refused(film: Path, tmp_path: Path) -> None:
    source = source_for(film)
    clip = clip_of((0.0, 0.4))
    plan = replace(plan_for(source, clip, ()), frame_count=9)
    with pytest.raises(RecordingError, match=r"9 frames .* 10 frames"):
        redact(source, clip, plan, UNSAID, NOBODY, "", SOLID, config.Sound(), out=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_result_depends_on_the_redactors_that_paint(film: Path) -> None:
    source = source_for(film)
    clip = whole(source)
    plan = plan_for(source, clip, (over(0, 5), over(0, 5, kind="text", number=2)))
    told = depends(plan, config.Redact())
    assert told.pop("sound")
    assert told == {"blur": 1, "solid": 1}
