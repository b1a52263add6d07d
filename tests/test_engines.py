"""The engines: transcripts as people and programs write them, and both Whispers on a toy that really hears."""

from __future__ import annotations

import json
import re
import wave
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline import rooms
from pipeline.engines import Line, Task
from pipeline.engines.sidecar import spread
from pipeline.errors import ClinicReelError, ConfigError, RecordingError, ToolError
from pipeline.sound import whisper_format, whisper_tokens
from pipeline.sound.guards import bare
from tests.toy import RATE_HZ, Toy

# openai-whisper leaves its vocabulary file open when it has read it.
pytestmark = pytest.mark.filterwarnings("ignore:.*multilingual.tiktoken:pytest.PytestUnraisableExceptionWarning")
WHISPERS = ("faster_whisper", "openai_whisper")


def read(path: Path, text: str, encoding: str = "utf-8") -> list[tuple[float, float, str]]:
    """What the sidecar engine makes of a file with this text."""
    path.write_bytes(text.encode(encoding))
    part = rooms.part("engines", "sidecar")
    lines = part.build(part.Settings()).recognise(path, Task("zh"))
    return [(word.start_s, word.end_s, word.text) for line in lines for word in line.words]


# --- transcripts ----------------------------------------------------------------------------------------------------


def test_srt_lines_are_spread_over_their_characters(tmp_path: Path) -> None:
    words = read(tmp_path / "a.srt", "1\n00:00:01,000 --> 00:00:03,000\n不要紧，张。\n")
    assert words == [(1.0, 1.5, "不"), (1.5, 2.0, "要"), (2.0, 2.5, "紧，"), (2.5, 3.0, "张。")]


def test_vtt_with_voices_notes_and_two_lines_is_read(tmp_path: Path) -> None:
    text = "WEBVTT\n\nNOTE by hand\n\n00:01.000 --> 00:02.000 align:start\n<v Doctor>三个月\n以后\n"
    assert "".join(word for _, _, word in read(tmp_path / "a.vtt", text)) == "三个月以后"


@pytest.mark.parametrize(
    ("line", "heard"),
    [
        ("空腹<7刘建国餐后>10要注意", "空腹<7刘建国餐后>10要注意"),
        ("检查{刘建国的}要紧吗", "检查{刘建国的}要紧吗"),
        ("<你好刘建国>再见", "<你好刘建国>再见"),
        ("{\\an8}<i>刘</i><b>建</b>国<br>来<font color='red'>了</font>", "刘建国来了"),
        ("电话138&nbsp;1234&nbsp;5678，&#26519;小雨 &lt;7", "电话138 1234 5678，林小雨 <7"),
        ("a &amp; b", "a & b"),
    ],
)
@pytest.mark.parametrize("kind", ["srt", "vtt"])
def test_of_a_line_nothing_is_dropped_that_may_have_been_said(tmp_path: Path, kind: str, line: str, heard: str) -> None:
    head = "WEBVTT\n\n" if kind == "vtt" else "1\n"
    text = f"{head}00:00:00.000 --> 00:00:01.000\n{line}\n".replace(".", "." if kind == "vtt" else ",")
    assert "".join(word for _, _, word in read(tmp_path / f"a.{kind}", text)) == heard


TIMES = "00:00:01.000 --> 00:00:02.000", "00:00:03.000 --> 00:00:04.000"


@pytest.mark.parametrize("counters", [("", ""), ("1\n", "2\n")])
@pytest.mark.parametrize("gap", ["\n", ""])
@pytest.mark.parametrize("head", ["", "WEBVTT\n\n"])
def test_figures_that_end_a_subtitle_were_said_and_counters_were_not(
    tmp_path: Path, head: str, gap: str, counters: tuple[str, str]
) -> None:
    """The line of a number looks like the counter of the next subtitle, which most WebVTT has not."""
    first, second = (f"{counter}{times}\n" for counter, times in zip(counters, TIMES, strict=True))
    text = f"{head}{first}我的电话\n13800138000\n{gap}{second}记下了\n139\n"
    path = tmp_path / ("a.vtt" if head else "a.srt")
    assert "".join(word for _, _, word in read(path, text)) == "我的电话13800138000记下了139"


def test_comments_and_names_of_subtitles_are_not_said(tmp_path: Path) -> None:
    first = f"intro\n{TIMES[0]}\n你好\nNOTE\n\nNOTE\n两行\n注释\n \n再说"
    text = f"WEBVTT\n\nNOTE cut this\n\n{first}\n\n王小明\n{TIMES[1]}\n好\n\nNOTE end"
    assert "".join(word for _, _, word in read(tmp_path / "a.vtt", text)) == "你好NOTE再说好"


def test_line_ends_of_every_system_are_read(tmp_path: Path) -> None:
    text = f"1\n{TIMES[0]}\n你好\n\n2\n{TIMES[1]}\n好\n"
    for end in ("\r\n", "\r"):
        assert "".join(word for _, _, word in read(tmp_path / "a.srt", text.replace("\n", end))) == "你好好"


