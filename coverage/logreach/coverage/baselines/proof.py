"""What of the facts of a host is proof: what it printed itself, and what the inventory declares.

A policy says what should be, and a default what a fresh Windows has: neither shows what is in
force. Without them, the facts that rest on them are missing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cache

from logreach.coverage.assessment.profiles import HostGroup, group
from logreach.coverage.baselines.result import Basis
from logreach.coverage.platforms.windows.knowledge.events import load_events
from logreach.inventories.facts.evidence import Strength
from logreach.inventories.facts.facts import Facts, Known, Missing
from logreach.inventories.facts.host import Host
from logreach.inventories.facts.keys import FactKey
from logreach.inventories.facts.values import in_words
from logreach.inventories.files.faults import Fault
from logreach.inventories.windows.facts import CHANNEL

BASES = {
    Strength.ASSUMED: Basis.ASSUMED,
    Strength.POLICY: Basis.POLICY,
    Strength.DECLARED: Basis.DECLARED,
    Strength.OBSERVED: Basis.OBSERVED,
}


@cache
def _channels() -> tuple[FactKey[object], ...]:
    """Every log that an event may stand in and that somebody may have turned off."""
    channels = load_events().channels.values()
    return tuple(CHANNEL(channel.name) for channel in channels if not channel.always_on)


_UNTOLD = Missing("no output of the host tells, and Windows' default proves nothing")


def facts_from(facts: Facts, least: Strength) -> Facts:
    """The facts that are shown at least so directly; the others are missing.

    Of a log of which nothing tells, Windows' default counts for detection: here it proves nothing.
    """
    weak = {key: fact for key, fact in facts.known.items() if fact.strength < least}
    known = {key: fact for key, fact in facts.known.items() if key not in weak}
    missing = {**facts.missing, **{key: Missing(_why(fact)) for key, fact in weak.items()}}
    if least > Strength.ASSUMED:
        for key in _channels():
            state = missing.get(key) or missing.get(key.family.every) or _UNTOLD
            if key not in known and state.fault is None:
                missing[key] = replace(state, fault=Fault(state.reason))
    return Facts(known, missing, facts.conflicts)


def _why(fact: Known[object]) -> str:
    value = in_words(fact.value)
    if fact.strength is Strength.ASSUMED:
        return f"{value} is only assumed, as Windows' default"
    place = (
        f" in {fact.evidence[0].source} {fact.evidence[0].where}".rstrip() if fact.evidence else ""
    )
    if fact.strength is Strength.POLICY:
        return f"a policy asks for {value}{place}; no output of the host shows what is in force"
    return f"the inventory declares {value}{place}; no output of the host shows it"


def provable_groups(hosts: Iterable[Host]) -> list[HostGroup]:
    """Profiles whose hosts also show their facts alike: where one host printed a value and another
    has it from a policy, they are apart. A profile keeps its id of other reports where it is whole,
    and its parts are P3.1 and P3.2 where not."""
    groups = []
    for profile in group(hosts):
        parts: dict[object, list[Host]] = {}
        for host in profile.hosts:
            parts.setdefault(_shown(host.facts), []).append(host)
        if len(parts) == 1:
            groups.append(profile)
            continue
        groups += [
            replace(profile, profile_id=f"{profile.profile_id}.{number}", hosts=tuple(members))
            for number, members in enumerate(parts.values(), 1)
        ]
    return groups


def _shown(facts: Facts) -> object:
    return tuple((key, facts.known[key].strength) for key in sorted(facts.known))
