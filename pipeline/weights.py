"""Weights of networks: fetched once, by hash, never by surprise, or brought along by an installed package.

`assets/models.yaml` names every file with its URL, SHA-256, size and licence. Nothing but `fetch` touches the
network, and a file whose bytes are not the ones named there is not used.
"""

from __future__ import annotations

import functools
import importlib.util
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field, TypeAdapter

from pipeline.download import Known, download
from pipeline.errors import ConfigError, ToolError
from pipeline.folders import ASSETS, ROOT
from pipeline.settings import strict_yaml
from pipeline.settings.forms import Model, as_tuple
from pipeline.store import sha256_of, space_errors

CHECKPOINT = ".pt"
"""How a checkpoint of Whisper is called."""
CATALOGUE = ASSETS / "models.yaml"
Progress = Callable[[str, int, int], None]
"""Told of a model's name, the bytes that are there, and the bytes there will be."""
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
FileName = Annotated[str, Field(pattern=r"^[\w][\w.-]*$")]


class Twin(Model):
    """A file that is as good as the one that would be fetched."""

    file: FileName
    sha256: Sha256
    size_bytes: int = Field(gt=0)
    licence: str


class Weights(Twin):
    """One entry of `assets/models.yaml`."""

    what: str
    url: str
    instead: Annotated[tuple[Twin, ...], BeforeValidator(as_tuple)] = ()


Catalogue = Mapping[str, Weights]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of `clinicreel models list`."""

    name: str
    what: str
    licence: str
    size_bytes: int
    is_there: bool


@functools.cache
def catalogue(path: Path = CATALOGUE) -> Catalogue:
    """All weights that may be fetched, by name."""
    return TypeAdapter(dict[str, Weights]).validate_python(strict_yaml.load(path).data)


def checkpoints() -> list[str]:
    """The models of the catalogue that recognise speech, by name."""
    return [name for name, one in catalogue().items() if one.file.endswith(CHECKPOINT)]


def folder() -> Path:
    """Where weights lie: `CLINICREEL_MODELS`, else `models/` beside the project."""
    named = os.environ.get("CLINICREEL_MODELS")
    return Path(named) if named else ROOT / "models"


def find(name: str, known: Catalogue | None = None) -> Path:
    """The file of a model, its bytes checked once per process.

    Args:
        name: a name of the catalogue, or the name of a file that lies in the models folder (`my-own.pt`).
        known: the catalogue; None: the project's.

    Raises:
        ToolError: it is not there, or its bytes are not the ones that were published.
    """
    path, sha256 = _lying(name, known)
    if sha256 is not None and sha256_of_weights(path) != sha256:
        raise ToolError(f"model '{name}': {path.name} is not the file that was published", _remedy(name))
    return path


def is_there(name: str, known: Catalogue | None = None) -> bool:
    """Whether a model of the catalogue, or a file of that name, lies in the models folder."""
    known = catalogue() if known is None else known
    return _present(known[name]) is not None if name in known else (folder() / name).is_file()


def digest(name: str, known: Catalogue | None = None) -> str:
    """The SHA-256 of a model's file, for the key of a step.

    Cheap: for a published file it is what `find` will insist on, whether the file is there or not, so that finished
    steps are found again on a machine that no longer has the weights.

    Raises:
        ConfigError: there is no such model.
    """
    known = catalogue() if known is None else known
    if name in known:
        return (_present(known[name]) or known[name]).sha256
    return sha256_of_weights(_lying(name, known)[0])


def listing(known: Catalogue | None = None) -> tuple[Entry, ...]:
    """Every model of the catalogue, and whether it lies in the models folder."""
    known = catalogue() if known is None else known
    return tuple(
        Entry(name, one.what, one.licence, one.size_bytes, _present(one) is not None) for name, one in known.items()
    )


def _lying(name: str, known: Catalogue | None) -> tuple[Path, str | None]:
    """The file of a model, and the hash it must have; None: a file of the user's own."""
    known = catalogue() if known is None else known
    if name in known:
        found = _present(known[name])
        if found is None:
            raise ToolError(f"model '{name}' is not on this machine", _remedy(name))
        return folder() / found.file, found.sha256
    path = folder() / name
    if path.name == name and path.suffix and path.is_file():
        return path, None
    raise ConfigError(
        f"model '{name}': neither a known name nor a file in {folder()}", f"known: {', '.join(sorted(known))}"
    )


def in_package(package: str, *files: str) -> tuple[Path, ...]:
    """Files that an installed package brings along, as they lie in its folder; none unless it has all of them.

    The package is found without importing it, which may be slow or no longer work.
    """
    found = importlib.util.find_spec(package)
    paths = tuple(Path(found.origin).parent / file for file in files) if found and found.origin else ()
    return paths if all(path.is_file() for path in paths) else ()


def _present(one: Weights) -> Twin | None:
    for twin in (one, *one.instead):
        path = folder() / twin.file
        if path.is_file() and path.stat().st_size == twin.size_bytes:
            return twin
    return None


def _remedy(name: str) -> str:
    return f"clinicreel models fetch {name}"


def sha256_of_weights(path: Path) -> str:
    """The SHA-256 of a large file, read once per process and again only when it has changed."""
    status = path.stat()
    return _sha256_once(path, status.st_size, status.st_mtime_ns)


@functools.lru_cache(maxsize=64)
def _sha256_once(path: Path, size_bytes: int, changed_ns: int) -> str:
    return sha256_of(path)


def fetch(names: Sequence[str], progress: Progress, known: Catalogue | None = None) -> tuple[Path, ...]:
    """Brings models into the models folder; those that are there and right are left alone.

    A broken download goes on where it stopped, also in a later run. A file appears under its name only when its
    SHA-256 is right.

    Raises:
        ConfigError: there is no such model.
        SpaceError: the disk is full.
        ToolError: no network, no such file there, the wrong bytes, or the models folder cannot be made or written.
    """
    known = catalogue() if known is None else known
    unknown = [name for name in names if name not in known]
    if unknown:
        raise ConfigError(f"no such model: {', '.join(unknown)}", f"known: {', '.join(sorted(known))}")
    try:
        with space_errors():
            folder().mkdir(parents=True, exist_ok=True)
            return tuple(_fetch_one(name, known[name], progress) for name in names)
    except OSError as error:
        raise ToolError(
            f"{folder()}: cannot be used: {error.strerror}", "set CLINICREEL_MODELS to another folder"
        ) from error


def _fetch_one(name: str, one: Weights, progress: Progress) -> Path:
    def told(done_bytes: int) -> None:
        progress(name, done_bytes, one.size_bytes)

    found = _present(one)
    if found is not None and sha256_of_weights(folder() / found.file) == found.sha256:
        progress(name, found.size_bytes, found.size_bytes)
        return folder() / found.file
    target = folder() / one.file
    download(Known(one.url, one.sha256, one.size_bytes), target, told)
    return target
