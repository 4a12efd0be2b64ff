"""Where a fact comes from: a file, its digest and a place in it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where a fact comes from.

    `source` is a path relative to the inventory, `sha256` the hex digest of that file's bytes,
    `where` the line, record or key, `quote` the words found there (shortened by the reader).
    """

    source: str
    sha256: str = ""
    where: str = ""
    quote: str = ""

    def __str__(self) -> str:
        location = " ".join(part for part in (self.source, self.where) if part)
        return f"{location}: {self.quote}" if self.quote else location


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file that was read: path relative to the inventory, SHA-256 of its bytes."""

    path: str
    sha256: str
