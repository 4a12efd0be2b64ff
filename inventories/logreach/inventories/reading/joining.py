"""Which rows of device lists are of which host, where names leave their domains out.

Two hosts of the same short name in two domains stay two. What is said of the short name alone
counts for neither of them then.
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
    """A host: its entry, or one made for what lists say, and its rows."""

    spec: HostSpec | None
    full: str
    devices: list[Device] = field(default_factory=list)
    name: str = ""


def join(
    specs: Sequence[HostSpec], devices: Iterable[Device], make: HostSpec, source: str
) -> tuple[list[tuple[HostSpec, list[Device]]], list[Fault]]:
    """Every host of the inventory with its rows: those with an entry first, in their order.

    `make` is the entry of a host that only lists know, but for its name and count; `source` is
    the file that holds the entries. The faults tell of entries that may be one of several hosts.
    """
    groups: dict[str, list[Device]] = {}
    for device in devices:
        groups.setdefault(short_name(device.name), []).append(device)
    named: dict[str, list[HostSpec]] = {}
    for spec in specs:
        named.setdefault(short_name(spec.name), []).append(spec)
    faults: list[Fault] = []
    found: dict[int, tuple[HostSpec, list[Device]]] = {}
    others: list[tuple[HostSpec, list[Device]]] = []
    for short in dict.fromkeys([*named, *groups]):
        joined = _group(named.get(short, []), groups.get(short, []))
        faults.extend(_of_none(joined, source))
        for one in joined:
            if one.spec is None:
                others.append((_made(one, joined, make), one.devices))
            else:
                twins = _twins(one, joined)
                spec = replace(one.spec, full_name=one.full, twins=twins)
                found[id(one.spec)] = (spec, one.devices)
    return [*(found[id(spec)] for spec in specs), *others], faults


def _group(specs: list[HostSpec], devices: list[Device]) -> list[Joined]:
    """The hosts of one short name."""
    fulls = dict.fromkeys(filter(None, (*_full_names(specs), *(one.full for one in devices))))
    if len(fulls) < 2 and len(specs) < 2:
        spec = specs[0] if specs else None
        return [Joined(spec, next(iter(fulls), ""), devices, _name(spec, devices))]
    hosts = [Joined(spec, full_name(spec.name), [], spec.name) for spec in specs]
    own = {one.full for one in hosts}
    hosts += [Joined(None, full, [], full) for full in fulls if full not in own]
    by_full = {one.full: one for one in hosts if one.full}
    for device in devices:
        if device.full:
            by_full[device.full].devices.append(device)
    for device in devices:
        if not device.full:
            for host in hosts:
                host.devices.append(_doubtful(device, hosts))
    return hosts


def _full_names(specs: Iterable[HostSpec]) -> Iterator[str]:
    return (full_name(spec.name) for spec in specs)


def _name(spec: HostSpec | None, devices: list[Device]) -> str:
    return spec.name if spec else devices[0].name


def _doubtful(device: Device, hosts: list[Joined]) -> Device:
    """A row that may be of any of these hosts: what it says is known of none of them."""
    names = " or ".join(sorted(host.name for host in hosts))
    message = f"{device.name} may be {names}; what is said of it counts for none of them"
    fault = Fault(message, device.source, device.where, _HINT)
    missing = Missing(str(fault), fault)
    keys = [one.key for one in device.statements] + [key for key, _ in device.missing]
    return replace(
        device,
        statements=[],
        missing=[(key, missing) for key in dict.fromkeys(keys)],
        faults=[*device.faults, fault],
    )


def _of_none(hosts: list[Joined], source: str) -> Iterator[Fault]:
    """Entries by a short name that lists know in several domains."""
    others = [host.name for host in hosts if host.spec is None]
    for host in hosts if others else ():
        if host.spec is not None and not host.full and len(hosts) > 2:
            names = " or ".join(sorted(other.name for other in hosts if other.full))
            message = f"{host.name} may be {names}; it is kept as a host of its own"
            where = f"line {host.spec.line}" if host.spec.line else ""
            yield Fault(message, source, where, _HINT)


def _made(host: Joined, hosts: list[Joined], make: HostSpec) -> HostSpec:
    twins = _twins(host, hosts)
    count = host.devices[0].count  # its own rows stand before doubtful ones
    return replace(make, name=host.name, count=count, full_name=host.full, twins=twins)


def _twins(host: Joined, hosts: list[Joined]) -> tuple[str, ...]:
    return tuple(other.name for other in hosts if other is not host)
