"""Runs one hardened child: no shell, fixed names in a private folder, limits, killed with its parent.

The child is ffmpeg, or a module of our own that opens a hostile file with a library. Nothing but `media.py` calls
this. The raw file's name never appears in a command, a log or a process list: inputs are links with fixed names in
the job's own folder.

The kernel kills the child when the *thread* that started it ends: start and finish one in the same thread.
Source: prctl(2), PR_SET_PDEATHSIG.
"""

from __future__ import annotations

import errno
import fcntl
import functools
import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import IO

from pipeline.errors import RecordingError, SpaceError, ToolError
from pipeline.store import space_errors

MAX_MEMORY_BYTES = 8 * 1024**3
MAX_CPU_S = 6 * 3600
MAX_FILE_BYTES = 64 * 1024**3
MAX_SAID_BYTES = 1024**2
"""Kept of what a child says: this much from its start, and as much again from its end."""
PIPE_BYTES = 1024**2
"""What a pipe holds; Linux lets everyone have this much. The default of 64 KiB costs a switch every few rows."""
OLDEST_FFMPEG = (8, 1, 2)
"""The first release without CVE-2026-8461."""


@dataclass(frozen=True)
class Report:
    """What a finished run said. Exit status 0 is not believed: callers count frames and bytes themselves."""

    status: int
    stderr: str
    seconds: float


@functools.cache
def bundled_ffmpeg() -> str:
    """The binary that the imageio-ffmpeg wheel carries."""
    import imageio_ffmpeg

    return str(imageio_ffmpeg.get_ffmpeg_exe())


@functools.cache
def system_ffmpeg() -> str:
    """The ffmpeg on the PATH, if it is new enough.

    Raises:
        ToolError: there is none, or it is older than `OLDEST_FFMPEG`.
    """
    remedy = "set `ffmpeg: bundled` in the channel, or install a newer ffmpeg"
    path = shutil.which("ffmpeg")
    if path is None:
        raise ToolError("ffmpeg: none on the PATH", remedy)
    version = _version_of(path)
    if tuple(int(part) for part in version.split(".") if part.isdigit()) < OLDEST_FFMPEG:
        raise ToolError(f"ffmpeg: {path} is {version or 'of unknown version'}", remedy)
    return path


@functools.cache
def _version_of(path: str) -> str:
    words = subprocess.run([path, "-version"], capture_output=True, text=True, check=False).stdout.split()
    return words[2].lstrip("n").split("-")[0] if len(words) > 2 else ""


_chosen = "bundled"


def choose_ffmpeg(which: str) -> None:
    """Makes `bundled` or `system` the ffmpeg of this process."""
    global _chosen
    _chosen = which


def choice() -> str:
    """Which ffmpeg this process uses, to be told to a child of ours."""
    return _chosen


_scratch: Path | None = None


def work_in(folder: Path | None) -> None:
    """Makes the folders of jobs lie in this one, which is private and swept, and not in the system's own."""
    global _scratch
    _scratch = folder


def binary() -> str:
    """The path of the ffmpeg in use."""
    return bundled_ffmpeg() if _chosen == "bundled" else system_ffmpeg()


@functools.cache
def _release() -> str:
    return metadata.version("imageio-ffmpeg")


def version() -> str:
    """Which ffmpeg is in use, for the keys of steps; starts nothing when it is the bundled one."""
    if _chosen == "bundled":
        return f"bundled {_release()}"
    return f"system {_version_of(system_ffmpeg())}"


@functools.cache
def _guard(cpu_s: int) -> tuple[str, ...]:
    """util-linux's prlimit and setpriv: limits, no new rights, death with the parent."""
    prlimit, setpriv = shutil.which("prlimit"), shutil.which("setpriv")
    if prlimit is None or setpriv is None:
        raise ToolError("prlimit or setpriv: not found", "sudo apt-get install util-linux")
    limits = (
        f"--as={MAX_MEMORY_BYTES}",
        f"--cpu={cpu_s}",
        f"--fsize={MAX_FILE_BYTES}",
        "--core=0",
        "--nofile=256",
    )
    return (prlimit, *limits, "--", setpriv, "--pdeathsig", "KILL", "--no-new-privs", "--")


@contextmanager
def job(inputs: Mapping[str, Path], folder: Path | None = None) -> Iterator[Path]:
    """A private folder in which every input lies under its fixed name (`in0`, `subs.ass`).

    Args:
        inputs: fixed name -> existing file or folder. Links, taken away again at the end. They lead through an open
            descriptor, so that the name of a recording is not even in a link that a killed process left behind.
        folder: use this folder (a step's own) instead of a fresh one that is removed.

    Raises:
        RecordingError: an input cannot be opened.
        SpaceError: the folder cannot be made because the disk is full.
    """
    fresh = folder is None
    with space_errors():
        place = Path(tempfile.mkdtemp(prefix="clinicreel-", dir=_scratch)) if folder is None else folder
    made: dict[Path, int] = {}
    try:
        for name, target in inputs.items():
            made[place / name] = descriptor = _opened(target)
            with space_errors():
                (place / name).symlink_to(f"/proc/{os.getpid()}/fd/{descriptor}")
        yield place
    finally:
        for link, descriptor in made.items():
            link.unlink(missing_ok=True)
            os.close(descriptor)
        if fresh:
            shutil.rmtree(place, ignore_errors=True)


def _opened(path: Path) -> int:
    try:
        return os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError as error:
        raise RecordingError(f"it cannot be read: {error.strerror}", "check its permissions and its disk") from error


