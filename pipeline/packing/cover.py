"""Chooses a cover among the pictures of an export, and nowhere else: nothing that was not redacted can get on it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import ToolError
from pipeline.values import CueSheet, Export

TOP_SHARE = 0.6
"""Sharpness is taken from the upper part of the picture, where no subtitle stands."""
WITH_SUBTITLE = 0.5
"""A picture with a subtitle on it counts as this much less sharp than it is."""
QUALITIES = (92, 88, 84, 78, 70, 60)
"""JPEG qualities tried until the file is small enough for the platform."""


def choose(export: Export, sheet: CueSheet) -> Any:
    """The best picture of the clip's part of the export, as a Pillow image: sharp, and best without a subtitle on it.

    Key frames are looked at: they are the cleanest, and cheap to get. Where a short clip holds none behind its
    opening card, every picture is.

    Raises:
        ToolError: the export holds no picture in the clip's part.
    """
    from PIL import Image

    opening_s = float(export.opening_frames / export.fps)
    best, best_picture = -1.0, None
    for only_keys in (True, False):
        for time_s, picture in _pictures(export, only_keys=only_keys):
            shown = any(cue.start_s <= time_s - opening_s < cue.end_s for cue in sheet.cues)
            sharpness = _sharpness(picture) * (WITH_SUBTITLE if shown else 1.0)
            if sharpness > best:
                best, best_picture = sharpness, picture
        if best_picture is not None:
            break
    else:
        raise ToolError(f"no picture for a cover was found in {export.format}")
    rgb = best_picture.reformat(
        format="rgb24",
        src_colorspace="ITU709",
        dst_colorspace="ITU709",
        src_color_range="MPEG",
        dst_color_range="JPEG",
    )
    return Image.fromarray(rgb.to_ndarray())


def jpeg(image: Any, size_px: tuple[int, int], max_bytes: int | None) -> bytes:
    """The middle of the image in this size as a JPEG without metadata, small enough for the platform.

    Raises:
        ToolError: it cannot be made small enough.
    """
    from PIL import Image

    wide, high = size_px
    scale = min(image.width / wide, image.height / high)
    left, top = (image.width - wide * scale) / 2, (image.height - high * scale) / 2
    box = (left, top, left + wide * scale, top + high * scale)
    cut = image.resize(size_px, Image.Resampling.LANCZOS, box=box)
    for quality in QUALITIES:
        stream = io.BytesIO()
        cut.save(stream, "JPEG", quality=quality, optimize=True)
        if max_bytes is None or stream.tell() <= max_bytes:
            return stream.getvalue()
    raise ToolError(f"a cover of {wide}x{high} does not fit into {max_bytes} bytes")


def _pictures(export: Export, *, only_keys: bool) -> Iterator[tuple[float, Any]]:
    """Times and pictures of the clip's part."""
    import av

    first_s = float(export.opening_frames / export.fps)
    end_s = float((export.opening_frames + export.clip_frames) / export.fps)
    with av.open(str(export.file.path)) as container:
        stream = container.streams.video[0]
        stream.codec_context.skip_frame = "NONKEY" if only_keys else "DEFAULT"
        for frame in container.decode(stream):
            # Half a frame of room: times are rounded.
            if frame.time is not None and first_s - 0.5 / export.fps <= frame.time < end_s - 0.5 / export.fps:
                yield frame.time, frame


def _sharpness(picture: Any) -> float:
    """Variance of the Laplacian of the luma at half size."""
    plane = picture.planes[0]
    rows: NDArray[np.uint8] = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)
    luma = rows[: round(picture.height * TOP_SHARE) : 2, : picture.width : 2].astype(np.int16)
    edges = 4 * luma[1:-1, 1:-1] - luma[:-2, 1:-1] - luma[2:, 1:-1] - luma[1:-1, :-2] - luma[1:-1, 2:]
    return float(edges.var())
