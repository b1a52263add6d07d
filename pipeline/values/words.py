"""What is said in a recording: as it was recognised, and as it may be read."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.values.recording import Span


@dataclass(frozen=True, slots=True)
class Word:
    """One recognised word (one to a few Chinese characters) in the recording's own time.

    `text` carries its own leading space where the language writes one, and its punctuation behind it.
    `speaker` is the id or the role of who says it, where the transcript or the cut list marks it; else empty.
    `is_timed` is False where nobody heard when it is said: its time is a share of that of its line.
    `turn` counts what is said in one go: where two speak at once, words that follow in time belong to two turns.
    """

    start_s: float
    end_s: float
    text: str
    probability: float
    speaker: str = ""
    is_timed: bool = True
    turn: int = 0


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
