"""Runs one hardened ffmpeg: no shell, fixed names in a private folder, limits, killed with its parent.

Nothing but `media.py` calls this. The raw file's name never appears in a command, a log or a process list: inputs
are links with fixed names in the job's own folder.
"""

from __future__ import annotations

import errno
import functools
import os
import shlex
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import SpaceError, ToolError

MAX_MEMORY_BYTES = 8 * 1024**3
MAX_CPU_S = 6 * 3600
MAX_FILE_BYTES = 64 * 1024**3
MAX_STDERR_BYTES = 4 * 1024**2
OLDEST_FFMPEG = (8, 1, 2)
"""The first release without CVE-2026-8461."""


@dataclass(frozen=True)
class Report:
    """What a finished run said. Exit status 0 is not believed: callers count frames and bytes themselves."""

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
    words = subprocess.run([path, "-version"], capture_output=True, text=True, check=False).stdout.split()
    digits = words[2].lstrip("n").split("-")[0].split(".") if len(words) > 2 else []
    version = tuple(int(part) for part in digits if part.isdigit())
    if version < OLDEST_FFMPEG:
        raise ToolError(f"ffmpeg: {path} is {'.'.join(digits) or 'of unknown version'}", remedy)
    return path


_chosen = "bundled"


def choose_ffmpeg(which: str) -> None:
    """Makes `bundled` or `system` the ffmpeg of this process."""
    global _chosen
    _chosen = which


def binary() -> str:
    """The path of the ffmpeg in use."""
    return bundled_ffmpeg() if _chosen == "bundled" else system_ffmpeg()


@functools.cache
def _guard() -> tuple[str, ...]:
    """util-linux's prlimit and setpriv: limits, no new rights, death with the parent."""
    prlimit, setpriv = shutil.which("prlimit"), shutil.which("setpriv")
    if prlimit is None or setpriv is None:
        raise ToolError("prlimit or setpriv: not found", "sudo apt-get install util-linux")
    limits = (
        f"--as={MAX_MEMORY_BYTES}",
        f"--cpu={MAX_CPU_S}",
        f"--fsize={MAX_FILE_BYTES}",
        "--core=0",
        "--nofile=256",
    )
    return (prlimit, *limits, "--", setpriv, "--pdeathsig", "KILL", "--no-new-privs", "--")


@contextmanager
def job(inputs: Mapping[str, Path], folder: Path | None = None) -> Iterator[Path]:
    """A private folder in which every input lies under its fixed name (`in0`, `subs.ass`).

    Args:
        inputs: fixed name -> existing file. Links, taken away again at the end.
        folder: use this folder (a step's own) instead of a fresh one that is removed.
    """
    fresh = folder is None
    place = Path(tempfile.mkdtemp(prefix="clinicreel-")) if folder is None else folder
    links = [place / name for name in inputs]
    try:
        for link, target in zip(links, inputs.values(), strict=True):
            link.symlink_to(target.resolve())
        yield place
    finally:
        for link in links:
            link.unlink(missing_ok=True)
        if fresh:
            shutil.rmtree(place, ignore_errors=True)


class Process:
    """One running ffmpeg inside a job's folder; use `start`."""

    def __init__(self, args: Sequence[str], folder: Path, *, reads: bool, writes: bool) -> None:
        self._args = args
        self._stderr = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the process
        self._started = time.monotonic()
        self._process = subprocess.Popen(
            [*_guard(), binary(), "-nostdin", "-hide_banner", "-nostats", *args],
            cwd=folder,
            stdin=subprocess.PIPE if writes else subprocess.DEVNULL,
            stdout=subprocess.PIPE if reads else subprocess.DEVNULL,
            stderr=self._stderr,
            bufsize=0,
        )

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

    def write(self, data: memoryview) -> None:
        """Writes all bytes to stdin.

        Raises:
            ToolError: ffmpeg ended before it had read everything.
        """
        assert self._process.stdin is not None
        try:
            while data:
                data = data[self._process.stdin.write(data) :]
        except BrokenPipeError as error:
            self.finish()
            raise self._failure("ended before it had read its input") from error

    def finish(self) -> Report:
        """Waits for the end.

        Raises:
            ToolError: the exit status was not 0; carries what ffmpeg said and the command to paste.
        """
        if self._process.stdin is not None:
            self._process.stdin.close()
        if self._process.stdout is not None:
            self._process.stdout.close()
        status = self._process.wait()
        if status != 0:
            raise self._failure(f"ended with status {status}")
        return Report(self._said(), time.monotonic() - self._started)

    def stop(self) -> None:
        """Ends it now, without judging; for streams that were read far enough."""
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout, self._stderr):
            if stream is not None:
                stream.close()

    def _said(self) -> str:
        self._stderr.seek(0)
        return self._stderr.read(MAX_STDERR_BYTES).decode("utf-8", "replace")

    def _failure(self, what: str) -> ToolError:
        said = self._said()
        command = shlex.join([binary(), *self._args])
        if os.strerror(errno.ENOSPC) in said:
            return SpaceError("no space left on the disk", "free some space and run the same command again")
        tail = "\n".join(f"    {line}" for line in said.strip().splitlines()[-12:])
        return ToolError(f"ffmpeg {what}:\n{tail}", f"to see it again, in the step's folder: {command}")


@contextmanager
def start(args: Sequence[str], folder: Path, *, reads: bool = False, writes: bool = False) -> Iterator[Process]:
    """Starts ffmpeg in a job's folder and makes sure that it is gone afterwards."""
    process = Process(args, folder, reads=reads, writes=writes)
    try:
        yield process
    finally:
        process.stop()
