"""What verification says of the files that may leave."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.values.picture import Sighting
from pipeline.values.recording import File


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

    `kind` is `track_hole`, `track_begin`, `track_end`, `masked`, `disagreement`, `sensitivity` or `understood`.
    """

    kind: str
    start_s: float
    end_s: float
    what: str


@dataclass(frozen=True, slots=True)
class Overheard:
    """What recognition still understood of something that was hidden, by its kind, in the clip's time.

    It guesses from the words around as people do: only a person who listens knows.
    """

    kind: str
    start_s: float
    end_s: float


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
    overheard: tuple[Overheard, ...] = ()
    not_checked: tuple[str, ...] = ()
    """What could not be looked at, and why."""
    used: tuple[Used, ...] = ()
    sensitivity: Sensitivity | None = None
    files: tuple[File, ...] = ()
    """The verdict on each export as a file of its own, in the order of `sha256s`."""
