"""What case.yaml and a channel say of whose face is kept: faults with their lines, and who counts."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path

import pytest

from pipeline.config import Channel, Voices
from pipeline.errors import ConfigError
from pipeline.evidence import consent
from pipeline.settings.case import Case
from pipeline.settings.loading import load_case, load_channel, load_platform
from pipeline.values import Familiar, Portrait
from tests import built

FORM = b"signed"
AGREED = (
    f"consent: {{form: d.pdf, sha256: {hashlib.sha256(FORM).hexdigest()}, signed: 2026-11-01, "
    "scopes: [film, edit, publish_redacted, publish_face, voice, domestic]}"
)
PATIENT = AGREED.replace("publish_face, ", "")
ON = date(2026, 11, 22)


def folder_of(tmp_path: Path) -> Path:
    """A folder with a signed form and a photo."""
    (tmp_path / "d.pdf").write_bytes(FORM)
    (tmp_path / "a.jpg").write_bytes(b"not looked at yet")
    return tmp_path


def case_of(tmp_path: Path, people: str, channel: Channel | None = None, more: str = "") -> Case:
    """A case that lists these people, one a line from line 4 on."""
    folder = folder_of(tmp_path / "case")
    (folder / "footage.mp4").touch()
    lines = "\n".join(f"  - {{{one}}}" for one in people.splitlines())
    (folder / "case.yaml").write_text(f"title: t\ncaption: c\npeople:\n{lines}\n{more}", "utf-8")
    return load_case(folder, channel)


def channel_of(tmp_path: Path, people: str) -> Channel:
    folder_of(tmp_path)
    return load_channel(str(built.make_channel(tmp_path, f"people:\n  - {{{people}}}\n")))


@pytest.fixture(autouse=True)
def _folders(tmp_path: Path) -> None:
    (tmp_path / "case").mkdir()


def test_nobody_is_kept_unless_asked(tmp_path: Path) -> None:
    case = case_of(tmp_path, f"id: d1, role: doctor, photos: [a.jpg], {AGREED}")
    assert consent.shown(case.form, case.proofs, ON) == ("d1",)
    assert case.familiar(("d1",)) == ()


def test_the_doctor_of_a_case_is_known_by_the_photo(tmp_path: Path) -> None:
    case = case_of(tmp_path, f"id: d1, role: doctor, face: keep, photos: [a.jpg], {AGREED}")
    (known,) = case.familiar(consent.shown(case.form, case.proofs, ON))
    assert (known.id, known.zone) == ("d1", None)
    assert [photo.path for photo in known.photos] == [tmp_path / "case" / "a.jpg"]


def test_the_doctor_of_a_channel_is_known_in_every_case(tmp_path: Path) -> None:
    channel = channel_of(tmp_path, f"id: d1, role: doctor, face: keep, keep_zone: [0, 0, 0.5, 1], {AGREED}")
    case = case_of(tmp_path, f"id: p1, {PATIENT}", channel)
    shown = consent.shown(case.form, case.proofs, ON, case.staff)
    assert case.familiar(shown) == (Familiar("d1", (), (0.0, 0.0, 0.5, 1.0)),)
    assert [one.id for one in case.register(channel).people] == ["p1", "d1"]


@pytest.mark.parametrize(
    ("person", "what"),
    [
        ("id: p1, face: keep, photos: [a.jpg]", "people.0.face: only doctor and staff are recognised"),
        ("id: p1, role: minor, photos: [a.jpg]", "people.0.photos: only doctor and staff are recognised"),
        ("id: d1, role: doctor, face: keep", "people.0.face: give `photos:` of the face, or the seat"),
        (
            "id: d1, role: doctor, face: keep, photos: [a.jpg], keep_zone: [0, 0, 1, 1]",
            "people.0.face: give `photos:` of the face, or the seat",
        ),
        ("id: d1, role: doctor, face: keep, photos: [a.jpg]", "with the scope publish_face is missing"),
        (f"id: d1, role: staff, face: keep, photos: [a.jpg], {PATIENT}", "with the scope publish_face is missing"),
        (f"id: d1, role: doctor, face: keep, photos: [b.jpg], {AGREED}", "people.0.photos.0: there is no such file"),
        (f"id: d1, role: doctor, face: keep, keep_zone: [1, 0, 0, 1], {AGREED}", "people.0.keep_zone: a box is"),
        ("id: d1, role: doctor, face: show", "people.0.face: one of 'hide', 'keep'"),
    ],
)
def test_a_fault_is_told_with_its_line(tmp_path: Path, person: str, what: str) -> None:
    with pytest.raises(ConfigError) as error:
        case_of(tmp_path, person)
    assert str(error.value).startswith(f"{tmp_path / 'case' / 'case.yaml'}:4: ")
    assert what in str(error.value)


def test_of_invented_people_nobody_has_to_agree(tmp_path: Path) -> None:
    case = case_of(tmp_path, "id: d1, role: doctor, face: keep, photos: [a.jpg]", more="synthetic: true\n")
    assert [one.id for one in case.familiar(consent.shown(case.form, case.proofs, ON))] == ["d1"]


def test_a_photo_that_will_not_do_is_told_with_its_line(tmp_path: Path) -> None:
    people = f"id: p1, {PATIENT}\nid: d1, role: doctor, face: keep, photos: [a.jpg, a.jpg], {AGREED}"
    case = case_of(tmp_path, people)
    case.check_photos((Portrait("d1", 0, ""),))
    with pytest.raises(ConfigError) as error:
        case.check_photos((Portrait("d1", 0, "no face on it"), Portrait("d1", 1, "2 faces on it")))
    place = f"{tmp_path / 'case' / 'case.yaml'}:5: d1: photo"
    assert str(error.value) == f"{place} 1: no face on it\n{place} 2: 2 faces on it"


def test_a_photo_of_the_channel_that_will_not_do_is_told_with_its_line(tmp_path: Path) -> None:
    channel = channel_of(tmp_path, f"id: d1, role: doctor, face: keep, photos: [a.jpg], {AGREED}")
    case = case_of(tmp_path, f"id: p1, {PATIENT}", channel)
    lines = (tmp_path / "clinic.yaml").read_text("utf-8").splitlines()
    (at,) = [number for number, line in enumerate(lines, 1) if "photos:" in line]
    with pytest.raises(ConfigError, match=rf"clinic\.yaml:{at}: d1: photo 1: no face on it"):
        case.check_photos((Portrait("d1", 0, "no face on it"),))


def test_paths_of_a_channel_begin_in_the_folder_in_which_its_people_are_written(tmp_path: Path) -> None:
    channel_of(tmp_path, f"id: d1, role: doctor, face: keep, photos: [a.jpg], {AGREED}")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "night.yaml").write_text(f"extends: {tmp_path / 'clinic.yaml'}\n", "utf-8")
    (doctor,) = load_channel(str(tmp_path / "other" / "night.yaml")).people
    assert doctor.photos == (str(tmp_path / "a.jpg"),)


def test_a_case_cannot_take_the_id_of_its_channels_staff(tmp_path: Path) -> None:
    channel = channel_of(tmp_path, f"id: d1, role: doctor, face: keep, photos: [a.jpg], {AGREED}")
    with pytest.raises(ConfigError, match=r"case\.yaml:4: people\.0\.id: somebody in the channel's"):
        case_of(tmp_path, f"id: d1, {PATIENT}", channel)


@pytest.mark.parametrize(("scopes", "blocked"), [("domestic", {"youtube"}), ("overseas", {"douyin"})])
def test_what_the_channels_doctor_signed_counts_for_every_platform(
    tmp_path: Path, scopes: str, blocked: set[str]
) -> None:
    channel = channel_of(
        tmp_path, f"id: d1, role: doctor, face: keep, photos: [a.jpg], {AGREED.replace('domestic', scopes)}"
    )
    case = case_of(tmp_path, f"id: p1, {PATIENT.replace('domestic', 'domestic, overseas')}", channel)
    platforms = (load_platform("douyin"), load_platform("youtube"))
    refused = consent.refusals(case.slug, case.form, case.proofs, Voices(), platforms, ON, case.staff)
    assert set(refused) == blocked


def test_the_channels_doctor_does_not_make_a_case_lawful_that_lists_nobody(tmp_path: Path) -> None:
    channel = channel_of(tmp_path, f"id: d1, role: doctor, face: keep, photos: [a.jpg], {AGREED}")
    folder = folder_of(tmp_path / "case")
    (folder / "footage.mp4").touch()
    (folder / "case.yaml").write_text("title: t\n", "utf-8")
    case = load_case(folder, channel)
    refused = consent.refusals(case.slug, case.form, case.proofs, Voices(), (load_platform("douyin"),), ON, case.staff)
    assert [one.reason for one in refused["douyin"]] == [consent.NOBODY.reason]
