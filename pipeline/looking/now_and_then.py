"""Things that cost too much to look for on every picture: looked for now and then, and followed in between.

What is found is followed by its pixels from then on, and back to where it came into sight, so that a thing moved by
hand is known on every picture. What is known of a picture is told when it is too old to learn more of.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING

from pipeline import detectors
from pipeline.detectors import Sighted
from pipeline.looking.attention import is_cut
from pipeline.looking.following import Gray, begin
from pipeline.looking.writings import Find, Item, earlier, moved, recognised

if TYPE_CHECKING:
    from pipeline.media import Frame

LONG_SIDE_PX = 1920
"""Of the pictures that are looked at; a 4K recording is made smaller."""
GRAY_PX = 960
"""Long side of the pictures on which things are followed."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A picture that is kept to follow things back, half a megabyte large, and everything that is known on it."""

    frame: int
    time_s: float
    gray: Gray
    items: list[Item] = field(default_factory=list)


class NowAndThen(ABC):
    """See `pipeline.detectors.Watcher`; who looks says what is to be seen on one picture.

    Args:
        name: of the detector, as detections tell it.
        every: things are followed on every n-th frame.
        fine_s: seconds from one look for small things to the next.
        back_s: so long what is found is followed back.
    """

    threads = 1
    long_side_px = LONG_SIDE_PX

    def __init__(self, name: str, every: int, fine_s: float, back_s: float) -> None:
        self.every = every
        self._name = name
        self._fine_s = fine_s
        self._back_s = back_s
        self._kept: deque[Kept] = deque()
        self._items: list[Item] = []
        """What is known on the newest picture."""
        self._numbers = count(1)
        self._looked_s = self._looked_fine_s = -math.inf
        self._before: Frame | None = None
        """The last picture as it was shown, in case that a cut follows it."""

    def see(self, frame: Frame, time_s: float, begins: bool, is_last: bool) -> Sighted:
        """Follows what is known to this picture, and looks for more where that is due."""
        gray = detectors.gray(frame, GRAY_PX)
        scale = frame.y.shape[1] / gray.shape[1]
        is_new = begins or self._before is None or is_cut(self._kept[-1].gray, gray)
        if is_new and self._before is not None:
            # What came into sight since the last look is not lost. A camera that is swung around looks like a cut as
            # well, so that what is known is followed on over it.
            self._learn(self._finds(self._before, self._kept[-1].gray, scale, fine=False))
        told = self._go_on(Kept(frame.number, time_s, gray), scale)
        fine = is_new or is_last or time_s - self._looked_fine_s >= self._fine_s
        if fine or time_s - self._looked_s >= self._patience_s():
            self._looked_s, self._looked_fine_s = time_s, time_s if fine else self._looked_fine_s
            self._learn(self._finds(frame, gray, scale, fine))
        elif glimpsed := self._glimpses(frame, scale):
            self._learn(glimpsed)
        else:
            self._kept[-1].items.extend(self._items)
        self._before = frame
        while is_last and self._kept:
            told += self._told(self._kept.popleft(), scale)
        return told

    def _go_on(self, newest: Kept, scale: float) -> Sighted:
        """Follows what is known to the next picture; what is known of those that are too old is told."""
        if self._kept:
            self._items = moved(self._kept[-1].gray, newest.gray, self._items)
        self._kept.append(newest)
        told: Sighted = []
        while newest.time_s - self._kept[0].time_s > self._back_s:
            told += self._told(self._kept.popleft(), scale)
        return told

    def _learn(self, finds: Sequence[Find]) -> None:
        """Takes in what was found on the newest picture, and follows back what is new in it."""
        newest = self._kept[-1]
        self._items, new = recognised(self._items, finds, newest.gray)
        begun = [Item(next(self._numbers), one, begin(newest.gray, one.box)) for one in new]
        self._items += begun
        newest.items.extend(self._items)
        before = list(self._kept)[-2::-1]
        for kept, items in zip(before, earlier(newest.gray, (one.gray for one in before), begun), strict=False):
            kept.items.extend(items)

    def _told(self, kept: Kept, scale: float) -> Sighted:
        """Everything that will ever be known of a picture."""
        return [(kept.frame, item.detection(scale, self._name)) for item in kept.items]

    @abstractmethod
    def _finds(self, frame: Frame, gray: Gray, scale: float, fine: bool) -> Sequence[Find]:
        """Looks at a picture.

        Args:
            frame: the picture.
            gray: its luma, on which things are followed.
            scale: pixels of the picture to one of `gray`.
            fine: for small things too.

        Returns:
            What is there, everything once, in pixels of `gray`.
        """

    def _glimpses(self, frame: Frame, scale: float) -> Sequence[Find]:
        """What a quick look finds on a picture between two looks, in pixels of the gray picture."""
        return ()

    @abstractmethod
    def _patience_s(self) -> float:
        """When it looks again, in seconds after the last look."""
