"""Recognise: takes out of the plan what surely is the face of someone who may be seen. In doubt it stays hidden."""

from __future__ import annotations

import numpy as np

from pipeline import geometry, rooms, timing
from pipeline.looking import measuring, portraits, recognition
from pipeline.looking.likeness import Limits
from pipeline.values import Box, Clip, Familiar, Plan, Source

VERSION = 2


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
    cuts = timing.span_starts(clip, plan.fps)[1:]
    visible = recognition.seated(plan, _seats(plan, people), cuts)
    if any(person.photos for person in people):
        part = rooms.part("recognisers", recogniser)
        network = part.build(part.Settings())
        reader = portraits.Portraits(network)
        known = {person.id: reader.measured(person.photos) for person in people if person.photos}
        limits = Limits(network.same, network.usual, network.stranger, network.margin)
        measured = measuring.faces(source, clip, plan, network)
        visible |= recognition.recognised(plan, measured, known, limits, cuts)
    return recognition.parted(plan, visible)


def depends(people: tuple[Familiar, ...], recogniser: str) -> dict[str, object]:
    """What the result depends on beside the inputs: what finds and measures faces."""
    return portraits.depends(recogniser) if any(person.photos for person in people) else {}


def _seats(plan: Plan, people: tuple[Familiar, ...]) -> dict[str, Box]:
    sides = np.array([plan.width_px, plan.height_px] * 2)
    seats = {}
    for person in people:
        if person.zone is not None:
            x0, y0, x1, y1 = geometry.outward(np.array([person.zone]) * sides)[0].tolist()
            seats[person.id] = (x0, y0, x1, y1)
    return seats
