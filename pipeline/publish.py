"""Publish: what is ready goes to the outbox, the rest is told with its reason and next command."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from dataclasses import dataclass, replace

from pipeline import results
from pipeline.batch import Batch, Report
from pipeline.delivery import Delivery, Outlet
from pipeline.errors import ClinicReelError, ConfigError, ExposedError
from pipeline.results import ClipResult
from pipeline.watching import Watcher


@dataclass(frozen=True)
class Wanted:
    """Which clips are to be delivered: those of one number, or all; `again`: what is gone from the outbox as well."""

    clip: int | None = None
    again: bool = False

    def has(self, clip: ClipResult) -> bool:
        """Whether it is one of them."""
        return self.clip in (None, clip.clip)


ALL = Wanted()


def publish(batch: Batch, watcher: Watcher, wanted: Wanted = ALL) -> Report:
    """Builds what is missing and delivers the packs of ready clips that break no limit of their platform."""
    batch.find_outbox()  # a disk that is missing is told before hours of building, and asked for once more after them
    report = _built(batch, watcher, wanted)
    outlet = outlet_of(batch)
    report.swept += outlet.sweep()
    for at, clip in enumerate(report.clips):
        was_ready = clip.state == results.READY
        if was_ready and wanted.has(clip):
            with batch.turn(clip.case, watcher):
                clip = _deliver(batch, clip, outlet, report.deliveries, again=wanted.again)
        clip, found = standing(batch, clip)
        report.deliveries += [one for one in found if one.is_earlier or (one.is_other and not was_ready)]
        report.clips[at] = telling(clip, report.deliveries, again(batch, clip))
    return report


def tell(batch: Batch, watcher: Watcher, wanted: Wanted = ALL) -> Report:
    """Where every clip stands: what is built, and what of it was delivered. Delivers nothing."""
    report = _built(batch, watcher, wanted)
    for at, clip in enumerate(report.clips):
        is_again = wanted.again and wanted.has(clip)
        clip, found = standing(batch, clip)
        report.deliveries += [one for one in found if not (is_again and one.is_gone)]
        report.clips[at] = telling(clip, report.deliveries, again(batch, clip))
    return report


def standing(batch: Batch, clip: ClipResult) -> tuple[ClipResult, list[Delivery]]:
    """What the outbox holds of a clip, if there is a book that knows; nothing where the disk that it is on is missing.

    Who delivers or only asks was told of that before; who builds need not know.

    Returns:
        The clip with that, failed if nobody can look where its packs are to lie.
    """
    try:
        return clip, list(outlet_of(batch).standing(clip)) if batch.has_book else []
    except ConfigError:
        return clip, []
    except ClinicReelError as error:
        return batch.tellings[clip.case].clip(results.fell_on(clip, error)), []


def again(batch: Batch, clip: ClipResult) -> str:
    """The command that delivers a clip to this outbox once more."""
    where = f" --outbox {shlex.quote(str(batch.outbox))}" if batch.is_outbox_named else ""
    return f"clinicreel publish {clip.case}{where}"


def outlet_of(batch: Batch) -> Outlet:
    """Where the packs of a batch leave by."""
    return Outlet(batch.outbox, batch.ledger, batch.store)


def deliver_packs(
    batch: Batch, clip: ClipResult, outlet: Outlet, deliveries: list[Delivery], *, again: bool
) -> ClipResult:
    """Delivers the packs of a ready clip that break no limit; one that fails does not keep the others.

    Args:
        batch: which told of the clip's case. The caller holds the case's lock.
        clip: a ready one.
        outlet: of the batch.
        deliveries: filled with what became of each pack.
        again: also those that are gone from the outbox.

    Returns:
        The clip, failed if one pack could not be delivered.
    """
    ended, telling, changed = clip, batch.tellings[clip.case], False
    for pack, made in clip.packs:
        if pack.problems:
            continue
        try:
            deliveries.append(outlet.deliver(clip, pack, made, telling.register, again=again))
        except ClinicReelError as error:
            ended = telling.clip(results.fell_on(ended, error))
            changed = changed or isinstance(error, ExposedError)
    if changed:  # not before: the other packs are still to be read
        batch.recheck(clip)
    return ended


def telling(clip: ClipResult, deliveries: Iterable[Delivery], command: str) -> ClipResult:
    """The clip with what is gone of it from the outbox or lies there in its place, and what to do about that.

    Args:
        clip: or a whole case.
        deliveries: among others its own.
        command: delivers it again.
    """
    own = [one for one in deliveries if one.case == clip.case and clip.clip in (None, one.clip)]
    gone = [one.platform for one in own if one.is_gone and clip.state == results.READY]
    other = [one.platform for one in own if one.is_other]
    earlier = [f"{one.path.parent.name}/{one.platform}" for one in own if one.is_earlier]
    reasons, steps = [clip.reason], [clip.next_step]
    if gone:
        reasons.append(f"delivered, and no longer in the outbox: {', '.join(gone)}")
        steps.append(f"unless it was taken back on purpose: {command} --clip {clip.clip} --again")
    if other:
        reasons.append(f"another version lies in the outbox: {', '.join(other)}")
        steps.append("move that version away if it is no longer wanted, and take it down where it was uploaded")
    if earlier:
        reasons.append(f"what was delivered before still lies in the outbox: {', '.join(earlier)}")
        steps.append("if it must not stay published, take it away there and where it was uploaded")
    return replace(clip, reason="; ".join(filter(None, reasons)), next_step="; ".join(filter(None, steps)))


def _built(batch: Batch, watcher: Watcher, wanted: Wanted) -> Report:
    """Builds every case, if it is clear what of it is wanted."""
    if wanted.clip is not None and len(batch.folders) != 1:
        raise ConfigError("--clip: of which case?", "name one case")
    if wanted.again and wanted.clip is None:
        raise ConfigError("--again: which clip is meant?", "say it: --clip N")
    report = batch.build(watcher)
    if not any(clip.clip is None or wanted.has(clip) for clip in report.clips):
        raise ConfigError(f"{report.clips[0].case} has no clip {wanted.clip}")
    return report


def _deliver(batch: Batch, clip: ClipResult, outlet: Outlet, deliveries: list[Delivery], *, again: bool) -> ClipResult:
    """Delivers what of a clip may go by what channel, case and ledger say at this moment."""
    try:
        clip = batch.as_it_is_now(clip)
    except ClinicReelError as error:
        return batch.tellings[clip.case].clip(results.fell_on(clip, error))
    return deliver_packs(batch, clip, outlet, deliveries, again=again) if clip.state == results.READY else clip
