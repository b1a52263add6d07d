"""What `clinicreel identify` says of a text: line by line what in it identifies someone, for programs or for people."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from pipeline.errors import ConfigError
from pipeline.language import identifying
from pipeline.values import Named, Register

AS_JSON = """\
With `--json`, `identify` prints one object for each line of the text, in order, empty lines too. Offsets count
characters, `end` excluded.

```
{"text": "...", "spans": [{"start", "end", "kind", "text"}]}
```
"""


def register_of(language: str, names: tuple[str, ...], keep: tuple[str, ...], also: tuple[str, ...]) -> Register:
    """A register for a text without a case: everyone named is a patient.

    Raises:
        ConfigError: a name or a word that stays is empty.
    """
    for option, words in (("--names", names), ("--keep", keep)):
        if not all(word.strip() for word in words):
            raise ConfigError(f"{option}: it is empty", "leave it out, or write the word")
    people = tuple(Named(f"person-{n}", "patient", (name.strip(),)) for n, name in enumerate(names, 1))
    return Register(language, people, keep, also)


def lines_of(rows: Iterable[bytes]) -> Iterator[str]:
    """The lines of a text in UTF-8, without their ends and without a byte order mark.

    Raises:
        ConfigError: it is not UTF-8.
    """
    for number, row in enumerate(rows, 1):
        try:
            line = row.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError as error:
            raise ConfigError(f"line {number} of the text is not UTF-8", "save it as UTF-8 / 请另存为 UTF-8") from error
        yield line.rstrip("\r\n")


def as_json(line: str, register: Register) -> str:
    """A line and its identifying pieces as one JSON object."""
    spans = [
        {"start": one.start, "end": one.end, "kind": one.kind, "text": line[one.start : one.end]}
        for one in identifying.find(line, register)
    ]
    return json.dumps({"text": line, "spans": spans}, ensure_ascii=False)


def marked(line: str, register: Register) -> str:
    """A line with its identifying pieces in brackets after their kind: `我的电话是[phone 幺三八零零]`."""
    said, at = "", 0
    for one in identifying.find(line, register):
        said += f"{line[at : one.start]}[{one.kind} {line[one.start : one.end]}]"
        at = one.end
    return said + line[at:]
