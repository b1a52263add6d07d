"""A face stays visible where it surely is the doctor's: on real pixels, from photo to plan."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pipeline import config, detectors, geometry, recognisers, rooms, store
from pipeline import media as decoding
from pipeline.detectors import face_centerface
from pipeline.errors import ToolError
from pipeline.looking import portraits
from pipeline.recognisers import dlib
from pipeline.stages.detect import detect
from pipeline.stages.enrol import enrol
from pipeline.stages.recognise import depends, recognise
from pipeline.stages.track import track
from pipeline.values import Clip, Familiar, Plan, Source, Span, Track
from tests import media
from tests.built import NOBODY
from tests.portraits import doctor, film, patient, saved, side_by_side

Scene = tuple[Source, Clip, Plan]


def seen(path: Path, *long_sides_px: int) -> Scene:
    """A recording and everything that would be hidden in it."""
    source = media.source_for(path)
    clip = media.whole(source)
    sightings = detect(source, clip, {"face_centerface": face_centerface.Settings(long_sides_px=long_sides_px)})
    return source, clip, track(sightings, (), NOBODY, config.Text(), config.Track())


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """The doctor on the left, the patient on the right."""
    return seen(film(tmp_path_factory.mktemp("scene") / "scene.mp4", doctor(), patient()), 480)


def known_by(folder: Path, *photos: np.ndarray) -> tuple[Familiar, ...]:
    files = tuple(store.file_of(saved(one, folder / f"{at}.png")) for at, one in enumerate(photos))
    return (Familiar("doctor", files),)


def frames(tracks: tuple[Track, ...]) -> set[int]:
    return {at for one in tracks for at in range(one.first_frame, one.first_frame + one.frame_count)}


def on_the_left(one: Track) -> bool:
    return one.boxes[0] < 320


@pytest.mark.parametrize(("face", "left"), [(doctor, True), (patient, False)])
def test_whose_photo_it_is_stays_visible_and_the_other_never(
    scene: Scene, tmp_path: Path, face: Callable[[], np.ndarray], left: bool
) -> None:
    source, clip, plan = scene
    made = recognise(source, clip, plan, known_by(tmp_path, face()), "dlib")
    assert len(frames(made.kept)) >= 0.95 * plan.frame_count
    assert {on_the_left(one) for one in made.kept} == {left}
    other = [one for one in plan.tracks if on_the_left(one) != left]
    assert [one for one in made.tracks if on_the_left(one) != left] == other


def test_who_is_only_alike_stays_hidden(tmp_path: Path) -> None:
    source, clip, plan = seen(film(tmp_path / "alone.mp4", patient(), frames=30), 480)
    assert recognise(source, clip, plan, known_by(tmp_path, doctor()), "dlib") == plan


def test_two_with_one_face_are_both_hidden(tmp_path: Path) -> None:
    source, clip, plan = seen(film(tmp_path / "twins.mp4", doctor(), doctor()[:, ::-1], frames=30), 480)
    assert recognise(source, clip, plan, known_by(tmp_path, doctor()), "dlib") == plan


def test_who_sits_in_the_seat_stays_visible_without_a_photo(scene: Scene) -> None:
    source, clip, plan = scene
    made = recognise(source, clip, plan, (Familiar("doctor", (), (0.0, 0.0, 0.5, 1.0)),), "dlib")
    assert frames(made.kept) == set(range(plan.frame_count))
    assert {on_the_left(one) for one in made.kept} == {True}


def test_across_a_cut_of_the_clip_nobody_is_known_by_the_seat(scene: Scene) -> None:
    source, clip, plan = scene
    cut_s, end_s = (float(frames / plan.fps) for frames in (plan.frame_count // 2, plan.frame_count))
    pieces = replace(clip, spans=(Span(0.0, cut_s), Span(cut_s, end_s)))
    assert recognise(source, pieces, plan, (Familiar("doctor", (), (0.0, 0.0, 0.5, 1.0)),), "dlib") == plan


def test_the_plan_holds_nothing_of_a_face(scene: Scene, tmp_path: Path) -> None:
    """What is kept is a track like any other: places and times."""
    source, clip, plan = scene
    (kept,) = recognise(source, clip, plan, known_by(tmp_path, doctor()), "dlib").kept
    assert kept.reason == "doctor stays visible"
    assert all(isinstance(side, int) for side in kept.boxes)
    assert len(kept.boxes) == 4 * kept.frame_count


# --- photos ---------------------------------------------------------------------------------------------------------


def blurred() -> np.ndarray:
    import cv2

    return np.asarray(cv2.GaussianBlur(doctor(), (0, 0), 6), np.uint8)


def far_away() -> np.ndarray:
    import cv2

    return np.asarray(cv2.resize(doctor(), None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA), np.uint8)


@pytest.mark.parametrize(
    ("photo", "what"),
    [
        (doctor, ""),
        (lambda: np.full((300, 300, 3), 90, np.uint8), "no face on it"),
        (lambda: side_by_side(doctor(), patient()), "2 faces on it"),
        (blurred, "too small, blurred or turned away"),
        (far_away, "too small, blurred or turned away"),
    ],
)
def test_a_photo_is_good_or_told_what_is_wrong(photo: Callable[[], np.ndarray], what: str, tmp_path: Path) -> None:
    (told,) = enrol(known_by(tmp_path, photo()), "dlib")
    assert (told.person, told.number) == ("doctor", 0)
    assert told.fault.startswith(what) or what in told.fault
    assert bool(told.fault) == bool(what)


def test_a_file_that_is_no_picture_is_told(tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    path.write_text("not a picture")
    (told,) = enrol((Familiar("doctor", (store.file_of(path),)),), "dlib")
    assert "no picture" in told.fault


# --- the network ----------------------------------------------------------------------------------------------------


def test_one_face_is_near_itself_and_far_from_another() -> None:
    network = dlib.build(dlib.Settings())
    region = (0, 0, 220, 250)
    own, mirrored, other = (
        network.measure(image, box)
        for image, box in ((doctor(), region), (doctor()[:, ::-1].copy(), region), (patient(), region))
    )
    assert own is not None
    assert mirrored is not None
    assert other is not None
    assert np.linalg.norm(own - mirrored) < 0.3
    assert np.linalg.norm(own - other) > network.same


def test_a_region_with_two_faces_is_not_measured() -> None:
    tight = doctor()[:, 45:175]
    both = side_by_side(tight, tight)
    assert dlib.build(dlib.Settings()).measure(both, (0, 0, both.shape[1], both.shape[0])) is None


def test_a_region_beyond_the_picture_is_not_measured() -> None:
    assert dlib.build(dlib.Settings()).measure(doctor(), (900, 900, 1000, 1000)) is None


def test_the_file_that_may_not_be_used_commercially_is_not_used() -> None:
    assert {path.name for path in dlib.weights()} == {
        "dlib_face_recognition_resnet_model_v1.dat",
        "shape_predictor_5_face_landmarks.dat",
    }


def test_other_weights_than_the_published_ones_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(dlib.SHA256, dlib.NETWORK, "0" * 64)
    with pytest.raises(ToolError, match="not installed, or were changed"):
        dlib.weights()


def test_a_result_depends_on_what_measures_only_where_something_is_measured(tmp_path: Path) -> None:
    told = depends(known_by(tmp_path, doctor()), "dlib")
    assert told == portraits.depends("dlib")
    assert told["dlib"] == [dlib.VERSION, *dlib.SHA256.values()]
    assert depends((Familiar("doctor", (), (0.0, 0.0, 0.5, 1.0)),), "dlib") == {}


def test_every_recogniser_keeps_the_rules_of_its_room() -> None:
    for name in rooms.names("recognisers"):
        part = rooms.part("recognisers", name)
        network: recognisers.Recogniser = part.build(part.Settings())
        assert 0 < network.usual < network.same < network.stranger
        assert network.margin > 0


@pytest.mark.slow
@pytest.mark.material
@pytest.mark.parametrize("left", [True, False])
def test_of_two_real_people_one_stays_visible_and_the_other_never(material: Path, tmp_path: Path, left: bool) -> None:
    """Three photos of each are cut from the first half second; the film goes on, both turn and look down."""
    source, clip, plan = seen(material / "video" / "egoblur_gen2_test_face_video.mp4", 480, 960)
    both = [one for one in plan.tracks if len(one.seen) > 5]
    kept, other = sorted(both, key=lambda one: (one.boxes[0] < 1450) != left)
    made = recognise(source, clip, plan, known_by(tmp_path, *cut_out(source, clip, kept, (0, 8, 12))), "dlib")
    assert len(frames(made.kept)) >= 0.95 * plan.frame_count
    assert all(geometry.overlap(np.array(one.boxes[:4]), np.array([other.boxes[:4]]))[0] < 0.1 for one in made.kept)
    assert other in made.tracks


def cut_out(source: Source, clip: Clip, one: Track, at: tuple[int, ...]) -> list[np.ndarray]:
    """A head on some frames, with room around it."""
    found = []
    for frame in decoding.frames(source, clip, *decoding.master_size(source)):
        box = one.box(frame.number)
        if frame.number in at and box is not None:
            x0, y0, x1, y1 = box
            found.append(detectors.bgr(frame)[max(0, y0 - 60) : y1 + 60, max(0, x0 - 60) : x1 + 60])
    return found
