"""Consent: who must have agreed to what, what is missing, what the book says of it; what a case may say of people."""

from __future__ import annotations

import hashlib
import re
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pipeline import publish, results
from pipeline.batch import Batch
from pipeline.config import Voices
from pipeline.errors import ConfigError, RecordingError
from pipeline.evidence import consent, lineage, returned
from pipeline.folders import PLATFORMS
from pipeline.language import common_words
from pipeline.language.chinese import in_chinese
from pipeline.ledger import Ledger
from pipeline.opening import open_batch
from pipeline.publish import Wanted
from pipeline.settings import loading
from pipeline.settings.case_form import CaseForm
from pipeline.settings.loading import load_platform
from pipeline.settings.platform import Platform
from tests import built
from tests.conftest import Finished

TODAY = date(2026, 11, 22)
ALL = ["film", "edit", "publish_redacted", "domestic", "overseas"]
PROOF = "a" * 64


def refusals(
    *people: dict[str, Any], voices: Voices | None = None, on: date = TODAY, proof: str = PROOF, synthetic: bool = False
) -> dict[str, str]:
    """What keeps a case of these people from Douyin and YouTube."""
    form = CaseForm.model_validate({"people": list(people), "synthetic": synthetic})
    platforms: tuple[Platform, ...] = tuple(map(load_platform, ("douyin", "youtube")))
    proofs = {person.id: proof for person in form.people} if proof else {}
    found = consent.refusals("nodule", form, proofs, voices or Voices(), platforms, on)
    return {name: "; ".join(one.reason for one in refused) for name, refused in found.items()}


def person(role: str = "patient", id: str = "p1", **changed: Any) -> dict[str, Any]:
    """Someone who agreed to everything that a redacted clip needs."""
    said = {"form": "p1.pdf", "sha256": PROOF, "scopes": ALL, "signed": "2026-11-01", "expires": "2027-11-01"}
    return {"id": id, "role": role, "consent": said | changed}


def both(reason: str) -> dict[str, str]:
    return {"douyin": reason, "youtube": reason}


# --- the rules ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["patient", "family", "minor"])
def test_who_is_filmed_must_have_agreed(role: str) -> None:
    assert refusals({"id": "p1", "role": role}) == both("p1: no consent is recorded")
    assert refusals(person(role, by="mother")) == {}


@pytest.mark.parametrize("scope", ["film", "edit", "publish_redacted"])
def test_every_step_is_agreed_to_by_itself(scope: str) -> None:
    told = refusals(person(scopes=[one for one in ALL if one != scope]))
    assert told == both(f"p1: has not agreed to {scope}")


def test_publishing_at_home_is_not_publishing_abroad() -> None:
    assert refusals(person(scopes=ALL[:4])) == {"youtube": "p1: has not agreed to overseas"}


@pytest.mark.parametrize("voices", [Voices(patient="keep"), Voices(unknown="keep")])
def test_a_voice_that_is_kept_must_be_agreed_to(voices: Voices) -> None:
    """Speech of which nobody says whose it is may be the patient's."""
    assert refusals(person(), voices=voices) == both("p1: has not agreed to voice")
    assert refusals(person(scopes=[*ALL, "voice"]), voices=voices) == {}
    assert refusals(person(), voices=Voices(family="keep")) == {}


def test_a_face_is_shown_only_of_who_agreed_to_that_by_itself() -> None:
    def shown(scopes: list[str], on: date = TODAY) -> tuple[str, ...]:
        return consent.shown(CaseForm.model_validate({"people": [person(scopes=scopes)]}), {"p1": PROOF}, on)

    assert shown(ALL) == ()
    assert shown([*ALL, "publish_face"]) == ("p1",)
    assert shown([*ALL, "publish_face"], date(2027, 11, 2)) == ()


def test_consent_holds_on_its_last_day_and_not_on_the_next() -> None:
    assert refusals(person(), on=date(2027, 11, 1)) == {}
    assert refusals(person(), on=date(2027, 11, 2)) == both("p1: consent ended after 2027-11-01")
    assert refusals(person(), on=date(2026, 11, 1)) == {}
    assert refusals(person(expires=None), on=date(2050, 1, 1)) == {}


def test_a_form_from_the_future_is_not_signed_yet() -> None:
    assert "still to come" in refusals(person(), on=date(2026, 10, 31))["douyin"]


