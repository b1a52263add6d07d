"""Every fault of a channel or case is told at once, by file, line and key, with what was probably meant."""

from __future__ import annotations

import errno
import os
import re
from pathlib import Path

import pytest

from pipeline.config import Channel
from pipeline.errors import ConfigError, RecordingError
from pipeline.folders import PLATFORMS, ROOT
from pipeline.language import naming
from pipeline.settings import filling, loading
from pipeline.settings.forms import timecode_s
from tests import built


def channel(tmp_path: Path, text: str, name: str = "clinic") -> Channel:
    (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    return loading.load_channel(str(tmp_path / f"{name}.yaml"))


def faults(tmp_path: Path, text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        channel(tmp_path, text)
    return caught.value.cause.replace(f"{tmp_path}/", "").splitlines()


def case(tmp_path: Path, text: str = "", footage: str = "a.mp4") -> loading.Case:
    folder = tmp_path / "2026-11-22-nodule"
    folder.mkdir(exist_ok=True)
    (folder / footage).write_bytes(b"video")
    (folder / "case.yaml").write_text(text, encoding="utf-8")
    return loading.load_case(folder)


def test_an_empty_channel_is_all_defaults(tmp_path: Path) -> None:
    assert channel(tmp_path, "") == Channel()


def test_all_faults_of_a_channel_are_told_at_once_with_what_was_meant(tmp_path: Path) -> None:
    text = "redact:\n  faec: blur\n  face: gaussian\ndetect:\n  face_centerface:\n    evry: 2\nselect: {min_s: -1}\n"
    told = faults(tmp_path, text)
    assert [line.split(": ")[:3] for line in told] == [
        ["clinic.yaml:2", "redact.faec", "unknown key (did you mean 'face'?)"],
        ["clinic.yaml:3", "redact.face", "one of 'blur', 'mosaic', 'solid' (it says 'gaussian')"],
        ["clinic.yaml:6", "detect.face_centerface.evry", "unknown key (did you mean 'every'?)"],
        ["clinic.yaml:7", "select.min_s", "input should be greater than 0 (it says -1.0)"],
    ]


def test_a_value_of_another_kind_is_told_without_words_of_python(tmp_path: Path) -> None:
    text = "name: 5\nplatforms: douyin\nredact: {blocks: 2.5}\nselect: {tighten: yes}\nsubtitle: 3\n"
    assert faults(tmp_path, text) == [
        "clinic.yaml:1: name: input should be text (it says 5)",
        "clinic.yaml:2: platforms: input should be a list (it says 'douyin')",
        "clinic.yaml:3: redact.blocks: input should be a whole number (it says 2.5)",
        "clinic.yaml:4: select.tighten: input should be true or false (it says 'yes')",
        "clinic.yaml:5: subtitle: input should be lines of `key: value` (it says 3)",
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "redact: {face: blurr}",
            "redact.face: one of 'blur', 'mosaic', 'solid' (did you mean 'blur'?) (it says 'blurr')",
        ),
        ("transcribe: {model: smal}", "or a .pt file (did you mean 'small'?) (it says 'smal')"),
        ("recogniser: dlb", "recogniser: one of 'dlib' (did you mean 'dlib'?) (it says 'dlb')"),
        ("platforms: []", "platforms: at least 1 must stand here"),
        ("select: {min_s: 20, max_s: 10}", "select: min_s is above max_s"),
        ("outbox: ''", "outbox: string should have at least 1 character"),
        ("extends: demmo", "channel 'demmo': no such file demmo.yaml (did you mean 'demo'?)"),
        ("redact: {\u3000face: blur}", "a full-width or no-break space at its start or end"),
        ("redact: {face:\u3000blur}", "unknown key; write plain spaces in place of tabs"),
        ("zones: [at： 1]", "zones.0: input should be lines of `key: value`; write `: ` in place of `：`"),
        (
            "detect: {face_centerface: {long_sides_px: [480, 0]}}",
            "detect.face_centerface.long_sides_px.1: input should be greater than or equal to 64 (it says 0)",
        ),
    ],
)
def test_a_value_that_cannot_be_is_told_by_its_line_with_what_was_meant(tmp_path: Path, text: str, told: str) -> None:
    (fault,) = faults(tmp_path, f"\n{text}\n")
    assert fault.startswith("clinic.yaml:2: ")
    assert told in fault


def test_a_model_of_ones_own_is_a_file(tmp_path: Path) -> None:
    assert channel(tmp_path, "transcribe: {model: mine.pt}").transcribe.model == "mine.pt"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("douyn", "douyin"),
        ("抖音", "douyin"),
        ("视频号", "wechat_channels"),
        ("b站", "bilibili"),
        ("YouTube", "youtube"),
    ],
)
def test_a_platform_that_is_none_is_told_by_its_line_with_the_one_that_is_called_so(
    tmp_path: Path, written: str, meant: str
) -> None:
    told = faults(tmp_path, f"platforms:\n  - weibo\n  - {written}\n")
    assert told == [
        f"clinic.yaml:3: platforms.1: there is no such platform (did you mean '{meant}'?)",
    ]
    with pytest.raises(ConfigError, match=f"case.yaml:2: clips.0.titles: .*did you mean '{meant}'"):
        case(tmp_path, f"synthetic: true\nclips: [{{from: 1, to: 2, titles: {{{written}: 甲}}}}]\n")


