"""Whether a GPO's folder holds what its own records say: a file cut between settings looks whole.

`Backup.xml` lists the extensions whose files the GPO has, and `gpreport.xml` the policies that
Windows found in it. Source: [MS-GPREG], [MS-GPSB], [MS-GPAC] (extensions), Backup-GPO's output.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from logreach.inventories.facts.keys import FactFamily
from logreach.inventories.files.faults import Fault, InputError
from logreach.inventories.files.sources import Folder, Source
from logreach.inventories.files.xml_tree import XmlElement, read_xml
from logreach.inventories.windows.facts import AUDIT, LEGACY_AUDIT, REGISTRY_FAMILIES, SACL
from logreach.inventories.windows.log_access import LOCAL_GROUP
from logreach.inventories.windows.registry import registry_pol

_BACKUP, _REPORT = "backup.xml", "gpreport.xml"
COMPUTER_FACTS: tuple[FactFamily[object], ...] = (
    AUDIT,
    LEGACY_AUDIT,
    SACL,
    LOCAL_GROUP,
    *REGISTRY_FAMILIES,
)
_REGISTRY_POL, _GPT = "machine/registry.pol", "gpt.ini"
_VERSION = re.compile(
    r"^[ \t]*Version[ \t]*=[ \t]*(\d{1,10})[ \t\r]*$", re.IGNORECASE | re.MULTILINE
)
_HINT = "The file seems cut off or left out; back the GPO up again."


class Lack(NamedTuple):
    """A fault, and the families of facts that the GPO may also set."""

    fault: Fault
    families: tuple[FactFamily[object], ...]


@dataclass(frozen=True, slots=True)
class Record:
    """An XML file in which Windows recorded something of a GPO; `root` is None where unreadable."""

    source: Source
    root: XmlElement | None
    faults: tuple[Fault, ...] = ()

    @property
    def computer(self) -> XmlElement | None:
        """The computer half of a report."""
        return self.root.child("Computer") if self.root is not None else None


@dataclass(frozen=True, slots=True)
class Records:
    """What a GPO's folder holds beside its policy files: read once each, None where absent."""

    backup: Record | None = None
    report: Record | None = None
    faults: tuple[Fault, ...] = ()

    @classmethod
    def read(cls, folder: Folder, files: Mapping[str, Path]) -> Records:
        """The records among files by name in lower case; `faults` are of those unreadable."""
        records = {
            name: _record(folder, files[name]) for name in (_BACKUP, _REPORT) if name in files
        }
        faults = tuple(fault for record in records.values() for fault in record.faults)
        return cls(records.get(_BACKUP), records.get(_REPORT), faults)


class _Extension(NamedTuple):
    """A client-side extension: its file's folder and name, and the facts that it states."""

    guid: str
    end: str
    families: tuple[FactFamily[object], ...]


_EXTENSIONS = (
    _Extension("35378EAC-683F-11D2-A89A-00C04FBBCFA2", _REGISTRY_POL, REGISTRY_FAMILIES),
    _Extension(
        "827D319E-6EAC-11D2-A4EA-00C04F79F83A",
        "secedit/gpttmpl.inf",
        (LEGACY_AUDIT, SACL, LOCAL_GROUP, *REGISTRY_FAMILIES),
    ),
    _Extension("F3CCC681-B74C-4060-9F26-CD84525DCA2A", "audit/audit.csv", (AUDIT, SACL)),
    _Extension("B087BE9D-ED37-454F-AF9C-04291E351182", "registry/registry.xml", REGISTRY_FAMILIES),
    _Extension("17D89FEC-5C44-4972-B12D-241CAEF74509", "groups/groups.xml", (LOCAL_GROUP,)),
)


