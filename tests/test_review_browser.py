"""The review desk in a real browser: what a person does on the page is in the file that leaves."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
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
CASE = f"""\
zones: [{built.MONITOR}]
clips: [{{from: "0:01", to: "0:05"}}]
people:
  - {{id: p1, names: [林小雨]}}
  - {{id: d1, role: doctor, face: keep, keep_zone: [0.25, 0, 0.6, 0.7]}}
caption: 写在病例里的正文
synthetic: true
"""
CHANNEL = "platforms: [bilibili]\napproval: required\nsound: {voices: {unknown: keep}}\n" + built.FACES_ALONE
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


CAPTION = "小结节多半不要紧，\n按时复查。"
CLIP = "api/clips/2026-11-22-nodule/1"


@dataclass
class Visit:
    """A person on the page: what they do, and what the page did meanwhile."""

    page: Any
    home: str
    asked: list[str] = field(default_factory=list)
    """Every address that was requested."""
    faults: list[str] = field(default_factory=list)
    """Errors of the page's scripts."""

    @classmethod
    def of(cls, desk: Open, browser: Any) -> Visit:
        """Opens the link that the command printed, and waits until the clip can be played."""
        visit = cls(browser.new_context(viewport={"width": 1440, "height": 900}).new_page(), desk.link.split("?")[0])
        visit.page.on("request", lambda request: visit.asked.append(request.url))
        visit.page.on("pageerror", lambda error: visit.faults.append(str(error)))
        visit.page.goto(desk.link)
        visit.page.wait_for_selector("body[data-ready=yes]")
        until(visit.page, "document.getElementById('video').readyState >= 3")
        return visit

    def told(self) -> Any:
        """What the desk says of the clip."""
        return self.page.request.get(self.home + CLIP).json()

    def signs_in_and_plays(self) -> None:
        self.page.fill("#me", "小陈")
        self.page.locator("#me").blur()
        self.page.keyboard.press("Space")
        until(self.page, "document.getElementById('video').currentTime > 0.3")
        self.page.keyboard.press("Space")
        self.page.evaluate("document.getElementById('video').currentTime = 0.02")

    def draws_a_box(self) -> None:
        self.page.keyboard.press("b")
        drag(self.page, BOX)
        saved(self.page)

    def corrects_the_talk(self) -> None:
        """What was hidden as a name may be told, and a word was heard wrong."""
        self.page.uncheck(".mention input")
        self.page.click(".line:last-child .words")
        self.page.fill(".line textarea", "右肺的结节要紧吗？")
        self.page.keyboard.press("Enter")
        self.page.wait_for_selector(".line.changed")
        saved(self.page)

    def hides(self, track: dict[str, Any]) -> None:
        """Masks a face that was to stay visible."""
        self.page.locator(".lane", has_text=f" {track['number']} ·").click()
        self.page.keyboard.press("m")
        until(self.page, "!document.querySelector('#timeline .kept')")

    def corrects_the_caption(self) -> None:
        """First with a telephone number, which is refused."""
        self.page.click("#tab-texts")
        self.page.fill("#caption-text", "想了解请打 13800138000")
        self.page.locator("#caption-text").blur()
        self.page.wait_for_selector("#caption-text.refused")
        assert "[手机号]" in self.page.text_content("#notice")
        self.page.fill("#caption-text", CAPTION)
        self.page.locator("#caption-text").blur()
        saved(self.page)
        self.page.click("#tab-talk")

    def builds(self) -> None:
        self.page.click("#build")
        self.page.wait_for_selector("#build", state="hidden", timeout=60_000)

    def signs(self, name: str) -> None:
        self.page.keyboard.press("a")
        for box in self.page.locator("#sign input[type=checkbox]").all():
            box.check()
        self.page.fill("#sign-name", name)
        self.page.click("#sign-yes")

    def is_told_of_what_changed(self) -> None:
        """Something else was built than what the page shows: it is shown first, and not approved."""
        until(self.page, "document.getElementById('notice').textContent.match('changed since|有改动')")
        assert self.told()["approved"] is None
        assert "又一个标题" in self.page.text_content("#title")


