"""Marks of speakers: known ones become an id or a role, all others nobody's, and none of them stays in the text."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline import rooms
from pipeline.engines import Task
from pipeline.sound import speakers
from pipeline.values import Named, Register

PEOPLE = (
    Named("p1", "patient", ("王小明", "老王")),
    Named("speaker_00", "doctor", ()),
    Named("m1", "passer-by", ()),
)


@pytest.mark.parametrize(
    ("line", "speaker", "text"),
    [
        ("医生：你好。", "doctor", "你好。"),
        ("患者: 13 天了", "patient", "13 天了"),
        ("Doctor: good morning. Sit down.", "doctor", "good morning. Sit down."),
        ("PATIENT 2: yes", "patient", "yes"),
        ("【家属】：他昨天摔了", "family", "他昨天摔了"),
        ("王小明：我叫什么", "p1", "我叫什么"),
        ("p1: 好", "p1", "好"),
        ("[医生] 哪里疼？", "doctor", "哪里疼？"),
        ("（患者）头疼", "patient", "头疼"),
        ("(doctor) sit down", "doctor", "sit down"),
        ("[王小明]我叫什么", "p1", "我叫什么"),
        ("【家属:】他昨天摔了", "family", "他昨天摔了"),
        ("[SPEAKER_01]: yes", "unknown", "yes"),
        ("说话人2：好", "unknown", "好"),
        ("(陈美兰) 我头疼", "", "(陈美兰) 我头疼"),
        ("(笑) 不疼了", "", "(笑) 不疼了"),
        ("(二)型糖尿病", "", "(二)型糖尿病"),
        ("Speaker_00: 好", "speaker_00", "好"),
        ("路人：让一下", "passer-by", "让一下"),
        ("- 护士：量血压\n现在", "staff", "量血压\n现在"),
        ("注意：不要吃药", "", "注意：不要吃药"),
        ("CT：平扫 5 mm", "", "CT：平扫 5 mm"),
        ("我跟医生说：好", "", "我跟医生说：好"),
        ("12:30 吃药", "", "12:30 吃药"),
        ("看 http://a.cn", "", "看 http://a.cn"),
        ("", "", ""),
    ],
)
def test_a_known_mark_before_a_line_says_who_speaks_and_goes(line: str, speaker: str, text: str) -> None:
    assert speakers.marked(line, PEOPLE) == (speaker, text)


@pytest.mark.parametrize(
    "line",
    [
        "- 医生：你好\n- 患者：我头痛",
        "医生：你好。患者：我头痛。",
        "Doctor: hi. Patient: hello",
        "你好\n患者：我头痛",
        "- 你好\n- 我头痛",
        "医生：哪里痛？王小明：头。",
    ],
)
def test_a_line_in_which_several_speak_is_nobodys(line: str) -> None:
    speaker, text = speakers.marked(line, PEOPLE)
    assert speaker == speakers.UNKNOWN
    assert not any(mark in text for mark in ("医生", "患者", "Doctor", "Patient", "王小明"))


@pytest.mark.parametrize(
    ("mark", "expected"),
    [
        ("doctor", "doctor"),
        ("Doctor", "doctor"),
        ("SPEAKER_00", "speaker_00"),
        ("SPEAKER_01", "unknown"),
        ("李四", "unknown"),
        ("passer_by", "passer-by"),
        ("老王", "p1"),
        ("", ""),
    ],
)
def test_a_mark_is_an_id_a_role_or_unknown_and_never_itself(mark: str, expected: str) -> None:
    assert speakers.who(mark, PEOPLE) == expected


@pytest.mark.parametrize(
    ("speaker", "role"),
    [
        ("p1", "patient"),
        ("m1", "passer_by"),
        ("doctor", "doctor"),
        ("unknown", "unknown"),
        ("p9", "unknown"),
        ("", "unknown"),
    ],
)
def test_a_speaker_has_a_role_or_is_unknown(speaker: str, role: str) -> None:
    assert speakers.role(speaker, Register("zh", PEOPLE)) == role


def read(path: Path, text: str) -> list[tuple[str, str]]:
    """Every line of a transcript: who says it, and what."""
    path.write_text(text, encoding="utf-8")
    part = rooms.part("engines", "sidecar")
    lines = part.build(part.Settings()).recognise(path, Task("zh", people=PEOPLE))
    found = []
    for line in lines:
        (speaker,) = {word.speaker for word in line.words}
        found.append((speaker, line.text))
    return found


def test_srt_and_vtt_carry_marks(tmp_path: Path) -> None:
    srt = "1\n00:00:01,000 --> 00:00:02,000\n医生：你好\n\n2\n00:00:03,000 --> 00:00:04,000\n我头痛\n"
    assert read(tmp_path / "a.srt", srt) == [("doctor", "你好"), ("", "我头痛")]
    cues = ["<v doctor>你好", "<v 王小明>我头痛</v>", "<v.loud 李四>让开", "<v doctor>疼吗<v patient>疼", "没事"]
    vtt = "WEBVTT\n" + "".join(f"\n00:0{n}.000 --> 00:0{n}.900\n{cue}\n" for n, cue in enumerate(cues))
    assert read(tmp_path / "a.vtt", vtt) == [
        ("doctor", "你好"),
        ("p1", "我头痛"),
        ("unknown", "让开"),
        ("unknown", "疼吗疼"),
        ("", "没事"),
    ]


def test_json_carries_marks_on_words_lines_and_segments(tmp_path: Path) -> None:
    line = {"start_s": 0, "end_s": 1}
    lines = [
        {**line, "text": "你好", "speaker": "doctor"},
        {**line, "text": "患者：好"},
        {**line, "text": "嗯", "speaker": 3},
    ]
    assert read(tmp_path / "l.json", json.dumps({"lines": lines})) == [
        ("doctor", "你好"),
        ("patient", "好"),
        ("unknown", "嗯"),
    ]
    contradicting = [{**line, "text": "患者：好", "speaker": "doctor"}]
    assert read(tmp_path / "c.json", json.dumps({"lines": contradicting})) == [("unknown", "好")]
    words = [{**line, "text": "好", "speaker": "p1"}, {**line, "text": "的", "speaker": "p1"}]
    assert read(tmp_path / "w.json", json.dumps({"words": words})) == [("p1", "好的")]
    segment = {
        "start": 0,
        "end": 1,
        "text": "好",
        "speaker": "SPEAKER_00",
        "words": [{"word": "好", "start": 0, "end": 1}],
    }
    assert read(tmp_path / "s.json", json.dumps({"segments": [segment]})) == [("speaker_00", "好")]
