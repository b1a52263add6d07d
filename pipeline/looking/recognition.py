"""Whose track is whose, and on which frames a face may stay visible. Pure: a plan and measurements give frames.

Nothing is visible but what is proved, and it is proved at both ends: a frame is visible only between two sightings,
at most 0.75 s apart, that were measured and are both the person's, with no measured doubt, no leap, no cut and no other
head in between. Whoever took the person's place in a track would have to come and go within that time. One sighting
that is surely somebody else's hides the whole track.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import count, pairwise
from statistics import median

import numpy as np

from pipeline import geometry, timing
from pipeline.looking.likeness import Likeness, Limits, likeness, nearest
from pipeline.looking.pieces import piece, pieces
from pipeline.recognisers import Signature
from pipeline.values import Box, Plan, Track

BETWEEN_S = 0.75
"""Two measured sightings farther apart say nothing of the frames between them."""
GAP_S = 0.5
"""Two sightings farther apart may be two people's: detectors look several times as often."""
LEAP = 0.5
"""Head regions of two sightings that follow one another must overlap this much, as intersection over union."""
SURE = 4
"""A track with fewer sightings that are the person's stays hidden."""
SHORTEST_S = 0.5
"""A shorter piece stays hidden: it would only flicker."""

Measured = Mapping[int, Mapping[int, Signature]]
"""By the number of a track and of a frame; frames on which nothing could be measured are missing."""


def recognised(
    plan: Plan, measured: Measured, portraits: Mapping[str, Sequence[Signature]], limits: Limits, cuts: Sequence[int]
) -> dict[int, tuple[str, frozenset[int]]]:
    """The person of a track, and the frames on which they are surely seen, by the track's number.

    Args:
        plan: everything that is hidden.
        measured: faces of its tracks.
        portraits: photos of everyone who may stay visible, by id.
        limits: of the recogniser.
        cuts: frames before which the clip leaps in time.
    """
    found: dict[int, tuple[str, frozenset[int]]] = {}
    for person, photos in portraits.items():
        strangers = [one for other, faces in portraits.items() if other != person for one in faces]
        for track in heads(plan):
            told = _told(track, plan, measured, photos, strangers, limits)
            if _is_known(told):
                found[track.number] = person, _alone(track, _between(track, told, plan.fps, cuts), plan)
    return found


def seated(plan: Plan, zones: Mapping[str, Box], cuts: Sequence[int]) -> dict[int, tuple[str, frozenset[int]]]:
    """The same for people who are known by their seat: the only head that is ever in it, always wholly inside, and seen
    without a break, so that nobody can have taken the seat in between.

    Args:
        plan: everything that is hidden.
        zones: the seats in pixels, by the person's id.
        cuts: frames before which the clip leaps in time.
    """
    found = {}
    for person, zone in zones.items():
        there = {track.number: _within(zone, track) for track in heads(plan)}
        inside = [track for track in heads(plan) if there[track.number]]
        steady = [track for track in inside if _stays(track, zone, plan, cuts)]
        if len(steady) == 1 and all(_meet(steady[0], other) for other in inside):
            (track,) = steady
            others = [there[other.number] for other in inside if other is not track]
            sure = frozenset(range(track.seen[0], track.seen[-1] + 1)).difference(*others)
            found[track.number] = person, _alone(track, sure, plan)
    return found


def parted(plan: Plan, visible: Mapping[int, tuple[str, frozenset[int]]]) -> Plan:
    """The plan with the visible pieces of tracks in `kept`, and what is left of those tracks hidden as before."""
    tracks: list[Track] = []
    kept: list[Track] = []
    numbers = count(max((track.number for track in plan.tracks), default=0) + 1)
    for track in plan.tracks:
        person, sure = visible.get(track.number, ("", frozenset[int]()))
        shown = [run for run in timing.runs(sure) if len(run) >= SHORTEST_S * plan.fps]
        rest = set(range(track.first_frame, track.first_frame + track.frame_count)).difference(*shown)
        tracks += pieces(track, rest, numbers)
        for part in filter(None, (piece(track, run) for run in shown)):
            kept.append(replace(part, number=next(numbers), reason=f"{person} stays visible"))
    return replace(plan, tracks=tuple(tracks), kept=plan.kept + tuple(kept))


def heads(plan: Plan) -> list[Track]:
    """The tracks of faces that a detector saw."""
    return [track for track in plan.tracks if track.kind == "face" and track.seen]


