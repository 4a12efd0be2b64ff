"""A graph as lists of numbers, the form in which it is evaluated.

A graph is compiled once, as it is evaluated for every profile and, to weigh remedies and missing
facts, many times with a few leaves changed. Verdicts are numbers there: see `folding`.

Nodes that come by the thousand and that nobody names (those of detection rules) are added to the
lists directly: `leaf`, `combined` and `cover` return a number, and return the same number when
they are asked for the same node again.
"""

from __future__ import annotations

from collections.abc import Sequence

from logreach.coverage.engine.deciding import edge_code
from logreach.coverage.engine.folding import (
    BEGIN,
    BEGIN_GATED,
    NEVER,
    PERHAPS_SHARED,
    RESULT,
    SHARED,
    Table,
    table_of,
)
from logreach.coverage.engine.graph import Combine, Edge, Graph, Prerequisite
from logreach.coverage.engine.leaves import Leaves
from logreach.coverage.engine.node_key import NodeKey
from logreach.coverage.engine.verdict import PARTIAL

Link = tuple[int, Edge]
"""A child by its number, and the edge that leads to it."""
_UNNAMED = NodeKey.of("unnamed")
_PLAIN = Edge(_UNNAMED)
_GATE = Edge(_UNNAMED, gate=True)
_CAPPED = Edge(_UNNAMED, PARTIAL)
_PLAIN_CODE, _GATE_CODE = edge_code(), edge_code(gate=True)
assert not _PLAIN_CODE  # noqa: S101


