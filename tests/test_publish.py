"""Delivery: each pack once, whole, the very bytes that were verified, and nothing where nothing was asked for."""

from __future__ import annotations

import errno
import json
import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipeline import delivery, outbox, publish
from pipeline.batch import Batch
from pipeline.errors import ConfigError, ExposedError, RecordingError, ToolError
from pipeline.evidence import lineage, returned
from pipeline.evidence.report import told
from pipeline.ledger import Ledger
from pipeline.opening import open_batch
from pipeline.publish import ALL, Wanted
from pipeline.results import BLOCKED, FAILED, READY, WAITING, ClipResult
from pipeline.settings.loading import load_case
from pipeline.store import Store, sha256_of
from pipeline.values import File, Named, Register
from tests import built
from tests.conftest import Finished


@pytest.fixture
def copy(finished: Finished, tmp_path: Path) -> Finished:
    """The finished case with a work folder of its own, to be changed."""
    shutil.copytree(finished.folder / "work", tmp_path / "work")
    return replace(finished, folder=tmp_path)


def run(copy: Finished, *words: str | Path) -> tuple[int, Any, str]:
    """Exit code, JSON and messages of a command."""
    done = built.clinicreel(*words, copy.case, *built.where(copy.folder, copy.channel), "--json")
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, built.answer(done), done.stderr


def listing(folder: Path) -> list[tuple[str, int, int]]:
    """Everything below a folder: name, inode, time of change."""
    return sorted((str(p.relative_to(folder)), p.stat().st_ino, p.stat().st_mtime_ns) for p in folder.rglob("*"))


def entries(copy: Finished) -> list[dict[str, Any]]:
    return [entry.body for entry in Ledger(copy.folder / "work" / "ledger.sqlite").entries(delivery.DELIVERED)]


def test_every_pack_is_delivered_once_and_a_second_run_says_so(copy: Finished) -> None:
    code, said, _ = run(copy, "publish")
    assert code == 0
    assert [(one["platform"], one["new"]) for one in said["deliveries"]] == [("douyin", True), ("bilibili", True)]
    for body, one in zip(entries(copy), said["deliveries"], strict=True):
        there = {path.name: sha256_of(path) for path in Path(one["path"]).iterdir()}
        assert there == body["files"]
        assert Path(one["path"]).is_relative_to(copy.folder / "outbox")
    before = listing(copy.folder / "outbox")
    code, said, _ = run(copy, "publish")
    assert (code, [one["new"] for one in said["deliveries"]]) == (0, [False, False])
    assert listing(copy.folder / "outbox") == before
    assert len(entries(copy)) == 2
    shown = built.clinicreel("publish", copy.case, *built.where(copy.folder, copy.channel)).stdout
    assert "already delivered" in shown


def delivered(copy: Finished, wanted: Wanted = ALL, *, may_make: bool = True) -> tuple[ClipResult, list[str]]:
    """The case's clip after a delivery, or after asking about one, and what is told of each pack."""
    where = (str(copy.channel), None, copy.folder / "work", copy.folder / "outbox")
    with open_batch([copy.case], *where, may_make=may_make) as batch:
        report = (publish.publish if may_make else publish.tell)(batch, built.Quiet(), wanted)
    (clip,) = report.clips
    return clip, ["gone" if one.is_gone else "before" if one.was_there else "now" for one in report.deliveries]


def test_a_pack_that_is_gone_from_the_outbox_stays_away_until_somebody_asks_for_it(copy: Finished) -> None:
    delivered(copy)
    shutil.rmtree(copy.folder / "outbox")
    for wanted, may_make in ((ALL, True), (ALL, False), (Wanted(1), True)):
        clip, packs = delivered(copy, wanted, may_make=may_make)
        assert (clip.state, packs) == (READY, ["gone", "gone"])
        assert clip.reason == "delivered, and no longer in the outbox: douyin, bilibili"
        where = f"--outbox {copy.folder / 'outbox'}"
        assert clip.next_step.endswith(f"clinicreel publish 2026-11-22-nodule {where} --clip 1 --again")
    asked = Wanted(1, again=True)
    assert delivered(copy, asked, may_make=False)[1] == []
    assert not (copy.folder / "outbox").exists()
    code, said, _ = run(copy, "publish", "--clip", "1", "--again")
    assert (code, [(one["new"], one["gone"]) for one in said["deliveries"]]) == (0, [(True, False)] * 2)
    clip, packs = delivered(copy, asked)
    assert (packs, clip.reason, clip.next_step) == (["before", "before"], "", "")
    assert len(list((copy.folder / "outbox").rglob("video.mp4"))) == 2
    assert len(entries(copy)) == 4


