"""Clips are chosen by the cut list, else by the talk, and never cut inside a word."""

from __future__ import annotations

from itertools import pairwise

import pytest

from pipeline.config import Select
from pipeline.errors import ConfigError, RecordingError
from pipeline.settings.forms import timecode_s
from pipeline.stages.select import select
from pipeline.values import Clip, Script, Span, Word

SETTINGS = Select(min_s=2.0, max_s=20.0, pause_s=0.8, air_before_s=0.12, air_after_s=0.18)


def talk(*times: tuple[float, float], duration_s: float = 60.0, engine: str = "sidecar") -> Script:
    """A transcript with one word for each pair of times."""
    return Script(engine, "zh", duration_s, tuple(Word(start, end, "字", 1.0) for start, end in times), ())


def steady(start_s: float, end_s: float) -> list[tuple[float, float]]:
    """Words of 0.4 s every half second."""
    return [(start_s + n / 2, start_s + n / 2 + 0.4) for n in range(round((end_s - start_s) * 2))]


def cut(start: str, end: str) -> Span:
    return Span(timecode_s(start), timecode_s(end))


def length_s(clip: Clip) -> float:
    return sum(span.end_s - span.start_s for span in clip.spans)


def test_each_cut_becomes_one_clip_even_where_cuts_overlap() -> None:
    clips = select(talk(*steady(0, 50)), (cut("0:12", "0:40.5"), cut("30", "0:45")), SETTINGS)
    assert clips == (Clip(1, (Span(12.0, 40.5),)), Clip(2, (Span(30.0, 45.0),)))


def test_every_cut_outside_the_recording_is_named_with_its_times() -> None:
    with pytest.raises(ConfigError) as caught:
        select(talk(duration_s=30.0), (cut("0:12", "0:20"), cut("0:25", "0:31"), cut("9", "8")), SETTINGS)
    first, second = str(caught.value.cause).splitlines()
    assert "clips[2] (25 s to 31 s)" in first
    assert "30.00 s" in first
    assert "clips[3] (9 s to 8 s): it ends before it starts" in second


def test_a_cut_that_ends_a_hair_behind_the_recording_ends_with_it() -> None:
    clips = select(talk(duration_s=29.97), (cut("20", "30"),), SETTINGS)
    assert clips[0].end_s == 29.97


def test_a_long_pause_is_cut_at_the_edges_of_words_with_air() -> None:
    (clip,) = select(talk((1.0, 2.0), (2.5, 3.5), (6.0, 7.0), (7.2, 8.0)), (), SETTINGS)
    assert [(round(span.start_s, 3), round(span.end_s, 3)) for span in clip.spans] == [(0.88, 3.68), (5.88, 8.18)]


def test_air_is_not_taken_from_outside_the_recording() -> None:
    (clip,) = select(talk((0.05, 2.5), (3.0, 4.95), duration_s=5.0), (), SETTINGS)
    assert (clip.start_s, clip.end_s) == (0.0, 5.0)


def test_a_pause_shorter_than_its_air_is_never_cut() -> None:
    eager = SETTINGS.model_copy(update={"pause_s": 0.1})
    (clip,) = select(talk((1.0, 2.0), (2.25, 4.0)), (), eager)
    assert len(clip.spans) == 1


def test_a_word_inside_another_does_not_shorten_the_piece() -> None:
    (clip,) = select(talk((1.0, 5.0), (2.0, 2.5), (5.1, 6.0)), (), SETTINGS)
    assert len(clip.spans) == 1
    assert clip.end_s == pytest.approx(6.18)


def test_talk_that_is_too_long_is_split_at_its_longest_pause() -> None:
    words = steady(0, 12) + steady(13.5, 18) + steady(22, 34)
    clips = select(talk(*words), (), SETTINGS)
    assert [clip.number for clip in clips] == [1, 2]
    assert clips[0].end_s == pytest.approx(18.08, abs=0.01)
    assert clips[1].start_s == pytest.approx(21.88, abs=0.01)


