"""What people see of a proof: findings with their times, what could not be looked at, and what to do next."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click
from rich.console import Console

from pipeline import results
from pipeline.errors import EXIT_EXPOSED, EXIT_OK
from pipeline.terminal.pasting import Typed
from pipeline.terminal.speaking import said

if TYPE_CHECKING:
    from pipeline.evidence.audit import Count, Sheet
    from pipeline.evidence.returned import Answer
    from pipeline.values import Measure


def tell(answer: Answer, *, as_json: bool) -> int:
    """Prints what was found in a file.

    Returns:
        The exit code.
    """
    if as_json:
        clip = _typed().in_json(answer.clip) if answer.clip else None
        print(json.dumps({**answer.as_json(), "clip": clip}, ensure_ascii=False))
    else:
        _print(_lines(answer, _typed()))
    return answer.exit_code


def _lines(answer: Answer, typed: Typed) -> list[str]:
    verdict, clip = answer.verdict, answer.clip
    lines = []
    if verdict is not None:
        head = "passed 通过" if verdict.passed else "found 发现问题"
        lines.append(f"{head}: {verdict.sha256s[0]}")
        lines += [f"  ! {said(results.told(one))}" for one in verdict.findings]
        lines.append(f"looked at 已查 ({verdict.verified_by}): " + ", ".join(_measures(verdict.measures)))
        lines += [f"  not checked 未查: {said(what)}" for what in verdict.not_checked]
    if clip is not None:
        name = clip.case if clip.clip is None else f"{clip.case} #{clip.clip}"
        lines.append(f"{name}: {said(clip.state)} {said(clip.reason)}".rstrip())
        lines += [f"  {pack.platform}: {said(problem)}" for pack, _ in clip.packs for problem in pack.problems]
        lines += [f"  -> {typed.completed(said(clip.next_step), clip.case)}"] if clip.next_step else []
    return lines


def _typed() -> Typed:
    """How the running command was called, for the next one."""
    context = click.get_current_context(silent=True)
    return Typed.of(context.params if context else {})


def _measures(measures: tuple[Measure, ...]) -> list[str]:
    return [f"{one.name.replace('_', ' ')} {one.value:g}" for one in measures]


def tell_sheet(sheet: Sheet, counts: Sequence[Count]) -> int:
    """Prints where the sheet of an audit lies, and the count so far.

    Returns:
        The exit code.
    """
    if sheet.heads:
        _print([f"{sheet.heads} heads to look at / 待抽查: {sheet.folder / 'sheet.html'}"])
        _print([f"answer in / 填写: {sheet.folder / 'audit.yaml'}"])
    else:
        _print(["there is no published head that nobody has looked at yet / 没有待抽查的"])
    if sheet.left:
        _print([f"{sheet.left} more were never looked at / 另有未抽查"])
    if sheet.unseen:
        _print([f"{sheet.unseen} published files are not in the work folder as they were published / 已不在工作目录"])
    _print([f"so far / 至今: {said(str(one))}" for one in counts])
    return EXIT_OK


def tell_counts(counts: Sequence[Count]) -> int:
    """Prints the counts that a record changed.

    Returns:
        The exit code: 4 while an exposed head is among them.
    """
    _print([said(str(one)) for one in counts])
    if not any(one.exposed for one in counts):
        return EXIT_OK
    typed = _typed()
    for case, clip in sorted({where for one in counts for where in one.exposed_in}):
        told = f"take down clip {clip}: clinicreel consent files --case {case} --person ID lists where it went"
        _print([f"{case} #{clip} -> {typed.completed(said(told), case)}"])
    return EXIT_EXPOSED


def _print(lines: Sequence[str]) -> None:
    console = Console(file=sys.stdout)
    for line in lines:
        console.print(line, markup=False, highlight=False, soft_wrap=True)
