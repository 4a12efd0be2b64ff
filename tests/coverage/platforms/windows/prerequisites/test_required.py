"""What a baseline asks of a host's facts, against a plain reading of the facts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import hosts
import leaves
import pytest
from hypothesis import given
from hypothesis import strategies as st

from logreach.coverage.engine.judged import Remedy
from logreach.coverage.engine.minimal_changes import facts_after
from logreach.coverage.engine.verdict import NO, NOT_APPLICABLE, UNKNOWN, YES, Verdict
from logreach.coverage.platforms.windows.knowledge.events import load_events
from logreach.coverage.platforms.windows.prerequisites.os import has_field, written
from logreach.coverage.platforms.windows.prerequisites.required import (
    ExactAuditSetting,
    Required,
    log_names,
    required,
)
from logreach.coverage.platforms.windows.prerequisites.settings import SettingOn
from logreach.coverage.platforms.windows.prerequisites.where_written import WhereWritten
from logreach.inventories.facts.facts import Facts, Missing
from logreach.inventories.facts.values import Off, in_words
from logreach.inventories.windows.audit_policy.subcategories import subcategories, subcategories_of
from logreach.inventories.windows.baselines.requirements import (
    AuditCheck,
    ChannelCheck,
    FactCheck,
    Match,
    SettingCheck,
)
from logreach.inventories.windows.facts import (
    AUDIT,
    CHANNEL,
    OS,
    SETTING,
    AuditSetting,
    ChannelState,
)
from logreach.inventories.windows.registry.settings import settings
from logreach.inventories.windows.system.operating_systems import catalogue

GUIDS = {each.name: each.guid for each in subcategories().values()}
LOGON, MEMBERSHIP = GUIDS["Logon"], GUIDS["Group Membership"]
SETTINGS = [
    AuditSetting(success, failure) for success in (False, True) for failure in (False, True)
]
POWERSHELL = "Microsoft-Windows-PowerShell/Operational"
MIB = 1024 * 1024


def asked(check: FactCheck) -> Required:
    """The prerequisite of a check; it is named by the check and reads what the check is about."""
    made = required(check)
    assert made.subject == str(check)
    assert made.key in made.reads
    return made


def once_done(made: Required, facts: Facts, remedy: Remedy | None) -> Verdict:
    """What the prerequisite says of the host once its remedy is made."""
    assert remedy is not None
    for key, value in facts_after(facts, [remedy])[0].items():
        facts = facts.stating(key, value)
    return made.check(facts).verdict


def stated(key: Any, value: object) -> Facts:
    return Facts().stating(key, value)


@given(
    st.sampled_from(SETTINGS),
    st.sampled_from(SETTINGS),
    st.sampled_from([Match.AT_LEAST, Match.ANY_OF, Match.EXACTLY]),
)
def test_an_audit_setting_is_as_asked_or_is_made_so(
    wanted: AuditSetting, now: AuditSetting, match: Match
) -> None:
    made, facts = asked(AuditCheck(LOGON, wanted, match)), stated(AUDIT(LOGON), now)
    reason = made.check(facts)
    wants, has = (
        {name for name in ("success", "failure") if getattr(each, name)} for each in (wanted, now)
    )
    met = {
        Match.AT_LEAST: wants <= has,
        Match.ANY_OF: bool(wants & has),
        Match.EXACTLY: wants == has,
    }[match]
    assert reason.verdict is (YES if met else NO)
    assert reason.missing is None
    assert reason.evidence == facts.known[AUDIT(LOGON)].evidence
    if met:
        assert reason.remedy is None
    elif wants or match is Match.EXACTLY:
        assert once_done(made, facts, reason.remedy) is YES
    if not met:
        assert reason.remedy is not None
        assert ("exactly" in reason.remedy.title) is (match is Match.EXACTLY)
        assert ("disable" in reason.remedy.text) is (match is Match.EXACTLY and wants != {"success", "failure"})  # fmt: skip
        for outcome in wants:
            assert f"/{outcome}:enable" in reason.remedy.text


@given(st.sampled_from(SETTINGS), st.sampled_from(SETTINGS))
def test_what_is_set_exactly_takes_the_place_of_what_there_is(
    exact: AuditSetting, other: AuditSetting
) -> None:
    value = ExactAuditSetting(exact.success, exact.failure)
    assert value.added_to(other) == exact
    assert value.added_to(None) == exact
    assert value.exceeds(other) is False
    made = asked(AuditCheck(LOGON, exact, Match.EXACTLY))
    assert made.target(Facts()) == value
    assert isinstance(made.target(Facts()), ExactAuditSetting)
    at_least = asked(AuditCheck(LOGON, exact)).target(Facts())
    assert (at_least, type(at_least)) == (exact, AuditSetting)


def test_an_audit_setting_that_is_not_told_is_unknown_and_named() -> None:
    made = asked(AuditCheck(LOGON, AuditSetting(True, False)))
    for facts in (Facts(), hosts.facts({"os": "Windows 11 23H2"})):
        reason = made.check(facts)
        assert reason.verdict is UNKNOWN
        assert reason.missing == made.key == AUDIT(LOGON)
        assert reason.evidence == ()
        assert once_done(made, facts, reason.remedy) is YES
    why = made.check(Facts(missing={AUDIT(LOGON): Missing("auditpol.csv is cut off")}))
    assert "auditpol.csv is cut off" in why.text


CONTESTED = {"os": "Windows 11 23H2", "origin": {"gpo": "Audit", "asked": "success", "category": "Detailed Tracking"}}  # fmt: skip


def test_where_a_category_contests_it_the_setting_that_decides_is_missing_and_offered() -> None:
    made = asked(AuditCheck(GUIDS["Process Creation"], AuditSetting(True, False), Match.EXACTLY))
    facts = leaves.facts_of(CONTESTED)
    reason = made.check(facts)
    assert reason.verdict is UNKNOWN
    assert str(reason.missing).startswith("setting:")
    assert reason.missing in made.reads
    assert reason.remedy is not None
    assert reason.remedy.key == reason.missing
    assert "exactly" not in reason.remedy.title
    assert once_done(made, facts, reason.remedy) is YES


@pytest.mark.parametrize("guid", sorted(subcategories()))
def test_a_subcategory_is_not_asked_of_a_windows_older_than_it(guid: str) -> None:
    made = asked(AuditCheck(guid, AuditSetting(True, False)))
    for system in catalogue():
        has = guid in subcategories_of(system)
        later = [each for each in catalogue() if each.kind is system.kind and each.build > system.build]  # fmt: skip
        lacks = not has and any(guid in subcategories_of(each) for each in later)
        facts = stated(OS, system)
        reason = made.check(facts)
        assert reason.verdict is (NOT_APPLICABLE if lacks else UNKNOWN), system
        if lacks:
            assert reason.evidence == facts.known[OS].evidence
            assert reason.remedy is None
            told = facts.stating(AUDIT(guid), AuditSetting(True, False))
            assert made.check(told).verdict is YES


VALUES = [True, False, Off.NOT_SET, Off.EITHER, 0, 1, 2, "*", "a", "a;b", "a;*"]


@pytest.mark.parametrize("value", VALUES, ids=repr)
@pytest.mark.parametrize(
    ("name", "wanted", "match", "met"),
    [
        ("powershell_script_block_logging", True, Match.EXACTLY, [True]),
        ("powershell_script_block_logging", False, Match.EXACTLY, [False]),
        ("lsa_protection", 1, Match.EXACTLY, [1]),
        ("lsa_protection", 1, Match.AT_LEAST, [1, 2]),
        ("powershell_module_names", "*", Match.CONTAINS, ["*", "a;*"]),
        ("powershell_module_names", "b", Match.CONTAINS, ["a;b"]),
        ("powershell_module_names", "a;b", Match.EXACTLY, ["a;b"]),
    ],
)
def test_a_setting_is_as_asked_or_is_made_so(
    name: str, wanted: Any, match: Match, met: list[object], value: Any
) -> None:
    if match is Match.AT_LEAST and isinstance(value, bool) and value:
        return  # no number holds a truth value
    made, facts = asked(SettingCheck(name, wanted, match)), stated(SETTING(name), value)
    reason = made.check(facts)
    expected = YES if any(type(each) is type(value) and each == value for each in met) else NO
    if value is Off.EITHER and wanted is False:
        expected = UNKNOWN
    assert reason.verdict is expected
    assert reason.evidence == facts.known[SETTING(name)].evidence
    assert reason.missing == (SETTING(name) if expected is UNKNOWN else None)
    if expected is YES:
        assert reason.remedy is None
        return
    how = "" if match is Match.EXACTLY else f"{match.value} "
    assert f"asked for is {how}{in_words(wanted)}" in reason.text
    assert once_done(made, facts, reason.remedy) is YES
    assert reason.remedy is not None
    if match is Match.CONTAINS and not isinstance(value, Off):
        assert reason.remedy.value == ";".join([*str(value).split(";"), wanted])


def test_a_setting_that_is_not_told_is_unknown_and_named() -> None:
    made = asked(SettingCheck("lsa_protection", 1))
    reason = made.check(Facts(missing={made.key: Missing("a.reg is cut off")}))
    assert (reason.verdict, reason.missing) == (UNKNOWN, SETTING("lsa_protection"))
    assert "a.reg is cut off" in reason.text
    assert once_done(made, Facts(), reason.remedy) is YES


@pytest.mark.parametrize(
    ("name", "wanted", "match", "is_what_events_need"),
    [
        ("powershell_script_block_logging", True, Match.EXACTLY, True),
        ("powershell_script_block_logging", False, Match.EXACTLY, False),
        ("powershell_module_names", "*", Match.CONTAINS, True),
        ("powershell_module_names", "x", Match.CONTAINS, False),
        ("lsa_protection", 1, Match.EXACTLY, False),
        ("powershell_transcription", True, Match.EXACTLY, False),
        ("powershell_transcription", False, Match.EXACTLY, False),
    ],
)
def test_what_events_need_too_is_advised_in_the_same_words(
    name: str, wanted: Any, match: Match, *, is_what_events_need: bool
) -> None:
    remedy = asked(SettingCheck(name, wanted, match)).check(Facts()).remedy
    assert remedy is not None
    assert (remedy.key, remedy.kind) == (SETTING(name), "setting")
    of_events = load_events().settings.get(name)
    if is_what_events_need:
        assert of_events is not None
        assert (remedy.text, remedy.cost) == (of_events.remedy, of_events.note)
        assert (remedy.volume is remedy.volume.UNKNOWN) is not bool(of_events.volume)
    else:
        assert settings()[name].registry[0] in remedy.text
        assert remedy.cost == ""
        assert remedy.volume is remedy.volume.UNKNOWN


_sizes = st.sampled_from([None, 0, MIB, 2 * MIB - 1, 2 * MIB, 2 * MIB + 1, 8 * MIB])
_states = st.builds(
    ChannelState,
    st.sampled_from([None, True, False]),
    _sizes,
    st.sampled_from([None, "overwrite", "retain", "archive"]),
)
_channel_checks = st.builds(
    ChannelCheck,
    st.sampled_from([POWERSHELL, "powershell", "Security", "security"]),
    st.sampled_from([None, True, False]),
    st.sampled_from([None, 2]),
    st.sampled_from(["", "overwrite", "retain", "archive"]),
).filter(lambda check: str(check)[-1] != " ")


@given(_channel_checks, st.one_of(st.none(), _states))
def test_a_log_is_as_asked_or_is_made_so(check: ChannelCheck, state: ChannelState | None) -> None:
    name = "Security" if check.name.casefold() == "security" else POWERSHELL
    made = asked(check)
    assert made.key == CHANNEL(name)
    facts = Facts(missing={CHANNEL(name): Missing("x is cut off")}) if state is None else stated(CHANNEL(name), state)  # fmt: skip
    now = state or ChannelState()
    if now.enabled is None and name == "Security":
        now = replace(now, enabled=True)  # nobody can turn it off
    parts = []
    if check.enabled is not None:
        parts.append((now.enabled, now.enabled is check.enabled))
    if check.holds_mib is not None:
        parts.append((now.max_bytes, (now.max_bytes or 0) >= 2 * MIB))
    if check.when_full:
        parts.append((now.retention, now.retention == check.when_full))
    verdicts = [UNKNOWN if value is None else YES if met else NO for value, met in parts]
    expected = next((each for each in (NO, UNKNOWN) if each in verdicts), YES)
    reason = made.check(facts)
    assert reason.verdict is expected
    assert reason.missing == (CHANNEL(name) if expected is UNKNOWN else None)
    assert reason.evidence == (facts.known[CHANNEL(name)].evidence if state else ())
    assert ("x is cut off" in reason.text) is (state is None)
    full_untold = bool(check.when_full) and now.retention is None
    assert ("what it does is unknown" in reason.text) is full_untold
    if expected is YES:
        assert reason.remedy is None
        return
    assert once_done(made, facts, reason.remedy) is YES
    assert reason.remedy is not None
    value, before = reason.remedy.value, state or ChannelState()
    assert isinstance(value, ChannelState)
    assert value.enabled is (before.enabled if check.enabled is None else check.enabled)
    assert value.retention == (check.when_full or before.retention)
    held = before.max_bytes
    assert value.max_bytes == (held if check.holds_mib is None else max(held or 0, 2 * MIB))
    text = reason.remedy.text
    assert f'set-log "{name}" ' in text
    assert ("/enabled:true" in text) is (check.enabled is True)
    assert ("/enabled:false" in text) is (check.enabled is False)
    assert (f"/maxsize:{value.max_bytes}" in text) is (check.holds_mib is not None)
    keeps = {"overwrite": ("false", "false"), "retain": ("true", "false"), "archive": ("true", "true")}  # fmt: skip
    switches = "/retention:{} /autobackup:{}"
    for does, words in keeps.items():
        assert (switches.format(*words) in text) is (check.when_full == does)


def test_the_size_of_a_log_is_told_in_mib() -> None:
    made = asked(ChannelCheck("Security", holds_mib=2))
    assert "holds 1.5 MiB (asked for: 2 MiB)" in made.check(stated(made.key, ChannelState(max_bytes=3 * MIB // 2))).text  # fmt: skip


def test_every_log_is_found_by_either_name() -> None:
    for channel in load_events().channels.values():
        for name in (channel.short, channel.name):
            assert log_names()[name.casefold()] == channel.name


@pytest.mark.parametrize("field", ["", "CommandLine"])
def test_no_remedy_is_offered_where_the_windows_lacks_event_or_field(field: str) -> None:
    knowledge = load_events()
    inner = SettingOn("x", knowledge.settings["process_creation_command_line"])
    for event in list(knowledge.events.values())[::9]:
        leaf = WhereWritten(inner, event, field)
        for system in catalogue():
            lacks = written(event, system) == NO or (bool(field) and has_field(event, field, system) == NO)  # fmt: skip
            reason, plain = (each.check(stated(OS, system)) for each in (leaf, inner))
            assert plain.remedy is not None
            assert reason == (plain._replace(remedy=None) if lacks else plain)
        assert leaf.check(Facts()) == inner.check(Facts())
        assert set(leaf.reads) == {*inner.reads, OS}
