"""The next command, so that it can be pasted: with the case's folder and the options that this one was called with."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline import folders
from pipeline.language.naming import public_name, slug_of, slug_of_folder
from pipeline.language.telling import unnamed
from pipeline.results import ClipResult
from pipeline.values import Register

_TAKES = {
    "build": ("channel", "work", "outbox"),
    "publish": ("channel", "work", "outbox"),
    "status": ("channel", "work", "outbox"),
    "review": ("channel", "work", "outbox"),
    "approve": ("channel", "work"),
    "report": ("channel", "work"),
    "verify FILE --case": ("channel", "work"),
    "consent files": ("work",),
    "audit": ("channel", "work"),
}
"""The commands on a case, up to where they name it, and the options of where that each of them takes."""
_OF_THE_BOOK = ("consent files", "audit")
"""They ask the book, which knows a case by its public name alone, or are of no case."""


def _command(verbs: Iterable[str]) -> str:
    return rf"\bclinicreel ({'|'.join(verbs)})(?![\w-])"


@dataclass(frozen=True)
class Typed:
    """What the command line said of where: the folders of cases, and options by name; None is what was not said."""

    folders: tuple[Path, ...]
    options: Mapping[str, Any]

    @classmethod
    def of(cls, arguments: Mapping[str, Any]) -> Typed:
        """From the arguments of a command, whichever it is."""
        one, several = arguments.get("case"), arguments.get("cases", ())
        return cls((one,) if isinstance(one, Path) else several, arguments)

    def completed(self, text: str, case: str = "") -> str:
        """A message with every command in it as it can be pasted.

        Args:
            text: the message, in the language that it is read in.
            case: the public name of the case that it is about; empty: the one that was named.
        """
        slug = case or (slug_of_folder(self.folders[0]) if len(self.folders) == 1 else "")
        named = rf"(?: (?:{re.escape(slug)}|CASE)(?![\w-]))?"
        command = _command(_TAKES) + named if slug else _command(_OF_THE_BOOK)
        return re.sub(command, lambda found: self._whole(found, slug), text)

    def in_json(self, clip: ClipResult) -> dict[str, Any]:
        """A clip as other programs read it, its next step with commands that they can run."""
        return {**clip.as_json(), "next": self.completed(clip.next_step, clip.case)}

    def _whole(self, found: re.Match[str], slug: str) -> str:
        verb, rest = found[1], found.string[found.end() :]
        given = [(f"--{name}", str(value)) for name in _TAKES[verb] if (value := self.options.get(name)) is not None]
        options = [word for option, value in given if not rest.startswith(f" {option} ") for word in (option, value)]
        case = [] if verb in _OF_THE_BOOK else [self._folder(slug)]
        return " ".join(filter(None, ("clinicreel", verb, shlex.join([*case, *options]))))

    def _folder(self, slug: str) -> str:
        """How the case is named: as it was, unless that tells of somebody."""
        cases = folders.ROOT / "cases"
        named = [folder for folder in self.folders if slug_of_folder(folder) == slug]
        among = [path.parent for path in cases.glob("*/case.yaml") if slug_of(path.parent.name) == slug]
        # A folder in cases/ that nobody named may be called otherwise than its case: with a space, say.
        for folder in named[:1] or (among if len(among) == 1 else []):
            told = folder.name if folder.resolve().parent == cases else str(folder)
            return slug if _tells(told) else told
        return slug


def _tells(folder: str) -> bool:
    """Whether the path of a case's folder tells of somebody; the day in front of its name does not."""
    above, name = str(Path(folder).parent), Path(folder).name
    return unnamed(above) != above or public_name(name, Register("zh", ())) != slug_of(name)
