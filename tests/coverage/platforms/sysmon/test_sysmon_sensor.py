"""What Sysmon as a sensor says of its events, against a plain reading of its schemas."""

from __future__ import annotations

import hosts
import pytest

from logreach.coverage.engine.fixed import Fixed
from logreach.coverage.engine.judged import Volume
from logreach.coverage.engine.requirement import Need
from logreach.coverage.engine.verdict import UNKNOWN
from logreach.coverage.events.event_id import EventId
from logreach.coverage.events.patterns import EventPattern
from logreach.coverage.platforms.sysmon.engine import manifest, releases
from logreach.coverage.platforms.sysmon.headers import header_texts, sysmon_header
from logreach.coverage.platforms.sysmon.prerequisites import (
    SysmonFillsField,
    SysmonHashes,
    SysmonKeeps,
    SysmonKnows,
    SysmonRuns,
)
from logreach.coverage.platforms.sysmon.sensor import SysmonSensor
from logreach.coverage.platforms.windows.prerequisites.settings import ChannelOn
from logreach.inventories.facts.facts import Facts, Missing
from logreach.inventories.windows.facts import OS, SYSMON

SENSOR = SysmonSensor()
NUMBERS = [event.id for event in manifest.events(manifest.newest())]
ANY, WORDED = EventId.parse("Sysmon:*"), EventId.parse("Sysmon:logon")
FIELDS = sorted({name for schema in manifest.schemas() for number in NUMBERS for name in manifest.fields_of(number, schema)})  # fmt: skip


def event(number: int) -> EventId:
    return EventId.of("Sysmon", number)


def layouts(number: int) -> list[tuple[str, ...]]:
    """The event's fields by every schema that has the event."""
    every = [manifest.fields_of(number, schema) for schema in manifest.schemas()]
    return [fields for fields in every if fields]


@pytest.mark.parametrize("number", NUMBERS)
def test_the_fields_of_an_event_are_those_of_the_newest_schema(number: int) -> None:
    fields = SENSOR.fields(event(number))
    assert fields == manifest.fields_of(number, manifest.newest())
    assert fields


@pytest.mark.parametrize("number", NUMBERS)
def test_a_field_is_always_there_never_or_by_version(number: int) -> None:
    for name in FIELDS:
        having = [name in fields for fields in layouts(number)]
        assert SENSOR.always_there(event(number), name) is all(having), name
        assert bool(SENSOR.never_has(event(number), name)) is not any(having), name


@pytest.mark.parametrize("key", [ANY, WORDED])
def test_of_what_has_no_number_nothing_is_known(key: EventId) -> None:
    assert not SENSOR.knows(key)
    assert SENSOR.fields(key) == ()
    assert not SENSOR.always_there(key, "Image")
    assert SENSOR.never_has(key, "Image") == ""
    assert SENSOR.field_needs(key, "Image") == ()
    assert SENSOR.filtered(EventPattern(key)) is None
    assert SENSOR.header(key, Facts()) is None
    assert SENSOR.volume_of(key) is Volume.UNKNOWN
    unknown, runs, channel = (need.prerequisite for need in SENSOR.needs(key))
    assert isinstance(unknown, Fixed)
    assert unknown.check(Facts()).verdict is UNKNOWN
    assert isinstance(runs, SysmonRuns)
    assert isinstance(channel, ChannelOn)
    assert ("which events of Sysmon are meant" in unknown.check(Facts()).text) is (key == ANY)


@pytest.mark.parametrize("number", NUMBERS)
def test_an_event_needs_sysmon_its_log_and_a_version_that_knows_it(number: int) -> None:
    assert SENSOR.knows(event(number))
    runs, channel, knows = (need.prerequisite for need in SENSOR.needs(event(number)))
    assert isinstance(runs, SysmonRuns)
    assert isinstance(channel, ChannelOn)
    assert knows == SysmonKnows(event(number))
    pattern = EventPattern(event(number))
    for broad in (True, False):
        assert SENSOR.filtered(pattern, broad=broad) == SysmonKeeps(pattern, broad)


