"""Leaves that come by the thousand: what is asked again after a change, and what is remembered."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import ClassVar

from logreach.coverage.engine.compiled import Compiled
from logreach.coverage.engine.evaluation import at_best, evaluate, reevaluate
from logreach.coverage.engine.graph import Combine, Edge, Graph, Node
from logreach.coverage.engine.judged import Reason
from logreach.coverage.engine.leaves import _STATES, Leaves
from logreach.coverage.engine.node_key import NodeKey
from logreach.coverage.engine.verdict import NO, NOT_APPLICABLE, YES, Verdict
from logreach.inventories.facts.facts import Facts, Known
from logreach.inventories.facts.keys import FactFamily, FactKey

FLAGS = FactFamily("flag", bool)
OTHER = FactFamily("other", bool)


def said(key: FactKey[object], facts: Facts) -> Reason:
    fact = facts.known.get(key)
    verdict: Verdict = YES if fact and fact.value else NO
    return Reason("flag", str(key), verdict, f"{key} is {verdict.label}")


@dataclass(frozen=True)
class Selective:
    """Reads all flags, and heeds one."""

    name: str

    @property
    def subject(self) -> str:
        return self.name

    @property
    def reads(self) -> tuple[FactKey[object], ...]:
        return (FLAGS.every,)

    def hangs_on(self, key: FactKey[object]) -> bool:
        return key.name == self.name

    def check(self, facts: Facts) -> Reason:
        return said(FLAGS(self.name), facts)


@dataclass(frozen=True)
class Common:
    """Answers for a topic, by what is told of that topic alone; counts how often it is asked."""

    name: str
    topic: str
    asked: ClassVar[list[str]] = []

    @property
    def subject(self) -> str:
        return self.name

    @property
    def reads(self) -> tuple[FactKey[object], ...]:
        return (OTHER.every,)

    def check(self, facts: Facts) -> Reason:
        return said(OTHER(self.topic), facts)

    @staticmethod
    def on_host(facts: Facts) -> Callable[[Common], Reason]:
        def check(leaf: Common) -> Reason:
            Common.asked.append(leaf.name)
            return leaf.check(facts)

        return check

    def state(self, facts: Facts) -> Hashable:
        fact = facts.known.get(OTHER(self.topic))
        return fact.value if fact else None


def facts(**flags: bool) -> Facts:
    known: dict[FactKey[object], Known[object]] = {}
    for name, value in flags.items():
        known[FLAGS(name)] = known[OTHER(name)] = Known(value)
    return Facts(known)


def compiled() -> Compiled:
    graph = Graph()
    top = graph.add(Node(NodeKey.of("top"), Combine.ALL, "inner", ""))
    for name in ("a", "b"):
        for leaf in (Selective(name), Common(f"1{name}", name), Common(f"2{name}", name)):
            key = NodeKey.of("leaf", leaf.name)
            graph.add(Node(key, Combine.LEAF, "prerequisite", "", leaf))
            graph.link(top, Edge(key))
    return Compiled(graph)


def test_only_what_hangs_on_a_change_is_asked_again() -> None:
    graph = compiled()
    before, after = facts(a=False, b=True), facts(a=True, b=True)
    old = evaluate(graph, before)
    Common.asked.clear()
    new = reevaluate(old, after, [FLAGS("a"), OTHER("a")])
    assert sorted(Common.asked) == ["1a", "2a"]
    assert list(new.codes) == list(evaluate(graph, after).codes)
    assert new.verdict(NodeKey.of("top")) is YES
    assert dict(new.reasons()) == dict(evaluate(graph, after).reasons())


def test_what_was_asked_of_a_state_is_remembered() -> None:
    graph = compiled()
    evaluate(graph, facts(a=True, b=False))
    Common.asked.clear()
    assert evaluate(graph, facts(a=True, b=False)).verdict(NodeKey.of("top")) is NO
    assert Common.asked == []


def test_a_leaf_that_is_added_is_asked_too() -> None:
    graph = compiled()
    told = facts(a=True, b=True, c=True)
    old = evaluate(graph, told)
    reevaluate(old, told, [FLAGS("c"), OTHER("a")])
    number = graph.leaf(Selective("c"))
    common = graph.leaf(Common("3a", "a"))
    new = evaluate(graph, told)
    assert {new.verdict_at(number), new.verdict_at(common)} == {YES}
    off = reevaluate(new, facts(a=True, b=True, c=False), [FLAGS("c")])
    assert off.verdict_at(number) is NO


def test_changes_made_one_after_the_other_are_all_told_of() -> None:
    graph = compiled()
    first = reevaluate(evaluate(graph, facts()), facts(a=True), [FLAGS("a"), OTHER("a")])
    both = reevaluate(first, facts(a=True, b=True), [FLAGS("b"), OTHER("b")])
    for name in ("a", "b"):
        reason = both.reason(NodeKey.of("leaf", name))
        assert reason is not None
        assert reason.verdict is YES
    assert both.verdict(NodeKey.of("top")) is YES


def test_at_best_all_that_hangs_on_a_change_holds() -> None:
    graph = compiled()
    old = evaluate(graph, facts(b=True))
    assert at_best(old, [FLAGS("a"), OTHER("a")]) is None  # to find what hangs on it takes asking
    best = at_best(old, [FLAGS("a")])
    assert best is not None
    assert best.verdict(NodeKey.of("leaf", "a")) is YES
    assert best.verdict(NodeKey.of("leaf", "1a")) is NO
    assert best.changed == {graph.number[NodeKey.of("leaf", "a")]}


@dataclass(frozen=True)
class Barred(Selective):
    """The same, and not asked of a host at all."""

    def check(self, facts: Facts) -> Reason:
        return super().check(facts)._replace(verdict=NOT_APPLICABLE)


def test_what_is_not_asked_of_a_host_is_not_taken_to_hold() -> None:
    graph = compiled()
    barred = graph.leaf(Barred("a"))
    old = evaluate(graph, facts(b=True))
    assert old.verdict_at(barred) is NOT_APPLICABLE
    assert at_best(old, [FLAGS("a")]) is None
    assert at_best(old, [FLAGS("b")]) is not None


def test_the_same_answer_is_one_object() -> None:
    leaves = Leaves()
    for number in range(3):
        leaves.add(number, Common(f"x{number}", "a"))
    (answers,) = leaves.answers(facts(a=True))
    assert len({id(reason) for reason in answers.reasons}) == 1


NUMBER = FactFamily("number", int)


@dataclass(frozen=True)
class Counting(Common):
    """Answers by a number, and counts how often it is asked; a leaf named for another number than
    those that a change is about is not concerned by it."""

    @property
    def reads(self) -> tuple[FactKey[object], ...]:
        return (NUMBER.every,)

    def check(self, facts: Facts) -> Reason:
        verdict: Verdict = YES if self.state(facts) else NO
        return Reason("number", self.name, verdict, f"{self.name} {verdict.label}")

    def state(self, facts: Facts) -> Hashable:
        fact = facts.known.get(NUMBER("n"))
        return fact.value if fact else None

    def concerned(self, before: Facts, after: Facts) -> Callable[[Counting], bool] | None:
        changed = {str(self.state(before)), str(self.state(after))}
        return (lambda leaf: leaf.name in changed) if changed != {"all"} else None


def numbered(value: object) -> Facts:
    return Facts({NUMBER("n"): Known(value)})


def counting(*names: str) -> tuple[Compiled, list[int]]:
    graph = Compiled(Graph())
    return graph, [graph.leaf(Counting(name, "n")) for name in names]


def test_of_so_many_states_those_asked_last_are_remembered() -> None:
    graph, _ = counting("a")
    for value in (*range(_STATES), 0):
        evaluate(graph, numbered(value))
    Counting.asked.clear()
    evaluate(graph, numbered(_STATES))  # in the place of 1, which was asked longest ago
    assert Counting.asked == ["a"]
    for value in (*range(2, _STATES + 1), 0):
        evaluate(graph, numbered(value))
    assert Counting.asked == ["a"]
    evaluate(graph, numbered(1))
    assert Counting.asked == ["a", "a"]


def test_only_the_leaves_that_a_change_concerns_are_asked_again() -> None:
    graph, numbers = counting("0", "1", "2", "3")
    before = evaluate(graph, numbered(0))
    Counting.asked.clear()
    after = reevaluate(before, numbered(2), [NUMBER("n")])
    assert Counting.asked == ["0", "2"]
    assert [after.verdict_at(number) for number in numbers] == [YES, NO, YES, NO]
    further = graph.leaf(Counting("2", "n"))
    again = reevaluate(evaluate(graph, numbered(0)), numbered(2), [NUMBER("n")])
    assert again.verdict_at(further) is YES
    Counting.asked.clear()
    assert list(reevaluate(before, numbered(0), [NUMBER("n")]).codes) == list(before.codes)
    assert Counting.asked == []
