"""What a file that was finished elsewhere carries besides its picture and its sound, told from its container alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from pipeline.checks import boxes
from pipeline.checks.container import FORMAT_TAGS, STREAM_TAGS
from pipeline.media.demux import Contents

SOFTWARE = re.compile(r"Lav[fc][\d.]*( [\w.-]+)?|AVC Coding|HEVC Coding")
"""What names an encoder and nothing else."""
HANDLER = re.compile(
    r"\W?(Core Media|Mainconcept|Apple|GPAC ISO|L-SMASH)( (MP4|Video|Audio|Sound|Media|Handler))*|(Video|Sound)Handler?"
)
"""What programs call their streams. Source: files of CapCut, Premiere, QuickTime, HandBrake."""
LANGUAGE = re.compile(r"[a-z]{3}")
HARMLESS = frozenset(f"a box '{name}'" for name in ("edts", "iods", "sdtp", "cslg", "wide", "btrt", "pasp", "colr"))
"""Boxes that say how to play and nothing of anybody; what an edit list hides is counted and looked at."""
TAG_LIST = re.compile(r"a box 'ilst' that holds (\d+) bytes")
MAX_TAG_LIST = 64
"""Bytes of a list of tags with nothing but the name of an encoder in it."""
IN_WORDS = {
    "cover": "a picture attached to it",
    "subtitle": "a subtitle stream",
    "data": "a data stream",
    "attachment": "an attached file",
    "video": "a second picture",
    "audio": "a second sound track",
}


def leaks(shown: Contents, stored: Contents, path: Path) -> Iterator[str]:
    """Everything in a file that could carry something of a recording out, by its name and never by what it says.

    Args:
        shown: what players are shown of it.
        stored: the same with what an edit list hides.
        path: the file, for the boxes of an MP4 or MOV.
    """
    yield from (f"it carries a tag '{name}'" for name in sorted(_strange(shown.tags)))
    kinds: dict[str, int] = {}
    for stream in shown.streams:
        kinds[stream.kind] = kinds.get(stream.kind, 0) + 1
        if stream.kind not in ("video", "audio") or kinds[stream.kind] > 1:
            yield f"it carries {IN_WORDS.get(stream.kind, 'a stream of an unknown kind')}"
        yield from (f"its {stream.kind} stream carries a tag '{name}'" for name in sorted(_strange(stream.tags)))
    if shown.chapters:
        yield "it carries chapters"
    if len(stored.pts) > len(shown.pts):
        yield f"{len(stored.pts) - len(shown.pts)} pictures lie in it that players do not show"
    if shown.container.startswith("mov"):
        yield from (f"it carries {what}" for what in _boxes(path))


def _strange(tags: Mapping[str, str]) -> set[str]:
    """The names of tags that may say more than which program wrote the file."""
    return {name for name, said in tags.items() if not _is_known(name.lower(), said)}


def _is_known(name: str, said: str) -> bool:
    if name in FORMAT_TAGS or said in STREAM_TAGS.get(name, ()):
        return True
    forms = {"encoder": SOFTWARE, "handler_name": HANDLER, "language": LANGUAGE, "vendor_id": re.compile(r"\w{0,4}")}
    form = forms.get(name)
    return form is not None and form.fullmatch(said.strip()) is not None


def _boxes(path: Path) -> Iterator[str]:
    """Boxes that are not on the list; one list of tags may hold the encoder's name, which was looked at."""
    try:
        found = dict.fromkeys(what for what in boxes.layout(path).strange if what not in HARMLESS)
        yield from (what for what in found if not (lists := TAG_LIST.fullmatch(what)) or int(lists[1]) > MAX_TAG_LIST)
    except RecursionError:
        yield "boxes that lie in one another without end"
