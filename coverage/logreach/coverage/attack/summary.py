"""How much of a version of ATT&CK can be computed with: counts, and what cannot be parsed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from logreach.coverage.attack.log_sources import misnamed
from logreach.coverage.attack.model import AttackModel, LogSourceRef

WINDOWS: Final = "Windows"


@dataclass(frozen=True, slots=True)
class UnparsedRef:
    """A reference whose text names no event that can be told, with the analytic it stands in."""

    analytic: str
    ref: LogSourceRef


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts of one version. The reference counts are those of analytics for `platform`."""

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
    """Count what a version holds, and list the references that cannot be parsed."""
    analytics = [one for one in model.analytics if platform in one.platforms]
    refs = [UnparsedRef(one.id, ref) for one in analytics for ref in one.refs]
    slips = misnamed().keys()
    own = sum(link.origin == model.version for link in model.detects)
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
        own_links=own,
        borrowed_links=len(model.detects) - own,
        uncarried_links=len(model.uncarried),
        platform_analytics=len(analytics),
        refs=len(refs),
        misnamed_refs=sum(not slips.isdisjoint(one.ref.events) for one in refs),
        unparsed=tuple(one for one in refs if not one.ref.parsed),
    )