@pytest.mark.parametrize("day", ["2026-11-20", "2026-11-22", "2026-12-24"])
def test_who_has_said_no_is_not_published_on_whatever_day(day: str) -> None:
    assert refusals(person(withdrawn=day)) == both(f"p1: consent was withdrawn ({day})")


def test_whoever_reads_of_a_withdrawal_can_type_the_command_that_lists_what_to_take_down() -> None:
    form = CaseForm.model_validate({"people": [person(withdrawn="2026-11-20")]})
    found = consent.refusals("nodule", form, {"p1": PROOF}, Voices(), (load_platform("douyin"),), TODAY)
    (refusal,) = found["douyin"]
    assert "clinicreel consent files --case nodule --person p1 lists it" in refusal.remedy
    assert "clinicreel consent files --case nodule --person p1 会列出" in in_chinese(refusal.remedy)


def test_a_form_that_is_gone_or_another_proves_nothing() -> None:
    assert "is not there" in refusals(person(), proof="")["douyin"]
    assert "another SHA-256" in refusals(person(), proof="b" * 64)["youtube"]


@pytest.mark.parametrize("role", ["doctor", "staff"])
def test_the_team_need_not_sign_but_what_they_signed_binds(role: str) -> None:
    voices = Voices(doctor="disguise")
    assert refusals({"id": "d1", "role": role}) == {}
    assert refusals(person(role), voices=voices) == {}
    assert refusals(person(role, withdrawn="2026-11-20"), voices=voices).keys() == {"douyin", "youtube"}
    assert refusals(person(role, expires="2026-11-20"), voices=voices).keys() == {"douyin", "youtube"}


def test_who_passes_by_cannot_be_asked_and_is_not_heard() -> None:
    passer_by = {"id": "x1", "role": "passer-by"}
    assert refusals(passer_by) == {}
    for voices in (Voices(passer_by="keep"), Voices(unknown="keep")):
        assert refusals(passer_by, voices=voices) == both("x1: a passer-by cannot be asked, and their voice is kept")


def test_one_who_did_not_agree_is_enough() -> None:
    assert refusals(person(), {"id": "p2"}) == both("p2: no consent is recorded")


def test_a_case_without_people_is_refused_unless_nobody_real_is_in_it() -> None:
    assert refusals() == both("nobody is listed in case.yaml, and someone was filmed")
    assert refusals(synthetic=True) == {}
    assert refusals({"id": "p1"}, synthetic=True) == {}


# --- what case.yaml may say -----------------------------------------------------------------------------------------


def loaded(tmp_path: Path, people: str, clips: str = "") -> loading.Case:
    (tmp_path / "a.mp4").write_bytes(b"video")
    (tmp_path / "p1.pdf").write_bytes(b"signed")
    (tmp_path / "case.yaml").write_text(f"{clips}people:\n{people}", encoding="utf-8")
    return loading.load_case(tmp_path)


def faults(tmp_path: Path, people: str, clips: str = "") -> list[str]:
    with pytest.raises(ConfigError) as caught:
        loaded(tmp_path, people, clips)
    return caught.value.cause.replace(f"{tmp_path}/", "").splitlines()


GIVEN = "form: p1.pdf, scopes: [film], signed: 2026-11-01"


def test_a_missing_hash_is_told_so_that_it_can_be_copied(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, f"  - id: p1\n    consent: {{{GIVEN}}}\n")
    sha256 = hashlib.sha256(b"signed").hexdigest()
    assert fault.startswith("case.yaml:3: people.0.consent.sha256: missing")
    assert f"sha256: {sha256}" in fault
    case = loaded(tmp_path, f"  - id: p1\n    consent: {{{GIVEN}, sha256: {sha256}}}\n")
    assert case.proofs == {"p1": sha256}


def test_a_form_that_never_was_there_is_a_fault_of_the_case(tmp_path: Path) -> None:
    (fault,) = faults(
        tmp_path, "  - id: p1\n    consent:\n      form: 王小明.pdf\n      scopes: []\n      signed: 2026-11-01\n"
    )
    assert fault == "case.yaml:4: people.0.consent.form: there is no such file"


