"""What people see: progress with time left on stderr, a closing table on stdout, or JSON for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.filesize import decimal
from rich.progress import BarColumn, DownloadColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn
from rich.table import Column, Table

from pipeline import progress, results
from pipeline.language.telling import unnamed
from pipeline.results import ClipResult
from pipeline.terminal.speaking import said

if TYPE_CHECKING:
    from pipeline.batch import Report
    from pipeline.evidence.lineage import Came
    from pipeline.ledger import Entry as LedgerEntry
    from pipeline.publish import Wanted
    from pipeline.terminal.pasting import Typed
    from pipeline.weights import Entry

LABELS = {
    "enrol": "检查照片 enrol",
    "probe": "检查素材 probe",
    "transcribe": "识别语音 transcribe",
    "identify": "找姓名号码 identify",
    "select": "选段 select",
    "detect": "找人脸 detect",
    "track": "跟踪 track",
    "recognise": "认出可露面的人 recognise",
    "challenge": "检验核验是否灵敏 challenge",
    "correct": "应用改动 correct",
    "redact": "打码 redact",
    "subtitle": "断句 subtitle",
    "card": "片头片尾 cards",
    "export": "导出 export",
    "verify": "核验 verify",
    "pack": "打包 pack",
    "receive": "取入文件 receive",
    "verify_file": "核验文件 verify",
}
STATE_STYLES = {
    results.READY: "green",
    results.WAITING: "yellow",
    results.BLOCKED: "red",
    results.FAILED: "red",
    "published": "bold green",
    "other version": "red",
}

SWEPT = "removed what an interrupted delivery had left"


class Screen:
    """Shows the running step; told by `pipeline.step`."""

    def __init__(self, bars: Progress, *, explain: bool) -> None:
        self._bars = bars
        self._explain = explain
        self._task = bars.add_task("", total=None, visible=False)

    def begins(self, stage: str, why: str) -> None:
        """Starts the bar of a step."""
        if self._explain:
            self._bars.console.print(f"[bold]{stage}[/bold]: {_escaped(said(why))}", highlight=False)
        self._bars.reset(self._task, description=LABELS.get(stage, stage), total=None, visible=True)

    def ends(self, stage: str, seconds: float, *, was_stored: bool) -> None:
        """Takes the bar away."""
        if was_stored and self._explain:
            kept = said("kept, nothing it depends on has changed")
            self._bars.console.print(f"[dim]{stage}: {kept}[/dim]", highlight=False)
        self._bars.update(self._task, visible=False)

    def waits(self, case: str) -> None:
        """Says why nothing moves."""
        self._bars.console.print(f"{case}: another build of it is running; waiting for it / 另一个进程正在处理，等待中")

    def clip_is(self, clip: ClipResult) -> None:
        """Says how a clip ended."""
        style = STATE_STYLES[clip.state]
        told = f"{_name(clip)}: [{style}]{said(clip.state)}[/{style}] {_escaped(said(clip.reason))}"
        self._bars.console.print(told, highlight=False, soft_wrap=True)

    def moves(self, done: int, total: int) -> None:
        """Moves the bar."""
        self._bars.update(self._task, completed=done, total=total)


@contextmanager
def showing(*, explain: bool = False) -> Iterator[Screen]:
    """Progress on stderr while the block runs."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bars:
        screen = Screen(bars, explain=explain)
        with progress.listening(screen.moves):
            yield screen


@contextmanager
def downloading() -> Iterator[Callable[[str, int, int], None]]:
    """A bar per downloaded file: told (name, bytes done, bytes in all)."""
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as bars:
        tasks = {}

        def tell(name: str, done: int, total: int) -> None:
            if name not in tasks:
                tasks[name] = bars.add_task(name, total=total)
            bars.update(tasks[name], completed=done, total=total)

        yield tell


def close(report: Report, typed: Typed, *, as_json: bool, would_deliver: Wanted | None = None) -> int:
    """Prints how the batch ended.

    Args:
        report: what became of it.
        typed: how the command was called, for the next one.
        as_json: for programs.
        would_deliver: what a delivery would be of that was only tried; None: none was tried.

    Returns:
        The exit code: the worst of its clips.
    """
    if as_json:
        print(json.dumps(_as_json(report, typed), ensure_ascii=False))
    else:
        _table(report, typed, would_deliver)
    return results.exit_code(report.clips)


def _as_json(report: Report, typed: Typed) -> dict[str, object]:
    return {
        "clips": [typed.in_json(clip) for clip in report.clips],
        "deliveries": [
            {
                "case": one.case,
                "clip": one.clip,
                "platform": one.platform,
                "path": str(one.path),
                "new": not one.was_there,
                "gone": one.is_gone,
                "other": one.is_other,
                "earlier": one.is_earlier,
            }
            for one in report.deliveries
        ],
        "swept": [{"path": str(path), "removed": not path.exists()} for path in report.swept],
        "seconds": {stage: round(spent, 3) for stage, spent in report.seconds.items()},
    }


