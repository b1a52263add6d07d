"""Where lines may break: rules that hold for every text, checked on many."""

from __future__ import annotations

import random

import pytest

from pipeline.language.line_breaking import NEVER_FIRST, NEVER_LAST, atoms, clean, wrap
from pipeline.packing import fonts

PIECES = (
    "医生", "我", "这个", "结节", "六毫米", "要紧吗", "，", "。", "？", "！", "、", "说：“", "”", "（笑", "）",
    "《指南", "》", "不要紧张", "CT", " low-dose CT", "38.5℃", "140/90mmHg", "6 mm", "52岁", "三个月", "百分之三十",
    "……", "呢", "吧", "的", "了", "啊", " the nodule", " is", " small.", " Dr. Li", "二甲双胍0.5g", "一天三次", "复查",
    "幺三八零零幺三八零零零", "β受体阻滞剂",
)  # fmt: skip


def units(text: str) -> float:
    return sum(1.0 if char > "\u2e7f" else 0.5 for char in text)


def texts() -> list[str]:
    chance = random.Random(7)
    return ["".join(chance.choice(PIECES) for _ in range(chance.randint(1, 12))).strip() for _ in range(400)]


def cut(text: str, limit_em: float = 13.0) -> list[str]:
    found = atoms(text, frozenset(range(len(text))), units, limit_em)
    return [text[atom.start : atom.stop] for atom in found]


def test_atoms_are_the_whole_text_in_order() -> None:
    for text in texts():
        assert "".join(cut(text)) == text


def test_no_line_could_begin_with_punctuation_or_end_with_an_opening_bracket() -> None:
    for text in texts():
        if text[0] in NEVER_FIRST:
            continue
        for before, after in zip(cut(text), cut(text)[1:], strict=False):
            assert after.lstrip()[0] not in NEVER_FIRST, (text, after)
            assert before.rstrip()[-1] not in NEVER_LAST, (text, before)


@pytest.mark.parametrize(
    "whole",
    ["6 mm", "52岁", "三个月", "38.5℃", "CT", "140/90mmHg", "0.5g", "第二次", "百分之三十", "low-dose", "don't",
     "六毫米", "3.5厘米", "1.2×0.8cm", "2024年", "99%", "B超", "一天三次"[2:], "五分之三", "千分之零点五",
     "一又二分之一", "1分之2", "二十毫升/小时", "5毫克/公斤/天", "0.5mg/公斤", "and/or", "10～20毫升/分钟"[3:]],
)  # fmt: skip
def test_a_number_with_its_unit_and_an_english_word_stay_whole(whole: str) -> None:
    text = f"医生说这里{whole}左右"
    assert any(whole in atom for atom in cut(text)), cut(text)


@pytest.mark.parametrize("particle", list("啊呀吧呢吗嘛了的"))
def test_a_particle_stays_with_the_line_before(particle: str) -> None:
    assert not any(atom.startswith(particle) for atom in cut(f"今天好{particle}我们走"))


@pytest.mark.parametrize(
    "text", ["二十毫升/小时往里泵着", "每天一次／两次都可以", "做CT/核磁都可以", "this / that is fine"]
)
def test_no_line_begins_with_a_slash(text: str) -> None:
    assert not [atom for atom in cut(text)[1:] if atom.lstrip()[0] in "/／"]


def test_a_slash_divides_what_it_lists_but_no_address() -> None:
    assert cut("高血压/糖尿病") == ["高", "血", "压/", "糖", "尿", "病"]
    assert cut("见https://a.org/b/c。", 20.0) == ["见", "https://a.org/b/c。"]


def test_a_word_that_only_begins_like_a_particle_may_begin_a_line() -> None:
    assert "了" in [atom[0] for atom in cut("我们要了解病情")]


def test_a_word_that_is_wider_than_a_line_is_divided_after_all() -> None:
    assert all(units(atom) <= 8 for atom in cut("a" * 40 + "。", 8.0))
    assert "".join(cut("a" * 40 + "。", 8.0)) == "a" * 40 + "。"


def test_lines_break_at_a_comma_sooner_than_in_a_phrase() -> None:
    text = "这个结节不大，我们三个月以后再复查"
    found = atoms(text, frozenset(range(len(text))), units, 12)
    assert wrap(text, found, units, 12, 2)[1] == ["这个结节不大", "我们三个月以后再复查"]


def test_no_line_breaks_inside_a_recognised_word_when_it_can_be_helped() -> None:
    text = "左上肺磨玻璃密度影伴空泡征"
    edges = frozenset({0, 3, 6, 9, 10, 12})
    found = atoms(text, edges, units, 8)
    lines = wrap(text, found, units, 8, 2)[1]
    assert len(lines[0]) in edges


def test_chinese_lines_end_without_comma_and_stop_but_keep_question_marks() -> None:
    assert [clean(text) for text in ("你好，", "好的。", "要紧吗？", "看！", "顿、", "“好。”", "small.")] == [
        "你好", "好的", "要紧吗？", "看！", "顿", "“好。”", "small."
    ]  # fmt: skip


def test_the_font_measures_a_chinese_character_as_one_em() -> None:
    assert fonts.width_em("医生") == pytest.approx(2.0)
    assert 0.4 < fonts.width_em("low dose") / 8 < 0.65
