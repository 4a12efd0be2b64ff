"""Which rows of device lists belong to which host, where names may lack their domain.

Two hosts of the same short name in two domains stay two. A row with the short name alone is then
left out, as it may belong to either.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from logreach.inventories.facts.facts import Missing
from logreach.inventories.facts.host_names import full_name, short_name
from logreach.inventories.files.faults import Fault
from logreach.inventories.reading.device_exports import Device
from logreach.inventories.reading.specs import HostSpec

_HINT = "Name it with its domain."


@dataclass(slots=True)
class Joined:
    """A host: its entry in the manifest, if it has one, and its rows."""

    spec: HostSpec | None
    full: str
    devices: list[Device] = field(default_factory=list)
    name: str = ""


def join(
    specs: Sequence[HostSpec], devices: Iterable[Device], make: HostSpec, source: str
) -> tuple[list[tuple[HostSpec, list[Device]]], list[Fault]]:
    """Every host of the inventory with its rows: those with an entry first, in their order.

    `make` is a template, without name and count, for the entries of hosts that only lists name;
    `source` is the file with the entries. The faults name entries that may be one of several hosts.
    """
    groups: dict[str, list[Device]] = {}
    for device in devices:
        groups.setdefault(short_name(device.name), []).append(device)
    specs_by_name: dict[str, list[HostSpec]] = {}
    for spec in specs:
        specs_by_name.setdefault(short_name(spec.name), []).append(spec)
    faults: list[Fault] = []
    with_entry: dict[int, tuple[HostSpec, list[Device]]] = {}
    without_entry: list[tuple[HostSpec, list[Device]]] = []
    for short in dict.fromkeys([*specs_by_name, *groups]):
        joined = _group(specs_by_name.get(short, []), groups.get(short, []))
        faults.extend(_ambiguous_entries(joined, source))
        for host in joined:
            if host.spec is None:
                without_entry.append((_new_entry(host, joined, make), host.devices))
            else:
                twins = _twins(host, joined)
                spec = replace(host.spec, full_name=host.full, twins=twins)
                with_entry[id(host.spec)] = (spec, host.devices)
    return [*(with_entry[id(spec)] for spec in specs), *without_entry], faults


def _group(specs: list[HostSpec], devices: list[Device]) -> list[Joined]:
    """The hosts of one short name."""
    fulls = dict.fromkeys(
        filter(
            None, (*(full_name(spec.name) for spec in specs), *(device.full for device in devices))
        )
    )
    if len(fulls) < 2 and len(specs) < 2:
        spec = specs[0] if specs else None
        name = spec.name if spec else devices[0].name
        return [Joined(spec, next(iter(fulls), ""), devices, name)]
    hosts = [Joined(spec, full_name(spec.name), [], spec.name) for spec in specs]
    full_names = {host.full for host in hosts}
    hosts += [Joined(None, full, [], full) for full in fulls if full not in full_names]
    by_full = {host.full: host for host in hosts if host.full}
    for device in devices:
        if device.full:
            by_full[device.full].devices.append(device)
    for device in devices:
        if not device.full:
            for host in hosts:
                host.devices.append(_doubtful(device, hosts))
    return hosts


def _doubtful(device: Device, hosts: list[Joined]) -> Device:
    """A row that may belong to any of these hosts: its facts are unknown for all of them."""
    names = " or ".join(sorted(host.name for host in hosts))
    message = f"{device.name} may be {names}; this row is left out, as it does not say which"
    fault = Fault(message, device.source, device.where, _HINT)
    missing = Missing(str(fault), fault)
    keys = [statement.key for statement in device.statements] + [key for key, _ in device.missing]
    return replace(
        device,
        statements=[],
        missing=[(key, missing) for key in dict.fromkeys(keys)],
        faults=[*device.faults, fault],
    )


def _ambiguous_entries(hosts: list[Joined], source: str) -> Iterator[Fault]:
    """A fault for each entry whose short name lists name in several domains."""
    without_entry = [host.name for host in hosts if host.spec is None]
    for host in hosts if without_entry else ():
        if host.spec is not None and not host.full and len(hosts) > 2:
            names = " or ".join(sorted(twin.name for twin in hosts if twin.full))
            message = f"{host.name} may be {names}; it is assessed as a separate host"
            place = f"line {host.spec.line}" if host.spec.line else ""
            yield Fault(message, source, place, _HINT)


def _new_entry(host: Joined, hosts: list[Joined], make: HostSpec) -> HostSpec:
    twins = _twins(host, hosts)
    count = host.devices[0].count  # its own rows stand before doubtful ones
    return replace(make, name=host.name, count=count, full_name=host.full, twins=twins)


def _twins(host: Joined, hosts: list[Joined]) -> tuple[str, ...]:
    return tuple(twin.name for twin in hosts if twin is not host)
