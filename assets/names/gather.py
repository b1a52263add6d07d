"""Gathers the names of many countries from Faker into `english_given.txt` and `english_surnames.txt`.

    python assets/names/gather.py FOLDER_OF_DICTIONARIES

Needs `faker` and `spylls`, which ClinicReel itself does not, and a folder with the Hunspell dictionaries `en_GB` and
`en_US`: what they take in small letters is a word, and no name of these lists. The licences are in README.md.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import available_timezones

import faker.providers.person
from spylls.hunspell import Dictionary

HERE = Path(__file__).parent
ENGLISH = frozenset({"en_GB", "en_IE", "en_IN", "en_KE", "en_NG", "en_NZ", "en_PK", "en_US", "ga_IE"})
"""Where English is spoken in clinics: short names count from there alone."""
LEFT_OUT = frozenset({"is_IS"})
"""Thousands of forms that hardly anybody bears outside of the country."""
_NAME = re.compile(r"[a-z]{3,}")
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "ß": "ss", "æ": "ae", "ı": "i", "đ": "d", "ə": "a"})


def plainly(word: str) -> str:
    """A name in small letters without accents."""
    letters = unicodedata.normalize("NFD", word.lower().translate(_LETTERS))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def names(kind: str) -> Iterator[tuple[str, str]]:
    """Every name of a kind, `first` or `last`, with the locale that has it."""
    for module in sorted(each.name for each in pkgutil.iter_modules(faker.providers.person.__path__)):
        if module in LEFT_OUT:
            continue
        provider = importlib.import_module(f"faker.providers.person.{module}").Provider
        for attribute in dir(provider):
            listed = getattr(provider, attribute)
            if attribute.startswith((f"{kind}_name", f"{kind}_romanized")) and isinstance(listed, (tuple, list, dict)):
                for name in filter(lambda each: isinstance(each, str), listed):
                    yield from ((plainly(word), module) for word in name.split())


def by_name(kind: str) -> dict[str, set[str]]:
    """The locales of every name that is written in the letters of English."""
    found: dict[str, set[str]] = {}
    for name, locale in names(kind):
        if _NAME.fullmatch(name):
            found.setdefault(name, set()).add(locale)
    return found


def main() -> None:
    """Writes both lists, sorted, a name a line."""
    dictionaries = [Dictionary.from_files(str(Path(sys.argv[1]) / name)) for name in ("en_GB", "en_US")]
    places = {plainly(zone.rpartition("/")[2]) for zone in available_timezones()}

    def is_sure(name: str) -> bool:
        is_word = any(dictionary.lookup(name) for dictionary in dictionaries)
        return not is_word and name not in places

    given, surnames = by_name("first"), by_name("last")
    families = {name for name, locales in surnames.items() if locales & ENGLISH}
    for path, found in (("english_given.txt", given), ("english_surnames.txt", surnames)):
        abroad = {name for name, locales in found.items() if not locales & ENGLISH}
        doubtful = {name for name in abroad if len(name) < 4 or (found is given and name in families)}
        rows = sorted(name for name in found if name not in doubtful and is_sure(name))
        (HERE / path).write_text("\n".join(rows) + "\n", "utf-8")
        print(f"{path}: {len(rows)}")


if __name__ == "__main__":
    main()
