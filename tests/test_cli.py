"""The command line as a user meets it: exit codes, messages, and one JSON object that other programs read."""

from __future__ import annotations

import errno
import os
import re
import resource
import subprocess
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from pipeline import cli, opening
from pipeline.errors import ConfigError, SpaceError, ToolError
from pipeline.settings import reference, scaffold
from pipeline.settings.loading import load_case
from tests import built
from tests.conftest import Finished

WHOLE = 'clips: [{from: "0", to: "2"}]\n'
SHORT = 'clips: [{from: "1", to: "1.4"}]\n'


def build(folder: Path, *cases: Path, more: str = "", **environment: str) -> tuple[int, Any, str]:
    """Exit code, JSON and messages of `clinicreel build --json`."""
    channel = built.make_channel(folder / "channel", f"platforms: [douyin]\n{more}")
    done = built.clinicreel("build", *cases, *built.where(folder, channel), "--json", **environment)
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, built.answer(done), done.stderr


def failed_case(tmp_path: Path, footage: Path, more: str = WHOLE) -> tuple[int, dict[str, Any]]:
    """Exit code and result of a case that comes to one end."""
    case = built.make_case(tmp_path, footage, more)
    code, said, _ = build(tmp_path, case)
    (clip,) = said["clips"]
    assert "林小雨" not in str(said)
    return code, clip


# --- recordings -----------------------------------------------------------------------------------------------------


def test_an_empty_recording_is_told_apart_from_a_broken_one(tmp_path: Path) -> None:
    (tmp_path / "empty.mp4").touch()
    code, clip = failed_case(tmp_path, tmp_path / "empty.mp4")
    assert (code, clip["state"], clip["clip"]) == (1, "failed", None)
    assert "empty (0 bytes)" in clip["reason"]
    assert clip["next"]


def test_a_file_that_is_no_recording_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text.mp4").write_text("not a film\n" * 100)
    code, clip = failed_case(tmp_path, tmp_path / "text.mp4")
    assert (code, clip["state"]) == (1, "failed")
    assert clip["reason"]


def test_a_recording_that_the_disk_does_not_give_is_an_expected_failure(tmp_path: Path) -> None:
    """/proc/self/mem is a regular file that opens and cannot be read at its start."""
    case = built.make_case(tmp_path, more="footage: film.mp4\n")
    (case / "film.mp4").symlink_to("/proc/self/mem")
    code, said, _ = build(tmp_path, case)
    assert code == 1
    assert "cannot be read" in said["clips"][0]["reason"]


def test_a_recording_that_is_gone_says_at_which_line_it_is_named(tmp_path: Path) -> None:
    case = built.make_case(tmp_path, more="footage: /nowhere/a.mp4\n")
    code, said, _ = build(tmp_path, case)
    assert code == 1
    assert re.search(r"case\.yaml:3: footage: there is no such file", said["clips"][0]["reason"])


def test_a_cut_outside_the_recording_is_a_fault_of_the_case(tmp_path: Path, film: Path) -> None:
    code, clip = failed_case(tmp_path, film, 'clips: [{from: "0", to: "1"}, {from: "0:05", to: "0:09"}]\n')
    assert (code, clip["state"], clip["clip"]) == (2, "failed", None)
    assert "clips[2] (5 s to 9 s): outside the recording, which is 2.00 s long" in clip["reason"]


def test_a_clip_with_no_words_waits_for_a_person(tmp_path: Path) -> None:
    case = built.make_case(tmp_path, more=SHORT, lines={"lines": [{"start_s": 5.0, "end_s": 6.0, "text": "再见"}]})
    code, said, _ = build(tmp_path, case)
    (clip,) = said["clips"]
    assert (code, clip["state"]) == (0, "waiting")
    assert "no words were heard" in clip["reason"]
    assert clip["start_s"] == 1.0


NAMES = ("-y.mp4", "it's [a];b,c=d.mp4", "两行\n名字.mp4", "%d 100%.mp4")


@pytest.mark.slow
def test_a_recording_may_be_called_anything(tmp_path: Path, film: Path) -> None:
    cases = [built.make_case(tmp_path, film, SHORT, name=f"case-{at}") for at in range(len(NAMES))]
    files = [next(case.glob("*.mp4")).rename(case / name) for case, name in zip(cases, NAMES, strict=True)]
    code, said, messages = build(tmp_path, *cases)
    assert (code, [clip["state"] for clip in said["clips"]]) == (0, ["waiting"] * 4)
    for path in files:
        assert path.read_bytes() == film.read_bytes()
        assert path.name not in str(said) + messages
        assert sorted(one.name for one in path.parent.iterdir()) == sorted([path.name, "case.yaml", "transcript.json"])


