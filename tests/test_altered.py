"""Every file that was approved and then altered by one byte is refused."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline import publish
from pipeline.batch import Batch
from pipeline.delivery import Outlet
from pipeline.errors import ExposedError
from pipeline.results import READY, WAITING, ClipResult
from tests import built
from tests.conftest import Finished

NAMES = (
    "video.mp4", "cover.jpg", "subtitles.srt", "subtitles.vtt", "title.txt", "caption.txt", "tags.txt", "checklist.md",
    "receipt.json",
)  # fmt: skip


@pytest.fixture
def copy(finished: Finished, tmp_path: Path) -> Finished:
    """The finished case in a channel where a person approves. Its files are second names until one is altered."""
    shutil.copytree(finished.folder / "work", tmp_path / "work", copy_function=os.link)
    book = tmp_path / "work" / "ledger.sqlite"
    book.unlink()
    shutil.copyfile(finished.folder / "work" / "ledger.sqlite", book)
    channel = tmp_path / "clinic.yaml"
    channel.write_text(finished.channel.read_text("utf-8").replace("approval: none", "approval: required"), "utf-8")
    return replace(finished, folder=tmp_path, channel=channel)


def alter(path: Path) -> None:
    """Changes one bit in the middle of a file, whose size stays; other names of its bytes keep them."""
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.unlink()
    path.write_bytes(data)


def approved(batch: Batch, case: Path) -> ClipResult:
    """The clip, after the doctor approved it."""
    batch.approve(case, 1, "李医生")
    (clip,) = publish.tell(batch, built.Quiet()).clips
    assert (clip.state, clip.approved_by) == (READY, "李医生")
    return clip


def test_each_file_of_a_pack(copy: Finished) -> None:
    with built.opened(copy.folder, copy.case, channel=copy.channel) as batch:
        clip = approved(batch, copy.case)
        pack, folder = clip.packs[0]
        assert {file.path.name for file in pack.files} >= set(NAMES)
        for file in pack.files:
            path = folder / file.path.name
            before = path.read_bytes()
            alter(path)
            with pytest.raises(ExposedError, match="was changed after it was made"):
                Outlet(batch.outbox, batch.ledger, batch.store).deliver(clip, pack, folder, built.NOBODY)
            path.write_bytes(before)
        assert not batch.outbox.exists()
        assert Outlet(batch.outbox, batch.ledger, batch.store).deliver(clip, pack, folder, built.NOBODY).path.is_dir()


@pytest.mark.parametrize("name", NAMES[:3])
def test_what_a_batch_finds_altered_is_not_published(copy: Finished, name: str) -> None:
    with built.opened(copy.folder, copy.case, channel=copy.channel) as batch:
        clip = approved(batch, copy.case)
        for _, folder in clip.packs:
            alter(folder / name)
        report = publish.publish(batch, built.Quiet())
    assert ([one.exit_code for one in report.clips], report.deliveries) == ([4], [])
    assert not batch.outbox.exists()


def test_a_plan_that_hides_one_pixel_less(copy: Finished) -> None:
    with built.opened(copy.folder, copy.case, channel=copy.channel) as batch:
        clip = approved(batch, copy.case)
        assert clip.plan is not None
        text = clip.plan.read_bytes()
        at = text.index(b'"boxes":[') + len(b'"boxes":[')
        at += text[at:].index(b",") - 1  # the last digit of the first box's left side
        clip.plan.unlink()
        clip.plan.write_bytes(text[:at] + bytes([text[at] ^ 1]) + text[at + 1 :])
        assert clip.plan.stat().st_size == len(text)
    done = built.clinicreel("status", copy.case, *built.where(copy.folder, copy.channel), "--json")
    (said,) = built.answer(done)["clips"]
    assert (said["state"], said["approved"]) == (WAITING, None)
