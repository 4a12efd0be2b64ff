"""Seconds and memory that reading takes for a MB of input, for every format and shape of file.

Run: python tests/benchmarks/reading.py [MB] [WORDS OF A NAME]. Prints each file's size, seconds for
one MB and MiB of memory for one MB, and ends with 1 where one takes over 1 s or 150 MiB. Every file
is read in a process of its own, whose processor time counts. The first part are files of many equal
parts, the second every sample of a format: repeated, with endless lines, nested without end.
"""

from __future__ import annotations

import multiprocessing
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from format_samples import SAMPLES
from many_parts import MANY

from logreach.inventories import load
from logreach.inventories.files.faults import InputError

MOST_SECONDS, MOST_MEMORY = 1.0, 150.0
_MB = 1_000_000
PATIENCE = 60.0  # seconds for one file
NAMED = {
    "600,000 attributes": lambda: MANY["attributes of a Sysmon configuration"](600_000),
    "600,000 attributes of a result": lambda: MANY["attributes of a result of policy"](600_000),
    "60,000 channels": lambda: MANY["channels as JSON"](60_000),
    "60,000 channels as CSV": lambda: MANY["channels as CSV"](60_000),
    "30,000 sibling registry keys": lambda: MANY["sibling registry keys"](30_000),
}


def main() -> None:
    size = float(sys.argv[1]) * _MB if len(sys.argv) > 1 else 2.0 * _MB
    wanted = " ".join(sys.argv[2:])
    above = 0
    print(f"{'file':56} {'MB':>6} {'s/MB':>6} {'MiB/MB':>7}")
    for name, make in files(size):
        if wanted not in name:
            continue
        megabytes, seconds, memory = _measured(make)
        over = seconds > MOST_SECONDS or memory > MOST_MEMORY
        above += over
        figures = f"{megabytes:6.2f} {seconds:6.2f} {memory:7.0f}"
        print(f"{name[:56]:56} {figures}{'  above' if over else ''}", flush=True)
    sys.exit(1 if above else 0)


def files(size: float) -> Iterator[tuple[str, Callable[[], bytes]]]:
    """Every file by name, and what makes it."""
    for name, make_named in NAMED.items():
        yield name, lambda make=make_named: make().encode()
    for name in MANY:
        yield name, lambda name=name: _many(name, size)
    for name, data in SAMPLES.items():
        for shape, bend in _SHAPES.items():
            yield f"{name}: {shape}", lambda bend=bend, data=data: bend(data, int(size))


def _many(name: str, size: float) -> bytes:
    """A file of about that size; the size may grow with more than the number of parts."""
    count = 100
    while True:
        data = MANY[name](count).encode()
        if len(data) * 1.1 > size or count > 2_000_000:
            return data
        count = int(count * min(10.0, max(1.1, (size / len(data)) ** 0.7)))


def _text(data: bytes) -> tuple[str, str]:
    encoding = "utf-16" if data[:2] == b"\xff\xfe" else "latin-1"
    return data.decode(encoding), encoding


def _repeated(data: bytes, size: int) -> bytes:
    decoded, encoding = _text(data)
    return (decoded * (size // len(data) + 1)).encode(encoding)


def _last_half_repeated(data: bytes, size: int) -> bytes:
    decoded, encoding = _text(data)
    lines = decoded.splitlines(keepends=True)
    half = "".join(lines[len(lines) // 2 :])
    return (decoded + half * (size // len(half) + 1)).encode(encoding)


def _in_every_line(filler: str, marks: str) -> Callable[[bytes, int], bytes]:
    """Filler in each line, before the last word behind one of some marks."""

    def bend(data: bytes, size: int) -> bytes:
        decoded, encoding = _text(data)
        lines = decoded.splitlines(keepends=True)
        filling = filler * (size // len(filler) // len(lines) + 1)
        return "".join(_filled(line, filling, marks) for line in lines).encode(encoding)

    return bend


def _filled(line: str, filling: str, marks: str) -> str:
    at = max(line.rstrip().rfind(mark) for mark in marks) + 1
    return line[:at] + filling + line[at:]


def _empty_lines(data: bytes, size: int) -> bytes:
    decoded, encoding = _text(data)
    head, end, tail = decoded.partition("\n")
    return (head + end + "\r\n" * (size // 2) + tail).encode(encoding)


def _nested(opening: str) -> Callable[[bytes, int], bytes]:
    def bend(data: bytes, size: int) -> bytes:
        decoded, encoding = _text(data)
        at = decoded.rfind(opening[0])
        at = at if at >= 0 else len(decoded)
        return (decoded[:at] + opening * (size // len(opening)) + decoded[at:]).encode(encoding)

    return bend


_SHAPES: dict[str, Callable[[bytes, int], bytes]] = {
    "repeated": _repeated,
    "its last half repeated": _last_half_repeated,
    "long lines": _in_every_line("a, b;(", "=: "),
    "long words": _in_every_line("0a", "=: "),
    "blanks in lines": _in_every_line(" ", "=:, "),
    "tabs in lines": _in_every_line("\t", ";, "),
    "empty lines": _empty_lines,
    "nested in <a>": _nested("<a>"),
    "nested in [": _nested("["),
    'nested in {"a":': _nested('{"a":'),
    "nested in (": _nested("("),
}


def _measured(make: Callable[[], bytes]) -> tuple[float, float, float]:
    """MB of a file, seconds and MiB that reading one MB of it takes."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "H" / "file"
        path.parent.mkdir()
        _in_a_process(_written, path, make)
        megabytes = path.stat().st_size / _MB
        seconds, memory = _in_a_process(_read, Path(folder), None)
        return megabytes, seconds / megabytes, memory / megabytes


def _written(path: Path, make: Callable[[], bytes]) -> tuple[float, float]:
    path.write_bytes(make())
    return 0.0, 0.0


def _read(folder: Path, _make: object) -> tuple[float, float]:
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
    before, start = _peak("VmRSS"), time.process_time()
    with suppress(InputError):  # a fault is an answer, too
        load(folder)
    return time.process_time() - start, _peak("VmHWM") - before


def _peak(row: str) -> float:
    """MiB of this process, by Linux's name of the row."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(f"{row}:"):
            return int(line.split()[1]) / 1024
    return 0.0


def _in_a_process(work: Callable[..., tuple[float, float]], *given: object) -> tuple[float, float]:
    context = multiprocessing.get_context("fork")
    answer = context.SimpleQueue()
    process = context.Process(target=lambda: answer.put(work(*given)))
    process.start()
    process.join(PATIENCE)
    if process.exitcode is None:
        process.kill()
        return float("inf"), 0.0
    if process.exitcode:
        return float("inf"), 0.0  # it crashed, or memory ran out
    return answer.get()


if __name__ == "__main__":
    main()
