"""How long it takes against a plain transcode, against deface, and for a long recording; and how much memory."""

from __future__ import annotations

import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from pipeline import config
from pipeline.settings.corrections import Talk
from pipeline.stages import detect, export, identify, probe, redact, select, subtitle, track, transcribe
from pipeline.values import Clip, Span
from tests.bench import rooms
from tests.built import NOBODY, UNSAID

ROUNDS = 3
FACES_ONLY = "detect: {text_rapidocr: null, code_zxing: null}\n"
FIRST = 'clips: [{from: "0", to: 5}]\n'


HEAD = "| what | measured | target | |"


def rows() -> Iterator[str]:
    """The figures as rows of a Markdown table."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        yield from _whole(
            folder / "talk", "egoblur_gen1 (20 s, 608x1080)", rooms.TALK, rooms.LINES, 3.0, with_deface=True
        )
        scene, words = "reference input (44 s, 1080p)", rooms.lines_of_scene()
        yield from _whole(folder / "scene", scene, rooms.SCENE, words, 2.2)
        later = f"{scene}, a later clip of the same camera"
        yield from _whole(folder / "later", later, rooms.SCENE, words, 2.2, is_later=True)
        faces = f"{later}, neither writing nor codes looked for"
        yield from _whole(folder / "faces", faces, rooms.SCENE, words, 2.2, FACES_ONLY, is_later=True)
        yield from _redact_and_export(folder / "alone")
        yield from _long(folder / "long")


def _whole(
    folder: Path,
    what: str,
    footage: Path,
    words: list[dict[str, object]],
    target: float,
    more: str = "",
    *,
    is_later: bool = False,
    with_deface: bool = False,
) -> Iterator[str]:
    """Probe to verdict, one 9:16 format, as a process of its own, in turn with a plain transcode.

    Before a later clip another one of the recording was built: the verifier has been tried on this camera.
    """
    duration_s = probe.probe(footage).duration_s
    case = rooms.make_case(folder / "case", footage, words, f'clips: [{{from: "0", to: {duration_s:.3f}}}]\n')
    first = rooms.make_case(folder / "first", footage, words, FIRST)
    channel = rooms.make_channel(folder, "douyin", "select: {max_s: 600}\n" + more)
    ratios, builds, plains = [], [], []
    for at in range(ROUNDS):
        if is_later:
            rooms.build([first], channel, folder / f"work-{at}")
        plain = rooms.run(rooms.plain_transcode(footage, folder / "plain.mp4", (1080, 1920)))
        done = rooms.build([case], channel, folder / f"work-{at}")
        state = rooms.answer(done)["clips"][0]
        ratios.append(done.seconds / plain.seconds)
        builds.append(done.seconds)
        plains.append(plain.seconds)
        shutil.rmtree(folder / f"work-{at}")
    times = f"{statistics.median(builds):.0f} s / {statistics.median(plains):.0f} s"
    note = f"{times}, {ROUNDS} rounds, ended {state['state']}"
    yield f"| {what}: everything / plain transcode | {statistics.median(ratios):.2f} | <= {target} | {note} |"
    peak_mb = rooms.peak_mb(rooms.build_command([case], channel, folder / "work"))
    yield f"| {what}: peak memory of all processes | {peak_mb:.0f} MB | < 1200 MB | |"
    if with_deface:
        yield from _against_deface(folder, what, footage, statistics.median(builds))


def _against_deface(folder: Path, what: str, footage: Path, whole_s: float) -> Iterator[str]:
    """deface writes a redacted file of the recording's size: what probe, detect, track and redact do here."""
    command = [str(Path(sys.executable).with_name("deface")), str(footage), "-o", str(folder / "deface.mp4")]
    channel = config.Channel()
    deface_s, same_s = [], []
    for at in range(ROUNDS):
        slow = rooms.run(command)
        deface_s.append(slow.seconds)
        started = time.monotonic()
        source = probe.probe(footage)
        clip = Clip(1, (Span(0.0, source.duration_s),))
        plan = track.track(detect.detect(source, clip, channel.detect), (), NOBODY, channel.text, channel.track)
        redact.redact(
            source, clip, plan, UNSAID, NOBODY, "", channel.redact, channel.sound, out=_in(folder, f"same-{at}")
        )
        same_s.append(time.monotonic() - started)
    deface, same = statistics.median(deface_s), statistics.median(same_s)
    times = f"{deface:.0f} s / {same:.1f} s"
    yield f"| {what}: deface / the same job, a redacted file of its size | {deface / same:.1f} | >= 5 | {times} |"
    note = f"{deface:.0f} s / {whole_s:.0f} s, which encodes three times the pixels and proves them"
    yield f"| {what}: deface / everything | {deface / whole_s:.1f} | >= 5 | {note} |"


