"""THE pipeline: what happens to a recording, in order. Everything else serves this page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from pipeline.config import Channel, Platform
from pipeline.errors import ClinicReelError
from pipeline.evidence import consent
from pipeline.evidence.consent import Refusals
from pipeline.evidence.outcome import judge, refused
from pipeline.evidence.suspicion import also_seen, doubts
from pipeline.language import written
from pipeline.results import ClipResult, failed
from pipeline.settings.corrections import shortened
from pipeline.settings.loading import Case
from pipeline.stages.card import card
from pipeline.stages.challenge import challenge
from pipeline.stages.correct import correct
from pipeline.stages.detect import detect
from pipeline.stages.enrol import enrol
from pipeline.stages.export import export
from pipeline.stages.identify import identify
from pipeline.stages.pack import pack
from pipeline.stages.probe import probe
from pipeline.stages.recognise import recognise
from pipeline.stages.redact import redact
from pipeline.stages.select import select
from pipeline.stages.subtitle import subtitle
from pipeline.stages.track import track
from pipeline.stages.transcribe import transcribe
from pipeline.stages.verify import verify
from pipeline.step import Step
from pipeline.values import Clip, Register, Script, Source


def build(case: Case, channel: Channel, platforms: tuple[Platform, ...], step: Step, on: date) -> Iterator[ClipResult]:
    """Builds every clip of a case; a clip that fails does not keep the others from being built.

    Args:
        case: with its footage.
        channel: says how.
        platforms: that the clips are for.
        step: runs the stages.
        on: the day on which consent must hold.

    Yields:
        One result per clip; first those that must not be made because of what is written beside them.

    Raises:
        ClinicReelError: the recording as a whole cannot be used.
    """
    refusals = consent.refusals(case.form, case.proofs, channel.sound.voices, platforms, on, case.staff)
    if len(refusals) == len(platforms):
        yield from refused(case.slug, case.form, refusals)
        return
    shown = consent.shown(case.form, case.proofs, on, case.staff)
    register = case.register(channel)
    exposing = written.exposing(case.written, case.form, register)
    yield from (failed(case.slug, clip, error) for clip, error in exposing.values())
    if len(exposing) >= max(1, len(case.cuts)):
        return
    if people := case.familiar(shown):
        case.check_photos(step(enrol, people, channel.recogniser))
    source = step(probe, case.footage)
    transcript = step(transcribe, source, case.transcript, case.language, case.marked, channel.transcribe)
    script = step(identify, transcript, register, case.review.talk)
    whole = step(select, script, case.cuts, channel.select)
    case.check_review(whole)
    for clip in shortened(whole, case.review):
        if clip.number in exposing:
            continue
        with step.within(f"clip-{clip.number}"):
            try:
                yield build_clip(clip, source, script, register, case, channel, platforms, refusals, shown, step)
            except ClinicReelError as error:
                yield failed(case.slug, clip, error)


def build_clip(
    clip: Clip,
    source: Source,
    script: Script,
    register: Register,
    case: Case,
    channel: Channel,
    platforms: tuple[Platform, ...],
    refusals: Refusals,
    shown: tuple[str, ...],
    step: Step,
) -> ClipResult:
    """From a cut in the recording to proved files and a pack for every platform."""
    formats = tuple(dict.fromkeys(platform.format for platform in platforms))

    sheets = step(subtitle, script, clip, source.fps, formats, channel.subtitle)
    brand, cards = channel.brand, channel.cards
    opening = step(card, "opening", case.title(clip), formats, source.fps, brand, cards.opening_s, part="opening")
    closing = step(card, "closing", brand.notice, formats, source.fps, brand, cards.closing_s, part="closing")
    sightings = step(detect, source, clip, channel.detect.reading(channel.text))
    zones, speaker, planned_by = channel.zones + case.form.zones, case.speaker(clip), channel.detect.faces
    found = step(track, sightings, zones, register, channel.text, channel.track)
    looks = channel.track, channel.redact, channel.export, channel.verify
    sensitivity = step(challenge, source, clip, found, sightings, formats, planned_by, *looks)
    for left in reversed(range(channel.verify.rounds + 1)):
        if people := case.familiar(shown):
            found = step(recognise, source, clip, found, people, channel.recogniser)
        plan = step(correct, found, clip, case.review.of(clip.number).picture, shown)
        master = step(redact, source, clip, plan, script, register, speaker, channel.redact, channel.sound)
        # Below this line nothing can reach the raw recording; what is still found goes round, to be hidden too.
        exports = step(export, master, sheets, opening + closing, formats, channel.subtitle, channel.export)
        told = channel.text, channel.redact, channel.subtitle, channel.export, channel.verify
        verdict = step(verify, exports, plan, master.sound, sheets, register, sensitivity, planned_by, *told)
        if not (left and verdict.left):
            break
        sightings = also_seen(sightings, verdict.left)
        found = step(track, sightings, zones, register, channel.text, channel.track)

    packs = []
    if verdict.passed:
        for platform in platforms:
            texts = case.texts(clip, channel, platform.name)
            made = step(pack, exports, sheets, texts, register, platform, part=platform.name)
            packs.append((made, step.folder_of(made)))
    return judge(
        case.slug,
        clip,
        source,
        script,
        plan,
        master,
        sheets,
        exports,
        verdict,
        tuple(packs),
        platforms,
        step.file_of(plan),
        refusals,
        doubts(clip, plan, sightings, verdict, planned_by, channel.verify),
        case.review.of(clip.number).looked,
    )
