"""The chunks of an EVTX file, checked against its header and against their own.

A file has a header of 4 KiB, which counts its chunks, and chunks of 64 KiB, each with a header of
its own: the numbers of its first and last record, and checksums over itself and the records.
Parsers skip what they do not understand, so that a file that lost records looks like a quiet one.
Source: libevtx's description of the format (Metz); 367 logs that Windows wrote have no fault here.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from logreach.inventories.files.faults import Fault, InputError

_HEADER_SIZE, _CHUNK_SIZE = 4096, 65_536
_FILE_MAGIC, _CHUNK_MAGIC, _RECORD_MAGIC = b"ElfFile\0", b"ElfChnk\0", b"**\0\0"
_FIRST_RECORD = 512  # bytes into a chunk
_SMALLEST_RECORD = 28  # bytes: its header and the size at its end
_DIRTY = 1  # the log was open: its header and newest chunk may be behind
_HINT = "The log is cut off or damaged; export it again (wevtutil epl)."


@dataclass(slots=True)
class EvtxChunk:
    """One chunk as a file of its own, for a parser to read.

    `expected` is how many records the chunk should hold, `faults` what is wrong with it. Where a
    record is broken, the bytes up to the next are made one record that no parser can read.
    """

    number: int
    file: bytes = field(repr=False)
    expected: int
    first_record: int
    last_record: int
    faults: list[Fault] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _FileHeader:
    """What the file's header says; numbers are None where it is not to be trusted."""

    chunks: int | None
    next_record: int | None
    dirty: bool


def evtx_chunks(path: Path) -> Iterator[EvtxChunk | Fault]:
    """Every chunk of a log, and what its header and the chunks disagree on.

    InputError where the file is no event log; OSError where it cannot be read.
    """
    with path.open("rb") as stream:
        head = stream.read(_HEADER_SIZE)
        first_chunk = stream.read(_CHUNK_SIZE)
        if not head.startswith(_FILE_MAGIC) and not first_chunk.startswith(_CHUNK_MAGIC):
            hint = "Give an .evtx file."
            raise InputError(Fault("is not an event log", str(path), hint=hint))
        header, faults = _file_header(head, path)
        yield from faults
        yield from _checked_chunks(_blocks(first_chunk, stream), header, path)


def _file_header(head: bytes, path: Path) -> tuple[_FileHeader, list[Fault]]:
    if len(head) < _HEADER_SIZE or not head.startswith(_FILE_MAGIC):
        return _FileHeader(None, None, dirty=False), [_fault("the header is damaged", path)]
    (next_record,) = struct.unpack_from("<Q", head, 24)
    (chunks,) = struct.unpack_from("<H", head, 42)
    flags, checksum = struct.unpack_from("<II", head, 120)
    if flags & _DIRTY:
        return _FileHeader(None, None, dirty=True), []
    if zlib.crc32(head[:120]) != checksum:
        fault = _fault("the header does not have its checksum", path)
        return _FileHeader(None, None, dirty=False), [fault]
    return _FileHeader(chunks, next_record, dirty=False), []


def _blocks(first: bytes, stream: BinaryIO) -> Iterator[bytes]:
    block = first
    while block:
        yield block
        block = stream.read(_CHUNK_SIZE)


def _checked_chunks(
    blocks: Iterator[bytes], header: _FileHeader, path: Path
) -> Iterator[EvtxChunk | Fault]:
    """Chunks in the order of the file; the newest may stand before the oldest."""
    spans: list[tuple[int, int]] = []
    intact = 0
    for number, block in enumerate(blocks):
        if not block.strip(b"\0"):
            continue  # space that Windows keeps for later
        if block.startswith(_CHUNK_MAGIC) and len(block) > _FIRST_RECORD:
            chunk = _chunk(number, block, path, dirty=header.dirty)
            spans.append((chunk.first_record, chunk.last_record))
            intact += 1
            yield chunk
        elif header.chunks is None or number < header.chunks:
            yield _fault(f"chunk {number + 1} cannot be read", path)
    if header.chunks is not None and intact % 65_536 < header.chunks:
        yield _fault(f"holds {intact} of the {header.chunks} chunks that its header counts", path)
    yield from _gaps(sorted(spans), header, path)


