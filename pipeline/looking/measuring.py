"""Measures faces while a clip is decoded: several times a second, no more than is needed to tell who is who."""

from __future__ import annotations

import math
from dataclasses import dataclass

from pipeline import detectors, media, timing
from pipeline.looking import recognition
from pipeline.looking.recognition import GAP_S
from pipeline.recognisers import Recogniser, Signature
from pipeline.values import Box, Clip, Plan, Source, Track

EVERY_S = 0.25
"""A face is measured this often, and at both ends of its track; where it cannot be, the next sighting is tried."""
LONG_SIDE_PX = 1920
"""Pictures are decoded no larger; faces that matter are large enough then."""


@dataclass
class _Watched:
    """A track while its faces are measured: when the last one was, and where sightings hang together."""

    track: Track
    breaks: frozenset[int]
    faces: dict[int, Signature]
    last: float = -math.inf

    def is_due(self, frame: int, every: float) -> bool:
        return frame in self.track.seen and (frame in self.breaks or frame - self.last >= every)


def faces(source: Source, clip: Clip, plan: Plan, network: Recogniser) -> dict[int, dict[int, Signature]]:
    """Measures the faces of all tracks, several times a second, in one pass over the clip.

    Args:
        source: the recording.
        clip: what of it is looked at.
        plan: its tracks of faces say where and when to look.
        network: measures one face.

    Returns:
        By the number of a track and of a frame; where nothing could be measured there is none.
    """
    watched = [_Watched(track, _breaks(track, plan), {}) for track in recognition.heads(plan)]
    if not watched:
        return {}
    scale = min(1.0, LONG_SIDE_PX / max(plan.width_px, plan.height_px))
    width, height = (max(2, round(side * scale / 2) * 2) for side in (plan.width_px, plan.height_px))
    step = math.gcd(*(at for one in watched for at in one.track.seen if at != plan.frame_count - 1)) or plan.frame_count
    for frame in media.frames(source, clip, width, height, wanted=timing.every_nth(clip, source.fps, step)):
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
