"""The probe vouches for a recording, or says by name why it cannot."""

from __future__ import annotations

import hashlib
import os
import time
from fractions import Fraction
from pathlib import Path

import pytest

from pipeline.errors import RecordingError
from pipeline.media.demux import Contents
from pipeline.media.timeline import timeline, working_fps
from pipeline.stages.probe import probe
from tests import media as make


def test_a_plain_recording_is_described(film: Path) -> None:
    source = probe(film)
    assert (source.container, source.video_codec, source.audio_index) == ("mov", "h264", 0)
    assert (source.width_px, source.height_px, source.fps) == (320, 180, 25)
    assert (source.duration_s, source.rotation_deg, source.is_hdr) == (2.0, 0, False)
    assert (source.transfer, source.matrix) == ("bt709", "bt709")
    assert (source.damage, source.notes) == ((), ())
    assert source.file.sha256 == hashlib.sha256(film.read_bytes()).hexdigest()


@pytest.mark.parametrize("kind", ["hls", "dash", "ffconcat"])
def test_disguised_playlists_are_refused_by_name(kind: str, tmp_path: Path) -> None:
    name = {"hls": "HLS", "dash": "DASH", "ffconcat": "ffconcat"}[kind]
    with pytest.raises(RecordingError, match=f"{name} playlist"):
        probe(make.playlist(tmp_path / "film.mp4", kind))


def test_what_is_no_file_is_refused_without_waiting_for_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.mp4")
    for path in (tmp_path / "pipe.mp4", tmp_path, Path("/dev/zero")):
        with pytest.raises(RecordingError, match="no file"):
            probe(path)
    with pytest.raises(RecordingError, match="cannot be read"):
        probe(tmp_path / "absent.mp4")


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").touch()
    with pytest.raises(RecordingError, match="empty"):
        probe(tmp_path / "a.mp4")


def test_an_index_that_never_was_written_is_named(tmp_path: Path) -> None:
    path = make.film(tmp_path / "a.mp4")
    path.write_bytes(path.read_bytes()[:9000])
    with pytest.raises(RecordingError, match="moov"):
        probe(path)


def test_noise_text_and_other_containers_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_bytes(bytes(range(256)) * 100)
    with pytest.raises(RecordingError, match=r"cannot be opened|container"):
        probe(tmp_path / "a.mp4")
    other = tmp_path / "other.nut"
    make.ffmpeg("-i", make.film(tmp_path / "b.mp4", frames=5), "-c", "copy", "-f", "nut", other)
    with pytest.raises(RecordingError, match="container"):
        probe(other)


def test_too_many_pixels_are_refused_with_their_number(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="8000x8000"):
        probe(make.huge(tmp_path / "a.mov"))


def test_too_many_streams_are_refused(tmp_path: Path) -> None:
    plain = make.film(tmp_path / "plain.mp4", frames=5)
    maps = [part for _ in range(20) for part in ("-map", "0:a")]
    make.ffmpeg("-i", plain, "-map", "0:v", *maps, "-c", "copy", tmp_path / "a.mp4")
    with pytest.raises(RecordingError, match="21 streams"):
        probe(tmp_path / "a.mp4")


def test_sound_alone_is_no_footage(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="no picture"):
        probe(make.sound_only(tmp_path / "a.mp4"))


def test_a_codec_that_is_not_on_the_list_is_named(tmp_path: Path) -> None:
    path = make.film(tmp_path / "a.mkv", frames=5, sound=None, options=["-c:v", "ffv1"])
    with pytest.raises(RecordingError, match="ffv1"):
        probe(path)


def test_a_cover_picture_is_no_footage(tmp_path: Path) -> None:
    song, cover = make.sound_only(tmp_path / "song.m4a"), tmp_path / "cover.jpg"
    make.ffmpeg("-i", make.film(tmp_path / "b.mp4", frames=1), "-frames:v", "1", "-strict", "unofficial", cover)
    attach = ["-map", "0", "-map", "1", "-c", "copy", "-disposition:v", "attached_pic"]
    make.ffmpeg("-i", song, "-i", cover, *attach, tmp_path / "a.m4a")
    with pytest.raises(RecordingError, match="no picture"):
        probe(tmp_path / "a.m4a")


def test_hours_between_three_pictures_are_a_trap(tmp_path: Path) -> None:
    slow = ["-fps_mode", "passthrough"]
    path = make.film(tmp_path / "a.mkv", frames=3, sound=None, filters="setpts=N*7200/TB", options=slow)
    with pytest.raises(RecordingError, match="7200 s apart"):
        probe(path)


def test_no_error_names_the_file(tmp_path: Path) -> None:
    path = tmp_path / "Zhang San 13800001111.mp4"
    path.write_bytes(b"\0\0\0\x20ftypisom" + bytes(200))
    with pytest.raises(RecordingError) as caught:
        probe(path)
    assert "Zhang" not in str(caught.value)