@pytest.mark.parametrize(
    ("people", "says"),
    [
        ("  - id: p1\n    names: [王小明, '']\n", "case.yaml:3: people.0.names.1: an empty name"),
        ("  - {id: p1, names: [王小明, '...']}\n", "case.yaml:2: people.0.names.1: an empty name"),
        ("  - {id: p1, names: ['王小明，李雷']}\n", "case.yaml:2: people.0.names.0: several names in one"),
        ("  - id: p1\n    names:\n    - 王小明、李雷\n", "case.yaml:4: people.0.names.0: several names in one"),
        ("  - {id: p1, names: [王小明/小明]}\n", "case.yaml:2: people.0.names.0: several names in one"),
        ("  - {id: p1, names: [王小明（小明）]}\n", "case.yaml:2: people.0.names.0: several names in one"),
        ("  - {id: p1, names: [王小明／小明]}\n", "case.yaml:2: people.0.names.0: several names in one"),
        ("  - {id: p1, names: [王小明｜小明]}\n", "case.yaml:2: people.0.names.0: several names in one"),
        ("  - {id: p1, names: [王小明 = 小明]}\n", "case.yaml:2: people.0.names.0: several names in one"),
        ("  - {id: p1, names: [王小明35岁]}\n", "case.yaml:2: people.0.names.0: several names in one"),
        ("  - {id: p1, names: [王小明 Lily]}\n", "case.yaml:2: people.0.names.0: several names in one"),
        ("  - {id: p1, names: [Lily王小明]}\n", "case.yaml:2: people.0.names.0: several names in one"),
        ("  - {id: p1, names: [王小明 李雷]}\n", "case.yaml:2: people.0.names.0: several names in one"),
        ("  - {id: p1, spoken: ['李雷,李磊']}\n", "case.yaml:2: people.0.spoken.0: several names in one"),
        ("  - {id: p1, names: [“王小明”]}\n", "case.yaml:2: people.0.names.0: quotation marks would be part"),
        ("  - {id： p1}\n", "case.yaml:2: people.0.?: unknown key; write `: ` in place of `：`"),
        ("  - id: p1\n  - id: p1\n", "case.yaml:3: people.1.id: another person has this id"),
        (
            "  - {id: p1, names: [王小明]}\n  - id: p2\n    names: [王小明]\n",
            "case.yaml:4: people.1.names.0: another person has this name",
        ),
        ("  - id: p1\n    names: [高兴]\n", "case.yaml:3: people.0.names.0: an ordinary word"),
        ("  - id: p1\n    names: [明]\n", "case.yaml:3: people.0.names.0: an ordinary word"),
        ("  - id: p1\n    names: [王安心]\n    spoken: [安心]\n", "case.yaml:4: people.0.spoken.0: an ordinary word"),
        ("  - id: p1\n    names: [王小明]\n    confirmed: [高兴]\n", "case.yaml:4: people.0.confirmed.0: not among"),
        ("  - id: wang-xiaoming\n    names: [王小明]\n", "case.yaml:2: people.0.id: it tells the name"),
        ("  - id: m_xiaoming\n    names: [王小明]\n", "case.yaml:2: people.0.id: it tells the name"),
        ("  - id: mary1\n    names: [Mary Li]\n", "case.yaml:2: people.0.id: it tells the name"),
        (
            f"  - id: p1\n    role: minor\n    consent: {{{GIVEN}}}\n",
            "case.yaml:4: people.0.consent.by: missing: a minor's consent",
        ),
        (
            f"  - id: p1\n    consent:\n      {{{GIVEN},\n       withdrawn: 2026-10-01}}\n",
            "case.yaml:5: people.0.consent.withdrawn: before it was signed",
        ),
        (
            f"  - id: p1\n    consent:\n      {{{GIVEN},\n       expires: 2026-10-01}}\n",
            "case.yaml:5: people.0.consent.expires: before it was signed",
        ),
        (
            "  - id: p1\n    consent:\n      form: p1.pdf\n      signed: 2026-11-01\n      scopes: [film, publish]\n",
            "case.yaml:6: people.0.consent.scopes.1: unknown scope (did you mean 'publish_redacted' or",
        ),
        (
            "  - id: p1\n    consent: {form: p1.pdf, scopes: [], signed: 01.11.2026}\n",
            "case.yaml:3: people.0.consent.signed: a day is written 2026-11-01",
        ),
        (
            "  - id: p1\n    consent: {form: p1.pdf, scopes: [], signed: 2026-02-30}\n",
            "case.yaml:3: people.0.consent.signed: a day is written 2026-11-01",
        ),
        ("  - id: 王小明\n", "case.yaml:2: people.0.id: an id is made of small letters"),
    ],
)
def test_what_is_wrong_with_people_is_told_with_its_line_and_without_a_name(
    tmp_path: Path, people: str, says: str
) -> None:
    told = faults(tmp_path, people)
    assert any(line.startswith(says) for line in told), told
    assert not re.search("王|高兴|安心|xiaoming|Mary", "\n".join(told))


