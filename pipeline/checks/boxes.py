"""Does the file hold any box, or any byte of media, that nobody asked for? Read from the file itself, by no library.

Demuxers pass over what they do not know: a `uuid` box with a position, media data that no index refers to.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

CONTAINERS = frozenset(("moov", "trak", "mdia", "minf", "dinf", "stbl", "udta", "meta"))
"""Boxes whose content is boxes."""

ALLOWED = CONTAINERS | {
    *("ftyp", "mvhd", "tkhd", "mdhd", "hdlr", "vmhd", "smhd", "dref", "mdat"),
    *("stsd", "stts", "stss", "ctts", "stsc", "stsz", "stco", "co64", "sgpd", "sbgp"),
}
"""All that a plain film with sound needs."""

EMPTY = {"free": 8, "ilst": 8}
"""Boxes that ffmpeg writes and that must hold nothing: their whole size."""

LONGEST = 64
"""More top-level boxes than any file of ours has; what goes on longer is no MP4."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The names of the top-level boxes in order, the bytes of media, and all that should not be there."""

    order: tuple[str, ...]
    media_bytes: int
    strange: tuple[str, ...]


def layout(path: Path) -> Layout:
    """Walks through the boxes of an MP4 file.

    Source: ISO/IEC 14496-12, 4.2; QuickTime's `meta` differs by four bytes and is not written by us.
    """
    order: list[str] = []
    strange: list[str] = []
    media_bytes = 0
    end = path.stat().st_size
    with path.open("rb") as file:
        for name, start, stop in _boxes(file, 0, end):
            order.append(name)
            if name == "mdat":
                media_bytes += stop - start
            strange += _strange(file, name, start, stop)
            if len(order) > LONGEST:
                strange.append(f"more than {LONGEST} boxes")
                break
    return Layout(tuple(order), media_bytes, tuple(strange))


def _strange(file: BinaryIO, name: str, start: int, stop: int) -> Iterator[str]:
    """What in a box, and in the boxes in it, is not on the list."""
    if name in EMPTY:
        if stop - start + 8 > EMPTY[name]:
            yield f"a box '{name}' that holds {stop - start} bytes"
    elif name not in ALLOWED:
        yield f"a box '{name}'"
    elif name in CONTAINERS:
        for inner in _boxes(file, start + (4 if name == "meta" else 0), stop):
            yield from _strange(file, *inner)


def _boxes(file: BinaryIO, start: int, end: int) -> Iterator[tuple[str, int, int]]:
    """Name, and first and last byte of the content, of every box in a part of the file."""
    while start < end:
        file.seek(start)
        header = file.read(8)
        if len(header) < 8:
            yield "(cut off)", start, end
            return
        size, name = struct.unpack(">I4s", header)
        length = 8
        if size == 1:
            (size,), length = struct.unpack(">Q", file.read(8).rjust(8, b"\0")), 16
        if size < length or start + size > end:
            yield "(cut off)", start, end
            return
        yield name.decode("latin-1"), start + length, start + size
        start += size
