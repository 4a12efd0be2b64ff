"""SMAP's rows and the crosswalk from 18 to 19, against the files they were taken from."""

from __future__ import annotations

import csv
import json
from dataclasses import astuple
from pathlib import Path

import pytest
import yaml
from support import shared

from logreach.coverage.attack import (
    Carry,
    Counterparts,
    carry_into,
    counterparts,
    facts_carried_into,
    load_attack,
    load_crosswalk,
    load_smap,
)
from logreach.coverage.attack.shipped import SHIPPED_VERSIONS

IN_NO_VERSION = {
    "Firewall Enabled",
    "Group Creation",
    "Group Deletion",
    "Logon Session Modification",
    "Logon Session Terminated",
    "Named Pipe Connection",
    "Network Share Creation",
    "Network Share Deletion",
    "Network Share Modification",
    "Scheduled Job Deletion",
    "Service Access",
    "WMI Deletion",
}
CHANNELS = (
    Path(__file__).parents[3]
    / "coverage/logreach/coverage/platforms/windows/knowledge/channels.yaml"
)


@pytest.mark.parametrize("sensor", ["Sysmon", "WinEvtx"])
def test_every_row_of_smap_is_there_in_its_order(sensor: str) -> None:
    path = shared(f"smap/{sensor}-sensors-mappings-enterprise.csv")
    with path.open(encoding="utf-8", newline="") as file:
        attack = ("DATA SOURCE ID", "DATA SOURCE", "DATA COMPONENT")
        names = (*(f"ATT&CK {name}" for name in attack), "SOURCE", "RELATIONSHIP", "TARGET")
        plain = [(row["EVENT ID"], *(row[name] for name in names)) for row in csv.DictReader(file)]
    assert [
        (row.event.rpartition(":")[2], *astuple(row)[2:-1])
        for row in load_smap()
        if row.sensor == sensor
    ] == plain


def test_twelve_component_names_of_smap_are_in_no_version_of_attack() -> None:
    assert {row.component for row in load_smap() if not row.in_attack} == IN_NO_VERSION
    with shared("smap/enterprise-attack-v13.1-datasources.csv").open(encoding="utf-8") as file:
        old = {row["name"] for row in csv.DictReader(file)}
    assert not IN_NO_VERSION & old


def test_every_event_of_smap_is_under_the_channel_that_holds_it() -> None:
    channels = yaml.safe_load(CHANNELS.read_text(encoding="utf-8"))
    with shared("facts/windows_events.csv").open(encoding="utf-8", newline="") as file:
        real = {(row["channel"], row["event_id"]) for row in csv.DictReader(file)}
    for row in load_smap():
        log, _, number = row.event.rpartition(":")
        if row.sensor == "Sysmon":
            assert log == "Sysmon"
        else:
            assert (channels[log]["name"], number) in real


def test_the_crosswalk_holds_the_given_moves_and_one_part() -> None:
    with shared("attack/attack-18-to-19.csv").open(encoding="utf-8", newline="") as file:
        given = {(row["id_18"], row["id_19"]) for row in csv.DictReader(file)}
    moves = load_crosswalk().moves
    assert {(one.old, one.new) for one in moves if one.kind == "moved"} == given
    assert [(one.old, one.new) for one in moves if one.kind == "part"] == [
        ("T1562.004", "T1686.003")
    ]
    assert {one.kind for one in moves} == {"moved", "part"}


def test_the_moves_are_those_that_19_itself_names() -> None:
    newer, older = load_attack("19.1"), load_attack("18.1")
    revoked = {(old, new) for old, new in newer.former.items() if old in older.technique_by_id}
    moves = load_crosswalk().moves
    assert {(one.old, one.new) for one in moves if one.kind == "moved"} == revoked


def test_the_techniques_of_19_are_those_given() -> None:
    with shared("attack/enterprise-19.1-techniques.csv").open(encoding="utf-8") as file:
        given = {
            row["technique_id"]: (
                row["name"],
                set(row["tactics"].split(";")),
                set(row["platforms"].split(";")),
            )
            for row in csv.DictReader(file)
        }
    ours = load_crosswalk().techniques_19
    assert {
        one.id: (one.name, set(one.tactics), set(one.platforms)) for one in ours.values()
    } == given
    assert all((one.parent in ours) == one.is_subtechnique for one in ours.values())


@pytest.mark.parametrize(
    ("technique", "carry", "ids"),
    [
        ("T1543.003", Carry.SAME, ("T1543.003",)),
        ("t1543.003 ", Carry.SAME, ("T1543.003",)),
        ("T1562.002", Carry.MOVED, ("T1685.001",)),
        ("T1562.004", Carry.SPREAD, ("T1686", "T1686.003")),
        ("T1682", Carry.UNKNOWN, ()),
        ("T1685", Carry.UNKNOWN, ()),
        ("T0000", Carry.UNKNOWN, ()),
    ],
)
def test_from_18_to_19(technique: str, carry: Carry, ids: tuple[str, ...]) -> None:
    carried = load_crosswalk().to_19(technique)
    assert (carried.carry, carried.ids) == (carry, ids)


