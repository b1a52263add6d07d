"""The files that leave, read back: frames, sync, loudness, crop, subtitles on screen, nothing carried along."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline import config, media
from pipeline.packing import formats
from pipeline.stages.card import card
from pipeline.stages.export import export
from pipeline.store import file_of
from pipeline.values import Card, Cue, CueSheet, Export, Master
from tests import media as made

SHAPES = ("9:16", "16:9")
FPS, FRAMES = made.FPS, made.FRAMES
FAST = config.Export(preset="ultrafast", crf=26)
CUE = CueSheet("16:9", (Cue(0.4, 1.2, ("肺结节不大", "不要紧张")),))


def make_master(folder: Path, samples: NDArray[np.int16] | None, frames: int = FRAMES) -> Master:
    folder.mkdir()
    if samples is not None:
        made.write_wav(folder / "sound.wav", np.stack([samples, samples], 1))

    def pictures() -> Iterator[media.Frame]:
        for number in range(frames):
            planes = made.picture(number, lamp=number in made.FLASHES)
            data = np.concatenate([plane.ravel() for plane in planes])
            yield media.Frame.over(data, number, made.WIDTH_PX, made.HEIGHT_PX)

    name = "sound.wav" if samples is not None else None
    media.write_master(pictures(), made.WIDTH_PX, made.HEIGHT_PX, FPS, name, folder)
    file = file_of(folder / "master.mp4")
    return Master(file, made.WIDTH_PX, made.HEIGHT_PX, FPS, frames, samples is not None, ())


def run(
    master: Master,
    out: Path,
    shapes: tuple[str, ...] = ("16:9",),
    cards: tuple[Card, ...] = (),
    cues: tuple[Cue, ...] = (),
    settings: config.Export = FAST,
    subtitle: config.Subtitle | None = None,
) -> tuple[Export, ...]:
    out.mkdir()
    sheets = tuple(CueSheet(name, cues) for name in shapes)
    return export(master, sheets, cards, shapes, subtitle or config.Subtitle(), settings, out=out)


@dataclass(frozen=True)
class Shown:
    """A decoded picture with its time; has the planes that tests.media reads."""

    time_s: float
    y: NDArray[np.uint8]
    u: NDArray[np.uint8]
    v: NDArray[np.uint8]


def shown(path: Path) -> list[Shown]:
    with av.open(str(path)) as container:
        found = []
        for frame in container.decode(video=0):
            planes = [
                np.frombuffer(plane, np.uint8).reshape(plane.height, plane.line_size)[:, : plane.width].copy()
                for plane in frame.planes
            ]
            assert frame.time is not None
            found.append(Shown(frame.time, *planes))
        return found


def heard(path: Path) -> tuple[float, NDArray[np.float32]]:
    """When the sound begins by its time stamps, and its left channel."""
    with av.open(str(path)) as container:
        frames = list(container.decode(audio=0))
        assert frames[0].time is not None
        return frames[0].time, np.concatenate([frame.to_ndarray()[0] for frame in frames])


@pytest.fixture(scope="module")
def clicking(tmp_path_factory: pytest.TempPathFactory) -> Master:
    flashes_s = [10 / 25, 35 / 25]
    return make_master(tmp_path_factory.mktemp("clicking") / "master", made.clicks(2.0, flashes_s))


@pytest.fixture(scope="module")
def finished(clicking: Master, tmp_path_factory: pytest.TempPathFactory) -> tuple[Export, ...]:
    """Two formats with cards of 10 and 5 frames and one subtitle."""
    folder = tmp_path_factory.mktemp("finished")
    (folder / "cards").mkdir()
    brand = config.Brand()
    cards = card("opening", "肺结节", SHAPES, FPS, brand, 0.4, out=folder / "cards")
    cards += card("closing", brand.notice, SHAPES, FPS, brand, 0.2, out=folder / "cards")
    return run(clicking, folder / "out", SHAPES, cards, CUE.cues)


def test_every_frame_of_cards_and_clip_is_there_and_in_its_place(finished: tuple[Export, ...]) -> None:
    for made_file in finished:
        pictures = shown(made_file.file.path)
        assert len(pictures) == made_file.frame_count == 10 + FRAMES + 5
        assert [round(picture.time_s * 25, 6) for picture in pictures] == list(range(65))
    wide = shown(finished[1].file.path)
    clip = wide[finished[1].opening_frames : finished[1].opening_frames + finished[1].clip_frames]
    assert [made.number_of(picture.y) for picture in clip] == list(range(FRAMES))
    assert made.corners_of(clip[3]) == made.CORNERS


def test_nothing_but_the_finished_files_and_their_subtitles_is_left(finished: tuple[Export, ...]) -> None:
    left = {path.name for path in finished[0].file.path.parent.iterdir()}
    assert left == {one.file.path.name for one in finished} | {"subs-9x16.ass", "subs-16x9.ass"}


def test_sound_and_picture_meet_within_ten_milliseconds(finished: tuple[Export, ...]) -> None:
    for made_file in finished[1:]:
        lit = [made.lamp_is_on(picture) for picture in shown(made_file.file.path)]
        # The plain cards are dark where the lamp is.
        flashes_s = [n / 25 for n in range(1, len(lit)) if lit[n] and not lit[n - 1]]
        start_s, samples = heard(made_file.file.path)
        clicks_s = [start_s + n / 48_000 for n in onsets(samples)]
        assert flashes_s == [20 / 25, 45 / 25]
        assert clicks_s == pytest.approx(flashes_s, abs=0.010)


def test_sound_and_picture_meet_for_ffmpeg_too(finished: tuple[Export, ...], tmp_path: Path) -> None:
    made.ffmpeg("-i", finished[1].file.path, "-ac", "1", "-c:a", "pcm_f32le", "-f", "f32le", tmp_path / "sound.raw")
    samples = np.fromfile(tmp_path / "sound.raw", np.float32)
    assert [n / 48_000 for n in onsets(samples)] == pytest.approx([20 / 25, 45 / 25], abs=0.010)
    assert len(samples) == pytest.approx(65 / 25 * 48_000, abs=1024)


def onsets(samples: NDArray[np.float32]) -> list[int]:
    loud = np.flatnonzero(np.abs(samples) > 0.4 * np.abs(samples).max())
    return [int(loud[0]), *(int(after) for before, after in pairwise(loud) if after - before > 9600)]


def test_nothing_is_carried_along_and_the_file_is_what_platforms_want(finished: tuple[Export, ...]) -> None:
    for made_file in finished:
        data = made_file.file.path.read_bytes()
        assert data.index(b"moov") < data.index(b"mdat")
        assert not any(mark in data for mark in (b"edts", b"elst", b"x264", b"Lavc", b"Lavf"))
        with av.open(str(made_file.file.path)) as container:
            assert set(container.metadata) == {"major_brand", "minor_version", "compatible_brands"}
            assert [stream.type for stream in container.streams] == ["video", "audio"]
            video: Any = container.streams.video[0]
            sound: Any = container.streams.audio[0]
            assert (video.codec_context.name, video.codec_context.profile, video.pix_fmt) == ("h264", "High", "yuv420p")
            assert (video.width, video.height) == (made_file.width_px, made_file.height_px)
            assert (video.codec_context.colorspace, video.codec_context.color_range) == (1, 1)
            assert (sound.codec_context.name, sound.codec_context.profile) == ("aac", "LC")
            assert (sound.codec_context.sample_rate, sound.codec_context.channels) == (48_000, 2)
            assert video.average_rate == FPS


def test_composition_times_begin_at_zero_without_an_edit_list(finished: tuple[Export, ...]) -> None:
    """Players that know no edit lists (and those that do) must show the first picture at 0."""
    data = finished[0].file.path.read_bytes()
    at = data.find(b"ctts")
    if at >= 0:
        assert struct.unpack(">i", data[at + 16 : at + 20])[0] == 0


def test_every_group_of_pictures_is_closed_and_at_most_two_seconds_long(clicking: Master, tmp_path: Path) -> None:
    long = make_master(tmp_path / "master", made.tone(5.0), frames=125)
    (only,) = run(long, tmp_path / "out", settings=config.Export(preset="veryfast", crf=30))
    with av.open(str(only.file.path)) as container:
        packets = [packet for packet in container.demux(video=0) if packet.size]
    keys = [at for at, packet in enumerate(packets) if packet.is_keyframe]
    times = [round(float((packet.pts or 0) * packet.time_base) * 25) for packet in packets]
    assert keys[0] == 0
    assert all(after - before <= 50 for before, after in zip(keys, [*keys[1:], 125], strict=True))
    for key in keys:
        assert min(times[key:]) == times[key]
    assert sorted(times) == list(range(125))


def test_the_view_says_where_every_pixel_of_the_master_lies(finished: tuple[Export, ...], clicking: Master) -> None:
    tall = finished[0]
    picture = shown(tall.file.path)[tall.opening_frames + 3]
    x0, y0, x1, y1 = tall.view.crop
    left, top, right, bottom = tall.view.place
    original = shown(clicking.file.path)[3].y[y0:y1, x0:x1]
    rows = np.linspace(2, y1 - y0 - 3, 40).round().astype(int)
    columns = np.linspace(2, x1 - x0 - 3, 30).round().astype(int)
    at_rows = (top + (rows + 0.5) * (bottom - top) / (y1 - y0)).astype(int)
    at_columns = (left + (columns + 0.5) * (right - left) / (x1 - x0)).astype(int)
    difference = picture.y[np.ix_(at_rows, at_columns)].astype(int) - original[np.ix_(rows, columns)]
    assert np.median(np.abs(difference)) <= 4


def test_fit_shows_the_whole_picture_over_a_plain_bar(clicking: Master, tmp_path: Path) -> None:
    settings = config.Export(preset="ultrafast", crf=26, framing="fit", bar="#404040")
    (tall,) = run(clicking, tmp_path / "out", ("9:16",), settings=settings)
    picture = shown(tall.file.path)[3]
    left, top, right, bottom = tall.view.place
    assert (left, right) == (0, 1080)
    placed = Shown(0, picture.y[top:bottom], picture.u[top // 2 : bottom // 2], picture.v[top // 2 : bottom // 2])
    assert made.corners_of(placed) == made.CORNERS
    assert made.number_of(placed.y) == 3
    bars = np.concatenate([picture.y[: top - 8].ravel(), picture.y[bottom + 8 :].ravel()]).astype(int)
    assert np.abs(bars - (16 + 64 * 219 // 255)).max() <= 4


def test_subtitles_are_burned_in_at_their_time_inside_the_safe_area(
    finished: tuple[Export, ...], clicking: Master, tmp_path: Path
) -> None:
    plain = run(clicking, tmp_path / "out", SHAPES, subtitle=config.Subtitle(burn_in=False), cues=CUE.cues)
    for with_text, without in zip(finished, plain, strict=True):
        shape = formats.SHAPES[with_text.format]
        texts, bare = shown(with_text.file.path), shown(without.file.path)
        changed = {n: np.argwhere(np.abs(texts[10 + n].y.astype(int) - bare[n].y) > 60) for n in (5, 11, 25, 35)}
        assert len(changed[11]) > 2000
        assert len(changed[25]) > 2000
        assert len(changed[5]) < 200
        assert len(changed[35]) < 200
        for n in (11, 25):
            low, high = np.percentile(changed[n], 1, axis=0), np.percentile(changed[n], 99, axis=0)
            assert low[1] >= shape.side_px - 5
            assert high[1] <= shape.width_px - shape.side_px + 5
            assert high[0] <= shape.height_px - shape.bottom_px + 5
            assert low[0] >= shape.height_px / 2


@pytest.mark.parametrize(("level", "mode"), [(0.02, "linear"), (0.5, "linear")])
def test_a_steady_voice_comes_out_at_the_target_by_a_plain_gain(level: float, mode: str, tmp_path: Path) -> None:
    steady = made.tone(3.0, level=level)
    (only,) = run(make_master(tmp_path / "master", steady, 75), tmp_path / "out")
    loudness = media.loudness(only.file.path)
    assert only.loudness_mode == mode
    assert loudness.integrated_lufs == pytest.approx(-15.0, abs=0.5)
    assert loudness.true_peak_dbtp <= -1.0


def test_a_peaky_quiet_sound_is_compressed_to_the_target_below_the_true_peak(tmp_path: Path) -> None:
    voice = made.tone(6.0, 180, level=0.03)
    for second in range(1, 6):
        voice[second * 48_000 : second * 48_000 + 96] += made.tone(0.002, 1000, 0.9)
    (only,) = run(make_master(tmp_path / "master", voice, 150), tmp_path / "out")
    loudness = media.loudness(only.file.path)
    assert only.loudness_mode == "dynamic"
    assert loudness.integrated_lufs == pytest.approx(-15.0, abs=1.0)
    assert loudness.true_peak_dbtp <= -1.0


@pytest.mark.parametrize("samples", [None, np.zeros(48_000, np.int16)], ids=["no sound", "silence"])
def test_a_clip_without_a_sound_gets_a_silent_track_and_says_so(
    samples: NDArray[np.int16] | None, tmp_path: Path
) -> None:
    master = make_master(tmp_path / "master", samples, 25)
    (only,) = run(master, tmp_path / "out")
    assert only.loudness_mode == "none"
    assert only.has_sound == (samples is not None)
    start_s, silence = heard(only.file.path)
    assert start_s == 0
    assert len(silence) == pytest.approx(48_000, abs=1024)
    assert np.abs(silence).max() < 1e-3


def test_the_same_master_gives_the_same_bytes(clicking: Master, tmp_path: Path) -> None:
    first, second = (run(clicking, tmp_path / name, cues=CUE.cues)[0].file.sha256 for name in ("one", "two"))
    assert first == second


def test_crop_and_fit_keep_to_even_pixels_and_whole_pictures() -> None:
    for size in ((1920, 1080), (608, 1080), (320, 180), (1080, 1920), (2560, 1440), (162, 122)):
        for shape in formats.SHAPES.values():
            for framing in ("auto", "crop", "fit"):
                view = formats.view(*size, shape, framing)
                for (x0, y0, x1, y1), (width, height) in (
                    (view.crop, size),
                    (view.place, (shape.width_px, shape.height_px)),
                ):
                    assert 0 <= x0 < x1 <= width
                    assert 0 <= y0 < y1 <= height
                    assert not any(value % 2 for value in (x0, y0, x1, y1))
                crop, place = view.crop, view.place
                across = (place[2] - place[0]) / (crop[2] - crop[0])
                down = (place[3] - place[1]) / (crop[3] - crop[1])
                assert across == pytest.approx(down, rel=0.03)


@pytest.mark.parametrize(
    ("size", "name", "framing"),
    [((1920, 1080), "9:16", "crop"), ((1920, 1080), "1:1", "crop"), ((1080, 1920), "1:1", "crop"),
     ((1080, 1920), "3:4", "crop"), ((1080, 1920), "16:9", "fit"), ((1080, 1440), "16:9", "fit")],
)  # fmt: skip
def test_only_a_crop_that_would_leave_less_than_half_of_the_height_becomes_a_fit(
    size: tuple[int, int], name: str, framing: str
) -> None:
    """Heads are at the top of a portrait: the middle third of it shows a belly."""
    shape = formats.SHAPES[name]
    assert config.Export().framing == "auto"
    assert formats.view(*size, shape, "auto") == formats.view(*size, shape, framing)


@pytest.mark.parametrize("frames", [1, 2, 3, 5, 8])
def test_a_clip_of_a_few_pictures_shows_each_at_its_time(tmp_path: Path, frames: int) -> None:
    master = make_master(tmp_path / "master", None, frames)
    (tmp_path / "out").mkdir()
    sheets = (CueSheet("16:9", ()),)
    (file,) = export(master, sheets, (), ("16:9",), config.Subtitle(), config.Export(), out=tmp_path / "out")
    with av.open(str(file.file.path)) as container:
        (stream,) = container.streams.video
        shown = sorted(packet.pts * stream.time_base for packet in container.demux(stream) if packet.pts is not None)
    assert shown == [number / FPS for number in range(frames)]
