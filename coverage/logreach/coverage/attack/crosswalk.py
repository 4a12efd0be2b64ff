"""Technique ids carried between ATT&CK 18 and 19; version 19 gave some techniques new ids.

What is known of techniques is written once, by the ids of 18.1; techniques that are new in 19.1
have lines of their own. Whatever version is assessed takes these along the crosswalk.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from typing import Final

from logreach.coverage.attack.compact import shipped_techniques
from logreach.coverage.attack.model import AttackModel, Presence, Technique
from logreach.coverage.attack.shipped import FOLDER, NEWER, OLDER
from logreach.inventories.files.tables import csv_table

_MOVES_FILE: Final = "crosswalk-18-19.csv"
_MOVES_COLUMNS: Final = ("id_18", "id_19", "kind", "basis")
_PART: Final = "part"


class Carry(StrEnum):
    """The relation between an id and the ids of the other version."""

    SAME = "same"
    MOVED = "moved"
    SPREAD = "spread"  # to several ids; which of them is right cannot be decided
    GONE = "gone"  # the other version has no such technique
    UNKNOWN = "unknown"  # neither version has the id


_DIFFERS: Final = frozenset({Carry.MOVED, Carry.SPREAD, Carry.GONE})


@dataclass(frozen=True, slots=True)
class Move:
    """One new id. `kind` is 'moved', or 'part' if the new technique is a part of the old one."""

    old: str
    new: str
    kind: str
    basis: str


@dataclass(frozen=True, slots=True)
class CarriedId:
    """An id with the ids that it has in another version (none, one or several) and the sources."""

    id: str
    carry: Carry
    ids: tuple[str, ...] = ()
    basis: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Crosswalk:
    """The technique ids of ATT&CK 18.1 and 19.1, sub-techniques included, and the moves between."""

    moves: tuple[Move, ...]
    techniques_19: Mapping[str, Technique]
    ids_18: frozenset[str]

    def to_19(self, technique: str) -> CarriedId:
        """An id of 18.1 in 19.1."""
        technique_id = technique.strip().upper()
        moves = [move for move in self.moves if move.old == technique_id]
        return self._carried(
            technique_id,
            self.ids_18,
            self.techniques_19,
            [(move.new, move.basis) for move in moves],
        )

    def to_18(self, technique: str) -> CarriedId:
        """An id of 19.1 in 18.1; if several old ids became it, all of them (SPREAD)."""
        technique_id = technique.strip().upper()
        moves = [move for move in self.moves if move.new == technique_id]
        return self._carried(
            technique_id,
            self.techniques_19,
            self.ids_18,
            [(move.old, move.basis) for move in moves],
        )

    def knows(self, technique: str) -> bool:
        """Whether 18.1 or 19.1 has the id."""
        return technique in self.ids_18 or technique in self.techniques_19

    @staticmethod
    def _carried(
        technique_id: str,
        version: Iterable[str],
        other_version: Iterable[str],
        moves: list[tuple[str, str]],
    ) -> CarriedId:
        if technique_id not in version:
            return CarriedId(technique_id, Carry.UNKNOWN)
        if technique_id in other_version:
            return CarriedId(technique_id, Carry.SAME, (technique_id,))
        ids = tuple(new for new, _ in moves)
        carry = (Carry.GONE, Carry.MOVED)[len(ids)] if len(ids) < 2 else Carry.SPREAD
        return CarriedId(technique_id, carry, ids, tuple(basis for _, basis in moves))


@cache
def load_crosswalk() -> Crosswalk:
    """The shipped crosswalk between OLDER and NEWER."""
    moves = tuple(
        Move(row["id_18"], row["id_19"], row["kind"], row["basis"])
        for row in csv_table(FOLDER / _MOVES_FILE, _MOVES_COLUMNS)
    )
    return Crosswalk(moves, shipped_techniques(NEWER), frozenset(shipped_techniques(OLDER)))


@dataclass(frozen=True, slots=True)
class Counterparts:
    """The ids that techniques of one version have in `version`, the other one that is shipped.

    `ids` has the techniques whose ids differ; () means that the other version has no such
    technique.
    """

    version: str = ""
    ids: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


NO_COUNTERPARTS: Final = Counterparts()


def counterparts(version: str, techniques: Iterable[str]) -> Counterparts:
    """The ids of techniques of `version` in NEWER or, if `version` is that or later, in OLDER."""
    crosswalk = load_crosswalk()
    newer = int(version.partition(".")[0]) >= int(NEWER.partition(".")[0])
    carry = crosswalk.to_18 if newer else crosswalk.to_19
    carried = map(carry, techniques)
    differing = {each.id: each.ids for each in carried if each.carry in _DIFFERS}
    return Counterparts(OLDER if newer else NEWER, differing)


def carry_into(model: AttackModel, technique: str) -> CarriedId:
    """A technique id of any version from 13 to 19 as ids of `model`.

    The first of these that leads to ids of the model counts: the id itself; its replacement
    according to the model's bundle; the crosswalk, in either direction.
    """
    answer = model.look_up(technique)
    if answer.presence is Presence.CURRENT:
        return CarriedId(answer.id, Carry.SAME, (answer.id,))
    if answer.presence is Presence.REPLACED:
        return CarriedId(
            answer.id, Carry.MOVED, (answer.replacement,), (f"ATT&CK {model.version}",)
        )
    crosswalk = load_crosswalk()
    for carried in (crosswalk.to_18(answer.id), crosswalk.to_19(answer.id)):
        pairs = [
            pair
            for pair in zip(carried.ids, carried.basis, strict=False)
            if pair[0] in model.technique_by_id
        ]
        if pairs:
            ids, basis = zip(*pairs, strict=True)
            return CarriedId(answer.id, Carry.MOVED if len(ids) == 1 else Carry.SPREAD, ids, basis)
    existed = answer.presence is Presence.DEPRECATED or crosswalk.knows(answer.id)
    return CarriedId(answer.id, Carry.GONE if existed else Carry.UNKNOWN)


def facts_carried_into(model: AttackModel, technique: str) -> tuple[str, ...]:
    """The ids of `model` of which all that is known of a technique is true: those that it became,
    and a new technique that is the part of it which hosts that are judged have."""
    parts = (
        move.new
        for move in load_crosswalk().moves
        if move.kind == _PART and move.old == technique and move.new in model.technique_by_id
    )
    return tuple(dict.fromkeys((*carry_into(model, technique).ids, *parts)))
