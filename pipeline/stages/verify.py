"""Verify: proves each exported file in a process of its own, on its own decoded pictures and sound.

Nothing is taken on trust: `pipeline/checks/` looks at the files as a stranger would, with other decoders and other
detectors than those that made them. What it finds is told in places of the master, so that it can be hidden.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from pydantic import TypeAdapter

from pipeline import progress, sandbox
from pipeline.checks import families, understood
from pipeline.checks.proof import PROGRESS, Told
from pipeline.errors import ToolError
from pipeline.language import wording
from pipeline.looking import codes, ocr
from pipeline.settings.proving import Proving
from pipeline.sound import recognising
from pipeline.store import file_of
from pipeline.values import CueSheet, Export, File, Plan, Register, Sensitivity, Stretch, Verdict
from pipeline.weights import sha256_of_weights

VERSION = 20
MODULE = "pipeline.checks.proof"


def depends(sound: tuple[Stretch, ...], made: Proving) -> dict[str, object]:
    """Who verifies: detectors with versions and weights, what finds identifiers, and what hears the talk again."""
    taken = families.chosen(made.verify, made.planned_by)
    told: dict[str, object] = {**families.versions(taken), "identifiers": wording.versions()}
    told["writing"] = [sha256_of_weights(path) for path in ocr.weights()]
    told["codes"] = [sha256_of_weights(path) for path in codes.weights()]
    if understood.identifying_stretches(sound) and not understood.unable(made.transcribe):
        told["speech"] = recognising.version(made.transcribe.engine, made.transcribe)
    return told


def verify(
    exports: tuple[Export, ...],
    plan: Plan,
    sound: tuple[Stretch, ...],
    sheets: tuple[CueSheet, ...],
    register: Register,
    sensitivity: Sensitivity | None,
    made: Proving,
    *,
    out: Path,
) -> Verdict:
    """Looks at every exported file, and says what was looked at, what was found and by what.

    Args:
        exports: the files that may leave.
        plan: what must be hidden in them.
        sound: what became of every moment of the clip's sound.
        sheets: the subtitles; what they cover cannot be measured while they are shown.
        register: who and what must not be told.
        sensitivity: what the verifying detectors find in films of this camera; None: it was not measured.
        made: how the files were made, who verifies them, and the limits.
        out: gets the verdict on each export as `verdict-9x16.json`.

    Returns:
        A verdict that passed only if no check found anything in any file.

    Raises:
        ToolError: the verifying process failed. No verdict is no verdict that passed.
    """
    told = Told(exports, plan, sound, sheets, register, made, sandbox.choice())
    verdict = replace(_answer(told), sensitivity=sensitivity)
    return replace(verdict, files=tuple(_written(verdict, export, out) for export in exports))


def _answer(told: Told) -> Verdict:
    """What the process that proves says. It runs in an empty folder and is killed with this one."""
    question = memoryview(TypeAdapter(Told).dump_json(told))
    with (
        sandbox.job({}) as place,
        sandbox.start([], place, module=MODULE, reads=True, writes=True) as process,
    ):
        process.write(question)
        process.end_input()
        answer = b""
        for line in process.lines():
            if line.startswith(PROGRESS):
                progress.report(*map(int, line.split()[1:]))
            else:
                answer = line
        process.finish()
    if not answer:
        raise ToolError("verify: the verifying process said nothing")
    return TypeAdapter(Verdict).validate_json(answer)


def _written(verdict: Verdict, export: Export, out: Path) -> File:
    """The verdict on one export, with every figure, as a file for people and other programs."""
    plain = TypeAdapter(Verdict).dump_python(verdict, mode="json")
    for name in ("findings", "measures"):
        plain[name] = [one for one in plain[name] if one["format"] == export.format]
    del plain["files"], plain["sha256s"]
    plain = {"format": export.format, "sha256": export.file.sha256, **plain}
    path = out / f"verdict-{export.format.replace(':', 'x')}.json"
    path.write_text(json.dumps(plain, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return file_of(path)
