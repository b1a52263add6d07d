"""Makes the demo footage again: `python assets/demo/make_demo.py`. Users need not; the result is committed.

A patient walks in, sits down, the doctor holds a film up, they talk in Mandarin. Everything identifying is invented,
and everything that ClinicReel must hide or drop is there: two faces, a name and a number on the film and on the
monitor, a name in the `title` tag, a place in the `location` tag, a name spoken at the end.

Needs, besides the project: `sudo apt-get install espeak-ng fonts-noto-cjk`.
"""

from __future__ import annotations

import math
import subprocess
import tempfile
import wave
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import imageio_ffmpeg
import numpy as np
import people
import room
from numpy.typing import NDArray

HERE = Path(__file__).parent
OUT = HERE / "consultation"
FONT = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")
FPS = 25
DURATION_S = 23.0
WIDTH, HEIGHT = 1280, 720
VOICE_HZ = 22_050

DOCTOR, PATIENT = (530.0, 372.0), (812.0, 384.0)
"""Where the necks are when both sit, in canvas pixels."""
HEAD_SCALE = 0.94
BODY_SCALE = 0.86


@dataclass(frozen=True)
class Line:
    """One sentence: `pitch` 0-99 and `voice` are espeak-ng's; `pan` is 0 left to 1 right."""

    speaker: str
    start_s: float
    text: str

    @property
    def voice(self) -> tuple[str, int, float]:
        return ("cmn+f2", 38, 0.4) if self.speaker == "doctor" else ("cmn+f5", 72, 0.6)


SCRIPT = (
    Line("doctor", 1.3, "你好，请坐。片子带来了吗？"),
    Line("patient", 4.7, "带来了，您看看。"),
    Line("doctor", 6.7, "这个肺结节只有六毫米，边缘光滑，不用紧张。"),
    Line("patient", 11.9, "那要不要马上开刀？"),
    Line("doctor", 14.2, "先不用，半年以后再来复查。"),
    Line("patient", 18.6, "谢谢医生。报告上写我的名字，林小雨。"),
)
"""The patient says her name at the end: it must be silent in the clip, and 林* in its subtitles."""
MARKS = {"doctor": "医生", "patient": "患者"}
"""What stands before a line in the transcript: the doctor's voice stays, the patient's is disguised."""


def main() -> None:
    OUT.mkdir(exist_ok=True)
    voices = [speak(line) for line in SCRIPT]
    write_srt(voices)
    with tempfile.TemporaryDirectory() as folder:
        sound = Path(folder) / "sound.wav"
        write_sound(voices, sound)
        encode(frames(voices, range(round(DURATION_S * FPS))), sound)
    size = (OUT / "footage.mp4").stat().st_size
    print(f"{OUT / 'footage.mp4'}: {size / 1e6:.2f} MB")


def speak(line: Line) -> NDArray[np.float32]:
    """Mono sound of one sentence at VOICE_HZ, silence at both ends cut."""
    voice, pitch, _ = line.voice
    with tempfile.NamedTemporaryFile(suffix=".wav") as file:
        subprocess.run(
            ["espeak-ng", "-v", voice, "-p", str(pitch), "-s", "260", "-w", file.name, line.text], check=True
        )
        with wave.open(file.name) as reader:
            samples = np.frombuffer(reader.readframes(reader.getnframes()), np.int16).astype(np.float32) / 32768
    loud = np.flatnonzero(np.abs(samples) > 0.01)
    return samples[loud[0] : loud[-1]] * (0.5 / np.abs(samples).max())


def write_srt(voices: list[NDArray[np.float32]]) -> None:
    def stamp(time_s: float) -> str:
        ms = round(time_s * 1000)
        return f"{ms // 3600000:02}:{ms // 60000 % 60:02}:{ms // 1000 % 60:02},{ms % 1000:03}"

    cues = [
        f"{number}\n{stamp(line.start_s)} --> {stamp(line.start_s + len(voice) / VOICE_HZ)}\n"
        f"{MARKS[line.speaker]}：{line.text}\n"
        for number, (line, voice) in enumerate(zip(SCRIPT, voices, strict=True), 1)
    ]
    (OUT / "footage.srt").write_text("\n".join(cues), encoding="utf-8")


