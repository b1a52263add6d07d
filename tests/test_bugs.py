"""A bug shows its kind and place; what was at hand when it happened stays in quarantine."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

NAME = "林小雨"
SCRIPT = """
import sys, threading
from pathlib import Path
from pipeline.terminal import bugs
from pipeline import timing
bugs.install()
bugs.keep_in(Path(sys.argv[1]) if sys.argv[1] else None)
def fall(): timing.frame_at(float("nan"), {"林小雨": 1}["林小雨-片子.mp4"])
def deep(): timing.frame_at("林小雨", None)
thread = threading.Thread(target=deep); thread.start(); thread.join()
fall()
"""


def fallen(folder: Path | str, **environment: str) -> subprocess.CompletedProcess[str]:
    import os

    env = {**os.environ, **environment}
    return subprocess.run(
        [sys.executable, "-c", SCRIPT, str(folder)], env=env, capture_output=True, text=True, check=False
    )


def test_a_traceback_goes_to_quarantine_and_the_screen_shows_kind_and_place(tmp_path: Path) -> None:
    done = fallen(tmp_path / "bugs")
    assert done.returncode == 1
    assert "a bug: KeyError at start" in done.stderr
    assert "a bug: ValueError at pipeline/timing.py:" in done.stderr
    assert NAME not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    kept = sorted((tmp_path / "bugs").iterdir())
    assert len(kept) == 2
    assert any(NAME in path.read_text("utf-8") for path in kept)
    assert all(path.stat().st_mode & 0o077 == 0 for path in (*kept, kept[0].parent))


@pytest.mark.parametrize("folder", ["", "/dev/null/bugs"])
def test_where_nothing_can_be_kept_it_says_how_to_see_it(folder: str) -> None:
    done = fallen(folder)
    assert "CLINICREEL_TRACEBACK=1 shows the traceback" in done.stderr
    assert NAME not in done.stderr
    shown = fallen(folder, CLINICREEL_TRACEBACK="1")
    assert "Traceback" in shown.stderr


def test_the_process_that_proves_shows_no_name_either() -> None:
    """It is told the case's names; here in a question that it cannot understand."""
    question = '{"exports": [], "register": {"people": ["林小雨"]}}'.encode()
    done = subprocess.run(
        [sys.executable, "-c", "from pipeline.checks import proof; proof.main()"],
        input=question,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 1
    assert b"a bug: ValidationError at pipeline/checks/proof.py:" in done.stderr
    assert NAME not in (done.stdout + done.stderr).decode()
