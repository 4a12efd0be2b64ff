"""Whether a rule can fire on a host, and what it loses there: read off the evaluated graph."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import count
from typing import NamedTuple

from logreach.coverage.detections.explanations import loss
from logreach.coverage.detections.node_types import (
    CandidateNode,
    DemandNode,
    FieldNode,
    MemberNode,
    RuleNode,
    WayNode,
)
from logreach.coverage.detections.outcomes import dead_branches, outcome_of, states, uncovered
from logreach.coverage.detections.results import (
    CandidateResult,
    DeadBranch,
    Link,
    LinkKind,
    RuleResult,
    State,
    WayResult,
    rank,
)
from logreach.coverage.engine.evaluation import Evaluation
from logreach.coverage.engine.judged import Judged, Reason
from logreach.coverage.engine.reasons import Reasons, each_once
from logreach.coverage.engine.verdict import NO, YES, Level, Verdict, all_of
from logreach.coverage.events.event_id import EventId

_FILTERING = frozenset({"filter", "forwarding", "channel access"})
_PendingLink = tuple[LinkKind, str, int]
"""A link before it is judged: its kind, its name and the number of the node that will answer it."""


class _Base(NamedTuple):
    """How a host meets a demand before filters are looked at, with the links that are broken.

    `open`: it may still hold, so that what filters leave of the event decides.
    """

    result: CandidateResult
    broken: tuple[Link, ...]
    open: bool


class RuleJudge:
    """Reads the results of rules off one evaluation; what many rules share is worked out once.

    Most candidates have equal results: these are one object, with a number (`place`) by which
    results are compared.
    """

    def __init__(self, evaluation: Evaluation, reasons: Reasons) -> None:
        self._evaluation = evaluation
        self._reasons = reasons
        self._bases: dict[int, _Base] = {}
        self._same_bases: dict[object, _Base] = {}
        self._filtered: dict[tuple[int, int], CandidateResult] = {}
        self._ways: dict[tuple[int, ...], WayResult] = {}
        self._outcomes: dict[object, RuleResult] = {}
        self._results: dict[str, RuleResult] = {}
        self._places = count()

    def result(self, rule: RuleNode) -> RuleResult:
        """What has become of a rule."""
        result = self._results.get(rule.rule.id)
        if result is None:
            result = self._results[rule.rule.id] = self._result(rule)
        return result

    def links(self, candidate: CandidateNode) -> list[Link]:
        """What a host says of a candidate link by link, in the order in which an event travels.

        Where no change would mend a link, only such links are told.
        """
        demand = candidate.demand
        if not self._verdict(demand.event_node).applicable:
            return []
        links = [self._link(*pending) for pending in _pending_links(demand)]
        final = [link for link in links if _is_final(link)]
        if final:
            return final
        if self._base(demand).open:
            links.append(self._link(LinkKind.FILTER, "", candidate.passes))
        return links

    def _result(self, rule: RuleNode) -> RuleResult:
        if rule.members:
            return self._counting(rule)
        if rule.state is not None:
            return RuleResult(rule.rule.id, self._reasons.judged_at(rule.node), (rule.state,))
        ways = tuple([self._way(way) for way in rule.ways])
        dead = tuple([place for place, way in enumerate(ways) if way.dead])
        if dead and len(dead) < len(ways):
            dead = uncovered(rule, ways, dead)
        verdict = self._verdict(rule.node)
        key = (
            tuple([way.place for way in ways]),
            dead,
            rule.rule.id if rule.rule.truncated or rule.rule.beside else "",
        )
        outcome = self._outcomes.get(key)
        if outcome is None:
            dead_ways = [ways[place] for place in dead]
            outcome = self._outcomes[key] = outcome_of(rule.rule, verdict, ways, dead_ways)
        dead_named: tuple[DeadBranch, ...] = ()
        if dead:
            dead_named = tuple(dict.fromkeys(dead_branches(rule, ways, dead)))
        _, judged, state, log_sources, _, missing, _ = outcome
        return RuleResult(rule.rule.id, judged, state, log_sources, dead_named, missing, ways)

    def _verdict(self, number: int) -> Verdict:
        return self._evaluation.verdict_at(number)

    def _way(self, way: WayNode) -> WayResult:
        candidates = tuple([self.candidate(candidate) for candidate in way.candidates])
        key = tuple([candidate.place for candidate in candidates])
        result = self._ways.get(key)
        if result is None:
            result = self._ways[key] = _way(len(self._ways), candidates, self._verdict(way.node))
        return result

    def candidate(self, candidate: CandidateNode) -> CandidateResult:
        """What has become of a candidate event."""
        base = self._base(candidate.demand)
        if not base.open:
            return base.result
        verdict = self._verdict(candidate.passes)
        if not verdict.applicable or verdict is YES:
            return base.result
        key = (base.result.place, self._reasons.source(candidate.passes))
        result = self._filtered.get(key)
        if result is None:
            result = self._filtered[key] = self._passed(candidate, base)
        return result

    def _passed(self, candidate: CandidateNode, base: _Base) -> CandidateResult:
        """What filters leave of an event; one that is not written has nothing to be noisy about."""
        judged = self._reasons.judged_at(candidate.passes)
        filtered = judged.reasons[0].link in _FILTERING
        link = Link(LinkKind.FILTER if filtered else LinkKind.EVENT, "", judged)
        broken = (*base.broken, link)
        verdict = self._verdict(candidate.node)
        result = base.result._replace(
            place=next(self._places),
            judged=Judged(verdict, _reasons(broken)),
            first=min(broken, key=_ends),
        )
        if filtered or verdict.possible > Level.NO:
            return result
        return result._replace(noise=(), lost=())

    def _base(self, demand: DemandNode) -> _Base:
        base = self._bases.get(demand.place)
        if base is None:
            base = self._bases[demand.place] = self._answered(demand)
        return base

    def _answered(self, demand: DemandNode) -> _Base:
        if not self._verdict(demand.event_node).applicable:
            return self._shared(demand, ())
        broken = self._broken(demand)
        if any(self._verdict(node).possible is Level.NO for _, _, node in broken):
            return self._shared(demand, broken)
        noise = tuple(dict.fromkeys(self._unfilled(demand.suppressors)))
        return self._shared(demand, broken, noise, tuple(self._overdone(demand)))

    def _broken(self, demand: DemandNode) -> tuple[_PendingLink, ...]:
        """The links before the filters that fall short."""
        return tuple(
            [pending for pending in _pending_links(demand) if self._falls_short(pending[2])]
        )

    def _falls_short(self, node: int) -> bool:
        verdict = self._verdict(node)
        return verdict.applicable and verdict is not YES

    def _link(self, kind: LinkKind, name: str, node: int) -> Link:
        return Link(kind, name, self._reasons.judged_at(node))

    def _shared(
        self,
        demand: DemandNode,
        broken: tuple[_PendingLink, ...],
        noise: tuple[str, ...] = (),
        lost: tuple[str, ...] = (),
    ) -> _Base:
        """One result for all demands with the same event, broken links and losses."""
        key = (demand.event_node, broken, noise, lost)
        base = self._same_bases.get(key)
        if base is None:
            event_judged = self._reasons.judged_at(demand.event_node)
            links = tuple([self._link(*pending) for pending in broken])
            base = _base(next(self._places), demand.event, event_judged, links, noise, lost)
            self._same_bases[key] = base
        return base

    def _unfilled(self, fields: Iterable[FieldNode]) -> Iterator[str]:
        """The fields that are surely not filled, by the rule's names."""
        for name, node in fields:
            verdict = self._verdict(node)
            if verdict.applicable and verdict.possible is Level.NO:
                yield name

    def _overdone(self, demand: DemandNode) -> Iterator[str]:
        """Fields that this host never fills and that an exclusion asks to be empty: it then takes
        out more than the author of the rule meant."""
        names = [
            field[0]
            for field, other_fields in demand.overbroad
            if any(self._unfilled((field,))) and not any(self._unfilled(other_fields))
        ]
        yield from dict.fromkeys(names)

    def _counting(self, rule: RuleNode) -> RuleResult:
        """A rule that counts or joins what other rules find."""
        verdict = self._verdict(rule.node)
        pairs = [(member, self.result(member.rule)) for member in rule.members]
        counted = [(member, result) for member, result in pairs if not member.excluded]
        reasons = [
            reason
            for member, result in counted
            if self._verdict(member.node) == verdict
            for reason in (*self._of_fields(member, result), *result.judged.reasons)
        ]
        deciding = tuple(dict.fromkeys(reasons)) or self._of_joined(rule)
        if verdict.applicable and verdict.possible > Level.NO:
            deciding = (*deciding, *_never_excluded(pairs))
        return RuleResult(
            rule.rule.id,
            Judged(verdict, deciding),
            tuple(states(verdict, (), ())) if verdict.applicable else (State.NOT_APPLICABLE,),
            tuple(dict.fromkeys(event for _, result in counted for event in result.log_sources)),
            missing_fields=tuple(
                dict.fromkeys(name for _, result in counted for name in result.missing_fields)
            ),
        )

    def _of_joined(self, rule: RuleNode) -> tuple[Reason, ...]:
        """What decides where no single member does; first what other hosts record."""
        reasons = self._reasons.judged_at(rule.node).reasons
        return tuple(sorted(reasons, key=lambda reason: reason.link != "elsewhere"))

    def _of_fields(self, member: MemberNode, result: RuleResult) -> Iterator[Reason]:
        """What is wrong with the fields by which a member is counted, in its best event."""
        judged = [
            [self._reasons.judged_at(node) for node in member.fields.get(event, ())]
            for event in result.log_sources
        ]
        best = max(judged, key=lambda fields: _rank(all_of(x.verdict for x in fields)), default=())
        for field in best:
            if field.verdict != YES:
                yield from field.reasons


