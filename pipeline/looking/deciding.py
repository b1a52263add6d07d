"""Which writing in the picture is hidden, and why. The reason is all that is ever told of it, never what it says."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator

from pipeline import config
from pipeline.language import identifying, unadorned
from pipeline.values import Detection, Register, Sightings

Key = tuple[str, int]
"""Kind and number of something that a detector followed."""

SURE = 0.9
"""Mean probability of its characters from which on a line counts as read; identifiers have no word to guess from."""
LETTERS_A_FAULT = 3
"""In a name of so many letters one may be misread; in twice as many, two."""
ON_CARD = 0.5
"""Share of a line that lies on a card that carries it."""

TEXT, UNREAD, CARD, CODE = "text", "unread text", "card", "code"


def reasons(sightings: Sightings, register: Register, text: config.Text) -> dict[Key, str]:
    """Everything written, and every card and code, that is hidden, with its reason; what is missing stays.

    A line stays only if every look at it read the same for sure. A card is hidden unless all that is written on it
    stays; what is written on a hidden card is hidden with it. Nobody can see what a code says: it is always hidden.
    """
    found: dict[Key, list[tuple[int, Detection]]] = defaultdict(list)
    hidden: dict[Key, str] = {}
    for sighting in sightings.frames:
        for one in sighting.detections:
            if one.kind in ("text", "card"):
                found[one.kind, one.item].append((sighting.frame, one))
            elif one.kind == "code":
                hidden[one.kind, one.item] = CODE
    for key, seen in found.items():
        if key[0] == "text":
            reason = _reason([one for _, one in seen], key[1], register, text)
            if reason:
                hidden[key] = reason
    if all(key in hidden for key in found if key[0] == "text"):
        return hidden | {key: CARD for key in found if key[0] == "card"}
    carried = _carried(found)
    for card in (key for key in found if key[0] == "card"):
        if not carried[card] or carried[card] & hidden.keys():
            hidden[card] = CARD
            for line in sorted(carried[card] - hidden.keys()):
                hidden[line] = CARD
    return hidden


def _reason(seen: list[Detection], item: int, register: Register, text: config.Text) -> str:
    """Why a line is hidden; empty: it stays."""
    readings = {(one.text, one.text_score) for one in seen}
    is_read = item > 0 and all(said.strip() and score >= SURE for said, score in readings)
    kept = {plain(one) for one in text.keep}
    if is_read and all(plain(said) in kept for said, _ in readings):
        return ""
    if text.hide == "all":
        return TEXT
    for said in sorted({said for said, _ in readings}):
        for one in identifying.find(said, register):
            return one.kind.replace("_", " ")
        if names_in(said, register):
            return "name"
    return "" if is_read else UNREAD


def plain(said: str) -> str:
    """Writing without what typesetting adds: width, spaces, capitals, traditional characters."""
    return "".join(unicodedata.normalize("NFKC", unadorned.usual(said)).casefold().split())


def names_in(said: str, register: Register) -> bool:
    """Whether a name of the case stands in it, a few letters of it misread."""
    line = plain(said)
    return any(_is_near(line, plain(name)) for person in register.people for name in person.names if name.strip())


def _is_near(line: str, name: str) -> bool:
    allowed = len(name) // LETTERS_A_FAULT
    windows = (line[at : at + len(name)] for at in range(max(0, len(line) - len(name)) + 1))
    return any(len(part) == len(name) and _faults(part, name) <= allowed for part in windows)


def _faults(one: str, other: str) -> int:
    return sum(a != b for a, b in zip(one, other, strict=True))


def _carried(found: dict[Key, list[tuple[int, Detection]]]) -> dict[Key, set[Key]]:
    """The lines that lie on each card, on whatever frame."""
    on_frame: dict[int, list[tuple[Key, Detection]]] = defaultdict(list)
    for key, seen in found.items():
        for frame, one in seen:
            on_frame[frame].append((key, one))
    carried: dict[Key, set[Key]] = {key: set() for key in found if key[0] == "card"}
    for card, line in _pairs(on_frame.values()):
        carried[card].add(line)
    return carried


def _pairs(frames: Iterable[list[tuple[Key, Detection]]]) -> Iterator[tuple[Key, Key]]:
    for seen in frames:
        lines = [(key, one) for key, one in seen if one.kind == "text"]
        for card, carrier in seen:
            if carrier.kind == "card":
                yield from ((card, key) for key, one in lines if _share(one, carrier) >= ON_CARD)


def _share(one: Detection, other: Detection) -> float:
    """The share of one that lies in the other."""
    wide = min(one.x1, other.x1) - max(one.x0, other.x0)
    high = min(one.y1, other.y1) - max(one.y0, other.y0)
    return max(0.0, wide) * max(0.0, high) / max((one.x1 - one.x0) * (one.y1 - one.y0), 1e-9)
