"""GptTmpl.inf and other security templates: old audit categories, registry values, SACLs."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
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
from logreach.inventories.windows.objects import sacls
from logreach.inventories.windows.registry import registry_values
from logreach.inventories.windows.registry.registry_values import RegistryValue, machine_key

_SECTION = re.compile(r"\s*\[([^\]]*)\]\s*")
_LONGEST_LINE = 65_536
_LOGS = {"application log": "Application", "security log": "Security", "system log": "System"}
_RETENTION = {"0": "overwrite", "1": "overwrite", "2": "retain"}
_DWORD, _BINARY = "4", "3"
_TYPES = {
    "1": "REG_SZ",
    "2": "REG_EXPAND_SZ",
    _BINARY: "REG_BINARY",
    _DWORD: "REG_DWORD",
    "7": "REG_MULTI_SZ",
    "11": "REG_QWORD",
}
_PROPAGATE = "0"
"""The one mode of which all sources say the same. Of 1 and 2, one replaces what lies below and one
leaves the object alone: [MS-GPSB] 2.2.7 and 2.2.9 say 1 and 2, templates that Windows brings (mode
1 with an empty descriptor, 2 with a full one) the other way round."""
FAMILIES: tuple[FactFamily[object], ...] = (LEGACY_AUDIT, SACL, SETTING)
"""What a template may tell."""


@dataclass(slots=True)
class _Template:
    source: Source
    strength: Strength
    statements: list[Statement] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    missing: list[tuple[FactKey[object], Missing]] = field(default_factory=list)
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


def looks_like(text: str) -> bool:
    """Whether a text is a security template."""
    head = text[:4096].casefold()
    return "[unicode]" in head or ("[version]" in head and "$chicago$" in head)


def read(source: Source, strength: Strength = Strength.POLICY) -> Reading:
    """Read a security template; a line that cannot be understood costs only itself."""
    text = source.text()
    if not looks_like(text) and not any(_SECTION.fullmatch(line) for _, line in lines(text)):
        raise InputError(source.fault("is no security template (it has no sections)"))
    template = _Template(source, strength)
    for section, number, line in _lines(template, text):
        _takers().get(section, _nothing)(template, section, number, line)
    for log, told in template.logs.items():
        _take_log(template, log, told)
    _expect_version(template, text)
    found = registry_values.reading(source, template.values, strength)
    return Reading(
        (*template.statements, *found.statements),
        (*template.faults, *found.faults),
        (*template.missing, *found.missing),
    )


def _expect_version(template: _Template, text: str) -> None:
    """Windows writes [Version] into every template, behind the sections that matter most here."""
    sections = (match[1] for _, line in lines(text) if (match := _SECTION.fullmatch(line)))
    if "version" in (section.strip().casefold() for section in sections):
        return
    message = "has no [Version] section, so it may be cut off"
    fault = template.source.fault(message, hint="Export the template, or back up the GPO, again.")
    template.faults.append(fault)
    template.missing.extend((family.every, Missing(str(fault), fault)) for family in FAMILIES)


Taker = Callable[[_Template, str, int, str], None]


def _takers() -> dict[str, Taker]:
    logs: dict[str, Taker] = dict.fromkeys(_LOGS, _note_log)
    return {
        "event audit": _take_category,
        "registry values": _take_value,
        "registry keys": _take_sacl,
        "file security": _take_sacl,
        **logs,
    }


def _nothing(template: _Template, section: str, number: int, line: str) -> None:
    """Sections that say nothing of logging."""


def _lines(template: _Template, text: str) -> Iterator[tuple[str, int, str]]:
    section = ""
    for number, line in lines(text):
        line = line.strip()
        if len(line) > _LONGEST_LINE:
            template.fault("line is far too long to be of a security template", number)
        elif match := _SECTION.fullmatch(line):
            section = match[1].strip().casefold()
        elif line and not line.startswith(";"):
            yield section, number, line


def _take_category(template: _Template, _section: str, number: int, line: str) -> None:
    name, _, value = (part.strip() for part in line.partition("="))
    known = {
        one.legacy_category.casefold(): one.legacy_category for one in subcategories().values()
    }
    category = known.get(name.casefold())
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


def _take_value(template: _Template, _section: str, number: int, line: str) -> None:
    path, _, rest = line.partition("=")
    kind, _, data = (part.strip() for part in rest.partition(","))
    key = machine_key(path.rpartition("\\")[0])
    if key is None:
        return
    name = path.rpartition("\\")[2].strip()
    if kind == _DWORD and not data.isdecimal():
        fault = template.fault(f"{name} has no number: {data[:40]!r}", number)
        template.missing.extend(registry_values.lost(key, name, fault))
        return
    numeric = kind in (_DWORD, _BINARY) and data.isdecimal()
    value: int | str = int(data[:20]) if numeric else data.strip('"')
    type_ = _TYPES.get(kind, f"{kind[:20]!r}, which is not known")
    template.values.append(RegistryValue(key, name, value, f"line {number}", type_))


def _note_log(template: _Template, section: str, number: int, line: str) -> None:
    name, _, value = (part.strip() for part in line.partition("="))
    template.logs.setdefault(_LOGS[section], {})[name.casefold()] = (value, number)


def _take_log(template: _Template, log: str, told: dict[str, tuple[str, int]]) -> None:
    size, line = told.get("maximumlogsize", ("", 0))
    retention, at = told.get("auditlogretentionperiod", ("", 0))
    if size and not (size.isdecimal() and len(size) < 12):
        template.fault(f"{size[:40]!r} is no log size", line)
        size = ""
    state = ChannelState(
        max_bytes=int(size) * 1024 if size else None, retention=_RETENTION.get(retention)
    )
    if state != ChannelState():
        template.state(CHANNEL, log, state, line or at, f"[{log} Log]")


def _take_sacl(template: _Template, _section: str, number: int, line: str) -> None:
    """'path, mode, "SDDL"' of a key or a file."""
    try:
        row = next(csv.reader([line]), [])
    except csv.Error as error:
        template.fault(f"line cannot be split ({error})", number)
        return
    sddl = row[-1].strip().strip('"') if len(row) > 2 else ""
    if not sddl:
        template.fault("object without a security descriptor", number)
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
    message = f"whether mode {mode[:20]!r} sets audit entries on {name} is open"
    fault = template.fault(message, number)
    template.missing.append((statement.key, Missing(str(fault), fault)))