@pytest.mark.parametrize(
    ("technique", "carry", "ids"),
    [
        ("T1543.003", Carry.SAME, ("T1543.003",)),
        ("T1685.001", Carry.MOVED, ("T1562.002",)),
        ("T1686.003", Carry.MOVED, ("T1562.004",)),
        ("T1685", Carry.SPREAD, ("T1562", "T1562.001", "T1562.006")),
        ("T1682", Carry.GONE, ()),
        ("T1562.001", Carry.UNKNOWN, ()),
    ],
)
def test_from_19_to_18(technique: str, carry: Carry, ids: tuple[str, ...]) -> None:
    carried = load_crosswalk().to_18(technique)
    assert (carried.carry, carried.ids) == (carry, ids)


def test_every_id_is_carried_or_listed_as_not() -> None:
    crosswalk = load_crosswalk()
    for one in crosswalk.ids_18:
        carried = crosswalk.to_19(one)
        assert bool(carried.ids) != (carried.carry is Carry.GONE)
        assert set(carried.ids) <= crosswalk.techniques_19.keys()
        assert all(one in crosswalk.to_18(new).ids for new in carried.ids)
    for one in crosswalk.techniques_19:
        carried = crosswalk.to_18(one)
        assert bool(carried.ids) != (carried.carry is Carry.GONE)
        assert set(carried.ids) <= crosswalk.ids_18
        assert all(one in crosswalk.to_19(old).ids for old in carried.ids)


def test_what_18_lacks_of_19_is_known() -> None:
    crosswalk = load_crosswalk()
    assert all(crosswalk.to_19(one).ids for one in crosswalk.ids_18)
    assert [one for one in crosswalk.techniques_19 if crosswalk.to_18(one).carry is Carry.GONE] == [
        "T1027.018",
        "T1682",
        "T1683",
        "T1683.001",
        "T1683.002",
        "T1684",
        "T1687",
    ]


@pytest.mark.parametrize(
    ("version", "techniques", "other", "ids"),
    [
        ("18.1", ["T1543.003", "T1562.001"], "19.1", {"T1562.001": ("T1685",)}),
        ("18.1", ["T1562.004"], "19.1", {"T1562.004": ("T1686", "T1686.003")}),
        ("19.1", ["T1685"], "18.1", {"T1685": ("T1562", "T1562.001", "T1562.006")}),
        ("19.1", ["T1687", "T1686.003"], "18.1", {"T1687": (), "T1686.003": ("T1562.004",)}),
        ("17.1", ["T1562.001", "T1548.006"], "19.1", {"T1562.001": ("T1685",)}),
        ("20.0", ["T1685.005", "T1999"], "18.1", {"T1685.005": ("T1070.001",)}),
    ],
)
def test_ids_of_the_other_version_stand_beside_those_that_differ(
    version: str, techniques: list[str], other: str, ids: dict[str, tuple[str, ...]]
) -> None:
    assert counterparts(version, techniques) == Counterparts(other, ids)


@pytest.mark.parametrize(
    ("version", "technique", "ids"),
    [
        ("18.1", "T1562.004", ("T1562.004",)),
        ("19.1", "T1562.004", ("T1686", "T1686.003")),
        ("19.1", "T1562.001", ("T1685",)),
        ("19.1", "T1687", ("T1687",)),
        ("18.1", "T1687", ()),
    ],
)
def test_what_is_known_of_a_technique_is_true_of_what_became_of_it(
    version: str, technique: str, ids: tuple[str, ...]
) -> None:
    assert facts_carried_into(load_attack(version), technique) == ids


@pytest.mark.parametrize(
    ("technique", "carry", "ids"),
    [
        ("T1543.003", Carry.SAME, ("T1543.003",)),  # the same in every version
        ("T1685.005", Carry.MOVED, ("T1070.001",)),  # 19's
        ("T1073", Carry.MOVED, ("T1574.001",)),  # revoked twice before 18
        ("T1034", Carry.GONE, ()),  # deprecated
        ("T1682", Carry.GONE, ()),  # new in 19
        ("T9999", Carry.UNKNOWN, ()),
    ],
)
def test_any_id_into_18(technique: str, carry: Carry, ids: tuple[str, ...]) -> None:
    carried = carry_into(load_attack("18.1"), technique)
    assert (carried.carry, carried.ids) == (carry, ids)


@pytest.mark.parametrize("version", SHIPPED_VERSIONS)
def test_every_technique_of_smaps_layers_is_carried_or_told(version: str) -> None:
    model = load_attack(version)
    for path in sorted(shared("smap/layers").glob("*.json")):
        layer = json.loads(path.read_text(encoding="utf-8"))
        for entry in layer["techniques"]:
            carried = carry_into(model, entry["techniqueID"])
            assert carried.carry is not Carry.UNKNOWN
            assert set(carried.ids) <= model.technique_by_id.keys()
