"""What a correlation rule asks of the rules that it names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from math import comb
from typing import TYPE_CHECKING, Any

from logreach.coverage.detections.model import (
    And,
    Correlation,
    CountedField,
    Lit,
    Literal,
    Node,
    Not,
    Or,
)
from logreach.coverage.events.patterns import Constraint, Test

if TYPE_CHECKING:
    from sigma.correlations import SigmaCorrelationRule

_MOST_SETS = 1_000  # sets of rules that may fire together
_FIRES = Constraint(Test.EXISTS)


def correlation_of(
    rule: SigmaCorrelationRule, names: Mapping[str, tuple[str, ...]]
) -> Correlation | str:
    """A correlation, or why it cannot be judged; `names` are a site's own names for fields."""
    expression = getattr(rule.condition, "parsed", None)
    rules = tuple(reference.reference for reference in rule.rules or ())
    if expression is not None:
        tree = _tree(expression)
        return Correlation(rules or tuple(_named(tree)), tree, _fields(rule, names))
    if not rule.type.name.startswith("TEMPORAL"):
        return Correlation(rules, Or(tuple(map(_fires, rules))), _fields(rule, names))
    least = _least(rule.condition, len(rules))
    if comb(len(rules), least) > _MOST_SETS:
        return f"it asks for {least} of {len(rules)} rules, more sets than are looked at"
    sets = [And(tuple(map(_fires, chosen))) for chosen in combinations(rules, least)]
    return Correlation(rules, sets[0] if len(sets) == 1 else Or(tuple(sets)), _fields(rule, names))


def _fires(name: str) -> Lit:
    return Lit(Literal(name, _FIRES))


def _least(condition: Any, every: int) -> int:
    """The number of rules that must fire at least."""
    op = getattr(condition, "op", None)
    if op is None:
        return every
    count = int(condition.count)
    match op.name:
        case "GTE" | "EQ":
            return max(count, 1)
        case "GT":
            return max(count + 1, 1)
        case _:
            return 1


def _tree(item: Any) -> Node:
    """The condition as pySigma parsed it."""
    if not hasattr(item, "args"):
        return _fires(item.reference)
    children = tuple(map(_tree, item.args))
    kind = type(item).__name__
    if kind.endswith("NOT"):
        return Not(children[0])
    return And(children) if kind.endswith("AND") else Or(children)


def _named(tree: Node) -> Iterator[str]:
    match tree:
        case Lit():
            yield tree.literal.field
        case Not():
            yield from _named(tree.child)
        case And() | Or():
            for child in tree.children:
                yield from _named(child)


def excluded_in(tree: Node) -> frozenset[str]:
    """The rules that a condition wants not to fire."""
    match tree:
        case Lit():
            return frozenset()
        case Not():
            return frozenset(_named(tree.child))
        case And() | Or():
            return frozenset().union(*map(excluded_in, tree.children))


def _fields(
    rule: SigmaCorrelationRule, names: Mapping[str, tuple[str, ...]]
) -> tuple[CountedField, ...]:
    """The fields that must be filled to group or to count; an alias is another one in each rule."""
    counted: str | Sequence[str] = getattr(rule.condition, "fieldref", None) or ()
    counted = (counted,) if isinstance(counted, str) else tuple(counted)
    aliases = {
        alias.alias: tuple(
            (reference.reference, _known(field, names))
            for reference, field in alias.mapping.items()
        )
        for alias in rule.aliases
    }
    needed_names = dict.fromkeys((*(rule.group_by or ()), *counted))
    return tuple(CountedField(_known(name, names), aliases.get(name, ())) for name in needed_names)


def _known(name: str, names: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    return names.get(name, (name,))
