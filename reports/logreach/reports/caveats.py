"""What a reader must know beside the verdicts: what is only assumed, where on its way an event is
judged, and what was wrong with the input."""

from __future__ import annotations

from logreach.coverage.assessment.result import Assessment, Profile
from logreach.inventories.files.evidence import Evidence
from logreach.inventories.files.faults import Fault

ASSUMED_MEANING = (
    "Assumed facts are defaults of Windows that no file of the hosts confirms; a verdict that "
    "rests on one says '(assumed)'."
)
FORWARDING_MEANING = (
    "Where the inventory names subscriptions, verdicts tell what arrives centrally; elsewhere, "
    "what the host itself writes."
)
ON_HOST_MEANING = (
    "'On the host' tells what the host itself writes, whether or not it arrives centrally."
)
NOT_TOLD = "forwarding not told"


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
    """The place that a profile's verdicts tell about."""
    return "what arrives" if profile.events_on_host else "what the host writes"


def lost_on_the_way(profile: Profile) -> int:
    """Events that the host holds and that arrive not at all or only in part."""
    return sum(
        judged.verdict.proven > profile.events[key].verdict.proven
        for key, judged in profile.events_on_host.items()
        if key in profile.events
    )


def faults_of(assessment: Assessment) -> dict[Fault, list[str]]:
    """Every fault of the input once, with the profiles that it cost something."""
    found: dict[Fault, list[str]] = {fault: [] for fault in assessment.faults}
    for profile in assessment.profiles:
        for fault in profile.faults:
            found.setdefault(fault, []).append(profile.profile_id)
    return found
