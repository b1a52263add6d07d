"""The sound of a recording, cut as its picture is, and how loud a finished file is."""

from __future__ import annotations

import re
import wave
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import ffmpeg
import numpy as np
from numpy.typing import NDArray

from pipeline import sandbox, timing
from pipeline.errors import RecordingError, ToolError
from pipeline.media.graph import arguments, open_at, open_input
from pipeline.store import space_errors
from pipeline.values import Clip, Loudness, Source

SAMPLE_RATE_HZ = 48_000
SPEECH_RATE_HZ = 16_000
"""What every speech engine listens to."""

FADE_S = 0.03
"""Fade at every cut, against clicks."""

PRE_ROLL_S = 0.5
"""Decoded before the first sample wanted: lossy codecs need a few packets to settle."""

_CHANNELS = 2
_BLOCK = SAMPLE_RATE_HZ
"""Samples read at a time."""


def sound(source: Source, clip: Clip, folder: Path, name: str = "sound.wav") -> Path:
    """Writes the clip's sound as 48 kHz stereo WAV, as long as its picture to the sample, faded at every cut.

    Raises:
        RecordingError: the recording has no usable sound.
        SpaceError: the disk is full.
    """
    path = folder / name
    with space_errors(), wave.open(str(path), "wb") as file:
        file.setnchannels(_CHANNELS)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE_HZ)
        done = 0
        for span in clip.spans:
            at = timing.span_frames(span, source.fps)
            # Whole clips stay in step with their pictures, however the lengths of the pieces round.
            end = round((done + len(at)) / source.fps * SAMPLE_RATE_HZ)
            length = end - round(done / source.fps * SAMPLE_RATE_HZ)
            done += len(at)
            for block in _faded(_samples(source, float(at.start / source.fps), length), length):
                file.writeframes(block.tobytes())
    return path


def _samples(source: Source, start_s: float, length: int) -> Iterator[NDArray[np.int16]]:
    """Blocks of int16, shape (n, 2), exactly `length` samples in all; silence where the recording has none."""
    stream = _heard(source, start_s, SAMPLE_RATE_HZ)
    stream = stream.filter("aformat", sample_fmts="s16", channel_layouts="stereo")
    stream = stream.filter("apad").filter("atrim", end_sample=length)
    args = ["-copyts", *arguments(ffmpeg.output(stream, "pipe:", format="s16le", map_metadata=-1))]
    heard = 0
    with (
        sandbox.job({"in0": source.file.path}) as place,
        sandbox.start(args, place, reads=True) as process,
        _of_one_form(lambda: start_s + heard / SAMPLE_RATE_HZ),
    ):
        for start in range(0, length, _BLOCK):
            block = np.empty((min(_BLOCK, length - start), _CHANNELS), np.int16)
            got = process.read_into(block.data.cast("B"))
            heard += got // block[0].nbytes
            if got < block.nbytes:
                process.finish()
                raise ToolError("ffmpeg gave less sound than it was asked for")
            yield block
        process.finish()


_CHANGES = re.compile("changing audio frame properties", re.IGNORECASE)
"""What ffmpeg says of sound of another form, if it may not begin its filters anew: they would fill up from 0 again, and
all that follows would be heard too late."""


@contextmanager
def _of_one_form(heard_s: Callable[[], float]) -> Iterator[None]:
    """Tells of sound whose form changes; `heard_s`: how far it was heard until then."""
    try:
        yield
    except ToolError as error:
        if not _CHANGES.search(error.cause):
            raise
        raise RecordingError(
            f"its sound changes in rate or channels near {heard_s():.2f} s",
            "cut the file itself there and hand in the parts, or convert all of its sound to one rate and one number "
            "of channels",
        ) from error


def _heard(source: Source, start_s: float, rate_hz: int) -> Any:
    """The recording's sound from a time on, gaps in it filled with silence."""
    if source.audio_index is None:
        raise RecordingError("the recording has no usable sound")
    stream = open_at("in0", source.clock, start_s - PRE_ROLL_S, reinit_filter=0)[f"a:{source.audio_index}"]
    stream = stream.filter("asetpts", f"PTS-{source.clock.start_s + start_s:.6f}/TB").filter("atrim", start=0)
    return stream.filter("aresample", rate_hz, **{"async": 1, "first_pts": 0})


def _faded(blocks: Iterator[NDArray[np.int16]], length: int) -> Iterator[NDArray[np.int16]]:
    """The same blocks, the first and last `FADE_S` (at most a quarter) of all of them rising and falling."""
    fade = min(round(FADE_S * SAMPLE_RATE_HZ), length // 4)
    start = 0
    for block in blocks:
        places = np.arange(start, start + len(block))
        start += len(block)
        gain = np.minimum(1.0, np.minimum(places, length - 1 - places) / max(1, fade))
        yield np.rint(block * gain[:, None]).astype(np.int16)


def speech(source: Source, folder: Path, name: str = "speech.wav") -> Path:
    """Writes the whole recording's sound as 16 kHz mono WAV; its time 0 is that of the pictures.

    Raises:
        RecordingError: the recording has no usable sound.
    """
    stream = _heard(source, 0.0, SPEECH_RATE_HZ)
    options = {"format": "wav", "acodec": "pcm_s16le", "ac": 1, "map_metadata": -1, "fflags": "+bitexact"}
    args = ["-copyts", *arguments(ffmpeg.output(stream, f"file:{name}", **options))]
    with (
        sandbox.job({"in0": source.file.path}, folder) as place,
        sandbox.start(args, place) as process,
        _of_one_form(lambda: (folder / name).stat().st_size / 2 / SPEECH_RATE_HZ),
    ):
        process.finish()
    return folder / name


_INTEGRATED = re.compile(r"I:\s+(-?[\d.]+|-inf|nan) LUFS")
_PEAK = re.compile(r"Peak:\s+(-?[\d.]+|-inf|nan) dBFS")
_MOMENT = re.compile(r"\bM:\s*(-?[\d.]+)")
_MOMENT_S = 0.1
"""ebur128 tells the loudness of the last 400 ms this often."""
SILENCE_LUFS = -70.0
"""The absolute gate of BS.1770: at or below it nothing is heard."""


def loudness(path: Path) -> Loudness:
    """Measures a finished file's sound. Silence is -70 LUFS by definition of the gate.

    Raises:
        ToolError: there is no sound to measure.

    Source: ITU-R BS.1770-4 and EBU R128, by ffmpeg's `ebur128` filter.
    """
    stream = open_input("in0").audio.filter("ebur128", peak="true", framelog="info")
    with sandbox.job({"in0": path}) as place:
        args = arguments(ffmpeg.output(stream, "pipe:", format="null"), verbosity="info")
        with sandbox.start(args, place) as process:
            said = process.finish().stderr
    integrated, peak = _INTEGRATED.findall(said), _PEAK.findall(said)
    if not integrated or not peak:
        raise ToolError("the loudness of a finished file could not be measured")
    heard = sum(float(moment) > SILENCE_LUFS for moment in _MOMENT.findall(said))
    return Loudness(float(integrated[-1]), float(peak[-1]), round(heard * _MOMENT_S, 1))
