"""Heads that are shown on purpose, to test whoever should find them. Pure: plans without some of their regions.

A plan with a hole is what a detector that missed something would have made of the clip.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from pipeline import geometry, timing
from pipeline.looking.pieces import piece
from pipeline.values import Box, Clip, Plan, Sightings, Span, Track

SURE = 0.5
"""Only what a detector took for a face with this score is shown: what is no face, nobody can find."""
BESIDE = 1
"""Frames before and after a hole that are shown as well, for the encoder."""
DRAWS = 20
"""So often a trial is drawn anew that would show the frames of another."""
TOUCHING = 0.05
"""Another region that covers this share of a head is taken away with its own."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A head, the frames of the clip on which it is naked, and the height of its face in pixels of the master.

    `head` is where the region of the head lies on the middle one of these frames.
    """

    track: int
    first: int
    stop: int
    face_px: float
    head: Box

    @property
    def frames(self) -> range:
        """The frames on which it is naked."""
        return range(self.first, self.stop)


def choose(
    plan: Plan, sightings: Sightings, lengths: Sequence[int], places: Box, face_share: float, seed: str
) -> list[Trial]:
    """A trial for each length, at random but always the same; the first ones are the smallest face and one at the edge.

    As long as there are frames left, no two trials show the same: a probe of such trials is decoded in one pass.

    Args:
        plan: of the clip.
        sightings: tell which of its regions hold a face for sure.
        lengths: of the holes, in frames.
        places: the part of the picture in which the middle of a face must lie.
        face_share: height of a face over that of its region.
        seed: anything.

    Returns:
        Fewer than there are lengths, or none, where the clip shows too few faces.
    """
    sure = sorted(_sure(plan, sightings, places, face_share), key=lambda one: (one[2], one[0].number, one[1]))
    if not sure:
        return []
    chance = random.Random(seed)
    edge = min(sure, key=lambda one: (_to_edge(one[0], one[1], places), one[0].number, one[1]))
    first = [sure[0], edge]
    trials: list[Trial] = []
    for at, length in enumerate(lengths):
        drawn = first[at : at + 1] + chance.sample(sure, min(DRAWS, len(sure)))
        wanted = [_trial(*one, length) for one in drawn]
        trials.append(next((one for one in wanted if not _is_shown_by(one, trials)), wanted[0]))
    return trials


def _trial(track: Track, frame: int, face_px: float, length: int) -> Trial:
    start = max(track.first_frame, min(frame - length // 2, track.first_frame + track.frame_count - length))
    stop = min(start + length, track.first_frame + track.frame_count)
    head = track.box((start + stop) // 2)
    assert head is not None
    return Trial(track.number, start, stop, face_px, head)


def _is_shown_by(trial: Trial, others: Sequence[Trial]) -> bool:
    """Whether a probe shows some of the trial's frames for another one too."""
    return any(one.first - BESIDE < trial.stop + BESIDE and trial.first - BESIDE < one.stop + BESIDE for one in others)


def shows_a_face(plan: Plan, sightings: Sightings, places: Box, face_share: float) -> bool:
    """Whether `choose` would find any head whose middle lies there."""
    return any(True for _ in _sure(plan, sightings, places, face_share))


def _sure(plan: Plan, sightings: Sightings, places: Box, face_share: float) -> Iterator[tuple[Track, int, float]]:
    """Every frame on which a track surely shows a face, with the face's height."""
    by_frame = {sighting.frame: sighting.detections for sighting in sightings.frames}
    for track in plan.tracks:
        for frame in track.seen if track.kind == "face" else ():
            box = track.box(frame)
            if box is None:
                continue
            if not geometry.holds(places, (box[0] + box[2]) / 2, (box[1] + box[3]) / 2):
                continue
            for one in by_frame.get(frame, ()):
                is_its = geometry.holds(box, (one.x0 + one.x1) / 2, (one.y0 + one.y1) / 2)
                if one.kind == "face" and one.score >= SURE and is_its:
                    yield track, frame, (box[3] - box[1]) * face_share
                    break


def _to_edge(track: Track, frame: int, places: Box) -> float:
    box = track.box(frame) or places
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return min(x - places[0], places[2] - x, y - places[1], places[3] - y)


def without(plan: Plan, trial: Trial) -> Plan:
    """The plan with a hole: on the trial's frames nothing covers the head, whatever track it belongs to."""
    heads = {track.number: track for track in plan.tracks}
    head = heads[trial.track]
    tracks: list[Track] = []
    for track in plan.tracks:
        if track.number != trial.track and not any(_touches(track, head, frame) for frame in trial.frames):
            tracks.append(track)
            continue
        tracks += [one for part in _sides(track, trial) if (one := piece(track, part)) is not None]
    return replace(plan, tracks=tuple(replace(one, number=at) for at, one in enumerate(tracks, 1)))


def _touches(track: Track, head: Track, frame: int) -> bool:
    one, other = head.box(frame), track.box(frame)
    if one is None or other is None:
        return False
    return geometry.inside(one, other) > TOUCHING


def _sides(track: Track, trial: Trial) -> tuple[range, range]:
    return range(track.first_frame, trial.first), range(trial.stop, track.first_frame + track.frame_count)


@dataclass(frozen=True, slots=True)
class Probe:
    """A film made of pieces of a clip: what of the recording it shows, its plan, and where each trial lies in it."""

    clip: Clip
    plan: Plan
    trials: tuple[Trial, ...]


def probe_of(clip: Clip, plan: Plan, trials: Sequence[Trial], beside: int = BESIDE) -> Probe:
    """Puts the pieces of a clip that the trials need one behind the other, each with its own hole.

    Args:
        clip: the clip.
        plan: its plan.
        trials: the holes.
        beside: so many frames before and after a hole are shown as well.
    """
    grid = [at for span in clip.spans for at in timing.span_frames(span, plan.fps)]
    spans: list[Span] = []
    tracks: list[Track] = []
    moved: list[Trial] = []
    length = 0
    for trial in in_passes(trials, beside):
        window = range(max(0, trial.first - beside), min(plan.frame_count, trial.stop + beside))
        spans += _spans([grid[frame] for frame in window], plan.fps)
        shift = length - window.start
        for track in without(plan, trial).tracks:
            part = piece(track, window)
            if part is not None:
                seen = tuple(frame + shift for frame in part.seen)
                number = len(tracks) + 1
                tracks.append(replace(part, number=number, first_frame=part.first_frame + shift, seen=seen))
        moved.append(replace(trial, first=trial.first + shift, stop=trial.stop + shift))
        length += len(window)
    made = replace(plan, frame_count=length, tracks=tuple(tracks), kept=(), unmet=())
    return Probe(Clip(clip.number, tuple(spans)), made, tuple(moved))


def in_passes(trials: Sequence[Trial], beside: int) -> list[Trial]:
    """The trials in the order in which a probe shows them: decoding seldom has to go back."""
    left = sorted(trials, key=lambda one: (one.first, one.stop, one.track))
    ordered: list[Trial] = []
    while left:
        end = -math.inf
        later = []
        for trial in left:
            if trial.first - beside >= end:
                ordered.append(trial)
                end = trial.stop + beside
            else:
                later.append(trial)
        left = later
    return ordered


def _spans(grid: Sequence[int], fps: Fraction) -> Iterator[Span]:
    """Frames of the recording as spans; a jump in them begins a new one."""
    start = grid[0]
    for at, after in zip(grid, [*grid[1:], None], strict=True):
        if after != at + 1:
            yield Span(float(start / fps), float((at + 1) / fps))
            start = after or 0
