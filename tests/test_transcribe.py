"""Words: from the transcript that lies beside the footage, else from the sound, in simplified characters."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.config import Transcribe
from pipeline.engines import Task, sidecar
from pipeline.errors import ConfigError, RecordingError, ToolError
from pipeline.language import turns
from pipeline.sound.guards import bare
from pipeline.stages.transcribe import depends, transcribe
from pipeline.values import Source, Transcript
from tests import media
from tests.toy import Toy

pytestmark = pytest.mark.filterwarnings("ignore:.*multilingual.tiktoken:pytest.PytestUnraisableExceptionWarning")


@pytest.fixture(autouse=True)
def models(toy: Toy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLINICREEL_MODELS", str(toy.folder))


@pytest.fixture(scope="module")
def silent(tmp_path_factory: pytest.TempPathFactory) -> Source:
    """Two seconds without sound."""
    return media.source_for(media.film(tmp_path_factory.mktemp("silent") / "film.mp4", sound=None))


def spoken(folder: Path, language: str) -> Source:
    """A recording in which the toy's sentences are spoken, from its very beginning."""
    picture = media.film(folder / "picture.mp4", frames=300, width_px=64, height_px=64, sound=None)
    path = folder / f"{language}.mkv"
    media.ffmpeg("-i", picture, "-i", Toy.recording(language), "-map", "0:v", "-map", "1:a", "-c", "copy", path)
    return media.source_for(path)


def run(source: Source, sidecar: Path | None, folder: Path, language: str = "zh", **settings: object) -> Transcript:
    out = folder / "out"
    out.mkdir()
    form = Transcribe.model_validate({"openai_whisper": {"beam": 1}, **settings})
    result = transcribe(source, sidecar, language, (), form, out=out)
    assert list(out.iterdir()) == []
    return result


def write(folder: Path, *lines: tuple[float, float, str]) -> Path:
    path = folder / "transcript.json"
    entries = [{"start_s": start, "end_s": end, "text": text} for start, end, text in lines]
    path.write_text(json.dumps({"lines": entries}))
    return path


def text_of(transcript: Transcript) -> str:
    return "".join(word.text for word in transcript.words)


def test_a_transcript_beside_the_footage_always_wins(silent: Source, tmp_path: Path) -> None:
    got = run(silent, write(tmp_path, (0.2, 1.2, "不要紧张。")), tmp_path, engine="faster_whisper", model="small")
    assert (got.engine, text_of(got), got.duration_s) == ("sidecar", "不要紧张。", silent.duration_s)


def test_footage_without_sound_and_without_transcript_has_no_words(silent: Source, tmp_path: Path) -> None:
    got = run(silent, None, tmp_path)
    assert (got.engine, got.words) == ("none", ())


def test_every_word_is_written_in_simplified_characters(silent: Source, tmp_path: Path) -> None:
    got = run(silent, write(tmp_path, (0.2, 1.2, "這個結節乾燥，不用擔心。"), (1.3, 1.9, "乾坤")), tmp_path)
    assert text_of(got) == "这个结节干燥，不用担心。乾坤"
    assert all(word.end_s > word.start_s for word in got.words)


def test_other_languages_are_left_as_they_are(silent: Source, tmp_path: Path) -> None:
    assert text_of(run(silent, write(tmp_path, (0.2, 1.2, "結節")), tmp_path, "ja")) == "結節"


def test_a_transcript_of_another_recording_is_refused(silent: Source, tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match=r"runs to 9\.00 s, the recording only to 2\.00 s"):
        run(silent, write(tmp_path, (8.0, 9.0, "好")), tmp_path)


def test_words_stay_inside_the_recording_and_last_a_moment(silent: Source, tmp_path: Path) -> None:
    got = run(silent, write(tmp_path, (1.9, 2.8, "好的"), (0.5, 0.5, "嗯")), tmp_path)
    assert [word.text for word in got.words] == ["嗯", "好", "的"]
    assert all(0 <= word.start_s < word.end_s <= silent.duration_s for word in got.words)


def test_where_two_lines_lie_over_each_other_their_words_belong_to_two_turns(silent: Source, tmp_path: Path) -> None:
    found = run(silent, write(tmp_path, (0.1, 1.9, "刘建国你来复查了"), (0.2, 1.8, "好的谢谢医生")), tmp_path)
    starts = [word.start_s for word in found.words]
    assert starts == sorted(starts)
    assert text_of(found) != "刘建国你来复查了好的谢谢医生"
    assert "".join(word.text for word in turns.in_turn(found.words)) == "刘建国你来复查了好的谢谢医生"


def test_words_of_two_speakers_that_talk_at_once_belong_to_two_turns(silent: Source, tmp_path: Path) -> None:
    said = [
        ("doctor", 0.1, "刘"),
        ("patient", 0.2, "好"),
        ("doctor", 0.3, "建"),
        ("patient", 0.4, "的"),
        ("doctor", 0.5, "国"),
        ("patient", 1.5, "嗯"),
    ]
    words = [{"start_s": at, "end_s": at + 0.25, "text": text, "speaker": who} for who, at, text in said]
    path = tmp_path / "transcript.json"
    path.write_text(json.dumps({"words": words}), "utf-8")
    found = run(silent, path, tmp_path)
    assert [(word.text, word.turn) for word in turns.in_turn(found.words)] == [
        ("刘", 0), ("建", 0), ("国", 0), ("好", 1), ("的", 1), ("嗯", 1)
    ]  # fmt: skip


