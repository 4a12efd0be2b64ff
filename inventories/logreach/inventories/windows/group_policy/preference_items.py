"""The items of a GPO preference file, whichever extension it is for ([MS-GPPREF])."""

from __future__ import annotations

from collections.abc import Iterator

from logreach.inventories.files.xml_tree import XmlElement

CREATE, UPDATE, REPLACE, DELETE = "C", "U", "R", "D"


def enabled_items(parent: XmlElement, doubt: str = "") -> Iterator[tuple[XmlElement, str]]:
    """The enabled items below an element, in their order; the list itself may be disabled too.

    With each, why Windows may not apply it; '' where it always does.
    """
    for element in parent.children if not _disabled(parent) else ():
        if _disabled(element):
            continue
        filters = element.child("Filters")
        targeted = filters is not None and bool(filters.children)
        item_doubt = doubt or ("is for some hosts only (item-level targeting)" if targeted else "")
        if element.name == "Collection":
            yield from enabled_items(element, item_doubt)
        else:
            yield element, item_doubt


def action(properties: XmlElement) -> str:
    """What an item does: 'C', 'U', 'R' or 'D'; other letters as written."""
    return properties.attributes.get("action", UPDATE).strip().upper()


def _disabled(element: XmlElement) -> bool:
    return element.attributes.get("disabled", "0").strip().lower() in ("1", "true")
