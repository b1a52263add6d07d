"""Writing in the picture: found, followed both ways in time, kept or hidden, and never told in the plan."""

from __future__ import annotations

import math
from dataclasses import asdict, replace
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import onnxruntime
import pytest
from PIL import Image, ImageDraw, ImageFont

from pipeline import config
from pipeline.detectors import text_rapidocr
from pipeline.looking import attention, cards, following, ocr, writings
from pipeline.stages.detect import detect
from pipeline.stages.track import track
from pipeline.values import Box, Clip, Detection, Named, Plan, Register, Sighting, Sightings
from tests import written_film
from tests.built import NOBODY
from tests.media import clip_of, source_for, whole

TEXT_ONLY = {"text_rapidocr": text_rapidocr.Settings()}


def covered(plan: Plan, frame: int, box: Box) -> float:
    """The share of a box's part in the picture that lies in planned regions."""
    mask = np.zeros((plan.height_px, plan.width_px), np.bool_)
    for one in plan.tracks:
        region = one.box(frame)
        if region is not None:
            x0, y0, x1, y1 = (max(0, side) for side in region)
            mask[y0:y1, x0:x1] = True
    x0, y0, x1, y1 = (max(0, side) for side in box)
    part = mask[y0:y1, x0:x1]
    return float(part.mean()) if part.size else 1.0


def planned(path: Path, text: config.Text | None = None, clip: Clip | None = None) -> Plan:
    source = source_for(path)
    seen = detect(source, clip or whole(source), TEXT_ONLY)
    return track(seen, (), NOBODY, text or config.Text(), config.Track())


# --- finding and following ------------------------------------------------------------------------------------------


def test_writing_moved_by_hand_is_hidden_on_every_frame(tmp_path: Path) -> None:
    """It comes into sight after the first look, moves on a curve, and leaves."""
    ground, card = written_film.room(640, 360), written_film.sheet(("王小明  男", "0123456"))

    def place(number: int) -> tuple[int, int]:
        return -260 + 14 * number, round(120 + 60 * math.sin(number / 6))

    path = written_film.film(tmp_path / "card.mp4", 60, lambda number: written_film.laid(ground, card, *place(number)))
    plan = planned(path)
    shares = [covered(plan, frame, line) for frame in range(60) for line in card.at(*place(frame))]
    assert min(shares) >= 0.95
    hidden = [covered(plan, frame, (0, 0, 640, 360)) for frame in range(60)]
    assert np.mean(hidden) < 0.35, "and not much more than it"


def test_writing_is_hidden_while_the_camera_is_knocked(tmp_path: Path) -> None:
    """On three frames between two looks all of the picture lies elsewhere."""
    ground, card = written_film.room(640, 360), written_film.sheet(("王小明  男", "0123456"))
    still = written_film.laid(ground, card, 180, 110)

    def place(number: int) -> tuple[int, int]:
        return (150, 60) if number in (21, 22, 23) else (0, 0)

    path = written_film.film(tmp_path / "knocked.mp4", 40, lambda number: np.roll(still, place(number)[::-1], (0, 1)))
    plan = planned(path)
    for number in range(40):
        across, down = place(number)
        assert all(covered(plan, number, line) > 0.99 for line in card.at(180 + across, 110 + down)), number


def test_writing_that_is_seen_for_a_moment_before_a_cut_is_hidden(tmp_path: Path) -> None:
    grounds = [written_film.room(480, 270, seed) for seed in (1, 9)]
    card = written_film.sheet(("住院号 0123456",))

    def picture(number: int) -> written_film.Bgr:
        if number >= 24:
            return 255 - grounds[1]
        return written_film.laid(grounds[0], card, 120, 100) if number >= 16 else grounds[0]

    plan = planned(written_film.film(tmp_path / "cut.mp4", 36, picture))
    assert min(covered(plan, frame, line) for frame in range(16, 24) for line in card.at(120, 100)) >= 0.95


def test_writing_that_only_a_short_piece_of_the_clip_shows_is_hidden(tmp_path: Path) -> None:
    """A joint is a cut even where most of the picture stays as it was."""
    ground, card = written_film.room(480, 270), written_film.sheet(("住院号 0123456",))

    def picture(number: int) -> written_film.Bgr:
        return written_film.laid(ground, card, 120, 100) if 20 <= number < 45 else ground

    path = written_film.film(tmp_path / "joints.mp4", 70, picture)
    plan = planned(path, clip=clip_of((0.0, 0.4), (1.0, 1.6), (2.0, 2.8)))
    assert min(covered(plan, frame, line) for frame in range(10, 25) for line in card.at(120, 100)) >= 0.95


