"""Which program a version of Sysmon means, held against the schema dumps."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from defusedxml import ElementTree
from support import shared

from logreach.coverage.platforms.sysmon.engine import decide, load, manifest, releases, systems
from logreach.inventories.facts.facts import Missing
from logreach.inventories.files.faults import InputError
from logreach.inventories.windows.facts import OsKind
from logreach.inventories.windows.system.operating_systems import identify

DUMPS = {
    "11.0": "sysmonv11.0_4.30.xml",
    "11.10": "sysmonv11.10_4.32.xml",
    "11.11": "sysmonv11.11_4.32.xml",
    "12.0": "sysmonv12_4.40.xml",
    "12.03": "sysmonv12.03_4.40.xml",
    "13.01": "sysmonv13.01_4.50.xml",
    "15.15": "sysmonv15.15_4.90.xml",
}
OLD = (1, 2, 5, 6, 11, 12, 13, 14, 15)
MIDDLE = (1, 5, 11, 12, 13, 14, 15)
NEW = (1, 5)


@pytest.mark.parametrize("version", DUMPS)
def test_a_release_logs_by_default_the_events_of_its_own_dump(version: str) -> None:
    dump = ElementTree.parse(shared(f"sysmon/schemas/{DUMPS[version]}")).getroot()
    assert dump is not None
    included = [event for event in dump.iter("event") if event.get("ruledefault") == "include"]
    (binary,) = releases.possible_binaries(version).binaries
    assert sorted(int(event.attrib["value"]) for event in included) == list(binary.defaults)
    config = load(f'<Sysmon schemaversion="{binary.schema}"/>', version)
    for event in manifest.events(binary.schema):
        if event.tag:
            assert decide(config, event.id, {}).logged is (event.id in binary.defaults)


@pytest.mark.parametrize(
    ("version", "logged"),
    [
        ("7.0", {OLD}),
        ("8.02", {OLD}),
        ("10.2", {OLD}),
        ("11.11", {MIDDLE}),
        ("11.05", {OLD, MIDDLE}),
        ("12.0", {MIDDLE}),
        ("12.01", {NEW}),
        ("12.03", {NEW}),
        ("14.16", {NEW}),
        ("15.22", {NEW}),
        ("10.0.26100.8521", {NEW}),
    ],
)
def test_between_two_sources_both_may_hold(version: str, logged: set[tuple[int, ...]]) -> None:
    assert {binary.defaults for binary in releases.possible_binaries(version).binaries} == logged


@pytest.mark.parametrize(
    ("version", "schema"),
    [
        ("15.15", "4.90"),
        ("v15.15.0.0", "4.90"),
        ("15.2", "4.91"),
        ("13.3", "4.81"),
        ("13.32", "4.81"),
        ("14.05", None),
        ("7.02", "4.00"),
        ("10.41", "4.22"),
        ("10.42", "4.23"),
        ("12.01", "4.40"),
        ("12.02", "4.40"),
        ("13.02", "4.50"),
        ("13.21", "4.70"),
        ("13.22", "4.70"),
        ("13.24", "4.70"),
        ("9.21", None),
        ("10.0.26100.8521", "4.91"),
        ("10.0.19045.1", None),
        ("6.2", None),
        ("99.0", None),
        ("unknown", None),
        ("", None),
    ],
)
def test_schema_of_a_version(version: str, schema: str | None) -> None:
    known = releases.schema_for(version)
    assert (None if isinstance(known, Missing) else str(known)) == schema


@pytest.mark.parametrize(
    ("version", "inbox", "build", "schemas", "reason"),
    [
        ("15.15", False, None, ["4.90"], "^$"),
        ("14.05", False, None, ["4.82", "4.83"], "lies between"),
        ("10.42", False, None, ["4.23"], "^$"),
        ("10.45", False, None, ["4.23", "4.30"], "lies between"),
        ("9.2", False, None, ["4.20", "4.21"], "lies between"),
        (
            "6.20",
            False,
            None,
            [],
            r"older than every release described here \(7\.0\).*schema 3\.40",
        ),
        ("6.5", False, None, [], r"older than every release described here \(7\.0\)$"),
        ("16.0", False, None, [], r"newer than every release listed here \(15\.22\)"),
        ("odd", False, None, [], "no version"),
        (None, True, 26100, ["4.91"], "^$"),
        (None, True, None, ["4.91"], "^$"),
        (None, True, 22631, [], "ships no Sysmon"),
        ("10.0.19045.1", False, None, [], "ships no Sysmon"),
        ("15.15", True, 26100, ["4.90", "4.91"], "is not a version of the Sysmon in Windows"),
    ],
)
def test_the_programs_that_a_version_may_stand_for(
    version: str | None, inbox: bool, build: int | None, schemas: list[str], reason: str
) -> None:
    possible = releases.possible_binaries(version, inbox, build)
    assert sorted({str(binary.schema) for binary in possible.binaries}) == schemas
    assert re.search(reason, possible.reason)


def test_without_a_version_every_release_is_possible() -> None:
    possible = releases.possible_binaries(None)
    every = {
        binary
        for release in releases.releases()
        for binary in releases.possible_binaries(release.name).binaries
    }
    assert set(possible.binaries) == every
    assert possible.reason


def test_a_version_that_is_not_surely_one_program_loads_nothing() -> None:
    for version in ("6.0", "11.05", "14.05", "99.0"):
        with pytest.raises(InputError, match=version):
            load('<Sysmon schemaversion="4.50"/>', version)


def test_an_event_is_in_the_schema_of_a_release_from_the_version_that_brought_it() -> None:
    for event in filter(None, map(manifest.event, range(256))):
        for release in releases.releases():
            if event.since:
                has = bool(manifest.fields_of(event.id, release.schema))
                assert has is not releases.before(release.name, event.id), (event, release)


def test_every_published_release_is_listed_once() -> None:
    every = [*releases.undescribed(), *releases.releases()]
    numbers = [release.version for release in every]
    assert numbers == sorted(set(numbers))
    assert all(releases.is_listed(release.name) for release in every)


def test_without_a_version_a_file_is_judged_for_the_schema_that_it_declares() -> None:
    for declared, schema in (
        ("4.50", "4.90"),
        ("4.90", "4.90"),
        ("4.91", "4.91"),
        ("5.00", "4.90"),
    ):
        config = load(f'<Sysmon schemaversion="{declared}"/>')
        assert str(config.sysmon_schema) == schema


def test_newer_releases_never_lose_a_schema() -> None:
    for older, newer in pairwise(releases.releases()):
        assert older.version < newer.version
        assert older.schema <= newer.schema


@pytest.mark.parametrize(
    ("version", "system", "doubted"),
    [
        ("15.15", "Windows 7 SP1", True),
        ("15.15", "Windows Server 2008 SP2", True),
        ("15.15", "Windows Server 2012 R2", True),
        ("15.15", "Windows Server 2016", False),
        ("15.22", "Windows 10 22H2", False),
        ("14.11", "Windows Server 2012", False),
        ("14.11", "Windows 7 SP1", True),
        ("13.30", "Windows 7 SP1", False),
        ("13.02", "Windows Vista SP2", False),
        ("13.30", "Windows Vista SP2", True),
        ("7.0", "Windows Vista SP2", False),
        ("odd", "Windows 7 SP1", False),
    ],
)
def test_where_a_sysmon_is_not_known_to_run(version: str, system: str, doubted: bool) -> None:
    assert bool(systems.doubt(version, identify(system))) is doubted


def test_the_oldest_documented_windows_never_goes_back() -> None:
    documented = [each for each in systems.requirements() if each.documented]
    for older, newer in pairwise(documented):
        for kind in OsKind:
            assert older.build(kind) <= newer.build(kind)
