"""Device lists exported from Active Directory, Defender, Intune and others: CSV, a row a host."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from logreach.inventories.facts.facts import Missing, Statement
from logreach.inventories.facts.host_names import in_domain
from logreach.inventories.facts.keys import FactKey
from logreach.inventories.files.faults import Fault, InputError
from logreach.inventories.files.sources import Source
from logreach.inventories.files.tables import TABLES, Shape, yaml_table
from logreach.inventories.files.text import lines
from logreach.inventories.files.wording import counted, noun
from logreach.inventories.windows.facts import OS, ROLE, OperatingSystem, OsKind, Role
from logreach.inventories.windows.system.operating_systems import identify, too_old

_MOST_COUNTED = 10_000_000
_LONGEST_LINE = 262_144
_OURS = ("name", "os", "version", "build", "role", "count")


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


@dataclass(frozen=True, slots=True)
class _DeviceRow:
    source: Source
    line: int
    cells: Mapping[str, str]
    columns: Mapping[str, tuple[str, ...]]

    def get(self, what: str) -> str:
        """The first filled cell of the columns that hold `what`."""
        for heading in self.columns.get(what, ()):
            if self.cells.get(heading, ""):
                return self.cells[heading]
        return ""


def looks_like(head: str) -> bool:
    """Whether a text is a list of devices whose headings are known."""
    table = _table()
    for _, line in lines(head[:8192]):
        if not line.strip() or line.startswith("#TYPE"):
            continue
        headings = {_fold(cell) for cell in _split(line, _delimiter(line))}
        names, systems = table["name"], (*table["os"], *table["version"])
        return bool(headings & set(names)) and bool(headings & set(systems))
    return False


def read(source: Source, columns: Mapping[str, str] | None = None) -> Devices:
    """Read a list; `columns` maps 'name', 'os', 'version', 'build', 'role', 'count' to headings.

    InputError where no column for names, or none for the system, can be found.
    """
    result = Devices()
    not_windows, disabled, old = 0, 0, 0
    devices: list[tuple[int, Device]] = []
    for row in _rows(source, columns or {}, result.faults):
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
            result.faults.append(source.fault("row without a name", f"line {row.line}"))
            continue
        devices.append((row.line, device))
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


def _distinct(source: Source, devices: list[tuple[int, Device]]) -> list[Device]:
    """Each host once; the same name in two domains means two hosts."""
    domains: dict[str, set[str]] = {}
    for _, device in devices:
        domains.setdefault(device.name.casefold(), set()).update({device.full} - {""})
    by_name: dict[tuple[str, str], Device] = {}
    for line, device in devices:
        name = device.name.casefold()
        first = by_name.setdefault((name, device.full if len(domains[name]) > 1 else ""), device)
        if first is not device:
            _merge_row(source, line, first, device)
    return list(by_name.values())


@cache
def _table() -> dict[str, tuple[str, ...]]:
    return {
        what: tuple(_fold(heading) for heading in headings)
        for what, headings in _words().items()
        if isinstance(headings, list)
    }


@cache
def _words() -> dict[str, Any]:
    shape: Shape = {"source": str, "groups": {...: [str]}, ...: [str]}
    table: dict[str, Any] = yaml_table(TABLES / "device_columns.yaml", shape)
    return table


def _fold(heading: str) -> str:
    return re.sub(r"[^\w]|_", "", heading.casefold())


def _delimiter(line: str) -> str:
    return max(",;\t", key=line.count)


def _split(line: str, delimiter: str) -> list[str]:
    try:
        return [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter), [])]
    except csv.Error:
        return []


def _rows(source: Source, columns: Mapping[str, str], faults: list[Fault]) -> Iterator[_DeviceRow]:
    delimiter, headings, choices = "", list[str](), dict[str, tuple[str, ...]]()
    for number, line in lines(source.text()):
        if not line.strip() or line.startswith("#TYPE"):
            continue
        if not headings:
            delimiter = _delimiter(line)
            headings = [_fold(cell) for cell in _split(line, delimiter)]
            choices = _columns(source, columns, headings, number)
            continue
        cells = _split(line, delimiter) if len(line) < _LONGEST_LINE else []
        if len(cells) != len(headings):
            message = f"row has {len(cells)} columns, the headings {len(headings)}"
            faults.append(source.fault(message, f"line {number}"))
            continue
        yield _DeviceRow(source, number, dict(zip(headings, cells, strict=True)), choices)


def _columns(
    source: Source, columns: Mapping[str, str], headings: list[str], line: int
) -> dict[str, tuple[str, ...]]:
    choices = dict(_table())
    absent = [name for name, heading in columns.items() if _fold(heading) not in headings]
    if absent:
        quoted = ", ".join(repr(columns[name]) for name in absent)
        raise InputError(source.fault(f"has no column {quoted}", f"line {line}"))
    for name, heading in columns.items():
        choices[name] = (_fold(heading),)
    telling = [what for what in ("os", "version", "build") if set(choices[what]) & set(headings)]
    if not set(choices["name"]) & set(headings) or not telling:
        hint = f"Name them under 'columns': {', '.join(_OURS)}."
        message = "no column for the host's name, or none for its operating system"
        raise InputError(source.fault(message, f"line {line}", hint))
    return choices


def _other_system(row: _DeviceRow) -> bool:
    system = f"{row.get('os')} {row.get('version')}".casefold()
    if "windows" in system:
        return False
    words = _words()["not_windows"]
    return any(re.search(rf"(?<![a-z]){re.escape(word)}(?![a-z])", system) for word in words)


@cache
def _disabled() -> frozenset[str]:
    """Words in the column 'enabled' of disabled accounts."""
    return frozenset(word.casefold() for word in _words()["disabled"])


def _device(row: _DeviceRow) -> Device | None:
    name = row.get("name").rstrip("$")
    if not name:
        return None
    domain = (row.get("full"), row.get("directory"), row.get("domain"))
    full = in_domain(name, *domain)
    device = Device(name, full=full, source=row.source.path, where=f"line {row.line}")
    _take_count(row, device)
    role = _role(row, device)
    _take_os(row, device, role)
    return device


def _take_count(row: _DeviceRow, device: Device) -> None:
    digits = row.get("count")
    if digits.isdecimal() and len(digits) < 9 and 0 < int(digits) <= _MOST_COUNTED:
        device.count = int(digits)
    elif digits:
        device.faults.append(row.source.fault(f"{digits[:40]!r} is no count", f"line {row.line}"))


def _role(row: _DeviceRow, device: Device) -> Role | None:
    """The role that the list names, or that the account's primary group proves."""
    written = row.get("role").casefold()
    groups: dict[str, list[str]] = _words()["groups"]
    role = Role(written) if written in list(Role) else None
    if written and role is None:
        fault = row.source.fault(f"unknown role {written[:40]!r}", f"line {row.line}")
        device.faults.append(fault)
    if row.get("group") in groups["domain-controller"]:
        role = Role.DOMAIN_CONTROLLER
    elif role is None and row.get("os") and row.get("group") in groups["member"]:
        server = "server" in row.get("os").casefold()
        role = Role.SERVER if server else Role.WORKSTATION
    if role is not None:
        evidence = row.source.evidence(f"line {row.line}", f"{device.name}: {role}")
        device.statements.append(Statement(ROLE, role, evidence))
    return role


