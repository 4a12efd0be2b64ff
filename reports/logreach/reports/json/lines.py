"""JSON files that can be compared line by line: msgspec encodes the entries, one stands on a line.

msgspec has a compact form (one line) and an indented one (a line a value, three times the size);
neither shows in a diff which technique differs.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from logreach.reports.safe_text import json_bytes


def _as_text(value: object) -> str:
    """msgspec takes no subclass of str, such as an event's id, by itself."""
    if isinstance(value, str):
        return str(value)
    raise NotImplementedError(f"no JSON form for {type(value).__name__}")


_encode = msgspec.json.Encoder(enc_hook=_as_text).encode


def write_json_lines(
    document: Mapping[str, object] | msgspec.Struct, path: Path, levels: Mapping[str, int]
) -> None:
    """Write a document in UTF-8, each key on a line; below a key named in `levels`, the entries of
    so many levels of containers each on a line. The same document gives the same bytes."""
    with path.open("wb") as file:
        file.writelines(map(json_bytes, _pieces(document, levels)))


def json_text(document: Mapping[str, object] | msgspec.Struct, levels: Mapping[str, int]) -> bytes:
    """The bytes that `write_json_lines` writes."""
    return b"".join(map(json_bytes, _pieces(document, levels)))


def _pieces(
    document: Mapping[str, object] | msgspec.Struct, levels: Mapping[str, int]
) -> Iterator[bytes]:
    begin = b"{\n "
    for key, value in _items(document):
        yield begin + _encode(key) + b": "
        yield from _value(value, levels.get(key, 0), b"\n  ")
        begin = b",\n "
    yield b"\n}\n"


def _value(value: object, levels: int, indent: bytes) -> Iterator[bytes]:
    """A value; while levels remain, each entry of a container stands on a line."""
    if not levels or not value or not isinstance(value, dict | list | tuple | msgspec.Struct):
        yield encoded(value)
        return
    if isinstance(value, list | tuple):
        begin = b"[" + indent
        for entry in value:
            yield begin
            yield from _value(entry, levels - 1, indent + b" ")
            begin = b"," + indent
        yield indent[:-1] + b"]"
        return
    begin = b"{" + indent
    for key, entry in _items(value):
        yield begin + encoded(key) + b": "
        yield from _value(entry, levels - 1, indent + b" ")
        begin = b"," + indent
    yield indent[:-1] + b"}"


def _items(value: Mapping[str, object] | msgspec.Struct) -> Iterator[tuple[str, object]]:
    if isinstance(value, msgspec.Struct):
        return ((name, getattr(value, name)) for name in value.__struct_fields__)
    return iter(value.items())


def encoded(value: object) -> bytes:
    """A value as JSON on one line.

    A lone surrogate (from a badly encoded input) has no UTF-8 form, which msgspec refuses; the
    standard library then writes it as a JSON escape.
    """
    try:
        return _encode(value)
    except UnicodeEncodeError:
        plain: Any = msgspec.to_builtins(value, enc_hook=_as_text)
        line = json.dumps(plain, ensure_ascii=False, separators=(",", ":"))
        return line.encode("utf-8", "backslashreplace")
