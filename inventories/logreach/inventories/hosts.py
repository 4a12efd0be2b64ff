"""One host of the manifest: every source that it names, read and settled into facts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from logreach.inventories import auditpol, effective, gpo, merge, recognise, sysmon_files
from logreach.inventories.facts import (
    Conflict,
    Evidence,
    FactKey,
    FactKind,
    Facts,
    FactValue,
    Forwarding,
    Host,
    Known,
    Missing,
    OperatingSystem,
    OsKind,
    Reading,
    Role,
    Statement,
    Strength,
    SysmonState,
)
from logreach.inventories.faults import Fault, InputError
from logreach.inventories.manifest import HostSpec, Named, SysmonSpec
from logreach.inventories.operating_systems import Unidentified, identify
from logreach.inventories.sources import Folder, Source
from logreach.inventories.subcategories import default_settings


@dataclass(slots=True)
class Builder:
    """Gathers what is said of one host."""

    folder: Folder
    spec: HostSpec
    manifest: Source
    statements: list[Statement] = field(default_factory=list)
    missing: list[tuple[FactKey, Missing]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    gpos: list[gpo.Gpo] = field(default_factory=list)

    def declare(self, key: FactKey, value: FactValue, line: int, quote: str) -> None:
        """A fact that the manifest itself states."""
        evidence = self.manifest.evidence(f"line {line}" if line else "", quote)
        self.statements.append(Statement(key, value, evidence, Strength.DECLARED))

    def take(self, reading: Reading) -> None:
        self.statements.extend(reading.statements)
        self.missing.extend(reading.missing)
        self.faults.extend(reading.faults)

    def locate(self, named: Named, kinds: Iterable[FactKind] = ()) -> Path | None:
        """A file or folder that the manifest names; None with a fault where there is none."""
        try:
            return self.folder.locate(named.text, self.manifest.path, f"line {named.line}")
        except InputError as error:
            self.take(recognise.lost(error.faults, kinds))
            return None

    def source(self, named: Named, kinds: Iterable[FactKind] = ()) -> Source | None:
        path = self.locate(named, kinds)
        if path is None:
            return None
        try:
            return self.folder.read(path)
        except InputError as error:
            self.take(recognise.lost(error.faults, kinds))
            return None


def build(folder: Folder, spec: HostSpec, manifest: Source) -> Host:
    """Read everything that a host names. Faults are kept beside the facts that survive."""
    builder = Builder(folder, spec, manifest)
    _declared(builder)
    _os(builder)
    _audit(builder)
    _files(builder)
    _sysmon(builder)
    _gpos(builder)
    _forwarding(builder)
    return _settled(builder)


def _declared(builder: Builder) -> None:
    spec = builder.spec
    if spec.role is not None:
        role, line = spec.role
        builder.declare(FactKey(FactKind.ROLE), role, line, f"role: {role}")
    for name, (value, line) in spec.settings.items():
        builder.declare(FactKey(FactKind.SETTING, name), value, line, f"{name}: {value}")
    for name, (on, line) in spec.features.items():
        builder.declare(FactKey(FactKind.FEATURE, name), on, line, f"{name}: {on}")
    for name, (state, line) in spec.channels.items():
        builder.declare(FactKey(FactKind.CHANNEL, name), state, line, f"channel {name}")


def _os(builder: Builder) -> None:
    named = builder.spec.os
    if named is None:
        return
    found = identify(named.text, _kind(builder.spec))
    key = FactKey(FactKind.OS)
    if isinstance(found, OperatingSystem):
        builder.declare(key, found, named.line, f"os: {named.text}")
        return
    fault = _os_fault(builder, named, found)
    builder.faults.append(fault)
    builder.missing.append((key, Missing(found.reason, fault)))


def _os_fault(builder: Builder, named: Named, found: Unidentified) -> Fault:
    hint = "Name product and release or the build: 'Windows 11 23H2', '10.0.22631'."
    return builder.manifest.fault(found.reason, f"line {named.line}", hint)


def _kind(spec: HostSpec) -> OsKind | None:
    """What the role says of the kind of Windows; it settles builds that two kinds share."""
    if spec.role is None:
        return None
    return OsKind.CLIENT if spec.role[0] is Role.WORKSTATION else OsKind.SERVER


def _audit(builder: Builder) -> None:
    for named in builder.spec.audit_policy:
        source = builder.source(named, (FactKind.AUDIT,))
        if source is not None:
            builder.take(auditpol.read(source))


def _files(builder: Builder) -> None:
    """Files recognised by content, and a folder of them."""
    for named in builder.spec.files:
        source = builder.source(named)
        if source is not None:
            builder.take(recognise.read(source))
    if builder.spec.folder is None:
        return
    path = builder.locate(builder.spec.folder)
    if path is None:
        return
    for file in builder.folder.walk(path):
        try:
            builder.take(recognise.read(builder.folder.read(file)))
        except InputError as error:
            builder.faults.extend(error.faults)


def _sysmon(builder: Builder) -> None:
    spec = builder.spec.sysmon
    if spec is None:
        return
    if not spec.installed:
        state = SysmonState(installed=False)
        builder.declare(sysmon_files.KEY, state, spec.line, "sysmon: none")
        return
    text, path = _config(builder, spec)
    state = SysmonState(
        installed=True, version=spec.version, config=text, config_source=path, inbox=spec.inbox
    )
    quote = f"sysmon {spec.version}" if spec.version else "sysmon"
    builder.declare(sysmon_files.KEY, state, spec.line, quote)


def _config(builder: Builder, spec: SysmonSpec) -> tuple[str | None, str]:
    if spec.config is None:
        return None, ""
    source = builder.source(spec.config)
    if source is None:
        return None, spec.config.text
    try:
        return sysmon_files.config(source), source.path
    except InputError as error:
        builder.faults.extend(error.faults)
        return None, source.path


def _gpos(builder: Builder) -> None:
    for named in builder.spec.gpo:
        path = builder.locate(named, (FactKind.AUDIT,))
        if path is None:
            continue
        try:
            builder.gpos.extend(gpo.read(builder.folder, path))
        except InputError as error:
            builder.take(recognise.lost(error.faults, (FactKind.AUDIT,)))
    for one in builder.gpos:
        builder.statements.extend((*one.legacy.values(), *one.others))
        builder.faults.extend(one.faults)


def _forwarding(builder: Builder) -> None:
    line = builder.spec.no_forwarding
    if line is not None:
        key = FactKey(FactKind.FORWARDING)
        builder.declare(key, Forwarding(()), line, "subscriptions: none")


def _settled(builder: Builder) -> Host:
    spec = builder.spec
    told = merge.complete(builder.statements)
    first = Facts.of(told)
    policy = effective.audit(builder.gpos, first.setting(effective.FORCE), first.os())
    statements = [*told, *policy.statements]
    missing = [*builder.missing, *policy.missing]
    if spec.assume_defaults is not None:
        statements = [*_assumed(builder, first, {key for key, _ in missing}), *statements]
    facts = Facts.of(statements, missing)
    faults = tuple(dict.fromkeys(builder.faults))
    return Host(spec.name, spec.count, facts, faults)


def _assumed(builder: Builder, facts: Facts, lost: set[FactKey]) -> list[Statement]:
    """Windows' own defaults, for a host of which no audit export is named."""
    os = facts.os()
    if builder.spec.audit_policy or not isinstance(os, Known):
        return []
    if any(key.kind is FactKind.AUDIT for key in facts.known):
        return []
    line = f"line {builder.spec.assume_defaults}"
    return [
        Statement(
            FactKey(FactKind.AUDIT, guid),
            setting,
            Evidence(
                builder.manifest.path, builder.manifest.sha256, line, _default_quote(os, note)
            ),
            Strength.ASSUMED,
        )
        for guid, (setting, note) in default_settings(os.value).items()
        if FactKey(FactKind.AUDIT, guid) not in lost
    ]


def _default_quote(os: Known[OperatingSystem], note: str) -> str:
    text = f"assumed: default of {os.value}"
    return f"{text} ({note})" if note else text


def conflicts(host: Host) -> tuple[Conflict, ...]:
    """Where two sources of a host disagree."""
    return host.facts.conflicts
