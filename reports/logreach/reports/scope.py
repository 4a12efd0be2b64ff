"""What a report speaks of, in words: hosts, techniques, rules, and the day of the facts."""

from __future__ import annotations

from typing import NamedTuple

from logreach.coverage.assessment.as_of import AsOf
from logreach.coverage.assessment.result import Assessment
from logreach.coverage.network.techniques import DETECTION
from logreach.inventories.files.wording import noun
from logreach.reports.counts import applying, counts_by_label

NO_DAY = "not told; --as-of DATE names the day"
_NAMES = 8  # host names that one line has room for


class ScopeLine(NamedTuple):
    """One thing that a report speaks of, and how much of it."""

    heading: str
    text: str


def scope_lines(assessment: Assessment) -> tuple[ScopeLine, ...]:
    """What the reports of an assessment speak of: the same lines on every cover and first screen.

    The denominators stand in them: hosts of the fleet, techniques of the restriction, and those
    that apply to some host.
    """
    return (
        ScopeLine("Hosts", hosts_text(assessment)),
        ScopeLine("Techniques", techniques_text(assessment)),
        ScopeLine("Rules", rules_text(assessment)),
        ScopeLine("Facts as of", as_of_text(assessment.as_of, shown_hosts(assessment))),
    )


def shown_hosts(assessment: Assessment) -> int:
    """The hosts whose answers are shown."""
    return sum(profile.count for profile in assessment.profiles)


def hosts_text(assessment: Assessment) -> str:
    """'all 922 hosts of the inventory, in 5 profiles', or which of them were asked for."""
    shown = shown_hosts(assessment)
    profiles = _counted(len(assessment.profiles), "profile")
    if not assessment.hosts_beside:
        return f"all {_counted(shown, 'host')} of the inventory, in {profiles}"
    names = [name for profile in assessment.profiles for name in profile.hosts]
    more = f" and {len(names) - _NAMES} more" if len(names) > _NAMES else ""
    total = _counted(shown + assessment.hosts_beside, "host")
    return f"{shown:,} of {total}, in {profiles}: {', '.join(names[:_NAMES])}{more}"


def techniques_text(assessment: Assessment) -> str:
    """How many techniques were judged, of which ATT&CK, and how many apply to some host."""
    version = f"ATT&CK {assessment.attack_version}"
    total = _counted(len(assessment.fleet), "technique")
    applies = f"{techniques_applying(assessment):,} apply"
    if assessment.scope:
        return f"{total} of {version}, restricted to {assessment.scope}; {applies}"
    return f"all {total} of {version} for Windows; {applies}"


def techniques_applying(assessment: Assessment) -> int:
    """The techniques that apply to some host that is shown."""
    return sum(applying(technique.detection) > 0 for technique in assessment.fleet.values())


def pairs_applying(assessment: Assessment) -> int:
    """The pairs of a host and a technique that apply: the denominator of every share."""
    return sum(
        applying(counts_by_label(profile, DETECTION)) * profile.count
        for profile in assessment.profiles
    )


def rules_text(assessment: Assessment) -> str:
    """How many rules were judged; 'none given' where published rules stand in for them."""
    rules = {key for profile in assessment.profiles for key in profile.rules}
    if not rules:
        return "none given; what published rules read stands in for them"
    return f"{_counted(len(rules), 'rule')} given"


def as_of_text(as_of: AsOf | None, hosts: int) -> str:
    """The day of the facts, or the days, and of how many hosts they are told."""
    if as_of is None:
        return NO_DAY
    days = f"{as_of.first}" if as_of.first == as_of.last else f"{as_of.first} to {as_of.last}"
    if as_of.hosts is None:
        return f"{days}, as named with --as-of"
    share = "" if as_of.hosts == hosts else f" of {as_of.hosts:,} of {_counted(hosts, 'host')}"
    return f"{days}, by the log of the collection{share}"


def scope_sentence(assessment: Assessment) -> str:
    """All lines as one, for a layer's description or a note."""
    return "; ".join(f"{line.heading.lower()}: {line.text}" for line in scope_lines(assessment))


def _counted(number: int, singular: str) -> str:
    """'2,407 rules': as `counted`, with thousands set apart."""
    return f"{number:,} {noun(number, singular)}"
