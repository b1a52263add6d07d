"""What identifies a person in English talk by the words around it, and the same words where they tell nobody."""

from __future__ import annotations

import re

import pytest

from pipeline.language import identifying
from pipeline.language.english_names import lists
from pipeline.values import Register


def told(text: str) -> list[str]:
    return [text[one.start : one.end] for one in identifying.find(text, Register("en", (), (), ()))]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Grace darling big breath in", ["Grace"]),
        ("Mohan ji how is the breathing", ["Mohan"]),
        ("Mdm Goh your taxi is here", ["Mdm Goh"]),
        ("Bill's had his cataract done", ["Bill"]),
        ("May says it makes her shaky", ["May"]),
        ("Faith is two weeks old", ["Faith"]),
        ("Hunter broke his wrist on the trampoline", ["Hunter"]),
        ("Rose has gone down for her scan", ["Rose"]),
        ("Eve can you hear me", ["Eve"]),
        ("we've named her Seraphina", ["Seraphina"]),
        ("the consultant's name is Fitzwilliam", ["Fitzwilliam"]),
        ("Hazel's potassium is low again", ["Hazel"]),
        ("Joy are you comfortable there", ["Joy"]),
        ("Art was sick twice in the night", ["Art"]),
        ("this is Xanthippe she's doing her elective", ["Xanthippe"]),
        ("Frank hop up here and show me your foot", ["Frank"]),
        ("so Ngaire how did it go", ["Ngaire"]),
        ("well done Ioan that's the worst over", ["Ioan"]),
        ("hi it's Zbyszka from reception", ["Zbyszka"]),
        ("can Jo in pharmacy check this", ["Jo"]),
        ("I saw Ottoline's mum outside", ["Ottoline"]),
        ("and then Yiannis fainted", ["Yiannis"]),
    ],
)
def test_somebody_is_named_where_talk_speaks_of_a_person(text: str, names: list[str]) -> None:
    assert told(text) == names


@pytest.mark.parametrize(
    "text",
    [
        "yes uncle just a small prick",
        "cheers mate see you next week",
        "doctor ji the medicine is making me dizzy",
        "Will you be driving home afterwards",
        "May I have a look at the other side",
        "Mark the spot with a pen before you inject",
        "Summer's been hard on his eczema",
        "right Panadol you can have every six hours",
        "come on Sunday if the pain gets worse",
        "Hudson mask at six litres",
        "Doctor Reacts To Medical Dramas",
        "June has been busy on the ward",
        "Daisy chains made her sneeze",
        "Angel dust is what he took",
        "Hope he feels better soon",
        "Mark his chart before you leave",
        "Tai Chi twice a week is as good",
        "I'm sorry, I'm a little nervous",
    ],
)
def test_the_same_words_stay_where_nobody_is_meant(text: str) -> None:
    assert told(text) == []


def test_letters_one_by_one_are_a_name_where_they_make_up_one() -> None:
    assert told("she's called Aoife that's A O I F E") == ["Aoife", "A O I F E"]
    assert told("R I C E rest ice compression elevation") == []


def test_a_name_in_capitals_is_known_by_the_age_or_the_given_name_behind_it() -> None:
    assert told("chest PA and lateral NAKAMURA, HELEN") == ["NAKAMURA, HELEN"]
    assert told("O'DONOVAN, FINBAR 71M left hip") == ["O'DONOVAN, FINBAR"]
    assert told("OKONKWO J left ankle weight bearing") == ["OKONKWO J"]
    assert told("CHEST, ABDOMEN and pelvis") == []
    assert told("LEFT L knee") == []


def test_two_syllables_of_a_romanised_name_are_one_and_a_city_is_none() -> None:
    assert told("Siew Ling has her scan") == ["Siew Ling"]
    assert told("we flew via Hong Kong") == []


def test_a_name_with_that_of_the_father_is_found_whole() -> None:
    assert told("can we have Ahmad bin Yusof next") == ["Ahmad bin Yusof"]
    assert told("Priya d/o Raman please") == ["Priya d/o Raman"]


def test_a_name_in_a_file_name_is_found_in_small_letters() -> None:
    assert told("2023_j_okonkwo_shoulder.dcm") == ["j_okonkwo"]
    assert told("ankle_rehab_week4_captions_final.mp4") == []
    assert told("l_knee_t_spine.dcm") == []


@pytest.mark.parametrize(
    ("text", "age"),
    [
        ("my dad Stan's ninety four and still drives", "ninety four"),
        ("and he's ninety one himself", "ninety one"),
        ("she's just had her ninety fifth birthday", "ninety fifth"),
    ],
)
def test_an_age_over_89_is_found_behind_somebodys_name(text: str, age: str) -> None:
    assert age in told(text)


@pytest.mark.parametrize("row", ["Doris Platt 93, cataract", "Bilal 96, chest pain", "Ama Owusu, 91 F, fall"])
def test_an_age_over_89_is_found_in_a_list(row: str) -> None:
    assert [one for one in told(row) if one.isdigit()] == re.findall(r"\d+", row)


@pytest.mark.parametrize(
    "row", ["Sats 94, pulse 90", "Bilal 96% on air", "Marcus 95/60", "Ward 94, second floor", "April 95, a wet one"]
)
def test_a_measurement_at_the_beginning_is_no_age(row: str) -> None:
    assert not [one for one in told(row) if one[0].isdigit()]


