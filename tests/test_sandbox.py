"""The child has no shell, no names, limits, and never outlives us."""

from __future__ import annotations

import functools
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import imageio_ffmpeg
import pytest

import pipeline
from pipeline import sandbox
from pipeline.errors import RecordingError, SpaceError, ToolError
from pipeline.sandbox import ffmpeg, limits

NOISE = ["-f", "lavfi", "-i", "testsrc=size=640x360:rate=25"]


def is_running(pid: int) -> bool:
    """Whether a process lives (a zombie does not)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().split(")")[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def pid_of(process: sandbox.Process) -> int:
    return process._process.pid


def test_inputs_lie_under_fixed_names_and_only_while_the_job_runs(film: Path) -> None:
    with sandbox.job({"in0": film}) as place:
        assert [one.name for one in place.iterdir()] == ["in0"]
        assert (place / "in0").read_bytes() == film.read_bytes()
    assert not place.exists()
    assert film.exists()


def test_a_folder_of_the_caller_keeps_its_outputs_and_loses_the_links(film: Path, tmp_path: Path) -> None:
    with sandbox.job({"in0": film}, tmp_path):
        (tmp_path / "out").write_text("kept")
    assert [one.name for one in tmp_path.iterdir()] == ["out"]


def test_a_failure_carries_what_ffmpeg_said_and_the_command(tmp_path: Path) -> None:
    with pytest.raises(ToolError) as caught, sandbox.start(["-i", "file:absent", "-f", "null", "-"], tmp_path) as child:
        child.finish()
    assert "No such file" in caught.value.cause
    assert "file:absent" in caught.value.remedy


def test_a_module_of_ours_is_of_the_program_that_asks_and_not_of_the_one_that_is_installed(tmp_path: Path) -> None:
    """Whoever works on two copies would have the one proved by the other."""
    shutil.copytree(Path(pipeline.__file__).parent, tmp_path / "pipeline", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "pipeline" / "where.py").write_text("def main():\n    print(__file__)\n")
    asks = (
        "import pathlib; from pipeline import sandbox\n"
        "with sandbox.start([], pathlib.Path('.'), module='pipeline.where', reads=True) as child:\n"
        "    print(*child.lines()); child.finish()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", asks], cwd=tmp_path, env={"PYTHONPATH": str(tmp_path)}, capture_output=True, text=True
    )
    assert str(tmp_path / "pipeline" / "where.py") in done.stdout, done.stderr


def test_an_error_in_the_block_ends_the_child(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), sandbox.start([*NOISE, "-f", "null", "-"], tmp_path) as child:
        pid = pid_of(child)
        assert is_running(pid)
        raise KeyboardInterrupt
    assert not is_running(pid)


def test_a_child_dies_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    script = (
        "import sys, pathlib, time\n"
        "from pipeline import sandbox\n"
        f"with sandbox.start({[*NOISE, '-f', 'null', '-']!r}, pathlib.Path({str(tmp_path)!r})) as child:\n"
        "    print(child._process.pid, flush=True)\n"
        "    time.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    with parent.stdout:
        pid = int(parent.stdout.readline())
    time.sleep(0.3)
    assert is_running(pid)
    parent.kill()
    parent.wait()
    deadline = time.monotonic() + 5
    while is_running(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not is_running(pid)


def test_a_child_that_says_megabytes_does_not_block(tmp_path: Path) -> None:
    args = ["-v", "debug", *NOISE, "-vf", "showinfo", "-frames:v", "4000", "-f", "null", "-"]
    with sandbox.start(args, tmp_path) as child:
        said = child.finish().stderr
    assert "testsrc" in said[:5000]
    assert len(said) <= 2 * sandbox.MAX_SAID_BYTES


def test_a_child_that_ends_early_is_an_error_and_not_a_broken_pipe(tmp_path: Path) -> None:
    args = ["-f", "rawvideo", "-pix_fmt", "gray", "-s", "64x64", "-i", "pipe:", "-frames:v", "1", "-f", "null", "-"]
    with pytest.raises(ToolError, match="before it had read"), sandbox.start(args, tmp_path, writes=True) as child:
        for _ in range(20_000):
            child.write(memoryview(bytes(4096)))


def test_a_file_that_grows_too_large_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_FILE_BYTES", 200_000)
    limits.guard.cache_clear()
    args = [*NOISE, "-t", "5", "-f", "rawvideo", "-y", "file:out"]
    try:
        with pytest.raises(ToolError), sandbox.start(args, tmp_path) as child:
            child.finish()
    finally:
        limits.guard.cache_clear()
    assert (tmp_path / "out").stat().st_size <= 200_000


def test_too_much_processor_time_is_named(tmp_path: Path) -> None:
    args = ["-f", "lavfi", "-i", "mandelbrot=size=640x360", "-f", "null", "-"]
    with pytest.raises(ToolError, match=r"processor time|killed"), sandbox.start(args, tmp_path, cpu_s=1) as child:
        child.finish()


def test_a_full_disk_is_its_own_error(tmp_path: Path) -> None:
    with (
        pytest.raises(SpaceError),
        sandbox.start([*NOISE, "-t", "1", "-f", "rawvideo", "-y", "/dev/full"], tmp_path) as child,
    ):
        child.finish()


def _ffmpeg_on_the_path(folder: Path, version: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    fake = folder / "ffmpeg"
    fake.write_text(f"#!/bin/sh\necho ffmpeg version {version} Copyright\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder) + os.pathsep + os.environ["PATH"])
    monkeypatch.setattr(ffmpeg, "system_ffmpeg", functools.cache(ffmpeg.system_ffmpeg.__wrapped__))
    return fake


@pytest.mark.parametrize("version", ["5.1.9-0+deb12u1", "8.1.1", "8.1+dfsg2", "N-118193-g5f0a4e3"])
def test_an_old_ffmpeg_on_the_path_is_refused(tmp_path: Path, version: str, monkeypatch: pytest.MonkeyPatch) -> None:
    _ffmpeg_on_the_path(tmp_path, version, monkeypatch)
    with pytest.raises(ToolError, match=r"ffmpeg: .* is "):
        ffmpeg.system_ffmpeg()


@pytest.mark.parametrize("version", ["8.1.2", "n8.1.2-3", "8.1.2+dfsg-1", "8.2", "10.0.1"])
def test_a_new_ffmpeg_on_the_path_is_taken(tmp_path: Path, version: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert _ffmpeg_on_the_path(tmp_path, version, monkeypatch) == Path(ffmpeg.system_ffmpeg())


def test_the_bundled_ffmpeg_is_the_one_of_the_wheel_whatever_the_environment_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = tmp_path / "ffmpeg"
    fake.write_text("#!/bin/sh\necho ffmpeg version 5.1.9 Copyright\n")
    fake.chmod(0o755)
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(fake))
    ffmpeg.bundled_ffmpeg.cache_clear()
    wheel = Path(imageio_ffmpeg.__file__).parent
    assert Path(ffmpeg.bundled_ffmpeg()).is_relative_to(wheel)
    assert f"-v{ffmpeg._version_of(ffmpeg.bundled_ffmpeg())}" in ffmpeg.bundled_ffmpeg()


def test_an_ffmpeg_on_the_path_does_not_stand_in_for_the_bundled_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imageio_ffmpeg, "__file__", str(tmp_path / "__init__.py"))
    ffmpeg.bundled_ffmpeg.cache_clear()
    with pytest.raises(ToolError, match="carries none"):
        ffmpeg.bundled_ffmpeg()


def test_a_crash_is_told_apart_from_an_answer(tmp_path: Path) -> None:
    with pytest.raises(ToolError, match="SIGSEGV"), sandbox.start([*NOISE, "-f", "null", "-"], tmp_path) as child:
        os.kill(pid_of(child), signal.SIGSEGV)
        child.finish(may_fail=True)


def test_a_link_that_a_killed_process_leaves_behind_does_not_name_the_recording(tmp_path: Path, film: Path) -> None:
    named = tmp_path / "林小雨-片子.mp4"
    named.write_bytes(film.read_bytes())
    with sandbox.job({"in0": named}) as place:
        assert "林小雨" not in str((place / "in0").readlink())
        assert (place / "in0").read_bytes() == film.read_bytes()


def test_an_input_that_is_gone_is_an_expected_failure(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="cannot be read"), sandbox.job({"in0": tmp_path / "a.mp4"}):
        pass
