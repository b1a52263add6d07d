"""One running child: its pipes, what it says, and how it ends. The only module that starts a process."""

from __future__ import annotations

import errno
import fcntl
import os
import shlex
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from pipeline.errors import SpaceError, ToolError
from pipeline.sandbox import limits
from pipeline.store import space_errors

MAX_SAID_BYTES = 1024**2
"""Kept of what a child says: this much from its start, and as much again from its end."""
PIPE_BYTES = 1024**2
"""What a pipe holds; Linux lets everyone have this much. The default of 64 KiB costs a switch every few rows."""


@dataclass(frozen=True)
class Report:
    """What a finished run said. Exit status 0 is not believed: callers count frames and bytes themselves."""

    status: int
    stderr: str
    seconds: float


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
                [*limits.guard(cpu_s), *command],
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
            raise self._failure(limits.ended(status))
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


def _widen(pipe: IO[bytes]) -> None:
    try:
        fcntl.fcntl(pipe.fileno(), fcntl.F_SETPIPE_SZ, PIPE_BYTES)
    except PermissionError:
        return  # Beyond the user's share of pipe memory: the default is slower and as right.
