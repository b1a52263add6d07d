"""The ten platforms: every file is valid, says where its figures come from, and is honoured."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from pipeline.errors import ConfigError
from pipeline.folders import PLATFORMS
from pipeline.packing import limits
from pipeline.settings import loading
from pipeline.settings.platform import Confidence
from pipeline.values import Export, File, Texts, View

NAMES = (
    "bilibili", "douyin", "instagram_reels", "kuaishou", "tiktok", "wechat_channels", "weibo", "xiaohongshu", "youtube",
    "youtube_shorts",
)  # fmt: skip
FILES = sorted(PLATFORMS.glob("*.yaml"))
TEXTS = Texts("case-1", "肺结节六毫米要紧吗", "六毫米的肺结节，先别慌。", ("肺结节", "科普"))


def an_export(seconds: float = 60, size_bytes: int = 10_000_000, shape: str = "9:16") -> Export:
    frames = round(seconds * 25)
    file = File(Path("9x16.mp4"), "0" * 64, size_bytes)
    view = View((0, 0, 2, 2), (0, 0, 2, 2))
    return Export(shape, file, 1080, 1920, Fraction(25), frames, 0, frames, view, True, "linear")


def test_the_ten_platforms_are_there() -> None:
    assert tuple(path.stem for path in FILES) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_platform_is_valid_and_named_like_its_file(name: str) -> None:
    platform = loading.load_platform(name)
    assert platform.name == name
    assert platform.source
    assert platform.publish_url.startswith("https://")
    assert limits.broken(platform, an_export(shape=platform.format), TEXTS) == ()


@pytest.mark.parametrize(
    ("name", "change", "told"),
    [
        ("douyin", {"title": "题" * 31}, "31 characters, 抖音 takes at most 30"),
        ("wechat_channels", {"title": "肺结节"}, "wants at least 6"),
        ("wechat_channels", {"title": "肺结节六毫米，要紧吗"}, "the title holds ，"),
        ("kuaishou", {"tags": ("一", "二", "三", "四")}, "4 tags"),
        ("youtube", {"caption": "a <b> c"}, "< >"),
        ("instagram_reels", {"caption": "x" * 2201}, "the caption has 2201"),
        ("youtube", {"tags": tuple(f"tag number {n}" for n in range(45))}, "the tags have"),
        ("douyin", {"title": ""}, "no title"),
    ],
)
def test_a_text_that_breaks_a_limit_is_told_and_not_cut(name: str, change: dict[str, str], told: str) -> None:
    platform = loading.load_platform(name)
    (problem,) = limits.broken(platform, an_export(shape=platform.format), replace(TEXTS, **change))
    assert told in problem


@pytest.mark.parametrize(
    ("name", "export", "told"),
    [
        ("douyin", an_export(seconds=901), "901.0 s"),
        ("tiktok", an_export(seconds=2), "at least 3 s"),
        ("kuaishou", an_export(size_bytes=104_857_601), "104857601 bytes"),
        ("instagram_reels", an_export(seconds=10, size_bytes=100_000_000), "kb/s"),
        ("bilibili", an_export(), "the video is 9:16"),
    ],
)
def test_a_video_that_breaks_a_limit_is_told(name: str, export: Export, told: str) -> None:
    (problem,) = limits.broken(loading.load_platform(name), export, TEXTS)
    assert told in problem


def test_what_could_not_be_confirmed_is_not_enforced() -> None:
    export = an_export(seconds=100_000, size_bytes=10**12)
    assert limits.broken(loading.load_platform("weibo"), export, replace(TEXTS, caption="长" * 100_000)) == ()


def test_xiaohongshu_counts_two_ascii_characters_as_one() -> None:
    assert limits.length("CT报告", "half_width") == 3
    assert limits.length("CT1报告", "half_width") == 4
    assert limits.length("CT报告", "characters") == 4


@pytest.mark.parametrize("name", NAMES)
def test_what_a_platform_is_known_for_is_said_in_both_languages(name: str) -> None:
    platform = loading.load_platform(name)
    for note in (*platform.notes, platform.source):
        assert re.search(r"[\u4e00-\u9fff]{4}", note), note
        assert re.search(r"[a-z]+ [a-z]+ [a-z]+", note), note


def test_every_platform_figure_says_how_sure_it_is() -> None:
    for path in FILES:
        platform = loading.load_platform(path.stem)
        for part in (platform.video, platform.text, platform.cover):
            assert part.confidence in Confidence.__args__  # type: ignore[attr-defined]


def test_a_platform_is_called_as_its_file_is(tmp_path: Path) -> None:
    """A copy that kept its old name would answer for the other one: with another region, and without its scope."""
    (youtube,) = (path for path in FILES if path.stem == "youtube")
    copied = tmp_path / "mine.yaml"
    copied.write_text(youtube.read_text("utf-8").replace("region: overseas", "region: cn"), "utf-8")
    with pytest.raises(ConfigError, match=r"mine\.yaml:\d+: name: it says 'youtube'") as caught:
        loading.load_platform(str(copied))
    assert caught.value.remedy == "write `name: mine`, or rename the file"
    copied.write_text(copied.read_text("utf-8").replace("name: youtube", "name: mine"), "utf-8")
    assert loading.load_platform(str(copied)).region == "cn"
