"""Cards: as long as they should be, the text where it should be, the same bytes again."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from pipeline import config
from pipeline.errors import ConfigError
from pipeline.packing import formats
from pipeline.stages.card import TEXT_SHARE, TITLE_SIZES, _set, card
from tests.test_export import shown

BRAND = config.Brand(credential="李医生 副主任医师 某市人民医院")
SHORT_S = 0.6
LONG_TITLE = "体检查出甲状腺结节怎么办：哪些需要穿刺活检，哪些只要定期复查就可以了"


def test_a_card_of_no_seconds_is_left_out(tmp_path: Path) -> None:
    assert card("opening", "标题", ("9:16",), Fraction(25), BRAND, 0.0, out=tmp_path) == ()


def test_a_card_has_its_frames_its_colours_and_its_text_in_the_middle(tmp_path: Path) -> None:
    texts = {"opening": ("肺结节六毫米，要紧吗？", 0.52), "closing": (BRAND.notice, 1.0)}
    fps = Fraction(30000, 1001)
    made = [card(kind, text, ("1:1",), fps, BRAND, s, out=tmp_path)[0] for kind, (text, s) in texts.items()]
    assert [(one.kind, one.format, one.frame_count) for one in made] == [("opening", "1:1", 16), ("closing", "1:1", 30)]
    for one in made:
        pictures = shown(one.file.path)
        assert len(pictures) == one.frame_count
        assert pictures[-1].y.shape == (1080, 1080)
        ground = int(np.median(pictures[-1].y))
        written = np.argwhere(pictures[-1].y > ground + 60)
        assert abs(written[:, 1].mean() - 540) < 30
        assert 340 < written[:, 0].mean() < 620
        assert written[:, 1].min() > 60
        assert written[:, 1].max() < 1020
        brightness = [int(picture.y.max()) for picture in pictures]
        assert brightness[0] <= ground + 4
        assert brightness == sorted(brightness)


@pytest.mark.parametrize("name", list(formats.SHAPES))
def test_a_long_title_stays_inside_the_card(name: str, tmp_path: Path) -> None:
    (one,) = card("opening", LONG_TITLE, (name,), Fraction(10), BRAND, SHORT_S, out=tmp_path)
    picture = shown(one.file.path)[-1].y
    written = np.argwhere(picture > int(np.median(picture)) + 60)
    assert written[:, 1].min() > picture.shape[1] * 0.05
    assert written[:, 1].max() < picture.shape[1] * 0.95
    assert written[:, 0].min() > picture.shape[0] * 0.15
    assert written[:, 0].max() < picture.shape[0] * 0.85


@pytest.mark.parametrize(
    "title",
    ["Thyroid nodule 甲状腺结节 穿刺活检 到底疼不疼", "颈动脉斑块 他汀类药物要吃一辈子吗", "甲状腺结节 要不要做手术"],
)
@pytest.mark.parametrize("name", list(formats.SHAPES))
def test_a_title_breaks_where_its_writer_left_a_space(title: str, name: str) -> None:
    shape = formats.SHAPES[name]
    room_px = shape.width_px * TEXT_SHARE
    _, lines = _set("opening", title, TITLE_SIZES, min(shape.width_px, shape.height_px), room_px)
    spaces = sum(line.count(" ") for line in lines)
    assert spaces == 0 or len(lines) <= title.count(" ") - spaces + 1
    assert not any(one in ("他汀类", "穿刺", "活检") for line in lines for one in (line.split()[0], line.split()[-1]))


def test_the_same_texts_give_the_same_bytes(tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("one", "two")]
    for folder in folders:
        folder.mkdir()
    first, second = (card("opening", "标题", ("1:1",), Fraction(10), BRAND, SHORT_S, out=at)[0] for at in folders)
    assert first.file.sha256 == second.file.sha256


def test_a_title_that_the_font_cannot_show_is_refused_by_its_characters(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="㛃"):
        card("opening", "㛃", ("1:1",), Fraction(25), BRAND, SHORT_S, out=tmp_path)


def test_a_title_that_does_not_fit_is_refused_and_not_cut(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="too long for a card"):
        card("opening", "很长的标题" * 30, ("9:16",), Fraction(25), BRAND, SHORT_S, out=tmp_path)
