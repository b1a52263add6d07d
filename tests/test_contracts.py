"""What every stage and every part must be, found by their presence and read from their source.

`python -m tests.test_contracts` writes tests/golden/versions.json anew.
"""

from __future__ import annotations

import ast
import dataclasses
import hashlib
import inspect
import json
import pkgutil
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, get_args, get_type_hints

import pytest
from pydantic import ValidationError

import pipeline
from pipeline import rooms, values
from pipeline.checks import families
from pipeline.settings.forms import Model
from pipeline.settings.loading import load_channel, load_platform
from pipeline.sound import bleep, hush, listening, voice
from pipeline.stages import detect, redact, transcribe, verify
from tests import built
from tests.bench.identify import corpus

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "pipeline"
GOLDEN = ROOT / "tests" / "golden" / "versions.json"
ROOMS = ("detectors", "engines", "recognisers", "redactors")
SEE_THE_RECORDING = {"probe", "transcribe", "detect", "recognise", "redact", "challenge"}

WORKING = ("checks", "evidence", "language", "looking", "media", "packing", "sound", "geometry.py", "timing.py")
"""What makes results, wherever it is imported; the rest carries values, settings and steps about."""
SOUNDING = tuple(f"sound.{name}" for name in ("bleep", "hush", "listening", "voice"))
"""What makes the sound of `redact`, each with a version of its own."""
STAGES = tuple(sorted(found.name for found in pkgutil.iter_modules([str(PACKAGE / "stages")])))
PARTS = tuple((room, name) for room in ROOMS for name in rooms.names(room))
IDENTIFIERS = rooms.names("identifiers")
SOURCES = {path: ast.parse(path.read_text("utf-8")) for path in sorted(PACKAGE.rglob("*.py"))}


def stage(name: str) -> ModuleType:
    return import_module(f"pipeline.stages.{name}")


# --- stages and parts -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", STAGES)
def test_a_stage_is_a_function_of_its_name_with_a_version_and_a_result(name: str) -> None:
    module = stage(name)
    function = getattr(module, name)
    assert inspect.isfunction(function)
    assert function.__module__ == module.__name__
    assert isinstance(module.VERSION, int)
    assert module.VERSION >= 1
    assert get_type_hints(function)["return"] is not type(None)
    assert function.__doc__
    if "out" in inspect.signature(function).parameters:
        assert inspect.signature(function).parameters["out"].kind is inspect.Parameter.KEYWORD_ONLY
        assert get_type_hints(function)["out"] is Path


@pytest.mark.parametrize("name", STAGES)
def test_a_stage_is_asked_only_for_what_it_is_given(name: str) -> None:
    """`depends` and `filed_under` name inputs of the stage, with the stage's own types."""
    module = stage(name)
    given = get_type_hints(getattr(module, name))
    for question in (getattr(module, key) for key in ("depends", "filed_under") if hasattr(module, key)):
        asked = inspect.signature(question).parameters
        assert asked.keys() <= given.keys() - {"out", "return"}
        assert {key: given[key] for key in asked} == {key: get_type_hints(question)[key] for key in asked}


@pytest.mark.parametrize(("room", "name"), PARTS)
def test_a_part_has_settings_a_version_and_can_be_built(room: str, name: str) -> None:
    part = rooms.part(room, name)
    assert issubclass(part.Settings, Model)
    assert isinstance(part.VERSION, int)
    assert part.VERSION >= 1
    assert list(inspect.signature(part.build).parameters) == ["settings"]
    assert part.__doc__
    settings = part.Settings()
    with pytest.raises(ValidationError):
        part.Settings(no_such_key=1)
    for key in part.Settings.model_fields:
        with pytest.raises(ValidationError):
            setattr(settings, key, None)


@pytest.mark.parametrize("name", IDENTIFIERS)
def test_an_identifier_has_a_version_says_its_kinds_and_finds_nothing_in_nothing(name: str) -> None:
    part = rooms.part("identifiers", name)
    assert isinstance(part.VERSION, int)
    assert part.VERSION >= 1
    assert part.KINDS
    assert all(re.fullmatch(r"[a-z_]+", kind) for kind in part.KINDS)
    assert list(inspect.signature(part.find).parameters) == ["text", "register"]
    assert part.__doc__
    assert list(part.find("", built.NOBODY)) == []


def test_every_line_of_the_corpus_has_a_kind_that_some_identifier_finds() -> None:
    kinds = {kind for name in IDENTIFIERS for kind in rooms.part("identifiers", name).KINDS}
    assert {kind for line in corpus() for _, _, kind in line.spans} == kinds


def test_every_value_is_frozen() -> None:
    found = [one for _, one in inspect.getmembers(values, dataclasses.is_dataclass)]
    assert len(found) > 20
    assert not [one.__name__ for one in found if not one.__dataclass_params__.frozen]


