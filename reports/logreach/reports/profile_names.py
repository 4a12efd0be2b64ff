"""Profiles as reports name them: the number, and beside it the hosts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from logreach.coverage.assessment.result import Profile
from logreach.reports.safe_text import shortened

_HOSTS, _LONGEST, _WITH_HOSTS = 2, 60, 12


def first_few(names: Sequence[str], most: int) -> str:
    """'DC01, DC02 and 198 more': the first by name, the others by number."""
    first = ", ".join(shortened(name, _LONGEST) for name in names[:most])
    return f"{first} and {len(names) - most} more" if len(names) > most else first


def host_list(hosts: Sequence[str], most: int = _HOSTS) -> str:
    """The first hosts by name, the others by number."""
    return first_few(hosts, most)


def profile_name(profile: Profile) -> str:
    """'P1 (WS)'."""
    hosts = host_list(profile.hosts)
    return f"{profile.profile_id} ({hosts})" if hosts else profile.profile_id


class ProfileNames:
    """The names of an assessment's profiles, by their ids."""

    def __init__(self, profiles: Iterable[Profile]) -> None:
        self._names = {profile.profile_id: profile_name(profile) for profile in profiles}

    def __call__(self, ids: Sequence[str]) -> str:
        """'P1 (WS), P2 (DC)'; of very many profiles, the numbers alone."""
        if len(ids) > _WITH_HOSTS:
            return ", ".join(ids)
        return ", ".join(self._names.get(profile_id, profile_id) for profile_id in ids)
