"""The base of every form that the YAML can fill in, and what several of them hold.

Here and not in `config.py`, so that the parts in the rooms can use them and `config.py` can use the parts.
"""

from __future__ import annotations

import re
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field


class Model(BaseModel):
    """Base of everything that the YAML can say."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)

    is_private: ClassVar[bool] = False
    """True: it holds what people wrote of a case, and is never noted in the clear."""


_TIMECODE = re.compile(r"(?:(?:(\d+):)?(\d{1,2}):)?(\d{1,2}(?:\.\d{1,3})?)\Z")


def timecode_s(value: object) -> float:
    """Reads `"1:02:03.5"`, `"2:03"`, `"3.5"` or a number of seconds.

    Raises:
        ValueError: it is none of these.
    """
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    match = _TIMECODE.match(value.strip()) if isinstance(value, str) else None
    if not match:
        raise ValueError('a time is written "1:02:03.5", "2:03" or as seconds')
    hours, minutes, seconds = match.groups()
    if (minutes and float(seconds) >= 60) or (hours and int(minutes) >= 60):
        raise ValueError("minutes and seconds stop at 59")
    return int(hours or 0) * 3600 + int(minutes or 0) * 60 + float(seconds)


Timecode = Annotated[float, BeforeValidator(timecode_s), Field(ge=0)]
Share = Annotated[float, BeforeValidator(lambda v: float(v) if type(v) is int else v), Field(ge=0, le=1)]


def as_tuple(value: object) -> object:
    """A YAML list as the tuple that a frozen model holds; anything else as it is."""
    return tuple(value) if isinstance(value, list) else value


def _is_box(box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    if box[0] >= box[2] or box[1] >= box[3]:
        raise ValueError("a box is [left, top, right, bottom] with left < right and top < bottom")
    return box


def _of_four(value: object) -> object:
    if isinstance(value, list) and len(value) != 4:
        raise ValueError("a box is four numbers from 0 to 1, [left, top, right, bottom], in shares of the picture")
    return as_tuple(value)


ShareBox = Annotated[tuple[Share, Share, Share, Share], BeforeValidator(_of_four), AfterValidator(_is_box)]
"""Left, top, right, bottom in shares of the frame."""
Number = Annotated[float, BeforeValidator(lambda v: float(v) if type(v) is int else v)]
Colour = Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")]
Format = Literal["9:16", "3:4", "1:1", "16:9"]
Texts = Annotated[tuple[str, ...], BeforeValidator(as_tuple)]
Side = Annotated[int, Field(ge=64, le=3840)]
Sizes = Annotated[tuple[Side, ...], BeforeValidator(as_tuple), Field(min_length=1, max_length=4)]
"""Long sides of a picture in pixels."""


class Zone(Model):
    """A fixed part of the picture that is always hidden, in shares of the frame from its top left."""

    at: ShareBox
    reason: str = "zone"


Zones = Annotated[tuple[Zone, ...], BeforeValidator(as_tuple)]
