"""A GPO from its backup folder, or from its folder in SYSVOL."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from logreach.inventories.facts.evidence import Strength
from logreach.inventories.facts.facts import Missing, Reading, Statement
from logreach.inventories.facts.keys import FactFamily, FactKey
from logreach.inventories.files.faults import Fault, InputError
from logreach.inventories.files.sources import Folder, Source
from logreach.inventories.files.xml_tree import read_xml
from logreach.inventories.windows.audit_policy import auditpol
from logreach.inventories.windows.facts import (
    AUDIT,
    LEGACY_AUDIT,
    REGISTRY_FAMILIES,
    SETTING,
    AuditSetting,
)
from logreach.inventories.windows.group_policy import (
    gpo_checks,
    gpo_options,
    gpo_reports,
    gpt_template,
    local_groups,
    policy_xml,
    preferences,
)
from logreach.inventories.windows.group_policy.gpo_checks import Record, Records
from logreach.inventories.windows.log_access import LOCAL_GROUP
from logreach.inventories.windows.registry import registry_pol
from logreach.inventories.windows.registry.settings import settings

_INFO, _REPORT, _BACKUP = "bkupinfo.xml", "gpreport.xml", "backup.xml"
_GPT = "gpt.ini"
_PREFERENCES = "registry/registry.xml"


@dataclass(slots=True)
class Gpo:
    """The computer settings of one GPO.

    `advanced` holds its audit subcategories by GUID, `legacy` its audit categories by name,
    `others` its other settings. `unreadable` are settings whose value could not be read, `unread`
    families of facts that it may also set in a file that could not be read. `preferred` are the
    settings that its preferences set, or why they are unknown. `is_file` marks a policy that was
    read from a file of the host, named by its path; `winners` are the GPOs behind its settings
    where the file tells them.
    """

    name: str
    folder: str
    advanced: dict[str, Statement] = field(default_factory=dict)
    unreadable: dict[FactKey[object], Missing] = field(default_factory=dict)
    legacy: dict[str, Statement] = field(default_factory=dict)
    others: list[Statement] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    unread: dict[FactFamily[object], Missing] = field(default_factory=dict)
    preferred: dict[FactKey[object], Statement | Missing] = field(default_factory=dict)
    notes: list[Fault] = field(default_factory=list)
    is_file: bool = False
    winners: dict[FactKey[object], str] = field(default_factory=dict)

    def display_name(self, key: FactKey[object]) -> str:
        """The display name of the GPO that sets a fact; '' where only a file is known."""
        return self.winners.get(key, "" if self.is_file else self.name)

    def sets(self, key: FactKey[object]) -> bool:
        """Whether it sets a fact that is no audit setting, by policy or by preference."""
        return key in self.preferred or any(statement.key == key for statement in self.others)

    def doubt(self, key: FactKey[object]) -> Missing | None:
        """Why this GPO may set a fact although no setting of it was read; None if it does not."""
        return self.unreadable.get(key) or self.unread.get(key.family)

    def lose(self, fault: Fault, families: Iterable[FactFamily[object]]) -> None:
        """A fault that leaves open what else the GPO sets."""
        self.faults.append(fault)
        self.unread.update((family, Missing(str(fault), fault)) for family in families)

    def withdraw(self, key: FactKey[object], fault: Fault) -> None:
        """A fault that leaves open whether, and to what, the GPO sets a fact."""
        self.faults.append(fault)
        self.unreadable[key] = Missing(str(fault), fault)
        if key.family is AUDIT:
            self.advanced.pop(key.name, None)
        elif key.family is LEGACY_AUDIT:
            self.legacy.pop(key.name, None)

    def take(self, reading: Reading) -> None:
        """Add the statements, faults and missing facts of one of the GPO's files."""
        for statement in reading.statements:
            if statement.key.family is AUDIT and isinstance(statement.value, AuditSetting):
                self.advanced[statement.key.name] = statement
            elif statement.key.family is LEGACY_AUDIT:
                self.legacy[statement.key.name] = statement
            else:
                self.others.append(statement)
        self.faults.extend(reading.faults)
        self.notes.extend(reading.notes)
        for key, missing in reading.missing:
            if key.name:
                self.unreadable[key] = missing
            else:
                self.unread[key.family] = missing

    def prefer(self, reading: Reading) -> None:
        """Add what the GPO's preferences set; channels count like those of policy."""
        self.preferred.update(
            (statement.key, statement)
            for statement in reading.statements
            if statement.key.family is SETTING
        )
        for key, missing in reading.missing:
            kept = (setting.name for setting in settings().values() if setting.registry)
            keys = [key] if key.name else [SETTING(name) for name in kept]
            if key.family is SETTING:
                self.preferred.update(dict.fromkeys(keys, missing))
        other_statements = tuple(
            statement for statement in reading.statements if statement.key.family is not SETTING
        )
        other_missing = tuple(pair for pair in reading.missing if pair[0].family is not SETTING)
        self.take(Reading(other_statements, reading.faults, other_missing))


