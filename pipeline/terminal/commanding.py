"""What every command of the command line shares: its options, and how a failure becomes a message and an exit code."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from pipeline import errors, folders
from pipeline.terminal.speaking import said


class CaseFolder(click.Path):
    """A case's folder, or the name of one in cases/, as messages and reports say it."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if not Path(value).exists():
            named = folders.ROOT / "cases" / Path(value).name
            value = named if Path(value).name == str(value) and named.is_dir() else value
        return super().convert(value, param, ctx)


CASE = CaseFolder(path_type=Path, file_okay=False, exists=True)
FILE = click.Path(path_type=Path, dir_okay=False, exists=True)
FOLDER = click.Path(path_type=Path, file_okay=False)
WORK = click.option("--work", type=FOLDER, help="The quarantine folder.  [default: work/]")
CLIP = click.option("--clip", "number", metavar="N", type=click.IntRange(min=1), help="The clip's number.")
CHANNEL = click.option("--channel", metavar="NAME", help="A channel's name or file.  [default: that of the cases]")


def batch_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """The arguments that build, publish and status share."""
    for option in (
        click.option("--json", "as_json", is_flag=True, help="Print one JSON object at the end (form: docs/cli.md)."),
        click.option("--outbox", type=FOLDER, help="Where packs are delivered.  [default: the channel's, or outbox/]"),
        WORK,
        click.option("--only", metavar="PATTERN", help="Leave out cases whose name does not match, such as 2026-11-*."),
        CHANNEL,
        click.argument("cases", nargs=-1, type=CASE),
    ):
        function = option(function)
    return function


def command(function: Callable[..., int]) -> Callable[..., None]:
    """Turns an expected failure into its message and exit code; anything else is a bug, told by `bugs` beside it."""

    @functools.wraps(function)
    def wrapped(*args: Any, **kwargs: Any) -> None:
        try:
            status = function(*args, **kwargs)
        except errors.ClinicReelError as error:
            from pipeline.language.telling import unnamed
            from pipeline.terminal.pasting import Typed

            told = Typed.of(kwargs).completed(said(unnamed(str(error))))
            click.echo(f"clinicreel: {told}", err=True)
            status = error.exit_code
        except KeyboardInterrupt:
            click.echo("\nstopped; the same command goes on from here / 已停止，再次运行同一命令即可继续", err=True)
            status = errors.EXIT_INTERRUPTED
        sys.exit(status)

    return wrapped
