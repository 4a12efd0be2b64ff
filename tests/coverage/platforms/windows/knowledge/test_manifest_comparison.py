"""The comparison with manifests notices what differs; records and channels are compared here."""

from __future__ import annotations

from pathlib import Path

import pytest
from manifest_comparison import (
    FORM_NOT_DEFINED,
    NEWEST_MISSING,
    NOT_DEFINED,
    NOT_NAMED,
    OLDER_MISSING,
    Difference,
    compare,
    decisions,
    record_differences,
    stale,
    unchecked_channels,
    undecided,
)
from manifests import Build, read_builds
from real_records import evtx_records, exported_records, labelled_channels

from logreach.coverage.platforms.windows.knowledge.events import load_events
from logreach.inventories.windows.facts import OsKind

_SHORT = ("PowerShell", "Sysmon", "WindowsPowerShell")
"""Channels that the labels of the reference data call by a short name."""
_HEADER = (
    "provider\tevent_id\tversion\tevent(fields)\topcode\tkeywords\ttask\tlevel"
    "\tevtlog_channel\tevtlog_message\n"
)
_MANIFEST = """<instrumentationManifest><instrumentation><events>
 <provider name="Microsoft-Windows-Bits-Client" guid="{0}" symbol="B" source="Xml" >
  <tasks><task name="t" value="0"/>
>
  </tasks>
  <events>
   <event value="3" symbol="a" version="0" task="t" template="tArgs"/>
   <event value="4" symbol="b" version="0" task="t"/>
  </events>
  <templates><template tid="tArgs"><data name="string" inType="win:UnicodeString"/>
   <data name="string2" inType="x"/><data name="string3" inType="x"/></template></templates>
 </provider>
</events></instrumentation></instrumentationManifest>"""
_EXPLORER = """<Providers><Provider><Name>LsaSrv</Name><Metadata><Channels><Channel>
<Path>Microsoft-Windows-LSA/Operational</Path></Channel></Channels></Metadata><EventMetadata><Event>
<Id>300</Id><Version>0</Version><Template><![CDATA[
<template xmlns="e"><data name="Threat Name" inType="x"/></template>]]></Template></Event>
</EventMetadata></Provider></Providers>"""


def _bits(build: int, **versions: str) -> Build:
    found = Build(OsKind.CLIENT, build)
    for version, fields in versions.items():
        number = int(version.removeprefix("v"))
        found.add("Microsoft-Windows-Bits-Client", 3, number, tuple(fields.split(";")))
    return found


def _of_bits(build: Build) -> set[tuple[str, str]]:
    return {(key.kind, key.version) for key in compare([build]) if key.event == "BITS:3"}


V0, V1 = "string;string2;string3", "jobTitle;jobId;jobOwner"
V2 = f"{V1};processPath;processId"
V3 = f"{V2};ClientProcessStartKey"


@pytest.mark.parametrize(
    ("build", "differences"),
    [
        pytest.param(_bits(7600, v0=V0), set(), id="the same"),
        pytest.param(_bits(19043, v0=V0, v1=V1, v2=V2, v3=V3), set(), id="the same, four versions"),
        pytest.param(
            _bits(19043, v3=V3, v2=V2, v4=V3), {(NEWEST_MISSING, "4")}, id="a version more"
        ),
        pytest.param(
            _bits(19043, v3=f"{V3};More"),
            {(NEWEST_MISSING, "3"), (FORM_NOT_DEFINED, "3")},
            id="a field more",
        ),
        pytest.param(
            _bits(18363, v1=V1), {(FORM_NOT_DEFINED, "2")}, id="a version less than is proven"
        ),
    ],
)
def test_every_difference_of_an_event_is_found(
    build: Build, differences: set[tuple[str, str]]
) -> None:
    assert _of_bits(build) == differences


