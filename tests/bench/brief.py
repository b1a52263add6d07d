"""Faces that show for a moment: somebody small who passes an open door, and a head that looks back for 3 frames.

Real heads are cut out, turned a little and pasted into real footage with the room's noise, moving or still, at every
phase of the looks; then the film is compressed. A face is hidden if the plan covers it on every frame. What the
verifier finds goes round as in a build: it is hidden, or blocks the clip. A face that shows on any frame after that
and is not found there is naked in a clip that is `ready`.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import islice, product
from pathlib import Path
from types import MappingProxyType

import av
import numpy as np
from numpy.typing import NDArray

from pipeline import config, geometry, sandbox
from pipeline.checks import families, proof
from pipeline.checks.faces import Faces
from pipeline.detectors import face_centerface
from pipeline.evidence import suspicion
from pipeline.packing import formats
from pipeline.stages import detect, probe, track
from pipeline.store import file_of
from pipeline.values import Box, Clip, Export, Plan, Sighting, Sightings, Span
from tests import media, portraits
from tests.bench import rooms
from tests.built import NOBODY

HEAD = "| face, shown for | hidden by the plan | hidden or blocked by the verifier | **naked** | frames naked there |"
Image = NDArray[np.uint8]

WIDTH_PX, HEIGHT_PX, FPS, FRAMES = 1920, 1080, Fraction(25), 480
SIZES_PX, LENGTHS = (24, 30, 36, 48), (3, 6, 10, 20)
LOOK_BACK_PX = 96
STRIDE, AT_ONCE = 24, 3
"""Frames from one group of faces to the next, and how many faces are in a group. A place is used again after three."""
SPEEDS = (0.0, 0.12, 0.25)
"""Face heights a frame: who walks by at 1.3 m/s, 30 frames a second, does 0.2."""
LONGEST = 4.0
"""Nobody goes further than this, in face heights: a door."""
NOISE, HIDDEN = 3.0, 0.9
FULL_SIZE = {"every": 2, "long_sides_px": (960, 1920), "large_every": 1}
"""What docs/privacy.md proposes for a room with a door behind, in place of the defaults of `face_centerface`."""

VIDEO = rooms.MATERIAL / "video"


@dataclass(frozen=True)
class Footage:
    """Where faces are pasted: middles of places with no face near them."""

    name: str
    path: Path | None
    start_s: float
    places: tuple[tuple[int, int], ...]
    heads: tuple[str, ...]


GRID = tuple(product((300, 960, 1620), (180, 500, 850)))
WALL = ((720, 120), (720, 460), (720, 800), (1140, 120), (1140, 380), (900, 640), (1820, 250), (1820, 560), (900, 1000))
OFFICE = ((150, 750), (420, 180), (420, 480), (600, 760), (780, 200), (780, 500), (300, 950), (900, 900), (1780, 900))
TABLE = ((250, 300), (250, 620), (560, 200), (560, 920), (900, 860), (1250, 860), (1600, 420), (1600, 800), (1700, 150))
SIDES = ((150, 150), (150, 480), (150, 850), (430, 180), (430, 520), (1500, 180), (1760, 450), (1500, 700), (1780, 900))
FOOTAGE = (
    Footage("reference input", rooms.SCENE, 6.0, WALL, ("portrait", "talk")),
    Footage("a still", None, 0.0, GRID, ("portrait", "talk")),
    Footage("a hall", VIDEO / "intel_one-by-one-person-detection.mp4", 55.0, OFFICE, ("table", "office", "man")),
    Footage(
        "a table, moving camera", VIDEO / "egoblur_gen2_test_face_video.mp4", 0.0, TABLE, ("office", "man", "talk")
    ),
    Footage("an office", VIDEO / "intel_asl_hungry.mkv", 0.0, SIDES, ("table", "man", "portrait")),
)


DOORS = ("reference input", "an office")
"""Where `FULL_SIZE` is tried."""


@dataclass(frozen=True)
class Passer:
    """A face in the film."""

    place: tuple[int, int]
    first: int
    frames: int
    face_px: int
    head: str
    speed: float
    angle: float
    slim: float

    def middle(self, frame: int) -> tuple[float, float]:
        """Of the face."""
        step = np.sign(self.speed) * min(abs(self.speed), LONGEST / self.frames) * self.face_px
        return self.place[0] + step * (frame - self.first - self.frames / 2), float(self.place[1])

    def box(self, frame: int) -> Box:
        """Of the face, without hair and chin's shadow."""
        (x, y), half = self.middle(frame), self.face_px / 2
        return round(x - half * 0.75), round(y - half), round(x + half * 0.75), round(y + half)