def test_what_may_no_longer_leave_is_not_delivered_again_on_purpose_either(copy: Finished) -> None:
    delivered(copy)
    shutil.rmtree(copy.folder / "outbox")
    demanding = replace(copy, channel=channel_with(copy, "", approval="required"))
    clip, packs = delivered(demanding, Wanted(1, again=True))
    assert (clip.state, packs) == (WAITING, [])
    assert "--again" not in clip.next_step
    assert not (copy.folder / "outbox").exists()


def test_which_clip_is_wanted_must_be_clear(copy: Finished) -> None:
    with pytest.raises(ConfigError, match="which clip is meant"):
        delivered(copy, Wanted(again=True))
    with pytest.raises(ConfigError, match="has no clip 2"):
        delivered(copy, Wanted(2))
    with (
        built.opened(copy.folder, copy.case, copy.folder / "other", channel=copy.channel) as batch,
        pytest.raises(ConfigError, match="of which case"),
    ):
        publish.publish(batch, built.Quiet(), Wanted(1))
    assert not (copy.folder / "outbox").exists()


def test_another_outbox_is_a_delivery_of_its_own_and_the_book_says_which(copy: Finished) -> None:
    for name in ("outbox", "nas", "outbox"):
        with open_batch([copy.case], str(copy.channel), None, copy.folder / "work", copy.folder / name) as batch:
            report = publish.publish(batch, built.Quiet())
            said = told(batch, load_case(copy.case, batch.channel), 1)["deliveries"]
        assert len(list((copy.folder / name).rglob("video.mp4"))) == 2
    assert [one.was_there for one in report.deliveries] == [True, True]
    both = [str(copy.folder / name) for name in ("outbox", "nas")]
    assert [one["outbox"] for one in entries(copy)] == [both[0], both[0], both[1], both[1]]
    assert [(one["platform"], one["outbox"]) for one in said] == [
        (platform, place) for platform in ("douyin", "bilibili") for place in both
    ]


def test_the_projects_own_outbox_is_known_by_its_place_in_the_project(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path)
    assert delivery.known_as(built.PROJECT / "outbox") == "outbox"
    assert delivery.known_as(tmp_path / "link" / "packs") == str(tmp_path / "packs")


def test_a_book_of_before_outboxes_were_written_down_counts_for_every_one(finished: Finished, tmp_path: Path) -> None:
    """It does not say where the pack went: that it was taken back from here cannot be ruled out."""
    pack, folder = finished.clip.packs[0]
    old, ledger = Ledger(tmp_path / "a.sqlite"), Ledger(tmp_path / "b.sqlite")
    built.outlet(tmp_path / "first", old).deliver(finished.clip, pack, folder, built.NOBODY)
    (entry,) = old.entries(delivery.DELIVERED)
    ledger.append(delivery.DELIVERED, {key: value for key, value in entry.body.items() if key != "outbox"})
    at = finished.clip, pack, folder
    there = built.outlet(tmp_path / "first", ledger).deliver(*at, built.NOBODY)
    assert (there.was_there, there.is_gone) == (True, False)
    missing = built.outlet(tmp_path / "second", ledger).deliver(*at, built.NOBODY)
    assert (missing.was_there, missing.is_gone, missing.path.exists()) == (True, True, False)
    assert not built.outlet(tmp_path / "second", ledger).deliver(*at, built.NOBODY, again=True).was_there
    assert built.outlet(tmp_path / "second", ledger).deliver(*at, built.NOBODY).was_there


@pytest.mark.parametrize(("role", "refused"), [("patient", True), ("minor", True), ("doctor", False)])
@pytest.mark.parametrize("folder", ["林小雨", "nas/lin_xiaoyu"])
def test_an_outbox_is_not_called_after_a_patient(
    finished: Finished, tmp_path: Path, folder: str, role: str, refused: bool
) -> None:
    register = Register("zh", (Named("p1", role, ("林小雨",)),))
    outlet = built.outlet(tmp_path / folder, Ledger(tmp_path / "a.sqlite"))
    if refused:
        with pytest.raises(ConfigError, match="called after somebody who was filmed"):
            outlet.deliver(finished.clip, *finished.clip.packs[0], register)
        assert not (tmp_path / folder).exists()
    else:
        assert outlet.deliver(finished.clip, *finished.clip.packs[0], register).path.is_dir()


