"""Completes partial statements about a channel, Sysmon or the system from one another.

One source knows a channel's size, another whether it is enabled; one knows Sysmon's version,
another its configuration. Completed first, statements conflict only where they contradict.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from logreach.inventories.facts.evidence import Strength
from logreach.inventories.facts.facts import Statement
from logreach.inventories.windows import log_access
from logreach.inventories.windows.facts import (
    CHANNEL,
    OS,
    SYSMON,
    ChannelState,
    OperatingSystem,
    SysmonState,
)

_JOINED = (CHANNEL, SYSMON.family, OS.family, log_access.LOCAL_GROUP)


def complete(statements: Iterable[Statement]) -> list[Statement]:
    """Statements with partial channel and Sysmon states completed from one another."""
    done: list[Statement] = []
    # Names of channels are compared without letter case; the first spelling counts.
    partial: dict[tuple[str, str], list[Statement]] = defaultdict(list)
    for statement in statements:
        if statement.key.family in _JOINED:
            partial[statement.key.family, statement.key.name.casefold()].append(statement)
        else:
            done.append(statement)
    for group in partial.values():
        key = group[0].key
        if len(group) == 1 and isinstance(group[0].value, ChannelState):
            done += group  # nothing to complete it from; a listing has thousands
            continue
        done.extend(replace(statement, key=key) for statement in _completed(group))
    return done


def _completed(group: Sequence[Statement]) -> list[Statement]:
    # The sort is stable: of equally strong statements the later one stays behind.
    ordered = sorted(group, key=lambda statement: statement.strength)
    channels = [
        statement.value for statement in ordered if isinstance(statement.value, ChannelState)
    ]
    if len(channels) == len(group):
        unsure = _parts_printed_differently(group)
        best = _without(_channel(channels), unsure)
        return [
            replace(statement, value=_fill_channel(_without(statement.value, unsure), best))
            for statement in group
        ]
    if isinstance(group[0].value, log_access.GroupMembers):
        return _members(group)
    systems = [
        statement.value for statement in ordered if isinstance(statement.value, OperatingSystem)
    ]
    if len(systems) == len(group):
        return [replace(statement, value=_fill_os(statement.value, systems)) for statement in group]
    states = [statement.value for statement in ordered if isinstance(statement.value, SysmonState)]
    installed = [state for state in states if state.installed]
    if len(states) != len(group) or not installed:
        return list(group)
    merged = _sysmon(installed)
    return [replace(statement, value=_fill_sysmon(statement.value, merged)) for statement in group]


def _members(group: Sequence[Statement]) -> list[Statement]:
    """What policies make of a group together; what else states its members stands as it is."""
    of_policy = [
        statement.value
        for statement in group
        if statement.strength is Strength.POLICY
        and isinstance(statement.value, log_access.GroupMembers)
    ]
    together = log_access.joined(of_policy)
    return [
        replace(statement, value=together) if statement.strength is Strength.POLICY else statement
        for statement in group
    ]


def _parts_printed_differently(group: Sequence[Statement]) -> set[str]:
    """Which of size and retention two outputs of the host contradict each other about.

    Neither is believed, as a listing may be older than a change; but whether the channel is enabled
    does not hang on them.
    """
    printed = [
        (each.evidence.source, each.value)
        for each in group
        if each.strength is Strength.OBSERVED
        and each.by_host
        and isinstance(each.value, ChannelState)
    ]
    sizes = {(source, state.max_bytes) for source, state in printed if state.max_bytes is not None}
    retentions = {(source, state.retention) for source, state in printed if state.retention}
    return {
        part
        for part, stated in (("max_bytes", sizes), ("retention", retentions))
        if len({source for source, _ in stated}) > 1 < len({value for _, value in stated})
    }


def _without(state: object, parts: set[str]) -> object:
    """A channel's state as if it did not tell some of its parts."""
    if not isinstance(state, ChannelState) or not parts:
        return state
    return ChannelState(
        state.enabled,
        None if "max_bytes" in parts else state.max_bytes,
        None if "retention" in parts else state.retention,
    )


def _channel(states: Iterable[ChannelState]) -> ChannelState:
    best = ChannelState()
    for state in states:
        best = ChannelState(
            enabled=best.enabled if state.enabled is None else state.enabled,
            max_bytes=best.max_bytes if state.max_bytes is None else state.max_bytes,
            retention=state.retention or best.retention,
        )
    return best


def _fill_channel(value: object, best: object) -> object:
    if not isinstance(value, ChannelState) or not isinstance(best, ChannelState):
        return best
    return ChannelState(
        enabled=best.enabled if value.enabled is None else value.enabled,
        max_bytes=best.max_bytes if value.max_bytes is None else value.max_bytes,
        retention=value.retention or best.retention,
    )


def _fill_os(value: object, systems: Sequence[OperatingSystem]) -> OperatingSystem:
    """The same system as the strongest statement names it, with the revision if one has it."""
    stated = value if isinstance(value, OperatingSystem) else systems[-1]
    same = [
        system
        for system in systems
        if (system.build, system.kind) == (stated.build, stated.kind)
        and stated.revision in (None, system.revision)
    ]
    return next((system for system in reversed(same) if system.revision is not None), same[-1])


def _sysmon(states: Iterable[SysmonState]) -> SysmonState:
    best = SysmonState(installed=True)
    for state in states:
        best = _over(best, state)
    return best


def _over(below: SysmonState, above: SysmonState) -> SysmonState:
    """`above`, with what it lacks taken from `below`."""
    has_config = above.config is not None
    return SysmonState(
        installed=True,
        version=above.version or below.version,
        config=above.config if has_config else below.config,
        config_source=(above if has_config or not below.config else below).config_source,
        inbox=above.inbox or below.inbox,
        config_sha256=above.config_sha256 if has_config else below.config_sha256,
    )


def _fill_sysmon(value: object, best: SysmonState) -> SysmonState:
    if not isinstance(value, SysmonState) or not value.installed:
        return value if isinstance(value, SysmonState) else best
    return _over(best, value)
