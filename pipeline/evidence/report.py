"""A report on one clip that a hospital's office can file: what was hidden and why, how it was proved, who approved it.

It is for the office, never for a platform: it lies in work/reports/ and in no pack. There is no picture in it, no name
but that of who approved, and nothing of the talk. The recording stands in it only as the SHA-256 of its SHA-256:
who has the recording can show that it is the one, and the seed of the noise over heads stays unknown.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from pipeline import __version__, delivery, results, sandbox, timing
from pipeline.batch import Batch, Report
from pipeline.config import Channel
from pipeline.errors import ClinicReelError, ConfigError, RecordingError
from pipeline.evidence import consent, lineage, report_page
from pipeline.language.naming import slug_of_folder
from pipeline.language.telling import Telling
from pipeline.results import ClipResult
from pipeline.review.view import Looking
from pipeline.settings.case import Case
from pipeline.settings.corrections import shortened
from pipeline.settings.loading import load_case
from pipeline.stages import detect, redact, track, transcribe
from pipeline.step import VALUE
from pipeline.store import sha256_of, write_durably, written_at
from pipeline.values import Clip, Master, Plan, Source, Track, Verdict
from pipeline.watching import Unwatched

JSON, HTML = "report.json", "report.html"


@dataclass(frozen=True)
class Built:
    """A clip as it is built, and the values behind it."""

    result: ClipResult
    clip: Clip
    source: Source
    plan: Plan
    master: Master
    verdict: Verdict


def write(batch: Batch, folder: Path, number: int, out: Path | None = None) -> Path:
    """Writes `report.json` and `report.html` on a clip.

    Args:
        batch: with the case.
        folder: the case's.
        number: the clip's.
        out: where to; None: work/reports/, beside the other reports.

    Returns:
        The page.

    Raises:
        ConfigError: the case has no such clip.
        RecordingError: it is not built as the case's files say now.
        ToolError: it cannot be written there.
    """
    case = load_case(folder, batch.channel)
    said = told(batch, case, number)
    place = out or batch.store.root / "reports" / case.slug / f"clip-{number:02d}"
    with written_at(place):
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_durably(place / JSON, (json.dumps(said, ensure_ascii=False, indent=2) + "\n").encode())
        write_durably(place / HTML, report_page.page(said).encode())
    return place / HTML


def write_all(batch: Batch, report: Report) -> None:
    """Writes the report on every clip of which something was delivered; one that fails is told with its clip."""
    folders = {slug_of_folder(folder): folder for folder in batch.folders}
    new = {(one.case, one.clip) for one in report.deliveries if not one.was_there}
    for at, clip in enumerate(report.clips):
        if clip.clip is not None and (clip.case, clip.clip) in new:
            try:
                write(batch, folders[clip.case], clip.clip)
            except ClinicReelError as error:
                report.clips[at] = batch.tellings[clip.case].clip(_unreported(clip, error))


def _unreported(clip: ClipResult, error: ClinicReelError) -> ClipResult:
    reasons = (clip.reason, f"delivered, but its report is missing: {error.cause}")
    steps = (clip.next_step, error.remedy, f"then: clinicreel report {clip.case} --clip {clip.clip}")
    return replace(
        clip,
        reason="; ".join(filter(None, reasons)),
        next_step="; ".join(filter(None, steps)),
        exit_code=max(clip.exit_code, error.exit_code),
    )


def told(batch: Batch, case: Case, number: int) -> dict[str, Any]:
    """Everything that the report says."""
    step = Looking(batch.store, Unwatched(), case.slug)
    result = next((one for one in batch.clips(case, step) if one.clip == number), None)
    if result is None:
        raise ConfigError(f"{case.slug} has no clip {number}")
    if result.plan is None or result.master is None or result.verdict is None:
        raise RecordingError(f"{case.slug}: {result.reason}", result.next_step or "clinicreel build")
    telling = Telling(case.register(batch.channel), case.slug, case.footage)
    whole = shortened(step.found[(case.slug, "select")], case.review)
    clip = next(one for one in whole if one.number == number)
    plan = TypeAdapter(Plan).validate_json(result.plan.read_bytes())
    master = TypeAdapter(Master).validate_json((result.master.parents[1] / VALUE).read_bytes())
    built = Built(telling.clip(result), clip, step.found[(case.slug, "probe")], plan, master, result.verdict)
    return {
        "case": case.slug,
        "clip": number,
        "title": telling.text(case.title(clip)),
        "state": result.state,
        "reason": built.result.reason,
        "approved": {"by": result.approved_by, "at": result.approved_at} if result.approved_by else None,
        "recording": _recording(built),
        "hidden": _hidden(built, telling),
        "verdict": _verdict(built),
        "people": list(_people(case, batch)),
        "files": _files(built),
        "deliveries": list(_deliveries(batch, built)),
        "made_with": _made_with(built, case, batch.channel),
    }


def _recording(built: Built) -> dict[str, Any]:
    source = built.source
    return {
        "sha256_of_sha256": hashlib.sha256(source.file.sha256.encode()).hexdigest(),
        "picture": f"{source.width_px}x{source.height_px}, {float(source.fps):g} fps, {source.video_codec}",
        "used": [{"start_s": round(span.start_s, 3), "end_s": round(span.end_s, 3)} for span in built.clip.spans],
        "damage": [asdict(one) for one in built.result.damage],
        "notes": list(built.result.notes),
    }


def _hidden(built: Built, telling: Telling) -> dict[str, Any]:
    """What was hidden and why, in the clip's time."""
    fps, sound = built.plan.fps, built.master.sound
    return {
        "picture": [_track(one, built.plan, telling) for one in built.plan.tracks],
        "kept_visible": [_track(one, built.plan, telling) for one in built.plan.kept],
        "talk": [
            {"kind": one.kind, "person": one.person, **_times(one.start_s, one.end_s, built.clip, fps)}
            for one in built.result.mentions
        ],
        "sound": [
            {
                "how": one.how,
                "why": one.why,
                "voice": one.voice,
                "start_s": round(one.start_s, 3),
                "end_s": round(one.end_s, 3),
            }
            for one in sound
            if one.how != "keep"
        ],
    }


