from __future__ import annotations

from pydantic import Field

from pipeline.forms import Model, Share

VERSION = 1
NEEDS_SOUND = True
NEEDS_WEIGHTS = True

class Settings(Model):
    """How hard it searches."""

    beam: int = Field(5, ge=1, le=10, description="candidates followed at once; 1 is fastest")
