"""Heads that lie at the picture's edge: how many are found, with looks at the turned picture and without.

A real portrait, as it is and with a broader face, turned to the left or right before a plain wall, so that a part of
the picture of the head is in sight; the face is its middle. How often hands and clothes are taken for a face in the
turned picture is counted on real recordings: finds that no upright look has, on every 12th frame.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np

from pipeline import detectors, media, timing
from pipeline.detectors import face_centerface
from pipeline.stages import probe
from pipeline.values import Clip, Span
from tests import portraits
from tests.bench import rooms
from tests.media import within

HEAD = "| what | the right way up | turned as well | |"
SHARES = (0.45, 0.5, 0.55, 0.6)
SIZES_PX = (120, 200, 300)
EVERY = 12
LONGEST_S = 45.0


def rows() -> Iterator[str]:
    """The figures as rows of a Markdown table."""
    looker = face_centerface.build(face_centerface.Settings())
    for share in SHARES:
        shown = [_lying(*one, share) for one in _heads()]
        upright = sum(bool(_upright(looker, picture)) for picture in shown)
        turned = sum(bool(looker.detect(picture)) for picture in shown)
        yield f"| {share:.0%} of the head's picture in sight | {upright} of {len(shown)} | {turned} of {len(shown)} | |"
    for name in ("egoblur_gen1_test_video.mp4", "intel_asl_sister.mkv", "intel_one-by-one-person-detection.mp4"):
        yield _alarms(looker, name, rooms.MATERIAL / "video" / name)
    yield _alarms(looker, "reference input", rooms.SCENE)


def _heads() -> Iterator[tuple[Any, int, str, int]]:
    yield from product((portraits.doctor, portraits.patient), (1, 3), ("bottom", "right"), SIZES_PX)


def _lying(head: Any, quarters: int, edge: str, size_px: int, share: float) -> np.ndarray:
    import cv2

    lying = cv2.resize(np.ascontiguousarray(np.rot90(head(), quarters)), (size_px, size_px))
    picture, shown = np.full((540, 960, 3), 150, np.uint8), round(share * size_px)
    if edge == "bottom":
        picture[540 - shown :, 400 : 400 + size_px] = lying[:shown]
    else:
        picture[150 : 150 + size_px, 960 - shown :] = lying[:, :shown]
    return picture


def _upright(looker: face_centerface.CenterFace, picture: np.ndarray) -> list[Any]:
    looks = [looker.look(picture, side) for side in face_centerface.Settings().long_sides_px]
    return detectors.joined("face", "face_centerface", looks)


def _alarms(looker: face_centerface.CenterFace, name: str, path: Any) -> str:
    """How many more finds there are on a recording in which nobody lies."""
    source = probe.probe(path)
    clip = Clip(1, (Span(0.0, min(LONGEST_S, source.duration_s)),))
    count = more = 0
    width, height = within(source, 1080)
    for frame in media.frames(source, clip, width, height, wanted=timing.every_nth(clip, source.fps, EVERY)):
        picture = detectors.bgr(frame, looker.long_side_px)
        more += len(looker.detect(picture)) - len(_upright(looker, picture))
        count += 1
    return f"| {name}: nobody lies | | {more} more finds on {count} pictures | |"
