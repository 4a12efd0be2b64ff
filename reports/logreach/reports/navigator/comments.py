"""Comments of techniques over all hosts: a line for each distinct answer, host names first."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from logreach.coverage.assessment.result import Assessment, Profile, TechniqueResult
from logreach.coverage.engine.verdict import NOT_APPLICABLE
from logreach.inventories.files.wording import counted
from logreach.reports.labels import ACHIEVABLE
from logreach.reports.profile_names import first_few, host_list

_HOSTS, _PROFILES = 3, 6


class Answer(NamedTuple):
    """What is said of a technique on a profile, and whether something is open there."""

    text: str
    open: bool


Answering = Callable[[Profile, TechniqueResult], Answer]


def fleet_comment(assessment: Assessment, technique_id: str, answer: Answering) -> str:
    """'WS01, WS02 and 8 more (P1, 850 hosts): not achievable. …', what is open first.

    A comment is cut at its end, and what nobody has to mend can go.
    """
    profiles_by_answer: dict[Answer, list[Profile]] = {}
    for profile in assessment.profiles:
        reply = answer(profile, profile.techniques[technique_id])
        profiles_by_answer.setdefault(reply, []).append(profile)
    # The sort is stable, so the profiles stay in their order otherwise.
    ordered = sorted(profiles_by_answer.items(), key=lambda item: not item[0].open)
    return "\n".join(f"{hosts_of(profiles)}: {reply.text}" for reply, profiles in ordered)


def is_open(label: str) -> bool:
    """Whether something that applies is not, or not surely, achievable."""
    return label not in (*ACHIEVABLE, NOT_APPLICABLE.label)


def hosts_of(profiles: list[Profile]) -> str:
    """'WS01, WS02 (P1, 850 hosts)': some hosts by name, their profiles and their number."""
    names = [host for profile in profiles for host in profile.hosts]
    ids = first_few([profile.profile_id for profile in profiles], _PROFILES)
    hosts = counted(sum(profile.count for profile in profiles), "host")
    return f"{host_list(names, _HOSTS)} ({ids}, {hosts})"
