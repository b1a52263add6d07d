"""The audit: heads by lot, answers by a person, a count in the book and its bound."""

from __future__ import annotations

import json
import shlex
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipeline import delivery, publish
from pipeline.errors import ConfigError, ToolError
from pipeline.evidence import audit
from pipeline.evidence.audit_sheet import moments
from pipeline.evidence.heads import Unit
from pipeline.ledger import Ledger
from pipeline.store import sha256_of
from pipeline.values import Track
from tests import built
from tests.conftest import Finished


@pytest.fixture
def published(finished: Finished, tmp_path: Path) -> Finished:
    """The finished case in a work folder of its own, delivered."""
    shutil.copytree(finished.folder / "work", tmp_path / "work")
    with built.opened(tmp_path, finished.case, channel=finished.channel) as batch:
        assert publish.publish(batch, built.Quiet()).deliveries
    return replace(finished, folder=tmp_path)


def drawn(published: Finished, size: int = 20) -> audit.Sheet:
    with built.opened(published.folder, published.case, channel=published.channel) as batch:
        return audit.sample(batch, size)


def answered(sheet: audit.Sheet, answer: str) -> Path:
    path = sheet.folder / audit.ANSWERS
    lines = [f"{line} {answer}" if line.startswith("  ") else line for line in path.read_text("utf-8").splitlines()]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def book(published: Finished) -> Ledger:
    return Ledger(published.folder / "work" / "ledger.sqlite")


def test_every_published_head_is_looked_at_once_and_counted(published: Finished) -> None:
    first = drawn(published, 1)
    assert (first.heads, first.unseen) == (1, 0)
    heads = 1 + first.left
    page = (first.folder / audit.SHEET).read_text("utf-8")
    assert page.count("<h2>") == 1
    assert 4 <= page.count("data:image/jpeg;base64,") <= 12
    assert "://" not in page
    told = (first.folder / audit.ANSWERS).read_text("utf-8").split("Then:")[1].splitlines()[0]
    where = ["--record", str(first.folder / audit.ANSWERS), "--as", "NAME", "--work", str(published.folder / "work")]
    assert shlex.split(told) == ["clinicreel", "audit", *where]

    (count,) = audit.record(answered(first, "no"), "李医生", published.folder / "work")
    assert (count.looked, count.exposed) == (1, 0)
    with pytest.raises(ConfigError, match="recorded before"):
        audit.record(first.folder / audit.ANSWERS, "李医生", published.folder / "work")

    rest = drawn(published)
    assert (rest.heads, rest.left) == (heads - 1, 0)
    (count,) = audit.record(answered(rest, "no"), "李医生", published.folder / "work")
    assert (count.looked, count.exposed) == (heads, 0)
    assert drawn(published).heads == 0


def test_an_exposed_head_ends_with_code_4_and_being_unsure_counts_as_exposed(published: Finished) -> None:
    sheet = drawn(published)
    path = answered(sheet, "unsure")
    done = built.clinicreel("audit", "--record", path, "--as", "李医生", "--work", published.folder / "work")
    assert done.returncode == 4
    assert f"{sheet.heads} exposed in {sheet.heads}" in done.stdout
    slug = published.case.name
    asked = f"consent files --work {published.folder / 'work'} --case {slug} --person ID"
    assert f"{slug} #1 -> take down clip 1: clinicreel {asked} lists where it went" in done.stdout
    listed = built.clinicreel(*shlex.split(asked))
    assert (listed.returncode, "delivered: douyin" in listed.stdout) == (0, True), listed.stderr
    again = built.clinicreel("audit", "--record", path, "--as", "李医生", "--work", published.folder / "work")
    assert f"clinicreel audit --work {published.folder / 'work'} draws other heads" in again.stderr
    (entry,) = book(published).entries(audit.AUDITED)
    assert entry.body["by"] == "李医生"
    assert {one["video"] for one in entry.body["heads"]} <= {export.file.sha256 for export in published.clip.exports}


