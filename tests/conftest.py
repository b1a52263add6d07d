"""Fixtures that every test may ask for."""

from __future__ import annotations

import fcntl
import os
import shutil
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from pipeline import weights
from pipeline.results import ClipResult
from tests import built, media
from tests.toy import Toy

_ROOT = Path(__file__).parents[1]
_SHARED = _ROOT.parent / "shared"

# As on a machine with a network, YuNet verifies; where its weights are nowhere, dlib does, which takes a minute more.
if not weights.is_there("yunet") and (_SHARED / "models").is_dir():
    os.environ.setdefault("CLINICREEL_MODELS", str(_SHARED / "models"))
# The suite runs in as many processes as there are cores: threads of their own would only wait for each other.
os.environ.setdefault("OMP_NUM_THREADS", "1")


@dataclass(frozen=True)
class Finished:
    """A case that was built: where, from what, and what came of it."""

    folder: Path
    case: Path
    channel: Path
    clip: ClipResult


@pytest.fixture(scope="session")
def material() -> Path:
    """The folder of real footage; tests that use it carry the marker `material`."""
    folder = Path(os.environ.get("CLINICREEL_MATERIAL", _SHARED / "material"))
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


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    """Two seconds of the sample footage, built with cards in two formats, and not to be changed.

    Tests run in several processes: the first one builds it for all, the others get a copy, in which nothing is redone.
    """
    own = tmp_path_factory.getbasetemp()
    first = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "finished-first"
    with first.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not first.exists():
            film = "{at: [0.40, 0.50, 0.61, 0.90], reason: film}"
            case = built.make_case(first, more=f"zones: [{film}, {built.MONITOR}]\n")
            more = "platforms: [douyin, bilibili]\ncards: {opening_s: 0.4, closing_s: 0.4}\n"
            built.build(first, case, channel=built.make_channel(first, more))
    folder = shutil.copytree(first, tmp_path_factory.mktemp("finished"), dirs_exist_ok=True)
    case, channel = next(folder.glob("*/case.yaml")).parent, folder / "clinic.yaml"
    return Finished(folder, case, channel, built.build(folder, case, channel=channel).clips[0])


@pytest.fixture
def copy(finished: Finished, tmp_path: Path) -> Finished:
    """The finished case, in a channel where a person approves: to be changed."""
    shutil.copytree(finished.folder / "work", tmp_path / "work")
    case = tmp_path / finished.case.name
    shutil.copytree(finished.case, case)
    channel = tmp_path / "clinic.yaml"
    channel.write_text(finished.channel.read_text("utf-8").replace("approval: none", "approval: required"), "utf-8")
    return replace(finished, folder=tmp_path, case=case, channel=channel)


@pytest.fixture(scope="session")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Toy:
    """A models folder with the toy Whisper in it."""
    return Toy.unpacked(tmp_path_factory.mktemp("models"))
