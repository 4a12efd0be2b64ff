"""A GPO backup folder (or SYSVOL's copy of a GPO), whole."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from logreach.inventories.facts.evidence import Strength
from logreach.inventories.facts.facts import Missing, Reading, Statement
from logreach.inventories.facts.keys import FactFamily, FactKey
from logreach.inventories.files.faults import Fault, InputError
from logreach.inventories.files.sources import Folder, Source
from logreach.inventories.files.xml_tree import read_xml
from logreach.inventories.windows.audit_policy import auditpol
from logreach.inventories.windows.facts import (
    AUDIT,
    CHANNEL,
    LEGACY_AUDIT,
    SACL,
    SETTING,
    AuditSetting,
)
from logreach.inventories.windows.group_policy import (
    gpo_options,
    gpt_template,
    policy_xml,
    preferences,
)
from logreach.inventories.windows.registry import registry_pol
from logreach.inventories.windows.registry.settings import settings

_INFO, _REPORT, _BACKUP = "bkupinfo.xml", "gpreport.xml", "backup.xml"


@dataclass(slots=True)
class Gpo:
    """What one GPO asks of a computer.

    `advanced` holds its subcategory settings by GUID, `legacy` the old categories by key, `others`
    everything else, `lost` what it sets and could not be read. `unread` says which families of
    facts the GPO may hold besides, since a file of it could not be read. `preferred` are settings
    that its preferences set, or why that is open.
    """

    name: str
    folder: str
    advanced: dict[str, Statement] = field(default_factory=dict)
    lost: dict[FactKey[object], Missing] = field(default_factory=dict)
    legacy: dict[str, Statement] = field(default_factory=dict)
    others: list[Statement] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    unread: dict[FactFamily[object], Missing] = field(default_factory=dict)
    preferred: dict[FactKey[object], Statement | Missing] = field(default_factory=dict)

    def doubt(self, key: FactKey[object]) -> Missing | None:
        """Why this GPO may set a fact in a way that nobody could read; None where it does not."""
        return self.lost.get(key) or self.unread.get(key.family)

    def take(self, reading: Reading) -> None:
        """Sort a reading's statements into their places."""
        for one in reading.statements:
            if one.key.family is AUDIT and isinstance(one.value, AuditSetting):
                self.advanced[one.key.name] = one
            elif one.key.family is LEGACY_AUDIT:
                self.legacy[one.key.name] = one
            else:
                self.others.append(one)
        self.faults.extend(reading.faults)
        for key, missing in reading.missing:
            if key.name:
                self.lost[key] = missing
            else:
                self.unread[key.family] = missing

    def prefer(self, reading: Reading) -> None:
        """Take what preferences set; channels they set like any policy."""
        self.preferred.update(
            (one.key, one) for one in reading.statements if one.key.family is SETTING
        )
        for key, missing in reading.missing:
            named = [key] if key.name else [SETTING(name) for name in settings()]
            if key.family is SETTING:
                self.preferred.update(dict.fromkeys(named, missing))
        others = tuple(one for one in reading.statements if one.key.family is not SETTING)
        lost = tuple(pair for pair in reading.missing if pair[0].family is not SETTING)
        self.take(Reading(others, reading.faults, lost))


def read(folder: Folder, path: Path) -> list[Gpo]:
    """Read every GPO in a folder: one backup, or several side by side in the order of names."""
    gpos = [read_one(folder, root) for root in roots(folder, path) or [path]]
    told = {fault for gpo in gpos for fault in gpo.faults}
    if hidden := tuple(fault for fault in folder.unread(path) if fault not in told):
        gpos.append(unreadable(folder.name(path), hidden))
    elif len(gpos) > 1:
        hint = "They are applied in the order of their folders' names; list them under 'gpo:'."
        gpos[0].faults.append(Fault(f"holds {len(gpos)} GPOs", folder.name(path), hint=hint))
    return gpos


def roots(folder: Folder, path: Path) -> list[Path]:
    """The folders of GPO backups below a path: where a backup's own description lies."""
    return [one.parent for one in folder.walk(path) if one.name.casefold() == _INFO]


