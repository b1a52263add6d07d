"""Who stays visible: only who is proved, and nobody who comes between two proofs. Faces are points here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from pipeline.looking.likeness import Likeness, Limits, likeness
from pipeline.looking.recognition import parted, recognised, seated
from pipeline.values import Box, Plan, Track

FPS, FRAMES, EVERY = Fraction(25), 200, 5
LIMITS = Limits(same=0.45, usual=0.38, stranger=0.6, margin=0.1)
DOCTOR, PATIENT = (0.2, 0.0), (1.0, 0.0)
PHOTOS = {"doctor": [np.array([0.0, 0.0])]}
LEFT, RIGHT = (50, 100, 150, 220), (400, 100, 500, 220)
Faces = Mapping[int, tuple[float, float]]


def head(number: int, box: Box = LEFT, seen: range | list[int] | None = None, hold: int = 10) -> Track:
    """A head that stays where it is; seen on some frames, hidden on those and a little before and after."""
    seen = [*range(0, FRAMES, EVERY), FRAMES - 1] if seen is None else list(seen)
    first, last = max(0, seen[0] - hold), min(FRAMES - 1, seen[-1] + hold)
    return Track(number, "face", "face seen", "ellipse", first, box * (last - first + 1), tuple(seen))


def moved(track: Track, box: Box, since: int) -> Track:
    """The same, but elsewhere from a frame on."""
    at = (since - track.first_frame) * 4
    return replace(track, boxes=track.boxes[:at] + box * (track.frame_count - at // 4))


def plan_of(*tracks: Track) -> Plan:
    return Plan(1, 640, 360, FPS, FRAMES, tracks)


def always(face: tuple[float, float], track: Track) -> dict[int, tuple[float, float]]:
    return dict.fromkeys(track.seen, face)


def visible(plan: Plan, faces: Mapping[int, Faces], cuts: tuple[int, ...] = (), photos: object = PHOTOS) -> Plan:
    measured = {number: {at: np.array(face) for at, face in told.items()} for number, told in faces.items()}
    return parted(plan, recognised(plan, measured, photos, LIMITS, cuts))  # type: ignore[arg-type]


def kept(plan: Plan) -> set[int]:
    """The frames on which anybody is visible."""
    return {at for track in plan.kept for at in range(track.first_frame, track.first_frame + track.frame_count)}


def test_the_doctor_stays_visible_and_the_patient_does_not() -> None:
    doctor, patient = head(1), head(2, RIGHT)
    made = visible(plan_of(doctor, patient), {1: always(DOCTOR, doctor), 2: always(PATIENT, patient)})
    assert kept(made) == set(range(FRAMES))
    assert made.tracks == (patient,)
    assert [track.reason for track in made.kept] == ["doctor stays visible"]


def test_every_frame_of_a_track_is_hidden_or_kept_and_only_once() -> None:
    doctor, near = head(1), head(2, (140, 100, 240, 220), range(90, 111, 5))
    made = visible(plan_of(doctor, near), {1: always(DOCTOR, doctor), 2: always(PATIENT, near)})
    pieces = [track for track in made.tracks + made.kept if track.number != near.number]
    frames = [
        (at, track.box(at))
        for track in pieces
        for at in range(track.first_frame, track.first_frame + track.frame_count)
    ]
    assert sorted(frames) == [(at, doctor.box(at)) for at in range(FRAMES)]
    assert len({track.number for track in made.tracks + made.kept}) == len(made.tracks + made.kept)


def test_a_single_frame_that_is_not_sure_stays_hidden_wherever_it_lies() -> None:
    unsure = {0, 100, FRAMES - 1}
    made = parted(plan_of(head(1)), {1: ("doctor", frozenset(range(FRAMES)) - unsure)})
    assert {track.first_frame: track.frame_count for track in made.tracks} == dict.fromkeys(unsure, 1)
    assert kept(made) == set(range(FRAMES)) - unsure


def test_without_photos_nobody_stays_visible() -> None:
    doctor = head(1)
    assert visible(plan_of(doctor), {1: always(DOCTOR, doctor)}, photos={}) == plan_of(doctor)


def test_somebody_else_in_the_same_track_hides_all_of_it() -> None:
    doctor = head(1)
    faces = {at: DOCTOR if at < 150 else PATIENT for at in doctor.seen}
    assert not kept(visible(plan_of(doctor), {1: faces}))


def test_one_sighting_of_somebody_else_hides_the_whole_track() -> None:
    doctor = head(1)
    assert not kept(visible(plan_of(doctor), {1: always(DOCTOR, doctor) | {100: PATIENT}}))


def test_around_a_doubtful_sighting_the_doctor_is_hidden() -> None:
    doctor = head(1)
    made = visible(plan_of(doctor), {1: always(DOCTOR, doctor) | {100: (0.5, 0.0)}})
    assert set(range(FRAMES)) - kept(made) == set(range(96, 105))


@pytest.mark.parametrize(("distance", "is_visible"), [(0.38, True), (0.39, False), (0.46, False), (0.61, False)])
def test_who_is_alike_but_not_enough_is_hidden(distance: float, is_visible: bool) -> None:
    somebody = head(1)
    assert bool(kept(visible(plan_of(somebody), {1: always((distance, 0.0), somebody)}))) == is_visible


@pytest.mark.parametrize(("distance", "is_visible"), [(0.45, True), (0.46, False)])
def test_a_single_sighting_may_be_farther_off_than_most(distance: float, is_visible: bool) -> None:
    doctor = head(1)
    made = visible(plan_of(doctor), {1: always(DOCTOR, doctor) | {100: (distance, 0.0)}})
    assert (100 in kept(made)) == is_visible


def test_two_who_both_look_like_the_doctor_are_both_hidden() -> None:
    doctor, sibling = head(1), head(2, RIGHT)
    made = visible(plan_of(doctor, sibling), {1: always(DOCTOR, doctor), 2: always((0.0, 0.4), sibling)})
    assert not kept(made)


def test_somebody_in_the_picture_who_is_nearly_as_alike_hides_the_doctor() -> None:
    doctor, sibling = head(1), head(2, RIGHT, range(50, 60, 5))
    made = visible(plan_of(doctor, sibling), {1: always((0.4, 0.0), doctor), 2: always((0.4, 0.3), sibling)})
    assert not kept(made)


def test_the_photos_of_a_colleague_count_as_somebody_else() -> None:
    doctor = head(1)
    photos = {**PHOTOS, "colleague": [np.array([0.4, 0.0])]}
    assert not kept(visible(plan_of(doctor), {1: always(DOCTOR, doctor)}, photos=photos))


def test_the_doctor_who_left_and_came_back_is_visible_both_times() -> None:
    before, after = head(1, seen=range(0, 61, EVERY)), head(2, seen=range(120, 191, EVERY))
    made = visible(plan_of(before, after), {1: always(DOCTOR, before), 2: always((0.25, 0.0), after)})
    assert kept(made) == {*range(61), *range(120, 191)}


def test_frames_that_are_only_held_stay_hidden() -> None:
    doctor = head(1, seen=range(50, 151, EVERY), hold=12)
    made = visible(plan_of(doctor), {1: always(DOCTOR, doctor)})
    assert kept(made) == set(range(50, 151))
    assert [(track.first_frame, track.frame_count) for track in made.tracks] == [(38, 12), (151, 12)]


def test_a_face_seen_too_seldom_stays_hidden() -> None:
    doctor = head(1)
    assert not kept(visible(plan_of(doctor), {1: dict.fromkeys((0, 20, 40), DOCTOR)}))


def test_a_gap_in_the_track_is_hidden() -> None:
    doctor = head(1, seen=[*range(0, 81, EVERY), *range(120, 200, EVERY)])
    made = visible(plan_of(doctor), {1: always(DOCTOR, doctor)})
    assert kept(made) == {*range(81), *range(120, 196)}


@pytest.mark.parametrize("last", [70, 100])
def test_what_cannot_be_measured_for_long_is_hidden(last: int) -> None:
    """Twenty frames from one proof to the next are 0.8 s."""
    doctor = head(1)
    faces = {at: face for at, face in always(DOCTOR, doctor).items() if not 60 <= at <= last}
    assert set(range(FRAMES)) - kept(visible(plan_of(doctor), {1: faces})) == set(range(56, last + 5))


def test_what_cannot_be_measured_for_a_moment_is_visible_between_proofs() -> None:
    doctor = head(1)
    faces = {at: face for at, face in always(DOCTOR, doctor).items() if not 60 <= at <= 65}
    assert kept(visible(plan_of(doctor), {1: faces})) == set(range(FRAMES))


def test_a_leap_is_hidden_although_both_sides_are_the_doctor() -> None:
    doctor = moved(head(1), (120, 100, 220, 220), since=100)
    made = visible(plan_of(doctor), {1: always(DOCTOR, doctor)})
    assert set(range(FRAMES)) - kept(made) == set(range(96, 100))


@pytest.mark.parametrize("cut", [96, 98, 100])
def test_a_cut_is_hidden_although_both_sides_are_the_doctor(cut: int) -> None:
    """From the last proof before it to the first behind it, which may be the very frame that follows the cut."""
    doctor = head(1)
    made = visible(plan_of(doctor), {1: always(DOCTOR, doctor)}, cuts=(cut,))
    assert set(range(FRAMES)) - kept(made) == set(range(96, 100))


def test_while_another_head_is_near_the_doctor_is_hidden() -> None:
    doctor, near = head(1), head(2, (140, 100, 240, 220), range(90, 111, EVERY))
    made = visible(plan_of(doctor, near), {1: always(DOCTOR, doctor)})
    assert set(range(FRAMES)) - kept(made) == set(range(86, 115))


def test_a_piece_too_short_to_see_stays_hidden() -> None:
    doctor, near = head(1), head(2, (140, 100, 240, 220), [*range(0, 101, EVERY), *range(115, 200, EVERY), 199])
    assert not kept(visible(plan_of(doctor, near), {1: always(DOCTOR, doctor)}))


def test_no_change_of_person_that_lasts_is_ever_visible() -> None:
    """Two people swap places in one track again and again, and stand where the tracker took one for the other."""
    chance = np.random.default_rng(4)
    for _ in range(200):
        track = head(1)
        swaps = np.sort(chance.integers(0, FRAMES, chance.integers(1, 4)))
        is_doctor = np.searchsorted(swaps, np.arange(FRAMES), side="right") % 2 == chance.integers(0, 2)
        noise = chance.normal(0, 0.05, (FRAMES, 2))
        lost = chance.random(FRAMES) < 0.4
        faces = {at: (DOCTOR if is_doctor[at] else PATIENT) + noise[at] for at in track.seen if not lost[at]}
        made = visible(plan_of(track), {1: faces})
        longest = max((len(run) for run in "".join("d" if one else "p" for one in is_doctor).split("d")), default=0)
        exposed = [at for at in kept(made) if not is_doctor[at]]
        assert not exposed or longest < 19, (swaps, exposed)


@pytest.mark.parametrize(
    ("face", "others", "says"),
    [
        ((0.3, 0.0), [], Likeness.SAME),
        ((0.5, 0.0), [], Likeness.UNSURE),
        ((0.6, 0.0), [], Likeness.OTHER),
        ((0.3, 0.0), [(0.5, 0.0)], Likeness.OTHER),
        ((0.3, 0.0), [(0.65, 0.0)], Likeness.UNSURE),
        ((0.3, 0.0), [(0.8, 0.0)], Likeness.SAME),
    ],
)
def test_a_face_is_the_persons_only_with_room_to_everyone_else(
    face: tuple[float, float], others: list[tuple[float, float]], says: Likeness
) -> None:
    assert likeness(np.array(face), PHOTOS["doctor"], [np.array(one) for one in others], LIMITS) is says


# --- known by the seat ----------------------------------------------------------------------------------------------

SEAT = {"doctor": (20, 50, 200, 300)}


def sitting(plan: Plan, cuts: tuple[int, ...] = ()) -> set[int]:
    return kept(parted(plan, seated(plan, SEAT, cuts)))


def test_who_sits_in_the_seat_all_the_time_is_visible() -> None:
    assert sitting(plan_of(head(1), head(2, RIGHT))) == set(range(FRAMES))


def test_who_leaves_the_seat_is_hidden_all_the_time() -> None:
    assert not sitting(plan_of(moved(head(1), (110, 100, 210, 220), since=150)))


def test_who_only_passes_behind_the_seat_is_hidden_and_hides_who_sits_there() -> None:
    made = plan_of(head(1), head(2, (160, 20, 260, 120), range(100, 131, EVERY), hold=12))
    assert set(range(FRAMES)) - sitting(made) == set(range(88, 143))


def test_two_who_use_the_seat_one_after_the_other_are_both_hidden() -> None:
    assert not sitting(plan_of(head(1, seen=range(0, 81, EVERY)), head(2, seen=range(120, 200, EVERY))))


def test_who_was_not_seen_for_a_while_may_have_changed_places() -> None:
    assert not sitting(plan_of(head(1, seen=[*range(0, 81, EVERY), *range(120, 200, EVERY)])))


def test_across_a_cut_nobody_is_known_by_the_seat() -> None:
    assert not sitting(plan_of(head(1)), cuts=(98,))


def test_a_head_that_reaches_beyond_the_picture_may_sit_at_its_edge() -> None:
    plan = plan_of(head(1, (-30, 100, 70, 220)))
    assert kept(parted(plan, seated(plan, {"doctor": (0, 50, 200, 300)}, ()))) == set(range(FRAMES))


@pytest.mark.parametrize("away", [(-35, 0), (55, 0), (0, -55), (0, 85)])
def test_who_reaches_out_of_the_seat_on_any_side_is_hidden(away: tuple[int, int]) -> None:
    across, down = away
    there = (LEFT[0] + across, LEFT[1] + down, LEFT[2] + across, LEFT[3] + down)
    assert not sitting(plan_of(head(1, there)))


def test_who_sat_there_for_three_looks_is_hidden_and_for_four_visible() -> None:
    assert sitting(plan_of(head(1, seen=range(50, 66, EVERY)))) == set(range(50, 66))
    assert not sitting(plan_of(head(1, seen=range(50, 61, EVERY))))


def test_one_who_was_in_the_seat_at_another_time_hides_who_sits_there_whoever_else_passes_meanwhile() -> None:
    sits = head(1, seen=range(0, 121, EVERY))
    passes = head(2, (160, 20, 260, 120), range(50, 71, EVERY))
    later = head(3, (160, 20, 260, 120), range(160, 181, EVERY))
    assert sitting(plan_of(sits, passes))
    assert not sitting(plan_of(sits, passes, later))


def test_writing_and_zones_are_nobody_and_are_hidden_as_before() -> None:
    doctor = head(1)
    badge = replace(head(2, (80, 180, 120, 200)), kind="text", shape="box")
    zone = Track(3, "zone", "monitor", "box", 0, (0, 0, 640, 60) * FRAMES, ())
    plan = plan_of(doctor, badge, zone)
    assert visible(plan, {1: always(DOCTOR, doctor)}).tracks == (badge, zone)
    assert parted(plan, seated(plan, SEAT, ())).tracks == (badge, zone)
    assert visible(plan, {1: always(DOCTOR, doctor), 2: always(DOCTOR, badge)}).tracks == (badge, zone)


@pytest.mark.parametrize(("sightings", "frames"), [(3, 0), (4, 16)])
def test_four_sightings_that_are_the_persons_are_enough_and_three_are_not(sightings: int, frames: int) -> None:
    doctor = head(1)
    told = dict.fromkeys(doctor.seen[10 : 10 + sightings], DOCTOR)
    assert len(kept(visible(plan_of(doctor), {1: told}))) == frames
