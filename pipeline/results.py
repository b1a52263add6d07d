"""What became of a clip, and what to do next: the answer that people and programs read."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline import errors
from pipeline.values import Clip, Damage, Doubtful, Export, Finding, Mention, Pack, Verdict

READY, WAITING, BLOCKED, FAILED = "ready", "waiting", "blocked", "failed"
STATES = (READY, WAITING, BLOCKED, FAILED)


@dataclass(frozen=True)
class ClipResult:
    """One clip of one case, or with `clip` None a whole case that could not be cut into clips."""

    case: str
    clip: int | None
    start_s: float | None
    end_s: float | None
    state: str
    reason: str
    next_step: str = ""
    exit_code: int = errors.EXIT_OK
    master: Path | None = None
    plan: Path | None = None
    exports: tuple[Export, ...] = ()
    packs: tuple[tuple[Pack, Path], ...] = ()
    platforms: tuple[tuple[str, str], ...] = ()
    """Every platform that the clip is for, with its format; a clip that is not proved has no packs yet."""
    verdict: Verdict | None = None
    damage: tuple[Damage, ...] = ()
    """Where the recording is damaged inside the clip, in the recording's time."""
    notes: tuple[str, ...] = ()
    """What else is worth knowing: a second sound track that is not used, heads that the crop of a format leaves out."""
    hidden: dict[str, int] = field(default_factory=dict)
    """How many things of each kind were hidden: tracks of the picture, mentions in the talk, voices."""
    mentions: tuple[Mention, ...] = ()
    """What identifies someone in the talk, in the recording's time; it is silent or beeped, and no text holds it."""
    doubts: tuple[Doubtful, ...] = ()
    """What is suspect in it and nobody has looked at yet, in the recording's time."""
    awaits_approval: bool = False
    """Nothing but a person's approval is missing."""
    approved_by: str = ""
    approved_at: str = ""
    """Whose approval holds for these very files, and since when (UTC, ISO 8601); empty: nobody's."""

    def as_json(self) -> dict[str, Any]:
        """The form that other programs read; see docs/cli.md. Keys are only ever added."""
        return {
            "case": self.case,
            "clip": self.clip,
            "start_s": self.start_s,
            "end_s": self.end_s,
            "state": self.state,
            "reason": self.reason,
            "next": self.next_step,
            "master": _text(self.master),
            "plan": _text(self.plan),
            "exports": [self._export_json(export) for export in self.exports],
            "packs": [
                {"platform": pack.platform, "path": str(path), "problems": list(pack.problems)}
                for pack, path in self.packs
            ],
            "hidden": self.hidden,
            "mentions": [
                {"kind": one.kind, "start_s": round(one.start_s, 3), "end_s": round(one.end_s, 3)}
                for one in self.mentions
            ],
            "approved": {"by": self.approved_by, "at": self.approved_at} if self.approved_by else None,
            "damage": [dataclasses.asdict(one) for one in self.damage],
            "doubts": [dataclasses.asdict(one) for one in self.doubts],
            "notes": list(self.notes),
            "findings": [finding_json(finding) for finding in self.verdict.findings] if self.verdict else [],
        }

    def _export_json(self, export: Export) -> dict[str, Any]:
        platforms = [name for name, shape in self.platforms if shape == export.format]
        path, sha256 = str(export.file.path), export.file.sha256
        return {"format": export.format, "path": path, "sha256": sha256, "platforms": platforms}


def failed(case: str, clip: Clip | None, error: errors.ClinicReelError) -> ClipResult:
    """The result of a clip, or with None of a whole case, on which an expected failure fell."""
    number, start_s, end_s = (clip.number, clip.start_s, clip.end_s) if clip else (None, None, None)
    return ClipResult(case, number, start_s, end_s, state_of(error), error.cause, error.remedy, error.exit_code)


def fell_on(clip: ClipResult, error: errors.ClinicReelError) -> ClipResult:
    """A clip once an expected failure fell on it, when it was about to leave; what fell on it before is told too."""
    fell = clip.state in (FAILED, BLOCKED)
    causes = [clip.reason, error.cause] if fell else [error.cause]
    remedies = [clip.next_step, error.remedy] if fell else [error.remedy]
    is_worse = not fell or error.exit_code >= clip.exit_code
    return dataclasses.replace(
        clip,
        state=state_of(error) if is_worse else clip.state,
        reason="; ".join(dict.fromkeys(filter(None, causes))),
        next_step="; ".join(dict.fromkeys(filter(None, remedies))),
        exit_code=max(clip.exit_code, error.exit_code),
    )


def overtaken(clip: ClipResult) -> ClipResult:
    """A clip that is ready by a channel that was changed meanwhile waits: the run began with another one."""
    if clip.state != READY:
        return clip
    told = "the channel was changed while this ran"
    return dataclasses.replace(clip, state=WAITING, reason=told, next_step="run the same command again")


def state_of(error: errors.ClinicReelError) -> str:
    """The state of what an error fell on: one that is no failure only waits."""
    return {errors.EXIT_OK: WAITING, errors.EXIT_EXPOSED: BLOCKED}.get(error.exit_code, FAILED)


def exit_code(results: list[ClipResult]) -> int:
    """The worst of a batch."""
    return max((result.exit_code for result in results), default=errors.EXIT_OK)


def timecode(seconds: float) -> str:
    """`75.2` -> `1:15.2`."""
    minutes, rest = divmod(round(seconds, 1), 60)
    return f"{int(minutes)}:{rest:04.1f}"


def told(finding: Finding) -> str:
    """A finding as one line: where, when, what."""
    at = f" at {timecode(finding.time_s)}" if finding.time_s is not None else ""
    return f"{finding.format}{at}: {finding.what}"


def finding_json(finding: Finding) -> dict[str, Any]:
    """A finding as other programs read it."""
    return {
        "check": finding.check,
        "format": finding.format,
        "time_s": finding.time_s,
        "what": finding.what,
        "exposes": finding.exposes,
    }


def _text(path: Path | None) -> str | None:
    return None if path is None else str(path)
