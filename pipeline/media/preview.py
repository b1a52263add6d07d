"""A copy of the master that browsers play, for the review desk alone."""

from __future__ import annotations

from pathlib import Path

import ffmpeg

from pipeline.errors import ToolError
from pipeline.media.graph import open_input, run
from pipeline.media.inspect import contents
from pipeline.values import Master

MAX_HEIGHT_PX = 720
GROUP_FRAMES = 10
"""A key frame this often, so that one can step and jump in it without waiting."""


def write_preview(master: Master, folder: Path) -> Path:
    """Writes `preview.mp4` (H.264, AAC) into the folder: frame n is the master's frame n.

    Raises:
        ToolError: the encoder failed, or lost a frame.
    """
    height_px = min(MAX_HEIGHT_PX, master.height_px) // 2 * 2
    source = open_input("in0")
    streams = [source["v:0"].filter("scale", -2, height_px)]
    if master.has_sound:
        streams.append(source["a:0"])
    output = ffmpeg.output(
        *streams,
        "file:preview.mp4",
        vcodec="libx264",
        preset="veryfast",
        crf=24,
        g=GROUP_FRAMES,
        bf=0,
        pix_fmt="yuv420p",
        acodec="aac",
        threads=2,
        fps_mode="passthrough",
        map_metadata=-1,
        movflags="+faststart",
    )
    run(output, {"in0": master.file.path}, folder)
    path = folder / "preview.mp4"
    if len(contents(path).pts) != master.frame_count:
        raise ToolError("the copy for the review desk does not hold every frame of the master")
    return path
