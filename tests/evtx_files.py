"""Small EVTX files for tests, laid out as libevtx describes the format: plain XML, no templates."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence

CHUNK_SIZE = 65_536
_FIRST_RECORD = 512


def _string(text: str) -> bytes:
    return struct.pack("<H", len(text)) + text.encode("utf-16-le")


def _name(text: str, at: int) -> bytes:
    """The place of a name in its chunk, which is here, and the name."""
    data = struct.pack("<IH", 0, 0) + _string(text) + b"\0\0"
    return struct.pack("<I", at + 4) + data


def _element(at: int, name: str, attributes: dict[str, str], content: Sequence[object]) -> bytes:
    """An element that begins at a place in its chunk; content is text or (name, attributes, ...)."""
    body = bytearray(_name(name, at + 5))
    if attributes:
        listed = bytearray()
        begin = at + 5 + len(body) + 4
        for number, (key, value) in enumerate(attributes.items()):
            more = number < len(attributes) - 1
            listed += b"\x46" if more else b"\x06"
            listed += _name(key, begin + len(listed))
            listed += b"\x05\x01" + _string(value)
        body += struct.pack("<I", len(listed)) + listed
    body += b"\x02"
    for part in content:
        if isinstance(part, str):
            body += b"\x05\x01" + _string(part)
        elif isinstance(part, tuple):
            body += _element(at + 5 + len(body), *part)
    body += b"\x04"
    token = b"\x41" if attributes else b"\x01"
    return token + struct.pack("<I", len(body)) + body


def record(number: int, at: int, event_id: int = 1, image: str = "a.exe") -> bytes:
    """A Sysmon event; `at` is where the record begins in its chunk."""
    event = (
        "Event",
        {},
        (
            (
                "System",
                {},
                (
                    ("Provider", {"Name": "Microsoft-Windows-Sysmon"}, ()),
                    ("EventID", {}, (str(event_id),)),
                ),
            ),
            ("EventData", {}, (("Data", {"Name": "Image"}, (image,)),)),
        ),
    )
    xml = b"\x0f\x01\x01\x00" + _element(at + 24 + 4, *event) + b"\x00"
    size = 24 + len(xml) + 4
    head = b"**\0\0" + struct.pack("<IQQ", size, number, 133_000_000_000_000_000)
    return head + xml + struct.pack("<I", size)


def chunk(first: int, count: int) -> bytes:
    """A chunk with some records, whose numbers count on from the first."""
    data = bytearray(_FIRST_RECORD)
    last = _FIRST_RECORD
    for number in range(first, first + count):
        last = len(data)
        data += record(number, last, image=f"{number}.exe")
    end = len(data)
    head = struct.pack(
        "<8sQQQQIIII",
        *(b"ElfChnk\0", first, first + count - 1, first, first + count - 1),
        *(128, last, end, zlib.crc32(data[_FIRST_RECORD:end])),
    )
    data[: len(head)] = head
    data[124:128] = struct.pack("<I", zlib.crc32(data[:120] + data[128:_FIRST_RECORD]))
    return bytes(data).ljust(CHUNK_SIZE, b"\0")


def header(chunks: int, next_record: int, flags: int = 0) -> bytes:
    """The header of a file."""
    head = struct.pack(
        "<8sQQQIHHHH", b"ElfFile\0", 0, chunks - 1, next_record, 128, 1, 3, 4096, chunks
    ).ljust(120, b"\0")
    return (head + struct.pack("<II", flags, zlib.crc32(head))).ljust(4096, b"\0")


def log(*counts: int, flags: int = 0) -> bytes:
    """A log of chunks with so many records each."""
    chunks, first = b"", 1
    for count in counts:
        chunks += chunk(first, count)
        first += count
    return header(len(counts), first, flags) + chunks
