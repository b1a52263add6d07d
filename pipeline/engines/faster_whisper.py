from __future__ import annotations

from pydantic import Field

from pipeline.forms import Model, Share

VERSION = 1
NEEDS_SOUND = True
NEEDS_WEIGHTS = True

class Settings(Model):
    """How hard it searches."""

    beam: int = Field(5, ge=1, le=10, description="candidates followed at once; 1 is fastest")
    batch: int = Field(8, ge=1, le=32, description="pieces of speech decoded at once")
    voice: Share = Field(0.35, description="from this score on the voice detector takes sound for speech")
