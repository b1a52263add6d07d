"""Detect: what on the clip's frames must be hidden, as seen by every detector that is on."""

from __future__ import annotations

import math
from collections.abc import Mapping

from pipeline import detectors, media, rooms, timing
from pipeline.errors import ConfigError
from pipeline.forms import Model
from pipeline.values import Clip, Detection, Sighting, Sightings, Source
from pipeline.weights import sha256_of_weights

Form = Model | Mapping[str, Model | None]

VERSION = 2


def detect(source: Source, clip: Clip, settings: Form) -> Sightings:
    """Shows every n-th frame of the clip, and its last, to every detector, in one pass over the recording.

    The pictures are decoded no larger than the detectors can use. What is found is given in pixels of the master.

    Args:
        source: the recording.
        clip: what of it is looked at.
        settings: name of a detector -> its settings; None where it is off.

    Raises:
        ConfigError: every detector is off.
        RecordingError: no frame could be decoded.
    """
    watchers = [detectors.watching(rooms.part("detectors", name).build(form)) for name, form in _chosen(settings)]
    width, height = _size_within(source, max(watcher.long_side_px for watcher in watchers))
    master_width, master_height = media.master_size(source)
    across, down = master_width / width, master_height / height
    decode = media.Decode()
    total = timing.frame_count(clip, source.fps)
    every = math.gcd(*(watcher.every for watcher in watchers))
    seen: dict[int, list[Detection]] = {}
    for frame in media.frames(source, clip, width, height, every=every, decode=decode):
        is_last = frame.number == total - 1
        seen[frame.number] = []
        for watcher in watchers:
            if is_last or frame.number % watcher.every == 0:
                time_s = timing.frame_time_s(frame.number, source.fps)
                for number, one in watcher.see(frame, time_s, is_last):
                    seen[number].append(detectors.scaled(one, across, down))
    sightings = tuple(Sighting(number, tuple(found)) for number, found in seen.items())
    return Sightings(master_width, master_height, source.fps, total, sightings, media.damage(decode, clip, source.fps))


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
