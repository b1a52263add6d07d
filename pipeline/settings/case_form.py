"""The YAML's form of a case: one consultation, what is cut from it, and who is in it."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field

from pipeline.settings.forms import Model, Texts, Timecode, Zones, as_tuple
from pipeline.settings.people import People


class Cut(Model):
    """One line of a case's cut list: a piece of the recording that becomes a clip."""

    start_s: Timecode = Field(alias="from")
    end_s: Timecode = Field(alias="to")
    title: str = ""
    titles: dict[str, str] = Field({}, description="platform: title, where it must differ")
    speaker: str = Field("", description="id or role of the one person who speaks in it; else the transcript says")


class CaseForm(Model):
    """One consultation: `case.yaml` beside its footage."""

    title: str = Field("", description="title of its clips that have none of their own")
    titles: dict[str, str] = Field({}, description="platform: title, where it must differ")
    caption: str = Field("", description="the text below the video")
    tags: Texts = ()
    channel: str | None = Field(None, description="the channel that `make build CHANNEL=...` builds it for")
    footage: str | None = Field(None, description="path of the recording; null: the one video in the folder")
    transcript: str | None = Field(None, description="a corrected transcript; null: one beside the footage, if any")
    language: str | None = Field(None, pattern=r"^[a-z]{2,3}$")
    synthetic: bool = Field(False, description="true only for footage of no real person: nobody's consent is needed")
    clips: Annotated[tuple[Cut, ...], BeforeValidator(as_tuple)] = Field((), description="the cut list")
    people: People = Field((), description="everyone who is seen, heard or spoken of")
    zones: Zones = Field((), description="as in the channel, for this recording alone")
