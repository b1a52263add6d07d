"""Whatever is said of a case says nothing of whom, and still says what is wrong."""

from __future__ import annotations

import ast
from dataclasses import fields
from pathlib import Path

import pytest

import pipeline
from pipeline.language.telling import Telling
from pipeline.results import ClipResult
from pipeline.values import Damage, Doubtful, Finding, Named, Pack, Register, Verdict

NAME = "林小雨"
SLUG = "2026-11-22-nodule"
REGISTER = Register("zh", (Named("p1", "patient", (NAME,)),))
TELLING = Telling(REGISTER, SLUG, Path(f"/footage/{NAME}/{NAME}-片子.MOV"))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (f"/footage/{NAME}/{NAME}-片子.MOV cannot be read", "[recording] cannot be read"),
        (f"{NAME}-片子.srt: not UTF-8", "[recording]: not UTF-8"),
        (f"/home/{NAME}/{SLUG}/case.yaml:3: footage: there is no such file",
         f"/home/this patient/{SLUG}/case.yaml:3: footage: there is no such file"),
        (f"people.0.names: it says {NAME}", "people.0.names: it says this patient"),
        ("agreed until 2026-11-01", "agreed until 2026-11-01"),
        ("wechat_channels: the title has 21 characters", "wechat_channels: the title has 21 characters"),
        ("a.yaml:2: name: written twice (first on line 1)", "a.yaml:2: name: written twice (first on line 1)"),
        (f"a.yaml:2: name: it says {NAME}", "a.yaml:2: name: it says this patient"),
        (f"write `sha256: {'12345678' * 8}`", f"write `sha256: {'12345678' * 8}`"),
        (f"{SLUG}: only a ready clip can be delivered", f"{SLUG}: only a ready clip can be delivered"),
    ],
)  # fmt: skip
def test_a_message_is_scrubbed_and_can_still_be_read(text: str, told: str) -> None:
    assert TELLING.text(text) == told


def test_every_sentence_of_a_result_is_scrubbed() -> None:
    """Whatever field is added to a result one day and holds words must be scrubbed as well."""
    said = f"{NAME}说"
    result = ClipResult(
        SLUG, 1, 0.0, 1.0, "ready", said, said, notes=(said,), damage=(Damage(0, 1, said),),
        doubts=(Doubtful("masked", 0.0, 1.0, said),),
        packs=((Pack("douyin", "9:16", (), (said,)), Path("/out")),),
        verdict=Verdict(False, (), (Finding("text", "9:16", None, said, True),), (), ""),
    )  # fmt: skip
    assert NAME not in repr(TELLING.clip(result))
    free = {"reason", "next_step", "notes", "damage", "doubts", "packs", "verdict"}
    fixed = {"case", "state", "platforms", "hidden", "exports", "awaits_approval", "approved_by", "approved_at"}
    wordless = {"clip", "start_s", "end_s", "exit_code", "master", "plan", "mentions"}
    assert {one.name for one in fields(ClipResult)} == free | fixed | wordless


def test_our_own_messages_are_not_taken_for_names() -> None:
    """Every sentence that the code can say of a case stays as it is."""
    for path in sorted(Path(pipeline.__file__).parent.rglob("*.py")):
        for sentence in sentences(ast.parse(path.read_text("utf-8"))):
            assert TELLING.text(sentence) == sentence, path.name


def sentences(tree: ast.AST) -> list[str]:
    """The fixed parts of the messages of errors, doubts and findings."""
    found = []
    for node in ast.walk(tree):
        name = getattr(node.func, "id", "") if isinstance(node, ast.Call) else ""
        if isinstance(node, ast.Call) and name.endswith(("Error", "Doubt", "Finding")):
            inside = [one for argument in node.args for one in ast.walk(argument)]
            found += [one.value for one in inside if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    return found
