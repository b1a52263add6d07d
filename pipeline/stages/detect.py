"""Detect: what on the clip's frames must be hidden, as seen by every detector that is on."""

from __future__ import annotations

import math
import os
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from typing import Self

import numpy as np

from pipeline import detectors, media, rooms, timing
from pipeline.errors import ConfigError
from pipeline.settings.forms import Model
from pipeline.values import Clip, Detection, Sighting, Sightings, Source
from pipeline.weights import sha256_of_weights

Form = Model | Mapping[str, Model | None]

VERSION = 5
WAITING = 14
"""Frames that wait for a watcher, at most: 44 MB of 1080p, and 2 s of a clip."""
AT_ONCE = 500
"""Frames that are shown after the pass, at most in one run of ffmpeg: each is named on its command line."""
YIELDING = 10
"""Niceness of watchers who see several frames at once, in any order, so that one who must see them in order is not held
up and then left alone with half a machine: faces and writing together take 14.5 s for 44 s of film, not 15.5."""


def detect(source: Source, clip: Clip, settings: Form) -> Sightings:
    """Shows every n-th frame of the clip, and both ends of every span, to every detector, in one pass.

    The pictures are decoded no larger than the detectors can use. What is found is given in pixels of the master.
    Frames in between on which the picture is all of a sudden unlike both that were shown around them, because the
    camera is knocked or swung round, are shown after that to those who see each picture for itself.

    Args:
        source: the recording.
        clip: what of it is looked at.
        settings: name of a detector -> its settings; None where it is off.

    Raises:
        ConfigError: every detector is off.
        RecordingError: no frame could be decoded.
    """
    watchers = [detectors.watching(rooms.part("detectors", name).build(form)) for name, form in _chosen(settings)]
    glancing = [one for one in watchers if isinstance(one, detectors.EachPicture)]
    looks = max((one.every for one in glancing), default=1)
    every = math.gcd(*(one.every for one in watchers))
    decode = media.Decode()
    edges = timing.span_edges(clip, source.fps)
    starts = timing.span_starts(clip, source.fps)
    width, height = media.master_size(source)
    total = timing.frame_count(clip, source.fps)

    def shown(frame: media.Frame, watcher: detectors.Watcher) -> bool:
        return frame.number in edges or frame.number % watcher.every == 0

    frames = media.frames(source, clip, *_size(source, watchers), every=every, looks=looks, decode=decode)
    seen = _seen(source, watchers, frames, shown, lambda frame: frame.number in starts, total - 1)
    for first in range(0, len(decode.unlike), AT_ONCE):
        only = decode.unlike[first : first + AT_ONCE]
        frames = media.frames(source, clip, *_size(source, glancing), only=only)
        anew = _seen(source, glancing, frames, lambda frame, one: not shown(frame, one), lambda _: True, total - 1)
        for number, found in anew.items():
            seen[number] = seen.get(number, []) + found
    sightings = tuple(Sighting(number, tuple(seen[number])) for number in sorted(seen))
    return Sightings(width, height, source.fps, total, sightings, media.damage(decode, clip, source.fps))


def _seen(
    source: Source,
    watchers: Sequence[detectors.Watcher],
    frames: Iterator[media.Frame],
    shown: Callable[[media.Frame, detectors.Watcher], bool],
    begins: Callable[[media.Frame], bool],
    last: int,
) -> dict[int, list[Detection]]:
    """What watchers see on frames, in pixels of the master.

    Args:
        source: the recording.
        watchers: who looks.
        frames: at the size that they need.
        shown: which of them is shown a frame.
        begins: whether all may be new on it.
        last: number of the clip's last frame.

    Returns:
        A list for every frame, in their order.
    """
    seen: dict[int, list[Detection]] = {}
    with ExitStack() as stack:
        shows = [(one, stack.enter_context(_Show(one))) for one in watchers]
        for frame in frames:
            seen[frame.number] = []
            high, wide = frame.y.shape
            kept = media.Frame.over(frame.data.copy(), frame.number, wide, high)
            time_s = timing.frame_time_s(frame.number, source.fps)
            for watcher, show in shows:
                if shown(frame, watcher):
                    show.next(kept, time_s, begins=begins(frame), is_last=frame.number == last)
        told = [show.end() for _, show in shows]
    across, down = np.divide(media.master_size(source), _size(source, watchers)).tolist()
    for number, one in (each for sighted in told for each in sighted):
        seen[number].append(detectors.scaled(one, across, down))
    return seen


class _Show:
    """Shows a clip to one watcher on threads of its own, in order, so that one that looks long stops no other.

    What the watchers say is the same as if they took turns: none knows of another.
    """

    def __init__(self, watcher: detectors.Watcher) -> None:
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


def _size(source: Source, watchers: Sequence[detectors.Watcher]) -> tuple[int, int]:
    """The even size of the recording's shape that is no larger than the watchers can use."""
    long_side_px = max(one.long_side_px for one in watchers)
    scale = min(1.0, long_side_px / max(source.width_px, source.height_px))
    width, height = (max(2, round(side * scale / 2) * 2) for side in (source.width_px, source.height_px))
    return width, height
