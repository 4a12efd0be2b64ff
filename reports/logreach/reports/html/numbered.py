"""Values that stand once in the page and are named by number everywhere else."""

from __future__ import annotations

import re
from collections.abc import Hashable
from typing import Generic, TypeVar

Value = TypeVar("Value", bound=Hashable)


class Numbered(Generic[Value]):
    """Numbers values in the order in which they are first met, from 0."""

    def __init__(self) -> None:
        self._numbers: dict[Value, int] = {}

    def __call__(self, value: Value) -> int:
        """The number of a value."""
        return self._numbers.setdefault(value, len(self._numbers))

    def values(self) -> tuple[Value, ...]:
        """All values, by number."""
        return tuple(self._numbers)


# Sentences of many rows share what stands between their colons, semicolons and commas.
_BETWEEN = re.compile("(?<=[:;,]) ")


class Texts(Numbered[str]):
    """Texts by number; '' is number 0, so that a script may ask whether there is one."""

    def __init__(self) -> None:
        super().__init__()
        self("")
        self.lists = Numbered[tuple[int, ...]]()

    def all_of(self, texts: tuple[str, ...] | list[str]) -> tuple[int, ...]:
        """The numbers of several texts."""
        return tuple([self(text) for text in texts])

    def list_of(self, texts: tuple[str, ...] | list[str]) -> int:
        """The number of a list of texts, of which many rows have the same."""
        return self.lists(self.all_of(texts))

    def pieces(self, text: str) -> int:
        """The number of a long text as a list of pieces; with blanks between them it is whole."""
        return self.list_of(_BETWEEN.split(text) if text else [])
