"""Detectors: the network's maps are read right, and the networks find what they should."""

from __future__ import annotations

import math
import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from pipeline import detectors, media
from pipeline.detectors import face_centerface, face_dlib, face_yunet
from pipeline.errors import ToolError
from tests import portraits
from tests.media import clip_of, source_for


def test_a_cell_of_the_heat_map_becomes_a_box_around_its_centre() -> None:
    heat = np.zeros((8, 10), np.float32)
    size, offset = np.zeros((2, 8, 10), np.float32), np.zeros((2, 8, 10), np.float32)
    heat[3, 6] = 0.8
    size[:, 3, 6] = math.log(5), math.log(2)
    offset[:, 3, 6] = 0.25, -0.5
    boxes, scores = face_centerface.decode(heat, size, offset, 0.2)
    across, down = (6 + 0.5 - 0.5) * 4, (3 + 0.5 + 0.25) * 4
    assert boxes == pytest.approx(np.array([[across - 4, down - 10, across + 4, down + 10]]), abs=1e-5)
    assert scores == pytest.approx([0.8])


def test_a_cell_below_the_threshold_is_no_face() -> None:
    maps = np.zeros((2, 8, 10), np.float32)
    boxes, scores = face_centerface.decode(np.full((8, 10), 0.19, np.float32), maps, maps, 0.2)
    assert (len(boxes), len(scores)) == (0, 0)


@pytest.mark.parametrize(
    ("size", "fitted"), [((180, 320), (256, 480)), ((1080, 608), (480, 256)), ((10, 4000), (32, 480))]
)
def test_a_picture_is_fitted_to_sides_that_the_network_takes(size: tuple[int, int], fitted: tuple[int, int]) -> None:
    assert detectors.fitted(np.zeros((*size, 3), np.uint8), 480, 32).shape == (*fitted, 3)


def test_the_network_is_rewritten_once_and_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    (path,) = face_centerface.weights()
    made = path.stat()
    assert face_centerface.weights() == (path,)
    assert path.stat().st_mtime_ns == made.st_mtime_ns
    assert path.parent.parent == tmp_path
    assert stat.S_ISREG(made.st_mode)
    assert list(path.parent.iterdir()) == [path], "no part of a file is left behind"


def test_a_network_that_cannot_be_kept_is_an_expected_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "clinicreel").write_text("not a folder")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with pytest.raises(ToolError, match="cannot be written"):
        face_centerface.weights()


def test_the_rewritten_network_is_loaded_without_a_warning(capfd: pytest.CaptureFixture[str]) -> None:
    face_centerface.build(face_centerface.Settings()).detect(np.full((120, 200, 3), 127, np.uint8))
    assert capfd.readouterr().err == ""


def test_an_empty_wall_has_no_face() -> None:
    wall = np.full((360, 640, 3), 140, np.uint8)
    assert face_centerface.build(face_centerface.Settings()).detect(wall) == []


def test_large_looks_are_taken_on_some_turns_only() -> None:
    detector = face_centerface.build(face_centerface.Settings(long_sides_px=(64, 480), large_every=3))
    picture = np.random.default_rng(1).integers(0, 255, (270, 480, 3), np.uint8)
    small = face_centerface.build(face_centerface.Settings(long_sides_px=(64,)))
    assert detector.detect(picture, 1) == small.detect(picture) == detector.detect(picture, 2)
    assert detector.detect(picture, 3) == detector.detect(picture, 0)
    assert detector.long_side_px == 480


@pytest.mark.parametrize(
    ("head", "quarters", "edge"),
    [(portraits.patient, 1, "bottom"), (portraits.doctor, 3, "bottom"), (portraits.patient, 3, "right")],
)
def test_a_head_that_lies_at_the_pictures_edge_is_found_on_the_turns_with_large_looks(
    head: Callable[[], np.ndarray], quarters: int, edge: str
) -> None:
    """Little more than half of it is in the picture, and no upright look sees a face."""
    import cv2

    detector = face_centerface.build(face_centerface.Settings())
    lying = cv2.resize(np.ascontiguousarray(np.rot90(head(), quarters)), (200, 200))
    picture = np.full((540, 960, 3), 150, np.uint8)
    picture[430:, 400:600] = lying[:110] if edge == "bottom" else 150
    picture[150:350, 850:] = lying[:, :110] if edge == "right" else 150
    assert detector.detect(picture, 1) == []
    assert all(not len(detector.look(picture, side)[0]) for side in (480, 960))
    (found,) = detector.detect(picture, 3)
    x, y = (found.x0 + found.x1) / 2, (found.y0 + found.y1) / 2
    assert (400 < x < 600 and y > 430) if edge == "bottom" else (x > 850 and 150 < y < 350)


