"""Whether a rule can fire on a host, and what it loses there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from logreach.coverage.assessment import Judged, Reason
from logreach.coverage.rules.asked import Asked, HostView
from logreach.coverage.rules.bound import carriers_of, may_hold
from logreach.coverage.rules.mapping import knowledge
from logreach.coverage.rules.model import Branch, Need, Rule, Sight
from logreach.coverage.rules.seen import Seen, SightResult
from logreach.coverage.verdict import (
    NO,
    NOT_APPLICABLE,
    UNKNOWN,
    YES,
    Level,
    Verdict,
    all_of,
    any_of,
)


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
        return applying[0] if len(applying) == 1 else max(applying, key=_rank, default=None)


def _rank(result: SightResult) -> tuple[int, int, int, int]:
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
        Judged(verdict, _with_exclusions(verdict, _telling(verdict, applying, rule), used)),
        tuple(_states(verdict, used, dead)),
        tuple(dict.fromkeys(_carrying(verdict, used))),
        tuple(dict.fromkeys(map(_dead, dead))),
        tuple(_missing(used, dead)),
        ways,
    )


def _carrying(verdict: Verdict, used: list[SightResult]) -> Iterator[str]:
    """The events that are known to carry the rule; where none is, those that may."""
    for one in used:
        if verdict.proven is Level.NO or one.judged.verdict.proven > Level.NO:
            yield one.sight.event


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


def _telling(verdict: Verdict, ways: list[WayResult], rule: Rule) -> tuple[Reason, ...]:
    """The reasons of the way that decides: of each of its events the first broken link."""
    best = ways[0]
    if len(ways) > 1:
        best = max(ways, key=lambda way: (way.verdict.proven, way.verdict.possible))
    sights = [one for one in best.sights if one.judged.verdict.applicable]
    if len(sights) > 1:
        sights.sort(key=lambda one: (_rank(one)[:2], _reached(one)), reverse=True)
    if verdict.proven > Level.NO:
        sights = sights[:1]
    found = dict.fromkeys(reason for one in sights for reason in one.judged.reasons[:2])
    if not verdict.settled and all(reason.missing is None for reason in found):
        found |= dict.fromkeys(_missing_fact(ways))
    if rule.truncated and verdict != YES:
        text = f"it has more branches than are looked at ({len(rule.branches)})"
        found[Reason("knowledge", rule.title, UNKNOWN, text)] = None
    return tuple(found)


def _with_exclusions(
    verdict: Verdict, told: tuple[Reason, ...], used: list[SightResult]
) -> tuple[Reason, ...]:
    """Reasons with what becomes of the rule's exclusions; first where nothing else falls short."""
    gone = tuple(dict.fromkeys(_on_exclusions(used)))
    return (*gone, *told) if verdict == YES else (*told, *gone)


def _on_exclusions(used: list[SightResult]) -> Iterator[Reason]:
    for one in used:
        event = one.sight.event
        if one.noise:
            text = f"noisier: {', '.join(one.noise)} not filled, what it excludes is found too"
            yield Reason("knowledge", event, YES, text)
        if one.lost:
            text = f"an empty {', '.join(one.lost)} excludes too much"
            yield Reason("knowledge", event, YES, text)


def _missing_fact(ways: list[WayResult]) -> Iterator[Reason]:
    """Of the events that may turn out best, the first reason that names what is missing."""
    may = [one for way in ways for one in way.sights if one.judged.verdict.applicable]
    most = max(one.judged.verdict.possible for one in may)
    for one in may:
        if one.judged.verdict.possible is most:
            for reason in one.judged.reasons:
                if reason.missing is not None:
                    yield reason
                    return


_LINKS = ("event", "limit", "field", "filter")


def _reached(result: SightResult) -> int:
    """How far it came before the first broken link: an event that lacks a field tells more than
    one that is not written."""
    first = result.first
    return len(_LINKS) if first is None else _LINKS.index(first.kind)


def _dead(way: WayResult) -> DeadBranch:
    gains = knowledge().gains
    sights = [one for one in way.sights if one.judged.verdict.applicable]
    told = sights[0] if len(sights) == 1 else max(sights, key=_reached)
    first = told.first
    if first is not None and first.kind == "field":
        gain = gains.of_field(first.name)
    else:
        words = gains.filter if first is not None and first.kind == "filter" else gains.event
        gain = words.format(event=told.sight.event)
    return DeadBranch(way.branch.text, told.judged.reason, gain)


def _missing(used: list[SightResult], dead: list[WayResult]) -> Iterator[str]:
    seen: dict[str, None] = {}
    for one in [*used, *(sight for way in dead for sight in way.sights)]:
        for name in (*one.missing, *one.noise, *one.lost):
            seen.setdefault(f"{one.sight.event}/{name}")
    yield from seen


def judge_all(rules: Iterable[Rule], view: HostView) -> Mapping[str, RuleResult]:
    """Judge rules, also those that count what others find, by id."""
    from logreach.coverage.rules.correlation import correlated

    rules = list(rules)
    seen = Seen(view)
    results = {rule.id: judge(rule, seen) for rule in rules if rule.correlation is None}
    return {rule.id: found for rule, found in correlated(rules, results, view)}
