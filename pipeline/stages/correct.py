"""Correct: the plan as a person left it. What is added is always hidden; what is kept must still be there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import count

import numpy as np

from pipeline import geometry, timing
from pipeline.looking.needless import without_needless
from pipeline.results import timecode
from pipeline.settings.corrections import Keep, Picture, Pointed, Region
from pipeline.values import Clip, Plan, Track

VERSION = 5
TICK_S = 0.001
"""Times are written in thousandths of a second."""


def correct(plan: Plan, clip: Clip, edits: Picture, shown: tuple[str, ...]) -> Plan:
    """Adds the regions that a person drew to a plan, takes out what they keep visible, puts back what they mask.

    What is both kept and masked is masked. Now that it is known which heads stay hidden, writing that lies under one of
    them needs no patch of its own.

    Args:
        plan: what was tracked, and what of it surely may stay visible.
        clip: says which time of the recording a frame shows.
        edits: what the person corrected.
        shown: ids of the people who agreed that their face is seen.

    Returns:
        The plan with what stays visible in `kept`, and in `unmet` what could not be done; then the clip waits.
    """
    tracks, kept, masked, unmet = list(plan.tracks), list(plan.kept), [], []
    for keep in edits.keep:
        found, why_not = _meant(plan, clip, keep, shown)
        if found is None:
            unmet.append(f"to keep what was hidden at {timecode(keep.at)} ({keep.kind}): {why_not}")
        elif found in tracks:
            tracks.remove(found)
            kept.append(found)
    for mask in edits.mask:
        there, why_not = _pointed(plan, clip, mask)
        if not there:
            unmet.append(f"to mask what was left visible at {timecode(mask.at)} ({mask.kind}): {why_not}")
        for found in there:
            if found in kept:
                kept.remove(found)
                masked.append(replace(found, reason="masked by hand"))
    numbers = count(max((track.number for track in (*plan.tracks, *plan.kept)), default=0) + 1)
    tracks = without_needless(tracks, plan.fps, numbers) + masked
    for region in edits.regions:
        tracks += [replace(drawn, number=next(numbers)) for drawn in _drawn(region, plan, clip)]
    return replace(plan, tracks=tuple(tracks), kept=tuple(kept), unmet=tuple(unmet))


def _meant(plan: Plan, clip: Clip, keep: Keep, shown: tuple[str, ...]) -> tuple[Track | None, str]:
    """The one track that a person pointed at, or why there is none."""
    if keep.kind == "face" and keep.person not in shown:
        whose = f"{keep.person} has not agreed" if keep.person else "nobody is named who agreed"
        return None, f"{whose} that their face is seen (scope publish_face)"
    there, why_not = _pointed(plan, clip, keep)
    if len(there) > 1:
        return None, f"{len(there)} of them overlap there; point at one of them alone"
    return (there[0], "") if there else (None, why_not)


def _pointed(plan: Plan, clip: Clip, one: Pointed) -> tuple[list[Track], str]:
    """The tracks at a point and time, hidden and visible, or why there are none."""
    at_s = timing.to_clip_s(one.at, clip, plan.fps)
    if at_s is None:
        return [], "that moment is not in the clip any more"
    frame = min(timing.frame_at(at_s, plan.fps), plan.frame_count - 1)
    x, y = one.point[0] * plan.width_px, one.point[1] * plan.height_px
    there = [track for track in plan.tracks + plan.kept if track.kind == one.kind and _holds(track, frame, x, y)]
    return there, "" if there else "nothing of that kind is found there any more"


def _holds(track: Track, frame: int, x: float, y: float) -> bool:
    box = track.box(frame)
    return box is not None and geometry.holds(box, x, y)


def _drawn(region: Region, plan: Plan, clip: Clip) -> Iterator[Track]:
    """A drawn region as a track over the frames between its first and last keyframe, none if those were cut out.

    Half a frame of room on both sides: a person points at the picture that is shown, not at its first instant.
    """
    half_s = float(1 / plan.fps / 2) + TICK_S
    first_s, last_s = region.mask[0].at - half_s, region.mask[-1].at + half_s
    shown = [(n, at_s) for n, at_s in enumerate(_times_s(clip, plan.fps)) if first_s <= at_s <= last_s]
    if not shown:
        return
    at = np.array([at_s for _, at_s in shown])
    keys = np.array([keyframe.at for keyframe in region.mask])
    sides = np.array([keyframe.box for keyframe in region.mask]) * np.array([plan.width_px, plan.height_px] * 2)
    boxes = geometry.outward(np.stack([np.interp(at, keys, side) for side in sides.T], axis=1))
    flat = tuple(boxes.ravel().tolist())
    yield Track(0, region.kind, region.reason, "box", shown[0][0], flat, ())


def _times_s(clip: Clip, fps: Fraction) -> Iterator[float]:
    """The recording's time of every frame of the clip."""
    for span in clip.spans:
        yield from (timing.frame_time_s(frame, fps) for frame in timing.span_frames(span, fps))
