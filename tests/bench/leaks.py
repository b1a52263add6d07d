"""What detectors find on the exports of the reference input, outside a list of false alarms; sync; subtitles; tags."""

from __future__ import annotations

import difflib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pysubs2

from pipeline import rooms as parts
from pipeline.checks.container import FORMAT_TAGS, STREAM_TAGS
from pipeline.looking import ocr
from pipeline.values import Box, Detection
from tests.bench import rooms

LOOKS = (
    ("face_yunet", {"long_sides_px": (640, 1280), "threshold": 0.6}),
    ("face_centerface", {"long_sides_px": (1280,), "threshold": 0.5}),
)
"""YuNet is of another family than what made the plan; CenterFace looks at another scale."""


READ = 0.8
"""A cue is on screen if so much of it is read there: the reader takes some characters for others."""
FALSE_ALARMS = Path(__file__).with_name("false_alarms.txt")

HEAD = "| what | measured | target | |"


def rows() -> Iterator[str]:
    """The figures as rows of a Markdown table, and every hit that was left."""
    os.environ.setdefault("CLINICREEL_MODELS", str(rooms.MODELS))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        channel = rooms.make_channel(folder, "douyin, bilibili", "select: {max_s: 600}\n")
        case = rooms.make_case(
            folder / "scene", rooms.SCENE, rooms.lines_of_scene(), 'clips: [{from: "0", to: 44.2}]\n'
        )
        done = rooms.answer(rooms.build([case], channel, folder / "work"))
        clip = done["clips"][0]
        yield f"| reference input: state | {clip['state']} | ready | {clip['reason']} |"
        for one in clip["exports"]:
            path = Path(one["path"])
            known = _false_alarms(one["format"])
            hits = list(_hits(path))
            new = [(frame, hit) for frame, hit in hits if not any(_is_same(frame, hit, *alarm) for alarm in known)]
            what = f"reference input, {one['format']}"
            note = f"{len(hits) - len(new)} false alarms of {FALSE_ALARMS.name}"
            yield f"| {what}: faces found on the export, every frame | {len(new)} | 0 | {note} |"
            yield from (f"| | | | frame {frame}: {hit.detector} {hit.score:.2f} at {_box(hit)} |" for frame, hit in new)
            lag_ms = _lag_ms(path, one["format"] == "9:16")
            yield f"| {what}: sound against picture | {lag_ms:.1f} ms | <= 40 ms | |"
            pack = next(Path(pack["path"]) for pack in clip["packs"] if pack["platform"] in one["platforms"])
            yield f"| {what}: subtitles on screen | {' of '.join(map(str, _subtitles(path, pack)))} cues | all | |"
            yield f"| {what}: tags left | {len(_tags(path))} | 0 | {', '.join(_tags(path))} |"


def _false_alarms(name: str) -> list[tuple[int, Box]]:
    """Frames and boxes of a format that were looked at and hold no face."""
    rows_ = [line.split() for line in FALSE_ALARMS.read_text("utf-8").splitlines() if not line.startswith("#")]
    return [(int(frame), tuple(map(int, box.split(",")))) for shape, frame, box, _ in rows_ if shape == name]


def _is_same(frame: int, hit: Detection, known_frame: int, known: Box) -> bool:
    x0, y0, x1, y1 = max(hit.x0, known[0]), max(hit.y0, known[1]), min(hit.x1, known[2]), min(hit.y1, known[3])
    common = max(0.0, x1 - x0) * max(0.0, y1 - y0)
    return abs(frame - known_frame) <= 2 and common > 0.5 * (hit.x1 - hit.x0) * (hit.y1 - hit.y0)


def _box(hit: Detection) -> str:
    return f"{hit.x0:.0f},{hit.y0:.0f},{hit.x1:.0f},{hit.y1:.0f}"


def _hits(path: Path) -> Iterator[tuple[int, Detection]]:
    """Every face that a detector finds on any frame."""
    detectors: list[Any] = []
    for name, settings in LOOKS:
        part = parts.part("detectors", name)
        detectors.append(part.build(part.Settings(**settings)))
    with av.open(str(path)) as container:
        for number, frame in enumerate(container.decode(video=0)):
            image = frame.to_ndarray(format="bgr24")
            for detector in detectors:
                for hit in detector.detect(image):
                    yield number, hit


