"""Fixtures that every test may ask for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests import media

_ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def material() -> Path:
    """The folder of real footage; tests that use it carry the marker `material`."""
    folder = Path(os.environ.get("CLINICREEL_MATERIAL", _ROOT.parent / "shared" / "material"))
    if not folder.is_dir():
        pytest.skip(f"no real footage at {folder} (set CLINICREEL_MATERIAL)")
    return folder


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plain numbered recording: 320x180, 25 fps, 2 s, a tone."""
    return media.film(tmp_path_factory.mktemp("film") / "film.mp4")


@pytest.fixture(scope="session")
def synced_film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with a lamp that flashes on frames 10 to 12 and 35 to 37, and a click where each flash begins."""
    path = tmp_path_factory.mktemp("synced") / "film.mp4"
    return media.film(path, sound="clicks", flashes=media.FLASHES)
