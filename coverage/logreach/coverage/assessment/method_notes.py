"""Notes on the method of an assessment, and on the input that could not be judged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from typing import TYPE_CHECKING

from logreach.coverage.attack.compact import shipped_model
from logreach.coverage.attack.differences import differences
from logreach.coverage.attack.shipped import SHIPPED_VERSIONS
from logreach.coverage.attack.smap import SMAP_ATTACK_VERSION
from logreach.coverage.network.model import Model
from logreach.inventories.facts.host import Inventory
from logreach.inventories.files.wording import counted, noun

if TYPE_CHECKING:
    from logreach.coverage.assessment.rules import RuleWork

Note = tuple[str, str]

SYSMON_GAIN = (
    "A change to a Sysmon configuration is weighed by the events that it adds. Sysmon on a host "
    "that has none is weighed as if it kept all events; a configuration that keeps less gains less."
)


def method_notes(model: Model, inventory: Inventory) -> tuple[Note, ...]:
    """What the assessment counts, and the input that it could not judge, as (heading, text)."""
    return (
        *_attack_notes(model),
        *_mapping_notes(model),
        *_judging_notes(),
        ("Hosts", _hosts_text(inventory)),
        *(("Left out", str(note)) for note in inventory.notes),
    )


def _attack_notes(model: Model) -> tuple[Note, ...]:
    attack = model.attack
    hosts = model.sensors.hosts
    analytics = [analytic for analytic in attack.analytics if hosts.named(analytic.platforms).meant]
    refs = [ref for analytic in analytics for ref in analytic.refs]
    unparsed = [ref for ref in refs if not ref.parsed]
    slips = {event for ref in refs for event in ref.events if model.technique_part.is_slip(event)}
    return (
        (
            "ATT&CK",
            f"Enterprise {attack.version}; {counted(len(attack.techniques), 'technique')}, "
            f"{counted(len(analytics), 'analytic')} for {hosts.names}",
        ),
        *_other_version(model),
        (
            "Component links",
            "ATT&CK 18 and later has no links from data components to techniques; those of 17.1 "
            "are used. " + _uncarried(model),
        ),
        (
            "Log sources in words",
            f"of {counted(len(refs), 'log source reference')} in {hosts.names} analytics, "
            f"{len(unparsed)} {noun(len(unparsed), 'names', 'name')} no event; a verdict that "
            "depends on such a reference is unknown",
        ),
        (
            "Log sources misnamed",
            "ATT&CK names these events under a log that does not contain them; the event of the "
            "right log is judged where it is clear, else the verdict is unknown: " + _listed(slips),
        ),
    )


def _other_version(model: Model) -> tuple[Note, ...]:
    """The analytics that differ in the other shipped version, for the hosts that are judged."""
    attack, hosts = model.attack, model.sensors.hosts
    if attack.version not in SHIPPED_VERSIONS:
        return ()
    older, newer = map(shipped_model, SHIPPED_VERSIONS)
    changes = differences(older, newer)
    judged_ids = [each.id for each in newer.analytics if hosts.named(each.platforms).meant]
    other_version = next(version for version in SHIPPED_VERSIONS if version != attack.version)
    new = changes.new_analytics.intersection(judged_ids)
    changed = changes.changed_analytics.intersection(judged_ids)
    return (
        (
            f"ATT&CK {other_version}",
            f"ids of techniques that are others in {other_version} stand beside these; of the "
            f"analytics for {hosts.names}, these are new in {newer.version}: {_listed(new)}; these "
            f"name other log sources than in {older.version}: {_listed(changed)}",
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
            f"Windows, made for ATT&CK {SMAP_ATTACK_VERSION}; component names that no ATT&CK "
            "version has, kept unchanged: " + _listed(absent),
        ),
        (
            "Events without an operation",
            "events that are mapped to a data component, but that no source assigns to one of its "
            "operations, count as 'unknown, at best conditional': "
            + (", ".join(unsorted) or "none"),
        ),
    )


def _judging_notes() -> tuple[Note, ...]:
    return (
        (
            "Channels",
            "a channel that Windows enables by default counts as enabled, unless the inventory "
            "says that it is disabled",
        ),
        (
            "Forwarding",
            "judged for hosts whose subscriptions the inventory names; the verdicts on other hosts "
            "are about the events that the host writes",
        ),
        ("Size of logs", "no verdict depends on the size of a channel or on its retention"),
        ("Changes to Sysmon", SYSMON_GAIN),
    )


def _hosts_text(inventory: Inventory) -> str:
    entries = len(inventory.hosts)
    hosts = sum(host.count for host in inventory.hosts)
    return (
        f"{counted(entries, 'entry', 'entries')} of the inventory "
        f"{noun(entries, 'stands', 'stand')} for {counted(hosts, 'host')}; hosts whose facts are "
        "the same are assessed once"
    )


def _listed(names: Collection[str]) -> str:
    return ", ".join(sorted(names)) or "none"


def _uncarried(model: Model) -> str:
    links = model.attack.uncarried
    if not links:
        return "All of them could be carried over"
    listed = ", ".join(f"{link.component} to {link.technique}" for link in links[:20])
    more = f" and {len(links) - 20} more" if len(links) > 20 else ""
    return (
        f"{len(links)} could not be carried over, as this version lacks the component or the "
        f"technique: {listed}{more}"
    )


def rule_notes(work: RuleWork) -> tuple[Note, ...]:
    """The rules that were read, and those that could not be judged or assigned to a technique."""
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
            "; ".join(f"{cause} ({number})" for cause, number in sorted(unjudged.items()))
            or "none",
        ),
        (
            "Rule tags",
            f"technique ids in tags are carried over to ATT&CK {work.attack.version}; "
            + _spread(work)
            + _placed(work),
        ),
        ("Rule weights", f"a rule counts for its techniques by its level: {weights_text()}"),
    )


def weights_text() -> str:
    """'critical 4, high 3, ...': the weight of a rule by its level."""
    # Only here: most runs have no rules, and then load no rule engine.
    from logreach.coverage.assessment.questions import WEIGHTS

    return ", ".join([*(f"{level} {weight:g}" for level, weight in WEIGHTS.items()), "none 1"])


def _spread(work: RuleWork) -> str:
    if not work.spread:
        return ""
    several = "; ".join(f"{tag} ({', '.join(ids)})" for tag, ids in work.spread.items())
    return (
        "a tag that stands for several of them credits those alone whose act is recorded by what "
        f"the rule reads, and is unknown for the others: {several}; "
    )


def _placed(work: RuleWork) -> str:
    if not work.unplaced:
        return "all of them are techniques of this version"
    return "this version has no technique for " + ", ".join(
        f"{tag} ({counted(len(ids), 'rule')})" for tag, ids in work.unplaced.items()
    )
