"""The words of an English text, and the lists of what names are made of and of what only looks like one."""

from __future__ import annotations

import functools
import re
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, TypeAdapter

from pipeline.settings import strict_yaml
from pipeline.settings.forms import Model

LISTS = Path(__file__).resolve().parents[2] / "assets" / "names" / "english.yaml"

WORD = re.compile(r"[A-Za-zÀ-ÖØ-öø-ÿ]+(?:['’\-][A-Za-zÀ-ÖØ-öø-ÿ]+)*")
POSSESSIVE = re.compile(r"['’]s$", re.IGNORECASE)

Words = Annotated[frozenset[str], BeforeValidator(frozenset)]


class EnglishLists(Model):
    """assets/names/english.yaml; its comments say what each list is."""

    titles: Words
    doubtful_titles: Words
    particles: Words
    given: Words
    surnames: Words
    chinese_surnames: Words
    everyday: Words
    eponyms: Words
    also_eponyms: Words
    ordinary: Words
    no_town: Words


@functools.cache
def lists() -> EnglishLists:
    """What English names are made of, all in lower case."""
    return TypeAdapter(EnglishLists).validate_python(strict_yaml.load(LISTS).data)


def plainly(word: str) -> str:
    """A word in small letters, without what makes it a possessive."""
    return POSSESSIVE.sub("", word).lower().replace("’", "'")


def is_capital(word: str) -> bool:
    """Whether a word begins with a capital letter."""
    return word[:1].isupper()


def next_word(text: str, words: list[re.Match[str]], at: int) -> int | None:
    """The number of the word that follows closely, None if there is none."""
    if at + 1 < len(words) and re.fullmatch(r"\.?[ \t\n]{1,2}", text[words[at].end() : words[at + 1].start()]):
        return at + 1
    return None


def follows_saint(text: str, start: int) -> bool:
    """Whether `St` stands before a name: a church, a hospital, a town."""
    return re.search(r"\b(?:St|Saint|st)\.? $", text[max(0, start - 30) : start]) is not None
