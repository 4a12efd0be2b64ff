"""Lints a Sysmon configuration before it is rolled out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain

from logreach.coverage.platforms.sysmon.engine import manifest
from logreach.coverage.platforms.sysmon.engine.candidates import LoadedConfigs, load_all
from logreach.coverage.platforms.sysmon.engine.check_elements import check_elements, check_schema
from logreach.coverage.platforms.sysmon.engine.check_filters import check_filters
from logreach.coverage.platforms.sysmon.engine.check_options import check_options
from logreach.coverage.platforms.sysmon.engine.config import Config
from logreach.coverage.platforms.sysmon.engine.defects import Defect
from logreach.coverage.platforms.sysmon.engine.document import XmlNode
from logreach.coverage.platforms.sysmon.engine.lints import Finding, Hit, finding
from logreach.coverage.platforms.sysmon.engine.manifest import Schema
from logreach.inventories.files.faults import Fault

_MOST_NAMES = 8
_LINE_NUMBER = re.compile(r"line (\d+)")


def check(xml: str | bytes, sysmon_version: str | None = None) -> list[Finding]:
    """Findings in the order of the file, the most severe of a line first.

    If Sysmon would refuse the configuration, the findings are its faults. Where the version may
    stand for several programs, a finding that not all of them have names their schemas. Raises
    InputError if it is not well-formed XML, or if nothing is known of that version of Sysmon.
    """
    loaded = load_all(xml, sysmon_version)
    by_program = [
        (config.sysmon_schema, _found(_hits(config, loaded.root)))
        for config in (each.config for each in loaded.loaded if each.defect is None)
    ]
    by_program += [
        (binary.schema, _found(map(_refused, faults))) for binary, faults in loaded.refusals.items()
    ]
    findings = [*_merged(by_program), *_found(_of_release(loaded, sysmon_version))]
    return sorted(
        findings, key=lambda each: (each.line, each.severity.rank, each.lint, each.message)
    )


def _hits(config: Config, root: XmlNode) -> Iterator[Hit]:
    yield from check_schema(config, root)
    yield from check_elements(config, root)
    yield from check_filters(config)
    yield from check_options(config)


def _merged(by_program: list[tuple[Schema, dict[Finding, None]]]) -> Iterator[Finding]:
    """The findings of all programs; one that not all have says with which schemas it holds."""
    for each in dict.fromkeys(chain.from_iterable(findings for _, findings in by_program)):
        having = [schema for schema, findings in by_program if each in findings]
        if len(having) == len(by_program):
            yield each
        else:
            schemas = " or ".join(dict.fromkeys(map(str, having)))
            yield replace(each, message=f"{each.message} (only if its schema is {schemas})")


def _of_release(loaded: LoadedConfigs, version: str | None) -> Iterator[Hit]:
    """What is to be said of the release itself: which it is taken for, and its known defects."""
    line = loaded.root.line
    if loaded.why:
        yield Hit("release-not-known", line, {"reason": loaded.why})
    for defect, reach in loaded.defects:
        if defect.settled and not (reach or _may_log(defect, loaded)):
            continue
        words = {
            "defect": defect.of(version or ""),
            "touched": _touched(defect, reach),
            "fixed": defect.fixed_name,
            "source": defect.source,
        }
        yield Hit(
            "release-defect" if defect.settled else "release-remark",
            min(reach.values(), default=line),
            words,
        )


def _may_log(defect: Defect, loaded: LoadedConfigs) -> bool:
    """Whether the configuration may log an event that the defect concerns."""
    return any(_logs_some(each.config, event) for each in loaded.loaded for event in defect.events)


def _logs_some(config: Config, event_id: int) -> bool:
    elements = config.elements_of(event_id)
    if not elements:
        return config.logged_by_default(event_id)
    return any(element.items or not element.include for element in elements)


def _touched(defect: Defect, reach: dict[str, int]) -> str:
    """What of the configuration, or of the events, the defect concerns."""
    events = [manifest.event(number) for number in defect.events]
    names = dict.fromkeys((*(event.tag for event in events if event), *reach, *defect.fields))
    return ", ".join(sorted(names)) if 0 < len(names) <= _MOST_NAMES else "any event"


def _refused(fault: Fault) -> Hit:
    line = _LINE_NUMBER.search(fault.where)
    words = {"message": fault.message, "hint": fault.hint or "Repair or remove it."}
    return Hit("refused", int(line.group(1)) if line else 1, words)


def _found(hits: Iterable[Hit]) -> dict[Finding, None]:
    return dict.fromkeys(map(finding, hits))
