"""Is writing in the picture hidden on every frame, and what can still be read on the exports?

The reference input with the lettering on a shirt, and slow pans of 5 s over photographed and burned-in writing before a
moving background.
"""

from __future__ import annotations

import json
import math
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline import config
from pipeline.looking import ocr
from pipeline.stages import detect, export, probe, redact, track
from pipeline.values import Box, Clip, CueSheet, Export, Plan, Source, Span
from tests import written_film
from tests.bench import lettering, rooms
from tests.built import NOBODY, UNSAID

HEAD = "| what | measured | target | |"
TEXTS = rooms.MATERIAL / "text"
SIZE, FPS, FRAMES = (1920, 1080), 25, 125
SMALL_LINES: tuple[Box, ...] = ((0, 0, 200, 12), (0, 14, 115, 26))
"""The two English lines at the film's top, in its pixels."""
LOOKS = (0.5, 1.0, 1.75)
"""Sizes in which writing is searched on the exports."""
RIM_PX = 40
"""So far around the writing its lines are searched."""
UNLABELLED = ("ch_en_num.jpg", "check_return_word_len.jpeg", "return_word_debug.jpg", "text_vertical_words.png")

Truth = Callable[[int], Sequence[Box]]
"""Frame -> where writing is in the master's picture."""


def rows() -> Iterator[str]:
    """The figures as rows of a Markdown table."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = probe.probe(rooms.SCENE)
        plan = _plan(source)
        yield from lettering.rows(plan)
        yield from _measured("reference input", source, plan, _truth_of_scene(), folder / "scene")
        labels = json.loads((TEXTS / "presidio_boxes.json").read_text("utf-8"))
        for at, name_of in enumerate((*labels, *UNLABELLED)):
            path, truth = _pan(TEXTS / name_of, labels.get(name_of), folder / f"pan-{at}.mp4")
            source = probe.probe(path)
            yield from _measured(f"pan over {name_of}", source, _plan(source), truth, folder / f"pan-{at}")
        path, _ = _pan(TEXTS / "no_ocr.jpg", [], folder / "none.mp4")
        plan = _plan(probe.probe(path))
        hidden = [_mask(plan, frame).mean() for frame in range(plan.frame_count)]
        figures = f"{len(plan.tracks)}, {np.mean(hidden):.3f}"
        yield f"| pan over no_ocr.jpg: regions, share of the picture hidden | {figures} | 0 | |"


def _measured(what: str, source: Source, plan: Plan, truth: Truth, folder: Path) -> Iterator[str]:
    """How much of the truth is hidden, and what can still be read."""
    shares = [_shares(plan, frame, truth(frame)) for frame in range(plan.frame_count)]
    per_box = np.array([[share >= 0.95 for share in row] for row in shares]).mean(axis=0)
    worst = min((min(row) for row in shares if row), default=1.0)
    hidden = np.mean([_mask(plan, frame).mean() for frame in range(0, plan.frame_count, 5)])
    note = f"worst box and frame {worst:.2f}; {hidden:.2f} of the picture hidden"
    each = ", ".join(f"{share:.3f}" for share in per_box)
    yield f"| {what}: frames on which each true box is hidden | {each} | 1 | {note} |"
    read = sorted({line for made in _exports(source, plan, folder) for line in _read(made, truth)})
    yield f"| {what}: lines read on the exports where writing was | {len(read)} | 0 | {', '.join(read)} |"


def _plan(source: Source) -> Plan:
    channel = config.Channel()
    seen = detect.detect(source, _whole(source), channel.detect)
    return track.track(seen, (), NOBODY, channel.text, channel.track)


def _whole(source: Source) -> Clip:
    return Clip(1, (Span(0.0, source.duration_s),))


def _mask(plan: Plan, frame: int) -> NDArray[np.bool_]:
    """The pixels hidden as writing."""
    mask = np.zeros((plan.height_px, plan.width_px), np.bool_)
    for one in plan.tracks:
        region = one.box(frame)
        if region is not None and one.kind != "face":
            x0, y0, x1, y1 = (max(0, side) for side in region)
            mask[y0:y1, x0:x1] = True
    return mask


def _shares(plan: Plan, frame: int, boxes: Sequence[Box]) -> list[float]:
    mask = _mask(plan, frame)
    shares = []
    for x0, y0, x1, y1 in boxes:
        part = mask[max(0, y0) : max(0, y1), max(0, x0) : max(0, x1)]
        shares.append(float(part.mean()) if part.size else 1.0)
    return shares


def _truth_of_scene() -> Truth:
    """Where the film's lines are: the film drifts by these two formulas."""
    film = json.loads(rooms.SCENE.with_suffix(".json").read_text("utf-8"))["film"]
    assert (film["x_of_t"], film["y_of_t"]) == ("1330+60*sin(t*0.6)", "60+30*cos(t*0.5)")
    lines = [*film["text_boxes_in_film"], *SMALL_LINES]

    def truth(frame: int) -> list[Box]:
        x, y = round(1330 + 60 * math.sin(frame / 25 * 0.6)), round(60 + 30 * math.cos(frame / 25 * 0.5))
        return [(x + line[0], y + line[1], x + line[2], y + line[3]) for line in lines]

    return truth