def read(folder: Folder, path: Path) -> list[Gpo]:
    """Read every GPO in a folder: one backup, or several side by side, ordered by folder name."""
    gpos = [read_gpo(folder, root) for root in roots(folder, path) or [path]]
    reported = {fault for gpo in gpos for fault in gpo.faults}
    if hidden := tuple(fault for fault in folder.unread(path) if fault not in reported):
        gpos.append(unreadable(folder.name(path), hidden))
    elif len(gpos) > 1:
        hint = "They are applied in the order of their folder names; list them under 'gpo:'."
        gpos[0].faults.append(Fault(f"holds {len(gpos)} GPOs", folder.name(path), hint=hint))
    return gpos


def roots(folder: Folder, path: Path) -> list[Path]:
    """The folders of GPO backups at or below a path: those that hold bkupInfo.xml."""
    return [file.parent for file in folder.walk(path) if is_backup_info(file)]


def is_backup_info(file: Path) -> bool:
    """Whether a file marks its folder as the backup of a GPO."""
    return file.name.casefold() == _INFO


def read_gpo(folder: Folder, root: Path) -> Gpo:
    """Read the GPO of one folder."""
    gpo = Gpo(root.name, folder.name(root))
    files: dict[str, Path] = {}
    recorded: dict[str, Path] = {}
    of_users = False
    for path in folder.walk(root):
        end = _end_of_path(path, root)
        of_users = of_users or not end
        if end in _FORMATS:
            files[end] = path
            _read_settings(gpo, folder, path, end)
        elif path.name.casefold() == _INFO:
            _read_name(folder, path, gpo)
        elif path.name.casefold() in (_REPORT, _BACKUP, _GPT):
            recorded[path.name.casefold()] = path
    records = Records.read(folder, recorded)
    gpo.faults.extend(records.faults)
    if files or records.report is None or records.report.root is None:
        for fault, families in gpo_checks.lacks(folder, records, {**recorded, **files}):
            gpo.lose(fault, families)
        _check_report(gpo, records.report)
    else:
        _take_report(gpo, records.report)
        return gpo
    if hidden := folder.unread(root):
        gpo.take(_everything_unknown(hidden))
    elif not files and (of_users or gpo_checks.only_for_users(records)):
        gpo.notes.append(Fault("holds settings of users only: it audits nothing", gpo.folder))
    elif not files:
        hint = "Give a backup folder that Backup-GPO wrote, or a GPO's SYSVOL folder."
        fault = Fault("holds no computer settings that can be read", gpo.folder, hint=hint)
        gpo.lose(fault, gpo_checks.COMPUTER_FACTS)
    return _unless_disabled(gpo, gpo_options.computer_settings_disabled(records, gpo.name))


def _unless_disabled(gpo: Gpo, state: gpo_options.Disabled) -> Gpo:
    """The GPO, without its settings where no host applies them or that is uncertain."""
    gpo.notes.extend([state.note] if state.note else [])
    gpo.faults.extend([state.fault] if state.fault else [])
    if state.disabled is False:
        return gpo
    without_settings = Gpo(gpo.name, gpo.folder, faults=gpo.faults, notes=gpo.notes)
    if state.fault is not None:
        reason = Missing(str(state.fault), state.fault)
        without_settings.unread = dict.fromkeys(gpo_checks.COMPUTER_FACTS, reason)
    return without_settings


