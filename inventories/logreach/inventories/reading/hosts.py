"""One host of the manifest: every source that it names, read and settled into facts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from logreach.inventories.facts.evidence import Strength
from logreach.inventories.facts.facts import Facts, Known, Missing, Reading, Statement
from logreach.inventories.facts.host import Host
from logreach.inventories.facts.keys import FactKey
from logreach.inventories.files.evidence import Evidence
from logreach.inventories.files.faults import Fault, InputError
from logreach.inventories.files.sources import Folder, Source
from logreach.inventories.reading import declared, host_forwarding, merge, recognise
from logreach.inventories.reading.builder import Builder
from logreach.inventories.reading.device_exports import Device
from logreach.inventories.reading.recognise import FAMILIES
from logreach.inventories.reading.specs import HostSpec
from logreach.inventories.windows.audit_policy import auditpol, effective
from logreach.inventories.windows.audit_policy.subcategories import default_settings
from logreach.inventories.windows.facts import (
    AUDIT,
    CHANNEL,
    OS,
    ROLE,
    SACL,
    SETTING,
    SYSMON,
    OperatingSystem,
    OsKind,
    Role,
    SysmonState,
)
from logreach.inventories.windows.group_policy import gpo, preferences
from logreach.inventories.windows.objects import sacl_files
from logreach.inventories.windows.system import sysmon_files


def build(folder: Folder, spec: HostSpec, manifest: Source, devices: Iterable[Device] = ()) -> Host:
    """Read everything that a host names, and what lists of devices say of it.

    Faults are kept beside the facts that survive.
    """
    builder = Builder(folder, spec, manifest)
    for device in devices:
        builder.take(Reading(tuple(device.statements), tuple(device.faults), tuple(device.missing)))
    builder.take(declared.read(spec, manifest))
    _audit(builder)
    _files(builder)
    _sysmon(builder)
    _gpos(builder)
    host_forwarding.take(builder)
    return _settled(builder)


def _audit(builder: Builder) -> None:
    for named in builder.spec.audit_policy:
        source = builder.source(named, (AUDIT,))
        if source is not None:
            builder.take(builder.once(auditpol.read, source))


def _files(builder: Builder) -> None:
    """Files recognised by content, and a folder of them."""
    for named in builder.spec.files:
        path = builder.locate(named, folder=False)
        if path is not None:
            _by_content(builder, path)
    for named in builder.spec.sacls:
        source = builder.source(named, (SACL,))
        if source is not None:
            builder.take(builder.once(sacl_files.read, source, (SACL,)))
    named_folder = builder.spec.folder
    folder = builder.locate(named_folder, FAMILIES, folder=True) if named_folder else None
    if folder is None:
        return
    backups = gpo.roots(builder.folder, folder)
    for root in backups:
        builder.gpos.append(gpo.read_gpo(builder.folder, root))
    for path in builder.folder.walk(folder):
        if not any(root in path.parents for root in backups):
            _by_content(builder, path)
    if hidden := builder.folder.unread(folder):
        # Anything may lie there.
        builder.take(recognise.lost(hidden, FAMILIES))


def _by_content(builder: Builder, path: Path) -> None:
    try:
        source = builder.folder.read(path)
    except InputError as error:
        _unread(builder, error.faults)
        return
    found, reading = builder.folder.once(source.path, lambda: recognise.read(source), "content")
    if found is None:
        _unread(builder, reading.faults)
        return
    if not found.policy:
        builder.take(reading)
        if found.read is sysmon_files.read_listing:
            builder.listings.append(source)
        return
    policy = gpo.Gpo(source.path, source.path)
    policy.take(reading)
    if found.name == "gpresult":
        policy.prefer(builder.once(preferences.read_result, source))
    # The local policy is applied before any GPO; a result of policy already holds all of them.
    builder.results.append(policy) if found.name == "gpresult" else builder.local.append(policy)


def _unread(builder: Builder, faults: tuple[Fault, ...]) -> None:
    """Tell of a file that nothing reads: it may be the audit policy, for which a default stood."""
    lost = () if builder.spec.assume_defaults is None else (AUDIT,)
    builder.take(recognise.lost(faults, lost))


def _sysmon(builder: Builder) -> None:
    spec = builder.spec.sysmon
    named = spec.config if spec is not None else None
    source = builder.source(named) if named is not None else None
    text = None
    if source is not None:
        try:
            text = sysmon_files.config(source)
        except InputError as error:
            builder.faults.extend(error.faults)
    builder.take(declared.sysmon(builder.spec, builder.manifest, source, text))


def _gpos(builder: Builder) -> None:
    for named in builder.spec.gpo:
        try:
            where = f"line {named.line}"
            path = builder.folder.locate(named.text, builder.manifest.path, where)
            if not path.is_dir():
                message = f"is a file where the folder of a GPO is expected: {named.text}"
                raise InputError(builder.manifest.fault(message, where))
            make = partial(gpo.read, builder.folder, path)
            found = builder.folder.once(named.text, make, gpo.read)
            builder.gpos.extend(found)
        except InputError as error:
            builder.gpos.append(gpo.unreadable(named.text, error.faults))
    for at, one in enumerate(builder.policies):
        builder.faults.extend(one.faults)
        _take_policy(builder, one, builder.policies[at + 1 :])
    _prefer(builder)


def _prefer(builder: Builder) -> None:
    """What preferences set, as far as no policy of the host sets it otherwise.

    Preferences are applied on their own, behind policy, and write the same values; which of two
    that differ is found on a host hangs on when each was refreshed.
    """
    last: dict[FactKey[object], tuple[gpo.Gpo, Statement | Missing]] = {}
    for one in builder.policies:
        last.update((key, (one, told)) for key, told in one.preferred.items())
    for key, (one, told) in last.items():
        policy = next((s for s in reversed(builder.statements) if _of_policy(s, key)), None)
        open_ = told if isinstance(told, Missing) else _open(builder, one, told, policy)
        if open_ is not None:
            builder.doubt(key, open_)
        elif policy is None and isinstance(told, Statement):
            quote = f"{one.name} sets it by preference; {told.evidence.quote}"
            evidence = replace(told.evidence, quote=quote)
            builder.statements.append(replace(told, evidence=evidence))


def _of_policy(statement: Statement, key: FactKey[object]) -> bool:
    return statement.key == key and statement.strength is Strength.POLICY


def _open(
    builder: Builder, one: gpo.Gpo, told: Statement, policy: Statement | None
) -> Missing | None:
    """Why it is open whether a preference holds; None where policy leaves it alone or agrees."""
    if policy is None:
        return next(filter(None, (other.doubt(told.key) for other in builder.policies)), None)
    if policy.value == told.value:
        return None
    words = f"{one.name} sets it to {told.value} by preference ({told.evidence.source})"
    return Missing(f"{words}, policy to {policy.value} ({policy.evidence.source})")


def _take_policy(builder: Builder, one: gpo.Gpo, later: list[gpo.Gpo]) -> None:
    """What a GPO says beside subcategories, as far as no later one may say otherwise.

    The last GPO that sets a thing wins, as Windows has it; that is no disagreement. A later GPO
    that could not be read may have set the same thing to something else. Channels are left to
    be completed from one another, since each GPO may set another part.
    """
    overridden = {told.key for gone in later for told in (*gone.legacy.values(), *gone.others)}
    for statement in (*one.legacy.values(), *one.others):
        if statement.key in overridden and statement.key.family is not CHANNEL:
            continue
        doubts = [one.unreadable.get(statement.key), *(p.doubt(statement.key) for p in later)]
        doubt = next(filter(None, doubts), None)
        if doubt is None:
            evidence = statement.evidence
            quote = f"{one.name} decides; {evidence.quote}"
            builder.statements.append(replace(statement, evidence=replace(evidence, quote=quote)))
        else:
            builder.missing.append((statement.key, doubt))
    # What is lost of subcategories is settled with all the rest of them.
    builder.missing.extend(pair for pair in one.unreadable.items() if pair[0].family is not AUDIT)
    builder.missing.extend((family.every, gone) for family, gone in one.unread.items())


def _check_listings(builder: Builder, facts: Facts) -> bool | None:
    """Whether the configuration at hand has the digest that Sysmon says it has loaded.

    None where the one or the other is not told.
    """
    sysmon = facts.get(SYSMON)
    path = sysmon.value.config_source if isinstance(sysmon, Known) else ""
    digest = next((one.sha256 for one in builder.folder.files if one.path == path), "")
    same: bool | None = None
    for listing in builder.listings:
        loaded = sysmon_files.loaded_digest(listing.text())
        if not digest or not loaded:
            continue
        same = loaded == digest and same is not False
        if loaded != digest:
            message = f"Sysmon has loaded a configuration with SHA-256 {loaded}, not {path}"
            hint = "Export the configuration that is in use, or update Sysmon with this one."
            builder.faults.append(listing.fault(message, hint=hint))
    return same


def _as_loaded(told: list[Statement], loaded: bool | None) -> list[Statement]:
    """What is said of Sysmon, with whether the host has loaded the configuration at hand."""
    return [
        replace(one, value=replace(one.value, config_loaded=loaded))
        if isinstance(one.value, SysmonState) and one.value.config is not None
        else one
        for one in told
    ]


def _workstation(facts: Facts) -> Iterator[Statement]:
    """A client Windows is a workstation, whether or not somebody says so."""
    os = facts.get(OS)
    if isinstance(os, Known) and os.value.kind is OsKind.CLIENT and _unsaid(facts):
        yield Statement(ROLE, Role.WORKSTATION, os.evidence[0], os.strength)


def _unsaid(facts: Facts) -> bool:
    return ROLE not in facts.known


def _clash(facts: Facts) -> Fault | None:
    """Windows itself tells workstations from servers by its kind; a role may not say otherwise."""
    role, os = facts.get(ROLE), facts.get(OS)
    if isinstance(role, Missing) or isinstance(os, Missing):
        return None
    client = os.value.kind is OsKind.CLIENT
    if client is (role.value is Role.WORKSTATION):
        return None
    is_ = "no server" if client else "no workstation"
    told = f"the role is {role.value}, but {os.value} is {is_} ({os.evidence[0]})"
    first = role.evidence[0]
    hint = "Correct the role or the system."
    return Fault(f"sources disagree: {told}", first.source, first.where, hint)


def _stands(doubted: set[FactKey[object]], one: Statement) -> bool:
    """Whether a statement may be believed: what a GPO asks for does not settle a host's doubt."""
    return one.key not in doubted or one.strength is Strength.OBSERVED


