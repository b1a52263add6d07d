"""Copies of masters that browsers play, each made once: the master itself is MPEG-4 part 2, which they do not."""

from __future__ import annotations

import os
import threading
from pathlib import Path

from pipeline import media
from pipeline.store import Store, fsync
from pipeline.values import Master


class Previews:
    """The copies of one work folder.

    Args:
        folder: where they lie, by the master's SHA-256.
        store: gives the folder in which they are made.
    """

    def __init__(self, folder: Path, store: Store) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder = folder
        self._store = store
        self._turn = threading.Lock()

    def of(self, master: Master) -> Path:
        """The copy of a master, made now if it is not there."""
        path = self._folder / f"{master.file.sha256}.mp4"
        with self._turn:
            if not path.is_file():
                with self._store.making() as folder:
                    made = media.write_preview(master, folder)
                    fsync(made)
                    os.rename(made, path)
        return path
