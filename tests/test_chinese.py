"""Every message in Chinese: found in the code by its look, so that none can be forgotten."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipeline import cli
from pipeline.language import chinese, wording
from pipeline.language.chinese import in_chinese
from pipeline.terminal import screen, speaking
from pipeline.weights import Entry
from tests import built
from tests.sentences import HOLE, sentences, strings

FILLED = "7"
_AS_IT_IS = re.compile(r"`[^`]*`|--\w+|\b(?:clinicreel|pip|sudo|make)\b.*|[“‘(\[{（].*?[”’)\]}）]")
"""What is typed, named or quoted stays in English."""
_ENGLISH = re.compile(r"[a-z]{2,}(?: [a-z]{2,})+")
_NOT_OURS = re.compile(
    r"input should|string should|extra inputs|mapping values|could not find|found |that cannot start|expected"
    r"|Missing (argument|option) '|Got unexpected |Invalid value |No such (option|command) '|' for help"
    r"|'?[.:]? ?\(?(No such file|Did you mean |does not (take|exist)|requires an |is a (file|directory))"
    r"|'? ?is not (one of|a valid|in the range)"
)
"""What pydantic, PyYAML and click say."""


def test_every_sentence_of_the_program_has_a_chinese_form() -> None:
    missing = []
    for sentence, at in sentences().items():
        for line in filter(None, map(str.strip, sentence.splitlines())):
            said = chinese.known(line.removeprefix("-> ").replace(HOLE, FILLED)) or line
            if _ENGLISH.search(_AS_IT_IS.sub("", said)):
                missing.append(f"{at}: {line}")
    assert not missing, "write them into pipeline/language/chinese.txt:\n" + "\n".join(missing)


def test_every_phrase_of_the_book_is_said_somewhere() -> None:
    said = "\n".join([*strings(), *map(wording._kind_in_words, wording.INSTEAD)])
    longest = {max(phrase.fixed.split("; "), key=len) for phrase in chinese.phrases()}
    dead = [fixed for fixed in longest if fixed.count(" ") >= 2 and fixed not in said and not _NOT_OURS.match(fixed)]
    assert not dead, "nothing says them any more: " + "; ".join(dead)


@pytest.mark.parametrize("kind", [*wording.INSTEAD, "name", "age"])
def test_every_kind_of_identifier_has_a_chinese_word(kind: str) -> None:
    assert re.search(r"[\u4e00-\u9fff]", in_chinese(kind))
    assert re.search(r"[\u4e00-\u9fff]", in_chinese(kind.replace("_", " ")))
    assert re.search(r"[\u4e00-\u9fff]", in_chinese(wording._kind_in_words(kind)))


def test_several_reasons_in_one_line_are_translated_each() -> None:
    reasons = (
        "no face was ever seen in it; 0:01.0 to 0:02.5 of the recording: a face appears in the middle of the picture"
    )
    assert in_chinese(reasons) == "全片没有看到过人脸；原始素材 0:01.0 至 0:02.5：有一张脸在画面中间突然出现"


def test_a_sentence_with_a_semicolon_of_its_own_stays_one_behind_its_place() -> None:
    said = in_chinese("case.yaml:4: people.0.names.0: an empty name; write it or take the line out")
    assert said == "case.yaml:4: people.0.names.0: 名字是空的；请填写或删掉这一行"
    reasons = (
        "the recording is damaged from 0:00.0 to 0:00.1: pictures are missing in the file; the recording is damaged "
        "from 0:00.0 to 0:00.1: no picture could be decoded; the one before stands in; no face was ever seen in it"
    )
    assert in_chinese(reasons) == (
        "素材在 0:00.0 至 0:00.1 损坏：文件里缺少画面；"
        "素材在 0:00.0 至 0:00.1 损坏：有画面无法解码，用前一帧代替；全片没有看到过人脸"
    )


def test_a_finding_keeps_its_place_and_time() -> None:
    assert in_chinese("1:1: frames of the clip: 150, not 151") == "1:1: 片段的帧数：150，应为 151"
    assert (
        in_chinese("1:1 at 0:02.0: region 3 differs from its fill by 5") == "1:1，0:02.0 处：第 3 块遮挡与填充色相差 5"
    )
    said = in_chinese("9:16 at 0:12.4: a face is visible (score 0.87, face_yunet); and 2 more")
    assert said == "9:16，0:12.4 处：看得见一张脸（分数 0.87，face_yunet）；另有 2 项"


def test_a_fault_in_a_file_keeps_file_line_and_key() -> None:
    said = in_chinese(
        "case.yaml:4: titel: unknown key (did you mean 'title'?)\ncase.yaml:9: clips.0.to: it ends before it starts"
    )
    assert said == "case.yaml:4: titel: 没有这个键（是不是想写“title”？）\ncase.yaml:9: clips.0.to: 结束早于开始"


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (
            "one of 'employer', 'school' (did you mean 'school'?)",
            "应是其中之一：'employer', 'school'（是不是想写“school”？）",
        ),
        ("input should be a list; write `[ ]` in place of `【 】`", "应为列表；请写 `[ ]`，不要写 `【 】`"),
        ("not UTF-8 text", "不是 UTF-8 文本"),
    ],
)
def test_what_is_to_be_typed_stays_as_it_is_typed(told: str, said: str) -> None:
    assert in_chinese(f"clinic.yaml:4: {told}") == f"clinic.yaml:4: {said}"


def test_a_list_is_translated_piece_by_piece() -> None:
    said = in_chinese("case.yaml:3: caption: holds a name (characters 3 to 5), a phone number (characters 9 to 19)")
    assert said == "case.yaml:3: caption: 含有姓名（第 3 至 5 个字符）、电话号码（第 9 至 19 个字符）"


def test_an_error_with_its_remedy_keeps_its_shape() -> None:
    said = in_chinese("no space left on the disk\n  -> free some space and run the same command again")
    assert said == "磁盘满了\n  -> 请腾出空间，再运行同样的命令"


def test_what_nobody_translated_stays_as_it_is() -> None:
    assert in_chinese("[Errno 5] Input/output error") == "[Errno 5] Input/output error"


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"LANG": "zh_CN.UTF-8"}, True),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "en_US.UTF-8"}, False),
        ({"LANG": "en_US.UTF-8", "CLINICREEL_LANGUAGE": "zh"}, True),
        ({"LANG": "zh_TW.UTF-8", "CLINICREEL_LANGUAGE": "en"}, False),
        ({"LANG": "", "LC_MESSAGES": "zh"}, True),
        ({}, False),
    ],
)
def test_people_are_spoken_to_in_the_language_of_their_system(environment: dict[str, str], expected: bool) -> None:
    assert speaking.is_chinese(environment) is expected


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("report", "错误：缺少参数 CASE。"),
        ("new x", "错误：缺少选项 --footage。"),
        ("build --foo", "错误：没有 --foo 这个选项，是不是想写 --outbox？"),
        ("review --chanel x", "错误：没有 --chanel 这个选项，是不是想写其中之一：'--channel', '--help'。"),
        ("bild", "错误：没有 bild 这个命令，是不是想写 build？"),
        ("build nope", "错误：[CASES]... 的值不对：没有文件夹“nope”。"),
        ("audit --sample 0", "错误：--sample 的值不对：0 不在范围 1<=x<=500 之内。"),
        ("models lst", "错误：没有 lst 这个命令，是不是想写 list？"),
    ],
)
def test_a_command_that_was_called_wrongly_says_so_in_chinese(
    typed: str, expected: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CLINICREEL_LANGUAGE", "zh")
    with pytest.raises(SystemExit) as ended:
        cli.main(typed.split(), prog_name="clinicreel")
    told = capsys.readouterr()
    assert (ended.value.code, told.out) == (2, "")
    assert told.err.startswith("用法：")
    assert told.err.splitlines()[-1] == expected


def test_the_list_of_models_is_in_both_languages_and_nothing_weighs_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    screen.list_models((Entry("yunet", "faces", "MIT", 232_589, False), Entry("tiny", "", "MIT", 75_572_083, True)))
    told = capsys.readouterr().out
    assert all(one in told for one in ("大小 size", "232.6 kB", "75.6 MB", "是 yes", "否 no"))


def test_a_chinese_system_gets_chinese_messages_and_programs_english_ones(tmp_path: Path) -> None:
    case = built.make_case(tmp_path, more="titel: x\n")
    channel = built.make_channel(tmp_path)
    words = ("build", case, *built.where(tmp_path, channel))
    told = built.clinicreel(*words, CLINICREEL_LANGUAGE="zh")
    assert "titel: 没有这个键（是不是想写“title”？）" in told.stdout.replace("\n", "")
    assert "失败" in told.stdout
    (clip,) = built.answer(built.clinicreel(*words, "--json", CLINICREEL_LANGUAGE="zh"))["clips"]
    assert (clip["state"], "unknown key (did you mean 'title'?)" in clip["reason"]) == ("failed", True)