def test_a_shape_for_a_platform_that_the_channel_does_not_have_is_told_by_its_line(tmp_path: Path) -> None:
    assert faults(tmp_path, "platforms: [weibo]\nformats:\n  bilibili: 1:1\n  微博: 1:1\n") == [
        "clinic.yaml:3: formats: not among the channel's platforms",
        "clinic.yaml:4: formats: not among the channel's platforms (did you mean 'weibo'?)",
    ]


def test_a_platform_that_is_named_by_its_file_takes_a_shape_by_its_name(tmp_path: Path) -> None:
    own = tmp_path / "mine.yaml"
    text = (PLATFORMS / "weibo.yaml").read_text("utf-8")
    own.write_text(text.replace("name: weibo", "name: mine"), "utf-8")
    assert channel(tmp_path, f"platforms: [{own}]\nformats:\n  mine: 1:1\n").formats == {"mine": "1:1"}
    assert faults(tmp_path, f"platforms: [{own}]\nformats:\n  {own}: 1:1\n") == [
        "clinic.yaml:3: formats: not among the channel's platforms",
    ]


def test_every_pattern_of_a_form_is_told_in_words() -> None:
    texts = [(ROOT / "pipeline" / name).read_text("utf-8") for name in ("config.py", "settings/people.py")]
    patterns = set(re.findall(r'pattern=r"([^"]+)"', "".join(texts)))
    assert patterns
    assert patterns <= filling._WRITTEN.keys()


def test_a_channel_takes_what_it_does_not_say_from_the_one_it_extends(tmp_path: Path) -> None:
    channel(tmp_path, "name: base\nredact: {face: mosaic, blocks: 4}\nplatforms: [douyin]\n", "base")
    made = channel(tmp_path, "extends: base\nredact: {blocks: 3}\n")
    assert (made.name, made.redact.face, made.redact.blocks) == ("base", "mosaic", 3)


def test_a_fault_in_an_extended_channel_names_that_file(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text("nmae: x\n")
    assert faults(tmp_path, "extends: base\n") == ["base.yaml:1: nmae: unknown key (did you mean 'name'?)"]


def test_a_channel_that_extends_itself_is_refused(tmp_path: Path) -> None:
    assert "extends itself" in faults(tmp_path, "extends: clinic\n")[0]


def test_an_unknown_channel_suggests_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="did you mean 'demo'"):
        loading.load_channel("demoo")


@pytest.mark.parametrize(
    ("zone", "says"),
    [
        ("[0.5, 0, 0.4, 1]", "left < right"),
        ("[0, 0, 2, 1]", "less than or equal to 1"),
        ("[0, 0, 1]", "zones.0.at: a box is four numbers from 0 to 1, [left, top, right, bottom]"),
        ("[0, 0, 1, 1, 1]", "zones.0.at: a box is four numbers"),
        ("【0, 0, 1, 1】", "zones.0.at: input should be a list; write `[ ]` in place of `【 】`"),
    ],
)
def test_a_zone_that_is_none_is_refused(tmp_path: Path, zone: str, says: str) -> None:
    told = faults(tmp_path, f"zones:\n  - at: {zone}\n")
    assert says in told[0]
    assert told[0].startswith("clinic.yaml:2")


@pytest.mark.parametrize(
    ("text", "seconds"), [("0:12", 12.0), ("1:02:03.5", 3723.5), ("75", 75.0), (12, 12.0), ("1:30", 90.0)]
)
def test_times_are_read(text: object, seconds: float) -> None:
    assert timecode_s(text) == seconds


@pytest.mark.parametrize("text", ["1:75", "1:60:00", "abc", "", "-3", "1:2:3:4", True])
def test_what_is_no_time_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match=r"time|minutes"):
        timecode_s(text)


def test_a_case_finds_its_footage_and_its_transcript(tmp_path: Path) -> None:
    (tmp_path / "2026-11-22-nodule").mkdir()
    (tmp_path / "2026-11-22-nodule" / "a.srt").write_text("")
    found = case(tmp_path, 'clips:\n  - {from: "0:12", to: "0:55", title: 结节}\n')
    assert found.slug == "2026-11-22-nodule"
    assert found.footage.name == "a.mp4"
    assert found.transcript is not None
    assert found.transcript.name == "a.srt"
    assert (found.form.clips[0].start_s, found.form.clips[0].end_s) == (12, 55)
    assert found.language == "zh"


def test_footage_that_is_not_there_names_the_line_but_not_the_file(tmp_path: Path) -> None:
    with pytest.raises(RecordingError) as caught:
        case(tmp_path, "title: x\nfootage: 王小明.mp4\n")
    assert caught.value.cause.endswith("case.yaml:2: footage: there is no such file")


