"""Chinese names that a network takes for names, where the place does not speak against it: 关启明, 卡里姆.

It has learnt what people are called from millions of sentences, and takes drugs and herbs for people as well: neither
it nor the place of a word is believed alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.identifiers import Found
from pipeline.identifiers.name_placed import place
from pipeline.language.chinese_names import Talk, is_drug, is_han, surname_length
from pipeline.language.chinese_words import is_ordinary, lists
from pipeline.language.person_tags import person_tags
from pipeline.values import Register

VERSION = 8
KINDS = ("name",)

FAINT = 0.2
"""Characters less likely part of a name end it."""
LIKELY, SURE = 0.5, 0.9
"""Mean over a name with a surname, and over one without."""
OPEN, PERSONAL = 2, 4
"""What the place must say of what is no word, and of what is one as well. With 3 instead of 2 this part finds 2 names
fewer of 152 in Chinese lines, and hits 4 instead of 13 of 1259 clean ones; the corpus has seen all of them."""
LENGTHS = range(2, 5)


def find(text: str, register: Register) -> Iterator[Found]:
    """Pieces of likely characters whose place is one for a person."""
    if not any(map(is_han, text)):
        return
    talk = Talk(text)
    for start, end, likely in _pieces(text):
        if end - start in LENGTHS and _is_name(talk, start, end, likely):
            yield Found(start, end, "name")


def _pieces(text: str) -> Iterator[tuple[int, int, float]]:
    """Runs of Chinese characters that are likely part of one name, with their mean."""
    sure = person_tags(text)
    start = 0
    while start < len(text):
        end = start
        while (
            end < len(text)
            and sure.within[end] >= FAINT
            and is_han(text[end])
            and (end == start or sure.begins[end] < 0.5)
        ):
            end += 1
        if end > start:
            yield start, end, float(sure.within[start:end].mean())
        start = max(end, start + 1)


def _is_name(talk: Talk, start: int, end: int, likely: float) -> bool:
    name = talk.text[start:end]
    if not (talk.opens(start) and talk.closes(end)) or talk.names_something_else(end):
        return False
    if name in lists().known_to_all or is_drug(name):
        return False
    if len(name) == 4 and name[:2] == name[2:]:
        return False  # what is said twice is a wish or a warning: 贺喜贺喜
    is_called_so = surname_length(name, 0) > 0 or name[0] in lists().front_titles
    due = PERSONAL if is_ordinary(name) else OPEN
    return likely >= (LIKELY if is_called_so else SURE) and place(talk, start, end) >= due
