"""Makes the virtual environment with nothing but Python's standard library: `python3 .ci/make_venv.py .venv`.

Debian and Ubuntu ship python3 without ensurepip (it lies in the package python3-venv), so `python3 -m venv` fails
on a fresh machine. Then pip itself is fetched: one wheel, one SHA-256, from PyPI or the mirror in PIP_INDEX_URL.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.request
import venv
from pathlib import Path
from urllib.parse import urldefrag, urljoin

PIP = "pip-26.2-py3-none-any.whl"
PIP_SHA256 = "931c303696af6fa3417112103b1cad26890e5a07eccb5b99783700e33f2b8aad"
INDEX = "https://pypi.org/simple/"
TIMEOUT_S = 60
OLDEST = (3, 11)


def main(folder: Path) -> None:
    if sys.version_info < OLDEST:
        found = ".".join(map(str, sys.version_info[:3]))
        sys.exit(f"Python {found} is too old, 3.11 or later is needed; if you have one: make PYTHON=python3.12 demo")
    if importlib.util.find_spec("ensurepip") is not None:
        venv.create(folder, with_pip=True, clear=True, symlinks=True)
        return
    venv.create(folder, with_pip=False, clear=True, symlinks=True)
    try:
        fetch_pip(folder / "bin" / "python")
    except (OSError, ValueError) as error:
        shutil.rmtree(folder)
        sys.exit(f"pip is not installed and could not be fetched ({error})\nremedy: sudo apt-get install python3-venv")


def fetch_pip(python: Path) -> None:
    """Installs pip into an environment that has none, by running the wheel from itself.

    Raises:
        OSError: the index cannot be reached.
        ValueError: it does not have this wheel, or another one under its name.
    """
    page_url = urljoin(os.environ.get("PIP_INDEX_URL", INDEX).rstrip("/") + "/", "pip/")
    with urllib.request.urlopen(page_url, timeout=TIMEOUT_S) as page:
        link = re.search(rf'href="([^"]*{re.escape(PIP)}[^"]*)"', page.read().decode())
    if link is None:
        raise ValueError(f"{PIP} is not offered by {page_url}")
    with urllib.request.urlopen(urldefrag(urljoin(page_url, link[1])).url, timeout=TIMEOUT_S) as answer:
        data = answer.read()
    if hashlib.sha256(data).hexdigest() != PIP_SHA256:
        raise ValueError(f"{PIP} has an unexpected SHA-256")
    with tempfile.TemporaryDirectory() as folder:
        wheel = Path(folder) / PIP
        wheel.write_bytes(data)
        subprocess.run([python, f"{wheel}/pip", "install", "--quiet", "--no-index", wheel], check=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
