"""Makes docs/before-after.jpg again: one frame of the sample footage beside the same frame of the file that leaves.

`.venv/bin/python assets/demo/make_picture.py`. Only ever of the sample footage: no frame of a real recording may
lie in a repository.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import av
from PIL import Image

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
AT_S = 9.0
"""In the recording's time: both faces, the film and a subtitle are there."""
OPENING_S = 1.5
"""The opening card of configs/channels/demo.yaml."""
SIZE = (800, 450)
GAP_PX = 8


def main() -> None:
    case = HERE / "consultation"
    command = [Path(sys.executable).with_name("clinicreel"), "build", case, "--channel", "demo", "--json"]
    said = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    (clip,) = json.loads(said.splitlines()[-1])["clips"]
    (wide,) = [export["path"] for export in clip["exports"] if export["format"] == "16:9"]
    before = frame(case / "footage.mp4", AT_S)
    after = frame(Path(wide), AT_S - clip["start_s"] + OPENING_S)
    both = Image.new("RGB", (2 * SIZE[0] + GAP_PX, SIZE[1]), "white")
    both.paste(before, (0, 0))
    both.paste(after, (SIZE[0] + GAP_PX, 0))
    both.save(ROOT / "docs" / "before-after.jpg", quality=88, optimize=True)


def frame(path: Path, at_s: float) -> Image.Image:
    """The picture of a file at a time, counted from its first frame."""
    with av.open(path) as container:
        number = round(at_s * float(container.streams.video[0].average_rate))
        for index, picture in enumerate(container.decode(video=0)):
            if index == number:
                return picture.to_image().resize(SIZE, Image.Resampling.LANCZOS)
    raise SystemExit(f"{path.name} has no frame {number}")


if __name__ == "__main__":
    main()
