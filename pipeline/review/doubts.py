"""What needs eyes: the moments of a clip at which something may be wrong, the least certain first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from pipeline import geometry
from pipeline.values import Export, Plan, Sightings, Track, Verdict

SHORT_S = 0.7
"""Something that was seen for less than this is a glimpse of a person, or a mistake."""
GAP_S = 0.8
"""Filled in without a sighting for longer than this, a region is a guess."""
LOW_SCORE = 0.45
EDGE_SHARE = 0.02
"""A track that begins or ends this near to the edge of the picture came in or went out."""
CALM = 0.5
"""Writing comes and goes all the time, a person does not: its moments weigh this much of those of a face."""
MAX_MOMENTS = 60


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment of the clip, in the clip's own time. `weight` is 0 to 1: how much it asks for eyes.

    `kind` is `finding`, `comes` or `goes` (a track that begins or ends in the open), `gap`, `short` or `low`;
    `amount` is the gap's or the sighting's length in seconds, or the score; `what` is told of findings alone.
    `track` is the track's number, or 0.
    """

    at_s: float
    end_s: float
    kind: str
    track: int
    weight: float
    amount: float = 0.0
    what: str = ""


def moments(
    plan: Plan, sightings: Sightings, verdict: Verdict | None, exports: tuple[Export, ...]
) -> tuple[Moment, ...]:
    """The doubtful moments of a clip, the least certain first."""
    found = [*_findings(verdict, exports)]
    for track in plan.tracks:
        if track.seen:
            own = [*_ends(track, plan), *_gaps(track, plan), *_short(track, plan), *_low(track, plan, sightings)]
            found += own if track.kind == "face" else [replace(one, weight=one.weight * CALM) for one in own]
    found.sort(key=lambda one: (-one.weight, one.at_s, one.track))
    return tuple(found[:MAX_MOMENTS])


def _findings(verdict: Verdict | None, exports: tuple[Export, ...]) -> Iterator[Moment]:
    opening_s = {export.format: float(export.opening_frames / export.fps) for export in exports}
    for finding in verdict.findings if verdict else ():
        at_s = max(0.0, (finding.time_s or 0.0) - opening_s.get(finding.format, 0.0))
        weight = 1.0 if finding.exposes else 0.9
        yield Moment(at_s, at_s, "finding", 0, weight, what=f"{finding.format}: {finding.what}")


def _ends(track: Track, plan: Plan) -> Iterator[Moment]:
    """A person who appears or vanishes in the middle of the picture was there before or stays there after."""
    last = plan.frame_count - 1
    for frame, limit, kind in ((track.seen[0], 0, "comes"), (track.seen[-1], last, "goes")):
        held = track.first_frame if kind == "comes" else track.first_frame + track.frame_count - 1
        if held != limit and not _at_edge(track, frame, plan):
            at_s = float(held / plan.fps)
            yield Moment(at_s, at_s, kind, track.number, 0.7)


def _at_edge(track: Track, frame: int, plan: Plan) -> bool:
    box = track.box(frame)
    if box is None:
        return True
    x_px, y_px = plan.width_px * EDGE_SHARE, plan.height_px * EDGE_SHARE
    return box[0] <= x_px or box[1] <= y_px or box[2] >= plan.width_px - x_px or box[3] >= plan.height_px - y_px


def _gaps(track: Track, plan: Plan) -> Iterator[Moment]:
    for before, after in pairwise(track.seen):
        gap_s = float((after - before) / plan.fps)
        if gap_s > GAP_S:
            start_s, end_s = float(before / plan.fps), float(after / plan.fps)
            yield Moment(start_s, end_s, "gap", track.number, min(0.9, 0.5 + gap_s / 10), gap_s)


def _short(track: Track, plan: Plan) -> Iterator[Moment]:
    length_s = float((track.seen[-1] - track.seen[0] + 1) / plan.fps)
    if length_s < SHORT_S:
        at_s = float(track.seen[0] / plan.fps)
        yield Moment(at_s, at_s + length_s, "short", track.number, 0.6, length_s)


def _low(track: Track, plan: Plan, sightings: Sightings) -> Iterator[Moment]:
    """Where the detector was least sure of what this track hides, if it ever was that unsure."""
    seen = frozenset(track.seen)
    worst, at = 1.0, -1
    for sighting in sightings.frames:
        box = track.box(sighting.frame) if sighting.frame in seen else None
        for one in sighting.detections:
            inside = box is not None and geometry.holds(box, (one.x0 + one.x1) / 2, (one.y0 + one.y1) / 2)
            if inside and one.kind == track.kind and one.score < worst:
                worst, at = one.score, sighting.frame
    if worst < LOW_SCORE:
        at_s = float(at / plan.fps)
        yield Moment(at_s, at_s, "low", track.number, 0.55 - worst / 2, worst)
