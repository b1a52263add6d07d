"""Who speaks: marks in transcripts, turned into the id of one of the case's people, a role, or `unknown`.

A mark may be a name, so it is never kept as it was written.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import get_args

from pipeline.settings.people import Role
from pipeline.values import Named, Register

UNKNOWN = "unknown"
"""Somebody of whom nobody can tell who it is. A word without any mark has an empty speaker instead."""
ROLES: tuple[str, ...] = get_args(Role)

_SAID: dict[str, str] = {
    "医生": "doctor", "大夫": "doctor", "主任": "doctor", "医师": "doctor", "医": "doctor", "dr": "doctor",
    "physician": "doctor", "clinician": "doctor",
    "护士": "staff", "助手": "staff", "学生": "staff", "工作人员": "staff", "nurse": "staff", "student": "staff",
    "患者": "patient", "病人": "patient", "患": "patient", "病患": "patient", "pt": "patient",
    "家属": "family", "母亲": "family", "父亲": "family", "妈妈": "family", "爸爸": "family", "陪同": "family",
    "relative": "family", "mother": "family", "father": "family", "wife": "family", "husband": "family",
    "孩子": "minor", "患儿": "minor", "小孩": "minor", "儿童": "minor", "child": "minor",
    "路人": "passer-by", "旁人": "passer-by", "passerby": "passer-by", "passer_by": "passer-by",
}  # fmt: skip
"""How transcripts call a role, beside its own name."""

_NUMBERED = re.compile(r"(?:\s*[0-9一二三四五]|\s+[a-z])$")
_PIECE = re.compile(r"(?:[^\n。！？!?.]|\.(?!\s|$))*(?:[。！？!?\n]|\.(?=\s|$))+\s*|.+\Z", re.DOTALL)
"""A sentence, or a line of one."""
_ALONE = re.compile(r"\s*[\[(（【]\s*([^\[\]()（）【】:：\n]{1,24}?)\s*[:：]?\s*[\])）】]\s*[:：]?\s*")
"""A mark in brackets, with or without a colon."""
_ANYBODY = re.compile(r"(?:speaker|spk|说话人|发言人|讲话人|说话者)[ _-]?[0-9a-z一二三四五]{0,2}")
"""How programs call those whom they tell apart without knowing them."""
_DASH = re.compile(r"\s*[-–—]\s*")
_MARK = re.compile(
    r"\s*[\[(（【]?([^\s:：,，。.!！?？;；\[\]()（）【】][^:：,，。!！?？;；]{0,23}?)[\])）】]?\s*[:：]\s*"
)


def who(mark: str, people: Sequence[Named]) -> str:
    """The person or the role that a mark means.

    Args:
        mark: as it stands in a transcript: an id, a name, or a word for a role, in any case; `医生2` is a doctor.
        people: the case's people; one of their ids or names comes before a role.

    Returns:
        An id, a role, `unknown` for a mark that means nobody known, or nothing for an empty one.
    """
    said = _plain(mark)
    if not said:
        return ""
    for person in people:
        if said in (_plain(person.id), *map(_plain, person.names)):
            return person.id
    return _role(said) or _role(_NUMBERED.sub("", said)) or UNKNOWN


def marked(text: str, people: Sequence[Named]) -> tuple[str, str]:
    """Who says a line by the mark that it begins with (`医生：...`), and the line without marks.

    Only ids and names of the case's people, words for a role, and numbers of speakers are marks. `注意：` and `CT：`
    belong to the talk, as does a bracket that holds anything else (`(笑)`): it is looked at like all that is said. A
    line in which several people speak is `unknown`'s: nobody knows when the one ends and the other begins.
    """
    pieces, speakers, dashes = [], [], 0
    for piece in _PIECE.findall(text.strip()):
        dash = _DASH.match(piece)
        dashes += dash is not None
        speaker, rest = _prefixed(piece[dash.end() :] if dash else piece, people)
        pieces.append(rest if speaker or not dash else piece)
        speakers.append(speaker)
    is_one = not any(speakers[1:]) and dashes < 2
    return (speakers[0] if speakers else "") if is_one else UNKNOWN, "".join(pieces)


def _prefixed(piece: str, people: Sequence[Named]) -> tuple[str, str]:
    match = _ALONE.match(piece) or _MARK.match(piece)
    speaker = who(match.group(1), people) if match else UNKNOWN
    is_mark = match is not None and (speaker != UNKNOWN or _ANYBODY.fullmatch(_plain(match.group(1))))
    return (speaker, piece[match.end() :]) if match and is_mark else ("", piece)


def agreed(one: str, other: str) -> str:
    """The speaker by two marks of the same words: whoever is marked, `unknown` where they contradict each other."""
    return one or other if not (one and other) or one == other else UNKNOWN


def role(speaker: str, register: Register) -> str:
    """The role of a speaker as a key of `sound.voices`: `unknown` unless it is somebody known."""
    found = next((person.role for person in register.people if person.id == speaker), speaker)
    return found.replace("-", "_") if found in ROLES else UNKNOWN


def _role(said: str) -> str:
    return said if said in ROLES else _SAID.get(said, "")


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().rstrip(".").casefold()
