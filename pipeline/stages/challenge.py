"""Challenge: shows whoever verifies some of this recording's own faces naked, and counts how many are found.

A verifier that finds nothing proves something only if it would have found something. The film in which the faces are
shown never leaves the step's own folder, is not kept, and is encoded as what leaves is.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline import geometry, media, rooms, store
from pipeline.checks import families
from pipeline.checks.faces import Faces, Hit
from pipeline.checks.proof import pictures, sha256_of_plan
from pipeline.checks.regions import on_export
from pipeline.config import Subtitle
from pipeline.evidence import bounds, uncovering
from pipeline.evidence.uncovering import Probe
from pipeline.packing import formats
from pipeline.settings.proving import Proving
from pipeline.stages.export import export
from pipeline.stages.redact import painted
from pipeline.values import Clip, CueSheet, Export, Master, Plan, Sensitivity, Sightings, Source, View

VERSION = 8
PROBE = "probe"
"""The folder that exists only while the stage runs."""
SINGLE = 0.8
"""So many trials show a head on one frame, the others on five: what is naked for longer is found sooner."""
SHORT_FRAMES = 5


@dataclass(frozen=True)
class _Lens:
    """Through which format heads are looked at: its name, how the master lies in it, how its files are made."""

    format: str
    view: View
    made: Proving

    @property
    def scale(self) -> float:
        """Pixels of the format for one of the master."""
        crop, place = self.view.crop, self.view.place
        return (place[3] - place[1]) / (crop[3] - crop[1])


def challenge(
    source: Source,
    clip: Clip,
    plan: Plan,
    sightings: Sightings,
    shapes: tuple[str, ...],
    face_share: float,
    made: Proving,
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
        face_share: height of a face over that of its region.
        made: how the files that leave are made, how many heads are shown, and who looks.
        out: the step's own folder; nothing is left in it.
    """
    known = filed_under(source, clip, plan, sightings, shapes, face_share, made)
    profile = hashlib.sha256(json.dumps(known, sort_keys=True).encode()).hexdigest()
    lens = _lens(plan, sightings, shapes, face_share, made)
    lengths = _lengths(made.verify.trials, plan)
    chosen = uncovering.choose(plan, sightings, lengths, lens.view.crop, face_share, sha256_of_plan(plan))
    if not chosen:
        return Sensitivity(profile, 0, 0, 0, 0, 0.0, 0)
    probe = uncovering.probe_of(clip, plan, chosen)
    caught = _caught(source, probe, lens, out)
    single = [is_found for one, is_found in zip(probe.trials, caught, strict=True) if len(one.frames) == 1]
    return Sensitivity(
        profile=profile,
        shown=len(caught),
        found=sum(caught),
        single_shown=len(single),
        single_found=sum(single),
        bound=round(bounds.lower(sum(caught), len(caught)), 4),
        smallest_px=round(min(one.face_px for one in chosen) * lens.scale),
    )


def filed_under(
    source: Source,
    clip: Clip,
    plan: Plan,
    sightings: Sightings,
    shapes: tuple[str, ...],
    face_share: float,
    made: Proving,
) -> dict[str, Any]:
    """What stands for the inputs in the step's key: the kind of camera and export, and who looks.

    The first clip of a camera that shows a sure face speaks for the others; one without speaks for itself alone.
    """
    lens, settings = _lens(plan, sightings, shapes, face_share, made), made.verify
    told: dict[str, Any] = {
        "camera": [source.container, source.video_codec, source.width_px, source.height_px, str(source.fps)],
        "light": [source.transfer, source.matrix, source.is_full_range, source.is_interlaced],
        "export": [lens.format, lens.view.crop, lens.view.place],
        "redact": [made.redact.model_dump(mode="json"), rooms.part("redactors", made.redact.face).VERSION],
        "encoding": lens.made.export.model_dump(mode="json"),
        "settings": [settings.family, settings.min_score, settings.min_overlap, settings.trials],
        "detectors": families.versions(families.chosen(settings, made.planned_by)),
        "planned_by": made.planned_by,
    }
    if not uncovering.shows_a_face(plan, sightings, lens.view.crop, face_share):
        told["clip"] = [source.file.sha256, [[span.start_s, span.end_s] for span in clip.spans]]
        told["sightings"] = len(sightings.frames)
    return told


def _lens(plan: Plan, sightings: Sightings, shapes: tuple[str, ...], face_share: float, made: Proving) -> _Lens:
    """The format in which heads are smallest; all of the picture in it, where its crop holds no sure face."""
    size = plan.width_px, plan.height_px
    views = {name: formats.view(*size, formats.SHAPES[name], made.export.framing) for name in shapes}
    lens = min((_Lens(name, view, made) for name, view in sorted(views.items())), key=lambda one: one.scale)
    if uncovering.shows_a_face(plan, sightings, lens.view.crop, face_share):
        return lens
    fitted = made.export.model_copy(update={"framing": "fit"})
    view = formats.view(*size, formats.SHAPES[lens.format], fitted.framing)
    return _Lens(lens.format, view, made.model_copy(update={"export": fitted}))


def _caught(source: Source, probe: Probe, lens: _Lens, out: Path) -> list[bool]:
    """Which of a probe's heads are found. The film in which they are naked is gone again when this returns."""
    place = out / PROBE
    place.mkdir()
    try:
        film = film_of(source, probe, lens.format, lens.made, place)
        return [any(hit.counts for hit in hits) for hits in hits_on(film, probe, lens.view, lens.made)]
    finally:
        shutil.rmtree(place)


def _lengths(count: int, plan: Plan) -> list[int]:
    short = min(SHORT_FRAMES, plan.frame_count)
    return [1 if at < SINGLE * count else short for at in range(count)]


def film_of(source: Source, probe: Probe, name: str, made: Proving, place: Path) -> Export:
    """The probe as the files that leave are made, without sound.

    Args:
        source: the recording.
        probe: what of it is shown, and how.
        name: the format.
        made: how what stays hidden is painted, and how the film is encoded.
        place: a private folder; whoever calls removes it.
    """
    width, height = media.master_size(source)
    frames = painted(source, probe.clip, probe.plan, made.redact, media.Decode())
    master_folder, film_folder = place / "master", place / "film"
    for folder in (master_folder, film_folder):
        folder.mkdir()
    count = media.write_master(frames, width, height, source.fps, None, master_folder)
    file = store.file_of(master_folder / "master.mp4")
    master = Master(file, width, height, source.fps, count, has_sound=False, damage=())
    bare = Subtitle(burn_in=False)
    return export(master, (CueSheet(name, ()),), (), (name,), bare, made.export, out=film_folder)[0]


def hits_on(film: Export, probe: Probe, view: View, made: Proving) -> list[list[Hit]]:
    """What is seen of each head on the frames on which it was naked, counting or not."""
    taken = families.chosen(made.verify, made.planned_by)
    check = Faces(film, probe.plan, view, taken, families.lookers(taken), made.verify)
    naked = {frame for one in probe.trials for frame in one.frames}
    for picture in pictures(film):
        if picture.clip_frame in naked:
            check.look(picture)
    heads = [(one.frames, on_export(one.head, view)) for one in probe.trials]
    return [
        [hit for hit in check.hits() if hit.frame in frames and geometry.inside(hit.box, head) > 0.5]
        for frames, head in heads
    ]
