"""Rules as plain lists and numbers: what the cache keeps, and how rules are made of it again.

What many rules share stands once, in a pool, and is pointed to by its number there. So equal
demands of a rule set are one object: judging compares them by identity, which is quick.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Generic, TypeVar, cast

from logreach.coverage.detections.model import (
    And,
    Branch,
    CandidateEvent,
    Correlation,
    CountedField,
    Demand,
    Lit,
    Literal,
    LogSource,
    Need,
    Node,
    Not,
    Or,
    Rule,
)
from logreach.coverage.engine.verdict import Level, Verdict
from logreach.coverage.events.event_id import EventId
from logreach.coverage.events.patterns import Constraint, EventPattern, Test
from logreach.coverage.events.variant import Sense

Content = dict[str, Any]
Entry = tuple[Any, ...]
T = TypeVar("T")
_TESTS = {test.value: test for test in Test}


class _Pool(Generic[T]):
    """Values by number; equal ones are the same number."""

    def __init__(self, written: Callable[[T], Entry]) -> None:
        self._written = written
        self._numbers: dict[Entry, int] = {}

    def number(self, value: T) -> int:
        return self._numbers.setdefault(self._written(value), len(self._numbers))

    def each(self, values: Iterable[T]) -> tuple[int, ...]:
        return tuple(map(self.number, values))

    @property
    def entries(self) -> list[Entry]:
        return list(self._numbers)


class _Writer:
    """Writes rules; the pools fill as it goes."""

    def __init__(self) -> None:
        self.constraints = _Pool(_constraint)
        self.literals = _Pool(self._literal)
        self.needs = _Pool(_need)
        self.patterns = _Pool(self._pattern)
        self.demands = _Pool(self._demand)

    def rule(self, rule: Rule) -> Entry:
        source, correlation = rule.logsource, rule.correlation
        return (
            (rule.id, rule.title, rule.level, rule.status, rule.file, rule.line),
            (rule.techniques, rule.tactics, (source.product, source.category, source.service)),
            tuple(map(self._branch, rule.branches)),
            (rule.truncated, None if rule.tree is None else self._tree(rule.tree)),
            (rule.unjudged, rule.applicable, rule.kind, rule.name, rule.impossible, rule.beside),
            None if correlation is None else self._correlation(correlation),
        )

    def _correlation(self, correlation: Correlation) -> Entry:
        fields = tuple((field.names, field.by_rule) for field in correlation.fields)
        return (correlation.rules, self._tree(correlation.condition), fields)

    def _branch(self, branch: Branch) -> Entry:
        return (
            self.literals.each(branch.needs),
            tuple(map(self.literals.each, branch.exclusions)),
            tuple(tuple(map(self._candidate, candidates)) for candidates in branch.alternatives),
            branch.text,
        )

    def _candidate(self, candidate: CandidateEvent) -> Entry:
        return (
            self.demands.number(candidate.demand),
            self.patterns.number(candidate.pattern),
            candidate.exact,
            None if candidate.narrowed is None else self.patterns.number(candidate.narrowed),
            self.constraints.each(candidate.words),
            self.patterns.each(candidate.excluded),
        )

    def _demand(self, demand: Demand) -> Entry:
        return (
            demand.event,
            self.needs.each(demand.needs),
            tuple(map(self.needs.each, demand.suppressors)),
            tuple(
                (self.needs.number(need), self.needs.each(other_needs))
                for need, other_needs in demand.overbroad_exclusions
            ),
            _limit(demand.limit),
            demand.why,
            tuple(demand.sense),
        )

    def _pattern(self, pattern: EventPattern) -> Entry:
        fields = pattern.fields.items()
        return (
            pattern.event,
            tuple((name, self.constraints.each(constraints)) for name, constraints in fields),
        )

    def _literal(self, literal: Literal) -> Entry:
        return (literal.field, self.constraints.number(literal.constraint))

    def _tree(self, node: Node) -> Entry:
        match node:
            case Lit():
                return ("literal", self.literals.number(node.literal))
            case Not():
                return ("not", self._tree(node.child))
            case And():
                return ("and", tuple(map(self._tree, node.children)))
            case Or():
                return ("or", tuple(map(self._tree, node.children)))


def _constraint(constraint: Constraint) -> Entry:
    return (constraint.test.value, constraint.values, constraint.negated, constraint.cased)


def _need(need: Need) -> Entry:
    return (need.sigma, need.fields, _limit(need.limit), need.why, need.doubt)


def _limit(verdict: Verdict) -> tuple[int, int]:
    return (int(verdict.proven), int(verdict.possible))


def content_of(rules: Iterable[Rule]) -> Content:
    """Rules as plain values that JSON can keep."""
    writer = _Writer()
    return {
        "rules": [writer.rule(rule) for rule in rules],
        "constraints": writer.constraints.entries,
        "literals": writer.literals.entries,
        "needs": writer.needs.entries,
        "patterns": writer.patterns.entries,
        "demands": writer.demands.entries,
    }


class _Reader:
    """The pools of some content as objects."""

    def __init__(self, content: Content) -> None:
        constraints = self._constraints = [
            Constraint(_TESTS[test], tuple(values), negated, cased)
            for test, values, negated, cased in content["constraints"]
        ]
        self._literals = [
            Literal(field, constraints[number]) for field, number in content["literals"]
        ]
        self._limits: dict[tuple[int, int], Verdict] = {}
        self._needs = [
            Need(sigma, tuple(fields), self._limit(limit), why, doubt)
            for sigma, fields, limit, why, doubt in content["needs"]
        ]
        self._patterns = [
            EventPattern(
                EventId.parse(event),
                {name: _each(constraints, numbers) for name, numbers in fields},
            )
            for event, fields in content["patterns"]
        ]
        self._demands = [self._demand(*entry) for entry in content["demands"]]
        self._sources: dict[tuple[str, ...], LogSource] = {}

    def rule(self, entry: Sequence[Any]) -> Rule:
        identity, placed, branches, (truncated, tree), judgement, correlation = entry
        rule_id, title, level, status, file, line = identity
        techniques, tactics, source = placed
        unjudged, applicable, kind, name, impossible, beside = judgement
        return Rule(
            rule_id,
            title,
            level,
            status,
            file,
            line,
            tuple(techniques),
            tuple(tactics),
            self._source(tuple(source)),
            tuple([self._branch(*branch) for branch in branches]),
            truncated,
            None if tree is None else self._tree(tree),
            unjudged,
            applicable,
            kind,
            name,
            None if correlation is None else self._correlation(*correlation),
            impossible,
            beside,
        )

    def _source(self, names: tuple[str, ...]) -> LogSource:
        source = self._sources.get(names)
        if source is None:
            source = self._sources[names] = LogSource(*names)
        return source

    def _branch(self, needs: Any, exclusions: Any, alternatives: Any, text: str) -> Branch:
        literals = self._literals
        return Branch(
            _each(literals, needs),
            tuple([_each(literals, exclusion) for exclusion in exclusions]),
            tuple(
                [
                    tuple([self._candidate(*candidate) for candidate in candidates])
                    for candidates in alternatives
                ]
            ),
            text,
        )

    def _candidate(
        self, demand: int, pattern: int, exact: bool, narrowed: int | None, words: Any, out: Any
    ) -> CandidateEvent:
        return CandidateEvent(
            self._demands[demand],
            self._patterns[pattern],
            exact,
            None if narrowed is None else self._patterns[narrowed],
            _each(self._constraints, words),
            _each(self._patterns, out),
        )

    def _demand(
        self,
        event: str,
        needs: Any,
        suppressors: Any,
        overbroad_exclusions: Any,
        limit: Any,
        why: str,
        sense: Any,
    ) -> Demand:
        return Demand(
            EventId.parse(event),
            _each(self._needs, needs),
            tuple([_each(self._needs, suppressor) for suppressor in suppressors]),
            tuple(
                [
                    (self._needs[need], _each(self._needs, other_needs))
                    for need, other_needs in overbroad_exclusions
                ]
            ),
            self._limit(limit),
            why,
            Sense(*sense),
        )

    def _limit(self, bounds: Sequence[int]) -> Verdict:
        low, high = bounds
        if (low, high) not in self._limits:
            self._limits[low, high] = Verdict.of(Level(low), Level(high))
        return self._limits[low, high]

    def _correlation(
        self, rules: Sequence[str], condition: Sequence[Any], fields: Sequence[Any]
    ) -> Correlation:
        counted = (
            CountedField(
                tuple(names), tuple((rule, tuple(rule_fields)) for rule, rule_fields in by_rule)
            )
            for names, by_rule in fields
        )
        return Correlation(tuple(rules), self._tree(condition), tuple(counted))

    def _tree(self, entry: Sequence[Any]) -> Node:
        kind, operand = entry
        if kind == "literal":
            return Lit(self._literals[cast("int", operand)])
        if kind == "not":
            return Not(self._tree(operand))
        children = tuple(map(self._tree, operand))
        return And(children) if kind == "and" else Or(children)


def _each(pool: Sequence[T], numbers: Sequence[int]) -> tuple[T, ...]:
    return tuple([pool[number] for number in numbers])


def rules_from(content: Content) -> list[Rule]:
    """The rules of some content.

    Raises KeyError, IndexError, TypeError or ValueError where it is none.
    """
    reader = _Reader(content)
    return [reader.rule(entry) for entry in content["rules"]]
