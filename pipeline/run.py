"""THE pipeline: what happens to a recording, in order. Everything else serves this page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from pipeline import consent, written
from pipeline.config import Channel, Platform
from pipeline.consent import Refusals
from pipeline.corrections import shortened
from pipeline.errors import ClinicReelError
from pipeline.loading import Case
from pipeline.outcome import judge, refused
from pipeline.results import ClipResult, failed
from pipeline.stages.card import card
from pipeline.stages.correct import correct
from pipeline.stages.detect import detect
from pipeline.stages.export import export
from pipeline.stages.identify import identify
from pipeline.stages.pack import pack
from pipeline.stages.probe import probe
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
    refusals = consent.refusals(case.form, case.proofs, channel.sound.voices, platforms, on)
    if len(refusals) == len(platforms):
        yield from refused(case.slug, case.form, refusals)
        return
    shown = consent.shown(case.form, case.proofs, on)
    register = case.register(channel)
    exposing = written.exposing(case.written, case.form, register)
    yield from (failed(case.slug, clip, error) for clip, error in exposing.values())
    if len(exposing) >= max(1, len(case.cuts)):
        return
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

    sightings = step(detect, source, clip, channel.detect.reading(channel.text))
    found = step(track, sightings, channel.zones + case.form.zones, register, channel.text, channel.track)
    plan = step(correct, found, clip, case.review.of(clip.number).picture, shown)
    speaker = case.speaker(clip)
    master = step(redact, source, clip, plan, script, register, speaker, channel.redact, channel.sound)
    # Below this line nothing can reach the raw recording.
    sheets = step(subtitle, script, clip, master.fps, formats, channel.subtitle)
    brand, cards = channel.brand, channel.cards
    opening = step(card, "opening", case.title(clip), formats, master.fps, brand, cards.opening_s, part="opening")
    closing = step(card, "closing", brand.notice, formats, master.fps, brand, cards.closing_s, part="closing")
    exports = step(export, master, sheets, opening + closing, formats, channel.subtitle, channel.export)
    verdict = step(verify, exports, plan, sheets, channel.redact, channel.subtitle, channel.export, channel.verify)

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
    )
