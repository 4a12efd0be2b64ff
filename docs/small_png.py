"""Makes a screenshot small: a PNG of at most 256 colours out of one of millions."""

from __future__ import annotations

import struct
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_CHANNELS = {2: 3, 6: 4}  # by the colour type: with and without transparency
_STEP = 5  # levels of a channel that are taken for the same

Colour = tuple[int, int, int]


def shrink(path: Path, top: int = 0) -> None:
    """Rewrite an 8-bit PNG without interlacing, as browsers write them, with a palette.

    `top` rows are cut off first.
    """
    header, data = _read(path.read_bytes())
    width, _, depth, kind, _, _, interlaced = struct.unpack(">IIBBBBB", header)
    if depth != 8 or kind not in _CHANNELS or interlaced:
        raise ValueError(f"{path}: no plain PNG of 8 bits a channel")
    rows = [_colours(row, _CHANNELS[kind]) for row in _rows(data, width * _CHANNELS[kind], kind)]
    rows = rows[top:]
    counts = Counter(colour for row in rows for colour in row)
    palette = [colour for colour, _ in counts.most_common(256)]
    places = {colour: _nearest(colour, palette) for colour in counts}
    image = b"".join(b"\0" + bytes([places[colour] for colour in row]) for row in rows)
    path.write_bytes(
        _SIGNATURE
        + _chunk(b"IHDR", struct.pack(">IIBBBBB", width, len(rows), 8, 3, 0, 0, 0))
        + _chunk(b"PLTE", bytes(channel for colour in palette for channel in colour))
        + _chunk(b"IDAT", zlib.compress(image, 9))
        + _chunk(b"IEND", b"")
    )


def _read(content: bytes) -> tuple[bytes, bytes]:
    """The header, and the image data unpacked."""
    header, packed, place = b"", b"", len(_SIGNATURE)
    while place < len(content):
        (length,) = struct.unpack(">I", content[place : place + 4])
        name, body = content[place + 4 : place + 8], content[place + 8 : place + 8 + length]
        header = body if name == b"IHDR" else header
        packed += body if name == b"IDAT" else b""
        place += length + 12
    return header, zlib.decompress(packed)


def _rows(data: bytes, length: int, kind: int) -> Iterator[bytearray]:
    """The rows of an image without their filters (PNG 1.2, section 6)."""
    step, above = _CHANNELS[kind], bytearray(length)
    for begin in range(0, len(data), length + 1):
        filtered, row = data[begin], bytearray(data[begin + 1 : begin + 1 + length])
        for place in range(length):
            left = row[place - step] if place >= step else 0
            corner = above[place - step] if place >= step else 0
            row[place] = (row[place] + _predicted(filtered, left, above[place], corner)) & 255
        yield row
        above = row


def _predicted(filtered: int, left: int, above: int, corner: int) -> int:
    if filtered < 4:
        return (0, left, above, (left + above) // 2)[filtered]
    guess = left + above - corner
    return min((left, above, corner), key=lambda each: abs(guess - each))


def _colours(row: bytearray, channels: int) -> list[Colour]:
    return [
        (_level(row[place]), _level(row[place + 1]), _level(row[place + 2]))
        for place in range(0, len(row), channels)
    ]


def _level(channel: int) -> int:
    return min(255, (channel + _STEP // 2) // _STEP * _STEP)


def _nearest(colour: Colour, palette: list[Colour]) -> int:
    return min(
        range(len(palette)),
        key=lambda place: sum((a - b) ** 2 for a, b in zip(colour, palette[place], strict=True)),
    )


def _chunk(name: bytes, body: bytes) -> bytes:
    checksum = zlib.crc32(name + body)
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", checksum)
