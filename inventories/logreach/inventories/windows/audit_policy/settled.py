"""Audit settings of files that may tell one subcategory several times: one each, or unknown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from logreach.inventories.facts.facts import Missing, Reading, Statement
from logreach.inventories.facts.keys import FactKey
from logreach.inventories.files.sources import Source
from logreach.inventories.windows.audit_policy.subcategories import subcategories


def settled(source: Source, statements: Iterable[Statement]) -> Reading:
    """One statement for each subcategory; a fault, and none, where its statements differ."""
    by_key: dict[FactKey[object], list[Statement]] = defaultdict(list)
    for statement in statements:
        by_key[statement.key].append(statement)
    agreed = [same[-1] for same in by_key.values() if len({each.value for each in same}) == 1]
    faults = {
        key: source.fault(
            f"sets {subcategories()[key.name].name} several times, and differently",
            differing[-1].evidence.where,
        )
        for key, differing in by_key.items()
        if len({each.value for each in differing}) > 1
    }
    missing = tuple((key, Missing(str(fault), fault)) for key, fault in faults.items())
    return Reading(tuple(agreed), tuple(faults.values()), missing)
