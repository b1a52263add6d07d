"""Whatever a recording holds, its pictures as everything behind the decoder expects them: progressive, SDR, BT.709."""

from __future__ import annotations

from typing import Any

from pipeline.values import Source

_SDR_FROM_HDR = (
    ("zscale", {"transfer": "linear", "npl": 203}),
    ("format", {"pix_fmts": "gbrpf32le"}),
    ("zscale", {"primaries": "bt709"}),
    ("tonemap", {"tonemap": "mobius", "param": 0.5, "desat": 0}),
    ("zscale", {"transfer": "bt709", "matrix": "bt709", "range": "tv"}),
)
"""Linear light in which 1 is 203 cd/m2, the white of SDR graphics in HDR; what is darker than half of that keeps its
brightness, what is brighter is compressed. Source: ITU-R BT.2408-7, table 1; ffmpeg's `tonemap` filter."""
_COLOURS = {"bt601": "smpte170m", "bt2020": "bt2020nc"}
"""What `scale` calls a matrix -> what a frame carries."""


def progressive(stream: Any, source: Source) -> Any:
    """Whole pictures, one for each that was recorded, where the recording holds halves of them."""
    return stream.filter("bwdif", mode="send_frame", deint="interlaced") if source.is_interlaced else stream


def plain(stream: Any, source: Source, width_px: int, height_px: int) -> Any:
    """Of the size wanted, SDR, BT.709 limited range, 8 bit.

    What the frames leave unsaid is written onto them: `scale` then passes on what is right already, untouched.
    """
    smaller = width_px * height_px < source.width_px * source.height_px
    size = {"width": width_px, "height": height_px, "flags": "area" if smaller else "bicubic"}
    if source.is_hdr:
        stream = stream.filter("scale", **size)
        for name, options in _SDR_FROM_HDR:
            stream = stream.filter(name, **options)
    else:
        colours = _COLOURS.get(source.matrix, source.matrix)
        stream = stream.filter("setparams", colorspace=colours, range="pc" if source.is_full_range else "tv")
    return stream.filter("scale", out_color_matrix="bt709", out_range="tv", **size).filter("format", "yuv420p")