def lacks(folder: Folder, records: Records, files: Mapping[str, Path]) -> list[Lack]:
    """What the files of a GPO lack of what its backup and its report record.

    `files` are the policy files by folder and name in lower case, and gpt.ini.
    """
    pol_records = _pol_records(folder, files.get(_REGISTRY_POL))
    lacking: list[Lack] = []
    backup, report = records.backup, records.report
    extensions = _extensions(backup.root if backup else None)
    for extension in _EXTENSIONS:
        empty = extension.end == _REGISTRY_POL and pol_records == 0
        if backup and extension.guid in extensions and (extension.end not in files or empty):
            message = f"says that the GPO has settings in {extension.end}, which has none"
            fault = backup.source.fault(message, hint=_HINT)
            lacking.append(Lack(fault, extension.families))
    computer = report.computer if report else None
    policies = _policies(computer)
    if pol_records is not None and pol_records < policies and not lacking:
        message = f"holds {pol_records} records, but the report lists {policies} policies"
        fault = Fault(message, folder.name(files[_REGISTRY_POL]), hint=_HINT)
        lacking.append(Lack(fault, REGISTRY_FAMILIES))
    gpt = files.get(_GPT)
    place = report.source.path if report else folder.name(gpt or folder.root)
    lacking.extend(_of_another_version(folder, computer, gpt, place))
    return lacking


def _of_another_version(
    folder: Folder, computer: XmlElement | None, gpt: Path | None, place: str
) -> list[Lack]:
    """A fault where the files are of another version than the report, or than the directory.

    `gpt.ini` counts the users' changes in the upper 16 bits and the computer's in the lower.
    """
    if gpt is None:
        return versions_apart(computer, place)
    try:
        line = _VERSION.search(folder.read(gpt).text())
    except InputError as error:
        return [Lack(fault, COMPUTER_FACTS) for fault in error.faults]
    version = {"gpt.ini": int(line[1]) & 0xFFFF} if line else {}
    return versions_apart(computer, place, version)


def versions_apart(
    computer: XmlElement | None, place: str, others: Mapping[str, int] | None = None
) -> list[Lack]:
    """A fault where directory, SYSVOL and other places hold the settings in several versions."""
    versions = {
        "the directory": _number(computer, "VersionDirectory"),
        "SYSVOL": _number(computer, "VersionSysvol"),
        **(others or {}),
    }
    known_versions = {name: version for name, version in versions.items() if version is not None}
    if len(set(known_versions.values())) < 2:
        return []
    listed = ", ".join(f"{version} in {name}" for name, version in known_versions.items())
    hint = "Let the domain controllers replicate, and back the GPO up again."
    return [
        Lack(Fault(f"computer settings are of version {listed}", place, hint=hint), COMPUTER_FACTS)
    ]


def _number(computer: XmlElement | None, name: str) -> int | None:
    element = computer.child(name) if computer is not None else None
    digits = element.text.strip() if element is not None else ""
    return int(digits) & 0xFFFF if digits.isdecimal() and len(digits) < 11 else None


def only_for_users(records: Records) -> bool:
    """Whether `Backup.xml` says that the GPO has no computer settings, and some for users."""
    root = records.backup.root if records.backup else None
    return root is not None and not _extensions(root) and bool(_extensions(root, "User"))


def _pol_records(folder: Folder, path: Path | None) -> int | None:
    """How many records a registry.pol holds; None where there is none that can be read."""
    if path is None:
        return None
    try:
        return registry_pol.count(folder.read(path))
    except InputError:
        return None  # told where its settings are read


def _record(folder: Folder, path: Path) -> Record:
    try:
        source = folder.read(path)
    except InputError as error:
        return Record(Source(folder.name(path), b""), None, error.faults)
    try:
        return Record(source, read_xml(source)[0])
    except InputError as error:
        return Record(source, None, error.faults)


def _extensions(root: XmlElement | None, half: str = "Machine") -> str:
    """The GUIDs of the extensions of the computer settings, or the users', in upper case."""
    lists = root.walk() if root is not None else ()
    texts = (each.text for each in lists if each.name == f"{half}ExtensionGuids")
    return " ".join(texts).strip().upper()


def _policies(computer: XmlElement | None) -> int:
    """How many policies and registry values the report lists; each takes a record at least."""
    if computer is None:
        return 0
    return sum(
        1
        for element in computer.walk()
        if (element.name == "Policy" and _configured(element)) or _is_value(element)
    )


def _configured(policy: XmlElement) -> bool:
    state = policy.child("State")
    return state is not None and state.text.strip() in ("Enabled", "Disabled")


def _is_value(element: XmlElement) -> bool:
    return element.name == "RegistrySetting" and element.child("KeyPath") is not None
