"""Exit codes, and how a fault ends a command."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum
from typing import Any, NoReturn

import typer
from typer.core import TyperGroup

from logreach.inventories.faults import Fault, InputError


class Exit(IntEnum):
    """What a command's exit code means; `logreach --help` tells the same."""

    OK = 0
    BELOW = 1  # the work was done, and what was asked for was not reached or not clean
    INPUT = 2  # the input or the command line cannot be used


def tell(faults: tuple[Fault, ...], *, heading: str = "") -> None:
    """Print faults to standard error, one a line."""
    if heading and faults:
        typer.echo(heading, err=True)
    for fault in faults:
        typer.echo(f"  {fault}" if heading else f"error: {fault}", err=True)


def fail(message: str, hint: str = "") -> NoReturn:
    """End with Exit.INPUT and one fault."""
    tell((Fault(message, hint=hint),))
    raise typer.Exit(Exit.INPUT)


@contextmanager
def faults_end() -> Iterator[None]:
    """Inside, an unusable input or an unwritable file ends the command without a traceback."""
    try:
        yield
    except InputError as error:
        tell(error.faults)
        raise typer.Exit(Exit.INPUT) from None
    except OSError as error:
        name = f": {error.filename}" if error.filename else ""
        tell((Fault(f"{error.strerror or error}{name}"),))
        raise typer.Exit(Exit.INPUT) from None


class Guarded(TyperGroup):
    """A command group in which no mistake of a user ends in a traceback."""

    def invoke(self, ctx: typer.Context) -> Any:  # type: ignore[override]
        with faults_end():
            return super().invoke(ctx)
