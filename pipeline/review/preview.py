"""Copies of masters that browsers play, each made once: the master itself is MPEG-4 part 2, which they do not.

A copy lies in its case's folder under the key of the step that made its master, and goes when that step is gone or a
newer build takes its place.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable
from pathlib import Path

from pipeline import media
from pipeline.store import Store, fsync
from pipeline.values import Master


class Previews:
    """The copies of one work folder; those whose master is gone are removed at once.

    Args:
        folder: where they lie.
        store: holds the masters, and gives the folder in which copies are made.
    """

    def __init__(self, folder: Path, store: Store) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder = folder
        self._store = store
        self._turn = threading.Lock()
        for path in folder.rglob("*.mp4"):
            if not (store.root / "store" / path.stem).is_dir():
                path.unlink(missing_ok=True)

    def of(self, case: str, master: Master) -> Path:
        """The copy of a case's master, made now if it is not there."""
        path = self._folder / case / f"{self._key(master)}.mp4"
        with self._turn:
            if not path.is_file():
                path.parent.mkdir(mode=0o700, exist_ok=True)
                with self._store.making() as folder:
                    made = media.write_preview(master, folder)
                    fsync(made)
                    os.rename(made, path)
        return path

    def sweep(self, case: str, masters: Iterable[Master]) -> None:
        """Removes the copies of a case that are of none of these masters: they are older than what is shown now."""
        shown = {self._key(master) for master in masters}
        with self._turn:
            for path in (self._folder / case).glob("*.mp4"):
                if path.stem not in shown:
                    path.unlink(missing_ok=True)

    def _key(self, master: Master) -> str:
        return master.file.path.relative_to(self._store.root / "store").parts[0]