def _gaps(spans: list[tuple[int, int]], header: _FileHeader, path: Path) -> Iterator[Fault]:
    """A fault for each range of record numbers that no chunk holds."""
    following = [first for first, _ in spans[1:]]
    if header.next_record is not None:
        following.append(header.next_record)
    for (_, last), first in zip(spans, following, strict=False):
        if first > last + 1:
            yield _fault(f"lacks the records {last + 1} to {first - 1}", path)
    if not spans and header.next_record is not None and header.next_record > 1:
        yield _fault(f"lacks the records 1 to {header.next_record - 1}", path)


def _chunk(number: int, block: bytes, path: Path, *, dirty: bool) -> EvtxChunk:
    first, last = struct.unpack_from("<QQ", block, 8)
    end, records_checksum = struct.unpack_from("<II", block, 48)
    (header_checksum,) = struct.unpack_from("<I", block, 124)
    problems: list[str] = []
    if len(block) < _CHUNK_SIZE:
        problems.append("is cut off")
    if zlib.crc32(block[:120] + block[128:_FIRST_RECORD]) != header_checksum:
        problems.append("has a damaged header")
    elif zlib.crc32(block[_FIRST_RECORD:end]) != records_checksum and not dirty:
        problems.append("holds records that do not have their checksum")
    sound = "has a damaged header" not in problems and _FIRST_RECORD <= end <= _CHUNK_SIZE
    end = end if sound and not dirty else _CHUNK_SIZE
    padded = block.ljust(_CHUNK_SIZE, b"\0")
    records, repaired = _repaired(padded, end)
    expected = last - first + 1 if sound and 0 <= last - first < _CHUNK_SIZE else records
    faults = [_fault(f"chunk {number + 1} {problem}", path) for problem in problems]
    file = _header_of_one_chunk() + repaired
    return EvtxChunk(number + 1, file, max(expected, records), first, last, faults)


def _repaired(chunk: bytes, end: int) -> tuple[int, bytes]:
    """How many records begin in a chunk, and the chunk with gaps made records of their own."""
    data = bytearray(chunk)
    offset, records = _FIRST_RECORD, 0
    while offset + _SMALLEST_RECORD <= end:
        size = _record_size(data, offset, end)
        if not size:
            after = _next_record(data, offset + 1, end)
            if after is None:
                break
            size = after - offset
            data[offset : offset + 8] = _RECORD_MAGIC + struct.pack("<I", size)
        records += 1
        offset += size
    return records, bytes(data)


def _record_size(data: bytearray, offset: int, end: int) -> int:
    """The size of the record at an offset, which it repeats at its end; 0 where there is none."""
    if data[offset : offset + 4] != _RECORD_MAGIC:
        return 0
    (size,) = struct.unpack_from("<I", data, offset + 4)
    if size < _SMALLEST_RECORD or offset + size > end:
        return 0
    (again,) = struct.unpack_from("<I", data, offset + size - 4)
    return int(size) if size == again else 0


def _next_record(data: bytearray, offset: int, end: int) -> int | None:
    """Where the next whole record begins, far enough for a record before it."""
    start = offset - 1
    while (offset := data.find(_RECORD_MAGIC, offset, end)) >= 0:
        if offset - start >= _SMALLEST_RECORD and _record_size(data, offset, end):
            return offset
        offset += 1
    return None


def _header_of_one_chunk() -> bytes:
    fields = struct.pack("<8sQQQIHHHH", _FILE_MAGIC, 0, 0, 1, 128, 1, 3, _HEADER_SIZE, 1)
    padded = fields.ljust(120, b"\0")
    return (padded + struct.pack("<II", 0, zlib.crc32(padded))).ljust(_HEADER_SIZE, b"\0")


def _fault(message: str, path: Path) -> Fault:
    return Fault(message, str(path), hint=_HINT)
