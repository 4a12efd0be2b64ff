"""Everything to know about a configuration before it is rolled out."""

from __future__ import annotations

import re

from logreach.coverage.platforms.sysmon.engine import document
from logreach.coverage.platforms.sysmon.engine.check_elements import check_elements, check_schema
from logreach.coverage.platforms.sysmon.engine.check_filters import check_filters
from logreach.coverage.platforms.sysmon.engine.check_options import check_options
from logreach.coverage.platforms.sysmon.engine.lints import Finding, Hit, finding
from logreach.coverage.platforms.sysmon.engine.loading import binary_of, build
from logreach.inventories.files.faults import Fault, InputError

_LINE = re.compile(r"line (\d+)")


def check(text: str | bytes, sysmon_version: str | None = None) -> list[Finding]:
    """Findings in the order of the file, the worst of a line first.

    A configuration that Sysmon would refuse gives its faults as findings. Raises InputError
    where the text is no XML that can be read at all, or the version of Sysmon is not known.
    """
    binary = binary_of(sysmon_version)
    root = document.parse(text)
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
    line = _LINE.search(fault.where)
    words = {"message": fault.message, "hint": fault.hint or "Repair or remove it."}
    return Hit("refused", int(line.group(1)) if line else 1, words)


def _ordered(hits: list[Hit]) -> list[Finding]:
    found = dict.fromkeys(finding(hit) for hit in hits)
    return sorted(found, key=lambda one: (one.line, one.severity.rank, one.lint, one.message))
