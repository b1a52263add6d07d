"""Chinese text as words, by jieba's dictionary, and the lists of what Chinese names are made of.

jieba keeps its dictionary as a marshal file under a predictable name in the shared temporary folder, where another user
of the machine could plant one. So the dictionary is read here, from the package itself, and no such file is touched.
"""

from __future__ import annotations

import functools
import hashlib
import logging
import re
import warnings
from dataclasses import dataclass
from importlib import metadata
from typing import Annotated, Any

from pydantic import BeforeValidator, TypeAdapter

from pipeline.folders import NAMES
from pipeline.settings import strict_yaml
from pipeline.settings.forms import Model, as_tuple

LISTS = NAMES / "chinese.yaml"
ORDINARY = "ordinary"
"""The tag of a word that a name list says is never a name."""
_ORDINARY_FREQUENCY = 500
"""Common enough that it is kept in one piece, by the scale of jieba's dictionary."""

_COUNTED_SURNAME = re.compile("一[下个会路番]")
"""jieba's dictionary has 一下张 and the like for words, which would hide the surname behind 叫一下."""

Characters = Annotated[frozenset[str], BeforeValidator(lambda text: frozenset("".join(str(text).split())))]
Words = Annotated[tuple[str, ...], BeforeValidator(as_tuple)]
WordSet = Annotated[frozenset[str], BeforeValidator(frozenset)]


class NameLists(Model):
    """assets/names/chinese.yaml; its comments say what each list is."""

    surnames: Characters
    everyday_surnames: Characters
    words_before_titles: Characters
    compound_surnames: Words
    rare_surnames: Words
    plain_surnames: Characters
    plain_given: Characters
    given: Characters
    sure_given: Characters
    surest_given: Characters
    given_names: WordSet
    pet_names: WordSet
    minority_names: Words
    transliterated: Characters
    foreign: Characters
    titles: Words
    short_titles: Characters
    front_titles: Characters
    not_front: Words
    not_after_a: Words
    never: Words
    known_to_all: Words
    provinces: Words
    autonomous_regions: Words
    countries: Words


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a text: characters from `start` to before `end`. `tag` is its part of speech, empty if unknown."""

    start: int
    end: int
    text: str
    tag: str


@functools.cache
def lists() -> NameLists:
    """What Chinese names are made of."""
    return TypeAdapter(NameLists).validate_python(strict_yaml.load(LISTS, strict_yaml.FAST).data)


@functools.lru_cache(maxsize=16)
def tokens(text: str) -> tuple[Token, ...]:
    """The most likely words of a text, by the dictionary alone: characters of an unknown word stay single."""
    cutter, tags = _dictionary()
    cut: list[Token] = []
    start = 0
    for word in cutter.cut(text, HMM=False):
        cut.append(Token(start, start + len(word), word, tags.get(word, "")))
        start += len(word)
    return tuple(cut)


@functools.cache
def version() -> str:
    """What the words of a text depend on: jieba's version, and the lists that its dictionary is filled from."""
    return f"{metadata.version('jieba')} {hashlib.sha256(LISTS.read_bytes()).hexdigest()}"


def tag(word: str) -> str:
    """The part of speech of a word (nr: a person's name, ns: a place); empty if the dictionary has no such word."""
    return _dictionary()[1].get(word, "")


def frequency(word: str) -> int:
    """How often a word is met, by the scale of jieba's dictionary; 0 if it has no such word."""
    return int(_dictionary()[0].FREQ.get(word, 0))


def is_ordinary(word: str) -> bool:
    """Whether a word is one of everyday talk rather than a name."""
    found = tag(word)
    return found != "" and not found.startswith("nr")


@functools.cache
def _dictionary() -> tuple[Any, dict[str, str]]:
    """jieba's cutter, filled from its own dictionary, and the tag of every word."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # jieba 0.42 has invalid escapes, which newer Pythons warn of
        import jieba
    jieba.setLogLevel(logging.WARNING)
    cutter = jieba.Tokenizer()
    with cutter.get_dict_file() as file:
        fields = file.read().decode("utf-8").split()
    frequencies = dict(zip(fields[::3], map(int, fields[1::3]), strict=True))
    tags = dict(zip(fields[::3], fields[2::3], strict=True))
    named = lists()
    titles = frozenset(named.titles)
    for word in named.never:
        tags[word] = ORDINARY if tags.get(word, "nr").startswith("nr") else tags[word]
    for word in (*named.not_front, *(f"阿{rest}" for rest in named.not_after_a)):
        tags[word] = ORDINARY
    for word in (*named.never, *named.not_front, *(f"阿{rest}" for rest in named.not_after_a)):
        frequencies[word] = max(frequencies.get(word, 0), _ORDINARY_FREQUENCY)
    for word in tags:
        if len(word) == 3 and _COUNTED_SURNAME.match(word) and word[2] in named.surnames:
            frequencies[word] = 0
        if word[0] in named.surnames and word[1:] in titles:
            frequencies[word] = 0
    cutter.total = sum(frequencies.values())
    for word in tags:
        beginning = word[:-1]
        while beginning and beginning not in frequencies:
            frequencies[beginning], beginning = 0, beginning[:-1]
    cutter.FREQ = frequencies
    cutter.initialized = True
    return cutter, tags
