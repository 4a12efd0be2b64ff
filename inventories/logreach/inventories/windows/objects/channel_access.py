"""The access list of a channel as a file gives it: stated, or unknown by a fault."""

from __future__ import annotations

from logreach.inventories.facts.evidence import Strength
from logreach.inventories.facts.facts import Missing, Reading, Statement
from logreach.inventories.facts.keys import FactKey
from logreach.inventories.files.faults import InputError
from logreach.inventories.files.sources import Source
from logreach.inventories.windows.log_access import AccessList
from logreach.inventories.windows.objects.sddl import read_dacl


def stated(
    source: Source,
    key: FactKey[AccessList],
    sddl: str,
    location: str,
    strength: Strength = Strength.OBSERVED,
) -> Reading:
    """The list as one statement; where the descriptor cannot be read, a fault that costs it."""
    descriptor = sddl.strip()
    try:
        read_dacl(descriptor)
    except InputError as error:
        message = f"access list of channel {key.name} cannot be read: {error.faults[0].message}"
        fault = source.fault(message, location)
        return Reading(faults=(fault,), missing=((key, Missing(str(fault), fault)),))
    evidence = source.evidence(location, descriptor[:160])
    return Reading((Statement(key, AccessList(descriptor), evidence, strength),))