def test_writing_is_followed_back_through_a_swing_of_the_camera_that_looks_like_a_cut(tmp_path: Path) -> None:
    """While it swings it blurs whatever it sees; the finder sees the card only where it comes to rest."""
    rough = np.random.default_rng(4).integers(0, 255, (5, 24, 3), np.uint8)
    ground = np.asarray(cv2.resize(rough, (1500, 360), interpolation=cv2.INTER_CUBIC), np.uint8)
    card = written_film.sheet(("WARD 7",), size_px=20)
    wall = written_film.laid(ground, card, 716, 150)

    def left(frame: float) -> float:
        """Of what the camera sees."""
        return 18 * float(np.clip(frame - 8, 0, 24))

    def picture(number: int) -> written_film.Bgr:
        sides = [round(left(number + share)) for share in np.linspace(-0.4, 0.4, 9)]
        seen = [wall[:, side : side + 640] for side in sides]
        return np.asarray(np.mean(seen, axis=0), np.uint8)

    before, after = (np.asarray(cv2.cvtColor(picture(at), cv2.COLOR_BGR2GRAY), np.uint8) for at in (20, 24))
    assert attention.is_cut(before, after)
    plan = planned(written_film.film(tmp_path / "swing.mp4", 60, picture))
    places = [716 - round(left(frame)) for frame in range(60)]
    shown = [frame for frame in range(60) if places[frame] < 560]
    assert min(covered(plan, frame, card.at(places[frame], 150)[0]) for frame in shown) >= 0.95
    assert np.mean([covered(plan, frame, (0, 0, 640, 360)) for frame in shown]) < 0.3, "and not much more than it"


def test_a_title_whose_lines_touch_one_another_is_hidden_whole(tmp_path: Path) -> None:
    """It fills half of the picture, and is found and read as one line, badly."""
    drawn = Image.fromarray(np.full((360, 480, 3), 245, np.uint8))
    font, pen = ImageFont.truetype(str(written_film.FONT), 90), ImageDraw.Draw(drawn)
    boxes: list[Box] = []
    for line, y in (("Ward of", 40), ("NIGHTS", 103)):
        pen.text((50, y), line, font=font, fill=(220, 120, 30))
        x0, y0, x1, y1 = pen.textbbox((50, y), line, font=font)
        boxes.append((math.floor(x0), math.floor(y0), math.ceil(x1), math.ceil(y1)))
    picture = np.asarray(drawn)
    plan = planned(written_film.film(tmp_path / "title.mp4", 8, lambda _: picture))
    assert min(covered(plan, frame, box) for frame in range(8) for box in boxes) >= 0.95


def test_a_picture_without_writing_has_no_region(tmp_path: Path) -> None:
    ground = written_film.room(480, 270)
    plan = planned(written_film.film(tmp_path / "room.mp4", 10, lambda _: ground))
    assert plan.tracks == ()


def test_the_finder_logs_nothing_and_reads_what_it_found(capfd: pytest.CaptureFixture[str]) -> None:
    card = written_film.sheet(("住院号 0123456",))
    picture = written_film.laid(written_film.room(480, 270), card, 60, 90)
    (line,) = ocr.Finder().find(picture, 2.0)
    text, sure = ocr.Reader().read(picture, line)
    assert "".join(text.split()) == "住院号0123456"
    assert sure > 0.9
    assert capfd.readouterr() == ("", "")


def test_the_finders_smallest_weights_add_nothing() -> None:
    whole = onnxruntime.InferenceSession(str(ocr.weights()[0]))
    plane = np.random.default_rng(1).integers(120, 160, (96, 128), np.uint8)
    cv2.putText(plane, "Scan 42", (8, 60), cv2.FONT_HERSHEY_SIMPLEX, 0.9, 20, 2)
    seen = {whole.get_inputs()[0].name: np.repeat(plane[None, None] / np.float32(127.5) - 1, 3, axis=1)}
    shown = ocr.Finder()._session.run(None, seen)[0]
    assert shown.max() > 0.9
    assert np.array_equal(whole.run(None, seen)[0], shown)


def test_a_slanted_line_is_hidden_by_a_chain_of_boxes() -> None:
    corners = np.array([[0, 90], [90, 0], [100, 10], [10, 100]], np.float32)
    boxes = ocr.Writing(corners, 0.9, 10).boxes
    assert len(boxes) > 3
    assert sum((x1 - x0) * (y1 - y0) for x0, y0, x1, y1 in boxes) < 0.6 * 100 * 100
    for share in np.linspace(0, 1, 20):
        x, y = 5 + 90 * share, 95 - 90 * share
        assert any(x0 <= x <= x1 and y0 <= y <= y1 for x0, y0, x1, y1 in boxes)


