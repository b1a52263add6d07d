"""The review desk without a browser: who gets in, what is shown, what is saved, who may change it."""

from __future__ import annotations

import hashlib
import http.cookiejar
import json
import queue
import re
import shutil
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from pipeline import stages as stages_package
from pipeline.batch import Batch
from pipeline.evidence.approval import APPROVED
from pipeline.language import turns
from pipeline.ledger import Ledger
from pipeline.review import captions, document, doubts, serving
from pipeline.review.app import make_app
from pipeline.review.desk import EDITED, Desk
from pipeline.review.gate import Gate
from pipeline.review.lease import HELD_S, Lease
from pipeline.review.preview import Previews
from pipeline.settings.corrections import ClipReview
from pipeline.settings.loading import load_review
from pipeline.store import Store
from pipeline.terminal import bugs
from pipeline.values import Clip, Detection, Plan, Sighting, Sightings, Span, Track, Word
from tests import built
from tests.conftest import Finished

HOME = "http://127.0.0.1:8000"
CASE = "2026-11-22-nodule"
CLIP = f"/api/clips/{CASE}/1"
ME = {"session": "a", "name": "小陈"}


@dataclass(frozen=True)
class Room:
    """A desk with one case, and a browser that came in through its link."""

    case: Path
    work: Path
    app: Gate
    browser: TestClient
    desk: Desk

    def save(self, edits: dict[str, Any], **more: Any) -> Any:
        """Saves corrections of the first clip as the page does."""
        version = self.browser.get(CLIP).json()["version"]
        return self.browser.put(CLIP, json={"edits": edits, "version": version, **ME, **more})

    def approve(self, shown: dict[str, Any]) -> Any:
        """Approves the first clip as the page that was shown it does."""
        return self.browser.post(f"/api/approve/{CASE}/1", json={"name": "李医生", "subject": shown["subject"]})

    def write(self, more: str, without: str = "") -> None:
        """Changes case.yaml."""
        path = self.case / "case.yaml"
        path.write_text(path.read_text("utf-8").replace(without, "") + more, "utf-8")

    def built_elsewhere(self) -> None:
        """Builds the case in another shell."""
        built.build(self.work.parent, self.case, channel=self.work.parent / "clinic.yaml")

    @property
    def approved(self) -> list[dict[str, Any]]:
        """What the book says was approved."""
        return [entry.body for entry in Ledger(self.work / "ledger.sqlite").entries(APPROVED)]


@pytest.fixture
def room(finished: Finished, tmp_path: Path) -> Iterator[Room]:
    shutil.copytree(finished.folder / "work", tmp_path / "work")
    case = tmp_path / CASE
    shutil.copytree(finished.case, case)
    channel = tmp_path / "clinic.yaml"
    channel.write_text(finished.channel.read_text("utf-8").replace("approval: none", "approval: required"), "utf-8")
    with built.opened(tmp_path, case, channel=channel) as batch:
        desk = Desk(batch)
        app = Gate(make_app(desk), "secret", 8000)
        browser = TestClient(app, base_url=HOME)
        browser.get("/?token=secret")
        yield Room(case, tmp_path / "work", app, browser, desk)


# --- who gets in ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["/", "/page/main.js", "/api/clips", CLIP, f"/media/{CASE}/1/x", "/?token=wrong", "/no"]
)
def test_without_the_token_nothing_is_shown(room: Room, path: str) -> None:
    answer = TestClient(room.app, base_url=HOME).get(path)
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


def test_the_link_lets_in_and_says_who_may_see_the_cookie(room: Room) -> None:
    answer = TestClient(room.app, base_url=HOME).get("/?token=secret")
    assert answer.status_code == 200
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert room.browser.get("/api/clips").status_code == 200


@pytest.mark.parametrize(
    "headers",
    [{"host": "evil.example"}, {"host": "127.0.0.1:9"}, {"origin": "http://evil.example"}, {"origin": "null"}],
)
def test_another_name_or_another_page_is_refused(room: Room, headers: dict[str, str]) -> None:
    assert room.browser.get("/api/clips", headers=headers).status_code == 403