@pytest.mark.parametrize("path", sorted((ROOT / "configs" / "platforms").glob("*.yaml")), ids=lambda path: path.stem)
def test_every_platform_loads(path: Path) -> None:
    assert load_platform(path.stem).name == path.stem


@pytest.mark.parametrize("path", sorted((ROOT / "configs" / "channels").glob("*.yaml")), ids=lambda path: path.stem)
def test_every_channel_loads(path: Path) -> None:
    assert load_channel(str(path)).platforms


# --- privacy --------------------------------------------------------------------------------------------------------


def parts_of(kind: Any) -> Iterator[Any]:
    """A type, and all types that a value of it may hold."""
    yield kind
    for inner in get_args(kind):
        yield from parts_of(inner)
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        for inner in get_type_hints(kind).values():
            yield from parts_of(inner)


def test_only_these_stages_can_be_given_the_recording() -> None:
    """A `Source`, a value that holds one, or a path that may be one."""
    can_see = set()
    for name in STAGES:
        hints = get_type_hints(getattr(stage(name), name))
        given = [kind for key, kind in hints.items() if key not in ("return", "out")]
        if any(values.Source in parts_of(kind) or Path in get_args(kind) or kind is Path for kind in given):
            can_see.add(name)
    assert can_see == SEE_THE_RECORDING


def test_no_value_behind_redact_holds_the_recording() -> None:
    for name in sorted(set(STAGES) - {"probe"}):
        assert values.Source not in parts_of(get_type_hints(getattr(stage(name), name))["return"]), name


# --- processes ------------------------------------------------------------------------------------------------------

STARTS = {"subprocess", "multiprocessing", "pty", "_posixsubprocess"}
OS_STARTS = ("system", "popen", "fork", "exec", "spawn", "posix_spawn")


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
            yield from (f"{node.module}.{one.name}" for one in node.names)


