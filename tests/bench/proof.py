"""How far what is hidden lies from what is naked, by the measure of pipeline/checks/detail.py; and what proving costs.

Real heads, found by `detect` and followed by `track`. Hidden: painted and exported at CRF 18 to 32, three presets.
Naked: exported without painting, and measured as if it had been painted. A head counts as naked where a detector saw
its face on that frame, or just before and after it. Sizes are those of the region's shorter side on the export.
"""

from __future__ import annotations

import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from pipeline import config
from pipeline.checks import proof
from pipeline.checks.detail import LIMITS, Detail
from pipeline.checks.painted import Measured
from pipeline.checks.regions import Regions
from pipeline.packing import formats
from pipeline.settings.proving import Proving
from pipeline.stages import detect, export, probe, redact, track, verify
from pipeline.values import Clip, CueSheet, Export, Plan, Source, Span
from tests.bench import rooms
from tests.built import NOBODY, UNSAID

HEAD = (
    "| style, size | hidden: measured, worst spread / part | naked: measured, 1st percentile of spread / part "
    "| single naked frames caught | not measurable |"
)
NEAR = 4
"""Frames around a sighting on which the face is surely still there."""
SIZES_PX = (64, 128, 256, 10_000)


@dataclass(frozen=True)
class Footage:
    """A piece of real footage; `shapes` upwards and downwards of its size."""

    path: Path
    start_s: float
    end_s: float
    shapes: tuple[str, ...]


FOOTAGE = (
    Footage(rooms.TALK, 4, 7, ("9:16", "16:9")),
    Footage(rooms.SCENE, 6, 9, ("9:16", "16:9")),
    Footage(rooms.MATERIAL / "video" / "intel_asl_again.mkv", 0, 2, ("16:9",)),
    Footage(rooms.MATERIAL / "video" / "intel_asl_book.mkv", 0, 2, ("1:1",)),
    Footage(rooms.MATERIAL / "video" / "egoblur_gen2_test_face_video.mp4", 0, 1.3, ("9:16", "16:9")),
    Footage(rooms.MATERIAL / "video" / "intel_one-by-one-person-detection.mp4", 15, 21, ("16:9",)),
)
CODED = ((18, "ultrafast"), (26, "medium"), (32, "veryfast"))
EVERY_STYLE = ("blur", "mosaic", "solid")


Key = tuple[str, int]
"""Style, and the upper end of a class of sizes."""


@dataclass
class Seen:
    """What was measured of the regions of one style and size."""

    hidden: list[Detail]
    naked: list[Detail]
    naked_frames: int = 0
    caught: int = 0
    unmeasured: int = 0


def rows() -> Iterator[str]:
    """The figures as rows of a Markdown table."""
    classes: dict[Key, Seen] = defaultdict(lambda: Seen([], []))
    costs: list[str] = []
    with tempfile.TemporaryDirectory() as name:
        for at, footage in enumerate(FOOTAGE):
            costs += _measure(footage, Path(name) / str(at), classes)
    for style in EVERY_STYLE:
        for size_px in SIZES_PX:
            yield _row(style, size_px, classes[style, size_px])
    limits = ", ".join(f"{style} {limit.spread:g} / {limit.worst:g}" for style, limit in LIMITS.items())
    yield f"| limits, spread / part | {limits} | | | |"
    yield from costs


def _row(style: str, size_px: int, seen: Seen) -> str:
    below = SIZES_PX[SIZES_PX.index(size_px) - 1] if size_px > SIZES_PX[0] else 0
    size = f"{below} to {size_px - 1} px" if size_px < SIZES_PX[-1] else f"{below} px and more"
    hidden, naked = seen.hidden, seen.naked
    most = f"{max(d.spread for d in hidden):.1f} / {max(d.worst for d in hidden):.0f}" if hidden else "-"
    least = "-"
    if naked:
        spread, worst = (
            float(np.percentile(figures, 1)) for figures in zip(*((d.spread, d.worst) for d in naked), strict=True)
        )
        least = f"{spread:.1f} / {worst:.0f}"
    return (
        f"| {style}, {size} | {len(hidden)}: {most} | {len(naked)}: {least} | "
        f"{seen.caught} of {seen.naked_frames} | {seen.unmeasured} |"
    )


