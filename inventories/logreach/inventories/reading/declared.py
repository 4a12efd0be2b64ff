"""What YAML states about a host: its entry in inventory.yaml, or its own file."""

from __future__ import annotations

from collections.abc import Iterator

from logreach.inventories.facts.evidence import Strength
from logreach.inventories.facts.facts import Missing, Reading, Statement
from logreach.inventories.facts.keys import FactKey
from logreach.inventories.files.sources import Source
from logreach.inventories.reading.specs import HostSpec
from logreach.inventories.windows.facts import (
    CHANNEL,
    FEATURE,
    OS,
    ROLE,
    SETTING,
    SYSMON,
    OperatingSystem,
    OsKind,
    Role,
    SysmonState,
)
from logreach.inventories.windows.log_access import (
    CHANNEL_ACCESS,
    EVENT_LOG_READERS,
    LOCAL_GROUP,
    AccessList,
    GroupMembers,
    account,
)
from logreach.inventories.windows.registry.settings import settings
from logreach.inventories.windows.system.operating_systems import identify


def read(spec: HostSpec, source: Source) -> Reading:
    """What a host's entry states itself: all but Sysmon and the files that it names."""
    statements = tuple(_stated(spec, source))
    written = spec.os
    if written is None:
        return Reading(statements)
    system = identify(written.text, _kind(spec))
    if isinstance(system, OperatingSystem):
        quote = f"os: {written.text}"
        return Reading((*statements, statement(source, OS, system, written.line, quote)))
    hint = "Name product and release or the build: 'Windows 11 23H2', '10.0.22631'."
    fault = source.fault(system.reason, f"line {written.line}", hint)
    return Reading(statements, (fault,), ((OS, Missing(system.reason, fault)),))


def sysmon(spec: HostSpec, source: Source, config: Source | None, xml: str | None) -> Reading:
    """What an entry states of Sysmon; `xml` is the configuration in the file `config`."""
    stated = spec.sysmon
    if stated is None:
        return Reading()
    if not stated.installed:
        state = SysmonState(installed=False)
        return Reading((statement(source, SYSMON, state, stated.line, "sysmon: none"),))
    written = stated.config.text if stated.config else ""
    path = config.path if config else written
    state = SysmonState(
        installed=True,
        version=stated.version,
        config=xml,
        config_source=path,
        inbox=stated.inbox,
        config_sha256=config.sha256 if config else "",
    )
    quote = f"sysmon {stated.version}" if stated.version else "sysmon"
    return Reading((statement(source, SYSMON, state, stated.line, quote),))


def statement(
    source: Source, key: FactKey[object], value: object, line: int, quote: str
) -> Statement:
    """A fact that a line of YAML states."""
    evidence = source.evidence(f"line {line}" if line else "", quote)
    return Statement(key, value, evidence, Strength.DECLARED)


def _stated(spec: HostSpec, source: Source) -> Iterator[Statement]:
    if spec.role is not None:
        role, line = spec.role
        yield statement(source, ROLE, role, line, f"role: {role}")
    for name, (value, line) in spec.settings.items():
        stated = settings()[name].stated(value)
        yield statement(source, SETTING(name), stated, line, f"{name}: {value}")
    for name, (on, line) in spec.features.items():
        yield statement(source, FEATURE(name), on, line, f"{name}: {on}")
    for name, (state, line) in spec.channels.items():
        yield statement(source, CHANNEL(name), state, line, f"channel {name}")
    for name, access in spec.channel_access.items():
        quote = f"channel {name}: access {access.text}"
        key = CHANNEL_ACCESS(name.casefold())
        yield statement(source, key, AccessList(access.text), access.line, quote)
    if spec.event_log_readers is not None:
        names, line = spec.event_log_readers
        quote = f"event_log_readers: {', '.join(names) or 'none'}"
        members = GroupMembers(frozenset(map(account, names)))
        yield statement(source, LOCAL_GROUP(EVENT_LOG_READERS), members, line, quote)


def _kind(spec: HostSpec) -> OsKind | None:
    """Client or server Windows, by the role: it decides for builds that both kinds share."""
    if spec.role is None:
        return None
    return OsKind.CLIENT if spec.role[0] is Role.WORKSTATION else OsKind.SERVER
