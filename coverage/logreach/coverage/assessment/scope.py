"""What an assessment is restricted to: techniques, tactics, threat groups; hosts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from logreach.coverage.assessment.assess import Scope
from logreach.coverage.assessment.suggestions import did_you_mean
from logreach.coverage.attack import AttackModel, Presence
from logreach.inventories.facts.host import Inventory
from logreach.inventories.files.faults import Fault, InputError


def scope_of(
    attack: AttackModel,
    techniques: Sequence[str] = (),
    tactics: Sequence[str] = (),
    groups: Sequence[str] = (),
) -> Scope:
    """The techniques that are named, are of a tactic and are used by a threat group.

    What is named of one kind adds up, different kinds narrow each other; none named: all. A
    technique brings its sub-techniques. Raises InputError with every name that is not known, and
    where nothing is left.
    """
    faults: list[Fault] = []
    asked: list[tuple[str, set[str]]] = []
    for kind, names, find in (
        ("technique", techniques, _technique),
        ("tactic", tactics, _tactic),
        ("group", groups, _group),
    ):
        if names:
            found = {one for text in names for one in find(attack, text, faults)}
            asked.append((f"{kind} {' or '.join(dict.fromkeys(names))}", found))
    if faults:
        raise InputError(faults)
    return _common(attack, asked) if asked else Scope()


def _common(attack: AttackModel, asked: Sequence[tuple[str, set[str]]]) -> Scope:
    """What every restriction lets through, with all of them in words."""
    common = set.intersection(*(found for _, found in asked))
    words = [text for text, _ in asked]
    if not common:
        hint = "" if len(asked) == 1 else "--technique, --tactic and --group narrow each other."
        message = f"nothing of ATT&CK {attack.version} lies within {' and '.join(words)}"
        raise InputError(Fault(message, hint=hint))
    ids = tuple(one.id for one in attack.techniques if one.id in common)
    return Scope(ids, ", ".join(words))


def _technique(attack: AttackModel, text: str, faults: list[Fault]) -> list[str]:
    answer = attack.look_up(text)
    if answer.presence is Presence.CURRENT:
        return [answer.id, *(one.id for one in attack.subtechniques_of(answer.id))]
    faults.append(technique_fault(attack, text))
    return []


def looks_like_technique(text: str) -> bool:
    """Whether a text has the form of a technique's id, known or not."""
    return bool(re.fullmatch(r"T\d{4}(\.\d{3})?", text, re.IGNORECASE))


def technique_fault(attack: AttackModel, text: str) -> Fault:
    """Why a text is no technique of this ATT&CK, and what became of one that was."""
    answer = attack.look_up(text)
    hints = {
        Presence.REPLACED: f"It was replaced by {answer.replacement}",
        Presence.DEPRECATED: "It was deprecated",
        Presence.UNKNOWN: _unknown(attack, answer.id),
    }
    message = f"ATT&CK {attack.version} has no technique {text!r}"
    return Fault(message, hint=hints.get(answer.presence, ""))


def _unknown(attack: AttackModel, text: str) -> str:
    parent = text.partition(".")[0]
    if attack.look_up(parent).presence is not Presence.CURRENT:
        told = "Another version of ATT&CK is read with --attack"
        return told if looks_like_technique(text) else "Ids look like T1543 or T1543.003"
    below = ", ".join(one.id for one in attack.subtechniques_of(parent))
    return f"Sub-techniques of {parent} are {below}" if below else f"{parent} has no sub-techniques"


def _tactic(attack: AttackModel, text: str, faults: list[Fault]) -> list[str]:
    tactic = attack.find_tactic(text)
    if tactic is None:
        known = ", ".join(one.shortname for one in attack.tactics)
        faults.append(
            Fault(f"ATT&CK {attack.version} has no tactic {text!r}", hint=f"It has {known}")
        )
        return []
    return [one.id for one in attack.techniques_of_tactic(tactic.shortname)]


def _group(attack: AttackModel, text: str, faults: list[Fault]) -> list[str]:
    groups = attack.find_group(text)
    if not groups:
        near = did_you_mean(text, (group.name for group in attack.groups))
        hint = near or "Ids look like G0016"
        faults.append(Fault(f"ATT&CK {attack.version} has no group {text!r}", hint=hint))
    return [technique for group in groups for technique in group.techniques]


def only_hosts(inventory: Inventory, names: Sequence[str]) -> Inventory:
    """The inventory with these hosts only; no names: all. Raises InputError for unknown ones."""
    if not names:
        return inventory
    known = {host.name.casefold(): host for host in inventory.hosts}
    faults = []
    for name in names:
        if name.casefold() not in known:
            near = did_you_mean(name, (host.name for host in inventory.hosts))
            some = ", ".join(host.name for host in inventory.hosts[:12])
            more = " and more" if len(inventory.hosts) > 12 else ""
            hint = near or f"Hosts are {some}{more}"
            faults.append(Fault(f"the inventory has no host {name!r}", hint=hint))
    if faults:
        raise InputError(faults)
    wanted = {name.casefold() for name in names}
    hosts = tuple(host for host in inventory.hosts if host.name.casefold() in wanted)
    return replace(inventory, hosts=hosts)
