"""Loads what tells which of its audit subcategories writes an event: event_subcategories.yaml."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from logreach.coverage.events.event_id import EventId
from logreach.coverage.events.patterns import Constraint, Test
from logreach.inventories.files.tables import Shape, yaml_table

_FILE = Path(__file__).with_name("event_subcategories.yaml")
_FIELD: Shape = {
    "equals?": [str],
    "contains?": [str],
    "without?": [str],
    "lacks?": [str],
    "lacks-id?": bool,
}
_CASE: Shape = {
    "subcategory": (str, [str]),
    "kind?": str,
    "fields": {...: _FIELD},
    "doubt?": str,
    "source?": str,
}
_SHAPE: Shape = {
    "lists": {...: [str]},
    "events": [{"events": [str], "source": str, "words?": {...: [str]}, "cases": [_CASE]}],
    "untold": {...: str},
}
_TESTS = {
    "equals": (Test.EQUALS, False),
    "contains": (Test.CONTAINS, False),
    "without": (Test.EQUALS, True),
    "lacks": (Test.CONTAINS, True),
}
_GUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}"


@dataclass(frozen=True, slots=True)
class SubcategoryCase:
    """Events of one id that the same audit subcategory writes, told by their fields.

    `subcategories` are names; of several it is one, and sources differ on which. `kind` is the kind
    of object ('' where the event is on none). `fields` holds what such events satisfy. `doubt` says
    why sources differ on whether they exist. `words` are those of which the values of a field are
    made, in any case of the event.
    """

    subcategories: tuple[str, ...]
    kind: str
    fields: Mapping[str, tuple[Constraint, ...]]
    doubt: str
    source: str
    words: Mapping[str, tuple[str, ...]]


@cache
def subcategory_cases() -> Mapping[EventId, tuple[SubcategoryCase, ...]]:
    """The cases of each event that several subcategories may write. A fault in the table is a
    programming error."""
    table = yaml_table(_FILE, _SHAPE)
    return {
        EventId.parse(event): tuple(_case(case, entry, table["lists"]) for case in entry["cases"])
        for entry in table["events"]
        for event in entry["events"]
    }


@cache
def untold_events() -> Mapping[EventId, str]:
    """Events of several subcategories, none of whose fields tells which, with the reason."""
    untold = yaml_table(_FILE, _SHAPE)["untold"]
    return {EventId.parse(event): reason for event, reason in untold.items()}


def _case(
    data: Mapping[str, Any], entry: Mapping[str, Any], lists: Mapping[str, list[str]]
) -> SubcategoryCase:
    names = data["subcategory"]
    return SubcategoryCase(
        (names,) if isinstance(names, str) else tuple(names),
        data.get("kind", ""),
        {name: tuple(_constraints(tests, lists)) for name, tests in data["fields"].items()},
        data.get("doubt", ""),
        data.get("source", entry["source"]),
        {name: tuple(_expanded(words, lists)) for name, words in entry.get("words", {}).items()},
    )


def _constraints(tests: Mapping[str, Any], lists: Mapping[str, list[str]]) -> Iterator[Constraint]:
    for name, values in tests.items():
        if name == "lacks-id":
            yield Constraint(Test.MATCHES, (_GUID,), negated=True)
            continue
        test, negated = _TESTS[name]
        yield Constraint(test, tuple(_expanded(values, lists)), negated)


def _expanded(values: Iterable[str], lists: Mapping[str, list[str]]) -> Iterator[str]:
    """The values, with those of a list in place of '<its name>'."""
    for value in values:
        if value.startswith("<"):
            yield from lists[value.strip("<>")]
        else:
            yield value
