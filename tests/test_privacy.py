"""The promises of docs/privacy.md. Each test fails when its promise is broken."""

from __future__ import annotations

import ast
import hashlib
import math
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from datetime import date
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from pydantic import TypeAdapter

from pipeline import config, delivery, geometry, publish, recognisers, results
from pipeline.batch import Batch
from pipeline.checks.proof import Told, prove
from pipeline.detectors import face_centerface
from pipeline.errors import EXIT_EXPOSED, ConfigError, ExposedError, RecordingError
from pipeline.evidence import consent, outcome
from pipeline.ledger import Ledger
from pipeline.looking import ocr
from pipeline.media import graph
from pipeline.recognisers import dlib
from pipeline.redactors import Region, blur, mosaic, solid
from pipeline.settings.case import Case
from pipeline.settings.loading import load_case, load_channel
from pipeline.settings.proving import Proving
from pipeline.stages.probe import probe
from pipeline.step import Step
from pipeline.store import file_of
from pipeline.values import CueSheet, Detection, Export, Plan, Track, Verdict
from tests import built, coded_film, media, portraits, traces, written_film
from tests.conftest import Finished
from tests.toy import Toy

SHORT = 'clips: [{from: "0:01", to: "0:01.6"}]\n'
NAME = "林小雨"


def plan_of(finished: Finished) -> Plan:
    assert finished.clip.plan is not None
    plan: Plan = TypeAdapter(Plan).validate_json(finished.clip.plan.read_bytes())
    return plan


def test_p1_every_planned_region_is_painted_on_every_frame(finished: Finished) -> None:
    """Fine detail, which a blur takes away, is in the recording's regions and not in the master's."""
    plan = plan_of(finished)
    assert {track.kind for track in plan.tracks} == {"face", "zone"}
    assert finished.clip.master is not None
    hidden, raw = (list(gray(path)) for path in (finished.clip.master, built.SAMPLE))
    assert len(hidden) == plan.frame_count
    for track in plan.tracks:
        before = [fine_detail(raw[25 + number], plan, track, number) for number in range(plan.frame_count)]
        after = [fine_detail(hidden[number], plan, track, number) for number in range(plan.frame_count)]
        assert max(filter(None, after), default=0.0) < 2.0, track.number
        if track.kind == "face" and len(track.seen) > 10:
            assert np.median(list(filter(None, before))) > 3.0, track.number


def gray(path: Path) -> Iterator[np.ndarray]:
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            yield frame.to_ndarray(format="gray")


def fine_detail(luma: np.ndarray, plan: Plan, track: Track, number: int) -> float | None:
    """Of the pixels that belong to this region alone; None where there are too few."""
    box = track.box(number)
    if box is None:
        return None
    picture = 0, 0, luma.shape[1], luma.shape[0]
    sigma = min(box[2] - box[0], box[3] - box[1]) / 40
    rim = round(3 * sigma)
    inner = box[0] + rim, box[1] + rim, box[2] - rim, box[3] - rim
    own = geometry.mask(inner, track.shape, picture)
    for other in plan.tracks:
        beside = other.box(number) if other is not track else None
        if beside is not None:
            far = 20 + rim
            own[max(0, beside[1] - far) : beside[3] + far, max(0, beside[0] - far) : beside[2] + far] = False
    shown = luma.astype(np.float32)
    kept = (shown - cv2.GaussianBlur(shown, (0, 0), sigma))[own]
    return float(kept.std()) if kept.size > 400 else None


def test_p1_an_export_in_which_one_frame_is_not_painted_is_found(finished: Finished, tmp_path: Path) -> None:
    """The same check on the same file, with the raw recording's picture put in for one frame."""
    plan, channel = plan_of(finished), load_channel(str(finished.channel))
    export = next(one for one in finished.clip.exports if one.format == "16:9")
    naked = tmp_path / "naked.mp4"
    with_one_raw_frame(export.file.path, naked, export.opening_frames + 30, start_s=1.0 + 30 / 25)
    verdict = _verified(replace(export, file=file_of(naked)), plan, channel)
    found = [one for one in verdict.findings if one.check == "regions"]
    assert found
    assert all(one.exposes for one in found)
    assert found[0].time_s == pytest.approx((export.opening_frames + 30) / 25, abs=0.001)


def with_one_raw_frame(clean: Path, out: Path, at: int, start_s: float) -> None:
    """A lossless copy of the pictures in which one is the recording's own."""
    graph = (
        f"[1:v]trim=start={start_s - 0.02}:end={start_s + 0.02},setpts=PTS-STARTPTS,scale=1920:1080,"
        f"loop=-1:1,fps=25[raw];[0:v][raw]overlay=enable='eq(n,{at})':shortest=1"
    )
    command = [media.sandbox.binary(), "-v", "error", "-i", str(clean), "-i", str(built.SAMPLE)]
    command += ["-filter_complex", graph, "-c:v", "libx264", "-preset", "ultrafast", "-crf", "18", str(out)]
    subprocess.run(command, check=True)


def _verified(export: Export, plan: Plan, channel: config.Channel) -> Verdict:
    sheets = (CueSheet(export.format, ()),)
    return prove(Told((export,), plan, (), sheets, built.NOBODY, Proving.of(channel)))


@pytest.mark.parametrize("part", [blur, mosaic])
def test_p2_a_hidden_head_holds_at_most_six_blocks(part: object) -> None:
    """Two faces that differ only in what six blocks cannot show come out the same."""
    blocks = part.Settings().blocks  # type: ignore[attr-defined]
    assert blocks <= 6
    rough = np.random.default_rng(1).integers(20, 235, (30, 30), np.uint8)
    portrait = cv2.resize(rough, (120, 120), interpolation=cv2.INTER_NEAREST)
    coarse = cv2.resize(portrait, (blocks, blocks), interpolation=cv2.INTER_AREA)
    coarse = cv2.resize(coarse, (120, 120), interpolation=cv2.INTER_NEAREST)
    painted = [_painted(part, luma) for luma in (portrait, coarse)]
    assert np.abs(portrait.astype(int) - coarse).max() > 30
    assert np.abs(painted[0].astype(int) - painted[1]).max() <= 3


