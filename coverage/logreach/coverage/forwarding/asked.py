"""What queries ask of an event's fields: which field is compared with which literals."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from logreach.coverage.forwarding.truth import Number
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

Text = str | Number


@dataclass(slots=True)
class Asked:
    """Literals by field; `anywhere` holds those that any field may be compared with."""

    named: dict[str, set[Text]] = field(default_factory=dict)
    anywhere: set[Text] = field(default_factory=set)

    def literals(self, name: str) -> frozenset[Text]:
        """Every literal that this field may be compared with."""
        return frozenset(self.named.get(name, ())) | self.anywhere

    def name(self, names: Iterable[str], literals: Iterable[Text] = ()) -> None:
        """Note that fields are asked for, and compared with literals."""
        for name in names:
            self.named.setdefault(name, set()).update(literals)


def asked(expressions: Iterable[Expr], order: tuple[str, ...] | None) -> Asked:
    """Gather from expressions; `order` gives the event's fields, for Data[1]."""
    found = Asked()
    for expression in expressions:
        _walk(expression, found, order or (), ())
    return found


def undecided_parts(expression: Expr) -> Iterator[str]:
    """What a collector's configuration asks that no query can tell, in words."""
    match expression:
        case Call("undecided", (XPathLiteral(str(words)),)):
            yield words
        case XPathAnd(parts) | XPathOr(parts) | Call(_, parts):
            for part in parts:
                yield from undecided_parts(part)
        case Path(steps):
            for step in steps:
                for predicate in step.predicates:
                    yield from undecided_parts(predicate)


def header_parts(expression: Expr, *, inside: bool = False) -> Iterator[str]:
    """The names of the header's parts that an expression asks for, attributes with an @."""
    match expression:
        case XPathAnd(parts) | XPathOr(parts) | Call(_, parts):
            for part in parts:
                yield from header_parts(part, inside=inside)
        case Compare(_, left, right):
            for side in (left, right):
                yield from header_parts(side, inside=inside)
        case Path(steps):
            for step in steps:
                if inside:
                    yield f"@{step.name}" if step.attribute else step.name
                inside = inside or step.name == "System"
                for predicate in step.predicates:
                    yield from header_parts(predicate, inside=inside)


def _walk(expression: Expr, found: Asked, order: tuple[str, ...], above: tuple[str, ...]) -> None:
    match expression:
        case XPathAnd(parts) | XPathOr(parts) | Call(_, parts):
            for part in parts:
                _walk(part, found, order, above)
        case Path(steps):
            _path(steps, (), found, order, above)
        case Compare(_, left, right):
            literals = [side.value for side in (left, right) if isinstance(side, XPathLiteral)]
            for side in (left, right):
                if isinstance(side, Path):
                    _path(side.steps, literals, found, order, above)
                else:
                    _walk(side, found, order, above)


def _path(
    steps: tuple[LocationStep, ...],
    literals: Iterable[Text],
    found: Asked,
    order: tuple[str, ...],
    above: tuple[str, ...],
) -> None:
    for step in steps:
        above = (*above, step.name)
        for predicate in step.predicates:
            _walk(predicate, found, order, above)
    last = steps[-1]
    if not _means_field(above) or (last.attribute and above[-2] == "Data"):
        return
    names = _names(last, order)
    if names:
        found.name(names, literals)
    elif last.name in ("Data", "*") or last.attribute:
        found.anywhere.update(literals)
    else:
        found.name((last.name,), literals)


def _means_field(above: tuple[str, ...]) -> bool:
    """Whether a path from the event ends at one of its data fields."""
    match above:
        case (_, "System", *_):
            return False
        case (_, "EventData", *_, last):
            return last in ("Data", "*") or above[-2] == "Data"
        case (_, "UserData", *deeper):
            return len(deeper) > 1
    return len(above) > 2


def _names(step: LocationStep, order: tuple[str, ...]) -> set[str]:
    """The fields that a Data step means, by @Name or by place."""
    names: set[str] = set()
    for predicate in step.predicates:
        match predicate:
            case XPathLiteral(int(place)) if 0 < place <= len(order):
                names.add(order[place - 1])
            case _:
                names.update(_attribute_names(predicate))
    return names


def _attribute_names(expression: Expr) -> set[str]:
    match expression:
        case XPathAnd(parts) | XPathOr(parts):
            return set().union(*(_attribute_names(part) for part in parts))
        case Compare("=", Path((LocationStep("Name", True, ()),)), XPathLiteral(str(name))):
            return {name}
    return set()
