"""Barcodes and two-dimensional codes: found at any angle, followed both ways in time, read in no finished file."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest

from pipeline import config, media
from pipeline.checks import Picture
from pipeline.checks.codes import Codes
from pipeline.config import Verify
from pipeline.detectors import code_zxing, face_centerface
from pipeline.looking import codes
from pipeline.packing import formats
from pipeline.settings.corrections import Region
from pipeline.stages.detect import detect
from pipeline.stages.redact import painted
from pipeline.stages.track import MARGIN, MARGIN_PX, track
from pipeline.values import Box, Export, File, Plan, Track
from tests import coded_film, written_film
from tests.built import NOBODY
from tests.coded_film import Pose, Tag
from tests.media import source_for, whole

CODES_ONLY = {"code_zxing": code_zxing.Settings()}
ROOM, HALL = written_film.room(640, 360), written_film.room(960, 720)
Way = Callable[[int], Pose]


def gray(picture: written_film.Bgr) -> codes.Luma:
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), np.uint8)


def share_in(box: Box, others: list[Box]) -> float:
    """The share of a box that lies in others."""
    mask = np.zeros((2000, 2000), np.bool_)
    for x0, y0, x1, y1 in others:
        mask[max(0, y0) : max(0, y1), max(0, x0) : max(0, x1)] = True
    x0, y0, x1, y1 = box
    return float(mask[max(0, y0) : y1, max(0, x0) : x1].mean())


def covered(picture: written_film.Bgr, found: list[codes.Code]) -> written_film.Bgr:
    """The picture with what was found painted over, as far as `track` covers it."""
    picture = picture.copy()
    for one in found:
        x0, y0, x1, y1 = one.box
        more = round(MARGIN * min(x1 - x0, y1 - y0) + MARGIN_PX)
        picture[max(0, y0 - more) : y1 + more, max(0, x0 - more) : x1 + more] = 30
    return picture


# --- one picture ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", coded_film.FORMATS)
@pytest.mark.parametrize("degrees", [0, 90])
def test_every_usual_code_is_read_and_its_box_holds_all_of_it(form: str, degrees: float) -> None:
    picture, around = coded_film.laid(HALL, coded_film.tag(form), Pose(480, 360, degrees))
    found = codes.find(gray(picture), closely=False)
    assert any(one.is_read for one in found)
    assert coded_film.read(gray(picture), around)
    assert coded_film.read(gray(covered(picture, found)), around) == ""


@pytest.mark.parametrize("form", ["Code128", "Code39", "ITF", "EAN13"])
@pytest.mark.parametrize("degrees", [10, 25, 45, 70])
def test_bars_at_an_angle_are_covered_from_end_to_end(form: str, degrees: float) -> None:
    """A reader that goes along the rows of the picture names a strip of them, or nothing."""
    picture, around = coded_film.laid(HALL, coded_film.tag(form), Pose(480, 360, degrees))
    found = codes.find(gray(picture), closely=True)
    middle = around[0] + 30, around[1] + 30, around[2] - 30, around[3] - 30
    assert share_in(middle, [one.box for one in found]) >= 0.9
    assert coded_film.read(gray(covered(picture, found)), around) == ""


def test_squares_of_less_than_two_pixels_are_read_by_a_close_look_alone() -> None:
    picture, around = coded_film.laid(ROOM, coded_film.tag("QRCode", 1.5), Pose(320, 180, 25))
    assert codes.find(gray(picture), closely=False) == []
    assert share_in(around, [one.box for one in codes.find(gray(picture), closely=True)]) > 0.25


@pytest.mark.parametrize("degrees", [0, 20])
def test_a_blind_is_no_barcode(degrees: float) -> None:
    """OpenCV's detector takes it for one; nothing can be read in it."""
    stripes = np.tile(np.repeat(np.array([60, 200], np.uint8), 3), 40)[:, None, None]
    blind = Tag(np.broadcast_to(stripes, (240, 180, 3)).copy())
    picture, _ = coded_film.laid(ROOM, blind, Pose(320, 180, degrees))
    assert codes.find(gray(picture), closely=True) == []


def test_a_plain_room_holds_none() -> None:
    assert codes.find(gray(ROOM), closely=True) == []


# --- a clip ---------------------------------------------------------------------------------------------------------


def planned(path: Path) -> Plan:
    source = source_for(path)
    return track(detect(source, whole(source), CODES_ONLY), (), NOBODY, config.Text(), config.Track())


def left(path: Path, plan: Plan, tag: Tag, way: Way, every: int = 3) -> tuple[int, int]:
    """On how many frames the tag can be read on the recording, and on the painted master."""
    source = source_for(path)
    counts = []
    clear = media.frames(source, whole(source), *media.master_size(source))
    for frames in (clear, painted(source, whole(source), plan, config.Redact(), media.Decode())):
        seen = [one for one in frames if one.number % every == 0 and _is_read(one, tag, way)]
        counts.append(len(seen))
    return counts[0], counts[1]


