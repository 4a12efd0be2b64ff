"""Technique ids carried between ATT&CK 18 and 19, which gave some techniques new ids."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Final

from logreach.coverage.attack.compact import shipped_model
from logreach.coverage.attack.model import AttackModel, Presence, Technique
from logreach.coverage.attack.shipped import FOLDER
from logreach.inventories.files.tables import TableRow, csv_table

_MOVES_FILE: Final = "crosswalk-18-19.csv"
_MOVES_COLUMNS: Final = ("id_18", "id_19", "kind", "basis")
_V19_FILE: Final = "techniques-19.1.csv"
_V19_COLUMNS: Final = ("technique_id", "name", "tactics", "platforms")


class Carry(StrEnum):
    """How an id came across."""

    SAME = "same"
    MOVED = "moved"
    SPREAD = "spread"  # to several ids: no telling which of them is meant
    GONE = "gone"  # the id is of the version asked, and nothing in the other answers to it
    UNKNOWN = "unknown"  # no id of the version asked


@dataclass(frozen=True, slots=True)
class Move:
    """One new id. `kind` is 'moved', or 'part' where the new one is a part of the old."""

    old: str
    new: str
    kind: str
    basis: str


@dataclass(frozen=True, slots=True)
class Carried:
    """An id, the ids it becomes in the other version (one, several or none), and why."""

    id: str
    carry: Carry
    ids: tuple[str, ...] = ()
    basis: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Crosswalk:
    """ATT&CK 18.1 and 19.1 side by side. Sub-techniques count as ids of their own."""

    moves: tuple[Move, ...]
    techniques_19: Mapping[str, Technique]
    ids_18: frozenset[str]

    def to_19(self, technique: str) -> Carried:
        """An id of 18.1 in 19.1."""
        wanted = technique.strip().upper()
        moves = [move for move in self.moves if move.old == wanted]
        return self._carried(
            wanted, self.ids_18, self.techniques_19, [(m.new, m.basis) for m in moves]
        )

    def to_18(self, technique: str) -> Carried:
        """An id of 19.1 in 18.1. Several old ids that became one are all given (SPREAD)."""
        wanted = technique.strip().upper()
        moves = [move for move in self.moves if move.new == wanted]
        return self._carried(
            wanted, self.techniques_19, self.ids_18, [(m.old, m.basis) for m in moves]
        )

    def knows(self, technique: str) -> bool:
        """Whether 18.1 or 19.1 has the id."""
        return technique in self.ids_18 or technique in self.techniques_19

    @staticmethod
    def _carried(
        wanted: str,
        here: Iterable[str],
        there: Iterable[str],
        moves: list[tuple[str, str]],
    ) -> Carried:
        if wanted not in here:
            return Carried(wanted, Carry.UNKNOWN)
        if wanted in there:
            return Carried(wanted, Carry.SAME, (wanted,))
        ids = tuple(new for new, _ in moves)
        carry = (Carry.GONE, Carry.MOVED)[len(ids)] if len(ids) < 2 else Carry.SPREAD
        return Carried(wanted, carry, ids, tuple(basis for _, basis in moves))


@cache
def load_crosswalk() -> Crosswalk:
    """The shipped crosswalk between 18.1 and 19.1."""
    moves = tuple(
        Move(row["id_18"], row["id_19"], row["kind"], row["basis"])
        for row in csv_table(FOLDER / _MOVES_FILE, _MOVES_COLUMNS)
    )
    newer = {
        row["technique_id"]: _technique(row) for row in csv_table(FOLDER / _V19_FILE, _V19_COLUMNS)
    }
    return Crosswalk(moves, newer, frozenset(shipped_model().technique_by_id))


def _technique(row: TableRow) -> Technique:
    key = row["technique_id"]
    parent = key.partition(".")[0] if "." in key else ""
    return Technique(
        id=key,
        name=row["name"],
        tactics=row.parts("tactics"),
        platforms=row.parts("platforms"),
        is_subtechnique=bool(parent),
        parent=parent,
    )


def carry_into(model: AttackModel, technique: str) -> Carried:
    """A technique id of any version from 13 to 19, as ids of `model`.

    Followed in this order: the id itself; what the model's own bundle says took its place; the
    crosswalk, in either direction. Only ids that the model has are given.
    """
    answer = model.ask(technique)
    if answer.presence is Presence.CURRENT:
        return Carried(answer.id, Carry.SAME, (answer.id,))
    if answer.presence is Presence.REPLACED:
        return Carried(answer.id, Carry.MOVED, (answer.replacement,), (f"ATT&CK {model.version}",))
    crosswalk = load_crosswalk()
    for carried in (crosswalk.to_18(answer.id), crosswalk.to_19(answer.id)):
        pairs = [
            pair
            for pair in zip(carried.ids, carried.basis, strict=False)
            if pair[0] in model.technique_by_id
        ]
        if pairs:
            ids, basis = zip(*pairs, strict=True)
            return Carried(answer.id, Carry.MOVED if len(ids) == 1 else Carry.SPREAD, ids, basis)
    known = answer.presence is Presence.DEPRECATED or crosswalk.knows(answer.id)
    return Carried(answer.id, Carry.GONE if known else Carry.UNKNOWN)