def _told(
    track: Track,
    plan: Plan,
    measured: Measured,
    photos: Sequence[Signature],
    strangers: Sequence[Signature],
    limits: Limits,
) -> dict[int, Likeness]:
    """What every measured sighting of a track says of a person.

    Somebody else is whoever is there at the same time, and whoever never looks like the person. If anyone of them looks
    like the person all the same, or the track as a whole is not near enough, nothing can be told.
    """
    own = measured.get(track.number, {})
    if not own or median(nearest(face, photos) for face in own.values()) > limits.usual:
        return {}
    others = list(strangers)
    for other in heads(plan):
        faces = measured.get(other.number, {})
        if other is not track and _meet(other, track):
            others += [face for at, face in faces.items() if not _touch(track.box(at), other.box(at))]
        elif other is not track and all(nearest(face, photos) > limits.same for face in faces.values()):
            others += faces.values()
    if any(nearest(face, photos) <= limits.same for face in others):
        return {}
    return {at: likeness(face, photos, others, limits) for at, face in own.items()}


def _is_known(told: Mapping[int, Likeness]) -> bool:
    """Often enough the person, and never somebody else."""
    says = list(told.values())
    return says.count(Likeness.SAME) >= SURE and Likeness.OTHER not in says


def _between(track: Track, told: Mapping[int, Likeness], fps: Fraction, cuts: Sequence[int]) -> frozenset[int]:
    """The frames between neighbouring sightings that both are the person's and hang together."""
    frames: set[int] = set()
    for first, last in pairwise(sorted(told)):
        surely = told[first] is told[last] is Likeness.SAME and last - first <= BETWEEN_S * fps
        if surely and not any(first < cut <= last for cut in cuts) and _is_unbroken(track, first, last, fps):
            frames.update(range(first, last + 1))
    return frozenset(frames)


def _is_unbroken(track: Track, first: int, last: int, fps: Fraction) -> bool:
    """Whether all sightings from one to another lie close together in time and place."""
    steps = pairwise(at for at in track.seen if first <= at <= last)
    return all(b - a <= GAP_S * fps and _overlap(track, a, b) >= LEAP for a, b in steps)


def _overlap(track: Track, before: int, after: int) -> float:
    one, other = (np.array([track.box(at)], np.float64) for at in (before, after))
    return float(geometry.overlap(one[0], other)[0])


def _alone(track: Track, frames: frozenset[int], plan: Plan) -> frozenset[int]:
    """Those of the frames on which no other head is near, from the last look without it to the next without it."""
    crowded: set[int] = set()
    for other in heads(plan):
        if other is not track:
            before, after = bisect_left(track.seen, other.seen[0]), bisect_right(track.seen, other.seen[-1])
            first = track.seen[before - 1] + 1 if before else 0
            last = track.seen[after] if after < len(track.seen) else plan.frame_count
            crowded |= {at for at in frames if first <= at < last and _touch(other.box(at), track.box(at))}
    return frames - crowded


def _meet(one: Track, other: Track) -> bool:
    """Whether two heads are there at the same time."""
    return one.seen[0] <= other.seen[-1] and other.seen[0] <= one.seen[-1]


def _within(zone: Box, track: Track) -> frozenset[int]:
    """The frames on which any of a head's region lies in a zone."""
    frames = range(track.first_frame, track.first_frame + track.frame_count)
    return frozenset(at for at in frames if _touch(zone, track.box(at)))


def _stays(track: Track, zone: Box, plan: Plan, cuts: Sequence[int]) -> bool:
    """Whether a head never leaves a zone and nobody can have taken its place."""
    first, last = track.seen[0], track.seen[-1]
    return (
        len(track.seen) >= SURE
        and not any(first < cut <= last for cut in cuts)
        and _is_unbroken(track, first, last, plan.fps)
        and all(_holds(zone, track, at, plan) for at in track.seen)
    )


def _touch(one: Box | None, other: Box | None) -> bool:
    return one is not None and other is not None and geometry.meet(one, other)


def _holds(zone: Box, track: Track, frame: int, plan: Plan) -> bool:
    """Whether all that is in the picture of a head's region lies in a zone."""
    box = track.box(frame)
    box = geometry.clip(box, plan.width_px, plan.height_px) if box else None
    return box is not None and zone[0] <= box[0] and zone[1] <= box[1] and box[2] <= zone[2] and box[3] <= zone[3]
