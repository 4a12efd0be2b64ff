"""The statements gathered about one host, before they are decided into facts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path

from logreach.inventories.facts.evidence import Strength
from logreach.inventories.facts.facts import Missing, Reading, Statement
from logreach.inventories.facts.keys import FactFamily, FactKey
from logreach.inventories.files.faults import Fault, InputError
from logreach.inventories.files.sources import Folder, Source
from logreach.inventories.reading import recognise
from logreach.inventories.reading.recognise import Read
from logreach.inventories.reading.specs import HostSpec, ManifestText
from logreach.inventories.windows.facts import SETTING
from logreach.inventories.windows.group_policy import gpo


@dataclass(slots=True)
class Builder:
    """Gathers statements, missing facts, faults and GPOs of one host.

    `doubted` are facts that the host's own files should have told and did not, one by one or all
    of a family: what a GPO asks for, or a default of Windows, does not replace them.
    `audit_listings` are the audit policies that the host printed. `collected` is the first day on
    which its files were gathered, where one says it.
    """

    folder: Folder
    spec: HostSpec
    manifest: Source
    statements: list[Statement] = field(default_factory=list)
    missing: list[tuple[FactKey[object], Missing]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    notes: list[Fault] = field(default_factory=list)
    local: list[gpo.Gpo] = field(default_factory=list)
    gpos: list[gpo.Gpo] = field(default_factory=list)
    results: list[gpo.Gpo] = field(default_factory=list)
    listings: list[Source] = field(default_factory=list)
    audit_listings: list[tuple[Source, Reading]] = field(default_factory=list)
    doubted: set[FactKey[object]] = field(default_factory=set)
    collected: date | None = None

    @property
    def policies(self) -> list[gpo.Gpo]:
        """Every policy of the host, in order of application."""
        return [*self.local, *self.gpos, *self.results]

    def take(self, reading: Reading) -> None:
        """Add what one of the host's own files states."""
        self.statements.extend(reading.statements)
        self.missing.extend(reading.missing)
        self.faults.extend(reading.faults)
        self.notes.extend(reading.notes)
        self.doubted.update(key for key, _ in reading.missing)
        self.collected = min(filter(None, (self.collected, reading.collected)), default=None)

    def stands(self, statement: Statement) -> bool:
        """Whether a statement counts although the host's own file for that fact is damaged."""
        if statement.strength is Strength.OBSERVED:
            return True
        key = statement.key
        if key in self.doubted and key.name and key.family is SETTING:
            return False
        doubted = key in self.doubted or key.family.every in self.doubted
        return not doubted or statement.strength is Strength.DECLARED

    def doubt(self, key: FactKey[object], reason: Missing) -> None:
        """Withdraw what policy states of a fact, for a reason."""
        self.statements = [
            statement
            for statement in self.statements
            if statement.key != key or statement.strength is not Strength.POLICY
        ]
        self.missing.append((key, reason))

    def once(
        self, read: Read, source: Source, families: Iterable[FactFamily[object]] = ()
    ) -> Reading:
        """A file's reading, computed once for all hosts that share the file."""
        make = partial(recognise.guarded, read, source, tuple(families))
        return self.folder.once(source.path, make, read)

    def locate(
        self, written: ManifestText, families: Iterable[FactFamily[object]] = (), *, folder: bool
    ) -> Path | None:
        """The folder or file that the manifest names; None, with a fault, where it is none."""
        place = f"line {written.line}" if written.line else ""
        try:
            path = self.folder.locate(written.text, self.manifest.path, place)
            if path.is_dir() is not folder:
                expected = "folder" if folder else "file"
                actual = "file" if path.is_file() else "folder" if path.is_dir() else "pipe"
                message = f"is a {actual} where a {expected} is expected: {written.text}"
                raise InputError(self.manifest.fault(message, place))
        except InputError as error:
            self.take(recognise.lost(error.faults, families))
            return None
        return path

    def source(
        self, written: ManifestText, families: Iterable[FactFamily[object]] = ()
    ) -> Source | None:
        """The file that the manifest names, read; None, with a fault, where it cannot be."""
        path = self.locate(written, families, folder=False)
        if path is None:
            return None
        try:
            return self.folder.read(path)
        except InputError as error:
            self.take(recognise.lost(error.faults, families))
            return None
