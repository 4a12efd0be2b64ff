"""Small graphs for tests, with leaves that read one setting each."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import strategies as st

from logreach.coverage.engine.graph import Combine, Edge, Graph, Node
from logreach.coverage.engine.judged import Reason, Remedy
from logreach.coverage.engine.node_key import NodeKey
from logreach.coverage.engine.verdict import NO, NOT_APPLICABLE, PARTIAL, UNKNOWN, YES
from logreach.inventories.facts.facts import Facts, Missing, Statement
from logreach.inventories.facts.keys import FactKey
from logreach.inventories.files.evidence import Evidence
from logreach.inventories.windows.facts import SETTING

VERDICTS = [YES, PARTIAL, NO, UNKNOWN, NOT_APPLICABLE]


@dataclass(frozen=True)
class Asks:
    """A leaf that reads one setting: an index into VERDICTS. It offers a remedy or none."""

    name: str
    fixable: bool = True

    @property
    def key(self) -> FactKey[object]:
        return SETTING(self.name)

    @property
    def reads(self) -> tuple[FactKey[object], ...]:
        return (self.key,)

    def check(self, facts: Facts) -> Reason:
        fact = facts.get(SETTING(self.name))
        remedy = Remedy(self.key, VERDICTS.index(YES), f"set {self.name}") if self.fixable else None
        if isinstance(fact, Missing):
            return Reason("setting", self.name, UNKNOWN, "missing", remedy=remedy, missing=self.key)
        verdict = VERDICTS[int(fact.value)]
        short = verdict.applicable and verdict != YES
        text = f"it is {fact.value}"
        return Reason("setting", self.name, verdict, text, remedy=remedy if short else None)


@st.composite
def graphs(draw: st.DrawFn) -> tuple[Graph, Facts]:
    """A random graph: leaves first, inner nodes over earlier ones, any edge limited or a gate."""
    graph = Graph()
    leaves = draw(st.integers(1, 5))
    keys: list[NodeKey] = []
    said = []
    for name in (f"leaf{number}" for number in range(leaves)):
        leaf = Asks(name, draw(st.booleans()))
        keys.append(graph.add(Node(NodeKey.of(name), Combine.LEAF, "prerequisite", name, leaf)))
        value = draw(st.integers(-1, 4))
        if value >= 0:
            said.append(Statement(SETTING(name), value, Evidence("t")))
    for number in range(draw(st.integers(1, 6))):
        key = NodeKey.of(f"inner{number}")
        combine = draw(st.sampled_from([Combine.ANY, Combine.ALL]))
        graph.add(Node(key, combine, "inner", key.kind))
        for child in draw(st.lists(st.sampled_from(keys), unique=True, min_size=1, max_size=4)):
            limit = draw(st.sampled_from([None, None, PARTIAL, NO, UNKNOWN]))
            kinds = draw(st.sampled_from([{}, {}, {"gate": True}, {"elsewhere": True}]))
            graph.link(key, Edge(child, limit, "why", **kinds))
        keys.append(key)
    return graph, Facts.of(said)
