"""x"""
from pipeline.forms import Model
VERSION=1
NEEDS_SOUND=False
NEEDS_WEIGHTS=False
class Settings(Model):
    """Nothing to set."""
