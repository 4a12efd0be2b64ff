"""Rules that count or join what other rules find."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from logreach.coverage.detections.host_answers import HostView
from logreach.coverage.detections.judge import judge
from logreach.coverage.detections.mapping import Carrier, knowledge
from logreach.coverage.detections.model import Correlation, Literal, Rule
from logreach.coverage.detections.reading import read
from logreach.coverage.detections.results import RuleResult, State
from logreach.coverage.engine.judged import Judged, Reason
from logreach.coverage.engine.verdict import NO, UNKNOWN, YES, Level, Verdict, all_of, any_of
from logreach.coverage.events.event_id import EventId
from logreach.coverage.events.patterns import Constraint, Test


def correlated(
    rules: Sequence[Rule], results: Mapping[str, RuleResult], view: HostView
) -> Iterator[tuple[Rule, RuleResult]]:
    """Every rule with its result, in order; `results` are those of the plain rules."""
    names = {rule.name: rule for rule in rules if rule.name}
    known = {**names, **{rule.id: rule for rule in rules}}
    done = dict(results)
    for rule in rules:
        if rule.id not in done:
            done[rule.id] = _judge(rule, known, done, view, ())
        yield rule, done[rule.id]


def _judge(
    rule: Rule,
    known: Mapping[str, Rule],
    done: dict[str, RuleResult],
    view: HostView,
    above: tuple[str, ...],
) -> RuleResult:
    wanted = rule.correlation
    if wanted is None or rule.unjudged:
        return judge(rule, view)
    absent = [name for name in wanted.rules if name not in known]
    if absent:
        return _untold(rule, f"it counts on rules that were not given: {', '.join(absent)}")
    if rule.id in above:
        return _untold(rule, "it counts on itself")
    found = []
    for other in (known[name] for name in wanted.rules):
        if other.id not in done:
            done[other.id] = _judge(other, known, done, view, (*above, rule.id))
        found.append((other, done[other.id]))
    return _combined(rule, wanted, found, view)


def _untold(rule: Rule, text: str) -> RuleResult:
    reason = Reason("knowledge", rule.title, UNKNOWN, text)
    return RuleResult(rule.id, Judged(UNKNOWN, (reason,)), (State.NOT_JUDGED,))


def _combined(
    rule: Rule, wanted: Correlation, found: Sequence[tuple[Rule, RuleResult]], view: HostView
) -> RuleResult:
    parts = [_with_fields(other, result, wanted, view) for other, result in found]
    combine = all_of if wanted.every else any_of
    verdict = combine(part.verdict for part in parts) if parts else UNKNOWN
    if wanted.every and any(not part.verdict.applicable for part in parts):
        verdict = NO
    reasons = [reason for part in parts if part.verdict == verdict for reason in part.reasons]
    sources = [source for _, result in found for source in result.log_sources]
    return RuleResult(
        rule.id,
        Judged(verdict, tuple(dict.fromkeys(reasons))),
        (_state(verdict),),
        tuple(dict.fromkeys(sources)),
        missing_fields=tuple(
            dict.fromkeys(name for _, result in found for name in result.missing_fields)
        ),
    )


def _with_fields(rule: Rule, result: RuleResult, wanted: Correlation, view: HostView) -> Judged:
    """A rule as one that also has to fill the fields by which it is counted."""
    per_event = [
        [_field(rule, event, name, view) for name in wanted.fields] for event in result.log_sources
    ]
    if not wanted.fields or not per_event:
        return result.judged
    fields = max(per_event, key=lambda found: _rank(all_of(one.verdict for one in found)))
    verdict = all_of([result.verdict, *(one.verdict for one in fields)])
    weak = [reason for one in fields if one.verdict != YES for reason in one.reasons]
    return Judged(verdict, (*weak, *result.judged.reasons))


def _rank(verdict: Verdict) -> tuple[int, int]:
    return (verdict.proven, verdict.possible)


def _field(rule: Rule, event: EventId, name: str, view: HostView) -> Judged:
    """Whether a field by which events are counted is filled in an event of the rule."""
    known = knowledge()
    carriers = [
        carrier
        for happening in known.place(rule.logsource).happenings
        for carrier in happening
        if carrier.event == event
    ]
    literal = Literal(name, Constraint(Test.EXISTS))
    need = read(literal, carriers[0] if carriers else Carrier(event), known).need
    if need is None:
        return Judged(YES)
    if not need.fields:
        text = f"{rule.title}: its events cannot be counted by {name} ({need.why})"
        return Judged(NO, (Reason("knowledge", f"{event}/{name}", NO, text),))
    return view.attribute(event, need.fields[0])


def _state(verdict: Verdict) -> State:
    if not verdict.applicable:
        return State.NOT_APPLICABLE
    if verdict.possible is Level.NO:
        return State.DEAD
    return State.UNKNOWN if verdict.proven is Level.NO else State.FIRES
