"""Does the gate close? Heads that the plan forgot on purpose, in real films, through the real encoder.

Of every piece of footage random heads are left out of the plan: on one frame, on five, for a second, for two. The film
is painted by that plan and encoded as what leaves is; only the seconds around each hole are rendered. Then whoever
verifies looks at it, and the rules of suspicion at the plan with that hole. Either is enough: the clip does not leave.
"""

from __future__ import annotations

import os
import resource
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline import config
from pipeline.evidence import bounds, suspicion, uncovering
from pipeline.evidence.uncovering import Trial
from pipeline.packing import formats
from pipeline.settings.proving import Proving
from pipeline.stages import challenge, detect, probe, track, verify
from pipeline.values import Clip, CueSheet, Plan, Sightings, Source, Span, Verdict
from tests.bench import rooms
from tests.built import NOBODY

HEAD = "| what | blocked | by the detector alone | by suspicion alone | 95 % bound | target |"
TRIALS = int(os.environ.get("CLINICREEL_TRIALS", "200"))
BESIDE = 6
"""Frames before and after each hole that are rendered too."""
SMALL_PX = 40
KINDS = ((1, 0.4, "single frames"), (5, 0.3, "5 frames"), (25, 0.2, "25 frames"), (50, 0.1, "50 frames"))
"""Length of a hole, its share of the trials, its name."""


@dataclass(frozen=True)
class Footage:
    """A piece of real footage, and the format in which its heads are seen."""

    path: Path
    start_s: float
    end_s: float
    shape: str


VIDEO = rooms.MATERIAL / "video"
FOOTAGE = (
    Footage(rooms.SCENE, 0, 16, "16:9"),
    Footage(rooms.TALK, 0, 20, "9:16"),
    *(Footage(VIDEO / f"intel_asl_{name}.mkv", 0, 5, "1:1") for name in ("again", "book", "hungry", "sister")),
    Footage(VIDEO / "egoblur_gen2_test_face_video.mp4", 0, 1.4, "16:9"),
    Footage(VIDEO / "intel_one-by-one-person-detection.mp4", 0, 70, "16:9"),
)


@dataclass(frozen=True)
class Outcome:
    """What became of one hole; `best` is the highest score of any hit on it."""

    footage: str
    trial: Trial
    face_px: int
    is_found: bool
    is_suspect: bool
    best: float

    @property
    def is_blocked(self) -> bool:
        """Whether anything keeps the clip from leaving."""
        return self.is_found or self.is_suspect


def rows() -> Iterator[str]:
    """The figures as rows of a Markdown table."""
    os.environ.setdefault("CLINICREEL_MODELS", str(rooms.MODELS))
    outcomes: list[Outcome] = []
    with tempfile.TemporaryDirectory() as name:
        for at, footage in enumerate(FOOTAGE):
            outcomes += _outcomes(
                footage, Path(name) / str(at), round(TRIALS * (at + 1) / len(FOOTAGE)) - len(outcomes)
            )
        for length, _, what in KINDS:
            yield _row(what, [one for one in outcomes if one.trial.stop - one.trial.first == length], "")
        single = [one for one in outcomes if len(one.trial.frames) == 1 and one.face_px >= SMALL_PX]
        yield _row(f"single frames of faces of {SMALL_PX} px and more", single, ">= 95 %")
        yield _row("5 frames and more", [one for one in outcomes if len(one.trial.frames) >= 5], ">= 99 %")
        yield from _slipped(outcomes)
        yield from _cost(Path(name) / "cost")


def _row(what: str, outcomes: list[Outcome], target: str) -> str:
    count = Counter(
        blocked=sum(one.is_blocked for one in outcomes),
        found=sum(one.is_found for one in outcomes),
        suspect=sum(one.is_suspect for one in outcomes),
    )
    bound = bounds.lower(count["blocked"], len(outcomes)) if outcomes else 0.0
    return (
        f"| {what} | {count['blocked']} of {len(outcomes)} | {count['found']} | {count['suspect']} | {bound:.3f} "
        f"| {target} |"
    )


