"""Detect: what on the clip's frames must be hidden, as seen by every detector that is on."""

from __future__ import annotations

import math
import os
import sys
import threading
from collections import deque
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from typing import Self

from pipeline import detectors, media, rooms, timing
from pipeline.errors import ConfigError
from pipeline.settings.forms import Model
from pipeline.values import Clip, Detection, Sighting, Sightings, Source
from pipeline.weights import sha256_of_weights

Form = Model | Mapping[str, Model | None]

VERSION = 5
WAITING = 14
"""Frames that wait for a watcher, at most: 44 MB of 1080p, and 2 s of a clip."""
YIELDING = 10
"""Niceness of watchers who see several frames at once, in any order, so that one who must see them in order is not held
up and then left alone with half a machine: faces and writing together take 14.5 s for 44 s of film, not 15.5."""


def detect(source: Source, clip: Clip, settings: Form) -> Sightings:
    """Shows every n-th frame of the clip, and both ends of every span, to every detector, in one pass.

    The pictures are decoded no larger than the detectors can use. What is found is given in pixels of the master.

    Args:
        source: the recording.
        clip: what of it is looked at.
        settings: name of a detector -> its settings; None where it is off.

    Raises:
        ConfigError: every detector is off.
        RecordingError: no frame could be decoded, or the pictures change in size or colours.
    """
    media.check_alike(source, clip)
    watchers = [detectors.watching(rooms.part("detectors", name).build(form)) for name, form in _chosen(settings)]
    width, height = _size_within(source, max(watcher.long_side_px for watcher in watchers))
    master_width, master_height = media.master_size(source)
    across, down = master_width / width, master_height / height
    decode = media.Decode()
    total = timing.frame_count(clip, source.fps)
    every = math.gcd(*(watcher.every for watcher in watchers))
    edges = timing.span_edges(clip, source.fps)
    starts = timing.span_starts(clip, source.fps)
    numbers: list[int] = []
    with ExitStack() as stack:
        shows = [stack.enter_context(_Show(watcher)) for watcher in watchers]
        for frame in media.frames(source, clip, width, height, every=every, decode=decode):
            numbers.append(frame.number)
            kept = media.Frame.over(frame.data.copy(), frame.number, width, height)
            time_s = timing.frame_time_s(frame.number, source.fps)
            for show in shows:
                if frame.number in edges or frame.number % show.every == 0:
                    show.next(kept, time_s, begins=frame.number in starts, is_last=frame.number == total - 1)
        told = [show.end() for show in shows]
    seen: dict[int, list[Detection]] = {number: [] for number in numbers}
    for number, one in (each for sighted in told for each in sighted):
        seen[number].append(detectors.scaled(one, across, down))
    sightings = tuple(Sighting(number, tuple(found)) for number, found in seen.items())
    return Sightings(master_width, master_height, source.fps, total, sightings, media.damage(decode, clip, source.fps))


class _Show:
    """Shows a clip to one watcher on threads of its own, in order, so that one that looks long stops no other.

    What the watchers say is the same as if they took turns: none knows of another.
    """

    def __init__(self, watcher: detectors.Watcher) -> None:
        self.every = watcher.every
        self._watcher = watcher
        yielding = _yield_to_others if watcher.threads > 1 else None
        self._thread = ThreadPoolExecutor(watcher.threads, "watcher", initializer=yielding)
        self._waiting: deque[Future[detectors.Sighted]] = deque()
        self._sighted: detectors.Sighted = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._thread.shutdown(wait=True, cancel_futures=True)

    def next(self, frame: media.Frame, time_s: float, *, begins: bool, is_last: bool) -> None:
        """Hands over a frame that the watcher may keep; waits while too many wait to be seen.

        Raises:
            Whatever the watcher raised on an earlier frame.
        """
        if len(self._waiting) == WAITING:
            self._sighted += self._waiting.popleft().result()
        self._waiting.append(self._thread.submit(self._watcher.see, frame, time_s, begins, is_last))

    def end(self) -> detectors.Sighted:
        """All that the watcher said, once it has seen every frame."""
        while self._waiting:
            self._sighted += self._waiting.popleft().result()
        return self._sighted


def _yield_to_others() -> None:
    """Lets the other threads go first, where a thread has a niceness of its own."""
    if sys.platform == "linux":
        # Nobody but root may take niceness back that the build was started with.
        own = os.getpriority(os.PRIO_PROCESS, 0)
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), max(YIELDING, own))


def depends(settings: Form) -> dict[str, object]:
    """What the result depends on beside the inputs: the version and the weights of every detector that is on."""
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
