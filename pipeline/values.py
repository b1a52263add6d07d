"""Every value that passes between the stages: frozen, plain, and safe to store as JSON.

Read this first. Three rules hold for all of them:

* Times are seconds (`_s`), sizes are pixels (`_px`), rates are exact (`Fraction`).
* Boxes are half-open pixels of the upright master picture: (x0, y0, x1, y1), x1 and y1 excluded.
* Types carry the privacy rule: only a stage that must see the raw recording accepts a `Source`;
  everything behind `redact` accepts a `Master`, so mypy refuses the mistake.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

Box = tuple[int, int, int, int]
"""Half-open pixels (x0, y0, x1, y1)."""


@dataclass(frozen=True, slots=True)
class File:
    """A file known by its content. Only `sha256` enters a step's key, never the path."""

    path: Path
    sha256: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Damage:
    """A part of the recording, in its own time, of which the frames or the sound are missing or broken."""

    start_s: float
    end_s: float
    cause: str


@dataclass(frozen=True, slots=True)
class Clock:
    """How the pictures of a recording lie in time.

    `start_s` is the PTS of the recording's time 0: that of its first picture, less whole frames when the sound begins
    earlier. `interval_s` is the usual time between two pictures, `longest_s` the longest that is no gap.
    `reach_back_s` says how far before a time decoding must begin where a seek does not find a key frame by itself.
    """

    start_s: float
    interval_s: float
    longest_s: float
    reach_back_s: float


@dataclass(frozen=True, slots=True)
class Source:
    """A raw recording that was vouched for. Seen by probe, transcribe, detect and redact only.

    `width_px` and `height_px` are those of the upright picture with square pixels, both even.
    `fps` is the constant rate at which all later work is done, at most 30.
    """

    file: File
    container: str
    video_codec: str
    width_px: int
    height_px: int
    fps: Fraction
    clock: Clock
    duration_s: float
    rotation_deg: int
    is_interlaced: bool
    is_full_range: bool
    is_hdr: bool
    transfer: str
    matrix: str
    audio_index: int | None
    """Index among the audio streams of the one that is used; None: the recording has no usable sound."""
    notes: tuple[str, ...]
    damage: tuple[Damage, ...]


@dataclass(frozen=True, slots=True)
class Word:
    """One recognised word (one to a few Chinese characters) in the recording's own time.

    `text` carries its own leading space where the language writes one, and its punctuation behind it.
    `speaker` is the id or the role of who says it, where the transcript or the cut list marks it; else empty.
    `is_timed` is False where nobody heard when it is said: its time is a share of that of its line.
    """

    start_s: float
    end_s: float
    text: str
    probability: float
    speaker: str = ""
    is_timed: bool = True


