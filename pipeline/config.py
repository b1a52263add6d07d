"""The YAML's form: what a channel, a platform and a case may say, with every default.

A stage takes its own slice (`channel.select`, never `channel`). The models are frozen and refuse unknown keys, so
that a typo is an error with its line and not a setting that quietly does nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, create_model

from pipeline import rooms
from pipeline.settings.forms import Colour, Format, Model, Number, Share, ShareBox, Texts, Timecode, as_tuple
from pipeline.settings.people import Person


class Zone(Model):
    """A fixed part of the picture that is always hidden, in shares of the frame from its top left."""

    at: ShareBox
    reason: str = "zone"


Zones = Annotated[tuple[Zone, ...], BeforeValidator(as_tuple)]
People = Annotated[tuple[Person, ...], BeforeValidator(as_tuple)]
Size = Annotated[
    tuple[Annotated[int, Field(ge=100, le=4096)], Annotated[int, Field(ge=100, le=4096)]], BeforeValidator(as_tuple)
]
"""Width and height in pixels."""
Confidence = Literal["official", "secondary", "repository", "default"]
"""How sure a platform's figure is: its own page, a page about it, the code of an uploader, or our own choice."""


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


def _is_recogniser(name: str) -> str:
    if name not in rooms.names("recognisers"):
        raise ValueError(f"one of {', '.join(rooms.names('recognisers'))}")
    return name


def _is_engine(name: str) -> str:
    if name not in rooms.names("engines"):
        raise ValueError(f"one of {', '.join(rooms.names('engines'))}")
    return name


def _engines_model(base: type[BaseModel]) -> type[BaseModel]:
    """The base with one key for each engine that has something to set."""
    fields: dict[str, Any] = {}
    for name in rooms.names("engines"):
        settings = rooms.part("engines", name).Settings
        if settings.model_fields:
            fields[name] = (settings, settings())
    return create_model("Transcribe", __base__=base, __doc__=base.__doc__, **fields)


class _Transcribe(Model):
    """How speech becomes words. A transcript beside the footage always wins over recognition."""

    engine: Annotated[str, AfterValidator(_is_engine)] = Field(
        "faster_whisper", description="a part of pipeline/engines/; sidecar: only transcripts; none: nobody talks"
    )
    model: str = Field("small", description="a name in assets/models.yaml, or a .pt file in the models folder")
    glossary: Texts = Field((), description="terms that are likely to be said, the most important first")
    simplified: bool = Field(True, description="Chinese is always written in simplified characters")
    phantoms: bool = Field(True, description="drops the lines that Whisper is known to invent (assets/phantoms.yaml)")
    silence_s: Number = Field(2.0, gt=0, description="a doubtful line between two silences this long is dropped")


if TYPE_CHECKING:
    Transcribe = _Transcribe
else:
    Transcribe = _engines_model(_Transcribe)


class Cut(Model):
    """One line of a case's cut list: a piece of the recording that becomes a clip."""

    start_s: Timecode = Field(alias="from")
    end_s: Timecode = Field(alias="to")
    title: str = ""
    titles: dict[str, str] = Field({}, description="platform: title, where it must differ")
    speaker: str = Field("", description="id or role of the one person who speaks in it; else the transcript says")


class Select(Model):
    """How clips are cut where the case has no cut list, and how every cut sounds."""

    min_s: Number = Field(8.0, gt=0, description="a shorter piece of talk is left out")
    max_s: Number = Field(180.0, gt=0, description="a longer talk becomes several clips")
    pause_s: Number = Field(0.8, gt=0, description="a longer pause between words is cut")
    air_before_s: Number = Field(0.12, ge=0.03, le=0.2, description="kept before the first word after a cut")
    air_after_s: Number = Field(0.18, ge=0.03, le=0.2, description="kept after the last word before a cut")
    tighten: bool = Field(False, description="cuts the pauses inside the pieces of a cut list too")