@pytest.mark.parametrize(
    ("field", "hashed"), [("Image", False), ("Hashes", True), ("Hashes:SHA256", True)]
)
def test_a_hash_also_needs_its_algorithm(field: str, *, hashed: bool) -> None:
    name, _, algorithm = field.partition(":")
    fills, *further = SENSOR.field_needs(event(1), field)
    assert isinstance(fills, Need)
    assert fills.prerequisite == SysmonFillsField(event(1), name)
    assert fills.label == f"Sysmon:1/{name}"
    asked = [need.prerequisite for need in further if isinstance(need, Need)]
    assert asked == ([SysmonHashes("Sysmon:1/Hashes", algorithm)] if hashed else [])


def test_the_volume_is_that_of_the_table_and_of_other_channels_unknown() -> None:
    volumes = {number: SENSOR.volume_of(event(number)) for number in NUMBERS}
    assert volumes == {number: Volume.of(manifest.volume_of(number)) for number in NUMBERS}
    assert len(set(volumes.values())) > 1
    assert SENSOR.volume_of(EventId.of("Security", 1)) is Volume.UNKNOWN


def test_facts_are_titled_that_are_sysmons() -> None:
    assert "Sysmon" in SENSOR.fact_title(SYSMON)
    assert SENSOR.fact_title(OS) == ""


def test_the_log_is_for_administrators_by_default() -> None:
    assert SENSOR.default_access(event(1)) == SENSOR.default_access(event(22))
    assert SENSOR.default_access(event(1))


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("version", [None, "15.15", "8.0", "99.0"])
def test_the_header_holds_what_all_versions_that_are_meant_agree_on(
    number: int, version: str | None
) -> None:
    schema = releases.schema_for(version) if version else Missing("")
    every = layouts(number)
    meant = every
    if not isinstance(schema, Missing):
        own = manifest.fields_of(number, schema)
        meant = [own] if own else []
    header = sysmon_header(event(number), version)
    assert header is not None
    assert (header.event_id, header.task) == (number, number)
    shared = header.fields or ()
    for fields in meant:
        assert fields[: len(shared)] == shared
    nexts = {fields[len(shared) : len(shared) + 1] for fields in meant}
    assert header.fields != ()
    assert len(nexts) != 1 or nexts == {()}  # else one field more would be shared
    assert header.more_fields is (bool(shared) and any(nexts))
    if version == "99.0":
        assert header.ever is None
        assert not header.lacks("NoSuchField")
    else:
        assert header.ever == {name for fields in every for name in fields}


def test_of_a_number_that_no_schema_has_no_field_is_known_or_lacking() -> None:
    header = sysmon_header(event(99))
    assert header is not None
    assert (header.fields, header.ever, header.more_fields) == (None, None, False)


def test_the_header_of_a_host_is_that_of_its_sysmon() -> None:
    words = {"os": "Windows 11 23H2"}
    old = hosts.facts(words | {"sysmon": {"version": "8.0"}})
    assert SENSOR.header(event(1), old) == sysmon_header(event(1), "8.0")
    assert SENSOR.header(event(1), hosts.facts(words)) == sysmon_header(event(1))
    assert sysmon_header(event(1)) != sysmon_header(event(1), "8.0")


def test_header_fields_hold_what_all_events_of_sysmon_have_in_common() -> None:
    channel, provider = "Microsoft-Windows-Sysmon/Operational", "Microsoft-Windows-Sysmon"
    for key in (event(1), event(22)):
        assert header_texts(key, "Channel") == (channel,)
        assert header_texts(key, "Provider_Name") == (provider,)
        assert "4" in header_texts(key, "Level")
        assert header_texts(key, "Image") == ()
        assert SENSOR.header_texts(key, "Channel") == (channel,)
    assert "2" in header_texts(event(255), "Level")
    assert header_texts(ANY, "Channel") == (channel,)
    for name in ("Provider_Name", "Level", "Image"):
        assert header_texts(ANY, name) == ()