def test_p2_a_single_frame_never_shows_its_own_blocks() -> None:
    first = _painted(blur, _checkered())
    assert first.std() < 12


def test_p2_a_solid_region_holds_nothing_of_what_was_there() -> None:
    assert len(np.unique(_painted(solid, _checkered()))) == 1


@pytest.mark.parametrize("blocks", [7, 12, 60])
def test_p2_more_blocks_cannot_be_asked_for(tmp_path: Path, blocks: int) -> None:
    path = built.make_channel(tmp_path, f"redact: {{blocks: {blocks}}}\n")
    with pytest.raises(ConfigError, match=r"redact\.blocks"):
        load_channel(str(path))


def test_p2_hiding_cannot_be_turned_off(tmp_path: Path) -> None:
    path = built.make_channel(tmp_path, "redact: {face: none}\ndetect: {face_centerface: null}\n")
    with pytest.raises(ConfigError, match=r"redact\.face"):
        load_channel(str(path))


@pytest.mark.parametrize(
    ("yaml", "key"),
    [
        ("sound: {guard_ms: 79}", "sound.guard_ms"),
        ("sound: {hide: keep}", "sound.hide"),
        ("text: {hide: none}", "text.hide"),
        ("redact: {zone: none}", "redact.zone"),
        ("track: {grow_width: 1.1}", "track.grow_width"),
        ("track: {grow_up: 0.1}", "track.grow_up"),
        ("track: {grow_down: 0}", "track.grow_down"),
        ("verify: {trials: 0}", "verify.trials"),
        ("approval: off", "approval"),
    ],
)
def test_p2_no_setting_hides_too_little(tmp_path: Path, yaml: str, key: str) -> None:
    path = tmp_path / "clinic.yaml"
    path.write_text(f"{yaml}\n", "utf-8")
    with pytest.raises(ConfigError, match=rf"clinic.yaml:1: {key}: "):
        load_channel(str(path))


def test_p2_what_nobody_sets_hides_enough() -> None:
    channel = config.Channel()
    assert channel.track.hold_s >= 0.5
    assert channel.track.spread_frames >= 2
    assert channel.verify.rounds >= 1
    assert {role for role, how in channel.sound.voices if how == "keep"} == {"doctor"}
    assert (channel.sound.unrecognised, channel.text.hide, channel.approval) == ("mute", "all", "required")


def _checkered() -> np.ndarray:
    squares = np.indices((120, 120)).sum(axis=0) // 20 % 2
    return (squares * 200 + 20).astype(np.uint8)


