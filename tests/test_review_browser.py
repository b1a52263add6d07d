"""The review desk in a real browser: what a person does on the page is in the file that leaves."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from pipeline.evidence.approval import APPROVED
from pipeline.ledger import Ledger
from pipeline.results import ClipResult
from pipeline.settings.loading import load_review
from tests import built

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
LINES = {
    "lines": [
        {"start_s": 1.0, "end_s": 2.9, "text": "医生，我叫林小雨，"},
        {"start_s": 3.2, "end_s": 4.9, "text": "左肺的结节要紧吗？"},
    ]
}
CASE = """\
clips: [{from: "0:01", to: "0:05"}]
people:
  - {id: p1, names: [林小雨]}
  - {id: d1, role: doctor, face: keep, keep_zone: [0.25, 0, 0.6, 0.7]}
caption: 写在病例里的正文
synthetic: true
"""
CHANNEL = "platforms: [bilibili]\napproval: required\ndetect: {text_rapidocr: null}\nsound: {voices: {unknown: keep}}\n"
BOX = (0.42, 0.10, 0.52, 0.28)
"""On the poster, which is bright."""


@dataclass(frozen=True)
class Open:
    """A desk that runs, its link, and the case on it."""

    folder: Path
    case: Path
    channel: Path
    link: str


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Open]:
    case = built.make_case(tmp_path, more=CASE, lines=LINES)
    channel = built.make_channel(tmp_path, CHANNEL)
    words = built.command("review", case, *built.where(tmp_path, channel), "--no-browser", "--json")
    built.build(tmp_path, case, channel=channel)
    with subprocess.Popen(words, cwd=built.PROJECT, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        yield Open(tmp_path, case, channel, json.loads(server.stdout.readline())["link"])
        server.send_signal(signal.SIGINT)
        server.wait(20)


@pytest.fixture
def browser() -> Iterator[Any]:
    if CHROMIUM is None:
        assert os.environ.get("CLINICREEL_BROWSER") != "required", "no Chromium, and it was asked for"
        pytest.skip("no Chromium on this machine (Debian, Ubuntu: apt-get install chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as player:
        yield player.chromium.launch(executable_path=CHROMIUM, headless=True, args=QUIET)


def clip_of(desk: Open) -> ClipResult:
    (clip,) = built.build(desk.folder, desk.case, channel=desk.channel).clips
    return clip


def patch(clip: ClipResult, at_s: float) -> float:
    """Mean brightness of the export inside the box that was drawn."""
    (export,) = clip.exports
    with av.open(export.file.path) as container:
        frames = list(container.decode(video=0))
    luma = frames[round(at_s * export.fps)].to_ndarray(format="gray")
    height, width = luma.shape
    x0, y0, x1, y1 = BOX
    inner = luma[
        round(height * (y0 + 0.02)) : round(height * (y1 - 0.02)),
        round(width * (x0 + 0.02)) : round(width * (x1 - 0.02)),
    ]
    return float(inner.mean())


def loudness(clip: ClipResult, from_s: float, to_s: float) -> float:
    """Root mean square of a piece of the export's sound."""
    (export,) = clip.exports
    with av.open(export.file.path) as container:
        stream = container.streams.audio[0]
        sound = np.concatenate([frame.to_ndarray().mean(axis=0) for frame in container.decode(stream)])
        rate = stream.rate or 48000
    return float(np.sqrt(np.mean(sound[round(from_s * rate) : round(to_s * rate)] ** 2)))


def subtitles(clip: ClipResult) -> str:
    ((_, folder),) = clip.packs
    return (folder / "subtitles.srt").read_text("utf-8")


def drag(page: Any, box: tuple[float, float, float, float]) -> None:
    place = page.locator("#over").bounding_box()
    corners = [(place["x"] + place["width"] * x, place["y"] + place["height"] * y) for x, y in (box[:2], box[2:])]
    page.mouse.move(*corners[0])
    page.mouse.down()
    page.mouse.move(*corners[1], steps=4)
    page.mouse.up()


def shown(page: Any, home: str) -> Any:
    return page.request.get(f"{home}api/clips/2026-11-22-nodule/1").json()["picture"]


