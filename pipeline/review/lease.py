"""Two people, one case: the first one holds it, the second one is told, reads along, and may take it over."""

from __future__ import annotations

import fcntl
import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

HELD_S = 30.0
"""A page says every few seconds that it is there; one that was killed frees its case after this long."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose turn it is. `session` is the page's, `at_s` the Unix time at which it last said so."""

    session: str
    name: str
    at_s: float


class Lease:
    """The lease of one case, a small file that all desks on one work folder share.

    Args:
        path: the file.
        clock: seconds since 1970.
    """

    def __init__(self, path: Path, clock: Callable[[], float] = time.time) -> None:
        self._path = path
        self._clock = clock

    def claim(self, session: str, name: str, *, take: bool = False) -> Holder:
        """Takes or renews the lease if it is free, or in any case with `take`; tells who holds it now."""
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self._path.open("a+", encoding="utf-8") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX)
            stream.seek(0)
            held = _holder(stream.read())
            now_s = self._clock()
            if held and held.session != session and now_s - held.at_s < HELD_S and not take:
                return held
            mine = Holder(session, name, now_s)
            stream.seek(0)
            stream.truncate()
            stream.write(json.dumps(asdict(mine), ensure_ascii=False))
            return mine

    def leave(self, session: str) -> None:
        """Frees the case at once, if this page holds it."""
        if not self._path.is_file():
            return
        with self._path.open("r+", encoding="utf-8") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX)
            held = _holder(stream.read())
            if held and held.session == session:
                stream.truncate(0)


def _holder(text: str) -> Holder | None:
    """What the file says; None: nothing, or somebody was killed while writing it."""
    try:
        return Holder(**json.loads(text))
    except (ValueError, TypeError):
        return None
