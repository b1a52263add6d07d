"""What is made of a clip once everything is hidden, up to the files that a platform gets."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from pipeline.values.picture import Box
from pipeline.values.recording import Damage, File


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

    @property
    def is_hidden(self) -> bool:
        """Whether nothing of the talk may be heard in it."""
        return self.how in ("mute", "beep")

    @property
    def identifies(self) -> bool:
        """Whether something that is known to identify someone is said in it."""
        return self.why not in ("", "voice", "doubtful", "unrecognised")


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
    heard_s: float
    """How long something was above the gate, in steps of a tenth of a second."""


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
