"""Which kinds of host a host is of, and what is asked of it."""

from __future__ import annotations

import pytest

from logreach.coverage.engine.fixed import Fixed
from logreach.coverage.engine.verdict import NOT_APPLICABLE, YES
from logreach.coverage.events.host_kinds import HostKind, HostKinds, OfKind, OnHosts
from logreach.inventories.facts.facts import Facts, Statement
from logreach.inventories.facts.keys import single_fact
from logreach.inventories.files.evidence import Evidence

DESKTOP_SYSTEM, ROUTER_MODEL = single_fact("desktop-system", str), single_fact("router-model", str)
DESKTOP = HostKind("Desktop", (DESKTOP_SYSTEM,), assumed=True)
ROUTER = HostKind("Router", (ROUTER_MODEL,))
EVERY = (DESKTOP, ROUTER)


def facts(*keys: object) -> Facts:
    return Facts.of(Statement(key, "x", Evidence("t")) for key in keys)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("keys", "kinds"),
    [
        ((), (DESKTOP,)),
        ((DESKTOP_SYSTEM,), (DESKTOP,)),
        ((ROUTER_MODEL,), (ROUTER,)),
        ((DESKTOP_SYSTEM, ROUTER_MODEL), EVERY),
    ],
)
def test_a_host_is_of_the_kinds_that_its_facts_mark_or_else_of_those_assumed(
    keys: tuple[object, ...], kinds: tuple[HostKind, ...]
) -> None:
    host = facts(*keys)
    assert HostKinds(EVERY, EVERY).of(host) == kinds
    for kind in EVERY:
        asked = HostKinds(EVERY, (kind,))
        assert asked.include(host) is (kind in kinds)
        verdict = YES if kind in kinds else NOT_APPLICABLE
        assert OfKind("T1", asked).check(host).verdict is verdict
        assert OnHosts(Fixed("E", YES, "is there"), asked, "E").check(host).verdict is verdict


def test_kinds_are_chosen_by_the_names_that_attack_gives_them() -> None:
    named = HostKinds(EVERY, EVERY).named(("Router", "Mainframe"))
    assert (named.meant, named.names, named.all_meant) == ((ROUTER,), "Router", False)
    assert HostKinds(EVERY, EVERY).named(("Router", "Desktop")).all_meant


def test_what_is_asked_of_some_kinds_reads_the_facts_that_tell_kinds_apart() -> None:
    asked = OnHosts(Fixed("E", YES, "is there"), HostKinds(EVERY, (ROUTER,)), "E")
    assert asked.reads == (DESKTOP_SYSTEM, ROUTER_MODEL)
