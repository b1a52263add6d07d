"""Challenge: shows whoever verifies some of this recording's own faces naked, and counts how many are found.

A verifier that finds nothing proves something only if it would have found something. The film in which the faces are
shown never leaves the step's own folder, is not kept, and is encoded as what leaves is.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pipeline import config, media, store
from pipeline.checks import families
from pipeline.checks.faces import Faces, Hit, inside
from pipeline.checks.proof import pictures, sha256_of_plan
from pipeline.checks.regions import on_export
from pipeline.evidence import bounds, uncovering
from pipeline.evidence.uncovering import Probe
from pipeline.packing import formats
from pipeline.stages.export import export
from pipeline.stages.redact import painted
from pipeline.values import Clip, CueSheet, Export, Master, Plan, Sensitivity, Sightings, Source, View

VERSION = 1
PROBE = "probe"
"""The folder that exists only while the stage runs."""
SINGLE, SHORT = 0.7, 0.9
"""Of the trials, up to the first share one frame is naked, up to the second five, for the rest a second."""
SHORT_FRAMES = 5


def challenge(
    source: Source,
    clip: Clip,
    plan: Plan,
    sightings: Sightings,
    shapes: tuple[str, ...],
    planned_by: tuple[str, ...],
    track: config.Track,
    redact: config.Redact,
    encoding: config.Export,
    settings: config.Verify,
    *,
    out: Path,
) -> Sensitivity:
    """Measures how many naked heads the verifying detectors find in films of this camera.

    Args:
        source: the recording.
        clip: a clip of it.
        plan: what is hidden in the clip, before anybody corrected it.
        sightings: which of it is surely a face.
        shapes: the formats of the clip; the one that shows heads smallest is used.
        planned_by: the detectors of faces that made the plan.
        track: how much larger than a face a region is.
        redact: how the rest of the picture is painted.
        encoding: as the files that leave are encoded.
        settings: how many heads, and who looks.
        out: the step's own folder; nothing is left in it.
    """
    profile = hashlib.sha256(
        json.dumps(
            filed_under(source, clip, plan, sightings, shapes, planned_by, track, redact, encoding, settings),
            sort_keys=True,
        ).encode()
    ).hexdigest()
    name, view = _smallest(plan, shapes, encoding)
    face_share = _face_share(track)
    chosen = uncovering.choose(
        plan, sightings, _lengths(settings.trials, plan), view.crop, face_share, sha256_of_plan(plan)
    )
    if not chosen:
        return Sensitivity(profile, 0, 0, 0, 0, 0.0, 0)
    probe = uncovering.probe_of(clip, plan, chosen)
    place = out / PROBE
    place.mkdir()
    try:
        film = film_of(source, probe, name, redact, encoding, place)
        caught = [any(hit.counts for hit in hits) for hits in hits_on(film, probe, view, planned_by, settings)]
    finally:
        shutil.rmtree(place)
    single = [is_found for one, is_found in zip(probe.trials, caught, strict=True) if len(one.frames) == 1]
    scale = (view.place[3] - view.place[1]) / (view.crop[3] - view.crop[1])
    return Sensitivity(
        profile=profile,
        shown=len(caught),
        found=sum(caught),
        single_shown=len(single),
        single_found=sum(single),
        bound=round(bounds.lower(sum(caught), len(caught)), 4),
        smallest_px=round(min(one.face_px for one in chosen) * scale),
    )


def filed_under(
    source: Source,
    clip: Clip,
    plan: Plan,
    sightings: Sightings,
    shapes: tuple[str, ...],
    planned_by: tuple[str, ...],
    track: config.Track,
    redact: config.Redact,
    encoding: config.Export,
    settings: config.Verify,
) -> dict[str, Any]:
    """What stands for the inputs in the step's key: the kind of camera and export, and who looks.

    The first clip of a camera that shows a sure face speaks for the others; one without speaks for itself alone.
    """
    name, view = _smallest(plan, shapes, encoding)
    told: dict[str, Any] = {
        "camera": [source.container, source.video_codec, source.width_px, source.height_px, str(source.fps)],
        "light": [source.transfer, source.matrix, source.is_full_range, source.is_interlaced],
        "export": [name, view.crop, view.place],
        "redact": redact.model_dump(mode="json"),
        "encoding": encoding.model_dump(mode="json"),
        "settings": [settings.family, settings.min_score, settings.min_overlap, settings.trials],
        "detectors": families.versions(families.chosen(settings, planned_by)),
        "planned_by": planned_by,
    }
    if not uncovering.choose(plan, sightings, [1], view.crop, _face_share(track), ""):
        told["clip"] = [source.file.sha256, [[span.start_s, span.end_s] for span in clip.spans]]
        told["sightings"] = len(sightings.frames)
    return told


def _face_share(track: config.Track) -> float:
    """Height of a face over that of its region."""
    return 1 / (1 + track.grow_up + track.grow_down)


def _lengths(count: int, plan: Plan) -> list[int]:
    second = min(round(plan.fps), plan.frame_count)
    return [1 if at < SINGLE * count else SHORT_FRAMES if at < SHORT * count else second for at in range(count)]


def _smallest(plan: Plan, shapes: Sequence[str], encoding: config.Export) -> tuple[str, View]:
    """The format in which heads are smallest, and how the master lies in it."""
    views = {
        name: formats.view(plan.width_px, plan.height_px, formats.SHAPES[name], encoding.framing) for name in shapes
    }

    def scale(name: str) -> float:
        crop, place = views[name].crop, views[name].place
        return (place[3] - place[1]) / (crop[3] - crop[1])

    name = min(sorted(views), key=scale)
    return name, views[name]


def film_of(
    source: Source, probe: Probe, name: str, redact: config.Redact, encoding: config.Export, place: Path
) -> Export:
    """The probe as the files that leave are made, without sound.

    Args:
        source: the recording.
        probe: what of it is shown, and how.
        name: the format.
        redact: how what stays hidden is painted.
        encoding: how it is encoded.
        place: a private folder; whoever calls removes it.
    """
    width, height = media.master_size(source)
    frames = painted(source, probe.clip, probe.plan, redact, media.Decode())
    master_folder, film_folder = place / "master", place / "film"
    for folder in (master_folder, film_folder):
        folder.mkdir()
    count = media.write_master(frames, width, height, source.fps, None, master_folder)
    file = store.file_of(master_folder / "master.mp4")
    master = Master(file, width, height, source.fps, count, has_sound=False, damage=())
    bare = config.Subtitle(burn_in=False)
    return export(master, (CueSheet(name, ()),), (), (name,), bare, encoding, out=film_folder)[0]


def hits_on(
    film: Export, probe: Probe, view: View, planned_by: tuple[str, ...], settings: config.Verify
) -> list[list[Hit]]:
    """What is seen of each head on the frames on which it was naked, counting or not."""
    taken = families.chosen(settings, planned_by)
    check = Faces(film, probe.plan, view, taken, families.lookers(taken), settings)
    for picture in pictures(film):
        check.look(picture)
    return [
        [hit for hit in check.hits() if hit.frame in one.frames and inside(hit.box, on_export(one.head, view)) > 0.5]
        for one in probe.trials
    ]
