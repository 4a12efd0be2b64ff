"""What an assessment is restricted to: techniques, tactics, threat groups; hosts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from difflib import get_close_matches

from logreach.coverage.assess import Scope
from logreach.coverage.attack import AttackModel, Presence
from logreach.inventories.facts import Inventory
from logreach.inventories.faults import Fault, InputError


def scope_of(
    attack: AttackModel,
    techniques: Sequence[str] = (),
    tactics: Sequence[str] = (),
    groups: Sequence[str] = (),
) -> Scope:
    """The techniques that are named, of a tactic, or used by a threat group; none named: all.

    A technique brings its sub-techniques. Raises InputError with every name that is not known.
    """
    faults: list[Fault] = []
    found: dict[str, None] = {}
    words: list[str] = []
    for text in techniques:
        found.update(dict.fromkeys(_technique(attack, text, faults)))
        words.append(f"technique {text}")
    for text in tactics:
        found.update(dict.fromkeys(_tactic(attack, text, faults)))
        words.append(f"tactic {text}")
    for text in groups:
        found.update(dict.fromkeys(_group(attack, text, faults)))
        words.append(f"group {text}")
    if faults:
        raise InputError(faults)
    return Scope(tuple(found), ", ".join(words)) if words else Scope()


def _technique(attack: AttackModel, text: str, faults: list[Fault]) -> list[str]:
    answer = attack.ask(text)
    if answer.presence is Presence.CURRENT:
        return [answer.id, *(one.id for one in attack.subtechniques_of(answer.id))]
    hints = {
        Presence.REPLACED: f"It was replaced by {answer.replacement}",
        Presence.DEPRECATED: "It was deprecated",
        Presence.UNKNOWN: "Ids look like T1543 or T1543.003",
    }
    message = f"ATT&CK {attack.version} has no technique {text!r}"
    faults.append(Fault(message, hint=hints[answer.presence]))
    return []


def _tactic(attack: AttackModel, text: str, faults: list[Fault]) -> list[str]:
    tactic = attack.find_tactic(text)
    if tactic is None:
        known = ", ".join(one.shortname for one in attack.tactics)
        faults.append(Fault(f"ATT&CK {attack.version} has no tactic {text!r}", hint=known))
        return []
    return [one.id for one in attack.techniques_of_tactic(tactic.shortname)]


def _group(attack: AttackModel, text: str, faults: list[Fault]) -> list[str]:
    groups = attack.find_group(text)
    if not groups:
        near = get_close_matches(text, [group.name for group in attack.groups], 1)
        hint = f"Did you mean {near[0]!r}?" if near else "Ids look like G0016"
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
            near = get_close_matches(name, [host.name for host in inventory.hosts], 1)
            all_names = ", ".join(host.name for host in inventory.hosts[:12])
            hint = f"Did you mean {near[0]!r}?" if near else f"Hosts are: {all_names}"
            faults.append(Fault(f"the inventory has no host {name!r}", hint=hint))
    if faults:
        raise InputError(faults)
    wanted = {name.casefold() for name in names}
    hosts = tuple(host for host in inventory.hosts if host.name.casefold() in wanted)
    return replace(inventory, hosts=hosts)
