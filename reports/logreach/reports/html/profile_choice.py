"""Which profiles the page shows in full, where there are too many for a page that opens fast."""

from __future__ import annotations

from collections.abc import Sequence

from logreach.coverage.assessment.result import Profile
from logreach.coverage.network.techniques import DETECTION
from logreach.reports.counts import achievable, applying, counts_by_label

MOST_IN_FULL = 24


def profiles_in_full(profiles: Sequence[Profile], most: int = MOST_IN_FULL) -> list[Profile]:
    """All profiles, or those with the most hosts and those that lose most, in their own order.

    They are taken from both in turn. A profile loses what is not achievable for it, technique by
    technique; its hosts weigh in the other list already.
    """
    if len(profiles) <= most:
        return list(profiles)
    by_hosts = sorted(profiles, key=lambda profile: -profile.count)
    by_loss = sorted(profiles, key=lambda profile: -_loss(profile))
    chosen: set[str] = set()
    for pair in zip(by_hosts, by_loss, strict=True):
        for profile in pair:
            if len(chosen) < most:
                chosen.add(profile.profile_id)
    return [profile for profile in profiles if profile.profile_id in chosen]


def _loss(profile: Profile) -> int:
    counts = counts_by_label(profile, DETECTION)
    return applying(counts) - achievable(counts)


def left_out(profiles: Sequence[Profile], most: int = MOST_IN_FULL) -> str:
    """What the page leaves out of the other profiles, and where that stands; '' for nothing."""
    if len(profiles) <= most:
        return ""
    others = len(profiles) - most
    return (
        f"Of {len(profiles):,} profiles, this page shows the {most} with the most hosts and the "
        f"greatest loss in full. Of the other {others:,} it has every verdict; their ways, reasons "
        "and facts stand in assessment.json."
    )
