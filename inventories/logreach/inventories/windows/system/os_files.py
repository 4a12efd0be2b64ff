"""The Windows release of a host, from systeminfo, msinfo32, Get-ComputerInfo, osquery and `ver`."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from logreach.inventories.facts.facts import Missing, Reading, Statement
from logreach.inventories.facts.keys import FactKey
from logreach.inventories.files.faults import InputError
from logreach.inventories.files.json_text import looks_like_json, parse_rows
from logreach.inventories.files.sources import Source
from logreach.inventories.files.text import lines
from logreach.inventories.windows.facts import OS, ROLE, SYSMON, OperatingSystem, OsKind, Role
from logreach.inventories.windows.host_words import role_of, words_of
from logreach.inventories.windows.system import update_files
from logreach.inventories.windows.system.operating_systems import identify

_VERSION = re.compile(r"(?:5\.[0-2]|6\.[0-3]|10\.0)\.\d{4,6}(?!\d)(?:\.\d+)?")
_VER = re.compile(r"Microsoft Windows \[[^\]]*?((?:5\.[0-2]|6\.[0-3]|10\.0)\.\d{4,6}(?:\.\d+)?)\]")
_PACK = re.compile(r"(?:Service Pack|SP)\s*\d", re.IGNORECASE)
_SECTION = re.compile(r"^\[[^\]\r\n]+\][ \t]*\r?$", re.MULTILINE)
_ROLE_PROPERTIES = {
    "product_types": ("OsProductType", "ProductType"),
    "domain_roles": ("CsDomainRole", "DomainRole"),
}
_HEAD_LINES = 12  # name, version and configuration stand in the first lines of systeminfo


@dataclass(frozen=True, slots=True)
class _NamedVersion:
    """A Windows version with the product named before it; `after` are the values that follow."""

    line: int
    product: str
    version: str
    after: tuple[str, ...]


def looks_like_systeminfo(head: str) -> bool:
    """Whether a file that begins with `head` is systeminfo output, in any language."""
    return _find_version(head, _values) is not None


def read_systeminfo(source: Source) -> Reading:
    """Read systeminfo as table, list or CSV; by its values, as its labels are translated."""
    listing = source.text(_count_version_words)
    named_version = _find_version(listing, _values)
    if named_version is None:
        hint = "Save the output of `systeminfo` or `systeminfo /fo csv`."
        raise InputError(source.fault("names no Windows version", hint=hint))
    role = role_in(named_version.after)
    system = _named_system(source, named_version, role)
    updates = update_files.installed(source, listing)
    missing = () if role is not None else tuple(_untold_role(source, named_version))
    return replace(
        system, statements=(*system.statements, *updates), missing=(*system.missing, *missing)
    )


def _untold_role(
    source: Source, named_version: _NamedVersion
) -> Iterator[tuple[FactKey[object], Missing]]:
    """Why the role is not known; behind the version stand manufacturer and configuration."""
    if len(named_version.after) > 1:
        word = named_version.after[1][:60]
        yield ROLE, Missing(f"{source.path} tells the role in words not known here: {word!r}")


def looks_like_msinfo(head: str) -> bool:
    """Whether a file that begins with `head` is a report of msinfo32, in any language."""
    return bool(_SECTION.search(head[:4096])) and _find_version(head, _columns) is not None


def read_msinfo(source: Source) -> Reading:
    """Read `msinfo32 /report`: it names the system, but not the role."""
    report = source.text(_count_version_words)
    named_version = _find_version(report, _columns)
    if named_version is None:
        raise InputError(source.fault("names no Windows version"))
    system = _named_system(source, named_version, None)
    if "sysmon" not in report.casefold():
        return system
    reason = f"{source.path} lists Sysmon, but not its version or configuration; save `sysmon -c`"
    return replace(system, missing=(*system.missing, (SYSMON, Missing(reason))))


def _named_system(source: Source, named_version: _NamedVersion, role: Role | None) -> Reading:
    kind = OsKind.SERVER if "server" in named_version.product.casefold() else OsKind.CLIENT
    mention = f"{named_version.product} {named_version.version}"
    return system_reading(source, mention, kind, role, f"line {named_version.line}")


def _find_version(listing: str, values_in: Callable[[str], list[str]]) -> _NamedVersion | None:
    """The first Windows version of a listing that stands behind the name of its product."""
    product = ""
    for number, line in lines(listing[:65536]):
        values = values_in(line)
        for at, value in enumerate(values):
            if _VERSION.match(value) and product:
                after = (*values[at + 1 :], *_following(listing, number, values_in))
                return _NamedVersion(number, product, value, after)
            if not product and _is_product(value):
                product = value
        if number > _HEAD_LINES:
            return None
    return None


def _is_product(value: str) -> bool:
    """Whether a value names Windows; a path such as C:\\Windows does not."""
    return "windows" in value.casefold() and len(value) < 120 and not re.search(r"[\\/]", value)


def _following(listing: str, number: int, values_in: Callable[[str], list[str]]) -> Iterable[str]:
    for line_number, line in lines(listing[:65536]):
        if number < line_number < number + 6:
            yield from values_in(line)


def _values(line: str) -> list[str]:
    """The values in a line: the cells of a CSV row, or the text behind a label's colon."""
    if line.startswith('"'):
        try:
            return [cell.strip() for cell in next(csv.reader([line]), [])]
        except csv.Error:
            return []
    _, colon, value = line.partition(":")
    return [value.strip()] if colon and value.strip() else []


def _columns(line: str) -> list[str]:
    """The values in a line of a report whose columns are parted by tabs."""
    return [cell.strip() for cell in line.split("\t")[1:] if cell.strip()]


@cache
def _roles() -> dict[str, Role]:
    words = words_of("roles")
    return {word.casefold(): role for role in Role for word in words[role]}


def role_in(cells: Iterable[str]) -> Role | None:
    """The role that one of some values names, in any language that is known."""
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
    # Vista and Server 2008 apply no GPO with subcategories: which of them it is must be told.
    strict = match[1].startswith("6.0.")
    return system_reading(source, match[1], None, None, "line 1", strict=strict)


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
    return of_properties(source, row, "record 1")


def of_properties(source: Source, row: Mapping[str, Any], location: str) -> Reading:
    """The system and role among one object's properties; InputError where it names no version."""
    mention = _mention_in(row)
    if not mention:
        raise InputError(source.fault("names no Windows version", location))
    role = _product_type(row)
    return system_reading(source, mention, kind_of(role), role, location)


def kind_of(role: Role | None) -> OsKind | None:
    """The kind of Windows that a role needs."""
    if role is None:
        return None
    return OsKind.CLIENT if role is Role.WORKSTATION else OsKind.SERVER


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
    for kind, names in _ROLE_PROPERTIES.items():
        if role := role_of(kind, _first(row, *names)):
            return role
    return None


def system_reading(
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