def _is_read(frame: media.Frame, tag: Tag, way: Way) -> bool:
    return bool(coded_film.read(frame.y, coded_film.laid(ROOM, tag, way(frame.number))[1]))


@pytest.mark.parametrize("form", ["Code128", "QRCode"])
def test_a_wristband_moved_by_hand_is_read_on_no_frame(tmp_path: Path, form: str) -> None:
    """It turns as it moves, so that it is legible now and then."""
    tag = coded_film.tag(form)

    def way(number: int) -> Pose:
        return Pose(320 + 110 * math.sin(number / 14), 180 + 50 * math.cos(number / 9), 15 * math.sin(number / 11))

    path = written_film.film(tmp_path / "band.mp4", 60, coded_film.pictures(lambda _: ROOM, tag, way))
    plan = planned(path)
    before, after = left(path, plan, tag, way)
    assert before >= 10
    assert after == 0
    assert {(one.kind, one.reason, one.shape) for one in plan.tracks} == {("code", "code", "box")}
    assert "2026001234567" not in repr(plan)


def test_a_code_is_hidden_from_the_moment_it_came_into_sight(tmp_path: Path) -> None:
    """Out of focus until late in the clip, when a look reads it: then it is followed back."""
    tag = coded_film.tag("Code128", 2.5)

    def way(number: int) -> Pose:
        return Pose(200 + 4 * number, 180)

    def picture(number: int) -> written_film.Bgr:
        shown = coded_film.laid(ROOM, tag, way(number))[0]
        return np.asarray(cv2.GaussianBlur(shown, (0, 0), 3.5), np.uint8) if number < 30 else shown

    plan = planned(written_film.film(tmp_path / "late.mp4", 48, picture))
    for frame in range(48):
        x0, y0, x1, y1 = coded_film.laid(ROOM, tag, way(frame))[1]
        boxes = [box for one in plan.tracks if (box := one.box(frame)) is not None]
        assert share_in((x0 + 30, y0 + 20, x1 - 30, y1 - 20), boxes) >= 0.95, frame


def test_a_code_that_is_seen_for_a_moment_before_a_cut_is_hidden(tmp_path: Path) -> None:
    other, tag = 255 - written_film.room(640, 360, 9), coded_film.tag("Code128")

    def picture(number: int) -> written_film.Bgr:
        if number >= 22:
            return other
        return coded_film.laid(ROOM, tag, Pose(320, 180))[0] if number >= 18 else ROOM

    plan = planned(written_film.film(tmp_path / "cut.mp4", 40, picture))
    _, around = coded_film.laid(ROOM, tag, Pose(320, 180))
    x0, y0, x1, y1 = around
    for frame in range(18, 22):
        boxes = [box for one in plan.tracks if (box := one.box(frame)) is not None]
        assert share_in((x0 + 25, y0 + 12, x1 - 25, y1 - 12), boxes) >= 0.95


@pytest.mark.slow
@pytest.mark.parametrize("form", ["Code128", "QRCode"])
def test_a_code_that_shows_between_two_looks_is_hidden(tmp_path: Path, form: str) -> None:
    """Looks are a second apart; a hand shows it for half of one."""
    tag = coded_film.tag(form)

    def picture(number: int) -> written_film.Bgr:
        return coded_film.laid(ROOM, tag, Pose(320, 180, 5))[0] if 7 <= number < 19 else ROOM

    plan = planned(written_film.film(tmp_path / "moment.mp4", 50, picture))
    before, after = left(tmp_path / "moment.mp4", plan, tag, lambda _: Pose(320, 180, 5), every=1)
    assert before == 12
    assert after == 0


@pytest.mark.parametrize("form", ["QRCode", "DataMatrix"])
def test_a_code_that_is_light_on_dark_is_hidden_though_it_shows_between_two_close_looks(
    tmp_path: Path, form: str
) -> None:
    """As a screen shows it, too large to be looked at closely because it moved."""
    tag = Tag(np.subtract(255, coded_film.tag(form, module_px=8).picture))

    def picture(number: int) -> written_film.Bgr:
        return coded_film.laid(ROOM, tag, Pose(320, 180))[0] if 7 <= number < 42 else ROOM

    plan = planned(written_film.film(tmp_path / "screen.mp4", 50, picture))
    assert left(tmp_path / "screen.mp4", plan, tag, lambda _: Pose(320, 180)) == (11, 0)


