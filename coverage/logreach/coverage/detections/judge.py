"""Whether a rule can fire on a host, and what it loses there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from logreach.coverage.detections.branch_results import Seen
from logreach.coverage.detections.explanations import (
    carrying,
    missing_fields,
    telling,
    with_exclusions,
)
from logreach.coverage.detections.host_answers import Asked, HostView
from logreach.coverage.detections.mapping import knowledge
from logreach.coverage.detections.model import Branch, Need, Rule
from logreach.coverage.detections.results import (
    DeadBranch,
    RuleResult,
    SightResult,
    State,
    WayResult,
)
from logreach.coverage.detections.truncation import carriers_of, may_hold
from logreach.coverage.engine.judged import Judged, Reason
from logreach.coverage.engine.verdict import (
    NO,
    NOT_APPLICABLE,
    UNKNOWN,
    Level,
    Verdict,
    all_of,
    any_of,
)
from logreach.coverage.events.event_id import EventId


def judge(rule: Rule, view: HostView | Seen) -> RuleResult:
    """Judge a rule; one that looks at other rules needs `judge_all`."""
    if not rule.applicable:
        return _without(rule, NOT_APPLICABLE, State.NOT_APPLICABLE, rule.unjudged)
    if rule.unjudged or rule.correlation is not None:
        text = rule.unjudged or "it counts what other rules find, and those were not given"
        return _without(rule, UNKNOWN, State.NOT_JUDGED, text)
    seen = view if isinstance(view, Seen) else Seen(view)
    ways = tuple([seen.way(one) for branch in rule.branches for one in branch.happenings])
    if not ways:
        return _without(rule, NO, State.DEAD, "no event can meet its condition")
    return _result(rule, ways, seen)


def _without(rule: Rule, verdict: Verdict, state: State, text: str) -> RuleResult:
    reason = Reason("knowledge", rule.title, verdict, text)
    return RuleResult(rule.id, Judged(verdict, (reason,)), (state,))


def _beyond(rule: Rule, asked: Asked) -> Verdict:
    """The branches that were cut off: nothing is proven, and only so much is possible."""
    known = knowledge()

    def fillable(event: EventId, need: Need) -> bool:
        return asked.field(event, need).judged.verdict.possible > Level.NO

    found = []
    for carrier in carriers_of(known.place(rule.logsource)):
        event = asked.event(carrier.event).judged.verdict
        if event.applicable and event.possible > Level.NO and rule.tree is not None:
            holds = may_hold(rule.tree, carrier, known, fillable)
            event = all_of((UNKNOWN, carrier.limit)) if holds else NO
        found.append(event)
    return any_of(found)


def _result(rule: Rule, ways: tuple[WayResult, ...], seen: Seen) -> RuleResult:
    # Ways are told apart by identity, and what comes of the same ways is the same.
    alike: object = tuple(map(id, ways))
    dead = seen.lost.get(alike)
    if dead is None:
        dead = seen.lost[alike] = tuple(at for at, way in enumerate(ways) if way.dead)
    if dead and len(dead) < len(ways):
        dead = _dead(rule, ways, dead)
    if dead or rule.truncated:
        alike = (alike, dead, rule.id if rule.truncated else "")
    found = seen.outcomes.get(alike)
    if found is None:
        found = seen.outcomes[alike] = _outcome(rule, ways, [ways[place] for place in dead], seen)
    lost: tuple[DeadBranch, ...] = ()
    if dead:
        branches = _branches(rule)
        named = (DeadBranch(branches[at].text, ways[at].reason, ways[at].gain) for at in dead)
        lost = tuple(dict.fromkeys(named))
    return RuleResult(
        rule.id, found.judged, found.state, found.log_sources, lost, found.missing_fields, ways
    )


def _branches(rule: Rule) -> list[Branch]:
    """The branch of each way."""
    return [branch for branch in rule.branches for _ in branch.happenings]


def _dead(rule: Rule, ways: tuple[WayResult, ...], lost: tuple[int, ...]) -> tuple[int, ...]:
    """Of the places of ways that cannot fire, those that no way covers which can."""
    branches = _branches(rule)
    alive = [(branches[place], way) for place, way in enumerate(ways) if way.alive]
    return tuple(
        place
        for place in lost
        if not any(_covers(*one, branches[place], ways[place]) for one in alive)
    )


def _outcome(
    rule: Rule, ways: tuple[WayResult, ...], dead: list[WayResult], seen: Seen
) -> RuleResult:
    """What comes of these ways for any rule, but for the names of its branches."""
    verdicts = [way.verdict for way in ways]
    if rule.truncated:
        verdicts.append(_beyond(rule, seen.asked))
    verdict = any_of(verdicts)
    if not verdict.applicable:
        reasons = ways[0].sights[0].judged.reasons
        return RuleResult("", Judged(verdict, reasons), (State.NOT_APPLICABLE,), ways=ways)
    applying = [way for way in ways if way.verdict.applicable]
    used = [way.best for way in applying if way.best and way.alive]
    return RuleResult(
        "",
        Judged(verdict, with_exclusions(verdict, telling(verdict, applying, rule), used)),
        tuple(_states(verdict, used, dead)),
        tuple(dict.fromkeys(carrying(verdict, used))),
        (),
        tuple(missing_fields(used, dead)),
        ways,
    )


def _covers(alive: Branch, shown: WayResult, dead: Branch, lost: WayResult) -> bool:
    """Whether one branch finds whatever another one would: it asks for no more, and excludes no
    more, counting only exclusions that apply on this host."""
    best = shown.best
    if best is None or not {one.event for one in shown.sights} & {one.event for one in lost.sights}:
        return False
    return all(one in dead.needs for one in alive.needs) and all(
        exclusion in dead.exclusions or any(one.field in best.noise for one in exclusion)
        for exclusion in alive.exclusions
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
    from logreach.coverage.detections.correlation import correlated

    rules = list(rules)
    seen = Seen(view)
    results = {rule.id: judge(rule, seen) for rule in rules if rule.correlation is None}
    return {rule.id: found for rule, found in correlated(rules, results, view)}
