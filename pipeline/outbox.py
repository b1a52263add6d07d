"""What lies in an outbox: a folder for each pack, put there whole by one rename, and halves that a killed run left."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from pipeline.errors import ExposedError
from pipeline.store import Store, fsync, sha256_of, space_errors
from pipeline.values import Pack

PART = ".part"


def place(outbox: Path, case: str, clip: int, platform: str) -> Path:
    """Where a pack lies in the outbox."""
    return outbox / case / f"clip-{clip:02d}" / platform


def copy(pack: Pack, folder: Path, target: Path) -> None:
    """Copies a pack beside its target and renames it into place; what was copied is read back and compared.

    Raises:
        ExposedError: a file changed while it was copied.
        SpaceError: the disk is full.
        OSError: it cannot be written.
    """
    with space_errors():
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(f".{target.name}{PART}")
        shutil.rmtree(part, ignore_errors=True)  # of a run that was killed
        try:
            part.mkdir()
            for file in pack.files:
                copied = part / file.path.name
                shutil.copyfile(folder / file.path.name, copied)
                fsync(copied)
                if sha256_of(copied) != file.sha256:
                    raise ExposedError(f"{pack.platform}: {copied.name} changed while it was copied", "publish again")
            fsync(part)
            os.rename(part, target)
            fsync(target.parent)
        finally:
            shutil.rmtree(part, ignore_errors=True)


def sweep(outbox: Path, store: Store) -> Iterator[Path]:
    """Removes what runs that were killed had copied of a pack; what a living one copies is held by its case's lock.

    Yields:
        Every such folder. One that could not be removed is still there.
    """
    for part in sorted(outbox.glob(f"*/clip-*/.*{PART}")):
        with store.lock_if_free(part.parents[1].name) as is_ours:
            if is_ours:
                shutil.rmtree(part, ignore_errors=True)
                yield part
