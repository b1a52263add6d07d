"""Recognise: takes out of the plan what surely is the face of someone who may be seen. In doubt it stays hidden."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from pipeline import detectors, geometry, media, portraits, recognition, rooms, timing
from pipeline.recognisers import Recogniser, Signature
from pipeline.recognition import GAP_S, Limits
from pipeline.values import Box, Clip, Familiar, Plan, Source, Track

VERSION = 1
EVERY_S = 0.25
"""A face is measured this often, and at both ends of its track; where it cannot be, the next sighting is tried."""
LONG_SIDE_PX = 1920
"""Pictures are decoded no larger; faces that matter are large enough then."""


def recognise(source: Source, clip: Clip, plan: Plan, people: tuple[Familiar, ...], recogniser: str) -> Plan:
    """Lets people stay visible who agreed to it, where they surely are who they are.

    Faces are measured in memory and compared there; nothing of them is kept.

    Args:
        source: the recording.
        clip: what of it is looked at.
        plan: everything that would be hidden.
        people: who may stay visible, known by photos or by their seat.
        recogniser: a part of pipeline/recognisers/.

    Returns:
        The plan with what stays visible in `kept`, and not in `tracks`.

    Raises:
        ToolError: the recogniser is not installed.
    """
    cuts = tuple(timing.frame_at(start_s, plan.fps) for _, start_s in timing.pieces(clip, plan.fps))[1:]
    visible = recognition.seated(plan, _seats(plan, people), cuts)
    if any(person.photos for person in people):
        part = rooms.part("recognisers", recogniser)
        network = part.build(part.Settings())
        reader = portraits.Portraits(network)
        known = {person.id: reader.measured(person.photos) for person in people if person.photos}
        limits = Limits(network.same, network.stranger, network.margin)
        measured = _measured(source, clip, plan, network)
        visible |= recognition.recognised(plan, measured, known, limits, cuts)
    return recognition.parted(plan, visible)


def depends(source: Source, clip: Clip, plan: Plan, people: tuple[Familiar, ...], recogniser: str) -> dict[str, object]:
    """What the result depends on beside the inputs: what finds and measures faces."""
    del source, clip, plan
    return portraits.depends(recogniser) if any(person.photos for person in people) else {}


def _seats(plan: Plan, people: tuple[Familiar, ...]) -> dict[str, Box]:
    sides = np.array([plan.width_px, plan.height_px] * 2)
    seats = {}
    for person in people:
        if person.zone is not None:
            x0, y0, x1, y1 = geometry.outward(np.array([person.zone]) * sides)[0].tolist()
            seats[person.id] = (x0, y0, x1, y1)
    return seats


@dataclass
class _Watched:
    """A track while its faces are measured: when the last one was, and where sightings hang together."""

    track: Track
    breaks: frozenset[int]
    faces: dict[int, Signature]
    last: float = -math.inf

    def is_due(self, frame: int, every: float) -> bool:
        return frame in self.track.seen and (frame in self.breaks or frame - self.last >= every)


def _measured(source: Source, clip: Clip, plan: Plan, network: Recogniser) -> dict[int, dict[int, Signature]]:
    """The faces of all tracks, several times a second, in one pass over the clip."""
    watched = [_Watched(track, _breaks(track, plan), {}) for track in recognition.heads(plan)]
    if not watched:
        return {}
    scale = min(1.0, LONG_SIDE_PX / max(plan.width_px, plan.height_px))
    width, height = (max(2, round(side * scale / 2) * 2) for side in (plan.width_px, plan.height_px))
    step = math.gcd(*(at for one in watched for at in one.track.seen if at != plan.frame_count - 1)) or plan.frame_count
    for frame in media.frames(source, clip, width, height, every=step):
        due = [one for one in watched if one.is_due(frame.number, EVERY_S * plan.fps)]
        image = detectors.bgr(frame) if due else None
        for one in due:
            box = one.track.box(frame.number)
            if image is None or box is None:
                continue
            face = network.measure(image, _scaled(box, width / plan.width_px, height / plan.height_px))
            if face is not None:
                one.faces[frame.number] = face
                one.last = frame.number
    return {one.track.number: one.faces for one in watched}


def _breaks(track: Track, plan: Plan) -> frozenset[int]:
    """Sightings at the ends of a track and on both sides of its gaps."""
    apart = [(a, b) for a, b in zip(track.seen, track.seen[1:], strict=False) if b - a > GAP_S * plan.fps]
    return frozenset((track.seen[0], track.seen[-1], *(at for pair in apart for at in pair)))


def _scaled(box: Box, across: float, down: float) -> Box:
    x0, y0, x1, y1 = (round(side * by) for side, by in zip(box, (across, down) * 2, strict=True))
    return x0, y0, x1, y1
