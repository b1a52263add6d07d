"""Every frame of a clip is the picture that was filmed then, and the sound runs with it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from pipeline import media, timing
from pipeline.errors import RecordingError, ToolError
from pipeline.values import Clip, Source
from tests import media as make
from tests import portraits

SHARE = make.WIDTH_PX, make.HEIGHT_PX
LONG = 120


def numbers(source: Source, clip: Clip, every: int = 1) -> list[int]:
    """The numbers that the pictures of a clip carry."""
    wanted = timing.every_nth(clip, source.fps, every)
    return [make.number_of(frame.y) for frame in media.frames(source, clip, *SHARE, wanted=wanted)]


def numbers_of(source: Source, clip: Clip, decode: media.Decode) -> list[int]:
    """The same, with what the decoder complained of."""
    return [make.number_of(frame.y) for frame in media.frames(source, clip, *SHARE, decode=decode)]


def clip_of_frames(source: Source, *runs: range) -> Clip:
    """A clip of these frames of the recording's grid."""
    return make.clip_of(*((float(run.start / source.fps), float(run.stop / source.fps)) for run in runs))


RECORDINGS: dict[str, tuple[Callable[[Path], Path], Fraction]] = {
    "mp4": (lambda at: make.film(at / "a.mp4", frames=LONG), Fraction(1)),
    "ntsc.mkv": (lambda at: make.film(at / "a.mkv", frames=LONG, fps=make.NTSC), Fraction(1)),
    "60fps.mkv": (lambda at: make.film(at / "a.mkv", frames=2 * LONG, fps=Fraction(60)), Fraction(2)),
    "59.94fps.ts": (lambda at: make.film(at / "a.ts", frames=2 * LONG, fps=Fraction(60000, 1001)), Fraction(2)),
    "10fps.mp4": (lambda at: make.film(at / "a.mp4", frames=LONG // 3, fps=Fraction(10)), Fraction(1, 3)),
    "long-gop.ts": (lambda at: make.film(at / "a.ts", frames=LONG, options=["-g", "90"]), Fraction(1)),
    "flv": (lambda at: make.film(at / "a.flv", frames=LONG), Fraction(1)),
    "late.ts": (lambda at: make.late_start(at / "a.ts"), Fraction(1)),
    "late.mkv": (lambda at: make.late_start(at / "a.mkv"), Fraction(1)),
    "late.mp4": (lambda at: make.late_start(at / "a.mp4"), Fraction(1)),
    "turned.mov": (lambda at: make.film(at / "a.mov", frames=LONG, turned=270), Fraction(1)),
}


@pytest.mark.parametrize("kind", RECORDINGS)
def test_every_cut_begins_on_exactly_its_frame(kind: str, tmp_path: Path) -> None:
    record, step = RECORDINGS[kind]
    source = make.source_for(record(tmp_path))
    last = timing.frame_at(source.duration_s, source.fps)
    for start in (0, 1, 24, 25, 31, last - 3):
        decode = media.Decode()
        clip = clip_of_frames(source, range(start, start + 3))
        shown = [make.number_of(frame.y) for frame in media.frames(source, clip, *SHARE, decode=decode)]
        assert shown == [int((start + at) * step) for at in range(3)]
        assert (decode.missing_frames, decode.errors) == (0, [])


@pytest.mark.parametrize("every", [1, 3, 7])
def test_spans_near_and_far_follow_each_other_frame_by_frame(every: int, tmp_path: Path) -> None:
    source = make.source_for(make.film(tmp_path / "a.mp4", frames=200))
    runs = (range(3, 9), range(12, 20), range(150, 161))
    grid = [at for run in runs for at in run]
    clip = clip_of_frames(source, *runs)
    ends = {0, 5, 6, 13, 14, 24}
    expected = [(n, at) for n, at in enumerate(grid) if n % every == 0 or n in ends]
    wanted = timing.every_nth(clip, source.fps, every)
    shown = [(frame.number, make.number_of(frame.y)) for frame in media.frames(source, clip, *SHARE, wanted=wanted)]
    assert shown == expected


def test_frames_are_given_that_are_asked_for_one_by_one(tmp_path: Path) -> None:
    source = make.source_for(make.film(tmp_path / "a.mp4", frames=200))
    clip = clip_of_frames(source, range(3, 9), range(12, 170))
    given = media.frames(source, clip, *SHARE, wanted={1, 7, 150})
    shown = [(frame.number, make.number_of(frame.y)) for frame in given]
    assert shown == [(1, 4), (7, 13), (150, 156)]


def test_a_picture_unlike_those_around_it_that_are_looked_at_is_told(tmp_path: Path) -> None:
    """Not the one on which somebody looks anyway, nor one between two pieces."""
    knocks = dict.fromkeys((31, 44, 60, 66), 90)
    source = make.source_for(portraits.film(tmp_path / "a.mp4", portraits.doctor(), frames=100, knocks=knocks))
    clip = clip_of_frames(source, range(10, 40), range(48, 90))
    decode = media.Decode()
    wanted, looked = (timing.every_nth(clip, source.fps, step) for step in (2, 4))
    for _ in media.frames(source, clip, *SHARE, wanted=wanted, looked=looked, decode=decode):
        pass
    assert decode.unlike == [21, 42]


def test_pieces_may_be_played_in_another_order(film: Path) -> None:
    source = make.source_for(film)
    assert numbers(source, clip_of_frames(source, range(30, 33), range(2, 4))) == [30, 31, 32, 2, 3]


def test_a_piece_may_begin_with_the_picture_that_the_one_before_ended_with(film: Path) -> None:
    source = make.source_for(film)
    assert numbers(source, clip_of_frames(source, range(7, 8), range(7, 8), range(5, 8))) == [7, 7, 5, 6, 7]
    assert numbers(source, clip_of_frames(source, range(5, 8), range(7, 9))) == [5, 6, 7, 7, 8]


def test_what_an_edit_list_hides_is_not_shown(tmp_path: Path) -> None:
    source = make.source_for(make.pre_rolled(tmp_path / "a.mp4"))
    assert numbers(source, make.whole(source)) == list(range(13, 50))


def test_a_trembling_clock_gives_each_picture_once(tmp_path: Path) -> None:
    source = make.source_for(make.variable_rate(tmp_path / "a.mp4"))
    assert source.fps == 30
    assert numbers(source, make.clip_of((0.0, 0.9)))[:27] == list(range(27))


@pytest.mark.parametrize(("turned", "mirrored"), [(0, True), (90, False), (180, False), (270, False), (90, True)])
def test_turned_and_mirrored_pictures_come_out_upright(turned: int, mirrored: bool, tmp_path: Path) -> None:
    source = make.source_for(make.film(tmp_path / "a.mp4", frames=5, turned=turned, mirrored=mirrored))
    assert (source.width_px, source.height_px) == SHARE
    for frame in media.frames(source, make.whole(source), *SHARE):
        assert make.corners_of(frame) == make.CORNERS


@pytest.mark.parametrize("transfer", ["arib-std-b67", "smpte2084"])
def test_hdr_comes_out_as_sdr_with_its_colours(transfer: str, tmp_path: Path) -> None:
    source = make.source_for(make.high_dynamic_range(tmp_path / "a.mp4", transfer))
    assert source.is_hdr
    frame = next(media.frames(source, make.whole(source), *SHARE))
    assert make.corners_of(frame) == make.CORNERS
    assert frame.data.dtype == np.uint8
    assert 200 <= frame.y[-10:, :20].mean() <= 236
    assert frame.y[90, 60:260].min() <= 20


@pytest.mark.parametrize("record", [make.full_range, make.wide_pixels, make.odd_size])
def test_range_pixel_shape_and_odd_sizes_keep_the_picture(record: Callable[[Path], Path], tmp_path: Path) -> None:
    suffix = ".webm" if record is make.odd_size else ".mp4"
    source = make.source_for(record(tmp_path / f"a{suffix}"))
    frame = next(media.frames(source, make.whole(source), source.width_px, source.height_px))
    assert make.corners_of(frame) == make.CORNERS
    high, wide = frame.y.shape
    assert abs(float(np.median(frame.y[-high // 10 :, : wide // 10])) - make.WHITE) <= 4
    assert abs(float(np.median(frame.y[high // 2, wide // 2 : wide * 8 // 10])) - make.BLACK) <= 4


def test_colours_of_standard_definition_are_converted(tmp_path: Path) -> None:
    tagged = ["-colorspace", "smpte170m", "-color_primaries", "smpte170m", "-color_trc", "smpte170m"]
    convert = "scale=in_color_matrix=bt709:out_color_matrix=smpte170m,setparams=colorspace=smpte170m"
    source = make.source_for(make.film(tmp_path / "a.mp4", frames=3, filters=convert, options=tagged))
    assert source.matrix == "bt601"
    frame = next(media.frames(source, make.whole(source), *SHARE))
    red = [float(np.median(plane[:10, :10])) for plane in (frame.y, frame.u, frame.v)]
    assert np.allclose(red, (63, 102, 240), atol=5)


def test_a_file_cut_short_is_filled_and_every_filled_frame_is_named(tmp_path: Path) -> None:
    source = make.source_for(make.truncated(tmp_path / "a.mp4"))
    clip = make.clip_of((0.0, 2.0))
    decode = media.Decode()
    shown = [make.number_of(frame.y) for frame in media.frames(source, clip, *SHARE, decode=decode)]
    assert len(shown) == timing.frame_count(clip, source.fps) == 50
    honest = [number for number in range(50) if number not in decode.stand_ins]
    assert [shown[number] for number in honest] == honest
    assert decode.stand_ins[-1] == 49
    spans = media.damage(decode, clip, source.fps)
    assert any(one.end_s == pytest.approx(2.0) for one in spans)


@pytest.mark.parametrize(
    "options",
    [
        ["-c:v", "libx265", "-g", "80", "-x265-params", "open-gop=1:log-level=none"],
        ["-c:v", "libx264", "-g", "50", "-x264-params", "intra-refresh=1"],
        ["-c:v", "mpeg2video", "-g", "30", "-bf", "2"],
    ],
    ids=["groups that refer to the one before", "no key frames after the first", "mpeg2"],
)
def test_to_begin_between_two_key_frames_is_no_damage(options: list[str], tmp_path: Path) -> None:
    """A decoder complains of what it would refer to there, in words that tell of damage elsewhere."""
    source = make.source_for(make.film(tmp_path / "a.ts", frames=300, options=options))
    for start in (25, 51, 84, 125, 187, 225):
        decode, frames = media.Decode(), range(start, start + 38)
        assert numbers_of(source, clip_of_frames(source, frames), decode) == list(frames)
        assert (decode.missing_frames, decode.errors) == (0, [])


@pytest.mark.parametrize("suffix", [".mkv", ".ts"])
def test_damage_in_a_clip_that_does_not_begin_with_the_recording_is_told(suffix: str, tmp_path: Path) -> None:
    path = make.film(tmp_path / f"a{suffix}", frames=200, options=["-g", "25", "-b:v", "4M"])
    data = bytearray(path.read_bytes())
    rng = np.random.default_rng(7)
    for at in rng.integers(round(0.5 * len(data)), round(0.65 * len(data)), 60):
        data[at] ^= 0x5A
    path.write_bytes(data)
    source = make.source_for(path)
    decode = media.Decode()
    clip = make.clip_of((2.0, source.duration_s))
    numbers_of(source, clip, decode)
    assert decode.errors
    assert media.damage(decode, clip, source.fps) or source.damage


@pytest.mark.parametrize("suffix", [".mp4", ".ts"])
def test_a_hole_in_the_middle_is_never_silent(suffix: str, tmp_path: Path) -> None:
    source = make.source_for(make.zeroed(tmp_path / f"a{suffix}"))
    decode = media.Decode()
    shown = [make.number_of(frame.y) for frame in media.frames(source, make.whole(source), *SHARE, decode=decode)]
    wrong = [number for number, carried in enumerate(shown) if number != carried]
    assert wrong
    assert set(wrong) <= set(decode.stand_ins) or decode.errors
    assert media.damage(decode, make.whole(source), source.fps)


@pytest.mark.parametrize(
    ("filters", "options"),
    [
        ("scale=160:90", []),
        ("setparams=colorspace=smpte170m", ["-colorspace", "smpte170m"]),
        ("null", ["-pix_fmt", "yuv420p10le"]),
    ],
    ids=["size", "colours", "depth"],
)
@pytest.mark.parametrize("every", [1, 4])
def test_pictures_that_change_in_kind_are_refused_with_the_time(
    filters: str, options: list[str], every: int, tmp_path: Path
) -> None:
    later = ["-output_ts_offset", "1", *options]
    parts = [make.film(tmp_path / "a.ts", frames=25), make.film(tmp_path / "b.ts", filters=filters, options=later)]
    path = tmp_path / "both.ts"
    path.write_bytes(b"".join(part.read_bytes() for part in parts))
    source = make.source_for(path)
    with pytest.raises(RecordingError, match=r"its pictures change in size or colours at (0\.8|0\.9|1\.0)\d s"):
        numbers(source, make.whole(source), every)
    assert numbers(source, clip_of_frames(source, range(3, 20))) == list(range(3, 20))


@pytest.mark.parametrize("filters", ["scale=160:90", "scale=640:360", "setsar=4/3", "setparams=colorspace=smpte170m"])
def test_a_piece_that_lies_behind_a_change_of_the_pictures_is_refused_too(filters: str, tmp_path: Path) -> None:
    colours = ["-colorspace", "smpte170m"] if "colorspace" in filters else []
    later = ["-output_ts_offset", "2", *colours]
    parts = [make.film(tmp_path / "a.ts"), make.film(tmp_path / "b.ts", filters=filters, options=later)]
    path = tmp_path / "both.ts"
    path.write_bytes(b"".join(part.read_bytes() for part in parts))
    source = make.source_for(path)
    media.check_alike(source, make.clip_of((0.2, 0.6), (1.0, 1.8)))
    with pytest.raises(RecordingError, match=r"its pictures change in size or colours before 2\.48 s"):
        media.check_alike(source, make.clip_of((2.5, 3.5)))


def test_pieces_of_a_recording_without_a_change_are_alike_wherever_they_lie(tmp_path: Path) -> None:
    for path in (make.film(tmp_path / "a.mp4"), make.film(tmp_path / "b.ts"), make.film(tmp_path / "c.mkv")):
        media.check_alike(make.source_for(path), make.clip_of((0.0, 0.4), (1.5, 1.96), (50.0, 51.0)))


@pytest.mark.parametrize("options", [["-ac", "1"], ["-ar", "44100"]], ids=["channels", "rate"])
def test_sound_that_changes_in_form_is_refused_with_the_time(options: list[str], tmp_path: Path) -> None:
    later = ["-output_ts_offset", "2", *options]
    parts = [make.film(tmp_path / "a.ts", sound="clicks", options=["-ac", "2"])]
    parts += [make.film(tmp_path / "b.ts", sound="clicks", options=later)]
    path = tmp_path / "both.ts"
    path.write_bytes(b"".join(part.read_bytes() for part in parts))
    source = make.source_for(path)
    at = r"its sound changes in rate or channels near (1\.[89]|2\.[01])\d? s"
    with pytest.raises(RecordingError, match=at) as told:
        media.sound(source, make.clip_of((1.0, 3.0)), tmp_path)
    assert told.value.remedy.startswith("cut the file itself there")
    with pytest.raises(RecordingError, match=at):
        media.speech(source, tmp_path)
    assert media.sound(source, make.clip_of((0.2, 1.2)), tmp_path).is_file()


def test_where_nothing_can_be_decoded_an_error_says_so(film: Path) -> None:
    source = make.source_for(film)
    with pytest.raises(RecordingError, match="no frame could be decoded"):
        list(media.frames(source, make.clip_of((50.0, 51.0)), *SHARE))


def test_a_reader_that_stops_early_leaves_no_child_behind(film: Path) -> None:
    source = make.source_for(film)
    pictures = media.frames(source, make.whole(source), 1920, 1080)
    next(pictures)
    children = Path(f"/proc/self/task/{threading.get_native_id()}/children")
    assert children.read_text().split()
    pictures.close()  # type: ignore[attr-defined]
    assert not children.read_text().split()


SYNCED: dict[str, Callable[[Path], Path]] = {
    "mp4": lambda at: make.film(at / "a.mp4", sound="clicks", flashes=make.FLASHES),
    "turned": lambda at: make.film(at / "a.mp4", sound="clicks", flashes=make.FLASHES, turned=90),
    "mkv": lambda at: make.film(at / "a.mkv", sound="clicks", flashes=make.FLASHES),
    "late.ts": lambda at: make.late_start(at / "a.ts", flashes=make.FLASHES),
    "late.mp4": lambda at: make.late_start(at / "a.mp4", flashes=make.FLASHES),
    "edit list": lambda at: make.pre_rolled(at / "a.mp4", flashes=(20, 21, 22, 35, 36, 37)),
}


def flash_times_s(source: Source, clip: Clip) -> list[float]:
    """When the lamp goes on in a clip."""
    lit = [make.lamp_is_on(frame) for frame in media.frames(source, clip, *SHARE)]
    return [float(n / source.fps) for n in range(1, len(lit)) if lit[n] and not lit[n - 1]]


@pytest.mark.parametrize("kind", SYNCED)
def test_clicks_and_flashes_stay_together(kind: str, tmp_path: Path) -> None:
    source = make.source_for(SYNCED[kind](tmp_path))
    for clip in (make.whole(source), make.clip_of((0.12, 0.6), (0.72, 1.48))):
        heard = make.click_times_s(media.sound(source, clip, tmp_path))
        seen = flash_times_s(source, clip)
        assert len(seen) == len(heard) > 0
        assert np.abs(np.subtract(heard, seen)).max() <= 0.002
    whole = make.click_times_s(media.speech(source, tmp_path))
    assert np.abs(np.subtract(whole, flash_times_s(source, make.whole(source)))).max() <= 0.002


def test_sound_is_as_long_as_the_picture_to_the_sample(tmp_path: Path) -> None:
    source = make.source_for(make.film(tmp_path / "a.mkv", fps=make.NTSC))
    clip = clip_of_frames(source, range(1, 8), range(9, 20), range(21, 44))
    rate, samples = make.read_wav(media.sound(source, clip, tmp_path))
    assert rate == make.RATE_HZ
    assert len(samples) == round(41 / make.NTSC * make.RATE_HZ)


def test_every_cut_of_the_sound_fades(film: Path, tmp_path: Path) -> None:
    source = make.source_for(film)
    _, samples = make.read_wav(media.sound(source, make.clip_of((0.2, 0.6), (1.0, 1.4)), tmp_path))
    cut = round(0.4 * make.RATE_HZ)
    assert np.abs(samples[cut - 5 : cut + 5]).max() < 60
    assert np.abs(samples[cut // 2 : cut // 2 + 200]).max() > 4000


def test_sound_that_begins_late_is_preceded_by_silence(tmp_path: Path) -> None:
    source = make.source_for(make.late_sound(tmp_path / "a.mp4"))
    _, samples = make.read_wav(media.sound(source, make.whole(source), tmp_path))
    assert np.abs(samples[: round(0.45 * make.RATE_HZ)]).max() < 100
    assert np.abs(samples[round(0.6 * make.RATE_HZ) :]).max() > 4000


def test_the_default_track_is_the_one_that_is_heard(tmp_path: Path) -> None:
    source = make.source_for(make.two_sounds(tmp_path / "a.mp4"))
    _, samples = make.read_wav(media.sound(source, make.whole(source), tmp_path))
    spectrum = np.abs(np.fft.rfft(samples[:, 0]))
    assert spectrum.argmax() * make.RATE_HZ / len(samples) == pytest.approx(880, abs=3)


def test_loudness_of_a_known_tone(tmp_path: Path) -> None:
    mono = make.tone(4.0, 997.0, 0.1)
    found = media.loudness(make.write_wav(tmp_path / "a.wav", np.column_stack([mono, mono])))
    # BS.1770: a sine of 0 dBFS in one channel is -3.01 LUFS; here two channels at -20 dB.
    assert found.integrated_lufs == pytest.approx(-20.0, abs=0.2)
    assert found.true_peak_dbtp == pytest.approx(-20.0, abs=0.2)


def test_the_master_holds_every_frame_and_its_sound(film: Path, tmp_path: Path) -> None:
    source = make.source_for(film)
    clip = make.whole(source)
    media.sound(source, clip, tmp_path)
    count = media.write_master(media.frames(source, clip, *SHARE), *SHARE, source.fps, "sound.wav", tmp_path)
    master = make.source_for(tmp_path / "master.mp4")
    assert count == 50
    assert (master.fps, master.duration_s, master.audio_index) == (source.fps, 2.0, 0)
    assert numbers(master, make.whole(master)) == list(range(50))


def test_a_master_without_a_frame_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ToolError):
        media.write_master([], *SHARE, Fraction(25), None, tmp_path)
