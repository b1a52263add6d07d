"""A video that was finished elsewhere and came back: verified, approved and delivered, or kept and said why."""

from __future__ import annotations

import struct
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from pipeline.config import Channel, Text, Verify
from pipeline.errors import RecordingError
from pipeline.evidence.carried import leaks
from pipeline.evidence.elsewhere import verify_file
from pipeline.evidence.receiving import check_alone
from pipeline.media.demux import Contents, Stream
from pipeline.packing.fonts import FILE as FONT
from pipeline.stages.probe import probe
from pipeline.values import Track, Verdict
from pipeline.watching import Unwatched
from tests import built, media
from tests.conftest import Finished
from tests.toy import Toy

NAME = "王小明"
PEOPLE = f"""\
synthetic: true
people: [{{id: p1, role: patient, names: [{NAME}]}}]
"""
SHORT = ("-t", "0.6", "-vf", "scale=540:-2")
SMALL = ("-c:v", "libx264", "-preset", "veryfast", "-c:a", "aac", "-fflags", "+bitexact", "-map_metadata", "-1")


@pytest.fixture(scope="module")
def ours(finished: Finished) -> Path:
    """The vertical export of the finished clip."""
    return finished.clip.exports[0].file.path


def edited(ours: Path, path: Path, *options: str, filters: str = "scale=540:-2") -> Path:
    """Half a second of an export, as another program would write it."""
    media.ffmpeg("-i", ours, "-t", "0.6", "-vf", filters, *SMALL, *options, path)
    return path


def verdict(path: Path, folder: Path) -> Verdict:
    return check_alone(path, Channel(), folder / "work", Unwatched())


def found(one: Verdict) -> set[str]:
    return {finding.check for finding in one.findings}


def run(*words: str | Path) -> tuple[int, Any, str]:
    """Exit code, JSON if any, and messages of a command."""
    done = built.clinicreel(*words)
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, built.answer(done) if "--json" in words and done.stdout else None, done.stdout + done.stderr


# --- a file alone ---------------------------------------------------------------------------------------------------


def test_an_export_of_ours_passes_and_says_what_could_not_be_checked(ours: Path, tmp_path: Path) -> None:
    code, said, _ = run("verify", edited(ours, tmp_path / "a.mp4"), "--work", tmp_path / "work", "--json")
    assert (code, said["passed"], said["findings"]) == (0, True, [])
    measured = {one["name"]: one["value"] for one in said["measures"]}
    assert measured["pictures_searched"] == 15
    assert measured["pictures_read"] == 1
    told = [one.split(":")[0] for one in said["not_checked"]]
    assert {"regions", "voices", "names", "sound"} <= set(told)
    assert said["used"]["ffmpeg"]


def test_raw_footage_shows_its_faces(tmp_path: Path) -> None:
    path = tmp_path / "raw.mp4"
    media.ffmpeg("-ss", "3", "-i", built.SAMPLE, *SHORT, *SMALL, path)
    code, said, _ = run("verify", path, "--work", tmp_path / "work", "--json")
    assert (code, said["passed"]) == (4, False)
    assert "faces" in {one["check"] for one in said["findings"] if one["exposes"]}


def test_a_title_is_told_by_the_name_of_its_tag_and_never_by_what_it_says(ours: Path, tmp_path: Path) -> None:
    tagged = edited(ours, tmp_path / "a.mp4", "-metadata", f"title={NAME}", "-metadata", "location=+31.2+121.4/")
    told = verdict(tagged, tmp_path)
    assert found(told) == {"container"}
    what = " ".join(finding.what for finding in told.findings)
    assert "'title'" in what
    assert "'location'" in what
    assert NAME not in str(told)


def test_a_single_picture_with_a_face_on_it_is_found(ours: Path, tmp_path: Path) -> None:
    clean = edited(ours, tmp_path / "a.mp4")
    face = (
        "-ss",
        "3",
        "-i",
        built.SAMPLE,
        "-filter_complex",
        "[1:v]crop=405:720:438:0,scale=540:960[f];[0:v][f]overlay=enable='eq(n,7)'",
    )
    path = tmp_path / "b.mp4"
    media.ffmpeg("-i", clean, *face, "-t", "0.6", "-map", "0:a", *SMALL, path)
    told = verdict(path, tmp_path)
    assert [finding.time_s for finding in told.findings if finding.check == "faces"] == [pytest.approx(0.28)]


def test_who_surely_is_somebody_that_agreed_to_be_seen_is_no_finding_on_the_frames_where_that_is_sure(
    tmp_path: Path,
) -> None:
    path = tmp_path / "raw.mp4"
    media.ffmpeg("-ss", "3", "-i", built.SAMPLE, *SHORT, *SMALL, path)
    times = []
    for frames in (15, 5):
        kept = Track(1, "face", "doctor", "box", 0, (0, 0, 540, 304) * frames, ())
        told = verify_file(probe(path), None, "", built.NOBODY, (kept,), ("face_centerface",), Text(), Verify())
        times.append([one.time_s for one in told.findings if one.check == "faces" and one.time_s is not None])
    assert times[0] == []
    assert times[1]
    assert min(times[1]) > 0.19