def _track(track: Track, plan: Plan, telling: Telling) -> dict[str, Any]:
    """One thing: `seen` counts the frames on which it was seen, on the others it was carried on."""
    return {
        "number": track.number,
        "kind": track.kind,
        "reason": telling.text(track.reason),
        "start_s": round(timing.frame_time_s(track.first_frame, plan.fps), 3),
        "end_s": round(timing.frame_time_s(track.first_frame + track.frame_count, plan.fps), 3),
        "frames": track.frame_count,
        "seen": len(track.seen),
    }


def _times(start_s: float, end_s: float, clip: Clip, fps: Any) -> dict[str, float | None]:
    """The clip's time of what is said in the recording's; None where the clip does not show that end of it."""
    ends = (timing.to_clip_s(at, clip, fps) for at in (start_s, end_s))
    start, end = (None if at is None else round(at, 3) for at in ends)
    return {"start_s": start, "end_s": end}


def _verdict(built: Built) -> dict[str, Any]:
    verdict, shown = built.verdict, built.result.verdict
    assert shown is not None
    return {
        "passed": verdict.passed,
        "verified_by": verdict.verified_by,
        "findings": [results.finding_json(one) for one in shown.findings],
        "measures": [asdict(one) for one in verdict.measures],
        "not_checked": list(verdict.not_checked),
        "sensitivity": asdict(verdict.sensitivity) if verdict.sensitivity else None,
    }


def _people(case: Case, batch: Batch) -> Iterator[dict[str, Any]]:
    """Ids, roles and consents; the ledger writes the same."""
    ids = [person.id for person in case.everyone]
    for person in case.everyone:
        agreed = lineage.consent_body(case.slug, person, person.consent, ids) if person.consent else {}
        wrong = consent.standing(person.consent, case.proofs.get(person.id), batch.today()) if person.consent else ""
        yield {
            "id": person.id,
            "role": person.role,
            "consent": {key: agreed[key] for key in agreed if key not in ("case", "person", "role")} or None,
            "standing": wrong or ("valid" if person.consent else "none recorded"),
        }


def _files(built: Built) -> dict[str, Any]:
    result = built.result
    assert result.plan is not None
    return {
        "plan": sha256_of(result.plan),
        "exports": {one.format: one.file.sha256 for one in result.exports},
        "packs": {pack.platform: {file.path.name: file.sha256 for file in pack.files} for pack, _ in result.packs},
    }


def _deliveries(batch: Batch, built: Built) -> Iterator[dict[str, str]]:
    ledger = batch.ledger
    for pack, _ in built.result.packs:
        for entry in delivery.everywhere(built.result, pack, ledger):
            yield {"platform": pack.platform, "at": entry.at, "outbox": entry.body.get(delivery.OUTBOX, "")}


def _made_with(built: Built, case: Case, channel: Channel) -> dict[str, str]:
    """Every tool, and the SHA-256 of every network that had a part in it."""
    source, form = built.source, channel.detect.reading(channel.text)
    heard = transcribe.depends(source, case.transcript, channel.transcribe)
    said = {"clinicreel": __version__, "ffmpeg": sandbox.version()}
    said |= {name: _joined(known) for name, known in detect.depends(form).items()}
    said |= {"speech": _joined([heard["engine"], heard["version"], heard["weights"]])}
    said |= {"track": str(track.VERSION), "redact": str(redact.VERSION)}
    return said | {f"verification: {one.name}": one.what for one in built.verdict.used}


def _joined(known: Any) -> str:
    return " ".join(str(one) for one in known if one != "")
