"""JSON text that can be compared line by line and is still written at the C encoder's speed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

_encoded = json.JSONEncoder(ensure_ascii=False, allow_nan=False, check_circular=False).encode


def write_lines(document: dict[str, Any], path: Path, opened: dict[str, int]) -> None:
    """Write a document in UTF-8: each key on a line, and under the keys named in `opened` so many
    levels of containers, one line an entry. The same document gives the same bytes."""
    out = ["{"]
    for place, (key, value) in enumerate(document.items()):
        out.append(f"{',' if place else ''}\n {_encoded(key)}: ")
        _lay_out(value, opened.get(key, 0), " ", out)
    out.append("\n}\n")
    # A lone surrogate (from a badly encoded input) has no UTF-8 form, but a JSON escape.
    path.write_bytes("".join(out).encode("utf-8", errors="backslashreplace"))


def _lay_out(value: Any, levels: int, indent: str, out: list[str]) -> None:
    """Append a value; containers are opened as long as levels remain."""
    if not levels or not value or not isinstance(value, dict | list):
        out.append(_encoded(value))
        return
    inner = indent + " "
    begin = f"\n{inner}"
    if isinstance(value, dict):
        out.append("{")
        for key, one in value.items():
            out.append(f"{begin}{_encoded(key)}: ")
            _lay_out(one, levels - 1, inner, out)
            begin = f",\n{inner}"
        out.append(f"\n{indent}}}")
        return
    out.append("[")
    for one in value:
        out.append(begin)
        _lay_out(one, levels - 1, inner, out)
        begin = f",\n{inner}"
    out.append(f"\n{indent}]")
