"""Lettering on clothes: what is printed all over, what swings and what is torn away."""

from __future__ import annotations

import math
from itertools import count
from pathlib import Path

import cv2
import numpy as np
import pytest

from pipeline import config
from pipeline.detectors import text_rapidocr
from pipeline.looking import prints
from pipeline.looking.following import FloatBox, Gray
from pipeline.stages.detect import detect
from pipeline.stages.track import track
from pipeline.values import Plan
from tests import cloth, written_film
from tests.built import NOBODY
from tests.media import source_for, whole

WORDS = "NOT NOW", "MAYBE"


def planned(path: Path) -> Plan:
    source = source_for(path)
    seen = detect(source, whole(source), {"text_rapidocr": text_rapidocr.Settings()})
    return track(seen, (), NOBODY, config.Text(), config.Track())


def test_lettering_all_over_a_shirt_and_its_swinging_sleeve_is_hidden_on_every_frame(tmp_path: Path) -> None:
    ground = written_film.room(1280, 720)
    shirt = cloth.printed(WORDS, (300, 360), (44, 24), letter_px=9, turn=45)
    sleeve = cloth.printed(WORDS, (320, 110), (44, 24), letter_px=9, turn=20)

    def places(time: float) -> tuple[cloth.Place, ...]:
        sway = 10 * math.sin(time / 13)
        swing = 20 + 38 * math.sin(time * math.tau / 22)
        leaning = np.array([[1, 0.03 * math.sin(time / 9), 450 + sway], [0.03 * math.sin(time / 7), 1, 300]])
        return leaning, cloth.around((10, 55), swing, (720 + sway, 350))

    pieces = shirt, sleeve
    made = written_film.film(tmp_path / "shirt.mp4", 30, lambda at: cloth.filmed(ground, pieces, places, at))
    plan = planned(made)
    assert [cloth.naked(plan, pieces, places, frame, blur_px=10) for frame in range(30)] == [0] * 30


def test_a_line_that_is_torn_away_twice_between_two_looks_is_hidden_where_it_rests(tmp_path: Path) -> None:
    ground = written_film.room(640, 360)
    patch = cloth.printed(("WARD 7 NIGHT",), (240, 120), (500, 500), letter_px=18, turn=0, first=(120, 60))
    at_frame = 0, 9, 15, 30, 36, 60
    way = (120, 120, 430, 430, 180, 180), (90, 90, 220, 220, 250, 250), (0, 0, 40, 40, -30, -30)

    def places(time: float) -> tuple[cloth.Place, ...]:
        x, y, turn = (float(np.interp(time, at_frame, along)) for along in way)
        return (cloth.around((120, 60), turn, (x, y)),)

    made = written_film.film(tmp_path / "torn.mp4", 52, lambda at: cloth.filmed(ground, (patch,), places, at))
    plan = planned(made)
    assert patch.words
    assert [cloth.naked(plan, (patch,), places, frame, blur_px=4) for frame in range(52)] == [0] * 52


def shown(piece: cloth.Cloth) -> tuple[Gray, list[FloatBox]]:
    """A piece of cloth in the middle of a room, and boxes of all its words."""
    place = cloth.around((0, 0), 0, (200, 100))
    picture = cloth.filmed(written_film.room(640, 360), (piece,), lambda _: (place,), 0)
    corners = [cloth.moved(word, place) for word in piece.words]
    boxes = [(*word.min(axis=0).tolist(), *word.max(axis=0).tolist()) for word in corners]
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), np.uint8), boxes


def test_where_the_texture_of_known_lines_goes_on_there_is_more_to_hide() -> None:
    gray, words = shown(cloth.printed(WORDS, (220, 200), (44, 20), letter_px=9, turn=30))
    found = prints.printed(gray, words[::3])
    assert len(words[::3]) >= prints.LINES
    assert all(prints.is_on(found, word) for word in words)
    assert 0.1 < found.mean() < 0.3
    assert not found[:, : 160 // prints.CELL_PX].any()


@pytest.mark.parametrize("known", [0, prints.LINES - 1])
def test_a_thing_with_few_lines_on_it_is_not_printed_all_over(known: int) -> None:
    gray, words = shown(cloth.printed(WORDS, (220, 200), (44, 20), letter_px=9, turn=30))
    assert not prints.printed(gray, words[:known]).any()


def test_lines_that_were_taken_for_writing_do_not_hide_a_wall() -> None:
    gray = np.asarray(cv2.cvtColor(written_film.room(640, 360), cv2.COLOR_BGR2GRAY), np.uint8)
    lines = [(40.0 + 50 * at, 100.0, 80.0 + 50 * at, 112.0) for at in range(10)]
    assert not prints.printed(gray, lines).any()


def test_a_band_keeps_its_number_until_it_ends() -> None:
    def squares(*runs: tuple[int, int]) -> prints.Squares:
        found = np.zeros((8, 40), np.bool_)
        for start, end in runs:
            found[1, start:end] = True
        return found

    numbers = count(1)
    first = prints.bands(squares((4, 10), (12, 16)), (), numbers)
    assert [(one.number, one.start, one.end) for one in first] == [(1, 4, 16)], "a narrow gap divides nothing"
    second = prints.bands(squares((6, 12), (20, 30)), first, numbers)
    assert [(one.number, one.start) for one in second] == [(1, 6), (2, 20)]
    assert prints.bands(squares(), second, numbers) == []
    assert second[0].box == (6 * prints.CELL_PX, 0, 12 * prints.CELL_PX, prints.BAND * prints.CELL_PX)
