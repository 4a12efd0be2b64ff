"""Exit codes, and how a command ends."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from enum import IntEnum
from typing import Any, NoReturn, Protocol, runtime_checkable

import typer
from typer.core import TyperGroup

from logreach.cli import streams
from logreach.inventories.files.faults import Fault, InputError


class Exit(IntEnum):
    """What a command's exit code means; `logreach --help` tells the same."""

    OK = 0
    BELOW = 1  # the work was done, and what was asked for was not reached or not clean
    INPUT = 2  # the input, the command line or the place for the output cannot be used
    DEFECT = 3  # logreach itself failed; a traceback tells where
    INTERRUPTED = 130  # as shells call an end by Ctrl-C
    PIPE = 141  # as shells call an end by a closed pipe


def tell(faults: tuple[Fault, ...], *, heading: str = "") -> None:
    """Print faults to standard error, one a line."""
    if heading and faults:
        typer.echo(heading, err=True)
    for fault in faults:
        told = visible(str(fault))
        typer.echo(f"  {told}" if heading else f"error: {told}", err=True)


def visible(text: str) -> str:
    """Text from anywhere, names of files above all, without what would steer a terminal."""
    return "".join(one if one.isprintable() else repr(one)[1:-1] for one in text)


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
        if streams.closed_by_reader(error):
            raise typer.Exit(Exit.PIPE) from None
        name = f": {error.filename}" if error.filename else ""
        tell((Fault(f"{error.strerror or error}{name}"),))
        raise typer.Exit(Exit.INPUT) from None
    except KeyboardInterrupt:
        raise typer.Exit(Exit.INTERRUPTED) from None


class Guarded(TyperGroup):
    """A command group in which no mistake of a user ends in a traceback."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any
    ) -> Any:
        with faults_end():
            _refuse_empty(args)
            return super().make_context(info_name, args, parent, **extra)

    def invoke(self, ctx: typer.Context) -> Any:  # type: ignore[override]
        with faults_end():
            return super().invoke(ctx)


def _refuse_empty(words: list[str]) -> None:
    """Nothing here takes an empty word; as a path it would be the current folder."""
    for number, word in enumerate(words):
        if not word or (word.startswith("--") and word.endswith("=")):
            before = word[:-1] or (words[number - 1] if number else "")
            after = f" after {before!r}" if before else ""
            hint = "Leave it out, or look whether a variable is empty."
            raise InputError(Fault(f"the command line has an empty word{after}", hint=hint))


@runtime_checkable
class _Usage(Protocol):
    """A mistake on the command line, as click and typer's own copy of it raise them."""

    exit_code: int

    def show(self) -> None: ...


def code_of(command: Callable[[], object]) -> int:
    """Run the command line to its exit code; nothing that it prints can end it otherwise.

    `command` gives an exit code or None, and raises what click raises.
    """
    try:
        streams.never_refuse()
        code = _code_of(command)
        streams.flush()
    except OSError as error:
        code = Exit.PIPE
        if not streams.closed_by_reader(error):
            code = Exit.INPUT
            with suppress(OSError):
                tell((Fault(f"the output cannot be written: {error.strerror or error}"),))
    except KeyboardInterrupt:
        code = Exit.INTERRUPTED
    except SystemExit:
        code = Exit.PIPE  # rich raises it where the reader went away, and nobody else does
    streams.give_up()
    return code


def _code_of(command: Callable[[], object]) -> int:
    try:
        code = command()
    except typer.Abort:
        return Exit.INTERRUPTED
    except OSError:
        raise
    except Exception as error:
        if isinstance(error, _Usage):
            error.show()
            return error.exit_code
        traceback.print_exc()
        typer.echo("error: this is a defect of logreach; what stands above tells where", err=True)
        return Exit.DEFECT
    return code if isinstance(code, int) else Exit.OK
