"""The hidden heads of published files, each with the camera and with everything that had a part in hiding it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pydantic import TypeAdapter

from pipeline import geometry
from pipeline.batch import Batch
from pipeline.checks.regions import on_export
from pipeline.errors import ClinicReelError
from pipeline.results import ClipResult
from pipeline.review.view import Looking
from pipeline.settings.loading import load_case
from pipeline.stages import detect, redact, track
from pipeline.values import Export, Plan, Source, Track
from pipeline.watching import Unwatched


@dataclass(frozen=True, slots=True)
class Unit:
    """One hidden head of one published file, and what hid it: the camera, and everything that had a part in it."""

    case: str
    clip: int
    video: str
    track: int
    camera: str
    made_with: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A unit with what is needed to show it."""

    unit: Unit
    track: Track
    export: Export


def published(batch: Batch, wanted: set[str], there: set[str]) -> Iterator[Shown]:
    """Every head of every published clip that still is in the work folder; of one in several formats, in one.

    Args:
        batch: the cases.
        wanted: SHA-256 of the files that were published.
        there: filled with those that were found.
    """
    for folder in batch.folders:
        try:
            case = load_case(folder, batch.channel)
            step = Looking(batch.store, Unwatched(), case.slug)
            clips = list(batch.clips(case, step))
        except ClinicReelError:
            continue  # `clinicreel status` tells why; what of it was published is counted as unseen
        for clip in clips:
            exports = [one for one in clip.exports if one.file.sha256 in wanted]
            there |= {one.file.sha256 for one in exports}
            if exports:
                yield from _heads(clip, exports[0], step.found[(case.slug, "probe")], batch)


def _heads(clip: ClipResult, export: Export, source: Source, batch: Batch) -> Iterator[Shown]:
    """The heads of a clip that can be seen in an export: what its format cuts off is in no file that leaves."""
    assert clip.plan is not None
    assert clip.clip is not None
    plan = TypeAdapter(Plan).validate_json(clip.plan.read_bytes())
    camera = f"{source.video_codec} {source.width_px}x{source.height_px} at {float(source.fps):g}"
    unit = clip.case, clip.clip, export.file.sha256
    for one in plan.tracks:
        if one.kind == "face" and any(_is_in_sight(one, at, export) for at in range(one.frame_count)):
            yield Shown(Unit(*unit, one.number, camera, _made_with(batch)), one, export)


def _is_in_sight(one: Track, at: int, export: Export) -> bool:
    box = one.box(one.first_frame + at)
    assert box is not None
    return geometry.clip(on_export(box, export.view), export.width_px, export.height_px) is not None


def _made_with(batch: Batch) -> str:
    """Which detectors saw the heads, and a hash of every version, weight and setting that hid them."""
    channel = batch.channel
    form = channel.detect.reading(channel.text)
    known: Mapping[str, object] = {
        "detectors": detect.depends(form),
        "versions": [detect.VERSION, track.VERSION, redact.VERSION],
        "settings": [one.model_dump(mode="json") for one in (form, channel.track, channel.redact)],
    }
    digest = hashlib.sha256(json.dumps(known, sort_keys=True, default=str).encode()).hexdigest()
    return f"{'+'.join(form.faces)} {digest[:8]}"
