"""Whoever verifies is shown naked heads of the recording itself, whatever its formats cut off."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline import config
from pipeline.errors import RecordingError
from pipeline.settings.proving import Proving
from pipeline.stages.challenge import challenge, filed_under
from pipeline.stages.detect import detect
from pipeline.stages.track import track
from pipeline.values import Clip, Plan, Sensitivity, Sightings, Source
from tests import media
from tests.built import NOBODY
from tests.portraits import doctor, film, patient

Scene = tuple[Source, Clip, Plan, Sightings]
FACE_SHARE = config.Track().face_share


def seen(path: Path) -> Scene:
    source = media.source_for(path)
    clip = media.whole(source)
    sightings = detect(source, clip, config.Detect())
    return source, clip, track(sightings, (), NOBODY, config.Text(), config.Track()), sightings


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """One head far on the left, one far on the right: the middle of the picture, which 9:16 shows, holds nobody."""
    return seen(film(tmp_path_factory.mktemp("scene") / "scene.mp4", doctor(), patient(), frames=30))


def proving(trials: int, **changes: object) -> Proving:
    made = Proving.of(config.Channel())
    return made.model_copy(update={"verify": made.verify.model_copy(update={"trials": trials, **changes})})


def shown(scene: Scene, made: Proving, out: Path, *shapes: str) -> Sensitivity:
    out.mkdir()
    told = challenge(*scene, shapes, FACE_SHARE, made, out=out)
    assert list(out.iterdir()) == []
    return told


def test_heads_that_every_format_cuts_off_are_shown_in_the_whole_picture(scene: Scene, tmp_path: Path) -> None:
    told = shown(scene, proving(6), tmp_path / "out", "9:16")
    assert told.shown == 6
    assert told.found >= 4
    assert told.smallest_px > 0


def test_a_verifier_that_sees_nothing_is_found_out(scene: Scene, tmp_path: Path) -> None:
    told = shown(scene, proving(6, min_score=1.0), tmp_path / "out", "9:16")
    assert (told.shown, told.found) == (6, 0)


def test_nothing_is_left_of_a_trial_that_fails(scene: Scene, tmp_path: Path) -> None:
    source, clip, plan, sightings = scene
    gone = replace(source, file=replace(source.file, path=tmp_path / "gone.mp4"))
    (tmp_path / "out").mkdir()
    with pytest.raises(RecordingError):
        challenge(gone, clip, plan, sightings, ("9:16",), FACE_SHARE, proving(6), out=tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


def test_where_nobody_is_seen_nobody_is_shown(tmp_path: Path) -> None:
    empty = seen(media.film(tmp_path / "empty.mp4", frames=10))
    assert shown(empty, proving(6), tmp_path / "out", "9:16").shown == 0


def test_a_clip_of_the_same_camera_is_not_measured_again(scene: Scene) -> None:
    source, clip, plan, sightings = scene
    half = Clip(2, tuple(clip.spans))
    first, second = (
        filed_under(source, one, plan, sightings, ("9:16",), FACE_SHARE, proving(6)) for one in (clip, half)
    )
    assert first == second
    other = filed_under(source, clip, plan, sightings, ("16:9",), FACE_SHARE, proving(6))
    assert other != first
