"""Probe: what is this recording, and can it be vouched for?"""

from __future__ import annotations
