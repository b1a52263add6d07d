"""What becomes of every moment of the sound: decided by who speaks, never by a guess that lets a voice through."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest

from pipeline.config import Sound
from pipeline.sound import hush
from pipeline.timing import frame_count
from pipeline.values import Clip, Mention, Named, Register, Script, Span, Stretch, Word
from tests.media import clip_of

FPS = Fraction(25)
PEOPLE = Register("zh", (Named("p1", "patient", ()), Named("m1", "passer-by", ()), Named("d1", "doctor", ())))
CLIP = clip_of((0.0, 20.0))


def said(start_s: float, end_s: float, speaker: str = "") -> list[Word]:
    """Words without a pause, a fifth of a second each."""
    count = round((end_s - start_s) / 0.2)
    return [Word(start_s + n * 0.2, start_s + (n + 1) * 0.2, "好", 1.0, speaker) for n in range(count)]


def script(*words: Word, mentions: tuple[Mention, ...] = (), doubtful: tuple[Span, ...] = ()) -> Script:
    return Script("sidecar", "zh", 60.0, words, mentions, doubtful)


def decided(
    told: Script, *, clip: Clip = CLIP, speaker: str = "", heard: tuple[Span, ...] = (), **settings: object
) -> tuple[Stretch, ...]:
    """The stretches; whatever is decided, they cover the whole clip in order."""
    made = hush.stretches(clip, FPS, told, PEOPLE, speaker, Sound.model_validate(settings), heard)
    assert made[0].start_s == 0
    assert made[-1].end_s == pytest.approx(sum(span.end_s - span.start_s for span in clip.spans))
    for one, after in pairwise(made):
        assert one.end_s == pytest.approx(after.start_s)
        assert one.end_s > one.start_s
    return made


def how_at(made: tuple[Stretch, ...], time_s: float) -> str:
    return next(one.how for one in made if one.start_s <= time_s < one.end_s)


def seen(made: tuple[Stretch, ...]) -> list[tuple[float, float, str]]:
    return [(round(one.start_s, 2), round(one.end_s, 2), one.how) for one in made]


# --- voices ---------------------------------------------------------------------------------------------------------


def test_speech_of_which_nobody_says_whose_it_is_is_disguised_and_far_from_it_the_room_stays() -> None:
    made = decided(script(*said(5, 8)))
    assert seen(made) == [(0, 4, "keep"), (4, 9, "disguise"), (9, 20, "keep")]
    assert made[1].voice == "unknown"


def test_the_doctors_voice_is_kept_where_the_doctor_is_marked_by_id_or_by_role() -> None:
    assert seen(decided(script(*said(5, 8, "d1")))) == [(0, 20, "keep")]
    assert seen(decided(script(*said(5, 8, "doctor")))) == [(0, 20, "keep")]


@pytest.mark.parametrize("mark", ["d2", "Doctor", "unknown", "医生", "doctor2"])
def test_a_mark_that_means_nobody_known_keeps_no_voice(mark: str) -> None:
    assert how_at(decided(script(*said(5, 8, mark))), 6) == "disguise"


def test_the_border_between_two_turns_belongs_to_the_stricter_side() -> None:
    made = decided(script(*said(5, 8, "doctor"), *said(8, 11, "p1"), *said(11, 14, "doctor")))
    assert seen(made) == [(0, 7.85, "keep"), (7.85, 11.15, "disguise"), (11.15, 20, "keep")]


def test_a_pause_between_two_voices_belongs_to_the_stricter_one() -> None:
    made = decided(script(*said(5, 7, "doctor"), *said(7.8, 9, "p1"), *said(9.8, 12, "m1")))
    assert seen(made) == [(0, 7, "keep"), (7, 9, "disguise"), (9, 13, "mute"), (13, 20, "keep")]


def test_where_two_speak_at_once_the_stricter_one_rules() -> None:
    words = sorted([*said(5, 10, "doctor"), *said(7, 8, "m1")], key=lambda word: word.start_s)
    made = decided(script(*words))
    assert all(how_at(made, time_s) == "mute" for time_s in (6.86, 7.0, 7.5, 8.0, 8.14))
    assert how_at(made, 5.5) == how_at(made, 9.5) == "keep"


def test_the_cut_list_says_who_speaks_where_the_words_do_not_and_the_words_win() -> None:
    told = script(*said(3, 6), *said(10, 12, "p1"))
    made = decided(told, speaker="doctor")
    assert how_at(made, 4) == "keep"
    assert how_at(made, 11) == "disguise"
    assert how_at(decided(told, speaker="p1"), 4) == "disguise"
    assert how_at(decided(told, speaker="nobody"), 4) == "disguise"


@pytest.mark.parametrize("what", ["keep", "disguise", "mute"])
def test_every_role_is_treated_as_the_channel_says(what: str) -> None:
    made = decided(script(*said(5, 8, "p1")), voices={"patient": what})
    assert how_at(made, 6) == what


@pytest.mark.parametrize(
    ("after_s", "expected"),
    [(8.0, [("p1", 2, 6), ("family", 7, 10)]), (5.8, [("p1", 2, 5.4), ("family", 5.4, 10)])],
)
def test_two_people_keep_their_own_disguises(after_s: float, expected: list[tuple[str, float, float]]) -> None:
    made = decided(script(*said(3, 5, "p1"), *said(after_s, 9, "family")))
    assert [(one.voice, round(one.start_s, 2), round(one.end_s, 2)) for one in made if one.voice] == expected


@pytest.mark.parametrize(("pause_s", "until_s"), [(0.4, 7.0), (0.8, 6.2)])
def test_a_short_pause_in_somebodys_own_talk_is_theirs_and_a_long_one_is_not(pause_s: float, until_s: float) -> None:
    told = script(*said(5, 6, "doctor"), *said(6 + pause_s, 7, "doctor"), *said(7.2, 8, "p1"))
    made = decided(told, voices={"patient": "mute"})
    assert (made[0].how, made[0].end_s) == ("keep", pytest.approx(until_s))


# --- speech without words -------------------------------------------------------------------------------------------


def test_speech_that_no_word_was_recognised_in_is_muted() -> None:
    made = decided(script(*said(5, 8, "doctor")), heard=(Span(4.9, 8.1), Span(12.0, 13.0)))
    assert seen(made) == [(0, 12, "keep"), (12, 13, "mute"), (13, 20, "keep")]
    assert made[1].why == "unrecognised"


def test_a_murmur_in_the_doctors_pause_is_muted_and_the_end_of_a_word_is_not() -> None:
    heard = (Span(4.9, 6.25), Span(7.0, 7.6), Span(8.9, 11.2))
    made = decided(script(*said(5, 6, "doctor"), *said(9, 11, "doctor")), heard=heard)
    assert seen(made) == [(0, 7.0, "keep"), (7.0, 7.6, "mute"), (7.6, 20, "keep")]


@pytest.mark.parametrize(("length_s", "how"), [(0.25, "keep"), (0.3, "mute")])
def test_what_is_shorter_than_any_word_is_no_speech(length_s: float, how: str) -> None:
    made = decided(script(*said(5, 8, "doctor")), heard=(Span(12.0, 12.0 + length_s),))
    assert how_at(made, 12.1) == how


def test_where_unrecognised_speech_is_kept_it_is_nobodys_known_voice() -> None:
    made = decided(script(*said(5, 8, "doctor")), heard=(Span(12.0, 13.0),), unrecognised="keep")
    assert seen(made) == [(0, 12, "keep"), (12, 13, "disguise"), (13, 20, "keep")]
    assert made[1].voice == "unknown"
    patient = decided(script(*said(5, 8, "p1")), speaker="p1", heard=(Span(12.0, 13.0),), unrecognised="keep")
    assert {one.voice for one in patient if one.voice} == {"p1"}
    one_speaks = decided(
        script(*said(5, 8, "doctor")), speaker="doctor", heard=(Span(12.0, 13.0),), unrecognised="keep"
    )
    assert seen(one_speaks) == [(0, 20, "keep")]


def test_without_any_words_all_speech_is_muted_and_all_else_is_kept() -> None:
    made = decided(Script("none", "zh", 60.0, (), ()), heard=(Span(2.0, 4.0),))
    assert seen(made) == [(0, 2, "keep"), (2, 4, "mute"), (4, 20, "keep")]


# --- what identifies someone ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("hide", ["mute", "beep"])
def test_a_mention_is_hidden_with_its_guard_whoever_says_it(hide: str) -> None:
    told = script(*said(5, 9, "doctor"), mentions=(Mention("name", "", 6.013, 7.027),))
    made = decided(told, hide=hide, guard_ms=200)
    assert [(one.start_s, one.end_s, one.how, one.why) for one in made] == [
        (0, pytest.approx(5.813), "keep", ""),
        (pytest.approx(5.813), pytest.approx(7.227), hide, "name"),
        (pytest.approx(7.227), 20, "keep", ""),
    ]


def test_mentions_that_meet_or_overlap_are_one() -> None:
    spans = ((6.0, 7.0), (6.5, 6.6), (7.2, 8.0), (10.0, 10.0))
    told = script(*said(5, 12, "doctor"), mentions=tuple(Mention("phone", "", *span) for span in spans))
    made = decided(told, guard_ms=100)
    hidden = [(round(one.start_s, 3), round(one.end_s, 3)) for one in made if one.how == "mute"]
    assert hidden == [(5.9, 8.1), (9.9, 10.1)]


def test_doubtful_pieces_are_silent_whatever_the_channel_says() -> None:
    told = script(*said(5, 9, "doctor"), doubtful=(Span(12.0, 14.0),))
    loud = {name: "keep" for name in ("doctor", "patient", "unknown")}
    made = decided(told, hide="beep", voices=loud, unrecognised="keep")
    assert [(one.how, one.why) for one in made if one.start_s <= 13 < one.end_s] == [("mute", "doubtful")]
    guarded = decided(told, guard_ms=200, voices=loud)
    assert [(one.start_s, one.end_s) for one in guarded if one.why == "doubtful"] == [pytest.approx((11.8, 14.2))]


@pytest.mark.parametrize("piece", [Span(5.0, 6.5), Span(6.5, 9.0), Span(5.0, 9.0)])
def test_a_mention_that_meets_a_doubtful_piece_is_still_one_that_identifies(piece: Span) -> None:
    told = script(*said(5, 9, "doctor"), mentions=(Mention("phone", "", 6.0, 7.0),), doubtful=(piece,))
    hidden = [one for one in decided(told, guard_ms=100) if one.is_hidden]
    assert [one.why for one in hidden] == ["phone"]
    assert hidden[0].start_s == pytest.approx(min(piece.start_s, 6.0) - 0.1)
    assert hidden[0].end_s == pytest.approx(max(piece.end_s, 7.0) + 0.1)


def test_mentions_before_within_and_across_voices_leave_every_voice_what_it_is() -> None:
    mentions = (Mention("name", "", 1.0, 2.0), Mention("name", "", 5.5, 5.8), Mention("name", "", 7.5, 8.5))
    made = decided(script(*said(5, 8, "doctor"), *said(8, 11, "p1"), mentions=mentions), guard_ms=100)
    assert seen(made) == [
        (0, 0.9, "keep"),
        (0.9, 2.1, "mute"),
        (2.1, 5.4, "keep"),
        (5.4, 5.9, "mute"),
        (5.9, 7.4, "keep"),
        (7.4, 8.6, "mute"),
        (8.6, 12, "disguise"),
        (12, 20, "keep"),
    ]


@pytest.mark.parametrize("fps", [Fraction(24000, 1001), Fraction(30000, 1001), Fraction(30)])
def test_the_stretches_end_where_the_last_frame_does_and_a_piece_without_a_frame_has_no_sound(fps: Fraction) -> None:
    clip = clip_of((1.0, 3.017), (4.0, 4.01), (5.0, 6.33))
    told = script(*said(1, 6, "doctor"))
    made = hush.stretches(clip, fps, told, PEOPLE, "", Sound(), ())
    assert [(one.start_s, one.end_s) for one in made] == [(0.0, pytest.approx(float(frame_count(clip, fps) / fps)))]


def test_mentions_follow_the_cuts_of_the_clip() -> None:
    """One across a cut, one between two pieces of which only the guard reaches in, one outside."""
    clip = clip_of((4.0, 6.0), (10.0, 12.0))
    mentions = (Mention("name", "", 5.5, 10.5), Mention("name", "", 12.05, 13.0), Mention("name", "", 0.0, 3.0))
    made = decided(script(*said(4, 12, "doctor"), mentions=mentions), clip=clip, guard_ms=100)
    assert seen(made) == [(0, 1.4, "keep"), (1.4, 2.6, "mute"), (2.6, 3.95, "keep"), (3.95, 4.0, "mute")]


def test_what_was_heard_in_the_clip_is_matched_with_the_words_of_the_recording() -> None:
    clip = clip_of((4.0, 6.0), (10.0, 14.0))
    told = script(*said(4, 6, "doctor"), *said(10, 11, "doctor"))
    made = decided(told, clip=clip, heard=(Span(0.0, 3.0), Span(4.0, 5.0)))
    assert seen(made) == [(0, 4, "keep"), (4, 5, "mute"), (5, 6, "keep")]
