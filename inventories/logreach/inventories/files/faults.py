"""The one error class, and the faults that it carries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong with an input, worded so that its owner can repair it.

    `source` is the file as the user knows it (relative to the inventory where it lies in one),
    `where` the place in it ('line 12', 'hosts[3].os', 'record 4'), `hint` what to do about it.
    """

    message: str
    source: str = ""
    where: str = ""
    hint: str = ""

    @property
    def line(self) -> int | None:
        """The line in the file; None where the place is none."""
        digits = self.where.removeprefix("line ")
        return int(digits) if digits.isdecimal() else None

    def __str__(self) -> str:
        place = " ".join(part for part in (self.source, self.where) if part)
        sentence = f"{self.message} in {place}" if place else self.message
        return f"{sentence}. {self.hint}" if self.hint else sentence


class InputError(Exception):
    """An input cannot be used at all; carries every fault that was found in it."""

    def __init__(self, faults: Fault | Iterable[Fault]) -> None:
        self.faults: tuple[Fault, ...] = (faults,) if isinstance(faults, Fault) else tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))
