"""What a text says without how it is written: what hides a name from a reader of characters hides it from nobody."""

from __future__ import annotations

import pytest

from pipeline.identifiers import Found
from pipeline.language import identifying, unadorned, wording
from pipeline.values import Named, Register

JIANGUO = Named("p1", "patient", ("刘建国",))
GRACE = Named("p2", "family", ("Grace Miller", "José García"))
CASE = Register("zh", (JIANGUO, GRACE))


def told(text: str, register: Register = CASE) -> list[str]:
    """The pieces of a text that identify someone, as they were written."""
    return [text[one.start : one.end] for one in identifying.find(text, register)]


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("我 叫 张 晓 明 ， 来 复 查", ["张 晓 明"]),
        ("是 王 桂芬 阿姨 家 的", ["王 桂芬 阿姨"]),
        ("电 话 1 3 8 0 0 1 3 8 0 0 0", ["1 3 8 0 0 1 3 8 0 0 0"]),
        ("刘\u200b建\u200b国的结节", ["刘\u200b建\u200b国"]),
        ("電話138\u200b0013\u200b8000", ["138\u200b0013\u200b8000"]),
        ("刘😀建😀国", ["刘😀建😀国"]),
        ("建國哥来了", ["建國哥"]),
        ("陳國強主任", ["陳國強主任"]),
        ("車牌蘇A12345", ["蘇A12345"]),
        ("Ｇｒａｃｅ　Ｍｉｌｌｅｒ来了", ["Ｇｒａｃｅ　Ｍｉｌｌｅｒ"]),
        ("𝐆𝐫𝐚𝐜𝐞 𝐌𝐢𝐥𝐥𝐞𝐫", ["𝐆𝐫𝐚𝐜𝐞 𝐌𝐢𝐥𝐥𝐞𝐫"]),
        ("我叫Miller", ["Miller"]),
        ("今天GraceMiller来", ["GraceMiller"]),
        ("今天JOSÉ来复查", ["JOSÉ"]),
        ("GARCIA来复查", ["GARCIA"]),
        ("肺结节怎么办 张口就来 三个月复查", []),
        ("空腹 7 餐后 10 血压 120 80", []),
    ],
)
def test_a_name_is_found_however_it_is_written(text: str, pieces: list[str]) -> None:
    assert told(text) == pieces


def test_a_name_of_the_case_may_be_listed_in_traditional_characters() -> None:
    register = Register("zh", (Named("p1", "patient", ("劉建國",)),))
    assert told("建国哥来了，刘建国在吗", register) == ["建国哥", "刘建国"]


def test_a_word_that_stays_keeps_what_stands_beside_it_apart() -> None:
    register = Register("zh", (), ("周小红", "陳大文"))
    assert told("周小红 主任医师", register) == []
    assert told("陈大文 主任", register) == []
    assert told("周 小 红", register) == []
    assert told("周小红 张晓明主任", register) == ["张晓明主任"]


def test_a_find_is_told_at_its_place_in_the_text_as_it_was_written() -> None:
    text = "ﬁ\u200b你好，张 晓 明"
    *_, closed = unadorned.forms(text, ())
    assert closed.text == "fi你好，张晓明"
    at = closed.text.index("张")
    found = closed.there(Found(at, at + 3, "name"))
    assert text[found.start : found.end] == "张 晓 明"


@pytest.mark.parametrize("text", ["plain words only", " 你好，请坐。", "", "  ", "😀"])
def test_what_has_nothing_to_close_is_looked_at_once(text: str) -> None:
    assert [form.text.strip() for form in unadorned.forms(text, ())] == [text.strip()]


def test_what_is_put_instead_of_a_parted_name_is_whole() -> None:
    assert wording.safe("我 叫 张 晓 明 来", CASE).text == "我 叫 张* 来"
