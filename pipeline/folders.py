"""Where the project's own folders lie."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
"""The project's folder: configs/, assets/ and, unless told otherwise, work/ and outbox/ lie in it."""
ASSETS = ROOT / "assets"
NAMES = ASSETS / "names"
"""Lists by which names are known."""
PLATFORMS = ROOT / "configs" / "platforms"
