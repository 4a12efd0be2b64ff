"""One host of the manifest: every source that it names is read and decided into facts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from logreach.inventories.facts.evidence import Strength
from logreach.inventories.facts.facts import Facts, Known, Missing, Reading, Statement
from logreach.inventories.facts.host import Host
from logreach.inventories.facts.keys import FactKey
from logreach.inventories.files.faults import Fault, InputError
from logreach.inventories.files.sources import Folder, Source
from logreach.inventories.reading import audit_listings, declared, host_forwarding, merge, recognise
from logreach.inventories.reading.assumed import assumed
from logreach.inventories.reading.builder import Builder
from logreach.inventories.reading.device_exports import Device
from logreach.inventories.reading.recognise import FAMILIES
from logreach.inventories.reading.specs import HostSpec
from logreach.inventories.windows.audit_policy import auditpol, auditpol_text, effective
from logreach.inventories.windows.audit_policy.origins import FORCE
from logreach.inventories.windows.facts import (
    AUDIT,
    CHANNEL,
    OS,
    ROLE,
    SACL,
    SETTING,
    SYSMON,
    OsKind,
    Role,
    SysmonState,
)
from logreach.inventories.windows.group_policy import gpo, policy_xml
from logreach.inventories.windows.log_access import LOCAL_GROUP
from logreach.inventories.windows.objects import sacl_files
from logreach.inventories.windows.system import sysmon_files

_JOINED = (CHANNEL, LOCAL_GROUP)


def build(folder: Folder, spec: HostSpec, manifest: Source, devices: Iterable[Device] = ()) -> Host:
    """Read every source that a host names, and its rows in device lists.

    An unreadable source is a fault of the host; the facts of other sources stay.
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
    for entry in builder.spec.audit_policy:
        source = builder.source(entry, (AUDIT,))
        if source is not None and _is_wish(source):
            wish = gpo.Gpo(source.path, source.path)
            wish.take(builder.once(auditpol.read_wish, source))
            builder.local.append(wish)
        elif source is not None:
            reading = builder.once(auditpol_text.read_listing, source)
            builder.take(reading)
            builder.audit_listings.append((source, reading))


def _is_wish(source: Source) -> bool:
    try:
        return auditpol.looks_like_wish(source.text())
    except InputError:
        return False  # told where it is read


def _files(builder: Builder) -> None:
    """Read the files and the folder that the host names; each file is recognised by its content."""
    for entry in builder.spec.files:
        path = builder.locate(entry, folder=False)
        if path is not None:
            _by_content(builder, path)
    for entry in builder.spec.sacls:
        source = builder.source(entry, (SACL,))
        if source is not None:
            builder.take(builder.once(sacl_files.read, source, (SACL,)))
    folder_entry = builder.spec.folder
    folder = builder.locate(folder_entry, FAMILIES, folder=True) if folder_entry else None
    if folder is None:
        return
    backups = gpo.roots(builder.folder, folder)
    for root in backups:
        builder.gpos.append(gpo.read_gpo(builder.folder, root))
    for path in builder.folder.walk(folder):
        if not any(root in path.parents for root in backups):
            _by_content(builder, path)
    if hidden := builder.folder.unread(folder):
        # Any kind of file may lie there.
        builder.take(recognise.lost(hidden, FAMILIES))


def _by_content(builder: Builder, path: Path) -> None:
    try:
        source = builder.folder.read(path)
    except InputError as error:
        _unread(builder, error.faults)
        return
    file_format, reading = builder.folder.once(
        source.path, lambda: recognise.read(source), "content"
    )
    if file_format is None:
        _unread(builder, reading.faults)
        return
    if not file_format.policy:
        builder.take(reading)
        if file_format.read is sysmon_files.read_listing:
            builder.listings.append(source)
        if file_format.read in (auditpol.read, auditpol_text.read):
            builder.audit_listings.append((source, reading))
        return
    policy = gpo.Gpo(source.path, source.path, is_file=True)
    policy.take(reading)
    if file_format.name in _OF_WHOLE_GPOS:
        policy.winners.update(builder.folder.once(source.path, _winners(source), _winners))
    if file_format.preferences is not None:
        policy.prefer(builder.once(file_format.preferences, source))
    # The local policy is applied before any GPO; a result of policy already holds all of them.
    places = {"gpresult": builder.results, "GPO report": builder.gpos}
    places.get(file_format.name, builder.local).append(policy)


