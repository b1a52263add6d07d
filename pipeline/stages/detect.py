"""Detect: what on the clip's frames must be hidden, as seen by every detector that is on."""

from __future__ import annotations

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
from pipeline.looking.carrying import Carrier
from pipeline.looking.now_and_then import GRAY_PX
from pipeline.settings.forms import Model
from pipeline.values import Clip, Detection, Sighting, Sightings, Source
from pipeline.weights import sha256_of_weights

Form = Model | Mapping[str, Model | None]

VERSION = 7
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
    camera is knocked or swung round, are shown after that to those who see each picture for itself; what the others
    know is carried along to them.

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
    shown = {step: timing.every_nth(clip, source.fps, step) for step in {one.every for one in watchers}}
    decode = media.Decode()
    starts = timing.span_starts(clip, source.fps)
    width, height = media.master_size(source)
    total = timing.frame_count(clip, source.fps)

    def is_shown(number: int, watcher: detectors.Watcher) -> bool:
        return number in shown[watcher.every]

    wanted, looked = frozenset[int]().union(*shown.values()), shown[max(shown)]
    frames = media.frames(source, clip, *_size(source, watchers), wanted=wanted, looked=looked, decode=decode)
    seen = _seen(source, watchers, frames, is_shown, lambda number: number in starts, total - 1)
    for first in range(0, len(decode.unlike), AT_ONCE):
        some = decode.unlike[first : first + AT_ONCE]
        for number, found in _seen_between(source, clip, watchers, some, seen, is_shown).items():
            seen[number] = seen.get(number, []) + found
    sightings = tuple(Sighting(number, tuple(seen[number])) for number in sorted(seen))
    return Sightings(width, height, source.fps, total, sightings, media.damage(decode, clip, source.fps))


_IsShown = Callable[[int, detectors.Watcher], bool]
"""Whether a watcher is shown the frame of this number."""
_Seen = dict[int, list[Detection]]
"""Frame -> what is seen on it, in pixels of the master."""


def _seen_between(
    source: Source,
    clip: Clip,
    watchers: Sequence[detectors.Watcher],
    unlike: Sequence[int],
    seen: _Seen,
    is_shown: _IsShown,
) -> _Seen:
    """What is seen on frames that are unlike those which were shown: by those who see each picture for itself, and as
    it is carried along from the frame before that the others were shown."""
    glancing = [one for one in watchers if isinstance(one, detectors.EachPicture)]
    remembering = [one for one in watchers if one not in glancing]
    origins = {
        number: sorted({_last_shown(number, one, is_shown) for one in remembering if not is_shown(number, one)})
        for number in unlike
    }
    carrier = Carrier(seen, origins, media.master_size(source)[0])
    size = _size_within(source, max([GRAY_PX, *(one.long_side_px for one in glancing)]))
    wanted = set(unlike).union(*origins.values())
    frames = carrier.passing(media.frames(source, clip, *size, wanted=wanted))
    anew = _seen(source, glancing, frames, lambda number, one: number in origins and not is_shown(number, one))
    return {number: anew[number] + carrier.found[number] for number in unlike}


def _last_shown(number: int, watcher: detectors.Watcher, is_shown: _IsShown) -> int:
    """The frame before this one that a watcher was shown last; the first of every span was."""
    return next(at for at in range(number - 1, -1, -1) if is_shown(at, watcher))


def _seen(
    source: Source,
    watchers: Sequence[detectors.Watcher],
    frames: Iterator[media.Frame],
    is_shown: _IsShown,
    begins: Callable[[int], bool] = lambda number: True,
    last: int = -1,
) -> _Seen:
    """What watchers see on frames, an empty list where nothing.

    Args:
        source: the recording.
        watchers: who looks.
        frames: all of one size.
        is_shown: to whom each is shown.
        begins: whether all may be new on it.
        last: number of the clip's last frame.
    """
    seen: _Seen = {}
    across = down = 1.0
    with ExitStack() as stack:
        shows = [(one, stack.enter_context(_Show(one))) for one in watchers]
        for frame in frames:
            seen[frame.number] = []
            high, wide = frame.y.shape
            across, down = np.divide(media.master_size(source), (wide, high)).tolist()
            kept = media.Frame.over(frame.data.copy(), frame.number, wide, high)
            time_s = timing.frame_time_s(frame.number, source.fps)
            for watcher, show in shows:
                if is_shown(frame.number, watcher):
                    show.next(kept, time_s, begins=begins(frame.number), is_last=frame.number == last)
        told = [show.end() for _, show in shows]
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
    """The size of pictures that are no larger than the watchers can use."""
    return _size_within(source, max(one.long_side_px for one in watchers))


def _size_within(source: Source, long_side_px: int) -> tuple[int, int]:
    """The even size of the recording's shape whose longer side is at most this."""
    scale = min(1.0, long_side_px / max(source.width_px, source.height_px))
    width, height = (max(2, round(side * scale / 2) * 2) for side in (source.width_px, source.height_px))
    return width, height