def test_who_speaks_in_turn_has_a_turn_each_time(silent: Source, tmp_path: Path) -> None:
    said = [("doctor", 0.1, "你"), ("doctor", 0.3, "好"), ("patient", 0.7, "好"), ("doctor", 1.2, "坐")]
    words = [{"start_s": at, "end_s": at + 0.2, "text": text, "speaker": who} for who, at, text in said]
    path = tmp_path / "transcript.json"
    path.write_text(json.dumps({"words": words}), "utf-8")
    assert [word.turn for word in run(silent, path, tmp_path).words] == [0, 0, 1, 2]


def test_a_channel_that_wants_transcripts_only_says_when_there_is_none(silent: Source, tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="no transcript beside the footage"):
        run(silent, None, tmp_path, engine="sidecar")


def test_a_missing_model_stops_with_the_command_that_fetches_it(film: Path, tmp_path: Path) -> None:
    with pytest.raises(ToolError) as caught:
        run(media.source_for(film), None, tmp_path, model="small")
    assert caught.value.remedy == "clinicreel models fetch small"


def test_an_unknown_engine_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match="'faster_whisper', 'none', 'openai_whisper', 'sidecar'"):
        Transcribe(engine="magic")


def test_a_step_depends_on_engine_and_weights_only_where_they_are_used(
    film: Path, silent: Source, tmp_path: Path
) -> None:
    source = media.source_for(film)
    other = depends(source, None, Transcribe(model="toy.pt"))
    assert depends(source, None, Transcribe())["weights"] != other["weights"]
    assert depends(source, tmp_path / "a.srt", Transcribe())["weights"] == ""
    assert depends(silent, None, Transcribe())["engine"] == "none"
    with pytest.raises(ConfigError, match="neither a known name"):
        depends(source, None, Transcribe(model="nothing.pt"))


@pytest.mark.parametrize("engine", ["faster_whisper", "openai_whisper"])
def test_speech_in_a_recording_becomes_words_at_their_times(engine: str, tmp_path: Path) -> None:
    got = run(spoken(tmp_path, "zh"), None, tmp_path, engine=engine, model="toy.pt")
    assert got.engine == engine
    assert bare(text_of(got)) == bare("".join(word for word, _, _ in Toy.truth("zh")))
    # Whisper lets the first word of a sentence begin in the pause before it.
    assert got.words[0].end_s == pytest.approx(Toy.truth("zh")[0][2], abs=0.35)
    assert got.words[-1].end_s == pytest.approx(Toy.truth("zh")[-1][2], abs=0.35)


@pytest.fixture(scope="module")
def humming(tmp_path_factory: pytest.TempPathFactory) -> Source:
    """Six seconds in which something hums and nobody speaks."""
    folder = tmp_path_factory.mktemp("hum")
    wav = media.write_wav(folder / "hum.wav", (Toy.hum(6.0) * 32767).astype("int16"), 16_000)
    picture = media.film(folder / "picture.mp4", frames=150, width_px=64, height_px=64, sound=None)
    media.ffmpeg("-i", picture, "-i", wav, "-map", "0:v", "-map", "1:a", "-c", "copy", folder / "hum.mkv")
    return media.source_for(folder / "hum.mkv")


def test_without_guards_whisper_invents_a_line_on_a_hum(humming: Source, tmp_path: Path) -> None:
    settings = {"engine": "openai_whisper", "model": "toy.pt", "phantoms": False, "silence_s": 100.0}
    assert "点赞订阅" in text_of(run(humming, None, tmp_path, **settings))


@pytest.mark.parametrize("engine", ["faster_whisper", "openai_whisper"])
def test_an_invented_line_is_dropped_and_its_place_is_kept(engine: str, humming: Source, tmp_path: Path) -> None:
    got = run(humming, None, tmp_path, engine=engine, model="toy.pt")
    assert got.words == ()
    assert all(span.end_s > span.start_s for span in got.dropped)
    assert got.dropped or engine == "faster_whisper"


@pytest.mark.material
def test_real_transcripts_are_read_whole(material: Path, tmp_path: Path) -> None:
    scene = material / "scene" / "consultation_zh.json"
    lines = [line.text for line in sidecar.build(sidecar.Settings()).recognise(scene, Task("zh"))]
    told = json.loads(scene.read_text(encoding="utf-8"))["lines"]
    assert bare("".join(lines)) == bare("".join(line["text"] for line in told))


def test_spread_gives_a_line_the_time_it_has() -> None:
    words = sidecar.spread("复查 CT", 2.0, 4.0)
    assert (words[0].start_s, words[-1].end_s) == (2.0, 4.0)
