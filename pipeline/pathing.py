"""The files inside a value: what a stored one calls them, and where they are.

A stored value names no path, so that the work folder may move and the recording's name is never written down.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pipeline.values import File


def files_in(value: Any) -> tuple[Path, ...]:
    """Every file of a value, itself or somewhere in it."""
    found: list[Path] = [value] if isinstance(value, Path) else []

    def note(path: Path) -> Path:
        found.append(path)
        return path

    with_paths(value, note)
    return tuple(found)


def name_of(path: Path, folder: Path, inputs: tuple[Any, ...]) -> Path:
    """What a stored value calls a file: its name in the step's folder, or `@n` for the n-th input itself.

    So the name of the raw recording is never written down.
    """
    return Path(f"@{inputs.index(path)}") if path in inputs else path.relative_to(folder)


def path_of(name: Path, folder: Path, inputs: tuple[Any, ...]) -> Path:
    """Where the file lies that a stored value calls so: the way back from `name_of`."""
    text = str(name)
    return Path(inputs[int(text[1:])]) if text.startswith("@") else folder / name


def with_paths(value: Any, change: Callable[[Path], Path]) -> Any:
    """The same value with every `File.path` changed; long tuples of plain numbers are not walked."""
    if isinstance(value, File):
        return dataclasses.replace(value, path=change(value.path))
    if isinstance(value, tuple) and value and (dataclasses.is_dataclass(value[0]) or isinstance(value[0], tuple)):
        return tuple(with_paths(item, change) for item in value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        changed = {}
        for item in dataclasses.fields(value):
            before = getattr(value, item.name)
            after = with_paths(before, change)
            if after is not before:
                changed[item.name] = after
        return dataclasses.replace(value, **changed) if changed else value
    return value