@pytest.mark.slow
def test_what_a_person_does_on_the_page_is_in_the_file_that_leaves(desk: Open, browser: Any) -> None:
    before = clip_of(desk)
    visit = Visit.of(desk, browser)
    (mention,) = visit.told()["mentions"]
    (visible,) = [track for track in visit.told()["picture"]["tracks"] if track["recognised"]]

    visit.signs_in_and_plays()
    visit.draws_a_box()
    visit.corrects_the_talk()
    visit.hides(visible)
    visit.corrects_the_caption()
    check_saved(desk)

    visit.builds()
    retitle(desk, "又一个标题")
    visit.signs("李医生")
    visit.is_told_of_what_changed()
    visit.signs("李医生")
    visit.page.wait_for_selector("#state.approved")
    after = clip_of(desk)
    check_picture(before, after, visible)
    check_words(before, after, mention)
    check_approval(desk, after, "李医生")

    assert visit.faults == []
    assert [url for url in visit.asked if not url.startswith((visit.home, "data:", "blob:"))] == []
    check_others(desk, browser, visit.home)


def retitle(desk: Open, title: str) -> None:
    """Gives the case another title and builds it, as somebody else does in another shell."""
    path = desk.case / "case.yaml"
    path.write_text(path.read_text("utf-8").replace("title: 肺结节要紧吗", f"title: {title}"), "utf-8")
    clip_of(desk)


def check_saved(desk: Open) -> None:
    """Everything is in review.yaml, and nothing else."""
    edits = load_review(desk.case)[0].of(1)
    assert edits.caption == CAPTION
    assert len(edits.mask) == 1
    (drawn,) = edits.regions
    assert drawn.mask[-1].at - drawn.mask[0].at == pytest.approx(3.0, abs=0.05)
    assert drawn.mask[0].box == pytest.approx(BOX, abs=0.01)
    assert [one.text for one in edits.words] == ["右肺的结节要紧吗？"]
    assert len(edits.tell) == 1


def check_picture(before: ClipResult, after: ClipResult, visible: dict[str, Any]) -> None:
    """The box hides for three seconds, and so does the face that was visible."""
    assert patch(before, 1.5) > 100
    assert patch(after, 1.5) < 40
    assert patch(after, 3.6) > 100, "the box ends after three seconds"
    assert after.hidden["face"] == before.hidden["face"] + 1
    assert sharpness(after, 0.5, visible) < sharpness(before, 0.5, visible) / 3


def check_words(before: ClipResult, after: ClipResult, mention: dict[str, Any]) -> None:
    """What may be told is heard again; subtitles and caption are as they were corrected."""
    quiet = mention["from"] - 1.0 + 0.1, mention["to"] - 1.0 - 0.1
    assert loudness(before, *quiet) < 1e-3
    assert loudness(after, *quiet) > 1e-3
    assert "右肺" in subtitles(after)
    assert "左肺" not in subtitles(after)
    ((_, pack),) = after.packs
    assert (pack / "caption.txt").read_text("utf-8") == CAPTION + "\n"


def check_approval(desk: Open, clip: ClipResult, by: str) -> None:
    (entry,) = Ledger(desk.folder / "work" / "ledger.sqlite").entries(APPROVED)
    assert entry.body["by"] == by
    assert entry.body["exports"] == {export.format: export.file.sha256 for export in clip.exports}


def check_others(desk: Open, browser: Any, home: str) -> None:
    """Who has no link gets nothing; who comes second is told who was first, and changes nothing."""
    assert browser.new_context().new_page().goto(home).status == 403
    second = browser.new_context().new_page()
    second.goto(desk.link)
    second.wait_for_selector("body[data-ready=yes]")
    assert "小陈" in second.text_content("#notice")
    assert second.is_disabled("#tool-hide_area")
