"""The YAML's form: what a channel, a platform and a case may say, with every default.

A stage takes its own slice (`channel.select`, never `channel`). The models are frozen and refuse unknown keys, so
that a typo is an error with its line and not a setting that quietly does nothing.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, create_model

from pipeline import rooms
from pipeline.forms import Colour, Format, Model, Number, Share, Texts, Timecode, as_tuple


def _is_box(at: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    if at[0] >= at[2] or at[1] >= at[3]:
        raise ValueError("a zone is [left, top, right, bottom] with left < right and top < bottom")
    return at


class Zone(Model):
    """A fixed part of the picture that is always hidden, in shares of the frame from its top left."""

    at: Annotated[tuple[Share, Share, Share, Share], BeforeValidator(as_tuple), AfterValidator(_is_box)]
    reason: str = "zone"


Zones = Annotated[tuple[Zone, ...], BeforeValidator(as_tuple)]


class Brand(Model):
    """What the doctor's channel shows of itself, on the cards and nowhere else."""

    credential: str = Field("", description="name, title, hospital, department: one line on the opening card")
    notice: str = Field("内容仅供科普，不能替代面诊", description="the line of the closing card")
    background: Colour = "#12343b"
    foreground: Colour = "#ffffff"


class Cards(Model):
    """Cards before and after the clip; 0 seconds leaves one out."""

    opening_s: Number = Field(0.0, ge=0, le=10)
    closing_s: Number = Field(0.0, ge=0, le=10)


class Select(Model):
    """How clips are cut where the case has no cut list, and how every cut sounds."""

    min_s: Number = Field(8.0, gt=0, description="a shorter piece of talk is left out")
    max_s: Number = Field(180.0, gt=0, description="a longer talk becomes several clips")
    pause_s: Number = Field(0.8, gt=0, description="a longer pause between words is cut")
    air_before_s: Number = Field(0.12, ge=0.03, le=0.2, description="kept before the first word after a cut")
    air_after_s: Number = Field(0.18, ge=0.03, le=0.2, description="kept after the last word before a cut")


class Track(Model):
    """How sightings become regions without a gap, and how far a head is covered beyond the face."""

    grow_width: Number = Field(1.6, ge=1.2, le=4, description="width of the region over that of the face")
    grow_up: Number = Field(0.5, ge=0.2, le=2, description="added above the face, in face heights")
    grow_down: Number = Field(0.3, ge=0.1, le=2, description="added below the face, in face heights")
    bridge_s: Number = Field(2.0, ge=0, description="a gap up to this long between two sightings is filled")
    hold_s: Number = Field(0.5, ge=0, description="kept hidden before the first and after the last sighting")
    spread_frames: int = Field(2, ge=0, le=10, description="each region is the union over this many frames around")


class Redact(Model):
    """How regions are hidden. A value is the name of a part in pipeline/redactors/."""

    face: Literal["blur", "mosaic", "solid"] = "blur"
    zone: Literal["blur", "mosaic", "solid"] = "solid"
    fill: Colour = "#1c1c1c"
    blocks: int = Field(6, ge=2, le=6, description="blocks across the shorter side of a hidden region")
    max_height_px: int = Field(2160, ge=240, le=4320, description="a taller picture is made smaller first")


class Subtitle(Model):
    """Burned-in and sidecar subtitles."""

    burn_in: bool = True
    size: Share = Field(0.05, description="height of a character as a share of the shorter side of the picture")
    colour: Colour = "#ffffff"
    outline: Colour = "#000000"
    min_s: Number = Field(0.8, gt=0)
    max_s: Number = Field(6.0, gt=0)
    characters_per_s: Number = Field(9.0, gt=0, description="Chinese reading speed; Latin text counts half")


class Export(Model):
    """How the files that leave are encoded."""

    framing: Literal["crop", "fit"] = Field("crop", description="crop the centre, or fit over a solid bar")
    bar: Colour = "#000000"
    preset: Literal["ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow"] = "medium"
    crf: int = Field(20, ge=10, le=32)
    max_rate_kbps: int = Field(10000, ge=500)
    audio_kbps: int = Field(192, ge=64, le=320)
    loudness_lufs: Number = Field(-15.0, ge=-30, le=-10, description="GY/T 377-2023, noisy surroundings")
    true_peak_dbtp: Number = Field(-1.5, ge=-9, le=-1)


class Verify(Model):
    """What the finished files must hold up to."""

    every: int = Field(6, ge=1, description="a detector looks at every n-th frame of the export")
    loudness_tolerance_lu: Number = Field(1.0, gt=0, le=3)
    min_overlap: Share = Field(0.6, description="a face found in the export counts as hidden from this share on")


def _room_model(room: str, base: type[BaseModel], default: tuple[str, ...]) -> type[BaseModel]:
    """A model with one optional key per part of a room; the parts in `default` are on unless set to null."""
    fields: dict[str, Any] = {}
    for name in rooms.names(room):
        settings = rooms.part(room, name).Settings
        if name in default:
            fields[name] = (settings | None, Field(default_factory=settings))
        else:
            fields[name] = (settings | None, None)
    return create_model(base.__name__, __base__=base, __doc__=base.__doc__, **fields)