def test_a_code_is_read_on_no_frame_while_the_camera_is_knocked(tmp_path: Path) -> None:
    """On three frames between two looks all of the picture lies elsewhere. Faces are looked for as well, less often."""
    tag = coded_film.tag("QRCode")
    away = {21: (120, 0), 22: (120, 40), 23: (60, 20)}

    def way(number: int) -> Pose:
        across, down = away.get(number, (0, 0))
        return Pose(300 + across, 180 + down)

    def picture(number: int) -> written_film.Bgr:
        across, down = away.get(number, (0, 0))
        return np.roll(coded_film.laid(ROOM, tag, Pose(300, 180))[0], (down, across), axis=(0, 1))

    path = written_film.film(tmp_path / "knocked.mp4", 48, picture)
    source = source_for(path)
    faces = face_centerface.Settings(long_sides_px=(96,))
    for settings in (CODES_ONLY, {"code_zxing": code_zxing.Settings(every=2), "face_centerface": faces}):
        plan = track(detect(source, whole(source), settings), (), NOBODY, config.Text(), config.Track())
        assert left(path, plan, tag, way, every=1) == (48, 0)


def test_text_that_stays_keeps_no_code(tmp_path: Path) -> None:
    """Nobody can tell by looking what a code says."""
    tag = coded_film.tag("QRCode", 4.0)
    path = written_film.film(tmp_path / "a.mp4", 5, coded_film.pictures(lambda _: ROOM, tag, lambda _: Pose(320, 180)))
    source = source_for(path)
    seen = detect(source, whole(source), CODES_ONLY)
    plan = track(seen, (), NOBODY, config.Text(hide="identifying"), config.Track())
    assert [one.kind for one in plan.tracks] == ["code"]


def test_what_the_desk_widens_may_be_a_code_or_a_card() -> None:
    mask = [{"at": 0.0, "box": [0.1, 0.1, 0.2, 0.2]}, {"at": 1.0, "box": [0.1, 0.1, 0.2, 0.2]}]
    for kind in ("code", "card"):
        assert config.Redact().style(Region.model_validate({"mask": mask, "kind": kind}).kind) == "solid"


# --- the finished file ----------------------------------------------------------------------------------------------

WIDE, FRAMES = "16:9", 10
VIEW = formats.view(640, 360, formats.SHAPES[WIDE], "crop")


def found(
    picture: written_film.Bgr, kept: tuple[Track, ...] = (), otherwise: written_film.Bgr | None = None, since: int = 0
) -> list[str]:
    """What the check says of an export that shows a picture from a frame on, and before it another one."""
    shape = formats.SHAPES[WIDE]
    file = File(Path("a.mp4"), "0" * 64, 1)
    export = Export(WIDE, file, shape.width_px, shape.height_px, Fraction(25), FRAMES, 0, FRAMES, VIEW, False, "none")
    check = Codes(export, Plan(1, 640, 360, Fraction(25), FRAMES, (), kept), VIEW, Verify())
    size = shape.width_px, shape.height_px
    chroma = np.full((shape.height_px // 2, shape.width_px // 2), 128, np.uint8)
    for number in range(FRAMES):
        shown = picture if number >= since or otherwise is None else otherwise
        luma = np.asarray(cv2.resize(gray(shown), size, interpolation=cv2.INTER_CUBIC), np.uint8)
        check.look(Picture(number, number / 25, None, False, number, luma, chroma, chroma))
    (measure,) = check.measures()
    assert (measure.name, measure.value) == ("pictures_read", 1.0)
    assert all(one.exposes for one in check.findings())
    return [one.what for one in check.findings()]


def test_a_code_in_an_export_is_told_with_its_place_and_never_with_what_it_says() -> None:
    picture, (x0, y0, x1, y1) = coded_film.laid(ROOM, coded_film.tag("QRCode", 3.0), Pose(160, 90))
    (what,) = found(picture)
    assert what.startswith("barcode or QR code can be read in the picture at [")
    place = [float(share) for share in what.split("[")[1].rstrip("]").split(", ")]
    assert place == pytest.approx([x0 / 640, y0 / 360, x1 / 640, y1 / 360], abs=0.06), "what `zones` takes"
    assert coded_film.NUMBER not in what
    assert found(ROOM) == []


def test_a_code_that_a_person_keeps_visible_is_not_told() -> None:
    picture, around = coded_film.laid(ROOM, coded_film.tag("QRCode", 3.0), Pose(160, 90))
    kept = Track(1, "code", "code", "box", 0, around * FRAMES, (0,))
    assert found(picture, (kept,)) == []


def test_a_face_that_is_kept_visible_excuses_no_code_beside_it() -> None:
    picture, (x0, y0, x1, y1) = coded_film.laid(ROOM, coded_film.tag("QRCode", 3.0), Pose(160, 90))
    kept = Track(1, "face", "face", "ellipse", 0, (x0 - 40, y0 - 40, x1 + 40, y1 + 40) * FRAMES, (0,))
    assert len(found(picture, (kept,))) == 1


def test_a_code_that_shows_between_two_pictures_that_are_read_is_told() -> None:
    picture, _ = coded_film.laid(ROOM, coded_film.tag("QRCode", 3.0), Pose(160, 90))
    assert len(found(picture, otherwise=ROOM, since=7)) == 1
