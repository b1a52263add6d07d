"""Runs one hardened child: no shell, fixed names in a private folder, limits, killed with its parent.

The child is ffmpeg, or a module of our own that opens a hostile file with a library. Nothing but `pipeline/media/` and
verification call this. The raw file's name never appears in a command, a log or a process list: inputs are links with
fixed names in the job's own folder.

* `jobs`: the folder, and what runs in it.
* `child`: a running process.
* `limits`: what it may use.
* `ffmpeg`: which one it is.
"""

from pipeline.sandbox.child import MAX_SAID_BYTES, Process, Report
from pipeline.sandbox.ffmpeg import binary, choice, choose_ffmpeg, version
from pipeline.sandbox.jobs import job, start, work_in

__all__ = [
    "MAX_SAID_BYTES",
    "Process",
    "Report",
    "binary",
    "choice",
    "choose_ffmpeg",
    "job",
    "start",
    "version",
    "work_in",
]
