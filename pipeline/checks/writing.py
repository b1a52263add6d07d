"""Can something that identifies someone be read in the picture, or in the subtitles that go with it?"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cached_property
from itertools import accumulate

from pipeline.checks import Picture
from pipeline.checks.faces import shrunk
from pipeline.checks.regions import covered, place, places
from pipeline.config import Text, Verify
from pipeline.language import identifying, wording
from pipeline.looking.deciding import names_in, plain
from pipeline.looking.ocr import Finder, Reader, Writing
from pipeline.values import Box, CueSheet, Export, Finding, Measure, Plan, Register, View

LONG_SIDE_PX = 960
SURE = 0.8
"""Mean probability of its characters from which on a line is searched for numbers; for names every line is."""
COVERED = 0.8
"""Share of a line that lies under what is hidden, or under a subtitle. What sticks out may be a name."""


class Eyes:
    """The two networks that read, loaded when there is something to read."""

    @cached_property
    def finder(self) -> Finder:
        """Finds lines."""
        return Finder()

    @cached_property
    def reader(self) -> Reader:
        """Reads them."""
        return Reader()


class Read:
    """The check of one export, on a picture every few seconds; of a shorter clip on the one in its middle.

    What it finds blocks the clip and is never hidden in another round: between two pictures that are read it may be
    anywhere, and would be covered just where it is looked for again.

    Args:
        export: what is looked at.
        plan: what is hidden in it, and what a person keeps.
        view: how the master's picture lies in it.
        covered: when and where subtitles lie over it; their text is checked as text.
        register: who must not be told.
        text: writing that stays.
        settings: how often it is read.
        eyes: what reads.
    """

    def __init__(
        self,
        export: Export,
        plan: Plan,
        view: View,
        covered: Sequence[tuple[float, float, Box]],
        register: Register,
        text: Text,
        settings: Verify,
        eyes: Eyes,
    ) -> None:
        self._export = export
        self._plan = plan
        self._view = view
        self._covered = covered
        self._register = register
        self._kept = {plain(one) for one in text.keep}
        self._every = max(1, min(round(settings.read_every_s * export.fps), export.clip_frames))
        self._eyes = eyes
        self._reader = ThreadPoolExecutor(1)
        self._reads: list[Future[None]] = []
        self._looked = 0
        self._lines = 0
        self._found: list[tuple[float, str, str]] = []

    def look(self, picture: Picture) -> None:
        """Has every n-th picture of the clip read."""
        frame = picture.clip_frame
        if frame is None or frame % self._every != self._every // 2:
            return
        self._looked += 1
        self._reads.append(self._reader.submit(self._read, picture, frame))

    def _read(self, picture: Picture, frame: int) -> None:
        image = shrunk(picture, max(picture.y.shape))
        scale = LONG_SIDE_PX / max(image.shape[:2])
        # Around a head that is shown it is read like everywhere else: a film may be held up beside it.
        there = [*self._plan.tracks, *(one for one in self._plan.kept if one.kind != "face")]
        taken = places(there, frame, self._view)
        taken += [(box, "box") for start_s, end_s, box in self._covered if start_s <= picture.time_s < end_s]
        for line in self._eyes.finder.find(image, scale):
            box = _around(line)
            if covered(box, taken) >= COVERED:
                continue
            self._lines += 1
            said, score = self._eyes.reader.read(image, line)
            kind = self._kind(said, score)
            if kind:
                # What it says stays here: a verdict must not tell it either.
                self._found.append((picture.time_s, kind, place(box, self._view, self._plan)))

    def _kind(self, said: str, score: float) -> str:
        """What a line gives away; empty: nothing."""
        if not said.strip() or plain(said) in self._kept:
            return ""
        if names_in(said, self._register):
            return "name"
        found = identifying.find(said, self._register) if score >= SURE else ()
        return found[0].kind.replace("_", " ") if found else ""

    def _finish(self) -> None:
        for one in self._reads:
            one.result()
        self._reads.clear()
        self._reader.shutdown()

    def findings(self) -> Iterator[Finding]:
        """What can be read, by its kind, and where."""
        self._finish()
        for time_s, kind, where in self._found:
            what = f"{kind} can be read in the picture at [{where}]"
            yield Finding("writing", self._export.format, time_s, what, exposes=True)

    def measures(self) -> Iterator[Measure]:
        """How many pictures were read, and how many lines there were to read."""
        yield Measure("writing", self._export.format, "pictures_read", float(self._looked))
        yield Measure("writing", self._export.format, "lines_left", float(self._lines))


def in_subtitles(sheet: CueSheet, export: Export, register: Register) -> Iterator[Finding]:
    """What of the subtitles, burned in or beside the file, tells who it is."""
    offset_s = float(export.opening_frames / export.fps)
    for cue in sheet.cues:
        said = "\n".join(cue.lines)
        found = wording.telling(said, register)
        if found or names_in(said, register):
            what = f"a subtitle tells {wording.in_words(found) if found else 'a name'}"
            yield Finding("subtitles", export.format, offset_s + cue.start_s, what, exposes=True)
    yield from _divided_names(sheet, export, register)


def _divided_names(sheet: CueSheet, export: Export, register: Register) -> Iterator[Finding]:
    """Names of the case that only several subtitles together tell."""
    offset_s = float(export.opening_frames / export.fps)
    texts = ["\n".join(cue.lines) for cue in sheet.cues]
    starts = list(accumulate((len(text) + 1 for text in texts), initial=0))
    for one in wording.telling(" ".join(texts), register):
        first, last = bisect_right(starts, one.start) - 1, bisect_right(starts, one.end - 1) - 1
        if one.person and first < last:
            time_s = offset_s + sheet.cues[first].start_s
            yield Finding("subtitles", export.format, time_s, "subtitles tell a name between them", exposes=True)


def _around(line: Writing) -> Box:
    low, high = line.corners.min(axis=0), line.corners.max(axis=0)
    return int(low[0]), int(low[1]), int(high[0]) + 1, int(high[1]) + 1
