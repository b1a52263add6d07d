"""Who must not be told from a case, and who agreed to be seen."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.values.recording import File


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
