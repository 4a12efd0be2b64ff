"""What becomes of statements, case by case; the laws are in test_settling.py."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from logreach.inventories.facts.evidence import Strength
from logreach.inventories.facts.facts import Facts, Known, Missing, Statement
from logreach.inventories.facts.values import Off
from logreach.inventories.files.evidence import Evidence
from logreach.inventories.files.faults import Fault
from logreach.inventories.windows.facts import CHANNEL, ROLE, SETTING, ChannelState, Role

LOGGING = SETTING("logging")


def said(value: object, strength: Strength = Strength.OBSERVED, source: str = "a") -> Statement:
    return Statement(LOGGING, value, Evidence(source), strength)


def believed(many: Sequence[Statement]) -> Known[object]:
    fact = Facts.of(many).known[LOGGING]
    assert isinstance(fact, Known)
    return fact


def test_the_strengths_from_the_weakest() -> None:
    order = [Strength.ASSUMED, Strength.POLICY, Strength.DECLARED, Strength.OBSERVED]
    assert sorted(Strength) == order


def test_a_statement_is_observed_where_nothing_else_is_said() -> None:
    assert Statement(LOGGING, 1, Evidence("a")).strength is Strength.OBSERVED
    assert Known(1).strength is Strength.OBSERVED
    assert Known(1).evidence == ()
    assert Missing("nobody says").fault is None


@pytest.mark.parametrize("strength", list(Strength)[:-1])
def test_among_equals_the_later_wins(strength: Strength) -> None:
    first, last = said(1, strength, "first"), said(0, strength, "last")
    facts = Facts.of([first, last])
    assert facts.get(LOGGING) == Known(0, (Evidence("last"),), strength)
    (conflict,) = facts.conflicts
    assert (conflict.key, conflict.kept, conflict.dropped) == (LOGGING, last, first)


def test_of_two_outputs_of_the_host_that_contradict_each_other_none_wins() -> None:
    first, last = (said(value, Strength.OBSERVED, name) for value, name in ((1, "a"), (0, "b")))
    declared = said(1, Strength.DECLARED, "c")
    for order in ([first, last, declared], [declared, last, first], [last, declared, first]):
        facts = Facts.of(order)
        fact = facts.get(LOGGING)
        assert isinstance(fact, Missing)
        assert "the host's own outputs contradict each other" in fact.reason
        assert any("neither is used" in conflict.outcome for conflict in facts.conflicts)


def test_within_one_output_the_later_wins() -> None:
    first, last = said(1, Strength.OBSERVED, "a"), said(0, Strength.OBSERVED, "a")
    assert Facts.of([first, last]).get(LOGGING) == Known(0, (Evidence("a"),))


@pytest.mark.parametrize("strength", list(Strength)[1:])
def test_the_stronger_wins_wherever_it_stands(strength: Strength) -> None:
    weak, strong = said(1, Strength(strength - 1), "weak"), said(0, strength, "strong")
    for order in ([weak, strong], [strong, weak]):
        facts = Facts.of(order)
        assert facts.get(LOGGING) == Known(0, (Evidence("strong"),), strength)
        (conflict,) = facts.conflicts
        assert (conflict.kept, conflict.dropped) == (strong, weak)


def test_sources_that_agree_are_all_named_once_and_the_strongest_counts() -> None:
    agreed = [said(1, Strength.OBSERVED, "a"), said(1, Strength.POLICY, "b"), said(1, source="a")]
    facts = Facts.of(agreed)
    assert facts.get(LOGGING) == Known(1, (Evidence("a"), Evidence("b")), Strength.OBSERVED)
    assert facts.conflicts == ()


def test_who_agreed_with_a_weaker_statement_is_no_weaker_for_it() -> None:
    agreed = [said(1, Strength.POLICY, "gpo"), said(1, Strength.OBSERVED, "host")]
    assert believed([*agreed, said(0, Strength.DECLARED, "yaml")]).value == 1


def test_each_fact_is_settled_by_itself() -> None:
    other = Statement(SETTING("other"), 0, Evidence("b"))
    facts = Facts.of([said(1), other])
    assert facts.get(LOGGING) == Known(1, (Evidence("a"),))
    assert facts.get(SETTING("other")) == Known(0, (Evidence("b"),))
    assert facts.conflicts == ()


@pytest.mark.parametrize("strength", list(Strength))
def test_only_a_default_is_assumed(strength: Strength) -> None:
    assert Known(1, (), strength).assumed is (strength is Strength.ASSUMED)


def test_a_fact_that_nobody_states_is_missing_for_the_reason_nearest_to_it() -> None:
    cut, gone = Missing("is cut off", Fault("is cut off")), Missing("no channel is told")
    facts = Facts.of([said(1)], [(CHANNEL("A"), cut), (CHANNEL.every, gone), (LOGGING, gone)])
    assert facts.get(CHANNEL("A")) is cut
    assert facts.get(CHANNEL("B")) is gone
    assert facts.get(ROLE) == Missing("the inventory does not say")
    assert facts.get(SETTING("other")) == Missing("the inventory does not say")
    assert facts.get(LOGGING) == Known(1, (Evidence("a"),)), "what is stated is not missing"
    assert Facts().get(ROLE) == Missing("the inventory does not say")


def test_a_changed_fact_replaces_the_old_one_and_leaves_the_others() -> None:
    facts = Facts.of([said(1), said(0)], [(ROLE, Missing("nobody says"))])
    changed = facts.stating(LOGGING, 7)
    assert changed.get(LOGGING) == Known(7, (Evidence("a"),)), "it is from where it was"
    assert (changed.missing, changed.conflicts) == (facts.missing, facts.conflicts)
    assert facts.get(LOGGING) == Known(0, (Evidence("a"),))
    stated = facts.stating(ROLE, Role.SERVER)
    assert stated.known.keys() == {LOGGING, ROLE}
    assert stated.get(ROLE) == Known(Role.SERVER, (Evidence("as changed"),))


def test_the_facts_of_a_family_by_name() -> None:
    on = ChannelState(enabled=True)
    many = [Statement(CHANNEL(name), on, Evidence(name)) for name in "ba"]
    facts = Facts.of([said(1), *many])
    found = list(facts.of_family(CHANNEL))
    assert [name for name, _ in found] == ["a", "b"]
    assert all(fact.value is on for _, fact in found)


def test_a_value_that_leaves_open_how_a_setting_is_off_contradicts_neither_way() -> None:
    for exact in (False, Off.NOT_SET):
        for statements in ([said(Off.EITHER), said(exact)], [said(exact), said(Off.EITHER)]):
            facts = Facts.of(statements)
            assert facts.conflicts == ()
            assert facts.get(LOGGING).value is exact
    assert Facts.of([said(False), said(Off.NOT_SET)]).conflicts
