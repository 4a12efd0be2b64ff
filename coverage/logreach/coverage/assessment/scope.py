"""Restrictions of an assessment: techniques, tactics, threat groups and hosts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import starmap

from logreach.coverage.assessment.assess import Scope
from logreach.coverage.assessment.suggestions import did_you_mean
from logreach.coverage.attack import (
    AttackModel,
    NamedTechniques,
    Presence,
    techniques_named,
    techniques_of_tactic,
)
from logreach.inventories.facts.host import Inventory
from logreach.inventories.files.faults import Fault, InputError

_NONE = NamedTechniques(())


def scope_of(
    attack: AttackModel,
    techniques: Sequence[str] = (),
    tactics: Sequence[str] = (),
    groups: Sequence[str] = (),
) -> Scope:
    """The techniques that are named, belong to a tactic and are used by a threat group.

    Several names of one kind add up, different kinds narrow each other; no names: all techniques.
    A technique brings its sub-techniques. An id or tactic of the other shipped version means what
    became of it, and the words say so. Raises InputError with every unknown name, and where no
    technique is left.
    """
    faults: list[Fault] = []
    restrictions: list[tuple[str, set[str]]] = []
    for kind, names, find in (
        ("technique", techniques, _technique),
        ("tactic", tactics, _tactic),
        ("group", groups, _group),
    ):
        if names:
            by_name = {name: find(attack, name, faults) for name in names}
            ids = {id_ for each in by_name.values() for id_ in each.ids}
            words = " or ".join(starmap(_in_words, by_name.items()))
            restrictions.append((f"{kind} {words}", ids))
    if faults:
        raise InputError(faults)
    return _common(attack, restrictions) if restrictions else Scope()


def _common(attack: AttackModel, restrictions: Sequence[tuple[str, set[str]]]) -> Scope:
    """The techniques that every restriction allows, and all restrictions in words."""
    common = set.intersection(*(ids for _, ids in restrictions))
    words = [restriction for restriction, _ in restrictions]
    if not common:
        hint = "" if len(words) == 1 else "--technique, --tactic and --group narrow each other."
        message = f"no technique of ATT&CK {attack.version} lies within {' and '.join(words)}"
        raise InputError(Fault(message, hint=hint))
    ids = tuple(technique.id for technique in attack.techniques if technique.id in common)
    return Scope(ids, ", ".join(words))


def _in_words(name: str, techniques: NamedTechniques) -> str:
    return f"{name} ({techniques.remark})" if techniques.remark else name


def _technique(attack: AttackModel, name: str, faults: list[Fault]) -> NamedTechniques:
    techniques = techniques_named(attack, name)
    if techniques is None:
        faults.append(technique_fault(attack, name))
    return techniques or _NONE


def looks_like_technique(name: str) -> bool:
    """Whether a name has the form of a technique's id, known or not."""
    return bool(re.fullmatch(r"T\d{4}(\.\d{3})?", name, re.IGNORECASE))


def technique_fault(attack: AttackModel, name: str) -> Fault:
    """Why this ATT&CK has no such technique, and what replaced a former one."""
    answer = attack.look_up(name)
    hints = {
        Presence.REPLACED: f"It was replaced by {answer.replacement}",
        Presence.DEPRECATED: "It was deprecated",
        Presence.UNKNOWN: _unknown(attack, answer.id),
    }
    message = f"ATT&CK {attack.version} has no technique {name!r}"
    return Fault(message, hint=hints.get(answer.presence, ""))


def _unknown(attack: AttackModel, name: str) -> str:
    parent = name.partition(".")[0]
    if attack.look_up(parent).presence is not Presence.CURRENT:
        if looks_like_technique(name):
            return "Another version of ATT&CK is read with --attack"
        return "Ids look like T1543 or T1543.003"
    below = ", ".join(technique.id for technique in attack.subtechniques_of(parent))
    return f"Sub-techniques of {parent} are {below}" if below else f"{parent} has no sub-techniques"


def _tactic(attack: AttackModel, name: str, faults: list[Fault]) -> NamedTechniques:
    techniques = techniques_of_tactic(attack, name)
    if techniques is None:
        names = ", ".join(each.shortname for each in attack.tactics)
        faults.append(
            Fault(
                f"ATT&CK {attack.version} has no tactic {name!r}", hint=f"Its tactics are {names}"
            )
        )
    return techniques or _NONE


def _group(attack: AttackModel, name: str, faults: list[Fault]) -> NamedTechniques:
    groups = attack.find_group(name)
    if not groups:
        near = did_you_mean(name, (group.name for group in attack.groups))
        hint = near or "Ids look like G0016"
        faults.append(Fault(f"ATT&CK {attack.version} has no group {name!r}", hint=hint))
    return NamedTechniques(tuple(technique for group in groups for technique in group.techniques))


def only_hosts(inventory: Inventory, names: Sequence[str]) -> Inventory:
    """The inventory with these hosts only; no names: all. Raises InputError for unknown ones."""
    if not names:
        return inventory
    host_names = [host.name for host in inventory.hosts]
    folded = {host_name.casefold() for host_name in host_names}
    unknown = [name for name in names if name.casefold() not in folded]
    if unknown:
        more = " and more" if len(host_names) > 12 else ""
        hosts_hint = f"Hosts are {', '.join(host_names[:12])}{more}"
        raise InputError(
            Fault(
                f"the inventory has no host {name!r}",
                hint=did_you_mean(name, host_names) or hosts_hint,
            )
            for name in unknown
        )
    chosen = {name.casefold() for name in names}
    hosts = tuple(host for host in inventory.hosts if host.name.casefold() in chosen)
    beside = tuple(host for host in inventory.hosts if host.name.casefold() not in chosen)
    return replace(inventory, hosts=hosts, beside=beside)
