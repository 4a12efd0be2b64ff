"""Links from data components to techniques: later versions borrow those of ATT&CK 17.1.

ATT&CK publishes no such links since version 18.
"""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from typing import Final

from logreach.coverage.attack.crosswalk import facts_carried_into
from logreach.coverage.attack.model import AttackModel, ComponentLink
from logreach.coverage.attack.shipped import FOLDER
from logreach.inventories.files.tables import csv_table

LAST_VERSION: Final = "17.1"
_FILE: Final = f"component-links-{LAST_VERSION}.csv"
_COLUMNS: Final = ("component", "technique")
_WITHOUT_LINKS: Final = 18


def links_csv(model: AttackModel) -> str:
    """The links of a version as CSV, in the form of the shipped links of 17.1."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_COLUMNS)
    writer.writerows((link.component, link.technique) for link in sorted(model.detects))
    return out.getvalue()


def shipped_links() -> tuple[ComponentLink, ...]:
    """The links of ATT&CK 17.1."""
    return tuple(
        ComponentLink(row["component"], row["technique"], LAST_VERSION)
        for row in csv_table(FOLDER / _FILE, _COLUMNS)
    )


def with_borrowed_links(model: AttackModel) -> AttackModel:
    """The model with 17.1's links, if its version has no links of its own.

    A link to a replaced technique becomes links to its successors. A link whose component or
    technique no longer exists goes to `uncarried`.
    """
    if model.detects or model.major < _WITHOUT_LINKS:
        return model
    carried: dict[ComponentLink, None] = {}
    uncarried = []
    for link in shipped_links():
        targets = (
            facts_carried_into(model, link.technique)
            if link.component in model.component_by_name
            else ()
        )
        carried.update((replace(link, technique=target), None) for target in targets)
        if not targets:
            uncarried.append(link)
    return replace(model, detects=tuple(sorted(carried)), uncarried=tuple(uncarried))
