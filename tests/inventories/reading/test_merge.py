"""What partial statements of one thing complete one another to."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from logreach.inventories.facts.evidence import Strength
from logreach.inventories.facts.facts import Facts, Known, Statement
from logreach.inventories.facts.keys import FactKey
from logreach.inventories.files.evidence import Evidence
from logreach.inventories.reading.merge import complete
from logreach.inventories.windows.facts import (
    CHANNEL,
    OS,
    SETTING,
    SYSMON,
    ChannelState,
    OperatingSystem,
    OsKind,
    SysmonState,
)
from logreach.inventories.windows.log_access import (
    EVENT_LOG_READERS,
    LOCAL_GROUP,
    GroupMembers,
)

OBSERVED, DECLARED, POLICY = Strength.OBSERVED, Strength.DECLARED, Strength.POLICY
LOG = CHANNEL("Made/Operational")


def said(key: FactKey[Any], value: object, strength: Strength = OBSERVED) -> Statement:
    return Statement(key, value, Evidence(str(key)), strength)


def values(*statements: Statement) -> list[object]:
    return [one.value for one in complete(statements)]


def settled(key: FactKey[Any], *statements: Statement) -> object:
    facts = Facts.of(complete(statements))
    assert not facts.conflicts
    fact = facts.get(key)
    assert isinstance(fact, Known)
    return fact.value


def test_other_facts_are_left_as_they_are() -> None:
    many = [said(SETTING("a"), True), said(SETTING("a"), False), said(SETTING("b"), 7)]
    assert complete(many) == many


# Channels


def test_the_parts_of_a_channel_that_sources_tell_are_put_together() -> None:
    on, size = ChannelState(enabled=True), ChannelState(max_bytes=1024, retention="overwrite")
    assert settled(LOG, said(LOG, on), said(LOG, size)) == ChannelState(True, 1024, "overwrite")


def test_a_channel_that_is_off_and_keeps_nothing_is_told_nonetheless() -> None:
    off, on = ChannelState(enabled=False, max_bytes=0), ChannelState(True, 5, "x")
    merged = values(said(LOG, on, DECLARED), said(LOG, off))
    assert merged == [ChannelState(True, 5, "x"), ChannelState(False, 0, "x")]
    merged = values(said(LOG, off, DECLARED), said(LOG, ChannelState(retention="x")))
    assert merged == [ChannelState(False, 0, "x")] * 2


def test_what_one_channel_lacks_the_strongest_tells_and_among_equals_the_last() -> None:
    open_ = ChannelState(enabled=True)
    first, last = ChannelState(None, 1, "first"), ChannelState(None, 2, "last")
    many = [said(LOG, open_), said(LOG, first), said(LOG, last)]
    assert values(*many)[0] == ChannelState(True, 2, "last")
    many = [said(LOG, open_), said(LOG, first), said(LOG, last, DECLARED)]
    assert values(*many)[0] == ChannelState(True, 1, "first")
    many = [said(LOG, last, POLICY), said(LOG, first, DECLARED), said(LOG, open_)]
    assert values(*many)[2] == ChannelState(True, 1, "first")


def test_names_of_channels_are_compared_without_case_and_the_first_spelling_stays() -> None:
    many = [said(LOG, ChannelState(True)), said(CHANNEL("MADE/operational"), ChannelState(None, 7))]
    merged = complete(many)
    assert [one.key for one in merged] == [LOG, LOG]
    assert [one.value for one in merged] == [ChannelState(True, 7)] * 2


@pytest.mark.parametrize(
    ("later", "left"),
    [
        (ChannelState(True, 2048, "overwrite"), ChannelState(True, None, "overwrite")),
        (ChannelState(True, 1024, "retain"), ChannelState(True, 1024, None)),
        (ChannelState(True, None, None), ChannelState(True, 1024, "overwrite")),
    ],
)
def test_two_listings_with_other_sizes_tell_no_size_and_whether_a_channel_is_on(
    later: ChannelState, left: ChannelState
) -> None:
    first = ChannelState(True, 1024, "overwrite")
    printed = [
        Statement(LOG, state, Evidence(file)) for state, file in ((first, "a"), (later, "b"))
    ]
    stated = Statement(LOG, ChannelState(max_bytes=512), Evidence("y"), DECLARED)
    assert settled(LOG, *printed) == left
    with_less = Facts.of(complete([stated, *printed])).get(LOG)
    assert isinstance(with_less, Known)
    assert with_less.value == left
    facts = Facts.of(complete([*printed, Statement(LOG, ChannelState(False), Evidence("c"))]))
    assert LOG not in facts.known


def test_channels_do_not_complete_one_another() -> None:
    other = CHANNEL("Other")
    merged = values(said(LOG, ChannelState(True)), said(other, ChannelState(None, 7)))
    assert merged == [ChannelState(True), ChannelState(None, 7)]


def test_a_channel_called_as_a_family_is_no_other_fact() -> None:
    merged = complete([said(CHANNEL(""), ChannelState(True)), said(SYSMON, SysmonState(True))])
    assert [one.key for one in merged] == [CHANNEL(""), SYSMON]


# Operating systems
SERVER = OperatingSystem("Windows Server", "2022", OsKind.SERVER, "10.0", 20348)
PATCHED = replace(SERVER, product="Server 2022", revision=1234)


def test_a_system_takes_its_revision_from_who_knows_it() -> None:
    assert values(said(OS, SERVER), said(OS, PATCHED, DECLARED)) == [PATCHED, PATCHED]


def test_a_system_takes_nothing_from_another_build_kind_or_revision() -> None:
    own = replace(SERVER, revision=1)
    for other in (
        replace(PATCHED, build=17763),
        replace(PATCHED, kind=OsKind.CLIENT),
        replace(own, revision=2),
    ):
        assert values(said(OS, own), said(OS, other)) == [own, other]
        assert values(said(OS, SERVER), said(OS, replace(other, build=1))) == [
            SERVER,
            replace(other, build=1),
        ]


def test_a_system_is_named_by_the_strongest_of_those_that_agree() -> None:
    weak, strong = replace(PATCHED, product="weak"), replace(PATCHED, product="strong")
    assert values(said(OS, strong), said(OS, weak, DECLARED)) == [strong, strong]
    assert values(said(OS, weak, DECLARED), said(OS, strong)) == [strong, strong]
    assert values(said(OS, weak), said(OS, strong)) == [strong, strong]


def test_of_systems_of_which_none_has_a_revision_the_strongest_names_it() -> None:
    weak, strong = replace(SERVER, product="weak"), replace(SERVER, product="strong")
    assert values(said(OS, strong), said(OS, weak, DECLARED)) == [strong, strong]
    assert values(said(OS, weak), said(OS, strong)) == [strong, strong]


def test_a_revision_is_taken_from_the_strongest_that_has_one() -> None:
    one, two = replace(PATCHED, revision=1), replace(PATCHED, revision=2)
    assert values(said(OS, SERVER), said(OS, one), said(OS, two, DECLARED))[0] == one
    assert values(said(OS, SERVER, DECLARED), said(OS, one), said(OS, two))[0] == two


def test_a_revision_of_zero_is_one() -> None:
    zero = replace(PATCHED, revision=0)
    assert values(said(OS, SERVER), said(OS, zero, DECLARED)) == [zero, zero]


# Sysmon
CONFIG = SysmonState(True, None, "<Sysmon/>", "sysmon.xml", config_sha256="ab")
OTHER_CONFIG = SysmonState(True, None, "<Sysmon></Sysmon>", "other.xml", config_sha256="cd")


def test_one_source_tells_the_version_and_another_the_configuration() -> None:
    whole = replace(CONFIG, version="15.15", inbox=True)
    version = SysmonState(True, "15.15", inbox=True)
    for order in ([version, CONFIG], [CONFIG, version]):
        assert settled(SYSMON, *(said(SYSMON, one) for one in order)) == whole


def test_a_configuration_keeps_its_own_file_and_digest() -> None:
    merged = values(said(SYSMON, CONFIG), said(SYSMON, OTHER_CONFIG))
    assert merged == [CONFIG, OTHER_CONFIG]


def test_a_source_without_a_configuration_takes_the_strongest_with_its_file() -> None:
    version = SysmonState(True, "15.15")
    merged = values(
        said(SYSMON, version), said(SYSMON, CONFIG), said(SYSMON, OTHER_CONFIG, DECLARED)
    )
    assert merged[0] == replace(CONFIG, version="15.15")
    merged = values(said(SYSMON, version), said(SYSMON, CONFIG), said(SYSMON, OTHER_CONFIG))
    assert merged[0] == replace(OTHER_CONFIG, version="15.15")


def test_a_file_that_could_not_be_read_is_still_named() -> None:
    named, version = SysmonState(True, config_source="lost.xml"), SysmonState(True, "15.15")
    merged = values(said(SYSMON, named), said(SYSMON, version, DECLARED))
    assert merged[0] == SysmonState(True, "15.15", config_source="lost.xml")
    merged = values(said(SYSMON, named), said(SYSMON, CONFIG, DECLARED))
    assert merged[0] == CONFIG, "the file that was read tells more"


def test_a_host_that_has_no_sysmon_is_completed_by_nobody() -> None:
    none = SysmonState(False)
    assert values(said(SYSMON, none), said(SYSMON, CONFIG, DECLARED)) == [none, CONFIG]
    assert values(said(SYSMON, none), said(SYSMON, none, DECLARED)) == [none, none]
    version = SysmonState(True, "15.15")
    merged = values(said(SYSMON, none), said(SYSMON, version), said(SYSMON, CONFIG))
    assert merged == [none, *[replace(CONFIG, version="15.15")] * 2]


def test_the_version_is_that_of_the_strongest_that_tells_one() -> None:
    old, new = SysmonState(True, "14.0"), SysmonState(True, "15.15")
    merged = values(said(SYSMON, CONFIG), said(SYSMON, new), said(SYSMON, old, DECLARED))
    assert merged[0] == replace(CONFIG, version="15.15")
    assert merged[2] == replace(CONFIG, version="14.0")


# Members of a group
READERS = LOCAL_GROUP(EVENT_LOG_READERS)


def members(*names: str, **told: Any) -> GroupMembers:
    return GroupMembers(frozenset(names), **told)


def test_policies_that_add_members_add_up() -> None:
    both = members("a", "b", whole=False)
    added = [said(READERS, members(name, whole=False), POLICY) for name in ("a", "b")]
    assert values(*added) == [both, both]
    assert settled(READERS, *added) == both


def test_a_policy_with_the_whole_list_makes_unsure_whom_another_adds() -> None:
    lists = [members("a"), members("a", "b", whole=False)]
    for order in (lists, lists[::-1]):
        merged = settled(READERS, *(said(READERS, one, POLICY) for one in order))
        assert isinstance(merged, GroupMembers)
        assert [merged.holds(name) for name in "abc"] == [True, None, False]


def test_of_two_whole_lists_the_policy_applied_last_counts() -> None:
    lists = [said(READERS, members(name), POLICY) for name in "ab"]
    assert settled(READERS, *lists) == members("b")


@pytest.mark.parametrize("strength", [OBSERVED, DECLARED])
def test_members_that_the_host_or_the_inventory_tells_take_nothing_from_policies(
    strength: Strength,
) -> None:
    policies = [said(READERS, members(name, whole=False), POLICY) for name in "ab"]
    of_host = said(READERS, members("c"), strength)
    merged = values(of_host, *policies)
    assert merged == [members("c"), *[members("a", "b", whole=False)] * 2]
    fact = Facts.of(complete([of_host, *policies])).get(READERS)
    assert isinstance(fact, Known)
    assert fact.value == members("c")


def test_groups_do_not_join_one_another() -> None:
    other = LOCAL_GROUP("S-1-5-32-544")
    lists = [said(READERS, members("a"), POLICY), said(other, members("b"), POLICY)]
    assert values(*lists) == [members("a"), members("b")]


states = st.builds(
    ChannelState,
    enabled=st.none() | st.booleans(),
    max_bytes=st.none() | st.sampled_from([0, 1, 2]),
    retention=st.none() | st.sampled_from(["a", "b"]),
)


@given(st.lists(st.tuples(states, st.sampled_from(list(Strength))), min_size=1, max_size=4))
@settings(deadline=None)
def test_completing_changes_nothing_that_a_source_tells(
    many: list[tuple[ChannelState, Strength]],
) -> None:
    statements = [said(LOG, state, strength) for state, strength in many]
    merged = complete(statements)
    assert [replace(one, value=None) for one in merged] == [
        replace(one, value=None) for one in statements
    ]
    for before, after in zip(statements, merged, strict=True):
        for name in ("enabled", "max_bytes", "retention"):
            told = [getattr(one.value, name) for one in statements]
            own, new = getattr(before.value, name), getattr(after.value, name)
            assert new == own if own is not None else new in told
            assert new is not None or told == [None] * len(told)


@pytest.mark.parametrize("strength", list(Strength))
def test_what_two_sources_tell_otherwise_stays_a_conflict(strength: Strength) -> None:
    on, off = ChannelState(enabled=True), ChannelState(enabled=False)
    facts = Facts.of(complete([said(LOG, on), said(LOG, off, strength)]))
    assert [one.key for one in facts.conflicts] == [LOG]
