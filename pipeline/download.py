"""Downloads a file whose bytes are known beforehand: resumed where it broke, checked, there in full or not at all."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from urllib.parse import urljoin, urlsplit

from rich.filesize import decimal

from pipeline.errors import SpaceError, ToolError
from pipeline.store import sha256_of, space_errors

TRIES = 5
"""How often in a row a connection may bring nothing; one that brought something has earned another."""
TIMEOUT_S = (10, 60)
"""To connect; between two pieces."""
CHUNK_BYTES = 1 << 16
_LOOPBACK = frozenset(("127.0.0.1", "::1", "localhost"))

Progress = Callable[[int], None]
"""Told how many bytes are there."""


@dataclass(frozen=True, slots=True)
class Known:
    """A file on the network and what it must be."""

    url: str
    sha256: str
    size_bytes: int

    @property
    def host(self) -> str:
        return urlsplit(self.url).netloc


def download(known: Known, target: Path, progress: Progress) -> None:
    """Brings a file to its place.

    What came of a broken download lies beside it as `.part`, and the next call goes on from there.

    Raises:
        SpaceError: the disk is full.
        ToolError: not https, no network, no such file there, the wrong bytes, or another process is at it.
    """
    _check_url(known.url)
    part = target.with_name(f"{target.name}.part")
    with space_errors(), _alone(part) as stream:
        have = stream.seek(0, os.SEEK_END)
        if have > known.size_bytes:
            have = _emptied(stream)
        free = shutil.disk_usage(target.parent).free
        if free < known.size_bytes - have:
            raise SpaceError(
                f"{target.name} needs {decimal(known.size_bytes - have)}, {decimal(free)} are free",
                "free some space and run the same command again",
            )
        _fill(known, target.name, stream, progress)
        stream.flush()
        os.fsync(stream.fileno())
        if sha256_of(part) != known.sha256:
            part.unlink()
            raise ToolError(
                f"{target.name}: what came from {known.host} is not the published file; it was removed",
                "try again on another network: something on the way changed it",
            )
        part.rename(target)


@contextmanager
def _alone(part: Path) -> Iterator[IO[bytes]]:
    """The open `.part` file, or an error if another process is filling it."""
    with part.open("ab") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ToolError(f"{part.name}: another process is fetching this", "wait for it") from error
        yield stream


def _emptied(stream: IO[bytes]) -> int:
    stream.truncate(0)
    return stream.seek(0)


def _fill(known: Known, name: str, stream: IO[bytes], progress: Progress) -> None:
    """Fills the part file to its full size, over as many connections as it takes."""
    import requests

    cause, tries = "it ends too early", TRIES
    while tries > 0:
        have = stream.tell()
        progress(have)
        if have == known.size_bytes:
            return
        try:
            _one_connection(known, name, stream, progress)
        except (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError) as error:
            cause = type(error).__name__
        except requests.RequestException as error:
            raise ToolError(f"{name}: {known.host} cannot be asked: {error}") from error
        tries = TRIES if stream.tell() > have else tries - 1
    raise ToolError(
        f"{name}: no connection to {known.host} ({cause}); the {decimal(stream.tell())} that came are kept",
        "check the network and run the same command again",
    )


def _one_connection(known: Known, name: str, stream: IO[bytes], progress: Progress) -> None:
    import requests

    def check_next(hop: requests.Response, **_options: object) -> None:
        if hop.is_redirect:
            _check_url(urljoin(hop.url, hop.headers["Location"]))

    have = stream.tell()
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={have}-"} if have else {})
    with requests.get(
        known.url, headers=headers, stream=True, timeout=TIMEOUT_S, hooks={"response": check_next}
    ) as response:
        if response.status_code not in (200, 206):
            if response.status_code == 416:
                _emptied(stream)
            raise ToolError(
                f"{name}: {known.host} answered {response.status_code} {response.reason}",
                f"try later; or bring the file (SHA-256 {known.sha256}) to its place by hand",
            )
        if have and not _goes_on_at(response, have):
            have = _emptied(stream)
        for piece in response.iter_content(CHUNK_BYTES):
            have += len(piece)
            if have > known.size_bytes:
                _emptied(stream)
                raise ToolError(f"{name}: {known.host} sends more than the published file")
            stream.write(piece)
            progress(have)


def _goes_on_at(response: Any, have: int) -> bool:
    starts = str(response.headers.get("Content-Range", "")).startswith(f"bytes {have}-")
    return response.status_code == 206 and starts


def _check_url(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise ToolError(f"{parts.scheme}://{parts.netloc} is not fetched: only https is")
