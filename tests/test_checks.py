"""The parts of verification by themselves: boxes of a file, places on an export, detail in a region."""

from __future__ import annotations

import struct
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.checks import Picture, boxes, loudness, sound, writing
from pipeline.checks.container import _units
from pipeline.checks.detail import LIMITS, Cells, detail_of
from pipeline.checks.faces import Faces, Hit, believed
from pipeline.checks.families import Chosen, Glance, chosen
from pipeline.checks.frames import Frames
from pipeline.checks.regions import Regions, enlarged, on_export, on_master, subtitles_over
from pipeline.config import Export as Encoding
from pipeline.config import Redact, Subtitle, Text, Verify
from pipeline.detectors import Look
from pipeline.evidence import outcome
from pipeline.looking.ocr import Writing
from pipeline.media import Frame
from pipeline.packing import formats
from pipeline.redactors import Region, blur, mosaic, solid
from pipeline.store import file_of
from pipeline.values import (
    Box,
    Cue,
    CueSheet,
    Detection,
    Export,
    File,
    Finding,
    Named,
    Plan,
    Register,
    Stretch,
    Track,
    Verdict,
    View,
)
from tests import media

WIDE = View((0, 0, 640, 480), (0, 0, 640, 480))
FPS = Fraction(25)


# --- boxes ----------------------------------------------------------------------------------------------------------


def box(name: str, content: bytes = b"") -> bytes:
    return struct.pack(">I4s", 8 + len(content), name.encode("latin-1")) + content


def laid_out(path: Path, *parts: bytes) -> boxes.Layout:
    path.write_bytes(b"".join(parts))
    return boxes.layout(path)


def test_the_boxes_of_a_plain_film_are_all_expected(tmp_path: Path) -> None:
    empty_tags = box("udta", box("meta", bytes(4) + box("hdlr", bytes(25)) + box("ilst")))
    found = laid_out(tmp_path / "a", box("ftyp"), box("moov", empty_tags), box("free"), box("mdat", bytes(9)))
    assert found == boxes.Layout(("ftyp", "moov", "free", "mdat"), 9, ())


@pytest.mark.parametrize(
    ("part", "told"),
    [
        (box("uuid", b"31.2304 121.4737"), "a box 'uuid'"),
        (box("moov", box("udta", box("\xa9xyz", b"+31.2304"))), "a box '\xa9xyz'"),
        (box("moov", box("trak", box("edts", box("elst")))), "a box 'edts'"),
        (box("free", b"name"), "a box 'free' that holds 4 bytes"),
        (box("moov", box("udta", box("meta", bytes(4) + box("ilst", box("x"))))), "a box 'ilst' that holds 8 bytes"),
        (struct.pack(">I4s", 900, b"mdat"), "a box '(cut off)'"),
        (b"\0\0\0\0mdat" + bytes(8), "a box '(cut off)'"),
        (b"rest", "a box '(cut off)'"),
    ],
)
def test_a_box_that_nobody_asked_for_is_named(tmp_path: Path, part: bytes, told: str) -> None:
    assert laid_out(tmp_path / "a", box("ftyp"), part).strange == (told,)


def test_a_box_with_a_long_size_is_read(tmp_path: Path) -> None:
    long = struct.pack(">I4sQ", 1, b"mdat", 16 + 5) + bytes(5)
    assert laid_out(tmp_path / "a", box("ftyp"), long).media_bytes == 5


def test_the_units_of_a_picture_are_told_apart() -> None:
    sei, slices = b"\0\0\0\3\x06ab", b"\0\0\0\2\x65c"
    assert _units(sei + slices) == {6, 5}


