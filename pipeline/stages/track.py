"""Track: from what was seen on some frames to a region for every frame, so that a miss is not a naked face.

Writing was followed by its detector already, so its sightings come numbered. Faces are linked here, and three rules
carry that. What was seen is hidden where it was seen, whatever follows. A link between two sightings only
ever adds to what either would hide alone, so a wrong link costs looks and not privacy. Time has no direction: links
are made from the smallest gap up, and every rule holds forward and backward.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline import config, geometry, values
from pipeline.language import identifying
from pipeline.looking import deciding
from pipeline.settings.forms import Zone
from pipeline.values import Plan, Register, Sightings

VERSION = 6
PLAN_FORM = 1
"""Raised when the form of the plan changes, which people and programs audit."""

NEAR = 0.75
"""Two sightings this far apart, in face sizes, may always be one head: boxes jitter."""
SPEED_HZ = 10.0
"""Face sizes a second that a head moves at most: someone who walks past at 1.5 m/s with a face of 15 cm."""
FAR = 3.0
"""No link is longer than this, in face sizes: it would be a guess."""
RESIZE = 1.5
"""Two sightings of one head differ at most this much in size, and as much again for every second between them."""
LOST_GROWTH = 1.02
"""A region grows by this every frame without a sighting: the head may have moved on."""
MAX_GROWTH = 2.0
STEADY_S = 0.2
"""The speed at which a head comes and goes is taken over this time, where it was seen for so long."""
MARGIN, MARGIN_PX = 0.2, 2.0
"""Added around what is not a head: a share of the shorter side of its box, and pixels."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """All sightings of one kind in order of time: `frames` of shape (n,), `boxes` of shape (n, 4)."""

    kind: str
    frames: NDArray[np.int64]
    boxes: geometry.Boxes
    detectors: tuple[str, ...]
    items: tuple[int, ...]


def track(
    sightings: Sightings,
    zones: Sequence[Zone],
    register: Register,
    text: config.Text,
    settings: config.Track,
) -> Plan:
    """Plans the regions that are hidden on every frame of the clip.

    Every detection becomes part of a track, even if it was seen only once. Zones become tracks over all frames.

    Args:
        sightings: what was seen on the analysed frames.
        zones: parts of the picture that are always hidden.
        register: whose names may not be read in the picture.
        text: which writing in the picture is hidden.
        settings: how far a region reaches in place and time.

    Returns:
        Tracks numbered from 1, in order of their first frame and place, the zones last.
    """
    hidden = deciding.reasons(sightings, register, text)
    tracks = []
    for seen in _kinds(sightings):
        for chain in _chains(seen, sightings, settings):
            if seen.kind == "face":
                reason = f"face seen by {', '.join(sorted({seen.detectors[i] for i in chain}))}"
            elif (key := (seen.kind, seen.items[chain[0]])) in hidden:
                reason = hidden[key]
            else:
                continue
            tracks.append(_cover(seen, chain, reason, sightings, settings))
    tracks.sort(key=lambda one: (one.first_frame, one.boxes[:4], one.kind, one.frame_count))
    tracks += [_fixed(zone, sightings) for zone in zones]
    numbered = tuple(
        values.Track(number, one.kind, one.reason, one.shape, one.first_frame, one.boxes, one.seen)
        for number, one in enumerate(tracks, start=1)
    )
    return Plan(PLAN_FORM, sightings.width_px, sightings.height_px, sightings.fps, sightings.frame_count, numbered)


def depends() -> dict[str, object]:
    """What the result depends on beside the inputs: what finds identifiers in writing."""
    return dict(identifying.versions())


def _kinds(sightings: Sightings) -> list[_Seen]:
    found = defaultdict(list)
    for sighting in sightings.frames:
        for one in sighting.detections:
            found[one.kind].append((sighting.frame, (one.x0, one.y0, one.x1, one.y1), one.detector, one.item))
    return [
        _Seen(
            kind,
            np.array([frame for frame, _, _, _ in rows], np.int64),
            np.array([box for _, box, _, _ in rows], np.float64),
            tuple(detector for _, _, detector, _ in rows),
            tuple(item for _, _, _, item in rows),
        )
        for kind, rows in sorted(found.items())
    ]


def _chains(seen: _Seen, sightings: Sightings, settings: config.Track) -> list[list[int]]:
    """The sightings of each thing in order of time. Every sighting is in one chain.

    What has no number is linked: nearest in time first, then nearest in place.
    """
    numbered: dict[int, list[int]] = defaultdict(list)
    for index, item in enumerate(seen.items):
        numbered[item].append(index)
    loose = numbered.pop(0, [])
    return _linked(seen, loose, sightings, settings) + list(numbered.values())


def _linked(seen: _Seen, loose: list[int], sightings: Sightings, settings: config.Track) -> list[list[int]]:
    fps = float(sightings.fps)
    after = np.full(len(seen.frames), -1)
    before = np.full(len(seen.frames), -1)
    at: dict[int, list[int]] = defaultdict(list)
    for index in loose:
        at[int(seen.frames[index])].append(index)
    times = sorted(at)
    for gap in range(1, math.floor(settings.bridge_s * fps) + 1):
        pairs = []
        for frame in times:
            for i in at[frame]:
                if after[i] < 0 and frame + gap in at:
                    free = [j for j in at[frame + gap] if before[j] < 0]
                    pairs += [(cost, i, j) for j in free if (cost := _cost(seen.boxes, i, j, gap / fps)) is not None]
        for _, i, j in sorted(pairs):
            if after[i] < 0 and before[j] < 0:
                after[i], before[j] = j, i
    chains = []
    for first in (index for index in loose if before[index] < 0):
        chain = [first]
        while after[chain[-1]] >= 0:
            chain.append(int(after[chain[-1]]))
        chains.append(chain)
    return chains


def _cost(boxes: geometry.Boxes, i: int, j: int, gap_s: float) -> float | None:
    """How unlike one head two sightings are: distance in face sizes plus change of size; None: they cannot be one."""
    (ax0, ay0, ax1, ay1), (bx0, by0, bx1, by1) = boxes[i].tolist(), boxes[j].tolist()
    a_size, b_size = math.sqrt((ax1 - ax0) * (ay1 - ay0)), math.sqrt((bx1 - bx0) * (by1 - by0))
    resized = max(a_size, b_size) / min(a_size, b_size)
    moved = math.hypot(bx0 + bx1 - ax0 - ax1, by0 + by1 - ay0 - ay1) / (a_size + b_size)
    if moved > min(NEAR + SPEED_HZ * gap_s, FAR) or resized > RESIZE * (1 + gap_s):
        return None
    return moved + math.log(resized)


def _cover(seen: _Seen, chain: list[int], reason: str, sightings: Sightings, settings: config.Track) -> values.Track:
    """The regions of one chain, from before its first sighting until after its last."""
    frames, boxes = seen.frames[chain], seen.boxes[chain]
    hold = math.ceil(settings.hold_s * float(sightings.fps))
    first = max(0, int(frames[0]) - hold)
    last = min(sightings.frame_count - 1, int(frames[-1]) + hold)
    if seen.kind == "face":
        shape, grown = "ellipse", geometry.head(boxes, settings.grow_width, settings.grow_up, settings.grow_down)
    else:
        short = np.minimum(boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1])[:, None]
        shape, grown = "box", boxes + np.array([-1, -1, 1, 1]) * (MARGIN * short + MARGIN_PX)
    steady = STEADY_S * float(sightings.fps) if seen.kind == "face" else math.inf
    regions = _fill(frames, grown, np.arange(first, last + 1), hold, steady)
    whole = geometry.outward(geometry.around(regions, settings.spread_frames))
    flat = tuple(whole.ravel().tolist())
    return values.Track(0, seen.kind, reason, shape, first, flat, tuple(frames.tolist()))


def _fill(
    frames: NDArray[np.int64], boxes: geometry.Boxes, wanted: NDArray[np.int64], hold: int, steady: float
) -> geometry.Boxes:
    """A box for every wanted frame from those that were seen.

    Between two sightings it is the box on the straight way from one to the other, before the first and after the last
    the box on the way on; joined with the box last seen and the box seen next as far as either is held; all of them
    grow with the time to the nearest sighting.

    Args:
        frames: frames with a sighting, ascending, shape (n,).
        boxes: their boxes, shape (n, 4).
        wanted: frames to give a box for.
        hold: for how many frames a box is held.
        steady: over how many frames the speed at either end is taken; infinite: it stays where it was seen.
    """
    previous = np.maximum(np.searchsorted(frames, wanted, side="right") - 1, 0)
    following = np.minimum(np.searchsorted(frames, wanted), len(frames) - 1)
    since, until = wanted - frames[previous], frames[following] - wanted
    way = np.stack([np.interp(wanted, frames, side) for side in boxes.T], axis=1)
    if steady < math.inf:
        way += np.tile(_onward(frames, (boxes[:, :2] + boxes[:, 2:]) / 2, wanted, steady), 2)
    for held, age in ((boxes[previous], since), (boxes[following], until)):
        near = ((age >= 0) & (age <= hold))[:, None]
        way[:, :2] = np.where(near, np.minimum(way[:, :2], held[:, :2]), way[:, :2])
        way[:, 2:] = np.where(near, np.maximum(way[:, 2:], held[:, 2:]), way[:, 2:])
    lost = np.minimum(np.abs(since), np.abs(until))
    return geometry.grow(way, np.minimum(LOST_GROWTH**lost, MAX_GROWTH))


def _onward(
    frames: NDArray[np.int64], middles: NDArray[np.float64], wanted: NDArray[np.int64], steady: float
) -> NDArray[np.float64]:
    """How far a head went before it was first seen and after it was last seen, as it moved then; shape (wanted, 2).

    Who walks past a door shows on frames on which nothing was found yet: a box that is only held stays behind.
    """
    away = np.zeros((len(wanted), 2))
    early = min(int(np.searchsorted(frames, frames[0] + steady)), len(frames) - 1)
    late = max(int(np.searchsorted(frames, frames[-1] - steady, side="right")) - 1, 0)
    for end, other, beyond in (
        (0, early, np.minimum(wanted - frames[0], 0)),
        (-1, late, np.maximum(wanted - frames[-1], 0)),
    ):
        if frames[end] != frames[other]:
            away += beyond[:, None] * (middles[other] - middles[end]) / (frames[other] - frames[end])
    return away


def _fixed(zone: Zone, sightings: Sightings) -> values.Track:
    """A zone as a track over all frames, to the pixel outward."""
    sides = np.array([sightings.width_px, sightings.height_px] * 2)
    box = geometry.outward(np.array([zone.at]) * sides)[0].tolist()
    return values.Track(0, "zone", zone.reason, "box", 0, tuple(box * sightings.frame_count), ())
