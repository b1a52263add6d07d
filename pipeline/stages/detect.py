"""Detect: what on the clip's frames must be hidden, as seen by every detector that is on."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from pipeline import media, rooms, timing
from pipeline.detectors import Detector
from pipeline.errors import ConfigError
from pipeline.forms import Model
from pipeline.values import Clip, Detection, Sighting, Sightings, Source
from pipeline.weights import sha256_of_weights

Form = Model | Mapping[str, Model | None]

VERSION = 1


def detect(source: Source, clip: Clip, settings: Form) -> Sightings:
    """Looks at every n-th frame of the clip and at its last, in one pass over the recording.

    The pictures are decoded no larger than the detectors can use. What is found is given in pixels of the master.

    Args:
        source: the recording.
        clip: what of it is looked at.
        settings: name of a detector -> its settings; None where it is off.

    Raises:
        ConfigError: every detector is off.
        RecordingError: no frame could be decoded.
    """
    detectors: list[Detector] = [rooms.part("detectors", name).build(form) for name, form in _chosen(settings)]
    long_side_px = max(detector.long_side_px for detector in detectors)
    width, height = _size_within(source, long_side_px)
    master_width, master_height = media.master_size(source)
    across, down = master_width / width, master_height / height
    decode = media.Decode()
    total = timing.frame_count(clip, source.fps)
    sightings = []
    for number, image in _pictures(source, clip, width, height, math.gcd(*(one.every for one in detectors)), decode):
        found: list[Detection] = []
        for detector in detectors:
            if number == total - 1:
                found += detector.detect(image)
            elif number % detector.every == 0:
                found += detector.detect(image, number // detector.every)
        sightings.append(Sighting(number, tuple(_scaled(one, across, down) for one in found)))
    damage = media.damage(decode, clip, source.fps)
    return Sightings(master_width, master_height, source.fps, total, tuple(sightings), damage)


def depends(source: Source, clip: Clip, settings: Form) -> dict[str, object]:
    """What the result depends on beside the inputs: the version and the weights of every detector that is on."""
    del source, clip
    parts = {name: rooms.part("detectors", name) for name, _ in _chosen(settings)}
    return {name: [part.VERSION, *map(sha256_of_weights, part.weights())] for name, part in parts.items()}


def _chosen(settings: Form) -> list[tuple[str, Model]]:
    chosen = sorted((name, form) for name, form in dict(settings).items() if form is not None)
    if not chosen:
        raise ConfigError("detect: every detector is off", "leave at least one on, face_centerface say")
    return chosen


def _size_within(source: Source, long_side_px: int) -> tuple[int, int]:
    """The even size of the recording's shape whose longer side is at most this."""
    scale = min(1.0, long_side_px / max(source.width_px, source.height_px))
    width, height = (max(2, round(side * scale / 2) * 2) for side in (source.width_px, source.height_px))
    return width, height


def _pictures(
    source: Source, clip: Clip, width: int, height: int, every: int, decode: media.Decode
) -> Iterator[tuple[int, NDArray[np.uint8]]]:
    """Frame numbers and BGR pictures."""
    import cv2

    for frame in media.frames(source, clip, width, height, every=every, decode=decode):
        planes = frame.data.reshape(height * 3 // 2, width)
        yield frame.number, np.asarray(cv2.cvtColor(planes, cv2.COLOR_YUV2BGR_I420), np.uint8)


def _scaled(found: Detection, across: float, down: float) -> Detection:
    return replace(
        found,
        x0=round(found.x0 * across, 2),
        y0=round(found.y0 * down, 2),
        x1=round(found.x1 * across, 2),
        y1=round(found.y1 * down, 2),
    )