@pytest.mark.parametrize("name", ["卡里姆·阿卜杜勒", "卡里姆.阿卜杜勒", "王 小明", "小Q妹", "阿Ken", "Siti d/o Kelmo"])
def test_a_name_of_several_parts_is_one_name(tmp_path: Path, name: str) -> None:
    case = loaded(tmp_path, f"  - {{id: p1, names: [{name}]}}\n")
    assert case.form.people[0].names == (name,)


def test_an_ordinary_word_that_is_confirmed_is_a_name(tmp_path: Path) -> None:
    case = loaded(tmp_path, "  - id: p1\n    names: [王高兴, 高兴]\n    confirmed: [高兴]\n")
    assert case.form.people[0].names == ("王高兴", "高兴")


@pytest.mark.parametrize("name", ["高兴", "安心", "小雨", "平安", "文静", "May", "hope", "J", "李"])
def test_ordinary_words_are_known(name: str) -> None:
    assert common_words.is_one(name)


@pytest.mark.parametrize("name", ["王小明", "林小雨", "李静", "张丽华", "欧阳修", "艾力江·买买提", "Mary", "王 芳"])
def test_plain_names_are_not_asked_about(name: str) -> None:
    assert not common_words.is_one(name)


def test_who_speaks_in_a_cut_is_one_of_the_people_or_a_role(tmp_path: Path) -> None:
    clips = "clips:\n  - {from: 0, to: 1, speaker: p1}\n  - {from: 1, to: 2, speaker: doctor}\n"
    assert len(loaded(tmp_path, "  - id: p1\n", clips).cuts) == 2
    (fault,) = faults(tmp_path, "  - id: p1\n", clips.replace("doctor", "docter"))
    assert fault.startswith("case.yaml:3: clips.1.speaker: neither the id of one of `people:` (p1) nor a role")


# --- a case from its build to its delivery --------------------------------------------------------------------------


def agree(case: Path, scopes: str) -> None:
    """Lists one patient in a case who agreed to something."""
    (case / "p1.pdf").write_bytes(b"signed")
    words = (case / "case.yaml").read_text("utf-8").replace("synthetic: true\n", "")
    sha256 = hashlib.sha256(b"signed").hexdigest()
    given = f"{{form: p1.pdf, sha256: {sha256}, scopes: [{scopes}], signed: 2026-11-01, by: 张三}}"
    (case / "case.yaml").write_text(words + f"people:\n  - {{id: p1, names: [韩梅梅], consent: {given}}}\n", "utf-8")


@pytest.fixture(scope="module")
def agreed(finished: Finished, tmp_path_factory: pytest.TempPathFactory) -> Finished:
    """The finished case, built with one patient in it for Douyin as well; nothing of it stands in a book."""
    folder = tmp_path_factory.mktemp("agreed")
    with agreeing(finished, folder, "film, edit, publish_redacted, domestic", "[douyin]") as batch:
        batch.build(built.Quiet())
    (folder / "work" / "ledger.sqlite").unlink()
    (folder / "work" / "ledger.mark").unlink()
    return replace(finished, folder=folder)


def agreeing(finished: Finished, tmp_path: Path, scopes: str, channel: str = "[douyin, youtube]") -> Batch:
    """The finished case with a work folder of its own and one patient who agreed to something."""
    shutil.copytree(finished.folder / "work", tmp_path / "work")
    case = tmp_path / finished.case.name
    shutil.copytree(finished.case, case)
    agree(case, scopes)
    text = finished.channel.read_text("utf-8").replace("approval: none\n", "").replace("[douyin, bilibili]", channel)
    (tmp_path / "clinic.yaml").write_text(text, "utf-8")
    return replace(built.opened(tmp_path, case, channel=tmp_path / "clinic.yaml"), today=lambda: TODAY)


