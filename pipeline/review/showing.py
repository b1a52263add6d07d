"""A clip as the page reads it: plain JSON from values. Times are the clip's own unless a key says `recording`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from itertools import pairwise
from typing import Any

from pipeline import results, timing
from pipeline.batch import Batch
from pipeline.evidence import approval
from pipeline.review import captions, doubts
from pipeline.review.view import Built, CaseView
from pipeline.settings.corrections import Review, Seen
from pipeline.values import Clip, Mention, Script, Track

Say = Callable[[str], str]
"""Says a message in the reader's language."""
URGENCY = {results.FAILED: 3.0, results.BLOCKED: 4.0, results.WAITING: 2.0, results.READY: 0.0}


def summary(case: str, view: CaseView, spent: dict[str, float], say: Say) -> list[dict[str, Any]]:
    """One line per clip of a case, for the list; those that need eyes most have the highest `urgency`."""
    rows = []
    for clip in view.whole:
        built, result = view.built.get(clip.number), view.results.get(clip.number)
        moments = _moments(built) if built else ()
        is_signed = bool(result and result.approved_by)
        urgency = -1.0 if is_signed else URGENCY[result.state if result else results.WAITING]
        rows.append(
            {
                "case": case,
                "clip": clip.number,
                "title": view.case.title(clip),
                "length_s": round(sum(span.end_s - span.start_s for span in clip.spans), 1),
                "state": "approved" if is_signed else result.state if result else results.WAITING,
                "reason": say(result.reason if result else view.trouble),
                "is_fresh": is_fresh(result),
                "awaits_approval": bool(result and result.awaits_approval),
                "doubts": len(moments) + (len(built.result.doubts) if built else 0),
                "seconds": spent.get(str(clip.number), 0.0),
                "urgency": urgency + min(0.99, sum(moment.weight for moment in moments) / 20),
            }
        )
    return rows


def is_fresh(result: results.ClipResult | None) -> bool:
    """Whether the clip is built with the corrections of this moment."""
    return result is not None and bool(result.exports)


def clip(case: str, number: int, view: CaseView, batch: Batch, version: str, spent: float, say: Say) -> dict[str, Any]:
    """Everything that the page shows of one clip."""
    whole = next(one for one in view.whole if one.number == number)
    built, result = view.built.get(number), view.results.get(number)
    return {
        "case": case,
        "clip": number,
        "state": result.state if result else results.WAITING,
        "reason": say(result.reason if result else view.trouble),
        "next": say(result.next_step) if result else "",
        "notes": [say(note) for note in result.notes] if result else [],
        "trouble": say(view.trouble),
        "is_fresh": is_fresh(result),
        "awaits_approval": bool(result and result.awaits_approval),
        "approved": {"by": result.approved_by, "at": result.approved_at} if result and result.approved_by else None,
        "subject": approval.seal(result) if result else "",
        "from": whole.start_s,
        "to": whole.end_s,
        "edits": view.case.review.of(number).model_dump(mode="json", by_alias=True),
        "version": version,
        "seconds": spent,
        "title": _title(view, whole),
        "caption": view.case.form.caption,
        "tags": {"written": view.case.form.tags, "channel": batch.channel.tags},
        "people": [{"id": one.id, "role": one.role} for one in view.case.everyone],
        "lines": _lines(view.recognised, whole),
        "mentions": _mentions(view.mentions, whole),
        "picture": _picture(built, view.case.review.of(number).seen, say) if built else None,
        "packs": _packs(result if is_fresh(result) else built.result if built else None, batch, say),
        "exports": _exports(built),
        "channel": batch.channel.name,
    }


def _title(view: CaseView, whole: Clip) -> dict[str, str]:
    written = replace(view.case, review=Review()).title(whole)
    return {"written": written, "now": view.case.title(whole)}


def _moments(built: Built) -> tuple[doubts.Moment, ...]:
    return doubts.moments(built.plan, built.sightings, built.result.verdict, built.exports)


def _picture(built: Built, seen: tuple[Seen, ...], say: Say) -> dict[str, Any]:
    plan, recognised = built.plan, {track.number for track in built.found.kept}
    tracks = sorted(built.found.tracks + built.found.kept, key=lambda track: track.first_frame)
    spans = timing.pieces(built.clip, plan.fps)
    pieces = [{"from": span.start_s, "to": span.end_s, "at": offset_s} for span, offset_s in spans]
    return {
        "width": plan.width_px,
        "height": plan.height_px,
        "fps": float(plan.fps),
        "frames": plan.frame_count,
        "pieces": pieces,
        "master": f"preview-{built.master.file.sha256}",
        "tracks": [{**_track(track, say), "recognised": track.number in recognised} for track in tracks],
        "moments": [{**asdict(moment), "what": say(moment.what)} for moment in _moments(built)],
        "suspects": _suspects(built, seen, say),
    }


def _suspects(built: Built, seen: tuple[Seen, ...], say: Say) -> list[dict[str, Any]]:
    """What keeps the clip waiting until somebody has looked, in the recording's time; then what was looked at."""
    waiting = [(one.kind, one.start_s, one.end_s, say(one.what)) for one in built.result.doubts]
    looked = [(one.about, one.start_s, one.end_s, "") for one in seen]
    return [
        {"about": about, "from": round(start_s, 3), "to": round(end_s, 3), "what": what}
        for about, start_s, end_s, what in (*waiting, *looked)
    ]


def _track(track: Track, say: Say) -> dict[str, Any]:
    return {
        "number": track.number,
        "kind": track.kind,
        "reason": say(track.reason),
        "shape": track.shape,
        "first": track.first_frame,
        "boxes": track.boxes,
        "seen": _runs(track.seen),
    }


def _runs(frames: tuple[int, ...], joined: int = 12) -> list[list[int]]:
    """Frames with a sighting as runs [first, last]; a detector that looks at every few frames leaves no hole."""
    if not frames:
        return []
    runs = [[frames[0], frames[0]]]
    for before, after in pairwise(frames):
        if after - before > joined:
            runs.append([after, after])
        runs[-1][1] = after
    return runs


def _lines(script: Script | None, whole: Clip) -> list[dict[str, Any]]:
    if script is None:
        return []
    return [
        {"from": round(one.start_s, 3), "to": round(one.end_s, 3), "text": one.text, "least": round(one.least, 2)}
        for one in captions.lines(script.words, whole)
    ]


def _mentions(mentions: tuple[Mention, ...], whole: Clip) -> list[dict[str, Any]]:
    def is_shown(one: Mention) -> bool:
        return any(one.start_s < span.end_s and span.start_s < one.end_s for span in whole.spans)

    return [
        {"from": round(one.start_s, 3), "to": round(one.end_s, 3), "kind": one.kind, "person": one.person}
        for one in mentions
        if is_shown(one)
    ]


def _packs(result: results.ClipResult | None, batch: Batch, say: Say) -> list[dict[str, Any]]:
    labels = {platform.name: platform.label for platform in batch.platforms}
    return [
        {
            "platform": pack.platform,
            "label": labels[pack.platform],
            "problems": list(map(say, pack.problems)),
            "covers": [file.sha256 for file in pack.files if file.path.suffix == ".jpg"][:1],
        }
        for pack, _ in (result.packs if result else ())
    ]


def _exports(built: Built | None) -> list[dict[str, Any]]:
    return [
        {
            "format": export.format,
            "file": export.file.sha256,
            "opening_s": float(export.opening_frames / export.fps),
            "crop": export.view.crop,
            "place": export.view.place,
            "size": [export.width_px, export.height_px],
        }
        for export in (built.exports if built else ())
    ]
