"""Detect: every part of a clip is looked at, and what is found is told in pixels of the master."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from pipeline import config, geometry, media
from pipeline.detectors import code_zxing, face_centerface
from pipeline.errors import ConfigError
from pipeline.stages.detect import depends, detect
from pipeline.stages.track import track
from tests import portraits
from tests.built import NOBODY
from tests.media import clip_of, source_for, whole

SMALL = face_centerface.Settings(long_sides_px=(96,))
QUICK = face_centerface.Settings(long_sides_px=(320,))
FACE_PX = 90
"""Width of a face in the films of `portraits`."""


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A camera that stands still before a wall: 25 fps, 2 s."""
    return portraits.film(tmp_path_factory.mktemp("wall") / "film.mp4")


def test_the_first_and_the_last_frame_are_always_looked_at(film: Path) -> None:
    source = source_for(film)
    seen = detect(source, whole(source), {"face_centerface": SMALL})
    assert [one.frame for one in seen.frames] == [*range(0, 50, 4), 49]
    assert (seen.frame_count, seen.fps, seen.damage) == (50, Fraction(25), ())
    assert (seen.width_px, seen.height_px) == media.master_size(source)


def test_frames_count_from_the_clip_and_not_from_the_recording(film: Path) -> None:
    seen = detect(source_for(film), clip_of((0.4, 0.8), (1.2, 1.6)), {"face_centerface": SMALL})
    assert [one.frame for one in seen.frames] == [0, 4, 8, 9, 10, 12, 16, 19]


def test_a_short_piece_is_looked_at_wherever_it_lies(film: Path) -> None:
    seen = detect(source_for(film), clip_of((0.0, 0.2), (0.8, 0.92), (1.2, 1.8)), {"face_centerface": SMALL})
    assert [one.frame for one in seen.frames] == [0, 4, 5, 7, 8, 12, 16, 20, 22]


@pytest.mark.parametrize("knocked", [(21,), (22,), (22, 23), (21, 22, 23), (29, 30, 31, 32, 33)])
def test_a_face_is_hidden_while_the_camera_is_knocked(knocked: tuple[int, ...], tmp_path: Path) -> None:
    """Half of it showed beside the region, and half a face is nothing that a detector is sure of."""
    film = portraits.film(tmp_path / "film.mp4", portraits.doctor(), knocks=dict.fromkeys(knocked, FACE_PX))
    source = source_for(film)
    seen = detect(source, whole(source), {"face_centerface": QUICK})
    plan = track(seen, (), NOBODY, config.Text(), config.Track())
    (before,) = next(one.detections for one in seen.frames if one.frame == 20)
    at = geometry.moved((round(before.x0), round(before.y0), round(before.x1), round(before.y1)), FACE_PX, 0)
    for frame in knocked:
        regions = [(box, one.shape) for one in plan.tracks if (box := one.box(frame))]
        assert max(geometry.hidden(at, box, shape) for box, shape in regions) > 0.99


def test_where_the_camera_is_held_still_no_frame_is_looked_at_beside_the_usual_ones(tmp_path: Path) -> None:
    source = source_for(portraits.film(tmp_path / "film.mp4", portraits.doctor(), portraits.patient()))
    seen = detect(source, whole(source), {"face_centerface": QUICK})
    assert [one.frame for one in seen.frames] == [*range(0, 50, 4), 49]


def test_faces_are_looked_for_where_the_camera_is_knocked_also_if_something_else_looks_more_often(
    tmp_path: Path,
) -> None:
    source = source_for(portraits.film(tmp_path / "film.mp4", portraits.doctor(), knocks={22: FACE_PX}))
    seen = detect(source, whole(source), {"face_centerface": QUICK, "code_zxing": code_zxing.Settings(every=2)})
    assert [one.frame for one in seen.frames] == [*range(0, 50, 2), 49]
    assert [one.kind for one in seen.frames[11].detections] == ["face"]


def test_a_build_that_is_nicer_than_its_threads_works(film: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody but root may make a thread less nice again."""

    def set_priority(which: int, who: int, priority: int) -> None:
        if priority < 15:
            raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("os.getpriority", lambda which, who: 15)
    monkeypatch.setattr("os.setpriority", set_priority)
    source = source_for(film)
    assert len(detect(source, whole(source), {"face_centerface": SMALL}).frames) == 14


def test_no_detector_is_a_fault_of_the_configuration(film: Path) -> None:
    source = source_for(film)
    with pytest.raises(ConfigError, match="every detector is off"):
        detect(source, whole(source), {"face_centerface": None})


def test_a_result_depends_on_the_weights_of_the_detectors_that_are_on() -> None:
    (known,) = depends({"face_centerface": SMALL, "face_yunet": None}).items()
    name, (version, weights) = known
    assert (name, version, len(weights)) == ("face_centerface", face_centerface.VERSION, 64)


@pytest.mark.material
def test_boxes_are_in_pixels_of_the_master(material: Path) -> None:
    source = source_for(material / "scene" / "consultation_zh.mp4")
    seen = detect(source, clip_of((4.0, 4.5)), {"face_centerface": face_centerface.Settings()})
    assert (seen.width_px, seen.height_px) == (1920, 1080)
    for sighting in seen.frames:
        for middle in ((340, 314), (1352, 658)):
            assert any(one.x0 < middle[0] < one.x1 and one.y0 < middle[1] < one.y1 for one in sighting.detections)
