"""What a text may say: nothing of a name but the surname, nothing of a number, in words that read well."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline import rooms
from pipeline.identifiers import Found
from pipeline.language import wording
from pipeline.values import Named, Register

XIAOMING = Named("p1", "patient", ("王小明", "明华"))
KAREN = Named("p2", "patient", ("Karen Hughes",))
REGISTER = Register("zh", (XIAOMING, KAREN))
CORPUS = sorted((Path(__file__).parent / "corpus").glob("*.jsonl"))


def put(text: str, piece: str, kind: str = "name", person: str = "") -> str:
    """The text with a piece of it replaced."""
    at = text.index(piece)
    found = Found(at, at + len(piece), kind, person)
    return text[:at] + wording.replacement(found, text, REGISTER) + text[found.end :]


@pytest.mark.parametrize(
    ("text", "piece", "reads"),
    [
        ("我叫陈桂香。", "陈桂香", "我叫陈*。"),
        ("谢谢李医生", "李医生", "谢谢李*医生"),
        ("王院长说", "王院长", "王*说"),
        ("老周你来", "老周", "周*你来"),
        ("欧阳娜娜来了", "欧阳娜娜", "欧阳*来了"),
        ("曾医生在吗", "曾医生", "曾*医生在吗"),
        ("暴雪峰来了", "暴雪峰", "暴*来了"),
        ("阿强你扶一下", "阿强", "某某你扶一下"),
        ("乐乐不哭", "乐乐", "某某不哭"),
        ("我叫John Smith，来复查", "John Smith", "我叫某某，来复查"),
    ],
)
def test_of_a_chinese_name_the_surname_stays_at_most(text: str, piece: str, reads: str) -> None:
    assert put(text, piece) == reads


@pytest.mark.parametrize(
    ("text", "piece", "reads"),
    [
        ("小满昨天来过，贺小满今天又来", "小满", "某某昨天来过，贺小满今天又来"),
        ("文轩乖，周文轩真乖", "文轩", "某某乖，周文轩真乖"),
        ("小滿阿姨走了，叫一下高 小满", "小滿阿姨", "某某走了，叫一下高 小满"),
        ("小华来了，江涛也来了", "小华", "某某来了，江涛也来了"),
        ("小王来了，和小王说", "小王", "王*来了，和小王说"),
    ],
)
def test_nothing_stays_of_a_given_name_that_begins_like_a_surname(text: str, piece: str, reads: str) -> None:
    assert put(text, piece) == reads


def test_of_someone_whom_the_case_knows_nothing_but_their_own_surname_stays() -> None:
    """明 and 汪 are surnames too, but not theirs."""
    assert put("明华来了", "明华", person="p1") == "某某来了"
    assert put("汪晓明来了", "汪晓明", person="p1") == "某某来了"
    assert put("王晓明来了", "王晓明", person="p1") == "王*来了"


@pytest.mark.parametrize(
    ("text", "piece", "person", "reads"),
    [
        ("Mrs Patel said so", "Mrs Patel", "", "This lady said so"),
        ("thank you, Mr. Lee's son", "Mr. Lee's", "", "thank you, this gentleman's son"),
        ("thank you doctor smith", "doctor smith", "", "thank you this physician"),
        ("here is Karen Hughes", "Karen Hughes", "p2", "here is this patient"),
        ("the patient is 王小明", "王小明", "p1", "the patient is this patient"),
        ("ask Daniel", "Daniel", "", "ask this person"),
    ],
)
def test_an_english_text_says_who_it_is_without_a_name(text: str, piece: str, person: str, reads: str) -> None:
    assert put(text, piece, person=person) == reads


@pytest.mark.parametrize(
    ("text", "piece", "kind", "reads"),
    [
        ("打13800138000给我", "13800138000", "phone", "打[手机号]给我"),
        ("打幺三八 零零幺三八 零零零", "幺三八 零零幺三八 零零零", "phone", "打[手机号]"),
        ("座机0813-5551234", "0813-5551234", "phone", "座机[电话号码]"),
        ("call 0813 5551234", "0813 5551234", "phone", "call [phone number]"),
        ("13800138000", "13800138000", "phone", "[手机号]"),
        ("今年94岁了", "94岁", "age", "今年九十多岁了"),
        ("今年94岁了", "94", "age", "今年九十多岁了"),
        ("he is 94 years old now", "94 years old", "age", "he is over 89 years old now"),
        ("家住荣县", "荣县", "address", "家住[地址]"),
        ("住院号0012345", "0012345", "record_number", "住院号[号码]"),
        ("38床今天上手术", "38床", "record_number", "[床号]今天上手术"),
        ("一个新的种类", "新", "no_such_kind", "一个[已隐去]的种类"),
    ],
)
def test_everything_else_is_replaced_by_its_kind_in_the_language_of_the_text(
    text: str, piece: str, kind: str, reads: str
) -> None:
    assert put(text, piece, kind) == reads


def test_every_kind_that_can_be_found_has_words_of_its_own() -> None:
    kinds = {kind for name in rooms.names("identifiers") for kind in rooms.part("identifiers", name).KINDS}
    assert kinds <= {*wording.INSTEAD, "name", "age"}


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
def test_what_is_safe_once_is_safe_for_good(path: Path) -> None:
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    for line in lines:
        people = tuple(Named(one["id"], one["role"], tuple(one["names"])) for one in line.get("people", ()))
        register = Register(line["language"], people, tuple(line.get("keep", ())), tuple(line.get("also", ())))
        once = wording.safe(line["text"], register)
        again = wording.safe(once.text, register)
        assert (again.text, again.found) == (once.text, ()), line["text"]


def test_what_was_put_instead_by_hand_stays_as_it_is() -> None:
    text = "王*的[手机号]，this patient，某某"
    assert wording.safe(text, REGISTER).text == text


def test_a_star_behind_a_name_does_not_save_it() -> None:
    assert wording.safe("我叫王小明*", REGISTER).text == "我叫王**"
