"""Properties of a system as text: `wmic os get`, `wmic computersystem get`, PowerShell's lists.

wmic prints a list ('Version=10.0.19045'), CSV, or a table whose headings show where the columns
begin; PowerShell writes 'Version : 10.0.19045'.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from logreach.inventories.facts.facts import Reading, Statement
from logreach.inventories.files.faults import InputError
from logreach.inventories.files.sources import Source
from logreach.inventories.files.text import lines
from logreach.inventories.windows.facts import ROLE
from logreach.inventories.windows.host_words import role_of
from logreach.inventories.windows.system import os_files

_PROPERTY = re.compile(r"(\w+)\s*[=:](.*)")
_HEADING = re.compile(r"\w+(?:\s{2,}\w+)*\s*")
_TELLING = {"buildnumber", "osbuildnumber", "domainrole"}
_SYSTEM = {"version", "caption"}
_OF_SYSTEM = {"buildnumber", "osbuildnumber", "version", "osversion"}
_OF_PROGRAMS = {"vendor", "identifyingnumber", "manufacturer"}  # of Win32_Product, among others
_HEAD_LINES = 80


def looks_like(head: str) -> bool:
    """Whether a file that begins with `head` holds properties of the operating system."""
    names: set[str] = set()
    for number, line in lines(head):
        if number > _HEAD_LINES:
            break
        if match := _PROPERTY.fullmatch(line.strip()):
            names.add(match[1].casefold())
        elif not names and (headings := _headings(line)):
            names.update(heading.casefold() for heading in headings)
            break
    return bool(names & _TELLING) or (names >= _SYSTEM and not names & _OF_PROGRAMS)


def read(source: Source) -> Reading:
    """Read the properties of one system."""
    records = list(_records(source))
    if len(records) != 1:
        raise InputError(source.fault(f"describes {len(records)} systems instead of one"))
    line, properties = records[0]
    role = role_of("domain_roles", properties.get("DomainRole", ""))
    if role is not None and not {name.casefold() for name in properties} & _OF_SYSTEM:
        return Reading((Statement(ROLE, role, source.evidence(f"line {line}", str(role))),))
    return os_files.of_properties(source, properties, f"line {line}")


def _records(source: Source) -> Iterator[tuple[int, dict[str, str]]]:
    """Each object's properties, with the line that names its version, or where it begins."""
    text = source.text()
    first = next((line for _, line in lines(text) if line.strip()), "")
    if _PROPERTY.fullmatch(first.strip()):
        yield from _listed(text)
    else:
        yield from _tabled(source, text)


def _listed(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    place, properties = 0, dict[str, str]()
    for number, line in lines(text):
        match = _PROPERTY.fullmatch(line.strip())
        if match is None:
            continue
        if match[1] in properties:
            yield place, properties
            place, properties = 0, {}
        properties[match[1]] = match[2].strip()
        place = number if not place or match[1] in ("Version", "OsVersion") else place
    if properties:
        yield place, properties


def _tabled(source: Source, text: str) -> Iterator[tuple[int, dict[str, str]]]:
    headings: list[str] = []
    begins: list[int] = []
    for number, line in lines(text):
        if not line.strip():
            continue
        if not headings:
            headings = _headings(line)
            begins = [match.start() for match in re.finditer(r"\S+", line)]
            is_csv = "," in line
            continue
        cells = line.split(",") if is_csv else _cut(line, begins)
        if len(cells) != len(headings):
            message = f"row has {len(cells)} columns, the headings {len(headings)}"
            raise InputError(source.fault(message, f"line {number}"))
        yield number, {name: cell.strip() for name, cell in zip(headings, cells, strict=True)}


def _headings(line: str) -> list[str]:
    """The property names in a line of headings; empty where it is none."""
    if line.startswith("Node,"):
        return line.strip().split(",")
    return line.split() if _HEADING.fullmatch(line.strip()) else []


def _cut(line: str, begins: list[int]) -> list[str]:
    return [line[start:end] for start, end in pairwise([*begins, len(line) + 1])]