_OF_WHOLE_GPOS = ("gpresult", "GPO report")
"""Formats that name the GPOs behind their settings."""


def _winners(source: Source) -> Callable[[], dict[FactKey[object], str]]:
    """The GPOs that a result of policy or a report names; none where it cannot be read."""

    def read() -> dict[FactKey[object], str]:
        try:
            return policy_xml.winners(source)
        except InputError:
            return {}

    return read


def _unread(builder: Builder, faults: tuple[Fault, ...]) -> None:
    """Report a file in no known format: it may be any export, damaged, so all it may state is lost.

    What other files of the host printed stays; no policy and no default stands for the rest.
    """
    builder.take(recognise.lost(faults, FAMILIES))


def _sysmon(builder: Builder) -> None:
    spec = builder.spec.sysmon
    config = spec.config if spec is not None else None
    source = builder.source(config) if config is not None else None
    xml = None
    if source is not None:
        try:
            xml = sysmon_files.config(source)
        except InputError as error:
            builder.faults.extend(error.faults)
    builder.take(declared.sysmon(builder.spec, builder.manifest, source, xml))


def _gpos(builder: Builder) -> None:
    for entry in builder.spec.gpo:
        try:
            place = f"line {entry.line}"
            path = builder.folder.locate(entry.text, builder.manifest.path, place)
            if not path.is_dir():
                _gpo_file(builder, path, entry.text, place)
                continue
            make = partial(gpo.read, builder.folder, path)
            backups = builder.folder.once(entry.text, make, gpo.read)
            builder.gpos.extend(backups)
        except InputError as error:
            builder.gpos.append(gpo.unreadable(entry.text, error.faults))
    for number, policy in enumerate(builder.policies):
        builder.faults.extend(policy.faults)
        builder.notes.extend(policy.notes)
        _take_policy(builder, policy, builder.policies[number + 1 :])
    _prefer(builder)


def _gpo_file(builder: Builder, path: Path, written: str, place: str) -> None:
    """Take the report of a GPO, or a result of policy, that stands in place of a GPO's folder."""
    source = builder.folder.read(path)
    file_format, _ = builder.folder.once(source.path, lambda: recognise.read(source), "content")
    if file_format is None or file_format.name not in _OF_WHOLE_GPOS:
        message = f"is a file where the folder of a GPO is expected: {written}"
        raise InputError(builder.manifest.fault(message, place))
    _by_content(builder, path)


def _prefer(builder: Builder) -> None:
    """Apply GPO preferences; where policy sets another value, the value is unknown.

    Preferences and policy write the same registry values and are refreshed separately, so the
    order of refreshes decides which value a host has.
    """
    last: dict[FactKey[object], tuple[gpo.Gpo, Statement | Missing]] = {}
    for owner in builder.policies:
        last.update((key, (owner, preferred)) for key, preferred in owner.preferred.items())
    for key, (owner, preferred) in last.items():
        policy = next((s for s in reversed(builder.statements) if _of_policy(s, key)), None)
        doubt = (
            preferred
            if isinstance(preferred, Missing)
            else _preference_doubt(builder, owner, preferred, policy)
        )
        if doubt is not None:
            builder.doubt(key, doubt)
        elif policy is None and isinstance(preferred, Statement):
            quote = f"{owner.name} sets it by preference; {preferred.evidence.quote}"
            evidence = replace(preferred.evidence, quote=quote)
            builder.statements.append(replace(preferred, evidence=evidence))


def _of_policy(statement: Statement, key: FactKey[object]) -> bool:
    return statement.key == key and statement.strength is Strength.POLICY


def _preference_doubt(
    builder: Builder, owner: gpo.Gpo, preferred: Statement, policy: Statement | None
) -> Missing | None:
    """Why a preference's value is unknown; None where no policy sets another value."""
    if policy is None:
        return next(filter(None, (each.doubt(preferred.key) for each in builder.policies)), None)
    if policy.value == preferred.value:
        return None
    words = f"{owner.name} sets it to {preferred.value} by preference ({preferred.evidence.source})"
    return Missing(f"{words}, policy to {policy.value} ({policy.evidence.source})")