@dataclass(frozen=True, slots=True)
class Transcript:
    """All words of a recording in order of time, with who recognised them. Raw: seen by `identify` only.

    `dropped` lists the pieces in which lines were taken for invented: there are no words there, but something may
    have been said.
    """

    engine: str
    language: str
    duration_s: float
    words: tuple[Word, ...]
    dropped: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of the recording, in its own time."""

    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Named:
    """Someone whom a case knows by name: every form in which the name is written or said."""

    id: str
    role: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Register:
    """Who and what must not be told from a case, the same for every medium: sound, subtitles, pictures, texts.

    `keep` are words that stay although they look like an identifier: the doctor's name, the hospital's sign.
    `also` names kinds of identifiers that are not looked for unless asked.
    """

    language: str
    people: tuple[Named, ...]
    keep: tuple[str, ...] = ()
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mention:
    """A piece of talk that identifies someone: when it is said, and of what kind it is, never the words themselves.

    `person` is the id of one of the case's people, or empty.
    """

    kind: str
    person: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Script:
    """What of a transcript may be read: the words that identify someone are replaced. All later stages use this.

    `mentions` says when they were said, so that the sound can be hidden; `doubtful` are the pieces in which something
    may have been said that is not among the words.
    """

    engine: str
    language: str
    duration_s: float
    words: tuple[Word, ...]
    mentions: tuple[Mention, ...]
    doubtful: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Clip:
    """What will be published: pieces of the recording, in order, played one after another."""

    number: int
    spans: tuple[Span, ...]

    @property
    def start_s(self) -> float:
        return self.spans[0].start_s

    @property
    def end_s(self) -> float:
        return self.spans[-1].end_s


@dataclass(frozen=True, slots=True)
class Detection:
    """Something a detector found; pixels of the master picture.

    `kind` is `face`, `text` (a line of writing) or `card` (a part of a thing that carries writing). Detections of one
    clip with the same kind and `item` are the same thing, which its detector followed; 0: it does not tell.
    """

    kind: str
    x0: float
    y0: float
    x1: float
    y1: float
    score: float
    detector: str
    text: str = ""
    text_score: float = 0.0
    item: int = 0


@dataclass(frozen=True, slots=True)
class Sighting:
    """What was found on one analysed frame of the clip; empty means looked and found nothing."""

    frame: int
    detections: tuple[Detection, ...]


@dataclass(frozen=True, slots=True)
class Sightings:
    """All analysed frames of a clip, in order; frame 0 and the last frame are always among them."""

    width_px: int
    height_px: int
    fps: Fraction
    frame_count: int
    frames: tuple[Sighting, ...]
    damage: tuple[Damage, ...]


@dataclass(frozen=True, slots=True)
class Track:
    """One thing to hide: a box for every frame from `first_frame` on, without a gap.

    `boxes` is flat, four integers a frame; a box may reach beyond the picture, since an ellipse squeezed into it would
    uncover what lies at its edge. `shape` is `ellipse` (inscribed in the box) or `box`.
    `seen` lists the frames on which a detector saw it; every other frame was filled in between or held.
    """

    number: int
    kind: str
    reason: str
    shape: str
    first_frame: int
    boxes: tuple[int, ...]
    seen: tuple[int, ...]

    @property
    def frame_count(self) -> int:
        return len(self.boxes) // 4

    def box(self, frame: int) -> Box | None:
        """The box on a frame of the clip, None outside the track."""
        at = (frame - self.first_frame) * 4
        if at < 0 or at >= len(self.boxes):
            return None
        x0, y0, x1, y1 = self.boxes[at : at + 4]
        return x0, y0, x1, y1


@dataclass(frozen=True, slots=True)
class Plan:
    """For every frame of the clip the regions to hide. The one document a person can audit."""

    version: int
    width_px: int
    height_px: int
    fps: Fraction
    frame_count: int
    tracks: tuple[Track, ...]
    kept: tuple[Track, ...] = ()
    """What a detector saw and stays visible: a person says so, or it is surely someone who agreed to be seen."""
    unmet: tuple[str, ...] = ()
    """A person's corrections that could not be made; a clip with any of them waits."""


@dataclass(frozen=True, slots=True)
class Familiar:
    """Someone who agreed to be seen, and how they are known: by photos, or by the seat where nobody else ever is.

    `zone` is in shares of the frame: left, top, right, bottom.
    """

    id: str
    photos: tuple[File, ...]
    zone: tuple[float, float, float, float] | None = None


@dataclass(frozen=True, slots=True)
class Portrait:
    """A photo of someone who may stay visible, counted from 0, and what is wrong with it; empty: it will do."""

    person: str
    number: int
    fault: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of the clip's sound, in the clip's time, and what became of it.

    `how` is `keep`, `disguise`, `mute` or `beep`; `why` is the kind of mention, `voice`, `doubtful` or `unrecognised`,
    empty for what is kept. `voice` is the id or the role of who speaks, where that is why.
    """

    start_s: float
    end_s: float
    how: str
    why: str = ""
    voice: str = ""


@dataclass(frozen=True, slots=True)
class Master:
    """The redacted clip at full size, picture and sound. All that follows is made from it."""

    file: File
    width_px: int
    height_px: int
    fps: Fraction
    frame_count: int
    has_sound: bool
    damage: tuple[Damage, ...]
    sound: tuple[Stretch, ...] = ()
    """Everything of the clip's sound, in order and without a gap; empty where it has none."""


