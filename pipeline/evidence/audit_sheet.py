"""The sheet of an audit: each head as it was published, at the moments when it is most likely to show."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from html import escape
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from pipeline import detectors, geometry, media
from pipeline.checks.regions import on_export
from pipeline.results import timecode
from pipeline.stages.probe import probe
from pipeline.values import Box, Export, Track

AROUND = 2.2
"""A picture shows so many times the width and height of what was hidden."""
LEAST_PX = 160
HEIGHT_PX = 280
CORNER = (40, 190, 250)
"""Colour (BGR) of the marks at the corners of the head that is meant; nothing of it is drawn over."""
GAPS, EVENLY = 3, 4
"""Moments shown: in the longest gaps between two sightings, and evenly over the whole."""

_STYLE = """
body { font: 15px/1.4 system-ui, "Noto Sans CJK SC", sans-serif; margin: 1.5em; background: #f4f6f5; color: #16211f; }
h2 { font-size: 1em; margin: 1.4em 0 .3em; }
figure { display: inline-block; margin: 0 6px 6px 0; }
figcaption { font-size: 12px; color: #45605c; }
img { display: block; height: 280px; }
"""
_HOW = (
    "每一行是一个被遮挡的人头（四角标记之间）在成片中的样子：刚出现之前、之后、检测器没看到的时刻、消失前后。"
    "认得出是谁吗？ Each row is one hidden head, between four marks, in the published file: just before and after "
    "it comes and goes, and where the detector did not see it. Can anybody be recognised? Answer in audit.yaml."
)


def moments(track: Track, clip_frames: int) -> list[int]:
    """The frames of the clip that are shown of a track, in order: where it begins, ends, and was not seen."""
    first, last = track.first_frame, track.first_frame + track.frame_count - 1
    wanted = {first - 1, first, last, last + 1}
    gaps = sorted(pairwise(track.seen), key=lambda gap: gap[0] - gap[1])[:GAPS]
    wanted |= {(before + after) // 2 for before, after in gaps}
    wanted |= {first + (last - first) * at // (EVENLY + 1) for at in range(1, EVENLY + 1)}
    return sorted(at for at in wanted if 0 <= at < clip_frames)


def page(heads: Sequence[tuple[Track, Export]]) -> str:
    """A page that holds all its pictures; number n is the n-th head."""
    pictures = _pictures(heads)
    rows = []
    for at, (_, export) in enumerate(heads):
        shown = []
        for frame, data in pictures[at]:
            when = timecode(float((export.opening_frames + frame) / export.fps))
            source = f"data:image/jpeg;base64,{base64.b64encode(data).decode()}"
            shown.append(f'<figure><img alt="" src="{source}"><figcaption>{when}</figcaption></figure>')
        rows.append(f"<h2>{at + 1}</h2>\n<div>{''.join(shown)}</div>")
    return (
        '<!doctype html>\n<html lang="zh"><meta charset="utf-8">'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; img-src data:; '
        "style-src 'unsafe-inline'\">"
        f"<title>抽查 Audit</title><style>{_STYLE}</style>\n<h1>抽查 Audit</h1>\n<p>{escape(_HOW)}</p>\n"
        + "\n".join(rows)
        + "\n</html>\n"
    )


def _pictures(heads: Sequence[tuple[Track, Export]]) -> list[list[tuple[int, bytes]]]:
    """For every head its frames with their JPEGs; each file is decoded once."""
    found: list[list[tuple[int, bytes]]] = [[] for _ in heads]
    for sha256 in dict.fromkeys(export.file.sha256 for _, export in heads):
        own = [(at, track, export) for at, (track, export) in enumerate(heads) if export.file.sha256 == sha256]
        export = own[0][2]
        wanted = {at: set(moments(track, export.clip_frames)) for at, track, _ in own}
        for frame in media.stored(probe(export.file.path), media.Decode()):
            number = frame.number - export.opening_frames
            for at, track, _ in own:
                if number in wanted[at]:
                    head = _place(track, number, export)
                    if geometry.clip(head, export.width_px, export.height_px):
                        found[at].append((number, _jpeg(detectors.bgr(frame), head, _window(head, export))))
    return found


def _place(track: Track, frame: int, export: Export) -> Box:
    """Where a head is on a frame, or nearest to it, in pixels of the export; it may reach beyond the picture."""
    last = track.first_frame + track.frame_count - 1
    box = track.box(min(max(frame, track.first_frame), last))
    assert box is not None
    return on_export(box, export.view)


def _window(head: Box, export: Export) -> Box:
    """What is shown of a picture: the head and what lies around it."""
    x0, y0, x1, y1 = head
    half = max(x1 - x0, y1 - y0, LEAST_PX) * AROUND / 2
    across = min(max((x0 + x1) / 2, half), max(half, export.width_px - half))
    down = min(max((y0 + y1) / 2, half), max(half, export.height_px - half))
    left, top = max(0, round(across - half)), max(0, round(down - half))
    return left, top, min(export.width_px, round(across + half)), min(export.height_px, round(down + half))


def _jpeg(image: NDArray[np.uint8], head: Box, window: Box) -> bytes:
    """A part of a picture, with marks just outside the corners of the head that is meant."""
    import cv2

    left, top, right, bottom = window
    scale = HEIGHT_PX / (bottom - top)
    fitted = cv2.resize(image[top:bottom, left:right], None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    x0, y0, x1, y1 = (round((side - start) * scale) for side, start in zip(head, (left, top) * 2, strict=True))
    for x, y, across, down in ((x0, y0, 12, 12), (x1, y0, -12, 12), (x0, y1, 12, -12), (x1, y1, -12, -12)):
        cv2.line(fitted, (x, y), (x + across, y), CORNER, 2)
        cv2.line(fitted, (x, y), (x, y + down), CORNER, 2)
    return bytes(cv2.imencode(".jpg", fitted, [cv2.IMWRITE_JPEG_QUALITY, 85])[1])
