"""The result of a rule on a host, out of the results of its ways."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from logreach.coverage.detections.explanations import (
    carrying,
    missing_fields,
    telling,
    with_exclusions,
)
from logreach.coverage.detections.model import Branch, Rule
from logreach.coverage.detections.node_types import RuleNode
from logreach.coverage.detections.results import (
    CandidateResult,
    DeadBranch,
    RuleResult,
    State,
    WayResult,
)
from logreach.coverage.engine.judged import Judged
from logreach.coverage.engine.verdict import Level, Verdict


def outcome_of(
    rule: Rule, verdict: Verdict, ways: tuple[WayResult, ...], dead: list[WayResult]
) -> RuleResult:
    """The result of any rule with these ways, without its id and the names of its branches."""
    if not verdict.applicable:
        reasons = next(way.reasons for way in ways if not way.verdict.applicable)
        return RuleResult("", Judged(verdict, reasons), (State.NOT_APPLICABLE,))
    applying = [way for way in ways if way.verdict.applicable]
    used = [way.best for way in applying if way.best and way.alive]
    return RuleResult(
        "",
        Judged(verdict, with_exclusions(verdict, telling(verdict, applying, rule), used)),
        tuple(states(verdict, used, dead)),
        tuple(dict.fromkeys(carrying(verdict, used))),
        (),
        tuple(missing_fields(used, dead)),
    )


def states(
    verdict: Verdict, used: Sequence[CandidateResult], dead: Sequence[WayResult]
) -> Iterator[State]:
    """What has become of a rule by the candidates that carry it and the ways that cannot fire."""
    if verdict.possible is Level.NO:
        yield State.DEAD
        return
    yield State.UNKNOWN if verdict.proven is Level.NO else State.FIRES
    if dead or any(candidate.lost for candidate in used):
        yield State.DEGRADED
    if any(candidate.noise for candidate in used):
        yield State.NOISIER


def dead_branches(
    rule: RuleNode, ways: Sequence[WayResult], dead: Iterable[int]
) -> Iterator[DeadBranch]:
    """The branches of the ways that cannot fire, of which `dead` has the positions."""
    for place in dead:
        branch = rule.rule.branches[rule.ways[place].branch]
        yield DeadBranch(branch.text, ways[place].reason, ways[place].gain)


def uncovered(rule: RuleNode, ways: Sequence[WayResult], dead: tuple[int, ...]) -> tuple[int, ...]:
    """The positions of ways that cannot fire, without those that a way that can fire covers."""
    branches = [rule.rule.branches[way.branch] for way in rule.ways]
    alive = [(branches[place], way) for place, way in enumerate(ways) if way.alive]
    return tuple(
        place
        for place in dead
        if not any(_covers(*living, branches[place], ways[place]) for living in alive)
    )


def _covers(alive: Branch, shown: WayResult, dead: Branch, dead_way: WayResult) -> bool:
    """Whether one branch finds whatever another one would: it asks for no more, and excludes no
    more, counting only exclusions that apply on this host."""
    best = shown.best
    events = {candidate.event for candidate in shown.candidates}
    if best is None or not any(candidate.event in events for candidate in dead_way.candidates):
        return False
    return all(need in dead.needs for need in alive.needs) and all(
        exclusion in dead.exclusions or any(test.field in best.noise for test in exclusion)
        for exclusion in alive.exclusions
    )
