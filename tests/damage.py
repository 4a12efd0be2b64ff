"""Damages files of every format and compares the verdicts with those of the intact file.

Damage may cost knowledge, but proves nothing: where a verdict is proven higher than the intact file
proves it, the damaged file must be a whole one that says so itself. `benchmarks/damage.py` runs this
for as long as one likes, the tests for a moment.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from logreach.coverage.attack import load_attack
from logreach.coverage.engine.evaluation import Evaluation, evaluate, reevaluate
from logreach.coverage.network.model import Model, build
from logreach.inventories import load
from logreach.inventories.facts.facts import Facts, Known, Missing
from logreach.inventories.facts.keys import FactKey
from logreach.inventories.files.faults import InputError
from logreach.inventories.windows.facts import SYSMON

_SHOWN = {"event", "attribute", "component", "technique", "analytic"}
_GARBAGE = (b"\0", b"\xff", b"\r\n", b'"', b",", b"<", b"]]>", b"{", b"-", b";", b"\x1b[2J")


@dataclass(frozen=True, slots=True)
class Scene:
    """An inventory: its files by path, and the one of them that is damaged.

    `may_say_less`: a whole file of this kind may list any part of what is there.
    """

    name: str
    files: dict[str, bytes]
    damaged: str
    may_say_less: bool = False


@dataclass(frozen=True, slots=True)
class Rise:
    """A damaged file that proves more than the whole one."""

    scene: str
    how: str
    raised: tuple[str, ...]
    faults: tuple[str, ...]
    data: bytes

    def __str__(self) -> str:
        told = "; ".join(self.faults[:2]) or "no fault"
        return f"{self.scene}, {self.how}: {', '.join(self.raised[:3])} ({told})"


@cache
def _model() -> Model:
    return build(load_attack())


@cache
def _shown() -> tuple[int, ...]:
    keys = enumerate(_model().compiled.keys)
    return tuple(number for number, key in keys if key is not None and key.kind in _SHOWN)


class Fuzzer:
    """Damages the file of one scene, in a folder of its own."""

    def __init__(self, scene: Scene, folder: Path) -> None:
        self.scene = scene
        self._folder = folder
        for name, data in scene.files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        self._intact_facts, self.intact_faults = self._read(scene.files[scene.damaged])
        self._intact = evaluate(_model().compiled, _facts(self._intact_facts))
        self._seen: dict[object, tuple[str, ...]] = {}

    def rise(self, how: str, data: bytes) -> Rise | None:
        """What a damaged form of the file raises that it does not say itself; None: nothing."""
        facts, faults = self._read(data)
        if facts == self._intact_facts or self._says_so(facts, faults):
            return None
        raised = self._raised(facts)
        return Rise(self.scene.name, how, raised, faults, data) if raised else None

    def _read(self, data: bytes) -> tuple[dict[FactKey[object], object], tuple[str, ...]]:
        (self._folder / self.scene.damaged).write_bytes(data)
        try:
            inventory = load(self._folder)
        except InputError as error:
            return {}, tuple(str(fault) for fault in error.faults)
        host = inventory.hosts[0]
        known: dict[FactKey[object], object] = dict(host.facts.known)
        known |= {key: each for key, each in host.facts.missing.items() if key not in known}
        return known, tuple(str(fault) for fault in inventory.faults)

    def _says_so(self, facts: dict[FactKey[object], object], faults: tuple[str, ...]) -> bool:
        """Whether the damaged file is a whole one: of less, or of other values than before.

        Of Sysmon that is its configuration: no filter that it lost is told elsewhere.
        """
        if self.scene.may_say_less and set(faults) <= set(self.intact_faults):
            return True
        for key, before in self._intact_facts.items():
            after = facts.get(key)
            if not (isinstance(before, Known) and isinstance(after, Known)):
                continue
            if before.value != after.value and (self._from_it(after) or key == SYSMON):
                return True
        return False

    def _from_it(self, fact: Known[object]) -> bool:
        return any(each.source == self.scene.damaged for each in fact.evidence)

    def _again(self, facts: dict[FactKey[object], object]) -> Evaluation:
        """The intact evaluation with the facts that the damage changed."""
        after, before = _facts(facts), self._intact.facts
        changed = [key for key in _read_keys() if before.get(key) != after.get(key)]
        return reevaluate(self._intact, after, changed)

    def _raised(self, facts: dict[FactKey[object], object]) -> tuple[str, ...]:
        """The nodes of which more is proven."""
        same = tuple(sorted((str(key), str(_plain(each))) for key, each in facts.items()))
        if same not in self._seen:
            after, keys = self._again(facts), _model().compiled.keys
            self._seen[same] = tuple(
                f"{keys[number]}: {self._intact.verdict_at(number).label} -> "
                f"{after.verdict_at(number).label}"
                for number in _shown()
                if after.verdict_at(number).applicable
                and after.verdict_at(number).proven > self._intact.verdict_at(number).proven
            )
        return self._seen[same]


def _facts(facts: dict[FactKey[object], object]) -> Facts:
    known = {key: each for key, each in facts.items() if isinstance(each, Known)}
    missing = {key: each for key, each in facts.items() if isinstance(each, Missing)}
    return Facts(known, missing)


@cache
def _read_keys() -> tuple[FactKey[object], ...]:
    """Every fact that some leaf reads, single or whole families."""
    leaves = _model().compiled.leaves.by_number.values()
    return tuple(dict.fromkeys(key for leaf in leaves for key in leaf.reads))


def _plain(fact: object) -> object:
    return fact.value if isinstance(fact, Known) else isinstance(fact, Missing) and bool(fact.fault)


def mutants(data: bytes, chance: random.Random) -> Iterator[tuple[str, bytes]]:
    """Damaged forms of a file, without end; the first are those that happen most."""
    lines = data.splitlines(keepends=True)
    yield "emptied", b""
    yield "a zero byte in front", b"\0" + data
    for number in range(1, len(lines)):
        yield f"cut behind line {number}", b"".join(lines[:number])
        yield f"without line {number}", b"".join([*lines[: number - 1], *lines[number:]])
    while True:
        how = chance.choice(_WAYS)
        yield how(data, lines, chance)


def _cut(data: bytes, _lines: list[bytes], chance: random.Random) -> tuple[str, bytes]:
    end = chance.randrange(len(data))
    return f"cut at byte {end}", data[:end]


def _hole(data: bytes, _lines: list[bytes], chance: random.Random) -> tuple[str, bytes]:
    start = chance.randrange(len(data))
    end = min(len(data), start + chance.choice((1, 2, 8, 64, 512)))
    if chance.random() < 0.5:
        return f"without bytes {start} to {end}", data[:start] + data[end:]
    return f"zeros at bytes {start} to {end}", data[:start] + bytes(end - start) + data[end:]


def _flip(data: bytes, _lines: list[bytes], chance: random.Random) -> tuple[str, bytes]:
    at, bit = chance.randrange(len(data)), chance.randrange(8)
    flipped = bytes([data[at] ^ (1 << bit)])
    return f"bit {bit} of byte {at} flipped", data[:at] + flipped + data[at + 1 :]


def _insert(data: bytes, _lines: list[bytes], chance: random.Random) -> tuple[str, bytes]:
    at, garbage = chance.randrange(len(data) + 1), chance.choice(_GARBAGE)
    return f"{garbage!r} at byte {at}", data[:at] + garbage + data[at:]


def _lines_gone(_data: bytes, lines: list[bytes], chance: random.Random) -> tuple[str, bytes]:
    start = chance.randrange(len(lines))
    end = min(len(lines), start + chance.choice((1, 2, 3, 10, 40)))
    return f"without lines {start + 1} to {end}", b"".join([*lines[:start], *lines[end:]])


def _line_twice(_data: bytes, lines: list[bytes], chance: random.Random) -> tuple[str, bytes]:
    one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    return f"line {one + 1} again behind line {other}", b"".join(
        [*lines[:other], lines[one], *lines[other:]]
    )


_Way = Callable[[bytes, list[bytes], random.Random], tuple[str, bytes]]
_WAYS: tuple[_Way, ...] = (_cut, _hole, _flip, _flip, _insert, _lines_gone, _line_twice)
