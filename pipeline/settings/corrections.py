"""What a person corrects: the form of `review.yaml` beside the case, and what it leaves of the clips.

Times are the recording's own and boxes are shares of the frame, so that a review stays true when detection is
improved or the cut list changes. Every change belongs to the one slice of which it changes something: `Picture` goes
to `correct`, `Talk` to `identify`; cuts apply where clips are made, titles, captions and tags where they are packed.
Nothing here is ever guessed: what no longer fits is told, and the clip waits.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from pipeline.settings.forms import Model, Share, ShareBox, Timecode, as_tuple
from pipeline.values import Clip, Span

FILE = "review.yaml"
EDGE_S = 0.1
"""How far a mention may reach beyond a `tell` that is meant for it: recognition moves the edges of words a little."""
WHOLE: tuple[float, float, float, float] = (0.0, 0.0, 1.0, 1.0)


class Keyframe(Model):
    """Where a region is at a time; between two of them it moves in a straight line."""

    at: Timecode
    box: ShareBox = Field(description="[left, top, right, bottom] in shares of the frame")


class Region(Model):
    """Something that is hidden although no detector asked for it."""

    mask: Annotated[tuple[Keyframe, ...], BeforeValidator(as_tuple)]
    kind: Literal["face", "text", "card", "code", "zone"] = "zone"
    reason: str = "by hand"

    @model_validator(mode="after")
    def _moves_forward(self) -> Self:
        if len(self.mask) < 2:
            raise ValueError("a mask has a beginning and an end: at least two times, each with its box")
        if any(after.at <= before.at for before, after in zip(self.mask, self.mask[1:], strict=False)):
            raise ValueError("the times of a mask go up, from its beginning to its end")
        return self


class Pointed(Model):
    """Something that a detector found, by a point in it at a time."""

    at: Timecode
    point: Annotated[tuple[Share, Share], BeforeValidator(as_tuple)]
    kind: Literal["face", "text", "card", "code"]


class Keep(Pointed):
    """What a detector hid there stays visible; a face only for someone who agreed to be seen."""

    person: str = Field("", description="whose face it is: the id of one of the case's people")


class Piece(Model):
    """A piece of the recording."""

    start_s: Timecode = Field(alias="from")
    end_s: Timecode = Field(alias="to")

    @model_validator(mode="after")
    def _has_length(self) -> Self:
        if self.start_s >= self.end_s:
            raise ValueError("it ends before it starts")
        return self


class Wording(Piece):
    """What was really said there."""

    text: str = Field(max_length=500)


class Unheard(Piece):
    """An identifier that was missed."""

    kind: str = Field("name", pattern=r"^[a-z][a-z_]{0,31}$", description="as of an identifier: name, phone, date")


class Seen(Piece):
    """A doubtful piece that a person looked at, and found nobody in it who must not be seen."""

    about: Literal[
        "track_hole", "track_begin", "track_end", "masked", "disagreement", "sensitivity", "understood", "all"
    ] = "all"


class Picture(Model):
    """The slice that changes a plan."""

    is_private = True

    regions: Annotated[tuple[Region, ...], BeforeValidator(as_tuple)] = Field((), description="hidden besides")
    keep: Annotated[tuple[Keep, ...], BeforeValidator(as_tuple)] = Field((), description="shown although it was found")
    mask: Annotated[tuple[Pointed, ...], BeforeValidator(as_tuple)] = Field(
        (), description="hidden although the face was recognised as one that stays visible"
    )


class Talk(Model):
    """The slice that changes what is read and heard."""

    is_private = True

    words: Annotated[tuple[Wording, ...], BeforeValidator(as_tuple)] = Field((), description="what was really said")
    tell: Annotated[tuple[Piece, ...], BeforeValidator(as_tuple)] = Field((), description="identifies nobody")
    hide: Annotated[tuple[Unheard, ...], BeforeValidator(as_tuple)] = Field(
        (), description="identifies, and was missed"
    )


class ClipReview(Picture, Talk):
    """All corrections of one clip."""

    title: str | None = Field(None, max_length=300, description="instead of every title in case.yaml")
    caption: str | None = Field(None, max_length=5000, description="instead of the caption in case.yaml")
    tags: Annotated[tuple[Annotated[str, Field(max_length=100)], ...], BeforeValidator(as_tuple)] | None = Field(
        None, max_length=60, description="instead of the tags in case.yaml; the channel's are added all the same"
    )
    cut: Annotated[tuple[Piece, ...], BeforeValidator(as_tuple)] = Field((), description="left out of the clip")
    seen: Annotated[tuple[Seen, ...], BeforeValidator(as_tuple)] = Field((), description="doubts that were looked at")

    @property
    def picture(self) -> Picture:
        """What of it changes the plan."""
        return Picture(regions=self.regions, keep=self.keep, mask=self.mask)

    @property
    def looked(self) -> tuple[tuple[Span, str], ...]:
        """The pieces that a person looked at, and the kind of doubt that is settled by it."""
        return tuple((Span(one.start_s, one.end_s), one.about) for one in self.seen)

    def times(self) -> Iterator[tuple[tuple[str | int, ...], float]]:
        """Every time in it, with the keys that lead there."""
        for at, region in enumerate(self.regions):
            yield from ((("regions", at, "mask", k, "at"), frame.at) for k, frame in enumerate(region.mask))
        yield from ((("keep", at, "at"), keep.at) for at, keep in enumerate(self.keep))
        yield from ((("mask", at, "at"), mask.at) for at, mask in enumerate(self.mask))
        lists: dict[str, Sequence[Piece]] = {
            "cut": self.cut,
            "seen": self.seen,
            "words": self.words,
            "tell": self.tell,
            "hide": self.hide,
        }
        for name, pieces in lists.items():
            for at, piece in enumerate(pieces):
                yield (name, at, "from"), piece.start_s
                yield (name, at, "to"), piece.end_s


class Review(Model):
    """The file `review.yaml`: what people corrected, by the clip's number."""

    clips: dict[Annotated[str, Field(pattern=r"^[1-9][0-9]{0,3}$")], ClipReview] = Field(
        {}, description="by the clip's number; every time is one of the recording"
    )

    def of(self, number: int) -> ClipReview:
        """The corrections of a clip; none where nobody corrected it."""
        return self.clips.get(str(number), ClipReview())

    @property
    def talk(self) -> Talk:
        """What was said and what identifies, for the whole recording: clips may share a piece of it."""
        all_clips = self.clips.values()
        return Talk(
            words=tuple(sorted((one for clip in all_clips for one in clip.words), key=lambda one: one.start_s)),
            tell=tuple(sorted((one for clip in all_clips for one in clip.tell), key=lambda one: one.start_s)),
            hide=tuple(sorted((one for clip in all_clips for one in clip.hide), key=lambda one: one.start_s)),
        )

    def faults(self, clips: Sequence[Clip]) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """What in it belongs to no clip, as keys and what is wrong.

        Args:
            clips: as they are before anything was cut out of them.
        """
        known = {str(clip.number): clip for clip in clips}
        for number, one in self.clips.items():
            clip = known.get(number)
            if clip is None:
                yield ("clips", number), f"there is no clip {number}; the case has {len(known)}"
                continue
            for place, time_s in one.times():
                if not clip.start_s - EDGE_S <= time_s <= clip.end_s + EDGE_S:
                    inside = f"{clip.start_s:g} s to {clip.end_s:g} s"
                    yield ("clips", number, *place), f"{time_s:g} s lies outside the clip ({inside} of the recording)"
            if not without(clip, one.cut):
                yield ("clips", number, "cut"), "nothing of the clip is left; take it out of `clips:` instead"


def shortened(clips: Sequence[Clip], review: Review) -> tuple[Clip, ...]:
    """The clips without the pieces that a person cut out; each keeps its number."""
    return tuple(replace(clip, spans=without(clip, review.of(clip.number).cut)) for clip in clips)


def without(clip: Clip, cut: Sequence[Piece]) -> tuple[Span, ...]:
    """What is left of a clip's spans."""
    spans = list(clip.spans)
    for piece in cut:
        sides = [
            (Span(span.start_s, min(span.end_s, piece.start_s)), Span(max(span.start_s, piece.end_s), span.end_s))
            for span in spans
        ]
        spans = [side for both in sides for side in both if side.start_s < side.end_s]
    return tuple(spans)
