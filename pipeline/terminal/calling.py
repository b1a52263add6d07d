"""How the command line is called: what is wrong with that is said in the language of the person who typed it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

import click

from pipeline.terminal.speaking import said


class Miscalled(click.UsageError):
    """What click says of a wrong argument, command or option, as the person at this terminal reads it."""

    def __init__(self, error: click.UsageError) -> None:
        super().__init__(error.message, error.ctx)
        self._error = error

    def show(self, file: IO[Any] | None = None) -> None:
        """Prints it to stderr, or into a file."""
        told = io.StringIO()
        self._error.show(told)
        click.echo(said(told.getvalue()), file, nl=False, err=True)


class Commands(click.Group):
    """All commands; whatever is wrong with how one of them was called passes through here."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Reads the options before the command."""
        with _spoken():
            return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Finds the command, reads its arguments and runs it."""
        with _spoken():
            return super().invoke(ctx)


@contextmanager
def _spoken() -> Iterator[None]:
    try:
        yield
    except click.exceptions.NoArgsIsHelpError:
        raise  # it is the page of help
    except click.UsageError as error:
        raise Miscalled(error) from error
