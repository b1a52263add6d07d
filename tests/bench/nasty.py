"""Every file in material/nasty through one batch: what became of it, and that the others finished."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.bench import rooms

HEAD = "| file | state | exit codes as designed: the batch ends with the worst | reason |"
CHANNEL = "transcribe: {engine: none}\nexport: {preset: veryfast}\nselect: {min_s: 0.1, max_s: 4}\n"


def rows() -> Iterator[str]:
    """One row per file, and one for the batch."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        cases = []
        for at, footage in enumerate(sorted((rooms.MATERIAL / "nasty").iterdir())):
            case = folder / f"{at:02d}-{footage.stem[-40:].replace('_', '-')}"
            case.mkdir()
            (case / "case.yaml").write_text(f"title: nasty\nsynthetic: true\nfootage: {footage}\n", encoding="utf-8")
            cases.append((case, footage))
        done = rooms.build(
            [case for case, _ in cases], rooms.make_channel(folder, "bilibili", CHANNEL), folder / "work"
        )
        clips = rooms.answer(done)["clips"]
        for case, footage in cases:
            for clip in (clip for clip in clips if clip["case"] == case.name):
                reason = clip["reason"].partition("\n")[0]
                yield f"| {footage.name} | {clip['state']} | | {reason} |"
        yield f"| the batch of {len(cases)} | {len(clips)} results | exit {done.status} | {done.seconds:.0f} s |"