def _settled(builder: Builder) -> Host:
    spec = builder.spec
    told = merge.complete(filter(partial(_stands, builder.doubted), builder.statements))
    first = Facts.of(one for one in told if one.key.family is not AUDIT)
    clash = _clash(first)
    if clash is not None:
        told = [one for one in told if one.key != ROLE]
        builder.faults.append(clash)
        builder.missing.append((ROLE, Missing(clash.message, clash)))
    policy = effective.audit(builder.policies, first.get(SETTING(effective.FORCE)), first.get(OS))
    told = _as_loaded(told, _check_listings(builder, first))
    statements = [*told, *policy.statements, *_workstation(first)]
    missing = [*builder.missing, *policy.missing]
    if spec.assume_defaults is not None:
        statements = [*_assumed(builder, first, {key for key, _ in missing}), *statements]
    facts = Facts.of(statements, missing)
    faults = tuple(dict.fromkeys(builder.faults))
    return Host(spec.name, spec.count, facts, faults)


def _assumed(builder: Builder, facts: Facts, lost: set[FactKey[object]]) -> list[Statement]:
    """Windows' own defaults, for a host of which no audit export is named."""
    os = facts.get(OS)
    if builder.spec.audit_policy or not isinstance(os, Known):
        return []
    observed = any(one.key.family is AUDIT for one in builder.statements)
    if observed or AUDIT.every in lost:
        return []
    line = f"line {builder.spec.assume_defaults}"
    return [
        Statement(
            AUDIT(guid),
            setting,
            Evidence(
                builder.manifest.path, builder.manifest.sha256, line, _default_quote(os, note)
            ),
            Strength.ASSUMED,
        )
        for guid, (setting, note) in default_settings(os.value).items()
        if AUDIT(guid) not in lost
    ]


def _default_quote(os: Known[OperatingSystem], note: str) -> str:
    text = f"assumed: default of {os.value}"
    return f"{text} ({note})" if note else text
