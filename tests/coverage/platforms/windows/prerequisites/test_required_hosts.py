"""Which hosts a requirement of a baseline is for, against a plain reading of its conditions."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import Any

import hosts
import leaves
import pytest
from hypothesis import given
from hypothesis import strategies as st

from logreach.coverage.engine.verdict import NOT_APPLICABLE, UNKNOWN, YES
from logreach.coverage.platforms.windows.prerequisites.required import IsFor
from logreach.inventories.facts.facts import Facts, Known
from logreach.inventories.windows.baselines.requirements import AppliesTo
from logreach.inventories.windows.facts import FEATURE, OS, ROLE, OsKind, Role

CLIENT, SERVER = "Windows 11 23H2", "Windows Server 2022"
_hosts = st.fixed_dictionaries(
    {},
    optional={
        "os": st.sampled_from([CLIENT, SERVER, "Windows Server 2016"]),
        "role": st.sampled_from(["workstation", "server", "domain-controller"]),
        "features": st.fixed_dictionaries({}, optional={"ad-cs": st.booleans(), "ad-fs": st.booleans()}),
    },
)  # fmt: skip
_builds = st.sampled_from([None, 14393, 17763, 20348, 22631])
_applies = st.builds(
    AppliesTo,
    st.frozensets(st.sampled_from(list(Role)), max_size=2),
    st.frozensets(st.sampled_from(list(OsKind)), max_size=1),
    st.frozensets(st.sampled_from(["ad-cs", "ad-fs"])),
    _builds,
    _builds,
)


def conditions(hosts_meant: AppliesTo, facts: Facts) -> Mapping[object, list[bool | None]]:
    """Of each condition, by what it is about, whether the host meets it; None: it is not told."""
    os, role = (fact.value if isinstance(fact := facts.get(key), Known) else None for key in (OS, ROLE))  # fmt: skip
    is_client = bool(os and os.kind is OsKind.CLIENT)
    kind = os.kind if os else None
    if kind is None and role is not None:
        kind = OsKind.CLIENT if role is Role.WORKSTATION else OsKind.SERVER
    if role is None and is_client:
        role = Role.WORKSTATION
    met: dict[object, list[bool | None]] = {OS: [], ROLE: []}
    if hosts_meant.systems:
        met[OS].append(None if kind is None else kind in hosts_meant.systems)
    if hosts_meant.roles:
        met[ROLE].append(None if role is None else role in hosts_meant.roles)
    if hosts_meant.first_build is not None:
        met[OS].append(None if os is None else os.build >= hosts_meant.first_build)
    if hosts_meant.last_build is not None:
        met[OS].append(None if os is None else os.build <= hosts_meant.last_build)
    for name in sorted(hosts_meant.features):
        fact = facts.get(FEATURE(name))
        holds = fact.value if isinstance(fact, Known) else None
        if holds is None and (is_client or role is Role.WORKSTATION):
            holds = False
        met[FEATURE(name)] = [holds]
    return met


@given(_hosts, _applies)
def test_a_requirement_is_for_the_hosts_that_meet_all_that_it_says(
    words: dict[str, Any], hosts_meant: AppliesTo
) -> None:
    facts = hosts.facts(words)
    check_against_conditions(facts, hosts_meant)


def check_against_conditions(facts: Facts, hosts_meant: AppliesTo) -> None:
    leaf = IsFor("x", hosts_meant)
    reason = leaf.check(facts)
    by_key = conditions(hosts_meant, facts)
    met = [each for several in by_key.values() for each in several]
    if False in met:
        assert reason.verdict is NOT_APPLICABLE
        assert reason.evidence
    elif None in met:
        assert reason.verdict is UNKNOWN
        assert reason.missing in [key for key, several in by_key.items() if None in several]
    else:
        assert reason.verdict is YES
        assert bool(reason.evidence) is bool(met)
        assert len(set(reason.evidence)) == len(reason.evidence)
    assert set(leaf.reads) == {OS, ROLE, *map(FEATURE, hosts_meant.features)}
    assert (reason.missing is not None) is (reason.verdict is UNKNOWN)
    known = {key: fact for key, fact in facts.known.items() if key in leaf.reads}
    assert leaf.check(Facts(known)) == reason


SINGLE = [
    *(AppliesTo(roles=frozenset({role})) for role in Role),
    *(AppliesTo(systems=frozenset({kind})) for kind in OsKind),
    *(AppliesTo(first_build=build) for build in (17763, 20348, 20349, 22631)),
    *(AppliesTo(last_build=build) for build in (17763, 20347, 20348, 22631)),
    AppliesTo(features=frozenset({"ad-cs"})),
]


@pytest.mark.parametrize("hosts_meant", SINGLE, ids=str)
def test_a_requirement_with_one_condition_is_for_the_hosts_that_meet_it(
    hosts_meant: AppliesTo,
) -> None:
    choices: dict[str, list[Any]] = {
        "os": [None, CLIENT, SERVER, "Windows Server 2016"],
        "role": [None, "workstation", "server", "domain-controller"],
        "features": [None, {"ad-cs": True}, {"ad-cs": False}],
    }
    for values in product(*choices.values()):
        words = dict(zip(choices, values, strict=True))
        facts = hosts.facts({name: value for name, value in words.items() if value})
        check_against_conditions(facts, hosts_meant)


def test_a_role_that_cannot_be_read_is_not_taken_from_the_system() -> None:
    facts = leaves.facts_of({"os": CLIENT, "unreadable": {"role": "x is cut off"}})
    meant = AppliesTo(roles=frozenset({Role.WORKSTATION}))
    assert IsFor("x", meant).check(facts).verdict is UNKNOWN