def test_talk_without_a_pause_is_split_between_words_and_neither_half_hears_the_other() -> None:
    words = [(n * 0.5, n * 0.5 + 0.45) for n in range(100)]
    clips = select(talk(*words), (), SETTINGS)
    assert len(clips) >= 3
    assert all(length_s(clip) <= SETTINGS.max_s for clip in clips)
    edges = [edge for clip in clips for span in clip.spans for edge in (span.start_s, span.end_s)]
    assert not [edge for edge in edges for start, end in words if start + 1e-9 < edge < end - 1e-9]
    assert all(earlier.end_s <= later.start_s for earlier, later in pairwise(clips))
    assert sum(length_s(clip) for clip in clips) > 49


def test_a_split_does_not_leave_a_rest_too_short_to_keep() -> None:
    words = [(0.0, 0.9), *steady(2.9, 14), *steady(15.5, 26)]
    clips = select(talk(*words), (), SETTINGS)
    assert clips[0].start_s == 0.0
    assert sum(length_s(clip) for clip in clips) > 21


def test_a_split_does_not_go_through_a_word_over_which_somebody_else_says_another() -> None:
    """A number is one word once it is hidden; the other one's short word in it ends long before it does."""
    number, nod = (10.0, 14.0), (11.0, 11.2)
    clips = select(talk(*steady(0, 10), number, nod, *steady(14.5, 25)), (), SETTINGS)
    assert [clips[0].end_s, clips[1].start_s] == pytest.approx([14.18, 14.38])
    edges = [edge for clip in clips for span in clip.spans for edge in (span.start_s, span.end_s)]
    assert not [edge for edge in edges if number[0] < edge < number[1]]


def test_a_word_that_outlasts_the_last_one_counts_for_the_rest_of_a_split() -> None:
    """19.8 s to 22 s is long enough to keep, though the word that begins last ends after half a second."""
    clips = select(talk(*steady(0, 19), (19.8, 22.0), (20.0, 20.3)), (), SETTINGS)
    assert clips[1].start_s == pytest.approx(19.68)


def test_pieces_of_talk_that_are_too_short_are_left_out() -> None:
    with pytest.raises(RecordingError, match="at least 2 s") as caught:
        select(talk((1.0, 1.5)), (), SETTINGS)
    assert "clips:" in caught.value.remedy


def test_without_words_and_without_cuts_the_remedy_is_a_cut_list() -> None:
    with pytest.raises(RecordingError, match="nobody is heard talking") as caught:
        select(talk(), (), SETTINGS)
    assert "case.yaml" in caught.value.remedy


@pytest.mark.parametrize(("duration_s", "end_s"), [(12.0, 12.0), (60.0, 20.0)])
def test_footage_without_talk_is_one_clip_up_to_the_longest_allowed(duration_s: float, end_s: float) -> None:
    assert select(talk(duration_s=duration_s, engine="none"), (), SETTINGS) == (Clip(1, (Span(0.0, end_s),)),)


def test_a_cut_keeps_its_pauses_unless_the_channel_tightens_them() -> None:
    words = talk((1.0, 3.0), (6.0, 8.0))
    tight = SETTINGS.model_copy(update={"tighten": True})
    assert len(select(words, (cut("0", "9"),), SETTINGS)[0].spans) == 1
    assert [
        (round(span.start_s, 3), round(span.end_s, 3)) for span in select(words, (cut("2", "9"),), tight)[0].spans
    ] == [(2.0, 3.18), (5.88, 8.18)]


def test_a_tightened_cut_in_which_nobody_talks_stays_whole() -> None:
    tight = SETTINGS.model_copy(update={"tighten": True})
    assert select(talk((50.0, 51.0)), (cut("2", "9"),), tight)[0].spans == (Span(2.0, 9.0),)
