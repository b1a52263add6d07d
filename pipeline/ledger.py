"""What went where: an append-only, hash-chained book in SQLite.

Each entry holds the hash of the one before it, so that an entry that was changed or taken out is noticed the next
time the book is opened; a mark beside it (`pipeline.bookmark`) shows that its end is there. The book lies on a local
disk: SQLite's locks do not hold on network shares.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipeline import bookmark
from pipeline.bookmark import Bookmark
from pipeline.errors import SpaceError, ToolError

_SCHEMA = """
CREATE TABLE IF NOT EXISTS entry (
    number   INTEGER PRIMARY KEY,
    at       TEXT NOT NULL,
    kind     TEXT NOT NULL,
    body     TEXT NOT NULL,
    sha256   TEXT NOT NULL UNIQUE
) STRICT;
CREATE INDEX IF NOT EXISTS by_body ON entry (kind, body);
CREATE TRIGGER IF NOT EXISTS no_update BEFORE UPDATE ON entry BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER IF NOT EXISTS no_delete BEFORE DELETE ON entry BEGIN SELECT RAISE(ABORT, 'append-only'); END;
"""

WAIT_S = 30.0
"""How long another program may keep the book for itself."""
_NO_BOOK = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR)
"""What SQLite says of a file that is damaged, or never was a ledger."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the book; `at` is UTC in ISO 8601."""

    number: int
    at: str
    kind: str
    body: dict[str, Any]


class Ledger:
    """The book of one work folder.

    Args:
        path: the SQLite file; made if it is not there.

    Raises:
        ToolError: the file is not a ledger, cannot be opened or closed to others, or an entry of it was changed or is
            missing, be it the last.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._begin()
        with self._opened() as book:
            book.executescript(_SCHEMA)
            last = self._check(book)
        _close_to_others(path)
        mark = bookmark.read(path)
        if mark is None or mark.number < last.number:
            with suppress(ToolError):  # where nothing can be changed, it is still read
                bookmark.write(path, last)

    def append(self, kind: str, body: dict[str, Any]) -> None:
        """Writes one entry; it is on the disk when this returns.

        Raises:
            SpaceError: the disk is full.
            ToolError: it cannot be written, or another program keeps the book for itself.
        """
        with self._opened() as book:
            book.execute("BEGIN IMMEDIATE")
            last = book.execute("SELECT number, sha256 FROM entry ORDER BY number DESC LIMIT 1").fetchone()
            number, before = (last[0] + 1, last[1]) if last else (1, "")
            at = datetime.now(UTC).isoformat(timespec="seconds")
            text = _text(body)
            sha256 = _chained(before, number, at, kind, text)
            book.execute("INSERT INTO entry VALUES (?, ?, ?, ?, ?)", (number, at, kind, text, sha256))
            book.execute("COMMIT")
        bookmark.write(self._path, Bookmark(number, sha256))

    def find(self, kind: str, body: dict[str, Any]) -> Entry | None:
        """The last entry that says exactly this.

        Raises:
            ToolError: the book cannot be read, or another program keeps it for itself.
        """
        with self._opened() as book:
            query = "SELECT number, at FROM entry WHERE kind = ? AND body = ? ORDER BY number DESC LIMIT 1"
            row = book.execute(query, (kind, _text(body))).fetchone()
        return Entry(row[0], row[1], kind, body) if row else None

    def entries(self, kind: str, said: Mapping[str, object] | None = None) -> Iterator[Entry]:
        """All entries of a kind, oldest first; `said`: only those that say this among other things.

        Raises:
            ToolError: the book cannot be read, or another program keeps it for itself.
        """
        wanted = dict(said or {})
        query = "SELECT number, at, kind, body FROM entry WHERE kind = ?"
        query += " AND json_extract(body, ?) = ?" * len(wanted) + " ORDER BY number"
        asked = (part for name, value in wanted.items() for part in (f"$.{name}", value))
        with self._opened() as book:
            rows = book.execute(query, (kind, *asked)).fetchall()
        yield from (Entry(number, at, name, json.loads(body)) for number, at, name, body in rows)

    def _begin(self) -> None:
        """Refuses a file that SQLite would begin anew although it was begun before."""
        mark = bookmark.read(self._path)
        if self._path.is_file() and self._path.stat().st_size:
            return
        if mark is None and not self._path.exists():
            bookmark.write(self._path, Bookmark())
            return
        mark = mark or bookmark.read(self._path)  # another process may just have begun it
        if mark is None:
            raise ToolError(
                f"{self._path}: it is empty, which no book ever is",
                "put the newest copy back; if there is none, remove it: the new book knows of nothing that was "
                "approved, delivered or taken back before",
            )
        if mark.number:
            raise bookmark.torn(self._path, mark)

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        mark = bookmark.read(self._path)  # before the book, which only grows
        with _errors(self._path), closing(sqlite3.connect(self._path, timeout=WAIT_S, isolation_level=None)) as book:
            book.execute("PRAGMA synchronous = FULL")
            if mark is not None and mark.number:
                at = book.execute("SELECT sha256 FROM entry WHERE number = ?", (mark.number,)).fetchone()
                if at != (mark.sha256,):
                    raise bookmark.torn(self._path, mark)
            yield book

    def _check(self, book: sqlite3.Connection) -> Bookmark:
        """Follows the chain to its last entry."""
        last = Bookmark()
        for at, row in enumerate(book.execute("SELECT number, at, kind, body, sha256 FROM entry ORDER BY number"), 1):
            number, when, kind, body, sha256 = row
            if number != at or sha256 != _chained(last.sha256, number, when, kind, body):
                raise ToolError(f"{self._path}: entry {at} was changed or taken out", "restore it from a backup")
            last = Bookmark(number, sha256)
        return last


def _close_to_others(path: Path) -> None:
    """A book that is closed already may lie where nothing can be changed: it is still read."""
    try:
        if path.stat().st_mode & 0o777 != 0o600:
            path.chmod(0o600)
    except OSError as error:
        raise ToolError(f"{path}: cannot be used: {error.strerror}", "choose another folder: --work DIR") from error


def _text(body: dict[str, Any]) -> str:
    return json.dumps(body, sort_keys=True, ensure_ascii=False)


@contextmanager
def _errors(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the rest says more of the same fault
        if code == sqlite3.SQLITE_FULL:
            raise SpaceError("no space left on the disk", "free some space and run the same command again") from error
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise ToolError(f"{path}: in use by another program", "wait until that is done, then try again") from error
        if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN):
            raise ToolError(f"{path}: cannot be used: {error}", "choose another folder: --work DIR") from error
        if code in _NO_BOOK or not code:
            raise ToolError(f"{path}: not a readable ledger: {error}", "restore it from a backup") from error
        raise ToolError(
            f"{path}: cannot be used: {error}", "check that disk, then run the same command again"
        ) from error


def _chained(before: str, number: int, at: str, kind: str, body: str) -> str:
    return hashlib.sha256(json.dumps([before, number, at, kind, body], ensure_ascii=False).encode()).hexdigest()
