"""Verification is tested as an adversary would test it: a clean file is spoiled in one way, and that must be found."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import pytest

from pipeline import config
from pipeline.checks import container
from pipeline.checks.proof import Told, prove
from pipeline.packing import fonts, formats
from pipeline.settings.corrections import Picture
from pipeline.settings.proving import Proving
from pipeline.stages.card import card
from pipeline.stages.correct import correct
from pipeline.stages.detect import detect
from pipeline.stages.export import export
from pipeline.stages.probe import probe
from pipeline.stages.redact import redact
from pipeline.stages.track import track
from pipeline.stages.verify import verify
from pipeline.store import file_of
from pipeline.values import (
    Card,
    Clip,
    Cue,
    CueSheet,
    Export,
    Finding,
    Named,
    Plan,
    Register,
    Source,
    Span,
    Stretch,
    Track,
    Verdict,
)
from tests import built, media

SHAPES = tuple(formats.SHAPES)
WIDE = "16:9"
FAST = config.Export(preset="ultrafast", crf=26)
CUES = (Cue(0.1, 0.9, ("医生，我的检查结果", "要紧吗？")),)
STEP_PX = 14
"""How far the made-up head moves from frame to frame."""
FRAMES = 30


@dataclass(frozen=True)
class Footage:
    """1.2 s of the sample, what is to be hidden in it, and one more head that moves across the picture."""

    source: Source
    clip: Clip
    plan: Plan


def told(
    exports: tuple[Export, ...],
    plan: Plan,
    sheets: tuple[CueSheet, ...],
    redacting: config.Redact,
    encoding: config.Export,
    register: Register = built.NOBODY,
    sound: tuple[Stretch, ...] = (),
) -> Told:
    """What verification is told of some files; the plan was made by CenterFace."""
    settings = config.Verify(read_every_s=15.0 if register is built.NOBODY else 0.5)
    made = Proving(planned_by=("face_centerface",), redact=redacting, export=encoding, verify=settings)
    return Told(exports, plan, sound, sheets, register, made)


@dataclass(frozen=True)
class Clean:
    """Files that were made as they should be, and all that verification is told of them."""

    exports: tuple[Export, ...]
    plan: Plan
    redact: config.Redact
    encoding: config.Export

    def one(self, name: str = WIDE) -> Export:
        return next(export for export in self.exports if export.format == name)

    def verdict(self, *exports: Export, plan: Plan | None = None, encoding: config.Export | None = None) -> Verdict:
        """What verification says of these files, or of all."""
        chosen = exports or self.exports
        sheets = tuple(CueSheet(one.format, CUES) for one in chosen)
        coded = encoding or self.encoding
        return prove(told(chosen, plan or self.plan, sheets, self.redact, coded))


@pytest.fixture(scope="module")
def footage() -> Footage:
    source = probe(built.SAMPLE)
    clip = Clip(1, (Span(1.0, 2.2),))
    tracked = track(detect(source, clip, config.Channel().detect), (), built.NOBODY, config.Text(), config.Track())
    seen = correct(tracked, clip, Picture(), ())
    assert seen.frame_count == FRAMES
    boxes = [(x, 90, x + 200, 350) for x in (60 + STEP_PX * frame for frame in range(FRAMES))]
    scale = seen.width_px / 1280
    flat = tuple(round(side * scale) for box in boxes for side in box)
    passing = Track(1 + max(one.number for one in seen.tracks), "face", "passes by", "ellipse", 0, flat, (0,))
    return Footage(source, clip, replace(seen, tracks=(*seen.tracks, passing)))


def made(
    footage: Footage,
    folder: Path,
    redacting: config.Redact,
    encoding: config.Export,
    cards_s: float,
    plan: Plan,
    shapes: tuple[str, ...] = SHAPES,
) -> Clean:
    """Redacts and exports the footage, painting by this plan, to be verified by the right one."""
    for name in ("master", "cards", "out"):
        (folder / name).mkdir()
    master = redact(
        footage.source,
        footage.clip,
        plan,
        built.UNSAID,
        built.NOBODY,
        "",
        redacting,
        config.Sound(),
        out=folder / "master",
    )
    cards: tuple[Card, ...] = ()
    if cards_s:
        for kind in ("opening", "closing"):
            place = folder / "cards" / kind
            place.mkdir()
            cards += card(kind, "肺结节", shapes, master.fps, config.Brand(), cards_s, out=place)
    sheets = tuple(CueSheet(name, CUES) for name in shapes)
    out = export(master, sheets, cards, shapes, config.Subtitle(), encoding, out=folder / "out")
    return Clean(out, footage.plan, redacting, encoding)


@pytest.fixture(scope="module")
def clean(footage: Footage, tmp_path_factory: pytest.TempPathFactory) -> Clean:
    """Blurred, cropped, in every format, with subtitles and cards of 10 frames."""
    return made(footage, tmp_path_factory.mktemp("clean"), config.Redact(), FAST, 0.4, footage.plan)


# --- what is as it should be passes ---------------------------------------------------------------------------------


def test_clean_files_pass_in_every_format(clean: Clean) -> None:
    verdict = clean.verdict()
    assert verdict.findings == ()
    assert verdict.passed
    assert verdict.sha256s == tuple(one.file.sha256 for one in clean.exports)
    assert {(one.check, one.format) for one in verdict.measures} >= {
        (check, name) for check in ("frames", "regions", "faces", "loudness") for name in SHAPES
    }
    # From the clip's first picture to its last, and none of a card.
    assert [one.value for one in verdict.measures if one.name == "pictures_searched"] == [FRAMES] * len(SHAPES)
    # A clip of a second, much shorter than `read_every_s`, is read all the same.
    for check in ("writing", "codes"):
        read = [one.value for one in verdict.measures if (one.check, one.name) == (check, "pictures_read")]
        assert read == [1.0] * len(SHAPES)


@pytest.mark.parametrize(("style", "shapes"), [("mosaic", SHAPES[::2]), ("solid", SHAPES[1::2])])
def test_clean_files_pass_in_every_style_and_framing(
    footage: Footage, tmp_path: Path, style: str, shapes: tuple[str, ...]
) -> None:
    """Heads are hidden before there is any format, so that each format is fitted once."""
    redacting = config.Redact.model_validate({"face": style})
    encoding = FAST.model_copy(update={"framing": "fit"})
    assert made(footage, tmp_path, redacting, encoding, 0.0, footage.plan, shapes).verdict().findings == ()


def test_no_file_at_all_does_not_pass(clean: Clean) -> None:
    assert not prove(told((), clean.plan, (), clean.redact, clean.encoding)).passed


# --- files that are spoiled after they were made --------------------------------------------------------------------

PLAIN = ("-map_metadata", "-1", "-fflags", "+bitexact", "-use_editlist", "0", "-avoid_negative_ts", "disabled")
FRONT = ("-movflags", "+faststart+negative_cts_offsets")
NAMED = ("-metadata:s:v:0", "encoder=AVC Coding")
AGAIN = ("-c:v", "libx264", "-preset", "ultrafast", "-crf", "20", "-profile:v", "high", "-x264-params", "8x8dct=1")
QUIET = ("-bsf:v", "filter_units=remove_types=6")


def remuxed(one: Export, out: Path, *options: str | Path, inputs: tuple[str | Path, ...] = ()) -> Export:
    """The file written anew with these options and otherwise as the exporter writes it."""
    media.ffmpeg("-i", one.file.path, *inputs, "-c", "copy", *PLAIN, *FRONT, *NAMED, *options, out)
    return replace(one, file=file_of(out))


def patched(one: Export, out: Path, change: Callable[[bytes], bytes]) -> Export:
    """The file with its bytes changed, and the SHA-256 of what it is now."""
    out.write_bytes(change(one.file.path.read_bytes()))
    return replace(one, file=file_of(out))


def found(clean: Clean, spoiled: Export, check: str, words: str) -> Finding:
    """The finding of this check that says so."""
    verdict = clean.verdict(spoiled)
    assert not verdict.passed
    fitting = [one for one in verdict.findings if one.check == check and words in one.what]
    assert fitting, verdict.findings
    return fitting[0]


def test_a_file_that_is_only_written_anew_passes(clean: Clean, tmp_path: Path) -> None:
    """Otherwise the tests below would prove nothing: what they find must be what they did."""
    assert clean.verdict(remuxed(clean.one(), tmp_path / "a.mp4")).findings == ()
    again = remuxed(clean.one(), tmp_path / "b.mp4", *AGAIN, *QUIET, "-flags:v", "+bitexact")
    assert clean.verdict(again).findings == ()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("-metadata", "title=张三 2026-11-22"), "a tag 'title'"),
        (("-metadata", "location=+31.2304+121.4737/"), "a tag 'location'"),
        (("-metadata", "creation_time=2026-11-22T09:30:00Z"), "a tag 'creation_time'"),
        (("-metadata:s:a:0", "handler_name=门诊三"), "the audio stream carries a tag 'handler_name'"),
        (("-timecode", "09:30:00:00"), "expected one video and one audio stream"),
        (("-map", "0:v", "-map", "0:a", "-map", "0:a"), "expected one video and one audio stream"),
        (("-bsf:v", "h264_metadata=sei_user_data=086f3693-b7b3-4f2c-9653-21492feee5b8+GA94"), "closed captions"),
        (("-movflags", "-faststart"), "the index (moov) is not at the front"),
        (("-frames:v", "49"), "49 pictures are stored"),
        (("-t", "1.0"), "pictures are stored"),
        (("-c:a", "aac", "-ac", "1"), "channels is 1"),
        (("-c:a", "aac", "-ar", "44100"), "sample rate is 44100"),
        (("-c:a", "mp3"), "sound codec is mp3"),
        (("-an",), "expected one video and one audio stream, found video"),
        ((*AGAIN, "-vf", "setsar=4/3"), "pixel shape is 4/3"),
        (("-bsf:v", "h264_metadata=sample_aspect_ratio=4/3"), "pixel shape of the pictures is 4/3"),
        ((*AGAIN, "-vf", "scale=1280:720"), "width is 1280"),
        ((*AGAIN, "-profile:v", "high444", "-pix_fmt", "yuv444p"), "pixel format is yuv444p"),
        ((*AGAIN, "-profile:v", "main", "-x264-params", "8x8dct=0"), "profile is Constrained Baseline"),
        ((*AGAIN, "-r", "30"), "frame rate is 30"),
    ],
)
def test_a_spoiled_container_is_found(clean: Clean, tmp_path: Path, options: tuple[str, ...], words: str) -> None:
    spoiled = remuxed(clean.one(), tmp_path / "a.mp4", *options)
    told = [one.what for one in container.check(spoiled, clean.plan, clean.encoding)]
    assert [what for what in told if words in what], told


def test_chapters_are_found(clean: Clean, tmp_path: Path) -> None:
    chapters = tmp_path / "chapters.txt"
    chapters.write_text(";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=900\ntitle=Mrs Zhang\n", "utf-8")
    spoiled = remuxed(clean.one(), tmp_path / "a.mp4", "-map_chapters", "1", inputs=("-i", chapters))
    assert found(clean, spoiled, "container", "carries chapters").exposes


def test_a_subtitle_stream_is_found(clean: Clean, tmp_path: Path) -> None:
    lines = tmp_path / "a.srt"
    lines.write_text("1\n00:00:00,000 --> 00:00:01,000\nMrs Zhang\n")
    options = ("-map", "0", "-map", "1", "-c:s", "mov_text")
    found(clean, remuxed(clean.one(), tmp_path / "a.mp4", *options, inputs=("-i", lines)), "container", "subtitle")


def test_pictures_hidden_behind_an_edit_list_are_found(clean: Clean, tmp_path: Path) -> None:
    out = tmp_path / "a.mp4"
    media.ffmpeg("-ss", "0.6", "-i", clean.one().file.path, "-c", "copy", "-movflags", "+faststart", out)
    spoiled = replace(clean.one(), file=file_of(out))
    assert found(clean, spoiled, "container", "a box 'edts'").exposes
    assert found(clean, spoiled, "container", "pictures are stored").exposes


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (struct.pack(">I4s", 24, b"uuid") + b"31.2304,121.4737", "a box 'uuid'"),
        (struct.pack(">I4s", 18, b"mdat") + b"Mrs. Zhang", "bytes of media are stored"),
        (struct.pack(">I4s", 18, b"free") + b"Mrs. Zhang", "a box 'free'"),
        (b"Mrs. Zhang", "cut off"),
    ],
)
def test_bytes_that_no_player_shows_are_found(clean: Clean, tmp_path: Path, more: bytes, words: str) -> None:
    spoiled = patched(clean.one(), tmp_path / "a.mp4", lambda data: data + more)
    assert found(clean, spoiled, "container", words).exposes


@pytest.mark.parametrize("share", [0.0, 0.005, 0.5, 0.98])
def test_a_truncated_file_is_a_finding_and_no_crash(clean: Clean, tmp_path: Path, share: float) -> None:
    spoiled = patched(clean.one(), tmp_path / "a.mp4", lambda data: data[: int(len(data) * share)])
    verdict = clean.verdict(spoiled)
    assert any(one.exposes for one in verdict.findings)


def test_a_picture_that_cannot_be_decoded_is_a_finding(clean: Clean, tmp_path: Path) -> None:
    def broken(data: bytes) -> bytes:
        middle = data.index(b"mdat") + (len(data) - data.index(b"mdat")) // 3
        return data[:middle] + bytes(4000) + data[middle + 4000 :]

    verdict = clean.verdict(patched(clean.one(), tmp_path / "a.mp4", broken))
    assert [one for one in verdict.findings if one.check == "frames"]


def test_one_changed_byte_is_found(clean: Clean, tmp_path: Path) -> None:
    changed = patched(clean.one(), tmp_path / "a.mp4", lambda data: data[:-1] + bytes([data[-1] ^ 1]))
    spoiled = replace(clean.one(), file=replace(changed.file, sha256=clean.one().file.sha256))
    assert found(clean, spoiled, "container", "SHA-256 differs").exposes


def test_a_picture_that_is_shown_late_is_found_at_its_time(clean: Clean, tmp_path: Path) -> None:
    late = "setts=pts=if(eq(N\\,20)\\,PTS+200\\,PTS):dts=DTS"
    finding = found(clean, remuxed(clean.one(), tmp_path / "a.mp4", "-bsf:v", late), "frames", "is shown at")
    assert finding.time_s is not None


@pytest.mark.parametrize(("sound", "words"), [("volume=0", "nothing is heard"), ("volume=9dB", "true peak")])
def test_a_wrong_loudness_is_found(clean: Clean, tmp_path: Path, sound: str, words: str) -> None:
    out = tmp_path / "a.mp4"
    media.ffmpeg("-i", clean.one().file.path, "-c:v", "copy", "-af", sound, "-c:a", "aac", out)
    found(clean, replace(clean.one(), file=file_of(out)), "loudness", words)


def test_sound_where_there_was_none_is_found(clean: Clean) -> None:
    assert found(clean, replace(clean.one(), has_sound=False), "loudness", "should be silence").exposes


def test_a_clip_that_became_black_is_found(clean: Clean, tmp_path: Path) -> None:
    black = remuxed(clean.one(), tmp_path / "a.mp4", *AGAIN, *QUIET, "-vf", "drawbox=t=fill:color=black")
    found(clean, black, "frames", "no picture of the clip shows anything")


# --- files that show something --------------------------------------------------------------------------------------


def spoiled_picture(clean: Clean, out: Path, graph: str, name: str = WIDE) -> Export:
    """The file with its pictures changed; [1:v] is the raw recording from the clip's first frame on."""
    raw = ("-ss", "1", "-t", "1.2", "-i", built.SAMPLE)
    options = ("-filter_complex", graph, "-map", "[v]", "-map", "0:a", *AGAIN, *QUIET, "-flags:v", "+bitexact")
    return remuxed(clean.one(name), out, *options, inputs=raw)