@pytest.mark.parametrize(("short_px", "score", "is_line"), [(10, 0.31, True), (100, 0.4, False), (200, 0.99, False)])
def test_what_seems_large_must_be_sure(short_px: float, score: float, is_line: bool) -> None:
    assert ocr.is_plausible(short_px, score) == is_line


@pytest.mark.parametrize(
    ("read", "sure", "score", "share", "is_writing"),
    [
        ("BUNKY", 0.7, 0.95, 0.43, True),
        ("BUNKY", 0.7, 0.8, 0.43, False),
        ("BUNKY", 0.7, 0.95, 0.9, False),
        ("NO", 0.7, 0.95, 0.19, False),
        ("4", 0.9, 0.95, 0.6, False),
        ("NO", 0.95, 0.7, 0.19, True),
    ],
)
def test_what_is_very_large_is_read_or_surely_found_and_read_by_half(
    read: str, sure: float, score: float, share: float, is_writing: bool
) -> None:
    line = ocr.Writing(np.zeros((4, 2), np.float32), score, 80)
    assert text_rapidocr._is_writing(line, share, read, sure) == is_writing


def test_a_thing_is_followed_to_the_pixel_and_lost_where_it_is_gone() -> None:
    rough = np.random.default_rng(3).integers(0, 255, (180, 320), np.uint8)
    before = np.asarray(cv2.GaussianBlur(rough, (0, 0), 2), np.uint8)
    after = np.roll(before, (5, -17), axis=(0, 1))
    thing = following.begin(before, (120.0, 60.0, 180.0, 90.0))
    (moved,) = following.follow(before, after, [thing])
    assert moved is not None
    assert moved.box == pytest.approx((103, 65, 163, 95), abs=1)
    assert following.follow(before, np.full_like(before, 90), [thing]) == [None]


def test_what_was_lost_in_a_quick_movement_is_held_where_that_went_on_to_as_well() -> None:
    gray = np.random.default_rng(3).integers(0, 255, (180, 320), np.uint8)
    place = replace(following.begin(gray, (120.0, 60.0, 180.0, 90.0)), way=(-40.0, 10.0))
    (held,) = writings.moved(
        gray, np.full_like(gray, 90), [writings.Item(1, writings.Find("text", place.box, 0.9), place)]
    )
    box = held.detection(1.0, "text_rapidocr")
    assert held.lost == 1
    assert box.x0 <= 80
    assert box.y0 <= 60
    assert box.x1 >= 180
    assert box.y1 >= 100


# --- where to look --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "left"), [("", [1, 3]), ("CT 42", [1, 2, 3])])
def test_what_one_look_shows_to_be_one_thing_is_followed_once(text: str, left: list[int]) -> None:
    """Unless it was read: a line stays in sight only if every reading of it allows that."""
    gray = np.random.default_rng(1).integers(0, 255, (200, 300), np.uint8)
    boxes = [(40.0, 40.0, 100.0, 60.0), (44.0, 40.0, 104.0, 60.0), (200.0, 100.0, 260.0, 120.0)]
    known = [
        writings.Item(number, writings.Find("text", box, 0.5), following.begin(gray, box))
        for number, box in enumerate(boxes, 1)
    ]
    whole = writings.Find("text", (30.0, 36.0, 114.0, 64.0), 0.9, text, 0.9)
    items, new = writings.recognised(known, [whole], gray)
    assert [item.number for item in items] == left
    assert items[0].place.box == whole.box
    assert not new


def test_what_stands_still_or_only_moved_is_not_looked_at_again() -> None:
    card = written_film.sheet(("住院号 0123456",))
    ground = written_film.room(640, 360)

    def gray(x: int) -> np.ndarray:
        picture = written_film.laid(ground, card, x, 150)
        return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), np.uint8)

    seen = attention.Attention(0.04)
    first = seen.due(gray(100))
    assert first.any()
    assert attention.parts(first, 640, 360)
    seen.looked(gray(100), first)
    assert not seen.due(gray(100)).any()
    assert seen.due(gray(120)).mean() < 0.3 * first.mean()
    assert attention.parts(seen.due(gray(100)), 640, 360) == []