class Track(Model):
    """How sightings become regions without a gap, and how far a head is covered beyond the face."""

    grow_width: Number = Field(1.6, ge=1.2, le=4, description="width of the region over that of the face")
    grow_up: Number = Field(0.5, ge=0.2, le=2, description="added above the face, in face heights")
    grow_down: Number = Field(0.3, ge=0.1, le=2, description="added below the face, in face heights")
    bridge_s: Number = Field(2.0, ge=0, description="a gap up to this long between two sightings is filled")
    hold_s: Number = Field(0.5, ge=0, description="kept hidden before the first and after the last sighting")
    spread_frames: int = Field(2, ge=0, le=10, description="each region is the union over this many frames around")

    @property
    def face_share(self) -> float:
        """Height of a face over that of the region that covers its head."""
        return 1 / (1 + self.grow_up + self.grow_down)


class Identify(Model):
    """Words that identify someone, wherever they are said or written: names, numbers, dates, addresses."""

    keep: Texts = Field((), description="names and words that stay: the doctor's (李医生), the hospital's")
    also: Annotated[tuple[Literal["employer", "school"], ...], BeforeValidator(as_tuple)] = Field(
        (), description="kinds that are hidden only where this asks for them"
    )


class Text(Model):
    """Writing in the picture: on films, badges, screens, papers, walls. What is hidden is always solid."""

    hide: Literal["all", "identifying"] = Field(
        "all", description="identifying: only what holds an identifier or a name, or could not be read for sure"
    )
    keep: Texts = Field((), description="writing that stays, in its exact words: the hospital's sign, a name plate")


Voice = Literal["keep", "disguise", "mute"]


class Voices(Model):
    """What becomes of a voice, by who speaks. Speech of which nobody says whose it is is `unknown`."""

    doctor: Voice = "keep"
    staff: Voice = "disguise"
    patient: Voice = "disguise"
    family: Voice = "disguise"
    minor: Voice = "disguise"
    passer_by: Voice = "mute"
    unknown: Voice = "disguise"


class Sound(Model):
    """How what identifies someone is hidden in the sound."""

    hide: Literal["mute", "beep"] = Field("mute", description="what is heard instead of a name or a number")
    guard_ms: int = Field(150, ge=80, le=1000, description="hidden before and after it as well")
    voices: Voices = Voices()
    unrecognised: Literal["mute", "keep"] = Field("mute", description="speech that was heard but not understood")


class Redact(Model):
    """How regions are hidden. A value is the name of a part in pipeline/redactors/."""

    face: Literal["blur", "mosaic", "solid"] = "blur"
    zone: Literal["blur", "mosaic", "solid"] = "solid"
    fill: Colour = "#1c1c1c"
    blocks: int = Field(4, ge=2, le=6, description="blocks across the shorter side of a hidden region")

    def style(self, kind: str) -> str:
        """The redactor for a kind of track. Text is never blurred: letters can be read from blocks."""
        return {"face": self.face, "zone": self.zone}.get(kind, "solid")


class Subtitle(Model):
    """Burned-in and sidecar subtitles."""

    burn_in: bool = Field(True, description="false: only the .srt and .vtt files carry them")
    size: Share = Field(0.05, ge=0.03, le=0.08, description="size of a character, of the picture's shorter side")
    colour: Colour = "#ffffff"
    outline: Colour = "#000000"
    min_s: Number = Field(0.8, ge=0.2, le=3, description="a shorter subtitle stays on, if the silence after it allows")
    max_s: Number = Field(6.0, ge=3, le=12, description="a longer one is divided")
    pause_s: Number = Field(0.9, ge=0.3, le=3, description="a longer pause in the talk ends a subtitle")
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
    region: Literal["cn", "overseas"]
    format: Format
    source: str
    checked: str = Field(pattern=r"^\d{4}-\d{2}$")
    video: PlatformVideo
    text: PlatformText
    cover: PlatformCover
    subtitle_upload: bool = Field(False, description="takes a subtitle file beside the video")
    declarations: Texts = Field((), description="what the person who posts must decide on the platform's own page")
    publish_url: str
    notes: Texts = ()