def _never_excluded(
    pairs: Iterable[tuple[MemberNode, RuleResult]],
) -> Iterator[Reason]:
    """What becomes of rules that must not fire, where they cannot."""
    for member, result in pairs:
        if member.excluded and result.verdict.possible is Level.NO:
            title = member.rule.rule.title
            yield Reason(
                "knowledge", title, YES, f"noisier: {title} never fires here to exclude it"
            )


def _pending_links(demand: DemandNode) -> Iterator[_PendingLink]:
    yield LinkKind.EVENT, "", demand.event_node
    for name, node in demand.needs:
        yield LinkKind.FIELD, name, node
    if demand.limit is not None:
        yield LinkKind.LIMIT, "", demand.limit


def _base(
    place: int,
    event: EventId,
    event_judged: Judged,
    broken: tuple[Link, ...],
    noise: tuple[str, ...] = (),
    lost: tuple[str, ...] = (),
) -> _Base:
    """What comes of an event and of the links that are broken there."""
    if not broken:
        result = CandidateResult(place, event, event_judged, None, (), noise, lost)
        return _Base(result, (), event_judged.verdict.applicable)
    missing = tuple(
        link.name
        for link in broken
        if link.kind is LinkKind.FIELD and link.judged.verdict.possible is Level.NO
    )
    verdict = all_of(link.judged.verdict for link in broken)
    deciding = tuple(sorted(filter(_is_final, broken), key=_is_of_host)) or broken
    judged = Judged(verdict, _reasons(deciding) or event_judged.reasons)
    result = CandidateResult(place, event, judged, min(deciding, key=_ends), missing, noise, lost)
    return _Base(result, broken, verdict.possible > Level.NO)


