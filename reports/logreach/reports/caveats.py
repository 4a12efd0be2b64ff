"""Limits of the verdicts that every report states: facts that are only assumed, whether forwarding
is judged, and faults of the input."""

from __future__ import annotations

from logreach.coverage.assessment.result import Assessment, Profile
from logreach.inventories.files.evidence import Evidence
from logreach.inventories.files.faults import Fault

ASSUMED_MEANING = (
    "Assumed facts are Windows defaults that no file of the host confirms; a verdict that rests on "
    "an assumed fact says '(assumed)'."
)
FORWARDING_MEANING = (
    "For hosts whose subscriptions the inventory names, verdicts are about the events that the "
    "collector receives; for other hosts, about the events that the host writes."
)
ON_HOST_MEANING = (
    "'On the host' is the verdict on the events that the host writes, whether or not the collector "
    "receives them."
)
FORWARDING_UNKNOWN = "forwarding unknown"


def assumed_facts(profile: Profile) -> int:
    """How many facts of a profile are only defaults of its operating system."""
    return sum(view.state == "assumed" for view in profile.facts)


def assumed_evidence(assessment: Assessment) -> frozenset[Evidence]:
    """The evidence of facts that are only assumed; a reason that names it rests on them."""
    return frozenset(
        evidence
        for profile in assessment.profiles
        for view in profile.facts
        if view.state == "assumed"
        for evidence in view.evidence
    )


def forwarded(assessment: Assessment) -> bool:
    """True where forwarding is judged for some profile."""
    return any(profile.events_on_host for profile in assessment.profiles)


def judged_where(profile: Profile) -> str:
    """Where on their way the events of a profile are judged."""
    return "received events" if profile.events_on_host else "events on the host"


def events_cut_by_forwarding(profile: Profile) -> int:
    """Events on the host that the collector does not receive, or receives only in part."""
    return sum(
        judged.verdict.proven > profile.events[event].verdict.proven
        for event, judged in profile.events_on_host.items()
        if event in profile.events
    )


def faults_of(assessment: Assessment) -> dict[Fault, list[str]]:
    """Every fault of the input once, with the profiles that it affects."""
    profiles_by_fault: dict[Fault, list[str]] = {fault: [] for fault in assessment.faults}
    for profile in assessment.profiles:
        for fault in profile.faults:
            profiles_by_fault.setdefault(fault, []).append(profile.profile_id)
    return profiles_by_fault
