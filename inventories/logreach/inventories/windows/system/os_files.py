"""Which Windows a host runs, from systeminfo, Get-ComputerInfo, osquery and `ver`."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from logreach.inventories.facts.facts import Missing, Reading, Statement
from logreach.inventories.files.faults import InputError
from logreach.inventories.files.json_text import looks_like_json, parse_rows
from logreach.inventories.files.sources import Source
from logreach.inventories.files.text import lines
from logreach.inventories.windows.facts import OS, ROLE, OperatingSystem, OsKind, Role
from logreach.inventories.windows.host_words import words_of
from logreach.inventories.windows.system.operating_systems import identify

_VERSION = re.compile(r"(?:6\.[0-3]|10\.0)\.\d{4,6}(?!\d)(?:\.\d+)?")
_VER = re.compile(r"Microsoft Windows \[[^\]]*?((?:6\.[0-3]|10\.0)\.\d{4,6}(?:\.\d+)?)\]")
_PACK = re.compile(r"(?:Service Pack|SP)\s*\d", re.IGNORECASE)
_HEAD_LINES = 12  # name, version and configuration stand in the first lines of systeminfo


def looks_like_systeminfo(text: str) -> bool:
    """Whether a text is systeminfo's, in whatever language."""
    return _systeminfo(text) is not None


def read_systeminfo(source: Source) -> Reading:
    """systeminfo as text, list or CSV; told apart by values, since labels are translated."""
    found = _systeminfo(source.text(_words_known))
    if found is None:
        hint = "Expected is what `systeminfo` or `systeminfo /fo csv` prints."
        raise InputError(source.fault("names no Windows version", hint=hint))
    line, name, version, cells = found
    role = _role(cells)
    kind = OsKind.SERVER if "server" in name.casefold() else OsKind.CLIENT
    return _reading(source, f"{name} {version}", kind if name else None, role, f"line {line}")


def _systeminfo(text: str) -> tuple[int, str, str, list[str]] | None:
    """(line, name, version, values near it) of the first version of Windows in the text."""
    name, near = "", []
    for number, line in lines(text[:65536]):
        values = _values(line)
        near.extend(values)
        for value in values:
            if _VERSION.match(value) and name:
                return number, name, value, [*near, *_following(text, number)]
            if not name and re.search(r"windows", value, re.IGNORECASE) and len(value) < 120:
                name = value
        if number > _HEAD_LINES:
            return None
    return None


def _following(text: str, number: int) -> Iterable[str]:
    for at, line in lines(text[:65536]):
        if number < at < number + 6:
            yield from _values(line)


def _values(line: str) -> list[str]:
    """The values of a line: a row of CSV, or what follows the label of a list."""
    if line.startswith('"'):
        try:
            return [cell.strip() for cell in next(csv.reader([line]), [])]
        except csv.Error:
            return []
    _, colon, value = line.partition(":")
    return [value.strip()] if colon and value.strip() else []


@cache
def _roles() -> dict[str, Role]:
    words = words_of("roles")
    return {word.casefold(): role for role in Role for word in words[role]}


def _role(cells: Iterable[str]) -> Role | None:
    return next((_roles()[one.casefold()] for one in cells if one.casefold() in _roles()), None)


def _words_known(text: str) -> int:
    return len(re.findall(r"Windows|\d+\.\d+\.\d{4,6}", text))


def looks_like_ver(text: str) -> bool:
    """Whether a text is what `ver` prints."""
    return len(text) < 400 and bool(_VER.search(text))


def read_ver(source: Source) -> Reading:
    """`ver`: the version and build, nothing of the product."""
    match = _VER.search(source.text())
    if match is None:
        raise InputError(source.fault("names no Windows version"))
    return _reading(source, match[1], None, None, "line 1", strict=False)


def looks_like_json_os(text: str) -> bool:
    """Whether a text is JSON of Get-ComputerInfo, Win32_OperatingSystem or osquery os_version."""
    if not looks_like_json(text):
        return False
    return any(
        mark in text
        for mark in ('"OsBuildNumber"', '"BuildNumber"', '"platform_like"', '"codename"')
    )


def read_json(source: Source) -> Reading:
    """Get-ComputerInfo, Win32_OperatingSystem or osquery's os_version, as JSON."""
    rows = parse_rows(source)
    if len(rows) != 1:
        raise InputError(source.fault(f"tells of {len(rows)} systems, expected is one"))
    row = rows[0]
    text = _json_text(row)
    if not text:
        raise InputError(source.fault("names no Windows version"))
    role = _product_type(row)
    kind = None
    if role is not None:
        kind = OsKind.CLIENT if role is Role.WORKSTATION else OsKind.SERVER
    return _reading(source, text, kind, role, "record 1")


def _json_text(row: Mapping[str, Any]) -> str:
    """The system's name, version and revision in one text, as `identify` takes them."""
    name = _first(row, "OsName", "Caption", "name", "WindowsProductName")
    version = _first(
        row, "OsVersion", "Version", "version", "OsBuildNumber", "BuildNumber", "build"
    )
    revision = _first(row, "WindowsUBR", "UBR", "revision")
    if not version:
        return ""
    if revision.isdecimal() and _VERSION.fullmatch(version) and version.count(".") == 2:
        version = f"{version}.{revision}"
    return f"{name} {version}".strip()


def _first(row: Mapping[str, Any], *names: str) -> str:
    for name in names:
        value = row.get(name)
        if isinstance(value, str | int) and not isinstance(value, bool) and str(value).strip():
            return str(value).strip()
    return ""


def _product_type(row: Mapping[str, Any]) -> Role | None:
    word = _first(row, "OsProductType", "ProductType")
    table = words_of("product_types")
    return next((role for role in Role if word and word in table[role]), None)


def _reading(
    source: Source,
    text: str,
    kind: OsKind | None,
    role: Role | None,
    where: str,
    *,
    strict: bool = True,
) -> Reading:
    """The system and role; what only leaves open which system is no fault unless `strict`."""
    # A service pack changes nothing that the build does not tell.
    found = identify(_PACK.sub("", text) if _VERSION.search(text) else text, kind)
    statements = []
    if role is not None:
        statements.append(Statement(ROLE, role, source.evidence(where, str(role))))
    if isinstance(found, OperatingSystem):
        evidence = source.evidence(where, text)
        return Reading((Statement(OS, found, evidence), *statements))
    if not found.wrong and not strict:
        return Reading(tuple(statements), (), ((OS, Missing(found.reason)),))
    fault = source.fault(found.reason, where)
    return Reading(tuple(statements), (fault,), ((OS, Missing(found.reason, fault)),))