def _is_final(link: Link) -> bool:
    """Whether a link is broken, and no change that is known would mend it."""
    judged = link.judged
    return judged.verdict == NO and not any(
        reason.remedy or reason.missing is not None for reason in judged.reasons
    )


def _is_of_host(link: Link) -> bool:
    """Whether a broken link hangs on the host; what holds for every host tells more."""
    return link.judged.reasons[0].link != "knowledge"


def _way(place: int, candidates: tuple[CandidateResult, ...], verdict: Verdict) -> WayResult:
    applying = [candidate for candidate in candidates if candidate.judged.verdict.applicable]
    best = applying[0] if len(applying) == 1 else max(applying, key=rank, default=None)
    if best is None or verdict.possible > Level.NO:
        return WayResult(place, candidates, verdict, best)
    return WayResult(place, candidates, verdict, best, *loss(applying))


def _ends(link: Link) -> tuple[int, int]:
    return (link.judged.verdict.possible, link.judged.verdict.proven)


def _rank(verdict: Verdict) -> tuple[int, int]:
    return (verdict.proven, verdict.possible)


def _reasons(broken: Sequence[Link]) -> tuple[Reason, ...]:
    """The reasons of broken links, the worst first."""
    weak = sorted(broken, key=_ends) if len(broken) > 1 else broken
    return each_once([link.judged.reasons for link in weak])


def judge_rules(
    rules: Mapping[str, RuleNode], evaluation: Evaluation, reasons: Reasons
) -> dict[str, RuleResult]:
    """Every rule on a host, by id."""
    judge = RuleJudge(evaluation, reasons)
    return {rule_id: judge.result(rule) for rule_id, rule in rules.items()}
