"""The YAML's form of a platform: what it takes, and where that was read."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from pipeline.settings.forms import Format, Model, Number, Texts, as_tuple

Size = Annotated[
    tuple[Annotated[int, Field(ge=100, le=4096)], Annotated[int, Field(ge=100, le=4096)]], BeforeValidator(as_tuple)
]
"""Width and height in pixels."""
Confidence = Literal["official", "secondary", "repository", "default"]
"""How sure a platform's figure is: its own page, a page about it, the code of an uploader, or our own choice."""


class PlatformVideo(Model):
    """What a platform takes; null: no figure that could be confirmed, so nothing is enforced."""

    confidence: Confidence
    min_seconds: Number | None = None
    max_seconds: Number | None = None
    max_bytes: int | None = None
    max_kbps: int | None = None


class PlatformText(Model):
    """How long the texts may be, and how the platform counts."""

    confidence: Confidence
    title_min: int | None = None
    title_max: int | None = None
    title_count: Literal["characters", "half_width"] = Field(
        "characters", description="half_width: two ASCII characters count as one, rounded up"
    )
    title_signs: str | None = Field(None, description="the only signs allowed besides letters and digits")
    caption_max: int | None = None
    tags_max: int | None = None
    tags_total_max: int | None = Field(None, description="characters of all tags together")
    hashtag: Literal["#tag", "#tag#"] = Field("#tag", description="how a tag is written")
    forbidden: str = Field("", description="characters that title and caption must not hold")


class PlatformCover(Model):
    """Sizes of the cover pictures, the first one is cover.jpg; none: the cover is chosen inside the app."""

    confidence: Confidence
    sizes: Annotated[tuple[Size, ...], BeforeValidator(as_tuple)] = ()
    max_bytes: int | None = None


class Platform(Model):
    """One file of configs/platforms/: the limits and habits of a platform, with where they were read and when."""

    name: str = Field(pattern=r"^[a-z0-9_]{2,32}$", description="the file's own name")
    label: str = Field(description="as people know it")
    also: Texts = Field((), description="other names that people write for it; a message says which one is meant")
    region: Literal["cn", "overseas"]
    format: Format
    source: str
    checked: str = Field(pattern=r"^\d{4}-\d{2}$")
    video: PlatformVideo
    text: PlatformText
    cover: PlatformCover
    declarations: Texts = Field((), description="what the person who posts must decide on the platform's own page")
    publish_url: str
    notes: Texts = ()