def _take_os(row: _DeviceRow, device: Device, role: Role | None) -> None:
    build, version = row.get("build"), row.get("version")
    description = " ".join(filter(None, (row.get("os"), row.get("pack"), version, build)))
    if not description:
        return
    kind = None
    if role is not None:
        kind = OsKind.CLIENT if role is Role.WORKSTATION else OsKind.SERVER
    system = identify(description, kind)
    place = f"line {row.line}"
    if isinstance(system, OperatingSystem):
        evidence = row.source.evidence(place, f"{device.name}: {description}")
        device.statements.append(Statement(OS, system, evidence))
        return
    fault = row.source.fault(f"{device.name}: {system.reason}", place)
    device.faults.append(fault)
    device.missing.append((OS, Missing(system.reason, fault)))


def _merge_row(source: Source, line: int, first: Device, second: Device) -> None:
    """Merge a second row of a host; where the rows differ in a fact, that fact is unknown."""
    values = {statement.key: statement.value for statement in first.statements}
    for statement in second.statements:
        if values.get(statement.key, statement.value) != statement.value:
            message = f"{first.name} is listed twice with different values"
            fault = source.fault(message, f"line {line}")
            first.faults.append(fault)
            first.statements = [each for each in first.statements if each.key != statement.key]
            first.missing.append((statement.key, Missing(str(fault), fault)))
    first.full = first.full or second.full
    first.faults.extend(second.faults)
