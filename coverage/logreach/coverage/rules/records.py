"""Rules as plain records: what the cache keeps, and how a rule is made of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from logreach.coverage.patterns import Constraint, Test
from logreach.coverage.rules.branches import Conj
from logreach.coverage.rules.describe import needs_text
from logreach.coverage.rules.mapping import Knowledge
from logreach.coverage.rules.model import (
    And,
    Correlation,
    Lit,
    Literal,
    LogSource,
    Node,
    Not,
    Or,
    Rule,
)
from logreach.coverage.rules.sights import branch_of

Record = dict[str, Any]


def condition_record(tree: Node, found: Sequence[Conj], truncated: bool) -> Record:
    """A condition as a record: its literals once, branches by their numbers.

    The tree is kept where the branches are not all there is.
    """
    numbers: dict[Literal, int] = {}

    def number(literal: Literal) -> int:
        return numbers.setdefault(literal, len(numbers))

    branches = [
        [
            [number(one) for one in needs],
            [[number(one) for one in veto] for veto in vetoes],
            needs_text(needs),
        ]
        for needs, vetoes in found
    ]
    whole = _tree_record(tree, number) if truncated else None
    return {
        "literals": [_literal_record(literal) for literal in numbers],
        "branches": branches,
        "truncated": truncated,
        "tree": whole,
    }


def _literal_record(literal: Literal) -> list[Any]:
    held = literal.constraint
    return [literal.field, held.test.value, list(held.values), held.cased]


def _tree_record(node: Node, number: Any) -> list[Any]:
    match node:
        case Lit():
            return ["literal", number(node.literal)]
        case Not():
            return ["not", _tree_record(node.child, number)]
        case And():
            return ["and", [_tree_record(child, number) for child in node.children]]
        case Or():
            return ["or", [_tree_record(child, number) for child in node.children]]


def rule_of(record: Mapping[str, Any], known: Knowledge) -> Rule:
    """The rule of a record. Raises KeyError, TypeError or ValueError where it is no record."""
    source = LogSource(*record["logsource"])
    placement = known.place(source)
    literals = [_literal(entry) for entry in record.get("literals", ())]
    unjudged = record["unjudged"]
    if not unjudged and record["kind"] == "rule":
        unjudged = placement.unmapped
    found = [_conj(entry, literals) for entry in record.get("branches", ())]
    tree = record.get("tree")
    correlation = record.get("correlation")
    return Rule(
        id=record["id"],
        title=record["title"],
        level=record["level"],
        status=record["status"],
        file=record["file"],
        line=record["line"],
        techniques=tuple(record["techniques"]),
        tactics=tuple(record["tactics"]),
        logsource=source,
        branches=tuple(branch_of(conj, placement, known, text) for conj, text in found),
        truncated=record.get("truncated", False),
        tree=_tree(tree, literals) if tree else None,
        unjudged=unjudged,
        applicable=placement.applicable,
        kind=record["kind"],
        name=record["name"],
        correlation=_correlation(correlation) if correlation else None,
    )


def _literal(entry: Sequence[Any]) -> Literal:
    field, test, values, cased = entry
    return Literal(str(field), Constraint(Test(test), tuple(map(str, values)), cased=bool(cased)))


def _conj(entry: Sequence[Any], literals: Sequence[Literal]) -> tuple[Conj, str]:
    needs, vetoes, text = entry
    return (
        tuple(literals[index] for index in needs),
        tuple(tuple(literals[index] for index in veto) for veto in vetoes),
    ), str(text)


def _tree(entry: Sequence[Any], literals: Sequence[Literal]) -> Node:
    kind, rest = entry
    if kind == "literal":
        return Lit(literals[cast("int", rest)])
    if kind == "not":
        return Not(_tree(rest, literals))
    children = tuple(_tree(child, literals) for child in rest)
    return And(children) if kind == "and" else Or(children)


def _correlation(entry: Mapping[str, Any]) -> Correlation:
    return Correlation(tuple(entry["rules"]), bool(entry["every"]), tuple(entry["fields"]))