def test_a_bad_case_does_not_keep_the_others_from_being_built(tmp_path: Path, film: Path) -> None:
    (tmp_path / "text.mp4").write_text("not a film\n" * 100)
    cases = [
        built.make_case(tmp_path, film, SHORT, name="1-good"),
        built.make_case(tmp_path, tmp_path / "text.mp4", WHOLE, name="2-bad"),
        built.make_case(tmp_path, film, "clip: []\n", name="3-typo"),
        built.make_case(tmp_path, film, WHOLE + "title: again\n", name="4-twice"),
        built.make_case(tmp_path, film, SHORT, name="5-good"),
    ]
    code, said, messages = build(tmp_path, *cases)
    states = [clip["state"] for clip in said["clips"]]
    assert (code, states) == (2, ["waiting", "failed", "failed", "failed", "waiting"])
    assert "(did you mean 'clips'?)" in said["clips"][2]["reason"]
    assert all(case.name in messages for case in cases)


# --- configuration --------------------------------------------------------------------------------------------------


def test_every_fault_of_a_channel_is_told_with_its_line(tmp_path: Path, film: Path) -> None:
    case = built.make_case(tmp_path, film, WHOLE)
    channel = built.make_channel(tmp_path, "platforms: [douyin]\nredact: {metod: blur}\nsubtitle: {max_lines: x}\n")
    done = built.clinicreel("build", case, *built.where(tmp_path, channel), "--json")
    assert (done.returncode, done.stdout) == (2, "")
    assert f"{channel}:5: redact.metod: unknown key" in done.stderr
    assert f"{channel}:6: subtitle." in done.stderr
    assert not (tmp_path / "work").exists()


@pytest.mark.parametrize(
    ("channel", "said"),
    [("dem", "did you mean 'demo'"), ("nowhere/a.yaml", "there is no such file"), ("a\nb", "no such file")],
)
def test_a_channel_that_is_not_there_is_a_fault_of_the_command(tmp_path: Path, channel: str, said: str) -> None:
    done = built.clinicreel("build", "--channel", channel, "--work", tmp_path / "work")
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_missing_model_stops_with_the_command_that_fetches_it(tmp_path: Path, film: Path) -> None:
    case = built.make_case(tmp_path, film, WHOLE, lines=None)
    code, said, _ = build(tmp_path, case, CLINICREEL_MODELS=str(tmp_path / "models"))
    assert (code, said["clips"][0]["state"]) == (3, "failed")
    assert "clinicreel models fetch small" in said["clips"][0]["next"]


@pytest.mark.parametrize("folder", ["/proc/work", "/dev/null/work"])
def test_a_work_folder_that_cannot_be_made_is_told(tmp_path: Path, film: Path, folder: str) -> None:
    case, channel = built.make_case(tmp_path, film, WHOLE), built.make_channel(tmp_path)
    done = built.clinicreel("build", case, "--channel", channel, "--work", folder)
    assert done.returncode == 3
    assert done.stderr.startswith(f"clinicreel: {folder}")


def test_work_is_refused_where_it_would_be_carried_away_with_the_packs(tmp_path: Path, film: Path) -> None:
    case, channel = built.make_case(tmp_path, film, WHOLE), built.make_channel(tmp_path)
    where = ["--channel", channel, "--outbox", tmp_path / "out", "--work", tmp_path / "out" / "work"]
    done = built.clinicreel("build", case, *where)
    assert done.returncode == 2
    assert "inside the outbox" in done.stderr


def test_a_recording_that_lies_in_the_work_folder_is_refused(tmp_path: Path, film: Path) -> None:
    case = built.make_case(tmp_path / "work" / "tmp", film, SHORT)
    code, said, _ = build(tmp_path, case)
    assert (code, said["clips"][0]["state"]) == (2, "failed")
    assert "inside the work folder" in said["clips"][0]["reason"]
    assert next(case.glob("*.mp4")).is_file()


# --- a full disk ----------------------------------------------------------------------------------------------------

SMALL_DISK = """
mount -t tmpfs -o size={size} none "$WORK" || exit 99
"$@"; echo "status $?"
mount -o remount,size=500m "$WORK" || exit 99
"$@"; echo "status $?"
"""


