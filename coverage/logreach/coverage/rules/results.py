"""What has become of a rule on a host."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from logreach.coverage.assessment import Judged
from logreach.coverage.rules.model import Branch, Sight
from logreach.coverage.rules.seen import SightResult
from logreach.coverage.verdict import Verdict


class State(StrEnum):
    """What has become of a rule on a host; several can hold."""

    FIRES = "fires"
    DEGRADED = "degraded"
    NOISIER = "noisier"
    DEAD = "dead"
    UNKNOWN = "unknown"
    NOT_JUDGED = "not judged"
    NOT_APPLICABLE = "not applicable"


class WayResult(NamedTuple):
    """One branch on one happening: as good as the best of its sights."""

    branch: Branch
    sights: tuple[SightResult, ...]
    verdict: Verdict

    @property
    def branch_sights(self) -> tuple[Sight, ...]:
        return tuple(one.sight for one in self.sights)

    @property
    def best(self) -> SightResult | None:
        """The sight that decides: the best verdict, then the least noise."""
        applying = [one for one in self.sights if one.judged.verdict.applicable]
        return applying[0] if len(applying) == 1 else max(applying, key=rank, default=None)


def rank(result: SightResult) -> tuple[int, int, int, int]:
    """For sights, the better the larger: proven, possible, and what it loses nothing of."""
    verdict = result.judged.verdict
    return (verdict.proven, verdict.possible, -len(result.noise), -len(result.lost))


class DeadBranch(NamedTuple):
    """A branch that cannot fire: why, and what an attacker gains by that."""

    text: str
    reason: str
    gain: str

    def __str__(self) -> str:
        return f"{self.text}: {self.gain} ({self.reason})"


@dataclass(frozen=True, slots=True)
class RuleResult:
    """A rule on a host.

    `log_sources` are the events that carry it, `missing_fields` what it reads and does not get
    ('Security:4688/OriginalFileName').
    """

    rule_id: str
    judged: Judged
    state: tuple[State, ...]
    log_sources: tuple[str, ...] = ()
    dead_branches: tuple[DeadBranch, ...] = ()
    missing_fields: tuple[str, ...] = ()
    ways: tuple[WayResult, ...] = ()

    @property
    def verdict(self) -> Verdict:
        return self.judged.verdict
