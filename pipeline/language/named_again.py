"""A name that was found once, wherever else a text says it or explains how it is written: 章敏, 敏捷的敏."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pipeline.identifiers import Found
from pipeline.language.chinese_names import Talk, is_han, surname_length
from pipeline.language.chinese_words import is_ordinary
from pipeline.language.english_names import is_any, lists, plainly
from pipeline.language.han import HAN

VERSION = 3


_EXPLAINED = re.compile(f"(?P<word>[{HAN}]{{2}})的(?P<character>[{HAN}])")
"""A character told by a word in which it is."""


def again(text: str, names: Sequence[Found]) -> Iterator[Found]:
    """Further places of names, of the given names of whole Chinese ones, and words that tell how one is written.

    Words of everyday talk are no names there.

    Args:
        text: the whole text.
        names: what of it was found to be a name.
    """
    known = {spoken: one for one in names for spoken in _spoken(text[one.start : one.end])}
    talk = Talk(text)
    for spoken, one in sorted(known.items()):
        for place in re.finditer(re.escape(spoken), text):
            if _is_whole(talk, *place.span()):
                yield Found(*place.span(), one.kind, one.person)
    for explained in _EXPLAINED.finditer(text):
        character = explained["character"]
        whose = next((one for one in names if character in text[one.start : one.end]), None)
        if whose is not None and character in explained["word"] and talk.closes(explained.end()):
            yield Found(talk.word(explained.start()).start, explained.end(), whose.kind, whose.person)


def _spoken(name: str) -> Iterator[str]:
    """A name as it may be said again: a Chinese one without its surname, an English one without all before it."""
    if all(map(is_han, name)):
        surname = surname_length(name, 0)
        yield from (one for one in {name, name[surname:]} if len(one) > 1 and not is_ordinary(one))
        return
    *_, last = name.split(" ")
    yield from (one for one in {name, last} if len(one) > 2 and one[0].isupper() and not _is_word(one))


def _is_word(name: str) -> bool:
    """Whether an English name is a word as well (Rose, May), or tells a kind of people (Sister)."""
    plain, known = plainly(name).rstrip("."), lists()
    return is_any(plain, known.everyday, known.no_one, known.ordinary, known.titles, known.doubtful_titles)


def _is_whole(talk: Talk, start: int, end: int) -> bool:
    """Whether no longer word runs across its borders."""
    if is_han(talk.text[start]):
        return talk.opens(start) and talk.closes(end)
    return not (talk.text[start - 1 : start].isalnum() or talk.text[end : end + 1].isalnum())
