"""Frames in, frames out: the only package that starts ffmpeg, and the only decoder.

All times are the recording's own, with 0 at `Source.clock.start_s`.
"""

from pipeline.media.audio import SAMPLE_RATE_HZ, SILENCE_LUFS, loudness, sound, speech
from pipeline.media.drawn import write_pictures
from pipeline.media.graph import BARE_MP4, open_input, run
from pipeline.media.inspect import FirstPicture, can_hear, contents, first_picture
from pipeline.media.master import write_master
from pipeline.media.pictures import Decode, Frame, check_alike, damage, frames, master_size
from pipeline.media.preview import write_preview
from pipeline.media.stored import stored

__all__ = [
    "BARE_MP4",
    "SAMPLE_RATE_HZ",
    "SILENCE_LUFS",
    "Decode",
    "FirstPicture",
    "Frame",
    "can_hear",
    "check_alike",
    "contents",
    "damage",
    "first_picture",
    "frames",
    "loudness",
    "master_size",
    "open_input",
    "run",
    "sound",
    "speech",
    "stored",
    "write_master",
    "write_pictures",
    "write_preview",
]
