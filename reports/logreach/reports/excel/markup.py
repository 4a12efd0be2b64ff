"""What the parts of a workbook have in common: their namespaces, and how texts stand in them."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_EXTERNAL = ' TargetMode="External"'
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def attribute(text: str) -> str:
    """A text as the value of an attribute."""
    return escape(text, quote=True)


def counted(name: str, entries: Sequence[str]) -> str:
    """A list of elements that says how many it has."""
    return f'<{name} count="{len(entries)}">{"".join(entries)}</{name}>'


def relationships(targets: Sequence[tuple[str, str, str]]) -> str:
    """The part that says where the ids of another part lead: id, kind, target; of links to the
    web, the kind is 'hyperlink'."""
    entries = "".join(
        f'<Relationship Id="{identifier}" Type="{RELATED}/{kind}" Target="{attribute(target)}"'
        f"{_EXTERNAL if kind == 'hyperlink' else ''}/>"
        for identifier, kind, target in targets
    )
    return f'<Relationships xmlns="{PACKAGE}/relationships">{entries}</Relationships>'
