"""Tracks: a face that was seen once is hidden from before to after, and no miss is a naked frame."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from pipeline import config, geometry
from pipeline.settings.forms import Zone
from pipeline.stages.track import track
from pipeline.values import Detection, Plan, Sighting, Sightings
from tests.built import NOBODY

WIDTH_PX, HEIGHT_PX, FPS, FRAMES = 640, 360, Fraction(30), 150
Face = tuple[float, float, float, float]


def sightings(seen: dict[int, list[Face]], every: int = 3, kind: str = "face", frames: int = FRAMES) -> Sightings:
    """What a detector says that found these boxes and nothing else, looking at every n-th frame and the last."""
    looked = sorted({*range(0, frames, every), frames - 1, *seen})
    found = tuple(
        Sighting(frame, tuple(Detection(kind, *box, 0.9, "test") for box in seen.get(frame, []))) for frame in looked
    )
    return Sightings(WIDTH_PX, HEIGHT_PX, FPS, frames, found, ())


def plan_of(seen: dict[int, list[Face]], kind: str = "face", **settings: float) -> Plan:
    return track(sightings(seen, kind=kind), (), NOBODY, config.Text(), config.Track(**settings))


def is_hidden(plan: Plan, frame: int, box: Face) -> bool:
    """Whether every pixel of the box lies in the regions of that frame."""
    window = tuple(int(side) for side in geometry.outward(np.array([box]))[0])
    covered = np.zeros((window[3] - window[1], window[2] - window[0]), np.bool_)
    for one in plan.tracks:
        region = one.box(frame)
        if region is not None:
            covered |= geometry.mask(region, one.shape, window)
    return bool(covered.all())


def still(x: float = 300.0, y: float = 150.0, size: float = 40.0) -> Face:
    return x, y, x + size, y + size * 1.3


def test_nothing_seen_is_an_empty_plan_of_the_right_size() -> None:
    plan = plan_of({})
    assert (plan.tracks, plan.frame_count, plan.fps) == ((), FRAMES, FPS)


def test_a_face_between_two_analysed_frames_is_hidden() -> None:
    plan = plan_of({frame: [still()] for frame in range(0, FRAMES, 3)})
    assert len(plan.tracks) == 1
    assert all(is_hidden(plan, frame, still()) for frame in range(FRAMES))


def test_a_face_missed_for_three_looks_stays_hidden() -> None:
    plan = plan_of({frame: [still()] for frame in range(0, FRAMES, 3) if not 60 <= frame <= 66})
    assert len(plan.tracks) == 1
    assert all(is_hidden(plan, frame, still()) for frame in range(FRAMES))
    assert not set(plan.tracks[0].seen) & {60, 63, 66}


def test_a_face_missed_while_it_moves_is_hidden_on_its_way() -> None:
    way = {frame: still(100 + 0.8 * frame) for frame in range(FRAMES)}
    plan = plan_of({frame: [way[frame]] for frame in range(0, FRAMES, 3) if not 50 < frame < 95})
    assert all(is_hidden(plan, frame, way[frame]) for frame in range(FRAMES))


def test_a_face_that_moves_fast_is_hidden_on_every_frame_between_looks() -> None:
    way = {frame: still(20 + 5.5 * frame) for frame in range(100)}
    plan = plan_of({frame: [box] for frame, box in way.items() if frame % 3 == 0})
    assert all(is_hidden(plan, frame, box) for frame, box in way.items())


def test_a_face_seen_once_is_hidden_before_and_after() -> None:
    plan = plan_of({60: [still()]}, hold_s=0.5)
    assert [is_hidden(plan, frame, still()) for frame in (44, 45, 60, 75, 76)] == [False, True, True, True, False]
    assert plan.tracks[0].seen == (60,)


@pytest.mark.parametrize(("fps", "frames"), [(Fraction(30000, 1001), 15), (Fraction(24000, 1001), 12)])
def test_a_face_is_held_for_no_less_than_was_asked_for_at_any_rate(fps: Fraction, frames: int) -> None:
    seen = replace(sightings({60: [still()]}), fps=fps)
    (one,) = track(seen, (), NOBODY, config.Text(), config.Track(hold_s=0.5)).tracks
    assert (one.first_frame, one.frame_count) == (60 - frames, 2 * frames + 1)


def test_a_region_grows_towards_the_middle_of_a_gap_and_shrinks_again() -> None:
    (one,) = plan_of({30: [still()], 60: [still()]}, spread_frames=0).tracks
    widths = [box[2] - box[0] for frame in (30, 35, 45, 55, 60) if (box := one.box(frame))]
    assert widths == widths[::-1]
    assert widths[0] < widths[1] < widths[2]
    assert widths[2] / widths[0] == pytest.approx(1.02**15, rel=0.05)


def test_sightings_are_linked_over_the_longest_gap_that_is_filled_and_over_no_longer_one() -> None:
    assert len(plan_of({30: [still()], 45: [still()]}, bridge_s=0.5).tracks) == 1
    assert len(plan_of({30: [still()], 46: [still()]}, bridge_s=0.5).tracks) == 2


def test_a_head_far_behind_another_is_a_track_of_its_own() -> None:
    near, far = (280.0, 100.0, 380.0, 230.0), (310.0, 140.0, 340.0, 179.0)
    assert [one.seen for one in plan_of({30: [near], 33: [far]}).tracks] == [(30,), (33,)]


def test_a_head_goes_on_as_the_one_most_like_it_and_every_sighting_is_in_one_track() -> None:
    larger = (292.0, 140.0, 348.0, 213.0)
    plan = plan_of({30: [still()], 33: [still(303), larger], 36: [still(306)]}, spread_frames=0)
    longest = max(plan.tracks, key=lambda one: len(one.seen))
    assert longest.seen == (30, 33, 36)
    box = longest.box(33)
    assert box is not None
    assert box[2] - box[0] < 90
    merged = plan_of({30: [still(290), still(315)], 33: [still(303)]})
    assert sum(len(one.seen) for one in merged.tracks) == 3


def test_a_tremble_on_the_first_two_sightings_is_no_speed() -> None:
    seen = {30: [still(300)], 33: [still(312)], 36: [still(300)], 39: [still(300)]}
    (one,) = plan_of(seen, spread_frames=0).tracks
    box = one.box(20)
    assert box is not None
    assert box[2] - box[0] < 100


def test_a_held_region_grows_while_the_face_is_lost() -> None:
    one = plan_of({60: [still()]}, spread_frames=0).tracks[0]
    widths = [box[2] - box[0] for frame in range(60, 75) if (box := one.box(frame))]
    assert widths == sorted(widths)
    assert widths[-1] / widths[0] == pytest.approx(1.02**14, rel=0.05)


def test_time_has_no_direction() -> None:
    rng = np.random.default_rng(4)
    seen = {
        int(frame): [still(*rng.uniform(50, 250, 2)), still(400 + frame / 3, 100)]
        for frame in range(0, FRAMES, 3)
        if rng.random() < 0.6
    }
    turned = {FRAMES - 1 - frame: boxes for frame, boxes in seen.items()}
    forward, backward = plan_of(seen), plan_of(turned)
    for frame in range(0, FRAMES, 7):
        window = (0, 0, WIDTH_PX, HEIGHT_PX)
        masks = [
            np.any(
                [geometry.mask(box, t.shape, window) for t in plan.tracks if (box := t.box(at))] or [[[False]]], axis=0
            )
            for plan, at in ((forward, frame), (backward, FRAMES - 1 - frame))
        ]
        assert np.array_equal(*masks)


def test_a_jump_that_no_head_makes_is_two_tracks_both_held() -> None:
    here, there = still(50), still(500)
    plan = plan_of({0: [here], 3: [here], 6: [there], 9: [there]})
    assert len(plan.tracks) == 2
    assert is_hidden(plan, 12, here)
    assert is_hidden(plan, 0, there)
    assert not is_hidden(plan, 4, still(275)), "nothing slides across the room"


def test_a_link_to_the_wrong_face_uncovers_nothing() -> None:
    """One face is lost just when another appears beside it: the link between them must not take the hold away."""
    one, other = still(300), still(380)
    seen = {frame: [one] for frame in range(0, 60, 3)} | {frame: [other] for frame in range(75, FRAMES, 3)}
    plan = plan_of(seen)
    assert all(is_hidden(plan, frame, one) for frame in range(73))
    assert all(is_hidden(plan, frame, other) for frame in range(60, FRAMES))


def test_two_faces_that_cross_are_hidden_throughout() -> None:
    left = {frame: still(100 + 2.5 * frame, 150) for frame in range(FRAMES)}
    right = {frame: still(475 - 2.5 * frame, 160) for frame in range(FRAMES)}
    plan = plan_of({frame: [left[frame], right[frame]] for frame in range(0, FRAMES, 3)})
    assert all(is_hidden(plan, frame, way[frame]) for frame in range(FRAMES) for way in (left, right))


def test_every_detection_is_hidden_where_it_was_seen_whatever_the_others_say() -> None:
    rng = np.random.default_rng(7)
    seen = {}
    for frame in range(0, FRAMES, 3):
        corner = rng.uniform(-30, 340, (rng.integers(0, 6), 2))
        size = rng.uniform(4, 150, len(corner))
        seen[frame] = [(x, y, x + s, y + s * rng.uniform(0.6, 1.6)) for (x, y), s in zip(corner, size, strict=True)]
    plan = plan_of(seen)
    for frame, boxes in seen.items():
        for box in boxes:
            assert is_hidden(plan, frame, (max(box[0], 0), max(box[1], 0), box[2], box[3]))


def test_a_face_at_the_edge_is_hidden_to_the_last_pixel() -> None:
    face = (-10.0, -8.0, 40.0, 60.0)
    plan = plan_of({frame: [face] for frame in range(0, FRAMES, 3)})
    assert is_hidden(plan, 20, (0, 0, 40, 60))


def test_the_head_is_hidden_with_hair_ears_and_chin() -> None:
    x0, y0, x1, y1 = still()
    wide, tall = x1 - x0, y1 - y0
    plan = plan_of({frame: [still()] for frame in range(0, FRAMES, 3)})
    middle = (x0 + x1) / 2
    for part in (
        (middle - 2, y0 - 0.45 * tall, middle + 2, y0),
        (middle - 2, y1, middle + 2, y1 + 0.25 * tall),
        (x0 - 0.25 * wide, y0 + 0.4 * tall, x1 + 0.25 * wide, y0 + 0.6 * tall),
    ):
        assert is_hidden(plan, 20, part)


def test_no_track_has_a_gap_or_leaves_the_clip() -> None:
    rng = np.random.default_rng(3)
    seen = {int(f): [still(*rng.uniform(0, 300, 2))] for f in rng.choice(range(0, FRAMES, 3), 30, replace=False)}
    for one in plan_of(seen).tracks:
        assert len(one.boxes) % 4 == 0
        assert one.first_frame >= 0
        assert one.first_frame + one.frame_count <= FRAMES
        assert all(one.box(frame) for frame in one.seen)


def test_a_zone_is_a_box_over_all_frames_with_its_reason() -> None:
    zone = Zone(at=(0.1, 0.2, 0.505, 1.0), reason="monitor")
    (one,) = track(sightings({}), (zone,), NOBODY, config.Text(), config.Track()).tracks
    assert (one.kind, one.reason, one.shape, one.frame_count) == ("zone", "monitor", "box", FRAMES)
    assert {one.box(0), one.box(FRAMES - 1)} == {(64, 72, 324, 360)}


def test_text_is_hidden_by_a_box_with_a_margin_and_no_head() -> None:
    (one,) = plan_of({60: [(100, 100, 200, 120)]}, kind="text", spread_frames=0).tracks
    assert (one.kind, one.shape, one.box(60)) == ("text", "box", (94, 94, 206, 126))


def test_a_plan_names_the_detector_and_is_the_same_every_time() -> None:
    seen = {frame: [still(), still(100)] for frame in range(0, FRAMES, 3)}
    plan = plan_of(seen)
    assert [one.number for one in plan.tracks] == [1, 2]
    assert plan.tracks[0].reason == "face seen by test"
    assert plan == plan_of({frame: list(reversed(boxes)) for frame, boxes in seen.items()})


def test_a_face_that_came_moving_is_hidden_before_it_was_found_and_after_it_was_lost() -> None:
    way = {frame: still(20 + 5.5 * frame) for frame in range(100)}
    plan = plan_of({frame: [way[frame]] for frame in range(30, 61, 3)})
    assert all(is_hidden(plan, frame, way[frame]) for frame in range(20, 71))


def test_writing_that_was_followed_stays_where_it_was_seen_last() -> None:
    way = {frame: still(20 + 5.5 * frame) for frame in range(100)}
    plan = plan_of({frame: [way[frame]] for frame in range(30, 61, 3)}, kind="text")
    assert is_hidden(plan, 70, way[60])
    assert not is_hidden(plan, 70, way[70])
