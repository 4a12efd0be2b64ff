"""The Windows release of a host, from systeminfo, Get-ComputerInfo, osquery and `ver`."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from logreach.inventories.facts.facts import Missing, Reading, Statement
from logreach.inventories.files.faults import InputError
from logreach.inventories.files.json_text import looks_like_json, parse_rows
from logreach.inventories.files.sources import Source
from logreach.inventories.files.text import lines
from logreach.inventories.windows.facts import OS, ROLE, OperatingSystem, OsKind, Role
from logreach.inventories.windows.host_words import words_of
from logreach.inventories.windows.system import update_files
from logreach.inventories.windows.system.operating_systems import identify

_VERSION = re.compile(r"(?:5\.[0-2]|6\.[0-3]|10\.0)\.\d{4,6}(?!\d)(?:\.\d+)?")
_VER = re.compile(r"Microsoft Windows \[[^\]]*?((?:5\.[0-2]|6\.[0-3]|10\.0)\.\d{4,6}(?:\.\d+)?)\]")
_PACK = re.compile(r"(?:Service Pack|SP)\s*\d", re.IGNORECASE)
_HEAD_LINES = 12  # name, version and configuration stand in the first lines of systeminfo


def looks_like_systeminfo(head: str) -> bool:
    """Whether a file that begins with `head` is systeminfo output, in any language."""
    return _find_version(head) is not None


def read_systeminfo(source: Source) -> Reading:
    """Read systeminfo as table, list or CSV; by its values, as its labels are translated."""
    listing = source.text(_count_version_words)
    version_line = _find_version(listing)
    if version_line is None:
        hint = "Save the output of `systeminfo` or `systeminfo /fo csv`."
        raise InputError(source.fault("names no Windows version", hint=hint))
    line, name, version, cells = version_line
    role = _role(cells)
    kind = OsKind.SERVER if "server" in name.casefold() else OsKind.CLIENT
    system = _reading(source, f"{name} {version}", kind if name else None, role, f"line {line}")
    updates = update_files.installed(source, listing)
    return replace(system, statements=(*system.statements, *updates))


def _find_version(listing: str) -> tuple[int, str, str, list[str]] | None:
    """(line, product name, version, values up to five lines below) of the first Windows version."""
    name, values_so_far = "", []
    for number, line in lines(listing[:65536]):
        values = _values(line)
        values_so_far.extend(values)
        for value in values:
            if _VERSION.match(value) and name:
                return number, name, value, [*values_so_far, *_following(listing, number)]
            if not name and re.search(r"windows", value, re.IGNORECASE) and len(value) < 120:
                name = value
        if number > _HEAD_LINES:
            return None
    return None


def _following(listing: str, number: int) -> Iterable[str]:
    for line_number, line in lines(listing[:65536]):
        if number < line_number < number + 6:
            yield from _values(line)


def _values(line: str) -> list[str]:
    """The values in a line: the cells of a CSV row, or the text behind a label's colon."""
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
    return next((_roles()[cell.casefold()] for cell in cells if cell.casefold() in _roles()), None)


def _count_version_words(listing: str) -> int:
    return len(re.findall(r"Windows|\d+\.\d+\.\d{4,6}", listing))


def looks_like_ver(head: str) -> bool:
    """Whether a file that begins with `head` is `ver` output."""
    return len(head) < 400 and bool(_VER.search(head))


def read_ver(source: Source) -> Reading:
    """Read `ver`: it prints version and build, but not the product."""
    match = _VER.search(source.text())
    if match is None:
        raise InputError(source.fault("names no Windows version"))
    return _reading(source, match[1], None, None, "line 1", strict=False)


def looks_like_json_os(head: str) -> bool:
    """Whether a file that begins with `head` is JSON that `read_json` reads."""
    if not looks_like_json(head):
        return False
    return any(
        key in head for key in ('"OsBuildNumber"', '"BuildNumber"', '"platform_like"', '"codename"')
    )


def read_json(source: Source) -> Reading:
    """Read JSON of Get-ComputerInfo, Win32_OperatingSystem or osquery's os_version."""
    rows = parse_rows(source)
    if len(rows) != 1:
        raise InputError(source.fault(f"describes {len(rows)} systems instead of one"))
    row = rows[0]
    mention = _mention_in(row)
    if not mention:
        raise InputError(source.fault("names no Windows version"))
    role = _product_type(row)
    kind = None
    if role is not None:
        kind = OsKind.CLIENT if role is Role.WORKSTATION else OsKind.SERVER
    return _reading(source, mention, kind, role, "record 1")


def _mention_in(row: Mapping[str, Any]) -> str:
    """The system's name, version and revision in one line, as `identify` expects them."""
    name = _first(row, "OsName", "Caption", "name", "WindowsProductName")
    version = _first(
        row, "OsVersion", "Version", "version", "OsBuildNumber", "BuildNumber", "build"
    )
    revision = _first(row, "WindowsUBR", "UBR", "revision")
    if not version:
        return ""
    build = _first(row, "OsBuildNumber", "BuildNumber", "build")
    if build.isdecimal() and build not in version.split("."):
        version = f"{version} {build}"
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
    mention: str,
    kind: OsKind | None,
    role: Role | None,
    location: str,
    *,
    strict: bool = True,
) -> Reading:
    """The operating system and role; an ambiguous system is a fault only if `strict`."""
    # The build already implies the service pack.
    identified = identify(_PACK.sub("", mention) if _VERSION.search(mention) else mention, kind)
    statements = []
    if role is not None:
        statements.append(Statement(ROLE, role, source.evidence(location, str(role))))
    if isinstance(identified, OperatingSystem):
        evidence = source.evidence(location, mention)
        return Reading((Statement(OS, identified, evidence), *statements))
    if not identified.faulty and not strict:
        return Reading(tuple(statements), (), ((OS, Missing(identified.reason)),))
    fault = source.fault(identified.reason, location)
    return Reading(tuple(statements), (fault,), ((OS, Missing(identified.reason, fault)),))