def sharpness(clip: ClipResult, at_s: float, track: dict[str, Any]) -> float:
    """Mean difference of neighbouring pixels of the master in the left half of a track."""
    assert clip.master
    with av.open(clip.master) as container:
        frames = list(container.decode(video=0))
    at = round(at_s * 25)
    x0, y0, x1, y1 = (max(0, side) for side in track["boxes"][(at - track["first"]) * 4 :][:4])
    inside = frames[at].to_ndarray(format="gray")[y0:y1, x0 : (x0 + x1) // 2].astype(np.float32)
    return float(np.abs(np.diff(inside, axis=1)).mean())


def until(page: Any, expression: str) -> None:
    """Waits for something to be true on the page, whose own policy forbids that anybody's text is run in it."""
    deadline = time.monotonic() + 20
    while not page.evaluate(expression):
        assert time.monotonic() < deadline, expression
        page.wait_for_timeout(50)


def saved(page: Any) -> None:
    until(page, "['已保存', 'Saved'].includes(document.getElementById('saved').textContent)")


@pytest.mark.slow
def test_what_a_person_does_on_the_page_is_in_the_file_that_leaves(desk: Open, browser: Any) -> None:
    before = clip_of(desk)
    asked: list[str] = []
    page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
    page.on("request", lambda request: asked.append(request.url))
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(desk.link)
    page.wait_for_selector("body[data-ready=yes]")
    until(page, "document.getElementById('video').readyState >= 3")

    home = desk.link.split("?")[0]
    (mention,) = page.request.get(f"{home}api/clips/2026-11-22-nodule/1").json()["mentions"]
    quiet = mention["from"] - 1.0 + 0.1, mention["to"] - 1.0 - 0.1
    assert loudness(before, *quiet) < 1e-3
    page.fill("#me", "小陈")
    page.locator("#me").blur()
    page.keyboard.press("Space")
    until(page, "document.getElementById('video').currentTime > 0.3")
    page.keyboard.press("Space")
    page.evaluate("document.getElementById('video').currentTime = 0.02")

    page.keyboard.press("b")
    drag(page, BOX)
    saved(page)
    page.uncheck(".mention input")
    page.click(".line:last-child .words")
    page.fill(".line textarea", "右肺的结节要紧吗？")
    page.keyboard.press("Enter")
    page.wait_for_selector(".line.changed")
    saved(page)
    (visible,) = [track for track in shown(page, home)["tracks"] if track["recognised"]]
    page.locator(".lane", has_text=f" {visible['number']} ·").click()
    page.keyboard.press("m")
    until(page, "!document.querySelector('#timeline .kept')")
    page.click("#tab-texts")
    page.fill("#caption-text", "想了解请打 13800138000")
    page.locator("#caption-text").blur()
    page.wait_for_selector("#caption-text.refused")
    assert "[手机号]" in page.text_content("#notice")
    page.fill("#caption-text", "小结节多半不要紧，\n按时复查。")
    page.locator("#caption-text").blur()
    saved(page)
    page.click("#tab-talk")
    edits = load_review(desk.case)[0].of(1)
    assert edits.caption == "小结节多半不要紧，\n按时复查。"
    assert len(edits.mask) == 1
    assert edits.regions[0].mask[-1].at - edits.regions[0].mask[0].at == pytest.approx(3.0, abs=0.05)
    assert edits.regions[0].mask[0].box == pytest.approx(BOX, abs=0.01)
    assert [one.text for one in edits.words] == ["右肺的结节要紧吗？"]
    assert len(edits.tell) == 1

    page.click("#build")
    page.wait_for_selector("#build", state="hidden", timeout=60_000)
    page.keyboard.press("a")
    for box in page.locator("#sign input[type=checkbox]").all():
        box.check()
    page.fill("#sign-name", "李医生")
    page.click("#sign-yes")
    page.wait_for_selector("#state.approved")

    after = clip_of(desk)
    assert patch(before, 1.5) > 100
    assert patch(after, 1.5) < 40
    assert patch(after, 3.6) > 100, "the box ends after three seconds"
    assert loudness(after, *quiet) > 1e-3
    assert "右肺" in subtitles(after)
    assert "左肺" not in subtitles(after)
    assert after.hidden["face"] == before.hidden["face"] + 1
    assert sharpness(after, 0.5, visible) < sharpness(before, 0.5, visible) / 3
    ((_, pack),) = after.packs
    assert (pack / "caption.txt").read_text("utf-8") == "小结节多半不要紧，\n按时复查。\n"
    (entry,) = Ledger(desk.folder / "work" / "ledger.sqlite").entries(APPROVED)
    assert entry.body["by"] == "李医生"
    assert entry.body["exports"] == {export.format: export.file.sha256 for export in after.exports}

    assert faults == []
    assert [url for url in asked if not url.startswith((home, "data:", "blob:"))] == []
    stranger = browser.new_context().new_page()
    assert stranger.goto(home).status == 403
    second = browser.new_context().new_page()
    second.goto(desk.link)
    second.wait_for_selector("body[data-ready=yes]")
    assert "小陈" in second.text_content("#notice")
    assert second.is_disabled("#tool-hide_area")
