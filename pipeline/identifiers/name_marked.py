"""Names by which a transcript marks who speaks and whom the case does not know: [小满] 我腿疼, 建国：疼."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.identifiers import Found
from pipeline.language import han
from pipeline.language.chinese_names import is_drug, surname_length
from pipeline.language.chinese_words import is_ordinary
from pipeline.language.chinese_words import lists as chinese
from pipeline.language.english_names import is_any, is_title_like, lists, may_be_name, plainly
from pipeline.values import Register

VERSION = 1
KINDS = ("name",)

_BEGINS = r"(?:^|(?<=[\n。！？!?.])\s*)"
_CHINESE = re.compile(
    rf"[\[(（【]\s*(?P<bracketed>[{han.HAN}]{{2,4}})\s*[:：]?\s*[\])）】]"
    rf"|{_BEGINS}(?P<before_colon>[{han.HAN}]{{2,4}})\s*[:：](?!\s*\d)"
)
_LATIN = re.compile(rf"{_BEGINS}[\[(（【]\s*(?P<name>[A-Z][a-z'’\-]{{2,}})\s*:?\s*[\])）】]:?(?=\s*\S)")
"""One word with a capital in brackets before what is said."""


def find(text: str, register: Register) -> Iterator[Found]:
    """What stands where a transcript says who speaks, and is no word of everyday talk."""
    del register
    for mark in _CHINESE.finditer(text) if han.is_in(text) else ():
        if _may_be_called(mark[str(mark.lastgroup)]):
            yield Found(*mark.span(str(mark.lastgroup)), "name")
    for mark in _LATIN.finditer(text) if not is_title_like(text) else ():
        plain, known = plainly(mark["name"]), lists()
        others = known.no_person, known.no_town, known.regions, known.titles, known.eponyms
        if may_be_name(mark["name"]) and not is_any(plain, *others):
            yield Found(*mark.span("name"), "name")


def _may_be_called(name: str) -> bool:
    """Whether people are called so: by a surname and a given name, or by what given names are made of."""
    known = chinese()
    if name in known.given_names or name in known.pet_names:
        return True
    if is_ordinary(name) or is_drug(name) or name in known.titles or name in known.known_to_all:
        return False
    surname = surname_length(name, 0)
    given = name[surname:]
    is_likely = surname > 0 or bool(set(given) & known.sure_given)
    return is_likely and 0 < len(given) < 3 and set(given) <= known.given
