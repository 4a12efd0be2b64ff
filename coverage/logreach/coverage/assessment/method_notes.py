"""How an assessment was done, and the facts of a profile, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from typing import TYPE_CHECKING

from logreach.coverage.assessment.names import fact_title
from logreach.coverage.assessment.result import FactView
from logreach.coverage.attack.smap import SMAP_ATTACK_VERSION
from logreach.coverage.network.model import Model
from logreach.inventories.facts.facts import Fact, Facts, Missing
from logreach.inventories.facts.host import Inventory
from logreach.inventories.facts.keys import FactKey
from logreach.inventories.facts.values import in_words
from logreach.inventories.files.wording import counted, noun
from logreach.inventories.windows.facts import OS, ROLE, SYSMON

if TYPE_CHECKING:
    from logreach.coverage.assessment.rules import RuleWork

Note = tuple[str, str]

SYSMON_GAIN = (
    "A change to Sysmon is weighed as if it kept every event of its kind; a configuration that "
    "keeps less gains less."
)


def fact_views(model: Model, facts: Facts) -> tuple[FactView, ...]:
    """Every known fact, and every one that is known to be missing."""
    keys = {
        *facts.known,
        *facts.missing,
        OS,
        ROLE,
        SYSMON,
    }
    return tuple(_view(model, key, facts.get(key)) for key in sorted(keys))


def _view(model: Model, key: FactKey[object], fact: Fact[object]) -> FactView:
    title = fact_title(model.events, key)
    if isinstance(fact, Missing):
        return FactView(key, "unknown", fact.reason, (), title)
    state = "assumed" if fact.assumed else "known"
    return FactView(key, state, in_words(fact.value), fact.evidence, title)


def method_notes(model: Model, inventory: Inventory) -> tuple[Note, ...]:
    """What was counted and how, and what could not be judged, as (heading, text)."""
    return (
        *_attack_notes(model),
        *_mapping_notes(model),
        *_judging_notes(),
        ("Hosts", _hosts_text(inventory)),
        *(("Left out", str(note)) for note in inventory.notes),
    )


def _attack_notes(model: Model) -> tuple[Note, ...]:
    attack = model.attack
    windows = [one for one in attack.analytics if "Windows" in one.platforms]
    refs = [ref for one in windows for ref in one.refs]
    text = [ref for ref in refs if not ref.parsed]
    slips = {event for ref in refs for event in ref.events if model.technique_part.is_slip(event)}
    return (
        (
            "ATT&CK",
            f"Enterprise {attack.version}; {counted(len(attack.techniques), 'technique')}, "
            f"{counted(len(windows), 'analytic')} for Windows",
        ),
        (
            "Component links",
            "component-to-technique links that ATT&CK 18 and later no longer has "
            "are taken from 17.1; " + _uncarried(model),
        ),
        (
            "Log sources in words",
            f"of {counted(len(refs), 'log source reference')} of Windows analytics, {len(text)} "
            f"{noun(len(text), 'names', 'name')} no event; kept as text, and a verdict that hangs "
            "on one is unknown",
        ),
        (
            "Log sources misnamed",
            "ATT&CK names these events under a log that has none such; the "
            "event that must be meant is judged, or the verdict is unknown: " + _listed(slips),
        ),
    )


def _mapping_notes(model: Model) -> tuple[Note, ...]:
    absent = {row.component for row in model.smap if not row.in_attack}
    unsorted = [
        f"{mapped.event} for {name}"
        for name in model.component_names
        for mapped in model.component_part.unplaced(name)
    ]
    return (
        (
            "SMAP",
            f"Sensor Mappings to ATT&CK: {counted(len(model.smap), 'row')} for Sysmon and "
            f"Windows, made for ATT&CK {SMAP_ATTACK_VERSION}; component names that are in no "
            "ATT&CK version, kept as they are: " + _listed(absent),
        ),
        (
            "Events not sorted",
            "events that are mapped to a component and that no source at hand "
            "sorts into its operations count for at most 'unknown, at best "
            "conditional': " + (", ".join(unsorted) or "none"),
        ),
    )


def _judging_notes() -> tuple[Note, ...]:
    return (
        (
            "Channels",
            "a channel that Windows enables by default counts as enabled unless the "
            "inventory says otherwise",
        ),
        (
            "Forwarding",
            "judged where the inventory names subscriptions; elsewhere verdicts tell "
            "what the host itself writes",
        ),
        ("Size of logs", "a channel's size against retention is not part of any verdict"),
        ("Changes to Sysmon", SYSMON_GAIN),
    )


def _hosts_text(inventory: Inventory) -> str:
    entries = len(inventory.hosts)
    hosts = sum(host.count for host in inventory.hosts)
    return (
        f"{counted(entries, 'entry', 'entries')} of the inventory "
        f"{noun(entries, 'stands', 'stand')} for {counted(hosts, 'host')}; hosts alike in every "
        "fact are assessed once"
    )


def _listed(names: Collection[str]) -> str:
    return ", ".join(sorted(names)) or "none"


def _uncarried(model: Model) -> str:
    links = model.attack.uncarried
    if not links:
        return "all of them could be carried"
    named = ", ".join(f"{link.component} to {link.technique}" for link in links[:20])
    more = f" and {len(links) - 20} more" if len(links) > 20 else ""
    return f"{len(links)} could not be carried, as this version lacks one end: {named}{more}"


def rule_notes(work: RuleWork) -> tuple[Note, ...]:
    """What was read of the rules, and what could not be placed or judged."""
    rules = work.rules.rules
    kinds = Counter(rule.kind for rule in rules)
    unjudged = Counter(rule.unjudged for rule in rules if rule.unjudged)
    return (
        (
            "Rules",
            ", ".join(
                f"{number} {kind}" if kind == "unreadable" else counted(number, kind)
                for kind, number in sorted(kinds.items())
            ),
        ),
        (
            "Rules not judged",
            "; ".join(f"{why} ({number})" for why, number in sorted(unjudged.items())) or "none",
        ),
        (
            "Rule tags",
            f"technique ids in tags are carried to ATT&CK {work.attack.version}; {_placed(work)}",
        ),
        ("Rule weights", f"rolled up to techniques by level: {weights_text()}"),
    )


def weights_text() -> str:
    """'critical 4, high 3, ...': what a rule counts for by its level."""
    # The engine of rules, which most runs do without.
    from logreach.coverage.assessment.rules import WEIGHTS

    return ", ".join([*(f"{level} {weight:g}" for level, weight in WEIGHTS.items()), "none 1"])


def _placed(work: RuleWork) -> str:
    if not work.unplaced:
        return "all of them are techniques of this version"
    return "no place for " + ", ".join(
        f"{tag} ({counted(len(ids), 'rule')})" for tag, ids in work.unplaced.items()
    )