@pytest.mark.parametrize("kind", ["hls", "ffconcat"])
def test_a_playlist_in_disguise_is_refused(kind: str, tmp_path: Path) -> None:
    path = media.playlist(tmp_path / "a.mp4", kind)
    code, _, said = run("verify", path, "--work", tmp_path / "work")
    assert code == 1
    assert "playlist" in said


def test_a_broken_file_is_told_in_words(tmp_path: Path) -> None:
    path = tmp_path / "林小雨.mp4"
    path.write_bytes(bytes(range(256)) * 20)
    code, _, said = run("verify", path, "--work", tmp_path / "work")
    assert code == 1
    assert "cannot be opened" in said
    assert "林小雨" not in said


def test_a_file_of_which_the_end_is_missing_does_not_pass(tmp_path: Path) -> None:
    told = verdict(media.truncated(tmp_path / "a.mp4"), tmp_path)
    assert any("could be looked at" in finding.what for finding in told.findings)


def test_a_folder_and_a_pipe_are_no_files(tmp_path: Path) -> None:
    import os

    os.mkfifo(tmp_path / "pipe.mp4")
    with pytest.raises(RecordingError, match="no file"):
        verdict(tmp_path / "pipe.mp4", tmp_path)


def box(name: str, content: bytes = b"") -> bytes:
    return struct.pack(">I4s", 8 + len(content), name.encode()) + content


def test_what_else_a_container_carries_is_listed() -> None:
    def stream(kind: str, **tags: str) -> Stream:
        return Stream(0, kind, "h264", True, 0, 0, Fraction(25), 0, tags)

    harmless = stream("video", handler_name="VideoHandler", language="und", encoder="Lavc62.1.100 libx264")
    spoken = stream("audio", handler_name="李医生的麦克风")
    streams = (harmless, spoken, stream("cover"), stream("subtitle"), stream("video"))
    shown = Contents("matroska,webm", 0, 1, streams, 0, Fraction(1), (0,), (0,), (), "", {"ENCODER": "Lavf62.1"}, 2)
    stored = Contents("matroska,webm", 0, 1, streams, 0, Fraction(1), (0, 1, 2), (0,), (), "")
    assert list(leaks(shown, stored, Path("x.mkv"))) == [
        "its audio stream carries a tag 'handler_name'",
        "it carries a picture attached to it",
        "it carries a subtitle stream",
        "it carries a second picture",
        "it carries chapters",
        "2 pictures lie in it that players do not show",
    ]


def test_boxes_that_a_demuxer_passes_over_are_listed(tmp_path: Path) -> None:
    tags = box("udta", box("meta", bytes(4) + box("ilst", bytes(200))))
    (tmp_path / "a.mp4").write_bytes(box("ftyp") + box("moov", box("edts") + tags) + box("uuid", b"31.2304,121.4737"))
    nothing = Contents("mov,mp4", 0, 1, (), None, Fraction(1), (), (), (), "")
    assert list(leaks(nothing, nothing, tmp_path / "a.mp4")) == [
        "it carries a box 'ilst' that holds 200 bytes",
        "it carries a box 'uuid'",
    ]


def test_pictures_that_an_edit_list_hides_are_told(tmp_path: Path) -> None:
    one = verdict(media.pre_rolled(tmp_path / "a.mp4"), tmp_path)
    assert any("pictures lie in it that players do not show" in finding.what for finding in one.findings)


# --- a file of a case -----------------------------------------------------------------------------------------------


@pytest.fixture
def case(tmp_path: Path) -> tuple[Path, Path]:
    """A case with a patient's name, in a channel where a person approves."""
    folder = built.make_case(tmp_path, more=PEOPLE)
    return folder, built.make_channel(tmp_path, "approval: required\nplatforms: [douyin]\n")


def test_a_name_of_the_case_in_the_picture_is_found_and_never_told(
    ours: Path, case: tuple[Path, Path], tmp_path: Path
) -> None:
    text = f"drawtext=fontfile={FONT}:text={NAME}:fontsize=60:fontcolor=white:box=1:boxcolor=black:x=60:y=60"
    path = edited(ours, tmp_path / "a.mp4", filters=f"scale=540:-2,{text}")
    words = ("--case", case[0], "--channel", case[1], "--work", tmp_path / "work", "--json")
    code, said, shown = run("verify", path, *words)
    assert (code, said["clip"]["state"]) == (4, "blocked")
    assert {one["check"] for one in said["findings"]} == {"writing"}
    (what,) = {one["what"] for one in said["findings"]}
    assert what.startswith("name can be read in the picture at [")
    # Three letters of 60 pixels at (60, 60) of 540x960.
    place = [float(share) for share in what.split("[")[1].rstrip("]").split(", ")]
    assert place == pytest.approx([60 / 540, 60 / 960, 240 / 540, 120 / 960], abs=0.03)
    assert NAME not in shown


