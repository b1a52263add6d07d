"""Makes every recording that the tests read: small, and readable back from its pixels.

Each picture carries its own number as twelve black and white bars, a coloured patch in each corner (so that a turned
or mirrored picture shows) and a lamp that flashes together with a click of the sound. Files are made with ffmpeg
itself and not with the code under test.
"""

from __future__ import annotations

import subprocess
import wave
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from pipeline import sandbox
from pipeline.values import Clip, Source, Span

Plane = NDArray[np.uint8]
Planes = tuple[Plane, Plane, Plane]

WIDTH_PX, HEIGHT_PX = 320, 180
FRAMES = 50
FPS = Fraction(25)
NTSC = Fraction(30000, 1001)
RATE_HZ = 48_000
BITS = 12
FLASHES = (10, 11, 12, 35, 36, 37)
"""Two flashes of three frames; a click begins with each."""
BLACK, WHITE = 16, 235
CORNERS = ("red", "green", "blue", "white")
"""Clockwise from the top left: red, green; bottom right: blue; bottom left: white."""
_YUV = {"red": (63, 102, 240), "green": (173, 42, 26), "blue": (32, 240, 118), "white": (235, 128, 128)}


class Picture(Protocol):
    """Anything with planes: a `media.Frame`, or one decoded elsewhere."""

    @property
    def y(self) -> Plane: ...
    @property
    def u(self) -> Plane: ...
    @property
    def v(self) -> Plane: ...


# --- pictures -------------------------------------------------------------------------------------------------------