# --- places ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("framing", ["crop", "fit"])
@pytest.mark.parametrize("size", [(1920, 1080), (608, 1080), (162, 122), (2560, 1920)])
@pytest.mark.parametrize("name", list(formats.SHAPES))
def test_a_box_lands_where_its_pixels_land(name: str, size: tuple[int, int], framing: str) -> None:
    """A white box in a black picture, cut and scaled as the exporter does it, is found where it should be."""
    width, height = size
    shape = formats.SHAPES[name]
    view = formats.view(width, height, shape, framing)
    at = (round(width * 0.45), round(height * 0.4), round(width * 0.55), round(height * 0.55))
    picture = np.zeros((height, width), np.uint8)
    picture[at[1] : at[3], at[0] : at[2]] = 255
    x0, y0, x1, y1 = view.crop
    left, top, right, bottom = view.place
    whole = np.zeros((shape.height_px, shape.width_px), np.uint8)
    whole[top:bottom, left:right] = cv2.resize(picture[y0:y1, x0:x1], (right - left, bottom - top))
    rows, columns = np.nonzero(whole > 127)
    found = (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
    there = on_export(at, view)
    assert np.abs(np.subtract(found, there)).max() <= 1
    times = (right - left) / (x1 - x0)
    back = on_master(Detection("face", *there, 0.9, "test"), view)
    assert np.abs(np.subtract((back.x0, back.y0, back.x1, back.y1), at)).max() <= 0.5 / times + 0.6
    assert enlarged(view) == max(1.0, times)


# --- detail ---------------------------------------------------------------------------------------------------------


def noisy(seed: int = 1, size: tuple[int, int] = (480, 640)) -> NDArray[np.uint8]:
    """A picture with something at every scale, as skin, hair and clothes have."""
    random = np.random.default_rng(seed)
    layers = [random.normal(0, 14, (size[0] // n, size[1] // n)).astype(np.float32) for n in (4, 10, 24, 60)]
    total = sum(cv2.resize(layer, size[::-1], interpolation=cv2.INTER_CUBIC) for layer in layers)
    return np.asarray(np.clip(np.asarray(total) + 120, 16, 235), np.uint8)


def painted(style: str, *boxes_: Box, shape: str = "ellipse") -> NDArray[np.uint8]:
    """Luma of a picture in which regions of tracks 1, 2, ... are hidden, in that order."""
    data = np.full(480 * 640 * 3 // 2, 128, np.uint8)
    data[: 480 * 640] = noisy().reshape(-1)
    frame = Frame.over(data, 0, 640, 480)
    part = {"blur": blur, "mosaic": mosaic, "solid": solid}[style]
    redactor = part.build(part.Settings())  # type: ignore[attr-defined]
    for number, at in enumerate(boxes_, 1):
        redactor.paint(frame, Region(number, at, shape, 7))
    return frame.y.copy()


def exported() -> Export:
    file = File(Path("a"), "", 0)
    return Export("16:9", file, 640, 480, FPS, 3, 0, 3, WIDE, True, "linear")


def plan_of(*boxes_: Box, kind: str = "face", shape: str = "ellipse") -> Plan:
    tracks = tuple(Track(n, kind, "", shape, 0, at * 3, (0,)) for n, at in enumerate(boxes_, 1))
    return Plan(1, 640, 480, FPS, 3, tracks)


def shown(luma: NDArray[np.uint8], number: int = 0, shown_s: Fraction | None = None) -> Picture:
    chroma = np.full((luma.shape[0] // 2, luma.shape[1] // 2), 128, np.uint8)
    time = number / FPS
    return Picture(number, float(time), time if shown_s is None else shown_s, False, number, luma, chroma, chroma)


def judged(luma: NDArray[np.uint8], plan: Plan, style: str, *covered: Box) -> tuple[list[str], dict[str, float]]:
    check = Regions(exported(), plan, Redact(face=style), WIDE, [(0.0, 1.0, at) for at in covered])  # type: ignore[arg-type]
    check.look(shown(luma))
    return [one.what for one in check.findings()], {one.name: one.value for one in check.measures()}


STYLES = ("blur", "mosaic", "solid")
PLACES: list[Box] = [
    (100, 100, 300, 360),
    (101, 99, 132, 141),
    (-60, 40, 90, 250),
    (560, 380, 700, 560),
    (50, 200, 600, 300),
    (100, -420, 400, 90),
    (560, 60, 1100, 460),
]
"""Large and small, partly outside, long, and heads of which a sixth lies in the picture."""


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("at", PLACES)
def test_what_is_hidden_passes_and_what_is_naked_does_not(style: str, at: Box) -> None:
    faults, measures = judged(painted(style, at), plan_of(at), style)
    assert not faults
    assert measures["regions_measured"] == 1
    faults, _ = judged(noisy(), plan_of(at), style)
    assert len(faults) == 1


@pytest.mark.parametrize("style", STYLES)
def test_a_region_painted_40_pixels_beside_its_place_is_found(style: str) -> None:
    faults, _ = judged(painted(style, (140, 100, 340, 360)), plan_of((100, 100, 300, 360)), style)
    assert faults


@pytest.mark.parametrize("style", STYLES)
def test_overlapping_regions_are_measured_where_they_lie_on_top(style: str) -> None:
    one, two = (100, 100, 300, 360), (200, 150, 420, 400)
    faults, measures = judged(painted(style, one, two), plan_of(one, two), style)
    assert not faults
    assert measures["regions_measured"] == 2


def test_two_tracks_of_one_head_do_not_keep_each_other_from_being_measured() -> None:
    at = (100, 100, 300, 360)
    faults, measures = judged(noisy(), plan_of(at, at), "blur")
    assert len(faults) == 1
    assert measures["regions_measured"] == 1


def test_a_subtitle_over_a_region_is_not_taken_for_detail() -> None:
    at = (100, 100, 300, 360)
    luma = painted("blur", at)
    luma[280:340, 50:600] = noisy(2)[280:340, 50:600]
    assert judged(luma, plan_of(at), "blur")[0]
    faults, measures = judged(luma, plan_of(at), "blur", (50, 280, 600, 340))
    assert not faults
    assert measures["regions_measured"] == 1


def test_a_subtitle_excuses_its_own_lines_while_it_is_shown_and_nothing_more() -> None:
    shape = formats.SHAPES["16:9"]
    late = replace(exported(), opening_frames=25)
    ((start_s, end_s, (x0, y0, x1, y1)),) = subtitles_over(
        CueSheet("16:9", (Cue(1.0, 2.0, ("你好",)),)), late, Subtitle(size=0.05)
    )
    assert (start_s, end_s) == (pytest.approx(2.0, abs=0.05), pytest.approx(3.0, abs=0.05))
    assert (x0, x1) == (shape.side_px, shape.width_px - shape.side_px)
    assert y1 - y0 < 2 * 0.05 * shape.height_px


@pytest.mark.parametrize(
    ("name", "lines", "expected"),
    [("16:9", 1, (240, 912, 1680, 998)), ("16:9", 2, (240, 847, 1680, 998)), ("9:16", 1, (180, 1362, 900, 1448))],
)
def test_a_subtitle_excuses_as_many_lines_as_it_has_above_the_margin_of_its_format(
    name: str, lines: int, expected: Box
) -> None:
    sheet = CueSheet(name, (Cue(1.0, 2.0, ("你好",) * lines),))
    ((_, _, covered),) = subtitles_over(sheet, replace(exported(), format=name), Subtitle(size=0.05))
    assert covered == expected


def test_a_region_that_is_all_covered_is_counted_as_not_measured() -> None:
    _, measures = judged(noisy(), plan_of((100, 100, 300, 360)), "blur", (0, 0, 640, 480))
    assert (measures["regions_measured"], measures["regions_too_small_or_covered"]) == (0, 1)


def test_a_solid_region_of_another_colour_is_found() -> None:
    luma = painted("solid", (100, 100, 300, 360))
    luma[100:360, 100:300] = 150
    assert "differs from its fill" in judged(luma, plan_of((100, 100, 300, 360)), "solid")[0][0]


def test_boxes_of_one_colour_are_measured_wherever_they_overlap() -> None:
    lines: list[Box] = [(100, 100, 300, 160), (100, 100, 300, 160), (120, 90, 310, 150)]
    plan = plan_of(*lines, kind="text", shape="box")
    faults, measures = judged(painted("solid", *lines, shape="box"), plan, "blur")
    assert (faults, measures["regions_measured"], measures["regions_within_others"]) == ([], 2, 1)
    assert len(judged(noisy(), plan, "blur")[0]) == 2
    luma = painted("solid", *lines, shape="box")
    luma[120:124, 200:216] = 90
    assert len(judged(luma, plan, "blur")[0]) == 2


def test_what_is_naked_of_a_box_within_another_is_found_in_that_one() -> None:
    around, within = (100, 100, 500, 400), (300, 250, 360, 280)
    plan = plan_of(within, around, within, kind="text", shape="box")
    luma = painted("solid", around, shape="box")
    assert judged(luma, plan, "blur") == (
        [],
        pytest.approx(
            judged(luma, plan_of(around, kind="text", shape="box"), "blur")[1] | {"regions_within_others": 2}
        ),
    )
    luma[250:280, 300:360] = noisy()[250:280, 300:360]
    assert len(judged(luma, plan, "blur")[0]) == 1


def test_a_naked_box_in_the_corner_of_a_plain_heads_box_is_found() -> None:
    """What is painted of the head is an ellipse."""
    head, corner = (100, 100, 500, 400), (102, 102, 142, 132)
    luma = painted("solid", head)
    writing = Track(2, "text", "", "box", 0, corner * 3, (0,))
    plan = replace(plan_of(head), tracks=(*plan_of(head).tracks, writing))
    assert len(judged(luma, plan, "solid")[0]) == 1


def test_what_is_plain_lies_over_a_blurred_head_whichever_is_named_first() -> None:
    line, head = (100, 200, 300, 240), (180, 100, 320, 300)
    plan = plan_of(line, head, kind="text", shape="box")
    blurred = replace(plan.tracks[1], kind="face", shape="ellipse")
    there = replace(plan, tracks=(plan.tracks[0], blurred))
    luma = painted("blur", head)
    luma[200:240, 100:300] = painted("solid", line, shape="box")[200:240, 100:300]
    assert not judged(luma, there, "blur")[0]
    assert not judged(luma, replace(there, tracks=there.tracks[::-1]), "blur")[0]
    luma[100:300, 180:320] = painted("blur", head)[100:300, 180:320]
    assert judged(luma, there, "blur")[0]


def test_a_line_under_something_plain_of_another_colour_is_not_taken_for_bare() -> None:
    line, over = (100, 200, 300, 240), (90, 190, 310, 250)
    plan = plan_of(line, kind="text", shape="box")
    luma = painted("solid", line, shape="box")
    luma[over[1] : over[3], over[0] : over[2]] = 150
    faults, measures = judged(luma, plan, "blur", over)
    assert (faults, measures["regions_too_small_or_covered"]) == ([], 1)
    assert judged(luma, plan, "blur", (90, 190, 150, 250))[0]
    assert judged(luma, plan, "blur")[0]


def test_a_plain_line_is_measured_where_nothing_of_what_may_lie_over_it_does() -> None:
    line = (100, 200, 300, 240)
    faults, measures = judged(
        painted("solid", line, shape="box"), plan_of(line, kind="text", shape="box"), "blur", line
    )
    assert (faults, measures["regions_measured"]) == ([], 1)


def test_text_is_measured_as_solid_whatever_heads_get() -> None:
    at = (100, 100, 300, 160)
    plan = plan_of(at, kind="text", shape="box")
    assert not judged(painted("solid", at, shape="box"), plan, "blur")[0]
    assert judged(painted("blur", at, shape="box"), plan, "blur")[0]


@pytest.mark.parametrize("size", [(11, 18), (20, 20), (40, 15)])
def test_a_small_patch_over_writing_may_hold_the_encoders_noise_and_never_the_writing(size: tuple[int, int]) -> None:
    """A line of 30 pixels has 17 in a 9:16 that shows a landscape whole."""
    at = (100, 100, 100 + size[0], 100 + size[1])
    plan = plan_of(at, kind="text", shape="box")
    inside = np.s_[at[1] : at[3], at[0] : at[2]]
    noise = cv2.blur(np.random.default_rng(3).normal(0, 9, size[::-1]).astype(np.float32), (3, 3))
    coded = painted("solid", at, shape="box")
    coded[inside] = np.clip(coded[inside] + noise, 16, 235).astype(np.uint8)
    assert 2 < float(coded[inside].std()) < 5
    assert not judged(coded, plan, "blur")[0]
    naked = noisy()
    naked[inside] = 60
    naked[at[1] + 3 : at[3] - 3 : 4, at[0] + 2 : at[2] - 2] = 110  # strokes, of little contrast
    assert judged(naked, plan, "blur")[0]


def test_the_blocks_are_those_of_the_first_box_that_can_be_seen() -> None:
    """A track that comes in from outside has had its blocks since its first pixel was there."""
    seen = (300, 100, 420, 400)
    outside = (-900, 100, -500, 200)
    plan = plan_of(seen)
    plan = replace(plan, tracks=(replace(plan.tracks[0], first_frame=-1, boxes=outside + seen * 3),))
    faults, measures = judged(painted("mosaic", seen), plan, "mosaic")
    assert not faults
    assert measures["regions_measured"] == 1


def test_every_style_has_limits_and_a_picture_of_its_blocks_has_no_detail() -> None:
    assert set(LIMITS) == set(STYLES)
    at = (0, 0, 160, 160)
    blocks = cv2.resize(np.arange(16, dtype=np.uint8).reshape(4, 4) * 12, (160, 160), interpolation=cv2.INTER_NEAREST)
    found = detail_of(np.asarray(blocks, np.uint8), at, np.ones((160, 160), np.bool_), Cells("mosaic", 4, 4))
    assert found is not None
    assert found.worst < 0.01


# --- pictures and faces ---------------------------------------------------------------------------------------------


def counted(*pictures: Picture, plan: Plan | None = None) -> list[str]:
    check = Frames(exported(), plan or plan_of((100, 100, 300, 360)))
    for picture in pictures:
        check.look(picture)
    return [one.what for one in check.findings()]


def test_three_pictures_at_their_times_pass() -> None:
    assert not counted(*(shown(noisy(), number) for number in range(3)))


def test_a_picture_that_is_shown_late_or_damaged_or_missing_is_found() -> None:
    late = shown(noisy(), 2, Fraction(3, 25))
    assert counted(shown(noisy(), 0), shown(noisy(), 1), late) == ["picture 2 is shown at 0.120 s"]
    damaged = replace(shown(noisy(), 1), is_damaged=True)
    assert counted(shown(noisy(), 0), damaged, shown(noisy(), 2)) == ["picture 1 is damaged"]
    assert counted(shown(noisy(), 0), shown(noisy(), 1)) == ["pictures in the file: 2, not 3"]


def test_a_clip_that_is_all_black_is_found() -> None:
    black = np.full((480, 640), 16, np.uint8)
    assert counted(*(shown(black, number) for number in range(3))) == ["no picture of the clip shows anything"]
    assert not counted(shown(black, 0), shown(noisy(), 1), shown(black, 2))
    assert not counted(*(shown(black, number) for number in range(3)), plan=plan_of())


class Sees:
    """A detector that always sees the same."""

    def __init__(self, at: Box, score: float) -> None:
        self._at = at
        self._score = score
        self.asked: list[int] = []

    def look(self, image: NDArray[np.uint8], long_side_px: int) -> Look:
        self.asked.append(long_side_px)
        x0, y0, x1, y1 = self._at
        is_mirrored = float(image[:, : image.shape[1] // 2].mean()) < float(image[:, image.shape[1] // 2 :].mean())
        at = (640 - x1, y0, 640 - x0, y1) if is_mirrored else self._at
        return np.array([at], np.float64), np.array([self._score])


def lopsided() -> NDArray[np.uint8]:
    """A picture that is brighter on its left."""
    return np.tile(np.linspace(200, 60, 640).astype(np.uint8), (480, 1))


ONE_LOOK = Chosen("sees", (Glance("sees", 640),))


def faces_of(sees: Sees, plan: Plan, taken: Chosen = ONE_LOOK) -> Faces:
    return Faces(exported(), plan, WIDE, taken, {"sees": sees}, Verify())


@pytest.mark.parametrize(
    ("at", "score", "is_found"),
    [
        ((120, 120, 200, 220), 0.8, False),
        ((120, 120, 200, 220), 0.9, True),
        ((400, 120, 480, 220), 0.9, True),
        ((400, 120, 480, 220), 0.3, False),
        ((280, 120, 380, 220), 0.9, True),
    ],
)
def test_a_face_counts_as_hidden_only_inside_a_region_and_only_if_it_is_vague(
    at: Box, score: float, is_found: bool
) -> None:
    for number in (0, 1):
        check = faces_of(Sees(at, score), plan_of((100, 100, 300, 360)))
        check.look(shown(lopsided(), number))
        assert bool(list(check.findings())) is is_found
        assert bool(list(check.sightings(counting=True))) is is_found


def test_every_picture_is_looked_at_and_every_second_one_mirrored() -> None:
    sees = Sees((400, 120, 480, 220), 0.9)
    check = faces_of(sees, plan_of())
    for number in range(3):
        check.look(shown(lopsided(), number))
    assert [(hit.frame, hit.box) for hit in check.hits()] == [(n, (400, 120, 480, 220)) for n in range(3)]
    assert sees.asked == [640] * 3


def test_costly_looks_take_turns_and_are_taken_at_both_ends() -> None:
    sees = Sees((400, 120, 480, 220), 0.2)
    taken = Chosen("sees", (Glance("sees", 320), Glance("sees", 640, 2, 1)))
    check = Faces(replace(exported(), clip_frames=7), plan_of(), WIDE, taken, {"sees": sees}, Verify())
    for number in range(7):
        check.look(shown(lopsided(), number))
    check.hits()
    assert sees.asked.count(320) == 7
    assert sees.asked.count(640) == 5


def test_a_face_that_a_person_keeps_visible_is_no_finding() -> None:
    plan = plan_of((100, 100, 300, 360))
    kept = replace(plan, tracks=(), kept=plan.tracks)
    check = faces_of(Sees((120, 120, 200, 220), 0.95), kept)
    check.look(shown(lopsided()))
    assert check.hits() == []
    other = faces_of(Sees((400, 120, 480, 220), 0.95), kept)
    other.look(shown(lopsided()))
    assert len(list(other.findings())) == 1


@pytest.mark.parametrize(("shape", "is_found"), [("ellipse", True), ("box", False)])
def test_a_face_in_the_corner_of_a_head_is_not_hidden_by_it(shape: str, is_found: bool) -> None:
    """The corners of an ellipse's box are not painted."""
    check = faces_of(Sees((100, 100, 140, 150), 0.8), plan_of((100, 100, 300, 360), shape=shape))
    check.look(shown(lopsided()))
    assert bool(list(check.findings())) is is_found


@pytest.mark.parametrize("kind", ["card", "text", "code"])
def test_a_face_before_something_else_that_a_person_keeps_is_a_finding(kind: str) -> None:
    plan = plan_of((100, 100, 300, 360), kind=kind, shape="box")
    check = faces_of(Sees((120, 120, 200, 220), 0.95), replace(plan, tracks=(), kept=plan.tracks))
    check.look(shown(lopsided()))
    assert len(list(check.findings())) == 1


class OneLine:
    """Finds and reads one line, as the two networks do."""

    def __init__(self, at: Box, said: str) -> None:
        x0, y0, x1, y1 = at
        corners = np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], np.float32)
        self._line = Writing(corners, 0.9, float(y1 - y0))
        self._said = said

    @property
    def finder(self) -> OneLine:
        return self

    @property
    def reader(self) -> OneLine:
        return self

    def find(self, image: NDArray[np.uint8], times: float) -> list[Writing]:
        return [self._line]

    def read(self, image: NDArray[np.uint8], line: Writing) -> tuple[str, float]:
        return self._said, 0.95


@pytest.mark.parametrize(
    ("region", "shape", "is_told"),
    [
        ((90, 90, 310, 140), "box", False),
        ((90, 90, 200, 140), "box", True),
        ((100, 100, 500, 460), "ellipse", True),
    ],
    ids=["covered", "half of it bare", "in the corner of a head"],
)
def test_a_line_that_is_not_covered_nearly_whole_is_read(region: Box, shape: str, is_told: bool) -> None:
    register = Register("zh", (Named("p1", "patient", ("王小明",)),))
    plan = plan_of(region, kind="face" if shape == "ellipse" else "text", shape=shape)
    eyes: Any = OneLine((100, 100, 300, 130), "王小明")
    check = writing.Read(exported(), plan, WIDE, (), register, Text(), Verify(), eyes)
    for number in range(3):
        check.look(shown(lopsided(), number))
    assert bool(list(check.findings())) is is_told


def test_a_faint_hit_is_told_and_does_not_count() -> None:
    check = faces_of(Sees((400, 120, 480, 220), 0.5), plan_of())
    check.look(shown(lopsided()))
    assert list(check.findings()) == []
    ((seen,),) = (one.detections for one in check.sightings(counting=False))
    assert (seen.x0, seen.x1) == (400, 480)


def test_a_faint_hit_counts_near_a_sure_one_in_time_and_place() -> None:
    sure = Hit(10, 0.4, Detection("face", 100, 100, 140, 150, 0.8, "sees"), True)
    faint = [
        Hit(frame, frame / 25, Detection("face", x0, 100, x0 + 40, 150, 0.5, "sees"), False)
        for frame, x0 in ((4, 110), (16, 60), (16, 400), (60, 100))
    ]
    assert [hit.counts for hit in believed([sure, *faint])] == [True, True, True, False, False]
    assert not any(hit.counts for hit in believed(faint))


def test_a_name_of_the_case_in_a_subtitle_is_found_with_letters_misheard() -> None:
    register = Register("zh", (Named("p1", "patient", ("Wang Xiaoming",)),))
    sheet = CueSheet("16:9", (Cue(0.5, 1.0, ("Uanq Xiaoninq",)),))
    (found,) = writing.in_subtitles(sheet, exported(), register)
    assert (found.time_s, found.what, found.exposes) == (0.5, "a subtitle tells a name", True)
    assert list(writing.in_subtitles(sheet, exported(), Register("zh", ()))) == []


def test_a_name_that_two_subtitles_tell_between_them_is_found() -> None:
    sheet = CueSheet("16:9", (Cue(0.0, 1.0, ("今天来的是王",)), Cue(1.0, 2.0, ("小明先生",)), Cue(2.0, 3.0, ("请坐",))))
    register = Register("zh", (Named("p1", "patient", ("王小明",)),))
    found = [one.what for one in writing.in_subtitles(sheet, exported(), register)]
    assert "subtitles tell a name between them" in found
    assert list(writing.in_subtitles(replace(sheet, cues=sheet.cues[2:]), exported(), register)) == []


# --- who verifies ---------------------------------------------------------------------------------------------------


def test_a_family_that_made_the_plan_never_verifies_silently(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLINICREEL_MODELS", str(tmp_path))
    assert chosen(Verify(), ("face_centerface",)).family == "face_dlib"
    assert chosen(Verify(family="face_centerface"), ("face_yunet",)).family == "face_centerface"
    other = chosen(Verify(family="face_centerface"), ("face_centerface",))
    assert other.family == "face_dlib"
    assert any("face_centerface made the plan" in one for one in other.said)
    missing = chosen(Verify(family="face_yunet"), ("face_centerface",))
    assert missing.family == "face_dlib"
    assert any("not on this machine" in one for one in missing.said)
    all_of_them = chosen(Verify(), ("face_centerface", "face_dlib", "face_yunet"))
    assert any("no other family" in one for one in all_of_them.said)


# --- what is hidden in the sound ------------------------------------------------------------------------------------


def tone(hz: float, level: float, seconds: float = 0.1) -> NDArray[np.float32]:
    at = np.arange(round(seconds * sound.RATE_HZ)) / sound.RATE_HZ
    return (level * np.sin(2 * np.pi * hz * at)).astype(np.float32)


def test_a_tone_alone_is_told_from_a_tone_with_talk_under_it() -> None:
    assert sound.beside_tone_db(tone(sound.TONE_HZ, 0.2)) < sound.BESIDE_TONE_DB
    assert sound.beside_tone_db(tone(sound.TONE_HZ, 0.2) + tone(220, 0.03)) > sound.BESIDE_TONE_DB
    assert sound.beside_tone_db(np.zeros(4800, np.float32)) < sound.BESIDE_TONE_DB


def test_silence_is_told_from_a_whisper() -> None:
    assert sound.level_dbfs(tone(220, 0.001)) < sound.SILENT_DBFS < sound.level_dbfs(tone(220, 0.02))


LOUD = {
    "nothing": (0.0, 0.0, 1.0),
    "both channels, mirrored": (1.0, 1.1, -1.0),
    "the right one alone": (1.0, 1.1, 1.0),
    "the last moment": (1.26, 1.30, 1.0),
}
"""What is heard in a stretch from 0.6 to 1.35 s that should be silent: from, to, and the right channel for the left."""


@pytest.mark.parametrize("name", list(LOUD))
def test_every_channel_is_listened_to_behind_the_card_and_to_the_end_of_what_is_hidden(
    tmp_path: Path, name: str
) -> None:
    start_s, end_s, right = LOUD[name]
    at = np.arange(round(2.4 * sound.RATE_HZ)) / sound.RATE_HZ
    said = tone(220, 0.1, 2.4) * ((at < 0.6) | (at >= 1.35) | ((at >= start_s) & (at < end_s)))
    left = said * ((at < 0.6) | (at >= 1.35)) if "alone" in name else said
    both = np.rint(np.stack([left, right * said], axis=1) * 32767).astype(np.int16)
    file = file_of(media.write_wav(tmp_path / "a.wav", both))
    export = Export("16:9", file, 640, 480, FPS, 60, 10, 50, WIDE, has_sound=True, loudness_mode="linear")
    found = list(sound.Hidden(export, (Stretch(0.2, 0.95, "mute", "name"),)).findings())
    assert [one.check for one in found] == ([] if name == "nothing" else ["sound"])


@pytest.mark.parametrize(
    ("heard_s", "level", "told"),
    [(0.1, 0.1, []), (0.1, 0.99, ["true peak is"]), (5.0, 0.03, ["loudness is"]), (0.0, 0.0, ["nothing is heard"])],
)
def test_the_loudness_of_a_syllable_among_silence_is_noted_and_not_judged(
    heard_s: float, level: float, told: list[str], tmp_path: Path
) -> None:
    said = np.zeros(8 * sound.RATE_HZ, np.float32)
    said[3 * sound.RATE_HZ : round((3 + heard_s) * sound.RATE_HZ)] = tone(220, level, heard_s)
    file = file_of(media.write_wav(tmp_path / "a.wav", np.rint(np.stack([said, said], axis=1) * 32767).astype("<i2")))
    export = Export("16:9", file, 640, 480, FPS, 200, 0, 200, WIDE, has_sound=True, loudness_mode="dynamic")
    heard = loudness.Heard(export, Encoding(), 1.0)
    assert [one.what[: len(words)] for one, words in zip(heard.findings(), told, strict=True)] == told
    assert ("hardly anything is heard (0.5 s)" in heard.not_judged) is (heard_s == 0.1)
    assert {one.name for one in heard.measures()} >= {"integrated_lufs", "heard_s"}


@pytest.mark.parametrize(
    ("checks", "remedy"), [(("loudness",), "export.loudness_lufs"), (("loudness", "faces"), "zones")]
)
def test_the_remedy_for_loudness_alone_speaks_of_loudness(checks: tuple[str, ...], remedy: str) -> None:
    findings = tuple(Finding(check, "16:9", None, "it is off", exposes=check == "faces") for check in checks)
    ruled = outcome._ruling(Verdict(False, (), findings, (), "face_dlib"), [], [], {})
    assert (ruled.state, remedy in ruled.next_step) == ("blocked", True)