def test_a_clip_goes_only_where_its_people_agreed_and_the_book_says_what_came_of_them(
    finished: Finished, tmp_path: Path
) -> None:
    with agreeing(finished, tmp_path, "film, edit, publish_redacted, domestic") as batch:
        batch.build(built.Quiet())
        batch.approve(batch.folders[0], 1, "Dr Zhou")
        report = publish.publish(batch, built.Quiet())
    (clip,) = report.clips
    assert clip.state == results.READY
    assert clip.reason == "youtube: p1: has not agreed to overseas"
    assert clip.next_step.startswith("publish only what p1 agreed to")
    assert [delivery.platform for delivery in report.deliveries] == ["douyin"]
    ledger = Ledger(tmp_path / "work" / "ledger.sqlite")
    (agreed,) = lineage.agreed(ledger, clip.case)
    assert agreed.body["person"] == "p1"
    assert agreed.body["by"] == lineage.SOMEBODY
    came = lineage.files_of(ledger, clip.case, "p1")
    files = came.files
    assert came.notes == ()
    assert {export.file.sha256 for export in clip.exports} <= {one.sha256 for one in files}
    there = {f"douyin/{path.name}" for path in report.deliveries[0].path.iterdir()}
    assert {one.what for one in files if one.where} == there
    with pytest.raises(ConfigError, match="no file that came of a case 'nodule'") as wrong:
        lineage.files_of(ledger, "nodule", "p1")
    assert wrong.value.remedy.endswith(f"ask by the name that it had; the book has files of: {clip.case}")
    assert "韩梅梅".encode() not in (tmp_path / "work" / "ledger.sqlite").read_bytes()
    assert "张三".encode() not in (tmp_path / "work" / "ledger.sqlite").read_bytes()


def test_where_nobody_agreed_nothing_is_made(finished: Finished, tmp_path: Path) -> None:
    with agreeing(finished, tmp_path, "film, edit") as batch:
        before = sorted((tmp_path / "work" / "store").iterdir())
        watcher = built.Quiet()
        (clip,) = publish.publish(batch, watcher).clips
        assert sorted((tmp_path / "work" / "store").iterdir()) == before
    assert (clip.state, clip.exit_code, watcher.began) == (results.BLOCKED, 1, [])
    assert (clip.clip, clip.start_s, clip.end_s) == (1, 1.0, 3.0)
    told = "douyin: p1: has not agreed to publish_redacted, domestic; youtube: p1: has not agreed to publish_redacted, "
    assert clip.reason == told + "overseas"
    assert not (tmp_path / "outbox").exists()


def test_a_case_that_lists_nobody_says_what_to_do(tmp_path: Path, film: Path) -> None:
    case, channel = built.make_case(tmp_path, film), built.make_channel(tmp_path / "c", "approval: required\n")
    (case / "case.yaml").write_text("title: 结节\n", "utf-8")
    (clip,) = built.build(tmp_path, case, channel=channel).clips
    assert (clip.state, clip.clip) == (results.BLOCKED, None)
    assert "people:" in clip.next_step
    assert "synthetic: true" in clip.next_step


def test_the_book_has_a_line_for_every_change_of_a_consent_and_no_other(finished: Finished, tmp_path: Path) -> None:
    batch = agreeing(finished, tmp_path, "film")
    path, ledger = batch.folders[0] / "case.yaml", batch.ledger
    given = path.read_text("utf-8")
    withdrawn = given.replace("signed:", "withdrawn: 2026-11-20, signed:")
    with batch:
        for words in (given, given, withdrawn, withdrawn, given):
            path.write_text(words, "utf-8")
            batch.build(built.Quiet())
    assert [entry.body["withdrawn"] for entry in lineage.agreed(ledger)] == [None, "2026-11-20"]


@pytest.mark.parametrize("ask", ["verify", "approve"])
def test_a_withdrawal_is_noted_also_where_only_a_file_that_came_back_is_asked_about(
    agreed: Finished, tmp_path: Path, ask: str
) -> None:
    with agreeing(agreed, tmp_path, "film, edit, publish_redacted, domestic", "[douyin]") as batch:
        path = batch.folders[0] / "case.yaml"
        path.write_text(path.read_text("utf-8").replace("signed:", "withdrawn: 2026-11-20, signed:"), "utf-8")
        back = returned.Back(built.SAMPLE, batch.folders[0], 1)
        if ask == "verify":
            assert returned.check(batch, back, built.Quiet()).state == results.BLOCKED
        else:
            with pytest.raises(RecordingError, match="consent was withdrawn"):
                returned.approve(batch, back, "Dr Zhou")
        assert [entry.body["withdrawn"] for entry in lineage.agreed(batch.ledger)] == ["2026-11-20"]


def signed_anew(batch: Batch, text: str, day: str) -> None:
    """A new form in place of the one of the patient, with another text on it."""
    path = batch.folders[0] / "case.yaml"
    (path.parent / "p1.pdf").write_bytes(text.encode())
    said = re.sub(
        "sha256: [0-9a-f]{64}", f"sha256: {hashlib.sha256(text.encode()).hexdigest()}", path.read_text("utf-8")
    )
    path.write_text(re.sub("(withdrawn: [0-9-]+, )?signed: [0-9-]+", f"signed: {day}", said), "utf-8")