def called_of(tree: ast.AST, name: str) -> Iterator[str]:
    """Every attribute of a module that is used under its own name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == name:
            yield node.attr


def names_in(tree: ast.AST) -> set[str]:
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def named(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def test_nothing_but_the_sandbox_starts_a_process() -> None:
    starters = {
        named(path)
        for path, tree in SOURCES.items()
        if STARTS & {name.split(".")[0] for name in imported(tree)}
        or any(used.startswith(OS_STARTS) for used in called_of(tree, "os"))
    }
    assert starters == {"sandbox/child.py"}


def of_the_sandbox(tree: ast.AST) -> bool:
    """Whether something is imported out of it, under whatever name: only the whole of it may be."""
    return any(name.startswith("pipeline.sandbox.") for name in imported(tree))


def test_only_media_and_verification_run_something_in_the_sandbox() -> None:
    users = {
        named(path)
        for path, tree in SOURCES.items()
        if path.parent != PACKAGE / "sandbox"
        and ({"start", "job", "Process"} & set(called_of(tree, "sandbox")) or of_the_sandbox(tree))
    }
    assert users
    assert {user for user in users if not user.startswith("media/")} == {"stages/verify.py", "checks/understood.py"}


def test_only_the_sandboxed_child_and_verification_open_files_with_pyav() -> None:
    """Recordings are opened in a child; what verification and covers open was made by ClinicReel itself."""
    users = {named(path) for path, tree in SOURCES.items() if "av" in imported(tree)}
    assert users <= {"media/demux.py", "packing/cover.py", "checks/container.py", "checks/sound.py", "checks/proof.py"}


def test_nobody_catches_everything_without_raising_it_again() -> None:
    swallowers = [
        f"{named(path)}:{node.lineno}"
        for path, tree in SOURCES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or {"Exception", "BaseException"} & names_in(node.type))
        and not (isinstance(node.body[-1], ast.Raise) and node.body[-1].exc is None)
    ]
    assert swallowers == []


# --- what a step's key holds ----------------------------------------------------------------------------------------


def test_the_key_of_detect_holds_versions_and_weights() -> None:
    from pipeline.config import Channel

    told = detect.depends(Channel().detect)
    assert told.keys() == {"code_zxing", "face_centerface", "text_rapidocr"}
    for name, known in told.items():
        part = rooms.part("detectors", name)
        assert known == [part.VERSION, *(hashlib.sha256(path.read_bytes()).hexdigest() for path in part.weights())]


def test_the_key_of_verify_holds_the_verifying_detector_and_its_weights() -> None:
    from pipeline.config import Verify
    from pipeline.settings.proving import Proving

    known = verify.depends((), Proving(planned_by=("face_centerface",)))
    taken = families.chosen(Verify(), ("face_centerface",)).families
    assert known.keys() == {*taken, "identifiers", "writing", "codes"}
    for name in taken:
        part = rooms.part("detectors", name)
        hashes = (hashlib.sha256(path.read_bytes()).hexdigest() for path in part.weights())
        assert known[name] == [part.VERSION, *hashes]


def test_the_key_of_redact_holds_the_versions_of_what_paints() -> None:
    from fractions import Fraction

    from pipeline.config import Redact

    tracks = tuple(values.Track(n, kind, "", "box", 0, (0, 0, 9, 9), ()) for n, kind in enumerate(("face", "zone")))
    plan = values.Plan(1, 64, 64, Fraction(25), 1, tracks)
    told = redact.depends(plan, Redact())
    sounding = hush.VERSION, bleep.VERSION, voice.VERSION, listening.version()
    assert told.pop("sound") == list(sounding)
    assert told == {name: rooms.part("redactors", name).VERSION for name in ("blur", "solid")}


@pytest.mark.parametrize("engine", [name for name in rooms.names("engines") if name not in ("sidecar", "none")])
def test_the_key_of_transcribe_holds_the_engine_and_its_weights(engine: str) -> None:
    from pipeline import weights
    from pipeline.config import Transcribe
    from pipeline.stages.probe import probe

    source = probe(built.SAMPLE)
    told = transcribe.depends(source, None, Transcribe.model_validate({"engine": engine}))
    assert told["engine"] == engine
    assert told["version"] == rooms.part("engines", engine).VERSION
    assert told["weights"] == weights.digest(Transcribe().model)
    assert transcribe.depends(source, Path("a.srt"), Transcribe())["engine"] == "sidecar"


# --- versions -------------------------------------------------------------------------------------------------------


def code_of(node: Any) -> str:
    """What a piece of source does, without comments, docstrings, places and empty fields: the same in every Python."""
    if isinstance(node, list):
        kept = [one for one in node if not (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant))]
        return "[" + ",".join(map(code_of, kept)) + "]"
    if isinstance(node, ast.AST):
        fields = [(name, code_of(value)) for name, value in ast.iter_fields(node) if value not in (None, [])]
        return type(node).__name__ + "(" + ",".join(f"{name}={value}" for name, value in fields) + ")"
    return repr(node)


def sources_of(path: Path) -> list[Path]:
    """The modules that make a stage's or a part's result: its own, and what it imports from its room or WORKING.

    Verification starts its checks as a program, so all of them are its own.
    """
    beside = {f"pipeline.{named(one)[:-3].replace('/', '.')}": one for one in SOURCES if is_working(one, path.parent)}
    found = {path, *(PACKAGE / "checks").glob("*.py")} if path == PACKAGE / "stages" / "verify.py" else {path}
    while more := {beside[name] for one in found for name in imported(SOURCES[one]) if name in beside} - found:
        found |= more
    return sorted(found)


def is_working(path: Path, room: Path) -> bool:
    return path.parent == room or named(path).split("/")[0] in WORKING


def versions() -> dict[str, dict[str, Any]]:
    """Version and hash of every stage and part."""
    told = {}
    parts = [*PARTS, *(("identifiers", name) for name in IDENTIFIERS)]
    for module in [*SOUNDING, *(f"stages.{name}" for name in STAGES), *(f"{room}.{name}" for room, name in parts)]:
        path = PACKAGE / f"{module.replace('.', '/')}.py"
        code = "\n".join(code_of(SOURCES[one]) for one in sources_of(path))
        version = import_module(f"{pipeline.__name__}.{module}").VERSION
        told[module] = {"version": version, "sha256": hashlib.sha256(code.encode()).hexdigest()}
    return told


def test_what_changed_has_a_new_version() -> None:
    """A stored result is used again as long as its stage's VERSION stays: code that gives another result must raise it.

    Where the results are surely the same, and after raising it: `python -m tests.test_contracts`.
    """
    before, now = json.loads(GOLDEN.read_text("utf-8")), versions()
    changed = [name for name in now if before.get(name, {}).get("sha256") != now[name]["sha256"]]
    forgotten = [name for name in changed if name in before and before[name]["version"] >= now[name]["version"]]
    assert not forgotten, (
        f"raise VERSION, or run `python -m tests.test_contracts` if the results are the same: {forgotten}"
    )
    assert before == now, f"run `python -m tests.test_contracts`: {changed or sorted(before.keys() - now.keys())}"


def test_comments_and_docstrings_do_not_change_a_version() -> None:
    plain, told = "def f(x):\n    return x + 1\n", '"""A."""\n# b\ndef f(x):\n    "c"\n    return (x + 1)\n'
    assert code_of(ast.parse(plain)) == code_of(ast.parse(told))
    assert code_of(ast.parse(plain)) != code_of(ast.parse(plain.replace("1", "2")))


if __name__ == "__main__":
    GOLDEN.parent.mkdir(exist_ok=True)
    GOLDEN.write_text(json.dumps(versions(), indent=1, sort_keys=True) + "\n", "utf-8")
