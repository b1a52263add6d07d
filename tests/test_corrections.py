"""What a person corrects: read strictly, applied where it was meant, and told where it no longer fits."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import ConfigError, ToolError
from pipeline.language.correcting import marked, reworded
from pipeline.review import document
from pipeline.settings.corrections import ClipReview, Picture, Review, Talk, shortened
from pipeline.settings.loading import load_review
from pipeline.stages.correct import correct
from pipeline.stages.identify import identify
from pipeline.values import Box, Clip, Mention, Named, Plan, Register, Span, Track, Transcript, Word

FPS = Fraction(10)
CLIP = Clip(1, (Span(5.0, 8.0), Span(10.0, 12.0)))
FACE = Track(1, "face", "", "ellipse", 0, (10, 10, 30, 30) * 50, (0, 49))
TEXT = Track(2, "text", "", "box", 10, (60, 60, 80, 70) * 10, (12,))
PLAN = Plan(1, 100, 200, FPS, 50, (FACE, TEXT))


def picture(**said: Any) -> Picture:
    return Picture.model_validate(said)


def region(*keys: tuple[float, list[float]], **more: Any) -> dict[str, Any]:
    return {"mask": [{"at": at, "box": box} for at, box in keys], **more}


# --- the picture ----------------------------------------------------------------------------------------------------


def test_a_drawn_box_moves_in_a_straight_line_between_its_keyframes() -> None:
    drawn = region((6.0, [0.0, 0.0, 0.2, 0.2]), (7.0, [0.5, 0.5, 0.7, 0.7]))
    made = correct(PLAN, CLIP, picture(regions=[drawn]), ())
    (added,) = made.tracks[2:]
    assert (added.number, added.kind, added.shape, added.first_frame, added.frame_count) == (3, "zone", "box", 10, 11)
    assert added.box(10) == (0, 0, 20, 40)
    assert added.box(15) == (25, 50, 45, 90)
    assert added.box(20) == (50, 100, 70, 140)
    assert made.tracks[:2] == PLAN.tracks


def test_a_box_goes_on_behind_a_piece_that_was_cut_out() -> None:
    made = correct(PLAN, CLIP, picture(regions=[region((7.5, [0, 0, 1, 1]), (10.5, [0, 0, 1, 1]))]), ())
    added = made.tracks[-1]
    assert (added.first_frame, added.frame_count) == (25, 11)
    assert added.box(35) == (0, 0, 100, 200)


def test_a_box_of_which_every_moment_was_cut_out_hides_nothing_and_is_no_fault() -> None:
    made = correct(PLAN, CLIP, picture(regions=[region((8.5, [0, 0, 1, 1]), (9.5, [0, 0, 1, 1]))]), ())
    assert (made.tracks, made.unmet) == (PLAN.tracks, ())


@pytest.mark.parametrize("start_s", [95.62, 1.1, 0.02, 3.38, 61.78])
def test_a_box_from_the_clips_beginning_to_its_end_is_on_every_frame(start_s: float) -> None:
    """Half a frame off the grid of 25 a second the clip begins earlier than was written."""
    clip = Clip(1, (Span(start_s, start_s + 0.4),))
    drawn = region((start_s, [0, 0, 1, 1]), (start_s + 0.4, [0, 0, 1, 1]))
    plan = replace(PLAN, fps=Fraction(25), frame_count=10, tracks=())
    (added,) = correct(plan, clip, picture(regions=[drawn]), ()).tracks
    assert (added.first_frame, added.frame_count) == (0, 10)


def test_writing_that_is_kept_leaves_the_plan_and_is_named_in_it() -> None:
    made = correct(PLAN, CLIP, picture(keep=[{"at": 6.2, "point": [0.7, 0.32], "kind": "text"}]), ())
    assert (made.tracks, made.kept, made.unmet) == ((FACE,), (TEXT,), ())


@pytest.mark.parametrize(
    ("at", "point", "is_kept"),
    [
        (6.0, (0.6, 0.3), True),
        (6.9, (0.79, 0.345), True),
        (6.2, (0.59, 0.32), False),
        (6.2, (0.8, 0.32), False),
        (6.2, (0.7, 0.295), False),
        (6.2, (0.7, 0.35), False),
        (5.9, (0.7, 0.32), False),
        (7.0, (0.7, 0.32), False),
    ],
)
def test_what_is_kept_is_what_the_point_lies_in_at_that_moment(
    at: float, point: tuple[float, float], is_kept: bool
) -> None:
    made = correct(PLAN, CLIP, picture(keep=[{"at": at, "point": point, "kind": "text"}]), ())
    assert bool(made.kept) == is_kept
    assert bool(made.unmet) != is_kept


@pytest.mark.parametrize(
    ("keep", "why"),
    [
        ({"at": 6.2, "point": [0.1, 0.9], "kind": "text"}, "nothing of that kind is found there any more"),
        ({"at": 9.0, "point": [0.7, 0.32], "kind": "text"}, "not in the clip any more"),
        ({"at": 5.0, "point": [0.2, 0.1], "kind": "face"}, "nobody is named who agreed"),
        ({"at": 5.0, "point": [0.2, 0.1], "kind": "face", "person": "p1"}, "p1 has not agreed"),
    ],
)
def test_what_cannot_be_kept_stays_hidden_and_is_told(keep: dict[str, Any], why: str) -> None:
    made = correct(PLAN, CLIP, picture(keep=[keep]), ("doctor",))
    assert (made.tracks, made.kept) == (PLAN.tracks, ())
    assert why in made.unmet[0]


@pytest.mark.parametrize("at", [5.0, 11.99])
def test_a_face_is_shown_only_of_someone_who_agreed(at: float) -> None:
    keep = {"at": at, "point": [0.2, 0.1], "kind": "face", "person": "doctor"}
    made = correct(PLAN, CLIP, picture(keep=[keep]), ("doctor",))
    assert (made.tracks, made.kept, made.unmet) == ((TEXT,), (FACE,), ())


def test_of_two_that_overlap_none_is_shown() -> None:
    twice = Plan(1, 100, 200, FPS, 50, (FACE, Track(2, "face", "", "ellipse", 0, (15, 15, 40, 40) * 50, (0,))))
    keep = {"at": 5.0, "point": [0.2, 0.1], "kind": "face", "person": "doctor"}
    made = correct(twice, CLIP, picture(keep=[keep]), ("doctor",))
    assert made.tracks == twice.tracks
    assert "2 of them overlap" in made.unmet[0]


SEEN = Plan(1, 100, 200, FPS, 50, (TEXT,), (replace(FACE, number=7, reason="doctor stays visible"),))


def test_somebody_who_was_recognised_is_hidden_again_over_all_frames() -> None:
    made = correct(SEEN, CLIP, picture(mask=[{"at": 5.0, "point": [0.2, 0.1], "kind": "face"}]), ("doctor",))
    assert (made.kept, made.unmet) == ((), ())
    assert made.tracks == (TEXT, replace(FACE, number=7, reason="masked by hand"))


def test_what_is_both_kept_and_masked_is_masked() -> None:
    face = {"at": 5.0, "point": [0.2, 0.1], "kind": "face"}
    made = correct(PLAN, CLIP, picture(keep=[{**face, "person": "doctor"}], mask=[face]), ("doctor",))
    assert made.kept == ()
    assert [track.number for track in made.tracks] == [2, 1]


def test_a_mask_on_what_is_hidden_anyway_changes_nothing_and_one_on_nothing_is_told() -> None:
    at_face, at_nothing = ({"at": 5.0, "point": point, "kind": "face"} for point in ([0.2, 0.1], [0.9, 0.9]))
    assert correct(PLAN, CLIP, picture(mask=[at_face]), ()) == PLAN
    made = correct(SEEN, CLIP, picture(mask=[at_nothing]), ("doctor",))
    assert made.kept == SEEN.kept
    assert "to mask what was left visible at 0:05.0 (face): nothing of that kind" in made.unmet[0]


HEAD = Track(1, "face", "", "ellipse", 0, (0, 0, 100, 100) * 50, (0, 49))
DOCTOR = {"at": 5.0, "point": [0.5, 0.1], "kind": "face", "person": "doctor"}


def held(inside: str, first: int = 0) -> Track:
    """Writing that lies under the head on the frames marked `-`, and beside it on the others."""
    boxes = tuple(side for mark in inside for side in ((40, 60, 60, 70) if mark == "-" else (40, 120, 60, 130)))
    return Track(2, "text", "", "box", first, boxes, (first,))


def with_writing(writing: Track, more: Picture | None = None) -> Plan:
    return correct(Plan(1, 100, 200, FPS, 50, (HEAD, writing)), CLIP, more or picture(), ("doctor",))


def test_writing_under_a_hidden_head_has_no_patch_of_its_own() -> None:
    assert with_writing(held("-" * 30)).tracks == (HEAD,)


@pytest.mark.parametrize(
    ("box", "is_patched"),
    [
        ((45, 45, 75, 75), False),
        ((25, 50, 95, 70), False),
        ((60, 60, 90, 90), True),
        ((30, 30, 60, 60), True),
        ((60, 30, 90, 60), True),
        ((30, 60, 60, 90), True),
        ((20, 50, 100, 70), True),
    ],
)
def test_writing_of_which_a_corner_sticks_out_of_the_head_keeps_its_patch(box: Box, is_patched: bool) -> None:
    head = replace(HEAD, boxes=(20, 20, 100, 100) * 50)
    writing = Track(2, "text", "", "box", 0, box * 50, (0,))
    made = correct(Plan(1, 100, 200, FPS, 50, (head, writing)), CLIP, picture(), ())
    assert made.tracks == ((head, writing) if is_patched else (head,))


def test_a_code_keeps_its_patch_wherever_it_lies() -> None:
    code = replace(held("-" * 30), kind="code")
    assert with_writing(code).tracks == (HEAD, code)


def test_under_a_head_that_is_shown_writing_keeps_its_patch() -> None:
    """A film that a doctor holds beside their face lies within the region of the head."""
    film = held("-" * 30)
    made = with_writing(film, picture(keep=[DOCTOR]))
    assert (made.tracks, made.kept) == ((film,), (HEAD,))


def test_what_a_person_masks_under_a_hidden_head_stays_masked() -> None:
    plan = Plan(1, 100, 200, FPS, 50, (HEAD,), (held("-" * 30),))
    mask = {"at": 6.2, "point": [0.5, 0.32], "kind": "text"}
    made = correct(plan, CLIP, picture(mask=[mask]), ())
    assert [track.kind for track in made.tracks] == ["face", "text"]


@pytest.mark.parametrize(
    ("lies", "patched"),
    [
        ("o" * 5 + "-" * 10 + "o" * 5, [(10, 5), (25, 5)]),  # a second long: it comes and goes
        ("o" * 5 + "-" * 9 + "o" * 5, [(10, 19)]),  # shorter: it would flicker
        ("-" * 3 + "o" * 5 + "-" * 3, [(13, 5)]),
        ("o", [(10, 1)]),
    ],
)
def test_a_patch_goes_while_the_writing_is_under_a_head_for_long(lies: str, patched: list[tuple[int, int]]) -> None:
    writing = held(lies, first=10)
    pieces = with_writing(writing).tracks[1:]
    assert [(piece.first_frame, piece.frame_count) for piece in pieces] == patched
    assert [piece.number for piece in pieces] == [2, 3][: len(pieces)]
    for piece in pieces:
        for frame in range(piece.first_frame, piece.first_frame + piece.frame_count):
            assert piece.box(frame) == writing.box(frame)


def test_what_is_drawn_gets_a_number_that_nothing_visible_has() -> None:
    made = correct(SEEN, CLIP, picture(regions=[region((6.0, [0, 0, 1, 1]), (7.0, [0, 0, 1, 1]))]), ("doctor",))
    assert made.tracks[-1].number == 8


def test_what_is_cut_out_leaves_the_clip_its_number() -> None:
    review = Review.model_validate({"clips": {"1": {"cut": [{"from": 6, "to": 7}, {"from": 11.5, "to": 13}]}}})
    assert shortened((CLIP,), review) == (Clip(1, (Span(5.0, 6.0), Span(7.0, 8.0), Span(10.0, 11.5))),)


# --- words ----------------------------------------------------------------------------------------------------------


def said(text: str, at_s: float = 1.0) -> tuple[Word, ...]:
    return tuple(Word(at_s + n * 0.2, at_s + (n + 1) * 0.2, char, 0.9) for n, char in enumerate(text))


def talk(**edits: Any) -> Talk:
    return Talk.model_validate(edits)


def test_what_stays_of_a_line_keeps_its_times() -> None:
    words = reworded(said("左肺三个月"), talk(words=[{"from": 1, "to": 2, "text": "右肺，三个月"}]).words)
    assert "".join(word.text for word in words) == "右肺，三个月"
    assert [(word.text, round(word.start_s, 2), word.is_timed) for word in words] == [
        ("右", 1.0, False), ("肺，", 1.2, False), ("三", 1.4, True), ("个", 1.6, True), ("月", 1.8, True),
    ]  # fmt: skip


def test_latin_words_stay_whole_and_keep_their_spaces() -> None:
    words = reworded(said("abc"), talk(words=[{"from": 1, "to": 2, "text": "take 6.5 mg, twice"}]).words)
    assert [word.text for word in words] == ["take", " 6.5", " mg,", " twice"]


def test_words_can_be_written_where_none_was_recognised() -> None:
    words = reworded(said("好"), talk(words=[{"from": 4, "to": 5, "text": "谢谢"}]).words)
    assert [(word.text, word.start_s, word.end_s) for word in words[1:]] == [("谢", 4.0, 4.5), ("谢", 4.5, 5.0)]


REGISTER = Register("zh", (Named("p1", "patient", ("林小雨",)),))


def script(text: str, **edits: Any) -> Any:
    return identify(Transcript("sidecar", "zh", 20.0, said(text)), REGISTER, talk(**edits))


def test_writing_something_else_does_not_bring_back_the_sound_of_a_name() -> None:
    before = script("我叫林小雨你好")
    after = script("我叫林小雨你好", words=[{"from": 1.4, "to": 2.0, "text": "小鱼儿"}])
    assert before.mentions
    assert set(before.mentions) <= set(after.mentions)
    assert "林小雨" not in "".join(word.text for word in after.words)


def test_a_name_that_was_written_in_is_hidden_in_the_sound_too() -> None:
    made = script("我叫零晓语你好", words=[{"from": 1.4, "to": 2.0, "text": "林小雨"}])
    assert any(one.start_s <= 1.4 and one.end_s >= 2.0 for one in made.mentions)
    assert "林小雨" not in "".join(word.text for word in made.words)


def test_what_a_person_says_identifies_nobody_is_read_and_heard() -> None:
    (found,) = script("我叫林小雨你好").mentions
    made = script("我叫林小雨你好", tell=[{"from": found.start_s, "to": found.end_s}])
    assert made.mentions == ()
    assert "林小雨" in "".join(word.text for word in made.words)


def test_a_longer_mention_than_the_one_that_was_looked_at_stays_hidden() -> None:
    told = talk(tell=[{"from": 1.0, "to": 2.0}])
    longer = Mention("name", "", 0.8, 2.5)
    assert marked((longer,), told) == (longer,)


def test_what_a_person_hides_is_neither_read_nor_heard() -> None:
    made = script("住在那个大院子里", hide=[{"from": 1.4, "to": 2.2, "kind": "address"}])
    assert made.mentions == (Mention("address", "", 1.4, 2.2),)
    assert "".join(word.text for word in made.words) == "住在[地址]子里"


# --- the file -------------------------------------------------------------------------------------------------------


def faults(folder: Path, text: str) -> list[str]:
    (folder / "review.yaml").write_text(text, "utf-8")
    with pytest.raises(ConfigError) as error:
        load_review(folder)
    return error.value.cause.replace(f"{folder}/", "").splitlines()


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("regions: [{mask: [{at: 1, box: [0, 0, 1, 1]}]}]", "clips.1.regions.0: a mask has a beginning and an end"),
        (
            "regions: [{mask: [{at: 2, box: [0, 0, 1, 1]}, {at: 1, box: [0, 0, 1, 1]}]}]",
            "clips.1.regions.0: the times of a mask go up",
        ),
        (
            "regions: [{mask: [{at: 1, box: [0.5, 0, 0.5, 1]}, {at: 2, box: [0, 0, 1, 1]}]}]",
            "clips.1.regions.0.mask.0.box: a box is [left, top, right, bottom]",
        ),
        ("cut: [{from: 3, to: 2}]", "clips.1.cut.0: it ends before it starts"),
        ("tel: []", "clips.1.tel: unknown key (did you mean 'tell'?)"),
        (
            "keep: [{at: 1, point: [2, 0], kind: text}]",
            "clips.1.keep.0.point.0: input should be less than or equal to 1",
        ),
    ],
)
def test_nonsense_written_by_hand_is_told_with_its_line(tmp_path: Path, line: str, told: str) -> None:
    (fault,) = faults(tmp_path, f"clips:\n  1:\n    {line}\n")
    assert fault.startswith(f"review.yaml:3: {told}")


def test_a_clip_that_is_no_number_is_told(tmp_path: Path) -> None:
    assert "review.yaml:2" in faults(tmp_path, "clips:\n  first: {title: a}\n")[0]


def test_what_belongs_to_no_clip_is_told() -> None:
    review = Review.model_validate(
        {
            "clips": {
                "1": {"hide": [{"from": 20, "to": 21}]},
                "3": {"title": "a"},
                "2": {"cut": [{"from": 30, "to": 33}]},
            }
        }
    )
    told = list(review.faults((CLIP, Clip(2, (Span(30.0, 33.0),)))))
    assert [place for place, _ in told] == [
        ("clips", "1", "hide", 0, "from"), ("clips", "1", "hide", 0, "to"), ("clips", "3"), ("clips", "2", "cut"),
    ]  # fmt: skip


EVERYTHING = {
    "title": '六毫米"结节": 要紧吗',
    "regions": [region((1.25, [0.1, 0.2, 0.3, 0.4]), (2, [0, 0, 1, 1]), kind="face", reason="手动")],
    "keep": [{"at": 3.5, "point": [0.5, 0.25], "kind": "face", "person": "doctor"}],
    "cut": [{"from": 4, "to": 4.5}],
    "words": [{"from": 1, "to": 2, "text": "每天一次, 6 mg: 不要 #停"}],
    "tell": [{"from": 1, "to": 1.5}],
    "hide": [{"from": 2, "to": 2.25, "kind": "phone"}],
    "seen": [{"from": 1, "to": 2, "about": "track_hole"}],
}


def test_what_is_saved_is_read_again_word_for_word(tmp_path: Path) -> None:
    edits = ClipReview.model_validate(EVERYTHING)
    tmp_path = tmp_path / ("结节" * 42)  # the longest name that a folder may have
    tmp_path.mkdir()
    first = document.save(tmp_path, 2, edits, "", tmp_path)
    document.save(tmp_path, 11, ClipReview(title="b"), first, tmp_path)
    review, _ = load_review(tmp_path)
    assert review.of(2) == edits
    assert list(review.clips) == ["2", "11"]
    text = (tmp_path / "review.yaml").read_text("utf-8")
    assert '      - {from: 1, to: 2, text: "每天一次, 6 mg: 不要 #停"}\n' in text


def test_a_change_that_was_made_meanwhile_is_not_written_over(tmp_path: Path) -> None:
    read = document.save(tmp_path, 1, ClipReview(title="a"), "", tmp_path)
    (tmp_path / "review.yaml").write_text("clips: {1: {title: by hand}}\n", "utf-8")
    with pytest.raises(document.Changed):
        document.save(tmp_path, 1, ClipReview(title="b"), read, tmp_path)
    assert load_review(tmp_path)[0].of(1).title == "by hand"


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo, lambda path: path.symlink_to("a disk that is not there")])
def test_a_review_that_is_no_file_is_not_taken_for_none(tmp_path: Path, make: Callable[[Path], None]) -> None:
    assert load_review(tmp_path)[0] == Review()
    make(tmp_path / "review.yaml")
    with pytest.raises(ConfigError, match=r"review\.yaml: it is no file, or leads to none"):
        load_review(tmp_path)


def test_a_review_that_cannot_be_written_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rename = os.rename

    def closed(source: Path, target: Path) -> None:
        if target == tmp_path / "case" / document.FILE:
            raise PermissionError(errno.EACCES, "Permission denied")
        rename(source, target)

    (tmp_path / "case").mkdir()
    monkeypatch.setattr("pipeline.store.os.rename", closed)
    with pytest.raises(ToolError, match=r"review\.yaml: cannot be written: Permission denied"):
        document.save(tmp_path / "case", 1, ClipReview(title="a"), "", tmp_path)
