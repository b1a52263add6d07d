"""Numbers and codes that identify someone: the floors of the corpus, the reading of digits, and what must stay."""

from __future__ import annotations

import json
import random
import re
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline import cli, rooms
from pipeline.identifiers import Found
from pipeline.language import identifying
from pipeline.language.digit_runs import runs
from pipeline.language.spoken_digits import view
from pipeline.values import Register
from tests.bench import identify
from tests.built import NOBODY

PARTS = tuple(
    name for name in rooms.names("identifiers") if set(rooms.part("identifiers", name).KINDS) <= set(identify.NUMBERS)
)


def found(text: str) -> list[tuple[str, str]]:
    """Kind and words of what the parts for numbers find, united."""
    return [(one.kind, text[one.start : one.end]) for one in identifying.find(text, NOBODY)]


# --- the corpus -----------------------------------------------------------------------------------------------------


def test_the_corpus_is_long_enough_and_half_of_it_is_clean() -> None:
    lines = identify.corpus("numbers_*.jsonl")
    clean = [line for line in lines if not line.spans]
    assert len(lines) >= 300
    assert 0.4 < len(clean) / len(lines) < 0.6


@pytest.fixture(scope="module")
def total() -> identify.Score:
    """What is found in the lines with numbers, by all parts together."""
    return identify.score(identify.corpus("numbers_*.jsonl"))


def test_numbers_are_found_and_clean_lines_are_let_be(total: identify.Score) -> None:
    told = "\n".join(total.faults)
    assert total.recall(*identify.NUMBERS) >= 0.98, told
    assert total.alarms_in_100() <= 3, told


@pytest.mark.parametrize("kind", identify.NUMBERS)
def test_no_kind_of_number_falls_behind(total: identify.Score, kind: str) -> None:
    assert total.spans[kind] >= 10
    assert total.recall(kind) >= 0.95, "\n".join(total.faults)


# --- the view of digits ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "digits"),
    [
        ("幺三八零零幺三八零零零", "13800138000"),
        ("一三八，嗯，零零一三，那个，八零零零", "13800138000"),
        ("１３８ 0013\n8000", "13800138000"),
        ("138零零一三8零零零", "13800138000"),
        ("幺拐八 洞洞两两 三勾四五", "17800223945"),
        ("一八六三个零五二三二", "1860005232"),
        ("一百三十八，零零一三，八零零零", "13800138000"),
        ("one three eight, double zero one three, eight triple zero", "13800138000"),
        ("five five five, uh, twenty-three forty-five", "5552345"),
        ("oh seven seven, oh oh, nine one two", "07700912"),
        ("+1 (617) 555-0123", "16175550123"),
        ("138OO138OOO", "13800138000"),
    ],
)
def test_a_number_reads_the_same_however_it_is_said(said: str, digits: str) -> None:
    (run,) = runs(said)
    assert run.digits == digits


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("九十二岁", "92岁"),
        ("血压一百三十八/八十五", "血压138/85"),
        ("二〇二四年三月廿三", "2024年3月23"),
        ("一百零三，一百三，两千零二十四", "103,130,2024"),
        ("March twenty-first, twenty twenty-four", "March 21st,20 24"),
        ("a hundred and two", "102"),
        ("空洞、拐杖，oh no", "空洞、拐杖,oh no"),
    ],
)
def test_numbers_with_places_are_read_as_figures(said: str, read: str) -> None:
    assert view(said).text == read


def test_every_character_of_the_view_knows_where_it_came_from() -> None:
    text = "电话，double zero，幺三"
    seen = view(text)
    at = seen.text.index("00")
    assert text[slice(*seen.place(at, at + 2))] == "double zero"
    assert len(seen.text) == len(seen.starts) == len(seen.ends) == len(seen.how)
    assert all(0 <= start < end <= len(text) for start, end in zip(seen.starts, seen.ends, strict=True))


