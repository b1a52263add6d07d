"""Words become cues: limits, times, text kept, and no way to inject a command."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import pytest

from pipeline import config, timing
from pipeline.errors import RecordingError
from pipeline.language import turns
from pipeline.language.line_breaking import NEVER_FIRST, NEVER_LAST
from pipeline.packing import ass, fonts
from pipeline.packing.formats import SHAPES
from pipeline.stages.subtitle import MAX_LINES, line_limit_em, reading_units, subtitle
from pipeline.values import Clip, Cue, CueSheet, Script, Span, Word
from tests.test_line_breaking import PIECES

FPS = Fraction(25)
SETTINGS = config.Subtitle()


def transcript(words: list[Word]) -> Script:
    return Script("sidecar", "zh", words[-1].end_s + 5, tuple(words), ())


def spoken(text: str | list[str], seconds: float, start_s: float = 0.0) -> list[Word]:
    """Words (or characters) of equal length, one after another."""
    step_s = seconds / len(text)
    return [Word(start_s + at * step_s, start_s + (at + 1) * step_s, word, 1.0) for at, word in enumerate(text)]


def cues(words: list[Word], name: str = "9:16", clip: Clip | None = None) -> tuple[Cue, ...]:
    whole = clip or Clip(1, (Span(0.0, words[-1].end_s + 3),))
    return subtitle(transcript(words), whole, FPS, (name,), SETTINGS)[0].cues


def talks() -> list[list[Word]]:
    chance = random.Random(11)
    found = []
    for _ in range(40):
        time_s, words = 0.3, []
        for _ in range(chance.randint(1, 40)):
            text = chance.choice(PIECES)
            end_s = time_s + 0.16 * max(1.0, reading_units(text))
            words.append(Word(time_s, end_s, text, 0.9))
            # Nobody pauses between an opening quotation mark and the word behind it.
            time_s = end_s + (0 if text[-1] in NEVER_LAST else chance.choice((0, 0, 0, 0, 0.1, 0.4, 1.5)))
        found.append(words)
    return found


def letters(text: str) -> str:
    return re.sub(r"[\s。，、；]", "", text)


@pytest.mark.parametrize("name", ["9:16", "16:9"])
def test_every_line_fits_and_all_the_text_is_there_in_order(name: str) -> None:
    limit_em = line_limit_em(name, SETTINGS)
    for words in talks():
        found = cues(words, name)
        assert letters("".join(line for cue in found for line in cue.lines)) == letters("".join(w.text for w in words))
        for cue in found:
            assert 1 <= len(cue.lines) <= MAX_LINES
            for line in cue.lines:
                assert 0 < fonts.width_em(line) <= limit_em
                assert line == line.strip()


def test_no_line_begins_with_punctuation_or_ends_with_an_opening_bracket() -> None:
    for words in talks():
        lines = [line for cue in cues(words) for line in cue.lines]
        assert not [line for line in lines[1:] if line[0] in NEVER_FIRST and len(line) > 1]
        assert not [line for line in lines[:-1] if line[-1] in NEVER_LAST]


def test_cues_never_overlap_nor_flicker_and_stay_within_their_longest_time() -> None:
    for words in talks():
        found = cues(words)
        for cue in found:
            assert cue.start_s < cue.end_s <= cue.start_s + SETTINGS.max_s + 1.0
        for before, after in pairwise(found):
            gap_s = after.start_s - before.end_s
            assert gap_s == 0 or gap_s >= 0.19


def test_a_sentence_end_ends_the_subtitle() -> None:
    assert [cue.lines for cue in cues(spoken("好的。谢谢您！", 4.0))] == [("好的",), ("谢谢您！",)]


def test_a_short_word_stays_on_as_long_as_the_silence_allows() -> None:
    (cue,) = cues(spoken("好", 0.2))
    assert cue.end_s - cue.start_s == pytest.approx(SETTINGS.min_s, abs=0.01)


def test_a_hurried_sentence_stays_until_it_can_be_read() -> None:
    (cue,) = cues(spoken("不要紧张三个月以后复查", 0.9))
    assert cue.end_s - cue.start_s >= 11 / SETTINGS.characters_per_s - 0.01


def test_a_subtitle_does_not_go_on_over_a_long_pause() -> None:
    words = [*spoken("你先坐", 0.8), *spoken("片子带了吗", 1.2, start_s=4.0)]
    assert [cue.lines for cue in cues(words)] == [("你先坐",), ("片子带了吗",)]


def test_nobody_is_given_the_words_of_the_next_speaker() -> None:
    """Recognition often writes Chinese without a full stop, and who answers does not wait."""
    asked, answered = spoken("医生我睡不着", 1.5), spoken("没事别担心", 1.5, start_s=1.5)
    marked = [*(replace(word, speaker="p1") for word in asked), *(replace(word, speaker="d1") for word in answered)]
    assert [cue.lines for cue in cues(marked)] == [("医生我睡不着",), ("没事别担心",)]
    assert [cue.lines for cue in cues(asked + answered)] == [("医生我睡不着没事别担心",)]


def test_a_word_that_a_cut_divides_is_shown_in_the_piece_that_it_belongs_to() -> None:
    words = [Word(0.2, 1.0, "你先坐。", 1.0), Word(3.0, 4.0, "好的。", 1.0), Word(6.6, 7.6, "再见。", 1.0)]
    clip = Clip(1, (Span(0.0, 2.0), Span(3.4, 7.0), Span(9.0, 10.0)))
    assert [(cue.lines, cue.start_s) for cue in cues(words, clip=clip)[:2]] == [(("你先坐",), 0.2), (("好的",), 2.0)]
    late = [Word(0.2, 1.0, "你先坐。", 1.0), Word(1.2, 2.6, "好的。", 1.0), Word(9.2, 9.8, "再见。", 1.0)]
    found = cues(late, clip=Clip(1, (Span(0.0, 2.0), Span(9.0, 10.0))))
    assert [cue.start_s for cue in found] == [0.2, 1.2, pytest.approx(2.2)]


def test_what_two_say_at_once_is_read_one_after_the_other() -> None:
    one, other, last = (
        spoken("片子带来了吗", 1.5),
        spoken("带来了在这里", 1.5, start_s=0.2),
        spoken("好", 0.3, start_s=4.0),
    )
    found = cues(turns.in_time(turns.numbered([one, other, last])))
    assert [cue.lines for cue in found] == [("片子带来了吗",), ("带来了在这里",), ("好",)]
    assert all(cue.end_s - cue.start_s >= SETTINGS.min_s - 0.001 for cue in found[:2])
    assert found[1].start_s <= 1.7
    assert all(before.end_s <= after.start_s for before, after in pairwise(found))


def marked(text: str) -> list[str]:
    """The characters, each with the marks behind it."""
    return re.findall(r"\w\W*", text)


SAID = (
    "嗯。", "疼。", "有。", "对对。", "夜里疼得厉害。", "吃了药也疼。", "疼多久了？", "有一周吗？", "那您吃药了没有？",
    "这个结节不大，六毫米，三个月以后再复查一次就可以了。", "CT做过了吗？",
    "我昨天晚上一直没有睡着，躺下就咳嗽，坐起来好一点。",
)  # fmt: skip


def dialogue(chance: random.Random) -> tuple[list[Word], Clip]:
    """Two people who talk over each other, each without a pause, in a clip that ends when they do or soon after."""
    lines = []
    for speaker in ("p1", "d1"):
        text = "".join(chance.choice(SAID) for _ in range(chance.randint(1, 5)))
        pieces = chance.choice((list, marked))(text)
        words = spoken(pieces, chance.uniform(0.16, 0.24) * len(text), start_s=chance.uniform(0.0, 1.5))
        lines.append([replace(word, speaker=speaker) for word in words])
    words = turns.in_time(turns.numbered(lines))
    end_s = max(word.end_s for word in words) + chance.choice((0.0, 0.0, 0.1, 1.0))
    return words, Clip(1, (Span(0.0, end_s),))


def is_within(text: str, other: str) -> bool:
    """Whether all characters of a text are found in another, in the same order."""
    rest = iter(other)
    return all(char in rest for char in text)


@pytest.mark.parametrize("name", ["9:16", "16:9"])
def test_two_who_speak_at_once_lose_no_words_and_share_the_clip(name: str) -> None:
    chance = random.Random(5)
    limit_em = line_limit_em(name, SETTINGS)
    for _ in range(200):
        words, clip = dialogue(chance)
        found = cues(words, name, clip)
        shown = letters("".join(line for cue in found for line in cue.lines))
        assert sorted(shown) == sorted(letters("".join(word.text for word in words)))
        for speaker in ("p1", "d1"):
            assert is_within(letters("".join(word.text for word in words if word.speaker == speaker)), shown)
        assert all(cue.start_s < cue.end_s for cue in found)
        assert all(before.end_s <= after.start_s for before, after in pairwise(found))
        assert found[-1].end_s <= timing.frame_time_s(timing.frame_count(clip, FPS), FPS) + 0.0005
        assert all(len(cue.lines) <= MAX_LINES for cue in found)
        assert all(fonts.width_em(line) <= limit_em for cue in found for line in cue.lines)


def said_by_two(one: tuple[str, float, float], other: tuple[str, float, float]) -> list[Word]:
    lines = [
        [replace(word, speaker=speaker) for word in spoken(marked(text), end_s - start_s, start_s)]
        for speaker, (text, start_s, end_s) in (("p1", one), ("d1", other))
    ]
    return turns.in_time(turns.numbered(lines))


def test_a_word_for_which_there_is_no_room_joins_the_subtitle_before() -> None:
    found = cues(said_by_two(("疼。", 1.36, 1.8), ("嗯。那您吃药了没有？", 1.52, 3.7)))
    assert [cue.lines for cue in found] == [("疼", "嗯"), ("那您吃药了没有？",)]
    assert found[0].end_s == found[1].start_s


def test_what_two_say_until_the_end_of_the_clip_is_shown_within_it() -> None:
    words = said_by_two(("夜里疼得厉害。吃了药也疼。", 0.1, 2.4), ("疼多久了？有一周吗？嗯。", 0.5, 2.3))
    found = cues(words, clip=Clip(1, (Span(0.0, 2.48),)))
    assert "嗯" in [line for cue in found for line in cue.lines]
    assert found[-1].end_s == 2.48


def test_more_subtitles_than_the_clip_has_time_for_share_it() -> None:
    words = said_by_two(
        ("夜里疼得厉害，一直咳嗽。吃了药也疼，躺下就咳嗽。", 0.0, 0.4),
        ("疼多久了？有没有一周以上？那您吃药了没有？", 0.0, 0.4),
    )
    found = cues(words, clip=Clip(1, (Span(0.0, 0.4),)))
    assert len(letters("".join(line for cue in found for line in cue.lines))) == len(
        letters("".join(w.text for w in words))
    )
    assert all(cue.start_s < cue.end_s <= 0.4 for cue in found)
    assert all(before.end_s <= after.start_s for before, after in pairwise(found))


def test_words_without_length_are_shown() -> None:
    words = [
        Word(0.0, 0.0, "嗯。", 1.0),
        Word(0.0, 0.0, "对。", 1.0),
        Word(5.0, 5.0, "好。", 1.0),
        Word(9.0, 9.2, "有。", 1.0),
    ]
    assert [cue.lines for cue in cues(words)] == [("嗯", "对"), ("好",), ("有",)]


def test_a_short_word_in_a_long_sentence_is_not_shown_before_it_is_said() -> None:
    found = cues(said_by_two(("我昨天晚上一直没有睡着", 0.0, 5.0), ("嗯", 3.0, 3.2)))
    assert [(cue.start_s, cue.lines) for cue in found][1] == (3.0, ("嗯",))


def test_lines_whose_times_are_rounded_are_not_taken_for_two_voices_at_once() -> None:
    one, other = spoken("片子带来了", 1.0), spoken("放这里吧", 1.0, start_s=0.9)
    (cue,) = cues(turns.in_time(turns.numbered([one, other])))
    assert cue.lines == ("片子带来了放这里吧",)


def test_a_subtitle_does_not_join_what_a_cut_has_brought_together() -> None:
    words = [*spoken("你先坐", 1.0), *spoken("我看看", 1.0, start_s=61.0)]
    clip = Clip(1, (Span(0.0, 1.0), Span(61.0, 62.0)))
    found = cues(words, clip=clip)
    assert [cue.lines for cue in found] == [("你先坐",), ("我看看",)]
    assert found[1].start_s == pytest.approx(1.0, abs=0.001)


def test_words_that_the_clip_leaves_out_are_not_subtitled() -> None:
    words = [*spoken("秘密", 1.0), *spoken("公开", 1.0, start_s=1.0)]
    assert [cue.lines for cue in cues(words, clip=Clip(1, (Span(1.0, 2.0),)))] == [("公开",)]


def test_a_clip_without_words_has_an_empty_sheet() -> None:
    sheets = subtitle(Script("none", "zh", 10.0, (), ()), Clip(1, (Span(0, 5),)), FPS, ("9:16", "1:1"), SETTINGS)
    assert sheets == (CueSheet("9:16", ()), CueSheet("1:1", ()))


def test_characters_that_the_font_lacks_are_named_and_not_shown_as_boxes() -> None:
    with pytest.raises(RecordingError, match=r"recording: 㛃 \(0:00\.4\)\n"):
        cues(spoken("我叫㛃，㛃", 1.0))
    sidecars = subtitle(
        transcript(spoken("我叫㛃", 1.0)), Clip(1, (Span(0, 2),)), FPS, ("9:16",), config.Subtitle(burn_in=False)
    )
    assert sidecars[0].cues[0].lines == ("我叫㛃",)


def test_text_cannot_inject_an_override_tag_or_a_line() -> None:
    nasty = Cue(0.0, 1.0, (r"{\fs90}大{\p1}m 0 0", "a\\Nb\nDialogue: 0,0:00:00.00", "<b>x</b> & --> y"))
    text = ass.burned_in(CueSheet("9:16", (nasty,)), SETTINGS)
    events = text[text.index("[Events]") :].splitlines()[2:]
    assert len([line for line in events if line]) == 1
    assert "{" not in events[0]
    assert events[0].count("\\") == events[0].count("\\N") == 2
    for kind in ("srt", "vtt"):
        beside = ass.beside((nasty,), kind, 0.0)
        assert "<" not in beside
        assert "&" not in beside
        assert beside.count("-->") == 1


def test_sidecar_files_begin_after_the_opening_card() -> None:
    sheet = (Cue(0.5, 2.0, ("你好", "请坐")),)
    assert ass.beside(sheet, "srt", 2.0) == "1\n00:00:02,500 --> 00:00:04,000\n你好\n请坐\n"
    assert ass.beside(sheet, "vtt", 2.0) == "WEBVTT\n\n1\n00:00:02.500 --> 00:00:04.000\n你好\n请坐\n"


def test_ass_units_are_pixels_of_the_format() -> None:
    for name, shape in SHAPES.items():
        text = ass.burned_in(CueSheet(name, ()), SETTINGS)
        assert f"PlayResX: {shape.width_px}\n" in text
        assert f"PlayResY: {shape.height_px}\n" in text
        assert f"Style: Default,{fonts.FAMILY}," in text
