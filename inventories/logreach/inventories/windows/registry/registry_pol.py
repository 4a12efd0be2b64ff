"""registry.pol, the registry settings of a GPO, as [MS-GPREG] 2.2.1 defines it.

A header 'PReg' and version 1, then records '[key;value;type;size;data]' in UTF-16; a zero ends the
names of key and value.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from logreach.inventories.facts.evidence import Strength
from logreach.inventories.facts.facts import Missing, Reading
from logreach.inventories.files.faults import Fault, InputError
from logreach.inventories.files.sources import Source
from logreach.inventories.windows.facts import REGISTRY_FAMILIES
from logreach.inventories.windows.registry import registry_values
from logreach.inventories.windows.registry.registry_types import registry_type
from logreach.inventories.windows.registry.registry_value import RegistryValue
from logreach.inventories.windows.registry.registry_values import machine_key

_HEADER = b"PReg\x01\x00\x00\x00"
_OPEN, _SEMICOLON, _CLOSE = (
    "[".encode("utf-16-le"),
    ";".encode("utf-16-le"),
    "]".encode("utf-16-le"),
)

_LONGEST_NAME = 2 * 17_000  # bytes; a value's name may have 16,383 characters
_TOO_SHORT = "the file ends within the record"


class _DamagedRecordError(ValueError):
    """A record does not have the form of [MS-GPREG]; where the next one begins is unknown."""


def read(source: Source) -> Reading:
    """The settings and channels that the file sets. Records before a damaged one are used."""
    if not source.data.startswith(_HEADER):
        message = "is not a registry.pol file (its header is not 'PReg' version 1)"
        raise InputError(source.fault(message))
    values: list[RegistryValue] = []
    faults: list[Fault] = []
    try:
        for value in _values(source.data):
            values.append(value)  # noqa: PERF402  the records before a damaged one are used
    except _DamagedRecordError as error:
        location = f"record {len(values) + 1}"
        hint = "The file seems cut off; the records before are used."
        faults.append(source.fault(str(error), location, hint))
    reading = registry_values.reading(source, values, Strength.POLICY)
    # The lost records may override any setting or channel of an earlier GPO.
    reasons = [Missing(str(fault), fault) for fault in faults]
    missing = tuple((family.every, reason) for reason in reasons for family in REGISTRY_FAMILIES)
    return Reading(reading.statements, (*reading.faults, *faults), (*reading.missing, *missing))


def count(source: Source) -> int:
    """How many records the file holds before its end or a damaged one."""
    number = 0
    try:
        for number, _ in enumerate(_values(source.data), 1):  # noqa: B007
            pass
    except _DamagedRecordError:
        pass
    return number


def _values(data: bytes) -> Iterator[RegistryValue]:
    offset, record = len(_HEADER), 0
    while offset < len(data):
        record += 1
        offset, key, name, kind, content = _record(data, offset)
        yield _value(f"HKLM\\{key}", name, kind, content, f"record {record}")


def _record(data: bytes, offset: int) -> tuple[int, str, str, int, bytes]:
    offset = _expect(data, offset, _OPEN)
    key, offset = _text(data, offset)
    offset = _expect(data, offset, _SEMICOLON)
    name, offset = _text(data, offset)
    offset = _expect(data, offset, _SEMICOLON)
    kind, offset = _number(data, offset)
    offset = _expect(data, offset, _SEMICOLON)
    size, offset = _number(data, offset)
    offset = _expect(data, offset, _SEMICOLON)
    if offset + size > len(data):
        raise _DamagedRecordError(_TOO_SHORT)
    return _expect(data, offset + size, _CLOSE), key, name, kind, data[offset : offset + size]


def _expect(data: bytes, offset: int, delimiter: bytes) -> int:
    if data[offset : offset + 2] != delimiter:
        raise _DamagedRecordError(f"expected {delimiter.decode('utf-16-le')!r} at byte {offset}")
    return offset + 2


def _text(data: bytes, offset: int) -> tuple[str, int]:
    end = offset
    while data[end : end + 2] != b"\0\0":
        end += 2
        if end >= len(data) or end - offset > _LONGEST_NAME:
            raise _DamagedRecordError("a name has no end")
    return data[offset:end].decode("utf-16-le", "replace"), end + 2


def _number(data: bytes, offset: int) -> tuple[int, int]:
    if offset + 4 > len(data):
        raise _DamagedRecordError(_TOO_SHORT)
    return struct.unpack_from("<I", data, offset)[0], offset + 4


def _value(key: str, name: str, kind: int, content: bytes, location: str) -> RegistryValue:
    """The value of a record; '**del.NAME' deletes it. Other special names ('**') stay as names."""
    key_path = machine_key(key) or key
    if name.casefold().startswith("**del."):
        return RegistryValue(key_path, name[len("**del.") :], None, location)
    type_ = registry_type("number", str(kind))
    try:
        return RegistryValue(key_path, name, type_.decode(content), location, type_.name)
    except ValueError as error:
        # The type's name says what is wrong, so that no setting heeds the value.
        return RegistryValue(key_path, name, content.hex(), location, str(error))
