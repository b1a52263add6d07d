"""What the desk knows of a clip: the values that its last build gave, found in the store and never made here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from pipeline.batch import Batch
from pipeline.results import ClipResult
from pipeline.settings.case import Case
from pipeline.settings.corrections import Review, Talk, shortened
from pipeline.stages.identify import identify
from pipeline.step import NotMade, Step
from pipeline.store import Store
from pipeline.values import Clip, Export, Master, Mention, Plan, Script, Sightings, Transcript
from pipeline.watching import Unwatched, Watcher

Result = TypeVar("Result")


class Looking(Step):
    """Finds what steps gave before, makes nothing, and remembers what it found."""

    def __init__(self, store: Store, watcher: Watcher, slot: str) -> None:
        super().__init__(store, watcher, slot, may_make=False)
        self.found: dict[tuple[str, str], Any] = {}
        """By the slot (the case, or the case and its clip) and the stage."""

    def __call__(self, stage: Callable[..., Result], *inputs: Any, part: str = "") -> Result:
        """The stage's stored result.

        Raises:
            NotMade: there is none.
        """
        value = super().__call__(stage, *inputs, part=part)
        self.found[(self._slot, stage.__name__)] = value
        return value


@dataclass(frozen=True)
class Built:
    """What a build gave of a clip, as far as it went. `clip` is as it was cut then."""

    result: ClipResult
    clip: Clip
    sightings: Sightings
    found: Plan
    """As it was tracked, with the faces that surely may stay visible in `kept`."""
    plan: Plan
    """As a person corrected it."""
    master: Master
    exports: tuple[Export, ...]


@dataclass(frozen=True)
class CaseView:
    """A case as the desk shows it.

    `recognised` is what was said before anybody corrected it, `mentions` what is hidden if nobody unticks it;
    `whole` are the clips before anything was cut out; `results` say where each stands now, with the corrections of
    this moment; `built` is what can be shown of each, which may be of an earlier build.
    """

    case: Case
    whole: tuple[Clip, ...]
    transcript: Transcript | None
    recognised: Script | None
    mentions: tuple[Mention, ...]
    results: dict[int, ClipResult]
    built: dict[int, Built]
    trouble: str


def look(case: Case, batch: Batch, earlier: tuple[Review, ...], trouble: str = "") -> CaseView:
    """Finds what was built of a case, with its corrections of now or else with earlier ones.

    Args:
        case: as it is now.
        batch: its channel and store.
        earlier: corrections with which it may have been built before, the latest first.
        trouble: what keeps the case from being read as it is now.
    """
    results: dict[int, ClipResult] = {}
    built: dict[int, Built] = {}
    shared: dict[str, Any] = {}
    unmade = ""
    for at, review in enumerate((case.review, *earlier)):
        step = Looking(batch.store, Unwatched(), case.slug)
        as_then = replace(case, review=review)
        try:
            clips = list(batch.clips(as_then, step))
        except NotMade as error:
            clips, unmade = [], unmade or error.cause
        for stage in ("transcribe", "select"):
            shared[stage] = shared.get(stage) or step.found.get((case.slug, stage))
        for clip in clips:
            if clip.clip is None:
                trouble = trouble or _told(clip)
                continue
            if at == 0:
                results[clip.clip] = clip
            shown = _built(clip, step, f"{case.slug}/clip-{clip.clip}", shared["select"], review)
            if shown is not None:
                built.setdefault(clip.clip, shown)
    if not shared["select"]:
        trouble = trouble or unmade or next(map(_told, results.values()), "")
    transcript: Transcript | None = shared["transcribe"]
    register = case.register(batch.channel)
    recognised = identify(transcript, register, Talk()) if transcript else None
    written = Talk(words=case.review.talk.words)
    mentions = identify(transcript, register, written).mentions if transcript else ()
    return CaseView(case, shared["select"] or (), transcript, recognised, mentions, results, built, trouble)


def _told(clip: ClipResult) -> str:
    """Why nothing can be shown, and the way on."""
    return f"{clip.reason}\n-> {clip.next_step}" if clip.next_step else clip.reason


def _built(
    result: ClipResult, step: Looking, slot: str, whole: tuple[Clip, ...] | None, review: Review
) -> Built | None:
    """What of a clip can be shown: nothing, unless it was at least hidden."""
    master = step.found.get((slot, "redact"))
    if master is None or not whole:
        return None
    clip = next(clip for clip in shortened(whole, review) if clip.number == result.clip)
    return Built(
        result,
        clip,
        step.found[(slot, "detect")],
        step.found.get((slot, "recognise"), step.found[(slot, "track")]),
        step.found[(slot, "correct")],
        master,
        step.found.get((slot, "export"), ()),
    )
