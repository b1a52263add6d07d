"""What is suspect of a clip although nothing was found in it: for every doubt when, and why. Pure.

Every rule asks about something that an honest clip hardly ever shows; docs/benchmarks.md has the figures. A doubt lets
a clip wait until a person has looked (`seen:` in review.yaml), has hidden the span, or has dropped it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np

from pipeline import geometry, timing
from pipeline.config import Verify
from pipeline.evidence import masked
from pipeline.evidence.uncovering import SURE
from pipeline.values import Box, Clip, Detection, Doubtful, Plan, Sighting, Sightings, Span, Track, Verdict

OUT = 0.4
"""A head of which this share lies beyond an edge of the picture is coming in or going out."""
CUT_FRAMES = 3
"""So near to a cut anything may begin and end."""
HOLE_S = 2.0
"""A head that vanishes for no longer than this and is there again was there all the time."""
NEAR = 0.6
"""Two regions whose middles are less than this share of their size apart are at one place."""
COVERED = 0.6
MASKED_S = 1.0
"""Most of the picture hidden for less than this is somebody who walks past the lens."""
ALONE_FRAMES = 5
"""A face that only the verifier saw, on so many frames, is a disagreement and no flicker."""


def doubts(
    clip: Clip, plan: Plan, sightings: Sightings, verdict: Verdict, planned_by: Sequence[str], settings: Verify
) -> tuple[Doubtful, ...]:
    """Everything suspect, in order of time.

    Args:
        clip: says which time of the recording a frame shows.
        plan: as it was rendered.
        sightings: what it was made from, the verifier's among them.
        verdict: on the files.
        planned_by: the detectors that looked first.
        settings: limits.
    """
    grid = [at for span in clip.spans for at in timing.span_frames(span, plan.fps)]
    sure = frozenset(track.number for track in sure_faces(plan.tracks, sightings))
    cuts = _cuts(clip, plan.fps)
    found = [
        *_holes(plan, sure),
        *_ends(plan, sure, cuts),
        *_masked(plan, settings.max_masked),
        *_alone(plan, sightings, planned_by),
        *_blind(plan, verdict, settings),
        *_understood(plan, verdict),
    ]
    told = {(kind, first, last, what) for kind, first, last, what in found}
    return tuple(
        Doubtful(kind, float(grid[first] / plan.fps), float((grid[last] + 1) / plan.fps), what)
        for kind, first, last, what in sorted(told, key=lambda one: (one[1], one[2], one[0], one[3]))
    )


def also_seen(sightings: Sightings, left: Sequence[Sighting]) -> Sightings:
    """What the first detectors saw, and what the verifier saw after that was hidden."""
    found = {one.frame: one.detections for one in sightings.frames}
    for one in left:
        found[one.frame] = found.get(one.frame, ()) + one.detections
    return replace(sightings, frames=tuple(Sighting(frame, found[frame]) for frame in sorted(found)))


def is_settled(doubt: Doubtful, looked: Sequence[tuple[Span, str]]) -> bool:
    """Whether a person looked at all of it, and said that it was about this.

    Args:
        doubt: what is suspect.
        looked: pieces of the recording, with the kind of doubt or `all`.
    """
    slack_s = 0.1
    return any(
        span.start_s - slack_s <= doubt.start_s and doubt.end_s <= span.end_s + slack_s and about in (doubt.kind, "all")
        for span, about in looked
    )


_Found = tuple[str, int, int, str]
"""Kind, first and last frame of the clip, and what is suspect."""


def sure_faces(tracks: Sequence[Track], sightings: Sightings) -> tuple[Track, ...]:
    """The tracks that show a face for sure: some detector was sure of it once."""
    by_frame = _by_frame(sightings)
    faces = (track for track in tracks if track.kind == "face")
    return tuple(track for track in faces if any(one.score >= SURE for one in _faces_in(track, by_frame)))


def _by_frame(sightings: Sightings) -> dict[int, tuple[Detection, ...]]:
    return {one.frame: one.detections for one in sightings.frames}


def _faces_in(track: Track, by_frame: Mapping[int, Sequence[Detection]]) -> Iterator[Detection]:
    """The faces that detectors saw where and when a track has a sighting."""
    for frame in track.seen:
        box = _at(track, frame)
        for one in by_frame.get(frame, ()):
            if one.kind == "face" and geometry.holds(box, (one.x0 + one.x1) / 2, (one.y0 + one.y1) / 2):
                yield one


def _cuts(clip: Clip, fps: Fraction) -> list[int]:
    """The frames of the clip at which a new piece of the recording begins, its end among them."""
    cuts, length = [0], 0
    for span in clip.spans:
        length += len(timing.span_frames(span, fps))
        cuts.append(length)
    return cuts


def _holes(plan: Plan, sure: frozenset[int]) -> Iterator[_Found]:
    """A head that is hidden, is not, and is again at the same place: what a single dropped frame looks like."""
    faces = [track for track in plan.tracks if track.kind == "face"]
    for before in faces:
        end = before.first_frame + before.frame_count
        for after in faces:
            gap = after.first_frame - end
            if not 0 < gap <= HOLE_S * plan.fps or not {before.number, after.number} & sure:
                continue
            there, again = _at(before, end - 1), _at(after, after.first_frame)
            uncovered = [n for n in range(end, after.first_frame) if not _is_covered(plan, there, n)]
            if uncovered and _is_near(there, again):
                what = f"a face is hidden before and after, and not between, for {gap} frames"
                yield "track_hole", uncovered[0], uncovered[-1], what


def _ends(plan: Plan, sure: frozenset[int], cuts: Sequence[int]) -> Iterator[_Found]:
    """A head that comes from nowhere or goes nowhere in the middle of the picture was there before, or still is."""
    for track in plan.tracks:
        if track.number not in sure:
            continue
        last = track.first_frame + track.frame_count - 1
        for frame, beyond, kind, what in (
            (track.first_frame, track.first_frame - 1, "track_begin", "a face appears in the middle of the picture"),
            (last, last + 1, "track_end", "a face vanishes in the middle of the picture"),
        ):
            box = _at(track, frame)
            is_cut = any(abs(beyond + (kind == "track_begin") - cut) <= CUT_FRAMES for cut in cuts)
            if is_cut or _is_leaving(box, plan) or _is_covered(plan, box, beyond):
                continue
            yield kind, max(0, min(frame, beyond)), min(plan.frame_count - 1, max(frame, beyond)), what


def _masked(plan: Plan, most: float) -> Iterator[_Found]:
    """More of the picture is hidden than any heads and papers fill: something was taken for what it is not."""
    too_much = masked.shares(plan) > most
    for run in timing.runs(np.flatnonzero(too_much).tolist()):
        if len(run) >= MASKED_S * plan.fps:
            yield "masked", run[0], run[-1], f"more than {most:.0%} of the picture is hidden"


def _alone(plan: Plan, sightings: Sightings, planned_by: Sequence[str]) -> Iterator[_Found]:
    """A face that the verifier saw again and again, and the detectors that made the plan never did."""
    first, by_frame = set(planned_by), _by_frame(sightings)
    for track in plan.tracks:
        if track.kind != "face" or len(track.seen) < ALONE_FRAMES:
            continue
        if not any(first & set(one.detector.split("+")) for one in _faces_in(track, by_frame)):
            what = "a face that only the verifying detector saw, after it was hidden nowhere"
            yield "disagreement", track.seen[0], track.seen[-1], what


def _blind(plan: Plan, verdict: Verdict, settings: Verify) -> Iterator[_Found]:
    """The verifier was shown naked heads of this camera and found too few, so that it found nothing proves little."""
    tested = verdict.sensitivity
    if tested is None or not any(track.kind == "face" for track in plan.tracks):
        return
    if tested.bound < settings.min_sensitivity:
        what = (
            f"of {tested.shown} faces shown to it on purpose the verifying detector ({verdict.verified_by}) found "
            f"{tested.found}: at least {tested.bound:.0%}, and {settings.min_sensitivity:.0%} is asked for"
            if tested.shown
            else f"no face in it is clear enough to try the verifying detector with ({verdict.verified_by})"
        )
        yield "sensitivity", 0, plan.frame_count - 1, what


def _at(track: Track, frame: int) -> Box:
    box = track.box(frame)
    assert box is not None
    return box


def _is_near(one: Box, other: Box) -> bool:
    size = max(one[2] - one[0], other[2] - other[0]), max(one[3] - one[1], other[3] - other[1])
    apart = (abs(one[at] + one[at + 2] - other[at] - other[at + 2]) / 2 for at in (0, 1))
    return all(way <= NEAR * side for way, side in zip(apart, size, strict=True))


def _is_leaving(box: Box, plan: Plan) -> bool:
    """Whether so much of it lies beyond an edge that it is on its way in or out."""
    wide, high = box[2] - box[0], box[3] - box[1]
    out = max(-box[0], box[2] - plan.width_px) / wide, max(-box[1], box[3] - plan.height_px) / high
    return max(out) >= OUT


def _is_covered(plan: Plan, box: Box, frame: int) -> bool:
    """Whether any region lies over that place on a frame, or a person keeps it visible there."""
    there = (track.box(frame) for track in (*plan.tracks, *plan.kept))
    return any(other is not None and geometry.inside(box, other) >= COVERED for other in there)


def _understood(plan: Plan, verdict: Verdict) -> Iterator[_Found]:
    """What recognition made of the talk beside something that was hidden, and of what it guessed was there."""
    for one in verdict.overheard:
        first, last = (min(max(int(at_s * plan.fps), 0), plan.frame_count - 1) for at_s in (one.start_s, one.end_s))
        yield "understood", first, last, f"{one.kind} may still be understood where the talk was hidden: listen to it"
