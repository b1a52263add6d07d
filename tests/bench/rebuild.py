"""How long a second `build` takes when nothing is left to do."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests import media
from tests.bench import rooms

HEAD = "| what | result | target | |"
CLIPS = 200
CLIP_S = 0.4
FRAME_S = 0.04
CHANNEL = """\
export: {preset: ultrafast, crf: 30}
zones: [{at: [0.6, 0.1, 0.9, 0.4], reason: monitor}]
"""


def rows() -> Iterator[str]:
    """The figures as rows of a Markdown table."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        case, channel = make(folder)
        first = rooms.build([case], channel, folder / "work")
        seconds = rooms.median(lambda: rooms.build([case], channel, folder / "work").seconds, 3)
    yield f"| a second `build` of {CLIPS} finished clips | {seconds:.1f} s | < 5 s | first: {first.seconds:.0f} s |"


def make(folder: Path) -> tuple[Path, Path]:
    """A case of many short clips, each a frame later than the one before, and its channel."""
    film = media.film(folder / "film.mp4", frames=round((CLIPS * FRAME_S + CLIP_S) / FRAME_S), sound=None)
    starts_s = [number * FRAME_S for number in range(CLIPS)]
    cuts = [f'  - {{from: "{start_s:.2f}", to: "{start_s + CLIP_S:.2f}"}}\n' for start_s in starts_s]
    case = rooms.make_case(folder / "case", film, (), "clips:\n" + "".join(cuts))
    return case, rooms.make_channel(folder, "xiaohongshu", CHANNEL)
