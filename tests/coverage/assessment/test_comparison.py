"""What two assessments answer otherwise, and an inventory with a change made to it."""

from __future__ import annotations

from pathlib import Path

import hosts
import pytest
from support import shared

from logreach.coverage.assessment.assess import Scope, assess
from logreach.coverage.assessment.comparison import (
    Answer,
    ComparedProfile,
    Comparison,
    Direction,
    Side,
    Subject,
    compare,
    ranked,
    side_of,
)
from logreach.coverage.attack import load_attack
from logreach.coverage.engine.verdict import NO, PARTIAL, YES
from logreach.coverage.platforms.changes import changed
from logreach.coverage.platforms.sysmon.sensor import SysmonSensor
from logreach.inventories.facts.host import Host, Inventory
from logreach.inventories.files.faults import InputError
from logreach.inventories.windows.facts import AUDIT, SETTING, SYSMON

WORDS = {
    "os": "Windows Server 2022",
    "role": "server",
    "audit": "none",
    "sysmon": {"version": "15.15", "config": "everything"},
    "settings": {"process_creation_command_line": False},
}
VOLUME_OF = SysmonSensor().volume_of
DROPS_ALL = '<Sysmon schemaversion="4.90"><EventFiltering/></Sysmon>'


def _side(inventory: Inventory, title: str = "x") -> Side:
    return side_of(assess(inventory, load_attack(), Scope(("T1543.003", "T1112"))), title)


def _compared(before: Inventory, change: str) -> Comparison:
    return compare(_side(before), _side(changed(before, change), change))


def _directions(comparison: Comparison, subject: Subject) -> dict[str, Direction]:
    return {
        change.key: change.direction
        for each in comparison.hosts
        for change in each.changes
        if change.subject is subject
    }


@pytest.fixture
def drops_all(tmp_path: Path) -> Path:
    path = tmp_path / "drops-all.xml"
    path.write_text(DROPS_ALL)
    return path


def test_nothing_differs_from_itself() -> None:
    side = _side(hosts.inventory(a=WORDS))
    comparison = compare(side, side)
    assert not comparison.lost
    assert [each.changes for each in comparison.hosts] == [()]


def test_a_configuration_that_drops_all_loses_what_sysmon_told(drops_all: Path) -> None:
    comparison = _compared(hosts.inventory(a=WORDS), f"sysmon={drops_all}")
    assert comparison.lost
    assert _directions(comparison, Subject.EVENT)["Sysmon:13"] is Direction.LOST
    lost = next(c for each in comparison.hosts for c in each.changes if c.key == "Sysmon:13")
    assert (lost.before, lost.after) == ("achievable", "not achievable")
    assert "the configuration logs no such event" in lost.reason


def test_a_loss_and_its_undoing_are_mirror_images(drops_all: Path) -> None:
    inventory = hosts.inventory(a=WORDS, b=WORDS | {"sysmon": "none"})
    sides = _side(inventory), _side(changed(inventory, f"sysmon={drops_all}"))
    there, back = compare(*sides), compare(*reversed(sides))
    for subject in Subject:
        gained = there.counted(subject, Direction.GAINED)
        assert gained == back.counted(subject, Direction.LOST)
        assert there.counted(subject, Direction.LOST) == back.counted(subject, Direction.GAINED)
    assert not back.lost


def test_hosts_are_matched_by_name_whatever_their_profiles_are_called() -> None:
    before = hosts.inventory(a=WORDS, b=WORDS | {"audit": "success"})
    after = Inventory("t", tuple(reversed(before.hosts)))
    comparison = compare(_side(before), _side(after))
    assert [each.hosts for each in comparison.hosts] == [("b",), ("a",)]
    assert all(each.changes == () for each in comparison.hosts)


def test_hosts_of_one_side_are_told_and_a_host_that_is_gone_is_a_loss() -> None:
    both = hosts.inventory(a=WORDS, b=WORDS | {"audit": "success"})
    alone = hosts.inventory(a=WORDS)
    assert compare(_side(both), _side(alone)).only_before == ("b",)
    assert compare(_side(both), _side(alone)).lost
    assert compare(_side(alone), _side(both)).only_after == ("b",)
    assert not compare(_side(alone), _side(both)).lost