def _measure(footage: Footage, folder: Path, classes: dict[Key, Seen]) -> Iterator[str]:
    """Adds what is measured on one piece of footage; yields what proving it cost."""
    channel = config.Channel()
    source = probe.probe(footage.path)
    clip = Clip(1, (Span(footage.start_s, min(footage.end_s, source.duration_s)),))
    heads = channel.detect.model_copy(update={"text_rapidocr": None})
    plan = track.track(detect.detect(source, clip, heads), (), NOBODY, channel.text, channel.track)
    for made in _exports(source, clip, replace(plan, tracks=()), footage, config.Redact(), CODED, folder / "naked"):
        for style in EVERY_STYLE:
            _add_naked(made, plan, style, classes)
    for style in EVERY_STYLE:
        redact_as = config.Redact.model_validate({"face": style})
        for made in _exports(source, clip, plan, footage, redact_as, CODED, folder / style):
            _add_hidden(made, plan, style, classes)
    yield from _cost(source, clip, plan, footage, folder / "cost")


def _exports(
    source: Source,
    clip: Clip,
    painted: Plan,
    footage: Footage,
    redact_as: config.Redact,
    coded: Sequence[tuple[int, str]],
    folder: Path,
) -> Iterator[Export]:
    """The clip in the footage's formats, hidden by this plan, at each of these qualities."""
    (folder / "master").mkdir(parents=True)
    master = redact.redact(source, clip, painted, UNSAID, NOBODY, "", redact_as, config.Sound(), out=folder / "master")
    sheets = tuple(CueSheet(name, ()) for name in footage.shapes)
    bare = config.Subtitle(burn_in=False)
    for crf, preset in coded:
        out = folder / f"crf-{crf}"
        out.mkdir()
        encoding = config.Export.model_validate({"crf": crf, "preset": preset})
        yield from export.export(master, sheets, (), footage.shapes, bare, encoding, out=out)


def _measured(made: Export, plan: Plan, style: str) -> Iterator[tuple[int, Measured]]:
    """Every region of every picture, with the frame's number."""
    check = Regions(made, plan, config.Redact.model_validate({"face": style}), made.view, ())
    for picture in proof.pictures(made):
        for one in check.measured(picture):
            yield picture.number, one


def _class_of(style: str, one: Measured) -> Key:
    side_px = min(one.box[2] - one.box[0], one.box[3] - one.box[1])
    return style, next(size_px for size_px in SIZES_PX if side_px < size_px)


def _add_hidden(made: Export, plan: Plan, style: str, classes: dict[Key, Seen]) -> None:
    for _, one in _measured(made, plan, style):
        seen = classes[_class_of(style, one)]
        if one.detail is None:
            seen.unmeasured += 1
        else:
            seen.hidden.append(one.detail)


def _add_naked(made: Export, plan: Plan, style: str, classes: dict[Key, Seen]) -> None:
    for frame, one in _measured(made, plan, style):
        if min((abs(frame - at) for at in one.track.seen), default=NEAR + 1) > NEAR:
            continue
        seen = classes[_class_of(style, one)]
        if one.detail is None:
            seen.unmeasured += 1
            continue
        seen.naked.append(one.detail)
        seen.naked_frames += 1
        seen.caught += bool(one.fault(style))


def _cost(source: Source, clip: Clip, plan: Plan, footage: Footage, folder: Path) -> Iterator[str]:
    """How long verification takes at the defaults, against a plain transcode of the same seconds."""
    channel = config.Channel()
    shape = footage.shapes[:1]
    made = tuple(_exports(source, clip, plan, replace(footage, shapes=shape), channel.redact, [(20, "medium")], folder))
    started = time.monotonic()
    sheets = (CueSheet(shape[0], ()),)
    bare = Proving.of(channel).model_copy(update={"subtitle": config.Subtitle(burn_in=False)})
    place = folder / "verdict"
    place.mkdir()
    verdict = verify.verify(made, plan, (), sheets, NOBODY, None, bare, out=place)
    seconds = time.monotonic() - started
    size = formats.SHAPES[shape[0]].width_px, formats.SHAPES[shape[0]].height_px
    cut = rooms.plain_transcode(footage.path, folder / "plain.mp4", size)
    at = cut.index("-i")
    cut[at:at] = ["-ss", str(footage.start_s), "-t", f"{clip.end_s - clip.start_s:.3f}"]
    plain = rooms.run(cut)
    found = "; ".join(one.what for one in verdict.findings) or "nothing found"
    yield (
        f"| {footage.path.name}, {shape[0]}: verification / plain transcode | {seconds / plain.seconds:.2f} | "
        f"{seconds:.1f} s / {plain.seconds:.1f} s | {verdict.verified_by}: {found} | |"
    )
