"""Approval: a name under every byte of a clip, which holds for these bytes and for no others."""

from __future__ import annotations

import re
import shlex
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipeline import publish
from pipeline.batch import Batch
from pipeline.errors import ConfigError, ExposedError, RecordingError
from pipeline.evidence import approval, returned
from pipeline.ledger import Ledger
from pipeline.results import READY, WAITING, ClipResult
from pipeline.store import Store, sha256_of
from tests import built
from tests.conftest import Finished


def run(copy: Finished, command: str) -> tuple[int, Any]:
    """Exit code and JSON of a command."""
    done = built.clinicreel(command, copy.case, *built.where(copy.folder, copy.channel), "--json")
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, built.answer(done)


def approve(copy: Finished, name: str = "李医生", clip: str = "1") -> tuple[int, str]:
    """Exit code and messages of `clinicreel approve`."""
    words = ["approve", copy.case, "--clip", clip, "--as", name, "--channel", copy.channel]
    done = built.clinicreel(*words, "--work", copy.folder / "work")
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stdout + done.stderr


def test_a_clip_leaves_only_with_a_name_under_it_and_waits_again_when_anything_changes(copy: Finished) -> None:
    code, said = run(copy, "publish")
    (clip,) = said["clips"]
    assert (code, clip["state"], said["deliveries"]) == (0, WAITING, [])
    assert clip["reason"].startswith("nobody has approved it yet")
    where = shlex.join(["--channel", str(copy.channel), "--work", str(copy.folder / "work")])
    assert clip["next"].startswith(f"clinicreel approve {copy.case} {where} --clip 1 --as NAME")

    assert approve(copy)[0] == 0
    code, said = run(copy, "publish")
    (clip,) = said["clips"]
    assert (code, clip["state"], clip["approved"]["by"]) == (0, READY, "李医生")
    assert len(said["deliveries"]) == 2

    words = (copy.case / "case.yaml").read_text("utf-8")
    (copy.case / "case.yaml").write_text(words + "caption: 多了一句话\n", "utf-8")
    code, said = run(copy, "publish")
    (clip,) = said["clips"]
    assert (code, clip["state"]) == (0, WAITING)
    assert clip["reason"].startswith("changed after it was approved on 20")
    assert "douyin/caption.txt" in clip["reason"]
    assert [one for one in said["deliveries"] if one["new"]] == []


def rebuilt(copy: Finished, words: str) -> ClipResult:
    """The clip once the case says something else and is built."""
    (copy.case / "case.yaml").write_text(words, "utf-8")
    (clip,) = built.build(copy.folder, copy.case, channel=copy.channel).clips
    return clip


def test_what_changed_and_came_back_waits_for_a_new_approval(copy: Finished) -> None:
    words = (copy.case / "case.yaml").read_text("utf-8")
    with built.opened(copy.folder, copy.case, channel=copy.channel) as batch:
        batch.approve(copy.case, 1, "李医生")
        assert rebuilt(copy, words).state == READY, "nothing changed"
        assert rebuilt(copy, words + "caption: 多了一句话\n").reason.startswith("changed after it was approved on 20")
        (copy.case / "case.yaml").write_text(words, "utf-8")
        for ask in (publish.tell, publish.publish):
            report = ask(batch, built.Quiet())
            (clip,) = report.clips
            assert (clip.state, clip.awaits_approval, report.deliveries) == (WAITING, True, [])
            assert clip.reason.startswith("changed after it was approved on 20")
            assert clip.reason.endswith("and back since: that approval has ended")
        batch.approve(copy.case, 1, "李医生")
        assert len(publish.publish(batch, built.Quiet()).deliveries) == 2


def test_an_approval_is_taken_back_by_hand(copy: Finished) -> None:
    words = ["approve", copy.case, "--clip", "1", "--as", "李医生", "--channel", copy.channel, "--revoke"]
    words += ["--work", copy.folder / "work"]
    nothing = built.clinicreel(*words)
    assert (nothing.returncode, "clip 1 has no approval that holds" in nothing.stderr) == (2, True)
    approve(copy)
    (copy.case / "case.yaml").write_text("clips: [", "utf-8")
    assert built.clinicreel(*words).returncode == 0, "also where the case cannot be read"
    ledger = Ledger(copy.folder / "work" / "ledger.sqlite")
    assert [one.body["by"] for one in ledger.entries(approval.ENDED)] == ["李医生"]
    assert built.clinicreel(*words).returncode == 2