@pytest.mark.parametrize(
    ("said", "kind", "number"),
    [
        ("打幺三八零零幺三八零零零，三天以后来", "phone", "幺三八零零幺三八零零零"),
        ("电话 62331，3天后再打", "phone", "62331"),
        ("住院号 1234，2天后出院", "record_number", "1234"),
        ("call five five five, zero one nine nine, two days later", "phone", "five five five, zero one nine nine"),
    ],
)
def test_what_is_counted_behind_a_number_neither_belongs_to_it_nor_saves_it(said: str, kind: str, number: str) -> None:
    assert found(said) == [(kind, number)]


def test_a_chinese_digit_of_a_name_is_no_part_of_the_number_glued_to_it() -> None:
    assert [run.digits for run in runs("张三13800138000_李四-510107198503153719")] == [
        "13800138000",
        "510107198503153719",
    ]


# --- kinds ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        ("11010519491231002X", "resident_id"),
        ("110105194912310021", "resident_id"),
        ("11010519491231002", "resident_id"),
        ("1101051949123100211", "resident_id"),
        ("110105491231002", "resident_id"),
        ("6222021000112345672", "bank_card"),
        ("6222021000112345673", "bank_card"),
        ("13800138000", "phone"),
        ("020 7946 0958", "phone"),
        ("20240315", "date"),
        ("88231940021", "number"),
    ],
)
def test_a_number_by_itself_is_hidden_with_its_kind_even_if_its_check_digit_is_wrong(number: str, kind: str) -> None:
    assert found(number) == [(kind, number)]


@pytest.mark.parametrize(
    "number",
    [
        "18001234567",
        "一八零零，一二三，四五六七",
        "18881234567",
        "one eight zero zero one two three four five six seven",
    ],
)
def test_a_mobile_number_that_looks_toll_free_is_hidden(number: str) -> None:
    assert found(number) == [("phone", number)]


@pytest.mark.parametrize("said", ["120", "12320", "12345 热线", "打 400-820-1234", "call 1-800-273-8255", "95598"])
def test_numbers_that_help_anyone_stay(said: str) -> None:
    assert found(said) == []


def spoken(digits: str, chance: random.Random) -> str:
    """Digits as somebody says them: in groups, with pauses and fillers, some of them written by the recogniser."""
    names = ("零〇洞", "一幺", "二两", "三", "四", "五", "六", "七拐", "八", "九")
    groups = [*re.findall(".{3,4}", digits[:-4]), digits[-4:]]
    said = [
        group if chance.random() < 0.2 else "".join(chance.choice(names[int(digit)]) for digit in group)
        for group in groups
    ]
    return chance.choice(["", "，", " ", "、", "，嗯，", "……", "，然后"]).join(said)


def test_whatever_the_digits_a_spoken_mobile_number_is_hidden_whole() -> None:
    chance = random.Random(3)
    for _ in range(300):
        said = spoken(f"1{chance.choice('3456789')}{chance.randrange(10**9):09}", chance)
        text = f"电话是{said}，您记一下"
        covered = {at for one in identifying.find(text, NOBODY) for at in range(one.start, one.end)}
        assert set(range(3, 3 + len(said))) <= covered, said


# --- the union ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "电话一三九，好的，二零五六，好的，七七八幺",
        "一三九，行，二零五六，您说，七七八幺",
        "一三九，记下了，二零五六，收到，您继续，七七八幺",
        "oh seven seven, uh-huh, double oh nine, got it, one two three four",
        "five five five, sure, two one nine, mm-hmm, go on, oh four seven three",
        "07700, yep, 900, okay, 123",
    ],
)
def test_a_number_that_is_confirmed_piece_by_piece_is_hidden_whole(text: str) -> None:
    ((kind, words),) = found(text)
    assert kind == "phone"
    assert text.endswith(words)
    assert not view(text.removesuffix(words)).how.strip()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("住院号，好的您说，七七三二一零", "七七三二一零"),
        ("病案号，对，七七三二", "七七三二"),
        ("电话，行，八八二三", "八八二三"),
        ("hospital number, yep, four four one, sure, nine oh two", "four four one, sure, nine oh two"),
        ("MRN, go ahead, four four one nine", "four four one nine"),
    ],
)
def test_a_number_is_found_though_somebody_says_yes_before_it(text: str, said: str) -> None:
    assert [words for _, words in found(text)] == [said]


