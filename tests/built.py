"""Small cases and channels for tests that run the whole pipeline, from the project's own sample footage."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from pipeline.batch import Batch, Report, open_batch
from pipeline.results import ClipResult

SAMPLE = Path(__file__).parents[1] / "assets" / "demo" / "consultation" / "footage.mp4"
FAST = "export: {preset: ultrafast, crf: 26}\n"
LINES = {"lines": [{"start_s": 1.1, "end_s": 2.9, "text": "医生，我的检查结果要紧吗？"}]}


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
    """A case folder with a copy of the footage, whose name gives a patient away, and a transcript."""
    case = folder / name
    case.mkdir(parents=True)
    shutil.copyfile(footage, case / f"林小雨-片子{footage.suffix}")
    if lines is not None:
        (case / "transcript.json").write_text(json.dumps(lines, ensure_ascii=False), encoding="utf-8")
    if "clips:" not in more:
        more = 'clips: [{from: "0:01", to: "0:03"}]\n' + more
    (case / "case.yaml").write_text(f"title: 肺结节要紧吗\n{more}", encoding="utf-8")
    return case


def make_channel(folder: Path, more: str = "platforms: [douyin]\n") -> Path:
    """A channel that encodes fast."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "clinic.yaml"
    path.write_text(FAST + more, encoding="utf-8")
    return path


def opened(folder: Path, *cases: Path, channel: Path) -> Batch:
    """The batch of some cases, in work/ and outbox/ below the folder."""
    return open_batch(cases, str(channel), None, folder / "work", folder / "outbox")


def build(folder: Path, *cases: Path, channel: Path) -> Report:
    """Builds cases."""
    with opened(folder, *cases, channel=channel) as batch:
        return batch.build(Quiet())