@pytest.mark.parametrize("name", ["2026-11-22__nodule_", "a--b"])
def test_an_approval_is_taken_back_whatever_the_folder_is_called(finished: Finished, tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    (tmp_path / name / "case.yaml").write_text("clips: [", "utf-8")
    (tmp_path / "work").mkdir()
    ledger = Ledger(tmp_path / "work" / "ledger.sqlite")
    approval.approve(replace(finished.clip, case=name), "李医生", ledger)
    where = ["--channel", finished.channel, "--work", tmp_path / "work"]
    done = built.clinicreel("approve", tmp_path / name, "--clip", "1", "--as", "李医生", *where, "--revoke")
    assert (done.returncode, len(list(ledger.entries(approval.ENDED)))) == (0, 1)


@pytest.mark.parametrize(
    "words",
    [
        ("approve", "CASE", "--clip", "1", "--as", "Dr Lee"),
        ("approve", "CASE", "--clip", "1", "--as", "Dr Lee", "--revoke"),
        ("approve", "CASE", "--file", "FILE", "--as", "Dr Lee"),
        ("publish", "CASE", "--file", "FILE"),
        ("verify", "FILE", "--case", "CASE"),
    ],
)
def test_a_case_that_is_called_after_somebody_leaves_its_name_nowhere(tmp_path: Path, words: tuple[str, ...]) -> None:
    case, channel = built.make_case(tmp_path, name="王小明"), built.make_channel(tmp_path)
    named = {"CASE": case, "FILE": built.SAMPLE}
    where = ["--channel", channel, "--work", tmp_path / "work"]
    done = built.clinicreel(*(named.get(word, word) for word in words), *where)
    assert done.returncode == 2
    assert "王小明" not in done.stderr.splitlines()[0]
    assert [path for path in (tmp_path / "work").rglob("*") if "王小明" in path.name] == []


def test_only_the_newest_approval_counts_and_one_taken_back_leaves_none(finished: Finished, tmp_path: Path) -> None:
    ledger, other = Ledger(tmp_path / "a.sqlite"), replace(finished.clip, packs=finished.clip.packs[:1])
    approval.approve(finished.clip, "Dr Lee", ledger)
    approval.approve(other, "Dr Lee", ledger)
    assert approval.ruled(other, ledger).state == READY
    assert approval.ruled(finished.clip, ledger).state == WAITING
    with Store(tmp_path / "work") as store:
        approval.revoke(store, ledger, other.case, 1, "Dr Lee")
    for clip in (other, finished.clip):
        assert approval.ruled(clip, ledger).state == WAITING
    assert approval.ruled(other, ledger).reason.startswith("its approval of 20")
    approval.approve(other, "Dr Lee", ledger)
    assert approval.ruled(other, ledger).state == READY


def test_a_file_that_came_back_and_the_clip_itself_are_approved_each_by_itself(
    finished: Finished, tmp_path: Path
) -> None:
    ledger = Ledger(tmp_path / "a.sqlite")
    back = replace(finished.clip, exports=(replace(finished.clip.exports[0], format="file"),))
    for clip in (finished.clip, back):
        approval.approve(clip, "Dr Lee", ledger)
    for clip in (finished.clip, back):
        approval.end_if_changed(clip, ledger)
        assert approval.ruled(clip, ledger).state == READY
    approval.end_if_changed(replace(back, packs=()), ledger)
    assert [approval.ruled(clip, ledger).state for clip in (finished.clip, back)] == [READY, WAITING]
    assert len(list(ledger.entries(approval.ENDED))) == 1


def test_a_file_that_was_not_verified_as_that_clip_says_how_to(copy: Finished) -> None:
    words = (copy.case / "case.yaml").read_text("utf-8")
    two = 'clips: [{from: "0:01", to: "0:03"}, {from: "0:03", to: "0:04"}]'
    (copy.case / "case.yaml").write_text(re.sub(r"clips: \[.*\]", two, words), "utf-8")
    where = ["--channel", copy.channel, "--work", copy.folder / "work"]
    file = copy.clip.exports[0].file.path
    done = built.clinicreel("approve", copy.case, "--file", file, "--clip", "2", "--as", "Dr Lee", *where)
    how = f"-> clinicreel verify FILE --case {shlex.join(map(str, (copy.case, *where)))} --clip 2"
    assert (done.returncode, how in done.stderr) == (1, True), done.stderr


def test_a_file_that_cannot_be_verified_is_told_as_of_the_case_and_of_no_clip(copy: Finished) -> None:
    (copy.folder / "a.mp4").write_text("no film")
    words = ["verify", copy.folder / "a.mp4", "--case", copy.case, "--channel", copy.channel]
    done = built.clinicreel(*words, "--work", copy.folder / "work")
    assert f"\n{copy.case.name}: failed" in f"\n{done.stdout}"


def test_verifying_a_file_of_a_case_holds_the_case(copy: Finished, monkeypatch: pytest.MonkeyPatch) -> None:
    held = []

    def check(batch: Batch, back: returned.Back, watcher: built.Quiet) -> ClipResult:
        with batch.store.lock_if_free(copy.clip.case) as is_free:
            held.append(not is_free)
        return copy.clip

    monkeypatch.setattr(returned, "check", check)
    file = copy.clip.exports[0].file.path
    returned.answer(file, copy.case, None, str(copy.channel), copy.folder / "work", built.Quiet())
    assert held == [True]


def test_the_entry_holds_the_hash_of_every_file(copy: Finished) -> None:
    approve(copy, "  Dr  Lee ")
    (entry,) = Ledger(copy.folder / "work" / "ledger.sqlite").entries(approval.APPROVED)
    clip = copy.clip
    assert entry.body["by"] == "Dr Lee"
    assert clip.plan is not None
    assert entry.body["plan"] == sha256_of(clip.plan)
    assert entry.body["exports"] == {export.format: export.file.sha256 for export in clip.exports}
    assert entry.body["packs"] == {
        pack.platform: {file.path.name: file.sha256 for file in pack.files} for pack, _ in clip.packs
    }


@pytest.mark.parametrize("name", ["video.mp4", "cover.jpg", "title.txt"])
def test_a_file_altered_by_one_byte_is_neither_approved_nor_delivered(copy: Finished, name: str) -> None:
    for path in (copy.folder / "work" / "store").rglob(name):
        path.chmod(0o600)
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 1
        path.write_bytes(data)
    code, said = approve(copy)
    assert code == 4
    assert "was changed after it was proved" in said


@pytest.mark.parametrize(("what", "at"), [("exports", 0), ("exports", 1), ("packs", 0), ("packs", 1)])
def test_every_file_of_every_format_and_pack_is_read_before_it_is_approved(
    finished: Finished, tmp_path: Path, what: str, at: int
) -> None:
    clip = finished.clip
    if what == "exports":
        export = clip.exports[at]
        altered = tmp_path / export.file.path.name
        altered.write_bytes(export.file.path.read_bytes() + b"!")
        exports = list(clip.exports)
        exports[at] = replace(export, file=replace(export.file, path=altered))
        clip = replace(clip, exports=tuple(exports))
    else:
        packs = list(clip.packs)
        packs[at] = packs[at][0], Path(shutil.copytree(packs[at][1], tmp_path / "pack"))
        (tmp_path / "pack" / "title.txt").chmod(0o600)
        (tmp_path / "pack" / "title.txt").write_text("!")
        clip = replace(clip, packs=tuple(packs))
    book = Ledger(tmp_path / "a.sqlite")
    with pytest.raises(ExposedError, match="was changed after it was proved"):
        approval.approve(clip, "Dr Lee", book)
    assert list(book.entries(approval.APPROVED)) == []


def test_where_there_is_no_book_nobody_has_approved(copy: Finished) -> None:
    (copy.folder / "work" / "ledger.sqlite").unlink()
    (copy.folder / "work" / "ledger.mark").unlink()
    _, said = run(copy, "status")
    assert said["clips"][0]["state"] == WAITING
    assert "nobody has approved it yet" in said["clips"][0]["reason"]


@pytest.mark.parametrize("words", [("status",), ("publish",), ("approve", "--clip", "1", "--as", "Dr Lee")])
def test_where_the_book_is_gone_nothing_is_told_approved_or_delivered(copy: Finished, words: tuple[str, ...]) -> None:
    (copy.folder / "work" / "ledger.sqlite").unlink()
    options = built.where(copy.folder, copy.channel)
    options = options if words[0] != "approve" else options[:4]
    done = built.clinicreel(words[0], copy.case, *words[1:], *options)
    assert (done.returncode, "is not in it" in done.stdout + done.stderr) == (3, True)
    assert not (copy.folder / "work" / "ledger.sqlite").exists()
    assert not (copy.folder / "outbox").exists()


def test_what_was_approved_and_then_altered_is_not_delivered(copy: Finished) -> None:
    approve(copy)
    for path in (copy.folder / "work" / "store").rglob("caption.txt"):
        path.chmod(0o600)
        path.write_bytes(path.read_bytes().replace(b"\n", b" "))
    code, said = run(copy, "publish")
    assert (code, said["deliveries"]) == (4, [])


def test_without_approval_only_where_no_real_patient_is_seen(copy: Finished) -> None:
    (copy.case / "case.yaml").write_text(
        (copy.case / "case.yaml").read_text("utf-8").replace("synthetic: true", "synthetic: false"), "utf-8"
    )
    copy.channel.write_text(copy.channel.read_text("utf-8").replace("required", "none"), "utf-8")
    code, said = run(copy, "status")
    assert code == 2
    assert "approval: none is only for cases that are marked" in said["clips"][0]["reason"]


def test_a_clip_that_is_not_there_is_told(copy: Finished) -> None:
    code, said = approve(copy, clip="7")
    assert (code, "has no clip 7" in said) == (2, True)


def test_what_is_not_built_is_not_approved(copy: Finished) -> None:
    (copy.case / "review.yaml").write_text('clips: {1: {title: "另一个标题"}}\n', "utf-8")
    code, said = approve(copy)
    assert code == 1
    assert "not built yet" in said


def test_a_clip_that_waits_for_another_reason_cannot_be_approved(finished: Finished, tmp_path: Path) -> None:
    waiting = replace(finished.clip, state=WAITING, reason="no face was ever seen in it")
    ledger = Ledger(tmp_path / "a.sqlite")
    with pytest.raises(RecordingError, match="no face was ever seen"):
        approval.approve(waiting, "李医生", ledger)
    with pytest.raises(ConfigError):
        approval.approve(finished.clip, "", ledger)
    assert list(ledger.entries(approval.APPROVED)) == []


def test_approving_twice_is_one_entry(finished: Finished, tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "a.sqlite")
    first = approval.approve(finished.clip, "李医生", ledger)
    assert approval.approve(finished.clip, "李医生", ledger) == first
    assert len(list(ledger.entries(approval.APPROVED))) == 1


def test_an_export_that_lies_elsewhere_is_another_file(finished: Finished, tmp_path: Path) -> None:
    file = finished.clip.exports[0].file
    other = tmp_path / "video.mp4"
    other.write_bytes(file.path.read_bytes() + b"\0")
    swapped = replace(finished.clip.exports[0], file=replace(file, path=other))
    with pytest.raises(ExposedError):
        approval.approve(replace(finished.clip, exports=(swapped,)), "李医生", Ledger(tmp_path / "a.sqlite"))


def test_an_export_that_rotted_is_told_once_and_made_again_by_the_next_build(copy: Finished) -> None:
    """Its size stays: building alone would find nothing to do, and it could never be approved."""
    with built.opened(copy.folder, copy.case, channel=copy.channel) as batch:
        (clip,) = batch.build(built.Quiet()).clips
        path = clip.exports[0].file.path
        path.chmod(0o600)
        path.write_bytes(path.read_bytes()[:-1] + bytes([path.read_bytes()[-1] ^ 1]))
        with pytest.raises(ExposedError, match="was changed after it was proved"):
            batch.approve(copy.case, 1, "Dr Zhou")
        watcher = built.Quiet()
        (again,) = batch.build(watcher).clips
        assert "export" in watcher.began
        assert again.state == WAITING
        assert batch.approve(copy.case, 1, "Dr Zhou").by == "Dr Zhou"
