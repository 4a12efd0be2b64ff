"""Sigma's condition, as pySigma parses it, as a tree of our own."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from logreach.coverage.detections.model import KEYWORD, And, Lit, Literal, Node, Not, Or
from logreach.coverage.detections.placeholders import Placeholders
from logreach.coverage.detections.values import value_node
from logreach.coverage.events.patterns import Constraint, Test
from logreach.inventories.files.patterns import with_wildcards

if TYPE_CHECKING:
    from sigma.rule import SigmaRule

_SELECTOR = re.compile(r"\b((?:1|any|all)\s+of\s+([A-Za-z0-9*_]+))")
NO_VALUES: Placeholders = {}
_MOST_WILD = 4  # alternatives with wildcards inside that stay apart; more become one expression


class EmptyCondition(ValueError):  # noqa: N818 - a finding about a rule, not a failure
    """A condition that names nothing, such as '1 of filter_*' without any filter."""


def rule_tree(rule: SigmaRule, placeholders: Placeholders = NO_VALUES) -> Node:
    """The condition of a rule; several conditions are alternatives.

    Raises what pySigma raises for a condition that it cannot read, and `EmptyCondition`.
    """
    for condition in rule.detection.condition:
        for selector, pattern in _SELECTOR.findall(condition):
            if not any(_is_named(name, pattern) for name in rule.detection.detections):
                raise EmptyCondition(
                    f"{' '.join(selector.split())!r} in the condition names no search"
                )
    parsed = [condition.parsed for condition in rule.detection.parsed_condition]
    return either([_node(condition, placeholders) for condition in parsed])


def _is_named(name: str, pattern: str) -> bool:
    """Whether a search is meant by 'of': those that begin with '_' only where the pattern does."""
    if name.startswith("_") and not pattern.startswith("_"):
        return False
    if pattern == "them":
        return True
    name_pattern = with_wildcards(pattern)
    return name_pattern is not None and name_pattern.is_all_of(name)


def _node(item: Any, placeholders: Placeholders) -> Node:
    from sigma import conditions

    match item:
        case conditions.ConditionFieldEqualsValueExpression():
            return _tidied(value_node(item.field, item.value, placeholders))
        case conditions.ConditionValueExpression():
            return _tidied(value_node(KEYWORD, item.value, placeholders))
        case conditions.ConditionNOT():
            return negate(_node(item.args[0], placeholders))
        case conditions.ConditionAND():
            return both([_node(arg, placeholders) for arg in item.args])
        case conditions.ConditionOR():
            return either([_node(arg, placeholders) for arg in item.args])
        case _:
            raise EmptyCondition("the condition names no search")


def _tidied(node: Node) -> Node:
    """One value that stands for several (base64 offsets, dashes) as one test."""
    return either(list(node.children)) if isinstance(node, Or) else node


def fields_of(tree: Node) -> frozenset[str]:
    """The fields that a condition tests."""
    match tree:
        case Lit():
            return frozenset({tree.literal.field} - {KEYWORD})
        case Not():
            return fields_of(tree.child)
        case And() | Or():
            return frozenset().union(*map(fields_of, tree.children))


def negate(node: Node) -> Node:
    """The opposite of a condition."""
    return node.child if isinstance(node, Not) else Not(node)


def both(nodes: list[Node]) -> Node:
    """All of some conditions, nested ones laid flat."""
    flat: list[Node] = []
    for node in nodes:
        flat.extend(node.children if isinstance(node, And) else (node,))
    unique = tuple(dict.fromkeys(flat))
    return unique[0] if len(unique) == 1 else And(unique)


def either(nodes: list[Node]) -> Node:
    """Any of some conditions: nested ones laid flat, tests on one field put together."""
    flat: list[Node] = []
    for node in nodes:
        flat.extend(node.children if isinstance(node, Or) else (node,))
    wild = [node for node in flat if _is_wild(node)]
    if len(wild) > _MOST_WILD:
        flat = [_expression_of(node) if _is_wild(node) else node for node in flat]
    unique = tuple(_merged(flat))
    return unique[0] if len(unique) == 1 else Or(unique)


def _is_wild(node: Node) -> bool:
    """Whether it is one value with wildcards inside: tests on one field, an expression last."""
    return (
        isinstance(node, And)
        and all(isinstance(child, Lit) for child in node.children)
        and len({child.literal.field for child in node.children if isinstance(child, Lit)}) == 1
        and _expression_of(node).literal.constraint.test is Test.MATCHES
    )


def _expression_of(node: Node) -> Lit:
    last = node.children[-1] if isinstance(node, And) else node
    if not isinstance(last, Lit):
        raise TypeError(type(last).__name__)
    return last


def _merged(nodes: list[Node]) -> list[Node]:
    """Tests of one kind on one field as one test with all their values, in order."""
    groups: dict[object, list[Lit]] = {}
    order: list[object] = []
    for node in nodes:
        key: object = node
        if isinstance(node, Lit):
            constraint = node.literal.constraint
            key = (node.literal.field, constraint.test, constraint.cased)
            groups.setdefault(key, []).append(node)
        order.append(key)
    return [
        _together(groups[key]) if key in groups else _as_node(key) for key in dict.fromkeys(order)
    ]


def _as_node(key: object) -> Node:
    if not isinstance(key, And | Or | Not | Lit):
        raise TypeError(type(key).__name__)
    return key


def _together(lits: list[Lit]) -> Lit:
    if len(lits) == 1:
        return lits[0]
    first = lits[0].literal
    values = dict.fromkeys(value for lit in lits for value in lit.literal.constraint.values)
    constraint = Constraint(first.constraint.test, tuple(values), cased=first.constraint.cased)
    return Lit(Literal(first.field, constraint))
