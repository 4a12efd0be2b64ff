"""Event logs that lost something: what is left is shown, and what is lost is a fault."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

import pytest
from evtx_files import CHUNK_SIZE, chunk, header, log
from support import shared

from logreach.coverage.platforms.sysmon.engine.records import Record, read_evtx
from logreach.inventories.files.faults import Fault, InputError

WHOLE = log(8, 8, 4)
HEAD = 4096
THIRD_RECORD = WHOLE.index(b"**\0\0" + WHOLE[HEAD + 516 : HEAD + 520], HEAD + 513)


def _numbers(path: Path, data: bytes) -> tuple[list[str], list[str]]:
    """The images of the records that were read, and the faults."""
    path.write_bytes(data)
    read = list(read_evtx(path))
    images = [each.fields["Image"] for each in read if isinstance(each, Record)]
    return images, [str(each) for each in read if isinstance(each, Fault)]


def _overwrite(at: int, data: bytes) -> Callable[[bytes], bytes]:
    return lambda log_: log_[:at] + data + log_[at + len(data) :]


DAMAGE: dict[str, tuple[Callable[[bytes], bytes], int]] = {
    "cut by a chunk": (lambda data: data[:-CHUNK_SIZE], 16),
    "cut within the space behind the last record": (lambda data: data[:-9], 20),
    "cut within the last chunk's records": (lambda data: data[: HEAD + 2 * CHUNK_SIZE + 1500], 18),
    "cut behind the header": (lambda data: data[:HEAD], 0),
    "the first chunk gone": (lambda data: data[:HEAD] + data[HEAD + CHUNK_SIZE :], 12),
    "a chunk of zeros": (_overwrite(HEAD + CHUNK_SIZE, bytes(CHUNK_SIZE)), 12),
    "a chunk without its mark": (_overwrite(HEAD + CHUNK_SIZE, bytes(8)), 12),
    "a chunk whose header is damaged": (_overwrite(HEAD + 16, b"\xff" * 8), 20),
    "a record of zeros": (_overwrite(THIRD_RECORD, bytes(200)), 19),
    "a record without its mark": (_overwrite(THIRD_RECORD, b"\0"), 20),
    "a record of a wrong size": (_overwrite(THIRD_RECORD + 4, struct.pack("<I", 7)), 20),
    "a record of no XML": (_overwrite(THIRD_RECORD + 24, b"\xff" * 60), 19),
    "a flipped letter": (_overwrite(WHOLE.index("3.exe".encode("utf-16-le")), b"5"), 20),
    "a header of another checksum": (_overwrite(24, b"\x09"), 20),
    "a header of zeros": (_overwrite(0, bytes(HEAD)), 20),
}


def test_a_whole_log_has_no_fault(tmp_path: Path) -> None:
    images, faults = _numbers(tmp_path / "a.evtx", WHOLE)
    assert images == [f"{number}.exe" for number in range(1, 21)]
    assert faults == []


@pytest.mark.parametrize("name", DAMAGE)
def test_damage_is_a_fault_and_the_rest_is_shown(name: str, tmp_path: Path) -> None:
    damage, left = DAMAGE[name]
    images, faults = _numbers(tmp_path / "a.evtx", damage(WHOLE))
    assert faults
    assert len(images) == left


def test_every_cut_is_a_fault(tmp_path: Path) -> None:
    data = log(6, 2)
    for end in (*range(HEAD, len(data), 4999), len(data) - 1):
        images, faults = _numbers(tmp_path / "a.evtx", data[:end])
        assert faults, end
        assert len(images) <= 8


def test_a_ring_whose_newest_chunk_stands_first_is_whole(tmp_path: Path) -> None:
    data = header(2, 17) + chunk(9, 8) + chunk(1, 8)
    assert _numbers(tmp_path / "a.evtx", data)[1] == []


def test_an_open_log_whose_header_is_behind_is_whole(tmp_path: Path) -> None:
    data = header(1, 1, flags=1) + chunk(1, 8) + chunk(9, 8) + bytes(CHUNK_SIZE)
    images, faults = _numbers(tmp_path / "a.evtx", data)
    assert (len(images), faults) == (16, [])


def test_what_is_no_log_is_unusable(tmp_path: Path) -> None:
    for data in (b"", b"x" * 9000):
        with pytest.raises(InputError, match="is not an event log"):
            _numbers(tmp_path / "a.evtx", data)


def test_logs_that_windows_wrote_are_whole() -> None:
    paths = sorted(shared("evtx").rglob("*.evtx"))
    assert paths
    assert [each for path in paths for each in read_evtx(path) if isinstance(each, Fault)] == []