@dataclass(frozen=True, slots=True)
class Cue:
    """One subtitle in the clip's time: at most two lines."""

    start_s: float
    end_s: float
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CueSheet:
    """The subtitles of a clip as broken for one format."""

    format: str
    cues: tuple[Cue, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """A rendered card of one format, without sound. `kind` is `opening` or `closing`."""

    kind: str
    format: str
    file: File
    frame_count: int


@dataclass(frozen=True, slots=True)
class View:
    """How the master's picture lies in an export: `crop` of the master is scaled to `place` of the export."""

    crop: Box
    place: Box


@dataclass(frozen=True, slots=True)
class Loudness:
    """What an independent EBU R128 measurement of a file gave."""

    integrated_lufs: float
    true_peak_dbtp: float


@dataclass(frozen=True, slots=True)
class Export:
    """One finished video file of a clip, one per distinct format.

    The clip's own frames begin at `opening_frames`; a closing card may follow them.
    """

    format: str
    file: File
    width_px: int
    height_px: int
    fps: Fraction
    frame_count: int
    opening_frames: int
    clip_frames: int
    view: View
    has_sound: bool
    loudness_mode: str
    """How loudnorm worked: `linear`, `dynamic`, or `none` (no sound, or silence)."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong with an exported file. `time_s` is the export's own time, None: the whole file."""

    check: str
    format: str
    time_s: float | None
    what: str
    exposes: bool
    """True: something identifying may be visible or audible; False: the file is not as promised."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure that verification took, kept in the verdict: what was looked at, not only what was found."""

    check: str
    format: str
    name: str
    value: float


@dataclass(frozen=True, slots=True)
class Doubtful:
    """Something suspect in a clip, in the recording's time: a person must look at it, hide it, or drop it.

    `kind` is `track_hole`, `track_begin`, `track_end`, `masked`, `disagreement` or `sensitivity`.
    """

    kind: str
    start_s: float
    end_s: float
    what: str


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """How many heads that were shown naked on purpose the verifying detectors found, in films of one kind of camera.

    `profile` says what kind: the camera's, the export's and the detectors'. `bound` is the 95 % lower bound of the
    share that they find. Nothing was shown where no face was ever seen.
    """

    profile: str
    shown: int
    found: int
    single_shown: int
    single_found: int
    """Of those, the ones that were naked on one frame only."""
    bound: float
    smallest_px: int
    """Height of the smallest face that was shown, in pixels of the export; 0: none."""


@dataclass(frozen=True, slots=True)
class Used:
    """A tool, a file or a value that a verdict rests on: its version or its SHA-256."""

    name: str
    what: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What verification says of the exports of a clip. A file may leave only if its hash stands in one that passed."""

    passed: bool
    sha256s: tuple[str, ...]
    findings: tuple[Finding, ...]
    measures: tuple[Measure, ...]
    verified_by: str
    left: tuple[Sighting, ...] = ()
    """What is still seen, in pixels of the master: it is hidden in the next round."""
    faint: tuple[Sighting, ...] = ()
    """What may be a face and is too faint to count by itself."""
    not_checked: tuple[str, ...] = ()
    """What could not be looked at, and why."""
    used: tuple[Used, ...] = ()
    sensitivity: Sensitivity | None = None
    files: tuple[File, ...] = ()
    """The verdict on each export as a file of its own, in the order of `sha256s`."""


@dataclass(frozen=True, slots=True)
class Texts:
    """What is written beside the video. Never cut to fit: a text that is too long waits for a person."""

    clip: str
    """The clip's public name: the case's slug and its number."""
    title: str
    caption: str
    tags: tuple[str, ...]
    """Without the leading #."""


@dataclass(frozen=True, slots=True)
class Pack:
    """All files that one platform gets, ready to be delivered as a folder.

    `problems` says in words which of the platform's limits are broken; only a pack without any may leave.
    """

    platform: str
    format: str
    files: tuple[File, ...]
    problems: tuple[str, ...]
