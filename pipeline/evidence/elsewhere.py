"""Verifies a video that was finished elsewhere and came back: everything that can be told without a plan.

No plan means: nothing is known of what was hidden, so whatever still shows, reads or sounds like somebody is a finding.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from pipeline import media, progress, timing
from pipeline.checks import Picture, PictureCheck, families, writing
from pipeline.checks.codes import Codes
from pipeline.checks.faces import Faces
from pipeline.config import Text, Verify
from pipeline.errors import RecordingError
from pipeline.evidence.carried import leaks
from pipeline.language import identifying
from pipeline.media.demux import Contents
from pipeline.values import (
    Export,
    Finding,
    Measure,
    Mention,
    Plan,
    Register,
    Script,
    Source,
    Track,
    Used,
    Verdict,
    View,
)

VERSION = 3
FORMAT = "file"
"""What stands for the format in findings: it was not made in one of ours."""
READ_EVERY_S = 1.0
"""Writing is looked for this often: nothing of it was hidden by a plan."""
WITHOUT_A_PLAN = (
    "regions: there is no plan, so nobody knows what should have been hidden, nor how it was",
    "voices: whose voice is heard, and whether it was disguised",
    "bytes: notes beside the pictures (SEI), and data that no index shows",
)
NOBODY = "names: without --case only what looks like a name or a number is found"


def verify_file(
    source: Source,
    script: Script | None,
    unheard: str,
    register: Register,
    kept: tuple[Track, ...],
    planned_by: tuple[str, ...],
    text: Text,
    settings: Verify,
) -> Verdict:
    """Looks at every picture that a file stores, reads it, and says what was heard and what else it carries.

    Args:
        source: the file, vouched for by `probe`. It is no recording, and nothing is made from it.
        script: what was understood of its sound; None: nothing could be.
        unheard: why not.
        register: who must not be told.
        kept: faces of people who agreed to be seen, on the grid of `source.fps`, where they surely were recognised.
        planned_by: the detectors of faces that the channel hides by; another family looks here.
        text: writing that stays.
        settings: what counts as a face, and who looks.
    """
    shown = media.contents(source.file.path)
    stored = media.contents(source.file.path, with_hidden=True) if source.container == "mov" else shown
    export = as_export(source, len(stored.pts))
    times_s = _times_s(source, shown, stored)
    visible = tuple(_on_stored(track, times_s, source.fps) for track in kept)
    plan = Plan(1, export.width_px, export.height_px, export.fps, export.frame_count, (), visible)
    taken = families.chosen(settings, planned_by)
    often = settings.model_copy(update={"read_every_s": min(READ_EVERY_S, settings.read_every_s)})
    faces = Faces(export, plan, export.view, taken, families.lookers(taken), settings)
    read = writing.Read(export, plan, export.view, (), register, text, often, writing.Eyes())
    checks: tuple[PictureCheck, ...] = faces, read, Codes(export, plan, export.view, settings)
    findings = [_finding("container", what) for what in leaks(shown, stored, source.file.path)]
    findings += _look(source, times_s, export, checks)
    findings += [finding for check in checks for finding in check.findings()]
    findings += map(_heard, script.mentions if script else ())
    measures = [measure for check in checks for measure in check.measures()]
    measures.append(Measure("sound", FORMAT, "words_heard", float(len(script.words) if script else 0)))
    unknown = () if register.people else (NOBODY,)
    return Verdict(
        passed=not findings,
        sha256s=(source.file.sha256,),
        findings=tuple(findings),
        measures=tuple(measures),
        verified_by="+".join(taken.families),
        not_checked=(*WITHOUT_A_PLAN, *unknown, *((unheard,) if unheard else ()), *taken.said),
        used=tuple(_used(taken, script)),
    )


def depends(planned_by: tuple[str, ...], settings: Verify) -> dict[str, object]:
    """Which detectors look, their versions and weights, and the version of every identifier."""
    return {**families.versions(families.chosen(settings, planned_by)), **identifying.versions()}


def as_export(source: Source, count: int | None = None) -> Export:
    """The file as the checks know one: no cards, and nothing cut off.

    Args:
        source: the file.
        count: how many pictures it stores; None: as many as its length says.
    """
    width_px, height_px = media.master_size(source)
    length = count if count is not None else max(1, round(source.duration_s * source.fps))
    fps = Fraction(length / max(source.duration_s, 0.04)).limit_denominator(1001)
    view = View((0, 0, width_px, height_px), (0, 0, width_px, height_px))
    has_sound = source.audio_index is not None
    return Export(FORMAT, source.file, width_px, height_px, fps, length, 0, length, view, has_sound, "none")


def _times_s(source: Source, shown: Contents, stored: Contents) -> list[float]:
    """When each stored picture is shown; where an edit list hides some, counted from the first that is stored."""
    if len(shown.pts) == len(stored.pts):
        return [float(pts * shown.tick_s) - source.clock.start_s for pts in sorted(shown.pts)]
    return [float((pts - min(stored.pts)) * stored.tick_s) for pts in sorted(stored.pts)]


def _on_stored(track: Track, times_s: list[float], fps: Fraction) -> Track:
    """A track by the numbers of the stored pictures instead of those of an even grid; frames between stay out."""
    boxes = [track.box(timing.frame_at(time_s, fps)) for time_s in times_s]
    there = [at for at, box in enumerate(boxes) if box is not None]
    first = there[0] if there else 0
    flat = tuple(side for box in boxes[first : there[-1] + 1] if box for side in box) if there else ()
    return replace(track, first_frame=first, boxes=flat, seen=())


def _look(source: Source, times_s: list[float], export: Export, checks: tuple[PictureCheck, ...]) -> Iterator[Finding]:
    """Shows every picture to every check, and says which could not be seen."""
    decode = media.Decode()
    count = 0
    try:
        for frame in media.stored(source, decode):
            count = frame.number + 1
            progress.report(count, len(times_s))
            time_s = times_s[min(frame.number, len(times_s) - 1)]
            at = min(frame.number, export.clip_frames - 1)
            picture = Picture(frame.number, time_s, None, False, at, frame.y, frame.u, frame.v)
            for check in checks:
                check.look(picture)
    except RecordingError as error:
        yield _finding("frames", error.cause)
    if count != len(times_s):
        yield _finding("frames", f"{len(times_s)} pictures are stored, {count} could be looked at")
    elif decode.errors:
        yield _finding("frames", "the decoder complained of damaged pictures")


def _heard(mention: Mention) -> Finding:
    kind = mention.kind.replace("_", " ")
    return Finding("sound", FORMAT, mention.start_s, f"{kind} is heard", exposes=True)


def _finding(check: str, what: str) -> Finding:
    return Finding(check, FORMAT, None, what, exposes=True)


def _used(taken: families.Chosen, script: Script | None) -> Iterator[Used]:
    """What the verdict rests on."""
    yield from families.used(taken)
    if script:
        yield Used("engine", script.engine)
