"""The one way in which commands print: nothing of an input reaches a terminal as a command to it.

File names, rules and values are other people's text. Each character that has no shape of its own,
such as one that begins a terminal's command or turns text round, is made visible.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import typer

from logreach.reports.safe_text import json_line, plain, visible

FEW = 20
"""The entries of a list that a command prints as text unless it is asked for all."""

if TYPE_CHECKING:
    from rich.console import Console


def say(*cells: str, err: bool = False) -> None:
    """Print one line; several cells stand with tabs between. Standard output has the data."""
    typer.echo("\t".join(map(visible, cells)), err=err)


def say_rest(shown: int, total: int, all_by: str = "-v") -> None:
    """Say on standard error how much of a list is not shown, and what shows it."""
    if shown < total:
        say(f"and {total - shown:,} more: {all_by}", err=True)


def say_json(value: object) -> None:
    """Print a value as one line of JSON."""
    typer.echo(json_line(value))


def say_own(text: str, *, newline: bool = True) -> None:
    """Print text of logreach's own, of several lines: a script or a schema."""
    typer.echo(plain(text), nl=newline)


def console(*, err: bool = False) -> Console:
    """A console of rich for tables and trees, whose styles are its own and whose text is safe."""
    # rich takes 60 ms to load, for which commands without tables must not wait.
    from rich.console import Console
    from rich.segment import Segment

    class SafeConsole(Console):
        """Makes the text of each segment safe just before it is laid out into lines."""

        def on_broken_pipe(self) -> None:
            """Rich would end the program with 1, which says something else here."""
            raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))

        def render(self, renderable: Any, options: Any = None) -> Iterable[Segment]:
            for segment in super().render(renderable, options):
                if segment.control:
                    yield segment
                else:
                    yield Segment(plain(segment.text), segment.style)

    return SafeConsole(stderr=err)
