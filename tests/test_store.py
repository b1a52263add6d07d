"""Finished steps survive anything; unfinished ones leave nothing behind."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.errors import SpaceError, ToolError
from pipeline.language.naming import slug_of
from pipeline.store import RECEIPT, Store, sha256_of, space_errors


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "work") as opened:
        yield opened


def commit(store: Store, key: str, text: str = "result") -> Path:
    with store.making() as folder:
        (folder / "value.json").write_text(text)
        return store.commit(folder, key)


def test_a_finished_step_is_found_again_by_another_run(tmp_path: Path) -> None:
    with Store(tmp_path) as one:
        commit(one, "k1")
    with Store(tmp_path) as other:
        found = other.find("k1")
    assert found is not None
    assert (found / "value.json").read_text() == "result"
    receipt = json.loads((found / RECEIPT).read_text())
    assert receipt["value.json"]["sha256"] == sha256_of(found / "value.json")


def test_the_work_folder_is_closed_to_others(store: Store) -> None:
    assert store.root.stat().st_mode & 0o777 == 0o700


def test_a_step_whose_file_changed_in_size_is_set_aside(store: Store) -> None:
    folder = commit(store, "k1")
    (folder / "value.json").chmod(0o600)
    (folder / "value.json").write_text("shorter")
    assert store.find("k1") is None
    assert [path.name[:2] for path in (store.root / "damaged").iterdir()] == ["k1"]


@pytest.mark.parametrize("receipt", [None, "", "{}", "[]", '{"value.json": 7}', '{"value.json": []}'])
def test_a_step_without_a_readable_receipt_is_set_aside(store: Store, receipt: str | None) -> None:
    folder = commit(store, "k1")
    (folder / RECEIPT).unlink()
    if receipt is not None:
        (folder / RECEIPT).write_text(receipt)
    assert store.find("k1") is None
    assert not folder.exists()


def test_a_finished_step_that_another_process_set_aside_meanwhile_is_no_bug(store: Store) -> None:
    folder = commit(store, "k1")
    shutil.rmtree(folder)
    store.recheck([folder / "value.json"])
    store._set_aside(folder)
    assert list((store.root / "damaged").iterdir()) == []


def test_finishing_a_step_twice_keeps_the_first(store: Store) -> None:
    first = commit(store, "k1", "one")
    assert commit(store, "k1", "two") == first
    assert (first / "value.json").read_text() == "one"


def test_a_failed_step_leaves_nothing(store: Store) -> None:
    with pytest.raises(ValueError, match="broken"), store.making() as folder:
        (folder / "half").write_text("x")
        raise ValueError("broken")
    assert not folder.exists(), "not even until the end of the run, which may take hours"
    store.close()
    assert list((store.root / "tmp").iterdir()) == []
    assert list((store.root / "store").iterdir()) == []


KILLED_AT = """
import os, sys
from pathlib import Path
from pipeline import store as module
calls = 0
def counted(name):
    real = getattr(os, name)
    def call(*args, **kwargs):
        global calls
        calls += 1
        if calls == int(sys.argv[2]):
            os._exit(137)
        return real(*args, **kwargs)
    return call
for name in ("rename", "fsync", "mkdir", "open"):
    setattr(os, name, counted(name))
store = module.Store(Path(sys.argv[1]))
with store.making() as folder:
    (folder / "value.json").write_text("result")
    (folder / "big.bin").write_bytes(bytes(100_000))
    store.commit(folder, "k1")
print("calls", calls)
"""


@pytest.mark.slow
def test_killed_at_any_write_the_next_run_finishes(tmp_path: Path) -> None:
    whole = run_killed(tmp_path / "whole", 0)
    calls = int(whole.stdout.split()[-1])
    assert calls > 8
    for at in range(1, calls + 1):
        work = tmp_path / f"at-{at}"
        assert run_killed(work, at).returncode == 137
        with Store(work) as again:
            if again.find("k1") is None:
                commit(again, "k1")
            found = again.find("k1")
            assert found is not None
            assert (found / "value.json").read_text() == "result"
        assert list((work / "tmp").iterdir()) == []


def run_killed(work: Path, at: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", KILLED_AT, str(work), str(at)], capture_output=True, text=True, check=False
    )


LIVING = """
import sys, time
from pathlib import Path
from pipeline.store import Store
store = Store(Path(sys.argv[1]))
print(1, flush=True)
time.sleep(30)
"""


def test_no_case_holds_up_whoever_opens_the_work_folder(tmp_path: Path) -> None:
    with Store(tmp_path) as one, one.lock(slug_of(".tmp"), lambda: None):
        opened = subprocess.run(
            [sys.executable, "-c", "import sys; from pipeline.store import *; Store(Path(sys.argv[1]))", str(tmp_path)],
            timeout=10,
            check=False,
        )
    assert opened.returncode == 0


def test_what_a_killed_process_left_is_swept_but_not_what_a_living_one_makes(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", LIVING, str(tmp_path)], stdout=subprocess.PIPE) as other:
        try:
            assert other.stdout is not None
            other.stdout.readline()
            with Store(tmp_path):
                beside_a_living_one = len(list((tmp_path / "tmp").iterdir()))
        finally:
            other.kill()
    with Store(tmp_path):
        after_its_death = len(list((tmp_path / "tmp").iterdir()))
    assert (beside_a_living_one, after_its_death) == (2, 1)


@pytest.mark.parametrize("name", ["", "store", "tmp", "damaged", "locks", "history"])
@pytest.mark.parametrize("may_write", [True, False])
def test_a_file_where_a_folder_is_wanted_is_told(tmp_path: Path, name: str, may_write: bool) -> None:
    place = tmp_path / "work" / name
    place.parent.mkdir(exist_ok=True)
    place.write_text("mine")
    with pytest.raises(ToolError) as told:
        Store(tmp_path / "work", may_write=may_write)
    assert told.value.cause == f"{place}: a file, where a folder is wanted"
    assert place.read_text() == "mine"


def test_a_finished_step_that_cannot_be_read_is_told(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", closed)
    with pytest.raises(ToolError, match=f"{store.root}/store/k: cannot be read: Permission denied"):
        store.find("k")


def test_a_full_disk_is_an_expected_failure() -> None:
    with (
        pytest.raises(SpaceError, match="no space left"),
        space_errors(),
        open("/dev/full", "wb", buffering=0) as stream,
    ):
        stream.write(b"x")


def test_other_trouble_with_files_is_not_hidden() -> None:
    with pytest.raises(FileNotFoundError), space_errors():
        os.stat("/nowhere")
