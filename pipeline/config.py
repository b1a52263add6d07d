"""The YAML's form of a channel: what it may say, with every default, one slice for each stage.

A stage takes its own slice (`channel.select`, never `channel`). The models are frozen and refuse unknown keys, so
that a typo is an error with its line and not a setting that quietly does nothing. The forms of a platform and of a case
lie in `pipeline/settings/`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from pipeline.settings.forms import Colour, Format, Model, Number, Share, Texts, Zones, as_tuple
from pipeline.settings.parts import part_of, speech_model, with_parts_of, with_settings_of
from pipeline.settings.people import People


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


class _Transcribe(Model):
    """How speech becomes words. A transcript beside the footage always wins over recognition."""

    engine: Annotated[str, part_of("engines")] = Field(
        "faster_whisper", description="a part of pipeline/engines/; sidecar: only transcripts; none: nobody talks"
    )
    model: Annotated[str, speech_model()] = Field(
        "small", description="a name in assets/models.yaml, or a .pt file in the models folder"
    )
    glossary: Texts = Field((), description="terms that are likely to be said, the most important first")
    phantoms: bool = Field(True, description="drops the lines that Whisper is known to invent (assets/phantoms.yaml)")
    silence_s: Number = Field(2.0, gt=0, description="a doubtful line between two silences this long is dropped")


if TYPE_CHECKING:
    Transcribe = _Transcribe
else:
    Transcribe = with_settings_of("engines", _Transcribe, "Transcribe")


class Select(Model):
    """How clips are cut where the case has no cut list, and how every cut sounds."""

    min_s: Number = Field(8.0, gt=0, description="a shorter piece of talk is left out")
    max_s: Number = Field(180.0, gt=0, description="a longer talk becomes several clips")
    pause_s: Number = Field(0.8, gt=0, description="a longer pause between words is cut")
    air_before_s: Number = Field(0.12, ge=0.03, le=0.2, description="kept before the first word after a cut")
    air_after_s: Number = Field(0.18, ge=0.03, le=0.2, description="kept after the last word before a cut")
    tighten: bool = Field(False, description="cuts the pauses inside the pieces of a cut list too")

    @model_validator(mode="after")
    def _some_length_fits(self) -> Self:
        if self.min_s > self.max_s:
            raise ValueError("min_s is above max_s: no clip can be that long")
        return self


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

    framing: Literal["auto", "crop", "fit"] = Field(
        "auto",
        description="crop the centre, or fit over a solid bar; auto: crop, unless less than half of the height would "
        "be left, as of portrait footage in 16:9",
    )
    bar: Colour = "#000000"
    preset: Literal["ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow"] = "medium"
    crf: int = Field(20, ge=10, le=32)
    max_rate_kbps: int = Field(10000, ge=500)
    audio_kbps: int = Field(192, ge=64, le=320)
    loudness_lufs: Number = Field(-15.0, ge=-30, le=-10, description="GY/T 377-2023, noisy surroundings")
    true_peak_dbtp: Number = Field(-1.5, ge=-9, le=-1)


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
    read_every_s: Number = Field(5.0, ge=0.5, le=60, description="writing in the picture is read again this often")
    codes_every_s: Number = Field(1.0, ge=0.04, le=5, description="and so are barcodes and QR codes")
    trials: int = Field(30, ge=4, le=300, description="heads shown on purpose, once per camera, to test the detector")
    min_sensitivity: Share = Field(0.7, description="share of them that it must find at least, as a 95 % bound")
    max_masked: Share = Field(0.6, description="a clip with more of the picture hidden for a second waits")
    loudness_tolerance_lu: Number = Field(1.0, gt=0, le=3)


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
    Detect = with_parts_of("detectors", _Detect, "Detect", on=("code_zxing", "face_centerface", "text_rapidocr"))


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
        min_length=1,
        description="an existing folder for finished packs, on a NAS say; ~ is your home, a relative path begins in "
        "the project's folder; null: outbox/ there; what was delivered to another folder is delivered to a new one too",
    )
    ffmpeg: Literal["bundled", "system"] = Field("bundled", description="system: the one on the PATH, 8.1.2 or later")
    tags: Texts = Field((), description="added to those of every case")
    zones: Zones = Field((), description="parts of the picture that are always hidden, in shares of the frame")
    people: People = Field(
        (), description="the channel's own doctor and staff, as in case.yaml: they count for every one of its cases"
    )
    recogniser: Annotated[str, part_of("recognisers")] = Field(
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