def passers(footage: Footage, frames: int = FRAMES) -> list[Passer]:
    """Every size for every length of time, at phases of the looks that come as they come."""
    chance = np.random.default_rng(len(footage.name))
    kinds = [*product(SIZES_PX, LENGTHS), (LOOK_BACK_PX, 3), (LOOK_BACK_PX, 3)]
    found = []
    for group in range((frames - 2 * STRIDE) // STRIDE):
        for at in range(AT_ONCE):
            count = group * AT_ONCE + at
            face_px, length = kinds[count * 7 % len(kinds)]
            place = footage.places[count % len(footage.places)]
            first = STRIDE + group * STRIDE + int(chance.integers(0, 12)) - 6
            speed = float(chance.choice(SPEEDS) * chance.choice((-1, 1)))
            head = str(chance.choice(footage.heads))
            turn = float(chance.uniform(-15, 15)), float(chance.uniform(0.8, 1.0))
            found.append(Passer(place, first, length, face_px, head, speed, *turn))
    return found


@cache
def head_of(name: str) -> tuple[Image, Image, Box]:
    """A head, BGR, how much of each pixel is head (0 to 255), and the box of its face."""
    import cv2

    picture = {
        "portrait": portraits.doctor,
        "talk": lambda: next(_decoded(rooms.TALK, 1.0)),
        "table": lambda: next(_decoded(VIDEO / "egoblur_gen2_test_face_video.mp4", 1.2)),
        "office": lambda: next(_decoded(VIDEO / "intel_asl_sister.mkv", 0.5)),
        "man": lambda: next(_decoded(rooms.MATERIAL / "nasty" / "media3_sample.mp4", 0.3)),
    }[name]()
    face = max(face_centerface.build(face_centerface.Settings()).detect(picture), key=lambda one: one.score)
    x0, y0, x1, y1 = (round(side) for side in (face.x0, face.y0, face.x1, face.y1))
    wide, high = x1 - x0, y1 - y0
    left, top = max(0, x0 - wide), max(0, y0 - high)
    cut = picture[top : y1 + high, left : x1 + wide]
    solid = np.zeros(cut.shape[:2], np.uint8)
    middle = (x0 + x1) // 2 - left, (y0 + y1) // 2 - top - high // 10
    cv2.ellipse(solid, middle, (round(0.68 * wide), round(0.78 * high)), 0, 0, 360, 255, -1)
    return cut.copy(), cv2.GaussianBlur(solid, (0, 0), 0.04 * high), (x0 - left, y0 - top, x1 - left, y1 - top)


def _paste(picture: Image, one: Passer, frame: int) -> None:
    import cv2

    cut, solid, (x0, y0, x1, y1) = head_of(one.head)
    scale, (x, y) = one.face_px / (y1 - y0), one.middle(frame)
    small = max(1.0, 0.5 / scale)
    cut, solid = (cv2.GaussianBlur(part, (0, 0), small * 0.6) if scale < 0.7 else part for part in (cut, solid))
    way = cv2.getRotationMatrix2D(((x0 + x1) / 2, (y0 + y1) / 2), one.angle, scale)
    way[:, 2] += x - (x0 + x1) / 2, y - (y0 + y1) / 2
    way[0] = way[0] * one.slim + [0, 0, x * (1 - one.slim)]
    reach = 2 * one.face_px
    left, top = max(0, round(x) - reach), max(0, round(y) - reach)
    window = picture[top : round(y) + reach, left : round(x) + reach]
    way[:, 2] -= left, top
    size = window.shape[1::-1]
    head = cv2.warpAffine(cut, way, size, flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE)
    share = cv2.warpAffine(solid, way, size, flags=cv2.INTER_AREA)[..., None] / 255.0
    window[:] = np.round(window * (1 - share) + head * share).astype(np.uint8)


def _decoded(path: Path, start_s: float) -> Iterator[Image]:
    with av.open(str(path)) as container:
        rate = float(container.streams.video[0].average_rate or 25)
        for frame in islice(container.decode(video=0), round(start_s * rate), None):
            yield frame.to_ndarray(format="bgr24")


def _ground(footage: Footage) -> Iterator[Image]:
    """Pictures without end, of the film's size; what is too short runs to and fro."""
    import cv2
    from skimage import data

    shown = (
        [data.coffee()[:, :, ::-1]] if footage.path is None else islice(_decoded(footage.path, footage.start_s), 480)
    )
    pictures = []
    for picture in shown:
        high = round(picture.shape[1] * 9 / 16)
        top = (picture.shape[0] - high) // 2
        pictures.append(cv2.resize(picture[top : top + high], (WIDTH_PX, HEIGHT_PX), interpolation=cv2.INTER_CUBIC))
        yield pictures[-1]
    order = [*range(len(pictures) - 1, -1, -1), *range(len(pictures))]
    while True:
        yield from (pictures[at] for at in order)


def _planes(footage: Footage, faces: list[Passer], frames: int) -> Iterator[media.Planes]:
    import cv2

    chance = np.random.default_rng(1)
    grain = chance.normal(0, NOISE, (4, HEIGHT_PX + 64, WIDTH_PX + 64)).astype(np.int8)
    for number, ground in zip(range(frames), _ground(footage), strict=False):
        picture = ground.copy()
        for one in faces:
            if one.first <= number < one.first + one.frames:
                _paste(picture, one, number)
        planes = cv2.cvtColor(picture, cv2.COLOR_BGR2YUV_I420)
        x, y = chance.integers(0, 64, 2)
        noisy = cv2.add(planes[:HEIGHT_PX], grain[number % 4, y : y + HEIGHT_PX, x : x + WIDTH_PX], dtype=cv2.CV_8U)
        u_plane, v_plane = planes[HEIGHT_PX:].reshape(2, HEIGHT_PX // 2, WIDTH_PX // 2)
        yield noisy, u_plane, v_plane


def film(path: Path, footage: Footage, faces: list[Passer], frames: int = FRAMES) -> Path:
    """A recording of that footage with these faces in it."""
    raw = ["-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", f"{WIDTH_PX}x{HEIGHT_PX}", "-r", str(FPS), "-i", "pipe:"]
    colours = ["-vf", "setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709"]
    coded = ["-c:v", "libx264", "-preset", "superfast", "-crf", "22", "-threads", "2"]
    command = [sandbox.binary(), "-v", "error", "-nostdin", "-y", *raw, *colours, *coded, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        for planes in _planes(footage, faces, frames):
            process.stdin.writelines(plane.tobytes() for plane in planes)
        process.stdin.close()
        assert process.wait() == 0
    return path


@dataclass(frozen=True)
class Outcome:
    """What became of a face: the frames on which it is naked by the first plan and in the end; is it blocked then?"""

    face: Passer
    at_first: int
    naked: int
    is_blocked: bool

    @property
    def is_leak(self) -> bool:
        """Whether it is seen in a clip that is `ready`."""
        return self.naked > 0 and not self.is_blocked


def seen_in(path: Path, faces: Mapping[str, object] = MappingProxyType({})) -> Sightings:
    """What detect sees of faces in a film.

    Args:
        path: the film.
        faces: settings of `face_centerface` that are not the defaults.
    """
    source = probe.probe(path)
    heads = {"face_centerface": face_centerface.Settings.model_validate(dict(faces))}
    return detect.detect(source, Clip(1, (Span(0.0, source.duration_s),)), heads)


def outcomes(path: Path, faces: list[Passer], sightings: Sightings) -> list[Outcome]:
    """What becomes of every face of a film: what the verifier finds goes round as in a build."""
    channel = config.Channel()
    first = plan = track.track(sightings, (), NOBODY, channel.text, channel.track)
    check = _verified(path, plan)
    hits = list(check.sightings(counting=True))
    for _ in range(channel.verify.rounds):
        left = [one for one in hits if not _hides(plan, _box(one), one.frame, channel.verify.min_overlap)]
        sightings = suspicion.also_seen(sightings, left)
        plan = track.track(sightings, (), NOBODY, channel.text, channel.track)
    found = []
    for one in faces:
        shown = range(one.first, one.first + one.frames)
        bare = [[at for at in shown if not _hides(by, one.box(at), at, HIDDEN)] for by in (first, plan)]
        is_blocked = any(
            hit.frame in bare[1]
            and geometry.meet(_box(hit), one.box(hit.frame))
            and not _hides(plan, _box(hit), hit.frame, channel.verify.min_overlap)
            for hit in hits
        )
        found.append(Outcome(one, len(bare[0]), len(bare[1]), is_blocked))
    return found


def _verified(path: Path, plan: Plan) -> Faces:
    """The verifier's look at a film, as if it had been exported so."""
    verify = config.Channel().verify
    view = formats.view(plan.width_px, plan.height_px, formats.SHAPES["16:9"], config.Export().framing)
    count = plan.frame_count
    made = Export("16:9", file_of(path), WIDTH_PX, HEIGHT_PX, FPS, count, 0, count, view, False, "none")
    taken = families.chosen(verify, config.Channel().detect.faces)
    check = Faces(made, plan, view, taken, families.lookers(taken), verify)
    for picture in proof.pictures(made):
        check.look(picture)
    return check


def _box(hit: Sighting) -> Box:
    (face,) = hit.detections
    return round(face.x0), round(face.y0), round(face.x1), round(face.y1)


def _hides(plan: Plan, face: Box, frame: int, share: float) -> bool:
    regions = ((one.box(frame), one.shape) for one in plan.tracks)
    return any(box is not None and geometry.hidden(face, box, shape) >= share for box, shape in regions)


def rows() -> Iterator[str]:
    """The figures as rows of a Markdown table."""
    os.environ.setdefault("CLINICREEL_MODELS", str(rooms.MODELS))
    found: list[Outcome] = []
    with tempfile.TemporaryDirectory() as name:
        for footage in FOOTAGE:
            faces = passers(footage)
            path = film(Path(name) / "film.mp4", footage, faces)
            shown = outcomes(path, faces, seen_in(path))
            yield _row(footage.name, shown)
            found += shown
            if footage.name in DOORS:
                yield _row(f"{footage.name}, looked at in full size", outcomes(path, faces, seen_in(path, FULL_SIZE)))
    for face_px in (*SIZES_PX, LOOK_BACK_PX):
        for length in LENGTHS:
            some = [one for one in found if (one.face.face_px, one.face.frames) == (face_px, length)]
            if some:
                yield _row(f"{face_px} px, {length} frames", some)
    yield _row("all", found)


def _row(what: str, found: list[Outcome]) -> str:
    hidden, mended = sum(not one.at_first for one in found), sum(one.at_first > 0 and not one.is_leak for one in found)
    leaks = [one for one in found if one.is_leak]
    frames = f"{sum(one.naked for one in leaks)} of {sum(one.face.frames for one in found)}"
    return f"| {what} | {hidden} of {len(found)} | {mended} | {len(leaks)} | {frames} |"
