"""May the clip leave? The one place where a state is decided, from values alone, failing closed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline import errors, results
from pipeline.evidence import doubting, suspicion
from pipeline.evidence.consent import Refusals
from pipeline.evidence.doubting import Doubt
from pipeline.results import ClipResult, told
from pipeline.settings.case_form import CaseForm
from pipeline.settings.platform import Platform
from pipeline.values import (
    Clip,
    CueSheet,
    Damage,
    Doubtful,
    Export,
    Master,
    Mention,
    Pack,
    Plan,
    Script,
    Source,
    Span,
    Verdict,
)

MAX_TOLD = 3
"""Findings named in a reason; all of them stand in the verdict."""

HELD_REMEDY = "correct it in case.yaml (`titles:` gives a platform a title of its own); other packs are not held up"

LOOK_REMEDY = "look at that moment; hide it with `zones:` in case.yaml, or leave it out of `clips:`"
LOUDNESS_REMEDY = (
    "choose a piece with more talk in `clips:`, or aim lower in the channel: `export.loudness_lufs`, "
    "`export.true_peak_dbtp`"
)
"""Where loudness alone is off nothing is to be hidden: the talk that is left cannot be made as loud as was wanted."""

FILE_REMEDY = "hide it in the program that made the file, export it again without tags and covers, and verify that file"


@dataclass(frozen=True)
class Proved:
    """A clip that was hidden and exported, what was found in it, what of it is suspect, and what its formats omit."""

    plan: Plan
    master: Master
    exports: tuple[Export, ...]
    verdict: Verdict
    suspect: tuple[Doubtful, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Built:
    """All that was made of a clip."""

    clip: Clip
    source: Source
    script: Script
    sheets: tuple[CueSheet, ...]
    proved: Proved
    plan_path: Path
    packs: tuple[tuple[Pack, Path], ...]


def judge(
    case: str,
    built: Built,
    platforms: tuple[Platform, ...],
    refusals: Refusals,
    looked: tuple[tuple[Span, str], ...],
) -> ClipResult:
    """The state of a built clip: blocked by a finding, waiting for a person because of a doubt, or ready.

    A pack that breaks a limit of its platform, or to whose platform somebody has not agreed, is held back alone; the
    clip's other packs may go.
    """
    clip, script, proved = built.clip, built.script, built.proved
    plan, master, verdict = proved.plan, proved.master, proved.verdict
    damage = tuple(_damage(clip, built.source, master))
    mentions = tuple(one for one in script.mentions if _is_in(clip, one))
    suspect = tuple(one for one in proved.suspect if not suspicion.is_settled(one, looked))
    doubts = doubting.doubts(clip, plan, script, built.sheets, damage, suspect)
    packs = tuple((_held(pack, refusals), path) for pack, path in built.packs)
    return replace(
        _ruled(case, clip, verdict, doubts, packs, platforms, refusals),
        master=master.file.path,
        plan=built.plan_path,
        exports=proved.exports,
        damage=damage,
        notes=(*built.source.notes, *proved.notes),
        hidden=_hidden(plan, master, mentions),
        mentions=mentions,
        doubts=suspect,
    )


def judge_file(
    case: str,
    clip: Clip,
    source: Source,
    verdict_path: Path,
    export: Export,
    verdict: Verdict,
    packs: tuple[tuple[Pack, Path], ...],
    platforms: tuple[Platform, ...],
    refusals: Refusals,
) -> ClipResult:
    """The state of a file that was finished elsewhere. It has no plan: what is bound in its place is its verdict."""
    packs = tuple((_held(pack, refusals), path) for pack, path in packs)
    ruled = _ruled(case, clip, verdict, [], packs, platforms, refusals)
    remedy = FILE_REMEDY if ruled.state == results.BLOCKED else ruled.next_step
    return replace(ruled, next_step=remedy, plan=verdict_path, exports=(export,), notes=source.notes)


def _hidden(plan: Plan, master: Master, mentions: tuple[Mention, ...]) -> dict[str, int]:
    """How many things of each kind: tracks of the picture, mentions in the talk, voices that are not kept."""
    kinds = [track.kind for track in plan.tracks]
    kinds += [mention.kind for mention in mentions]
    kinds += ["voice" for _ in {one.voice for one in master.sound if one.why == "voice"}]
    return dict(sorted(Counter(kinds).items()))


def _is_in(clip: Clip, one: Damage | Mention) -> bool:
    return any(span.start_s < one.end_s and one.start_s < span.end_s for span in clip.spans)


def refused(slug: str, case: CaseForm, refusals: Refusals) -> Iterator[ClipResult]:
    """The clips of a case that may go nowhere, for want of consent: nothing is made of them.

    Without a cut list the case is told as a whole, because cutting it would mean to listen to it.
    """
    whole = _blocked(ClipResult(slug, None, None, None, results.BLOCKED, ""), refusals)
    for number, cut in enumerate(case.clips, 1):
        yield replace(whole, clip=number, start_s=cut.start_s, end_s=cut.end_s)
    if not case.clips:
        yield whole


def _blocked(clip: ClipResult, refusals: Refusals) -> ClipResult:
    """The clip with what nobody agreed to: a reason that holds for every platform is told once."""
    by_platform = list(refusals.items())
    common = [one for one in by_platform[0][1] if all(one in refused for _, refused in by_platform)]
    told = [one.reason for one in common]
    told += [f"{name}: {one.reason}" for name, refused in by_platform for one in refused if one not in common]
    remedy = (common or list(by_platform[0][1]))[0].remedy
    return replace(clip, state=results.BLOCKED, reason=_reason(told), next_step=remedy, exit_code=errors.EXIT_RECORDING)


def _held(pack: Pack, refusals: Refusals) -> Pack:
    reasons = (refusal.reason for refusal in refusals.get(pack.platform, ()))
    return replace(pack, problems=tuple(dict.fromkeys((*pack.problems, *reasons))))


def _ruled(
    case: str,
    clip: Clip,
    verdict: Verdict,
    doubts: list[Doubt],
    packs: tuple[tuple[Pack, Path], ...],
    platforms: tuple[Platform, ...],
    refusals: Refusals,
) -> ClipResult:
    """The clip with its state and what may be delivered of it."""
    ruling = _ruling(verdict, doubts, [pack for pack, _ in packs], refusals)
    return ClipResult(
        case=case,
        clip=clip.number,
        start_s=clip.start_s,
        end_s=clip.end_s,
        state=ruling.state,
        reason=ruling.reason,
        next_step=ruling.next_step,
        exit_code=ruling.exit_code,
        packs=packs,
        platforms=tuple((platform.name, platform.format) for platform in platforms),
        verdict=verdict,
    )


@dataclass(frozen=True)
class _Ruling:
    state: str
    reason: str
    next_step: str
    exit_code: int = errors.EXIT_OK


def _ruling(verdict: Verdict, doubts: list[Doubt], packs: list[Pack], refusals: Refusals) -> _Ruling:
    if not verdict.passed:
        exposes = any(finding.exposes for finding in verdict.findings)
        only_loudness = {(finding.check, finding.exposes) for finding in verdict.findings} == {("loudness", False)}
        return _Ruling(
            results.BLOCKED,
            _reason([told(finding) for finding in verdict.findings]),
            LOUDNESS_REMEDY if only_loudness else LOOK_REMEDY,
            errors.EXIT_EXPOSED if exposes else errors.EXIT_RECORDING,
        )
    if doubts:
        return _Ruling(results.WAITING, _reason([doubt.reason for doubt in doubts]), doubts[0].next_step)
    held = [f"{pack.platform}: {problem}" for pack in packs for problem in pack.problems]
    state = results.WAITING if all(pack.problems for pack in packs) else results.READY
    remedies = [refusal.remedy for refused in refusals.values() for refusal in refused]
    return _Ruling(state, _reason(held), [*remedies, HELD_REMEDY][0] if held else "")


def _reason(all_told: list[str]) -> str:
    rest = len(all_told) - MAX_TOLD
    return "; ".join(all_told[:MAX_TOLD]) + (f"; and {rest} more" if rest > 0 else "")


def _damage(clip: Clip, source: Source, master: Master) -> Iterator[Damage]:
    """Where the recording is damaged inside the clip."""
    for damage in dict.fromkeys((*source.damage, *master.damage)):
        if _is_in(clip, damage):
            yield damage
