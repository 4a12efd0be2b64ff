"""Partial statements of one thing, brought together before they are settled.

One source knows a channel's size, another whether it is on; one knows Sysmon's version, another
its configuration. Each statement is completed with what others say, so that only what really
contradicts becomes a conflict.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from logreach.inventories.facts.facts import Statement
from logreach.inventories.facts.keys import FactKey
from logreach.inventories.windows.facts import (
    CHANNEL,
    OS,
    SYSMON,
    ChannelState,
    OperatingSystem,
    SysmonState,
)


def complete(statements: Iterable[Statement]) -> list[Statement]:
    """Statements with partial channel and Sysmon states completed from one another."""
    done: list[Statement] = []
    partial: dict[FactKey[object], list[Statement]] = defaultdict(list)
    for one in statements:
        if one.key.family in (CHANNEL, SYSMON.family, OS.family):
            partial[_canonical(one.key, partial)].append(one)
        else:
            done.append(one)
    for key, found in partial.items():
        done.extend(replace(one, key=key) for one in _completed(found))
    return done


def _canonical(key: FactKey[object], known: Iterable[FactKey[object]]) -> FactKey[object]:
    """Channel names are compared without letter case; the first spelling stays."""
    folded = key.name.casefold()
    return next((k for k in known if k.family is key.family and k.name.casefold() == folded), key)


def _completed(found: Sequence[Statement]) -> list[Statement]:
    # Python's sort is stable: among equals the later statement stays the later.
    ordered = sorted(found, key=lambda one: one.strength)
    channels = [one.value for one in ordered if isinstance(one.value, ChannelState)]
    if len(channels) == len(found):
        best = _channel(channels)
        return [replace(one, value=_fill_channel(one.value, best)) for one in found]
    systems = [one.value for one in ordered if isinstance(one.value, OperatingSystem)]
    if len(systems) == len(found):
        return [replace(one, value=_fill_os(one.value, systems)) for one in found]
    states = [one.value for one in ordered if isinstance(one.value, SysmonState)]
    installed = [one for one in states if one.installed]
    if len(states) != len(found) or not installed:
        return list(found)
    whole = _sysmon(installed)
    return [replace(one, value=_fill_sysmon(one.value, whole)) for one in found]


def _channel(states: Iterable[ChannelState]) -> ChannelState:
    best = ChannelState()
    for one in states:
        best = ChannelState(
            enabled=best.enabled if one.enabled is None else one.enabled,
            max_bytes=best.max_bytes if one.max_bytes is None else one.max_bytes,
            retention=one.retention or best.retention,
        )
    return best


def _fill_channel(value: object, best: ChannelState) -> ChannelState:
    if not isinstance(value, ChannelState):
        return best
    return ChannelState(
        enabled=best.enabled if value.enabled is None else value.enabled,
        max_bytes=best.max_bytes if value.max_bytes is None else value.max_bytes,
        retention=value.retention or best.retention,
    )


def _fill_os(value: object, systems: Sequence[OperatingSystem]) -> OperatingSystem:
    """The strongest other naming of the same system, where it knows the revision besides."""
    own = value if isinstance(value, OperatingSystem) else systems[-1]
    same = [
        one
        for one in systems
        if (one.build, one.kind) == (own.build, own.kind) and own.revision in (None, one.revision)
    ]
    return next((one for one in reversed(same) if one.revision is not None), same[-1])


def _sysmon(states: Iterable[SysmonState]) -> SysmonState:
    best = SysmonState(installed=True)
    for one in states:
        best = _over(best, one)
    return best


def _over(below: SysmonState, above: SysmonState) -> SysmonState:
    """`above`, with what it leaves open taken from `below`."""
    own = above.config is not None
    return SysmonState(
        installed=True,
        version=above.version or below.version,
        config=above.config if own else below.config,
        config_source=above.config_source if own or not below.config else below.config_source,
        inbox=above.inbox or below.inbox,
        config_sha256=above.config_sha256 if own else below.config_sha256,
    )


def _fill_sysmon(value: object, best: SysmonState) -> SysmonState:
    if not isinstance(value, SysmonState) or not value.installed:
        return value if isinstance(value, SysmonState) else best
    return _over(best, value)
