"""Is the lettering on the reference input's shirt hidden, and the badge that hangs over it?

`python -m tests.bench.lettering` looks for the truth anew, in half an hour: on every fourth picture, on every one of
two rounds of the signs that the man makes, and around his fastest movements. He is enlarged twice, and laid upright in
three ways because the words are printed aslant; what can be read for sure is a word that has to be hidden. The badge
holds lines that are too small to read; all of its white paper has to be hidden. Both were looked at.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.looking import ocr
from pipeline.values import Plan
from tests.bench import rooms

TRUTH = Path(__file__).with_suffix(".csv")
"""A line for each thing: frame, `word` or `badge`, and its corners in pixels of the recording."""
MAN = 1110, 560, 1590, 1064
"""Where he stands, in the recording's pixels; the film, which has writing too, hangs above him."""
BADGE = 1340, 920, 1395, 1000
FASTEST = 72, 144, 216, 288, 360, 432, 504, 652, 724, 796, 868, 940
LOOKED = sorted(
    {*range(2, 1107, 4), *range(75), *range(546, 620), *(at + more for at in FASTEST for more in (0, 1, 3, 4))}
)
TIMES = 2.0
TURNS = 0, 40, -40
"""Degrees."""
SURE, LETTERS = 0.8, 3
"""A word was read if its characters are as probable as this, and at least so many."""

Corners = NDArray[np.float32]


def rows(plan: Plan) -> Iterator[str]:
    """The figures as rows of a Markdown table; faces' regions do not count."""
    for what, things in _truth().items():
        shares = [(_hidden(plan, frame, corners), frame) for frame, corners in things]
        whole, frames = sum(share >= 0.95 for share, _ in shares), {frame for _, frame in shares}
        bare = {frame for share, frame in shares if share < 0.95}
        worst = min(share for share, _ in shares)
        note = f"on {len(frames) - len(bare)} of {len(frames)} frames all; the worst {worst:.2f}"
        yield f"| reference input: {what} hidden | {whole} of {len(shares)} | all | {note} |"


def _truth() -> dict[str, list[tuple[int, Corners]]]:
    found: dict[str, list[tuple[int, Corners]]] = defaultdict(list)
    with TRUTH.open(encoding="ascii", newline="") as file:
        for frame, what, *sides in csv.reader(file):
            found[what].append((int(frame), np.array(sides, np.float32).reshape(4, 2)))
    return {"legible words on the shirt": found["word"], "the badge": found["badge"]}


def _hidden(plan: Plan, frame: int, corners: Corners) -> float:
    """The share of a thing that lies in planned regions."""
    low, high = np.floor(corners.min(axis=0)).astype(int), np.ceil(corners.max(axis=0)).astype(int) + 1
    thing, hidden = np.zeros((2, *(high - low)[::-1]), np.uint8)
    cv2.fillConvexPoly(thing, np.round(corners - low).astype(np.int32), 1)
    for one in plan.tracks:
        box = one.box(frame)
        if box is not None and one.kind != "face":
            x0, y0, x1, y1 = np.clip(np.subtract(box, [*low, *low]), 0, None).tolist()
            hidden[y0:y1, x0:x1] = 1
    return float(hidden[thing > 0].mean())


def main() -> None:
    """Writes the truth."""
    finder, reader = ocr.Finder(), ocr.Reader()
    with av.open(str(rooms.SCENE)) as container, TRUTH.open("w", encoding="ascii", newline="") as file:
        lines = csv.writer(file, lineterminator="\n")
        for number, frame in enumerate(container.decode(video=0)):
            if number not in LOOKED:
                continue
            picture = np.asarray(frame.to_ndarray(format="bgr24"), np.uint8)
            found = [("word", word) for word in words(picture, finder, reader)]
            found += [("badge", box) for box in badges(picture)]
            lines.writerows([number, what, *np.round(corners).astype(int).ravel()] for what, corners in found)


def words(picture: ocr.Image, finder: ocr.Finder, reader: ocr.Reader) -> list[Corners]:
    """Corners of the words that can be read on the man."""
    x0, y0, x1, y1 = MAN
    man = picture[y0:y1, x0:x1]
    found: list[Corners] = []
    for turn in TURNS:
        laid, place = _laid(man, turn)
        back = cv2.invertAffineTransform(place)
        for line in finder.find(laid, 1.0):
            text, sure = reader.read(laid, line)
            if is_legible(text, sure):
                corners = line.corners @ back[:, :2].T + back[:, 2] + (x0, y0)
                found.append(np.asarray(corners, np.float32))
    return apart(found)


def is_legible(text: str, sure: float) -> bool:
    """Whether a reader could tell what is written."""
    return sure >= SURE and sum(one.isalnum() for one in text) >= LETTERS


def _laid(man: ocr.Image, turn: float) -> tuple[ocr.Image, NDArray[np.float64]]:
    """The man enlarged and turned, and how his pixels got there."""
    high, wide = man.shape[:2]
    place = np.asarray(cv2.getRotationMatrix2D((wide / 2, high / 2), turn, TIMES), np.float64)
    across, down = np.abs(place[0, :2])
    size = int(high * down + wide * across), int(high * across + wide * down)
    place[:, 2] += np.subtract(size, (wide, high)) / 2
    laid = cv2.warpAffine(man, place, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(laid, np.uint8), place


def apart(found: Sequence[Corners]) -> list[Corners]:
    """Without those that lie in another, but for a tenth."""
    kept: list[Corners] = []
    for one in sorted(found, key=lambda corners: -cv2.contourArea(corners)):
        if not any(cv2.intersectConvexConvex(one, other)[0] >= 0.9 * cv2.contourArea(one) for other in kept):
            kept.append(one)
    return kept


def badges(picture: ocr.Image) -> list[Corners]:
    """Corners of the badge's paper, if it can be told from what surrounds it; a hand hides it now and then."""
    x0, y0, x1, y1 = BADGE
    hsv = cv2.cvtColor(picture[y0:y1, x0:x1], cv2.COLOR_BGR2HSV)
    white = cv2.morphologyEx(
        ((hsv[..., 2] > 150) & (hsv[..., 1] < 60)).astype(np.uint8), cv2.MORPH_OPEN, np.ones((9, 9), np.uint8)
    )
    _, _, stats, _ = cv2.connectedComponentsWithStats(white)
    boxes = [(x + x0, y + y0, wide, high) for x, y, wide, high, _ in stats[1:].tolist() if wide <= 32 and high >= 42]
    return [
        np.array([(x, y), (x + wide, y), (x + wide, y + high), (x, y + high)], np.float32)
        for x, y, wide, high in boxes[:1]
    ]


if __name__ == "__main__":
    main()