def test_an_event_or_an_older_form_that_only_one_side_has_is_found() -> None:
    build = Build(OsKind.CLIENT, 22631)
    build.add("Microsoft-Windows-Bits-Client", 59, 0, ("any",))
    build.add("Windows Error Reporting", 1001, 0, ("Bucket",))
    build.add("Microsoft-Windows-WinRM", 91, 1, ("resourceUri",))
    build.add("Microsoft-Windows-WinRM", 91, 2, ("resourceUri",))
    kinds = {key.kind for key in compare([build])}
    assert {NOT_DEFINED, OLDER_MISSING, NEWEST_MISSING} <= kinds
    assert Difference("BITS:3", NOT_DEFINED, "") in compare([build])
    packaged = Build(OsKind.CLIENT, 22631)
    packaged.add("Microsoft-Windows-AppLocker", 8022, 0, ("PackageBuffer",))
    assert Difference("AppLockerPackaged:8022", NOT_NAMED, "0") in compare([packaged])


def test_a_difference_without_a_decision_and_a_decision_without_one_are_faults() -> None:
    strange = _bits(19043, v3=f"{V3};More")
    assert any("BITS:3 3" in fault for fault in undecided(compare([strange])))
    decided = next(key for key in decisions().differences if key.event == "CAPI2:70")
    assert not undecided({decided: {7600, 28000}})
    assert undecided({decided: {7600, 99999}})
    assert any("CAPI2:70" in fault for fault in stale({}, [strange]))


def test_manifests_are_read_in_every_form_of_dump(tmp_path: Path) -> None:
    folder = tmp_path / "client-7600" / "any"
    folder.mkdir(parents=True)
    table = "P\t1\t2\ttask(UnicodeString a, GUID b)\t\t\tt\tInformational\tLog/Operational\t\n"
    (folder / "P.tsv").write_text(_HEADER + table + "P\tx\t0\t()\t\t\t\t\t\t\n")
    (folder / "Bits.xml").write_text(_MANIFEST)
    (folder / "Lsa.xml").write_text(_EXPLORER)
    (tmp_path / "notes").mkdir()
    (build,) = read_builds(tmp_path)
    assert (build.kind, build.number) == (OsKind.CLIENT, 7600)
    assert build.events["P", 1] == {2: ("a", "b")}
    assert build.events["Microsoft-Windows-Bits-Client", 3] == {0: tuple(V0.split(";"))}
    assert build.events["Microsoft-Windows-Bits-Client", 4] == {0: ()}
    assert build.events["LsaSrv", 300] == {0: ("Threat Name",)}
    assert build.channels == {"Log/Operational", "Microsoft-Windows-LSA/Operational"}


def test_decisions_name_known_events_and_channels_and_give_a_reason() -> None:
    knowledge = load_events()
    known = {str(key) for key in knowledge.events}
    assert {key.event for key in decisions().differences} <= known
    assert decisions().records.keys() <= known
    names = {channel.name for channel in knowledge.channels.values()}
    channels = {**decisions().channels, **decisions().unchecked_channels}
    assert channels.keys() <= names
    assert not decisions().channels.keys() & decisions().unchecked_channels.keys()
    reasons = [reason for _, reason in decisions().differences.values()]
    assert all(len(reason) > 20 for reason in reasons)
    assert all(channels.values())


def test_every_labelled_capture_has_the_fields_of_a_layout() -> None:
    assert record_differences(exported_records()) == {}


def test_every_labelled_log_has_the_fields_of_a_layout() -> None:
    records = evtx_records(["labelled/evtx-to-mitre", "evtx", "sigma/regression_data"])
    assert record_differences(records) == {}


def test_a_record_with_a_field_of_no_layout_is_found() -> None:
    record = next(evtx_records(["evtx"]))
    assert record_differences([record]) == {}
    strange = record.__class__(
        record.path, "Security", record.provider, 4688, 2, ("NewProcessName", "Nothing")
    )
    assert record_differences([strange]) == {"Security:4688": {"Nothing"}}


def test_every_channel_is_confirmed_by_a_record_or_listed() -> None:
    seen = {record.channel for record in evtx_records(["labelled/evtx-to-mitre", "evtx"])}
    short = {load_events().channels[name].name for name in _SHORT}
    assert unchecked_channels(seen | short | labelled_channels()) == []
