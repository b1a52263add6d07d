"""What identifies somebody because it was asked for, spelled or corrected; sayings with a name that is nobody's."""

from __future__ import annotations

import pytest

from pipeline.language import identifying
from pipeline.settings.corrections import Talk
from pipeline.stages.identify import identify
from pipeline.values import Named, Register, Transcript, Word

ALSO = ("employer", "school")


def told(text: str, *people: Named) -> list[str]:
    return [text[one.start : one.end] for one in identifying.find(text, Register("zh", people, (), ALSO))]


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("What's your surname? Kowalczyk.", ["Kowalczyk"]),
        ("what's your surname it's kowalczyk", ["kowalczyk"]),
        ("And your family name? It's Adeyemi.", ["Adeyemi"]),
        ("Last name? Same as his, Dlamini.", ["Dlamini"]),
        ("您叫什么？常青。", ["常青"]),
        ("叫什么名字？高山。", ["高山"]),
        ("怎么称呼您？老高就行。", ["老高"]),
        ("您贵姓？呼。", ["呼"]),
        ("在哪上学？芳草园小学三年级。", ["芳草园小学"]),
        ("在哪儿上班？红星轴承厂。", ["红星轴承厂"]),
        ("什么单位的？供电局。", ["供电局"]),
        ("您住哪个小区？芳草园。", ["芳草园"]),
        ("哪个村的？赵家沟的。", ["赵家沟"]),
    ],
)
def test_the_answer_to_a_question_for_it_is_found_by_its_place_alone(text: str, pieces: list[str]) -> None:
    assert told(text) == pieces


@pytest.mark.parametrize(
    "text",
    [
        "What's your surname? Why do you ask?",
        "Last name? Perfect.",
        "Your name? Date of birth? Address?",
        "What's the drug's name? Ibuprofen.",
        "您叫什么？不清楚。",
        "这个药叫什么？芬必得。",
        "名字？年龄？地址？",
        "姓什么？忘了。",
        "在哪上学？家门口。",
        "在哪上班？退休了。",
        "住哪儿？住院部。",
        "住哪个小区？忘了。",
    ],
)
def test_an_answer_that_says_nothing_of_what_was_asked_stays(text: str) -> None:
    assert told(text) == []


def test_an_answer_is_found_over_the_turns_of_two_speakers() -> None:
    for asked, answer, language in (("What's your surname", "Kowalczyk", "en"), ("您叫什么", "常青", "zh")):
        words = (
            *(Word(0.2 * at, 0.2 * at + 0.2, one, 0.9, "a", turn=0) for at, one in enumerate(asked.split())),
            Word(2.0, 2.5, answer, 0.9, "b", turn=1),
        )
        made = identify(Transcript("sidecar", language, 9.0, words), Register(language, (), (), ()), Talk())
        assert [(one.kind, one.start_s, one.end_s) for one in made.mentions] == [("name", 2.0, 2.5)]


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("Surname is Ng, N-G.", ["Ng", "N-G"]),
        ("Hsu, H S U", ["Hsu", "H S U"]),
        ("How do you spell that? W-O-J, T-O-W, I-C-Z.", ["W-O-J, T-O-W, I-C-Z"]),
        ("My policy number is Zulu 4 4 9.", ["Zulu 4 4 9"]),
        ("The record number is H for hotel, four four two.", ["H for hotel, four four two"]),
        ("Policy number? Alpha Bravo 4 2 7.", ["Alpha Bravo 4 2 7"]),
        ("Postcode S W 1 A, 2 A A.", ["S W 1 A, 2 A A"]),
        ("邮编一零零零八四", ["一零零零八四"]),
        ("微信号是 w x 三 七 八 九", ["w x 三 七 八 九"]),
        ("微信号L、Z、H、五、二、零", ["L、Z、H、五、二、零"]),
        ("病历号贰零壹捌叁叁", ["贰零壹捌叁叁"]),
        ("号码是壹叁捌贰柒陆伍", ["壹叁捌贰柒陆伍"]),
        ("金额壹佰贰拾元整", []),
        ("My policy is to take 2 or 3 a day.", []),
        ("The reference range is 4 to 6.", []),
    ],
)
def test_what_is_said_sign_by_sign_is_found_where_something_announces_it(text: str, pieces: list[str]) -> None:
    assert told(text) == pieces


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("这是蒋大为主任。", ["蒋大为主任"]),
        ("魏和平教授的号", ["魏和平教授"]),
        ("找许多医生看过", []),
        ("这是王牌主任", []),
        ("老根啊，你这腿得养", ["老根"]),
        ("老根拔了", []),
        ("我姓陈，呃，陈建华", ["陈", "陈建华"]),
        ("他叫周海，不是，周凯", ["周海", "周凯"]),
        ("我找王建国，不是看病", ["王建国"]),
        ("我叫张岚，山风岚", ["张岚", "山风岚"]),
        ("我妈叫鲜于淑华，鲜于是复姓", ["鲜于淑华", "鲜于"]),
        ("海日古丽的化验单", ["海日古丽"]),
        ("漆雕文，请到五号诊室", ["漆雕文"]),
    ],
)
def test_names_of_rare_shape_are_found_by_their_place(text: str, pieces: list[str]) -> None:
    assert told(text) == pieces


@pytest.mark.parametrize(
    "text",
    [
        "Don't be a Debbie Downer.",
        "For Pete's sake, sit down.",
        "That's Murphy's law.",
        "Uncle Sam takes half of it.",
        "Any Tom, Dick or Harry could do it.",
        "He's as happy as Larry.",
    ],
)
def test_a_saying_with_a_name_tells_nobody(text: str) -> None:
    assert told(text) == []


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("My Uncle Sam drove me.", ["Uncle Sam"]),
        ("Uncle Sam Pruitt is here.", ["Uncle Sam Pruitt"]),
        ("Right Charlie, lift your arm.", ["Charlie"]),
        ("The test is negative Nancy.", ["Nancy"]),
    ],
)
def test_somebody_who_is_called_as_in_a_saying_is_somebody(text: str, pieces: list[str]) -> None:
    assert told(text) == pieces


def test_one_of_the_cases_people_is_hidden_even_in_a_saying() -> None:
    assert told("For Pete's sake, sit down.", Named("p1", "patient", ("Pete Hollis",))) == ["Pete"]
