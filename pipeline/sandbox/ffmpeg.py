"""Which ffmpeg is used: the one that the imageio-ffmpeg wheel carries, or the one on the PATH."""

from __future__ import annotations

import functools
import re
import shutil
from importlib import metadata
from pathlib import Path

from pipeline.errors import ToolError
from pipeline.sandbox.child import Process

OLDEST_FFMPEG = (8, 1, 2)
"""The first release without CVE-2026-8461."""
VERSION_CPU_S = 10
"""Processor seconds that an ffmpeg has to tell its version."""


@functools.cache
def bundled_ffmpeg() -> str:
    """The binary that the imageio-ffmpeg wheel carries, and no other.

    The package's own search also takes whatever `IMAGEIO_FFMPEG_EXE` names, or any ffmpeg on the PATH however old.

    Raises:
        ToolError: it carries none for this machine.
    """
    import imageio_ffmpeg

    found = sorted(Path(imageio_ffmpeg.__file__).parent.glob("binaries/ffmpeg-*"))
    if not found:
        remedy = "install its wheel from PyPI, or set `ffmpeg: system` in the channel"
        raise ToolError("ffmpeg: the imageio-ffmpeg package carries none for this machine", remedy)
    return str(found[0])


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
    # As distributions call theirs, too: 8.1.2+dfsg.
    if tuple(map(int, re.findall(r"\d+", version.partition("+")[0]))) < OLDEST_FFMPEG:
        raise ToolError(f"ffmpeg: {path} is {version or 'of unknown version'}", remedy)
    return path


@functools.cache
def _version_of(path: str) -> str:
    process = Process([path, "-version"], Path("/"), reads=True, writes=False, cpu_s=VERSION_CPU_S)
    try:
        words = process.read_all().decode("utf-8", "replace").split()
    finally:
        process.stop()
    return words[2].lstrip("n").split("-")[0] if len(words) > 2 else ""


_chosen = "bundled"


def choose_ffmpeg(which: str) -> None:
    """Makes `bundled` or `system` the ffmpeg of this process."""
    global _chosen
    _chosen = which


def choice() -> str:
    """Which ffmpeg this process uses, to be told to a child of ours."""
    return _chosen


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
