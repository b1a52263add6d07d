"""How far the book was written: number and SHA-256 of its newest entry, in a small file beside it.

The chain shows what was changed or taken out in the middle of the book. That its end is missing it cannot show: an
older copy that was put back is sound in itself, and SQLite begins an emptied file anew. What follows from that is a
clip delivered twice, and a consent that holds again though it was taken back.

The mark is written after its entry, and a new book's before its first page: killed in between, it says too little and
never too much. So it may be read before the book and held against it, whoever writes meanwhile.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import ToolError
from pipeline.store import write_durably, written_at


@dataclass(frozen=True, slots=True)
class Bookmark:
    """The newest entry that is known to have been written; number 0: none yet."""

    number: int = 0
    sha256: str = ""


def place_of(book: Path) -> Path:
    """Where the mark of a book lies."""
    return book.with_suffix(".mark")


def is_begun(book: Path) -> bool:
    """Whether there is a book, or was one."""
    return book.is_file() or place_of(book).is_file()


def read(book: Path) -> Bookmark | None:
    """How far a book was written; None: nobody has marked it yet.

    Raises:
        ToolError: the mark cannot be read, or says nothing.
    """
    path = place_of(book)
    try:
        number, _, sha256 = path.read_text("utf-8", "replace").strip().partition(" ")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ToolError(f"{path}: cannot be read: {error.strerror}", "check its permissions and its disk") from error
    if not number.isdecimal() or (number != "0" and not sha256):
        raise ToolError(
            f"{path}: it does not say how far the book beside it was written",
            "put it back from a backup together with the book; or remove it, if the book is sure to be whole",
        )
    return Bookmark(int(number), sha256)


def write(book: Path, mark: Bookmark) -> None:
    """Says how far a book was written.

    Raises:
        SpaceError: the disk is full.
        ToolError: it cannot be written.
    """
    path = place_of(book)
    with written_at(path):
        write_durably(path, f"{mark.number} {mark.sha256}\n".encode())


def torn(book: Path, mark: Bookmark) -> ToolError:
    """What is to be said of a book that does not hold the entry at its mark."""
    return ToolError(
        f"{book}: entry {mark.number}, which was written, is not in it: it was removed or emptied, or is an older copy",
        f"put the newest copy back; if there is none, remove {place_of(book)}: the book goes on without what it lost. "
        "Before anything is published, take back once more the consents and approvals that were taken back since, and "
        "look into the outbox",
    )
