"""The tables of events against what they were made from, and against who names events."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from support import shared

from logreach.coverage.attack.log_sources import events_of, misnamed
from logreach.coverage.attack.smap import load_smap
from logreach.coverage.platforms.windows.knowledge.events import load_events

_CHANNELS = {
    "Security": "Security",
    "System": "System",
    "Microsoft-Windows-PowerShell/Operational": "PowerShell",
    "Microsoft-Windows-WMI-Activity/Operational": "WMI-Activity",
    "Microsoft-Windows-Windows Firewall With Advanced Security/Firewall": "Firewall",
}


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8-sig") as handle:
        return list(csv.DictReader(handle))


def _key(row: dict[str, str]) -> str:
    return f"{_CHANNELS[row['channel']]}:{row['event_id']}"


# Records carry elements of other names than the manifest, from which the facts were made.
_IN_RECORDS = {
    "NamespaceName;Query;User;processid;providerName;queryid;PossibleCause": (
        "NamespaceName;Query;User;Processid;Provider;queryid;PossibleCause"
    ),
    "NamespaceName;Query;User;processid;MachineName;PossibleCause": (
        "NamespaceName;Query;User;Processid;PossibleCause"
    ),
}


_WINDOWS_7 = "Windows 7; before Windows 7 and 2008 R2: no source at hand"
_OF_OTHER_SOURCES = {
    (
        "Security:4616",
        "as on the page; the page says that version 1 brought the process; the manifest of"
        " Windows 7 has it in version 0 too",
    ),
    *((f"Firewall:{number}", _WINDOWS_7) for number in (2004, 2005, 2007)),
}
_DISPUTED_OUTCOMES = {"Security:4936"}  # the page: success; the one record: failure


def _fields(text: str) -> tuple[str, ...]:
    return tuple(part for part in _IN_RECORDS.get(text, text).split(";") if part)


@pytest.fixture(scope="module")
def facts() -> list[dict[str, str]]:
    return _rows(shared("facts/windows_events.csv"))


def test_every_event_of_the_facts_has_a_layout_with_its_fields(
    facts: list[dict[str, str]],
) -> None:
    events = load_events().events
    for row in facts:
        layouts = events[_key(row)].layouts
        version = int(row["event_version"])
        known = [layout.fields for layout in layouts if layout.version == version]
        assert _fields(row["fields"]) in known, (row["event_id"], version)


def test_every_layout_of_those_events_comes_from_the_facts(facts: list[dict[str, str]]) -> None:
    sourced = {(_key(row), int(row["event_version"]), _fields(row["fields"])) for row in facts}
    for row in _rows(shared("facts/field_variants.csv")):
        channel = "PowerShell" if row["event_id"] == "4104" else "Security"
        version = int(row["event_version"])
        sourced.add((f"{channel}:{row['event_id']}", version, _fields(row["fields"])))
        if row["event_id"] == "6416" and "2012 R2" in row["applies_to"]:
            assert version == 0
    events = load_events().events
    for key in {_key(row) for row in facts}:
        for layout in events[key].layouts:
            of_facts = (key, layout.version, layout.fields) in sourced
            assert of_facts != ((key, layout.note) in _OF_OTHER_SOURCES), key


def test_outcomes_and_subcategories_are_those_of_the_facts(facts: list[dict[str, str]]) -> None:
    events = load_events().events
    words = {"S": "success", "F": "failure"}
    for row in facts:
        event = events[_key(row)]
        if _key(row) in _DISPUTED_OUTCOMES:
            assert not event.outcomes
            continue
        guids = {guid.strip("{}").upper() for guid in _fields(row["subcategory_guids"])}
        assert event.outcomes == {words[mark] for mark in _fields(row["outcomes"])}
        assert set(event.subcategories) <= guids
        assert guids <= {*event.subcategories, *event.also_subcategories}


def test_subcategories_are_those_of_the_facts() -> None:
    known = load_events().subcategories
    rows = _rows(shared("facts/audit_subcategories.csv"))
    assert {row["guid"].upper(): (row["category"], row["subcategory"]) for row in rows} == {
        guid: (one.category, one.name) for guid, one in known.items()
    }


def test_every_windows_event_of_smap_is_known() -> None:
    events = load_events().events
    named = {row.event for row in load_smap() if row.sensor != "Sysmon"}
    numbers = {
        row["EVENT ID"] for row in _rows(shared("smap/WinEvtx-sensors-mappings-enterprise.csv"))
    }
    assert {key.partition(":")[2] for key in named} == numbers
    assert named - events.keys() == set()


def test_every_event_that_an_analytic_names_is_known_or_listed_with_a_reason() -> None:
    knowledge = load_events()
    rows = _rows(shared("attack/v18_events_to_dc.csv"))
    named = {
        key
        for row in rows
        for key in events_of(row["log_source"], f"EventCode={row['event_id']}")
        if not key.startswith("Sysmon:")
    }
    assert len(named) > 80
    assert named - knowledge.events.keys() - knowledge.unknown_events.keys() == set()


def test_an_event_that_attack_names_under_a_wrong_log_is_known_where_it_belongs() -> None:
    knowledge = load_events()
    for named, slip in misnamed().items():
        assert named in knowledge.unknown_events or named in knowledge.events, named
        for key in slip.corrections:
            assert key.startswith("Sysmon:") or key in knowledge.events, key


def test_every_log_that_sigma_reads_has_a_channel() -> None:
    pytest.importorskip("sigma.pipelines.common")
    from sigma.pipelines.common import windows_logsource_mapping

    known = {channel.name.casefold() for channel in load_events().channels.values()}
    spelled_otherwise = {
        "microsoft-windows-dns client events/operational",
        "microsoft-windows-dns-server/audit",
        "microsoft-windows-dns-server/analytical",
        "microsoft-windows-security-mitigations/kernel mode",
        "microsoft-windows-security-mitigations/user mode",
        "microsoft-servicebus-client",  # of pySigma 1; it leaves out what stands behind the slash
        "microsoft-windows-kernel-eventtracing",  # so does pySigma 2, which leaves out -Admin too
        "microsoft-windows-hyper-v-worker",
        "microsoft-windows-vhdmp/operational",
    }
    for names in windows_logsource_mapping.values():
        for name in [names] if isinstance(names, str) else names:
            assert name.casefold() in known | spelled_otherwise, name
