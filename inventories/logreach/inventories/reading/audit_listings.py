"""Whether the audit policy that a host printed lists every subcategory which its Windows has.

`auditpol` prints all of them. A listing without some of them was cut or edited, so these are
unknown, whatever a GPO asks for.
"""

from __future__ import annotations

from collections.abc import Sequence

from logreach.inventories.facts.facts import Fact, Known, Missing, Reading
from logreach.inventories.facts.keys import FactKey
from logreach.inventories.files.faults import Fault
from logreach.inventories.files.sources import Source
from logreach.inventories.windows.audit_policy.subcategories import subcategories, subcategories_of
from logreach.inventories.windows.facts import AUDIT, OperatingSystem

_MOST_NAMED = 3
_HINT = "The file is cut off or edited; export the whole audit policy again."


def incomplete(
    listings: Sequence[tuple[Source, Reading]],
    os: Fact[OperatingSystem],
) -> Reading:
    """A fault for each listing that lacks rows which no other listing has.

    Its subcategories are missing by that fault.
    """
    system = os.value if isinstance(os, Known) else None
    guids = subcategories_of(system)
    rows = {guid for _, reading in listings for guid in _rows(reading)}
    lacking = sorted(guids - rows)
    faults: list[Fault] = []
    missing: list[tuple[FactKey[object], Missing]] = []
    for source, reading in listings if lacking else ():
        if not any(key.family is AUDIT and key.name for key, _ in reading.missing):
            continue  # it lists options or global entries only
        fault = source.fault(_message(lacking, len(guids), system), hint=_HINT)
        faults.append(fault)
        reason = f"{source.path} does not list this subcategory"
        missing.extend((AUDIT(guid), Missing(reason, fault)) for guid in lacking)
    return Reading(faults=tuple(faults), missing=tuple(missing))


def _rows(reading: Reading) -> set[str]:
    """The subcategories that have a row, even one that cannot be read: that is told already."""
    stated = {each.key.name for each in reading.statements if each.key.family is AUDIT}
    faulty = {key.name for key, missing in reading.missing if key.family is AUDIT and missing.fault}
    return stated | faulty


def _message(lacking: Sequence[str], guids: int, system: OperatingSystem | None) -> str:
    names = [subcategories()[guid].name for guid in lacking[:_MOST_NAMED]]
    more = len(lacking) - len(names)
    listed = ", ".join(names) + (f" and {more} more" if more else "")
    windows = "every Windows" if system is None else f"{system.product} {system.release}".strip()
    return f"lacks {len(lacking)} of the {guids} audit subcategories that {windows} has: {listed}"
