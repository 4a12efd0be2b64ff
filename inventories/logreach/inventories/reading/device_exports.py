"""Device lists of Active Directory, Entra ID, Defender, Intune and others, a row a host."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from logreach.inventories.facts.facts import Missing, Statement
from logreach.inventories.facts.host_names import in_domain
from logreach.inventories.facts.keys import FactKey
from logreach.inventories.files.faults import Fault
from logreach.inventories.files.sources import Source
from logreach.inventories.files.wording import counted, noun
from logreach.inventories.reading.device_rows import DeviceRow, rows, words
from logreach.inventories.windows.facts import OS, ROLE, OperatingSystem, OsKind, Role
from logreach.inventories.windows.system.operating_systems import identify, too_old

_MOST_COUNTED = 10_000_000


@dataclass(slots=True)
class Device:
    """One row: the host's name and what the list states of it.

    `full` is the name with its domain, '' where the row lacks it; `source` and `where`
    are the list and the line.
    """

    name: str
    count: int = 1
    full: str = ""
    source: str = ""
    where: str = ""
    statements: list[Statement] = field(default_factory=list)
    missing: list[tuple[FactKey[object], Missing]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


@dataclass(slots=True)
class Devices:
    """The devices of a list, its faults, and notes on rows that are left out on purpose."""

    devices: list[Device] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    notes: list[Fault] = field(default_factory=list)


def read(source: Source, columns: Mapping[str, str] | None = None) -> Devices:
    """Read a list; `columns` maps 'name', 'os', 'version', 'build', 'role', 'count' to headings.

    InputError where no column for names, or none for the system, can be found.
    """
    result = Devices()
    not_windows, disabled, old = 0, 0, 0
    devices: list[Device] = []
    for row in rows(source, columns or {}, result.faults):
        if _other_system(row):
            not_windows += 1
            continue
        if row.get("enabled").casefold() in _disabled():
            disabled += 1
            continue
        if too_old(f"{row.get('os')} {row.get('version')}"):
            old += 1
            continue
        device = _device(row)
        if device is None:
            result.faults.append(source.fault("row without a name", row.place))
            continue
        devices.append(device)
    result.devices = _distinct(source, devices)
    if not_windows:
        are = noun(not_windows, "is", "are")
        message = f"{counted(not_windows, 'device')} without Windows {are} not judged"
        result.notes.append(source.fault(message))
    if old:
        are = noun(old, "is", "are")
        message = f"{counted(old, 'device')} with a Windows before Vista and Server 2008 {are}"
        result.notes.append(source.fault(f"{message} too old for this program and not judged"))
    if disabled:
        are = noun(disabled, "is", "are")
        message = f"{counted(disabled, 'computer account')} that {are} disabled {are} not judged"
        result.notes.append(source.fault(message))
    return result


def _distinct(source: Source, devices: list[Device]) -> list[Device]:
    """Each host once; the same name in two domains means two hosts."""
    domains: dict[str, set[str]] = {}
    for device in devices:
        domains.setdefault(device.name.casefold(), set()).update({device.full} - {""})
    by_name: dict[tuple[str, str], Device] = {}
    for device in devices:
        name = device.name.casefold()
        first = by_name.setdefault((name, device.full if len(domains[name]) > 1 else ""), device)
        if first is not device:
            _merge_row(source, first, device)
    return list(by_name.values())


def _other_system(row: DeviceRow) -> bool:
    system = f"{row.get('os')} {row.get('version')}".casefold()
    if "windows" in system:
        return False
    other_systems = words()["not_windows"]
    return any(
        re.search(rf"(?<![a-z]){re.escape(word)}(?![a-z])", system) for word in other_systems
    )


@cache
def _disabled() -> frozenset[str]:
    """Words in the column 'enabled' of disabled accounts."""
    return frozenset(word.casefold() for word in words()["disabled"])


def _device(row: DeviceRow) -> Device | None:
    name = row.get("name").rstrip("$")
    if not name:
        return None
    domain = (row.get("full"), row.get("directory"), row.get("domain"))
    full = in_domain(name, *domain)
    device = Device(name, full=full, source=row.source.path, where=row.place)
    _take_count(row, device)
    role = _role(row, device)
    _take_os(row, device, role)
    return device


def _take_count(row: DeviceRow, device: Device) -> None:
    digits = row.get("count")
    if digits.isdecimal() and len(digits) < 9 and 0 < int(digits) <= _MOST_COUNTED:
        device.count = int(digits)
    elif digits:
        device.faults.append(row.source.fault(f"{digits[:40]!r} is no count", row.place))


def _role(row: DeviceRow, device: Device) -> Role | None:
    """The role that the list names, or that the account's primary group proves."""
    written = row.get("role").casefold()
    groups: dict[str, list[str]] = words()["groups"]
    role = Role(written) if written in list(Role) else None
    if written and role is None:
        fault = row.source.fault(f"unknown role {written[:40]!r}", row.place)
        device.faults.append(fault)
    if row.get("group") in groups["domain-controller"]:
        role = Role.DOMAIN_CONTROLLER
    elif role is None and row.get("os") and row.get("group") in groups["member"]:
        server = "server" in row.get("os").casefold()
        role = Role.SERVER if server else Role.WORKSTATION
    if role is not None:
        evidence = row.source.evidence(row.place, f"{device.name}: {role}")
        device.statements.append(Statement(ROLE, role, evidence, by_host=False))
    return role


def _take_os(row: DeviceRow, device: Device, role: Role | None) -> None:
    build, version = row.get("build"), row.get("version")
    description = " ".join(filter(None, (row.get("os"), row.get("pack"), version, build)))
    if not description:
        return
    kind = None
    if role is not None:
        kind = OsKind.CLIENT if role is Role.WORKSTATION else OsKind.SERVER
    system = identify(description, kind)
    if isinstance(system, OperatingSystem):
        evidence = row.source.evidence(row.place, f"{device.name}: {description}")
        device.statements.append(Statement(OS, system, evidence, by_host=False))
        return
    fault = row.source.fault(f"{device.name}: {system.reason}", row.place)
    device.faults.append(fault)
    device.missing.append((OS, Missing(system.reason, fault)))


def _merge_row(source: Source, first: Device, second: Device) -> None:
    """Merge a second row of a host; where the rows differ in a fact, that fact is unknown."""
    values = {statement.key: statement.value for statement in first.statements}
    for statement in second.statements:
        if values.get(statement.key, statement.value) != statement.value:
            message = f"{first.name} is listed twice with different values"
            fault = source.fault(message, second.where)
            first.faults.append(fault)
            first.statements = [each for each in first.statements if each.key != statement.key]
            first.missing.append((statement.key, Missing(str(fault), fault)))
    first.full = first.full or second.full
    first.faults.extend(second.faults)
