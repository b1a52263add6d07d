"""The next command can be pasted as it is told."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import click
import pytest

from pipeline.evidence.returned import Answer
from pipeline.folders import ROOT
from pipeline.results import WAITING, ClipResult
from pipeline.terminal import proofs
from pipeline.terminal.commanding import CASE
from pipeline.terminal.evidence import verify
from pipeline.terminal.pasting import Typed
from tests import built

OUTSIDE = Path("elsewhere/2026-11-22-nodule")
SAID = {"channel": "my clinic.yaml", "work": Path("w"), "outbox": Path("o")}


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (
            "clinicreel build",
            "clinicreel build elsewhere/2026-11-22-nodule --channel 'my clinic.yaml' --work w --outbox o",
        ),
        (
            "clinicreel approve 2026-11-22-nodule --clip 1 --as NAME",
            "clinicreel approve elsewhere/2026-11-22-nodule --channel 'my clinic.yaml' --work w --clip 1 --as NAME",
        ),
        (
            "clinicreel publish 2026-11-22-nodule --outbox o --clip 1 --again",
            "clinicreel publish elsewhere/2026-11-22-nodule --channel 'my clinic.yaml' --work w --outbox o --clip 1"
            " --again",
        ),
        ("clinicreel models fetch small", "clinicreel models fetch small"),
        (
            "clinicreel consent files --case x --person p1 lists it",
            "clinicreel consent files --work w --case x --person p1 lists it",
        ),
        (
            "clinicreel verify FILE --case CASE --clip 2",
            "clinicreel verify FILE --case elsewhere/2026-11-22-nodule --channel 'my clinic.yaml' --work w --clip 2",
        ),
    ],
)
def test_a_command_names_the_case_and_the_options_as_they_were_named(told: str, expected: str) -> None:
    assert Typed((OUTSIDE,), SAID).completed(told, "2026-11-22-nodule") == expected


def test_a_case_among_the_cases_is_called_by_its_name() -> None:
    assert Typed((), {}).completed("clinicreel build", "a") == "clinicreel build a"
    assert Typed((ROOT / "cases" / "a",), {}).completed("clinicreel build") == "clinicreel build a"
    assert Typed((), {}).completed("clinicreel build") == "clinicreel build"


def test_verify_tells_its_next_step_as_it_can_be_pasted(capsys: pytest.CaptureFixture[str]) -> None:
    how = "watch it to its end with sound, then clinicreel approve 2026-11-22-nodule --file FILE --clip 1 --as NAME"
    clip = ClipResult(OUTSIDE.name, 1, None, None, WAITING, "nobody has approved it yet", how)
    with click.Context(verify) as context:
        context.params = {**SAID, "case": OUTSIDE, "outbox": None}
        proofs.tell(Answer(None, clip), as_json=False)
    where = "elsewhere/2026-11-22-nodule --channel 'my clinic.yaml' --work w"
    assert f"clinicreel approve {where} --file FILE --clip 1 --as NAME" in capsys.readouterr().out


def test_a_folder_among_the_cases_that_is_called_otherwise_than_its_case_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.folders.ROOT", tmp_path)
    folder = tmp_path / "cases" / "2026-11-22 nodule"
    folder.mkdir(parents=True)
    (folder / "case.yaml").touch()
    told = Typed((), {}).completed("clinicreel build", "2026-11-22-nodule")
    assert told == "clinicreel build '2026-11-22 nodule'"
    assert CASE.convert(shlex.split(told)[-1], None, None) == folder
    folder.rename(folder.with_name("患者王小明 a"))
    told = Typed((), {}).completed("clinicreel build", "患者王小明-a")
    assert shlex.split(told)[-1] == "患者王小明-a"


def test_the_day_in_front_of_a_folder_tells_of_nobody() -> None:
    folder = Path("elsewhere/2026-11-22_nodule")
    assert Typed((folder,), {}).completed("clinicreel build", folder.name) == f"clinicreel build {folder}"


def test_programs_are_told_the_next_command_as_it_can_be_run(tmp_path: Path) -> None:
    case, channel = built.make_case(tmp_path), built.make_channel(tmp_path)
    said = built.answer(built.clinicreel("status", case, *built.where(tmp_path, channel), "--json"))
    program, *words = shlex.split(said["clips"][0]["next"])
    assert (program, words[0]) == ("clinicreel", "build")
    again = built.clinicreel("status", *words[1:], "--json")
    assert built.answer(again)["clips"] == said["clips"]


def test_verify_tells_programs_its_next_step_as_well(capsys: pytest.CaptureFixture[str]) -> None:
    clip = ClipResult(OUTSIDE.name, 1, None, None, WAITING, "", "clinicreel verify FILE --case CASE --clip 1")
    with click.Context(verify) as context:
        context.params = {**SAID, "case": OUTSIDE, "outbox": None}
        proofs.tell(Answer(None, clip), as_json=True)
    where = f"{OUTSIDE} --channel 'my clinic.yaml' --work w"
    assert json.loads(capsys.readouterr().out)["clip"]["next"] == f"clinicreel verify FILE --case {where} --clip 1"


def test_a_folder_that_tells_of_somebody_is_not_repeated() -> None:
    assert Typed((Path("患者王小明/a"),), {}).completed("clinicreel build", "a") == "clinicreel build a"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_next_command_of_status_finds_the_case_wherever_it_lies(tmp_path: Path, language: str) -> None:
    case, channel = built.make_case(tmp_path), built.make_channel(tmp_path)
    told = built.clinicreel(
        "status", case, *built.where(tmp_path, channel), CLINICREEL_LANGUAGE=language, COLUMNS="500"
    )
    (command,) = re.findall(r"-> clinicreel (build .*?) *│", told.stdout)
    again = built.clinicreel(*(word if word != "build" else "status" for word in shlex.split(command)))
    assert (again.returncode, case.name in again.stdout) == (0, True)