def _pan(picture: Path, labels: list[dict[str, int]] | None, path: Path) -> tuple[Path, Truth]:
    """A film in which a picture drifts before a background that drifts the other way; without labels, what is read."""
    image = np.asarray(cv2.imread(str(picture)), np.uint8)
    times = min(1.0, 1500 / image.shape[1], 1000 / image.shape[0])
    image = np.asarray(cv2.resize(image, None, fx=times, fy=times, interpolation=cv2.INTER_AREA), np.uint8)
    if labels is None:
        finder = ocr.Finder()
        boxes = [tuple(map(round, line.boxes[0])) for line in finder.find(image, 1.0) if line.score > 0.7]
    else:
        corners = [(one["left"], one["top"], one["left"] + one["width"], one["top"] + one["height"]) for one in labels]
        boxes = [tuple(round(side * times) for side in box) for box in corners]
    high, wide = image.shape[:2]
    ground = written_film.room(SIZE[0] + FRAMES * 2, SIZE[1])
    sheet = written_film.Sheet(image, tuple(boxes))  # type: ignore[arg-type]

    def place(frame: int) -> tuple[int, int]:
        share = frame / FRAMES
        return round((SIZE[0] - wide) * (0.2 + 0.5 * share)), round((SIZE[1] - high) * (0.8 - 0.6 * share))

    def made(frame: int) -> written_film.Bgr:
        return written_film.laid(ground[:, 2 * frame : 2 * frame + SIZE[0]], sheet, *place(frame))

    return written_film.film(path, FRAMES, made), lambda frame: sheet.at(*place(frame))


def _exports(source: Source, plan: Plan, folder: Path) -> tuple[Export, ...]:
    channel = config.Channel()
    for name in ("master", "exports"):
        (folder / name).mkdir(parents=True)
    clip = _whole(source)
    how = channel.redact, channel.sound
    master = redact.redact(source, clip, plan, UNSAID, NOBODY, "", *how, out=folder / "master")
    fast = channel.export.model_copy(update={"preset": "veryfast", "framing": "fit"})
    return export.export(master, (CueSheet("16:9", ()),), (), ("16:9",), channel.subtitle, fast, out=folder / "exports")


def _read(made: Export, truth: Truth) -> Iterator[str]:
    """What is read for sure on every 25th picture of an export, around where there was writing."""
    finder, reader = ocr.Finder(), ocr.Reader()
    with av.open(str(made.file.path)) as container:
        for number, frame in enumerate(container.decode(video=0)):
            boxes = truth(number)
            if number % 25 or not boxes:
                continue
            low, high = np.min(boxes, axis=0)[:2] - RIM_PX, np.max(boxes, axis=0)[2:] + RIM_PX
            rows, columns = slice(max(0, low[1]), high[1]), slice(max(0, low[0]), high[0])
            image = np.asarray(frame.to_ndarray(format="bgr24"), np.uint8)[rows, columns]
            for times in LOOKS:
                for line in finder.find(image, times):
                    text, sure = reader.read(image, line)
                    if sure > 0.8 and len(text) > 1:
                        yield f"{text} ({number})"
