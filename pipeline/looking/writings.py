"""What a detector of writing or codes knows at one time: lines, things that carry them, codes, each with its number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from pipeline.looking.following import FloatBox, Followed, Gray, begin, follow
from pipeline.values import Detection

SAME = 0.5
"""What shares this much of the smaller of two boxes is one thing, found twice."""
LARGER = 2.5
"""What is found is more of something known if it is no more than this many times larger."""
LOOSE = 0.5
"""How far a box may reach beyond what was found last, in heights of the line: looks in several sizes differ."""
PART, INSIDE = 0.6, 0.8
"""A find smaller than this share of something known shows a part of it, if so much of the find lies inside."""
LOST_GROWTH = 0.15
"""Added around something lost on every picture that it is held, as a share of its height; of no more than `LOST_PX`."""
LOST_PX = 60
HELD = 6
"""For so many pictures a lost thing is held where it was last known: until the next look will have found it again."""


@dataclass(frozen=True, slots=True)
class Find:
    """Something that one look found; `kind` is `text`, `card` or `code`, `box` in pixels of the gray picture."""

    kind: str
    box: FloatBox
    score: float
    text: str = ""
    text_score: float = 0.0


@dataclass(frozen=True, slots=True)
class Item:
    """Something that is known on a picture. `lost` counts the pictures since it could be followed."""

    number: int
    find: Find
    place: Followed
    lost: int = 0

    def detection(self, scale: float, detector: str) -> Detection:
        """As its detector tells it, in pixels of a picture that is larger by `scale`.

        What is lost may have gone on as it last did, because what is fast blurs: its next step is told with it.
        """
        left, top, right, bottom = self.place.box
        more = LOST_GROWTH * self.lost * min(right - left, bottom - top, LOST_PX)
        across, down = self.place.way if self.lost else (0.0, 0.0)
        left, right = left + min(across, 0.0), right + max(across, 0.0)
        top, bottom = top + min(down, 0.0), bottom + max(down, 0.0)
        box = left - more, top - more, right + more, bottom + more
        x0, y0, x1, y1 = (round(side * scale, 2) for side in box)
        one = self.find
        return Detection(one.kind, x0, y0, x1, y1, one.score, detector, one.text, one.text_score, self.number)


def moved(before: Gray, after: Gray, items: Sequence[Item]) -> list[Item]:
    """The items of one picture on the next: followed, or held and grown for a while, or left behind."""
    going: list[Item] = []
    for item, place in zip(items, follow(before, after, [item.place for item in items]), strict=True):
        if place is not None:
            if _shows(place.box, after):
                going.append(Item(item.number, item.find, place))
        elif item.lost < HELD:
            going.append(replace(item, lost=item.lost + 1))
    return going


def earlier(newest: Gray, before: Iterable[Gray], items: list[Item]) -> Iterator[list[Item]]:
    """The items of the newest picture on each of those before it, the latest first, until none is left."""
    for gray in before:
        items = moved(newest, gray, items)
        if not items:
            return
        yield items
        newest = gray


def united(finds: Sequence[Find]) -> list[Find]:
    """What was found twice, in two sizes or in two tiles, becomes one; it says what could be read best."""
    left = sorted(finds, key=lambda one: (-_area(one.box), one.box))
    found: list[Find] = []
    for one in left:
        at = next((at for at, other in enumerate(found) if _shared(one.box, other.box) >= SAME), None)
        if at is None:
            found.append(one)
            continue
        other = found[at]
        best = max(one, other, key=lambda each: each.text_score)
        found[at] = replace(best, box=_around(one.box, other.box), score=max(one.score, other.score))
    return found


def recognised(items: Sequence[Item], finds: Sequence[Find], gray: Gray) -> tuple[list[Item], list[Find]]:
    """Gives what a look found to the items that it shows.

    Returns:
        All items, those that were found anew with their new box, each once, and the finds that no item is.
    """
    known, new = list(items), []
    for find in finds:
        same = [at for at, item in enumerate(known) if item.find.kind == find.kind and _is_same(item, find)]
        if not same:
            new.append(find)
        for at in same:
            known[at] = _renewed(known[at], find, gray)
    return _once(known), new


def _once(items: Sequence[Item]) -> list[Item]:
    """Without items that look the same in the same place: they would be followed alike for ever. The oldest stays.

    What was read keeps its number, because every reading of it counts.
    """
    apart: dict[tuple[object, ...], Item] = {}
    for item in items:
        place = item.place
        is_new = place.look is not None and place.fresh is place.look and not item.lost
        alike = item.find.kind, place.box, None if place.look is None else place.look.tobytes()
        apart.setdefault(alike if is_new and not item.find.text else (item.number,), item)
    return list(apart.values())


def _is_same(item: Item, find: Find) -> bool:
    """Whether a find shows an item or a part of it. What is much larger is something else, that holds it."""
    box = item.place.box
    return _shared(box, find.box) >= SAME and _area(find.box) <= LARGER * _area(box)


def _renewed(item: Item, find: Find, gray: Gray) -> Item:
    """An item that was found again. Where only a part of it was found it stays as it is."""
    old, box = item.place.box, find.box
    if _area(box) < PART * _area(old):
        if _common(old, box) >= INSIDE * _area(box):
            return replace(item, lost=0)
        box = _around(old, box)
    elif find.kind == "text":
        loose = LOOSE * min(box[2] - box[0], box[3] - box[1])
        wide = box[0] - loose, box[1] - loose, box[2] + loose, box[3] + loose
        box = _around(box, _within(old, wide))
    return replace(item, find=find, place=begin(gray, box), lost=0)


def _within(box: FloatBox, frame: FloatBox) -> FloatBox:
    """The part of a box that lies in another that it overlaps."""
    return max(box[0], frame[0]), max(box[1], frame[1]), min(box[2], frame[2]), min(box[3], frame[3])


def _shows(box: FloatBox, gray: Gray) -> bool:
    """Whether at least a twentieth of a box lies in the picture."""
    frame = (0.0, 0.0, float(gray.shape[1]), float(gray.shape[0]))
    return _common(box, frame) > 0.05 * _area(box)


def _shared(one: FloatBox, other: FloatBox) -> float:
    """The common part of two boxes as a share of the smaller."""
    return _common(one, other) / max(min(_area(one), _area(other)), 1e-9)


def _common(one: FloatBox, other: FloatBox) -> float:
    wide, high = min(one[2], other[2]) - max(one[0], other[0]), min(one[3], other[3]) - max(one[1], other[1])
    return max(0.0, wide) * max(0.0, high)


def _area(box: FloatBox) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def _around(one: FloatBox, other: FloatBox) -> FloatBox:
    return min(one[0], other[0]), min(one[1], other[1]), max(one[2], other[2]), max(one[3], other[3])
