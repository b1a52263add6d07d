"""The book of what went where cannot be changed unnoticed."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from pipeline.errors import ToolError
from pipeline.ledger import Ledger


def test_entries_come_back_in_order(tmp_path: Path) -> None:
    book = Ledger(tmp_path / "a.sqlite")
    book.append("delivered", {"clip": 1})
    book.append("other", {})
    book.append("delivered", {"clip": 2})
    again = Ledger(tmp_path / "a.sqlite")
    assert [entry.body["clip"] for entry in again.entries("delivered")] == [1, 2]


def test_an_entry_cannot_be_changed_or_removed(tmp_path: Path) -> None:
    Ledger(tmp_path / "a.sqlite").append("delivered", {"clip": 1})
    with closing(sqlite3.connect(tmp_path / "a.sqlite")) as raw:
        for statement in ("UPDATE entry SET body = '{}'", "DELETE FROM entry"):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                raw.execute(statement)


@pytest.mark.parametrize(
    "statement", ["UPDATE entry SET body = '{}' WHERE number = 1", "DELETE FROM entry WHERE number = 1"]
)
def test_an_entry_changed_behind_its_back_is_noticed(tmp_path: Path, statement: str) -> None:
    book = Ledger(tmp_path / "a.sqlite")
    book.append("delivered", {"clip": 1})
    book.append("delivered", {"clip": 2})
    with closing(sqlite3.connect(tmp_path / "a.sqlite", isolation_level=None)) as raw:
        raw.execute("DROP TRIGGER no_update")
        raw.execute("DROP TRIGGER no_delete")
        raw.execute(statement)
    with pytest.raises(ToolError, match="entry 1 was changed or taken out"):
        Ledger(tmp_path / "a.sqlite")


def test_a_file_that_is_no_ledger_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.sqlite").write_text("hello, this is not a database at all")
    with pytest.raises(ToolError, match="not a readable ledger"):
        Ledger(tmp_path / "a.sqlite")