class _Said:
    """Reads what a child says while it runs, so that it never waits for us, and keeps the start and the end."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._head = bytearray()
        self._tail = bytearray()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        while data := self._stream.read(1 << 16):
            room = MAX_SAID_BYTES - len(self._head)
            self._head += data[:room]
            self._tail += data[room:]
            del self._tail[:-MAX_SAID_BYTES]

    def text(self) -> str:
        """All of it, after the child's end."""
        self._thread.join()
        return (self._head + self._tail).decode("utf-8", "replace")

    def close(self) -> None:
        self._thread.join()
        self._stream.close()


class Process:
    """One running child inside a job's folder; use `start`."""

    def __init__(self, command: Sequence[str], folder: Path, *, reads: bool, writes: bool, cpu_s: int) -> None:
        self._command = command
        self._started = time.monotonic()
        with space_errors():
            self._process = subprocess.Popen(
                [*_guard(cpu_s), *command],
                cwd=folder,
                env={**os.environ, "LC_ALL": "C", "AV_LOG_FORCE_NOCOLOR": "1"},
                stdin=subprocess.PIPE if writes else subprocess.DEVNULL,
                stdout=subprocess.PIPE if reads else subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                bufsize=0,
            )
        assert self._process.stderr is not None
        self._said = _Said(self._process.stderr)
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                _widen(pipe)

    def read_into(self, buffer: memoryview) -> int:
        """Fills the buffer from stdout; fewer bytes than its length mean the end."""
        assert self._process.stdout is not None
        filled = 0
        while filled < len(buffer):
            count = self._process.stdout.readinto(buffer[filled:])  # type: ignore[attr-defined]
            if not count:
                break
            filled += count
        return filled

    def read_all(self) -> bytes:
        """Everything that stdout still gives."""
        assert self._process.stdout is not None
        return self._process.stdout.read()

    def lines(self) -> Iterator[bytes]:
        """What stdout gives, line by line, as it comes."""
        assert self._process.stdout is not None
        held = b""
        while data := self._process.stdout.read(PIPE_BYTES):
            *whole, held = (held + data).split(b"\n")
            yield from whole
        if held:
            yield held

    def write(self, data: memoryview) -> None:
        """Writes all bytes to stdin.

        Raises:
            SpaceError: the child ended because the disk is full.
            ToolError: the child ended before it had read everything.
        """
        assert self._process.stdin is not None
        try:
            while data:
                data = data[self._process.stdin.write(data) :]
        except BrokenPipeError as error:
            self.finish()
            raise self._failure("ended before it had read its input") from error

    def end_input(self) -> None:
        """Says that nothing more will be written; its answer can still be read."""
        assert self._process.stdin is not None
        self._process.stdin.close()

    def finish(self, *, may_fail: bool = False) -> Report:
        """Closes both pipes and waits for the end.

        Args:
            may_fail: an exit status above 0 is an answer and no error.

        Raises:
            SpaceError: the child ended because the disk is full.
            ToolError: the exit status was not 0; carries what the child said and the command to paste.
        """
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        status = self._process.wait()
        if status < 0 or (status > 0 and not may_fail):
            raise self._failure(_end(status))
        return Report(status, self._said.text(), time.monotonic() - self._started)

    def stop(self) -> None:
        """Ends it now, without judging; for errors, interrupts and streams that were read far enough."""
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        self._said.close()

    def _failure(self, what: str) -> ToolError:
        said = self._said.text()
        if os.strerror(errno.ENOSPC) in said or os.strerror(errno.EDQUOT) in said:
            return SpaceError("no space left on the disk", "free some space and run the same command again")
        tail = "".join(f"\n    {line}" for line in said.strip().splitlines()[-12:])
        name = Path(self._command[0]).name.split("-")[0]
        return ToolError(f"{name} {what}{tail}", f"to see it again, in the step's folder: {shlex.join(self._command)}")


_LIMITS = {
    signal.SIGXFSZ: f"a file grew beyond {MAX_FILE_BYTES >> 30} GiB",
    signal.SIGXCPU: "it used more processor time than it may",
    signal.SIGKILL: "it was killed, most likely because memory ran out",
}


def _end(status: int) -> str:
    """How a child ended, in words."""
    if status > 0:
        return f"ended with status {status}:"
    ended_by = signal.Signals(-status)
    return f"was ended by {ended_by.name}: {_LIMITS.get(ended_by, 'it crashed')}"


def _widen(pipe: IO[bytes]) -> None:
    try:
        fcntl.fcntl(pipe.fileno(), fcntl.F_SETPIPE_SZ, PIPE_BYTES)
    except PermissionError:
        return  # Beyond the user's share of pipe memory: the default is slower and as right.


@contextmanager
def start(
    args: Sequence[str],
    folder: Path,
    *,
    module: str | None = None,
    reads: bool = False,
    writes: bool = False,
    cpu_s: int = MAX_CPU_S,
) -> Iterator[Process]:
    """Starts ffmpeg in a job's folder and makes sure that it is gone afterwards.

    Args:
        args: what ffmpeg, or the module, is told.
        folder: where it runs.
        module: run this module of ours in a fresh interpreter instead of ffmpeg.
        reads: its stdout is read.
        writes: its stdin is written.
        cpu_s: processor seconds after which the kernel ends it.
    """
    own = [sys.executable, "-I", "-m", module] if module else [binary(), "-nostdin", "-hide_banner", "-nostats"]
    process = Process([*own, *args], folder, reads=reads, writes=writes, cpu_s=cpu_s)
    try:
        yield process
    finally:
        process.stop()