def at_frame(finding: Finding, clean: Clean, frame: int) -> bool:
    """Whether it happened on this frame of the clip."""
    assert finding.time_s is not None
    return round(finding.time_s * clean.one().fps) == clean.one().opening_frames + frame


def test_one_frame_that_is_not_painted_is_found(clean: Clean, tmp_path: Path) -> None:
    first = clean.one().opening_frames
    graph = (
        f"[1:v]scale=1920:1080,fps=25,setpts=PTS+{first}/25/TB[raw];[0:v][raw]overlay=enable='eq(n,{first + 12})'[v]"
    )
    finding = found(clean, spoiled_picture(clean, tmp_path / "a.mp4", graph), "regions", "holds detail")
    assert finding.exposes
    assert at_frame(finding, clean, 12)


def test_a_raw_piece_of_a_head_is_found(clean: Clean, tmp_path: Path) -> None:
    """A quarter of a head's box, on two frames."""
    first = clean.one().opening_frames
    head = next(one for one in clean.plan.tracks if one.kind == "face" and len(one.seen) > 3).box(8)
    assert head is not None
    x, y = ((head[0] + head[2]) // 2, (head[1] + head[3]) // 2)
    wide, high = ((head[2] - head[0]) // 4, (head[3] - head[1]) // 4)
    scale = Fraction(1920, clean.plan.width_px)
    place = f"{float((x - wide // 2) * scale)}:{float((y - high // 2) * scale)}"
    piece = f"crop={wide}:{high}:{x - wide // 2}:{y - high // 2},scale=iw*{float(scale)}:-2"
    graph = f"[1:v]{piece},fps=25,setpts=PTS+{first}/25/TB[raw];"
    graph += f"[0:v][raw]overlay={place}:enable='between(n,{first + 8},{first + 9})'[v]"
    assert at_frame(found(clean, spoiled_picture(clean, tmp_path / "a.mp4", graph), "regions", "detail"), clean, 8)


@pytest.mark.parametrize("name", SHAPES)
def test_a_picture_that_lies_40_pixels_beside_its_place_is_found(clean: Clean, tmp_path: Path, name: str) -> None:
    graph = "[0:v]crop=iw-40:ih:40:0,pad=iw+40:ih[v]"
    found(clean, spoiled_picture(clean, tmp_path / "a.mp4", graph, name), "regions", "holds detail")


def test_a_picture_that_is_scaled_wrongly_is_found(clean: Clean, tmp_path: Path) -> None:
    graph = "[0:v]crop=iw*0.9:ih*0.9,scale=1920:1080,setsar=1[v]"
    found(clean, spoiled_picture(clean, tmp_path / "a.mp4", graph), "regions", "holds detail")


def test_a_wrong_claim_of_where_the_picture_lies_is_found(clean: Clean) -> None:
    one = clean.one("9:16")
    wrong = replace(one, view=replace(one.view, crop=(0, *one.view.crop[1:])))
    found(clean, wrong, "container", "the place of the picture")


def shifted(plan: Plan, frames: int) -> Plan:
    """A plan whose tracks all come so many frames late."""
    return replace(plan, tracks=tuple(replace(one, first_frame=one.first_frame + frames) for one in plan.tracks))


@pytest.mark.parametrize("frames", [-3, 3])
def test_a_plan_that_comes_late_or_early_is_found(clean: Clean, frames: int) -> None:
    verdict = clean.verdict(clean.one(), plan=shifted(clean.plan, frames))
    moving = clean.plan.tracks[-1].number
    assert [one for one in verdict.findings if one.check == "regions" and f"region {moving} " in one.what]


def test_a_clip_that_lost_a_frame_somewhere_is_found(clean: Clean) -> None:
    one = clean.one()
    short = replace(one, clip_frames=one.clip_frames - 1)
    assert found(clean, short, "frames", f"frames of the clip: {FRAMES - 1}, not {FRAMES}").exposes


def test_a_face_outside_the_plan_is_found_at_its_time(footage: Footage, clean: Clean, tmp_path: Path) -> None:
    """The plan forgot it, so it was not painted either: only the detector can tell."""
    forgetful = replace(footage.plan, tracks=footage.plan.tracks[-1:])
    naked = replace(made(footage, tmp_path, clean.redact, FAST, 0.4, forgetful, (WIDE,)), plan=forgetful)
    finding = found(naked, naked.one(), "faces", "a face is visible")
    assert finding.exposes
    assert finding.time_s == pytest.approx(0.4)


def test_a_naked_face_inside_a_region_is_found_by_the_detector_too(
    footage: Footage, clean: Clean, tmp_path: Path
) -> None:
    """Two checks that know nothing of each other: where one cannot measure, the other still looks."""
    bare = replace(footage.plan, tracks=())
    naked = made(footage, tmp_path, clean.redact, FAST, 0.0, bare, (WIDE,))
    assert {one.check for one in naked.verdict().findings} == {"faces", "regions"}


# --- what can be read and heard -------------------------------------------------------------------------------------

ZHANG = Register("zh", (Named("p1", "patient", ("张伟民",)),))


def test_a_name_in_the_picture_is_found_and_not_repeated_even_beside_a_head_that_is_shown(
    clean: Clean, tmp_path: Path
) -> None:
    font = next(fonts.FOLDER.glob("*.?t?"))
    draw = (
        f"drawtext=fontfile={font}:text=张伟民 13812345678:x=900:y=120:fontsize=64:fontcolor=white:box=1:boxcolor=black"
    )
    written = remuxed(clean.one(), tmp_path / "a.mp4", *AGAIN, *QUIET, "-flags:v", "+bitexact", "-vf", draw)
    sheets = (CueSheet(WIDE, CUES),)
    width, height, frames = clean.plan.width_px, clean.plan.height_px, clean.plan.frame_count
    shown = Track(99, "face", "doctor stays visible", "ellipse", 0, (0, 0, width, height) * frames, (0,))
    beside = replace(clean.plan, kept=(shown,))
    verdict = prove(told((written,), beside, sheets, clean.redact, clean.encoding, ZHANG))
    findings = [one for one in verdict.findings if one.check == "writing"]
    assert findings
    assert all(one.exposes and "张" not in one.what for one in findings)
    place = [float(share) for share in findings[0].what.split("[")[1].rstrip("]").split(", ")]
    assert place[:2] == pytest.approx([900 / 1920, 120 / 1080], abs=0.02), "what `zones` takes"
    assert not verdict.left, "writing is never hidden just where it was read"
    plain = prove(told((clean.one(),), clean.plan, sheets, clean.redact, clean.encoding, ZHANG))
    assert not [one for one in plain.findings if one.check == "writing"]


def test_a_name_in_a_subtitle_is_found(clean: Clean) -> None:
    sheets = (CueSheet(WIDE, (Cue(0.1, 0.9, ("张伟民，请坐",)),)),)
    verdict = prove(told((clean.one(),), clean.plan, sheets, clean.redact, clean.encoding, ZHANG))
    assert [one.what for one in verdict.findings if one.check == "subtitles"] == [
        "a subtitle tells a name (characters 1 to 3)"
    ]


def heard(clean: Clean, out: Path, hz: int, how: str) -> Verdict:
    """The file with a tone all through its sound, where a piece of the talk was to be hidden like this."""
    wave = f"aeval=0.1*sin(2*PI*{hz}*t)|0.1*sin(2*PI*{hz}*t),aformat=channel_layouts=stereo"
    loud = remuxed(clean.one(), out, "-c:a", "aac", "-af", wave if hz else "volume=0")
    sheets, sound = (CueSheet(WIDE, CUES),), (Stretch(0.2, 0.9, how, "name"),)
    return prove(told((loud,), clean.plan, sheets, clean.redact, clean.encoding, sound=sound))


@pytest.mark.parametrize(
    ("hz", "how", "is_found"), [(300, "mute", True), (300, "beep", True), (0, "mute", False), (1000, "beep", False)]
)
def test_talk_that_should_be_hidden_and_is_heard_is_found(
    clean: Clean, tmp_path: Path, hz: int, how: str, is_found: bool
) -> None:
    verdict = heard(clean, tmp_path / "a.mp4", hz, how)
    assert bool([one for one in verdict.findings if one.check == "sound" and one.exposes]) is is_found
    (hidden_s,) = (one.value for one in verdict.measures if (one.check, one.name) == ("sound", "hidden_s"))
    assert hidden_s > (0 if is_found else 0.5)
    assert [one for one in verdict.not_checked if one.startswith("sound: the talk is not transcribed again")]


def test_the_verdict_names_who_verified_with_what_and_what_was_not_checked(clean: Clean, tmp_path: Path) -> None:
    """Through the stage itself: another process, which tells the same."""
    sheets = (CueSheet(WIDE, CUES),)
    made = Proving(planned_by=("face_centerface",), redact=clean.redact, export=clean.encoding)
    verdict = verify((clean.one(),), clean.plan, (), sheets, built.NOBODY, None, made, out=tmp_path)
    assert verdict.passed
    assert verdict.verified_by.split("+")[0] in ("face_dlib", "face_yunet")
    assert {"plan", "ffmpeg", "av", "onnxruntime"} <= {one.name for one in verdict.used}
    assert not [one for one in verdict.not_checked if one.startswith("sound")]
    (file,) = verdict.files
    read = json.loads(file.path.read_text("utf-8"))
    assert (read["format"], read["sha256"], read["passed"]) == (WIDE, clean.one().file.sha256, True)
    same = prove(told((clean.one(),), clean.plan, sheets, clean.redact, clean.encoding))
    assert same == replace(verdict, files=())


# --- what is found is hidden in another round -----------------------------------------------------------------------

BLIND = "detect: {face_centerface: {threshold: 0.99}, text_rapidocr: null, code_zxing: null}\n"
"""A channel whose detector sees nothing."""


def test_a_face_that_detection_missed_is_hidden_in_another_round(tmp_path: Path) -> None:
    case = built.make_case(tmp_path, more='clips: [{from: "0:01", to: "0:01.5"}]\n')
    (clip,) = built.build(tmp_path, case, channel=built.make_channel(tmp_path, BLIND + "platforms: [bilibili]\n")).clips
    assert clip.verdict
    assert not clip.verdict.left
    assert "faces" not in {finding.check for finding in clip.verdict.findings}
    assert clip.hidden["face"] >= 1
    once = built.make_channel(tmp_path, BLIND + "platforms: [bilibili]\n")
    once.write_text(once.read_text("utf-8").replace("verify: {", "verify: {rounds: 0, "), "utf-8")
    (clip,) = built.build(tmp_path, case, channel=once).clips
    assert (clip.state, clip.exit_code) == ("blocked", 4)
    assert clip.verdict
    assert "faces" in {finding.check for finding in clip.verdict.findings}
