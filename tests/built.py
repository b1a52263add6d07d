"""Small cases and channels for tests that run the whole pipeline, from the project's own sample footage."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from pipeline.batch import Batch, Report
from pipeline.delivery import Outlet
from pipeline.ledger import Ledger
from pipeline.opening import open_batch
from pipeline.results import ClipResult
from pipeline.store import Store
from pipeline.values import Register, Script

SAMPLE = Path(__file__).parents[1] / "assets" / "demo" / "consultation" / "footage.mp4"
FAST = "export: {preset: ultrafast, crf: 26}\nverify: {trials: 6, min_sensitivity: 0.3}\n"
FACES_ALONE = "detect: {text_rapidocr: null, code_zxing: null}\n"
"""Writing is looked for in tests of its own: a look at a large picture takes a second or two."""
MONITOR = "{at: [0.02, 0.51, 0.27, 0.84], reason: monitor}"
"""The screen of the sample, on which a name stands: a zone, where writing is not looked for and all of it is seen."""
LINES = {"lines": [{"start_s": 1.1, "end_s": 2.9, "text": "医生，我的检查结果要紧吗？"}]}

NOBODY = Register("zh", ())
"""A register without any name."""
NO_STORE = Store(Path("no store"), may_write=False)
"""A store in which nothing is remembered."""
UNSAID = Script("sidecar", "zh", 0.0, (), ())
"""Talk of which nothing has to be hidden, because there is none."""


def outlet(folder: Path, ledger: Ledger) -> Outlet:
    """A folder that packs are delivered to, of which nothing is remembered but what the book says."""
    return Outlet(folder, ledger, NO_STORE)


class Quiet:
    """A watcher that keeps what it was told."""

    def __init__(self) -> None:
        self.began: list[str] = []
        self.why: list[str] = []

    def begins(self, stage: str, why: str) -> None:
        self.began.append(stage)
        self.why.append(f"{stage}: {why}")

    def ends(self, stage: str, seconds: float, *, was_stored: bool) -> None: ...

    def waits(self, case: str) -> None: ...

    def clip_is(self, clip: ClipResult) -> None: ...


def make_case(
    folder: Path, footage: Path = SAMPLE, more: str = "", lines: Any = LINES, name: str = "2026-11-22-nodule"
) -> Path:
    """A case folder with a copy of the footage, whose name gives a patient away, and a transcript.

    Nobody's consent is needed unless `more` lists people.
    """
    case = folder / name
    case.mkdir(parents=True)
    shutil.copyfile(footage, case / f"林小雨-片子{footage.suffix}")
    if lines is not None:
        (case / "transcript.json").write_text(json.dumps(lines, ensure_ascii=False), encoding="utf-8")
    if "clips:" not in more:
        more = 'clips: [{from: "0:01", to: "0:03"}]\n' + more
    if "people:" not in more:
        more += "synthetic: true\n"
    (case / "case.yaml").write_text(f"title: 肺结节要紧吗\n{more}", encoding="utf-8")
    return case


def make_channel(folder: Path, more: str = "platforms: [douyin]\n") -> Path:
    """A channel that encodes fast; unless `more` says so, nobody has to approve, and only faces are looked for."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "clinic.yaml"
    usual = FAST + ("" if "detect:" in more else FACES_ALONE)
    path.write_text(usual + more + ("" if "approval:" in more else "approval: none\n"), encoding="utf-8")
    return path


def opened(folder: Path, *cases: Path, channel: Path) -> Batch:
    """The batch of some cases, in work/ and outbox/ below the folder."""
    return open_batch(cases, str(channel), None, folder / "work", folder / "outbox")


def build(folder: Path, *cases: Path, channel: Path) -> Report:
    """Builds cases."""
    with opened(folder, *cases, channel=channel) as batch:
        return batch.build(Quiet())


PROJECT = Path(__file__).parents[1]


def command(*words: str | Path) -> list[str]:
    """`clinicreel ...` as a process of its own."""
    return [sys.executable, "-m", "pipeline.cli", *map(str, words)]


def clinicreel(*words: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs a command to its end; standard output and error are kept."""
    env = {**os.environ, "COLUMNS": "200", "CLINICREEL_LANGUAGE": "en", **environment}
    return subprocess.run(command(*words), cwd=PROJECT, env=env, capture_output=True, text=True, check=False)


def answer(done: subprocess.CompletedProcess[str]) -> Any:
    """What a command with `--json` said: its only line on standard output."""
    (line,) = done.stdout.splitlines()
    return json.loads(line)


def where(folder: Path, channel: Path) -> list[str]:
    """The options that keep a command inside a folder."""
    return ["--channel", str(channel), "--work", str(folder / "work"), "--outbox", str(folder / "outbox")]
