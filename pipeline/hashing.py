"""The SHA-256 of files that others may change: remembered by what the file system says of them, and held against it.

Whatever is copied over a file, edited in it, or put in its place and taken away again moves its time of change (ctime),
which nobody sets; the time of writing (mtime) alone can be put back.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.errors import RecordingError
from pipeline.pathing import files_in
from pipeline.store import Store, sha256_of, space_errors, write_durably
from pipeline.values import File

CHANGED = {
    "source": "the recording changed while it was being read",
    "transcript": "the transcript changed while it was being read",
    "people": "a photo changed while it was being read",
}
"""By the parameter of a stage that holds the file; any other holds the recording."""
AGAIN = "let nothing write to it, then run the same command again"


class ChangedError(RecordingError):
    """A file was exchanged or edited while it was being read: what was read belongs to no single file."""


@dataclass(frozen=True, slots=True)
class Hashed:
    """The SHA-256 of files' bytes, and what the file system said of them meanwhile."""

    sha256: str
    identity: str


def hashed(store: Store, *paths: Path) -> Hashed:
    """The SHA-256 of a file; of several: of the list of their SHA-256s, in this order.

    Only for step keys and for what is told: verify and publish always read the bytes again.

    Raises:
        OSError: one cannot be read.
        ChangedError: one changed meanwhile.
    """
    identity = identity_of(*paths)
    note = _note(store, identity)
    if note.exists():
        return Hashed(note.read_text(), identity)
    sha256 = together([sha256_of(path) for path in paths])
    if identity_of(*paths) != identity:
        raise ChangedError("a file changed while it was being read", AGAIN)
    remember(store, identity, sha256)
    return Hashed(sha256, identity)


class Held:
    """What the files that are not ours were when their SHA-256 was first asked for, for the length of a run.

    Args:
        store: where hashes are remembered; files in it stay as they were made.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._identities: dict[Path, str] = {}

    def hash_of_raw(self, path: Path) -> str:
        """The SHA-256 of a large input file.

        Raises:
            RecordingError: it cannot be read, or changed meanwhile.
        """
        try:
            found = hashed(self._store, path)
        except OSError as error:
            raise RecordingError(
                f"it cannot be read: {error.strerror}", "check its permissions and its disk"
            ) from error
        self._identities.setdefault(path, found.identity)
        return found.sha256

    def hash_of(self, file: File) -> str:
        """The SHA-256 of a file whose bytes were read before.

        Raises:
            RecordingError: it is not ours (a photo), and cannot be read or is not as it was.
        """
        is_ours = file.path.resolve().is_relative_to(self._store.root)
        if not is_ours and self.hash_of_raw(file.path) != file.sha256:
            raise ChangedError(CHANGED["people"], AGAIN)
        return file.sha256

    def check(self, names: Sequence[str], inputs: Sequence[Any]) -> None:
        """What a stage read of these files is what its key was made of.

        Args:
            names: of the stage's parameters.
            inputs: what was given for them.

        Raises:
            ChangedError: it is not. What came of it would be taken for the good file's from then on.
        """
        for name, value in zip(names, inputs, strict=False):
            for path in files_in(value):
                held = self._identities.get(path)
                if held is not None and not _is_still(path, held):
                    raise ChangedError(CHANGED.get(name, CHANGED["source"]), AGAIN)


def remember(store: Store, identity: str, sha256: str) -> None:
    """Notes the SHA-256 of files that were just read, if anything may be written."""
    if store.may_write:
        with space_errors():
            write_durably(_note(store, identity), sha256.encode())


def identity_of(*paths: Path) -> str:
    """What the file system says of files: device, inode, size, times of writing and of change, and those of a link.

    Raises:
        OSError: one is not there.
    """
    return " ".join(_identity(status) for path in paths for status in (path.stat(), path.lstat()))


def _is_still(path: Path, identity: str) -> bool:
    """Whether the file system says the same of a file as before."""
    try:
        return identity_of(path) == identity
    except OSError:
        return False


def together(sha256s: Sequence[str]) -> str:
    """What stands for several files; one stands for itself."""
    return sha256s[0] if len(sha256s) == 1 else hashlib.sha256(" ".join(sha256s).encode()).hexdigest()


def _identity(status: os.stat_result) -> str:
    return f"{status.st_dev}-{status.st_ino}-{status.st_size}-{status.st_mtime_ns}-{status.st_ctime_ns}"


def _note(store: Store, identity: str) -> Path:
    return store.root / "history" / f"raw-{hashlib.sha256(identity.encode()).hexdigest()[:32]}"
