"""Exit codes, and how a command ends."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from enum import IntEnum
from io import StringIO
from typing import IO, Any, NoReturn, Protocol, runtime_checkable

import typer
from typer.core import TyperGroup

from logreach.cli import streams
from logreach.cli.output import say
from logreach.inventories.files.faults import Fault, InputError
from logreach.inventories.files.wording import counted


class Exit(IntEnum):
    """Exit codes of all commands, as `logreach --help` lists them."""

    OK = 0
    BELOW = 1  # done, but below --fail-under, or errors or warnings were found
    INPUT = 2  # the input, the command line or the output folder cannot be used
    DEFECT = 3  # logreach itself failed; a traceback shows where
    INTERRUPTED = 130  # as shells call an end by Ctrl-C
    PIPE = 141  # as shells call an end by a closed pipe


FEW_FAULTS = 3


def print_faults(
    faults: tuple[Fault, ...], *, heading: str = "", most: int | None = None, all_by: str = "-v"
) -> None:
    """Print faults to standard error, one a line; of more than `most`, the number and what lists
    all."""
    if faults and most == 0:
        say(f"{counted(len(faults), 'fault')} in the input: {all_by}", err=True)
        return
    if heading and faults:
        say(heading, err=True)
    for fault in faults[:most]:
        say(f"  {fault}" if heading else f"error: {fault}", err=True)
    if most is not None and len(faults) > most:
        say(f"  and {len(faults) - most:,} more: {all_by}", err=True)


def fail(message: str, hint: str = "") -> NoReturn:
    """End with Exit.INPUT and one fault."""
    print_faults((Fault(message, hint=hint),))
    raise typer.Exit(Exit.INPUT)


@contextmanager
def faults_end() -> Iterator[None]:
    """Inside, an unusable input or an unwritable file ends the command with a message."""
    try:
        yield
    except InputError as error:
        print_faults(error.faults)
        raise typer.Exit(Exit.INPUT) from None
    except OSError as error:
        if streams.closed_by_reader(error):
            raise typer.Exit(Exit.PIPE) from None
        name = f": {error.filename}" if error.filename else ""
        print_faults((Fault(f"{error.strerror or error}{name}"),))
        raise typer.Exit(Exit.INPUT) from None
    except KeyboardInterrupt:
        raise typer.Exit(Exit.INTERRUPTED) from None


class GuardedGroup(TyperGroup):
    """A command group that ends a user's mistake with a message, not with a traceback."""

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
    """No option takes an empty word; as a path it would be the current folder."""
    for number, word in enumerate(words):
        if not word or (word.startswith("--") and word.endswith("=")):
            before = word[:-1] or (words[number - 1] if number else "")
            after = f" after {before!r}" if before else ""
            hint = "Leave it out, or check whether a variable is empty."
            raise InputError(Fault(f"the command line has an empty word{after}", hint=hint))


@runtime_checkable
class _UsageError(Protocol):
    """A mistake on the command line, as click and typer's own copy of it raise them."""

    exit_code: int

    def show(self, file: IO[str]) -> None: ...


def _say_lines(message: str) -> None:
    for line in message.rstrip("\n").split("\n"):
        say(line, err=True)


def exit_code_of(command: Callable[[], object]) -> int:
    """Run the command line and return its exit code, also where standard output fails.

    `command` returns an exit code or None, and raises the exceptions of click.
    """
    try:
        streams.accept_all_characters()
        code = _run(command)
        streams.flush()
    except OSError as error:
        code = Exit.PIPE
        if not streams.closed_by_reader(error):
            code = Exit.INPUT
            with suppress(OSError):
                print_faults((Fault(f"the output cannot be written: {error.strerror or error}"),))
    except KeyboardInterrupt:
        code = Exit.INTERRUPTED
    except SystemExit as end:  # completion ends so
        code = end.code if isinstance(end.code, int) else Exit.OK
    streams.drop_unwritable()
    return code


def _run(command: Callable[[], object]) -> int:
    try:
        code = command()
    except typer.Abort:
        return Exit.INTERRUPTED
    except OSError:
        raise
    except Exception as error:
        if isinstance(error, _UsageError):
            message = StringIO()
            error.show(message)
            _say_lines(message.getvalue())
            return error.exit_code
        _say_lines(traceback.format_exc())
        say("error: this is a defect of logreach; the traceback above shows where", err=True)
        return Exit.DEFECT
    return code if isinstance(code, int) else Exit.OK