@pytest.mark.slow
@pytest.mark.parametrize("size", ["100k", "300k"])
def test_no_space_left_stops_cleanly_and_the_same_command_goes_on(tmp_path: Path, film: Path, size: str) -> None:
    case, channel = built.make_case(tmp_path, film, SHORT), built.make_channel(tmp_path)
    (tmp_path / "work").mkdir()
    own = ["unshare", "--user", "--map-root-user", "--mount"]
    script = ["sh", "-c", SMALL_DISK.format(size=size), "sh"]
    if subprocess.run([*own, "mount", "-t", "tmpfs", "none", tmp_path / "work"], check=False).returncode:
        pytest.skip("this machine does not let its users mount a disk of their own")
    build = built.command("build", case, *built.where(tmp_path, channel), "--json")
    env = {"WORK": str(tmp_path / "work"), "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}
    done = subprocess.run(
        [*own, *script, *build], cwd=built.PROJECT, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr, done.stderr
    first, failed, second, ended = done.stdout.splitlines()
    assert (failed, ended) == ("status 3", "status 0")
    assert "no space left on the disk" in first
    assert '"state": "waiting"' in second


# --- what programs and people read ----------------------------------------------------------------------------------


def keys(value: Any) -> Any:
    """The keys of a JSON value, those of its lists' first items with them."""
    if isinstance(value, dict):
        return {key: keys(inner) for key, inner in value.items()}
    return [keys(value[0])] if isinstance(value, list) and value else None


def test_json_has_the_documented_keys_and_nothing_else_is_printed(finished: Finished) -> None:
    said = keys(
        built.answer(
            built.clinicreel("status", finished.case, *built.where(finished.folder, finished.channel), "--json")
        )
    )
    form = re.search(r"```\n(\{.*?\})\n```", reference.JSON_FORM, re.DOTALL)
    assert form is not None
    documented = set(re.findall(r'"(\w+)"', form[1]))
    shown = set(re.findall(r"'(\w+)':", str(said))) - {"douyin", "bilibili"}
    stages = set(said["seconds"])
    hidden = set(said["clips"][0]["hidden"])
    # Of findings, deliveries, damage, mentions and approvals, of which there are none.
    inside = {
        "check",
        "time_s",
        "what",
        "exposes",
        "new",
        "gone",
        "other",
        "earlier",
        "removed",
        "cause",
        "kind",
        "by",
        "at",
    }
    assert shown - stages - hidden == documented - inside
    assert list(said) == ["clips", "deliveries", "swept", "seconds"]
    assert list(said["clips"][0])[:6] == ["case", "clip", "start_s", "end_s", "state", "reason"]


def test_help_answers_at_once(tmp_path: Path) -> None:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = built.clinicreel("--help")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.returncode == 0
    assert "publish" in done.stdout
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 0.3


def test_build_says_why_each_step_runs(finished: Finished) -> None:
    done = built.clinicreel("build", finished.case, *built.where(finished.folder, finished.channel), "--explain")
    assert done.returncode == 0
    assert "redact: kept, nothing it depends on has changed" in done.stderr


def test_people_see_where_the_packs_lie(finished: Finished) -> None:
    done = built.clinicreel("status", finished.case, *built.where(finished.folder, finished.channel))
    assert "ready" in done.stdout
    for _, folder in finished.clip.packs:
        assert str(folder) in done.stdout


def test_a_new_case_says_who_must_be_asked_before_anything_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, film: Path
) -> None:
    monkeypatch.setattr(scaffold, "ROOT", tmp_path)
    footage = tmp_path / 'it\'s\n"here": #1.mp4'
    footage.write_bytes(film.read_bytes())
    channel = built.make_channel(tmp_path, "platforms: [douyin]\ntranscribe: {engine: none}\n")
    words = ["new", "2026-11-22-nodule", "--footage", str(footage), "--channel", str(channel)]
    made = CliRunner().invoke(cli.main, words)
    assert made.exit_code == 0, made.output
    case = Path(made.output.strip()).parent
    code, said, _ = build(tmp_path, case, more="transcribe: {engine: none}\napproval: required\n")
    assert (code, [clip["state"] for clip in said["clips"]]) == (1, ["blocked"])
    assert "list them under `people:`" in said["clips"][0]["next"]
    text = case.joinpath("case.yaml").read_text("utf-8")
    case.joinpath("case.yaml").write_text(text.replace("# synthetic: true", "synthetic: true"), "utf-8")
    code, said, _ = build(tmp_path, case, more="transcribe: {engine: none}\n")
    assert (code, [clip["state"] for clip in said["clips"]]) == (0, ["waiting"])
    again = CliRunner().invoke(cli.main, words)
    assert (again.exit_code, "is there already" in again.output) == (2, True)


def test_the_people_of_the_template_have_no_name_and_agreed_to_nothing_until_somebody_fills_them_in(
    tmp_path: Path,
) -> None:
    """Whoever takes the marks of comments away and forgets the rest is told of every line."""
    text = scaffold.TEMPLATE.format(channel="demo", footage="a.mp4")
    begun, end = text.index("# people:"), text.index("# synthetic:")
    people = re.sub(r"^# ", "", text[begun:end], flags=re.MULTILINE)
    (tmp_path / "case.yaml").write_text(text[:begun] + people + text[end:], "utf-8")
    with pytest.raises(ConfigError) as caught:
        load_case(tmp_path)
    told = {line.split(": ")[1] for line in caught.value.cause.splitlines()}
    assert told == {"people.0.names.0", "people.0.names.1", "people.0.consent.signed", "people.1.names.0"}
    assert "scopes: []\n" in people


def test_a_case_is_not_called_after_a_path(tmp_path: Path, film: Path) -> None:
    done = built.clinicreel("new", "../escape", "--footage", film, "--channel", "demo")
    assert done.returncode == 2
    assert "not fit for a folder name" in done.stderr


def test_a_command_that_fails_before_any_case_is_read_echoes_no_name(tmp_path: Path) -> None:
    (tmp_path / "王小明").mkdir()
    channel = built.make_channel(tmp_path)
    who = ["--clip", "1", "--as", "x", "--work", tmp_path / "work", "--channel", channel]
    done = built.clinicreel("approve", tmp_path / "王小明", *who)
    assert (done.returncode, done.stdout) == (2, "")
    assert "no case.yaml in it" in done.stderr
    assert "小明" not in done.stderr


def test_a_channel_takes_its_own_cases_and_none_of_another_whatever_is_wrong_with_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who speaks may be somebody whom only the case's own channel knows, which is no reason to give it to another."""
    said = {
        "ours": "channel: demo\n",
        "ours-faulty": "titel: x\nchannel: demo\n",
        "theirs": "channel: clinic\nclips: [{from: 0, to: 1, speaker: doctor1}]\n",
        "theirs-faulty": "channel: clinic\ntitel: x\n",
        "nobodys": "title: x\n",
        "unreadable": "channel: [demo\n",
        "strange": "channel: [demo]\n",
    }
    for name, words in said.items():
        (tmp_path / "cases" / name).mkdir(parents=True)
        (tmp_path / "cases" / name / "case.yaml").write_text(words, "utf-8")
        (tmp_path / "cases" / name / "a.mp4").write_bytes(b"video")
    monkeypatch.setattr(opening, "ROOT", tmp_path)
    with opening.open_batch([], "demo", None, tmp_path / "work", tmp_path / "outbox") as batch:
        assert [folder.name for folder in batch.folders] == ["ours", "ours-faulty", "strange", "unreadable"]
        (tmp_path / "cases" / "ours" / "case.yaml").write_text("channel: clinic\nsynthetic: true\n", "utf-8")
        found = {clip.case: clip.reason for clip in batch.build(built.Quiet()).clips}
    assert found["ours"] == "ours: its case.yaml names another channel by now"


def test_footage_whose_name_is_no_text_is_refused_before_anything_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, film: Path
) -> None:
    """The name of a file from an old Chinese system: GBK, not UTF-8."""
    monkeypatch.setattr(scaffold, "ROOT", tmp_path)
    footage = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xb2\xa1.mp4"))
    footage.write_bytes(film.read_bytes())
    with pytest.raises(ConfigError, match="footage: its path is not UTF-8 text") as caught:
        scaffold.new_case("nodule", footage, "demo")
    assert caught.value.remedy == "rename the file"
    assert not (tmp_path / "cases").exists()
    assert scaffold.new_case("nodule", footage.rename(tmp_path / "a.mp4"), "demo").is_file()


def test_a_case_that_could_not_be_written_is_not_there_already(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, film: Path
) -> None:
    monkeypatch.setattr(scaffold, "ROOT", tmp_path)

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("pipeline.store.os.fsync", full)
        with pytest.raises(SpaceError):
            scaffold.new_case("nodule", film, "demo")
    assert scaffold.new_case("nodule", film, "demo").read_text("utf-8").endswith("reason: monitor}\n")


def test_a_new_case_that_cannot_be_written_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scaffold, "ROOT", tmp_path)
    (tmp_path / "cases").mkdir()
    (tmp_path / "cases" / "nodule").touch()
    with pytest.raises(ToolError, match=r"nodule/case\.yaml: cannot be written: File exists"):
        scaffold.new_case("nodule", tmp_path / "a.mp4", "demo")