def _slipped(outcomes: list[Outcome]) -> Iterator[str]:
    for one in outcomes:
        if not one.is_found:
            how = "suspect" if one.is_suspect else "**slipped through**"
            where = f"{one.footage}, frames {one.trial.first} to {one.trial.stop - 1}, face of {one.face_px} px"
            yield f"| not seen by the detector: {where} | {how} | best score {one.best:.2f} | | | |"


def _planned(footage: Footage) -> tuple[Source, Clip, Sightings, Plan]:
    channel = config.Channel()
    source = probe.probe(footage.path)
    clip = Clip(1, (Span(footage.start_s, min(footage.end_s, source.duration_s)),))
    sightings = detect.detect(source, clip, channel.detect)
    return source, clip, sightings, track.track(sightings, (), NOBODY, channel.text, channel.track)


def _outcomes(footage: Footage, folder: Path, count: int) -> Iterator[Outcome]:
    channel = config.Channel()
    source, clip, sightings, plan = _planned(footage)
    view = formats.view(plan.width_px, plan.height_px, formats.SHAPES[footage.shape], channel.export.framing)
    lengths = [length for length, share, _ in KINDS for _ in range(round(share * count))]
    trials = uncovering.choose(plan, sightings, lengths, view.crop, channel.track.face_share, footage.path.name)
    shown = uncovering.probe_of(clip, plan, trials, BESIDE)
    folder.mkdir()
    film = challenge.film_of(source, shown, footage.shape, Proving.of(channel), folder)
    by = channel.detect.faces
    found = challenge.hits_on(film, shown, view, Proving.of(channel))
    nothing = Verdict(True, (), (), (), "")
    honest = {one.kind for one in suspicion.doubts(clip, plan, sightings, nothing, by, channel.verify)}
    scale = (view.place[3] - view.place[1]) / (view.crop[3] - view.crop[1])
    for hits, trial in zip(found, uncovering.in_passes(trials, BESIDE), strict=True):
        holed = uncovering.without(plan, trial)
        doubts = suspicion.doubts(clip, holed, sightings, nothing, by, channel.verify)
        # What is suspect of the whole plan already proves nothing about the hole.
        is_suspect = any(one.kind not in honest and _is_at(one.start_s, one.end_s, trial, plan) for one in doubts)
        yield Outcome(
            footage.path.stem,
            trial,
            round(trial.face_px * scale),
            any(hit.counts for hit in hits),
            is_suspect,
            max((hit.face.score for hit in hits), default=0.0),
        )


def _is_at(start_s: float, end_s: float, trial: Trial, plan: Plan) -> bool:
    first_s, last_s = (float(frame / plan.fps) for frame in (trial.first - 1, trial.stop + 1))
    return start_s <= last_s and first_s <= end_s


def _cost(folder: Path) -> Iterator[str]:
    """Verification of the reference input as it leaves, against a plain transcode, in processor seconds."""
    channel = config.Channel()
    footage = Footage(rooms.SCENE, 0, 44, "9:16")
    source, clip, _, plan = _planned(footage)
    folder.mkdir()
    film = challenge.film_of(source, uncovering.Probe(clip, plan, ()), footage.shape, Proving.of(channel), folder)
    sheets = (CueSheet(footage.shape, ()),)
    bare = Proving.of(channel).model_copy(update={"subtitle": config.Subtitle(burn_in=False)})
    before = _children_s()
    plain = rooms.run(rooms.plain_transcode(footage.path, folder / "plain.mp4", (1080, 1920)))
    between = _children_s()
    out = folder / "verdict"
    out.mkdir()
    verdict = verify.verify((film,), plan, (), sheets, NOBODY, None, bare, out=out)
    ratio = (_children_s() - between) / (between - before)
    times = f"{_children_s() - between:.1f} s / {between - before:.1f} s of {plain.seconds:.0f} s"
    what = f"verification / plain transcode, processor time ({verdict.verified_by})"
    yield f"| {what} | {ratio:.2f} | {times} | | | <= 0.7 |"


def _children_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
