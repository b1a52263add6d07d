"""The desk behind the page: cases and where they stand, what is saved, built and approved. No HTML, no HTTP here."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pipeline import progress
from pipeline.batch import Batch
from pipeline.errors import ClinicReelError, ConfigError
from pipeline.evidence.approval import Approval
from pipeline.language import written
from pipeline.language.written import Written
from pipeline.review import document
from pipeline.review.lease import Holder, Lease
from pipeline.review.preview import Previews
from pipeline.review.view import CaseView, look
from pipeline.settings.case import Case
from pipeline.settings.corrections import FILE, ClipReview, Review
from pipeline.settings.loading import load_case
from pipeline.store import write_durably
from pipeline.terminal import bugs
from pipeline.watching import Unwatched

EDITED = "edited"
"""The ledger's entry for a change of a review: who, which clip, and the file's SHA-256 after it."""


class NotYours(ClinicReelError):
    """Somebody else reviews this case."""


@dataclass
class Progress:
    """How far the running build is; `case` is empty when none runs."""

    case: str = ""
    stage: str = ""
    done: int = 0
    total: int = 0
    trouble: str = ""
    count: int = 0
    """How many builds have ended, so that a page notices one that it did not see."""


@dataclass
class Desk:
    """The cases of one batch on one desk.

    Args:
        batch: opened so that it may make things.
    """

    batch: Batch
    progress: Progress = field(default_factory=Progress)

    def __post_init__(self) -> None:
        self.room = self.batch.store.root / "review"
        self.room.mkdir(mode=0o700, exist_ok=True)
        self.previews = Previews(self.room / "previews", self.batch.store)
        self._views: dict[str, tuple[Any, CaseView]] = {}
        self._turn = threading.RLock()
        self._folders = {self.batch.name_of(folder): folder for folder in self.batch.folders}

    @property
    def cases(self) -> tuple[str, ...]:
        """The public names of the cases."""
        return tuple(self._folders)

    def folder(self, case: str) -> Path:
        """Where a case lies.

        Raises:
            ConfigError: it is not on this desk.
        """
        if case not in self._folders:
            raise ConfigError(f"there is no case {case} on this desk")
        return self._folders[case]

    def version(self, case: str) -> str:
        """The SHA-256 of the case's `review.yaml` as it is on the disk now."""
        return document.version(self.folder(case))

    def view(self, case: str) -> CaseView:
        """The case as it is now; remembered until what its files say, the day, its build or its approval change.

        Its files are read every time, the signed forms too: a consent ends without anybody touching `case.yaml`. So are
        those of the channel, which may list who takes a consent back while the desk is open.

        Raises:
            ClinicReelError: `case.yaml` or the channel is faulty.
        """
        folder, book = self.folder(case), self.batch.store.root / "ledger.sqlite"
        with self._turn:
            self.batch = self.batch.of_now()
            noted = book.stat().st_mtime_ns if book.exists() else 0
            read = self._read(folder)
            said = self.batch.channel, self.batch.platforms, self.batch.today()
            state = (read, self.version(case), noted, said, self.progress.count)
            known = self._views.get(case)
            if known is None or known[0] != state:
                known = state, self._look(*read)
                self._views[case] = known
            return known[1]

    def _read(self, folder: Path) -> tuple[Case, str]:
        """What the case's files say now, and what keeps its corrections from being read."""
        try:
            return self.batch.case_in(folder), ""
        except ConfigError as error:
            if FILE not in error.cause:
                raise
            return load_case(folder, self.batch.channel, review=Review()), error.cause

    def _look(self, case: Case, trouble: str) -> CaseView:
        view = look(case, self.batch, (*self._snapshot(case), Review()), trouble)
        self.previews.sweep(case.slug, [built.master for built in view.built.values()])
        return view

    def save(self, case: str, number: int, edits: ClipReview, read: str, session: str, name: str) -> str:
        """Writes a clip's corrections at once.

        Returns:
            The new version of `review.yaml`.

        Raises:
            NotYours: somebody else reviews the case.
            Changed: the file is not the one that the page read.
            ConfigError: the corrections do not belong to the clip.
            ExposedError: a text in them tells of somebody.
        """
        self._check_turn(case, session, name)
        known = self._views.get(case)  # how the recording is cut does not depend on what is corrected
        view = known[1] if known else self.view(case)
        faults = [what for _, what in Review(clips={str(number): edits}).faults(view.whole)]
        if faults:
            raise ConfigError("; ".join(faults))
        written.check(_texts(edits), view.case.register(self.batch.channel))
        folder = self.folder(case)
        version = document.save(folder, number, edits, read, self.batch.store.root / "locks")
        body = {"case": case, "clip": number, "by": name, "review": version}
        self.batch.ledger.append(EDITED, body)
        return version

    def approve(self, case: str, number: int, name: str, shown: str) -> Approval:
        """Approves a clip as it was shown, if it still is built and corrected so.

        Args:
            case: the case's public name.
            number: the clip's.
            name: who approves.
            shown: the seal of what the page showed.

        Raises:
            Unseen: something else is built now.
            ClinicReelError: it is not built as it is corrected now, or may not leave for another reason.
        """
        return self.batch.of_now().approve(self.folder(case), number, name, shown)

    def claim(self, case: str, session: str, name: str, *, take: bool = False) -> Holder:
        """Says that a page has the case open; tells who may change it."""
        self.folder(case)
        return Lease(self.room / f"{case}.lease").claim(session, name, take=take)

    def leave(self, case: str, session: str) -> None:
        """Says that a page was closed."""
        self.folder(case)
        Lease(self.room / f"{case}.lease").leave(session)

    def _check_turn(self, case: str, session: str, name: str) -> None:
        holder = self.claim(case, session, name)
        if holder.session != session:
            raise NotYours(f"{holder.name or 'somebody else'} reviews this case", "take it over, or wait")

    def spend(self, case: str, number: int, seconds: float) -> float:
        """Adds time that a person spent on a clip; tells how much it was in all. Stays in work/."""
        path = self.room / f"{case}.seconds.json"
        with self._turn:
            spent = self.spent(case)
            spent[str(number)] = round(spent.get(str(number), 0.0) + min(max(seconds, 0.0), 60.0), 1)
            write_durably(path, json.dumps(spent).encode())
        return spent[str(number)]

    def spent(self, case: str) -> dict[str, float]:
        """Seconds that people spent on each clip of a case."""
        path = self.room / f"{case}.seconds.json"
        if not path.is_file():
            return {}
        told: dict[str, float] = json.loads(path.read_bytes())
        return told

    # --- building ---------------------------------------------------------------------------------------------------

    def build(self, case: str) -> None:
        """Starts to build what of a case depends on what was changed; returns at once."""
        folder = self.folder(case)
        with self._turn:
            if self.progress.case:
                return
            self.batch = self.batch.of_now()
            self.progress = Progress(case=case, count=self.progress.count)
        threading.Thread(target=self._build, args=(case, folder), daemon=True).start()

    def _build(self, case: str, folder: Path) -> None:
        trouble = f"a bug ended the build\n  -> {bugs.whereabouts(bugs.kept_in())}"  # until it ends in another way
        try:
            text = (folder / FILE).read_bytes() if (folder / FILE).is_file() else b""
            with progress.listening(self._moves):
                report = replace(self.batch, folders=(folder,)).build(_Teller(self.progress))
            write_durably(self.room / f"{case}.built.yaml", text)
            trouble = "; ".join(clip.reason for clip in report.clips if clip.clip is None)
        except ClinicReelError as error:
            trouble = str(error)
        finally:
            self.progress = Progress(trouble=trouble, count=self.progress.count + 1)

    def _moves(self, done: int, total: int) -> None:
        self.progress.done, self.progress.total = done, total

    def _snapshot(self, case: Case) -> tuple[Review, ...]:
        """The corrections with which the case was built last, so that it can be shown before it is built again."""
        path = self.room / f"{case.slug}.built.yaml"
        try:
            return (document.read(path),)
        except ConfigError:
            return ()


def _texts(edits: ClipReview) -> Iterator[Written]:
    """What of a clip's corrections leaves as it was written."""
    for key, text in (("title", edits.title), ("caption", edits.caption), ("tags", " ".join(edits.tags or ()))):
        if text:
            yield Written(FILE, key, text)
    yield from (Written(FILE, "reason", region.reason) for region in edits.regions)


class _Teller(Unwatched):
    """A watcher that keeps the desk's progress."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress

    def begins(self, stage: str, why: str) -> None:
        self.progress.stage, self.progress.done, self.progress.total = stage, 0, 0

    def waits(self, case: str) -> None:
        self.progress.stage = "waits"