class Verify(Model):
    """What the finished files must hold up to."""

    family: Literal["auto", "face_yunet", "face_dlib", "face_centerface"] = Field(
        "auto", description="which detector looks for faces; never one that made the plan; auto: the best that is there"
    )
    min_score: Share = Field(
        0.6, description="a weaker hit is not taken for a face; a hand that is gets hidden as well"
    )
    min_overlap: Share = Field(0.6, description="a face counts as hidden when this share of it lies in one region")
    rounds: int = Field(3, ge=0, le=5, description="how often a clip is hidden anew where a face was still found")
    read_every_s: Number = Field(15.0, ge=0.5, le=60, description="writing in the picture is read again this often")
    trials: int = Field(30, ge=4, le=300, description="heads shown on purpose, once per camera, to test the detector")
    min_sensitivity: Share = Field(0.7, description="share of them that it must find at least, as a 95 % bound")
    max_masked: Share = Field(0.6, description="a clip with more of the picture hidden for a second waits")
    loudness_tolerance_lu: Number = Field(1.0, gt=0, le=3)


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


class _Detect(Model):
    """Which detectors look at the picture: one key per part of pipeline/detectors/, null turns one off."""

    @property
    def faces(self) -> tuple[str, ...]:
        """The detectors of faces that are on."""
        return tuple(sorted(name for name, form in dict(self).items() if form is not None and name.startswith("face_")))

    def reading(self, text: Text) -> Self:
        """The same, with writing read where `text` has to know what it says."""
        finder = dict(self).get("text_rapidocr")
        if finder is None or (text.hide == "all" and not text.keep):
            return self
        return self.model_copy(update={"text_rapidocr": finder.model_copy(update={"read": True})})


if TYPE_CHECKING:
    Detect = _Detect
else:
    Detect = _room_model("detectors", _Detect, ("face_centerface", "text_rapidocr"))


class Proving(Model):
    """How files were made and who looks at them, for whoever proves them. Slices of the channel, no key of the YAML."""

    planned_by: Texts = ()
    """The detectors of faces that made the plan."""
    text: Text = Text()
    redact: Redact = Redact()
    subtitle: Subtitle = Subtitle()
    export: Export = Export()
    verify: Verify = Verify()


class Channel(Model):
    """A doctor's channel: everything that its clips share. One file in configs/channels/."""

    name: str = Field("", description="as people know it; shown in messages")
    language: str = Field("zh", pattern=r"^[a-z]{2,3}$", description="what is spoken, as an ISO 639 code")
    approval: Literal["required", "none"] = Field(
        "required", description="none: only for cases marked `synthetic: true`; else a person approves every clip"
    )
    platforms: Annotated[Texts, Field(min_length=1)] = Field(("douyin",), description="files in configs/platforms/")
    formats: dict[str, Format] = Field({}, description="platform: shape, where it differs from the platform's own")
    outbox: str | None = Field(
        None,
        description="an existing folder for finished packs, on a NAS say; ~ is your home, a relative path begins in "
        "the project's folder; null: outbox/ there",
    )
    ffmpeg: Literal["bundled", "system"] = Field("bundled", description="system: the one on the PATH, 8.1.2 or later")
    tags: Texts = Field((), description="added to those of every case")
    zones: Zones = Field((), description="parts of the picture that are always hidden, in shares of the frame")
    people: People = Field(
        (), description="the channel's own doctor and staff, as in case.yaml: they count for every one of its cases"
    )
    recogniser: Annotated[str, AfterValidator(_is_recogniser)] = Field(
        "dlib", description="a part of pipeline/recognisers/: knows the faces of people with `face: keep`"
    )
    brand: Brand = Brand()
    cards: Cards = Cards()
    transcribe: Transcribe = Transcribe()
    select: Select = Select()
    identify: Identify = Identify()
    detect: Detect = Detect()
    text: Text = Text()
    track: Track = Track()
    redact: Redact = Redact()
    sound: Sound = Sound()
    subtitle: Subtitle = Subtitle()
    export: Export = Export()
    verify: Verify = Verify()

    @property
    def proving(self) -> Proving:
        """What verification must know of how its clips are made."""
        return Proving(
            planned_by=self.detect.faces,
            text=self.text,
            redact=self.redact,
            subtitle=self.subtitle,
            export=self.export,
            verify=self.verify,
        )


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