def test_a_withdrawal_holds_when_case_yaml_says_it_no_longer_until_a_new_form_is_signed(
    agreed: Finished, tmp_path: Path
) -> None:
    """The line was deleted, or a program that syncs folders brought an older case.yaml back."""
    with agreeing(agreed, tmp_path, "film, edit, publish_redacted, domestic", "[douyin]") as batch:
        path = batch.folders[0] / "case.yaml"
        given = path.read_text("utf-8")
        batch.build(built.Quiet())
        batch.approve(batch.folders[0], 1, "Dr Zhou")
        path.write_text(given.replace("signed:", "withdrawn: 2026-11-20, signed:"), "utf-8")
        batch.build(built.Quiet())
        path.write_text(given, "utf-8")
        for ask in (publish.tell, publish.publish):
            (clip,) = ask(batch, built.Quiet()).clips
            assert (clip.state, clip.exit_code) == (results.BLOCKED, 1)
            assert (
                clip.reason == "p1: consent was withdrawn (2026-11-20): the book says so, whatever case.yaml says now"
            )
            assert clip.next_step.startswith("have a new form signed, on that day or later, and record it")
            assert "clinicreel consent files --case 2026-11-22-nodule --person p1" in clip.next_step
        with pytest.raises(RecordingError, match="the book says so"):
            batch.approve(batch.folders[0], 1, "Dr Zhou")
        signed_anew(batch, "an older form", "2026-10-01")
        assert publish.publish(batch, built.Quiet()).clips[0].state == results.BLOCKED
        assert not (tmp_path / "outbox").exists()

        signed_anew(batch, "asked again", "2026-11-21")
        report = publish.publish(batch, built.Quiet())
        assert report.clips[0].state == results.READY
        assert len(report.deliveries) == 1


@pytest.mark.parametrize("now", ["  - {id: p2}\n", "  - {id: p1, role: doctor}\n", ""])
def test_who_withdrew_and_is_listed_no_more_still_counts(tmp_path: Path, now: str) -> None:
    sha256, ledger = hashlib.sha256(b"signed").hexdigest(), Ledger(tmp_path / "a.sqlite")
    given = f"  - id: p1\n    consent: {{{GIVEN}, sha256: {sha256}}}\n"
    withdrawn = given.replace("signed:", "withdrawn: 2026-11-20, signed:")
    for people in (given, withdrawn):
        lineage.note_consents(loaded(tmp_path, people), ledger)
    (tmp_path / "case.yaml").write_text(f"people:\n{now}" if now else "synthetic: true\n", "utf-8")
    case = loading.load_case(tmp_path)
    assert lineage.taken_back(case, ledger) == (("p1", "2026-11-20"),)
    case = replace(case, taken_back=lineage.taken_back(case, ledger))
    platforms = (load_platform("douyin"),)
    found = consent.refusals("a", case.form, {}, Voices(), platforms, TODAY, taken_back=case.taken_back)
    assert found["douyin"][0].reason.startswith("p1: consent was withdrawn (2026-11-20): the book says so")


def test_a_form_that_was_taken_back_in_one_case_counts_in_none(tmp_path: Path) -> None:
    """Of a doctor whom a channel lists, say: every case that is built says it anew."""
    sha256, ledger = hashlib.sha256(b"signed").hexdigest(), Ledger(tmp_path / "a.sqlite")
    given = f"  - id: p1\n    consent: {{{GIVEN}, sha256: {sha256}}}\n"
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    withdrawn = loaded(tmp_path / "one", given.replace("signed:", "withdrawn: 2026-11-20, signed:"))
    lineage.note_consents(withdrawn, ledger)
    other = loaded(tmp_path / "two", given)
    lineage.note_consents(other, ledger)
    assert lineage.taken_back(other, ledger) == (("p1", "2026-11-20"),)
    assert lineage.taken_back(withdrawn, ledger) == ()
    (tmp_path / "three").mkdir()
    assert lineage.taken_back(loaded(tmp_path / "three", given.replace("p1", "p3")), ledger) == ()


