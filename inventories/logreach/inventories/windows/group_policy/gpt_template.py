"""GptTmpl.inf and other security templates: legacy audit categories, registry values, SACLs."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace

from logreach.inventories.facts.evidence import Strength
from logreach.inventories.facts.facts import Missing, Reading, Statement
from logreach.inventories.facts.keys import FactFamily, FactKey
from logreach.inventories.files.faults import Fault, InputError
from logreach.inventories.files.sources import Source
from logreach.inventories.files.text import lines
from logreach.inventories.windows.audit_policy.subcategories import subcategories
from logreach.inventories.windows.facts import (
    CHANNEL,
    LEGACY_AUDIT,
    SACL,
    SETTING,
    AuditSetting,
    ChannelState,
)
from logreach.inventories.windows.group_policy import local_groups
from logreach.inventories.windows.log_access import CHANNEL_ACCESS, LOCAL_GROUP, STORED_ACCESS
from logreach.inventories.windows.objects import sacls
from logreach.inventories.windows.registry import registry_values
from logreach.inventories.windows.registry.registry_types import registry_type
from logreach.inventories.windows.registry.registry_value import RegistryValue
from logreach.inventories.windows.registry.registry_values import machine_key

_SECTION = re.compile(r"\s*\[([^\]]*)\]\s*")
_OF_USERS = re.compile(
    r"%(?:UserProfile|(?:Local)?AppData|TEMP|TMP|HOMEPATH|HOMESHARE|HOMEDRIVE)%", re.IGNORECASE
)
"""Variables that stand for another folder with each user: no one object that can be judged."""
_LONGEST_LINE = 65_536
_LOGS = {"application log": "Application", "security log": "Security", "system log": "System"}
_RETENTION = {"0": "overwrite", "1": "overwrite", "2": "retain"}
_BINARY, _DWORD = "3", "4"  # numbers of registry types
_PROPAGATE = "0"
"""The only mode on which all sources agree. Of modes 1 and 2, one replaces the descriptors of
children and one leaves the object alone: [MS-GPSB] 2.2.7 and 2.2.9 say 1 and 2 in this order, the
templates that Windows ships (mode 1 with an empty descriptor, 2 with a full one) the reverse."""
FAMILIES: tuple[FactFamily[object], ...] = (
    LEGACY_AUDIT,
    SACL,
    SETTING,
    CHANNEL_ACCESS,
    STORED_ACCESS,
    LOCAL_GROUP,
)
"""The families of facts that a template may state."""


@dataclass(slots=True)
class _Template:
    source: Source
    strength: Strength
    statements: list[Statement] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    missing: list[tuple[FactKey[object], Missing]] = field(default_factory=list)
    notes: list[Fault] = field(default_factory=list)
    values: list[RegistryValue] = field(default_factory=list)
    logs: dict[str, dict[str, tuple[str, int]]] = field(default_factory=dict)

    def state(
        self, family: FactFamily[object], name: str, value: object, line: int, quote: str
    ) -> None:
        evidence = self.source.evidence(f"line {line}", quote)
        self.statements.append(Statement(family(name), value, evidence, self.strength))

    def fault(self, message: str, line: int) -> Fault:
        fault = self.source.fault(message, f"line {line}")
        self.faults.append(fault)
        return fault

    def read(self, section: str, number: int, line: str) -> None:
        """Take one line of a section, whose name is in lower case."""
        if read_line := _line_readers().get(section):
            read_line(self, section, number, line)

    def reading(self) -> Reading:
        """Everything that the lines set."""
        for log, log_settings in self.logs.items():
            _read_log(self, log, log_settings)
        values_reading = registry_values.reading(self.source, self.values, self.strength)
        return Reading(
            (*self.statements, *values_reading.statements),
            (*self.faults, *values_reading.faults),
            (*self.missing, *values_reading.missing),
            tuple(self.notes),
        )


def looks_like(head: str) -> bool:
    """Whether a file that begins with `head` is a security template."""
    beginning = head[:4096].casefold()
    return "[unicode]" in beginning or ("[version]" in beginning and "$chicago$" in beginning)


def read(source: Source, strength: Strength = Strength.POLICY) -> Reading:
    """Read a security template; a line that cannot be read leaves the others usable."""
    template_text = source.text()
    if not looks_like(template_text) and not any(
        _SECTION.fullmatch(line) for _, line in lines(template_text)
    ):
        raise InputError(source.fault("is not a security template (it has no sections)"))
    template = _Template(source, strength)
    for section, number, line in _lines(template, template_text):
        template.read(section, number, line)
    _check_version(template, template_text)
    return template.reading()


def read_lines(source: Source, template_lines: Iterable[tuple[str, int, str]]) -> Reading:
    """Read lines of a template, each with its section in lower case and its number in the file."""
    template = _Template(source, Strength.POLICY)
    for section, number, line in template_lines:
        template.read(section, number, line)
    return template.reading()


def _check_version(template: _Template, template_text: str) -> None:
    """Report a template without [Version], which Windows writes behind the sections read here."""
    sections = (match[1] for _, line in lines(template_text) if (match := _SECTION.fullmatch(line)))
    if "version" in (section.strip().casefold() for section in sections):
        return
    message = "has no [Version] section, so it may be cut off"
    fault = template.source.fault(message, hint="Export the template, or back up the GPO, again.")
    template.faults.append(fault)
    template.missing.extend((family.every, Missing(str(fault), fault)) for family in FAMILIES)


LineReader = Callable[[_Template, str, int, str], None]


def _line_readers() -> dict[str, LineReader]:
    logs: dict[str, LineReader] = dict.fromkeys(_LOGS, _note_log)
    return {
        "event audit": _read_category,
        "registry values": _read_value,
        "group membership": _read_membership,
        "registry keys": _read_sacl,
        "file security": _read_sacl,
        **logs,
    }


def _lines(template: _Template, template_text: str) -> Iterator[tuple[str, int, str]]:
    section = ""
    for number, line in lines(template_text):
        line = line.strip()
        if len(line) > _LONGEST_LINE:
            template.fault(f"line is longer than {_LONGEST_LINE} characters", number)
        elif match := _SECTION.fullmatch(line):
            section = match[1].strip().casefold()
        elif line and not line.startswith(";"):
            yield section, number, line


def _read_category(template: _Template, _section: str, number: int, line: str) -> None:
    name, _, value = (part.strip() for part in line.partition("="))
    categories = {
        subcategory.legacy_category.casefold(): subcategory.legacy_category
        for subcategory in subcategories().values()
    }
    category = categories.get(name.casefold())
    if category is None:
        fault = template.fault(f"{name[:60]!r} is no audit category", number)
        template.missing.append((LEGACY_AUDIT.every, Missing(str(fault), fault)))
    elif value in ("0", "1", "2", "3"):
        setting = AuditSetting(success=bool(int(value) & 1), failure=bool(int(value) & 2))
        template.state(LEGACY_AUDIT, category, setting, number, line)
    else:
        fault = template.fault(f"{value!r} is no audit setting for {category} (0 to 3)", number)
        key = LEGACY_AUDIT(category)
        template.missing.append((key, Missing(str(fault), fault)))


def _read_value(template: _Template, _section: str, number: int, line: str) -> None:
    path, _, type_and_data = line.partition("=")
    type_number, _, data = (part.strip() for part in type_and_data.partition(","))
    key = machine_key(path.rpartition("\\")[0])
    if key is None:
        return
    name = path.rpartition("\\")[2].strip()
    if type_number == _DWORD and not data.isdecimal():
        fault = template.fault(f"value {name} is no number: {data[:40]!r}", number)
        template.missing.extend(registry_values.unknown_settings(key, name, fault))
        return
    numeric = type_number in (_DWORD, _BINARY) and data.isdecimal()
    data_value: int | str = int(data[:20]) if numeric else data.strip('"')
    type_ = registry_type("number", type_number)
    template.values.append(RegistryValue(key, name, data_value, f"line {number}", type_.name))


def _read_membership(template: _Template, _section: str, number: int, line: str) -> None:
    reading = local_groups.of_template_line(template.source, line, number, template.strength)
    template.statements.extend(reading.statements)
    template.faults.extend(reading.faults)
    template.missing.extend(reading.missing)


def _note_log(template: _Template, section: str, number: int, line: str) -> None:
    name, _, value = (part.strip() for part in line.partition("="))
    template.logs.setdefault(_LOGS[section], {})[name.casefold()] = (value, number)


def _read_log(template: _Template, log: str, log_settings: dict[str, tuple[str, int]]) -> None:
    size, size_line = log_settings.get("maximumlogsize", ("", 0))
    retention, retention_line = log_settings.get("auditlogretentionperiod", ("", 0))
    if size and not (size.isdecimal() and len(size) < 12):
        template.fault(f"{size[:40]!r} is no log size", size_line)
        size = ""
    state = ChannelState(
        max_bytes=int(size) * 1024 if size else None, retention=_RETENTION.get(retention)
    )
    if state != ChannelState():
        template.state(CHANNEL, log, state, size_line or retention_line, f"[{log} Log]")


def _read_sacl(template: _Template, _section: str, number: int, line: str) -> None:
    """Read the audit entries of a key or file from 'path, mode, "SDDL"'."""
    try:
        row = next(csv.reader([line]), [])
    except csv.Error as error:
        template.fault(f"line cannot be split ({error})", number)
        return
    sddl = row[-1].strip().strip('"') if len(row) > 2 else ""
    if not sddl:
        template.fault("the object has no security descriptor", number)
        return
    if _OF_USERS.match(row[0].strip()):
        message = f"{row[0].strip()[:80]} is a folder of each user; its audit entries are left out"
        template.notes.append(template.source.fault(message, f"line {number}"))
        return
    try:
        evidence = template.source.evidence(f"line {number}", line)
        statement = sacls.of_policy(row[0].strip(), sddl, evidence)
    except InputError as error:
        message = f"security descriptor cannot be read: {error.faults[0].message}"
        template.fault(message, number)
        return
    if statement is None:
        return
    mode = row[1].strip()
    if mode == _PROPAGATE:
        template.statements.append(replace(statement, strength=template.strength))
        return
    name = statement.key.name
    message = f"sources disagree on what mode {mode[:20]!r} does to the audit entries of {name}"
    fault = template.fault(message, number)
    template.missing.append((statement.key, Missing(str(fault), fault)))
