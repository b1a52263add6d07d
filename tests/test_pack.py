"""A pack: complete, self-contained, made from the export alone, and silent about the recording."""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipeline.errors import ExposedError
from pipeline.packing import cover
from pipeline.settings import loading
from pipeline.settings.platform import Platform
from pipeline.stages.pack import pack
from pipeline.values import Cue, CueSheet, Export, Master, Named, Pack, Register, Texts
from tests import media as made
from tests.built import NOBODY
from tests.test_export import make_master, run, shown

SHEET = CueSheet("16:9", (Cue(0.2, 0.8, ("你好",)),))
TEXTS = Texts("nodule-1", "肺结节\n六毫米", "第一行\n第二行\x07", ("#肺结节", "健康 科普"))


@pytest.fixture(scope="module")
def exports(tmp_path_factory: pytest.TempPathFactory) -> tuple[Export, ...]:
    folder = tmp_path_factory.mktemp("pack")
    master: Master = make_master(folder / "master", made.tone(2.0))
    return run(master, folder / "out")


@pytest.fixture(scope="module")
def bilibili(exports: tuple[Export, ...], tmp_path_factory: pytest.TempPathFactory) -> tuple[Pack, Path]:
    out = tmp_path_factory.mktemp("bilibili")
    return pack(exports, (SHEET,), TEXTS, NOBODY, loading.load_platform("bilibili"), out=out), out


def test_a_pack_holds_everything_and_every_file_by_its_hash(bilibili: tuple[Pack, Path]) -> None:
    made_pack, out = bilibili
    names = {
        "video.mp4", "cover.jpg", "title.txt", "caption.txt", "tags.txt", "subtitles.srt", "subtitles.vtt",
        "checklist.md", "receipt.json",
    }  # fmt: skip
    assert {file.path.name for file in made_pack.files} == names == {path.name for path in out.iterdir()}
    for file in made_pack.files:
        assert file.path.parent == out
        assert not file.path.is_symlink()
        assert hashlib.sha256(file.path.read_bytes()).hexdigest() == file.sha256
    assert (made_pack.platform, made_pack.format, made_pack.problems) == ("bilibili", "16:9", ())


def test_the_video_is_the_verified_export_byte_for_byte(
    bilibili: tuple[Pack, Path], exports: tuple[Export, ...]
) -> None:
    video = next(file for file in bilibili[0].files if file.path.name == "video.mp4")
    assert video.sha256 == exports[0].file.sha256


def test_texts_are_plain_lines(bilibili: tuple[Pack, Path]) -> None:
    texts = {name: (bilibili[1] / name).read_text("utf-8") for name in ("title.txt", "caption.txt", "tags.txt")}
    assert texts == {
        "title.txt": "肺结节 六毫米\n",
        "caption.txt": "第一行\n第二行\n",
        "tags.txt": "#肺结节 #健康科普\n",
    }
    assert (bilibili[1] / "subtitles.srt").read_text("utf-8").startswith("1\n00:00:00,200 --> 00:00:00,800\n你好\n")


def test_subtitles_beside_the_video_wait_for_the_opening_card(exports: tuple[Export, ...], tmp_path: Path) -> None:
    carded = replace(exports[0], opening_frames=round(exports[0].fps))
    pack((carded,), (SHEET,), TEXTS, NOBODY, loading.load_platform("bilibili"), out=tmp_path)
    for name, mark in (("subtitles.srt", ","), ("subtitles.vtt", ".")):
        assert f"00:00:01{mark}200 --> 00:00:01{mark}800" in (tmp_path / name).read_text("utf-8")


def test_the_receipt_names_the_clip_and_nothing_of_the_recording(
    bilibili: tuple[Pack, Path], exports: tuple[Export, ...]
) -> None:
    receipt = json.loads((bilibili[1] / "receipt.json").read_text("utf-8"))
    assert receipt["clip"] == "nodule-1"
    assert receipt["video_sha256"] == exports[0].file.sha256
    assert receipt["duration_s"] == 2.0
    assert set(receipt) == {"clip", "platform", "format", "duration_s", "video_sha256", "files", "to_declare"}


def test_the_checklist_says_what_to_watch_to_declare_and_where_to_post(bilibili: tuple[Pack, Path]) -> None:
    text = (bilibili[1] / "checklist.md").read_text("utf-8")
    for part in ("从头到尾看完", "watched video.mp4 to its end", "创作声明", "member.bilibili.com", "not anonymous"):
        assert part in text


def test_the_cover_is_a_picture_of_the_export_in_the_platforms_size_without_metadata(
    bilibili: tuple[Pack, Path], exports: tuple[Export, ...]
) -> None:
    with Image.open(bilibili[1] / "cover.jpg") as image:
        assert image.size == (1146, 717)
        assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        gray = np.asarray(image.convert("L").resize((192, 108)), int)
    pictures = shown(exports[0].file.path)
    smaller = [np.asarray(Image.fromarray(one.y).resize((192, 108)), float) for one in pictures]
    # The cover is cut to its shape and shows full-range grey: compare the shape of the middle.
    alike = [np.corrcoef(one[20:90, 30:160].ravel(), gray[20:90, 30:160].ravel())[0, 1] for one in smaller]
    assert max(alike) > 0.75


def test_a_cover_is_made_smaller_until_the_platform_takes_it() -> None:
    noise = np.random.default_rng(1).integers(0, 255, (600, 800, 3), np.uint8)
    image = Image.fromarray(noise)
    free, tight = cover.jpeg(image, (600, 600), None), cover.jpeg(image, (600, 600), 250_000)
    assert len(tight) <= 250_000 < len(free)
    with Image.open(io.BytesIO(tight)) as small:
        assert small.size == (600, 600)


def test_a_title_that_is_too_long_is_a_problem_and_stands_there_whole(
    exports: tuple[Export, ...], tmp_path: Path
) -> None:
    texts = Texts("nodule-1", "题" * 81, "", ())
    found = pack(exports, (SHEET,), texts, NOBODY, loading.load_platform("bilibili"), out=tmp_path)
    assert "at most 80" in found.problems[0]
    assert (tmp_path / "title.txt").read_text("utf-8") == "题" * 81 + "\n"
    checklist = (tmp_path / "checklist.md").read_text("utf-8")
    assert f"- [ ] 标题有 81 个字符，哔哩哔哩 最多 80 个。\n      {found.problems[0]}.\n" in checklist


def test_the_same_pack_twice_is_the_same_bytes(exports: tuple[Export, ...], tmp_path: Path) -> None:
    platform: Platform = loading.load_platform("youtube")
    hashes = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        found = pack(exports, (SHEET,), TEXTS, NOBODY, platform, out=tmp_path / name)
        hashes.append([file.sha256 for file in found.files])
    assert hashes[0] == hashes[1]


@pytest.mark.parametrize(
    "texts",
    [
        Texts("nodule-1", "王小明的肺结节", "", ()),
        Texts("nodule-1", "肺结节", "第一行\n联系 13800138000", ()),
        Texts("nodule-1", "肺结节", "", ("健康", "wangxiaoming")),
    ],
    ids=["title", "caption", "tag"],
)
def test_a_text_that_tells_who_it_is_gets_into_no_pack(
    exports: tuple[Export, ...], tmp_path: Path, texts: Texts
) -> None:
    register = Register("zh", (Named("p1", "patient", ("王小明", "Wang Xiaoming")),))
    with pytest.raises(ExposedError) as caught:
        pack(exports, (SHEET,), texts, register, loading.load_platform("bilibili"), out=tmp_path)
    assert "王小明" not in str(caught.value)
    assert not list(tmp_path.iterdir())
