"""What is gathered of one host, before it is settled into facts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from logreach.inventories.facts.evidence import Strength
from logreach.inventories.facts.facts import Missing, Reading, Statement
from logreach.inventories.facts.keys import FactFamily, FactKey
from logreach.inventories.files.faults import Fault, InputError
from logreach.inventories.files.sources import Folder, Source
from logreach.inventories.reading import recognise
from logreach.inventories.reading.recognise import Read
from logreach.inventories.reading.specs import HostSpec, Named
from logreach.inventories.windows.facts import SETTING
from logreach.inventories.windows.group_policy import gpo


@dataclass(slots=True)
class Builder:
    """Gathers what is said of one host.

    `doubted` are settings that the host's own files show in a way that nobody can read.
    """

    folder: Folder
    spec: HostSpec
    manifest: Source
    statements: list[Statement] = field(default_factory=list)
    missing: list[tuple[FactKey[object], Missing]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    local: list[gpo.Gpo] = field(default_factory=list)
    gpos: list[gpo.Gpo] = field(default_factory=list)
    results: list[gpo.Gpo] = field(default_factory=list)
    listings: list[Source] = field(default_factory=list)
    doubted: set[FactKey[object]] = field(default_factory=set)

    @property
    def policies(self) -> list[gpo.Gpo]:
        """Every policy of the host, in order of application."""
        return [*self.local, *self.gpos, *self.results]

    def take(self, reading: Reading) -> None:
        self.statements.extend(reading.statements)
        self.missing.extend(reading.missing)
        self.faults.extend(reading.faults)
        named = (key for key, _ in reading.missing if key.name)
        self.doubted.update(key for key in named if key.family is SETTING)

    def doubt(self, key: FactKey[object], why: Missing) -> None:
        """Take back what policy says of a fact."""
        policy = Strength.POLICY
        kept = [one for one in self.statements if one.key != key or one.strength is not policy]
        self.statements = kept
        self.missing.append((key, why))

    def once(
        self, read: Read, source: Source, families: Iterable[FactFamily[object]] = ()
    ) -> Reading:
        """A file's reading, made once however many hosts share the file."""
        make = partial(recognise.guarded, read, source, tuple(families))
        return self.folder.once(source.path, make, read)

    def locate(
        self, named: Named, families: Iterable[FactFamily[object]] = (), *, folder: bool
    ) -> Path | None:
        """What the manifest names, which must be a folder or a file; None with a fault if not."""
        where = f"line {named.line}" if named.line else ""
        try:
            path = self.folder.locate(named.text, self.manifest.path, where)
            if path.is_dir() is not folder:
                is_, wanted = ("file", "folder") if folder else ("folder", "file")
                message = f"is a {is_} where a {wanted} is expected: {named.text}"
                raise InputError(self.manifest.fault(message, where))
        except InputError as error:
            self.take(recognise.lost(error.faults, families))
            return None
        return path

    def source(self, named: Named, families: Iterable[FactFamily[object]] = ()) -> Source | None:
        path = self.locate(named, families, folder=False)
        if path is None:
            return None
        try:
            return self.folder.read(path)
        except InputError as error:
            self.take(recognise.lost(error.faults, families))
            return None
