"""What could not be read of one file, gathered while it is read."""

from __future__ import annotations

from dataclasses import dataclass, field

from logreach.inventories.facts.facts import Missing
from logreach.inventories.facts.keys import FactKey
from logreach.inventories.files.faults import Fault
from logreach.inventories.files.sources import Source


@dataclass(slots=True)
class Losses:
    """The faults of a file so far, and the facts that they leave unknown."""

    source: Source
    faults: list[Fault] = field(default_factory=list)
    missing: list[tuple[FactKey[object], Missing]] = field(default_factory=list)

    def lose(self, message: str, line: int, *keys: FactKey[object]) -> None:
        """A fault of one line, and the facts that it leaves unknown."""
        fault = self.source.fault(message, f"line {line}")
        self.faults.append(fault)
        self.missing.extend((key, Missing(str(fault), fault)) for key in keys)
