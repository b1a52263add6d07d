"""What is written down must be true: commands, links, promises, the sample footage."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
import tomllib
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib import metadata
from pathlib import Path
from threading import Thread
from types import ModuleType

import av
import pytest

from pipeline.recognisers import dlib
from pipeline.store import sha256_of

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("assets/**/*.md")])
DEMO = ROOT / "assets" / "demo"


def targets() -> set[str]:
    return set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))


def made(text: str) -> list[str]:
    """The targets of the make commands in a text: in code, or at the start of an indented line."""
    return re.findall(r"(?:`|^(?: {4})?)make(?: [A-Z]+=\S+)* ([a-z]+)", text, re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_make_command_in_the_pages_exists(page: Path) -> None:
    assert set(made(page.read_text("utf-8"))) <= targets()


def test_the_two_readmes_show_the_same_commands() -> None:
    english, chinese = (made((ROOT / name).read_text("utf-8")) for name in ("README.md", "README.zh-CN.md"))
    assert len(english) >= 6
    assert english == chinese


def test_the_reference_is_fresh_however_the_program_is_started() -> None:
    stale = "from pipeline.settings import reference; print(*reference.write(check=True))"
    for words in (["-m", "pipeline.cli", "docs", "--check"], ["-c", stale]):
        done = subprocess.run([sys.executable, *words], cwd=ROOT, capture_output=True, text=True)
        assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "", "")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_in_the_pages_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)\)", page.read_text("utf-8"))
    missing = [link for link in links if "://" not in link and not (page.parent / link).exists()]
    assert missing == []


def test_every_yaml_and_python_file_named_in_the_pages_exists() -> None:
    for page in PAGES:
        for name in re.findall(r"`((?:configs|pipeline|tests|assets)/[\w/.-]+\.(?:yaml|py))`", page.read_text("utf-8")):
            assert (ROOT / name).exists(), f"{page.name}: {name}"


def test_every_promise_has_its_test_and_every_test_its_promise() -> None:
    promised = re.findall(r"`(test_p\d+\w+)`", (ROOT / "docs" / "privacy.md").read_text("utf-8"))
    written = re.findall(r"^def (test_p\d+\w+)", (ROOT / "tests" / "test_privacy.py").read_text("utf-8"), re.MULTILINE)
    assert promised
    assert set(promised) <= set(written)
    assert {name.split("_")[1] for name in promised} == {name.split("_")[1] for name in written}


def test_the_menu_names_every_target() -> None:
    menu = subprocess.run(["make", "-s"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert set(re.findall(r"^  make ([a-z]+) ", menu, re.MULTILINE)) == targets()


def test_make_says_which_variable_is_missing() -> None:
    asked = subprocess.run(["make", "-s", "new", "CASE=a"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert asked.returncode != 0
    assert "CHANNEL=" in asked.stderr


def test_make_hands_on_what_it_is_told() -> None:
    told = ("CHANNEL=clinic", "ONLY=2026-11-22 a", "CLIP=1", "AGAIN=1", "DRY_RUN=1")
    words = ["make", "-s", "-o", ".venv/installed", "RUN=printf '%s|'", "publish"]
    said = [
        subprocess.run([*words, *told[:count]], cwd=ROOT, capture_output=True, text=True, check=True).stdout
        for count in (1, 5)
    ]
    assert said[0] == "publish|--channel|clinic|"
    assert said[1] == said[0] + "--only|2026-11-22 a|--clip|1|--again|--dry-run|"


def test_every_dependency_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    pinned = re.findall(r"^([\w.-]+)==", (ROOT / "constraints.txt").read_text("utf-8"), re.MULTILINE)
    names = {re.split(r"[<>=\[ ]", name)[0].lower() for name in wanted}
    assert names <= {name.lower() for name in pinned}


def test_the_weights_that_come_inside_packages_are_those_of_the_table() -> None:
    page = (ROOT / "assets" / "README.md").read_text("utf-8")
    told = re.findall(r"^\| `([^`]+)` \| ([\w-]+) ([\d.]+), .*`([0-9a-f]{64})` \|$", page, re.MULTILINE)
    assert {dlib.NETWORK, dlib.LANDMARKS, "centerface.onnx", "silero_vad_v6.onnx"} <= {name for name, *_ in told}
    pins = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    for name, package, version, sha256 in told:
        assert f"{package}=={version}" in pins
        (file,) = [one for one in metadata.files(package) or () if one.name == name]
        assert sha256_of(Path(str(file.locate()))) == sha256, name


def test_the_sample_footage_is_small_and_has_something_to_lose() -> None:
    footage = DEMO / "consultation" / "footage.mp4"
    assert sum(path.stat().st_size for path in DEMO.rglob("*") if "__pycache__" not in path.parts) < 3_000_000
    with av.open(footage) as container:
        assert {stream.type for stream in container.streams} == {"video", "audio"}
        assert "林小雨" in container.metadata["title"]
        assert container.metadata["location"].startswith("+30")


def make_venv() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_venv", ROOT / ".ci" / "make_venv.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_another_pip_under_the_right_name_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = make_venv()
    (tmp_path / "pip").mkdir()
    (tmp_path / "pip" / script.PIP).write_bytes(b"not the wheel")
    (tmp_path / "pip" / "index.html").write_text(f'<a href="{script.PIP}#sha256=0">{script.PIP}</a>')
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(SimpleHTTPRequestHandler, directory=tmp_path)) as server:
        Thread(target=server.serve_forever).start()
        monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{server.server_port}")
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        with pytest.raises(ValueError, match="SHA-256"):
            script.fetch_pip(tmp_path / "python")
        server.shutdown()