# --- things that carry writing --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("second", "looks"), [(4, 1), (30, 2)])
def test_squares_close_together_are_looked_at_at_once_and_others_apart(second: int, looks: int) -> None:
    cells = np.zeros((34, 60), np.bool_)
    cells[2:5, 2:5] = cells[second : second + 3, second : second + 3] = True
    boxes = attention.parts(cells, 960, 540)
    assert len(boxes) == looks
    shown = np.zeros_like(cells)
    for x0, y0, x1, y1 in (tuple(side // attention.CELL_PX for side in box) for box in boxes):
        shown[y0:y1, x0:x1] = True
    assert shown[cells].all()


def test_a_badge_with_writing_on_it_or_close_to_it_is_hidden_whole() -> None:
    gray = np.full((540, 960), 60, np.uint8)
    gray[200:250, 400:432] = 230
    (found,) = cards.cards(gray, [(405.0, 215.0, 427.0, 223.0)])
    assert found[0] <= 400
    assert found[1] <= 200
    assert found[2] >= 432
    assert found[3] >= 250
    assert cards.cards(gray, [(436.0, 215.0, 470.0, 223.0)]) == [found]
    assert cards.cards(gray, [(600.0, 215.0, 660.0, 223.0)]) == []
    assert cards.cards(gray, []) == []


def test_of_a_film_all_between_its_lines_is_hidden_and_not_the_film() -> None:
    gray = np.full((540, 960), 180, np.uint8)
    gray[60:400, 300:560] = 10
    lines = [(310.0, 70.0, 480.0, 84.0), (310.0, 120.0, 420.0, 134.0)]
    (found,) = cards.cards(gray, lines)
    assert found[0] <= 310
    assert found[3] >= 134
    assert found[3] < 200


# --- what is hidden and what stays ----------------------------------------------------------------------------------


def read(*lines: tuple[str, float], card: bool = False) -> Sightings:
    """A clip in which a line was read on three frames, once each as given; with or without a card around it."""
    found = [
        Detection("text", 100, 100, 200, 120, 0.9, "test", text, score, item)
        for item, (text, score) in enumerate(lines, start=1)
    ]
    if card:
        found.append(Detection("card", 90, 90, 400, 300, 1.0, "test", item=len(lines) + 1))
    frames = tuple(Sighting(frame, tuple(found)) for frame in (0, 4, 9))
    return Sightings(640, 360, Fraction(25), 10, frames, ())


def reasons(seen: Sightings, register: Register = NOBODY, **text: object) -> list[str]:
    plan = track(seen, (), register, config.Text.model_validate(text), config.Track())
    return sorted(one.reason for one in plan.tracks)


PEOPLE = Register("zh", (Named("p1", "patient", ("欧阳小明",)),))


def test_every_writing_is_hidden_unless_it_is_kept_word_for_word() -> None:
    keep = ["市第一 医院"]
    assert reasons(read(("市第一医院", 0.98))) == ["text"]
    assert reasons(read(("市第一医院", 0.98)), keep=keep) == []
    assert reasons(read(("市第一医院", 0.8)), keep=keep) == ["text"]
    assert reasons(read(("市第一医院儿科", 0.98)), keep=keep) == ["text"]
    assert reasons(read(("", 0.0)), keep=[" "]) == ["text"]


def test_writing_that_was_read_otherwise_once_is_hidden() -> None:
    seen = read(("市第一医院", 0.98))
    other = Sighting(4, read(("市第二医院", 0.98)).frames[0].detections)
    mixed = Sightings(640, 360, Fraction(25), 10, (seen.frames[0], other, seen.frames[2]), ())
    assert reasons(mixed, keep=["市第一医院"]) == ["text"]


def test_of_what_was_read_only_what_identifies_someone_is_hidden() -> None:
    assert reasons(read(("胸部正位", 0.97)), hide="identifying") == []
    assert reasons(read(("胸部正位", 0.7)), hide="identifying") == ["unread text"]
    assert reasons(read(("", 0.0)), hide="identifying") == ["unread text"]
    assert reasons(read(("欧阳小朋", 0.97)), PEOPLE, hide="identifying") == ["name"]
    latin = Register("zh", (Named("p1", "patient", ("Wang Xiaoming",)),))
    assert reasons(read(("Uanq Xiaoninq", 0.97)), latin, hide="identifying") == ["name"]
    assert reasons(read(("Uanq Xiaoninq", 0.97)), hide="identifying") == []


def test_what_lies_on_the_card_of_a_hidden_line_is_hidden_too() -> None:
    lines = ("胸部正位", 0.97), ("欧阳小明", 0.97)
    assert reasons(read(*lines), PEOPLE, hide="identifying") == ["name"]
    assert reasons(read(*lines, card=True), PEOPLE, hide="identifying") == ["card", "card", "name"]
    assert reasons(read(lines[0], card=True), PEOPLE, hide="identifying") == []


def test_the_plan_never_says_what_is_written() -> None:
    plan = track(read(("欧阳小明", 0.97)), (), PEOPLE, config.Text(), config.Track())
    assert "欧阳" not in str(asdict(plan))


def test_writing_is_read_only_where_that_is_needed() -> None:
    form = config.Detect()
    finder = dict(form)["text_rapidocr"]
    assert not finder.read
    assert form.reading(config.Text()) == form
    for text in (config.Text(keep=("门诊",)), config.Text(hide="identifying")):
        assert dict(form.reading(text))["text_rapidocr"].read
