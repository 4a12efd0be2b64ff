"""resilience.json: all that is said of a fleet's resilience, for programs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from logreach.coverage.resilience.result import (
    Blinding,
    HostActResult,
    ProfileResilience,
    Resilience,
    SwitchResult,
)
from logreach.coverage.resilience.tampering import Sight
from logreach.reports.json.lines import write_json_lines
from logreach.reports.resilience.words import FleetCost, by_technique, fleet_cost

SCHEMA_VERSION = "1.0"
_LEVELS = {"profiles": 3, "switches": 1, "host_acts": 1, "fleet": 1}


def resilience_document(result: Resilience) -> dict[str, Any]:
    """The resilience as plain JSON values. Switches are named by their place in `switches`."""
    as_of = result.as_of
    return {
        "schema_version": SCHEMA_VERSION,
        "version": result.version,
        "attack_version": result.attack_version,
        "inventory": result.inventory,
        "scope": result.scope,
        "as_of": [as_of.first.isoformat(), as_of.last.isoformat()] if as_of else None,
        "rules": result.rules,
        "hosts_beside": result.hosts_beside,
        "switches": [_switch(each) for each in result.switches],
        "host_acts": [_host_act(each) for each in result.host_acts],
        "fleet": {
            technique: {
                "name": places[0].technique.name,
                "whole": _fleet_cost(fleet_cost(places, whole=True)),
                "part": _fleet_cost(fleet_cost(places, whole=False)),
            }
            for technique, places in by_technique(result).items()
        },
        "profiles": [_profile(each) for each in result.profiles],
    }


def _fleet_cost(cost: FleetCost) -> dict[str, Any] | None:
    """`hosts` by cost; 'none' for those where no switch that is known turns it off."""
    if not cost.hosts:
        return None
    hosts = {"none" if switches is None else str(switches): n for switches, n in cost.hosts.items()}
    return {"cost": cost.least, "hosts": hosts, "weakest": cost.weakest}


def _switch(switch: SwitchResult) -> dict[str, Any]:
    return {
        "profile": switch.profile,
        "kind": str(switch.kind),
        "title": switch.title,
        "hosts": switch.hosts,
        "lost": dict(switch.lost),
        "dark": dict(switch.dark),
        "seen": switch.seen.word,
        "acts": [_sight(each) for each in switch.sights],
    }


def _host_act(act: HostActResult) -> dict[str, Any]:
    return {
        "profile": act.profile,
        "name": act.name,
        "hosts": act.hosts,
        "lost": act.lost,
        "dark": act.dark,
        **_sight(act.sight),
    }


def _sight(sight: Sight) -> dict[str, Any]:
    return {"act": sight.act, "seen": sight.seen.word, "events": sight.events}


def _profile(profile: ProfileResilience) -> dict[str, Any]:
    return {
        "id": profile.profile_id,
        "hosts": profile.hosts,
        "count": profile.count,
        "techniques": {
            technique.technique_id: {
                "name": technique.name,
                "verdict": technique.verdict.label,
                "whole": _blinding(technique.whole),
                "part": _blinding(technique.part),
            }
            for technique in profile.techniques.values()
        },
    }


def _blinding(blinding: Blinding | None) -> dict[str, Any] | None:
    if blinding is None:
        return None
    return {
        "ways": blinding.ways,
        "all_ways": blinding.all_ways,
        "sole_sources": blinding.sole,
        "cost": blinding.cost,
        "exact": blinding.exact,
        "switches": blinding.switches,
        "seen": blinding.seen.word,
        "unseen_cost": blinding.unseen_cost,
        "unseen_exact": blinding.unseen_exact,
        "unseen_switches": blinding.unseen,
        "host_acts": blinding.host_acts,
    }


def write_resilience(result: Resilience, path: Path) -> None:
    """Write resilience.json in UTF-8; the same result gives the same bytes."""
    write_json_lines(resilience_document(result), path, _LEVELS)
