"""A step runs once for the same inputs, and again exactly when something it depends on has changed."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipeline.settings.forms import Model
from pipeline.step import NotMade, Step
from pipeline.store import Store, file_of
from pipeline.values import Cue, CueSheet, File

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
    with pytest.raises(NotMade, match="write is to run"):
        step(write, raw, Settings())
    assert RUNS == []