def picture(number: int, width_px: int = WIDTH_PX, height_px: int = HEIGHT_PX, lamp: bool = False) -> Planes:
    """The planes of one numbered picture, BT.709 limited range; chroma at half size, rounded up."""
    y = np.empty((height_px, width_px), np.uint8)
    columns = np.arange(width_px) + 4 * number
    y[:] = 90 + 30 * np.sin(columns * (2 * np.pi / 80)) + np.linspace(-10, 10, height_px)[:, None]
    chroma = (-(-height_px // 2), -(-width_px // 2))
    u, v = np.full(chroma, 120, np.uint8), np.full(chroma, 136, np.uint8)
    for bit in range(BITS):
        x0, x1 = (round(width_px * (0.1 + 0.8 * (bit + side) / BITS)) for side in (0, 1))
        y[round(height_px * 0.35) : round(height_px * 0.65), x0:x1] = WHITE if number >> bit & 1 else BLACK
    y[round(height_px * 0.7) : round(height_px * 0.9), round(width_px * 0.4) : round(width_px * 0.6)] = (
        WHITE if lamp else BLACK
    )
    for place, name in zip(_corner_slices(y.shape), CORNERS, strict=True):
        y[place] = _YUV[name][0]
    for place, name in zip(_corner_slices(chroma), CORNERS, strict=True):
        u[place], v[place] = _YUV[name][1:]
    return y, u, v


def _corner_slices(shape: tuple[int, ...]) -> list[tuple[slice, slice]]:
    high, wide = shape[0] // 5, shape[1] // 6
    top, bottom = slice(0, high), slice(shape[0] - high, shape[0])
    left, right = slice(0, wide), slice(shape[1] - wide, shape[1])
    return [(top, left), (top, right), (bottom, right), (bottom, left)]


def number_of(y: Plane) -> int:
    """The number that a picture carries, read from its luma."""
    height, width = y.shape
    rows = y[round(height * 0.45) : round(height * 0.55)]
    centres = [round(width * (0.1 + 0.8 * (bit + 0.5) / BITS)) for bit in range(BITS)]
    return sum((int(rows[:, x - 1 : x + 2].mean()) > 125) << bit for bit, x in enumerate(centres))


def corners_of(frame: Picture) -> tuple[str, ...]:
    """The names of the corner colours, clockwise from the top left; equal to `CORNERS` when upright."""
    found = []
    places = zip(_corner_slices(frame.y.shape), _corner_slices(frame.u.shape), strict=True)
    for luma, chroma in places:
        seen = np.array([np.median(frame.y[luma]), np.median(frame.u[chroma]), np.median(frame.v[chroma])])
        found.append(min(_YUV, key=lambda name: float(np.abs(seen - _YUV[name]).sum())))
    return tuple(found)


def lamp_is_on(frame: Picture) -> bool:
    """Whether the lamp of the picture is lit."""
    height, width = frame.y.shape
    rows, columns = (
        slice(round(size * low), round(size * high)) for size, low, high in ((height, 0.75, 0.85), (width, 0.45, 0.55))
    )
    return float(frame.y[rows, columns].mean()) > 125


# --- sound ----------------------------------------------------------------------------------------------------------


def tone(seconds: float, hz: float = 440.0, level: float = 0.2) -> NDArray[np.int16]:
    """A sine, mono, 48 kHz."""
    times = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    return (level * 32767 * np.sin(2 * np.pi * hz * times)).astype(np.int16)


def clicks(seconds: float, at_s: Sequence[float]) -> NDArray[np.int16]:
    """Silence with a 20 ms burst of 1 kHz that begins at each of the times, mono, 48 kHz."""
    samples = np.zeros(round(seconds * RATE_HZ), np.int16)
    burst = tone(0.02, 1000, 0.9)
    for time_s in at_s:
        start = round(time_s * RATE_HZ)
        samples[start : start + len(burst)] = burst[: max(0, len(samples) - start)]
    return samples


def write_wav(path: Path, samples: NDArray[np.int16], rate_hz: int = RATE_HZ) -> Path:
    """Writes mono (n,) or stereo (n, 2) samples."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1 if samples.ndim == 1 else samples.shape[1])
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes(samples.tobytes())
    return path


def read_wav(path: Path) -> tuple[int, NDArray[np.int16]]:
    """Sample rate in Hz, and int16 samples of shape (n, channels)."""
    with wave.open(str(path), "rb") as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), np.int16)
        return file.getframerate(), samples.reshape(-1, file.getnchannels())


def click_times_s(path: Path) -> list[float]:
    """When the clicks in a WAV begin."""
    rate, samples = read_wav(path)
    loud = np.flatnonzero(np.abs(samples[:, 0].astype(int)) > 6000)
    starts = loud[np.insert(np.diff(loud) > rate // 10, 0, True)] if len(loud) else loud
    return [float(at / rate) for at in starts]


# --- files ----------------------------------------------------------------------------------------------------------


def ffmpeg(*args: str | Path, pictures: Iterable[Planes] = ()) -> None:
    """Runs the ffmpeg in use; raises with what it said when it fails."""
    command = [sandbox.binary(), "-v", "error", "-nostdin", "-y", "-threads", "2", *map(str, args)]
    data = b"".join(plane.tobytes() for planes in pictures for plane in planes)
    done = subprocess.run(command, input=data, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")


def film(
    path: Path,
    *,
    frames: int = FRAMES,
    fps: Fraction = FPS,
    width_px: int = WIDTH_PX,
    height_px: int = HEIGHT_PX,
    sound: str | None = "tone",
    flashes: Sequence[int] = (),
    turned: int = 0,
    mirrored: bool = False,
    filters: str = "null",
    options: Sequence[str] = (),
) -> Path:
    """A numbered recording, H.264 with B-frames and a key frame a second, AAC; the container is that of the suffix.

    Args:
        path: what is written.
        sound: `tone`, `clicks` (one where each flash begins) or None.
        flashes: numbers of the frames on which the lamp is lit.
        turned: degrees counter-clockwise by which a player must turn the stored picture; written into the file.
        mirrored: the player must mirror it as well, left to right, after turning it.
        filters: ffmpeg filters over the pictures before they are encoded.
        options: more output options; they win over the defaults.
    """
    stored = path if not (turned or mirrored) else path.with_name(f"stored-{path.name}")
    sizes = (height_px, width_px) if turned % 180 else (width_px, height_px)
    args: list[str | Path] = ["-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", f"{sizes[0]}x{sizes[1]}"]
    args += ["-r", f"{fps.numerator}/{fps.denominator}", "-i", "pipe:"]
    if sound:
        length_s = float(frames / fps)
        samples = tone(length_s) if sound == "tone" else clicks(length_s, _starts_s(flashes, fps))
        args += ["-i", write_wav(path.with_name(f"{path.stem}-sound.wav"), samples), "-map", "0:v", "-map", "1:a"]
    args += ["-vf", f"setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709,{filters}"]
    args += ["-c:v", "libx264", "-preset", "veryfast", "-crf", "18", "-g", str(round(fps)), "-bf", "2"]
    args += ["-pix_fmt", "yuv420p", "-c:a", "aac", *options, stored]
    ffmpeg(*args, pictures=_stored(frames, width_px, height_px, flashes, turned, mirrored))
    if stored != path:
        flip = ["-display_hflip"] if mirrored else []
        ffmpeg("-display_rotation", str(turned), *flip, "-i", stored, "-map", "0", "-c", "copy", path)
    return path


def _starts_s(flashes: Sequence[int], fps: Fraction) -> list[float]:
    return [float(n / fps) for n in flashes if n - 1 not in flashes]


def _stored(
    frames: int, width_px: int, height_px: int, flashes: Sequence[int], turned: int, mirrored: bool
) -> Iterator[Planes]:
    for number in range(frames):
        planes = picture(number, width_px, height_px, number in flashes)
        if mirrored:
            planes = tuple(np.fliplr(plane) for plane in planes)  # type: ignore[assignment]
        y, u, v = (np.ascontiguousarray(np.rot90(plane, -turned // 90)) for plane in planes)
        yield y, u, v


def variable_rate(path: Path, frames: int = 60) -> Path:
    """About 30 fps with a trembling clock and a hole of a quarter second, as a phone films in the dark."""
    return film(
        path,
        frames=frames,
        fps=Fraction(30),
        filters="settb=1/90000,setpts='(N/30+0.006*sin(N*2.1)+0.006+0.25*gte(N,30))/TB'",
        options=["-fps_mode", "passthrough", "-enc_time_base", "1:90000", "-video_track_timescale", "90000"],
    )


def late_start(path: Path, seconds: float = 10.0, *, sound: str | None = "clicks", flashes: Sequence[int] = ()) -> Path:
    """A transport stream or Matroska file whose first PTS is `seconds`."""
    return film(path, sound=sound, flashes=flashes, options=["-output_ts_offset", str(seconds), "-muxdelay", "0"])


def late_sound(path: Path, seconds: float = 0.5) -> Path:
    """The sound begins later than the picture: an empty edit in MP4."""
    plain = film(path.with_name(f"plain-{path.name}"))
    ffmpeg("-i", plain, "-itsoffset", str(seconds), "-i", plain, "-map", "0:v", "-map", "1:a", "-c", "copy", path)
    return path


def pre_rolled(path: Path, start_s: float = 0.52, *, flashes: Sequence[int] = ()) -> Path:
    """Cut without re-encoding: the pictures before `start_s` are in the file, hidden by the edit list."""
    plain = film(path.with_name(f"plain-{path.name}"), sound="clicks", flashes=flashes)
    ffmpeg("-ss", str(start_s), "-i", plain, "-c", "copy", path)
    return path


def odd_size(path: Path) -> Path:
    """161 x 121 pixels; H.264 in 4:2:0 cannot be odd, so VP9 in WebM or Matroska."""
    options = ["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "1M", "-c:a", "libopus"]
    return film(path, frames=25, width_px=161, height_px=121, options=options, sound=None)


def wide_pixels(path: Path) -> Path:
    """320 x 180 shown, stored as 240 x 180 with pixels of 4:3."""
    return film(path, filters="scale=240:180,setsar=4/3")


def high_dynamic_range(path: Path, transfer: str = "arib-std-b67") -> Path:
    """10-bit HEVC in BT.2020 with the transfer `arib-std-b67` (HLG) or `smpte2084` (PQ), SDR white at 203 cd/m2."""
    convert = (
        "format=yuv444p16le,zscale=tin=709:min=709:pin=709:rin=limited:t=linear:npl=203,format=gbrpf32le,"
        f"zscale=p=2020:t={transfer}:m=2020_ncl:r=limited:npl=203,format=yuv420p10le"
    )
    colours = ["-color_primaries", "bt2020", "-color_trc", transfer, "-colorspace", "bt2020nc"]
    codec = ["-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=error:pools=2", "-tag:v", "hvc1"]
    return film(path, frames=25, filters=convert, options=[*codec, "-pix_fmt", "yuv420p10le", *colours])


def full_range(path: Path) -> Path:
    """Luma from 0 to 255 (`pc`), as many phones and webcams write."""
    return film(path, filters="scale=out_range=pc", options=["-color_range", "pc"])


def two_sounds(path: Path) -> Path:
    """Two audio tracks; the second, a tone of 880 Hz, is marked as the default."""
    plain = film(path.with_name(f"plain-{path.name}"))
    second = write_wav(path.with_name("second.wav"), tone(2.0, 880.0))
    marks = ["-disposition:a:0", "0", "-disposition:a:1", "default"]
    maps = ["-map", "0:v", "-map", "0:a", "-map", "1:a"]
    ffmpeg("-i", plain, "-i", second, *maps, "-c:v", "copy", "-c:a", "aac", *marks, path)
    return path


def sound_only(path: Path) -> Path:
    """No picture at all."""
    ffmpeg("-i", write_wav(path.with_name("only.wav"), tone(2.0)), "-c:a", "aac", path)
    return path


def truncated(path: Path, share: float = 0.6) -> Path:
    """The first part of a finished file. An MP4 whose index stands at its start still declares its full length."""
    film(path, options=["-movflags", "+faststart"] if path.suffix == ".mp4" else [])
    path.write_bytes(path.read_bytes()[: round(path.stat().st_size * share)])
    return path


def zeroed(path: Path, start_share: float = 0.45, end_share: float = 0.65) -> Path:
    """A finished file with zeros in its middle, as a dying card leaves it."""
    film(path, frames=100)
    data = bytearray(path.read_bytes())
    start, end = round(len(data) * start_share), round(len(data) * end_share)
    data[start:end] = bytes(end - start)
    path.write_bytes(data)
    return path


def playlist(path: Path, kind: str) -> Path:
    """Text of an `hls`, `dash` or `ffconcat` playlist under a film's name, naming a film that lies beside it."""
    film(path.with_name("other.mp4"), frames=10, sound=None)
    path.write_text(_PLAYLISTS[kind])
    return path


_PLAYLISTS = {
    "hls": "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:2\n#EXTINF:2.0,\nother.mp4\n#EXT-X-ENDLIST\n",
    "dash": '<?xml version="1.0"?>\n<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" '
    'mediaPresentationDuration="PT2S"><Period><AdaptationSet mimeType="video/mp4"><Representation id="1" '
    'bandwidth="1"><BaseURL>other.mp4</BaseURL></Representation></AdaptationSet></Period></MPD>\n',
    "ffconcat": "ffconcat version 1.0\nfile other.mp4\n",
}


def huge(path: Path) -> Path:
    """One picture of 8000 x 8000 pixels in a few hundred kilobytes."""
    source = ["-f", "lavfi", "-i", "color=gray:s=8000x8000:r=25"]
    ffmpeg(*source, "-frames:v", "1", "-c:v", "mjpeg", "-q:v", "31", "-pix_fmt", "yuvj420p", path)
    return path


def tagged(path: Path, title: str = "Zhang San, 2026-11-22") -> Path:
    """A title, a GPS position and a time of creation in the container's tags."""
    tags = {"title": title, "location": "+31.2304+121.4737/", "creation_time": "2026-11-22T09:30:00Z"}
    return film(path, options=[part for key, value in tags.items() for part in ("-metadata", f"{key}={value}")])


# --- values ---------------------------------------------------------------------------------------------------------


def source_for(path: Path) -> Source:
    """What the probe really says of a file."""
    from pipeline.stages.probe import probe

    return probe(path)


def within(source: Source, high_px: int) -> tuple[int, int]:
    """The even size of the recording's shape that is at most so high."""
    scale = min(1.0, high_px / source.height_px)
    return round(source.width_px * scale / 2) * 2, round(source.height_px * scale / 2) * 2


def clip_of(*spans: tuple[float, float]) -> Clip:
    """A clip of these pieces, in seconds of the recording."""
    return Clip(1, tuple(Span(start_s, end_s) for start_s, end_s in spans))


def whole(source: Source) -> Clip:
    """A clip that shows the whole recording."""
    return clip_of((0.0, source.duration_s))