def test_people_see_what_was_agreed_to_and_what_came_of_it(agreed: Finished, tmp_path: Path) -> None:
    with agreeing(agreed, tmp_path, "film, edit, publish_redacted, domestic", "[douyin]") as batch:
        batch.build(built.Quiet())
        batch.approve(batch.folders[0], 1, "Dr Zhou")
        delivered = publish.publish(batch, built.Quiet()).deliveries
    work = ["--work", tmp_path / "work"]
    listed = built.clinicreel("consent", "list", *work)
    assert listed.returncode == 0
    assert "publish_redacted" in listed.stdout
    for name in (agreed.case.name, f"cases/{agreed.case.name}/", agreed.case.name.replace("-nodule", " nodule")):
        assert built.clinicreel("consent", "list", name, *work).stdout == listed.stdout
    wrong = built.clinicreel("consent", "list", "nodul", *work)
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "no case 'nodul'" in wrong.stderr
    assert f"the cases in it: {agreed.case.name}" in wrong.stderr
    told = built.clinicreel("consent", "files", "--case", agreed.case.name, "--person", "p1", *work)
    assert told.returncode == 0
    went = [line for line in told.stdout.splitlines() if "delivered: " in line]
    assert len(went) == sum(len(list(one.path.iterdir())) for one in delivered)
    words = ["consent", "files", "--case", f"cases/{agreed.case.name}/", "--person", "p1", *work]
    assert built.clinicreel(*words).stdout == told.stdout
    assert built.clinicreel("consent", "list", "--work", tmp_path / "nowhere").returncode == 2
    assert not (tmp_path / "nowhere").exists()


def published(agreed: Finished, tmp_path: Path) -> Path:
    """The folder of a case that was delivered with one patient in it, whose form is signed."""
    with agreeing(agreed, tmp_path, "film, edit, publish_redacted, domestic", "[douyin]") as batch:
        batch.build(built.Quiet())
        batch.approve(batch.folders[0], 1, "Dr Zhou")
        assert publish.publish(batch, built.Quiet()).deliveries
    return batch.folders[0]


def listed(tmp_path: Path, case: str, person: str) -> tuple[int, list[str], str]:
    """What `consent files` says: exit code, the lines of what was delivered, and messages."""
    words = ["consent", "files", "--case", case, "--person", person, "--work", tmp_path / "work"]
    done = built.clinicreel(*words)
    return done.returncode, [line for line in done.stdout.splitlines() if "delivered: " in line], done.stderr


def test_who_was_listed_after_the_delivery_or_under_another_id_finds_what_was_delivered(
    agreed: Finished, tmp_path: Path
) -> None:
    """Every person of a case counts for every one of its clips, whoever was written into case.yaml when."""
    case = published(agreed, tmp_path)
    there = len(listed(tmp_path, case.name, "p1")[1])
    assert there > 3
    code, lines, said = listed(tmp_path, case.name, "p2")
    assert (code, len(lines)) == (0, there)
    assert f"the book knows of no 'p2' in the case '{case.name}'" in said


@pytest.mark.parametrize("withdrawn", ["withdrawn: 2026-11-20, ", ""])
def test_a_case_whose_folder_was_renamed_finds_what_was_delivered_before(
    agreed: Finished, tmp_path: Path, withdrawn: str
) -> None:
    """By its video if it is built again, and if a withdrawal forbids that, by the form that was signed."""
    case = published(agreed, tmp_path)
    there = listed(tmp_path, case.name, "p1")[1]
    moved = case.rename(case.with_name("2026-11-22-other"))
    words = (moved / "case.yaml").read_text("utf-8").replace("signed:", f"{withdrawn}signed:")
    (moved / "case.yaml").write_text(words, "utf-8")
    with replace(built.opened(tmp_path, moved, channel=tmp_path / "clinic.yaml"), today=lambda: TODAY) as batch:
        (clip,) = batch.build(built.Quiet()).clips
    assert clip.state == (results.BLOCKED if withdrawn else results.WAITING)
    code, lines, said = listed(tmp_path, moved.name, "p1")
    assert (code, lines) == (0, there)
    assert f"under another name, listed too: {case.name}" in said


def test_a_case_of_which_nothing_is_known_is_no_empty_list(agreed: Finished, tmp_path: Path) -> None:
    case = published(agreed, tmp_path)
    code, lines, said = listed(tmp_path, "2026-11-22-unheard-of", "p1")
    assert (code, lines) == (2, [])
    assert "the book knows of no file that came of a case '2026-11-22-unheard-of'" in said
    assert f"the book has files of: {case.name}" in said


