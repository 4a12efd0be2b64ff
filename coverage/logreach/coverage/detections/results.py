"""What has become of a rule on a host, of its branches, and of what would show them."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from logreach.coverage.engine.judged import Judged, Reason
from logreach.coverage.engine.verdict import Level, Verdict
from logreach.coverage.events.event_id import EventId


class LinkKind(StrEnum):
    """What a link between a branch and the host asks, in the order in which an event travels."""

    EVENT = "event"
    LIMIT = "limit"
    FIELD = "field"
    FILTER = "filter"


class Link(NamedTuple):
    """One link between a branch and the host; `name` is the rule's own name of a field."""

    kind: LinkKind
    name: str
    judged: Judged


class CandidateResult(NamedTuple):
    """A candidate event on a host; one object for all that come to the same.

    `place` tells results apart. `first` is the worst of its broken links, `missing` are fields
    that the branch needs and does not get, `noise` those without which something never keeps the
    rule from firing, `lost` those without which an exclusion takes out too much.
    """

    place: int
    event: EventId
    judged: Judged
    first: Link | None = None
    missing: tuple[str, ...] = ()
    noise: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()


def rank(result: CandidateResult) -> tuple[int, int, int, int]:
    """The better, the larger: proven, possible, and what it loses nothing of."""
    verdict = result.judged.verdict
    return (verdict.proven, verdict.possible, -len(result.noise), -len(result.lost))


class WayResult(NamedTuple):
    """A branch on a host: as good as the best of its candidates; one object for all that come to
    the same.

    `best` is the candidate that decides: the best verdict, then the least noise. `reason` and
    `gain` tell of a way that cannot fire why, and what an attacker gains by that.
    """

    place: int
    candidates: tuple[CandidateResult, ...]
    verdict: Verdict
    best: CandidateResult | None
    reason: str = ""
    gain: str = ""

    @property
    def alive(self) -> bool:
        """Whether it may fire."""
        return self.verdict.possible > Level.NO

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """The reasons of its first candidate that comes to the same."""
        applicable = self.verdict.applicable
        judged = (x.judged for x in self.candidates if x.judged.verdict.applicable == applicable)
        return next((answer.reasons for answer in judged), ())

    @property
    def dead(self) -> bool:
        """Whether it applies and cannot fire."""
        return self.verdict.applicable and self.verdict.possible is Level.NO


class State(StrEnum):
    """What has become of a rule on a host; several can hold."""

    FIRES = "fires"
    DEGRADED = "degraded"
    NOISIER = "noisier"
    DEAD = "dead"
    UNKNOWN = "unknown"
    NOT_JUDGED = "not judged"
    NOT_APPLICABLE = "not applicable"


class DeadBranch(NamedTuple):
    """A branch that cannot fire: why, and what an attacker gains by that."""

    text: str
    reason: str
    gain: str

    def __str__(self) -> str:
        return f"{self.text}: {self.gain} ({self.reason})"


class RuleResult(NamedTuple):
    """A rule on a host.

    `log_sources` are the events that carry it, `missing_fields` what it reads and does not get
    ('Security:4688/OriginalFileName'). `ways` are its branches on their events, in their order.
    """

    rule_id: str
    judged: Judged
    state: tuple[State, ...]
    log_sources: tuple[EventId, ...] = ()
    dead_branches: tuple[DeadBranch, ...] = ()
    missing_fields: tuple[str, ...] = ()
    ways: tuple[WayResult, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """The verdict without its reasons."""
        return self.judged.verdict
