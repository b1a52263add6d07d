"""A case full of names, numbers, places and days that must not survive, and the search for them in what came of it."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

from pipeline import sandbox
from tests import built

SAID = ("王小明", "小明", "13800138000", "幺三八零零幺三八零零零", "李医生", "双古镇")
"""What is said or written in the case, in the transcript and in `case.yaml`."""
LEFT = "回家再看"
"""What is said besides, and stays: without it a search that finds nothing would prove nothing."""
TAGS = (
    "Zhang San chest film",
    "ward 7 bed 12",
    "PixelPhone 9",
    "+31.2304+121.4737",
    "Chapter of Zhang",
    "secret caption",
)
"""What stands in the recording's own tags, chapters, subtitles and thumbnail."""
DAYS = ("2019-03-04", "2019:03:04", "20190304")
FILMED_S = 1551675967
"""2019-03-04 05:06:07 UTC: when the file says that it was filmed, and its time of change."""

LINES = {
    "lines": [
        {"start_s": 1.0, "end_s": 1.6, "text": "王小明，家住双古镇"},
        {"start_s": 1.6, "end_s": 2.1, "text": "电话幺三八零零幺三八零零零"},
        {"start_s": 2.1, "end_s": 2.5, "text": "或者13800138000"},
        {"start_s": 2.5, "end_s": 2.95, "text": "回家再看，谢谢李医生"},
    ]
}
PEOPLE = "synthetic: true\npeople: [{id: p1, role: patient, names: [王小明, 小明]}]\n"
_REVIEW = """\
clips:
  "1":
    words: [{from: "2.5", to: "2.95", text: 回家再看，谢谢李医生和王小明}]
"""
_CHAPTERS = ";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=2000\ntitle=Chapter of Zhang\n"
_SUBTITLE = "1\n00:00:01,000 --> 00:00:02,000\nsecret caption\n"


def make_case(folder: Path, **more: str) -> Path:
    """The sample footage with every kind of tag, under a name that tells, beside a transcript that tells."""
    yaml = f"{PEOPLE}zones: [{built.MONITOR}]\n" + more.get("yaml", "")
    case = built.make_case(folder, tagged(folder), yaml, LINES)
    (case / "review.yaml").write_text(_REVIEW, "utf-8")
    footage = next(case.glob("*.mov"))
    os.utime(footage, (FILMED_S, FILMED_S))
    return case


def tagged(folder: Path) -> Path:
    """The sample footage as a camera would have written it, with a thumbnail, chapters and a subtitle track."""
    from PIL import Image

    folder.mkdir(parents=True, exist_ok=True)
    exif = Image.Exif()
    exif[0x0110], exif[0x0132], exif[0x010E] = "PixelPhone 9", "2019:03:04 05:06:07", "Zhang San chest film"
    Image.new("RGB", (64, 64), "red").save(folder / "thumb.jpg", exif=exif)
    (folder / "chapters.txt").write_text(_CHAPTERS, "utf-8")
    (folder / "inside.srt").write_text(_SUBTITLE, "utf-8")
    tags = {
        "title": TAGS[0], "comment": TAGS[1], "com.apple.quicktime.model": TAGS[2], "location": TAGS[3],
        "creation_time": "2019-03-04T05:06:07Z",
    }  # fmt: skip
    out = folder / "tagged.mov"
    command = [sandbox.binary(), "-v", "error", "-i", str(built.SAMPLE), "-i", str(folder / "thumb.jpg")]
    command += ["-i", str(folder / "inside.srt"), "-i", str(folder / "chapters.txt")]
    command += ["-map", "0:v", "-map", "0:a", "-map", "2", "-map", "1", "-map_chapters", "3", "-c", "copy"]
    command += ["-c:s", "mov_text", "-disposition:v:1", "attached_pic", "-movflags", "use_metadata_tags"]
    for key, value in tags.items():
        command += ["-metadata", f"{key}={value}"]
    subprocess.run([*command, str(out)], check=True)
    for name in ("thumb.jpg", "chapters.txt", "inside.srt"):
        (folder / name).unlink()
    return out


def forms(word: str) -> Iterator[bytes]:
    """The ways in which a word may stand in a file."""
    yield word.encode()
    yield word.encode("utf-16-le")
    yield word.encode("gb18030")
    yield json.dumps(word)[1:-1].encode()


def holding(folder: Path, words: tuple[str, ...]) -> list[tuple[Path, str]]:
    """Every file below a folder that holds one of the words, in its content, its name or where it leads to."""
    found = []
    for path in sorted(folder.rglob("*")):
        place = str(path.relative_to(folder)) + (str(path.readlink()) if path.is_symlink() else "")
        content = path.read_bytes() if path.is_file() and not path.is_symlink() else b""
        found += [(path, word) for word in words if word in place or any(form in content for form in forms(word))]
    return found


def is_transcript(path: Path) -> bool:
    """Whether a file is the stored result of listening, the one raw text that stays in quarantine."""
    if path.name != "value.json":
        return False
    value = json.loads(path.read_bytes())
    return isinstance(value, dict) and {"engine", "words", "dropped"} <= set(value)
