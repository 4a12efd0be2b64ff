"""What a person has written of a host in YAML, as statements: inventory.yaml, or its own file."""

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
from logreach.inventories.windows.system.operating_systems import identify


def read(spec: HostSpec, source: Source) -> Reading:
    """Everything that a host's entry states itself, but for Sysmon and what lies in files."""
    statements = tuple(_stated(spec, source))
    named = spec.os
    if named is None:
        return Reading(statements)
    found = identify(named.text, _kind(spec))
    if isinstance(found, OperatingSystem):
        quote = f"os: {named.text}"
        return Reading((*statements, statement(source, OS, found, named.line, quote)))
    hint = "Name product and release or the build: 'Windows 11 23H2', '10.0.22631'."
    fault = source.fault(found.reason, f"line {named.line}", hint)
    return Reading(statements, (fault,), ((OS, Missing(found.reason, fault)),))


def sysmon(spec: HostSpec, source: Source, config: Source | None, text: str | None) -> Reading:
    """What an entry states of Sysmon; `text` is the configuration in the file `config`."""
    told = spec.sysmon
    if told is None:
        return Reading()
    if not told.installed:
        state = SysmonState(installed=False)
        return Reading((statement(source, SYSMON, state, told.line, "sysmon: none"),))
    path = config.path if config else told.config.text if told.config else ""
    state = SysmonState(
        installed=True,
        version=told.version,
        config=text,
        config_source=path,
        inbox=told.inbox,
        config_sha256=config.sha256 if config else "",
    )
    quote = f"sysmon {told.version}" if told.version else "sysmon"
    return Reading((statement(source, SYSMON, state, told.line, quote),))


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
        yield statement(source, SETTING(name), value, line, f"{name}: {value}")
    for name, (on, line) in spec.features.items():
        yield statement(source, FEATURE(name), on, line, f"{name}: {on}")
    for name, (state, line) in spec.channels.items():
        yield statement(source, CHANNEL(name), state, line, f"channel {name}")


def _kind(spec: HostSpec) -> OsKind | None:
    """What the role says of the kind of Windows; it settles builds that two kinds share."""
    if spec.role is None:
        return None
    return OsKind.CLIENT if spec.role[0] is Role.WORKSTATION else OsKind.SERVER