def test_sizes_come_out_even_square_and_upright(tmp_path: Path) -> None:
    assert (probe(make.wide_pixels(tmp_path / "w.mp4")).width_px, 180) == (320, 180)
    odd = probe(make.odd_size(tmp_path / "o.webm"))
    assert (odd.width_px, odd.height_px) == (160, 120)
    turned = probe(make.film(tmp_path / "t.mp4", frames=3, width_px=180, height_px=320, turned=90))
    assert (turned.width_px, turned.height_px, turned.rotation_deg) == (180, 320, 90)


def test_a_file_cut_short_declares_its_missing_tail(tmp_path: Path) -> None:
    for name in ("a.mp4", "a.mkv"):
        source = probe(make.truncated(tmp_path / name))
        assert source.duration_s < 1.5
        assert source.damage[-1].end_s == pytest.approx(2.0, abs=0.05)


def test_packets_lost_in_the_middle_are_a_damaged_span(tmp_path: Path) -> None:
    source = probe(make.zeroed(tmp_path / "a.ts"))
    assert any(1.5 < one.start_s < one.end_s < 3.2 for one in source.damage)
    assert source.duration_s == pytest.approx(4.0, abs=0.01)


def test_tracks_that_are_many_or_missing_are_noted(tmp_path: Path) -> None:
    several = probe(make.two_sounds(tmp_path / "a.mp4"))
    assert several.audio_index == 1
    assert "2 sound tracks" in several.notes[0]
    silent = probe(make.film(tmp_path / "b.mp4", frames=5, sound=None))
    assert (silent.audio_index, silent.notes) == (None, ("it has no sound",))


def test_half_an_hour_is_counted_in_seconds(tmp_path: Path) -> None:
    part = make.film(tmp_path / "part.mp4", frames=500)
    make.ffmpeg("-stream_loop", "89", "-i", part, "-c", "copy", tmp_path / "a.mp4")
    started = time.monotonic()
    source = probe(tmp_path / "a.mp4")
    assert source.duration_s == pytest.approx(1800, abs=3)
    assert time.monotonic() - started < 6


@pytest.mark.parametrize(
    ("filmed", "worked"),
    [
        (Fraction(24000, 1001), Fraction(24000, 1001)),
        (Fraction(25), Fraction(25)),
        (Fraction(30), Fraction(30)),
        (Fraction(50), Fraction(25)),
        (Fraction(60000, 1001), Fraction(30000, 1001)),
        (Fraction(60), Fraction(30)),
        (Fraction(100), Fraction(25)),
        (Fraction(120), Fraction(30)),
        (Fraction(240), Fraction(30)),
        (Fraction(10), Fraction(30)),
        (Fraction(12), Fraction(24)),
        (Fraction(15), Fraction(30)),
        (Fraction(25, 2), Fraction(25)),
    ],
)
def test_the_working_rate_shows_every_picture_in_even_steps(filmed: Fraction, worked: Fraction) -> None:
    assert working_fps(filmed, True) == worked


@pytest.mark.parametrize("measured", [1.0, 7.3, 16.0, 20.0, 23.5, 27.0, 29.6, 33.0, 47.0, 61.0, 300.0])
def test_whatever_was_measured_the_working_rate_lies_between_23_and_30(measured: float) -> None:
    for steady in (True, False):
        assert 23 < working_fps(Fraction(measured).limit_denominator(1001), steady) <= 30


def packets(*pts: int) -> Contents:
    """A container whose pictures come at these milliseconds."""
    return Contents("x", 0.0, 0.0, (), None, Fraction(1, 1000), pts, (0,), (), "")


def test_ticks_of_a_millisecond_do_not_make_a_rate_unsteady() -> None:
    found = timeline(packets(*(round(n * 1001 / 30) for n in range(300))))
    assert (found.is_steady, found.rate_fps, found.gaps) == (True, Fraction(30000, 1001), ())


def test_a_gap_of_two_pictures_is_damage_and_one_is_counted() -> None:
    times = [n * 40 for n in range(100) if n not in (30, 60, 61)]
    found = timeline(packets(*times))
    assert found.dropped == 1
    assert [(gap.start_s, gap.end_s) for gap in found.gaps] == [(pytest.approx(2.4), pytest.approx(2.48))]


def test_a_clock_that_runs_back_is_seen() -> None:
    times = [n * 40 for n in range(50)]
    assert timeline(packets(*times, *times)).steps_back_s == pytest.approx(1.96)


def test_one_single_picture_still_has_a_rate() -> None:
    found = timeline(packets(0))
    assert (found.rate_fps, found.end_s) == (25, 0.04)
