"""Reports of GPOs as `Get-GPOReport -ReportType Xml` writes them: of one, or of all (-All).

A report of one GPO stands for it like a backup. Of several, no report tells which of them a host
applies and in which order: what any of them sets is unknown.
"""

from __future__ import annotations

import re

from logreach.inventories.facts.facts import Missing, Reading
from logreach.inventories.facts.keys import FactFamily, FactKey
from logreach.inventories.files.faults import InputError
from logreach.inventories.files.sources import Source
from logreach.inventories.files.xml_tree import XmlElement, read_xml
from logreach.inventories.windows.group_policy import (
    gpo_checks,
    gpo_options,
    policy_xml,
    preferences,
)

_HEAD = 4096  # characters
_GPO = re.compile(r"<(?:\w+:)?GPO[\s>]")
_ONE, _SEVERAL = "gpo", ("report", "gpos")
"""Root elements in lower case: of one GPO; of -All in a file (-Path) and on the pipeline."""
_HINT = "Give `gpresult /x` of the host, or the report of each GPO that it applies, by itself."
FAMILIES: tuple[FactFamily[object], ...] = gpo_checks.COMPUTER_FACTS
"""The families of facts that a report may state."""


def looks_like(head: str) -> bool:
    """Whether a file that begins with `head` is a report of GPOs, or the beginning of one."""
    return bool(_GPO.search(head[:_HEAD]))


def read(source: Source) -> Reading:
    """The computer settings of a report's GPO."""
    return read_root(source, read_xml(source)[0])


def read_preferences(source: Source) -> Reading:
    """What its registry preferences set."""
    return preferences_of(source, read_xml(source)[0])


def read_root(source: Source, root: XmlElement | None) -> Reading:
    """The computer settings of the GPOs below an element; InputError where there are none."""
    gpos = _gpos(source, root)
    readings = [_computer_settings(source, gpo) for gpo in gpos]
    return readings[0] if len(gpos) == 1 else _of_several(source, gpos, readings)


def preferences_of(source: Source, root: XmlElement | None) -> Reading:
    """The registry preferences of the GPOs below an element."""
    gpos = [gpo for gpo in _gpos(source, root) if not _disabled(gpo)]
    halves = [half for gpo in gpos if (half := gpo.child("Computer"))]
    readings = [preferences.reported(source, half) for half in halves]
    if len(_gpos(source, root)) == 1:
        return readings[0] if readings else Reading()
    keys = {pair[0] for each in readings for pair in each.missing}
    keys |= {statement.key for each in readings for statement in each.statements}
    fault = source.fault("preferences of several GPOs", hint=_HINT)
    return Reading(missing=tuple((key, Missing(str(fault), fault)) for key in sorted(keys)))


def _gpos(source: Source, root: XmlElement | None) -> list[XmlElement]:
    name = root.name.lower() if root is not None else ""
    if root is not None and name == _ONE:
        return [root]
    children = root.children if root is not None and name in _SEVERAL else []
    gpos = [child for child in children if child.name.lower() == _ONE]
    if not gpos:
        raise InputError(source.fault("is not a GPO report"))
    return gpos


def _name(gpo: XmlElement) -> str:
    name = gpo.child("Name")
    return " ".join(name.text.split()) if name else "a GPO without a name"


def _disabled(gpo: XmlElement) -> bool:
    return bool(gpo_options.disabled_by_report(gpo.child("Computer")))


def _computer_settings(source: Source, gpo: XmlElement) -> Reading:
    computer, name = gpo.child("Computer"), _name(gpo)
    if computer is None:
        message = f"holds no computer half of {name}"
        raise InputError(source.fault(message, f"line {gpo.line}"))
    place = f"line {computer.line}"
    if _disabled(gpo):
        return Reading(notes=(source.fault(gpo_options.no_host_applies(name), place),))
    if apart := gpo_checks.versions_apart(computer, source.path):
        fault = apart[0].fault
        reason = Missing(str(fault), fault)
        return Reading(faults=(fault,), missing=tuple((each.every, reason) for each in FAMILIES))
    return policy_xml.computer_settings(source, computer, name)


def _of_several(source: Source, gpos: list[XmlElement], readings: list[Reading]) -> Reading:
    """What several GPOs may set: each of it unknown, with the GPOs that set it."""
    names: dict[FactKey[object], list[str]] = {}
    for gpo, reading in zip(gpos, readings, strict=True):
        keys = [statement.key for statement in reading.statements]
        keys += [key for key, _ in reading.missing]
        for key in dict.fromkeys(keys):
            names.setdefault(key, []).append(_name(gpo))
    faults = tuple(fault for reading in readings for fault in reading.faults)
    notes = tuple(note for reading in readings for note in reading.notes)
    if not names:
        return Reading(faults=faults, notes=notes)
    message = f"holds {len(gpos)} GPOs and does not tell which of them the host applies"
    fault = source.fault(message, hint=_HINT)
    missing = tuple(
        (key, Missing(f"{fault}. {', '.join(gpo_names)} may set it", fault))
        for key, gpo_names in names.items()
    )
    return Reading(faults=(*faults, fault), missing=missing, notes=notes)