class Compiled:
    """Nodes as lists, children before parents; a node is its place in them.

    `number` has the places of nodes that have a key.
    Most nodes have children over plain edges only, or a gate as first of them: of these, the
    numbers of the children are all that is kept.
    """

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.keys: list[NodeKey | None] = []
        self.number: dict[NodeKey, int] = {}
        self.leaves = Leaves()
        self.inner: list[int] = []
        self.kinds: list[Combine] = []
        self.children: list[tuple[int, ...]] = []
        self._parents: list[list[int]] = []
        self.sources: list[int] = []
        """Of a node that is no more than another name for its child, the first below that is more;
        of any other, its own number. Two in five nodes are such names."""
        self.elsewhere: dict[int, tuple[int, ...]] = {}
        """Nodes with needs that other hosts may meet -> these children."""
        self._begins = bytearray()
        """The state in which folding begins: whether the first child is a gate, where that is all
        there is to say of the edges."""
        self._tables: list[Table] = []
        """The table of every edge, where that is all there is to say of them."""
        self._edges: dict[int, tuple[Edge, ...]] = {}
        """The edges of nodes of which more is to be said."""
        self._edge_codes: dict[int, tuple[int, ...]] = {}
        self._edge_tables: dict[int, tuple[tuple[int, Table], ...]] = {}
        """The same for evaluating: children, and the tables of the edges that lead to them."""
        self._nodes: dict[tuple[Combine, bool], dict[tuple[int, ...], int]] = {
            (combine, gate): {} for combine in Combine for gate in (False, True)
        }
        self._capped_nodes: dict[tuple[int, ...], int] = {}
        for key in graph.order():
            self._compile(key)

    @property
    def parents(self) -> Sequence[Sequence[int]]:
        """The nodes that hang on each node."""
        parents = self._parents
        if len(parents) < len(self.children):  # nodes were added since
            fresh = len(parents)
            parents += [[] for _ in self.children[fresh:]]
            for number, children in enumerate(self.children[fresh:], fresh):
                for child in children:
                    parents[child].append(number)
        return parents

    def has_limits(self, number: int) -> bool:
        """Whether more is to be said of a node's edges than that the first leads to a gate."""
        return number in self._edges

    def links(self, number: int) -> tuple[Link, ...]:
        """The children of a node, with the edges that lead to them."""
        children, edges = self.children[number], self._edges.get(number)
        if edges is not None:
            return tuple(zip(children, edges, strict=True))
        first = _GATE if self._begins[number] == BEGIN_GATED else _PLAIN
        return tuple([(child, _PLAIN if place else first) for place, child in enumerate(children)])

    def link(self, number: int, place: int) -> Link:
        """One of the links."""
        child, edges = self.children[number][place], self._edges.get(number)
        if edges is not None:
            return child, edges[place]
        return child, _GATE if not place and self._begins[number] == BEGIN_GATED else _PLAIN

    def edges_and_codes(self, number: int, codes: Sequence[int]) -> tuple[int, ...]:
        """The children of a node by their codes, and the edges to them, as `deciding` asks."""
        children = [codes[child] for child in self.children[number]]
        edge_codes = self._edge_codes.get(number)
        if edge_codes is not None:
            return tuple([code + edge for code, edge in zip(children, edge_codes, strict=True)])
        if self._begins[number] == BEGIN_GATED:
            children[0] += _GATE_CODE
        return tuple(children)

    def include(self, key: NodeKey) -> int:
        """The number of a node of the graph, which may have been added since it was compiled."""
        todo = [key]
        while todo:
            missing = [
                edge.child for edge in self.graph.edges(todo[-1]) if edge.child not in self.number
            ]
            if todo[-1] in self.number:
                todo.pop()
            elif missing:
                todo += missing
            else:
                self._compile(todo.pop())
        return self.number[key]

    def _compile(self, key: NodeKey) -> None:
        node, edges = self.graph.node(key), self.graph.edges(key)
        children = tuple([self.number[edge.child] for edge in edges])
        self.number[key] = self._append(key, node.combine, children, edges, node.leaf)

    def leaf(self, prerequisite: Prerequisite) -> int:
        """A prerequisite as a node without a key, whether or not there is an equal one."""
        number = self._add(None, Combine.LEAF, ())
        self.leaves.add(number, prerequisite)
        return number

    def combined(self, combine: Combine, children: Sequence[int], *, gate: bool = False) -> int:
        """A node over others, without limits; with `gate`, the first child is one.

        A single child stands for itself.
        """
        if len(children) == 1:
            return children[0]
        numbers, same = tuple(children), self._nodes[combine, gate]
        number = same.get(numbers)
        if number is None:
            number = same[numbers] = self._add(None, combine, numbers)
            self._begins[number] = BEGIN_GATED if gate else BEGIN
        return number

    def cover(self, children: Sequence[int]) -> int:
        """A node that is YES where all children are, and at least PARTIAL where some are.

        As `construction.cover`, but nothing is said of a part that falls short: the reasons are
        those of what is lacking.
        """
        if len(children) == 1:
            return children[0]
        return self._capped(self.combined(Combine.ALL, children), *children)

    def at_least(self, child: int, part: int) -> int:
        """A node that is worth its child, and at least PARTIAL where a part of it holds."""
        return self._capped(child, part)

    def _capped(self, full: int, *capped: int) -> int:
        children = (full, *capped)
        number = self._capped_nodes.get(children)
        if number is None:
            edges = (_PLAIN, *(_CAPPED for _ in capped))
            number = self._capped_nodes[children] = self._append(None, Combine.ANY, children, edges)
        return number

    def bracket(self, outer: int, inner: int, undecided: str) -> int:
        """What holds for a set of events, by nodes for a set around it and for one inside it.

        `undecided` says what it means that the outer one alone does not tell.
        """
        return self._append(
            None, Combine.BRACKET, (outer, inner), (_GATE, Edge(_UNNAMED, why=undecided))
        )

    def named(self, key: NodeKey, child: int) -> int:
        """A node of its own, by a key, that is worth what another one is."""
        self.number[key] = number = self._add(key, Combine.ANY, (child,))
        return number

    def _add(self, key: NodeKey | None, combine: Combine, children: tuple[int, ...]) -> int:
        """A node over plain edges."""
        number = len(self.kinds)
        self.keys.append(key)
        self.kinds.append(combine)
        self.children.append(children)
        self.sources.append(self.sources[children[0]] if len(children) == 1 else number)
        self._begins.append(BEGIN)
        self._tables.append(table_of(combine))
        if combine is not Combine.LEAF:
            self.inner.append(number)
        return number

    def _append(
        self,
        key: NodeKey | None,
        combine: Combine,
        children: tuple[int, ...],
        edges: tuple[Edge, ...],
        prerequisite: Prerequisite | None = None,
    ) -> int:
        """A node over edges of any kind."""
        number = self._add(key, combine, children)
        if prerequisite is not None:
            self.leaves.add(number, prerequisite)
        if not [edge for edge in edges if edge.limit or edge.gate or edge.elsewhere or edge.why]:
            return number
        self.sources[number] = number
        self._edges[number] = edges
        self._edge_codes[number] = tuple(
            [edge_code(edge.limit, gate=edge.gate, elsewhere=edge.elsewhere) for edge in edges]
        )
        if len(edges) > 1 or edges[0].limit is not None:
            tables = [table_of(combine, edge.limit, gate=edge.gate) for edge in edges]
            self._edge_tables[number] = tuple(zip(children, tables, strict=True))
        elsewhere = tuple(
            [child for child, edge in zip(children, edges, strict=True) if edge.elsewhere]
        )
        if elsewhere:
            self.elsewhere[number] = elsewhere
        return number

    def combine(self, number: int, codes: Sequence[int]) -> int:
        """The verdict of an inner node from those of its children."""
        edge_tables = self._edge_tables.get(number)
        if edge_tables is None:
            table, state = self._tables[number], self._begins[number]
            for child in self.children[number]:
                state = table[state][codes[child]]
            return RESULT[state]
        state = BEGIN
        for child, table in edge_tables:
            state = table[state][codes[child]]
        if number in self.elsewhere:
            return self._without_elsewhere(number, RESULT[state], codes)
        return RESULT[state]

    def _without_elsewhere(self, number: int, code: int, codes: Sequence[int]) -> int:
        """A node some of whose needs other hosts meet, or may meet."""
        needs = [codes[child] for child in self.elsewhere[number]]
        if NEVER in needs:
            return SHARED[code]
        return PERHAPS_SHARED[code] if max(needs) > NEVER else code
