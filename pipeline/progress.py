"""How far a long step is, told to whoever listens: the terminal, the review desk, or nobody."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

Listener = Callable[[int, int], None]

_listener: Listener | None = None


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Sends all reports of this process to the listener."""
    global _listener
    before, _listener = _listener, listener
    try:
        yield
    finally:
        _listener = before


def report(done: int, total: int) -> None:
    """Says that so many of so many pictures (bytes, seconds) of the running step are done."""
    if _listener is not None:
        _listener(done, total)
