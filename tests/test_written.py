"""What people write beside a film tells of nobody: told early, with place, kind and a wording, never the words."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.config import Channel
from pipeline.errors import EXIT_EXPOSED, ConfigError, ExposedError
from pipeline.language import naming, written
from pipeline.settings import loading
from pipeline.values import Clip, Named, Register

NAME = "王小明"
PEOPLE = f"synthetic: true\npeople: [{{id: p1, role: patient, names: [{NAME}]}}]\n"
REGISTER = Register("zh", (Named("p1", "patient", (NAME, "Wang Xiaoming")),))
CUTS = """\
clips:
  - {from: "0", to: "9", title: 肺结节要紧吗}
  - from: "9"
    to: "20"
    title: 王小明的肺结节
    titles: {bilibili: 听听王小明怎么说}
"""


def case(tmp_path: Path, text: str, name: str = "2026-11-22-nodule", channel: Channel | None = None) -> loading.Case:
    folder = tmp_path / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "a.mp4").write_bytes(b"video")
    (folder / "case.yaml").write_text(PEOPLE + text, "utf-8")
    return loading.load_case(folder, channel)


def exposing(found: loading.Case, channel: Channel | None = None) -> dict[int, tuple[Clip | None, ExposedError]]:
    return written.exposing(found.written, found.form, found.register(channel or Channel()))


def test_a_title_with_a_name_blocks_its_clip_with_the_place_the_kind_and_a_wording(tmp_path: Path) -> None:
    found = exposing(case(tmp_path, CUTS))
    assert list(found) == [2]
    clip, error = found[2]
    assert clip is not None
    assert (clip.number, clip.start_s, clip.end_s, error.exit_code) == (2, 9, 20, EXIT_EXPOSED)
    assert "case.yaml:7: clips[1].title: holds a name (characters 1 to 3)" in error.cause
    assert "case.yaml:8: clips[1].titles.bilibili: holds a name (characters 3 to 5)" in error.cause
    assert "clips[1].title: '王*的肺结节'" in error.remedy
    assert NAME not in str(error)
    assert str(tmp_path) not in str(error)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (f"title: {NAME}的片子\n", "case.yaml:3: title"),
        ("caption: |\n  第一行\n  打13800138000找我\n", "case.yaml:3: caption"),
        (f"tags: [健康, {NAME}]\n", "case.yaml:3: tags[1]"),
        (f"titles: {{douyin: {NAME}}}\n", "case.yaml:3: titles.douyin"),
        (f"zones: [{{at: [0, 0, 1, 1], reason: {NAME}的片子}}]\n", "case.yaml:3: zones[0].reason"),
    ],
)
def test_what_is_written_for_all_clips_blocks_them_all(tmp_path: Path, text: str, key: str) -> None:
    (whole,) = exposing(case(tmp_path / "whole", text)).values()
    assert (whole[0], key in whole[1].cause, NAME in str(whole[1])) == (None, True, False)
    each = exposing(case(tmp_path / "each", text + 'clips: [{from: "0", to: "9"}, {from: "9", to: "20"}]\n'))
    assert list(each) == [1, 2]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (f"title: {NAME}的片子", "clips.1.title"),
        (f"caption: {NAME}的片子", "clips.1.caption"),
        (f"tags: [健康, {NAME}]", "clips.1.tags[1]"),
        (
            f"regions: [{{mask: [{{at: 1, box: [0, 0, 1, 1]}}, {{at: 2, box: [0, 0, 1, 1]}}], reason: {NAME}的片子}}]",
            "clips.1.regions[0].reason",
        ),
    ],
)
def test_what_is_written_in_the_review_blocks_its_clip(tmp_path: Path, text: str, key: str) -> None:
    """Whoever edits `review.yaml` by hand goes past the desk, which would have refused it."""
    (tmp_path / "2026-11-22-nodule").mkdir()
    (tmp_path / "2026-11-22-nodule" / "review.yaml").write_text(f'clips: {{"1": {{{text}}}}}\n', "utf-8")
    found = exposing(case(tmp_path, 'clips: [{from: "0", to: "9"}, {from: "9", to: "20"}]\n'))
    assert list(found) == [1]
    assert f"review.yaml:1: {key}: holds a name" in found[1][1].cause
    assert NAME not in str(found[1][1])


@pytest.mark.parametrize(
    ("told", "key"),
    [
        ({"brand": {"notice": "愿嘟拉早日康复"}}, "brand.notice"),
        ({"brand": {"credential": "嘟拉的主治医师"}}, "brand.credential"),
        ({"tags": ["健康", "嘟拉"]}, "tags[1]"),
        ({"zones": [{"at": [0, 0, 1, 1], "reason": "嘟拉的片子"}]}, "zones[0].reason"),
    ],
)
def test_a_channel_that_tells_of_somebody_whom_only_the_case_knows_blocks_its_clips(
    tmp_path: Path, told: dict[str, object], key: str
) -> None:
    """The cards are burned in, and nobody reads them again."""
    people = "people: [{id: p1, role: patient, names: [嘟拉]}]\ntitle: 肺结节要紧吗\n"
    folder = tmp_path / "2026-11-22-nodule"
    folder.mkdir()
    (folder / "a.mp4").write_bytes(b"video")
    (folder / "case.yaml").write_text(people, "utf-8")
    channel = Channel.model_validate({"name": "示例频道", **told})
    ((_, error),) = exposing(loading.load_case(folder, channel), channel).values()
    assert f"示例频道: {key}: holds a name" in error.cause
    assert "嘟拉" not in str(error)
    keeping = channel.model_copy(update={"identify": channel.identify.model_copy(update={"keep": ("嘟拉",)})})
    assert exposing(loading.load_case(folder, keeping), keeping) == {}


def test_a_proposal_shows_the_lines_that_change(tmp_path: Path) -> None:
    found = exposing(case(tmp_path, "caption: |\n  第一行\n  打13800138000找我\n"))
    assert "caption: '打[手机号]找我'" in found[0][1].remedy


def test_the_doctors_own_name_stays_where_the_channel_keeps_it(tmp_path: Path) -> None:
    channel = Channel.model_validate({"identify": {"keep": ["李医生"]}})
    found = case(tmp_path, "title: 李医生讲肺结节\n", channel=channel)
    assert exposing(found, channel) == {}
    assert list(exposing(found)) == [0]


def test_a_channel_that_tells_of_somebody_is_refused_with_every_line(tmp_path: Path) -> None:
    path = tmp_path / "clinic.yaml"
    path.write_text(
        "brand:\n  credential: 周小红 主任医师\n  notice: 预约13800138000\ntags: [周小红]\n"
        "zones: [{at: [0, 0, 1, 1], reason: 周小红的桌子}]\n",
        "utf-8",
    )
    with pytest.raises(ConfigError) as caught:
        loading.load_channel(str(path))
    assert "clinic.yaml:2: brand.credential: holds a name" in caught.value.cause
    assert "clinic.yaml:3: brand.notice: holds a phone number (characters 3 to 13)" in caught.value.cause
    assert "clinic.yaml:4: tags[0]: holds a name" in caught.value.cause
    assert "clinic.yaml:5: zones[0].reason: holds a name" in caught.value.cause
    assert "小红" not in str(caught.value)
    path.write_text(path.read_text("utf-8") + "identify: {keep: [周小红, '13800138000']}\n", "utf-8")
    assert loading.load_channel(str(path)).brand.credential == "周小红 主任医师"


# --- the case's own name --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["王小明-肺结节", "2026-11-22-王小明", "nodule-wang_xiaoming", "wangxiaoming", "call 13800138000"]
)
def test_a_case_is_not_called_after_anybody(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigError) as caught:
        case(tmp_path, "", name)
    said = str(caught.value)
    assert "the name of the case's folder holds a" in said
    assert "(characters " in said
    assert not any(piece in said.casefold() for piece in (NAME, "小明", "xiaoming", "13800138000"))


def test_another_name_is_proposed_and_is_fine_itself() -> None:
    for name, proposed in (("王小明-肺结节", "肺结节"), ("2026-11-22-王小明", "2026-11-22"), ("王小明", "case")):
        assert naming.public_name(name, REGISTER) == proposed
        naming.check_name(proposed, REGISTER)


@pytest.mark.parametrize("name", ["2026-11-22__nodule_", "a--b", "_a.", "a b", "患者-甲"])
def test_a_name_that_tells_of_nobody_is_that_of_the_case(name: str) -> None:
    assert naming.public_name(name, REGISTER) == naming.slug_of(name)


def test_a_day_in_front_is_no_date_of_a_patient_and_one_behind_is() -> None:
    naming.check_name("2026-11-22-nodule", REGISTER)
    with pytest.raises(ConfigError, match="holds a date"):
        naming.check_name("nodule-1956-03-04", REGISTER)
