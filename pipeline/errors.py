"""The failures that ClinicReel expects, each with an exit code and a remedy.

Everything else that escapes is a bug, and `pipeline.terminal.bugs` tells of it. Messages name cause, place and remedy.
"""

from __future__ import annotations

EXIT_OK = 0
EXIT_RECORDING = 1
EXIT_CONFIG = 2
EXIT_TOOL = 3
EXIT_EXPOSED = 4
EXIT_INTERRUPTED = 130


class ClinicReelError(Exception):
    """An expected failure.

    Args:
        cause: what is wrong and where, one sentence, without any patient's name or the raw file's name.
        remedy: what the user does about it; may be empty only when the cause says it already.
    """

    exit_code = EXIT_RECORDING

    def __init__(self, cause: str, remedy: str = "") -> None:
        super().__init__(cause)
        self.cause = cause
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.cause}\n  -> {self.remedy}" if self.remedy else self.cause


class ConfigError(ClinicReelError):
    """The YAML or the command line cannot be honoured. `cause` holds one fault per line."""

    exit_code = EXIT_CONFIG


class RecordingError(ClinicReelError):
    """A recording cannot be vouched for: unreadable, disguised, unknown, damaged beyond use."""

    exit_code = EXIT_RECORDING


class ToolError(ClinicReelError):
    """A program, library or weights file is missing, or failed on input that should have worked."""

    exit_code = EXIT_TOOL


class SpaceError(ToolError):
    """The disk is full. Nothing that was committed has changed; the same command resumes."""


class ExposedError(ClinicReelError):
    """Something that identifies a person is still visible or audible in a file meant to leave."""

    exit_code = EXIT_EXPOSED
