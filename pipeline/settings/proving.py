"""How files were made and who looks at them, for whoever proves them: slices of the channel, no key of the YAML."""

from __future__ import annotations

from pipeline.config import Channel, Export, Redact, Subtitle, Text, Transcribe, Verify
from pipeline.settings.forms import Model, Texts


class Proving(Model):
    """What verification must know of how a channel's clips are made."""

    planned_by: Texts = ()
    """The detectors of faces that made the plan."""
    transcribe: Transcribe = Transcribe()
    text: Text = Text()
    redact: Redact = Redact()
    subtitle: Subtitle = Subtitle()
    export: Export = Export()
    verify: Verify = Verify()

    @classmethod
    def of(cls, channel: Channel) -> Proving:
        """Those of a channel."""
        return cls(
            planned_by=channel.detect.faces,
            transcribe=channel.transcribe,
            text=channel.text,
            redact=channel.redact,
            subtitle=channel.subtitle,
            export=channel.export,
            verify=channel.verify,
        )
