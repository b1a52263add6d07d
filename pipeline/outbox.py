"""What lies in an outbox: a folder for each pack, put there whole by one rename, and halves that a killed run left."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from pathlib import Path

from pipeline import hashing
from pipeline.errors import ExposedError, ToolError
from pipeline.hashing import ChangedError
from pipeline.settings.loading import CLOSED
from pipeline.store import Store, fsync, sha256_of, space_errors
from pipeline.values import Pack

PART = ".part"
VIDEO = "video.mp4"


class Lies(Enum):
    """What lies where a pack is to lie."""

    NOTHING = "nothing"
    PACK = "pack"
    OTHER = "other"


def place(outbox: Path, case: str, clip: int, platform: str) -> Path:
    """Where a pack lies in the outbox."""
    return outbox / case / f"clip-{clip:02d}" / platform


def lies(pack: Pack, target: Path, store: Store) -> Lies:
    """What lies in a pack's place: sizes first; what has the right ones is read, once for as long as nobody touches it.

    A folder that somebody emptied is nothing; one of which a file is missing or cannot be read is no pack.

    Raises:
        ToolError: nobody can look there, so that it cannot be said.
    """
    if _is_empty(target):
        return Lies.NOTHING
    try:
        there = [target / file.path.name for file in pack.files]
        if any(path.stat().st_size != file.size_bytes for path, file in zip(there, pack.files, strict=True)):
            return Lies.OTHER
        found = hashing.hashed(store, *there).sha256
    except (OSError, ChangedError):
        return Lies.OTHER
    return Lies.PACK if found == _sha256(pack) else Lies.OTHER


def _is_empty(target: Path) -> bool:
    with _looked_into(target):
        return not target.exists() or (target.is_dir() and not any(target.iterdir()))


def is_there(path: Path) -> bool:
    """Whether something lies at a path.

    Raises:
        ToolError: nobody can look there, so that it cannot be said.
    """
    with _looked_into(path):
        return path.exists()


@contextmanager
def _looked_into(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ToolError(f"{path}: cannot be looked into: {error.strerror}", CLOSED) from error


def remember(pack: Pack, target: Path, store: Store) -> None:
    """Notes of a pack that was just compared what its files hold, so that asking where it stands does not read them."""
    hashing.remember(store, hashing.identity_of(*(target / file.path.name for file in pack.files)), _sha256(pack))


def _sha256(pack: Pack) -> str:
    return hashing.together([file.sha256 for file in pack.files])


def copy(pack: Pack, folder: Path, target: Path) -> None:
    """Copies a pack beside its target and renames it into place; what was copied is read back and compared.

    Raises:
        ExposedError: a file changed while it was copied.
        SpaceError: the disk is full.
        OSError: it cannot be written.
    """
    with space_errors(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        part = half(target)
        remove(part)  # of a run that was killed
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
            remove(part)


def half(target: Path) -> Path:
    """Where a pack is copied to before it is renamed into its place."""
    return target.with_name(f".{target.name}{PART}")


def remove(half: Path) -> None:
    """Removes what was copied of a pack, as far as that can be done."""
    shutil.rmtree(half, ignore_errors=True)