def _lag_ms(path: Path, is_upright: bool) -> float:
    """How much later a file's sound is than its picture, both matched with the recording.

    The sound by cross-correlation, the picture by the frame of the recording that the middle frame is most like.
    """
    wanted, got = sound(rooms.SCENE), sound(path)
    length = min(len(wanted), len(got))
    spectrum = np.fft.rfft(got[:length], 2 * length) * np.conj(np.fft.rfft(wanted[:length], 2 * length))
    correlation = np.fft.irfft(spectrum)
    at = int(np.argmax(correlation))
    sound_s = (at if at < length else at - 2 * length) / 16_000
    raw, made = _pictures(rooms.SCENE, is_upright), _pictures(path, is_upright)
    shifts = range(-5, 6)
    core = slice(10, min(len(raw), len(made)) - 10)
    differences = [np.abs(made[core] - np.roll(raw, shift, axis=0)[: len(made)][core]).mean() for shift in shifts]
    picture_s = shifts[int(np.argmin(differences))] / 25
    return (sound_s - picture_s) * 1000


def _subtitles(path: Path, pack: Path) -> tuple[int, int]:
    """How many of a pack's cues can be read in the lower half of the picture at their middle, and how many it has."""
    finder, reader = ocr.Finder(), ocr.Reader()
    cues = list(pysubs2.load(str(pack / "subtitles.srt")))
    on_screen = 0
    with av.open(str(path)) as container:
        fps = float(container.streams.video[0].average_rate or 0)
        middles = {round((cue.start + cue.end) / 2000 * fps): cue for cue in cues}
        for number, frame in enumerate(container.decode(video=0)):
            if number in middles:
                lower = frame.to_ndarray(format="bgr24")[frame.height // 2 :]
                lines = sorted(finder.find(lower, 0.5), key=lambda line: float(line.corners[:, 1].min()))
                said = "".join(reader.read(lower, line)[0] for line in lines)
                on_screen += _share(_bare(middles[number].plaintext), _bare(said)) >= READ
    return on_screen, len(cues)


def _bare(text: str) -> str:
    return "".join(filter(str.isalnum, text))


def _share(wanted: str, said: str) -> float:
    """How much of a text stands in another in the same order."""
    found = difflib.SequenceMatcher(None, wanted, said, autojunk=False).get_matching_blocks()
    return sum(block.size for block in found) / max(1, len(wanted))


def sound(path: Path) -> np.ndarray[Any, np.dtype[np.float32]]:
    resampler = av.AudioResampler(format="flt", layout="mono", rate=16_000)
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        parts_ = [np.zeros(round(float((stream.start_time or 0) * (stream.time_base or 0)) * 16_000), np.float32)]
        for frame in container.decode(stream):
            parts_ += [out.to_ndarray()[0] for out in resampler.resample(frame)]
    return np.concatenate(parts_)


def _pictures(path: Path, is_upright: bool) -> np.ndarray[Any, np.dtype[np.float32]]:
    """All pictures, tiny and grey; of a wide one only the middle that a 9:16 export shows, if that is asked for."""
    with av.open(str(path)) as container:
        return np.stack([_tiny(frame.to_ndarray(format="gray"), is_upright) for frame in container.decode(video=0)])


def _tiny(picture: np.ndarray[Any, np.dtype[np.uint8]], is_upright: bool) -> np.ndarray[Any, np.dtype[np.float32]]:
    high, wide = picture.shape
    if is_upright and wide > high:
        keep = high * 9 // 16
        picture = picture[:, (wide - keep) // 2 : (wide + keep) // 2]
    return cv2.resize(picture, (36, 64), interpolation=cv2.INTER_AREA).astype(np.float32)


def _tags(path: Path) -> list[str]:
    with av.open(str(path)) as container:
        strange = [tag for tag in container.metadata if tag not in FORMAT_TAGS]
        for stream in container.streams:
            strange += [tag for tag, value in stream.metadata.items() if value not in STREAM_TAGS.get(tag, ())]
    return strange
