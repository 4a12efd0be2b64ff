"""JSON text that can be compared line by line and is still written at the C encoder's speed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, check_circular=False).encode


# A value that is JSON already; what stands in a document many times is encoded once.
JsonText = str


class Lines(dict[str, JsonText]):
    """An object whose values are JSON already, each on a line where the object is opened."""

    __slots__ = ()


class Items(list[JsonText]):
    """The same for a list."""

    __slots__ = ()


class _Encoded(dict[str, JsonText]):
    """Texts that come again and again, encoded: names of fields, components and events."""

    def __missing__(self, text: str) -> JsonText:
        self[text] = _encode(text)
        return self[text]


_ENCODED = _Encoded()
_AT_ONCE = 256


def encoded(value: Any) -> JsonText:
    """A value of plain JSON types."""
    return _encode(value)


encoded_name: Callable[[str], JsonText] = _ENCODED.__getitem__
"""A text that comes again and again."""


def encoded_object(parts: Mapping[str, JsonText]) -> JsonText:
    """An object of values that are encoded already."""
    return f"{{{', '.join(_entries(parts))}}}"


def encoded_list(parts: Iterable[JsonText]) -> JsonText:
    """A list of values that are encoded already."""
    return f"[{', '.join(parts)}]"


def _entries(parts: Mapping[str, JsonText]) -> list[str]:
    return [f"{_ENCODED[key]}: {part}" for key, part in parts.items()]


def write_lines(document: dict[str, Any], path: Path, opened: dict[str, int]) -> None:
    """Write a document in UTF-8: each key on a line, and under the keys named in `opened` so many
    levels of containers, one line an entry. The same document gives the same bytes."""
    # Part by part: one rare letter makes a text take four bytes a letter, however long it is.
    with path.open("wb") as file:
        for part in _parts(document, opened):
            # A lone surrogate (from a badly encoded input) has no UTF-8 form, but a JSON escape.
            file.write(part.encode("utf-8", "backslashreplace"))


def lines_of(document: dict[str, Any], opened: dict[str, int]) -> str:
    """The text that `write_lines` writes."""
    return "".join(_parts(document, opened))


def _parts(document: dict[str, Any], opened: dict[str, int]) -> list[str]:
    out = ["{"]
    for place, (key, value) in enumerate(document.items()):
        out.append(f"{',' if place else ''}\n {_encode(key)}: ")
        _lay_out(value, opened.get(key, 0), " ", out)
    out.append("\n}\n")
    return out


def _lay_out(value: Any, levels: int, indent: str, out: list[str]) -> None:
    """Append a value; containers are opened as long as levels remain."""
    inner = indent + " "
    begin = f"\n{inner}"
    if isinstance(value, Lines | Items):
        entries, (head, tail) = (
            (_entries(value), "{}") if isinstance(value, Lines) else (value, "[]")
        )
        opens = bool(levels and entries)
        comma = f",{begin}" if opens else ", "
        out.append(f"{head}{begin}" if opens else head)
        for start in range(0, len(entries), _AT_ONCE):
            out.append(comma if start else "")
            out.append(comma.join(entries[start : start + _AT_ONCE]))
        out.append(f"\n{indent}{tail}" if opens else tail)
        return
    if not levels or not value or not isinstance(value, dict | list):
        out.append(_encode(value))
        return
    if isinstance(value, dict):
        out.append("{")
        for key, one in value.items():
            out.append(f"{begin}{_ENCODED[key]}: ")
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