def test_counts_are_of_machines() -> None:
    (host,) = hosts.inventory(a=WORDS).hosts
    inventory = Inventory("t", (Host("a", 850, host.facts),))
    comparison = _compared(inventory, "setting=process_creation_command_line=true")
    assert {each.count for each in comparison.hosts} == {850}


def test_a_change_stands_in_place_of_what_a_host_has(drops_all: Path) -> None:
    inventory = hosts.inventory(a=WORDS, none=WORDS | {"sysmon": "none"})
    with_setting = changed(inventory, "setting=process_creation_command_line=true")
    fact = with_setting.hosts[0].facts.known[SETTING("process_creation_command_line")]
    assert fact.value is True
    here, none = changed(inventory, f"sysmon={drops_all}").hosts
    assert here.facts.known[SYSMON].value.config == DROPS_ALL  # type: ignore[attr-defined]
    assert none.facts.known[SYSMON].value.installed is False  # type: ignore[attr-defined]
    _, there = changed(inventory, f"sysmon-everywhere={drops_all}").hosts
    assert there.facts.known[SYSMON].value.installed is True  # type: ignore[attr-defined]


def test_a_baseline_turns_on_and_never_off() -> None:
    inventory = hosts.inventory(none=WORDS, all=WORDS | {"audit": "success and failure"})
    for host in changed(inventory, "baseline=asd").hosts:
        settings = [host.facts.known[key].value for key in host.facts.known if key.family == AUDIT]
        on = sum(setting.success for setting in settings)  # type: ignore[attr-defined]
        assert on > 15 if host.name == "none" else on == len(settings)


def test_a_gpo_sets_what_it_says_and_leaves_the_rest() -> None:
    inventory = hosts.inventory(a=WORDS)
    (folder,) = [each.parent for each in sorted(shared("gpo/nsa-windows").rglob("bkupInfo.xml"))][
        :1
    ]
    (after,) = changed(inventory, f"gpo={folder}").hosts
    before = inventory.hosts[0].facts.known
    differing = {key for key, fact in after.facts.known.items() if before.get(key) != fact}
    assert any(key.family == AUDIT for key in differing)
    assert after.facts.known[SYSMON] == before[SYSMON]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("sysmon", "is no change"),
        ("sysmon=", "is no change"),
        ("colour=red", "is no change"),
        ("sysmon=gone.xml", "cannot be read"),
        ("gpo=gone", "no such folder"),
        ("baseline=asdf", "Did you mean 'asd'"),
        ("setting=process_creation_command_lin=true", "Did you mean"),
        ("setting=process_creation_command_line=blue", "Write true or false"),
    ],
)
def test_what_is_no_change_is_refused(change: str, told: str) -> None:
    with pytest.raises(InputError) as refused:
        changed(hosts.inventory(a=WORDS), change)
    assert told in str(refused.value)


def test_alternatives_are_ranked_by_what_is_achievable_with_them(
    drops_all: Path, tmp_path: Path
) -> None:
    keeps_all = tmp_path / "keeps-all.xml"
    keeps_all.write_text(hosts.KEEPS_EVERYTHING)
    inventory = hosts.inventory(a=WORDS)
    best, worst = ranked(
        [_compared(inventory, f"sysmon={path}") for path in (drops_all, keeps_all)], VOLUME_OF
    )
    assert best.title == f"sysmon={keeps_all}"
    assert worst.achievable < best.achievable
    assert best.only[Subject.TECHNIQUE]


def test_events_that_come_in_great_numbers_are_named() -> None:
    side = Side(
        "x",
        "18.1",
        "",
        (
            ComparedProfile(
                "P1",
                {"a": 1},
                {subject: {} for subject in Subject}
                | {
                    Subject.EVENT: {
                        "Sysmon:7": Answer(PARTIAL, "conditional"),
                        "Sysmon:10": Answer(NO, "not achievable"),
                        "Sysmon:16": Answer(YES, "achievable"),
                        "Security:5156": Answer(YES, "achievable"),
                    }
                },
            ),
        ),
    )
    (alternative,) = ranked([compare(side, side)], VOLUME_OF)
    assert alternative.busy == ("Sysmon:7",)