def _take_policy(builder: Builder, policy: gpo.Gpo, later: list[gpo.Gpo]) -> None:
    """Add what a GPO sets beside subcategories, unless a later GPO sets it.

    The last GPO that sets a value wins, as in Windows; that is no disagreement. Where a later GPO
    cannot be read, it may have set the value too, which is then unknown. Channels and groups are
    not overridden but completed from one another, since each GPO may set another part.
    """
    overridden = {
        each.key for later_gpo in later for each in (*later_gpo.legacy.values(), *later_gpo.others)
    }
    for statement in (*policy.legacy.values(), *policy.others):
        if statement.key in overridden and statement.key.family not in _JOINED:
            continue
        doubts = [policy.unreadable.get(statement.key), *(p.doubt(statement.key) for p in later)]
        doubt = next(filter(None, doubts), None)
        if doubt is None:
            evidence = statement.evidence
            quote = f"{policy.name} decides; {evidence.quote}"
            builder.statements.append(replace(statement, evidence=replace(evidence, quote=quote)))
        else:
            builder.missing.append((statement.key, doubt))
    # What is lost of subcategories is settled with all the rest of them.
    unreadable = policy.unreadable.items()
    builder.missing.extend((key, reason) for key, reason in unreadable if key.family is not AUDIT)
    builder.missing.extend((family.every, unread) for family, unread in policy.unread.items())


def _check_listings(builder: Builder, facts: Facts) -> bool | None:
    """Whether the configuration file has the digest of the one that Sysmon has loaded.

    None where either digest is unknown.
    """
    sysmon = facts.get(SYSMON)
    path = sysmon.value.config_source if isinstance(sysmon, Known) else ""
    digest = next((file.sha256 for file in builder.folder.files if file.path == path), "")
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


def _as_loaded(
    builder: Builder, statements: list[Statement], loaded: bool | None
) -> list[Statement]:
    """The statements with Sysmon's completed by whether this configuration is the loaded one.

    Where `sysmon -c` lost the digest, it may be another: the configuration counts as not told.
    """
    lacks_digest = any(sysmon_files.lost_digest(listing.text()) for listing in builder.listings)

    def completed(state: SysmonState) -> SysmonState:
        if loaded is None and lacks_digest:
            return replace(state, config=None, config_source="", config_sha256="")
        return replace(state, config_loaded=loaded)

    return [
        replace(statement, value=completed(statement.value))
        if isinstance(statement.value, SysmonState) and statement.value.config is not None
        else statement
        for statement in statements
    ]


def _workstation(facts: Facts) -> Iterator[Statement]:
    """A host with a client Windows is a workstation, also where no source states its role."""
    os = facts.get(OS)
    if isinstance(os, Known) and os.value.kind is OsKind.CLIENT and ROLE not in facts.known:
        yield Statement(ROLE, Role.WORKSTATION, os.evidence[0], os.strength)


def _clash(facts: Facts) -> Fault | None:
    """A fault where the role contradicts the kind of Windows: client or server."""
    role, os = facts.get(ROLE), facts.get(OS)
    if isinstance(role, Missing) or isinstance(os, Missing):
        return None
    client = os.value.kind is OsKind.CLIENT
    if client is (role.value is Role.WORKSTATION):
        return None
    cannot_be = "no server" if client else "no workstation"
    disagreement = f"the role is {role.value}, but {os.value} is {cannot_be} ({os.evidence[0]})"
    first = role.evidence[0]
    hint = "Correct the role or the system."
    return Fault(f"sources disagree: {disagreement}", first.source, first.where, hint)


def _settled(builder: Builder) -> Host:
    spec = builder.spec
    merged = merge.complete(filter(builder.stands, builder.statements))
    without_audit = (statement for statement in merged if statement.key.family is not AUDIT)
    first = Facts.of(without_audit, builder.missing)
    builder.take(audit_listings.incomplete(builder.audit_listings, first.get(OS)))
    clash = _clash(first)
    if clash is not None:
        merged = [statement for statement in merged if statement.key != ROLE]
        builder.faults.append(clash)
        builder.missing.append((ROLE, Missing(clash.message, clash)))
    policy = effective.audit(builder.policies, first.get(SETTING(FORCE)), first.get(OS))
    merged = _as_loaded(builder, merged, _check_listings(builder, first))
    of_policy = filter(builder.stands, policy.statements)
    statements = [*merged, *of_policy, *_workstation(first)]
    missing = [*policy.missing, *builder.missing]
    if spec.assume_defaults is not None:
        statements = [*assumed(builder, first, {key for key, _ in missing}), *statements]
    facts = Facts.of(statements, missing)
    faults = tuple(dict.fromkeys(builder.faults))
    notes = tuple(dict.fromkeys(builder.notes))
    return Host(spec.name, spec.count, facts, faults, notes, builder.collected)
