"""A video that was finished elsewhere, from the file that came back to its packs: verified, approved, delivered.

It is taken into the work folder first, so that what is verified, approved and delivered is one file that nobody edits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

from pipeline import publish, results
from pipeline.batch import Batch, Report
from pipeline.config import Channel
from pipeline.errors import (
    EXIT_EXPOSED,
    EXIT_OK,
    EXIT_RECORDING,
    ClinicReelError,
    ConfigError,
    RecordingError,
)
from pipeline.evidence import approval, consent, lineage
from pipeline.evidence.approval import Approval
from pipeline.evidence.elsewhere import as_export
from pipeline.evidence.outcome import judge_file, refused
from pipeline.evidence.receiving import check_alone, verified
from pipeline.language import written
from pipeline.language.telling import Telling
from pipeline.opening import open_batch
from pipeline.packing.formats import SHAPES
from pipeline.results import ClipResult
from pipeline.settings.case import Case
from pipeline.settings.loading import channel_of, load_case, load_channel
from pipeline.settings.platform import Platform
from pipeline.stages.enrol import enrol
from pipeline.stages.pack import pack
from pipeline.step import NotMade, Step
from pipeline.values import Clip, CueSheet, Pack, Register, Source, Span, Verdict
from pipeline.watching import Unwatched, Watcher

NOT_VERIFIED = "this file was not verified as it is now"
ALIKE = Fraction(1, 100)
"""How far the shape of a picture may be from that of a format."""


@dataclass(frozen=True)
class Back:
    """A file that came back, as the clip of a case that it is the finished form of."""

    path: Path
    case: Path
    clip: int

    @property
    def verify(self) -> str:
        """The command that verifies it as this clip."""
        return f"clinicreel verify FILE --case CASE --clip {self.clip}"


def back(file: Path | None, cases: Sequence[Path], number: int | None) -> Back | None:
    """What the command line says of a file that came back; None: it names none.

    Raises:
        ConfigError: it is not clear which case the file is of.
    """
    if file is None:
        return None
    if len(cases) != 1:
        raise ConfigError("--file: of which case is it?", "name one case: clinicreel publish CASE --file FILE")
    return Back(file, cases[0], number or 1)


@dataclass(frozen=True)
class Answer:
    """What `clinicreel verify` says of a file. `clip` is None where it belongs to no case."""

    verdict: Verdict | None
    clip: ClipResult | None = None

    @property
    def exit_code(self) -> int:
        """0 where nothing was found."""
        if self.clip is not None:
            return self.clip.exit_code
        assert self.verdict is not None
        findings = self.verdict.findings
        return EXIT_EXPOSED if any(one.exposes for one in findings) else EXIT_RECORDING if findings else EXIT_OK

    def as_json(self) -> dict[str, Any]:
        """The form that other programs read; see docs/cli.md. Keys are only ever added."""
        verdict, clip = self.verdict, self.clip
        return {
            "sha256": verdict.sha256s[0] if verdict else None,
            "passed": bool(verdict and verdict.passed),
            "findings": [results.finding_json(one) for one in verdict.findings] if verdict else [],
            "measures": [{"check": one.check, "name": one.name, "value": one.value} for one in verdict.measures]
            if verdict
            else [],
            "verified_by": verdict.verified_by if verdict else None,
            "not_checked": list(verdict.not_checked) if verdict else [],
            "used": {one.name: one.what for one in verdict.used} if verdict else {},
            "clip": clip.as_json() if clip else None,
        }


def answer(
    file: Path, case: Path | None, number: int | None, channel_name: str | None, work: Path | None, watcher: Watcher
) -> Answer:
    """Verifies a file, alone or as a clip of a case."""
    if case is None:
        channel = load_channel(channel_name) if channel_name else Channel()
        return Answer(check_alone(file, channel, work, watcher))
    with open_batch([case], channel_name or channel_of(case), None, work, None) as batch:
        with batch.holding(case, watcher):
            clip = check(batch, Back(file, case, number or 1), watcher)
        return Answer(clip.verdict, clip)


# --- a file of a case -----------------------------------------------------------------------------------------------


def check(batch: Batch, back: Back, watcher: Watcher) -> ClipResult:
    """Verifies a file that came back, packs it if it passed, and says where it stands.

    The caller holds the case's lock, unless nothing may be changed.

    Raises:
        ClinicReelError: it cannot be read, or the case forbids it.
    """
    case = load_case(back.case, batch.channel)
    telling = batch.tellings[case.slug] = Telling(case.register(batch.channel), case.slug, back.path)
    batch.told_consents(case)
    step = Step(batch.store, watcher, case.slug, may_make=batch.store.may_write)
    try:
        clip = _judged(back, batch.booked(case), batch.channel, batch.platforms, step, batch.today())
    except NotMade as error:
        clip = replace(results.failed(case.slug, None, error), reason=NOT_VERIFIED, next_step=back.verify)
    except ClinicReelError as error:
        clip = results.failed(case.slug, None, error)
    clip = telling.clip(batch.ruled(clip, case))
    if batch.store.may_write:
        approval.end_if_changed(clip, batch.ledger)
    if clip.awaits_approval:
        how = f"clinicreel approve {case.slug} --file FILE --clip {back.clip} --as NAME"
        clip = replace(clip, next_step=f"watch it to its end with sound, then {how}")
    return clip


def approve(batch: Batch, back: Back, by: str) -> Approval:
    """Writes down that a person approves a file as it was verified.

    Raises:
        ClinicReelError: it was not verified, or may not leave for another reason.
    """
    with batch.holding(back.case, Unwatched()):
        case = load_case(back.case, batch.channel)
        batch.told_consents(case)
        step = Step(batch.store, Unwatched(), case.slug, may_make=False)
        try:
            clip = _judged(back, batch.booked(case), batch.channel, batch.platforms, step, batch.today())
        except NotMade as error:
            raise RecordingError(NOT_VERIFIED, back.verify) from error
        return batch.approved(clip, by)


def deliver(batch: Batch, back: Back, watcher: Watcher, *, again: bool = False, dry_run: bool = False) -> Report:
    """Delivers the packs of a file that passed and was approved, or only says where it stands.

    `again`: also those that are gone from the outbox.
    """
    report = Report()
    if dry_run:
        clip = check(batch, back, watcher)
        clip, found = publish.standing(batch, clip)
        standing = [one for one in found if not (again and one.is_gone)]
        return Report([publish.telling(clip, standing, f"{publish.again(batch, clip)} --file FILE")], standing)
    outlet = publish.outlet_of(batch)
    report.swept += outlet.sweep()
    with batch.holding(back.case, watcher):
        clip = check(batch, back, watcher)
        if clip.state == results.READY:  # that may have taken a while
            now = batch.of_now()
            clip = check(now, back, watcher)
            clip = clip if now is batch else results.overtaken(clip)
        case = load_case(back.case, batch.channel)
        lineage.note_made(clip, case, batch.ledger)
        if clip.state == results.READY:
            clip = publish.deliver_packs(batch, clip, outlet, report.deliveries, again=again)
    report.clips.append(publish.telling(clip, report.deliveries, f"{publish.again(batch, clip)} --file FILE"))
    return report


def _judged(
    back: Back, case: Case, channel: Channel, platforms: tuple[Platform, ...], step: Step, on: date
) -> ClipResult:
    if case.cuts and back.clip > len(case.cuts):
        raise ConfigError(f"{case.slug} has no clip {back.clip}", "say which clip it is the finished form of: --clip N")
    asked = case.form, case.proofs, channel.sound.voices, platforms, on, case.staff, case.taken_back
    refusals = consent.refusals(case.slug, *asked)
    if len(refusals) == len(platforms):
        return replace(next(iter(refused(case.slug, case.form, refusals))), clip=back.clip)
    register = case.register(channel)
    exposing = written.exposing(case.written, case.form, register)
    fault = exposing.get(back.clip) or exposing.get(0)
    if fault:
        return results.failed(case.slug, Clip(back.clip, (Span(0.0, 0.0),)), fault[1])
    # By a seat nobody can be known here: the picture may be framed anew.
    people = case.familiar(consent.shown(case.form, case.proofs, on, case.staff))
    familiar = tuple(replace(one, zone=None) for one in people if one.photos)
    if familiar:
        case.check_photos(step(enrol, familiar, channel.recogniser))
    source, verdict = verified(back.path, register, channel, step, familiar)
    clip = Clip(back.clip, (Span(0.0, source.duration_s),))
    packs = []
    for platform in platforms if verdict.passed else ():
        made = _packed(source, case, clip, channel, register, platform, step)
        packs.append((replace(made, problems=(*made.problems, *problems(source, platform))), step.folder_of(made)))
    export = as_export(source)
    return judge_file(
        case.slug, clip, source, step.file_of(verdict), export, verdict, tuple(packs), platforms, refusals
    )


def _packed(
    source: Source, case: Case, clip: Clip, channel: Channel, register: Register, platform: Platform, step: Step
) -> Pack:
    """The file with what is written beside it; its subtitles, if it has any, are in its picture."""
    export = replace(as_export(source), format=platform.format)
    texts = case.texts(clip, channel, platform.name)
    return step(pack, (export,), (CueSheet(platform.format, ()),), texts, register, platform, part=platform.name)


def problems(source: Source, platform: Platform) -> tuple[str, ...]:
    """What keeps a platform from taking the file as it is. It is delivered byte for byte or not at all."""
    shape = SHAPES[platform.format]
    wanted, found = Fraction(shape.width_px, shape.height_px), Fraction(source.width_px, source.height_px)
    is_mp4 = _is_mp4(source.file.path) and source.video_codec == "h264"
    told = {
        f"its picture is {source.width_px}x{source.height_px}, {platform.label} is set to {platform.format}": (
            abs(found / wanted - 1) > ALIKE
        ),
        "it is no MP4 with H.264: export it as one": not is_mp4,
        "its picture is stored turned: export it upright": source.rotation_deg != 0,
        "it has no sound: some platforms refuse it": source.audio_index is None,
    }
    return tuple(what for what, applies in told.items() if applies)


def _is_mp4(path: Path) -> bool:
    """Whether it says so itself. Source: ISO/IEC 14496-12, 4.3; `qt  ` is QuickTime's own brand."""
    with path.open("rb") as file:
        start = file.read(12)
    return start[4:8] == b"ftyp" and start[8:12] != b"qt  "
