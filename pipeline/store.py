"""Finished steps by content: a private folder while it is made, fsync, receipt, one rename.

Layout of `work/` (0700, quarantine: nothing in it is meant to leave by hand):

* `store/<key>/`: one finished step: `value.json`, the `files/` it made, `receipt.json` with their hashes.
* `tmp/<run>/`: what a running process is making; removed by the next run when its owner is gone.
* `damaged/`: stored steps whose files no longer matched their receipt, kept for a look.
* `locks/`: one lock file per case, so that two builds of one case take turns.

Killed at any moment, the same command finds every finished step and makes the rest: only a complete folder is ever
renamed into `store/`. Source of the recipe: restic's local backend, SQLite's crash tests (docs/decisions.md).
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import os
import re
import shutil
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from pipeline.errors import SpaceError, ToolError
from pipeline.values import File

RECEIPT = "receipt.json"
_FOLDERS = ("store", "tmp", "damaged", "locks", "history")
_RUN = re.compile(r"[0-9a-f]{32}")


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file's bytes, hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def stored_sha256(path: Path) -> str:
    """The same of a file of a finished step.

    Raises:
        ToolError: it cannot be read.
    """
    try:
        return sha256_of(path)
    except OSError as error:
        raise ToolError(f"{path}: cannot be read: {error.strerror}", "check its permissions and its disk") from error


def file_of(path: Path) -> File:
    """The value of a file that a step has just finished writing."""
    return File(path, sha256_of(path), path.stat().st_size)


@contextmanager
def space_errors(place: Path | None = None) -> Iterator[None]:
    """Turns "disk full" into an expected failure with its remedy; `place`: on which of several disks that may be."""
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise
        what = f"{place}: no space left on the disk" if place else "no space left on the disk"
        raise SpaceError(what, "free some space and run the same command again") from error


@contextmanager
def written_at(place: Path) -> Iterator[None]:
    """Turns whatever keeps a file from being written that people look for at a place into an expected failure.

    Raises:
        ToolError: with its remedy.
    """
    try:
        with space_errors(place):
            yield
    except OSError as error:
        raise ToolError(
            f"{place}: cannot be written: {error.strerror}", "check its permissions and its disk"
        ) from error


class Store:
    """The finished steps of one work folder.

    Args:
        root: the work folder; made with mode 0700 if it is not there.
        may_write: False: nothing in it is made, changed or swept; it need not be there.

    Raises:
        ToolError: the folder cannot be made or written.
    """

    def __init__(self, root: Path, *, may_write: bool = True) -> None:
        self.root = root.resolve()
        self.may_write = may_write
        self.scratch = self.root / "tmp" / uuid.uuid4().hex
        """Where this process makes things; gone when it is."""
        for folder in (self.root, *map(self.root.joinpath, _FOLDERS)):
            if folder.is_file():
                raise ToolError(
                    f"{folder}: a file, where a folder is wanted", "move it away, or choose another folder: --work DIR"
                )
        if not may_write:
            return
        try:
            with space_errors():
                self._open()
        except OSError as error:
            raise ToolError(f"{root}: cannot be used: {error.strerror}", "choose another folder: --work DIR") from error

    def _open(self) -> None:
        for folder in _FOLDERS:
            (self.root / folder).mkdir(parents=True, exist_ok=True, mode=0o700)
        self.root.chmod(0o700)
        # No case's public name begins with a dot: one that is called `tmp` has another lock.
        with (self.root / "locks" / ".tmp.lock").open("w") as turn:
            fcntl.flock(turn, fcntl.LOCK_EX)
            self._sweep()
            self.scratch.mkdir(mode=0o700)
            self._alive = (self.scratch / "alive").open("w")
            fcntl.flock(self._alive, fcntl.LOCK_EX)

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Removes what this process left in `tmp/`."""
        if self.may_write:
            self._alive.close()
            shutil.rmtree(self.scratch, ignore_errors=True)

    def _sweep(self) -> None:
        """Removes the unfinished work of processes that are gone: their lock is free. What is not ours stays."""
        for run in (self.root / "tmp").iterdir():
            if not _RUN.fullmatch(run.name):
                continue
            try:
                with (run / "alive").open("r+") as alive:
                    fcntl.flock(alive, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except FileNotFoundError:
                pass  # killed between mkdir and open
            except BlockingIOError:
                continue
            shutil.rmtree(run, ignore_errors=True)

    def find(self, key: str) -> Path | None:
        """The folder of a finished step, or None. A folder that does not match its receipt is set aside."""
        folder = self.root / "store" / key
        try:
            receipt = json.loads((folder / RECEIPT).read_bytes())
            # A step that made nothing is none: a receipt without an entry was damaged.
            sound = bool(receipt) and all(
                (folder / name).stat().st_size == file["size_bytes"] for name, file in receipt.items()
            )
        except (FileNotFoundError, NotADirectoryError):
            if not folder.exists():
                return None
            sound = False
        except OSError as error:
            raise ToolError(
                f"{folder}: cannot be read: {error.strerror}", "check its permissions and its disk"
            ) from error
        except (ValueError, KeyError, AttributeError, TypeError):
            sound = False
        if sound:
            return folder
        if self.may_write:
            self._set_aside(folder)
        return None

    def _set_aside(self, folder: Path) -> None:
        with suppress(FileNotFoundError):  # another case that shares the step was faster
            os.rename(folder, self.root / "damaged" / f"{folder.name}-{uuid.uuid4().hex[:8]}")

    def recheck(self, files: Iterable[Path]) -> None:
        """Reads the finished steps that these files belong to again, every byte, and sets aside those that changed."""
        keys = {path.relative_to(self.root / "store").parts[0] for path in files}
        for folder in filter(None, map(self.find, sorted(keys))):
            receipt = json.loads((folder / RECEIPT).read_bytes())
            if any(stored_sha256(folder / name) != file["sha256"] for name, file in receipt.items()):
                self._set_aside(folder)

    @contextmanager
    def making(self) -> Iterator[Path]:
        """A fresh private folder for a step; whatever still lies there at the end is removed."""
        folder = self.scratch / uuid.uuid4().hex
        with space_errors():
            folder.mkdir(mode=0o700)
            try:
                yield folder
            finally:
                shutil.rmtree(folder, ignore_errors=True)

    def commit(self, folder: Path, key: str) -> Path:
        """Makes a step's folder permanent under its key. Doing it twice, or at the same time, is harmless."""
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        receipt = {
            str(path.relative_to(folder)): {"size_bytes": path.stat().st_size, "sha256": sha256_of(path)}
            for path in files
        }
        with space_errors():
            write_durably(folder / RECEIPT, json.dumps(receipt, indent=1).encode())
            for path in files:
                fsync(path)
                path.chmod(0o400)
            for inner in {path.parent for path in files} | {folder}:
                fsync(inner)
            final = self.root / "store" / key
            try:
                os.rename(folder, final)
            except OSError as error:
                if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
                    raise
                return final  # somebody else finished the same step first
            fsync(final.parent)
        return final

    @contextmanager
    def lock(self, name: str, waiting: Any) -> Iterator[None]:
        """Holds the lock of a case; calls `waiting()` once if another process holds it."""
        with (self.root / "locks" / f"{name}.lock").open("w") as stream:
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                waiting()
                fcntl.flock(stream, fcntl.LOCK_EX)
            yield

    @contextmanager
    def lock_if_free(self, name: str) -> Iterator[bool]:
        """Holds the lock of a case if no other process does; says whether."""
        with (self.root / "locks" / f"{name}.lock").open("w") as stream:
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
            else:
                yield True


def write_durably(path: Path, data: bytes) -> None:
    """Writes a small file so that it is there in full or not at all."""
    part = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}")
    try:
        with part.open("wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        os.rename(part, path)
    finally:
        part.unlink(missing_ok=True)  # renamed away, unless something failed


def fsync(path: Path) -> None:
    """Makes a file or folder survive a loss of power."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno != errno.EINVAL:  # a network disk that knows no such thing
            raise
    finally:
        os.close(descriptor)
