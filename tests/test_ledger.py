"""The book of what went where cannot be changed unnoticed."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from pipeline import bookmark, ledger
from pipeline.errors import ToolError
from pipeline.ledger import Ledger


def test_entries_come_back_in_order(tmp_path: Path) -> None:
    book = Ledger(tmp_path / "a.sqlite")
    book.append("delivered", {"clip": 1})
    book.append("other", {})
    book.append("delivered", {"clip": 2})
    again = Ledger(tmp_path / "a.sqlite")
    assert [entry.body["clip"] for entry in again.entries("delivered")] == [1, 2]
    assert (tmp_path / "a.sqlite").stat().st_mode & 0o077 == 0


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


def test_an_entry_that_was_written_anew_with_its_own_hash_is_noticed_by_the_next(tmp_path: Path) -> None:
    book = Ledger(tmp_path / "a.sqlite")
    book.append("approved", {"by": "a"})
    book.append("delivered", {"clip": 1})
    with closing(sqlite3.connect(tmp_path / "a.sqlite", isolation_level=None)) as raw:
        raw.execute("DROP TRIGGER no_update")
        (at,) = raw.execute("SELECT at FROM entry WHERE number = 1").fetchone()
        body = '{"by": "b"}'
        fresh = ledger._chained("", 1, at, "approved", body)
        raw.execute("UPDATE entry SET body = ?, sha256 = ? WHERE number = 1", (body, fresh))
    with pytest.raises(ToolError, match="entry 2 was changed or taken out"):
        Ledger(tmp_path / "a.sqlite")


def test_a_file_that_is_no_ledger_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.sqlite").write_text("hello, this is not a database at all")
    with pytest.raises(ToolError, match="not a readable ledger"):
        Ledger(tmp_path / "a.sqlite")


WRITE = """
import sys
from pathlib import Path
from pipeline.ledger import Ledger
book = Ledger(Path(sys.argv[1]))
for number in range(20):
    book.append("delivered", {"writer": sys.argv[2], "number": number})
"""


def test_several_processes_write_one_book_from_its_first_page_on(tmp_path: Path) -> None:
    command = [sys.executable, "-c", WRITE, str(tmp_path / "a.sqlite")]
    writers = [subprocess.Popen([*command, name], cwd=Path(__file__).parents[1]) for name in "abcd"]
    assert [writer.wait(timeout=60) for writer in writers] == [0] * 4
    said = [
        (entry.body["writer"], entry.body["number"]) for entry in Ledger(tmp_path / "a.sqlite").entries("delivered")
    ]
    assert sorted(said) == [(name, number) for name in "abcd" for number in range(20)]
    assert all([at for who, at in said if who == name] == list(range(20)) for name in "abcd")


def test_a_book_that_is_written_to_may_be_read(tmp_path: Path) -> None:
    book = Ledger(tmp_path / "a.sqlite")
    book.append("delivered", {"clip": 1})
    with closing(sqlite3.connect(tmp_path / "a.sqlite", isolation_level=None)) as raw:
        raw.execute("BEGIN IMMEDIATE")
        assert len(list(book.entries("delivered"))) == 1
        raw.execute("ROLLBACK")


def test_a_book_that_another_program_keeps_for_itself_is_not_taken_for_a_damaged_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger, "WAIT_S", 0.05)
    book = Ledger(tmp_path / "a.sqlite")
    with closing(sqlite3.connect(tmp_path / "a.sqlite", isolation_level=None)) as raw:
        raw.execute("BEGIN EXCLUSIVE")
        for act in (
            lambda: book.append("delivered", {}),
            lambda: book.find("delivered", {}),
            lambda: list(book.entries("delivered")),
            lambda: Ledger(tmp_path / "a.sqlite"),
        ):
            with pytest.raises(ToolError, match="in use by another program") as busy:
                act()
            assert "try again" in busy.value.remedy


@pytest.mark.parametrize(
    ("code", "remedy"), [("SQLITE_IOERR_READ", "check that disk"), ("SQLITE_CORRUPT", "restore it from a backup")]
)
def test_trouble_with_the_disk_is_told_apart_from_a_damaged_book(tmp_path: Path, code: str, remedy: str) -> None:
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode = getattr(sqlite3, code)
    with pytest.raises(ToolError) as told, ledger._errors(tmp_path):
        raise error
    assert told.value.remedy.startswith(remedy)


READ_ONLY = """
import sys
from pathlib import Path
from pipeline.errors import ToolError
from pipeline.ledger import Ledger
for name in ("closed.sqlite", "open.sqlite", "new.sqlite"):
    try:
        book = Ledger(Path(sys.argv[1]) / name)
        print(name, [entry.body for entry in book.entries("delivered")])
        book.append("delivered", {"clip": 2})
    except ToolError as error:
        print(name, *error.cause.split(": ")[1:], error.remedy, sep="|")
