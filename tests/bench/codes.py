"""Barcodes and two-dimensional codes: what can still be read of them on the painted picture.

White tags of eight kinds, the narrowest bar 1.5 and 2.5 pixels wide, are laid into the reference input: at rest,
tilted, turned and moved by hand with the blur of their speed, and shown for half a second. A frame counts if the
number can be read on it by somebody who cuts the place out, enlarges it twice and turns it in steps of 15 degrees.
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2

from pipeline import config, detectors, media
from pipeline.looking import codes, now_and_then
from pipeline.stages import detect, probe, redact, track
from pipeline.values import Clip, Plan, Source, Span
from tests import coded_film, written_film
from tests.bench import rooms
from tests.built import NOBODY
from tests.coded_film import Pose, Tag

HEAD = "| kind | frames on which it can be read: the recording | hidden by writing's detector alone | hidden now | |"
FRAMES, EVERY = 50, 5
PICTURES = 40
"""Of a recording, at most."""
MODULES_PX = (1.5, 2.5)
X, Y = 900, 760
"""Between the two people."""
WAYS: dict[str, Callable[[int], Pose]] = {
    "at rest": lambda number: Pose(X, Y),
    "tilted": lambda number: Pose(X, Y, 25),
    "by hand": lambda number: Pose(
        X + 120 * math.sin(number / 12),
        Y + 40 * math.cos(number / 9),
        12 * math.sin(number / 15),
        1 + 2 * int(2.5 * abs(math.cos(number / 12))),
    ),
    "for a moment": lambda number: Pose(X, Y, 5) if 7 <= number < 19 else Pose(-1000, -1000),
}


def rows() -> Iterator[str]:
    """The figures as rows of a Markdown table."""
    grounds = _grounds()
    with tempfile.TemporaryDirectory() as name:
        sums = [0, 0, 0]
        for form in coded_film.FORMATS:
            counts = [0, 0, 0]
            for module_px in MODULES_PX:
                for way in WAYS.values():
                    tag = coded_film.tag(form, module_px)
                    pictures = coded_film.pictures(grounds.__getitem__, tag, way)
                    path = written_film.film(Path(name) / "film.mp4", FRAMES, pictures)
                    told = _counts(path, grounds, tag, way)
                    counts = [one + more for one, more in zip(counts, told, strict=True)]
            sums = [one + more for one, more in zip(sums, counts, strict=True)]
            yield f"| {form} | {counts[0]} | {counts[1]} | {counts[2]} | |"
        yield f"| all | {sums[0]} | {sums[1]} | {sums[2]} | |"
    yield from _alarms()


def _alarms() -> Iterator[str]:
    """How often something is taken for a code in footage that holds none, by close looks."""
    looked = taken = 0
    for path in sorted(rooms.MATERIAL.glob("*/*.m[kop]*")):
        reader = cv2.VideoCapture(str(path))
        count = int(reader.get(cv2.CAP_PROP_FRAME_COUNT))
        for at in range(0, count, max(12, count // PICTURES)):
            reader.set(cv2.CAP_PROP_POS_FRAMES, at)
            is_there, picture = reader.read()
            if is_there:
                long_side_px = min(now_and_then.LONG_SIDE_PX, max(picture.shape))
                luma = detectors.luma(detectors.fitted(picture, long_side_px))
                looked += 1
                taken += bool(codes.find(luma, closely=True))
    yield f"| {looked} pictures of the material, which hold none: taken for one | | | {taken} | |"


def _grounds() -> list[written_film.Bgr]:
    reader = cv2.VideoCapture(str(rooms.SCENE))
    return [reader.read()[1] for _ in range(FRAMES)]


def _counts(path: Path, grounds: list[written_film.Bgr], tag: Tag, way: Callable[[int], Pose]) -> list[int]:
    """On how many frames the number can be read: recorded, hidden without the detector of codes, and with it."""
    source = probe.probe(path)
    whole = Clip(1, (Span(0.0, source.duration_s),))
    channel = config.Channel()
    without = {**dict(channel.detect), "code_zxing": None}

    def painted(form: Any) -> Iterator[media.Frame]:
        plan = _plan(source, whole, form, channel)
        return redact.painted(source, whole, plan, channel.redact, media.Decode())

    recorded = media.frames(source, whole, *media.master_size(source))
    return [
        sum(
            bool(coded_film.read(one.y, coded_film.laid(grounds[one.number], tag, way(one.number))[1]))
            for one in frames
            if one.number % EVERY == 0 and one.number < FRAMES
        )
        for frames in (recorded, painted(without), painted(channel.detect))
    ]


def _plan(source: Source, clip: Clip, form: Any, channel: config.Channel) -> Plan:
    seen = detect.detect(source, clip, form)
    return track.track(seen, (), NOBODY, channel.text, channel.track)
