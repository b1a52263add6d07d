"""Many cases, one after another: a bad one is reported, and the rest go on."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from pipeline import bookmark, results, sandbox
from pipeline.config import Channel
from pipeline.delivery import Delivery
from pipeline.errors import ClinicReelError, ConfigError, ExposedError
from pipeline.evidence import approval, lineage
from pipeline.evidence.approval import Approval
from pipeline.language.naming import public_name, slug_of_folder
from pipeline.language.telling import Telling
from pipeline.ledger import Ledger
from pipeline.results import ClipResult
from pipeline.run import build
from pipeline.settings.case import Case
from pipeline.settings.loading import load_case
from pipeline.settings.platform import Platform
from pipeline.step import Step
from pipeline.store import Store
from pipeline.values import Register
from pipeline.watching import Unwatched, Watcher


@dataclass
class Report:
    """What became of a batch."""

    clips: list[ClipResult] = field(default_factory=list)
    deliveries: list[Delivery] = field(default_factory=list)
    swept: list[Path] = field(default_factory=list)
    """What interrupted deliveries had left in the outbox; a folder that could not be removed is still there."""
    seconds: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Batch:
    """Cases of one channel, and the folders that they are built in and delivered to."""

    channel: Channel
    platforms: tuple[Platform, ...]
    folders: tuple[Path, ...]
    store: Store
    find_outbox: Callable[[], Path]
    """Where packs go, asked only when something is delivered or compared with what lies there."""
    read: Callable[[], tuple[Channel, tuple[Platform, ...]]]
    """Reads channel and platforms once more, as their files say by then."""
    is_outbox_named: bool = False
    """The outbox is one that the command line named, and not the channel's."""
    belongs: str = ""
    """The channel that its cases must name; empty: they were named themselves, and may name any."""
    today: Callable[[], date] = date.today
    """The day on which consent must hold; asked again for every case and every delivery."""
    tellings: dict[str, Telling] = field(default_factory=dict)
    """How to tell of every case that was looked at, by its public name."""

    @property
    def outbox(self) -> Path:
        """Where packs go.

        Raises:
            ConfigError: the channel names a folder for them that is not there, or cannot be written.
        """
        return self.find_outbox()

    def __enter__(self) -> Batch:
        return self

    def __exit__(self, *_: object) -> None:
        sandbox.work_in(None)
        self.store.close()

    def build(self, watcher: Watcher) -> Report:
        """Builds every case, or only tells what is built if nothing may be made."""
        report = Report()
        for folder in self.folders:
            report.clips += self._case(folder, watcher, report.seconds)
        return report

    def as_it_is_now(self, clip: ClipResult) -> ClipResult:
        """The clip judged again, from what is built, by what channel, case and ledger say at this moment.

        Other cases may have been built for hours since: a consent may have ended, a text been changed. If the channel
        says something else by now, nothing leaves by what it said before.

        Raises:
            ClinicReelError: the case cannot be read any more, or has no such clip.
        """
        now = self.of_now()
        folder = next(folder for folder in self.folders if slug_of_folder(folder) == clip.case)
        step = Step(self.store, Unwatched(), clip.case, may_make=False)
        case = now.case_in(folder)
        self.tellings[case.slug] = Telling(case.register(now.channel), case.slug, case.footage)
        self.told_consents(case)
        for made in now.clips(case, step):
            if made.clip in (clip.clip, None):
                return self.tellings[case.slug].clip(made if now is self else results.overtaken(made))
        raise ConfigError(f"{clip.case}: clip {clip.clip} is no longer in its case.yaml", "run the same command again")

    def of_now(self) -> Batch:
        """The same cases, on their channel as its files say at this moment; this very batch if it says the same.

        Raises:
            ConfigError: with every fault of the channel and its platforms.
        """
        channel, platforms = self.read()
        if (channel, platforms) == (self.channel, self.platforms):
            return self
        return replace(self, channel=channel, platforms=platforms)

    def clips(self, case: Case, step: Step) -> Iterator[ClipResult]:
        """Builds the clips of a case; one that is ready but for a person's approval waits for that."""
        approval.is_required(self.channel.approval, synthetic=case.form.synthetic)
        for clip in build(self.booked(case), self.channel, self.platforms, step, self.today()):
            yield self.ruled(clip, case)

    def case_in(self, folder: Path) -> Case:
        """The case in a folder, as its files say now.

        Raises:
            ConfigError: it is faulty, or of another channel than the one it was found by.
        """
        case = load_case(folder, self.channel)
        if self.belongs and case.form.channel != self.belongs:
            raise ConfigError(f"{case.slug}: its case.yaml names another channel by now", "run the same command again")
        return case

    def booked(self, case: Case) -> Case:
        """The case, knowing who took their consent back, as the book says."""
        return replace(case, taken_back=lineage.taken_back(case, self.ledger)) if self.has_book else case

    def ruled(self, clip: ClipResult, case: Case) -> ClipResult:
        """A clip that is ready but for a person's approval waits for that, if the channel asks for it."""
        needs = approval.is_required(self.channel.approval, synthetic=case.form.synthetic)
        return approval.ruled(clip, self.ledger if self.has_book else None) if needs else clip

    def approve(self, folder: Path, number: int, by: str, shown: str | None = None) -> Approval:
        """Writes down that a person approves a clip as it is built and corrected now.

        `shown`: the seal of what they were shown; nothing else is approved. The case is read while it is held, so that
        nobody builds it in between.

        Raises:
            ConfigError: the case has no such clip.
            ClinicReelError: the clip is not built, or may not leave for another reason.
        """
        with self.holding(folder, Unwatched()):
            case = self.case_in(folder)
            self.told_consents(case)
            step = Step(self.store, Unwatched(), case.slug, may_make=False)
            for clip in build(self.booked(case), self.channel, self.platforms, step, self.today()):
                if clip.clip == number:
                    return self.approved(clip, by, shown)
        raise ConfigError(f"{case.slug} has no clip {number}")

    def approved(self, clip: ClipResult, by: str, shown: str | None = None) -> Approval:
        """Approves a clip; what of it is not as it was proved is set aside, so that it can be built again.

        `shown`: the seal of what the person was shown; nothing else is approved.

        Raises:
            ClinicReelError: it may not leave, or a file is not the one that was proved.
        """
        try:
            return approval.approve(clip, by, self.ledger, shown)
        except ExposedError:
            self.recheck(clip)
            raise

    def recheck(self, clip: ClipResult) -> None:
        """Sets aside what of a clip is no longer as it was made, so that the next build makes it again."""
        self.store.recheck([*(export.file.path for export in clip.exports), *(folder for _, folder in clip.packs)])

    def name_of(self, folder: Path) -> str:
        """The public name of the case in a folder, also of one whose YAML is faulty."""
        return self._telling(folder).name

    @functools.cached_property
    def ledger(self) -> Ledger:
        """The book of what went where, read through once; begun if there is none."""
        return Ledger(self._book)

    @property
    def has_book(self) -> bool:
        """Whether there is a book yet: who only asks begins none."""
        return bookmark.is_begun(self._book)

    @property
    def _book(self) -> Path:
        return self.store.root / "ledger.sqlite"

    def told_consents(self, case: Case) -> Ledger | None:
        """The book, after it was told who agreed to what in a case; None where nothing may be changed."""
        if not self.store.may_write:
            return None
        lineage.note_consents(case, self.ledger)
        return self.ledger

    def turn(self, slug: str, watcher: Watcher) -> AbstractContextManager[None]:
        """Holds a case for this process alone; whoever changes nothing need not wait."""
        return self.store.lock(slug, lambda: watcher.waits(slug)) if self.store.may_write else nullcontext()

    def holding(self, folder: Path, watcher: Watcher) -> AbstractContextManager[None]:
        """The same of the case in a folder, read first for its name: if that tells of somebody, no lock may have it.

        What it says by the time it is held must be read again: another process may have held it for hours.

        Raises:
            ClinicReelError: the case cannot be read.
        """
        return self.turn(self.case_in(folder).slug, watcher)

    def _case(self, folder: Path, watcher: Watcher, seconds: dict[str, float]) -> list[ClipResult]:
        telling = self._telling(folder)
        self.tellings[telling.name] = telling
        found: list[ClipResult] = []
        step = Step(self.store, watcher, telling.name, may_make=self.store.may_write)
        try:
            with self.holding(folder, watcher):
                case = self.case_in(folder)
                telling = self.tellings[case.slug] = Telling(case.register(self.channel), case.slug, case.footage)
                _check_apart(case.footage, self.store.root)
                ledger = self.told_consents(case)
                for made in self.clips(case, step):
                    clip = telling.clip(made)
                    if ledger is not None:
                        lineage.note_made(clip, case, ledger)
                        approval.end_if_changed(clip, ledger)
                    found.append(clip)
                    watcher.clip_is(clip)
        except ClinicReelError as error:
            found.append(telling.clip(results.failed(telling.name, None, error)))
            watcher.clip_is(found[-1])
        for stage, spent in step.seconds.items():
            seconds[stage] = seconds.get(stage, 0.0) + spent
        return sorted(found, key=lambda clip: clip.clip or 0)

    def _telling(self, folder: Path) -> Telling:
        """How to tell of a case of which nothing is known yet but where it lies."""
        register = Register(self.channel.language, (), self.channel.identify.keep, self.channel.identify.also)
        return Telling(register, public_name(folder.resolve().name, register))


def _check_apart(footage: Path, work: Path) -> None:
    if footage.resolve().is_relative_to(work):
        raise ConfigError("the recording lies inside the work folder, which is ours to change", "move it out of there")
