"""Lists of devices from Active Directory, Defender, Intune and others: CSV, a row a host."""

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
from logreach.inventories.windows.system.operating_systems import identify

_MOST_COUNTED = 10_000_000
_LONGEST_LINE = 262_144
_OURS = ("name", "os", "version", "build", "role", "count")


@dataclass(slots=True)
class Device:
    """One row: the host's name and what the list says of it.

    `full` is the name with its domain, '' where the row does not tell it; `source` and `where`
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
    """A whole list, what is wrong with it, and what of it is left out."""

    devices: list[Device] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    notes: list[Fault] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Row:
    source: Source
    line: int
    cells: Mapping[str, str]
    columns: Mapping[str, tuple[str, ...]]

    def get(self, what: str) -> str:
        """The first filled column that tells `what`."""
        for heading in self.columns.get(what, ()):
            if self.cells.get(heading, ""):
                return self.cells[heading]
        return ""


def looks_like(text: str) -> bool:
    """Whether a text is a list of devices whose headings are known."""
    table = _table()
    for _, line in lines(text[:8192]):
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
    found = Devices()
    others, disabled = 0, 0
    devices: list[tuple[int, Device]] = []
    for row in _rows(source, columns or {}, found.faults):
        if _other_system(row):
            others += 1
            continue
        if row.get("enabled").casefold() in _disabled():
            disabled += 1
            continue
        device = _device(row)
        if device is None:
            found.faults.append(source.fault("row without a name", f"line {row.line}"))
            continue
        devices.append((row.line, device))
    found.devices = _distinct(source, devices)
    if others:
        message = (
            f"{counted(others, 'device')} without Windows {noun(others, 'is', 'are')} not judged"
        )
        found.notes.append(source.fault(message))
    if disabled:
        are = noun(disabled, "is", "are")
        message = f"{counted(disabled, 'computer account')} that {are} disabled {are} not judged"
        found.notes.append(source.fault(message))
    return found


def _distinct(source: Source, devices: list[tuple[int, Device]]) -> list[Device]:
    """Each host once; of the same name in two domains there are two."""
    domains: dict[str, set[str]] = {}
    for _, device in devices:
        domains.setdefault(device.name.casefold(), set()).update({device.full} - {""})
    by_name: dict[tuple[str, str], Device] = {}
    for line, device in devices:
        name = device.name.casefold()
        first = by_name.setdefault((name, device.full if len(domains[name]) > 1 else ""), device)
        if first is not device:
            _again(source, line, first, device)
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


def _rows(source: Source, columns: Mapping[str, str], faults: list[Fault]) -> Iterator[_Row]:
    delimiter, headings, wanted = "", list[str](), dict[str, tuple[str, ...]]()
    for number, line in lines(source.text()):
        if not line.strip() or line.startswith("#TYPE"):
            continue
        if not headings:
            delimiter = _delimiter(line)
            headings = [_fold(cell) for cell in _split(line, delimiter)]
            wanted = _columns(source, columns, headings, number)
            continue
        cells = _split(line, delimiter) if len(line) < _LONGEST_LINE else []
        if len(cells) != len(headings):
            message = f"row has {len(cells)} columns, the headings {len(headings)}"
            faults.append(source.fault(message, f"line {number}"))
            continue
        yield _Row(source, number, dict(zip(headings, cells, strict=True)), wanted)


def _columns(
    source: Source, columns: Mapping[str, str], headings: list[str], line: int
) -> dict[str, tuple[str, ...]]:
    wanted = dict(_table())
    absent = [name for name, heading in columns.items() if _fold(heading) not in headings]
    if absent:
        named = ", ".join(repr(columns[name]) for name in absent)
        raise InputError(source.fault(f"has no column {named}", f"line {line}"))
    for name, heading in columns.items():
        wanted[name] = (_fold(heading),)
    telling = [what for what in ("os", "version", "build") if set(wanted[what]) & set(headings)]
    if not set(wanted["name"]) & set(headings) or not telling:
        hint = f"Name them under 'columns': {', '.join(_OURS)}."
        message = "no column for the host's name, or none for its system"
        raise InputError(source.fault(message, f"line {line}", hint))
    return wanted


def _other_system(row: _Row) -> bool:
    text = f"{row.get('os')} {row.get('version')}".casefold()
    if "windows" in text:
        return False
    words = _not_windows()
    return any(re.search(rf"(?<![a-z]){re.escape(word)}(?![a-z])", text) for word in words)


@cache
def _not_windows() -> tuple[str, ...]:
    """Words of systems that are not Windows."""
    return tuple(_words()["not_windows"])


@cache
def _disabled() -> frozenset[str]:
    """Words that say of an account that it is not enabled."""
    return frozenset(word.casefold() for word in _words()["disabled"])


def _device(row: _Row) -> Device | None:
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


def _take_count(row: _Row, device: Device) -> None:
    text = row.get("count")
    if text.isdecimal() and len(text) < 9 and 0 < int(text) <= _MOST_COUNTED:
        device.count = int(text)
    elif text:
        device.faults.append(row.source.fault(f"{text[:40]!r} is no count", f"line {row.line}"))


def _role(row: _Row, device: Device) -> Role | None:
    """The role that the list tells, or that the directory's own primary group proves."""
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


def _take_os(row: _Row, device: Device, role: Role | None) -> None:
    build, version = row.get("build"), row.get("version")
    text = " ".join(filter(None, (row.get("os"), row.get("pack"), version, build)))
    if not text:
        return
    kind = None
    if role is not None:
        kind = OsKind.CLIENT if role is Role.WORKSTATION else OsKind.SERVER
    found = identify(text, kind)
    where = f"line {row.line}"
    if isinstance(found, OperatingSystem):
        evidence = row.source.evidence(where, f"{device.name}: {text}")
        device.statements.append(Statement(OS, found, evidence))
        return
    fault = row.source.fault(f"{device.name}: {found.reason}", where)
    device.faults.append(fault)
    device.missing.append((OS, Missing(found.reason, fault)))


def _again(source: Source, line: int, first: Device, second: Device) -> None:
    """A name listed twice: fine where both rows agree, else the host's system is unknown."""
    told = {one.key: one.value for one in first.statements}
    for one in second.statements:
        if told.get(one.key, one.value) != one.value:
            message = f"{first.name} is listed twice and differently"
            fault = source.fault(message, f"line {line}")
            first.faults.append(fault)
            first.statements = [kept for kept in first.statements if kept.key != one.key]
            first.missing.append((one.key, Missing(str(fault), fault)))
    first.full = first.full or second.full
    first.faults.extend(second.faults)