def test_what_was_taken_back_does_not_come_back_on_purpose_either(agreed: Finished, tmp_path: Path) -> None:
    """A pack was delivered, somebody withdrew and it was deleted; then somebody asks for it again."""
    with agreeing(agreed, tmp_path, "film, edit, publish_redacted, domestic", "[douyin]") as batch:
        batch.build(built.Quiet())
        batch.approve(batch.folders[0], 1, "Dr Zhou")
        assert publish.publish(batch, built.Quiet()).deliveries
        (went,) = {one.where for one in lineage.files_of(batch.ledger, batch.folders[0].name, "p1").files if one.where}
        assert went[0].endswith(f", {tmp_path / 'outbox'}")
        shutil.rmtree(tmp_path / "outbox")
        path = batch.folders[0] / "case.yaml"
        path.write_text(path.read_text("utf-8").replace("signed:", "withdrawn: 2026-11-20, signed:"), "utf-8")
        (clip,) = publish.publish(batch, built.Quiet(), Wanted(1, again=True)).clips
        left = tmp_path / "outbox" / clip.case / "clip-01" / "douyin" / "video.mp4"
        left.parent.mkdir(parents=True)
        left.write_bytes(b"still there")
        (told,) = publish.publish(batch, built.Quiet()).clips
        shutil.rmtree(tmp_path / "outbox")
    assert told.state == results.BLOCKED
    assert told.reason.endswith("what was delivered before still lies in the outbox: clip-01/douyin")
    assert clip.state == results.BLOCKED
    assert "--again" not in clip.next_step
    assert not (tmp_path / "outbox").exists()


DOCTOR = """\
people:
  - id: d1
    role: doctor
    consent: {form: d1.pdf, scopes: [film], signed: 2026-11-01, withdrawn: 2026-11-21, sha256: PROOF}
""".replace("PROOF", PROOF)


@pytest.mark.parametrize(
    ("line", "state", "reason"),
    [
        (DOCTOR, results.BLOCKED, "d1: consent was withdrawn (2026-11-21)"),
        ("outbox: elsewhere\n", results.WAITING, "the channel was changed while this ran"),
        ("nmae: x\n", results.FAILED, "nmae: unknown key (did you mean 'name'?)"),
    ],
)
def test_what_is_written_into_the_channel_while_the_batch_runs_counts(
    copy: Finished, line: str, state: str, reason: str
) -> None:
    class Writes(built.Quiet):
        def clip_is(self, clip: results.ClipResult) -> None:
            assert clip.state == results.READY
            copy.channel.write_text(copy.channel.read_text("utf-8") + line, "utf-8")

    if line == DOCTOR:  # only where real people are filmed does anybody have to agree
        agree(copy.case, "film, edit, publish_redacted, domestic")
    with built.opened(copy.folder, copy.case, channel=copy.channel) as batch:
        batch = replace(batch, today=lambda: TODAY)
        batch.build(built.Quiet())
        batch.approve(copy.case, 1, "Dr Zhou")
        report = publish.publish(batch, Writes())
        noted = [one.body["person"] for one in lineage.agreed(batch.ledger) if one.body["withdrawn"]]
    (clip,) = report.clips
    assert (clip.state, report.deliveries) == (state, [])
    assert reason in clip.reason
    assert (clip.next_step == "run the same command again") is (state == results.WAITING)
    assert noted == (["d1"] if line == DOCTOR else [])
    assert not (copy.folder / "outbox").exists()


def test_scopes_are_suggested_where_they_are_mistyped(tmp_path: Path) -> None:
    given = "{form: p1.pdf, scopes: [oversea, fulm, all], signed: 2026-11-01}"
    told = faults(tmp_path, f"  - id: p1\n    consent: {given}\n")
    assert [line.partition("unknown ")[2] for line in told[:2]] == [
        "scope (did you mean 'overseas'?)",
        "scope (did you mean 'film'?)",
    ]
    assert "one of film, edit, publish_redacted" in told[2]


def test_a_platform_of_the_same_name_takes_no_scope_away(tmp_path: Path) -> None:
    """The last one's region would count for both: YouTube in China needs no `overseas`."""
    words = (PLATFORMS / "youtube.yaml").read_text("utf-8")
    twin = tmp_path / "youtube.yaml"
    twin.write_text(words.replace("region: overseas", "region: cn"), "utf-8")
    channel = built.make_channel(tmp_path, f"platforms: [youtube, {twin}]\n")
    with pytest.raises(ConfigError, match="several platforms are called youtube"):
        open_batch([tmp_path], str(channel), None, tmp_path / "work", tmp_path / "outbox")
