"""Finds a part by its file name and imports it only when asked.

A room is a sub-package in which every module is one part; the module's name is its key in the YAML. Every part
has a pydantic class `Settings`, an integer `VERSION` (raised whenever its results change) and a function
`build(settings)`, inside which it imports what is heavy.
"""

from __future__ import annotations

import pkgutil
from importlib import import_module
from types import ModuleType

from pipeline.errors import ConfigError


def names(room: str) -> tuple[str, ...]:
    """The parts of a room, sorted."""
    package = import_module(f"pipeline.{room}")
    return tuple(sorted(module.name for module in pkgutil.iter_modules(package.__path__)))


def part(room: str, name: str) -> ModuleType:
    """The module of a part.

    Raises:
        ConfigError: the room has no such part.
    """
    if name not in names(room):
        raise ConfigError(f"{room}: there is no part '{name}'", f"one of: {', '.join(names(room))}")
    return import_module(f"pipeline.{room}.{name}")
