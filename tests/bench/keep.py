"""Who stays visible: of two real people one, by photos of another moment, and never the other; and no stranger.

Photos are cut from the recording itself at three moments. "Visible" counts frames of the track in which the person is.
Swapped: what was measured of one person stands in the other's track for random spans, as if a tracker had erred.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from pipeline import config, detectors, media, store
from pipeline.detectors import face_centerface
from pipeline.looking import measuring, recognition
from pipeline.looking.likeness import Limits
from pipeline.looking.portraits import Portraits
from pipeline.looking.recognition import Measured
from pipeline.recognisers import Signature, dlib
from pipeline.stages.detect import detect
from pipeline.stages.probe import probe
from pipeline.stages.track import track
from pipeline.values import Clip, Plan, Register, Source, Span, Track
from tests.bench import rooms

HEAD = "| what | measured | target | |"
TRIALS = 200
TARGET = 0.95
LIMITS = Limits(dlib.SAME, dlib.USUAL, dlib.STRANGER, dlib.MARGIN)
TWO = {
    rooms.SCENE: (40, 240, 420),
    rooms.MATERIAL / "video" / "egoblur_gen2_test_face_video.mp4": (0, 8, 12),
}
"""Scenes with two people, and the frames from which photos are cut."""
ALONE = (
    "egoblur_gen1_test_video.mp4",
    "intel_asl_sister.mkv",
    "intel_asl_again.mkv",
    "intel_asl_hungry.mkv",
    "intel_asl_book.mkv",
)
"""One person each; the first two are those of the reference input."""
MANY_SIGHTINGS = 10


@dataclass(frozen=True)
class Film:
    """A recording with what was measured in it, and photos of its people by the number of their track."""

    name: str
    source: Source
    clip: Clip
    plan: Plan
    measured: Measured
    photos: Mapping[int, Sequence[Signature]]

    @property
    def people(self) -> list[Track]:
        """The tracks that show people, not the odd false alarm."""
        return [one for one in self.plan.tracks if len(one.seen) >= MANY_SIGHTINGS]


def rows() -> Iterator[str]:
    """The figures as rows of a Markdown table."""
    network = dlib.build(dlib.Settings())
    films = [_film(path, at, network) for path, at in TWO.items()]
    for film in films:
        yield from _both_ways(film)
    strangers = [_film(rooms.MATERIAL / "video" / name, (), network) for name in ALONE]
    yield from _strangers(films, strangers)
    for film in films:
        yield _swapped(film)


def _both_ways(film: Film) -> Iterator[str]:
    for kept in film.people:
        made = _decided(film, film.measured, film.photos[kept.number])
        (other,) = (one for one in film.people if one is not kept)
        share = _visible(made, kept) / kept.frame_count
        what = f"{film.name}: person {kept.number} kept"
        yield f"| {what}: visible | {share:.1%} | >= {TARGET:.0%} | of {kept.frame_count} frames |"
        yield f"| {what}: person {other.number} visible | {_visible(made, other)} frames | 0 | of {other.frame_count} |"


def _strangers(films: Sequence[Film], strangers: Sequence[Film]) -> Iterator[str]:
    """Everyone's photos against everyone else's film."""
    visible, nearest, pairs = 0, np.inf, 0
    for film in films:
        for number, photos in film.photos.items():
            for other in (*strangers, *films):
                if other.name == film.name or _is_same_person(film, number, other):
                    continue
                made = _decided(other, other.measured, photos)
                visible += sum(one.frame_count for one in made.kept)
                faces = [face for track in other.measured.values() for face in track.values()]
                nearest = min(nearest, *(float(np.linalg.norm(face - photo)) for face in faces for photo in photos))
                pairs += 1
    yield f"| photos of one in a film of others: frames visible | {visible} | 0 | {pairs} pairs of photos and film |"
    yield f"| the same: nearest face | {nearest:.2f} | > {dlib.SAME} | |"


def _is_same_person(film: Film, number: int, other: Film) -> bool:
    """The reference input was composed with the people of two others: the woman is large in it, the man small."""
    large = max(film.people, key=lambda one: one.boxes[2] - one.boxes[0])
    return film.name == rooms.SCENE.name and other.name == (ALONE[0] if number == large.number else ALONE[1])


def _swapped(film: Film) -> str:
    chance = np.random.default_rng(17)
    exposed, shown, possible = 0, 0, 0
    for _ in range(TRIALS):
        kept, other = chance.permutation(np.array(film.people, dtype=object)).tolist()
        start = int(chance.integers(0, film.plan.frame_count))
        wrong = range(start, start + int(chance.integers(round(0.3 * film.plan.fps), round(3 * film.plan.fps))))
        mixed = dict(film.measured)
        foreign = {at: face for at, face in film.measured[other.number].items() if at in wrong}
        mixed[kept.number] = {at: face for at, face in film.measured[kept.number].items() if at not in wrong} | foreign
        del mixed[other.number]
        made = _decided(film, mixed, film.photos[kept.number])
        frames = _frames(made.kept)
        if foreign:
            possible += 1
            exposed += bool(frames & set(foreign))
            shown += bool(frames)
    note = f"{shown} of them left anything visible at all"
    return f"| {film.name}: trials in which a swapped face was visible | {exposed} of {possible} | 0 | {note} |"


def _decided(film: Film, measured: Measured, photos: Sequence[Signature]) -> Plan:
    visible = recognition.recognised(film.plan, measured, {"kept": photos}, LIMITS, ())
    return recognition.parted(film.plan, visible)


def _visible(made: Plan, one: Track) -> int:
    """On how many frames a kept region is that of this track."""
    return sum(kept.box(at) == one.box(at) for kept in made.kept for at in _frames((kept,)))


def _frames(tracks: Sequence[Track]) -> set[int]:
    return {at for one in tracks for at in range(one.first_frame, one.first_frame + one.frame_count)}


def _film(path: Path, at: Sequence[int], network: dlib.Dlib) -> Film:
    source = probe(path)
    clip = Clip(1, (Span(0.0, source.duration_s),))
    sightings = detect(source, clip, {"face_centerface": face_centerface.Settings()})
    plan = track(sightings, (), Register("zh", ()), config.Text(), config.Track())
    measured = measuring.faces(source, clip, plan, network)
    film = Film(path.name, source, clip, plan, measured, {})
    return Film(path.name, source, clip, plan, measured, _cut_out(film, at, network)) if at else film


def _cut_out(film: Film, at: Sequence[int], network: dlib.Dlib) -> dict[int, Sequence[Signature]]:
    """Photos of everyone in a film, as a person would cut them from it: head and shoulders, saved as JPEG."""
    reader = Portraits(network)
    photos: dict[int, list[Signature]] = {one.number: [] for one in film.people}
    wanted = {one.number: {min(one.seen, key=lambda seen: abs(seen - frame)) for frame in at} for one in film.people}
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "photo.jpg"
        for frame in media.frames(film.source, film.clip, *media.master_size(film.source)):
            for one in film.people:
                box = one.box(frame.number)
                if frame.number in wanted[one.number] and box is not None:
                    room = (box[2] - box[0]) // 8
                    image = detectors.bgr(frame)[
                        max(0, box[1] - room) : box[3] + room, max(0, box[0] - room) : box[2] + room
                    ]
                    assert cv2.imwrite(str(path), image)
                    face, fault = reader.measure(store.file_of(path))
                    assert face is not None, fault
                    photos[one.number].append(face)
    return dict(photos)
