"""A step runs once for the same inputs, and again exactly when something it depends on has changed."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipeline import hashing
from pipeline.errors import RecordingError
from pipeline.settings.forms import Model
from pipeline.stages.probe import probe
from pipeline.step import NotMade, Step
from pipeline.store import Store, file_of
from pipeline.values import Cue, CueSheet, Familiar, File, Source

VERSION = 1
RUNS: list[str] = []


class Settings(Model):
    shout: bool = False
    spare: int = 0


@dataclass(frozen=True, slots=True)
class Made:
    file: File
    raw: File
    sheets: tuple[CueSheet, ...]


def write(raw: Path, settings: Settings, *, out: Path) -> Made:
    RUNS.append("write")
    text = raw.read_text().upper() if settings.shout else raw.read_text()
    (out / "text.txt").write_text(text)
    sheets = (CueSheet("9:16", (Cue(0.0, 1.5, (text,)),)),)
    return Made(file_of(out / "text.txt"), file_of(raw), sheets)


def count(made: Made) -> int:
    RUNS.append("count")
    return made.file.size_bytes


class Watcher:
    def __init__(self) -> None:
        self.why: list[str] = []

    def begins(self, stage: str, why: str) -> None:
        self.why.append(f"{stage}: {why}")

    def ends(self, stage: str, seconds: float, *, was_stored: bool) -> None: ...

    def waits(self, case: str) -> None: ...

    def clip_is(self, clip: object) -> None: ...


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    RUNS.clear()
    with Store(tmp_path / "work") as opened:
        yield opened


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    path = tmp_path / "王小明.txt"
    path.write_text("hello")
    return path


def run(store: Store, raw: Path, settings: Settings, watcher: Watcher | None = None) -> tuple[Made, int]:
    step = Step(store, watcher or Watcher(), "case")
    made = step(write, raw, settings)
    return made, step(count, made)


def test_a_second_run_makes_nothing_and_gives_the_same(store: Store, raw: Path) -> None:
    first = run(store, raw, Settings())
    assert run(store, raw, Settings()) == first
    assert RUNS == ["write", "count"]
    assert first[0].file.path.read_text() == "hello"


def test_the_same_content_under_another_name_is_the_same_step(store: Store, raw: Path) -> None:
    run(store, raw, Settings())
    moved = raw.rename(raw.with_name("other.txt"))
    made, _ = run(store, moved, Settings())
    assert RUNS == ["write", "count"]
    assert made.raw.path == moved


def test_a_changed_setting_redoes_the_step_but_not_what_stays_the_same_behind_it(store: Store, raw: Path) -> None:
    run(store, raw, Settings())
    watcher = Watcher()
    run(store, raw, Settings(spare=1), watcher)
    assert RUNS == ["write", "count", "write"]
    assert watcher.why == ["write: changed: settings.spare"]


def test_a_changed_input_redoes_what_depends_on_it(store: Store, raw: Path) -> None:
    run(store, raw, Settings())
    raw.write_text("hello, world")
    watcher = Watcher()
    assert run(store, raw, Settings(), watcher)[1] == 12
    assert watcher.why == ["write: changed: raw", "count: changed: made"]


def test_a_raised_version_redoes_the_step(store: Store, raw: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(store, raw, Settings())
    monkeypatch.setattr(sys.modules[__name__], "VERSION", 2)
    watcher = Watcher()
    run(store, raw, Settings(), watcher)
    assert watcher.why == ["write: changed: version", "count: changed: version"]


def test_a_work_folder_of_another_release_is_not_misread(
    store: Store, raw: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(store, raw, Settings())
    monkeypatch.setattr("pipeline.step.LAYOUT", 999)
    watcher = Watcher()
    run(store, raw, Settings(), watcher)
    assert watcher.why == ["write: changed: layout", "count: changed: layout"]


def test_a_lost_result_is_made_again(store: Store, raw: Path) -> None:
    made, _ = run(store, raw, Settings())
    made.file.path.unlink()
    watcher = Watcher()
    run(store, raw, Settings(), watcher)
    assert watcher.why == ["write: its result is missing or damaged"]


def test_the_name_of_the_raw_file_is_nowhere_in_the_work_folder(store: Store, raw: Path) -> None:
    run(store, raw, Settings())
    for path in store.root.rglob("*"):
        assert "王小明" not in path.name
        if path.is_file():
            assert "王小明".encode() not in path.read_bytes()


def test_telling_the_state_makes_nothing(store: Store, raw: Path) -> None:
    step = Step(store, Watcher(), "case", may_make=False)
    with pytest.raises(NotMade, match="from the step write on"):
        step(write, raw, Settings())
    assert RUNS == []


# --- files that change while they are read --------------------------------------------------------------------------

MEANWHILE: list[Callable[[], object]] = []
"""What happens while a stage reads."""


def size(source: Source) -> int:
    while MEANWHILE:
        MEANWHILE.pop()()
    if source.file.path.read_bytes()[:1] == b"!":
        raise RecordingError("its frames do not add up")
    return source.file.path.stat().st_size


def look(people: tuple[Familiar, ...]) -> int:
    return len(people)


def exchange(path: Path, *, back: bool, mark: bytes = b"?") -> Callable[[], None]:
    """Another take of the same length is copied over a recording, and perhaps the first put back, times and all."""
    kept = path.with_name("kept")

    def act() -> None:
        shutil.copy2(path, kept)
        data = path.read_bytes()
        path.write_bytes(mark + data[1:])
        if back:
            kept.replace(path)
        else:
            os.utime(path, ns=(kept.stat().st_atime_ns, kept.stat().st_mtime_ns))

    return act


@pytest.mark.parametrize("back", [True, False])
def test_a_recording_that_is_exchanged_while_a_stage_reads_it_leaves_nothing_in_the_store(
    store: Store, film: Path, tmp_path: Path, back: bool
) -> None:
    footage = shutil.copy2(film, tmp_path / "film.mp4")
    step = Step(store, Watcher(), "case")
    source = step(probe, footage)
    before = sorted((store.root / "store").iterdir())
    MEANWHILE.append(exchange(footage, back=back))
    with pytest.raises(RecordingError, match="the recording changed while it was being read") as refused:
        step(size, source)
    assert "run the same command again" in refused.value.remedy
    assert sorted((store.root / "store").iterdir()) == before
    with pytest.raises(RecordingError, match="the recording changed"):  # however often this run asks
        step(size, source)
    again = Step(store, Watcher(), "case")
    assert again(size, again(probe, shutil.copy2(film, footage))) == film.stat().st_size


def test_what_a_stage_complains_of_is_told_as_the_exchange_that_it_comes_of(
    store: Store, film: Path, tmp_path: Path
) -> None:
    footage = shutil.copy2(film, tmp_path / "film.mp4")
    step = Step(store, Watcher(), "case")
    source = step(probe, footage)
    MEANWHILE.append(exchange(footage, back=False, mark=b"!"))
    with pytest.raises(RecordingError, match="the recording changed"):
        step(size, source)


def test_a_file_edited_in_place_with_its_size_and_its_time_put_back_is_another(store: Store, raw: Path) -> None:
    run(store, raw, Settings())
    was = raw.stat()
    raw.write_text("HELLO")
    os.utime(raw, ns=(was.st_atime_ns, was.st_mtime_ns))
    made, _ = run(store, raw, Settings())
    assert made.file.path.read_text() == "HELLO"


def test_a_photo_that_changed_since_the_case_was_read_is_refused(store: Store, raw: Path) -> None:
    person = Familiar("doctor", (file_of(raw),))
    assert Step(store, Watcher(), "case")(look, (person,)) == 1
    raw.write_text("other")
    with pytest.raises(RecordingError, match="a photo changed"):
        Step(store, Watcher(), "case")(look, (person,))


def test_a_recording_is_read_once_for_its_hash_however_often_it_is_asked_for(
    store: Store, raw: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(store, raw, Settings())

    def never(path: Path) -> str:
        raise AssertionError(path)

    monkeypatch.setattr(hashing, "sha256_of", never)
    assert run(store, raw, Settings())[1] == 5
