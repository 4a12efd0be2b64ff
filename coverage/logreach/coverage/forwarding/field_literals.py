"""The literals with which queries compare an event's fields."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from logreach.coverage.forwarding.xpath_truth import Number
from logreach.inventories.forwarding.xpath import (
    Call,
    Compare,
    Expr,
    LocationStep,
    Path,
    XPathAnd,
    XPathLiteral,
    XPathOr,
)

LiteralValue = str | Number


@dataclass(slots=True)
class FieldLiterals:
    """Literals by field; `any_field` holds those that may be compared with any field."""

    by_field: dict[str, set[LiteralValue]] = field(default_factory=dict)
    any_field: set[LiteralValue] = field(default_factory=set)

    def literals(self, name: str) -> frozenset[LiteralValue]:
        """Every literal with which a query may compare this field."""
        return frozenset(self.by_field.get(name, ())) | self.any_field

    def add(self, names: Iterable[str], literals: Iterable[LiteralValue] = ()) -> None:
        """Add fields that a query names, and the literals with which it compares them."""
        for name in names:
            self.by_field.setdefault(name, set()).update(literals)


def field_literals(expressions: Iterable[Expr], order: tuple[str, ...] | None) -> FieldLiterals:
    """The literals in expressions; `order` are the event's fields, which Data[1] counts."""
    literals = FieldLiterals()
    for expression in expressions:
        _walk(expression, literals, order or (), ())
    return literals


def unknown_conditions(expression: Expr) -> Iterator[str]:
    """The conditions of a collector's configuration that XPath cannot express, in words."""
    match expression:
        case Call("undecided", (XPathLiteral(str(words)),)):
            yield words
        case XPathAnd(operands) | XPathOr(operands) | Call(_, operands):
            for operand in operands:
                yield from unknown_conditions(operand)
        case Path(steps):
            for step in steps:
                for predicate in step.predicates:
                    yield from unknown_conditions(predicate)


def header_names(expression: Expr, *, inside: bool = False) -> Iterator[str]:
    """The header's elements, and attributes with an @, that an expression names."""
    match expression:
        case XPathAnd(operands) | XPathOr(operands) | Call(_, operands):
            for operand in operands:
                yield from header_names(operand, inside=inside)
        case Compare(_, left, right):
            for operand in (left, right):
                yield from header_names(operand, inside=inside)
        case Path(steps):
            for step in steps:
                if inside:
                    yield f"@{step.name}" if step.attribute else step.name
                inside = inside or step.name == "System"
                for predicate in step.predicates:
                    yield from header_names(predicate, inside=inside)


def _walk(
    expression: Expr, collected: FieldLiterals, order: tuple[str, ...], above: tuple[str, ...]
) -> None:
    match expression:
        case XPathAnd(operands) | XPathOr(operands) | Call(_, operands):
            for operand in operands:
                _walk(operand, collected, order, above)
        case Path(steps):
            _walk_path(steps, (), collected, order, above)
        case Compare(_, left, right):
            sides = (left, right)
            literals = [side.value for side in sides if isinstance(side, XPathLiteral)]
            for operand in (left, right):
                if isinstance(operand, Path):
                    _walk_path(operand.steps, literals, collected, order, above)
                else:
                    _walk(operand, collected, order, above)


def _walk_path(
    steps: tuple[LocationStep, ...],
    literals: Iterable[LiteralValue],
    collected: FieldLiterals,
    order: tuple[str, ...],
    above: tuple[str, ...],
) -> None:
    for step in steps:
        above = (*above, step.name)
        for predicate in step.predicates:
            _walk(predicate, collected, order, above)
    last = steps[-1]
    if not _ends_at_field(above) or (last.attribute and above[-2] == "Data"):
        return
    names = _field_names(last, order)
    if names:
        collected.add(names, literals)
    elif last.name in ("Data", "*") or last.attribute:
        collected.any_field.update(literals)
    else:
        collected.add((last.name,), literals)


def _ends_at_field(path_names: tuple[str, ...]) -> bool:
    """Whether a path from the event's root ends at one of its data fields."""
    match path_names:
        case (_, "System", *_):
            return False
        case (_, "EventData", *_, last):
            return last in ("Data", "*") or path_names[-2] == "Data"
        case (_, "UserData", *deeper):
            return len(deeper) > 1
    return len(path_names) > 2


def _field_names(step: LocationStep, order: tuple[str, ...]) -> set[str]:
    """The fields that a Data step means, by @Name or by position."""
    names: set[str] = set()
    for predicate in step.predicates:
        match predicate:
            case XPathLiteral(int(position)) if 0 < position <= len(order):
                names.add(order[position - 1])
            case _:
                names.update(_attribute_names(predicate))
    return names


def _attribute_names(expression: Expr) -> set[str]:
    match expression:
        case XPathAnd(operands) | XPathOr(operands):
            return set().union(*(_attribute_names(operand) for operand in operands))
        case Compare("=", Path((LocationStep("Name", True, ()),)), XPathLiteral(str(name))):
            return {name}
    return set()
