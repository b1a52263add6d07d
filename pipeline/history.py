"""What every step was made from the last time, to say why it runs again. Nothing is decided by it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pipeline.store import space_errors, write_durably


class History:
    """The last ingredients of every step, by the slot that it has in a case.

    Args:
        work: the work folder.
    """

    def __init__(self, work: Path) -> None:
        self._folder = work / "history"

    def note(self, slot: str, name: str, ingredients: dict[str, Any]) -> None:
        """Writes down what a step was made from, unless that is what it was made from before."""
        path = self._path(slot, name)
        text = json.dumps(ingredients, sort_keys=True)
        if not path.exists() or path.read_text() != text:
            with space_errors():
                write_durably(path, text.encode())

    def why(self, slot: str, name: str, now: dict[str, Any]) -> str:
        """Why a step runs that is not in the store."""
        path = self._path(slot, name)
        if not path.exists():
            return "never made before"
        changes = list(_changes(json.loads(path.read_text()), now))
        return "changed: " + ", ".join(changes) if changes else "its result is missing or damaged"

    def _path(self, slot: str, name: str) -> Path:
        known = hashlib.sha256(json.dumps([slot, name], ensure_ascii=False).encode()).hexdigest()
        return self._folder / f"{known[:32]}.json"


def _changes(before: Any, now: Any, place: str = "") -> Iterator[str]:
    """The places at which two sets of ingredients differ, as dotted names."""
    if before == now:
        return
    if isinstance(before, dict) and isinstance(now, dict):
        for key in sorted(before.keys() | now.keys()):
            inner = key if place in ("", "inputs", "depends") else f"{place}.{key}"
            yield from _changes(before.get(key), now.get(key), inner)
    else:
        yield place