@pytest.mark.parametrize("answer", ["", "maybe"])
def test_an_answer_that_is_missing_or_unknown_is_told_with_its_line(published: Finished, answer: str) -> None:
    path = answered(drawn(published), answer)
    with pytest.raises(ConfigError, match=r"audit\.yaml:5: exposed\.1"):
        audit.record(path, "李医生", published.folder / "work")
    assert list(book(published).entries(audit.AUDITED)) == []


def test_answers_to_another_sheet_are_refused(published: Finished) -> None:
    sheet = drawn(published)
    path = answered(sheet, "no")
    (sheet.folder / audit.SHEET).write_bytes((sheet.folder / audit.SHEET).read_bytes() + b" ")
    with pytest.raises(ConfigError, match="not the one"):
        audit.record(path, "李医生", published.folder / "work")


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"sheet": "a"}', '{"sheet": "SHEET", "units": {"1": {}}}'])
def test_answers_beside_a_sample_that_says_nothing_are_refused(published: Finished, text: str) -> None:
    sheet = drawn(published)
    path = answered(sheet, "no")
    text = text.replace("SHEET", sha256_of(sheet.folder / audit.SHEET))
    (sheet.folder / audit.SAMPLE).write_text(text, "utf-8")
    with pytest.raises(ConfigError, match="not the one"):
        audit.record(path, "李医生", published.folder / "work")


def entry(at: int, made_with: str = "face_a 1", *, exposed: bool = False) -> dict[str, Any]:
    unit = Unit("a", 1, f"{at:064x}", 1, "h264 1280x720 at 25", made_with)
    return {**{key: getattr(unit, key) for key in unit.__slots__}, "exposed": exposed}


def test_the_bound_is_that_of_clopper_and_pearson_and_begins_anew_with_every_version(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "a.sqlite")
    ledger.append(audit.AUDITED, {"by": "x", "sheet": "1", "heads": [entry(at) for at in range(312)]})
    ledger.append(audit.AUDITED, {"by": "x", "sheet": "2", "heads": [entry(0), entry(1, "face_a 2", exposed=True)]})
    old, new = audit.counts(ledger)
    assert str(old).startswith("0 exposed in 311, below 1 % at 95 %")
    assert (new.looked, new.exposed, new.bound) == (1, 1, 1.0)
    assert audit.Count("", "", 299, 0).bound == pytest.approx(0.00997, abs=1e-4)
    assert audit.Count("", "", 100, 1).bound == pytest.approx(0.0466, abs=1e-3)


def test_what_was_published_and_is_no_longer_there_is_counted_as_unseen(published: Finished) -> None:
    files = {delivery.VIDEO: "0" * 64}
    book(published).append(delivery.DELIVERED, {"case": "gone", "clip": 1, "platform": "douyin", "files": files})
    assert drawn(published).unseen == 1


def test_the_moments_shown_are_those_at_which_a_head_may_show() -> None:
    track = Track(1, "face", "", "ellipse", 10, (0, 0, 9, 9) * 40, seen=(12, 16, 40, 44))
    shown = moments(track, 100)
    assert {9, 10, 28, 49, 50} <= set(shown)
    assert shown == sorted(set(shown))
    assert moments(replace(track, first_frame=0), 40)[0] == 0


def test_the_lot_cannot_be_chosen(published: Finished) -> None:
    first, again = drawn(published, 1), drawn(published, 1)
    assert first.folder == again.folder
    said = [json.loads((one.folder / audit.SAMPLE).read_text("utf-8"))["units"] for one in (first, again)]
    assert said[0] == said[1]


def test_the_channel_of_an_audit_is_that_of_its_cases(published: Finished) -> None:
    case = shutil.copytree(published.case, published.folder / published.case.name)
    with (case / "case.yaml").open("a", encoding="utf-8") as form:
        form.write(f"channel: {published.channel}\n")
    done = built.clinicreel("audit", case, "--work", published.folder / "work")
    assert (done.returncode, audit.ANSWERS in done.stdout) == (0, True), done.stderr


def test_a_sheet_that_cannot_be_written_is_told(published: Finished) -> None:
    place = published.folder / "work" / "audits"
    place.touch()
    with pytest.raises(ToolError, match=r"audits/\w+: cannot be written: Not a directory") as caught:
        drawn(published)
    assert caught.value.remedy == "check its permissions and its disk"
