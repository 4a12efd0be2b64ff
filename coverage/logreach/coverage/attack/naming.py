"""The techniques that a name means: an id or a tactic, of this version or another shipped one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from logreach.coverage.attack.compact import shipped_model, shipped_techniques
from logreach.coverage.attack.crosswalk import facts_carried_into
from logreach.coverage.attack.model import AttackModel, Presence
from logreach.coverage.attack.shipped import SHIPPED_VERSIONS


class NamedTechniques(NamedTuple):
    """The ids that a name stands for. `remark` says so where it is a name of another version."""

    ids: tuple[str, ...]
    remark: str = ""


def techniques_named(attack: AttackModel, name: str) -> NamedTechniques | None:
    """A technique with its sub-techniques; None where no shipped version has the id.

    An id of another version is that of its successors, and so are its sub-techniques there.
    """
    answer = attack.look_up(name)
    if answer.presence is Presence.CURRENT:
        below = (technique.id for technique in attack.subtechniques_of(answer.id))
        return NamedTechniques((answer.id, *below))
    for version in _others(attack):
        techniques = shipped_techniques(version)
        if answer.id in techniques:
            below = (each.id for each in techniques.values() if each.parent == answer.id)
            ids = _carried(attack, (answer.id, *below))
            successors = _carried(attack, (answer.id,)) or ids
            remark = f"{', '.join(successors)} in ATT&CK {attack.version}"
            return NamedTechniques(ids, remark) if ids else None
    return None


def techniques_of_tactic(attack: AttackModel, name: str) -> NamedTechniques | None:
    """The techniques of a tactic; None where no shipped version has one of that name.

    Of a tactic of another version, those that are the successors of its techniques there.
    """
    tactic = attack.find_tactic(name)
    if tactic is not None:
        techniques = attack.techniques_of_tactic(tactic.shortname)
        return NamedTechniques(tuple(technique.id for technique in techniques))
    for version in _others(attack):
        model = shipped_model(version)
        tactic = model.find_tactic(name)
        if tactic is not None:
            there = model.techniques_of_tactic(tactic.shortname)
            ids = _carried(attack, (technique.id for technique in there))
            return NamedTechniques(ids, f"a tactic of ATT&CK {version}")
    return None


def _others(attack: AttackModel) -> Iterator[str]:
    """The shipped versions other than this one, the newest first."""
    return (version for version in reversed(SHIPPED_VERSIONS) if version != attack.version)


def _carried(attack: AttackModel, techniques: Iterable[str]) -> tuple[str, ...]:
    carried = (now for each in techniques for now in facts_carried_into(attack, each))
    return tuple(dict.fromkeys(carried))