def _read_settings(gpo: Gpo, folder: Folder, path: Path, end: str) -> None:
    reading = _guarded_read(folder, path, _FORMATS[end])
    if end == _PREFERENCES:
        gpo.prefer(reading)
    else:
        gpo.take(reading)


def unreadable(name: str, faults: tuple[Fault, ...]) -> Gpo:
    """A GPO that is applied but cannot be read: it may set anything."""
    gpo = Gpo(name, name)
    gpo.take(_everything_unknown(faults))
    return gpo


def _everything_unknown(faults: tuple[Fault, ...]) -> Reading:
    reason = Missing(str(faults[0]), faults[0])
    return Reading(
        faults=faults, missing=tuple((family.every, reason) for family in gpo_checks.COMPUTER_FACTS)
    )


class _PolicyFormat(NamedTuple):
    """How to read a file of a GPO, and the families of facts that it states."""

    read: Callable[[Source], Reading]
    families: tuple[FactFamily[object], ...]


_FORMATS = {
    "audit/audit.csv": _PolicyFormat(
        lambda source: auditpol.read(source, Strength.POLICY), (AUDIT,)
    ),
    "secedit/gpttmpl.inf": _PolicyFormat(gpt_template.read, gpt_template.FAMILIES),
    "machine/registry.pol": _PolicyFormat(registry_pol.read, REGISTRY_FAMILIES),
    _PREFERENCES: _PolicyFormat(preferences.read, REGISTRY_FAMILIES),
    "groups/groups.xml": _PolicyFormat(local_groups.read, (LOCAL_GROUP,)),
}
"""By folder and file name in lower case."""


def _end_of_path(path: Path, root: Path) -> str:
    """The folder and file name at the end of a path; '' for the user settings of a GPO."""
    names = [name.casefold() for name in path.relative_to(root).parts]
    return "" if "user" in names[:-1] else "/".join(names[-2:])


def _guarded_read(folder: Folder, path: Path, format_: _PolicyFormat) -> Reading:
    """Read a file of the GPO; if it cannot be read, all that it may set is unknown."""
    try:
        return format_.read(folder.read(path))
    except InputError as error:
        reason = Missing(str(error.faults[0]), error.faults[0])
        missing = tuple((family.every, reason) for family in format_.families)
        return Reading(faults=error.faults, missing=missing)


def _take_report(gpo: Gpo, record: Record) -> None:
    """Read the report in place of the policy files, where the folder holds none."""
    try:
        gpo.take(gpo_reports.read_root(record.source, record.root))
        gpo.prefer(gpo_reports.preferences_of(record.source, record.root))
    except InputError as error:
        gpo.take(_everything_unknown(error.faults))
    gpo.notes.append(Fault("holds no policy files; its report is read instead", gpo.folder))


def _check_report(gpo: Gpo, record: Record | None) -> None:
    """Compare the settings read with the report that Windows wrote into the backup."""
    if record is None or record.root is None:
        return
    if record.computer is None or record.root.name != "GPO":
        gpo.faults.append(record.source.fault("is not a GPO report"))
        return
    report = policy_xml.computer_settings(record.source, record.computer)
    by_key: dict[FactKey[object], list[Statement]] = defaultdict(list)
    for statement in (*gpo.advanced.values(), *gpo.legacy.values(), *gpo.others):
        by_key[statement.key].append(statement)
    for statement in report.statements:
        ours = by_key[statement.key]
        unread = statement.key.family in gpo.unread or statement.key in gpo.unreadable
        if unread or any(each.value == statement.value for each in ours):
            continue
        files_say = f"the files say {ours[-1].value}" if ours else "the files do not set it"
        hint = "It counts as unknown until the GPO is backed up again."
        message = f"report says {statement.key} is {statement.value}, {files_say}"
        fault = record.source.fault(message, statement.evidence.where, hint)
        gpo.withdraw(statement.key, fault)


def _read_name(folder: Folder, path: Path, gpo: Gpo) -> None:
    try:
        root, _ = read_xml(folder.read(path))
    except InputError as error:
        gpo.faults.extend(error.faults)
        return
    for element in root.walk():
        if element.name == "GPODisplayName" and element.text.strip():
            gpo.name = " ".join(element.text.split())
