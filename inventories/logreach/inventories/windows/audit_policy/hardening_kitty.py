"""HardeningKitty's CSV: reports of `Invoke-HardeningKitty -Report`, and its finding lists.

A report says what the host has: of audit subcategories, HardeningKitty takes the result from
`auditpol /backup`. Of all other findings it prints the default of its list where the host has no
value, so that these prove nothing. A finding list, and a backup made with it, says what should be.
Source: HardeningKitty.psm1 (modes Audit and Config).
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

from logreach.inventories.facts.facts import Reading, Statement
from logreach.inventories.facts.keys import FactFamily, FactKey
from logreach.inventories.facts.losses import Losses
from logreach.inventories.files.faults import Fault, InputError
from logreach.inventories.files.sources import Source
from logreach.inventories.files.text import lines
from logreach.inventories.files.wording import counted
from logreach.inventories.windows.audit_policy.settled import settled
from logreach.inventories.windows.audit_policy.subcategories import subcategories
from logreach.inventories.windows.facts import AUDIT, AuditSetting

_COMMON = ["ID", "Category", "Name"]
_REPORT = [*_COMMON, "Severity", "Result", "Recommended", "TestResult", "SeverityFinding"]
_LIST = [*_COMMON, "Method", "MethodArgument"]
_CATEGORY = "Advanced Audit Policy Configuration"
_LONGEST_LINE = 32_768  # characters
_RESULTS = {
    "No Auditing": AuditSetting(success=False, failure=False),
    "Success": AuditSetting(success=True, failure=False),
    "Failure": AuditSetting(success=False, failure=True),
    "Success and Failure": AuditSetting(success=True, failure=True),
}
FAMILIES: tuple[FactFamily[object], ...] = (AUDIT,)
"""The families of facts that a report may state."""


def looks_like(head: str) -> bool:
    """Whether a file that begins with `head` is HardeningKitty's: a report or a finding list."""
    headings = next((cells for _, cells in _rows(head[:4096]) if cells), [])
    return headings[: len(_LIST)] == _LIST or headings[: len(_REPORT)] == _REPORT


def read(source: Source) -> Reading:
    """The audit subcategories of a report; of a finding list nothing but a remark."""
    rows = _rows(source.text())
    headings = next((cells for _, cells in rows if cells), [])
    if headings[: len(_LIST)] == _LIST:
        message = "is a finding list of HardeningKitty and not read: it says what should be"
        hint = "What the host has, `Invoke-HardeningKitty -Mode Audit -Report` or auditpol tells."
        return Reading(notes=(source.fault(message, "line 1", hint),))
    if headings[: len(_REPORT)] != _REPORT:
        raise InputError(source.fault("is no report of HardeningKitty", "line 1"))
    report = _Report(source)
    for number, cells in rows:
        if cells and cells != headings:
            report.take(number, cells)
    return report.reading()


@dataclass(slots=True)
class _Report(Losses):
    """The rows of a report; `others` counts the findings that are no audit subcategories."""

    results: list[Statement] = field(default_factory=list)
    others: int = 0

    def take(self, line: int, cells: list[str]) -> None:
        """Add a row of the report."""
        if len(cells) != len(_REPORT):
            self.lose(f"row has {len(cells)} columns, the headings {len(_REPORT)}", line, _EVERY)
            return
        row = dict(zip(_REPORT, cells, strict=True))
        if row["Category"] != _CATEGORY:
            self.others += 1
            return
        guid = _by_name().get(row["Name"].casefold())
        if guid is None:
            self.lose(f"{row['Name'][:60]!r} is no known audit subcategory", line, _EVERY)
        elif row["Result"] not in _RESULTS:
            self.lose(f"{row['Name']} has no result: {row['Result'][:40]!r}", line, AUDIT(guid))
        else:
            evidence = self.source.evidence(f"line {line}", f"{row['Name']}: {row['Result']}")
            self.results.append(Statement(AUDIT(guid), _RESULTS[row["Result"]], evidence))

    def reading(self) -> Reading:
        """What the rows tell; a subcategory with two results is unknown."""
        audit = settled(self.source, self.results)
        notes = (self._note(),) if self.others else ()
        faults, missing = (*self.faults, *audit.faults), (*self.missing, *audit.missing)
        return Reading(audit.statements, faults, missing, notes)

    def _note(self) -> Fault:
        findings = counted(self.others, "finding")
        message = (
            f"{findings} beside the audit policy not read: HardeningKitty prints its own default"
        )
        hint = "Export them with `reg export` (see `logreach collect`)."
        return self.source.fault(f"{message} where the host has no value", hint=hint)


_EVERY: FactKey[object] = AUDIT.every


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    for number, line in lines(text):
        if len(line) > _LONGEST_LINE:
            yield number, [line[:40]]
            continue
        try:
            yield number, next(csv.reader([line.replace("\0", "\ufffd")], strict=True), [])
        except csv.Error:
            yield number, [line[:40]]


@cache
def _by_name() -> dict[str, str]:
    """GUIDs by the names that finding lists use: auditpol's, and the editor's."""
    return {
        name.casefold(): subcategory.guid
        for subcategory in subcategories().values()
        for name in (subcategory.gpo_name, subcategory.name)
    }
