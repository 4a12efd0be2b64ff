"""The rows of device lists: CSV with headings, or JSON with an object a device."""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from logreach.inventories.files.faults import Fault, InputError
from logreach.inventories.files.json_text import looks_like_json, parse_rows
from logreach.inventories.files.sources import Source
from logreach.inventories.files.tables import TABLES, Shape, yaml_table
from logreach.inventories.files.text import lines
from logreach.inventories.windows.system.os_files import looks_like_json_os

_LONGEST_LINE = 262_144
_HEAD = 8192  # characters; the headings, or the first objects, stand at the top
_OURS = ("name", "os", "version", "build", "role", "count")
_JSON_KEY = re.compile(r'"((?:[^"\\]|\\.){1,80})"\s*:')
_FIRST_KEYS = 4  # the Graph API writes its context, count and next page before 'value'
_NEXT_PAGE = "@odata.nextLink"


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """One device as a list writes it; `place` is its line or record."""

    source: Source
    place: str
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
    if looks_like_json(head):
        return _is_json_list(head[:_HEAD])
    for _, line in lines(head[:_HEAD]):
        if not line.strip() or line.startswith("#TYPE"):
            continue
        return _are_known({_fold(cell) for cell in _split(line, _delimiter(line))})
    return False


def _is_json_list(head: str) -> bool:
    """Whether JSON is a list of devices; one object, or one system, describes a single host."""
    keys = [_fold(key) for key in _JSON_KEY.findall(head)]
    in_list = head.lstrip().startswith("[") or "value" in keys[:_FIRST_KEYS]
    has_system = not set(_table()["os"]).isdisjoint(keys)
    return in_list and has_system and _are_known(keys) and not looks_like_json_os(head)


def _are_known(headings: Collection[str]) -> bool:
    table = _table()
    systems = (*table["os"], *table["version"])
    return not set(table["name"]).isdisjoint(headings) and not set(systems).isdisjoint(headings)


def rows(source: Source, columns: Mapping[str, str], faults: list[Fault]) -> Iterator[DeviceRow]:
    """Every row of a list; `faults` takes those that cannot be read.

    InputError where no column for names, or none for the system, can be found.
    """
    text = source.text()
    if looks_like_json(text):
        return _json_rows(source, columns, faults)
    return _csv_rows(source, text, columns, faults)


@cache
def words() -> dict[str, Any]:
    """The table of device lists: headings, words and groups."""
    shape: Shape = {"source": str, "groups": {...: [str]}, ...: [str]}
    table: dict[str, Any] = yaml_table(TABLES / "device_columns.yaml", shape)
    return table


@cache
def _table() -> dict[str, tuple[str, ...]]:
    return {
        what: tuple(_fold(heading) for heading in headings)
        for what, headings in words().items()
        if isinstance(headings, list)
    }


def _fold(heading: str) -> str:
    return re.sub(r"[^\w]|_", "", heading.casefold())


def _delimiter(line: str) -> str:
    return max(",;\t", key=line.count)


def _split(line: str, delimiter: str) -> list[str]:
    try:
        return [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter), [])]
    except csv.Error:
        return []


def _csv_rows(
    source: Source, text: str, columns: Mapping[str, str], faults: list[Fault]
) -> Iterator[DeviceRow]:
    delimiter, headings, choices = "", list[str](), dict[str, tuple[str, ...]]()
    for number, line in lines(text):
        if not line.strip() or line.startswith("#TYPE"):
            continue
        if not headings:
            delimiter = _delimiter(line)
            headings = [_fold(cell) for cell in _split(line, delimiter)]
            choices = _columns(source, columns, headings, f"line {number}")
            continue
        cells = _split(line, delimiter) if len(line) < _LONGEST_LINE else []
        if len(cells) != len(headings):
            message = f"row has {len(cells)} columns, the headings {len(headings)}"
            faults.append(source.fault(message, f"line {number}"))
            continue
        place = f"line {number}"
        yield DeviceRow(source, place, dict(zip(headings, cells, strict=True)), choices)


def _json_rows(
    source: Source, columns: Mapping[str, str], faults: list[Fault]
) -> Iterator[DeviceRow]:
    records = list(_records(source, faults))
    headings = {_fold(key) for record in records for key in record}
    choices = _columns(source, columns, headings, "") if records else {}
    for number, record in enumerate(records, 1):
        # Objects and lists within an object hold nothing of what is looked for.
        cells = {
            _fold(key): str(value).strip()
            for key, value in record.items()
            if isinstance(value, str | int)
        }
        yield DeviceRow(source, f"record {number}", cells, choices)


def _records(source: Source, faults: list[Fault]) -> Iterator[dict[str, Any]]:
    """The objects of a list, or of one page of the Graph API, which wraps it in 'value'."""
    for document in parse_rows(source):
        page = document.get("value")
        if not isinstance(page, list):
            yield document
            continue
        if _NEXT_PAGE in document:
            message = "is one page of a longer list, so that devices are lacking"
            hint = f"Follow {_NEXT_PAGE}, and list the file of each page."
            faults.append(source.fault(message, hint=hint))
        for number, record in enumerate(page, 1):
            if isinstance(record, dict):
                yield record
            else:
                faults.append(source.fault("is no object", f"record {number}"))


def _columns(
    source: Source, columns: Mapping[str, str], headings: Collection[str], place: str
) -> dict[str, tuple[str, ...]]:
    choices = dict(_table())
    absent = [name for name, heading in columns.items() if _fold(heading) not in headings]
    if absent:
        quoted = ", ".join(repr(columns[name]) for name in absent)
        raise InputError(source.fault(f"has no column {quoted}", place))
    for name, heading in columns.items():
        choices[name] = (_fold(heading),)
    telling = [what for what in ("os", "version", "build") if set(choices[what]) & set(headings)]
    if not set(choices["name"]) & set(headings) or not telling:
        hint = f"Name them under 'columns': {', '.join(_OURS)}."
        message = "no column for the host's name, or none for its operating system"
        raise InputError(source.fault(message, place, hint))
    return choices
