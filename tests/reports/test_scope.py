"""What a report says it speaks of: hosts, techniques, rules and the day of the facts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from support import ROOT

from logreach.coverage.assessment.as_of import AsOf, as_of
from logreach.coverage.assessment.assess import assess
from logreach.coverage.assessment.scope import only_hosts, scope_of
from logreach.coverage.attack import AttackModel, load_attack
from logreach.inventories import load
from logreach.inventories.facts.host import Inventory
from logreach.reports.json import document
from logreach.reports.scope import NO_DAY, as_of_text, pairs_applying, scope_lines

NOVEMBER = date(2026, 11, 30)


@pytest.fixture(scope="module")
def attack() -> AttackModel:
    return load_attack(None)


@pytest.fixture(scope="module")
def contoso() -> Inventory:
    return load(ROOT / "examples/contoso")


def test_a_whole_assessment_says_that_it_is_whole(contoso: Inventory, attack: AttackModel) -> None:
    assessment = assess(contoso, attack, scope_of(attack, ["T1543"]))
    lines = dict(scope_lines(assessment))
    count = sum(host.count for host in contoso.hosts)
    assert lines["Hosts"].startswith(f"all {count} hosts of the inventory, in ")
    assert "restricted to technique T1543" in lines["Techniques"]
    assert lines["Rules"].startswith("none given")
    assert lines["Facts as of"] == NO_DAY
    assert pairs_applying(assessment) <= count * len(assessment.fleet)


def test_a_narrowed_assessment_names_its_hosts_and_the_fleet(
    contoso: Inventory, attack: AttackModel
) -> None:
    name = contoso.hosts[0].name
    narrowed = only_hosts(contoso, [name])
    assessment = assess(narrowed, attack, scope_of(attack, ["T1543.003"]), day=NOVEMBER)
    lines = dict(scope_lines(assessment))
    shown, total = contoso.hosts[0].count, sum(host.count for host in contoso.hosts)
    assert lines["Hosts"] == f"{shown} of {total} hosts, in 1 profile: {name}"
    assert lines["Facts as of"] == "2026-11-30, as named with --as-of"
    told = document(assessment)
    assert told["hosts_beside"] == total - shown
    assert told["as_of"] == {"first": "2026-11-30", "last": "2026-11-30", "hosts": None}


def test_the_collections_say_their_days_where_the_user_does_not(contoso: Inventory) -> None:
    first, second, *rest = contoso.hosts
    dated = (
        replace(first, collected=date(2026, 11, 2), count=850),
        replace(second, collected=NOVEMBER, count=1),
        *rest,
    )
    days = as_of(None, dated)
    assert days == AsOf(date(2026, 11, 2), NOVEMBER, 851)
    assert as_of_text(days, 851) == "2026-11-02 to 2026-11-30, by the log of the collection"
    assert as_of_text(days, 2_000).endswith("of 851 of 2,000 hosts")
    assert as_of(NOVEMBER, dated) == AsOf(NOVEMBER, NOVEMBER)
