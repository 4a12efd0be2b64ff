"""Counts of a version of ATT&CK, and the log source references that cannot be parsed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from logreach.coverage.attack.log_sources import misnamed
from logreach.coverage.attack.model import AttackModel, LogSourceRef

WINDOWS: Final = "Windows"


@dataclass(frozen=True, slots=True)
class UnparsedRef:
    """A log source reference that is not a list of events, with its analytic's id."""

    analytic: str
    ref: LogSourceRef


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts of one version; those of references concern the analytics for `platform`."""

    version: str
    spec: str
    sha256: str
    platform: str
    tactics: int
    techniques: int
    components: int
    strategies: int
    analytics: int
    groups: int
    own_links: int
    borrowed_links: int
    uncarried_links: int
    platform_analytics: int
    refs: int
    misnamed_refs: int
    unparsed: tuple[UnparsedRef, ...]

    @property
    def unparsed_share(self) -> float:
        """The share of references that cannot be parsed, from 0 to 1."""
        return len(self.unparsed) / self.refs if self.refs else 0.0


def summarise(model: AttackModel, platform: str = WINDOWS) -> Summary:
    """Count the objects of a version and list the references that cannot be parsed."""
    analytics = [analytic for analytic in model.analytics if platform in analytic.platforms]
    refs = [UnparsedRef(analytic.id, ref) for analytic in analytics for ref in analytic.refs]
    misnamed_events = misnamed().keys()
    own_links = sum(link.origin == model.version for link in model.detects)
    return Summary(
        version=model.version,
        spec=model.spec,
        sha256=model.sha256,
        platform=platform,
        tactics=len(model.tactics),
        techniques=len(model.techniques),
        components=len(model.components),
        strategies=len(model.strategies),
        analytics=len(model.analytics),
        groups=len(model.groups),
        own_links=own_links,
        borrowed_links=len(model.detects) - own_links,
        uncarried_links=len(model.uncarried),
        platform_analytics=len(analytics),
        refs=len(refs),
        misnamed_refs=sum(not misnamed_events.isdisjoint(each.ref.events) for each in refs),
        unparsed=tuple(each for each in refs if not each.ref.parsed),
    )
