"""Many cases, one after another: a bad one is reported, and the rest go on."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

from pipeline import publish, results, sandbox
from pipeline.config import Channel, Platform
from pipeline.errors import ClinicReelError, ConfigError
from pipeline.ledger import Ledger
from pipeline.loading import ROOT, load_case, load_channel, load_platform, slug_of
from pipeline.publish import Delivery
from pipeline.results import ClipResult
from pipeline.run import build
from pipeline.step import Step, Watcher
from pipeline.store import Store


@dataclass
class Report:
    """What became of a batch."""

    clips: list[ClipResult] = field(default_factory=list)
    deliveries: list[Delivery] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Batch:
    """Cases of one channel, and the folders that they are built in and delivered to."""

    channel: Channel
    platforms: tuple[Platform, ...]
    folders: tuple[Path, ...]
    store: Store
    outbox: Path

    def __enter__(self) -> Batch:
        return self

    def __exit__(self, *_: object) -> None:
        self.store.close()

    def build(self, watcher: Watcher, *, may_make: bool = True) -> Report:
        """Builds every case, or with `may_make` False only tells what is built."""
        report = Report()
        for folder in self.folders:
            report.clips += self._case(folder, watcher, report.seconds, may_make)
        return report

    def publish(self, watcher: Watcher) -> Report:
        """Builds what is missing and delivers the packs of every ready clip."""
        report = self.build(watcher)
        ledger = self.ledger()
        for at, clip in enumerate(report.clips):
            if clip.state != results.READY:
                continue
            try:
                report.deliveries += publish.deliver(clip, self.outbox, ledger)
            except ClinicReelError as error:
                report.clips[at] = _failed_delivery(clip, error)
        return report

    def ledger(self) -> Ledger:
        """The book of what went where."""
        return Ledger(self.store.root / "ledger.sqlite")

    def _case(self, folder: Path, watcher: Watcher, seconds: dict[str, float], may_make: bool) -> list[ClipResult]:
        slug = slug_of(folder.resolve().name)
        found: list[ClipResult] = []
        step = Step(self.store, watcher, slug, may_make=may_make)
        try:
            with ExitStack() as held:
                if may_make:
                    held.enter_context(self.store.lock(slug, lambda: watcher.waits(slug)))
                case = load_case(folder, self.channel)
                for clip in build(case, self.channel, self.platforms, step):
                    found.append(clip)
                    watcher.clip_is(clip)
        except ClinicReelError as error:
            found.append(results.failed(slug, None, error))
            watcher.clip_is(found[-1])
        for stage, spent in step.seconds.items():
            seconds[stage] = seconds.get(stage, 0.0) + spent
        return found


def open_batch(
    folders: Iterable[Path], channel_name: str, only: str | None, work: Path | None, outbox: Path | None
) -> Batch:
    """A batch from what the command line says.

    Args:
        folders: case folders; none: every case in cases/ that belongs to the channel.
        channel_name: a channel's name, or the path of its file.
        only: a pattern such as `2026-11-*`; other cases are left out.
        work: the work folder; None: work/ in the project.
        outbox: where packs go; None: what the channel says, else outbox/ in the project.

    Raises:
        ConfigError: with every fault of the channel and its platforms.
    """
    channel = load_channel(channel_name)
    platforms = _platforms(channel)
    chosen = tuple(folders) or _cases_of(Path(channel_name).stem)
    if only is not None:
        chosen = tuple(folder for folder in chosen if fnmatch.fnmatch(folder.resolve().name, only))
    if not chosen:
        raise ConfigError("no case to build", f"clinicreel new NAME --channel {channel_name} --footage FILE")
    _check_names(chosen)
    sandbox.choose_ffmpeg(channel.ffmpeg)
    own = Path(channel.outbox).expanduser() if channel.outbox else ROOT / "outbox"
    return Batch(channel, platforms, chosen, Store(work or ROOT / "work"), outbox or own)


def _platforms(channel: Channel) -> tuple[Platform, ...]:
    """The channel's platforms, each in the shape that the channel wants."""
    strange = sorted(set(channel.formats) - set(channel.platforms))
    if strange:
        raise ConfigError(f"formats: {', '.join(strange)}: not among the channel's platforms")
    loaded = [load_platform(name) for name in dict.fromkeys(channel.platforms)]
    return tuple(
        platform.model_copy(update={"format": channel.formats.get(platform.name, platform.format)})
        for platform in loaded
    )


def _cases_of(channel: str) -> tuple[Path, ...]:
    """Cases in cases/ whose `channel:` is this one. A faulty case.yaml is kept in: building it tells its faults."""
    chosen = []
    for path in sorted((ROOT / "cases").glob("*/case.yaml")):
        try:
            named = load_case(path.parent).form.channel
        except ClinicReelError:
            named = channel
        if named == channel:
            chosen.append(path.parent)
    return tuple(chosen)


def _check_names(folders: tuple[Path, ...]) -> None:
    slugs = [slug_of(folder.resolve().name) for folder in folders]
    twice = sorted({slug for slug in slugs if slugs.count(slug) > 1})
    if twice:
        raise ConfigError(f"several cases are called {', '.join(twice)}", "rename one of the folders")


def _failed_delivery(clip: ClipResult, error: ClinicReelError) -> ClipResult:
    state = results.BLOCKED if error.exit_code == 4 else results.FAILED
    return replace(clip, state=state, reason=error.cause, next_step=error.remedy, exit_code=error.exit_code)
