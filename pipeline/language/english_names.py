"""The lists of what English names are made of, and of what is written like a name and is none."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, TypeAdapter

from pipeline.settings import strict_yaml
from pipeline.settings.forms import Model

LISTS = Path(__file__).resolve().parents[2] / "assets" / "names" / "english.yaml"

Words = Annotated[frozenset[str], BeforeValidator(frozenset)]


class EnglishLists(Model):
    """assets/names/english.yaml; its comments say what each list is."""

    titles: Words
    doubtful_titles: Words
    given: Words
    surnames: Words
    chinese_surnames: Words
    everyday: Words
    eponyms: Words
    ordinary: Words
    no_town: Words


@functools.cache
def lists() -> EnglishLists:
    """What English names are made of, all in lower case."""
    return TypeAdapter(EnglishLists).validate_python(strict_yaml.load(LISTS).data)
