"""THE pipeline: what happens to a recording, in order. Everything else serves this page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from pipeline.config import Channel
from pipeline.errors import ClinicReelError
from pipeline.evidence import consent, framed
from pipeline.evidence.consent import Refusals
from pipeline.evidence.outcome import Built, Proved, judge, refused
from pipeline.evidence.suspicion import also_seen, doubts
from pipeline.language import written
from pipeline.results import ClipResult, failed
from pipeline.settings.case import Case
from pipeline.settings.corrections import shortened
from pipeline.settings.platform import Platform
from pipeline.settings.proving import Proving
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
from pipeline.values import Card, Clip, CueSheet, Register, Script, Source


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
    asked = case.form, case.proofs, channel.sound.voices, platforms, on, case.staff, case.taken_back
    refusals = consent.refusals(case.slug, *asked)
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
    known = Known(source, script, register, shown)
    for clip in shortened(whole, case.review):
        if clip.number in exposing:
            continue
        with step.within(f"clip-{clip.number}"):
            try:
                yield build_clip(clip, known, case, channel, platforms, refusals, step)
            except ClinicReelError as error:
                yield failed(case.slug, clip, error)


@dataclass(frozen=True)
class Known:
    """What is known of a recording before it is cut: who must not be told, and who agreed to be seen."""

    source: Source
    script: Script
    register: Register
    shown: tuple[str, ...]


def build_clip(
    clip: Clip,
    known: Known,
    case: Case,
    channel: Channel,
    platforms: tuple[Platform, ...],
    refusals: Refusals,
    step: Step,
) -> ClipResult:
    """From a cut in the recording to proved files and a pack for every platform."""
    formats = tuple(dict.fromkeys(platform.format for platform in platforms))
    fps, brand, cards = known.source.fps, channel.brand, channel.cards

    sheets = step(subtitle, known.script, clip, fps, formats, channel.subtitle)
    opening = step(card, "opening", case.title(clip), formats, fps, brand, cards.opening_s, part="opening")
    closing = step(card, "closing", brand.notice, formats, fps, brand, cards.closing_s, part="closing")
    proved = hide_and_prove(clip, known, case, channel, sheets, opening + closing, step)
    packs = []
    if proved.verdict.passed:
        for platform in platforms:
            texts = case.texts(clip, channel, platform.name)
            made = step(pack, proved.exports, sheets, texts, known.register, platform, part=platform.name)
            packs.append((made, step.folder_of(made)))
    looked = case.review.of(clip.number).looked
    built = Built(clip, known.source, known.script, sheets, proved, step.file_of(proved.plan), tuple(packs))
    return judge(case.slug, built, platforms, refusals, looked)


def hide_and_prove(
    clip: Clip,
    known: Known,
    case: Case,
    channel: Channel,
    sheets: tuple[CueSheet, ...],
    cards: tuple[Card, ...],
    step: Step,
) -> Proved:
    """Hides what is seen and said, exports it, and looks at it again; what is still found is hidden too."""
    source, register, made = known.source, known.register, Proving.of(channel)
    formats = tuple(sheet.format for sheet in sheets)
    review, zones, speaker = case.review.of(clip.number), channel.zones + case.form.zones, case.speaker(clip)
    sightings = step(detect, source, clip, channel.detect.reading(channel.text))
    found = step(track, sightings, zones, register, channel.text, channel.track)
    sensitivity = step(challenge, source, clip, found, sightings, formats, channel.track.face_share, made)
    for left in reversed(range(channel.verify.rounds + 1)):
        if people := case.familiar(known.shown):
            found = step(recognise, source, clip, found, people, channel.recogniser)
        plan = step(correct, found, clip, review.picture, known.shown)
        master = step(redact, source, clip, plan, known.script, register, speaker, channel.redact, channel.sound)
        # Below this line nothing can reach the raw recording; what is still found goes round.
        exports = step(export, master, sheets, cards, formats, channel.subtitle, channel.export)
        verdict = step(verify, exports, plan, master.sound, sheets, register, sensitivity, made)
        if not (left and verdict.left):
            break
        sightings = also_seen(sightings, verdict.left)
        found = step(track, sightings, zones, register, channel.text, channel.track)
    suspect = doubts(clip, plan, sightings, verdict, made.planned_by, channel.verify)
    return Proved(plan, master, exports, verdict, suspect, tuple(framed.notes(plan, sightings, exports)))
