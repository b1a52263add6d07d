"""Audit: a person looks at heads drawn by lot from what was published, and the book keeps count.

No detector can say how many heads every detector misses. A person who looks at n of them and finds none exposed can:
the share of exposed ones is then below a bound. The count holds for one camera, one set of detectors, versions and
settings; whatever changes one of them begins a new count.

Source: facts of sampling: Clopper and Pearson, Biometrika 26 (1934), in `pipeline.evidence.bounds`.
"""

from __future__ import annotations

import hashlib
import json
import math
import random
import shlex
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from pipeline import delivery
from pipeline.batch import Batch
from pipeline.errors import ConfigError
from pipeline.evidence import audit_sheet, bounds, lineage
from pipeline.evidence.approval import signed
from pipeline.evidence.heads import Shown, Unit, published
from pipeline.folders import ROOT
from pipeline.ledger import Ledger
from pipeline.settings import strict_yaml
from pipeline.settings.filling import filled
from pipeline.settings.forms import Model
from pipeline.store import sha256_of, write_durably, written_at

AUDITED = "audited"
SHEET, ANSWERS, SAMPLE = "sheet.html", "audit.yaml", "sample.json"
_ANSWERS = """\
# 打开 sheet.html，逐个看。每个编号后面写：no（认不出是谁）、yes（能认出）、unsure（拿不准，按能认出算）。
# Open sheet.html and look at each. Behind every number write no (nobody can be recognised), yes (somebody can be) or
# unsure (counts as yes). Then:  {command}
exposed:
"""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a person is given: a folder with the sheet and the file to answer in; no heads: nothing is left."""

    folder: Path
    heads: int
    left: int
    """How many published heads that can be shown were never looked at, beside those on the sheet."""
    unseen: int
    """How many published files are not in the work folder as they were published, so that nothing of them is shown."""


@dataclass(frozen=True, slots=True)
class Count:
    """How many heads were looked at that were hidden in the same way, and how many of them were exposed."""

    camera: str
    made_with: str
    looked: int
    exposed: int
    exposed_in: tuple[tuple[str, int], ...] = ()
    """The clips of the exposed ones: case and number."""

    @property
    def bound(self) -> float:
        """The 95 % upper bound of the share of exposed heads."""
        return bounds.upper(self.exposed, self.looked)

    def __str__(self) -> str:
        below = math.ceil(self.bound * 1000) / 10
        return f"{self.exposed} exposed in {self.looked}, below {below:g} % at 95 % ({self.camera}, {self.made_with})"


class Answers(Model):
    """What a person wrote down."""

    exposed: dict[str, Literal["no", "yes", "unsure"]]


def sample(batch: Batch, size: int) -> Sheet:
    """Draws heads that nobody has looked at yet and makes the sheet that shows them, in work/audits/.

    Raises:
        ConfigError: nothing was ever built.
        ToolError: the sheet cannot be written.
    """
    ledger = lineage.book(batch.store.root)
    wanted = {entry.body["files"][delivery.VIDEO] for entry in ledger.entries(delivery.DELIVERED)}
    known = {(one.video, one.track) for one, _ in _units(ledger)}
    there: set[str] = set()
    found = list(published(batch, wanted, there))
    free = [one for one in found if (one.unit.video, one.unit.track) not in known]
    free.sort(key=lambda one: (one.unit.video, one.unit.track))
    drawn = random.Random(_seed(ledger, free)).sample(free, min(size, len(free)))
    if not drawn:
        return Sheet(batch.store.root, 0, 0, len(wanted - there))
    folder = batch.store.root / "audits" / _lettered(_seed(ledger, drawn))
    page = audit_sheet.page([(one.track, one.export) for one in drawn]).encode()
    numbered = {str(at): asdict(one.unit) for at, one in enumerate(drawn, 1)}
    with written_at(folder):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_durably(folder / SHEET, page)
        said = {"sheet": sha256_of(folder / SHEET), "units": numbered}
        write_durably(folder / SAMPLE, json.dumps(said, indent=1).encode())
        answers = _ANSWERS.format(command=_recording(folder / ANSWERS, batch.store.root))
        write_durably(folder / ANSWERS, (answers + "".join(f"  {at}:\n" for at in numbered)).encode())
    return Sheet(folder, len(drawn), len(free) - len(drawn), len(wanted - there))


def _recording(path: Path, work: Path) -> str:
    """The command that records the answers in a file; it can be pasted."""
    where = [] if work == (ROOT / "work").resolve() else ["--work", str(work)]
    return shlex.join(["clinicreel", "audit", "--record", str(path), "--as", "NAME", *where])


def record(path: Path, by: str, work: Path | None) -> list[Count]:
    """Writes what a person saw into the book.

    Args:
        path: the answers, beside the sheet that they are about.
        by: who looked.
        work: the work folder; None: the project's.

    Returns:
        The counts that the answers changed.

    Raises:
        ConfigError: an answer is missing, the sheet is another one, or it was recorded before.
    """
    answers = filled(Answers, strict_yaml.load(path)).exposed
    by = signed(by, "an audit needs the name of who looked")
    beside = path.parent / SAMPLE
    sheet = path.parent / SHEET
    try:
        said = json.loads(beside.read_bytes())
        units = {number: Unit(**unit) for number, unit in said["units"].items()}
        is_the_one = sha256_of(sheet) == said["sheet"]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):  # gone, or not as it was written
        is_the_one = False
    if not is_the_one:
        raise ConfigError(f"{path}: the sheet beside it is not the one that it was made with", "clinicreel audit")
    if answers.keys() != units.keys():
        raise ConfigError(f"{path}: numbers 1 to {len(units)} are wanted, each with no, yes or unsure")
    ledger = lineage.book(work)
    if any(entry.body["sheet"] == said["sheet"] for entry in ledger.entries(AUDITED)):
        raise ConfigError(f"{path}: it was recorded before", "clinicreel audit draws other heads")
    heads = [{**asdict(units[at]), "exposed": answers[at] != "no"} for at in units]
    ledger.append(AUDITED, {"by": by, "sheet": said["sheet"], "heads": heads})
    changed = {(one.camera, one.made_with) for one in units.values()}
    return [one for one in counts(ledger) if (one.camera, one.made_with) in changed]


def counts(ledger: Ledger) -> list[Count]:
    """Everything that was looked at so far, by how it was hidden."""
    looked: Counter[tuple[str, str]] = Counter()
    exposed: dict[tuple[str, str], list[tuple[str, int]]] = {}
    for unit, is_exposed in _units(ledger):
        key = unit.camera, unit.made_with
        looked[key] += 1
        exposed.setdefault(key, []).extend([(unit.case, unit.clip)] * is_exposed)
    return [Count(*key, looked[key], len(exposed[key]), tuple(sorted({*exposed[key]}))) for key in sorted(looked)]


def _units(ledger: Ledger) -> Iterator[tuple[Unit, bool]]:
    """Every head that was looked at, once: a second look at it is no new trial."""
    seen: dict[tuple[str, int], tuple[Unit, bool]] = {}
    for entry in ledger.entries(AUDITED):
        for head in entry.body["heads"]:
            unit = Unit(**{key: head[key] for key in head if key != "exposed"})
            before = seen.get((unit.video, unit.track), (unit, False))[1]
            seen[unit.video, unit.track] = unit, head["exposed"] or before
    yield from seen.values()


def _lettered(text: str) -> str:
    """A name for a folder made from a text's hash, of letters alone: what looks like a number is hidden in messages."""
    digest = hashlib.sha256(text.encode()).hexdigest()[:8]
    return "".join(chr(ord("a") + int(digit, 16)) for digit in digest)


def _seed(ledger: Ledger, free: list[Shown]) -> str:
    """The lot is drawn by what is in the book and what there is to draw from: nobody can choose."""
    drawn_from = [[one.unit.video, one.unit.track] for one in free]
    before = [entry.body["sheet"] for entry in ledger.entries(AUDITED)]
    return json.dumps([before, drawn_from])