def test_words_keep_their_own_times_and_probability(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"words": [{"start_s": 1, "end_s": 1.5, "text": "好", "probability": 0.4}]}))
    part = rooms.part("engines", "sidecar")
    (line,) = part.build(part.Settings()).recognise(path, Task("zh"))
    assert (line.words[0].start_s, line.words[0].end_s, line.words[0].probability) == (1.0, 1.5, 0.4)


def test_lines_in_json_are_spread_and_sorted(tmp_path: Path) -> None:
    lines = [{"start_s": 2, "end_s": 3, "text": "后"}, {"start_s": 0, "end_s": 1, "text": "先"}]
    assert [word for _, _, word in read(tmp_path / "a.json", json.dumps({"lines": lines}))] == ["先", "后"]


def test_the_json_of_whisper_is_read_and_a_number_without_times_gets_the_gap(tmp_path: Path) -> None:
    words = [
        {"word": " Call", "start": 0.0, "end": 1.0},
        {"word": " 138"},
        {"word": " 0013"},
        {"word": " now", "start": 3.0, "end": 4.0},
    ]
    segments = [{"start": 0.0, "end": 4.0, "text": " Call 138 0013 now", "words": words}]
    got = read(tmp_path / "a.json", json.dumps({"segments": segments}))
    assert got[1:3] == [(1.0, 2.0, " 138"), (2.0, 3.0, " 0013")]


def test_latin_words_keep_their_space_and_punctuation_stays_behind() -> None:
    assert [word.text for word in spread("CT 显示 6mm，“不大”。OK", 0, 1)] == [
        "CT",
        " 显",
        "示",
        " 6mm，",
        "“不",
        "大”。",
        "OK",
    ]


def test_spread_loses_nothing_that_can_be_said() -> None:
    text = "电话 138-0013-8000，去 https://a.cn/b?c=1！《说明》(见下)…… 3.5 %"
    assert bare("".join(word.text for word in spread(text, 0, 9))) == bare(text)
    assert spread("，。", 0, 1) == () or all(word.end_s > word.start_s for word in spread("，。", 0, 1))


@pytest.mark.parametrize(
    ("name", "text", "complaint"),
    [
        ("a.srt", "1\n00:00:01,000 --> 00:0x:03,000\n好\n", "transcript.srt:2: not a pair of times"),
        ("a.srt", "1\n00:00:03,000 --> 00:00:01,000\n好\n", "transcript.srt:2: the line ends before it starts"),
        ("a.srt", "", "transcript.srt: no subtitle in it"),
        ("a.json", '{"words": [\n{"start_s": 1,,}]}', "transcript.json:2: no valid JSON"),
        ("a.json", '{"words": [{"start_s": 1, "text": "好"}]}', "transcript.json: words[0]: no start_s and end_s"),
        ("a.json", '{"words": [{"start_s": 2, "end_s": 1, "text": "好"}]}', "words[0]: it ends before it starts"),
        ("a.json", '{"lines": [{"start_s": 2, "end_s": 3}]}', "lines[0]: no text"),
        ("a.json", '{"lines": ["好"]}', "lines[0]: not an object"),
        ("a.json", '{"lines": [{"start_s": NaN, "end_s": 1, "text": "a"}]}', "lines[0]"),
        ("a.json", "[]", "neither words, lines nor segments"),
        (
            "a.json",
            '{"segments": [{"start": 0, "end": 4, "text": "打 138", "words": [{"word": "好", "start": 0, "end": 1}]}]}',
            "transcript.json: segments[0]: its text and its words say different things",
        ),
        (
            "a.json",
            '{"words": [{"word": "好", "start": 0, "end": 1}], '
            '"segments": [{"start": 0, "end": 4, "text": "好，王小明"}]}',
            "transcript.json: words, segments and lines in it say different things",
        ),
        ("a.json", "[" * 100_000, "nested too deeply"),
    ],
)
def test_a_broken_transcript_is_refused_with_its_place(tmp_path: Path, name: str, text: str, complaint: str) -> None:
    with pytest.raises(RecordingError, match=re.escape(complaint)) as caught:
        read(tmp_path / name, text)
    assert caught.value.remedy or "valid JSON" in complaint or "nested" in complaint


def test_a_transcript_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="not UTF-8"):
        read(tmp_path / "a.srt", "1\n00:00:01,000 --> 00:00:03,000\n张三\n", "gb18030")


def test_complaints_never_name_the_file(tmp_path: Path) -> None:
    with pytest.raises(RecordingError) as caught:
        read(tmp_path / "张三 2026.srt", "00:00:01,000 --> nonsense")
    assert "张三" not in str(caught.value)


# --- the checkpoint -------------------------------------------------------------------------------------------------


def test_the_tokenizer_made_from_the_ranks_is_openais() -> None:
    from whisper.tokenizer import get_tokenizer

    ours, theirs = whisper_tokens.tokenizer(51865), get_tokenizer(True, language="zh", task="transcribe")
    for text in ("这个结节不用担心。", " Eat less salt, it's 3.5 %!\n\n  ok", "𠮷野家 ①②③ ünïcödé 1,380,013"):
        assert ours.encode(text, add_special_tokens=False).ids == theirs.encode(text)
    assert ours.token_to_id("<|0.00|>") == theirs.timestamp_begin
    assert ours.token_to_id("<|nospeech|>") == theirs.no_speech