def test_killed_between_the_rename_and_the_entry_nothing_is_copied_twice(copy: Finished) -> None:
    run(copy, "publish")
    before = listing(copy.folder / "outbox")
    for name in ("ledger.sqlite", "ledger.mark"):
        (copy.folder / "work" / name).unlink()
    code, said, _ = run(copy, "publish")
    assert (code, len(said["deliveries"]), len(entries(copy))) == (0, 2, 2)
    assert listing(copy.folder / "outbox") == before


def test_killed_while_copying_the_half_is_replaced(copy: Finished) -> None:
    half = copy.folder / "outbox" / "2026-11-22-nodule" / "clip-01" / ".douyin.part"
    half.mkdir(parents=True)
    (half / "video.mp4").write_bytes(b"half")
    assert run(copy, "publish")[0] == 0
    assert sorted(path.name for path in half.parent.iterdir()) == ["bilibili", "douyin"]


def test_what_a_killed_delivery_left_is_removed_by_the_next_one_and_told(copy: Finished) -> None:
    """Whether or not that pack may go now: of another clip, of another case."""
    half = begun_half(copy, "2026-01-01-else")
    with Store(copy.folder / "work") as store, store.lock("2026-01-01-else", lambda: None):
        assert delivered(copy)[1] == ["now", "now"]
        assert half.exists(), "a living process copies it"
    code, said, _ = run(copy, "publish")
    assert (code, said["swept"], half.exists()) == (0, [{"path": str(half), "removed": True}], False)
    half.mkdir()
    shown = built.clinicreel("publish", copy.case, *built.where(copy.folder, copy.channel)).stdout
    assert f"removed what an interrupted delivery had left: {half}" in shown


def test_what_others_are_copying_into_the_same_outbox_stays(copy: Finished) -> None:
    """They have a work folder and a book of their own, and no lock of ours."""
    half = begun_half(copy, "2026-01-01-else", copy.folder / "their.sqlite")
    code, said, _ = run(copy, "publish")
    assert (code, said["swept"], half.exists()) == (0, [], True)


def begun_half(copy: Finished, case: str, book: Path | None = None) -> Path:
    """What a killed run leaves of a pack that it was copying, and that a book says was begun: ours, or another."""
    outlet = built.outlet(copy.folder / "outbox", Ledger(book or copy.folder / "work" / "ledger.sqlite"))
    said = {"case": case, "clip": 2, "platform": "douyin", "files": {}, "outbox": delivery.known_as(outlet.folder)}
    outlet.ledger.append(delivery.DELIVERING, said)
    half = outbox.half(outbox.place(outlet.folder, case, 2, "douyin"))
    half.mkdir(parents=True)
    (half / "video.mp4").write_bytes(b"half")
    return half


class Killed(BaseException):
    """The process is gone: nothing behind it runs."""


