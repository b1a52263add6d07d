"""The whole pipeline with its memory: a change redoes what depends on it, and nothing else."""

from __future__ import annotations

import shutil
from contextlib import ExitStack
from pathlib import Path

import pytest

from pipeline import progress, results
from tests import built, media

CASE = """\
title: 肺结节要紧吗
synthetic: true
clips:
  - {from: "0", to: "0.6", title: 第一段}
  - {from: "1", to: "1.8", title: 第二段}
"""
QUIET = "transcribe: {engine: none}\n"
CHANNEL = "platforms: [xiaohongshu]\ncards: {opening_s: 0.2, closing_s: 0.2}\n"


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two short clips with cards, built; not to be changed."""
    folder = tmp_path_factory.mktemp("base")
    lines = {"lines": [{"start_s": at, "end_s": at + 0.5, "text": "不要紧"} for at in (0.05, 1.05)]}
    case = built.make_case(folder, media.film(folder / "film.mp4", sound=None), lines=lines)
    (case / "case.yaml").write_text(CASE, "utf-8")
    report = built.build(folder, case, channel=built.make_channel(folder, CHANNEL))
    assert [clip.state for clip in report.clips] == [results.WAITING] * 2, report.clips
    return folder


@pytest.fixture
def copy(base: Path, tmp_path: Path) -> Path:
    """The same with a work folder of its own."""
    return shutil.copytree(base, tmp_path / "copy")


def redone(folder: Path, case_yaml: str = CASE, channel: str = CHANNEL) -> list[str]:
    """The steps that a build with these files makes, with the reasons."""
    case = folder / "2026-11-22-nodule"
    (case / "case.yaml").write_text(case_yaml, "utf-8")
    watcher = built.Quiet()
    with built.opened(folder, case, channel=built.make_channel(folder, channel)) as batch:
        report = batch.build(watcher)
    assert [clip.state for clip in report.clips] == [results.WAITING] * 2, report.clips
    return watcher.why


def stages(why: list[str]) -> list[str]:
    return [line.partition(":")[0] for line in why]


def test_nothing_is_made_when_nothing_has_changed(copy: Path) -> None:
    assert redone(copy) == []


def test_a_closing_card_is_made_once_for_all_clips_of_a_channel(base: Path) -> None:
    closing = list((base / "work" / "store").glob("*/files/closing-*.mp4"))
    opening = list((base / "work" / "store").glob("*/files/opening-*.mp4"))
    assert (len(closing), len(opening)) == (1, 2)


def test_a_changed_caption_style_redoes_no_detection_and_no_hiding(copy: Path) -> None:
    why = redone(copy, channel=CHANNEL + 'subtitle: {colour: "#ffff00"}\n')
    assert stages(why) == ["subtitle", "export", "verify", "pack"] * 2
    assert why[0] == "subtitle: changed: settings.colour"
    assert why[1] == "export: changed: subtitle.colour"


def test_a_changed_title_redoes_that_clip_alone(copy: Path) -> None:
    why = redone(copy, case_yaml=CASE.replace("第二段", "另一个题目"))
    assert stages(why) == ["card", "export", "verify", "pack"]
    assert why[0] == "card: changed: text"


def test_without_cards_a_changed_title_redoes_no_video(copy: Path) -> None:
    plain = "platforms: [xiaohongshu]\n"
    redone(copy, channel=plain)
    why = redone(copy, case_yaml=CASE.replace("第二段", "另一个题目"), channel=plain)
    assert stages(why) == ["card", "pack"]
    assert why[1] == "pack: changed: texts"


def test_a_changed_zone_redoes_the_hiding_and_not_the_detection(copy: Path) -> None:
    why = redone(copy, case_yaml=CASE + "zones: [{at: [0.1, 0.1, 0.3, 0.3], reason: monitor}]\n")
    assert stages(why) == ["track", "correct", "redact", "export", "verify", "pack"] * 2
    assert why[0].startswith("track: changed: zones")
    assert why[1:3] == ["correct: changed: plan", "redact: changed: solid, plan"]


def test_long_steps_tell_how_far_they_are(tmp_path: Path, film: Path) -> None:
    case = built.make_case(tmp_path, film, 'clips: [{from: "0", to: "0.8"}]\n', lines=None)
    told: list[tuple[int, int]] = []
    with progress.listening(lambda done, total: told.append((done, total))):
        built.build(tmp_path, case, channel=built.make_channel(tmp_path / "c", QUIET))
    assert told.count((20, 20)) == 2  # hiding and verifying; detection looks at fewer
    assert all(0 < done <= total for done, total in told)


def test_a_case_that_was_changed_while_another_built_it_is_built_as_it_is_by_then(copy: Path) -> None:
    folder = copy / "2026-11-22-nodule"
    with ExitStack() as other:

        class Impatient(built.Quiet):
            def waits(self, case: str) -> None:
                (folder / "case.yaml").write_text(CASE.replace("synthetic: true", "synthetic: false"), "utf-8")
                other.close()

        with built.opened(copy, folder, channel=built.make_channel(copy, CHANNEL + "approval: required\n")) as batch:
            other.enter_context(batch.store.lock(folder.name, lambda: None))
            report = batch.build(Impatient())
    assert [clip.state for clip in report.clips] == [results.BLOCKED] * 2, report.clips
