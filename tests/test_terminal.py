"""What people type and read: cases by their name, commands that can be pasted, a table that cuts nothing."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import click
import pytest

from pipeline import stages
from pipeline.batch import Report
from pipeline.delivery import Delivery
from pipeline.errors import ConfigError
from pipeline.opening import channel_meant, open_batch
from pipeline.results import READY, WAITING, ClipResult
from pipeline.terminal import screen, speaking
from pipeline.terminal.commanding import CASE
from pipeline.terminal.pasting import Typed
from pipeline.values import Pack

CLIP = ClipResult("2026-11-22-nodule", 1, 0.0, 5.0, WAITING, "nobody has approved it yet", hidden={"face": 2})


def test_a_case_is_found_by_the_name_that_messages_give_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "cases" / "nodule").mkdir(parents=True)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.setattr("pipeline.folders.ROOT", tmp_path)
    assert CASE.convert("nodule", None, None) == tmp_path / "cases" / "nodule"
    assert CASE.convert(str(tmp_path / "elsewhere"), None, None) == tmp_path / "elsewhere"
    for nowhere in ("other", "x/nodule", "../cases/nodule"):
        with pytest.raises(click.BadParameter, match="does not exist"):
            CASE.convert(nowhere, None, None)


def test_the_channel_need_not_be_said_where_there_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.opening.ROOT", tmp_path)
    with pytest.raises(ConfigError, match="which cases, or which channel"):
        channel_meant(())
    for case, channel in (("a", "clinic"), ("b", "clinic"), ("c", "night")):
        (tmp_path / "cases" / case).mkdir(parents=True)
        (tmp_path / "cases" / case / "case.yaml").write_text(f"channel: {channel}\n", "utf-8")
        if case == "b":
            assert channel_meant(()) == "clinic"
    assert channel_meant([tmp_path / "cases" / "c"]) == "night"
    with pytest.raises(ConfigError, match="which cases, or which channel"):
        channel_meant(())


@pytest.mark.parametrize(
    ("called", "on_the_path", "typed"),
    [(".venv/bin/clinicreel", False, ".venv/bin/clinicreel"), (".venv/bin/clinicreel", True, "clinicreel"),
     ("cli.py", False, "clinicreel")],
)  # fmt: skip
def test_a_command_in_a_message_can_be_pasted(
    called: str, on_the_path: bool, typed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if on_the_path:
        (tmp_path / "clinicreel").touch(mode=0o755)
    monkeypatch.setattr(sys, "argv", [called])
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("CLINICREEL_LANGUAGE", "en")
    speaking._program.cache_clear()
    assert speaking.said("look at it: clinicreel review, please") == f"look at it: {typed} review, please"
    assert speaking.said("clinicreel: a bug") == "clinicreel: a bug"
    speaking._program.cache_clear()


def test_the_closing_table_cuts_no_word_and_tells_everything(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "70")
    sha256 = "0123456789abcdef" * 4
    report = Report([replace(CLIP, reason=f"write `sha256: {sha256}`")])
    screen.close(report, Typed((), {}), as_json=False)
    told = capsys.readouterr().out
    assert sha256 in "".join(part.strip() for line in told.splitlines() for part in line.split("│")[-2:-1])
    assert "…" not in told
    assert "2 x face" in told


def test_a_pack_that_was_taken_from_the_outbox_is_told_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    clip = replace(CLIP, state=READY, packs=((Pack("douyin", "9:16", (), ()), tmp_path / "work"),))
    delivery = Delivery(clip.case, 1, "douyin", tmp_path / "gone", True, "2026-11-22T10:00:00+00:00", is_gone=True)
    screen.close(Report([clip], [delivery]), Typed((), {}), as_json=False)
    assert f"2026-11-22T10:00:00+00:00，现已不在 and no longer at {tmp_path / 'gone'}" in capsys.readouterr().out


def test_cases_of_several_channels_are_not_built_on_one_of_them(tmp_path: Path) -> None:
    """It would judge the other one's by rules that are not its own, and end what was approved by them."""
    for case, words in (("a", "channel: clinic\n"), ("b", "channel: other\n"), ("c", ""), ("d", "channel: [x\n")):
        (tmp_path / case).mkdir()
        (tmp_path / case / "case.yaml").write_text(words, "utf-8")
    with pytest.raises(ConfigError, match=r"the cases are of several channels: clinic \(a\), other \(b\)") as caught:
        channel_meant([tmp_path / "a", tmp_path / "b"])
    assert caught.value.remedy == "give one command for each channel, or say which is meant: --channel NAME"
    assert channel_meant([tmp_path / "a", tmp_path / "c", tmp_path / "d", tmp_path / "a"]) == "clinic"
    with pytest.raises(ConfigError, match="it names no channel"):
        channel_meant([tmp_path / "c", tmp_path / "a"])


@pytest.mark.parametrize(
    ("only", "said", "remedy"),
    [
        ("2026-11-23-nodul", "no case fits --only 2026-11-23-nodul (did you mean '2026-11-23-nodule'?)", ""),
        ("x*", "no case fits --only x*", "correct it, or leave it out"),
    ],
)
def test_a_pattern_that_no_case_matches_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, only: str, said: str, remedy: str
) -> None:
    monkeypatch.setattr("pipeline.opening.ROOT", tmp_path)
    (tmp_path / "cases" / "2026-11-23-nodule").mkdir(parents=True)
    (tmp_path / "cases" / "2026-11-23-nodule" / "case.yaml").write_text("channel: demo\n", "utf-8")
    with pytest.raises(ConfigError) as caught:
        open_batch([], "demo", only, None, None)
    assert caught.value.cause == said
    assert caught.value.remedy.startswith(remedy)


def test_where_no_case_belongs_to_a_channel_it_is_told_what_the_others_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.opening.ROOT", tmp_path)
    with pytest.raises(ConfigError) as caught:
        open_batch([], "demo", None, None, None)
    assert caught.value.cause == "no case to build"
    assert caught.value.remedy == "clinicreel new NAME --channel demo --footage FILE"
    for case, words in (("a", "title: x\n"), ("b", "channel: night\n"), ("c", "title: y\n")):
        (tmp_path / "cases" / case).mkdir(parents=True)
        (tmp_path / "cases" / case / "case.yaml").write_text(words, "utf-8")
    with pytest.raises(ConfigError) as caught:
        open_batch([], "demo", None, None, None)
    assert caught.value.cause == "no case to build: cases in cases/ that name no channel: 2, another one: 1"
    assert caught.value.remedy == "write `channel: demo` into the case.yaml of those that belong to it"


def test_every_stage_is_told_of_in_both_languages() -> None:
    names = {path.stem for path in Path(stages.__path__[0]).glob("[!_]*.py")}
    assert names <= screen.LABELS.keys()
