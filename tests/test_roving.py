"""The close look: it goes to what is new in a film, and sees faces that are too small for the whole picture."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline import geometry
from pipeline.checks import Picture
from pipeline.checks.faces import Faces
from pipeline.checks.families import Chosen, Glance, lookers
from pipeline.checks.roving import PART_PX, REVISIT_PICTURES, Roving
from pipeline.config import Verify
from pipeline.values import Box, Export, File, Plan, View
from tests import portraits

WIDTH_PX, HEIGHT_PX = 960, 544
FAR = (800, 300, 830, 330)
"""Somebody small, far from everything else."""


@cache
def wall(kind: int) -> NDArray[np.uint8]:
    """A plain wall with a camera's noise."""
    return np.random.default_rng(kind).normal(110, 3, (HEIGHT_PX, WIDTH_PX)).astype(np.uint8)


def room(number: int, *things: Box) -> NDArray[np.uint8]:
    """The luma of a wall, and bright things before it."""
    luma = wall(number % 4).copy()
    for x0, y0, x1, y1 in things:
        luma[y0:y1, x0:x1] += 60
    return luma


def swept() -> Roving:
    """The look when it has seen all of a room in which nothing moves, and nothing is due."""
    roving = Roving(WIDTH_PX, HEIGHT_PX, 1.0)
    for number in range(50):
        roving.see(room(number), ())
        roving.part()
    assert roving.part() is None
    return roving


def test_all_of_a_still_film_is_looked_at_and_then_nothing_for_long() -> None:
    roving = Roving(WIDTH_PX, HEIGHT_PX, 1.0)
    seen = np.zeros((HEIGHT_PX, WIDTH_PX), np.bool_)
    parts = 0
    for number in range(100):
        roving.see(room(number), ())
        if part := roving.part():
            x0, y0, x1, y1 = part
            assert max(x1 - x0, y1 - y0) <= PART_PX
            seen[y0:y1, x0:x1] = True
            parts += 1
    assert seen.mean() > 0.98
    assert parts < 40


def test_what_is_still_is_looked_at_again_in_the_end() -> None:
    roving = swept()
    for _ in range(REVISIT_PICTURES):
        roving.see(room(0), ())
    assert roving.part() is not None


def test_somebody_small_who_appears_is_looked_at_on_that_picture() -> None:
    roving = swept()
    roving.see(room(50, FAR), ())
    part = roving.part()
    assert part is not None
    assert geometry.inside(FAR, part) == 1


def test_what_always_moves_does_not_keep_the_look_from_who_is_new() -> None:
    roving = Roving(WIDTH_PX, HEIGHT_PX, 1.0)
    fan = [(40, 100 + 100 * (at % 2), 440, 200 + 100 * (at % 2)) for at in range(100)]
    for number, at in enumerate(fan):
        roving.see(room(number, at), ())
        roving.part()
    looked = []
    for number, at in enumerate(fan[:4]):
        roving.see(room(number, at, FAR), ())
        looked.append(roving.part())
    assert any(part is not None and geometry.inside(FAR, part) == 1 for part in looked)


def test_what_is_hidden_draws_no_look() -> None:
    roving = swept()
    roving.see(room(50, FAR), [((704, 192, 928, 448), "box")])
    assert roving.part() is None


def test_the_corner_of_a_heads_box_draws_a_look() -> None:
    """What is painted is an ellipse."""
    roving = swept()
    roving.see(room(50, FAR), [((416, 256, 864, 900), "ellipse")])
    part = roving.part()
    assert part is not None
    assert geometry.inside(FAR, part) == 1
    roving = swept()
    roving.see(room(50, FAR), [((416, 256, 864, 900), "box")])
    assert roving.part() is None


def test_a_crop_that_was_enlarged_is_looked_at_in_the_recordings_own_size() -> None:
    roving = Roving(1080, 1920, 0.5)
    roving.see(np.full((1920, 1080), 110, np.uint8), ())
    part = roving.part()
    assert part is not None
    assert (part[2] - part[0], part[3] - part[1]) == (2 * PART_PX, 2 * PART_PX)


def face_seen(close: Glance | None) -> list[Box]:
    """Where CenterFace sees somebody 36 pixels high who shows on six of 60 pictures."""
    import cv2

    head = cv2.resize(portraits.doctor(), (66, 75), interpolation=cv2.INTER_AREA)
    film = Export(
        "16:9", File(Path("film.mp4"), "0" * 64, 0), WIDTH_PX, HEIGHT_PX, Fraction(25), 60, 0, 80,
        View((0, 0, WIDTH_PX, HEIGHT_PX), (0, 0, WIDTH_PX, HEIGHT_PX)), False, "none",
    )  # fmt: skip
    taken = Chosen("face_centerface", (Glance("face_centerface", 192, 10),), close=close)
    plan = Plan(1, WIDTH_PX, HEIGHT_PX, Fraction(25), 60, ())
    check = Faces(film, plan, film.view, taken, lookers(taken), Verify())
    for number in range(60):
        picture = np.full((HEIGHT_PX, WIDTH_PX, 3), 120, np.uint8)
        if 51 <= number < 57:
            picture[300:375, 800:866] = head
        planes = cv2.cvtColor(picture, cv2.COLOR_BGR2YUV_I420)
        chroma = np.asarray(planes[HEIGHT_PX:], np.uint8).reshape(2, HEIGHT_PX // 2, WIDTH_PX // 2)
        luma = np.asarray(planes[:HEIGHT_PX], np.uint8)
        check.look(Picture(number, number / 25, Fraction(number, 25), False, number, luma, chroma[0], chroma[1]))
    return [hit.box for hit in check.hits() if hit.counts]


def test_a_small_face_that_shows_for_a_moment_is_found_by_the_close_look_alone() -> None:
    assert face_seen(None) == []
    found = face_seen(Glance("face_centerface", PART_PX))
    assert found
    assert all(geometry.inside(box, (800, 300, 866, 375)) > 0.9 for box in found)