@pytest.mark.parametrize("quarters", [1, 3])
def test_what_is_seen_in_the_turned_picture_is_told_in_the_picture_as_it_is(quarters: int) -> None:
    class Seer:
        def look(self, image: np.ndarray, long_side_px: int) -> detectors.Look:
            rows, columns = np.nonzero(image[:, :, 0])
            return np.array([[columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]], float), np.ones(1)

    picture = np.zeros((60, 100, 3), np.uint8)
    picture[10:15, 20:50] = 1
    boxes, _ = detectors.turned(Seer(), picture, 0, quarters)
    assert boxes.tolist() == [[20, 10, 50, 15]]


@pytest.fixture(scope="module")
def two_people(material: Path) -> np.ndarray:
    """Two faces, one close and one far, BGR at 960x540."""
    import cv2

    source = source_for(material / "scene" / "consultation_zh.mp4")
    frame = next(iter(media.frames(source, clip_of((4.0, 4.2)), 960, 540)))
    return np.asarray(cv2.cvtColor(frame.data.reshape(810, 960), cv2.COLOR_YUV2BGR_I420))


@pytest.mark.material
def test_centerface_finds_both_faces_and_nothing_else_twice_the_same(two_people: np.ndarray) -> None:
    detector = face_centerface.build(face_centerface.Settings())
    found = detector.detect(two_people)
    assert [(one.kind, one.detector) for one in found] == [("face", "face_centerface")] * 2
    middles = sorted(((one.x0 + one.x1) / 2, (one.y0 + one.y1) / 2) for one in found)
    assert middles[0] == pytest.approx((170, 157), abs=25)
    assert middles[1] == pytest.approx((676, 329), abs=25)
    assert detector.detect(two_people) == found


@pytest.mark.material
@pytest.mark.parametrize("name", ["yunet_n_dynamic.onnx", "yunet_n_640_640.onnx"])
def test_yunet_finds_both_faces_whatever_size_its_file_was_made_for(
    two_people: np.ndarray, material: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Several threads ask the same network at once, and get what one gets alone."""
    path = material.parent / "models" / name
    if not path.is_file():
        pytest.skip(f"no YuNet at {path}")
    monkeypatch.setattr(face_yunet, "weights", lambda: (path,))
    detector = face_yunet.build(face_yunet.Settings())
    found = detector.detect(two_people)
    assert {one.detector for one in found} == {"face_yunet"}
    for middle in ((170, 157), (676, 329)):
        assert any(one.x0 < middle[0] < one.x1 and one.y0 < middle[1] < one.y1 for one in found)
    with ThreadPoolExecutor(2) as searchers:
        assert list(searchers.map(detector.detect, [two_people] * 4)) == [found] * 4


def test_a_cell_of_yunets_maps_becomes_a_box() -> None:
    maps = [np.zeros((1, cells, width), np.float32) for width in (1, 1, 4) for cells in (64, 16, 4)]
    maps[1][0, 6] = 0.81  # row 1, column 2 of the cells of 16 pixels
    maps[4][0, 6] = 1.0
    maps[7][0, 6] = 0.5, 0.25, math.log(2), math.log(3)
    boxes, scores = face_yunet.decode(maps, 2, 0.5)
    assert boxes == pytest.approx(np.array([[40 - 16, 20 - 24, 40 + 16, 20 + 24]]), abs=1e-4)
    assert scores == pytest.approx([0.9])


@pytest.mark.material
def test_dlib_finds_the_face_that_is_large_enough(two_people: np.ndarray) -> None:
    (found,) = face_dlib.build(face_dlib.Settings()).detect(two_people)
    assert found.detector == "face_dlib"
    assert (found.x0 + found.x1) / 2 == pytest.approx(170, abs=25)
    assert 0.5 < found.score <= 1


@pytest.mark.parametrize(("margin", "score"), [(-2.0, 0.0), (0.0, 0.5), (1.0, 0.75), (5.0, 1.0)])
def test_a_margin_of_dlib_is_told_on_the_scale_of_the_others(margin: float, score: float) -> None:
    assert face_dlib.score_of(margin) == score
