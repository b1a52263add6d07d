"""Verify: proves each exported file on its own decoded pictures and sound, taking nothing on trust."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline import rooms, weights
from pipeline.checks import Picture, PictureCheck, container, loudness
from pipeline.checks.faces import Faces
from pipeline.checks.regions import Regions, subtitles_over
from pipeline.config import Export as ExportSettings
from pipeline.config import Redact, Verify
from pipeline.config import Subtitle as SubtitleSettings
from pipeline.values import CueSheet, Export, Finding, Measure, Plan, Verdict

VERSION = 1
FAMILIES = ("face_yunet", "face_centerface")
"""Detectors that may verify, best first: YuNet is of another family than the default that makes the plan."""


def depends(*_: object) -> dict[str, str]:
    """Which detector verifies, and its weights."""
    name = _family()
    return {name: f"{rooms.part('detectors', name).VERSION} {_weights(name)}"}


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
        findings += container.check(export)
        heard = loudness.Heard(export)
        findings += heard.findings(encoding, settings.loudness_tolerance_lu)
        measures += heard.measures()
        covered = subtitles_over(_sheet(sheets, export), export, subtitle) if subtitle.burn_in else ()
        checks: list[PictureCheck] = [
            Regions(export, plan, redact, covered),
            Faces(export, plan, (detector,), settings),
        ]
        findings += _look(export, plan, checks)
        for check in checks:
            findings += check.findings()
            measures += check.measures()
    return Verdict(
        passed=not findings,
        sha256s=tuple(export.file.sha256 for export in exports),
        findings=tuple(findings),
        measures=tuple(measures),
        verified_by=family,
    )


def _look(export: Export, plan: Plan, checks: Sequence[PictureCheck]) -> Iterator[Finding]:
    """Shows every picture to every check, and counts them."""
    count = 0
    for picture in _pictures(export):
        count += 1
        for check in checks:
            check.look(picture)
    for name, found, wanted in (
        ("pictures in the file", count, export.frame_count),
        ("frames of the clip", export.clip_frames, plan.frame_count),
    ):
        if found != wanted:
            yield Finding("frames", export.format, None, f"{name}: {found}, not {wanted}", exposes=True)


def _pictures(export: Export) -> Iterator[Picture]:
    """Decodes an export with PyAV, another build of the decoders than the one that made it."""
    import av

    first, last = export.opening_frames, export.opening_frames + export.clip_frames
    with av.open(str(export.file.path)) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        for number, frame in enumerate(container.decode(stream)):
            clip_frame = number - first if first <= number < last else None
            yield Picture(number, float(number / export.fps), clip_frame, *(_plane(plane) for plane in frame.planes))


def _plane(plane: Any) -> NDArray[np.uint8]:
    """A decoded plane without its padding: uint8, shape (height, width)."""
    rows = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)
    return rows[: plane.height, : plane.width]


def _sheet(sheets: tuple[CueSheet, ...], export: Export) -> CueSheet:
    return next(sheet for sheet in sheets if sheet.format == export.format)


def _family() -> str:
    """The best verifying detector whose weights are there."""
    return FAMILIES[0] if weights.is_there("yunet") else FAMILIES[1]


def _weights(name: str) -> str:
    return weights.digest("yunet") if name == "face_yunet" else ""


def _detector(name: str, settings: Verify) -> Any:
    """A detector at other sizes than those that made the plan."""
    part = rooms.part("detectors", name)
    return part.build(part.Settings(every=settings.every, long_sides_px=settings.long_sides_px))
