"""The tables of Windows events load, and their loader refuses what does not fit together."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from logreach.coverage.engine.verdict import Level
from logreach.coverage.events.event_id import EventId
from logreach.coverage.platforms.windows.knowledge import events as events_module
from logreach.coverage.platforms.windows.knowledge.events import load_events
from logreach.coverage.platforms.windows.knowledge.model import Policy, Setting, Span
from logreach.coverage.platforms.windows.knowledge.spans import parse_span
from logreach.coverage.platforms.windows.prerequisites.os import MEMBER
from logreach.coverage.platforms.windows.sensor import WindowsSensor
from logreach.inventories.files.faults import InputError
from logreach.inventories.reading.manifest import keys_by_place
from logreach.inventories.windows.facts import OperatingSystem, OsKind, Role
from logreach.inventories.windows.registry.settings import settings

_TABLES = Path(events_module.__file__).parent
_NAMES = (
    "events.csv",
    "layouts.csv",
    "unknown_events.csv",
    "retired_events.csv",
    "field_updates.csv",
    "channels.yaml",
    "roles.yaml",
    "sacl.yaml",
    "settings.yaml",
)
_FAULTS = yaml.safe_load(Path(__file__).with_name("event_table_faults.yaml").read_text("utf-8"))
# Events hang on these, and no inventory tells them yet: such events stay unknown.
_TOLD_BY_NO_READER = {"azman_auditing", "ca_audit_template_load"}
_EVERY_BUILD = (6000, 7600, 9200, 9600, 10240, 10586, 14393, 17763, 18362, 19043, 20348, 22000)


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    for name in _NAMES:
        shutil.copy(_TABLES / name, tmp_path / name)
    return tmp_path


@pytest.mark.parametrize("case", _FAULTS.values(), ids=_FAULTS.keys())
def test_a_fault_in_a_table_is_named(case: dict[str, str], tables: Path) -> None:
    path = tables / case["file"]
    text = path.read_text("utf-8")
    if "old" in case:
        assert case["old"] in text
        text = text.replace(case["old"], case["new"], 1)
    path.write_text(text + case.get("add", "") + "\n", encoding="utf-8")
    with pytest.raises(InputError) as refused:
        load_events(tables)
    assert case["says"] in str(refused.value)


def test_all_faults_of_all_tables_are_told_at_once(tables: Path) -> None:
    for name in ("events.csv", "layouts.csv"):
        path = tables / name
        path.write_text(path.read_text("utf-8").replace(",source\n", ",sauce\n", 1), "utf-8")
    with pytest.raises(InputError) as refused:
        load_events(tables)
    told = {(fault.source, fault.message) for fault in refused.value.faults}
    assert {("events.csv", "no column 'source'"), ("layouts.csv", "no column 'source'")} <= told


def test_no_event_is_surer_in_one_layout_than_as_a_whole() -> None:
    for event in load_events().events.values():
        for kind in OsKind:
            for build in _EVERY_BUILD:
                os = OperatingSystem("", "", kind, "", build)
                whole = event.written_on(os)
                for layout in event.layouts:
                    if (span := layout.span(os)) is not None:
                        assert span.holds(build).proven <= whole.proven, event.key
                        assert span.holds(build).possible <= whole.possible, event.key


def test_there_are_sixty_subcategories_and_each_event_names_known_ones() -> None:
    knowledge = load_events()
    assert len(knowledge.subcategories) == 60
    named = {
        guid
        for event in knowledge.events.values()
        for guid in (*event.subcategories, *event.also_subcategories)
    }
    assert named <= knowledge.subcategories.keys()


def test_roles_and_settings_are_those_that_an_inventory_can_tell() -> None:
    knowledge = load_events()
    features = set(keys_by_place()["features"])
    assert knowledge.roles.keys() - features == {Role.DOMAIN_CONTROLLER, MEMBER}
    names = {setting.name for setting in knowledge.settings.values() if not setting.retention}
    assert names - settings().keys() <= _TOLD_BY_NO_READER


def test_what_a_log_does_when_full_is_asked_of_a_known_channel() -> None:
    knowledge = load_events()
    asked = [setting for setting in knowledge.settings.values() if setting.retention]
    assert {setting.retention for setting in asked} == {"retain", "archive"}
    assert {setting.channel for setting in asked} <= {
        channel.name for channel in knowledge.channels.values()
    }


def test_hosts_of_some_roles_record_nothing_for_others() -> None:
    sensor = WindowsSensor()
    recorder = sensor.recorder(EventId.parse("Security:4769"))
    assert recorder is not None
    assert recorder.name == Role.DOMAIN_CONTROLLER
    for event, role in (
        ("Application:33205", ""),
        ("DNSServer:770", ""),
        ("Security:4720", MEMBER),
    ):
        assert sensor.recorder(EventId.parse(event), role) is None, event


def test_only_documented_audit_events_hang_on_a_subcategory() -> None:
    for event in load_events().events.values():
        documented = event.policy in (Policy.SUBCATEGORY, Policy.IGNORES)
        assert bool(event.subcategories) or not documented, event.key


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("-", None),
        ("6000", Span(6000, 6000)),
        ("6000?7600", Span(6000, 7600)),
        ("6000?", Span(6000, None)),
        ("6000..9200", Span(6000, 6000, None, 9200)),
        ("6000?7600..9200?9600", Span(6000, 7600, 9200, 9600)),
        ("6000?..7600?", Span(6000, None, 7600)),
    ],
)
def test_a_span_reads_as_its_table_says(text: str, span: Span | None) -> None:
    assert parse_span(text) == span


@pytest.mark.parametrize(
    ("value", "on"), [(4, True), (127, True), (3, False), (0, False), (True, True), ("4", False)]
)
def test_a_masked_setting_needs_its_bits(value: int | str, on: bool) -> None:
    assert Setting("ca_audit_filter", "", "", mask=4).level(value) is (
        Level.YES if on else Level.NO
    )