"""


def test_a_book_in_a_read_only_folder_is_read_and_whoever_cannot_use_it_is_told_so(tmp_path: Path) -> None:
    alone = ["unshare", "--map-root-user", "--mount", "sh", "-c"]
    if subprocess.run([*alone, "true"], capture_output=True).returncode:
        pytest.skip("this machine lets nobody mount a folder read-only")
    for name in ("closed.sqlite", "open.sqlite"):
        Ledger(tmp_path / name).append("delivered", {"clip": 1})
    (tmp_path / "open.sqlite").chmod(0o644)
    mounted = 'mount --bind "$1" "$1" && mount -o remount,ro,bind "$1" && shift && exec "$@"'
    python = [sys.executable, "-c", READ_ONLY, str(tmp_path)]
    run = [*alone, mounted, "sh", str(tmp_path), *python]
    done = subprocess.run(run, capture_output=True, text=True, cwd=Path(__file__).parents[1])
    assert (done.stderr, done.stdout.splitlines()) == (
        "",
        [
            "closed.sqlite [{'clip': 1}]",
            "closed.sqlite|cannot be used|attempt to write a readonly database|choose another folder: --work DIR",
            "open.sqlite|cannot be used|Read-only file system|choose another folder: --work DIR",
            "new.sqlite|cannot be written|Read-only file system|check its permissions and its disk",
        ],
    )


def _begun(path: Path, entries: int = 3) -> Ledger:
    book = Ledger(path)
    for number in range(entries):
        book.append("delivered", {"clip": number})
    return book


def _emptied(path: Path) -> None:
    path.write_bytes(b"")


def _older(path: Path) -> None:
    """What an older copy holds: sound in itself."""
    with closing(sqlite3.connect(path, isolation_level=None)) as raw:
        raw.execute("DROP TRIGGER no_delete")
        raw.execute("DELETE FROM entry WHERE number = 3")


def _of_another_time(path: Path) -> None:
    path.unlink()
    path.with_suffix(".mark").unlink()
    mark = _begun(path, 3)._path.with_suffix(".mark")
    mark.write_text(f"3 {'0' * 64}\n")


@pytest.mark.parametrize("act", [_emptied, Path.unlink, _older, _of_another_time])
def test_a_book_without_its_end_is_refused_by_whoever_opens_or_uses_it(
    tmp_path: Path, act: Callable[[Path], None]
) -> None:
    path = tmp_path / "a.sqlite"
    begun = _begun(path)
    act(path)
    lost = path.read_bytes() if path.exists() else None
    for _ in range(2):
        with pytest.raises(ToolError, match="entry 3, which was written, is not in it") as told:
            Ledger(path)
        assert "put the newest copy back" in told.value.remedy
        assert str(tmp_path / "a.mark") in told.value.remedy
    assert (path.read_bytes() if path.exists() else None) == lost, "nothing was begun anew"
    for use in (
        lambda: begun.append("approved", {}),
        lambda: begun.find("approved", {}),
        lambda: list(begun.entries("")),
    ):
        with pytest.raises(ToolError):
            use()


def test_a_book_that_lost_its_end_goes_on_once_somebody_says_so(tmp_path: Path) -> None:
    _begun(tmp_path / "a.sqlite")
    _older(tmp_path / "a.sqlite")
    (tmp_path / "a.mark").unlink()
    Ledger(tmp_path / "a.sqlite").append("delivered", {"clip": 7})
    assert [entry.body["clip"] for entry in Ledger(tmp_path / "a.sqlite").entries("delivered")] == [0, 1, 7]


def test_a_book_of_an_earlier_release_is_taken_over_as_it_is_but_not_an_empty_one(tmp_path: Path) -> None:
    _begun(tmp_path / "a.sqlite")
    (tmp_path / "a.mark").unlink()
    Ledger(tmp_path / "a.sqlite")
    _older(tmp_path / "a.sqlite")
    with pytest.raises(ToolError, match="entry 3, which was written, is not in it"):
        Ledger(tmp_path / "a.sqlite")
    (tmp_path / "b.sqlite").touch()
    with pytest.raises(ToolError, match="it is empty, which no book ever is"):
        Ledger(tmp_path / "b.sqlite")


def test_killed_between_an_entry_and_its_mark_the_next_one_makes_up_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = _begun(tmp_path / "a.sqlite", 1)
    with monkeypatch.context() as killed:
        killed.setattr(bookmark, "write", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            begun.append("delivered", {"clip": 1})
    assert len(list(Ledger(tmp_path / "a.sqlite").entries("delivered"))) == 2
    assert (tmp_path / "a.mark").read_text().split()[0] == "2"


def test_killed_before_the_first_page_was_written_a_book_is_begun(tmp_path: Path) -> None:
    Ledger(tmp_path / "a.sqlite")
    (tmp_path / "a.sqlite").write_bytes(b"")
    assert list(Ledger(tmp_path / "a.sqlite").entries("delivered")) == []


def test_a_mark_that_says_nothing_is_refused(tmp_path: Path) -> None:
    _begun(tmp_path / "a.sqlite")
    (tmp_path / "a.mark").write_text("three")
    with pytest.raises(ToolError, match=r"a\.mark: it does not say how far the book beside it was written"):
        Ledger(tmp_path / "a.sqlite")
