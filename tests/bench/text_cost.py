"""What does looking for writing add to the time of a clip? `detect` with it and without it, and a plain transcode."""

from __future__ import annotations

import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from pipeline import config
from pipeline.stages import detect, probe
from pipeline.values import Clip, Span
from tests.bench import rooms

HEAD = "| what | measured | target | |"
ROUNDS = 3


def rows() -> Iterator[str]:
    """The figures as rows of a Markdown table; the three take turns, so that a busy machine slows all of them."""
    source = probe.probe(rooms.SCENE)
    clip = Clip(1, (Span(0.0, source.duration_s),))
    both = config.Detect()
    faces = both.model_copy(update={"text_rapidocr": None})
    rounds = []
    with tempfile.TemporaryDirectory() as name:
        plain = rooms.plain_transcode(rooms.SCENE, Path(name) / "plain.mp4", (1080, 1920))
        for _ in range(ROUNDS):
            jobs: tuple[Callable[[], object], ...] = (
                lambda: rooms.run(plain),
                lambda: detect.detect(source, clip, faces),
                lambda: detect.detect(source, clip, both),
            )
            rounds.append([_timed(job) for job in jobs])
    for at, (what, target) in enumerate((("time", "<= 0.5"), ("processor time", "<= 0.5"))):
        ratio = statistics.median((both_s[at] - faces_s[at]) / plain_s[at] for plain_s, faces_s, both_s in rounds)
        seconds = [statistics.median(one[job][at] for one in rounds) for job in range(3)]
        note = "({2:.1f} s - {1:.1f} s) / {0:.1f} s".format(*seconds) + f", {ROUNDS} rounds"
        yield f"| reference input: {what} that writing adds / plain transcode | {ratio:.2f} | {target} | {note} |"


def _timed(work: Callable[[], object]) -> tuple[float, float]:
    """Wall time, and processor time with that of child processes."""
    started, used = time.monotonic(), _used_s()
    work()
    return time.monotonic() - started, _used_s() - used


def _used_s() -> float:
    return sum(
        used.ru_utime + used.ru_stime
        for used in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )
