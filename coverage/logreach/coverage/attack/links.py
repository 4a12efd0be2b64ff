"""Component-to-technique links: ATT&CK had them up to 17; later versions borrow those of 17.1."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from typing import Final

from logreach.coverage.attack.crosswalk import carry_into
from logreach.coverage.attack.model import AttackModel, ComponentLink
from logreach.coverage.attack.shipped import FOLDER
from logreach.inventories.files.tables import csv_table

LAST_VERSION: Final = "17.1"
_FILE: Final = f"component-links-{LAST_VERSION}.csv"
_COLUMNS: Final = ("component", "technique")
_WITHOUT_LINKS: Final = 18


def links_csv(model: AttackModel) -> str:
    """The links of a version as CSV text, the form in which 17.1's are shipped."""
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
    """The model with 17.1's links where its version has none of its own.

    A technique that was replaced since is followed to its successors. A link of which the
    component or the technique is gone goes to `uncarried`.
    """
    if model.detects or model.major < _WITHOUT_LINKS:
        return model
    carried: dict[ComponentLink, None] = {}
    lost = []
    for link in shipped_links():
        targets = (
            carry_into(model, link.technique).ids
            if link.component in model.component_by_name
            else ()
        )
        carried.update((replace(link, technique=target), None) for target in targets)
        if not targets:
            lost.append(link)
    return replace(model, detects=tuple(sorted(carried)), uncarried=tuple(lost))
