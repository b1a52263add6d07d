"""What makes a clip wait although nothing was found in it: plans with one thing wrong, and plans with nothing wrong."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import pytest

from pipeline.config import Verify
from pipeline.evidence import bounds, masked, suspicion, uncovering
from pipeline.evidence.uncovering import Trial
from pipeline.timing import frame_count
from pipeline.values import Box, Clip, Detection, Doubtful, Plan, Sensitivity, Sighting, Sightings, Span, Track, Verdict

FPS = Fraction(25)
CLIP = Clip(1, (Span(10.0, 14.0),))
FRAMES = 100
HEAD: Box = (200, 100, 300, 240)
BY = ("face_centerface",)
PASSED = Verdict(True, (), (), (), "face_dlib")


def seen(*frames: int, score: float = 0.9, detector: str = "face_centerface", at: Box = HEAD) -> Sightings:
    """A face in the middle of a head on these frames."""
    x, y = (at[0] + at[2]) / 2, (at[1] + at[3]) / 2
    face = Detection("face", x - 20, y - 25, x + 20, y + 25, score, detector)
    return Sightings(640, 480, FPS, FRAMES, tuple(Sighting(frame, (face,)) for frame in frames), ())


def head(number: int, first: int, stop: int, at: Box = HEAD, by: str = BY[0]) -> Track:
    frames = tuple(range(first, stop, 4))
    return Track(number, "face", f"face seen by {by}", "ellipse", first, at * (stop - first), frames)


def plan_of(*tracks: Track) -> Plan:
    return Plan(1, 640, 480, FPS, FRAMES, tracks)


def doubts(plan: Plan, sightings: Sightings, verdict: Verdict = PASSED, clip: Clip = CLIP) -> list[Doubtful]:
    return list(suspicion.doubts(clip, plan, sightings, verdict, BY, Verify()))


def kinds(plan: Plan, sightings: Sightings, clip: Clip = CLIP) -> list[str]:
    return [one.kind for one in doubts(plan, sightings, clip=clip)]


def test_a_head_that_is_hidden_all_the_time_is_not_suspect() -> None:
    assert kinds(plan_of(head(1, 0, FRAMES)), seen(*range(0, FRAMES, 4))) == []


def test_a_single_dropped_frame_is_told_with_its_time() -> None:
    plan = plan_of(head(1, 0, 50), head(2, 51, FRAMES))
    found = {one.kind: one for one in doubts(plan, seen(*range(0, FRAMES, 4)))}
    assert found.keys() >= {"track_hole", "track_end"}
    assert (found["track_hole"].start_s, found["track_hole"].end_s) == pytest.approx((12.0, 12.04))


def test_heads_that_are_long_apart_or_that_nobody_was_sure_of_leave_no_hole() -> None:
    looked = seen(*range(0, FRAMES, 4))
    assert "track_hole" in kinds(plan_of(head(1, 0, 20), head(2, 70, FRAMES)), looked)
    assert "track_hole" not in kinds(plan_of(head(1, 0, 20), head(2, 71, FRAMES)), looked)
    unsure = seen(*range(0, 50, 4), *range(51, FRAMES, 4), score=0.3)
    assert kinds(plan_of(head(1, 0, 50), head(2, 51, FRAMES)), unsure) == []


@pytest.mark.parametrize(
    ("first", "stop", "at", "expected"),
    [
        (30, 70, HEAD, ["track_begin", "track_end"]),
        (0, 70, HEAD, ["track_end"]),
        (30, FRAMES, HEAD, ["track_begin"]),
        (30, 70, (-50, 100, 50, 240), []),
        (30, 70, (200, 400, 300, 540), []),
    ],
)
def test_a_face_that_comes_or_goes_in_the_open_is_suspect(first: int, stop: int, at: Box, expected: list[str]) -> None:
    assert kinds(plan_of(head(1, first, stop, at)), seen(*range(first, stop, 4), at=at)) == expected


def test_what_no_detector_was_ever_sure_of_may_come_and_go() -> None:
    assert kinds(plan_of(head(1, 30, 70)), seen(*range(30, 70, 4), score=0.3)) == []


def test_a_face_that_vanishes_behind_another_region_or_at_a_cut_is_not_suspect() -> None:
    curtain = Track(2, "zone", "by hand", "box", 0, (150, 50, 400, 300) * FRAMES, ())
    assert kinds(plan_of(head(1, 30, 70), curtain), seen(*range(30, 70, 4))) == []
    cut = Clip(1, (Span(10.0, 12.8), Span(20.0, 21.2)))
    assert frame_count(cut, FPS) == FRAMES
    assert kinds(plan_of(head(1, 0, 70)), seen(*range(0, 70, 4)), clip=cut) == []


def test_most_of_the_picture_hidden_for_a_second_is_suspect_unless_a_person_hid_it() -> None:
    wall: Box = (0, 0, 640, 400)
    sign = Track(1, "text", "text", "box", 20, wall * 30, (20, 24))
    assert kinds(plan_of(sign), seen()) == ["masked"]
    assert kinds(plan_of(replace(sign, boxes=wall * 20)), seen()) == []
    assert kinds(plan_of(replace(sign, seen=())), seen()) == []


def test_a_face_that_only_the_verifier_saw_is_a_disagreement() -> None:
    both = seen(*range(0, FRAMES, 4)).frames
    alone = seen(*range(0, FRAMES, 4), detector="face_dlib", at=(400, 100, 500, 240)).frames
    merged = suspicion.also_seen(replace(seen(), frames=both), alone)
    assert [len(one.detections) for one in merged.frames] == [2] * 25
    other = head(2, 0, FRAMES, (400, 100, 500, 240), by="face_dlib")
    assert kinds(plan_of(head(1, 0, FRAMES), other), merged) == ["disagreement"]


def test_a_face_that_only_the_verifier_saw_is_a_disagreement_also_where_nobody_else_was_ever_seen() -> None:
    alone = seen(*range(0, FRAMES, 4), detector="face_dlib")
    assert kinds(plan_of(head(1, 0, FRAMES, by="face_dlib")), alone) == ["disagreement"]


def test_what_is_hidden_is_counted_on_every_frame_of_a_long_clip() -> None:
    half = replace(head(1, 0, 700, (-64, 0, 320, 480)), shape="box")
    quarter = replace(head(2, 500, 900, (300, 240, 640, 480)), shape="box")
    by_hand = replace(head(3, 0, 1000, (0, 0, 640, 480)), seen=())
    shares = masked.shares(replace(plan_of(half, quarter, by_hand), frame_count=1000))
    assert shares[[0, 499]].tolist() == [0.5, 0.5]
    assert shares[[500, 512, 699]].tolist() == [0.75] * 3
    assert 0.25 <= shares[700] == shares[899] < 0.3
    assert shares[[900, 999]].tolist() == [0.0, 0.0]


def test_a_face_that_a_person_masked_is_no_disagreement() -> None:
    by_hand = replace(head(1, 0, FRAMES), reason="masked by hand")
    assert kinds(plan_of(by_hand), seen(*range(0, FRAMES, 4))) == []


@pytest.mark.parametrize(("bound", "expected"), [(0.9, []), (0.5, ["sensitivity"])])
def test_a_verifier_that_finds_too_few_of_the_faces_shown_to_it_is_suspect(bound: float, expected: list[str]) -> None:
    tested = Sensitivity("camera", 30, 20, 20, 15, bound, 60)
    found = doubts(plan_of(head(1, 0, FRAMES)), seen(0, 4), replace(PASSED, sensitivity=tested))
    assert [one.kind for one in found] == expected
    assert not doubts(plan_of(), seen(), replace(PASSED, sensitivity=tested))
    nothing = replace(tested, shown=0, found=0)
    told = doubts(plan_of(head(1, 0, FRAMES)), seen(0, 4), replace(PASSED, sensitivity=nothing))
    assert all("no face in it is clear enough" in one.what for one in told)


def test_a_doubt_is_settled_only_by_somebody_who_looked_at_all_of_it() -> None:
    doubt = Doubtful("track_end", 12.0, 12.04, "")
    assert suspicion.is_settled(doubt, [(Span(11.0, 13.0), "track_end")])
    assert suspicion.is_settled(doubt, [(Span(12.0, 12.1), "all")])
    assert not suspicion.is_settled(doubt, [(Span(11.0, 13.0), "track_hole")])
    assert not suspicion.is_settled(replace(doubt, end_s=15.0), [(Span(11.0, 13.0), "all")])
    assert not suspicion.is_settled(doubt, [])


# --- heads that are shown on purpose --------------------------------------------------------------------------------


def test_trials_are_chosen_the_same_again_and_hold_the_smallest_face() -> None:
    small: Box = (400, 100, 450, 170)
    plan = plan_of(head(1, 0, FRAMES), head(2, 0, FRAMES, small))
    faces = suspicion.also_seen(seen(*range(0, FRAMES, 4)), seen(*range(0, FRAMES, 4), at=small).frames)
    picture = (0, 0, 640, 480)
    trials = uncovering.choose(plan, faces, [1, 5, 25, 1], picture, 0.5, "seed")
    assert trials == uncovering.choose(plan, faces, [1, 5, 25, 1], picture, 0.5, "seed")
    assert [len(one.frames) for one in trials] == [1, 5, 25, 1]
    assert (trials[0].track, trials[0].face_px, trials[0].head) == (2, 35, small)
    assert uncovering.choose(plan, seen(*range(0, FRAMES, 4), score=0.3), [1], picture, 0.5, "seed") == []
    assert uncovering.choose(plan, faces, [1], (0, 300, 640, 480), 0.5, "seed") == []


def test_no_two_trials_show_the_same_frames_as_long_as_there_are_others() -> None:
    plan = plan_of(head(1, 0, FRAMES))
    trials = uncovering.choose(plan, seen(*range(FRAMES)), [1] * 6 + [5] * 2, (0, 0, 640, 480), 0.5, "seed")
    assert len(trials) == 8
    windows = sorted((one.first - uncovering.BESIDE, one.stop + uncovering.BESIDE) for one in trials)
    assert all(end <= start for (_, end), (start, _) in pairwise(windows))
    crowded = uncovering.choose(plan, seen(*range(FRAMES)), [5] * 100, (0, 0, 640, 480), 0.5, "seed")
    assert len(crowded) == 100


def test_a_hole_uncovers_the_head_and_nothing_else() -> None:
    beside: Box = (500, 300, 600, 400)
    plan = plan_of(head(1, 0, FRAMES), head(2, 0, FRAMES), head(3, 0, FRAMES, beside))
    holed = uncovering.without(plan, Trial(1, 40, 45, 50, HEAD))
    hidden = [{track.box(frame) for track in holed.tracks} - {None} for frame in range(FRAMES)]
    assert [frame for frame in range(FRAMES) if HEAD not in hidden[frame]] == [40, 41, 42, 43, 44]
    assert all(beside in boxes for boxes in hidden)
    assert len({track.number for track in holed.tracks}) == len(holed.tracks)


def test_a_probe_shows_each_trial_with_what_lies_around_it() -> None:
    plan = plan_of(head(1, 0, FRAMES))
    trials = [Trial(1, 40, 41, 50, HEAD), Trial(1, 41, 46, 50, HEAD), Trial(1, 0, 1, 50, HEAD)]
    probe = uncovering.probe_of(CLIP, plan, trials, beside=2)
    assert probe.plan.frame_count == frame_count(probe.clip, FPS) == 3 + 5 + 9
    assert [(one.first, one.stop) for one in probe.trials] == [(0, 1), (5, 6), (10, 15)]
    naked = [n for n in range(17) if all(track.box(n) is None for track in probe.plan.tracks)]
    assert naked == [0, 5, 10, 11, 12, 13, 14]
    assert [round(span.start_s * 25) for span in probe.clip.spans] == [250, 288, 289]


@pytest.mark.parametrize(
    ("hits", "trials", "bound"), [(60, 60, 0.951), (200, 200, 0.985), (59, 60, 0.923), (0, 5, 0.0), (0, 0, 0.0)]
)
def test_bounds_are_those_of_clopper_and_pearson(hits: int, trials: int, bound: float) -> None:
    assert bounds.lower(hits, trials) == pytest.approx(bound, abs=6e-4)
    assert bounds.upper(trials - hits, trials) == pytest.approx(1 - bound, abs=6e-4)
