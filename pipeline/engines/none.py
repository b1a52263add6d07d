"""No words at all: for footage in which nobody talks."""

from __future__ import annotations

from pathlib import Path

from pipeline.engines import Engine, Line, Task
from pipeline.settings.forms import Model

VERSION = 1
NEEDS_SOUND = False
NEEDS_WEIGHTS = False


class Settings(Model):
    """Nothing to set."""


def build(settings: Settings) -> Engine:
    """The engine that hears nothing."""
    return _Deaf()


class _Deaf:
    def recognise(self, path: Path, task: Task) -> tuple[Line, ...]:
        return ()
