"""The report that a hospital files: complete, printable, and without a name, a picture or a request."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from pipeline.store import sha256_of
from tests import built
from tests.conftest import Finished


@pytest.fixture
def copy(finished: Finished, tmp_path: Path) -> Finished:
    """The finished case, to be changed."""
    shutil.copytree(finished.folder / "work", tmp_path / "work")
    case = Path(shutil.copytree(finished.case, tmp_path / finished.case.name))
    return replace(finished, folder=tmp_path, case=case)


def report(copy: Finished) -> Path:
    words = ("report", copy.case, "--clip", "1", "--channel", copy.channel, "--work", copy.folder / "work")
    done = built.clinicreel(*words)
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.strip())


def test_it_tells_what_was_hidden_when_and_why_by_what_and_of_which_bytes(copy: Finished) -> None:
    page = report(copy)
    assert page == copy.folder / "work" / "reports" / "2026-11-22-nodule" / "clip-01" / "report.html"
    said = json.loads(page.with_name("report.json").read_text("utf-8"))
    tracks = said["hidden"]["picture"]
    assert {one["kind"] for one in tracks} >= {"face", "zone"}
    assert all(0 <= one["start_s"] < one["end_s"] <= 2.0 and one["reason"] for one in tracks)
    assert [one["reason"] for one in tracks if one["kind"] == "zone"] == ["film", "monitor"]
    assert said["hidden"]["sound"][0]["how"] == "disguise"
    assert said["verdict"]["passed"]
    assert said["verdict"]["measures"]
    assert re.search(r"\b[0-9a-f]{64}\b", said["made_with"]["face_centerface"])
    assert said["files"]["exports"] == {one.format: one.file.sha256 for one in copy.clip.exports}
    assert copy.clip.plan is not None
    assert said["files"]["plan"] == sha256_of(copy.clip.plan)
    (raw,) = copy.case.glob("*.mp4")
    told = page.read_text("utf-8") + page.with_name("report.json").read_text("utf-8")
    assert sha256_of(raw) not in told  # the seed of the noise over heads
    assert said["recording"]["sha256_of_sha256"] in told


def test_the_page_holds_no_picture_no_script_and_asks_for_nothing(copy: Finished) -> None:
    tags: set[str] = set()

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            tags.add(tag)
            assert not {"src", "href", "srcset"} & {name for name, _ in attrs}

    page = report(copy).read_text("utf-8")
    Reader().feed(page)
    assert not tags & {"img", "script", "link", "iframe", "video", "svg"}
    assert "url(" not in page
    assert "@import" not in page


def test_two_reports_on_the_same_are_the_same_bytes(copy: Finished) -> None:
    page = report(copy)
    before = page.read_bytes(), page.with_name("report.json").read_bytes()
    report(copy)
    assert (page.read_bytes(), page.with_name("report.json").read_bytes()) == before


def test_no_name_and_no_number_of_the_case_is_in_it(tmp_path: Path) -> None:
    from pipeline.evidence.report import told
    from pipeline.settings.loading import load_case

    proof = "people: [{id: p1, role: patient, names: [王小明]}]\nsynthetic: true\n"
    lines = {"lines": [{"start_s": 1.1, "end_s": 2.9, "text": "王小明，电话13812345678，要紧吗？"}]}
    case = built.make_case(tmp_path, more=proof, lines=lines)
    channel = built.make_channel(tmp_path)
    built.build(tmp_path, case, channel=channel)
    with built.opened(tmp_path, case, channel=channel) as batch:
        said = told(batch, load_case(case, batch.channel), 1)
    text = json.dumps(said, ensure_ascii=False)
    assert "王小明" not in text
    assert "13812345678" not in text
    assert {(one["kind"], one["person"]) for one in said["hidden"]["talk"]} == {("name", "p1"), ("phone", "")}
    assert [one["id"] for one in said["people"]] == ["p1"]


def test_who_approved_stands_in_it_and_publishing_writes_it_beside_no_pack(copy: Finished) -> None:
    text = copy.channel.read_text("utf-8").replace("approval: none", "approval: required")
    channel = copy.folder / "clinic.yaml"
    channel.write_text(text, "utf-8")
    where = ("--channel", channel, "--work", copy.folder / "work")
    assert built.clinicreel("approve", copy.case, "--clip", "1", "--as", "李医生", *where).returncode == 0
    done = built.clinicreel("publish", copy.case, *where, "--outbox", copy.folder / "outbox")
    assert done.returncode == 0, done.stderr
    said = json.loads(next((copy.folder / "work" / "reports").rglob("report.json")).read_text("utf-8"))
    assert said["approved"]["by"] == "李医生"
    assert [one["platform"] for one in said["deliveries"]] == ["douyin", "bilibili"]
    assert not [path for path in (copy.folder / "outbox").rglob("*") if path.name.startswith("report")]


def test_what_is_not_built_has_no_report(copy: Finished) -> None:
    (copy.case / "review.yaml").write_text('clips: {1: {title: "另一个标题"}}\n', "utf-8")
    words = ("report", copy.case, "--clip", "1", "--channel", copy.channel, "--work", copy.folder / "work")
    done = built.clinicreel(*words)
    assert (done.returncode, "not built yet" in done.stderr) == (1, True)
