"""What the crop of a format leaves out is told, and keeps no clip."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from pipeline import results
from pipeline.evidence import framed
from pipeline.language.chinese import in_chinese
from pipeline.packing import formats
from pipeline.review import showing, view
from pipeline.settings.loading import load_case
from pipeline.store import file_of
from pipeline.terminal import screen
from pipeline.terminal.pasting import Typed
from pipeline.values import Box, Detection, Export, Plan, Sighting, Sightings, Track, View
from tests import built

FPS, FRAMES = Fraction(25), 50
WIDE = 1920, 1080
LEFT: Box = (200, 300, 400, 560)
MIDDLE: Box = (860, 300, 1060, 560)
RIGHT: Box = (1500, 300, 1700, 560)


def head(number: int, *at: Box) -> Track:
    """A head at these places one after another, the last one to the end."""
    boxes = [*at, *[at[-1]] * (FRAMES - len(at))]
    return Track(number, "face", "face seen", "ellipse", 0, tuple(side for box in boxes for side in box), (0,))


def told(*tracks: Track, kept: tuple[Track, ...] = (), framing: str = "auto", score: float = 0.9) -> list[str]:
    """The notes on two formats of a landscape clip whose detector was that sure of each head."""
    middles = [((box[0] + box[2]) / 2, (box[1] + box[3]) / 2) for one in (*tracks, *kept) if (box := one.box(0))]
    faces = tuple(Detection("face", x - 9, y - 9, x + 9, y + 9, score, "face_centerface") for x, y in middles)
    sightings = Sightings(*WIDE, FPS, FRAMES, (Sighting(0, faces),), ())
    exports = [export(name, formats.view(*WIDE, formats.SHAPES[name], framing)) for name in ("9:16", "16:9")]
    return list(framed.notes(Plan(1, *WIDE, FPS, FRAMES, tracks, kept), sightings, exports))


def export(name: str, seen: View) -> Export:
    return Export(name, file_of(built.SAMPLE), 2, 2, FPS, FRAMES, 0, FRAMES, seen, True, "linear")


def test_a_crop_that_shows_none_of_the_heads_is_told_for_its_format_alone() -> None:
    (note,) = told(head(1, LEFT), head(2, RIGHT))
    assert note == "9:16: 2 of 2 heads lie outside the picture; `export.framing: fit` shows all of it"
    assert in_chinese(note) == "9:16: 2 个头中有 2 个在画面之外；`export.framing: fit` 可以显示完整画面"


def test_a_head_that_stays_visible_is_missed_too() -> None:
    (note,) = told(head(1, MIDDLE), kept=(head(2, RIGHT),))
    assert note.startswith("9:16: 1 of 2 heads")


def test_a_head_that_is_ever_in_the_picture_is_not_missed() -> None:
    assert told(head(1, LEFT, MIDDLE, LEFT)) == []


def test_what_no_detector_was_sure_of_is_missed_by_nobody() -> None:
    assert told(head(1, LEFT), score=0.4) == []


def test_a_format_that_shows_all_of_it_leaves_nobody_out() -> None:
    beyond: Box = (-300, 300, 100, 560)
    assert told(head(1, LEFT), head(2, RIGHT), head(3, beyond), framing="fit") == []


def test_programs_and_people_are_told_and_the_clip_is_ready_all_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A second after the sample begins the patient is still at the picture's edge."""
    said = {"lines": [{"start_s": 1.0, "end_s": 1.6, "text": "医生好。"}]}
    case = built.make_case(tmp_path, more="clips: [{from: 1, to: 1.6}]\n", lines=said)
    channel = built.make_channel(tmp_path, "platforms: [douyin]\n" + built.FACES_ALONE)
    with built.opened(tmp_path, case, channel=channel) as batch:
        report = batch.build(built.Quiet())
        shown = view.look(load_case(case, batch.channel), batch, ())
        page = showing.clip(case.name, 1, shown, batch, "", 0.0, in_chinese)
    (clip,) = report.clips
    assert (clip.state, clip.reason) == (results.READY, "")
    (note,) = clip.as_json()["notes"]
    assert note.startswith("9:16: 1 of 2 heads lie outside the picture")
    assert page["notes"] == [in_chinese(note)]
    screen.close(report, Typed((), {}), as_json=False)
    assert "备注 note: 9:16: 1 " in capsys.readouterr().out
