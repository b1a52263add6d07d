"""Frames in, frames out: the only module that starts ffmpeg, and the only decoder.

`frames` gives upright, constant-rate, SDR, 8-bit yuv420p pictures. Detect and redact call it with the same clip, so
frame n is the same frame in both. All times are the recording's own, with 0 at the container's start.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import ffmpeg
import numpy as np
from numpy.typing import NDArray

from pipeline import sandbox, timing
from pipeline.errors import RecordingError, ToolError
from pipeline.values import Clip, Damage, Source

FORMATS = "mov,matroska,webm,mpegts,avi,flv,wav"
"""Demuxers that may open a file. None of them can name another file (facts: HLS, DASH and ffconcat can)."""

CODECS = (
    "h264,hevc,av1,libdav1d,vp8,vp9,mpeg4,mpeg2video,mjpeg,prores,rawvideo,"
    "aac,mp3,mp3float,mp2,mp2float,ac3,eac3,opus,libopus,vorbis,flac,alac,"
    "pcm_s16le,pcm_s16be,pcm_s24le,pcm_s24be,pcm_s32le,pcm_f32le"
)
"""Decoders that may run."""

MAX_PIXELS = 40_000_000
MAX_STREAMS = 16
SAMPLE_RATE_HZ = 48_000
MASTER_MAX_HEIGHT_PX = 2160
"""A taller picture is made smaller first; no platform shows more."""
FADE_S = 0.03
"""Fade at every cut of the sound, against clicks."""

_OPEN = {
    "protocol_whitelist": "file,pipe",
    "format_whitelist": FORMATS,
    "codec_whitelist": CODECS,
    "max_pixels": MAX_PIXELS,
    "max_streams": MAX_STREAMS,
}
_SDR_FROM_HDR = (
    ("zscale", {"transfer": "linear", "npl": 100}),
    ("format", {"pix_fmts": "gbrpf32le"}),
    ("zscale", {"primaries": "bt709"}),
    ("tonemap", {"tonemap": "hable", "desat": 0}),
    ("zscale", {"transfer": "bt709", "matrix": "bt709", "range": "tv"}),
)


def open_input(name: str, **options: Any) -> Any:
    """An ffmpeg-python input for a file that lies in the job's folder under this fixed name."""
    return ffmpeg.input(f"file:{name}", **_OPEN, **options)


def run(output: Any, inputs: Mapping[str, Path], folder: Path, *, verbosity: str = "warning") -> sandbox.Report:
    """Runs one ffmpeg-python graph to its end.

    Args:
        output: an output node; its file name is relative to `folder`.
        inputs: fixed name -> file, as named in `open_input`.
        folder: the private folder in which the outputs appear.
        verbosity: ffmpeg's log level.

    Raises:
        ToolError: ffmpeg failed.
    """
    args = ["-v", verbosity, *ffmpeg.get_args(output, overwrite_output=True)]
    with sandbox.job(inputs, folder) as place, sandbox.start(args, place) as process:
        return process.finish()


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture: planes that share one writable buffer, which the next frame overwrites.

    `y` is uint8 of shape (height, width); `u` and `v` are uint8 of shape (height / 2, width / 2).
    """

    number: int
    data: NDArray[np.uint8]
    y: NDArray[np.uint8]
    u: NDArray[np.uint8]
    v: NDArray[np.uint8]

    @staticmethod
    def over(data: NDArray[np.uint8], number: int, width: int, height: int) -> Frame:
        """Views of a flat buffer of width * height * 3 / 2 bytes."""
        luma, chroma = width * height, width * height // 4
        return Frame(
            number,
            data,
            data[:luma].reshape(height, width),
            data[luma : luma + chroma].reshape(height // 2, width // 2),
            data[luma + chroma :].reshape(height // 2, width // 2),
        )


@dataclass
class Decode:
    """What a pass over the frames really got, complete when the iterator has ended."""

    missing_frames: int = 0
    """Frames at the end that the recording did not hold; the last picture stands in for them."""
    errors: list[str] = field(default_factory=list)

    def damage(self, clip: Clip, fps: Fraction) -> tuple[Damage, ...]:
        """What was missing or broken, in the recording's time. A decoder's complaints have no time: the whole clip."""
        found = []
        left = self.missing_frames
        for span in reversed(clip.spans):
            at = timing.span_frames(span, fps)
            count = min(left, len(at))
            if count:
                start_s, end_s = float((at.stop - count) / fps), float(at.stop / fps)
                found.append(Damage(start_s, end_s, f"{count} frames are missing"))
            left -= count
        if self.errors:
            cause = f"the decoder complained {len(self.errors)} times, first: {self.errors[0]}"
            found.append(Damage(clip.start_s, clip.end_s, cause))
        return tuple(sorted(found, key=lambda damage: damage.start_s))


def size_within(width_px: int, height_px: int, max_height_px: int) -> tuple[int, int]:
    """The even size of the same shape that is at most this high."""
    if height_px <= max_height_px:
        return width_px, height_px
    height = max_height_px // 2 * 2
    return max(2, round(width_px * height / height_px / 2) * 2), height


def master_size(source: Source) -> tuple[int, int]:
    """Width and height of the clip's master, in whose pixels all boxes count."""
    return size_within(source.width_px, source.height_px, MASTER_MAX_HEIGHT_PX)


