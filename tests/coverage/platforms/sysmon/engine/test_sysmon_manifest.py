"""Events, fields and conditions of each schema, compared with the schema dumps."""

from __future__ import annotations

import csv
from pathlib import Path
from xml.etree.ElementTree import Element

import pytest
from defusedxml import ElementTree
from support import ROOT, shared

from logreach.coverage.platforms.sysmon.engine import conditions, manifest
from logreach.coverage.platforms.sysmon.engine.config import Condition
from logreach.coverage.platforms.sysmon.engine.manifest import Schema

DUMPS = (
    "sysmonv11.0_4.30.xml",
    "sysmonv11.11_4.32.xml",
    "sysmonv12.03_4.40.xml",
    "sysmonv13.01_4.50.xml",
    "sysmonv15.15_4.90.xml",
)
FOLDER = ROOT / "coverage/logreach/coverage/platforms/sysmon/knowledge"


def _dump(name: str) -> Element:
    root = ElementTree.parse(shared(f"sysmon/schemas/{name}")).getroot()
    assert isinstance(root, Element)
    return root


@pytest.mark.parametrize("name", DUMPS)
def test_events_fields_and_conditions_are_those_of_the_dump(name: str) -> None:
    dump = _dump(name)
    schema = Schema.of(dump.attrib["schemaversion"])
    dumped = {int(event.attrib["value"]): event for event in dump.iter("event")}
    assert {event.id for event in manifest.events(schema)} == set(dumped)
    for event_id, dumped_event in dumped.items():
        event = manifest.event(event_id)
        assert event is not None
        assert event.tag == dumped_event.get("rulename", "")
        fields = [data.attrib["name"] for data in dumped_event.iter("data")]
        assert list(manifest.fields_of(event_id, schema)) == fields
        types = {
            data.attrib["name"]: data.attrib["inType"][4:] for data in dumped_event.iter("data")
        }
        assert {field: manifest.type_of(field) for field in types} == types
    filters = dump.find(".//filters")
    assert filters is not None
    listed = set((filters.text or "").split(","))
    assert set(manifest.conditions(schema)) == listed


@pytest.mark.parametrize(
    ("declared", "grammar"),
    [("4.90", "4.90"), ("4.91", "4.83"), ("9.00", "4.83"), ("4.55", "4.50"), ("3.40", None)],
)
def test_grammar_that_the_published_engine_takes(declared: str, grammar: str | None) -> None:
    schema = manifest.grammar_for(Schema.of(declared), manifest.engine_schema())
    assert (str(schema) if schema else None) == grammar


def test_every_condition_is_known_in_the_newest_schema() -> None:
    assert set(manifest.conditions(manifest.newest())) == {
        str(condition) for condition in Condition
    }


def test_fields_stay_the_same_until_a_schema_changes_them() -> None:
    assert "ParentUser" not in manifest.fields_of(1, Schema(4, 70))
    assert "ParentUser" in manifest.fields_of(1, Schema(4, 80))
    assert manifest.fields_of(23, Schema(4, 22)) == ()
    assert manifest.fields_of(23, Schema(4, 22), loading=True)


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.csv")), ids=lambda path: path.name)
def test_every_table_is_complete_and_sorted_by_nothing_but_meaning(path: Path) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[1:]
    assert {len(row) for row in rows} == {len(rows[0])}
    assert len({tuple(row) for row in rows}) == len(rows)
    if "source" in rows[0]:
        at = rows[0].index("source")
        assert all(row[at] for row in rows)


def test_variables_are_filled_in_as_windows_does() -> None:
    assert conditions.expand("%systemroot%\\x") == "c:\\windows\\x"
    assert conditions.expand("%nosuch%systemroot%") == "%nosuchc:\\windows"
    assert conditions.expand("50%") == "50%"
    assert conditions.expand("%" + "a" * 258) is not None
    assert conditions.expand("%" + "a" * 259) is None
    assert not conditions.is_certain("%TEMP%\\a")
