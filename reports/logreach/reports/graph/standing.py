"""How an edge or a node stands over all hosts: its verdict on each profile, counted by hosts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from logreach.coverage.assessment.result import Profile
from logreach.reports.labels import LABELS, best_label

Value = str | int | tuple[str, ...]


class Standing:
    """The labels of a verdict by profile. The first label that is told of a profile stays."""

    def __init__(self) -> None:
        self._labels: dict[str, tuple[str, int]] = {}

    def tell(self, profile: Profile, label: str) -> None:
        """What the verdict is on a profile."""
        self._labels.setdefault(profile.profile_id, (label, profile.count))

    def properties(self) -> Iterator[tuple[str, Value]]:
        """The best verdict of any host; of each verdict, its hosts by number and its profiles."""
        hosts: dict[str, int] = {}
        profiles: dict[str, list[str]] = {}
        for profile_id, (label, count) in self._labels.items():
            hosts[label] = hosts.get(label, 0) + count
            profiles.setdefault(label, []).append(profile_id)
        yield "verdict", best_label(hosts)
        for label in LABELS:
            if label in hosts:
                name = _property(label)
                yield f"hosts_{name}", hosts[label]
                yield f"profiles_{name}", tuple(profiles[label])


def _property(label: str) -> str:
    """'not_achievable': a property's name has small letters, digits and underscores alone."""
    return label.replace(",", "").replace(" ", "_")


def as_text(properties: Mapping[str, Value]) -> dict[str, str | int]:
    """The same with several values as one text, for formats without lists."""
    return {
        name: "; ".join(each.replace("; ", ", ") for each in value)
        if isinstance(value, tuple)
        else value
        for name, value in properties.items()
    }