def _table(report: Report, typed: Typed, would_deliver: Wanted | None) -> None:
    console = Console(file=sys.stdout)
    delivered = {(one.case, one.clip, one.platform) for one in report.deliveries}
    others = {(one.case, one.clip) for one in report.deliveries if one.is_other}
    table = Table(
        "片段 clip", "状态 state", Column("原因与下一步 reason and next step", overflow="fold"), show_lines=True
    )
    for clip in report.clips:
        may_go = {(clip.case, clip.clip, pack.platform) for pack, _ in clip.packs if not pack.problems}
        state = clip.state
        if state == results.READY and (clip.case, clip.clip) in others:
            state = "other version"
        elif state == results.READY and may_go <= delivered:
            state = "published"
        hidden = ", ".join(f"{count} x {said(kind)}" for kind, count in clip.hidden.items())
        lines = [f"已隐藏 hidden: {hidden}" if hidden else "", said(clip.reason)]
        lines.append(f"-> {typed.completed(said(clip.next_step), clip.case)}" if clip.next_step else "")
        lines += [f"备注 note: {said(note)}" for note in clip.notes]
        if state == results.READY:
            would = would_deliver is not None and would_deliver.has(clip)
            command = typed.completed(said(f"-> clinicreel publish {clip.case}"), clip.case)
            lines.append("would be delivered / 将会交付" if would else command)
        style = STATE_STYLES[state]
        reason = _escaped("\n".join(filter(None, lines)))
        table.add_row(_name(clip), f"[{style}]{said(state)}[/{style}]", reason)
    console.print(table)
    _packs(report, console)
    for path in report.swept:
        told = "an interrupted delivery left this, and it cannot be removed" if path.exists() else SWEPT
        console.print(f"{said(told)}: {path}", markup=False, highlight=False, soft_wrap=True)


def _packs(report: Report, console: Console) -> None:
    """Where everything lies, one path a line and never folded, so that it can be copied."""
    there = {(one.case, one.clip, one.platform): one for one in report.deliveries}
    for clip in report.clips:
        for pack, path in clip.packs:
            delivery = there.get((clip.case, clip.clip or 0, pack.platform))
            note = "已交付 delivered" if delivery else "留待处理 held back" if pack.problems else "在 in"
            if delivery and delivery.was_there:
                gone = "，现已不在 and no longer at" if delivery.is_gone else ""
                note = f"早已交付 already delivered {delivery.at}{gone}"
            if delivery and delivery.is_other:
                note = "那里是另一个版本 another version lies at"
            shown = delivery.path if delivery else path
            console.print(
                f"{_name(clip)} {pack.platform}: {note} {shown}", markup=False, highlight=False, soft_wrap=True
            )


def list_consents(entries: Sequence[LedgerEntry]) -> None:
    """Prints what people agreed to, oldest first: three lines each, never folded."""
    console = Console(file=sys.stdout)
    if not entries:
        console.print(said("no consent is written down"))
    for entry in entries:
        body = entry.body
        days = [said(f"signed {body['signed']}")]
        days += [said(f"{word} {body[key]}") for key, word in TOLD_OF_CONSENT.items() if body[key]]
        lines = (
            f"{body['case']} {body['person']} ({body['role']}): {', '.join(body['scopes']) or said('nothing')}",
            f"    {', '.join(days)}",
            "    " + said(f"form {body['form_sha256']}, written down {entry.at}"),
        )
        console.print("\n".join(lines), markup=False, highlight=False, soft_wrap=True)


TOLD_OF_CONSENT = {"by": "by", "expires": "until", "withdrawn": "withdrawn"}


def list_files(came: Came) -> None:
    """Prints files that came of a case, one a line and never folded: case, clip, what, SHA-256, where it went."""
    console = Console(file=sys.stdout)
    for note in came.notes:
        print(said(unnamed(note)), file=sys.stderr)
    for made in came.files:
        where = [said(f"delivered: {one}") for one in made.where]
        where += [said(f"delivery begun, look whether it lies there: {one}") for one in made.begun]
        told = "; ".join(where) or said("never left")
        line = f"{made.case}  {said(f'clip {made.clip}')}  {made.what}  {made.sha256}  {told}"
        console.print(line, markup=False, highlight=False, soft_wrap=True)


def list_models(models: Iterable[Entry]) -> None:
    """Prints what can be fetched."""
    table = Table("模型 model", "大小 size", "许可 licence", "已有 here")
    for model in models:
        table.add_row(model.name, decimal(model.size_bytes), model.licence, "是 yes" if model.is_there else "否 no")
    Console().print(table)


def _name(clip: ClipResult) -> str:
    return clip.case if clip.clip is None else f"{clip.case} #{clip.clip}"


def _escaped(text: str) -> str:
    from rich.markup import escape

    return escape(text)
