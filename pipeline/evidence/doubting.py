"""What about a clip a person must decide, and what they can do about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.results import timecode
from pipeline.values import Clip, CueSheet, Damage, Doubtful, Plan, Script


@dataclass(frozen=True)
class Doubt:
    """Something that a person must look at, and what they can do about it."""

    reason: str
    next_step: str


def doubts(
    clip: Clip,
    plan: Plan,
    script: Script,
    sheets: tuple[CueSheet, ...],
    damage: tuple[Damage, ...],
    suspect: tuple[Doubtful, ...],
) -> list[Doubt]:
    """Everything that keeps a proved clip waiting, the plainest first.

    Args:
        damage: of the recording, inside the clip.
        suspect: what is odd about it and nobody has looked at yet.
    """
    seen = [*map(_damaged, damage), *_faces(plan), *_words(clip, script, sheets), *_unmet(plan)]
    return [*seen, *map(_suspected, suspect)]


def _damaged(damage: Damage) -> Doubt:
    start, end = timecode(damage.start_s), timecode(damage.end_s)
    return Doubt(
        f"the recording is damaged from {start} to {end}: {damage.cause}",
        "copy the file from the camera again, or leave that part out of `clips:`",
    )


def _faces(plan: Plan) -> Iterator[Doubt]:
    """Absence of a sighting is not evidence of absence of a person."""
    if not any(track.kind == "face" for track in plan.tracks + plan.kept):
        yield Doubt(
            "no face was ever seen in it",
            "watch it: if someone is in the picture, hide them with `zones:` in case.yaml",
        )


def _suspected(one: Doubtful) -> Doubt:
    return Doubt(
        f"{timecode(one.start_s)} to {timecode(one.end_s)} of the recording: {one.what}",
        "look at it (clinicreel review): if somebody shows, mask the whole frame for that span (`regions:`) or drop "
        f"that span (`cut:`); if nobody does, say so (`seen: [{{from, to, about: {one.kind}}}]`), all in review.yaml",
    )


def _unmet(plan: Plan) -> Iterator[Doubt]:
    """What a person wanted and could not have: nothing is shown on a guess, and nobody is left in doubt."""
    for what in plan.unmet:
        yield Doubt(f"review.yaml asks {what}", "look at it again: clinicreel review, or take it out of review.yaml")


def _words(clip: Clip, script: Script, sheets: tuple[CueSheet, ...]) -> Iterator[Doubt]:
    if script.engine != "none" and not any(sheet.cues for sheet in sheets):
        yield Doubt(
            "no words were heard in it, so it has no subtitles",
            "lay a corrected transcript beside the footage; for footage without talk set `transcribe: {engine: none}`",
        )
    elif _says_nothing_else(clip, script):
        yield Doubt(
            "every word in it identifies someone, so nothing of it can be heard or read",
            "leave it out of `clips:`, or make it longer",
        )


def _says_nothing_else(clip: Clip, script: Script) -> bool:
    """Words are said in it, and the middle of each lies in a mention."""
    middles = [(word.start_s + word.end_s) / 2 for word in script.words]
    shown = [at for at in middles if any(span.start_s <= at < span.end_s for span in clip.spans)]
    return bool(shown) and all(any(one.start_s <= at <= one.end_s for one in script.mentions) for at in shown)