def test_what_lies_within_a_word_that_is_kept_stays_and_what_reaches_beyond_does_not() -> None:
    keep = Register("zh", (), keep=("门诊电话 028-85423301", ""))
    assert identifying.find("门诊电话 028-85423301，欢迎", keep) == ()
    assert identifying.find("门诊电话 028-85423301-8012", keep) != ()


@pytest.mark.parametrize(
    ("text", "piece"),
    [
        ("验证码是三八二九幺六", "三八二九幺六"),
        ("后面三位是五五七", "五五七"),
        ("沪牌D F六六三二", "沪牌D F六六三二"),
        ("My social is 123 45 6789.", "123 45 6789"),
        ("The card ends in 4471.", "4471"),
        ("Sort code 20 41 16.", "20 41 16"),
        ("The van's reg is L K six three, Z Y X", "L K six three, Z Y X"),
        ("The road ends in 4471 steps", ""),
        ("My social life is busy, 24 7", ""),
        ("我的号后面三位数不一样", ""),
    ],
)
def test_a_number_is_found_by_whatever_announces_it(text: str, piece: str) -> None:
    assert "".join(text[one.start : one.end] for one in identifying.find(text, NOBODY)) == piece


@pytest.mark.parametrize("text", ["林黛玉似的，风一吹就倒", "就像孙悟空的紧箍咒", "拜阿司匹灵和波立维一起吃"])
def test_whom_everybody_knows_from_books_and_what_a_drug_is_called_is_nobody(text: str) -> None:
    assert identifying.find(text, NOBODY) == ()


def test_overlapping_finds_become_one_of_the_kind_that_says_more() -> None:
    text = "我的电话是 13800138000"
    assert identifying.find(text, NOBODY) == (Found(6, 17, "phone"),)


@pytest.mark.parametrize(
    ("text", "kind", "said"),
    [
        ("shes ninety three and still gardens", "age", "ninety three"),
        ("我妈九十好几了", "age", "九十好几"),
        ("我爸一九三一年生的", "date", "一九三一年"),
        ("I fell on Christmas Day 2021", "date", "Christmas Day 2021"),
        ("plus four four seven nine double one one two three four five six", "phone", ""),
        ("plate is kilo seven echo hotel", "number", "kilo seven echo hotel"),
    ],
)
def test_talk_without_commas_and_apostrophes_is_understood(text: str, kind: str, said: str) -> None:
    assert found(text) == [(kind, said or text)]


@pytest.mark.parametrize(
    "text",
    [
        "heart rate is one hundred and ten",
        "the patient is 92 percent on room air",
        "我八十年代生的病",
        "正月十五吃元宵",
        "plate 4.5 mm LCP",
    ],
)
def test_a_measurement_is_no_age_and_a_feast_no_date(text: str) -> None:
    assert found(text) == []


# --- speed ----------------------------------------------------------------------------------------------------------

NASTY = (
    "1",
    "1 ",
    "一三",
    "1,",
    "a.",
    "at dot ",
    "住院号 ",
    "电话 是",
    "bed 1 ",
    "A1",
    "double ",
    "川A",
    "24年3月",
    "born on ",
    "今年",
    "bravo ",
)


@pytest.mark.parametrize("piece", NASTY)
def test_no_text_makes_a_search_slow(piece: str) -> None:
    length = 100_000 if piece.strip().isdigit() else 30_000
    text = (piece * length)[:length]
    started = time.monotonic()
    for name in PARTS:
        list(rooms.part("identifiers", name).find(text, NOBODY))
    assert time.monotonic() - started < 5


