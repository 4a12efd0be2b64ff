"""Lints a Sysmon configuration before it is rolled out."""

from __future__ import annotations

import re

from logreach.coverage.platforms.sysmon.engine import document
from logreach.coverage.platforms.sysmon.engine.check_elements import check_elements, check_schema
from logreach.coverage.platforms.sysmon.engine.check_filters import check_filters
from logreach.coverage.platforms.sysmon.engine.check_options import check_options
from logreach.coverage.platforms.sysmon.engine.lints import Finding, Hit, finding
from logreach.coverage.platforms.sysmon.engine.loading import binary_of, build
from logreach.inventories.files.faults import Fault, InputError

_LINE_NUMBER = re.compile(r"line (\d+)")


def check(xml: str | bytes, sysmon_version: str | None = None) -> list[Finding]:
    """Findings in the order of the file, the most severe of a line first.

    If Sysmon would refuse the configuration, the findings are its faults. Raises InputError if it
    is not well-formed XML, or if the version of Sysmon is unknown.
    """
    binary = binary_of(sysmon_version)
    root = document.parse(xml)
    try:
        config = build(root, binary)
    except InputError as error:
        return _ordered([_refused(fault) for fault in error.faults])
    hits = [
        *check_schema(config, root),
        *check_elements(config, root),
        *check_filters(config),
        *check_options(config),
    ]
    return _ordered(hits)


def _refused(fault: Fault) -> Hit:
    line = _LINE_NUMBER.search(fault.where)
    words = {"message": fault.message, "hint": fault.hint or "Repair or remove it."}
    return Hit("refused", int(line.group(1)) if line else 1, words)


def _ordered(hits: list[Hit]) -> list[Finding]:
    distinct = dict.fromkeys(finding(hit) for hit in hits)
    return sorted(
        distinct, key=lambda each: (each.line, each.severity.rank, each.lint, each.message)
    )