def frames(
    source: Source,
    clip: Clip,
    width_px: int,
    height_px: int,
    *,
    every: int = 1,
    decode: Decode | None = None,
) -> Iterator[Frame]:
    """Decodes a clip: upright, constant rate, square pixels, SDR, BT.709 limited range, 8 bit.

    Args:
        source: the recording.
        clip: what is decoded; nothing outside it is.
        width_px: even width of the pictures wanted.
        height_px: even height of the pictures wanted.
        every: give only frames 0, every, 2 * every ... of the clip, and the last.
        decode: filled with what was missing or broken.

    Yields:
        Frames whose numbers are those of the clip. One buffer serves them all: copy what you keep.

    Raises:
        RecordingError: not a single frame could be decoded.
    """
    total = timing.frame_count(clip, source.fps)
    wanted = [n for n in range(total) if n % every == 0 or n == total - 1]
    log = decode if decode is not None else Decode()
    data = np.empty(width_px * height_px * 3 // 2, np.uint8)
    view = data.data
    args = ["-v", "warning", *ffmpeg.get_args(_picture(source, clip, width_px, height_px, every))]
    got = 0
    with sandbox.job({"in0": source.file.path}) as place, sandbox.start(args, place, reads=True) as process:
        for number in wanted:
            if process.read_into(view) < len(view):
                break
            got += 1
            yield Frame.over(data, number, width_px, height_px)
        log.errors += _faults(process.finish().stderr)
    if got == 0:
        raise RecordingError(f"no frame could be decoded between {clip.start_s:.2f} s and {clip.end_s:.2f} s")
    log.missing_frames = total - 1 - wanted[got - 1]
    for number in wanted[got:]:
        yield Frame.over(data, number, width_px, height_px)


def _picture(source: Source, clip: Clip, width_px: int, height_px: int, every: int) -> Any:
    fps = source.fps
    runs = [timing.span_frames(span, fps) for span in clip.spans]
    first, last = runs[0].start, runs[-1].stop
    # Half a frame early, so that rounding can never drop the first frame; setpts takes it back.
    early_s = Fraction(1, 2) / fps if first > 0 else Fraction(0)
    stream = open_input("in0", ss=f"{float(first / fps - early_s):.6f}").video
    stream = stream.filter("setpts", f"PTS-{float(early_s):.6f}/TB")
    stream = stream.filter("fps", fps=f"{fps.numerator}/{fps.denominator}", start_time=0)
    # The trim ends the decoding behind the clip; a select alone would read on to the recording's end.
    stream = stream.filter("trim", end_frame=last - first)
    if every > 1 or len(runs) > 1:
        stream = stream.filter("select", _wanted_expression(runs, every))
    if source.is_hdr:
        for name, options in _SDR_FROM_HDR:
            stream = stream.filter(name, **options)
    matrix = {} if source.is_hdr else {"in_color_matrix": source.matrix}
    stream = stream.filter(
        "scale", width_px, height_px, out_color_matrix="bt709", out_range="tv", flags="bicubic", **matrix
    )
    return ffmpeg.output(
        stream.filter("format", "yuv420p"), "pipe:", format="rawvideo", fps_mode="passthrough", map_metadata=-1
    )


def _wanted_expression(runs: list[range], every: int) -> str:
    """A `select` expression for every n-th frame of the clip, and its last."""
    terms, offset, first = [], 0, runs[0].start
    for at in runs:
        start = at.start - first
        step = f"*not(mod(n-{start}+{offset},{every}))" if every > 1 else ""
        terms.append(f"between(n,{start},{at.stop - first - 1}){step}")
        offset += len(at)
    if every > 1 and (offset - 1) % every:
        terms.append(f"eq(n,{runs[-1].stop - first - 1})")
    return "+".join(terms)


_FAULT = re.compile(r"error|corrupt|invalid|missing|concealing|non-existing", re.IGNORECASE)
_ADDRESS = re.compile(r" @ 0x[0-9a-f]+\]")


def _faults(stderr: str) -> list[str]:
    """The lines in which a decoder complains about the recording, without the addresses that differ in every run."""
    return [_ADDRESS.sub("]", line).strip() for line in stderr.splitlines() if _FAULT.search(line)]


def sound(source: Source, clip: Clip, folder: Path, name: str = "sound.wav") -> Path:
    """Writes the clip's sound as 48 kHz stereo WAV, as long as its picture to the sample, faded at every cut.

    Raises:
        RecordingError: the recording has no usable sound.
    """
    _need_sound(source)
    parts = []
    fps = source.fps
    runs = [timing.span_frames(span, fps) for span in clip.spans]
    for at in runs:
        length_s = float(len(at) / fps)
        part = open_input("in0", ss=f"{float(at.start / fps):.6f}", t=f"{length_s + 1:.6f}")[f"a:{source.audio_index}"]
        part = part.filter("aresample", SAMPLE_RATE_HZ, **{"async": 1, "first_pts": 0})
        part = part.filter("aformat", sample_fmts="flt", channel_layouts="stereo").filter("apad")
        part = part.filter("atrim", end_sample=round(len(at) / fps * SAMPLE_RATE_HZ))
        fade_s = min(FADE_S, length_s / 4)
        part = part.filter("afade", type="in", duration=fade_s)
        parts.append(part.filter("afade", type="out", start_time=length_s - fade_s, duration=fade_s))
    joined = parts[0] if len(parts) == 1 else ffmpeg.concat(*parts, v=0, a=1)
    output = ffmpeg.output(joined, f"file:{name}", format="wav", acodec="pcm_s16le", map_metadata=-1, bitexact=None)
    run(output, {"in0": source.file.path}, folder)
    return folder / name


def speech(source: Source, folder: Path, name: str = "speech.wav") -> Path:
    """Writes the whole recording's sound as 16 kHz mono WAV, what every speech engine listens to.

    Raises:
        RecordingError: the recording has no usable sound.
    """
    _need_sound(source)
    stream = open_input("in0")[f"a:{source.audio_index}"]
    stream = stream.filter("aresample", 16_000, **{"async": 1, "first_pts": 0})
    output = ffmpeg.output(stream, f"file:{name}", format="wav", acodec="pcm_s16le", ac=1, map_metadata=-1)
    run(output, {"in0": source.file.path}, folder)
    return folder / name


def _need_sound(source: Source) -> None:
    if source.audio_index is None:
        raise RecordingError("the recording has no usable sound")


def write_master(
    pictures: Iterable[Frame], width_px: int, height_px: int, fps: Fraction, sound_name: str | None, folder: Path
) -> int:
    """Encodes `master.mp4` in the folder from pictures as they come, with the WAV of that name beside them.

    Near-lossless and cheap: it is encoded once more for every format.

    Returns:
        How many frames were written.
    """
    video = ffmpeg.input(
        "pipe:",
        format="rawvideo",
        pix_fmt="yuv420p",
        s=f"{width_px}x{height_px}",
        framerate=f"{fps.numerator}/{fps.denominator}",
        thread_queue_size=8,
    )
    streams = [video.filter("setparams", range="tv", color_primaries="bt709", color_trc="bt709", colorspace="bt709")]
    if sound_name:
        streams.append(open_input(sound_name).audio)
    options: dict[str, Any] = {
        "vcodec": "libx264",
        "preset": "ultrafast",
        "crf": 10,
        "g": round(fps),
        "acodec": "aac",
        "audio_bitrate": "256k",
        "fflags": "+bitexact",
        "flags:v": "+bitexact",
        "flags:a": "+bitexact",
        "map_metadata": -1,
        "movflags": "+faststart",
    }
    args = [
        "-v",
        "warning",
        *ffmpeg.get_args(ffmpeg.output(*streams, "file:master.mp4", **options), overwrite_output=True),
    ]
    count = 0
    with sandbox.start(args, folder, writes=True) as process:
        for picture in pictures:
            process.write(picture.data.data)
            count += 1
        process.finish()
    if count == 0:
        raise ToolError("no frame reached the encoder")
    return count
