"""How much of the picture detectors had hidden, frame by frame. Pure."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline import geometry
from pipeline.values import Plan

CELLS = 32
"""The picture is counted in so many by so many cells."""
FRAMES = 512
"""So many frames are counted at once: half a megabyte, however long the clip is."""


def shares(plan: Plan) -> NDArray[np.float64]:
    """For every frame the share of the picture that is hidden, from 0 to 1.

    What a person hid does not count: it was meant.
    """
    seen = [(track, _in_cells(track.boxes, plan)) for track in plan.tracks if track.seen]
    counted = np.zeros(plan.frame_count)
    for start in range(0, plan.frame_count, FRAMES):
        stop = min(start + FRAMES, plan.frame_count)
        hidden = np.zeros((stop - start, CELLS, CELLS), np.bool_)
        for track, boxes in seen:
            first, end = max(start, track.first_frame), min(stop, track.first_frame + track.frame_count)
            if first < end:
                at = slice(first - track.first_frame, end - track.first_frame)
                hidden[first - start : end - start] |= geometry.masks(boxes[at], track.shape, CELLS)
        counted[start:stop] = hidden.mean(axis=(1, 2))
    return counted


def _in_cells(boxes: tuple[int, ...], plan: Plan) -> NDArray[np.int64]:
    """A track's boxes in whole cells, shape (frames, 4)."""
    size = np.array([plan.width_px, plan.height_px] * 2)
    return np.asarray(np.rint(np.array(boxes).reshape(-1, 4) * CELLS / size), np.int64)