def test_the_browser_may_load_from_nowhere_else_and_keeps_nothing(room: Room) -> None:
    headers = room.browser.get("/").headers
    assert headers["content-security-policy"].startswith("default-src 'self';")
    assert headers["cache-control"] == "no-store"
    page = Path(captions.__file__).parent / "page"
    outside = [path.name for path in page.iterdir() if re.search(r"(?<!xmlns=\")https?://", path.read_text("utf-8"))]
    assert outside == []


# --- what nobody expected -------------------------------------------------------------------------------------------

SECRET = "/cases/林小雨"


def fall(*_: Any, **__: Any) -> Any:
    """A bug, with a name at hand."""
    raise PermissionError(13, "Permission denied", SECRET)


@pytest.fixture
def served(room: Room, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The link of the desk as `clinicreel review` serves it."""
    import uvicorn

    servers: list[uvicorn.Server] = []
    links: queue.Queue[str] = queue.Queue()
    run = uvicorn.Server.run
    monkeypatch.setattr(uvicorn.Server, "run", lambda self, sockets: (servers.append(self), run(self, sockets)))
    words = {"batch": room.desk.batch, "tell": links.put, "with_browser": False}
    thread = threading.Thread(target=serving.serve, kwargs=words)
    thread.start()
    link = links.get(timeout=10)
    while not (servers and servers[0].started):
        time.sleep(0.01)
    yield link
    servers[0].should_exit = True
    thread.join(10)


def test_a_bug_is_told_to_the_page_and_its_traceback_stays_in_quarantine(
    room: Room, served: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
    browser.open(served)
    monkeypatch.setattr(Desk, "view", fall)
    with pytest.raises(urllib.error.HTTPError) as failed:
        browser.open(served.partition("?")[0] + "api/clips")
    said = json.loads(failed.value.read())
    (kept,) = (room.work / "bugs").iterdir()
    assert (failed.value.code, "a bug: PermissionError at pipeline/" in said["error"]) == (500, True)
    assert str(kept) in said["remedy"]
    assert SECRET in kept.read_text("utf-8")
    told = capfd.readouterr()
    assert "a bug: PermissionError at pipeline/" in told.err
    assert str(kept) in told.err
    assert "Traceback" not in told.out + told.err
    assert SECRET not in f"{said}{told.out}{told.err}"


def test_a_build_that_a_bug_ended_says_so_and_where_to_read_more(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Batch, "build", fall)
    assert bugs.kept_in() == room.work / "bugs"
    with pytest.raises(PermissionError):  # `bugs` tells of what ends a thread
        room.desk._build(CASE, room.case)
    said = room.browser.get("/api/progress").json()
    assert (said["case"], said["count"]) == ("", 1)
    assert said["trouble"].startswith(f"a bug ended the build\n  -> the traceback lies in {room.work / 'bugs'};")
    assert room.browser.get("/api/progress", headers={"accept-language": "zh"}).json()["trouble"].startswith("程序错误")


def test_the_page_has_a_word_for_every_stage_in_both_languages() -> None:
    words = (Path(captions.__file__).parent / "page" / "words.js").read_text("utf-8")
    said = dict(re.findall(r"\bstage_(\w+): \[\"([^\"]+)\", \"[^\"]+\"\]", words))
    stages = {path.stem for path in Path(stages_package.__file__).parent.glob("*.py")} - {"__init__"}
    assert stages | {"waits"} == said.keys()
    assert all(re.search(r"[\u4e00-\u9fff]", chinese) for chinese in said.values())


# --- what is shown --------------------------------------------------------------------------------------------------


def test_a_clip_is_shown_with_everything_that_is_hidden_in_it(room: Room) -> None:
    clip = room.browser.get(CLIP).json()
    assert (clip["state"], clip["is_fresh"], clip["awaits_approval"]) == ("waiting", True, True)
    picture = clip["picture"]
    assert {track["kind"] for track in picture["tracks"]} >= {"face", "zone"}
    assert all(len(track["boxes"]) % 4 == 0 for track in picture["tracks"])
    assert [line["text"] for line in clip["lines"]] == ["医生，我的检查结果要紧吗？"]
    assert {pack["label"] for pack in clip["packs"]} == {"抖音", "哔哩哔哩"}


def test_no_answer_names_the_recording_or_shows_it(room: Room) -> None:
    everything = room.browser.get(CLIP).text + room.browser.get("/api/clips").text
    assert "片子" not in everything
    assert str(room.case) not in everything
    recording = next(room.case.glob("*.mp4"))
    its_names = recording.name, hashlib.sha256(recording.read_bytes()).hexdigest()
    for name in ("value.json", "../../../etc/passwd", "ledger.sqlite", "0" * 64, *its_names):
        assert room.browser.get(f"/media/{CASE}/1/{name}").status_code in (404, 422)


def test_the_copy_of_the_master_has_its_frames_and_is_served_in_ranges(room: Room) -> None:
    import av

    picture = room.browser.get(CLIP).json()["picture"]
    path = f"/media/{CASE}/1/{picture['master']}"
    part = room.browser.get(path, headers={"range": "bytes=10-19"})
    assert (part.status_code, len(part.content)) == (206, 10)
    (preview,) = (room.work / "review" / "previews" / CASE).iterdir()
    assert preview.read_bytes()[10:20] == part.content
    with av.open(preview) as container:
        assert container.streams.video[0].codec_context.name == "h264"
        assert sum(1 for _ in container.decode(video=0)) == picture["frames"]


def test_copies_go_with_their_masters_and_with_older_builds(room: Room) -> None:
    name = room.browser.get(CLIP).json()["picture"]["master"]
    room.browser.get(f"/media/{CASE}/1/{name}")
    folder = room.work / "review" / "previews"
    (now,) = (folder / CASE).iterdir()
    older = now.with_name(f"{next(p.name for p in (room.work / 'store').iterdir() if p.name != now.stem)}.mp4")
    gone, elsewhere = folder / "gone.mp4", folder / "another-case" / older.name
    elsewhere.parent.mkdir()
    for path in (older, gone, elsewhere):
        path.write_bytes(b"an older copy")
    room.save({"title": "一"})
    room.browser.get(CLIP)
    assert (now.exists(), older.exists()) == (True, False)
    with Store(room.work) as store:
        Previews(folder, store)
    assert (now.exists(), gone.exists(), elsewhere.exists()) == (True, False, True)


# --- saving ---------------------------------------------------------------------------------------------------------


def test_a_change_is_in_the_file_at_once_and_in_the_ledger(room: Room) -> None:
    answer = room.save({"hide": [{"from": 1.5, "to": 2.0, "kind": "name"}]})
    assert answer.status_code == 200
    assert load_review(room.case)[0].of(1).hide[0].end_s == 2.0
    (entry,) = Ledger(room.work / "ledger.sqlite").entries(EDITED)
    assert entry.body == {"case": CASE, "clip": 1, "by": "小陈", "review": answer.json()["version"]}
    clip = room.browser.get(CLIP).json()
    assert not clip["is_fresh"]
    assert clip["picture"], "what was built before is still there to look at"


@pytest.mark.parametrize(
    ("edits", "why"),
    [
        ({"cut": [{"from": 20, "to": 21}]}, "outside the clip"),
        ({"cut": [{"from": 1, "to": 3}]}, "nothing of the clip is left"),
        ({"regions": [{"mask": [{"at": 1, "box": [0, 0, 0, 1]}, {"at": 2, "box": [0, 0, 1, 1]}]}]}, "a box is"),
        ({"nonsense": 1}, "Extra inputs"),
    ],
)
def test_nonsense_is_refused_and_not_written(room: Room, edits: dict[str, Any], why: str) -> None:
    answer = room.save(edits)
    assert answer.status_code == 422
    assert why in answer.json()["error"]
    assert not (room.case / "review.yaml").exists()


STRANGE = "甲\x7f乙\x85丙\x9f丁\u2028戊\ufeff己\ufffe庚\uffff辛\U0001f600壬\u3000癸\t\n末"
"""Signs that YAML forbids, or reads as the end of a line, among some that it takes as they are."""


@pytest.mark.parametrize(
    "edits",
    [
        {"words": [{"from": 1.5, "to": 2.0, "text": ""}]},
        {"words": [{"from": 1.5, "to": 2.0, "text": STRANGE}]},
        {"title": STRANGE, "caption": STRANGE, "tags": [STRANGE]},
        {"caption": "", "tags": []},
        {"regions": [{"mask": [{"at": at, "box": [0, 0, 0.33333, 1]} for at in (1.12345, 2)], "reason": ""}]},
        {"keep": [{"at": 1.5, "point": [0.5, 0.5], "kind": "text"}], "seen": [{"from": 1, "to": 2}]},
    ],
)
def test_what_was_saved_is_read_as_it_was_meant_and_can_be_undone(room: Room, edits: dict[str, Any]) -> None:
    assert room.save(edits).status_code == 200
    meant = ClipReview.model_validate(edits)
    assert document.rounded(load_review(room.case)[0].of(1)) == document.rounded(meant)
    assert not room.browser.get(CLIP).json()["trouble"]
    assert room.save({}).status_code == 200


def test_a_key_is_left_out_only_where_it_need_not_be_said(room: Room) -> None:
    room.save({"words": [{"from": 1, "to": 2, "text": ""}], "keep": [{"at": 1, "point": [0, 0], "kind": "text"}]})
    text = (room.case / "review.yaml").read_text("utf-8")
    assert '- {from: 1, to: 2, text: ""}' in text
    assert "person" not in text


@pytest.mark.parametrize(
    ("edits", "why"),
    [
        ({"cut": [{"from": 1.50001, "to": 1.50002}]}, "review.yaml:7: clips.1.cut.0: it ends before it starts"),
        (
            {"regions": [{"mask": [{"at": at, "box": [0, 0, 1, 1]} for at in (1, 2)], "reason": "。" * 90_000}]},
            "a configuration has at most",
        ),
    ],
)
def test_what_could_not_be_read_again_is_refused(room: Room, edits: dict[str, Any], why: str) -> None:
    room.save({"title": "先前"})
    answer = room.save(edits)
    assert (answer.status_code, why in answer.json()["error"]) == (422, True), answer.json()
    assert str(room.work) not in answer.json()["error"]
    assert load_review(room.case)[0].of(1).title == "先前"
    assert [path.name for path in (room.work / "locks").iterdir() if path.suffix != ".lock"] == []


@pytest.mark.parametrize(
    ("edits", "where", "proposal"),
    [
        ({"caption": "第一行\n电话 13800138000，欢迎咨询"}, "review.yaml: caption: holds a phone number", "[手机号]"),
        ({"title": "李小明女士的结节"}, "review.yaml: title: holds a name", "李*女士"),
        ({"tags": ["肺结节", "13800138000"]}, "review.yaml: tags: holds a phone number", "[手机号]"),
        (
            {"regions": [{"mask": [{"at": at, "box": [0, 0, 1, 1]} for at in (1.5, 2)], "reason": "李小明的胸片"}]},
            "review.yaml: reason: holds a name",
            "李*的胸片",
        ),
    ],
)
def test_a_text_that_tells_of_somebody_is_refused_with_what_may_be_written(
    room: Room, edits: dict[str, Any], where: str, proposal: str
) -> None:
    answer = room.save(edits)
    assert answer.status_code == 422
    assert where in answer.json()["error"]
    assert proposal in answer.json()["remedy"]
    assert not (room.case / "review.yaml").exists()


def test_a_page_in_chinese_is_told_everything_in_chinese(room: Room) -> None:
    room.browser.headers["accept-language"] = "zh"
    assert room.browser.get(CLIP).json()["reason"] == "还没有人批准"
    assert room.save({"cut": [{"from": 20, "to": 21}]}).json()["error"].startswith("20 秒不在片段之内")
    assert room.save({"title": "李小明女士"}).json()["error"] == "review.yaml: title: 含有姓名（第 1 至 5 个字符）"
    room.save({"title": "一"})
    refused = room.save({"title": "二"}, session="b", name="小王").json()
    assert (refused["error"], refused["remedy"]) == ("小陈 正在复核这个病例", "接手，或者等待")


def test_a_file_that_was_edited_by_hand_is_not_written_over(room: Room) -> None:
    read = room.browser.get(CLIP).json()["version"]
    (room.case / "review.yaml").write_text("clips: {1: {title: 手改}}\n", "utf-8")
    answer = room.browser.put(CLIP, json={"edits": {"title": "page"}, "version": read, **ME})
    assert (answer.status_code, answer.json()["why"]) == (409, "changed")
    assert room.browser.get(CLIP).json()["edits"]["title"] == "手改"


def test_a_file_that_was_made_faulty_by_hand_is_told_with_its_line(room: Room) -> None:
    (room.case / "review.yaml").write_text("clips:\n  1:\n    cut: [{from: 2, to: 1}]\n", "utf-8")
    clip = room.browser.get(CLIP).json()
    assert "review.yaml:3: clips.1.cut.0" in clip["trouble"]
    assert room.save({"title": "a"}).status_code == 422
    assert "from: 2" in (room.case / "review.yaml").read_text("utf-8")


def test_the_second_person_is_told_and_may_take_over(room: Room) -> None:
    assert room.save({"title": "一"}).status_code == 200
    refused = room.save({"title": "二"}, session="b", name="小王")
    assert (refused.status_code, refused.json()["why"]) == (409, "not yours")
    assert "小陈" in refused.json()["error"]
    here = room.browser.post(f"/api/here/{CASE}", json={"session": "b", "name": "小王", "take": True}).json()
    assert here["mine"]
    assert room.save({"title": "二"}, session="b", name="小王").status_code == 200
    assert room.save({"title": "一"}).status_code == 409


def test_a_page_that_was_closed_frees_its_case(tmp_path: Path) -> None:
    now = [1000.0]
    lease = Lease(tmp_path / "a.lease", lambda: now[0])
    assert lease.claim("a", "小陈").session == "a"
    assert lease.claim("b", "小王").session == "a"
    now[0] += HELD_S + 1
    assert lease.claim("b", "小王").session == "b"
    lease.leave("a")
    assert lease.claim("a", "小陈").session == "b"
    lease.leave("b")
    assert lease.claim("a", "小陈").session == "a"


def test_the_words_that_were_said_are_shown_only_when_asked_for(room: Room) -> None:
    heard = room.browser.get(f"/api/heard/{CASE}", params={"start": 1.0, "end": 3.0}).json()
    assert heard == {"text": "医生，我的检查结果要紧吗？"}


def test_seconds_are_counted_in_work_and_shown(room: Room) -> None:
    for _ in range(2):
        room.browser.post(f"/api/spent/{CASE}/1", json={"seconds": 4.0})
    assert room.browser.get("/api/clips").json()["clips"][0]["seconds"] == 8.0


# --- building and approving -----------------------------------------------------------------------------------------


def test_a_correction_ends_the_approval_and_what_is_not_built_cannot_be_approved(room: Room) -> None:
    shown = room.browser.get(CLIP).json()
    assert room.approve(shown).json()["by"] == "李医生"
    assert room.browser.get(CLIP).json()["approved"]["by"] == "李医生"
    room.save({"title": "复查就好"})
    changed = room.browser.get(CLIP).json()
    assert (changed["approved"], changed["subject"]) == (None, "")
    answer = room.approve(shown)
    assert answer.status_code == 422
    assert "not built yet" in answer.json()["error"]


def test_what_was_built_after_the_page_was_opened_is_not_approved_unseen(room: Room) -> None:
    shown = room.browser.get(CLIP).json()
    room.write("caption: 没人看过的正文\n")
    room.built_elsewhere()
    answer = room.approve(shown)
    assert (answer.status_code, answer.json()["why"]) == (409, "changed")
    assert answer.json()["error"] == f"{CASE}: it was changed since you were shown it"
    assert answer.json()["remedy"] == "look at it again, then approve it"
    assert room.browser.post(f"/api/approve/{CASE}/1", json={"name": "李医生"}).status_code == 422
    assert room.approved == []

    seen = room.browser.get(CLIP).json()
    assert seen["caption"] == "没人看过的正文"
    assert room.approve(seen).status_code == 200
    (entry,) = room.approved
    assert entry["packs"]["douyin"]["caption.txt"] == hashlib.sha256("没人看过的正文\n".encode()).hexdigest()


def test_a_form_that_is_gone_shows_at_once_and_so_does_the_end_of_a_consent(room: Room) -> None:
    (room.case / "p1.pdf").write_bytes(b"signed")
    scopes = "[film, edit, publish_redacted, domestic]"
    given = f"form: p1.pdf, sha256: {hashlib.sha256(b'signed').hexdigest()}, scopes: {scopes}, signed: 2020-11-01"
    room.write(f"people:\n  - {{id: p1, consent: {{{given}, expires: 2999-01-01}}}}\n", "synthetic: true\n")
    room.built_elsewhere()
    assert room.approve(room.browser.get(CLIP).json()).status_code == 200
    assert room.browser.get("/api/clips").json()["clips"][0]["state"] == "approved"

    (room.case / "p1.pdf").rename(room.case / "away")
    listed = room.browser.get("/api/clips").json()
    assert listed["clips"] == []
    assert "p1: the signed form is not there" in listed["troubles"][CASE]
    answer = room.browser.get(CLIP)
    assert answer.status_code == 422
    assert "p1: the signed form is not there" in answer.json()["error"]

    (room.case / "away").rename(room.case / "p1.pdf")
    assert room.browser.get(CLIP).json()["approved"]
    room.desk.batch = replace(room.desk.batch, today=lambda: date(2999, 1, 2))
    assert "p1: consent ended" in room.browser.get(CLIP).json()["error"]


def test_a_desk_that_is_open_for_long_reads_the_channel_again(room: Room) -> None:
    shown = room.browser.get(CLIP).json()
    channel = room.work.parent / "clinic.yaml"
    said = channel.read_text("utf-8")
    channel.write_text(said + "nmae: x\n", "utf-8")
    assert "nmae: unknown key" in room.browser.get("/api/clips").json()["troubles"][CASE]
    assert "nmae: unknown key" in room.approve(shown).json()["error"]
    channel.write_text(said.replace("platforms: [douyin, bilibili]", "platforms: [douyin]"), "utf-8")
    now = room.browser.get(CLIP).json()
    assert (now["is_fresh"], now["awaits_approval"]) == (False, False), "nothing was built for one platform alone"
    assert "not built yet" in room.approve(shown).json()["error"]
    assert room.approved == []


# --- doubts and marks -----------------------------------------------------------------------------------------------

FPS = Fraction(10)


def face(number: int, first: int, seen: tuple[int, ...], count: int, box: tuple[int, int, int, int]) -> Track:
    return Track(number, "face", "", "ellipse", first, box * count, seen)


def test_the_least_certain_moment_comes_first() -> None:
    tracks = (
        face(1, 0, (0, 30, 60, 99), 100, (40, 40, 60, 60)),
        face(2, 20, (25, 26), 12, (40, 40, 60, 60)),
        face(3, 0, tuple(range(100)), 100, (0, 0, 20, 20)),
    )
    plan = Plan(1, 100, 100, FPS, 100, tracks)
    weak = Detection("face", 45, 45, 55, 55, 0.2, "a")
    seen = Sightings(100, 100, FPS, 100, (Sighting(30, (weak,)),), ())
    found = doubts.moments(plan, seen, None, ())
    assert [moment.weight for moment in found] == sorted((moment.weight for moment in found), reverse=True)
    told = {(moment.kind, moment.track) for moment in found}
    assert told == {("gap", 1), ("low", 1), ("comes", 2), ("goes", 2), ("short", 2)}
    assert max(found, key=lambda one: one.weight).kind == "gap"


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("左肺这个，三个月以后复查", {"side": "左肺", "number": "三"}),
        ("阿托伐他汀每天20毫克，不要停", {"drug": "阿托伐他汀", "dose": "20毫克", "negation": "不"}),
        (
            "Take amoxicillin 500 mg twice, not with alcohol",
            {"drug": "amoxicillin", "dose": "500 mg", "negation": "not"},
        ),
        ("in the left lung, never the right one", {"side": "left", "negation": "never"}),
        ("今天天气好", {}),
    ],
)
def test_words_that_must_be_right_are_marked(text: str, marked: dict[str, str]) -> None:
    found = {kind: match[0] for kind, rule in captions.MARKS.items() if (match := re.search(rule, text, re.I))}
    assert marked.items() <= found.items()
    assert bool(marked) == bool(found)


def test_lines_end_at_sentences_and_pauses() -> None:
    words = tuple(Word(at, at + 0.3, text, 0.9) for at, text in ((1.0, "好。"), (1.4, "再"), (1.8, "见"), (4.0, "嗯")))
    lines = list(captions.lines(words, Clip(1, (Span(0.0, 10.0),))))
    assert [(line.text, line.start_s) for line in lines] == [("好。", 1.0), ("再见", 1.4), ("嗯", 4.0)]


def test_what_two_say_at_once_is_one_line() -> None:
    """A wording is for all that is said in the time of its line."""
    one = tuple(Word(1 + at / 5, 1.2 + at / 5, text, 0.9, turn=0) for at, text in enumerate("片子带来了。"))
    other = tuple(Word(1.1 + at / 5, 1.3 + at / 5, text, 0.9, turn=1) for at, text in enumerate("好的。"))
    after = (Word(2.4, 2.6, "坐", 0.9, turn=2),)
    lines = list(captions.lines(turns.in_time((*one, *other, *after)), Clip(1, (Span(0.0, 10.0),))))
    assert [(line.text, line.start_s) for line in lines] == [("片子带来了。好的。", 1.0), ("坐", 2.4)]


def test_a_corrected_caption_is_only_packed_again(room: Room, finished: Finished) -> None:
    assert room.save({"caption": "结节小于五毫米：\n一年后复查。", "tags": ["肺结节"]}).status_code == 200
    watcher = built.Quiet()
    folder = room.work.parent
    with built.opened(folder, room.case, channel=folder / "clinic.yaml") as batch:
        (clip,) = batch.build(watcher).clips
    assert set(watcher.began) == {"pack"}
    (_, pack), *_ = clip.packs
    assert (pack / "caption.txt").read_text("utf-8") == "结节小于五毫米：\n一年后复查。\n"
    assert (pack / "tags.txt").read_text("utf-8").startswith("#肺结节")


def test_a_changed_region_is_hidden_without_listening_or_looking_again(room: Room, finished: Finished) -> None:
    room.save({"regions": [{"mask": [{"at": 1, "box": [0, 0, 0.3, 0.3]}, {"at": 3, "box": [0, 0, 0.3, 0.3]}]}]})
    watcher = built.Quiet()
    folder = room.work.parent
    one = replace(finished, folder=folder, case=room.case, channel=folder / "clinic.yaml")
    with built.opened(one.folder, one.case, channel=one.channel) as batch:
        (clip,) = batch.build(watcher).clips
    assert watcher.began == ["correct", "redact", "export", "verify", "pack", "pack"]
    assert watcher.why[0].startswith("correct: changed: edits")
    assert clip.verdict
    assert clip.verdict.passed