def _painted(part: object, luma: np.ndarray) -> np.ndarray:
    """A region of exactly the size of the picture, painted once."""
    from pipeline.media import Frame

    data = np.full(120 * 120 * 3 // 2, 128, np.uint8)
    data[: 120 * 120] = luma.reshape(-1)
    frame = Frame.over(data, 0, 120, 120)
    part.build(part.Settings()).paint(frame, Region(1, (0, 0, 120, 120), "box", 7))  # type: ignore[attr-defined]
    return frame.y.copy()


def test_p3_no_tag_and_no_place_survives(finished: Finished) -> None:
    with av.open(str(built.SAMPLE)) as container:
        assert container.metadata["title"]
        assert any("location" in tag for tag in container.metadata)
    files = [export.file.path for export in finished.clip.exports]
    files += [path / file.path.name for pack, path in finished.clip.packs for file in pack.files]
    assert len(files) > 10
    assert finished.clip.master is not None
    for path in (*files, finished.clip.master):
        content = path.read_bytes()
        assert NAME.encode() not in content, path
        assert b"location" not in content.lower(), path
        assert b"Exif" not in content[:2000], path


def test_p4_the_recording_is_never_touched(tmp_path: Path) -> None:
    case = built.make_case(tmp_path, more=SHORT)
    footage = next(case.glob("*.mp4"))
    before = footage.stat(), hashlib.sha256(footage.read_bytes()).digest()
    footage.chmod(0o400)
    case.chmod(0o500)
    try:
        report = built.build(tmp_path, case, channel=built.make_channel(tmp_path / "c"))
    finally:
        case.chmod(0o700)
    assert report.clips[0].state == results.READY
    after = footage.stat(), hashlib.sha256(footage.read_bytes()).digest()
    assert (before[0].st_ino, before[0].st_mtime_ns, before[1]) == (after[0].st_ino, after[0].st_mtime_ns, after[1])


def test_p5_only_a_verified_file_is_delivered(finished: Finished, tmp_path: Path) -> None:
    assert finished.clip.verdict is not None
    unproved = replace(finished.clip, verdict=replace(finished.clip.verdict, sha256s=()))
    with pytest.raises(ExposedError, match="never verified"):
        built.outlet(tmp_path / "outbox", Ledger(tmp_path / "a.sqlite")).deliver(
            unproved, *unproved.packs[0], built.NOBODY
        )
    assert not list((tmp_path / "outbox").rglob("*.mp4"))


def test_p5_a_pack_without_a_verified_video_is_not_delivered(finished: Finished, tmp_path: Path) -> None:
    pack, folder = finished.clip.packs[0]
    rest = replace(pack, files=tuple(file for file in pack.files if file.path.name != delivery.VIDEO))
    with pytest.raises(ExposedError, match="never verified"):
        built.outlet(tmp_path / "outbox", Ledger(tmp_path / "a.sqlite")).deliver(
            finished.clip, rest, folder, built.NOBODY
        )
    assert not (tmp_path / "outbox").exists()


@pytest.mark.parametrize("name", [delivery.VIDEO, "cover.jpg", "subtitles.vtt", "receipt.json"])
def test_p5_a_file_that_changed_by_one_byte_is_not_delivered(finished: Finished, tmp_path: Path, name: str) -> None:
    pack, folder = finished.clip.packs[0]
    copied = tmp_path / "pack"
    shutil.copytree(folder, copied)
    (copied / name).chmod(0o600)
    with (copied / name).open("r+b") as stream:
        stream.seek(-1, os.SEEK_END)
        last = stream.read(1)
        stream.seek(-1, os.SEEK_END)
        stream.write(bytes([last[0] ^ 1]))
    with pytest.raises(ExposedError, match="was changed after it was made"):
        built.outlet(tmp_path / "outbox", Ledger(tmp_path / "a.sqlite")).deliver(
            finished.clip, pack, copied, built.NOBODY
        )
    assert not list((tmp_path / "outbox").rglob("*.mp4"))


def test_p5_a_copy_that_is_not_what_was_copied_is_not_delivered(
    finished: Finished, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a failing disk writes it."""
    copyfile = shutil.copyfile

    def failing(source: Path, target: Path) -> Path:
        copyfile(source, target)
        if target.name == "cover.jpg":
            target.write_bytes(target.read_bytes()[:-1] + b"!")
        return target

    monkeypatch.setattr(shutil, "copyfile", failing)
    ledger = Ledger(tmp_path / "a.sqlite")
    with pytest.raises(ExposedError, match="changed while it was copied"):
        built.outlet(tmp_path / "outbox", ledger).deliver(finished.clip, *finished.clip.packs[0], built.NOBODY)
    assert not [path for path in (tmp_path / "outbox").rglob("*") if path.is_file()]


def test_p5_a_pack_that_is_held_back_is_not_delivered(finished: Finished, tmp_path: Path) -> None:
    pack, folder = finished.clip.packs[0]
    held, ledger = replace(pack, problems=("p1: has not agreed",)), Ledger(tmp_path / "a.sqlite")
    with pytest.raises(ExposedError, match="only a ready clip"):
        built.outlet(tmp_path / "outbox", ledger).deliver(finished.clip, held, folder, built.NOBODY)
    assert not (tmp_path / "outbox").exists()


@pytest.mark.parametrize("state", [results.WAITING, results.BLOCKED, results.FAILED])
def test_p5_only_a_ready_clip_is_delivered(finished: Finished, tmp_path: Path, state: str) -> None:
    clip = replace(finished.clip, state=state)
    with pytest.raises(ExposedError, match="only a ready clip"):
        built.outlet(tmp_path, Ledger(tmp_path / "a.sqlite")).deliver(clip, *clip.packs[0], built.NOBODY)


def test_p6_a_clip_without_a_face_waits(tmp_path: Path) -> None:
    film = media.film(tmp_path / "film.mp4")
    zones = "zones: [{at: [0.4, 0.7, 0.6, 0.9], reason: lamp}]\n"
    case = built.make_case(tmp_path, film, f'clips: [{{from: "0", to: "2"}}]\n{zones}')
    clip = built.build(tmp_path, case, channel=built.make_channel(tmp_path / "c", zones)).clips[0]
    assert (clip.state, clip.exit_code) == (results.WAITING, 0)
    assert clip.hidden["zone"] == 2, "one of the case, one of its channel"
    assert "no face was ever seen" in clip.reason


def test_p7_nothing_opens_a_network_connection(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "bind", refuse)
    case = built.make_case(tmp_path, more=SHORT)
    report = built.build(tmp_path, case, channel=built.make_channel(tmp_path / "c"))
    assert report.clips[0].state == results.READY


NETWORK = {"aiohttp", "asyncio", "ftplib", "http", "httpx", "requests", "smtplib", "socket", "ssl", "urllib", "urllib3"}
ONLINE = {
    "download.py": {"requests", "urllib"},
    "review/serving.py": {"socket"},
    "review/gate.py": {"http"},
}
"""The only modules that may know a network, and what of it: the fetching, and the desk on this machine."""


def test_p7_no_other_module_knows_a_network() -> None:
    """Nor what runs as a process of its own, where nobody would notice a call that fails in silence."""
    for path in sorted(Path(publish.__file__).parent.rglob("*.py")):
        place = path.relative_to(Path(publish.__file__).parent).as_posix()
        nodes = list(ast.walk(ast.parse(path.read_text("utf-8"))))
        used = {one.name for node in nodes if isinstance(node, ast.Import) for one in node.names}
        used |= {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
        assert {name.partition(".")[0] for name in used} & NETWORK <= ONLINE.get(place, set()), place
        binds = [one for one in nodes if isinstance(one, ast.Call) and ast.unparse(one.func).endswith(".bind")]
        assert [ast.literal_eval(one.args[0])[0] for one in binds] == ["127.0.0.1"] * (place == "review/serving.py")


def test_p7_the_libraries_we_use_report_to_nobody(tmp_path: Path) -> None:
    """onnxruntime does so from 1.29 on, in native code: it makes an identity in the home and a session in TMPDIR."""
    use = "import pipeline.cli, onnxruntime; from huggingface_hub import constants; print(constants.HF_HUB_OFFLINE)"
    switches = ("CI", "ORT_", "HF_", "XDG_")
    env = {name: value for name, value in os.environ.items() if not name.startswith(switches)}
    env |= {"HOME": str(tmp_path), "TMPDIR": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", use], env=env, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "True"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "text", ["#EXTM3U\n#EXTINF:1,\nother.ts\n", "ffconcat version 1.0\nfile other.mp4\n", "<?xml version='1.0'?><MPD>"]
)
def test_p7_a_recording_cannot_name_another_file(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.mp4").write_text(text)
    with pytest.raises(RecordingError):
        probe(tmp_path / "a.mp4")


def test_p7_no_demuxer_may_run_that_opens_what_a_file_names() -> None:
    """Of each of these it is known that it cannot: whoever adds one looks first."""
    assert set(graph.FORMATS.split(",")) == {"mov", "matroska", "webm", "mpegts", "avi", "flv", "wav"}


def test_p7_ffmpeg_is_told_to_open_no_address() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        listener.setblocking(False)
        told = [word for key, value in graph.OPEN.items() for word in (f"-{key}", str(value))]
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/a.mp4"
        command = [
            media.sandbox.binary(),
            "-v",
            "error",
            "-rw_timeout",
            "100000",
            *told,
            "-i",
            address,
            "-f",
            "null",
            "-",
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
        assert "not on whitelist" in done.stderr
        with pytest.raises(BlockingIOError):
            listener.accept()


def test_p8_work_is_closed_to_others(finished: Finished) -> None:
    assert (finished.folder / "work").stat().st_mode & 0o077 == 0
    assert finished.clip.master is not None
    assert finished.clip.master.stat().st_mode & 0o077 == 0


def test_p9_the_recordings_name_appears_in_no_output(finished: Finished) -> None:
    for path in (finished.folder / "work").rglob("*"):
        assert NAME not in path.name
        if path.is_file() and path.suffix != ".mp4":
            assert NAME.encode() not in path.read_bytes(), path


def test_p10_a_face_left_in_an_export_blocks_the_clip(finished: Finished) -> None:
    """The plan forgets the faces: what was painted stays painted, so a naked export is made from the recording."""
    export = next(one for one in finished.clip.exports if one.format == "16:9")
    plan, channel = plan_of(finished), load_channel(str(finished.channel))
    naked = finished.folder / "naked.mp4"
    command = [media.sandbox.binary(), "-v", "error", "-y", "-ss", "1", "-t", "2", "-i", str(built.SAMPLE)]
    subprocess.run([*command, "-vf", "scale=1920:1080", "-preset", "ultrafast", "-an", str(naked)], check=True)
    forgotten = replace(plan, tracks=())
    bare = replace(export, file=file_of(naked), opening_frames=0, frame_count=plan.frame_count, has_sound=False)
    verdict = _verified(bare, forgotten, channel)
    found = [one for one in verdict.findings if one.check == "faces"]
    assert not verdict.passed
    assert found
    assert found[0].exposes
    assert found[0].time_s is not None
    ruled = outcome._ruling(verdict, [], [], {})
    assert (ruled.state, ruled.exit_code) == (results.BLOCKED, EXIT_EXPOSED)


SIGNED = b"signed by p1"


@pytest.fixture(scope="module")
def agreed(finished: Finished, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The finished case, built again and approved, with a patient who agreed to what is needed; not to be changed."""
    folder = tmp_path_factory.mktemp("agreed")
    shutil.copytree(finished.folder / "work", folder / "work")
    case = shutil.copytree(finished.case, folder / finished.case.name)
    (case / "p1.pdf").write_bytes(SIGNED)
    given = f"form: p1.pdf, sha256: {hashlib.sha256(SIGNED).hexdigest()}, signed: 2026-11-01, expires: 2027-11-01, "
    given += "scopes: [film, edit, publish_redacted, domestic]"
    people = f"people: [{{id: p1, names: [韩梅梅], consent: {{{given}}}}}]\n"
    words = (case / "case.yaml").read_text("utf-8").replace("synthetic: true\n", people)
    (case / "case.yaml").write_text(words, "utf-8")
    words = finished.channel.read_text("utf-8").replace("approval: none\n", "")
    (folder / "clinic.yaml").write_text(words, "utf-8")
    with on(case, date(2026, 11, 22)) as batch:
        batch.build(built.Quiet())
        batch.approve(case, 1, "Dr Zhou")
        assert [clip.state for clip in batch.build(built.Quiet()).clips] == [results.READY]
    return case


def copied(agreed: Path, folder: Path) -> Path:
    """The case with its work and its channel in a folder of its own, to be changed."""
    shutil.copytree(agreed.parent, folder, dirs_exist_ok=True)
    return folder / agreed.name


def on(case: Path, day: date) -> Batch:
    return replace(built.opened(case.parent, case, channel=case.parent / "clinic.yaml"), today=lambda: day)


def reword(case: Path, before: str, after: str) -> None:
    words = (case / "case.yaml").read_text("utf-8")
    assert before in words
    (case / "case.yaml").write_text(words.replace(before, after), "utf-8")


BROKEN_CONSENT: dict[str, tuple[Callable[[Path], object], date]] = {
    "no scope": (lambda case: reword(case, ", domestic]", "]"), date(2026, 11, 22)),
    "no record": (lambda case: reword(case, ", consent:", "}] # consent:"), date(2026, 11, 22)),
    "nobody": (lambda case: reword(case, "people:", "# people:"), date(2026, 11, 22)),
    "withdrawn": (lambda case: reword(case, "signed:", "withdrawn: 2026-11-22, signed:"), date(2026, 11, 22)),
    "changed form": (lambda case: (case / "p1.pdf").write_bytes(SIGNED + b"!"), date(2026, 11, 22)),
    "form gone": (lambda case: (case / "p1.pdf").unlink(), date(2026, 11, 22)),
    "expired": (lambda case: None, date(2027, 11, 2)),
}


@pytest.mark.parametrize("name", list(BROKEN_CONSENT))
def test_p15_without_a_valid_consent_nothing_leaves(agreed: Path, tmp_path: Path, name: str) -> None:
    """A clip that was ready is blocked from the moment on at which a consent no longer holds."""
    case, (breaks, day) = copied(agreed, tmp_path), BROKEN_CONSENT[name]
    breaks(case)
    with on(case, day) as batch:
        report = publish.publish(batch, built.Quiet())
        told = publish.tell(batch, built.Quiet())
    for clip in (*report.clips, *told.clips):
        assert (clip.state, clip.exit_code) == (results.BLOCKED, 1)
        assert "p1" in clip.reason or name == "nobody"
        assert "韩梅梅" not in str(clip.as_json())
    assert report.deliveries == []
    assert not (tmp_path / "outbox").exists()


def test_p15_a_consent_taken_back_while_the_batch_runs_counts(agreed: Path, tmp_path: Path) -> None:
    """It is looked at again under the lock, when the clip is about to leave."""
    case = copied(agreed, tmp_path)

    class Withdraws(built.Quiet):
        def clip_is(self, clip: results.ClipResult) -> None:
            assert clip.state == results.READY
            reword(case, "signed:", "withdrawn: 2026-11-22, signed:")

    with on(case, date(2026, 11, 22)) as batch:
        report = publish.publish(batch, Withdraws())
    assert [clip.state for clip in report.clips] == [results.BLOCKED]
    assert report.deliveries == []
    assert not (tmp_path / "outbox").exists()


def test_p15_what_holds_leaves(agreed: Path, tmp_path: Path) -> None:
    """The counterpart: with a valid consent the same clip is delivered, on its last day too."""
    case = copied(agreed, tmp_path)
    with on(case, date(2027, 11, 1)) as batch:
        assert len(publish.publish(batch, built.Quiet()).deliveries) == 2


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A case full of names, delivered by the command line: its folder, and everything that was printed."""
    folder = tmp_path_factory.mktemp("told")
    case = traces.make_case(folder)
    where = built.where(folder, built.make_channel(folder / "channel", "platforms: [bilibili]\n"))
    said = [
        built.clinicreel("publish", case, *where, "--json"),
        built.clinicreel("status", case, *where),
        built.clinicreel("build", case, *where, "--explain"),
    ]
    assert [one.returncode for one in said] == [0, 0, 0], said
    assert list((folder / "outbox").rglob("video.mp4"))
    return folder, "".join(one.stdout + one.stderr for one in said)


def test_p11_an_identifying_word_is_in_no_text_that_leaves(told: tuple[Path, str]) -> None:
    folder, printed = told
    assert not [word for word in (*traces.SAID, NAME) if word in printed]
    assert traces.holding(folder / "outbox", (*traces.SAID, NAME)) == []
    (subtitles,) = (folder / "outbox").rglob("subtitles.srt")
    text = subtitles.read_text("utf-8").replace("\n", "")
    assert traces.LEFT in text
    assert "[手机号]" in text


def test_p11_in_quarantine_only_the_transcript_itself_holds_it(told: tuple[Path, str]) -> None:
    """Ledger, history, locks, plans, scripts, cue sheets and packs are searched, and every picture and sound."""
    found = traces.holding(told[0] / "work", (*traces.SAID, NAME))
    assert {path.parent.parent.name for path, _ in found} == {"store"}
    assert all(traces.is_transcript(path) for path, _ in found)
    assert {word for _, word in found} >= {"13800138000"}


@pytest.mark.parametrize(
    "yaml", ["caption: 王小明的片子\n", "tags: [小明]\n", 'clips: [{from: "1", to: "3", title: 王小明的片子}]\n']
)
def test_p11_a_text_that_tells_who_it_is_blocks_before_anything_is_made(tmp_path: Path, yaml: str) -> None:
    case = traces.make_case(tmp_path, yaml=yaml)
    where = built.where(tmp_path, built.make_channel(tmp_path / "channel"))
    done = built.clinicreel("publish", case, *where, "--json")
    (clip,) = built.answer(done)["clips"]
    assert (done.returncode, clip["state"], clip["clip"]) == (4, "blocked", 1)
    assert "case.yaml:" in clip["reason"]
    assert "王*" in clip["next"] or "某某" in clip["next"]
    assert not [word for word in traces.SAID if word in done.stdout + done.stderr]
    assert list((tmp_path / "work" / "store").iterdir()) == []


def test_p11_a_case_that_is_called_after_somebody_is_refused_without_a_trace(tmp_path: Path) -> None:
    case = traces.make_case(tmp_path)
    named = case.rename(tmp_path / "王小明-nodule")
    where = built.where(tmp_path, built.make_channel(tmp_path / "channel"))
    done = built.clinicreel("build", named, *where, "--json")
    (clip,) = built.answer(done)["clips"]
    assert (done.returncode, clip["case"]) == (2, "nodule")
    assert "the name of the case's folder holds a name" in clip["reason"]
    assert "rename the folder: 'nodule'" in clip["next"]
    assert not [word for word in traces.SAID if word in done.stdout + done.stderr]
    assert traces.holding(tmp_path / "work", traces.SAID) == []


def test_p11_a_bug_shows_no_name(tmp_path: Path) -> None:
    """An unreadable folder inside the case is nothing that the code expects."""
    case = traces.make_case(tmp_path)
    (case / "case.yaml").write_text(f"{traces.PEOPLE}transcript: transcript.json\n", "utf-8")
    where = built.where(tmp_path, built.make_channel(tmp_path / "channel"))
    code = "import pipeline.batch as b, sys; from pipeline import cli\n"
    code += "def fall(*_): raise KeyError('王小明')\n"
    code += "b.build = fall; cli.main()"
    command = [sys.executable, "-c", code, "build", str(case), *where]
    done = subprocess.run(command, cwd=built.PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "a bug: KeyError at pipeline/batch.py:" in done.stderr
    assert not [word for word in (*traces.SAID, NAME) if word in done.stdout + done.stderr]
    (kept,) = (tmp_path / "work" / "bugs").iterdir()
    assert "王小明" in kept.read_text("utf-8")
    assert kept.stat().st_mode & 0o077 == 0


class Talkative(Batch):
    """Builds nothing, and says more than it should: of a clip, and when it fails."""

    def clips(self, case: Case, step: Step) -> Iterator[results.ClipResult]:
        said = f"{case.footage.resolve()}: {NAME}说"
        yield results.ClipResult(case.slug, 1, 0.0, 1.0, results.WAITING, said, said)
        raise RecordingError(said, said)


def test_p11_whatever_a_step_says_of_a_case_is_scrubbed(tmp_path: Path) -> None:
    people = f"synthetic: true\npeople: [{{id: p1, names: [{NAME}]}}]\n"
    case = built.make_case(tmp_path, media.film(tmp_path / "film.mp4", frames=5), people)
    with built.opened(tmp_path, case, channel=built.make_channel(tmp_path / "c")) as batch:
        talkative = Talkative(**{one.name: getattr(batch, one.name) for one in fields(batch)})
        clip, failed = talkative.build(built.Quiet()).clips
    for one in (clip, failed):
        assert NAME not in str(one.as_json())
        assert "片子" not in one.reason + one.next_step
        assert "[recording]" in one.reason


def test_p12_nothing_of_tags_thumbnail_chapters_and_days_survives(told: tuple[Path, str]) -> None:
    folder, printed = told
    raw = next(folder.glob("*/*.mov")).read_bytes()
    assert all(any(form in raw for form in traces.forms(tag)) for tag in traces.TAGS)
    words = (*traces.TAGS, *traces.DAYS)
    assert traces.holding(folder / "outbox", words) == []
    assert traces.holding(folder / "work", words) == []
    assert not [word for word in words if word in printed]


def test_p12_a_video_says_nothing_but_what_every_video_says(told: tuple[Path, str]) -> None:
    for path in (*told[0].rglob("outbox/**/*.mp4"), *told[0].rglob("work/**/*.mp4")):
        with av.open(str(path)) as container:
            tags = dict(container.metadata)
            assert len(container.streams) <= 2
            assert not container.chapters()
        assert set(tags) <= {"major_brand", "minor_version", "compatible_brands"}, path


def test_p12_covers_hold_no_exif_and_no_file_has_the_recordings_time(told: tuple[Path, str]) -> None:
    from PIL import Image

    covers = list((told[0] / "outbox").rglob("*.jpg"))
    assert covers
    for path in covers:
        with Image.open(path) as image:
            assert not image.getexif()
            assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    files = [path for part in ("outbox", "work") for path in (told[0] / part).rglob("*")]
    assert min(path.stat().st_mtime for path in files) > traces.FILMED_S + 365 * 24 * 3600


def test_p12_a_run_that_is_killed_leaves_no_name_behind(tmp_path: Path) -> None:
    """Not even in the links of its unfinished work; and the next run sweeps that away."""
    case = traces.make_case(tmp_path)
    where = built.where(tmp_path, built.make_channel(tmp_path / "channel"))
    with subprocess.Popen(built.command("build", case, *where), cwd=built.PROJECT, stderr=subprocess.DEVNULL) as run:
        left: list[Path] = []
        while not left:
            assert run.poll() is None
            time.sleep(0.005)
            run.send_signal(signal.SIGSTOP)
            left = list((tmp_path / "work" / "tmp").glob("*/*/in0"))
            run.send_signal(signal.SIGKILL if left else signal.SIGCONT)
    assert left[0].is_symlink()
    found = traces.holding(tmp_path / "work", (*traces.SAID, NAME, *traces.TAGS))
    assert all(traces.is_transcript(path) for path, _ in found)
    broken = case / "case.yaml"
    broken.write_text(broken.read_text("utf-8") + "no_such_key: 1\n", "utf-8")
    assert built.clinicreel("build", case, *where).returncode == 2
    assert list((tmp_path / "work" / "tmp").iterdir()) == []


SPOKEN = (
    ("你好，", 0.5, 1.087, "doctor"),
    ("王小明。", 1.137, 1.62, "doctor"),
    ("不用", 1.67, 2.08, "doctor"),
    ("担心。", 2.13, 2.761, "doctor"),
    ("三个月", 3.511, 4.28, "p1"),
)
"""True times of the toy's words, of which one is taken for a name."""


def test_p13_what_identifies_someone_is_not_heard(tmp_path: Path) -> None:
    """In the files that leave: the name is gone over its whole true span, the patient has another voice."""
    film = media.film(tmp_path / "silent.mp4", frames=48, fps=Fraction(10), width_px=64, height_px=64, sound=None)
    recording = tmp_path / "spoken.mkv"
    media.ffmpeg("-i", film, "-i", Toy.recording("zh"), "-map", "0:v", "-map", "1:a", "-c", "copy", recording)
    words = [dict(zip(("text", "start_s", "end_s", "speaker"), word, strict=True)) for word in SPOKEN]
    more = 'clips: [{from: "0.2", to: "4.5"}]\nsynthetic: true\npeople: [{id: p1, names: [王小明]}]\n'
    case = built.make_case(tmp_path, recording, more, {"words": words})
    channel = built.make_channel(tmp_path / "c", "platforms: [douyin, bilibili]\n")
    clip = built.build(tmp_path, case, channel=channel).clips[0]
    assert clip.hidden == {"name": 1, "voice": 1}
    assert [one["kind"] for one in clip.as_json()["mentions"]] == ["name"]
    assert clip.master is not None
    raw = heard(recording)[:, round(0.2 * media.RATE_HZ) :]
    for path in (clip.master, *(export.file.path for export in clip.exports)):
        made = heard(path)
        assert of_word(raw, 1).std() > 0.02
        for channel_of_sound in made:
            name = of_word(channel_of_sound[None], 1)
            assert np.abs(name).max() < 1e-3, path
            assert likeness(of_word(raw, 1)[0], name[0]) < 0.1
            for number in (0, 2, 3):
                assert likeness(of_word(raw, number)[0], of_word(channel_of_sound[None], number)[0]) > 0.8
            patient = of_word(channel_of_sound[None], 4)
            assert patient.std() > 0.01
            assert likeness(of_word(raw, 4)[0], patient[0]) < 0.4


def heard(path: Path) -> np.ndarray:
    """The sound of a file, 48 kHz, shape (channels, samples), with every stream's start at its place."""
    resampler = av.AudioResampler(format="fltp", rate=media.RATE_HZ)
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        start = round(float((stream.start_time or 0) * (stream.time_base or 0)) * media.RATE_HZ)
        frames = [out.to_ndarray() for frame in container.decode(stream) for out in resampler.resample(frame)]
    return np.pad(np.concatenate(frames, axis=1), ((0, 0), (start, 0)))


def of_word(sound: np.ndarray, number: int) -> np.ndarray:
    """The true span of a word in a clip that begins at 0.2 s."""
    _, start_s, end_s, _ = SPOKEN[number]
    return sound[:, round((start_s - 0.2) * media.RATE_HZ) : round((end_s - 0.2) * media.RATE_HZ)]


def likeness(one: np.ndarray, other: np.ndarray) -> float:
    """The highest correlation, wherever within 40 ms."""
    one, other = one[::3], other[::3]
    reach = round(0.04 * media.RATE_HZ / 3)
    middle = one[reach:-reach]
    norms = np.sqrt(np.convolve(np.square(other), np.ones(len(middle)), "valid") + 1e-9) * np.linalg.norm(middle)
    return float((np.abs(np.correlate(other, middle, "valid")) / norms).max())


BELIEVED = 0.5
"""RapidOCR's own `text_score`: a reading below it is none."""


def test_p14_writing_in_the_picture_is_covered_on_every_frame(tmp_path: Path) -> None:
    """A card with a name is moved by hand through the picture: nothing of it is left in the file that leaves."""
    ground, card = written_film.room(1280, 720), written_film.sheet(("姓名 王小明 男", "住院号 0123456"), size_px=34)

    def place(number: int) -> tuple[int, int]:
        return 60 + 18 * number, round(300 + 150 * math.sin(number / 6))

    def picture(number: int) -> np.ndarray:
        return written_film.laid(ground, card, *place(number))

    recording = written_film.film(tmp_path / "card.mp4", 36, picture)
    lines = {"lines": [{"start_s": 0.2, "end_s": 1.2, "text": "请看这里。"}]}
    case = built.make_case(tmp_path, recording, 'clips: [{from: "0", to: "1.44"}]\n', lines)
    channel = built.make_channel(tmp_path / "c", "platforms: [bilibili]\ndetect: {}\nsubtitle: {burn_in: false}\n")
    clip = built.build(tmp_path, case, channel=channel).clips[0]
    assert clip.verdict is not None, clip.reason
    assert [one for one in clip.verdict.findings if one.check == "regions"] == []
    assert clip.plan is not None
    assert "王小明" not in clip.plan.read_text("utf-8")
    finder, reader = ocr.Finder(), ocr.Reader()
    with av.open(str(clip.exports[0].file.path)) as container:
        pictures = [frame.to_ndarray(format="bgr24") for frame in container.decode(video=0)]
    assert len(pictures) == 36
    for number, made in enumerate(pictures):
        for x0, y0, x1, y1 in card.at(*place(number)):
            line = made[round(1.5 * y0) : round(1.5 * y1), round(1.5 * x0) : round(1.5 * x1)]
            assert int(line.max()) - int(line.min()) < 40, number
        if number % 17 == 0:
            assert finder.find(picture(number), 1.0)
            read = [reader.read(made, one) for one in finder.find(made, 0.6)]
            assert [text for text, score in read if text and score >= BELIEVED] == [], number


def test_p18_a_code_in_the_picture_can_be_read_on_no_frame(tmp_path: Path) -> None:
    """A wristband is moved by hand through the picture; where nobody hides its barcode, nothing leaves."""
    ground, tag = written_film.room(1280, 720), coded_film.tag("Code128", 2.5)

    def pose(number: int) -> coded_film.Pose:
        return coded_film.Pose(400 + 12 * number, 340 + 120 * math.sin(number / 7), 8 * math.sin(number / 9))

    recording = written_film.film(tmp_path / "band.mp4", 36, coded_film.pictures(lambda _: ground, tag, pose))
    lines = {"lines": [{"start_s": 0.2, "end_s": 1.2, "text": "请看这里。"}]}
    case = built.make_case(tmp_path, recording, 'clips: [{from: "0", to: "1.44"}]\n', lines)

    def clip(name: str, detectors: str) -> results.ClipResult:
        yaml = f"platforms: [bilibili]\ndetect: {{{detectors}}}\nsubtitle: {{burn_in: false}}\n"
        channel = built.make_channel(tmp_path / name, yaml)
        return built.build(tmp_path / name, case, channel=channel).clips[0]

    hidden = clip("hidden", "text_rapidocr: null")
    assert hidden.verdict is not None, hidden.reason
    assert [one for one in hidden.verdict.findings if one.exposes] == []
    assert hidden.plan is not None
    assert coded_film.NUMBER not in hidden.plan.read_text("utf-8")
    with av.open(str(hidden.exports[0].file.path)) as container:
        pictures = [frame.to_ndarray(format="gray") for frame in container.decode(video=0)]
    for number in range(0, 36, 4):
        shown, (x0, y0, x1, y1) = coded_film.laid(ground, tag, pose(number))
        assert coded_film.read(cv2.cvtColor(shown, cv2.COLOR_BGR2GRAY), (x0, y0, x1, y1))
        around = round(1.5 * x0), round(1.5 * y0), round(1.5 * x1), round(1.5 * y1)
        assert coded_film.read(pictures[number], around) == "", number
    bare = clip("bare", "text_rapidocr: null, code_zxing: null")
    assert bare.state == "blocked"
    assert bare.verdict is not None
    assert {one.check for one in bare.verdict.findings} == {"codes"}


def test_p16_nothing_leaves_that_nobody_approved_as_it_is(copy: Finished) -> None:
    """A clip that passed every check is not delivered without a name, and an approval dies with a single letter.

    It stays dead when the letter is taken out again.
    """

    def delivered() -> list[str]:
        done = built.clinicreel("publish", copy.case, *built.where(copy.folder, copy.channel), "--json")
        return [one["platform"] for one in built.answer(done)["deliveries"] if one["new"]]

    assert delivered() == []
    where = "--channel", copy.channel, "--work", copy.folder / "work"
    approve = "approve", copy.case, "--clip", "1", "--as", "Dr Lee", *where
    assert built.clinicreel(*approve).returncode == 0
    path = copy.case / "case.yaml"
    as_approved = path.read_text("utf-8")
    path.write_text(as_approved + "caption: 一\n", "utf-8")
    assert delivered() == []
    path.write_text(as_approved, "utf-8")
    assert delivered() == []
    assert built.clinicreel(*approve).returncode == 0
    assert delivered() == ["douyin", "bilibili"]


# --- who stays visible ----------------------------------------------------------------------------------------------

AGREED = "scopes: [film, edit, publish_redacted, publish_face, voice, domestic]"
QUICK = "detect: {face_centerface: {long_sides_px: [480]}, text_rapidocr: null, code_zxing: null}\n"
QUICK += "transcribe: {engine: none}\n"


def with_doctor(folder: Path, *heads: np.ndarray, scopes: str = AGREED) -> tuple[Path, Path]:
    """A case with these people, and a channel on which the doctor is kept."""
    film = portraits.film(folder / "film.mp4", *heads)
    (folder / "doctor.pdf").write_bytes(SIGNED)
    (folder / "photos").mkdir()
    portraits.saved(portraits.doctor(), folder / "photos" / "doctor1.png")
    given = f"consent: {{form: doctor.pdf, sha256: {hashlib.sha256(SIGNED).hexdigest()}, signed: 2026-11-01, {scopes}}}"
    doctor = f"{{id: doctor1, role: doctor, face: keep, photos: [photos/doctor1.png], {given}}}"
    channel = built.make_channel(folder, f"{QUICK}people:\n  - {doctor}\n")
    return built.make_case(folder, film, "clips: [{from: 0, to: 2}]\n", lines=None), channel


def seen_in(clip: results.ClipResult) -> Iterator[tuple[int, Detection, recognisers.Signature | None]]:
    """Every face that shows in the master, on each fifth frame, with what it measures."""
    finder = face_centerface.build(face_centerface.Settings())
    network = dlib.build(dlib.Settings())
    assert clip.master is not None
    with av.open(str(clip.master)) as container:
        for number, frame in enumerate(container.decode(video=0)):
            image = frame.to_ndarray(format="bgr24")
            for face in finder.detect(image) if number % 5 == 0 else []:
                if face.score >= 0.5:
                    box = [round(side) for side in (face.x0 - 40, face.y0 - 60, face.x1 + 40, face.y1 + 40)]
                    yield number, face, network.measure(image, (box[0], box[1], box[2], box[3]))


def test_p17_nobody_is_left_visible_who_did_not_agree_and_is_not_surely_recognised(tmp_path: Path) -> None:
    case, channel = with_doctor(tmp_path, portraits.doctor(), portraits.patient())
    (clip,) = built.build(tmp_path, case, channel=channel).clips
    assert clip.verdict is not None
    assert clip.verdict.passed
    network = dlib.build(dlib.Settings())
    photo = network.measure(portraits.doctor(), (0, 0, 220, 250))
    assert photo is not None
    shown = list(seen_in(clip))
    assert len({number for number, _, _ in shown}) == 10
    for number, face, measured in shown:
        assert face.x1 < 320, f"the patient shows on frame {number}"
        assert measured is not None
        assert np.linalg.norm(measured - photo) < network.same
    words = [piece.tobytes() for kind in (np.float64, np.float32) for piece in photo.astype(kind).reshape(-1, 8)]
    words += [f"{number:.4f}".encode() for number in photo[:3]]
    files = [path for path in (tmp_path / "work").rglob("*") if path.is_file()]
    assert files
    assert not [path for path in files if any(word in path.read_bytes() for word in words)]


def test_p17_who_did_not_agree_to_be_seen_cannot_be_kept(tmp_path: Path) -> None:
    case, channel = with_doctor(tmp_path, portraits.doctor(), scopes=AGREED.replace("publish_face, ", ""))
    words = (case / "case.yaml").read_text("utf-8").replace("synthetic: true\n", "")
    (case / "case.yaml").write_text(words, "utf-8")
    with pytest.raises(ConfigError, match=r"clinic\.yaml:\d+: people\.0\.face: .*publish_face is missing"):
        built.opened(tmp_path, case, channel=channel)


@pytest.mark.parametrize(
    ("before", "after", "day"),
    [
        ("signed: 2026-11-01", "signed: 2026-11-01, expires: 2026-11-21", date(2026, 11, 22)),
        ("signed: 2026-11-01", "signed: 2026-11-01, withdrawn: 2026-11-21", date(2026, 11, 22)),
        ("signed: 2026-11-01", "signed: 2026-12-01", date(2026, 11, 22)),
    ],
)
def test_p17_whose_consent_does_not_hold_is_not_even_looked_for(
    tmp_path: Path, before: str, after: str, day: date
) -> None:
    folder, path = with_doctor(tmp_path, portraits.doctor())
    path.write_text(path.read_text("utf-8").replace(before, after), "utf-8")
    channel = load_channel(str(path))
    case = load_case(folder, channel)
    real = case.form.model_copy(update={"synthetic": False})
    assert consent.shown(real, case.proofs, day, case.staff) == ()
    assert case.familiar(consent.shown(real, case.proofs, day, case.staff)) == ()
    assert [one.id for one in case.familiar(("doctor1",))] == ["doctor1"]
