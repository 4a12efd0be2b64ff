"""The subscriptions of one host: those among its files and those that the inventory names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from logreach.inventories.facts.facts import Reading
from logreach.inventories.files.faults import InputError
from logreach.inventories.forwarding import forwarding_files, wef
from logreach.inventories.forwarding.subscriptions import FORWARDING, Forwarding
from logreach.inventories.forwarding.wef_hosts import HostName, of_host
from logreach.inventories.reading import declared, recognise
from logreach.inventories.reading.builder import Builder
from logreach.inventories.reading.specs import ManifestText

_FORWARDING = (FORWARDING.family,)


def take(builder: Builder) -> None:
    """Add every subscription that the inventory names or that lies among the files, as one fact."""
    spec = builder.spec
    alone = spec.count == 1
    host = HostName(spec.full_name or spec.name, spec.twins) if alone else HostName()
    shared = _read_all(builder, spec.shared_subscriptions)
    readings = [of_host(reading, host) for reading in (_among_files(builder), *shared)]
    readings += [
        of_host(reading, host, assigned=True) for reading in _read_all(builder, spec.subscriptions)
    ]
    builder.take(wef.merge(readings))
    if spec.no_forwarding is not None:
        none = Forwarding(())
        builder.statements.append(
            declared.statement(
                builder.manifest, FORWARDING, none, spec.no_forwarding, "subscriptions: none"
            )
        )


def _read_all(builder: Builder, entries: Iterable[ManifestText]) -> Iterator[Reading]:
    """The reading of each file, or of each file in a folder; of unreadable ones, the fault."""
    for entry in entries:
        try:
            place = f"line {entry.line}"
            path = builder.folder.locate(entry.text, builder.manifest.path, place)
        except InputError as error:
            yield recognise.lost(error.faults, _FORWARDING)
            continue
        for file in builder.folder.walk(path) if path.is_dir() else (path,):
            try:
                source = builder.folder.read(file)
            except InputError as error:
                yield recognise.lost(error.faults, _FORWARDING)
            else:
                yield builder.once(forwarding_files.read, source, _FORWARDING)
        if hidden := builder.folder.unread(path):
            yield recognise.lost(hidden, _FORWARDING)


def _among_files(builder: Builder) -> Reading:
    """What recognised files state of forwarding, moved out of the builder to be merged."""
    statements = tuple(each for each in builder.statements if each.key == FORWARDING)
    missing = tuple(pair for pair in builder.missing if pair[0] == FORWARDING)
    builder.statements = [each for each in builder.statements if each.key != FORWARDING]
    builder.missing = [pair for pair in builder.missing if pair[0] != FORWARDING]
    return Reading(statements, missing=missing)
