"""Keep statements as sorted lines, one compressed file a group of inventories.

A line is `kind | subject | scope | value`. A scope is the set of (inventory, variant, profile) that
the statement holds for; the head of the file spells each scope out once. Inventories of a group
say much the same, so that they take little more room than one of them.
"""

from __future__ import annotations

import hashlib
import lzma
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import takewhile
from pathlib import Path

from golden.answers import Statement

FROZEN = Path(__file__).resolve().parent / "frozen"
SUFFIX = ".txt.xz"
Cell = tuple[str, str, str]  # inventory, variant, profile
Scopes = Mapping[Statement, set[tuple[str, str]]]  # of one inventory: variant, profile


def group_of(name: str) -> str:
    """The group of an inventory: the part of its name before the slash."""
    return name.split("/")[0]


def frozen_names() -> set[str]:
    """The inventories that have frozen answers."""
    groups = (path.name.split(".")[0] for path in FROZEN.glob(f"*.answers{SUFFIX}"))
    return {name for group in groups for name in _names(group)}


def frozen(name: str, what: str) -> dict[Statement, set[tuple[str, str]]]:
    """The frozen `what` ('answers' or 'texts') of one inventory."""
    in_group = _read(group_of(name), what)
    pairs = {
        scope: {cell[1:] for cell in scope if cell[0] == name} for scope in {*in_group.values()}
    }
    return {said: pairs[scope] for said, scope in in_group.items() if pairs[scope]}


def freeze(group: str, what: str, inventories: Mapping[str, Scopes]) -> None:
    """Put inventories into the file of their group, in place of what it held of them.

    The same statements give the same bytes.
    """
    cells: dict[Statement, set[Cell]] = defaultdict(set)
    for statement, frozen_cells in _read(group, what).items():
        cells[statement] = {cell for cell in frozen_cells if cell[0] not in inventories}
    for name, statements in inventories.items():
        for statement, pairs in statements.items():
            cells[statement].update((name, *pair) for pair in pairs)
    text = "".join(f"{line}\n" for line in _lines(cells))
    FROZEN.mkdir(exist_ok=True)
    _path(group, what).write_bytes(lzma.compress(text.encode(), preset=9))
    _read.cache_clear()


def spell(pairs: Iterable[tuple[str, str]]) -> str:
    """A scope within one inventory, in words: 'bare+sigma P1 P2; sigma P3'."""
    variants: dict[str, set[str]] = defaultdict(set)
    for variant, profile in pairs:
        variants[profile].add(variant)
    profiles: dict[str, list[str]] = defaultdict(list)
    for profile in sorted(variants, key=lambda profile: (len(profile), profile)):
        profiles["+".join(sorted(variants[profile]))].append(profile)
    return "; ".join(f"{variant} {' '.join(profiles[variant])}" for variant in sorted(profiles))


def _path(group: str, what: str) -> Path:
    return FROZEN / f"{group}.{what}{SUFFIX}"


def _lines(cells: Mapping[Statement, set[Cell]]) -> Iterator[str]:
    spelled: dict[frozenset[Cell], str] = {}
    body = []
    for statement in sorted(statement for statement in cells if cells[statement]):
        scope = frozenset(cells[statement])
        if scope not in spelled:
            spelled[scope] = _spell_cells(scope)
        label = _label(spelled[scope])
        body.append(f"{statement.kind} | {statement.subject} | {label} | {statement.value}")
    yield from (f"{_label(words)} = {words}" for words in sorted(spelled.values()))
    yield from body


def _label(words: str) -> str:
    return "@" + hashlib.sha256(words.encode()).hexdigest()[:7]


def _spell_cells(cells: Iterable[Cell]) -> str:
    pairs: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for name, *pair in cells:
        pairs[name].append((pair[0], pair[1]))
    return " / ".join(f"{name}: {spell(pairs[name])}" for name in sorted(pairs))


def _names(group: str) -> Iterator[str]:
    """The inventories in a file of answers, told by its head alone."""
    with lzma.open(_path(group, "answers"), "rt", encoding="utf-8") as lines:
        for line in takewhile(lambda line: line.startswith("@"), lines):
            yield from (part.split(": ")[0] for part in line.split(" = ", 1)[1].split(" / "))


@lru_cache(maxsize=12)
def _read(group: str, what: str) -> Mapping[Statement, frozenset[Cell]]:
    if not _path(group, what).exists():
        return {}
    scopes: dict[str, frozenset[Cell]] = {}
    statements: dict[Statement, frozenset[Cell]] = {}
    for line in lzma.decompress(_path(group, what).read_bytes()).decode().splitlines():
        if line.startswith("@"):
            label, words = line.split(" = ", 1)
            scopes[label] = frozenset(_read_scope(words))
        else:
            kind, subject, label, value = line.split(" | ", 3)
            statements[Statement(kind, subject, value)] = scopes[label]
    return statements


def _read_scope(words: str) -> Iterator[Cell]:
    for part in words.split(" / "):
        name, pairs = part.split(": ", 1)
        for pair in pairs.split("; "):
            variants, *profiles = pair.split(" ")
            for variant in variants.split("+"):
                yield from ((name, variant, profile) for profile in profiles)
