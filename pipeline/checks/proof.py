"""The verdict on the exports of a clip, from every check. Runs in a process of its own, started by stages/verify.py.

It reads what it is told as JSON on standard input and writes the verdict as JSON to standard output; everything else
it learns from the files themselves.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter

from pipeline import progress, sandbox
from pipeline.checks import Check, Picture, PictureCheck, container, families, loudness, sound, understood, writing
from pipeline.checks.codes import Codes
from pipeline.checks.faces import Faces
from pipeline.checks.frames import Frames
from pipeline.checks.regions import Regions, subtitles_over
from pipeline.detectors import Looker
from pipeline.packing import formats
from pipeline.settings.proving import Proving
from pipeline.terminal import bugs
from pipeline.values import (
    CueSheet,
    Export,
    Finding,
    Measure,
    Overheard,
    Plan,
    Register,
    Sighting,
    Stretch,
    Used,
    Verdict,
)

PROGRESS = b"progress"
"""A line that begins so says how far it is; the last line is the verdict."""
REPORT_EVERY = 10


@dataclass(frozen=True)
class Told:
    """All that verification is told."""

    exports: tuple[Export, ...]
    plan: Plan
    sound: tuple[Stretch, ...]
    sheets: tuple[CueSheet, ...]
    register: Register
    made: Proving
    ffmpeg: str = "bundled"


def prove(told: Told) -> Verdict:
    """Looks at every exported file, and says what was looked at, what was found and by what.

    Returns:
        A verdict that passed only if no check found anything in any file.
    """
    taken = families.chosen(told.made.verify, told.made.planned_by)
    lookers, eyes = families.lookers(taken), writing.Eyes()
    deaf = understood.unable(told.made.transcribe) if understood.identifying_stretches(told.sound) else ""
    ears = None if deaf else understood.Ears(told.register.language, told.made.transcribe)
    seen = [_prove_one(_Look(told, export, taken, lookers, eyes, ears)) for export in told.exports]
    findings = tuple(finding for one in seen for finding in one.findings)
    return Verdict(
        passed=bool(told.exports) and not findings,
        sha256s=tuple(export.file.sha256 for export in told.exports),
        findings=findings,
        measures=tuple(measure for one in seen for measure in one.measures),
        verified_by="+".join(taken.families),
        left=tuple(sighting for one in seen for sighting in one.left),
        faint=tuple(sighting for one in seen for sighting in one.faint),
        overheard=tuple(dict.fromkeys(what for one in seen for what in one.overheard)),
        not_checked=tuple(dict.fromkeys((*taken.said, *filter(None, (deaf, *(one.not_judged for one in seen)))))),
        used=tuple(_used(told, taken)),
    )


@dataclass(frozen=True)
class _Look:
    told: Told
    export: Export
    taken: families.Chosen
    lookers: dict[str, Looker]
    eyes: writing.Eyes
    ears: understood.Ears | None


@dataclass(frozen=True)
class _Seen:
    findings: tuple[Finding, ...]
    measures: tuple[Measure, ...] = ()
    left: tuple[Sighting, ...] = ()
    faint: tuple[Sighting, ...] = ()
    overheard: tuple[Overheard, ...] = ()
    not_judged: str = ""


def _prove_one(one: _Look) -> _Seen:
    """Every check on one export."""
    told, export, plan, made = one.told, one.export, one.told.plan, one.told.made
    if not container.is_the_one(export):
        what = "the file is not the one that was exported: its SHA-256 differs"
        return _Seen((Finding("container", export.format, None, what, exposes=True),))
    sheet = next(sheet for sheet in told.sheets if sheet.format == export.format)
    view = formats.view(plan.width_px, plan.height_px, formats.SHAPES[export.format], made.export.framing)
    covered = subtitles_over(sheet, export, made.subtitle) if made.subtitle.burn_in else ()
    faces = Faces(export, plan, view, one.taken, one.lookers, made.verify)
    read = writing.Read(export, plan, view, covered, told.register, made.text, made.verify, one.eyes)
    regions, read_codes = Regions(export, plan, made.redact, view, covered), Codes(export, plan, view, made.verify)
    looks: list[PictureCheck] = [Frames(export, plan), regions, faces, read, read_codes]
    with ThreadPoolExecutor(2) as beside:
        # What needs none of the pictures is done while they are looked at.
        read_through = beside.submit(_read_through, one, sheet)
        listened = beside.submit(_heard, one)
        seen = list(_look(export, looks))
        heard = listened.result()
    checks: tuple[Check, ...] = (heard.loud, heard.hidden, heard.talk, *looks)
    findings = (*read_through.result(), *seen, *(finding for check in checks for finding in check.findings()))
    return _Seen(
        findings,
        tuple(measure for check in checks for measure in check.measures()),
        tuple(faces.sightings(counting=True)),
        tuple(faces.sightings(counting=False)),
        heard.talk.overheard,
        heard.loud.not_judged,
    )


def _read_through(one: _Look, sheet: CueSheet) -> list[Finding]:
    """What is wrong with the file as a file, and with the words of its subtitles."""
    told, export = one.told, one.export
    faults = container.check(export, told.plan, told.made.export)
    return [*faults, *writing.in_subtitles(sheet, export, told.register)]


@dataclass(frozen=True)
class _Heard:
    loud: loudness.Heard
    hidden: sound.Hidden
    talk: understood.Understood


def _heard(one: _Look) -> _Heard:
    told, made = one.told, one.told.made
    return _Heard(
        loudness.Heard(one.export, made.export, made.verify.loudness_tolerance_lu),
        sound.Hidden(one.export, told.sound),
        understood.Understood(one.export, told.sound, told.register, one.ears),
    )


def _look(export: Export, checks: Sequence[PictureCheck]) -> Iterator[Finding]:
    """Shows every picture to every check; what cannot be decoded cannot be proved."""
    import av

    number = 0
    try:
        for picture in pictures(export):
            number = picture.number + 1
            progress.report(number, export.frame_count)
            for check in checks:
                check.look(picture)
    except av.FFmpegError as error:
        what = f"picture {number} cannot be decoded: {error.strerror}"
        yield Finding("frames", export.format, float(number / export.fps), what, exposes=True)


def pictures(export: Export) -> Iterator[Picture]:
    """Decodes an export with PyAV, another build of the decoders than the one that made it.

    Without edit lists: what a player does not show is looked at too.
    """
    import av

    first, last = export.opening_frames, export.opening_frames + export.clip_frames
    with av.open(str(export.file.path), options={"ignore_editlist": "1"}) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        stream.codec_context.options = {"err_detect": "explode"}
        for number, frame in enumerate(container.decode(stream)):
            shown_s = None if frame.pts is None or frame.time_base is None else frame.pts * frame.time_base
            clip_frame = number - first if first <= number < last else None
            if (frame.format.name, frame.width, frame.height) != ("yuv420p", export.width_px, export.height_px):
                return  # The container check says so; what is not looked at is missing in the count.
            planes = (_plane(plane) for plane in frame.planes)
            yield Picture(number, float(number / export.fps), shown_s, frame.is_corrupt, clip_frame, *planes)


def _plane(plane: Any) -> NDArray[np.uint8]:
    """A decoded plane without its padding: uint8, shape (height, width)."""
    rows = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)
    return rows[: plane.height, : plane.width]


def _used(told: Told, taken: families.Chosen) -> Iterator[Used]:
    """What the verdict rests on: the plan, the weights and the tools."""
    yield Used("plan", sha256_of_plan(told.plan))
    yield from families.used(taken)


def sha256_of_plan(plan: Plan) -> str:
    """The SHA-256 of a plan's JSON."""
    return hashlib.sha256(TypeAdapter(Plan).dump_json(plan)).hexdigest()


def main() -> None:
    """Answers one question. An error that nobody expected is told by its kind and place: the rest may hold names."""
    bugs.install()
    told = TypeAdapter(Told).validate_json(sys.stdin.buffer.read())
    sandbox.choose_ffmpeg(told.ffmpeg)
    sandbox.work_in(Path.cwd())
    with progress.listening(_report):
        verdict = prove(told)
    sys.stdout.buffer.write(TypeAdapter(Verdict).dump_json(verdict) + b"\n")


def _report(done: int, total: int) -> None:
    if done % REPORT_EVERY == 0 or done == total:
        sys.stdout.buffer.write(PROGRESS + f" {done} {total}\n".encode())
        sys.stdout.buffer.flush()
