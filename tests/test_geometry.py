"""Boxes and masks: what must be covered is covered, to the pixel."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline import geometry


def _inside(box: np.ndarray, points: np.ndarray) -> np.ndarray:
    centre, half = (box[:2] + box[2:]) / 2, (box[2:] - box[:2]) / 2
    return (((points - centre) / half) ** 2).sum(axis=1) <= 1 + 1e-9


def _rim(box: np.ndarray) -> np.ndarray:
    angles = np.linspace(0, 2 * np.pi, 1000)
    centre, half = (box[:2] + box[2:]) / 2, (box[2:] - box[:2]) / 2
    return centre + half * np.stack([np.cos(angles), np.sin(angles)], axis=1)


def test_a_box_outside_the_picture_is_nothing_and_one_at_the_edge_is_cut() -> None:
    assert geometry.clip((100, 0, 120, 10), 100, 50) is None
    assert geometry.clip((-5, 40, 10, 60), 100, 50) == (0, 40, 10, 50)


def test_an_odd_box_grows_outward_to_whole_chroma_samples() -> None:
    assert geometry.even((-3, 1, 5, 8)) == (-4, 0, 6, 8)


def test_a_box_between_pixels_grows_outward() -> None:
    assert geometry.outward(np.array([[-0.5, 1.2, 3.1, 4.0]])).tolist() == [[-1, 1, 4, 4]]


def test_of_boxes_within_others_and_of_those_that_are_the_same_one_is_left() -> None:
    large, small, beside, cut = (0, 0, 10, 10), (2, 2, 10, 8), (11, 0, 12, 1), (5, 5, 11, 11)
    assert geometry.outermost([small, large, beside, large, cut]) == [large, beside, cut]
    assert geometry.outermost([small, small]) == [small]
    assert geometry.outermost([]) == []


def test_together_the_outermost_boxes_cover_what_all_of_them_do() -> None:
    chance = np.random.default_rng(3)
    for _ in range(50):
        low = chance.integers(0, 30, (40, 2))
        boxes = [tuple(one) for one in np.hstack([low, low + chance.integers(1, 12, (40, 2))]).tolist()]
        pictures = []
        for those in (boxes, geometry.outermost(boxes)):
            picture = np.zeros((50, 50), bool)
            for x0, y0, x1, y1 in those:
                picture[y0:y1, x0:x1] = True
            pictures.append(picture)
        assert (pictures[0] == pictures[1]).all()


@pytest.mark.parametrize(("shift", "share"), [(0, 1.0), (5, 1 / 3), (10, 0.0)])
def test_overlap_is_intersection_over_union(shift: int, share: float) -> None:
    one = np.array([0.0, 0, 10, 10])
    assert geometry.overlap(one, one[None] + [shift, 0, shift, 0]) == pytest.approx([share])


def test_what_two_looks_found_of_one_face_becomes_the_union_of_both() -> None:
    boxes = np.array([[0.0, 0, 10, 10], [2, 1, 12, 11], [50, 50, 60, 60]])
    merged, scores = geometry.merge(boxes, np.array([0.5, 0.9, 0.7]), 0.3)
    assert merged.tolist() == [[0, 0, 12, 11], [50, 50, 60, 60]]
    assert scores.tolist() == [0.9, 0.7]


def test_merging_does_not_depend_on_the_order_of_what_was_found() -> None:
    boxes = np.random.default_rng(1).uniform(0, 50, (40, 2))
    boxes = np.concatenate([boxes, boxes + 15], axis=1)
    scores = np.round(np.linspace(0.2, 0.9, 40), 1)
    turned = np.arange(40)[::-1]
    assert np.array_equal(geometry.merge(boxes, scores, 0.3)[0], geometry.merge(boxes[turned], scores[turned], 0.3)[0])


def test_merging_nothing_gives_nothing() -> None:
    boxes, scores = geometry.merge(np.empty((0, 4)), np.empty(0), 0.3)
    assert boxes.shape == (0, 4)
    assert scores.shape == (0,)


@pytest.mark.parametrize("face", [[100, 100, 180, 200], [100, 100, 130, 200], [100, 100, 200, 150]])
@pytest.mark.parametrize("growth", [(1.6, 0.5, 0.3), (1.2, 0.2, 0.1)])
def test_the_ellipse_of_a_head_holds_the_whole_face_box(face: list[float], growth: tuple[float, float, float]) -> None:
    faces = np.array([face], np.float64)
    head = geometry.head(faces, *growth)[0]
    x0, y0, x1, y1 = faces[0]
    assert _inside(head, np.array([[x0, y0], [x1, y0], [x0, y1], [x1, y1]])).all()


def test_a_face_from_the_side_gets_a_head_as_deep_as_one_from_the_front() -> None:
    front, side = geometry.head(np.array([[0.0, 0, 85, 100], [0, 0, 45, 100]]), 1.6, 0.5, 0.3)
    assert side[2] - side[0] == pytest.approx(front[2] - front[0])


def test_the_ellipse_around_a_moving_head_holds_the_ellipses_of_all_near_frames() -> None:
    way = np.arange(12)[:, None] * np.array([9.0, 7, 9, 7])
    boxes = np.array([[0.0, 0, 60, 80]]) + way
    joined = geometry.around(boxes, 2)
    for frame in range(12):
        for near in range(max(0, frame - 2), min(12, frame + 3)):
            assert _inside(joined[frame], _rim(boxes[near])).all()


def test_a_still_head_is_not_grown_by_its_neighbours() -> None:
    boxes = np.tile([10.0, 20, 70, 100], (9, 1))
    assert np.abs(geometry.around(boxes, 2) - boxes).max() < 0.5


@pytest.mark.parametrize("box", [(0, 0, 40, 30), (-13, 5, 21, 44), (30, 20, 61, 43)])
def test_a_mask_covers_the_pixels_whose_centres_lie_in_the_shape(box: tuple[int, int, int, int]) -> None:
    window = (0, 0, 50, 40)
    rows, columns = np.mgrid[0:40, 0:50] + 0.5
    points = np.stack([columns.ravel(), rows.ravel()], axis=1)
    ellipse = _inside(np.array(box, np.float64), points).reshape(40, 50)
    assert np.mean(geometry.mask(box, "ellipse", window) != ellipse) < 0.002
    square = (columns > box[0]) & (columns < box[2]) & (rows > box[1]) & (rows < box[3])
    assert np.array_equal(geometry.mask(box, "box", window), square)


def test_a_mask_seen_through_a_window_is_part_of_the_whole_mask() -> None:
    box = (-5, 3, 31, 29)
    whole = geometry.mask(box, "ellipse", (-10, 0, 40, 40))
    assert np.array_equal(geometry.mask(box, "ellipse", (4, 10, 24, 40)), whole[10:40, 14:34])


@pytest.mark.parametrize("shape", ["ellipse", "box"])
def test_many_masks_at_once_are_those_of_each_box(shape: str) -> None:
    boxes = np.random.default_rng(0).integers(-8, 40, (60, 4))
    boxes[:, 2:] = np.maximum(boxes[:, :2], boxes[:, 2:])
    for box, mask in zip(boxes.tolist(), geometry.masks(boxes, shape, 32), strict=True):
        assert np.array_equal(mask, geometry.mask(tuple(box), shape, (0, 0, 32, 32)))