@pytest.mark.parametrize("at", ["the entry", "the copy"])
def test_a_delivery_that_was_begun_is_in_the_book_whenever_the_run_was_killed(
    copy: Finished, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    def killed(*_: object) -> None:
        raise Killed

    if at == "the copy":
        monkeypatch.setattr("pipeline.outbox.fsync", killed)
    real = Ledger.append
    monkeypatch.setattr(Ledger, "append", lambda *words: killed() if words[1] == delivery.DELIVERED else real(*words))
    with pytest.raises(Killed):
        delivered(copy)
    book, name = Ledger(copy.folder / "work" / "ledger.sqlite"), copy.case.name
    files = lineage.files_of(book, name, "p1").files
    begun = {one.what for one in files if one.begun}
    assert {"douyin/video.mp4", "douyin/title.txt"} <= begun
    assert not any(one.where for one in files)
    told = built.clinicreel(
        "consent", "files", "--case", name, "--person", "p1", "--work", copy.folder / "work"
    ).stdout.splitlines()
    (line,) = [line for line in told if "douyin/video.mp4" in line]
    assert "delivery begun, look whether it lies there: douyin, " in line
    assert line.endswith(str(copy.folder / "outbox"))
    monkeypatch.undo()
    if at == "the entry":  # it lies there whole
        _, said, _ = run(copy, "status")
        assert [(one["platform"], one["gone"]) for one in said["deliveries"]] == [("douyin", False)]
        broken = shutil.copytree(copy.case, copy.folder / copy.case.name)
        (broken / "case.yaml").write_text("clips: [", "utf-8")
        _, said, _ = run(replace(copy, case=broken), "status")
        assert "still lies in the outbox: clip-01/douyin" in said["clips"][0]["reason"]
    assert delivered(copy)[1] == ["now", "now"]
    assert not any(one.begun for one in lineage.files_of(book, name, "p1").files)
    assert len(list(book.entries(delivery.DELIVERING))) == 2


def test_a_book_that_another_program_keeps_for_itself_says_so_and_what_was_copied_is_known(
    copy: Finished, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = copy.folder / "work" / "ledger.sqlite"
    Ledger(path)
    monkeypatch.setattr("pipeline.ledger.WAIT_S", 0.05)
    real = outbox.copy
    with closing(sqlite3.connect(path, isolation_level=None)) as other:

        def copied(*words: Any) -> None:
            real(*words)
            other.execute("BEGIN EXCLUSIVE")

        monkeypatch.setattr(outbox, "copy", copied)
        clip, packs = delivered(copy)
    assert (clip.state, packs) == ("failed", [])
    assert clip.reason.endswith("ledger.sqlite: in use by another program")
    assert "try again" in clip.next_step
    files = lineage.files_of(Ledger(path), copy.case.name, "p1").files
    assert "douyin/video.mp4" in {one.what for one in files if one.begun}


def test_another_version_in_the_outbox_is_not_overwritten_and_holds_back_nothing_else(copy: Finished) -> None:
    there = copy.folder / "outbox" / "2026-11-22-nodule" / "clip-01" / "douyin"
    there.mkdir(parents=True)
    (there / "video.mp4").write_bytes(b"another")
    code, said, _ = run(copy, "publish")
    (clip,) = said["clips"]
    assert (code, clip["state"]) == (1, "failed")
    assert "another version of this pack lies there" in clip["reason"]
    assert (there / "video.mp4").read_bytes() == b"another"
    assert [one["platform"] for one in said["deliveries"]] == ["bilibili"]
    assert [body["platform"] for body in entries(copy)] == ["bilibili"]
    (there.parent / "bilibili" / "video.mp4").unlink()
    code, said, _ = run(copy, "publish")
    assert (code, said["deliveries"]) == (1, [])
    for platform in ("douyin", "bilibili"):
        assert f"{there.parent / platform}: another version of this pack lies there" in said["clips"][0]["reason"]
    assert said["clips"][0]["next"].count("move that folder away") == 1


def shown(copy: Finished, *words: str) -> str:
    """The table of a command."""
    return built.clinicreel(*words, copy.case, *built.where(copy.folder, copy.channel)).stdout


def test_what_somebody_changed_in_the_outbox_is_not_called_published(copy: Finished) -> None:
    """One byte, the size stays: by reading alone can it be told from what was delivered."""
    delivered(copy)
    video = copy.folder / "outbox" / "2026-11-22-nodule" / "clip-01" / "douyin" / "video.mp4"
    rot(video)
    for words in (("status",), ("publish", "--dry-run"), ("build",)):
        code, said, _ = run(copy, *words)
        (clip,) = said["clips"]
        assert (code, clip["reason"]) == (0, "another version lies in the outbox: douyin")
        assert "move that version away" in clip["next"]
        assert [(one["platform"], one["other"]) for one in said["deliveries"]] == [
            ("douyin", True),
            ("bilibili", False),
        ]
        table = shown(copy, *words)
        assert "other version" in table
        assert f"another version lies at {video.parent}" in table
        assert "published" not in table
        assert "would be delivered" not in table
    code, said, _ = run(copy, "publish")
    assert (code, said["clips"][0]["state"]) == (1, "failed")
    assert "another version of this pack lies there" in said["clips"][0]["reason"]


def test_a_trial_tells_of_another_version_that_the_book_does_not_know(copy: Finished) -> None:
    there = copy.folder / "outbox" / "2026-11-22-nodule" / "clip-01" / "douyin"
    there.mkdir(parents=True)
    (there / "video.mp4").write_bytes(b"another")
    delivered(copy)
    code, said, _ = run(copy, "publish", "--dry-run")
    assert (code, said["clips"][0]["reason"]) == (0, "another version lies in the outbox: douyin")
    assert "would be delivered" not in shown(copy, "publish", "--dry-run")


def test_a_clip_that_waits_since_it_was_delivered_tells_of_the_older_version(copy: Finished) -> None:
    """The doctor changed the title: the clip must be approved anew, and what was uploaded is the old one."""
    delivered(copy)
    case = shutil.copytree(copy.case, copy.folder / copy.case.name)
    words = (case / "case.yaml").read_text("utf-8")
    (case / "case.yaml").write_text(words.replace("title: 肺结节要紧吗", "title: 另一个题目"), "utf-8")
    changed = replace(copy, case=case)
    code, said, _ = run(changed, "status")  # nothing is built of it yet
    (clip,) = said["clips"]
    assert (code, clip["state"]) == (0, "waiting")
    assert clip["reason"].endswith(
        "what was delivered before still lies in the outbox: clip-01/bilibili, clip-01/douyin"
    )
    broken = words.replace("title: ", "titel: ")
    (case / "case.yaml").write_text(broken, "utf-8")
    _, said, _ = run(changed, "status")  # the case as a whole
    assert said["clips"][0]["reason"].endswith("in the outbox: clip-01/bilibili, clip-01/douyin")


def test_whoever_publishes_is_told_of_what_lies_there_for_a_platform_that_was_taken_out(copy: Finished) -> None:
    delivered(copy)
    fewer = replace(copy, channel=copy.folder / "fewer.yaml")
    fewer.channel.write_text(copy.channel.read_text("utf-8").replace("douyin, bilibili", "bilibili"), "utf-8")
    for may_make in (True, False):
        clip, packs = delivered(fewer, may_make=may_make)
        assert (clip.state, packs) == (READY, ["before", "before"])
        assert clip.reason == "what was delivered before still lies in the outbox: clip-01/douyin"


def test_what_lies_in_the_outbox_is_read_once_for_as_long_as_nobody_touches_it(
    copy: Finished, monkeypatch: pytest.MonkeyPatch
) -> None:
    delivered(copy)

    def never(path: Path) -> str:
        raise AssertionError(path)

    monkeypatch.setattr("pipeline.hashing.sha256_of", never)
    assert delivered(copy, may_make=False)[1] == ["before", "before"]


def test_a_pack_that_breaks_a_limit_is_held_back_alone(copy: Finished) -> None:
    words = (copy.case / "case.yaml").read_text("utf-8")
    case = copy.folder / copy.case.name
    shutil.copytree(copy.case, case)
    (case / "case.yaml").write_text(words + f"titles: {{bilibili: {'很长的标题' * 30}}}\n", "utf-8")
    code, said, _ = run(replace(copy, case=case), "publish")
    (clip,) = said["clips"]
    assert (code, clip["state"]) == (0, "ready")
    assert clip["reason"].startswith("bilibili: ")
    assert [one["platform"] for one in said["deliveries"]] == ["douyin"]
    assert not (copy.folder / "outbox" / "2026-11-22-nodule" / "clip-01" / "bilibili").exists()


@pytest.mark.parametrize("words", [("status",), ("publish", "--dry-run")])
def test_asking_changes_nothing(copy: Finished, words: tuple[str, ...]) -> None:
    before = listing(copy.folder)
    code, said, _ = run(copy, *words)
    assert (code, said["clips"][0]["state"], said["deliveries"]) == (0, "ready", [])
    assert listing(copy.folder) == before


def test_what_was_delivered_is_told_again_without_acting(copy: Finished) -> None:
    run(copy, "publish")
    before = listing(copy.folder)
    code, said, _ = run(copy, "status")
    assert (code, [one["new"] for one in said["deliveries"]]) == (0, [False, False])
    shown = built.clinicreel("status", copy.case, *built.where(copy.folder, copy.channel)).stdout
    assert "published" in shown
    assert "clinicreel publish" not in shown
    assert listing(copy.folder) == before


def test_two_that_publish_at_once_deliver_once(copy: Finished) -> None:
    words = built.command("publish", copy.case, *built.where(copy.folder, copy.channel), "--json")
    both = [subprocess.Popen(words, cwd=built.PROJECT, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    said = [json.loads(one.communicate(timeout=60)[0]) for one in both]
    assert [one.returncode for one in both] == [0, 0]
    assert sorted(one["new"] for answer in said for one in answer["deliveries"]) == [False, False, True, True]
    assert len(entries(copy)) == 2


def test_what_was_changed_while_the_batch_ran_is_not_delivered_as_it_was(copy: Finished) -> None:
    """Other cases may be built for hours between a clip and its delivery."""
    case = shutil.copytree(copy.case, copy.folder / copy.case.name)

    class Changes(built.Quiet):
        def clip_is(self, clip: ClipResult) -> None:
            assert clip.state == READY
            words = (case / "case.yaml").read_text("utf-8")
            (case / "case.yaml").write_text(words.replace("title: 肺结节要紧吗", "title: 另一个题目"), "utf-8")

    with built.opened(copy.folder, case, channel=copy.channel) as batch:
        report = publish.publish(batch, Changes())
    (clip,) = report.clips
    assert (clip.state, clip.next_step, report.deliveries) == (WAITING, "clinicreel build", [])
    assert not (copy.folder / "outbox").exists()


def test_asking_about_what_was_never_built_makes_no_folder(copy: Finished) -> None:
    shutil.rmtree(copy.folder / "work")
    code, said, _ = run(copy, "status")
    (clip,) = said["clips"]
    assert (code, clip["state"], clip["next"].split(" --")[0]) == (0, "waiting", f"clinicreel build {copy.case}")
    assert "not built yet" in clip["reason"]
    assert not (copy.folder / "work").exists()


def channel_with(copy: Finished, line: str, approval: str = "none") -> Path:
    path = copy.folder / "clinic.yaml"
    text = copy.channel.read_text("utf-8").replace("approval: none", f"approval: {approval}")
    path.write_text(text + line, "utf-8")
    return path


def test_a_folder_that_the_channel_names_is_used(copy: Finished) -> None:
    channel = channel_with(copy, f"outbox: {copy.folder}/nas\n")
    words = ["publish", copy.case, "--channel", channel, "--work", copy.folder / "work", "--json"]
    missing = built.clinicreel(*words)
    assert missing.returncode == 2
    assert f"{copy.folder}/nas: there is no such folder" in missing.stderr
    (copy.folder / "nas").mkdir()
    said = built.answer(built.clinicreel(*words))
    assert len(list((copy.folder / "nas").rglob("video.mp4"))) == len(said["deliveries"]) == 2


def test_home_may_be_written_as_a_tilde(copy: Finished) -> None:
    channel = channel_with(copy, "outbox: ~/packs\n")
    (copy.folder / "packs").mkdir()
    words = ["publish", copy.case, "--channel", channel, "--work", copy.folder / "work", "--json"]
    said = built.answer(built.clinicreel(*words, HOME=str(copy.folder)))
    assert said["deliveries"][0]["path"].startswith(f"{copy.folder}/packs/")


def test_a_pack_whose_bytes_rotted_blocks_and_is_made_again(copy: Finished) -> None:
    """The size stays, so that only reading every byte shows it; the pack's video and the export are one file."""
    for path in (copy.folder / "work" / "store").rglob("video.mp4"):
        path.chmod(0o600)
        rot(path)
    code, said, _ = run(copy, "publish")
    assert (code, said["clips"][0]["state"], said["deliveries"]) == (4, "blocked", [])
    assert "was changed after it was made" in said["clips"][0]["reason"]
    code, said, _ = run(copy, "publish")
    assert (code, len(said["deliveries"])) == (0, 2)


def rot(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)


def test_an_outbox_that_cannot_be_written_is_told(finished: Finished, tmp_path: Path) -> None:
    (tmp_path / "outbox").write_text("a file")
    done = built.clinicreel(
        "publish", finished.case, *built.where(tmp_path, finished.channel)[:2],
        "--work", finished.folder / "work", "--outbox", tmp_path / "outbox" / "packs", "--json",
    )  # fmt: skip
    assert done.returncode == 3
    assert "cannot be written" in built.answer(done)["clips"][0]["reason"]


def test_a_full_disk_is_told_with_the_place_that_it_is_at(copy: Finished, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("pipeline.outbox.shutil.copyfile", full)
    clip, packs = delivered(copy)
    assert (clip.state, clip.exit_code, packs) == (FAILED, 3, [])
    for platform in ("douyin", "bilibili"):
        there = copy.folder / "outbox" / "2026-11-22-nodule" / "clip-01" / platform
        assert f"{there}: no space left on the disk" in clip.reason


@pytest.mark.parametrize(
    ("clip", "verdict", "pack", "why"),
    [
        ({}, {"passed": False}, {}, "did not pass"),
        ({}, {"sha256s": ("0" * 64,)}, {}, "never verified"),
        ({"verdict": None}, None, {}, "only a ready clip"),
        ({"state": WAITING}, {}, {}, "only a ready clip"),
        ({"state": BLOCKED}, {}, {}, "only a ready clip"),
        ({}, {}, {"problems": ("too long",)}, "only a ready clip"),
    ],
)
def test_what_is_not_ready_or_never_was_in_a_verdict_that_passed_stays(
    finished: Finished,
    tmp_path: Path,
    clip: dict[str, Any],
    verdict: dict[str, Any] | None,
    pack: dict[str, Any],
    why: str,
) -> None:
    assert finished.clip.verdict is not None
    proved = clip if verdict is None else {**clip, "verdict": replace(finished.clip.verdict, **verdict)}
    made, folder = finished.clip.packs[0]
    ledger = Ledger(tmp_path / "a.sqlite")
    with pytest.raises(ExposedError, match=why):
        built.outlet(tmp_path / "outbox", ledger).deliver(
            replace(finished.clip, **proved), replace(made, **pack), folder, built.NOBODY
        )
    assert not (tmp_path / "outbox").exists()
    assert list(ledger.entries(delivery.DELIVERED)) == []


def test_a_folder_with_a_file_missing_is_another_version(finished: Finished, tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "a.sqlite")
    made = built.outlet(tmp_path / "outbox", ledger).deliver(finished.clip, *finished.clip.packs[0], built.NOBODY)
    os.unlink(made.path / "title.txt")
    with pytest.raises(RecordingError, match="another version"):
        unaware = Ledger(tmp_path / "b.sqlite")
        built.outlet(tmp_path / "outbox", unaware).deliver(finished.clip, *finished.clip.packs[0], built.NOBODY)


# --- one bad file does not stop the others --------------------------------------------------------------------------


def test_what_was_delivered_is_told_where_its_report_cannot_be_written(copy: Finished) -> None:
    (copy.folder / "work" / "reports").write_text("no folder")
    code, said, _ = run(copy, "publish")
    (clip,) = said["clips"]
    assert (code, [one["new"] for one in said["deliveries"]]) == (3, [True, True])
    assert clip["reason"].startswith("delivered, but its report is missing: ")
    assert "cannot be written" in clip["reason"]
    assert f"then: clinicreel report {copy.case} --channel " in clip["next"]
    assert clip["next"].endswith(f" --work {copy.folder / 'work'} --clip 1")


def test_a_file_that_came_back_goes_where_it_can_though_one_place_is_taken(
    copy: Finished, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = copy.folder / "outbox" / "2026-11-22-nodule" / "clip-01" / "douyin"
    there.mkdir(parents=True)
    (there / "video.mp4").write_bytes(b"another")
    with built.opened(copy.folder, copy.case, channel=copy.channel) as batch:
        (clip,) = batch.build(built.Quiet()).clips
        monkeypatch.setattr(returned, "check", lambda *_: clip)  # verified long ago
        back = returned.Back(copy.case / "case.yaml", copy.case, 1)
        report = returned.deliver(batch, back, built.Quiet())
        trial = returned.deliver(batch, back, built.Quiet(), dry_run=True)
    assert [one.platform for one in report.deliveries] == ["bilibili"]
    assert (report.clips[0].state, report.clips[0].exit_code) == ("failed", 1)
    assert "another version of this pack lies there" in report.clips[0].reason
    assert trial.clips[0].reason == "another version lies in the outbox: douyin"


def test_a_pack_of_which_a_file_cannot_be_read_is_told_and_the_others_go(
    copy: Finished, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused: list[Path] = []

    def reads(path: Path) -> str:
        if path.name == "title.txt" and path.is_relative_to(copy.folder / "work") and not refused:
            refused.append(path)
            raise PermissionError(13, "Permission denied")
        return sha256_of(path)

    monkeypatch.setattr("pipeline.store.sha256_of", reads)
    clip, packs = delivered(copy)
    assert (clip.state, packs) == ("failed", ["now"])
    assert clip.reason.endswith("title.txt: cannot be read: Permission denied")


def test_a_photo_that_cannot_be_read_fails_its_own_case(
    copy: Finished, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = tmp_path / "cases" / "2026-11-23-bad"
    shutil.copytree(copy.case, bad)
    (bad / "zhou.jpg").write_bytes(b"a face")
    words = (bad / "case.yaml").read_text("utf-8")
    people = "people:\n  - {id: d1, role: doctor, face: keep, photos: [zhou.jpg]}\n"
    (bad / "case.yaml").write_text(words + people, "utf-8")

    def reads(path: Path) -> File:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pipeline.settings.keeping.store.file_of", reads)
    with built.opened(copy.folder, bad, copy.case, channel=copy.channel) as batch:
        failed, good = batch.build(built.Quiet()).clips
    assert (failed.case, failed.state, failed.exit_code) == (bad.name, "failed", 2)
    assert "case.yaml:" in failed.reason
    assert failed.reason.endswith("the photo cannot be read: Permission denied")
    assert good.state == READY


# --- an outbox that is not there ------------------------------------------------------------------------------------


@pytest.fixture
def unplugged(copy: Finished) -> Finished:
    """The finished case, on a channel whose outbox lies on a disk that is missing."""
    channel = channel_with(copy, f"outbox: {copy.folder / 'nas'}\n")
    return replace(copy, channel=channel)


def on(copy: Finished, *, may_make: bool = True) -> Batch:
    """The batch of the case, with the outbox of its channel."""
    return open_batch([copy.case], str(copy.channel), None, copy.folder / "work", None, may_make=may_make)


def test_a_missing_outbox_keeps_nobody_from_what_does_not_need_it(unplugged: Finished) -> None:
    where = ["--channel", str(unplugged.channel), "--work", str(unplugged.folder / "work")]
    built_again = built.clinicreel("build", unplugged.case, *where, "--json")
    (clip,) = built.answer(built_again)["clips"]
    assert (built_again.returncode, clip["state"], clip["reason"]) == (0, READY, "")
    for words in (["approve", "--as", "Dr Zhou"], ["approve", "--as", "Dr Zhou", "--revoke"], ["report"]):
        done = built.clinicreel(words[0], unplugged.case, "--clip", "1", *words[1:], *where)
        assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("dry", [True, False])
def test_a_missing_outbox_stops_what_is_delivered_or_compared_with_it(unplugged: Finished, dry: bool) -> None:
    with (
        pytest.raises(ConfigError, match=r"outbox: .*nas: there is no such folder") as caught,
        on(unplugged, may_make=not dry) as batch,
    ):
        (publish.tell if dry else publish.publish)(batch, built.Quiet())
    assert caught.value.remedy == "connect the disk it lies on, or make the folder"
    assert not (unplugged.folder / "nas").exists()


def test_an_outbox_where_nobody_can_look_is_told(unplugged: Finished, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(path: Path) -> bool:
        raise OSError(errno.EIO, "Input/output error")

    with on(unplugged) as batch:
        monkeypatch.setattr(Path, "is_dir", fails)
        with pytest.raises(
            ConfigError, match="nas: what is named here cannot be looked up: Input/output error"
        ) as caught:
            publish.outlet_of(batch)
    assert caught.value.remedy == "check that disk, and the permissions of the folders that it lies in"


@pytest.mark.parametrize("asked", ["exists", "iterdir"])
def test_where_nobody_can_look_there_is_no_other_version(
    finished: Finished, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: str
) -> None:
    outlet, target = built.outlet(tmp_path, Ledger(tmp_path / "a.sqlite")), tmp_path / "2026-11-22-nodule"
    (target / "clip-01" / "douyin").mkdir(parents=True)
    seen = getattr(Path, asked)

    def fails(path: Path) -> Any:
        if path.is_relative_to(target):
            raise PermissionError(errno.EACCES, "Permission denied")
        return seen(path)

    monkeypatch.setattr(Path, asked, fails)
    with pytest.raises(ToolError, match="douyin: cannot be looked into: Permission denied") as caught:
        outlet.deliver(finished.clip, *finished.clip.packs[0], built.NOBODY)
    assert caught.value.remedy == "check that disk, and the permissions of the folders that it lies in"


@pytest.mark.parametrize(
    ("platforms", "may_make"), [("[douyin, bilibili]", True), ("[bilibili]", False), ("[youtube]", True)]
)
def test_where_nobody_can_look_the_clip_fails_and_not_the_batch(
    copy: Finished, monkeypatch: pytest.MonkeyPatch, platforms: str, may_make: bool
) -> None:
    delivered(copy)
    said = copy.channel.read_text("utf-8").replace("platforms: [douyin, bilibili]", f"platforms: {platforms}")
    other = replace(copy, channel=copy.folder / "other.yaml")
    other.channel.write_text(said, "utf-8")
    seen = Path.exists

    def fails(path: Path) -> bool:
        if path.is_relative_to(copy.folder / "outbox" / "2026-11-22-nodule" / "clip-01"):
            raise PermissionError(errno.EACCES, "Permission denied")
        return seen(path)

    monkeypatch.setattr(Path, "exists", fails)
    clip, packs = delivered(other, may_make=may_make)
    assert (clip.state, packs) == (FAILED, [])
    assert clip.exit_code == 3
    assert "cannot be looked into: Permission denied" in clip.reason