def test_two_videos_need_a_word_about_which(tmp_path: Path) -> None:
    case(tmp_path)
    with pytest.raises(ConfigError, match="2 videos"):
        case(tmp_path, footage="b.mov")


def test_two_transcripts_need_a_word_about_which(tmp_path: Path) -> None:
    case(tmp_path)
    for suffix in (".srt", ".json"):
        (tmp_path / "2026-11-22-nodule" / f"a{suffix}").write_text("")
    with pytest.raises(ConfigError, match="several transcripts"):
        case(tmp_path)


def test_a_transcript_in_the_cases_folder_wins_over_one_beside_the_footage(tmp_path: Path) -> None:
    elsewhere = tmp_path / "camera"
    elsewhere.mkdir()
    (elsewhere / "a.mp4").write_bytes(b"video")
    (elsewhere / "a.json").write_text("")
    folder = tmp_path / "2026-11-22-nodule"
    folder.mkdir()
    (folder / "case.yaml").write_text(f"footage: {elsewhere / 'a.mp4'}\n")
    beside = loading.load_case(folder).transcript
    (folder / "transcript.srt").write_text("")
    inside = loading.load_case(folder).transcript
    assert beside is not None
    assert inside is not None
    assert (beside.name, inside.name) == ("a.json", "transcript.srt")


@pytest.mark.parametrize(
    ("name", "slug"),
    [("2026-11-22-nodule", "2026-11-22-nodule"), ("../x", "x"), ("肺 结节", "肺-结节"), ("..", "case")],
)
def test_a_slug_is_safe_as_a_folder(name: str, slug: str) -> None:
    assert naming.slug_of(name) == slug


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("language: 王小明\n", "case.yaml:1: language: a language is written as its code: zh, en"),
        ("小明: patient\n", "case.yaml:1: ?: unknown key"),
        ("people: [{小明: patient}]\n", "case.yaml:1: people.0.?: unknown key"),
        ("people: [{id: 小明}]\n", "case.yaml:1: people.0.id: an id is made of small letters a to z"),
        ("synthetic: 王小明\n", "case.yaml:1: synthetic: input should be true or false"),
    ],
)
def test_a_fault_of_a_case_never_repeats_what_may_be_a_name(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(ConfigError) as caught:
        case(tmp_path, text)
    assert says in caught.value.cause
    assert "小明" not in str(caught.value)


def test_a_fault_of_a_case_still_shows_a_wrong_time(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"it says '1:75'"):
        case(tmp_path, 'clips: [{from: "1:75", to: "2:00"}]\n')


def closed(monkeypatch: pytest.MonkeyPatch, folder: Path, number: int = errno.EACCES) -> None:
    """Lets nobody look below a folder, as if its `x` were missing or its disk were dying; root needs no `x`."""
    seen = Path.stat

    def stat(path: Path, *, follow_symlinks: bool = True) -> os.stat_result:
        if path.is_relative_to(folder) and path != folder:
            raise OSError(number, os.strerror(number), str(path))
        return seen(path, follow_symlinks=follow_symlinks)

    monkeypatch.setattr(Path, "stat", stat)


@pytest.mark.parametrize("number", [errno.EACCES, errno.EIO, errno.ESTALE])
def test_footage_where_nobody_can_look_is_told_by_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    (tmp_path / "nas").mkdir()
    closed(monkeypatch, tmp_path / "nas", number)
    with pytest.raises(RecordingError) as caught:
        case(tmp_path, f"synthetic: true\nfootage: {tmp_path}/nas/林小雨.mp4\n")
    assert caught.value.cause.endswith(
        f"case.yaml:2: footage: what is named here cannot be looked up: {os.strerror(number)}"
    )
    assert caught.value.remedy == "check that disk, and the permissions of the folders that it lies in"


@pytest.mark.parametrize("text", ["transcript: nas/a.srt", "people: [{id: d1, role: doctor, photos: [nas/a.jpg]}]"])
def test_what_else_a_case_names_where_nobody_can_look_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    closed(monkeypatch, tmp_path / "2026-11-22-nodule" / "nas")
    with pytest.raises(ConfigError, match=r"case\.yaml: what is named here cannot be looked up: Permission denied"):
        case(tmp_path, f"synthetic: true\n{text}\n")


def test_a_case_in_which_nobody_can_look_does_not_keep_the_others_from_being_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders = [tmp_path / name for name in ("1-closed", "2-faulty")]
    for folder in folders:
        folder.mkdir()
        (folder / "case.yaml").write_text("titel: x\n", "utf-8")
    closed(monkeypatch, folders[0])
    report = built.build(tmp_path, *folders, channel=built.make_channel(tmp_path))
    first, second = report.clips
    assert "cannot be looked up: Permission denied" in first.reason
    assert "unknown key" in second.reason


def test_a_channel_whose_people_lie_where_nobody_can_look_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed(monkeypatch, tmp_path / "nas")
    with pytest.raises(ConfigError, match=r"clinic\.yaml: what is named here cannot be looked up"):
        channel(tmp_path, "people: [{id: d1, role: doctor, names: [周明], face: keep, photos: [nas/a.jpg]}]\n")