def _redact_and_export(folder: Path) -> Iterator[str]:
    """The two heavy stages alone, the plan given, against the same plain transcode."""
    folder.mkdir()
    channel = config.Channel()
    source = probe.probe(rooms.SCENE)
    words = rooms.make_case(folder / "case", rooms.SCENE, rooms.lines_of_scene())
    transcript = transcribe.transcribe(
        source, words / "transcript.json", "zh", (), channel.transcribe, out=_in(folder, "t")
    )
    script = identify.identify(transcript, NOBODY, Talk())
    clip = select.select(script, (Span(0.0, source.duration_s),), channel.select)[0]
    plan = track.track(detect.detect(source, clip, channel.detect), (), NOBODY, channel.text, channel.track)
    sheets = subtitle.subtitle(script, clip, source.fps, ("9:16",), channel.subtitle)
    ratios = []
    for at in range(ROUNDS):
        plain = rooms.run(rooms.plain_transcode(rooms.SCENE, folder / "plain.mp4", (1080, 1920)))
        started = time.monotonic()
        master = redact.redact(
            source, clip, plan, UNSAID, NOBODY, "", channel.redact, channel.sound, out=_in(folder, f"r{at}")
        )
        export.export(master, sheets, (), ("9:16",), channel.subtitle, channel.export, out=_in(folder, f"e{at}"))
        ratios.append((time.monotonic() - started) / plain.seconds)
    ratio = statistics.median(ratios)
    yield f"| reference input: redaction and export alone / plain transcode | {ratio:.2f} | <= 1.5 | |"


def _long(folder: Path) -> Iterator[str]:
    """Half an hour of recording with one 20 s clip, against the 20 s alone; and ten times the clip's length."""
    folder.mkdir()
    half_hour = folder / "half-hour.mp4"
    _repeat(rooms.TALK, 90, half_hour)
    clips = 'clips: [{from: "0", to: 20}]\n'
    middle = 'clips: [{from: "15:00", to: "15:20"}]\n'
    lines = [{**line, "start_s": line["start_s"] + 900, "end_s": line["end_s"] + 900} for line in rooms.LINES]
    short = rooms.make_case(folder / "short", rooms.TALK, rooms.LINES, clips)
    long = rooms.make_case(folder / "long", half_hour, lines, middle)
    channel = rooms.make_channel(folder, "douyin", "select: {max_s: 600}\nexport: {preset: veryfast}\n")
    ratios = []
    for at in range(ROUNDS):
        first = rooms.build([short], channel, folder / f"s{at}")
        second = rooms.build([long], channel, folder / f"l{at}")
        ratios.append(second.seconds / first.seconds)
    yield f"| 30 min recording, one 20 s clip / the 20 s recording | {statistics.median(ratios):.2f} | <= 1.3 | |"
    ten = folder / "ten.mp4"
    _repeat(rooms.TALK, 10, ten)
    case = rooms.make_case(folder / "ten", ten, rooms.LINES, 'clips: [{from: "0", to: 200}]\n')
    large, small = (
        rooms.peak_mb(rooms.build_command([one], channel, folder / f"peak-{one.name}")) for one in (case, short)
    )
    yield f"| peak memory, a clip of 200 s / of 20 s | {large:.0f} MB / {small:.0f} MB | the same | |"


def _repeat(footage: Path, times: int, out: Path) -> None:
    """The same pictures again and again, without encoding them anew."""
    listing = out.with_suffix(".txt")
    listing.write_text(f"file '{footage}'\n" * times)
    command = [rooms.sandbox.binary(), "-v", "error", "-f", "concat", "-safe", "0", "-i", str(listing)]
    assert rooms.run([*command, "-c", "copy", str(out)]).status == 0


def _in(folder: Path, name: str) -> Path:
    path = folder / name
    path.mkdir()
    return path