def test_a_file_that_came_back_is_approved_and_delivered_and_one_byte_more_is_not(
    ours: Path, case: tuple[Path, Path], tmp_path: Path
) -> None:
    path = edited(ours, tmp_path / "a.mp4")
    work, outbox = ("--work", tmp_path / "work"), ("--outbox", tmp_path / "outbox")
    publish = ("publish", case[0], "--file", path, "--channel", case[1], *work, *outbox, "--json")

    code, said, _ = run("approve", case[0], "--file", path, "--as", "李医生", "--channel", case[1], *work)
    assert (code, said) == (1, None)  # nobody verified it yet

    code, said, _ = run("verify", path, "--case", case[0], "--channel", case[1], *work, "--json")
    assert (code, said["passed"], said["clip"]["state"]) == (0, True, "waiting")
    assert f"approve {case[0]} --channel {case[1]} --work {tmp_path / 'work'} --file FILE" in said["clip"]["next"]
    code, said, _ = run(*publish)
    assert (code, said["deliveries"]) == (0, [])

    assert run("approve", case[0], "--file", path, "--as", "李医生", "--channel", case[1], *work)[0] == 0
    before = path.read_bytes()
    path.write_bytes(before[:-1] + bytes([before[-1] ^ 1]))
    code, said, _ = run(*publish)
    assert (said["deliveries"], said["clips"][0]["state"] == "ready") == ([], False)

    path.write_bytes(before)
    code, said, _ = run(*publish)
    assert (code, [one["new"] for one in said["deliveries"]]) == (0, [True])
    there = Path(said["deliveries"][0]["path"])
    assert (there / "video.mp4").read_bytes() == before
    assert path.stat().st_mode & 0o200  # the file itself stays the editor's own


def test_a_file_of_people_who_did_not_agree_is_blocked_and_not_even_taken_in(ours: Path, tmp_path: Path) -> None:
    folder = built.make_case(tmp_path, more=PEOPLE.replace("synthetic: true\n", ""))
    channel = built.make_channel(tmp_path, "approval: required\n")
    words = ("--case", folder, "--channel", channel, "--work", tmp_path / "work", "--json")
    code, said, _ = run("verify", ours, *words)
    assert (code, said["passed"], said["clip"]["state"]) == (1, False, "blocked")
    assert "p1: no consent is recorded" in said["clip"]["reason"]
    assert list((tmp_path / "work" / "store").iterdir()) == []


def test_a_platform_that_cannot_take_it_as_it_is_says_why(ours: Path, tmp_path: Path) -> None:
    folder = built.make_case(tmp_path, more=PEOPLE)
    channel = built.make_channel(tmp_path, "platforms: [bilibili]\n")
    path = edited(ours, tmp_path / "a.mp4", "-an")
    words = ("--case", folder, "--channel", channel, "--work", tmp_path / "work", "--json")
    code, said, _ = run("verify", path, *words)
    assert (code, said["clip"]["state"]) == (0, "waiting")
    (pack,) = said["clip"]["packs"]
    assert any("is set to 16:9" in problem for problem in pack["problems"])
    assert any("no sound" in problem for problem in pack["problems"])


def test_which_clip_it_is_must_be_clear(ours: Path, case: tuple[Path, Path], tmp_path: Path) -> None:
    words = ("--channel", case[1], "--work", tmp_path / "work")
    code, _, said = run("verify", ours, "--case", case[0], "--clip", "7", *words)
    assert (code, "has no clip 7" in said) == (2, True)
    code, _, said = run("publish", "--file", ours, *words)
    assert (code, "name one case" in said) == (2, True)


def test_a_name_of_the_case_that_is_heard_is_found_with_its_time(toy: Toy, tmp_path: Path) -> None:
    """The toy Whisper really hears it; the name is a word of its first sentence."""
    name, start_s, _ = next(word for word in Toy.truth("zh") if len(word[0]) >= 2)
    more = f"synthetic: true\npeople: [{{id: p1, role: patient, names: [{name}], confirmed: [{name}]}}]\n"
    folder = built.make_case(tmp_path, more=more)
    channel = built.make_channel(tmp_path, "transcribe: {engine: faster_whisper, model: toy.pt}\n")
    path = media.film(tmp_path / "silent.mp4", width_px=64, height_px=64, sound=None, frames=100)
    spoken = tmp_path / "spoken.mp4"
    media.ffmpeg("-i", path, "-i", Toy.recording("zh"), "-c:v", "copy", "-c:a", "aac", "-shortest", spoken)
    words = ("--case", folder, "--channel", channel, "--work", tmp_path / "work", "--json")
    done = built.clinicreel("verify", spoken, *words, CLINICREEL_MODELS=str(toy.folder))
    heard = [one for one in built.answer(done)["findings"] if one["check"] == "sound"]
    assert done.returncode == 4
    assert heard[0]["what"] == "name is heard"
    assert heard[0]["time_s"] == pytest.approx(start_s, abs=0.5)
