"""Who is told what happens while cases are built: the terminal, the review desk, or nobody."""

from __future__ import annotations

from typing import Protocol

from pipeline.results import ClipResult


class Watcher(Protocol):
    """Who is told what happens: the terminal, or nobody."""

    def begins(self, stage: str, why: str) -> None:
        """A stage starts; `why` says what made it necessary."""

    def ends(self, stage: str, seconds: float, *, was_stored: bool) -> None:
        """A stage's result is there."""

    def waits(self, case: str) -> None:
        """Another process builds the same case; its turn comes first."""

    def clip_is(self, clip: ClipResult) -> None:
        """A clip, or a whole case, has come to its end."""


class Unwatched:
    """A watcher that nobody asked for."""

    def begins(self, stage: str, why: str) -> None:
        """A stage starts."""

    def ends(self, stage: str, seconds: float, *, was_stored: bool) -> None:
        """A stage's result is there."""

    def waits(self, case: str) -> None:
        """Another process builds the same case."""

    def clip_is(self, clip: ClipResult) -> None:
        """A clip has come to its end."""
