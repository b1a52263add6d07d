"""Killed, interrupted or started twice: the same command finishes, redoes nothing and gives the same bytes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest

from pipeline.store import Store, sha256_of
from tests import built

SHORT = 'clips: [{from: "1", to: "1.6"}]\n'
LONG_S = 60
"""No wait in these tests may take longer."""


@contextmanager
def running(*words: str | Path) -> Iterator[subprocess.Popen[str]]:
    """A command in a process group of its own, gone at the end.

    It heeds an interrupt also where the tests themselves were started in the background and ignore it.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with subprocess.Popen(
        built.command(*words),
        cwd=built.PROJECT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)


def stages_until(said: IO[str] | None, last: str | None) -> list[str]:
    """The stages that begin, read as they are told, up to a certain one or to the end."""
    assert said is not None
    began = []
    for line in said:
        stage, colon, why = line.partition(":")
        if colon and not why.startswith(" kept"):
            began.append(stage)
        if stage == last:
            break
    return began


def still_at_work(folder: Path) -> list[str]:
    """Commands of processes that run in a folder or were told of it."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes().decode("utf-8", "replace").replace("\0", " ")
            place = os.readlink(process / "cwd")
        except OSError:
            continue
        if str(folder) in words or place.startswith(str(folder)):
            found.append(words)
    return found


def wait_until_gone(folder: Path) -> list[str]:
    """What is still at work there; the kernel needs a moment."""
    ends = time.monotonic() + 5
    while still_at_work(folder) and time.monotonic() < ends:
        time.sleep(0.02)
    return still_at_work(folder)


def left_after_a_sweep(work: Path) -> list[Path]:
    """What a new run finds in the folder for unfinished work, beside its own."""
    with Store(work) as store:
        return [path for path in (work / "tmp").iterdir() if path != store.scratch]


def finished_steps(work: Path) -> dict[str, int]:
    """Every stored step by its key, with the inode of its receipt: a step that is made again gets another."""
    return {path.parent.name: path.stat().st_ino for path in (work / "store").glob("*/receipt.json")}


def videos(work: Path) -> set[str]:
    """The hashes of masters, exports and packs."""
    return {sha256_of(path) for path in (work / "store").rglob("*") if path.is_file() and path.suffix != ".json"}


@pytest.mark.slow
def test_killed_at_any_stage_it_goes_on_and_ends_with_the_same_bytes(tmp_path: Path) -> None:
    """Every process of the group is killed with SIGKILL as soon as a stage begins, four times in one build."""
    case, channel = built.make_case(tmp_path / "case", more=SHORT), built.make_channel(tmp_path)
    began: list[str] = []
    for moment in ("redact", "export", "verify", "pack"):
        before = finished_steps(tmp_path / "work")
        with running("build", case, *built.where(tmp_path, channel), "--explain") as process:
            began += stages_until(process.stderr, moment)
            time.sleep(0.03)
            os.killpg(process.pid, signal.SIGKILL)
            assert process.wait() == -signal.SIGKILL
            assert wait_until_gone(tmp_path) == []
        assert finished_steps(tmp_path / "work").items() >= before.items()
    before = finished_steps(tmp_path / "work")
    with running("build", case, *built.where(tmp_path, channel), "--explain") as process:
        began += stages_until(process.stderr, None)
        assert process.wait() == 0
    assert finished_steps(tmp_path / "work").items() >= before.items()
    once = ["probe", "transcribe", "select", "detect", "track", "subtitle"]
    assert [began.count(stage) for stage in once] == [1] * len(once)
    assert not any((tmp_path / "work" / "tmp").iterdir())
    assert videos(tmp_path / "work") == videos_of_one_go(tmp_path, case, channel)


def videos_of_one_go(folder: Path, case: Path, channel: Path) -> set[str]:
    """The same from a build that nothing disturbed, in another work folder."""
    built.build(folder / "undisturbed", case, channel=channel)
    return videos(folder / "undisturbed" / "work")


def test_interrupted_it_says_so_and_goes_on(tmp_path: Path, film: Path) -> None:
    """Ctrl-C reaches every process of the group at once, as in a terminal."""
    case, channel = built.make_case(tmp_path / "case", film, SHORT), built.make_channel(tmp_path)
    with running("build", case, *built.where(tmp_path, channel), "--explain") as process:
        stages_until(process.stderr, "export")
        os.killpg(process.pid, signal.SIGINT)
        said = process.communicate(timeout=LONG_S)[1]
        assert process.returncode == 130
    assert "the same command goes on from here" in said
    assert "Traceback" not in said
    assert wait_until_gone(tmp_path) == []
    assert not any((tmp_path / "work" / "tmp").iterdir())
    again = built.clinicreel("build", case, *built.where(tmp_path, channel), "--explain")
    assert again.returncode == 0
    assert "redact: kept" in again.stderr
    assert "export: never made before" in again.stderr


@pytest.mark.slow
def test_two_builds_of_one_case_take_turns_and_make_nothing_twice(tmp_path: Path, film: Path) -> None:
    case, channel = built.make_case(tmp_path / "case", film, SHORT), built.make_channel(tmp_path)
    words = ["build", case, *built.where(tmp_path, channel), "--explain", "--json"]
    with running(*words) as one:
        first = stages_until(one.stderr, "detect")
        with running(*words) as other:
            said, messages = other.communicate(timeout=LONG_S)
            rest, first_messages = one.communicate(timeout=LONG_S)
    assert (one.returncode, other.returncode) == (0, 0)
    assert "another build of it is running" in messages
    assert first[0] == "probe"
    assert "never made before" in first_messages
    assert "never made before" not in messages
    assert clips(said) == clips(rest)


def clips(said: str) -> object:
    return json.loads(said.splitlines()[-1])["clips"]


@pytest.mark.slow
def test_a_step_whose_file_was_damaged_is_made_again(tmp_path: Path, film: Path) -> None:
    case, channel = built.make_case(tmp_path / "case", film, SHORT), built.make_channel(tmp_path)
    before = built.build(tmp_path, case, channel=channel).clips[0]
    assert before.master is not None
    before.master.chmod(0o600)
    before.master.write_bytes(before.master.read_bytes()[:-100])
    with built.opened(tmp_path, case, channel=channel) as batch:
        watcher = built.Quiet()
        after = batch.build(watcher).clips[0]
    assert watcher.why == ["redact: its result is missing or damaged"]
    assert after == before


def test_nothing_is_left_outside_the_work_folder(tmp_path: Path, film: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A link to the recording in the system's own temporary folder would outlive a kill, and tell its name."""
    case, channel = built.make_case(tmp_path / "case", film, SHORT), built.make_channel(tmp_path)
    (tmp_path / "system").mkdir()
    words = ["build", case, *built.where(tmp_path, channel), "--explain"]
    monkeypatch.setenv("TMPDIR", str(tmp_path / "system"))
    with running(*words) as process:
        ends = time.monotonic() + LONG_S
        while not list(tmp_path.rglob("clinicreel-*/in0")) and time.monotonic() < ends:
            time.sleep(0.002)
        os.killpg(process.pid, signal.SIGKILL)
    assert wait_until_gone(tmp_path) == []
    assert list((tmp_path / "system").iterdir()) == []
    assert len(list((tmp_path / "work" / "tmp").iterdir())) == 1
    # A dying child gives up its copy of the lock a moment after /proc shows nothing of it any more.
    ends = time.monotonic() + 5
    while (left := left_after_a_sweep(tmp_path / "work")) and time.monotonic() < ends:
        time.sleep(0.02)
    assert left == []