def test_a_pulse_over_89_is_no_age() -> None:
    assert told("Dad's pulse was ninety eight and steady") == []
    assert told("his sats are ninety four on room air") == []


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Unit No: 881-20-47", "881-20-47"),
        ("UHID 20231104567", "20231104567"),
        ("my UR number is 1048827", "1048827"),
        ("my rego's BXT 47Q", "BXT 47Q"),
    ],
)
def test_a_number_is_found_by_what_it_is_called_in_other_countries(text: str, number: str) -> None:
    assert told(text) == [number]


@pytest.mark.parametrize(
    ("text", "home"),
    [
        ("she lives on her own in Llanelli", "Llanelli"),
        ("I come in by train from Guildford every week", "Guildford"),
        ("Flat 12, Block C, Sunshine Apartments, near the temple", "Flat 12, Block C, Sunshine Apartments"),
        ("I'm out in Dubbo so can we do it by video", "Dubbo"),
        ("her dad lived alone in Braintree", "Braintree"),
        ("he was coughing, came over from Cork with his wife", "Cork"),
        ("we stay in Khayelitsha Section C", "Khayelitsha Section C"),
        ("we stay at Block 418 Ang Mo Kio Avenue 10", "Block 418 Ang Mo Kio Avenue 10"),
    ],
)
def test_a_home_is_found_with_words_between(text: str, home: str) -> None:
    assert told(text) == [home]


@pytest.mark.parametrize("state", ["Kerala", "Queensland", "New South Wales", "Ontario", "Tamil Nadu", "Nigeria"])
def test_a_state_that_somebody_came_from_stays(state: str) -> None:
    assert told(f"they moved over from {state} for the job") == []


@pytest.mark.parametrize("ward", ["Resus", "ED", "Radiology", "HDU"])
def test_a_department_that_somebody_came_from_stays(ward: str) -> None:
    assert told(f"he was short of breath, came in from {ward} with a drip") == []


@pytest.mark.parametrize(
    "text",
    [
        "We'll take the plaster off",
        "We're open until six",
        "They've taken two biopsies",
        "Who's next please",
        "You'd look better with glasses",
        "Didn't take the tablets",
    ],
)
def test_words_drawn_together_are_nobody(text: str) -> None:
    assert told(text) == []


@pytest.mark.parametrize("name", ["O'Brien", "D'Souza", "McAllister"])
def test_a_surname_is_known_by_its_shape(name: str) -> None:
    assert told(f"{name} needs a scan") == [name]


def test_a_thing_by_the_shape_of_a_surname_stays() -> None:
    assert told("McBurney's point is tender") == told("the McGill pain questionnaire") == told("six O'Clock") == []


def test_a_name_goes_before_a_sentence_without_a_full_stop() -> None:
    assert told("I'm Mark I'll be your physio today") == ["Mark"]


@pytest.mark.parametrize(
    ("row", "name"),
    [
        ("name Chua Wei Ling, allergies nil", "Chua Wei Ling"),
        ("ward round, name Kwame Boateng, second day", "Kwame Boateng"),
        ("Khan S chest PA", "Khan S"),
        ("Obi N CT abdomen", "Obi N"),
        ("Walsh P left hip", "Walsh P"),
    ],
)
def test_a_name_on_a_form_or_a_film_needs_no_colon(row: str, name: str) -> None:
    assert told(row) == [name]


@pytest.mark.parametrize("text", ["Weber B fracture of the ankle", "Stanford A dissection", "Vitamin D is low"])
def test_a_class_with_its_letter_is_no_film(text: str) -> None:
    assert told(text) == []


def test_no_gathered_name_is_a_word_of_our_lists() -> None:
    known = lists()
    assert len(known.gathered) > 10_000
    assert not (known.gathered - known.nicknames) & (known.ordinary | known.everyday | known.eponyms | known.no_person)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Well done Oliver. Big breath now", ["Oliver"]),
        ("Thanks, Helen. Arm out straight", ["Helen"]),
        ("That was Dr. Patel. Next please", ["Dr. Patel"]),
        ("Thanks, nurse. Sharp scratch coming", []),
        ("Mrs. J. Whitfield is here", ["Mrs. J. Whitfield"]),
        ("Ask Rev. Thompson to come up", ["Rev. Thompson"]),
    ],
)
def test_a_full_stop_ends_a_name_unless_it_shortens_a_word(text: str, names: list[str]) -> None:
    assert told(text) == names


@pytest.mark.parametrize(
    "text",
    [
        "I'm Category 1 on the list",
        "I'm Trimester 3",
        "I'm Rubella negative",
        "I'm Hep B positive",
        "I'm Epileptic since birth",
        "I am Anaemic again",
    ],
)
def test_what_somebody_is_and_to_what_degree_is_no_name(text: str) -> None:
    assert told(text) == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("I'm Kowalski 45 years old", "Kowalski"),
        ("I'm Priya positive it hurts", "Priya"),
        ("I'm Petrovic", "Petrovic"),
        ("I'm Thembeka 34 weeks pregnant", "Thembeka"),
        ("I'm Zbyszka two days late", "Zbyszka"),
    ],
)
def test_somebody_who_tells_a_name_and_a_figure_is_found(text: str, name: str) -> None:
    assert told(text) == [name]
