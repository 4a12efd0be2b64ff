"""registry.pol: the registry half of a GPO, as [MS-GPREG] lays it out.

A header 'PReg' and version 1, then records '[key;value;type;size;data]' in UTF-16, each text
ended by a zero.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from logreach.inventories.facts.evidence import Strength
from logreach.inventories.facts.facts import Missing, Reading
from logreach.inventories.files.faults import Fault, InputError
from logreach.inventories.files.sources import Source
from logreach.inventories.windows.facts import CHANNEL, SETTING
from logreach.inventories.windows.registry import registry_values
from logreach.inventories.windows.registry.registry_values import RegistryValue, machine_key

_HEADER = b"PReg\x01\x00\x00\x00"
_OPEN, _SEMICOLON, _CLOSE = (
    "[".encode("utf-16-le"),
    ";".encode("utf-16-le"),
    "]".encode("utf-16-le"),
)
_NUMBERS = {4: "<I", 5: ">I", 11: "<Q"}
_TEXTS = (1, 2, 7)
_TYPES = {
    0: "REG_NONE",
    1: "REG_SZ",
    2: "REG_EXPAND_SZ",
    3: "REG_BINARY",
    4: "REG_DWORD",
    5: "REG_DWORD_BIG_ENDIAN",
    7: "REG_MULTI_SZ",
    11: "REG_QWORD",
}
_LONGEST_NAME = 2 * 17_000  # bytes; keys reach 255 characters a step, values 16,383


class _BrokenError(ValueError):
    pass


def read(source: Source) -> Reading:
    """Settings and channels that the file asks for. Records before a broken one are kept."""
    if not source.data.startswith(_HEADER):
        raise InputError(source.fault("is no registry.pol (its header is not 'PReg' version 1)"))
    values: list[RegistryValue] = []
    faults: list[Fault] = []
    try:
        for value in _values(source.data):
            values.append(value)  # noqa: PERF402  what came before a broken record is kept
    except _BrokenError as error:
        where = f"record {len(values) + 1}"
        hint = "The file seems cut off; what stands before is used."
        faults.append(source.fault(str(error), where, hint))
    found = registry_values.reading(source, values, Strength.POLICY)
    # Whatever the lost records set, they may have set it otherwise than an earlier GPO.
    lost = [Missing(str(fault), fault) for fault in faults]
    missing = tuple((family.every, one) for one in lost for family in (SETTING, CHANNEL))
    return Reading(found.statements, (*found.faults, *faults), (*found.missing, *missing))


def _values(data: bytes) -> Iterator[RegistryValue]:
    at, record = len(_HEADER), 0
    while at < len(data):
        record += 1
        at, key, name, kind, content = _record(data, at)
        value = _value(f"HKLM\\{key}", name, kind, content, f"record {record}")
        if value is not None:
            yield value


def _record(data: bytes, at: int) -> tuple[int, str, str, int, bytes]:
    at = _expect(data, at, _OPEN)
    key, at = _text(data, at)
    at = _expect(data, at, _SEMICOLON)
    name, at = _text(data, at)
    at = _expect(data, at, _SEMICOLON)
    kind, at = _number(data, at)
    at = _expect(data, at, _SEMICOLON)
    size, at = _number(data, at)
    at = _expect(data, at, _SEMICOLON)
    if at + size > len(data):
        raise _BrokenError("record ends too early")
    return _expect(data, at + size, _CLOSE), key, name, kind, data[at : at + size]


def _expect(data: bytes, at: int, mark: bytes) -> int:
    if data[at : at + 2] != mark:
        raise _BrokenError(f"expected {mark.decode('utf-16-le')!r} at byte {at}")
    return at + 2


def _text(data: bytes, at: int) -> tuple[str, int]:
    end = at
    while data[end : end + 2] != b"\0\0":
        end += 2
        if end >= len(data) or end - at > _LONGEST_NAME:
            raise _BrokenError("name has no end")
    return data[at:end].decode("utf-16-le", "replace"), end + 2


def _number(data: bytes, at: int) -> tuple[int, int]:
    if at + 4 > len(data):
        raise _BrokenError("record ends too early")
    return struct.unpack_from("<I", data, at)[0], at + 4


def _value(key: str, name: str, kind: int, content: bytes, where: str) -> RegistryValue | None:
    """A record as a value; '**del.NAME' deletes one, other '**' orders stand as values."""
    machine = machine_key(key) or key
    if name.casefold().startswith("**del."):
        return RegistryValue(machine, name[len("**del.") :], None, where)
    data, told = _data(kind, content)
    return RegistryValue(machine, name, data, where, told)


def _data(kind: int, content: bytes) -> tuple[int | str, str]:
    """A record's data and the name of its type, which tells of a number of the wrong length."""
    told = _TYPES.get(kind, f"{kind}, which is not known")
    form = _NUMBERS.get(kind)
    if form is not None and len(content) == struct.calcsize(form):
        return struct.unpack(form, content)[0], told
    if form is not None:
        return content.hex(), f"{told} with {len(content)} bytes"
    if kind in _TEXTS:
        return content.decode("utf-16-le", "replace").rstrip("\0").replace("\0", ";"), told
    return registry_values.of_bytes(content), told
