"""Verify: proves each exported file on its own decoded pictures and sound, taking nothing on trust."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline import formats, progress, rooms, weights
from pipeline.checks import Picture, PictureCheck, container, loudness
from pipeline.checks.faces import Faces
from pipeline.checks.frames import Frames
from pipeline.checks.regions import Regions, subtitles_over
from pipeline.config import Export as ExportSettings
from pipeline.config import Redact, Verify
from pipeline.config import Subtitle as SubtitleSettings
from pipeline.values import CueSheet, Export, Finding, Measure, Plan, Verdict

VERSION = 5
FAMILIES = ("face_yunet", "face_centerface")
"""Detectors that may verify, best first: YuNet is of another family than the default that makes the plan."""


def depends(*_: object) -> dict[str, object]:
    """Which detector verifies, its version and its weights."""
    name = _family()
    part = rooms.part("detectors", name)
    return {name: [part.VERSION, *map(weights.sha256_of_weights, part.weights())]}


def verify(
    exports: tuple[Export, ...],
    plan: Plan,
    sheets: tuple[CueSheet, ...],
    redact: Redact,
    subtitle: SubtitleSettings,
    encoding: ExportSettings,
    settings: Verify,
) -> Verdict:
    """Looks at every exported file, and says what was looked at, what was found and by what.

    Args:
        exports: the files that may leave.
        plan: what must be hidden in them.
        sheets: the subtitles; what they cover cannot be measured while they are shown.
        redact: how regions were hidden.
        subtitle: whether subtitles are burned in, and how large.
        encoding: the loudness that was asked for.
        settings: limits.

    Returns:
        A verdict that passed only if no check found anything in any file.
    """
    family = _family()
    detector = _detector(family, settings)
    findings: list[Finding] = []
    measures: list[Measure] = []
    for export in exports:
        if not container.is_the_one(export):
            what = "the file is not the one that was exported: its SHA-256 differs"
            findings.append(Finding("container", export.format, None, what, exposes=True))
            continue
        findings += container.check(export, plan, encoding)
        view = formats.view(plan.width_px, plan.height_px, formats.SHAPES[export.format], encoding.framing)
        covered = subtitles_over(_sheet(sheets, export), export, subtitle) if subtitle.burn_in else ()
        looks: list[PictureCheck] = [
            Frames(export, plan),
            Regions(export, plan, redact, view, covered),
            Faces(export, plan, view, (detector,), settings),
        ]
        heard, seen = _listen_and_look(export, looks, encoding, settings)
        findings += (*heard.findings(), *seen)
        measures += heard.measures()
        for check in looks:
            findings += check.findings()
            measures += check.measures()
    return Verdict(
        passed=bool(exports) and not findings,
        sha256s=tuple(export.file.sha256 for export in exports),
        findings=tuple(findings),
        measures=tuple(measures),
        verified_by=family,
    )


def _listen_and_look(
    export: Export, checks: Sequence[PictureCheck], encoding: ExportSettings, settings: Verify
) -> tuple[loudness.Heard, list[Finding]]:
    """Hears the sound of a file while its pictures are looked at."""
    with ThreadPoolExecutor(1) as listener:
        heard = listener.submit(loudness.Heard, export, encoding, settings.loudness_tolerance_lu)
        seen = list(_look(export, checks))
        return heard.result(), seen


def _look(export: Export, checks: Sequence[PictureCheck]) -> Iterator[Finding]:
    """Shows every picture to every check; what cannot be decoded cannot be proved."""
    import av

    number = 0
    try:
        for picture in pictures(export):
            number = picture.number + 1
            progress.report(number, export.frame_count)
            for check in checks:
                check.look(picture)
    except av.FFmpegError as error:
        what = f"picture {number} cannot be decoded: {error.strerror}"
        yield Finding("frames", export.format, float(number / export.fps), what, exposes=True)


def pictures(export: Export) -> Iterator[Picture]:
    """Decodes an export with PyAV, another build of the decoders than the one that made it.

    Without edit lists: what a player does not show is looked at too.
    """
    import av

    first, last = export.opening_frames, export.opening_frames + export.clip_frames
    with av.open(str(export.file.path), options={"ignore_editlist": "1"}) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        stream.codec_context.options = {"err_detect": "explode"}
        for number, frame in enumerate(container.decode(stream)):
            shown_s = None if frame.pts is None or frame.time_base is None else frame.pts * frame.time_base
            clip_frame = number - first if first <= number < last else None
            if (frame.format.name, frame.width, frame.height) != ("yuv420p", export.width_px, export.height_px):
                return  # The container check says so; what is not looked at is missing in the count.
            planes = (_plane(plane) for plane in frame.planes)
            yield Picture(number, float(number / export.fps), shown_s, frame.is_corrupt, clip_frame, *planes)


def _plane(plane: Any) -> NDArray[np.uint8]:
    """A decoded plane without its padding: uint8, shape (height, width)."""
    rows = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)
    return rows[: plane.height, : plane.width]


def _sheet(sheets: tuple[CueSheet, ...], export: Export) -> CueSheet:
    return next(sheet for sheet in sheets if sheet.format == export.format)


def _family() -> str:
    """The best verifying detector whose weights are there."""
    return FAMILIES[0] if weights.is_there("yunet") else FAMILIES[1]


def _detector(name: str, settings: Verify) -> Any:
    """A detector at other sizes than those that made the plan."""
    part = rooms.part("detectors", name)
    return part.build(part.Settings(every=settings.every, long_sides_px=settings.long_sides_px))