def test_a_glossary_is_cut_to_the_room_before_the_speech_and_the_first_terms_stay() -> None:
    from whisper.tokenizer import get_tokenizer

    terms = tuple(f"术语{number}" for number in range(500))
    prompt = whisper_tokens.prompt(terms, "zh")
    assert prompt is not None
    assert prompt.startswith("术语0、术语1、")
    count = len(get_tokenizer(True, language="zh", task="transcribe").encode(f" {prompt}"))
    assert whisper_tokens.PROMPT_TOKENS - 8 <= count <= whisper_tokens.PROMPT_TOKENS
    assert whisper_tokens.prompt((), "zh") is None


def test_a_file_that_is_no_checkpoint_is_refused(tmp_path: Path) -> None:
    for data in (b"", b"not a model", b"\x80\x04cos\nsystem\n(S'true'\ntR."):
        path = tmp_path / "own.pt"
        path.write_bytes(data)
        with pytest.raises(ToolError, match="not a checkpoint"):
            whisper_format.load(path)


# --- the two Whispers -----------------------------------------------------------------------------------------------


def hear(name: str, toy: Toy, sound: NDArray[np.float32], language: str, **task: object) -> tuple[Line, ...]:
    """What an engine makes of a sound, with the toy's weights."""
    path = toy.folder / "sound.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes((np.clip(sound, -1, 1) * 32767).astype(np.int16).tobytes())
    part = rooms.part("engines", name)
    return part.build(part.Settings(beam=1)).recognise(path, Task(language, toy.checkpoint, **task))  # type: ignore[arg-type]


@pytest.mark.parametrize("name", WHISPERS)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_whisper_hears_the_words_where_they_are(name: str, language: str, toy: Toy) -> None:
    lines = hear(name, toy, toy.speech(language), language)
    assert bare("".join(line.text for line in lines)) == bare("".join(word for word, _, _ in toy.truth(language)))
    heard = [word for line in lines for word in line.words]
    late_s = []
    for text, start_s, _ in toy.truth(language):
        at = next(n for n, word in enumerate(heard) if bare(text).startswith(bare(word.text)))
        late_s.append(abs(heard[at].start_s - start_s))
        heard = heard[at + 1 :]
    # Whisper lets the first word of a sentence begin in the pause before it.
    assert max(late_s) < 0.6
    assert np.median(late_s) < 0.15


@pytest.mark.parametrize("name", WHISPERS)
def test_a_whisper_hears_the_same_twice_and_takes_a_glossary(name: str, toy: Toy) -> None:
    sound = toy.speech("zh")
    once = hear(name, toy, sound, "zh", glossary=("结节", "复查"))
    assert once == hear(name, toy, sound, "zh", glossary=("结节", "复查"))
    assert "结节" in "".join(line.text for line in once)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_openais_own_loader_takes_the_toy_and_it_knows_its_languages(language: str, toy: Toy) -> None:
    import torch
    import whisper

    model = whisper.load_model(str(toy.checkpoint), device="cpu")
    mel = whisper.log_mel_spectrogram(torch.from_numpy(whisper.pad_or_trim(toy.speech(language))))
    _, odds = model.detect_language(mel)
    assert max(odds, key=odds.__getitem__) == language


def test_the_voice_detector_hears_nobody_in_silence(toy: Toy) -> None:
    assert hear("faster_whisper", toy, np.zeros(RATE_HZ * 3, np.float32), "zh") == ()


@pytest.mark.parametrize("name", WHISPERS)
def test_a_language_that_whisper_does_not_know_is_refused(name: str, toy: Toy) -> None:
    with pytest.raises(ConfigError, match="'xx'"):
        hear(name, toy, np.zeros(RATE_HZ, np.float32), "xx")


def test_faster_whisper_never_asks_the_network(toy: Toy, monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    def refuse(*args: object, **options: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert hear("faster_whisper", toy, toy.speech("en"), "en")


def test_a_damaged_checkpoint_stops_with_a_remedy(tmp_path: Path, toy: Toy) -> None:
    broken = tmp_path / "broken.pt"
    broken.write_bytes(toy.checkpoint.read_bytes()[:-1000])
    with pytest.raises(ClinicReelError, match="not a checkpoint"):
        whisper_format.converted(broken, "0" * 64)
    assert not list((tmp_path / "converted").glob("*"))


def test_a_folder_for_converted_weights_that_cannot_be_made_is_an_expected_failure(tmp_path: Path, toy: Toy) -> None:
    model = tmp_path / toy.checkpoint.name
    model.write_bytes(toy.checkpoint.read_bytes())
    (tmp_path / "converted").write_text("not a folder")
    with pytest.raises(ToolError, match="cannot be written"):
        whisper_format.converted(model, "0" * 64)
