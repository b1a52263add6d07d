"""The last line of defence: what is said of a case, to people and programs, is scrubbed here once before it is told."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from pipeline.folders import PLATFORMS
from pipeline.language import wording
from pipeline.results import ClipResult
from pipeline.values import Pack, Register, Verdict

RECORDING = "[recording]"
_OURS = r"\d{4}-\d{2}-\d{2}|[0-9a-f]{64}|name(?=:)"
"""Days of a consent, hashes of files, and the key `name`, which our own messages tell in this form."""


@cache
def _ours() -> str:
    """What of our own messages looks as if it told of somebody: `wechat_channels` is nobody's account."""
    return "|".join((*(re.escape(path.stem) for path in sorted(PLATFORMS.glob("*.yaml"))), _OURS))


@dataclass(frozen=True)
class Telling:
    """Says what became of a case without saying of whom it is.

    Args:
        register: who must not be told.
        name: the case's public name, which stays.
        footage: the recording, whose path and file name are replaced; None while it is not known.
    """

    register: Register
    name: str
    footage: Path | None = None

    def text(self, text: str) -> str:
        """A message as it may be shown."""
        if self.footage is not None:
            for path in dict.fromkeys((self.footage, self.footage.resolve())):
                text = text.replace(str(path), RECORDING)
            # Its own name, and that of a transcript beside it.
            text = re.sub(rf"(?<!\w){re.escape(self.footage.stem)}\.\w{{1,5}}\b", RECORDING, text)
        kept = "|".join(filter(None, (re.escape(self.name), _ours())))
        parts = re.split(rf"(?<!\w)({kept})(?!\w)", text)
        # Every other part is what the parentheses caught.
        return "".join(part if at % 2 else wording.safe(part, self.register).text for at, part in enumerate(parts))

    def clip(self, result: ClipResult) -> ClipResult:
        """A result as it may be shown: every sentence in it is scrubbed."""
        return replace(
            result,
            reason=self.text(result.reason),
            next_step=self.text(result.next_step),
            notes=tuple(map(self.text, result.notes)),
            doubts=tuple(replace(one, what=self.text(one.what)) for one in result.doubts),
            damage=tuple(replace(one, cause=self.text(one.cause)) for one in result.damage),
            packs=tuple((self._pack(pack), path) for pack, path in result.packs),
            verdict=self._verdict(result.verdict) if result.verdict else None,
        )

    def _pack(self, pack: Pack) -> Pack:
        return replace(pack, problems=tuple(map(self.text, pack.problems)))

    def _verdict(self, verdict: Verdict) -> Verdict:
        return replace(verdict, findings=tuple(replace(one, what=self.text(one.what)) for one in verdict.findings))


def unnamed(text: str) -> str:
    """A message that belongs to no case, or to one of which nothing could be read."""
    return Telling(Register("zh", ()), "").text(text)
