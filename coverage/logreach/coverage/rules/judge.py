"""Whether a rule can fire on a host, and what it loses there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from logreach.coverage.assessment import Judged, Reason
from logreach.coverage.rules.asked import Asked, HostView
from logreach.coverage.rules.bound import carriers_of, may_hold
from logreach.coverage.rules.mapping import knowledge
from logreach.coverage.rules.model import Need, Rule
from logreach.coverage.rules.results import RuleResult, State, WayResult
from logreach.coverage.rules.seen import Seen, SightResult
from logreach.coverage.rules.telling import (
    carrying,
    dead_branch,
    missing_fields,
    telling,
    with_exclusions,
)
from logreach.coverage.verdict import (
    NO,
    NOT_APPLICABLE,
    UNKNOWN,
    Level,
    Verdict,
    all_of,
    any_of,
)


def judge(rule: Rule, view: HostView | Seen) -> RuleResult:
    """Judge a rule; one that looks at other rules needs `judge_all`."""
    if not rule.applicable:
        return _without(rule, NOT_APPLICABLE, State.NOT_APPLICABLE, rule.unjudged)
    if rule.unjudged or rule.correlation is not None:
        text = rule.unjudged or "it counts what other rules find, and those were not given"
        return _without(rule, UNKNOWN, State.NOT_JUDGED, text)
    seen = view if isinstance(view, Seen) else Seen(view)
    ways = tuple(_ways(rule, seen))
    verdicts = [way.verdict for way in ways]
    if rule.truncated:
        verdicts.append(_beyond(rule, seen.asked))
    verdict = any_of(verdicts)
    if not ways:
        return _without(rule, NO, State.DEAD, "no event can meet its condition")
    return _result(rule, verdict, ways)


def _without(rule: Rule, verdict: Verdict, state: State, text: str) -> RuleResult:
    reason = Reason("knowledge", rule.title, verdict, text)
    return RuleResult(rule.id, Judged(verdict, (reason,)), (state,))


def _beyond(rule: Rule, asked: Asked) -> Verdict:
    """The branches that were cut off: nothing is proven, and only so much is possible."""
    known = knowledge()

    def fillable(event: str, need: Need) -> bool:
        return asked.need(event, need).verdict.possible > Level.NO

    found = []
    for carrier in carriers_of(known.place(rule.logsource)):
        event = asked.event(carrier.event).verdict
        if event.applicable and event.possible > Level.NO and rule.tree is not None:
            holds = may_hold(rule.tree, carrier, known, fillable)
            event = all_of((UNKNOWN, carrier.limit)) if holds else NO
        found.append(event)
    return any_of(found)


def _ways(rule: Rule, seen: Seen) -> Iterator[WayResult]:
    for branch in rule.branches:
        for happening in branch.happenings:
            sights = tuple(map(seen.sight, happening))
            verdicts = [one.judged.verdict for one in sights]
            verdict = verdicts[0] if len(verdicts) == 1 else any_of(verdicts)
            yield WayResult(branch, sights, verdict)


def _result(rule: Rule, verdict: Verdict, ways: tuple[WayResult, ...]) -> RuleResult:
    if not verdict.applicable:
        reasons = ways[0].sights[0].judged.reasons
        return RuleResult(rule.id, Judged(verdict, reasons), (State.NOT_APPLICABLE,), ways=ways)
    applying = [way for way in ways if way.verdict.applicable]
    alive = [way for way in applying if way.verdict.possible > Level.NO]
    lost = [way for way in applying if way.verdict.possible is Level.NO]
    dead = [way for way in lost if not any(_covers(one, way) for one in alive)]
    chosen = [way.best for way in alive]
    used = [one for one in chosen if one is not None]
    return RuleResult(
        rule.id,
        Judged(verdict, with_exclusions(verdict, telling(verdict, applying, rule), used)),
        tuple(_states(verdict, used, dead)),
        tuple(dict.fromkeys(carrying(verdict, used))),
        tuple(dict.fromkeys(map(dead_branch, dead))),
        tuple(missing_fields(used, dead)),
        ways,
    )


def _covers(alive: WayResult, dead: WayResult) -> bool:
    """Whether one branch finds whatever another one would: it asks for no more, and excludes no
    more, counting only exclusions that apply on this host."""
    best = alive.best
    if best is None or not {sight.event for sight in alive.branch_sights} & {
        sight.event for sight in dead.branch_sights
    }:
        return False
    return set(alive.branch.needs) <= set(dead.branch.needs) and all(
        exclusion in dead.branch.exclusions or any(one.field in best.noise for one in exclusion)
        for exclusion in alive.branch.exclusions
    )


def _states(verdict: Verdict, used: list[SightResult], dead: list[WayResult]) -> Iterator[State]:
    if verdict.possible is Level.NO:
        yield State.DEAD
        return
    yield State.UNKNOWN if verdict.proven is Level.NO else State.FIRES
    if dead or any(one.lost for one in used):
        yield State.DEGRADED
    if any(one.noise for one in used):
        yield State.NOISIER


def judge_all(rules: Iterable[Rule], view: HostView) -> Mapping[str, RuleResult]:
    """Judge rules, also those that count what others find, by id."""
    from logreach.coverage.rules.correlation import correlated

    rules = list(rules)
    seen = Seen(view)
    results = {rule.id: judge(rule, seen) for rule in rules if rule.correlation is None}
    return {rule.id: found for rule, found in correlated(rules, results, view)}
