"""Runs a stage once for the same inputs: `step(detect, source, clip, settings)` is `detect(...)` with a memory.

A step's key is the SHA-256 of the stage's name and version, of the digests of its inputs, and of what the stage's own
`depends` names (versions of parts, hashes of weights). A stage that measures something once for many inputs says in
`filed_under` what stands for them in its key. Both take those of the stage's inputs that they name. Nothing depends on
a file's name or time. Because the inputs are hashed by what they say, a changed setting redoes a step, and the steps
behind it only if its result changed.
"""

from __future__ import annotations

import ctypes
import dataclasses
import hashlib
import inspect
import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

from pydantic import BaseModel, TypeAdapter

from pipeline import sandbox
from pipeline.errors import EXIT_OK, ClinicReelError
from pipeline.hashing import Held
from pipeline.history import History
from pipeline.pathing import name_of, path_of, with_paths
from pipeline.store import Store
from pipeline.values import File
from pipeline.watching import Watcher

Result = TypeVar("Result")
VALUE = "value.json"
FILES = "files"
LAYOUT = 1
"""Raised when the way in which a step is stored changes, so that a work folder of an older release is not misread."""


class NotMade(ClinicReelError):
    """A step's result is not there and was not to be made. Nothing has failed."""

    exit_code = EXIT_OK

    def __init__(self, stage: str, why: str) -> None:
        super().__init__(f"not built yet, from the step {stage} on ({why})", "clinicreel build")


@dataclasses.dataclass(frozen=True)
class _Made:
    """A value that a step gave. Holding it keeps its id() from being given to another."""

    value: Any
    digest: str
    folder: Path


class Step:
    """Calls stages for one case, and keeps their results.

    Args:
        store: where finished steps lie.
        watcher: told of every step.
        slot: the case's public name; with the clip it tells which earlier run a step is compared with.
        may_make: False: a step that is not there raises `NotMade` instead of running.
    """

    def __init__(self, store: Store, watcher: Watcher, slot: str, *, may_make: bool = True) -> None:
        self._store = store
        self._history = History(store.root)
        self._watcher = watcher
        self._slot = slot
        self._made: dict[int, _Made] = {}
        self._held = Held(store)
        self._may_make = may_make
        self.seconds: dict[str, float] = {}

    @contextmanager
    def within(self, name: str) -> Iterator[None]:
        """Compares the steps inside with those of the same name of an earlier run."""
        outer, self._slot = self._slot, f"{self._slot}/{name}"
        try:
            yield
        finally:
            self._slot = outer

    def __call__(self, stage: Callable[..., Result], *inputs: Any, part: str = "") -> Result:
        """The stage's result for these inputs, from the store or made now.

        Args:
            stage: a stage's public function.
            inputs: its positional arguments.
            part: tells apart several calls of one stage for the same clip (a platform's name, say).
        """
        name = stage.__name__
        ingredients = self._ingredients(stage, inputs)
        key = _sha256(ingredients)
        started = time.monotonic()
        folder = self._store.find(key)
        was_stored = folder is not None
        if folder is None:
            why = self._history.why(self._slot, name + part, ingredients)
            if not self._may_make:
                raise NotMade(name, why)
            self._watcher.begins(name, why)
            folder = self._make(stage, inputs, key)
        value: Result = self._load(folder, _result_of(stage), inputs)
        if self._may_make:
            self._history.note(self._slot, name + part, ingredients)
        seconds = time.monotonic() - started
        self.seconds[name] = self.seconds.get(name, 0.0) + (0.0 if was_stored else seconds)
        self._watcher.ends(name, seconds, was_stored=was_stored)
        return value

    def _make(self, stage: Callable[..., Result], inputs: tuple[Any, ...], key: str) -> Path:
        with self._store.making() as folder:
            out = folder / FILES
            out.mkdir(mode=0o700)
            try:
                value = stage(*inputs, out=out) if "out" in _parameters(stage) else stage(*inputs)
            except (ClinicReelError, OSError):
                self._held.check(_parameters(stage), inputs)  # what it complains of may come of the exchange
                raise
            self._held.check(_parameters(stage), inputs)
            _give_memory_back()
            adapter = _adapter(_result_of(stage))
            named = with_paths(value, lambda path: name_of(path, out, inputs))
            (folder / VALUE).write_bytes(adapter.dump_json(named))
            return self._store.commit(folder, key)

    def _load(self, folder: Path, kind: Any, inputs: tuple[Any, ...]) -> Any:
        data = (folder / VALUE).read_bytes()
        value = with_paths(_adapter(kind).validate_json(data), lambda name: path_of(name, folder / FILES, inputs))
        self._made[id(value)] = _Made(value, hashlib.sha256(data).hexdigest(), folder)
        return value

    def folder_of(self, value: Any) -> Path:
        """The folder with the files of a value that a step gave."""
        return self._made[id(value)].folder / FILES

    def file_of(self, value: Any) -> Path:
        """The JSON file of a value that a step gave."""
        return self._made[id(value)].folder / VALUE

    def _ingredients(self, stage: Callable[..., Any], inputs: tuple[Any, ...]) -> dict[str, Any]:
        module = sys.modules[stage.__module__]
        depends = getattr(module, "depends", None)
        filed_under = getattr(module, "filed_under", None)
        taken = dict(zip(_parameters(stage), inputs, strict=False))
        return {
            "stage": stage.__name__,
            "version": module.VERSION,
            "layout": LAYOUT,
            "tools": sandbox.version(),
            "depends": _asked(depends, taken) if depends else {},
            "inputs": _asked(filed_under, taken)
            if filed_under
            else {name: self._digest(value) for name, value in taken.items()},
        }

    def _digest(self, value: Any) -> Any:
        """Settings stay readable, so that `--explain` can name the key that changed; the rest becomes a hash."""
        if isinstance(value, BaseModel) and not getattr(value, "is_private", False):
            return value.model_dump(mode="json")
        known = self._made.get(id(value))
        return known.digest if known else _sha256(self._plain(value))

    def _plain(self, value: Any) -> Any:
        """A value as JSON can say it, files by their content alone."""
        if isinstance(value, BaseModel):
            return value.model_dump(mode="json")
        if isinstance(value, Path):
            return self._held.hash_of_raw(value)
        if isinstance(value, File):
            return self._held.hash_of(value)
        if isinstance(value, Fraction):
            return str(value)
        if dataclasses.is_dataclass(value):
            return {f.name: self._plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
        if isinstance(value, tuple | list):
            return [self._plain(item) for item in value]
        if isinstance(value, dict):
            return {str(key): self._plain(item) for key, item in value.items()}
        if value is None or isinstance(value, str | int | float | bool):
            return value
        raise TypeError(f"a step's input cannot be a {type(value).__name__}")


def _sha256(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _give_memory_back() -> None:
    """What a stage has freed goes back to the system: glibc would keep it while the next stage's ffmpeg needs room."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


@cache
def _parameters(stage: Callable[..., Any]) -> tuple[str, ...]:
    return tuple(inspect.signature(stage).parameters)


def _asked(question: Callable[..., dict[str, Any]], taken: dict[str, Any]) -> dict[str, Any]:
    """What a stage says of its inputs, given those that it asks for by name."""
    return question(**{name: taken[name] for name in _parameters(question)})


@cache
def _result_of(stage: Callable[..., Any]) -> Any:
    return get_type_hints(stage)["return"]


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)
