"""Identify: nothing that identifies anyone is left in the words, and the sound knows from when to when to hide it."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.engines.sidecar import spread
from pipeline.language import identifying, turns
from pipeline.settings.corrections import Talk
from pipeline.stages.identify import identify
from pipeline.values import Named, Register, Script, Transcript, Word
from tests import built

UNCORRECTED = Talk()
REGISTER = Register("zh", (Named("p1", "patient", ("王小明",)),))


def said(text: str, at_s: float = 1.0, each_s: float = 0.2) -> tuple[Word, ...]:
    """`我|叫|王` as words one after another, all of them timed for sure."""
    pieces = text.split("|")
    return tuple(Word(at_s + each_s * n, at_s + each_s * (n + 1), piece, 0.9) for n, piece in enumerate(pieces))


def script(
    words: tuple[Word, ...], language: str = "zh", register: Register = REGISTER, edits: Talk = UNCORRECTED
) -> Script:
    return identify(Transcript("sidecar", language, 60.0, words), register, edits)


def texts(made: Script) -> list[str]:
    return [word.text for word in made.words]


def test_a_name_becomes_one_word_as_long_as_it_was_said() -> None:
    made = script(said("我|叫|王|小|明，|你好"))
    assert texts(made) == ["我", "叫", "王*，", "你好"]
    assert (made.words[2].start_s, made.words[2].end_s) == pytest.approx((1.4, 2.0))
    assert [(one.kind, one.person) for one in made.mentions] == [("name", "p1")]
    assert (made.mentions[0].start_s, made.mentions[0].end_s) == pytest.approx((1.4, 2.0))


def test_what_a_word_says_beside_the_name_stays() -> None:
    made = script(said("我叫王|小|明说|你好"))
    assert texts(made) == ["我叫王*", "说", "你好"]
    assert made.words[0].end_s == pytest.approx(1.5)
    assert (made.words[1].start_s, made.words[1].end_s) == pytest.approx((1.5, 1.6))


def test_the_sound_of_a_word_is_hidden_whole_when_a_part_of_it_identifies() -> None:
    (mention,) = script(said("我叫王|小|明说|你好")).mentions
    assert (mention.start_s, mention.end_s) == pytest.approx((1.0, 1.6))


def test_a_number_that_is_read_with_pauses_and_over_lines_is_one_mention() -> None:
    words = said("我|的|电|话|是|幺|三|八") + said("零|零|幺|三", 5.0) + said("八|零|零|零，|谢|谢", 8.0)
    made = script(words)
    assert texts(made) == ["我", "的", "电", "话", "是", "[手机号]，", "谢", "谢"]
    (mention,) = made.mentions
    assert (mention.kind, mention.start_s <= 2.0, mention.end_s >= 8.8) == ("phone", True, True)


def test_what_is_said_before_a_pause_does_not_hide_where_a_number_begins() -> None:
    """Read in one go `14:002024年3月15号` is no date."""
    words = said("拍于|14:00") + said("2024|年|3|月|15|号|来|的", 3.0)
    assert texts(script(words)) == ["拍于", "14:00", "[日期]", "来", "的"]


def test_two_names_in_one_word_are_both_replaced() -> None:
    register = Register("zh", (Named("p1", "patient", ("王小明",)), Named("p2", "family", ("林小雨",))))
    made = script(said("王|小明，林小|雨|来"), register=register)
    assert texts(made) == ["王*，", "林*", "来"]
    assert len(made.mentions) == 2


def test_a_name_is_found_that_somebody_else_talks_over() -> None:
    """In time the words are mixed: 刘 好 建 的 国."""
    register = Register("zh", (Named("p1", "patient", ("刘建国",)),))
    name, answer = said("刘|建|国|来|了", 1.0), said("好|的|谢|谢", 1.1)
    mixed = turns.in_time(turns.numbered([name, answer]))
    made = script(tuple(mixed), register=register)
    assert [word.text for word in turns.in_turn(made.words)] == ["刘*", "来", "了", "好", "的", "谢", "谢"]
    (mention,) = made.mentions
    assert (mention.start_s <= 1.0, mention.end_s >= 1.6) == (True, True)
    assert list(made.words) == turns.in_time(made.words)


def test_a_number_is_found_that_somebody_else_talks_over() -> None:
    number, answer = said("电|话|幺|三|八|零|零|幺|三|八|零|零|零"), said("对|对|没|错", 1.7)
    made = script(tuple(turns.in_time(turns.numbered([number, answer]))))
    assert "".join(word.text for word in turns.in_turn(made.words)) == "电话[手机号]对对没错"


def test_english_lines_that_begin_without_a_space_do_not_grow_together() -> None:
    register = Register("en", (Named("p1", "patient", ("Karen Hughes",)),))
    words = spread("my name is Karen", 1, 3) + spread("Hughes and I cough", 3.2, 5)
    made = script(words, "en", register)
    assert "".join(texts(made)) == "my name is this patient and I cough"


def test_the_script_holds_no_identifying_word() -> None:
    made = script(said("王|小|明，|电|话|是|13800138000|。"))
    assert all(piece not in repr(made) for piece in ("小明", "明", "13800138000", "138"))


# --- times ----------------------------------------------------------------------------------------------------------


def test_a_word_without_a_sure_time_is_hidden_up_to_its_neighbours() -> None:
    """A recogniser gives a number written in digits a time that means little."""
    words = (*said("电话|是"), Word(2.0, 2.05, "13800138000", 0.9), *said("谢|谢", 6.0))
    (mention,) = script(words).mentions
    assert (mention.start_s, mention.end_s) == pytest.approx((1.4, 6.0))


@pytest.mark.parametrize(
    "name",
    [
        Word(2.0, 2.6, "王小明", 0.3),
        Word(2.0, 2.02, "王小明", 0.9),
        Word(2.0, 5.2, "王小明", 0.9),
    ],
    ids=["unsure", "tiny", "lying over the next"],
)
def test_a_doubtful_name_reaches_to_its_neighbours(name: Word) -> None:
    words = (*said("我|叫"), name, *said("来|了", 5.0))
    (mention,) = script(words).mentions
    assert mention.start_s == pytest.approx(1.4)
    assert mention.end_s >= 5.0


def test_a_name_at_the_very_start_or_end_reaches_to_the_recordings_own() -> None:
    (mention,) = script((Word(2.0, 2.01, "王小明", 0.9),)).mentions
    assert (mention.start_s, mention.end_s) == (0.0, 60.0)


def test_a_search_for_a_sure_word_does_not_take_half_the_recording() -> None:
    mumbled = tuple(Word(n, n + 0.5, "嗯", 0.1) for n in range(1, 20))
    (mention,) = script((*mumbled, Word(20, 20.5, "王小明", 0.1))).mentions
    assert mention.start_s >= 18


def test_inside_a_line_that_alone_has_a_time_a_name_is_hidden_wider_but_never_beyond_the_line() -> None:
    words = spread("谢谢大家王小明今天来复查了", 10.0, 16.0)
    exact = next(word.start_s for word in words if word.text == "王"), next(w.end_s for w in words if w.text == "明")
    (mention,) = script(words).mentions
    assert 10.0 < mention.start_s < exact[0] - 0.3
    assert exact[1] + 0.3 < mention.end_s < 16.0
    (alone,) = script(spread("王小明", 10.0, 12.0)).mentions
    assert (alone.start_s, alone.end_s) == (10.0, 12.0)


def test_a_clip_that_is_nothing_but_identifiers_waits_for_a_person(tmp_path: Path, film: Path) -> None:
    lines = {
        "words": [{"start_s": 0.2, "end_s": 0.6, "text": "王小明"}, {"start_s": 1.2, "end_s": 1.4, "text": "来了"}]
    }
    cuts = 'clips: [{from: "0", to: "0.8"}, {from: "1", to: "1.5"}]\n'
    people = "synthetic: true\npeople: [{id: p1, role: patient, names: [王小明]}]\n"
    case = built.make_case(tmp_path, film, cuts + people, lines)
    report = built.build(tmp_path, case, channel=built.make_channel(tmp_path / "c"))
    assert [clip.state for clip in report.clips] == ["waiting", "waiting"]
    told = ["every word in it identifies someone" in clip.reason for clip in report.clips]
    assert told == [True, False]


def test_a_name_that_was_found_once_is_found_wherever_it_is_said_again() -> None:
    talk = "请叫一下王栓柱。下面说说栓柱拍片那回事，王栓柱这个，栓柱子不算。"
    found = [talk[one.start : one.end] for one in identifying.find(talk, built.NOBODY)]
    assert found == ["王栓柱", "栓柱", "王栓柱"]
    assert not identifying.find("下面说说栓柱拍片那回事", built.NOBODY)


def test_an_ordinary_word_that_somebody_is_called_stays_where_nobody_is_meant() -> None:
    talk = "麻烦叫一下黎明。血压在黎明时分最高。"
    assert [(one.start, one.end) for one in identifying.find(talk, built.NOBODY)] == [(5, 7)]


@pytest.mark.parametrize(
    ("language", "talk", "found"),
    [
        ("zh", "我叫贺小满今天来复查。小满昨天也来过。这个小满不听话。", ["贺小满", "小满", "小满"]),
        ("zh", "我叫高兴，就是高兴的高兴。高兴的时候会心慌。高兴的家属来了没有。", ["高兴", "高兴的高兴", "高兴"]),
        ("zh", "黎明！黎明在不在？疼到黎明前才睡着。", ["黎明", "黎明"]),
        ("zh", "我找佟医生，医生在吗？他姓李，老师也姓李。", ["佟医生", "李", "李"]),
        ("en", "This is Hope, she's two. We hope so. Hope isn't walking. I think Hope fell.", ["Hope", "Hope", "Hope"]),
        ("en", "This is May, she's a student. May will examine you. See you in May. May I look?", ["May", "May"]),
        ("en", "I saw Mark Dunne. Mark the site. I think Mark is fine, mark it.", ["Mark Dunne", "Mark"]),
    ],
)
def test_a_word_that_somebody_in_the_talk_is_called_is_found_where_a_person_is_meant(
    language: str, talk: str, found: list[str]
) -> None:
    finds = identifying.find(talk, Register(language, (), (), ()))
    assert [talk[one.start : one.end] for one in finds] == found


def test_an_english_name_is_found_again_as_a_word_of_its_own() -> None:
    talk = "This is Mrs. Quillfeather. The Quillfeather film, the quillfeathers."
    assert [talk[one.start : one.end] for one in identifying.find(talk, built.NOBODY)][-1] == "Quillfeather"
    assert len(identifying.find(talk, built.NOBODY)) == 2


def test_a_word_that_tells_how_a_name_is_written_is_part_of_it() -> None:
    said = "我叫章敏文章的章敏捷的敏。小明的明天会更好，敏感的皮肤要注意。"
    found = [said[one.start : one.end] for one in identifying.find(said, built.NOBODY)]
    assert found == ["章敏", "文章的章敏捷的敏", "小明"]


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("我叫沈淼，三个水的那个淼吧。", ["沈淼", "三个水的那个淼"]),
        ("她叫苏婷，女字旁的婷，电话我忘了。", ["苏婷", "女字旁的婷"]),
        ("他叫何峰，何必的何，山字旁那个峰。", ["何峰", "何必的何", "山字旁那个峰"]),
        ("陈静，今天的心电图正常。", ["陈静"]),
        ("我叫周雪，外面下着好大的雪。", ["周雪"]),
        ("王芳来过了。上周来的。查了两次。开了些药。草字头的芳", ["王芳"]),
    ],
)
def test_a_clause_that_tells_how_a_character_is_written_is_hidden_with_it(said: str, found: list[str]) -> None:
    assert [said[one.start : one.end] for one in identifying.find(said, built.NOBODY)] == found