def test_half_an_hour_of_talk_is_searched_at_once() -> None:
    text = "\n".join(line.text for line in identify.corpus("numbers_*.jsonl"))[:12_000]
    started = time.monotonic()
    for name in PARTS:
        list(rooms.part("identifiers", name).find(text, NOBODY))
    assert time.monotonic() - started < 2


@pytest.mark.parametrize(
    ("text", "bed"), [("科别 心内 床号加3", "床号加3"), ("床号:加12", "床号:加12"), ("床位加3张", "")]
)
def test_an_extra_bed_is_found_and_a_number_of_beds_is_not(text: str, bed: str) -> None:
    assert "".join(text[one.start : one.end] for one in identifying.find(text, NOBODY)) == bed


# --- the command ----------------------------------------------------------------------------------------------------


def test_identify_prints_a_json_line_for_every_line(tmp_path: Path) -> None:
    path = tmp_path / "talk.txt"
    path.write_bytes("\ufeff我的电话是幺三八零零幺三八零零零\r\n\n血压 138/85\n".encode())
    done = CliRunner().invoke(cli.main, ["identify", str(path), "--json"])
    first, *others = map(json.loads, done.stdout.splitlines())
    assert done.exit_code == 0
    assert first == {
        "text": "我的电话是幺三八零零幺三八零零零",
        "spans": [{"start": 5, "end": 16, "kind": "phone", "text": "幺三八零零幺三八零零零"}],
    }
    assert others == [{"text": "", "spans": []}, {"text": "血压 138/85", "spans": []}]


def test_identify_reads_standard_input_and_marks_what_it_finds() -> None:
    done = CliRunner().invoke(cli.main, ["identify", "--language", "en"], input="call 617-555-0123 today\n")
    assert (done.exit_code, done.stdout) == (0, "call [phone 617-555-0123] today\n")


@pytest.mark.parametrize(
    ("words", "said"), [(["--names", " "], "--names: it is empty"), (["--keep", ""], "--keep: it is empty")]
)
def test_an_empty_name_is_a_fault_of_the_command(words: list[str], said: str) -> None:
    done = CliRunner().invoke(cli.main, ["identify", *words], input="")
    assert done.exit_code == 2
    assert said in done.stderr


def test_a_text_that_is_not_utf_8_is_refused_by_its_line() -> None:
    done = CliRunner().invoke(cli.main, ["identify"], input="好\n".encode() + "电话".encode("gb18030"))
    assert done.exit_code == 2
    assert "line 2 of the text is not UTF-8" in done.stderr


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("病历号我记得，五五零九一二", "五五零九一二"),
        ("就诊号打在单子上，写着八八二零一四", "八八二零一四"),
        ("医保号您看一下这上面，是四四七一零三二", "四四七一零三二"),
        ("The chart number on this page reads 77120", "77120"),
        ("My case number, I think, is 44718", "44718"),
        ("Specimen number P/24/00817", "P/24/00817"),
        ("卡的尾数是九九一四", "九九一四"),
    ],
)
def test_a_number_is_found_behind_a_short_clause_and_with_slashes(text: str, number: str) -> None:
    assert "".join(text[one.start : one.end] for one in identifying.find(text, NOBODY)) == number


@pytest.mark.parametrize(
    "text",
    [
        "住院号没记住，血小板是二三一零零零",
        "门诊号满了，明天早上八点再来",
        "住院号不用管，费用是两万三千四百元",
        "病案号是按年排的，今年到了二零二四年那批",
        "The patient number in the trial was 1200",
        "The hospital number changed, it was 2019",
    ],
)
def test_a_number_behind_a_clause_of_something_else_stays(text: str) -> None:
    assert not [one for one in identifying.find(text, NOBODY) if one.kind == "record_number"]
