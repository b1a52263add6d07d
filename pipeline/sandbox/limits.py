"""What a child may use: memory, processor time, the size of a file, no new rights, and not outliving its parent.

The kernel kills the child when the *thread* that started it ends: start and finish one in the same thread.
Source: prctl(2), PR_SET_PDEATHSIG.
"""

from __future__ import annotations

import functools
import shutil
import signal

from pipeline.errors import ToolError

MAX_MEMORY_BYTES = 8 * 1024**3
MAX_CPU_S = 6 * 3600
MAX_FILE_BYTES = 64 * 1024**3


@functools.cache
def guard(cpu_s: int) -> tuple[str, ...]:
    """What stands before a command: util-linux's prlimit and setpriv.

    Raises:
        ToolError: one of them is not installed.
    """
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


_LIMITS = {
    signal.SIGXFSZ: f"a file grew beyond {MAX_FILE_BYTES >> 30} GiB",
    signal.SIGXCPU: "it used more processor time than it may",
    signal.SIGKILL: "it was killed, most likely because memory ran out",
}


def ended(status: int) -> str:
    """How a child ended, in words."""
    if status > 0:
        return f"ended with status {status}:"
    ended_by = signal.Signals(-status)
    return f"was ended by {ended_by.name}: {_LIMITS.get(ended_by, 'it crashed')}"
