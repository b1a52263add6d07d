"""Takes in a video that was finished elsewhere: a copy that nobody edits, and the verdict on that copy."""

from __future__ import annotations

import shutil
import stat
from dataclasses import replace
from pathlib import Path

from pipeline import rooms, sandbox, weights
from pipeline.config import Channel, Transcribe
from pipeline.errors import RecordingError, ToolError
from pipeline.evidence.elsewhere import verify_file
from pipeline.folders import ROOT
from pipeline.settings.corrections import Talk
from pipeline.stages.detect import detect
from pipeline.stages.identify import identify
from pipeline.stages.probe import probe
from pipeline.stages.recognise import recognise
from pipeline.stages.track import track
from pipeline.stages.transcribe import transcribe
from pipeline.step import Step
from pipeline.store import Store, file_of, space_errors
from pipeline.values import Clip, Familiar, File, Register, Script, Source, Span, Track, Verdict
from pipeline.watching import Watcher

VERSION = 1


def receive(file: Path, *, out: Path) -> File:
    """Takes a copy of the file, under a name that tells nothing."""
    kept = out / "video"
    with space_errors():
        shutil.copyfile(file, kept)
    return file_of(kept)


def check_alone(path: Path, channel: Channel, work: Path | None, watcher: Watcher) -> Verdict:
    """Verifies a file that belongs to no case: by what every text must not tell, and what no picture may show.

    Raises:
        RecordingError: it cannot be read.
    """
    register = Register(channel.language, (), channel.identify.keep, channel.identify.also)
    sandbox.choose_ffmpeg(channel.ffmpeg)
    with Store(work or ROOT / "work") as store:
        sandbox.work_in(store.scratch)
        try:
            return verified(path, register, channel, Step(store, watcher, "file"))[1]
        finally:
            sandbox.work_in(None)


def verified(
    path: Path, register: Register, channel: Channel, step: Step, familiar: tuple[Familiar, ...] = ()
) -> tuple[Source, Verdict]:
    """Takes a copy of a file and verifies that.

    Args:
        path: the file.
        register: who must not be told.
        channel: says who looks and who listens.
        step: runs the stages.
        familiar: who agreed to be seen, known by photos.

    Raises:
        RecordingError: it cannot be vouched for.
    """
    _check_is_file(path)
    source = step(probe, path)
    taken = step(receive, path)
    if taken.sha256 != source.file.sha256:
        raise RecordingError("it changed while it was read", "wait until it is written, then run the command again")
    source = replace(source, file=taken)
    script, unheard = _heard(source, register, channel.transcribe, step)
    kept = _kept(source, register, channel, step, familiar) if familiar else ()
    return source, step(
        verify_file, source, script, unheard, register, kept, channel.detect.faces, channel.text, channel.verify
    )


def _kept(
    source: Source, register: Register, channel: Channel, step: Step, familiar: tuple[Familiar, ...]
) -> tuple[Track, ...]:
    """The faces of people who agreed to be seen, looked for on every frame: a file has no margin around a mask."""
    clip = Clip(1, (Span(0.0, source.duration_s),))
    forms = {name: dict(channel.detect)[name].model_copy(update={"every": 1}) for name in channel.detect.faces}
    sightings = step(detect, source, clip, forms)
    found = step(track, sightings, (), register, channel.text, channel.track)
    return step(recognise, source, clip, found, familiar, channel.recogniser).kept


def _check_is_file(path: Path) -> None:
    if not stat.S_ISREG(path.stat().st_mode):
        raise RecordingError("it is no file but a folder, a pipe or a device", "name the video's file")


def _heard(source: Source, register: Register, settings: Transcribe, step: Step) -> tuple[Script | None, str]:
    """What is understood of its sound, or why nothing could be."""
    if source.audio_index is None:
        return None, ""
    if not rooms.part("engines", settings.engine).NEEDS_SOUND:
        return None, f"sound: the channel sets `transcribe.engine: {settings.engine}`, so nothing was recognised in it"
    try:
        weights.find(settings.model)
    except ToolError as error:
        return None, f"sound: not transcribed, {error.cause}"
    transcript = step(transcribe, source, None, register.language, (), settings)
    return step(identify, transcript, register, Talk()), ""
