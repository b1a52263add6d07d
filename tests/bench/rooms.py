"""What the benchmarks share: where the footage lies, cases made for them, commands run and timed."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline import sandbox
from pipeline.stages import export, probe

ROOT = Path(__file__).resolve().parents[2]
MATERIAL = Path(os.environ.get("CLINICREEL_MATERIAL") or ROOT.parent / "shared" / "material").resolve()
MODELS = Path(os.environ.get("CLINICREEL_MODELS") or ROOT.parent / "shared" / "models").resolve()
SCENE = MATERIAL / "scene" / "consultation_zh.mp4"
TALK = MATERIAL / "video" / "egoblur_gen1_test_video.mp4"

CHANNEL = "approval: none\nplatforms: [{platforms}]\n{more}"


@dataclass(frozen=True)
class Run:
    """One finished command and its wall time."""

    seconds: float
    status: int
    stdout: str


def make_case(folder: Path, footage: Path, words: Sequence[Mapping[str, Any]], clips: str = "") -> Path:
    """A case folder with a transcript beside it; the footage stays where it is."""
    folder.mkdir(parents=True)
    (folder / "case.yaml").write_text(
        f"title: benchmark\nsynthetic: true\nfootage: {footage}\n{clips}", encoding="utf-8"
    )
    (folder / "transcript.json").write_text(json.dumps({"lines": list(words)}), encoding="utf-8")
    return folder


def lines_of_scene() -> list[dict[str, Any]]:
    """The lines that are spoken in the reference input, with who says them."""
    told = json.loads(SCENE.with_suffix(".json").read_text("utf-8"))["lines"]
    return [{key: line[key] for key in ("start_s", "end_s", "speaker", "text")} for line in told]


LINES = [{"start_s": 0.5 + 4 * n, "end_s": 3.5 + 4 * n, "text": "不要紧张，三个月以后复查。"} for n in range(5)]
"""Talk for footage that has no sound."""


def make_channel(folder: Path, platforms: str, more: str = "") -> Path:
    """A channel file."""
    path = folder / "bench.yaml"
    path.write_text(CHANNEL.format(platforms=platforms, more=more), encoding="utf-8")
    return path


def build(cases: Sequence[Path], channel: Path, work: Path) -> Run:
    """`clinicreel build` as a user runs it, in a process of its own."""
    return run(build_command(cases, channel, work))


def build_command(cases: Sequence[Path], channel: Path, work: Path) -> list[str]:
    """What a user types."""
    command = [sys.executable, "-m", "pipeline.cli", "build", *map(str, cases)]
    return [*command, "--channel", str(channel), "--work", str(work), "--json"]


def answer(done: Run) -> Any:
    """The JSON that a build printed."""
    return json.loads(done.stdout.strip().splitlines()[-1])


def run(command: Sequence[str]) -> Run:
    """Runs a command to its end."""
    started = time.monotonic()
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=ROOT, check=False)
    return Run(time.monotonic() - started, done.returncode, done.stdout)


def peak_mb(command: Sequence[str]) -> float:
    """The largest sum of memory of a command's process and all their children, seen ten times a second.

    It is not timed: asking the kernel for it slows what is asked about by some 3 %.
    """
    peak = 0.0
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT) as process:
        while process.poll() is None:
            peak = max(peak, _tree_mb(process.pid))
            time.sleep(0.1)
    return peak


def _tree_mb(pid: int) -> float:
    """The proportional memory of a process and its children: shared pages count once."""
    total, pids = 0.0, [pid]
    while pids:
        at = pids.pop()
        try:
            pids += map(int, Path(f"/proc/{at}/task/{at}/children").read_text().split())
            rollup = Path(f"/proc/{at}/smaps_rollup").read_text()
        except (FileNotFoundError, ProcessLookupError):
            continue
        total += next((int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")), 0) / 1024
    return total


def plain_transcode(footage: Path, out: Path, shape: tuple[int, int]) -> list[str]:
    """The command that a plain transcode to the same format with the same encoder settings is."""
    wide, high = shape
    group = str(round(export.GOP_S * probe.probe(footage).fps))
    picture = f"scale={wide}:{high}:force_original_aspect_ratio=increase:flags=bicubic,crop={wide}:{high},setsar=1"
    return [
        sandbox.binary(), "-nostdin", "-v", "error", "-y", "-i", str(footage), "-vf", picture,
        "-c:v", "libx264", "-profile:v", "high", "-preset", "medium", "-crf", "20", "-maxrate", "10000k",
        "-bufsize", "20000k", "-g", group, "-flags:v", "+cgop", "-pix_fmt", "yuv420p", "-threads:v", "6",
        "-c:a", "aac", "-b:a", "192k", "-ar", "48000", "-movflags", "+faststart", str(out),
    ]  # fmt: skip


def median(figure: Callable[[], float], times: int) -> float:
    """The median of several goes."""
    return statistics.median(figure() for _ in range(times))