def read_one(folder: Folder, root: Path) -> Gpo:
    """Read the GPO of one folder."""
    gpo = Gpo(root.name, folder.name(root))
    readers = _readers()
    report: Path | None = None
    backup: Path | None = None
    found = 0
    for path in folder.walk(root):
        reader = readers.get(_place(path, root))
        if reader is preferences.read:
            found += 1
            gpo.prefer(_guarded(folder, path, reader))
        elif path.name.casefold() == _INFO:
            _name(folder, path, gpo)
        elif path.name.casefold() == _REPORT:
            report = path
        elif path.name.casefold() == _BACKUP:
            backup = path
        elif reader is not None:
            found += 1
            gpo.take(_guarded(folder, path, reader))
    if report is not None:
        _check(gpo, folder, report)
    if hidden := folder.unread(root):
        gpo.take(_lost(hidden))
    elif not found:
        hint = "Expected is a backup folder as Backup-GPO writes it, or a GPO's SYSVOL folder."
        fault = Fault("holds no computer policy that can be read", gpo.folder, hint=hint)
        gpo.faults.append(fault)
    off, said = gpo_options.computer_off(folder, backup, report, gpo.name)
    return gpo if off is False and not said else _without(gpo, said, off=off)


def _without(gpo: Gpo, said: tuple[Fault, ...], *, off: bool | None) -> Gpo:
    """The GPO with what is to say; without its settings where its computer half is off."""
    if off is False:
        gpo.faults.extend(said)
        return gpo
    bare = Gpo(gpo.name, gpo.folder, faults=[*gpo.faults, *said])
    if off is None:
        lost = Missing(str(said[-1]), said[-1])
        bare.unread = dict.fromkeys(_EVERYTHING, lost)
    return bare


_EVERYTHING: tuple[FactFamily[object], ...] = (AUDIT, LEGACY_AUDIT, SETTING, CHANNEL, SACL)


def unreadable(name: str, faults: tuple[Fault, ...]) -> Gpo:
    """A GPO of which nothing is known but that it is applied: anything may be in it."""
    gpo = Gpo(name, name)
    gpo.take(_lost(faults))
    return gpo


def _lost(faults: tuple[Fault, ...]) -> Reading:
    lost = Missing(str(faults[0]), faults[0])
    return Reading(faults=faults, missing=tuple((family.every, lost) for family in _EVERYTHING))


Reader = Callable[[Source], Reading]


def _readers() -> dict[str, Reader]:
    """Readers by the end of the path, in lower case."""
    return {
        "audit/audit.csv": lambda source: auditpol.read(source, Strength.POLICY),
        "secedit/gpttmpl.inf": gpt_template.read,
        "machine/registry.pol": registry_pol.read,
        "registry/registry.xml": preferences.read,
    }


def _place(path: Path, root: Path) -> str:
    """The last two steps of a path; a user's half of a GPO has no place."""
    steps = [step.casefold() for step in path.relative_to(root).parts]
    if "user" in steps[:-1]:
        return ""
    return "/".join(steps[-2:])


def _guarded(folder: Folder, path: Path, reader: Reader) -> Reading:
    try:
        return reader(folder.read(path))
    except InputError as error:
        fault = error.faults[0]
        lost = ((family.every, Missing(str(fault), fault)) for family in _families(path.name))
        return Reading(faults=error.faults, missing=tuple(lost))


def _families(name: str) -> Iterable[FactFamily[object]]:
    """What a GPO's file tells, by its name."""
    return {
        "audit.csv": (AUDIT,),
        "gpttmpl.inf": gpt_template.FAMILIES,
        "registry.pol": (SETTING, CHANNEL),
        "registry.xml": (SETTING, CHANNEL),
    }.get(name.casefold(), ())


def _check(gpo: Gpo, folder: Folder, path: Path) -> None:
    """Hold our reading against the report that Windows wrote with the backup."""
    try:
        source = folder.read(path)
        report = policy_xml.read_report(source)
    except InputError as error:
        gpo.faults.extend(error.faults)
        return
    ours = {one.key: one for one in (*gpo.advanced.values(), *gpo.legacy.values(), *gpo.others)}
    for one in report.statements:
        mine = ours.get(one.key)
        unread = one.key.family in gpo.unread or one.key in gpo.lost
        if unread or (mine is not None and mine.value == one.value):
            continue
        told = f"the files say {mine.value}" if mine else "the files say nothing of it"
        hint = "The files are believed; back the GPO up again."
        message = f"report says {one.key} is {one.value}, {told}"
        gpo.faults.append(source.fault(message, one.evidence.where, hint))


def _name(folder: Folder, path: Path, gpo: Gpo) -> None:
    try:
        root, _ = read_xml(folder.read(path))
    except InputError as error:
        gpo.faults.extend(error.faults)
        return
    for element in root.walk():
        if element.name == "GPODisplayName" and element.text.strip():
            gpo.name = " ".join(element.text.split())
