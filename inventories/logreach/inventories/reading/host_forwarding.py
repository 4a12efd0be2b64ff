"""The subscriptions of one host, among its files and those that the inventory names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from logreach.inventories.facts.facts import Reading
from logreach.inventories.files.faults import InputError
from logreach.inventories.forwarding import forwarding_files, wef
from logreach.inventories.forwarding.subscriptions import FORWARDING, Forwarding
from logreach.inventories.forwarding.wef_hosts import Called, of_host
from logreach.inventories.reading import declared, recognise
from logreach.inventories.reading.builder import Builder
from logreach.inventories.reading.specs import Named

_FORWARDING = (FORWARDING.family,)


def take(builder: Builder) -> None:
    """Every subscription that is named or lies among the host's files; they are one fact."""
    spec = builder.spec
    alone = spec.count == 1
    host = Called(spec.full_name or spec.name, spec.twins) if alone else Called()
    shared = _read_all(builder, spec.shared_subscriptions)
    told = [of_host(one, host) for one in (_among_files(builder), *shared)]
    told += [of_host(one, host, named=True) for one in _read_all(builder, spec.subscriptions)]
    builder.take(wef.merge(told))
    if spec.no_forwarding is not None:
        none = Forwarding(())
        builder.statements.append(
            declared.statement(
                builder.manifest, FORWARDING, none, spec.no_forwarding, "subscriptions: none"
            )
        )


def _read_all(builder: Builder, named: Iterable[Named]) -> Iterator[Reading]:
    """What each file says, or every file of a folder; what cannot be read is a reading too."""
    for one in named:
        try:
            where = f"line {one.line}"
            path = builder.folder.locate(one.text, builder.manifest.path, where)
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
    """What files known by their content say of forwarding, taken out of what is gathered."""
    told = tuple(one for one in builder.statements if one.key == FORWARDING)
    missing = tuple(one for one in builder.missing if one[0] == FORWARDING)
    builder.statements = [one for one in builder.statements if one.key != FORWARDING]
    builder.missing = [one for one in builder.missing if one[0] != FORWARDING]
    return Reading(told, missing=missing)
