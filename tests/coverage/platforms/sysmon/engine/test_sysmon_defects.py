"""Known defects of releases: the table, what they reach, and what is left of single events."""

from __future__ import annotations

import gzip
import json
import re

import pytest
from support import shared

from logreach.coverage.platforms.sysmon.engine import decide, load, manifest, releases, systems
from logreach.coverage.platforms.sysmon.engine.candidates import load_all
from logreach.coverage.platforms.sysmon.engine.defects import (
    Defect,
    defects,
    defects_of,
    taking_and_for_or,
)
from logreach.coverage.platforms.sysmon.engine.trying import Trier
from logreach.inventories.files.faults import InputError
from logreach.inventories.windows.system.operating_systems import identify

AND = """<Sysmon schemaversion="4.50"><EventFiltering><RuleGroup groupRelation="or">
<RegistryEvent onmatch="include"><Rule groupRelation="and">
<TargetObject condition="contains">Tcpip</TargetObject><Image condition="end with">evil.exe</Image>
</Rule></RegistryEvent></RuleGroup></EventFiltering></Sysmon>"""
ONE_MATCHES = {"EventType": "CreateKey", "TargetObject": r"HKLM\Tcpip", "Image": r"C:\spoolsv.exe"}
BOTH_MATCH = ONE_MATCHES | {"Image": r"C:\evil.exe"}


def test_every_defect_names_releases_that_are_listed_and_what_they_have() -> None:
    for defect in defects():
        assert defect.first <= defect.last < defect.fixed
        for version in (defect.first, defect.last, defect.fixed):
            assert version in {release.version for release in releases.releases()}, defect.id
        schema = releases.schema_for(defect.last_name)
        assert isinstance(schema, manifest.Schema)
        for event in defect.events:
            assert manifest.fields_of(event, schema), defect.id
        for field in defect.fields:
            number, _, name = field.partition("/")
            assert any(
                name in manifest.fields_of(int(number), each) for each in manifest.schemas()
            ), field
        assert defect.tags <= set(manifest.tags(schema)), defect.id
        assert not defect.settled or defect.events or defect.fields or defect.filter, defect.id


@pytest.mark.parametrize("defect", defects(), ids=lambda defect: defect.id)
def test_what_a_defect_reaches_is_told_for_every_kind(defect: Defect) -> None:
    loaded = load_all(AND, defect.last_name)
    assert defect in dict(loaded.defects)


@pytest.mark.parametrize(
    ("version", "ids"),
    [
        ("11.0", {"comment-in-a-group", "group-out-of-order", "process-creation"}),
        ("11.0.0.0", {"comment-in-a-group", "group-out-of-order", "process-creation"}),
        ("13.1", {"and-as-or", "include-and-exclude-logic", "parent-process"}),
        ("13.15", {"and-as-or", "include-and-exclude-logic", "parent-process"}),
        ("13.21", {"and-as-or", "parent-process"}),
        ("15.15", set()),
        ("10.0.26100.8521", set()),
        ("odd", set()),
        (None, set()),
    ],
)
def test_the_defects_of_a_version(version: str | None, ids: set[str]) -> None:
    assert {defect.id for defect in defects_of(version)} == ids


@pytest.mark.parametrize(
    ("version", "kept"),
    [("13.02", False), ("13.10", True), ("13.20", None), ("13.21", None), ("13.22", False)],
)
def test_an_event_that_meets_one_of_two_conditions_joined_by_and(
    version: str, kept: bool | None
) -> None:
    trial = Trier(AND, version).decide(12, ONE_MATCHES)
    assert trial.kept is kept
    assert bool(trial.doubt) is (kept is not False)
    assert Trier(AND, version).decide(12, BOTH_MATCH).kept is True


def test_a_version_between_two_schemas_decides_what_both_decide() -> None:
    xml = """<Sysmon schemaversion="4.20"><EventFiltering>
    <ProcessCreate onmatch="exclude"/></EventFiltering></Sysmon>"""
    trier = Trier(xml, "9.21")
    assert trier.decide(1, {"Image": "a"}).kept is True
    assert trier.decide(22, {"Image": "a"}).kept is False
    assert any("lies between" in warning for warning in trier.warnings)
    dns = xml.replace("</EventFiltering>", '<DnsQuery onmatch="exclude"/></EventFiltering>')
    refused = Trier(dns.replace("4.20", "4.21"), "9.21")
    assert refused.decide(1, {"Image": "a"}).kept is None
    assert any("refuses" in warning for warning in refused.warnings)


def test_a_newer_version_than_all_is_tried_as_the_newest_and_that_is_said() -> None:
    trier = Trier('<Sysmon schemaversion="4.91"/>', "16.0")
    assert trier.decide(1, {"Image": "a"}).kept is True
    assert list(trier.warnings) == [
        "Sysmon 16.0 is newer than every release listed here (15.22); judged as 15.22"
    ]


def test_an_older_version_than_all_is_not_tried() -> None:
    with pytest.raises(InputError, match="no source describes what came before"):
        Trier('<Sysmon schemaversion="3.40"/>', "6.20")


def test_a_release_with_a_defect_is_never_advised() -> None:
    for system in ("Windows 7 SP1", "Windows 8.1", "Windows Server 2012", "Windows 11 24H2"):
        version = systems.newest_for(identify(system))
        assert version is not None
        assert not [defect for defect in defects_of(version) if defect.settled]


def test_and_taken_for_or_is_what_the_engine_does_with_or() -> None:
    """The engine's own answers hold for a configuration in which 'or' is written instead."""
    lines = gzip.decompress(shared("sysmon/vectors/random.jsonl.gz").read_bytes()).splitlines()
    compared = 0
    for case in map(json.loads, lines[:600]):
        xml = case["config"]
        if not case["loads"] or "<RuleGroup>" in xml or 'groupRelation="and"' not in xml:
            continue
        if re.search(r"<RuleGroup(?![^>]*groupRelation)", xml):
            continue
        taken = taking_and_for_or(load(xml))
        written = load(
            re.sub('groupRelation="and"', 'groupRelation="or"', xml, flags=re.IGNORECASE)
        )
        for event in case["events"]:
            number, fields = event["event_id"], event["fields"]
            compared += 1
            assert decide(taken, number, fields).logged is decide(written, number, fields).logged
    assert compared > 100


def test_or_never_matches_less_than_and() -> None:
    """An include keeps at least as much, an exclude drops at least as much."""
    for include, more in ((True, True), (False, False)):
        xml = AND if include else AND.replace("include", "exclude")
        config = load(xml)
        widened = taking_and_for_or(config)
        for fields in (ONE_MATCHES, BOTH_MATCH, {"EventType": "CreateKey"}):
            before, after = (decide(each, 12, fields).logged for each in (config, widened))
            assert (after >= before) if more else (after <= before)
