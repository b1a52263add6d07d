"""Real files that broke other programs: each comes out right, or is refused with its cause."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline import media, timing
from pipeline.errors import RecordingError
from tests import media as make

pytestmark = pytest.mark.material

REFUSED = {
    "ffmpegnormalize_out_48bytes.mp4": "moov",
    "media3_sample_audio_only.mp4": "no picture",
    "media3_sample_malformed_free_box.mp4": "moov",
    "media3_sample_vvc.mp4": "vvc",
    "media3_vp9_invalid-bitstream.webm": "can be decoded",
}
SIZES = {
    "autocut_test001.mp4": (1920, 1080),
    "autocut_test002.mov": (1920, 1080),
    "ffmpegnormalize_test.mp4": (426, 240),
    "media3_avi_sample.avi": (960, 400),
    "media3_bbb_800x640_768kbps_30fps_avc_2b_firstpts_10_sec.mp4": (1136, 640),
    "media3_bt601.mov": (640, 428),
    "media3_edit_list_positive_shift.mp4": (1920, 1080),
    "media3_flv_sample.flv": (1080, 720),
    "media3_h265_with_metadata_track.mp4": (1080, 1920),
    "media3_hdr10-video-with-sdr-container.mp4": (1920, 1080),
    "media3_hlg10-color-test.mp4": (1920, 1080),
    "media3_internal_emulator_transformer_output_270_rotated.mp4": (720, 1280),
    "media3_long_1080p_lowbitrate.mp4": (1920, 1080),
    "media3_mkv_sample_with_srt.mkv": (1080, 720),
    "media3_portrait_4k60.mp4": (2160, 3840),
    "media3_sample.mp4": (1080, 720),
    "media3_sample_android_slow_motion.mp4": (1280, 720),
    "media3_sample_missing_stsd.mp4": (1080, 720),
    "media3_sample_partially_fragmented.mp4": (1080, 720),
    "media3_sample_portrait.mp4": (720, 1080),
    "media3_sample_shorter_audio.mp4": (320, 240),
    "media3_sample_video_only.mp4": (1080, 720),
    "media3_sample_with_color_info.mp4": (1080, 1920),
    "media3_sample_with_invalid_nalu.mp4": (1080, 720),
    "media3_silent-black-10s.mp4": (320, 240),
    "media3_ts_bbb_2500ms.ts": (1920, 1080),
    "media3_vp9_bear-vp9-odd-dimensions.webm": (160, 120),
}
DAMAGED = {
    "media3_avi_sample.avi",
    "media3_hdr10-video-with-sdr-container.mp4",
    "media3_edit_list_positive_shift.mp4",
    "media3_sample_android_slow_motion.mp4",
    "media3_sample_partially_fragmented.mp4",
    "media3_sample_with_invalid_nalu.mp4",
    "media3_ts_bbb_2500ms.ts",
}
"""Those that lack pictures at their start or in between, or hold broken ones."""


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_cannot_be_vouched_for_is_refused_by_cause(name: str, material: Path) -> None:
    with pytest.raises(RecordingError, match=REFUSED[name]):
        make.source_for(material / "nasty" / name)


@pytest.mark.parametrize("name", SIZES)
def test_every_other_file_gives_all_its_frames_in_the_right_size(name: str, material: Path) -> None:
    source = make.source_for(material / "nasty" / name)
    assert (source.width_px, source.height_px) == SIZES[name]
    clip = make.clip_of((0.0, min(2.0, source.duration_s)))
    decode = media.Decode()
    small = make.within(source, 360)
    frames = [float(frame.y.mean()) for frame in media.frames(source, clip, *small, decode=decode)]
    assert len(frames) == timing.frame_count(clip, source.fps)
    flagged = bool(source.damage or media.damage(decode, clip, source.fps))
    assert flagged == (name in DAMAGED)


def test_the_list_names_every_file(material: Path) -> None:
    assert {one.name for one in (material / "nasty").iterdir()} == {*REFUSED, *SIZES}


def test_patches_of_a_filmed_colour_chart_keep_their_hue(material: Path) -> None:
    """A HLG recording of a chart: blue, green, red, yellow in its third row must not come out grey or swapped."""
    source = make.source_for(material / "nasty" / "media3_hlg10-color-test.mp4")
    frame = next(media.frames(source, make.clip_of((0.0, 0.2)), 960, 540))
    centres = {"blue": (136, 318), "green": (232, 318), "red": (424, 318 - 0), "yellow": (524, 318)}
    hues = {name: (int(frame.u[y // 2, x // 2]), int(frame.v[y // 2, x // 2])) for name, (x, y) in centres.items()}
    assert hues["blue"][0] > 150
    assert hues["green"][0] < 120
    assert hues["green"][1] < 120
    assert hues["yellow"][0] < 80