def write_sound(voices: list[NDArray[np.float32]], path: Path) -> None:
    """Stereo: the two voices a little apart, over the noise of a quiet room."""
    random = np.random.default_rng(12)
    hiss = random.normal(size=(round(DURATION_S * VOICE_HZ), 2)).astype(np.float32)
    sound = 0.0012 * (hiss + np.roll(hiss, 1, axis=0) + np.roll(hiss, 2, axis=0))
    for line, voice in zip(SCRIPT, voices, strict=True):
        start, pan = round(line.start_s * VOICE_HZ), line.voice[2]
        sound[start : start + len(voice)] += voice[:, None] * np.float32([1 - pan, pan])
    with wave.open(str(path), "wb") as writer:
        writer.setnchannels(2)
        writer.setsampwidth(2)
        writer.setframerate(VOICE_HZ)
        writer.writeframes((np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes())


def mouth_px(voices: list[NDArray[np.float32]], speaker: str) -> NDArray[np.float32]:
    """How far a speaker's mouth is open on every frame, from the loudness of the sound."""
    result = np.zeros(round(DURATION_S * FPS), np.float32)
    step = VOICE_HZ // FPS
    for line, voice in zip(SCRIPT, voices, strict=True):
        if line.speaker == speaker:
            first = round(line.start_s * FPS)
            loudness = [np.sqrt(np.mean(voice[at : at + step] ** 2)) for at in range(0, len(voice), step)]
            result[first : first + len(loudness)] = loudness
    return np.clip(np.convolve(result, [0.25, 0.5, 0.25], "same") * 45, 0, 6)


def frames(voices: list[NDArray[np.float32]], numbers: Iterable[int]) -> Iterator[NDArray[np.uint8]]:
    """The pictures of these numbers, RGB, uint8, shape (HEIGHT, WIDTH, 3)."""
    wall, desk, film = room.wall(), room.desk(FONT), room.film(FONT)
    heads, bodies = people.heads(), (people.doctor_body(), people.patient_body())
    mouths = mouth_px(voices, "doctor"), mouth_px(voices, "patient")
    random = np.random.default_rng(7)
    grain = [random.normal(0, 1.6, (HEIGHT, WIDTH, 1)).astype(np.float32) for _ in range(8)]
    for number in numbers:
        t = number / FPS
        canvas = wall.copy()
        draw_person(canvas, heads[1], bodies[1], *patient_at(t), float(mouths[1][number]))
        draw_person(canvas, heads[0], bodies[0], *doctor_at(t), float(mouths[0][number]))
        draw_film(canvas, film, t)
        people.place(canvas, desk, (0, 0), (0, 0), (1, 1), 0)
        yield np.clip(through_camera(canvas, t) + grain[number % 8], 0, 255).astype(np.uint8)


def ease(t: float, start_s: float, end_s: float) -> float:
    """0 before start, 1 after end, smooth between."""
    share = min(max((t - start_s) / (end_s - start_s), 0), 1)
    return share * share * (3 - 2 * share)


def doctor_at(t: float) -> tuple[tuple[float, float], float, float, float]:
    """Neck point, scale, lean and turn of the head in degrees. Looks up, then to the film, then to the patient."""
    x, y = DOCTOR[0] + 5 * math.sin(0.7 * t), DOCTOR[1] + 2 * math.sin(1.1 * t + 1)
    nod = 5 * (ease(t, 6.2, 6.8) - ease(t, 9.5, 10.2))
    return (x, y + nod), 1.0, 1.0 * math.sin(0.6 * t), 3.5 * math.sin(0.9 * t) + nod


def patient_at(t: float) -> tuple[tuple[float, float], float, float, float]:
    """Comes in from the right, standing, and sits down."""
    walk, sit = ease(t, 0.1, 2.8), ease(t, 2.6, 3.7)
    x = 1520 - (1520 - PATIENT[0]) * walk + 6 * math.sin(0.8 * t + 2) * sit
    bob = 7 * abs(math.sin(math.pi * 1.7 * t)) * (1 - walk)
    y = PATIENT[1] - 96 * (1 - sit) - bob + 2 * math.sin(1.3 * t)
    return (x, y), 1.1 - 0.1 * sit, -3 * (walk - sit) + math.sin(0.7 * t), -4 * math.sin(0.8 * t + 0.5)


def draw_person(
    canvas: NDArray[np.float32],
    head: people.Picture,
    body: people.Picture,
    neck: tuple[float, float],
    scale: float,
    lean_deg: float,
    turn_deg: float,
    open_px: float,
) -> None:
    people.place(canvas, body, people.BODY_NECK, (neck[0], neck[1] + 14), (BODY_SCALE * scale,) * 2, lean_deg)
    size = HEAD_SCALE * scale
    face = people.speaking(head, open_px)
    people.place(canvas, face, people.NECK, neck, (size * (1 - 0.01 * abs(turn_deg)), size), lean_deg + turn_deg)


def draw_film(canvas: NDArray[np.float32], film: NDArray[np.uint8], t: float) -> None:
    """The doctor lifts the film from behind the desk and holds it, not quite still."""
    up = ease(t, 5.0, 6.4)
    x = 672 + up * (13 * math.sin(0.8 * t) + 4 * math.sin(2.1 * t))
    y = 900 - 282 * up + up * 7 * math.sin(1.1 * t + 0.4)
    turn = up * 3 * math.sin(0.9 * t)
    if up > 0:
        room.arm(canvas, (470, 700), (x - 6, y + 4))
        people.place(canvas, film, room.FILM_ANCHOR, (x, y), (1, 1), turn)
        room.thumb(canvas, (x - 4, y - 6), 18 + turn)


def through_camera(canvas: NDArray[np.float32], t: float) -> NDArray[np.float32]:
    """A hand-held camera: sways by at most 12 pixels, turns by a third of a degree, darker corners."""
    dx = 7 * math.sin(0.9 * t) + 3 * math.sin(2.3 * t + 1)
    dy = 5 * math.sin(1.2 * t + 2) + 2 * math.sin(3.1 * t)
    matrix = cv2.getRotationMatrix2D((room.WIDTH / 2, room.HEIGHT / 2), 0.3 * math.sin(0.5 * t), 1.0)
    matrix[:, 2] += (dx - room.MARGIN, dy - room.MARGIN)
    return cv2.warpAffine(canvas, matrix, (WIDTH, HEIGHT), flags=cv2.INTER_LINEAR) * _vignette()


def _vignette() -> NDArray[np.float32]:
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    away = ((x / WIDTH - 0.5) ** 2 + (y / HEIGHT - 0.5) ** 2)[..., None]
    return 1.02 - 0.36 * away


def encode(pictures: Iterator[NDArray[np.uint8]], sound: Path) -> None:
    """Writes footage.mp4, with the tags that a careless phone and a careless student would leave in it."""
    command = [
        imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y",
        "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{WIDTH}x{HEIGHT}", "-r", str(FPS), "-i", "-",
        "-i", str(sound),
        "-vf", "scale=out_color_matrix=bt709:out_range=tv,format=yuv420p",
        "-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709",
        "-c:v", "libx264", "-preset", "slow", "-crf", "25", "-threads", "2",
        "-c:a", "aac", "-b:a", "96k", "-ar", "48000",
        "-metadata", "title=林小雨 肺结节 复诊", "-metadata", "location=+30.6000+104.0000/",
        "-movflags", "+faststart", str(OUT / "footage.mp4"),
    ]  # fmt: skip
    process = subprocess.Popen(command, stdin=subprocess.PIPE)
    assert process.stdin is not None
    for picture in pictures:
        process.stdin.write(picture.tobytes())
    process.stdin.close()
    if process.wait() != 0:
        raise SystemExit("ffmpeg failed")


if __name__ == "__main__":
    main()
