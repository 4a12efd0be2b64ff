"""Whether an event meets an XPath expression: true, false, or unknown (None).

The answer is also None where Microsoft does not document the engine's behaviour: for numbers in
another notation than the query's, and for the order of texts.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from logreach.coverage.engine.three_valued import Truth, all_true, any_true, negated
from logreach.coverage.forwarding.events import (
    UNKNOWN,
    AnyOf,
    EventElement,
    TextAnyCase,
    TextExcept,
    Value,
)
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

Number = int | float


def holds(expression: Expr, node: EventElement) -> Truth:
    """Whether the expression is true in the context of an element."""
    match expression:
        case XPathOr(parts):
            return any_true(holds(part, node) for part in parts)
        case XPathAnd(parts):
            return all_true(holds(part, node) for part in parts)
        case Path():
            return any_true(reached.certain for reached in _reach(expression, node))
        case Call("not", (argument,)):
            return negated(holds(argument, node))
        case Call("band", arguments):
            return any_true(_band(arguments, node))
        case Compare(op, left, right):
            return _compare(op, left, right, node)
    return None


@dataclass(frozen=True, slots=True)
class _Reached:
    """A value at the end of a path; `certain` is None if the event may lack it."""

    value: Value
    certain: Truth


def _reach(path: Path, node: EventElement) -> list[_Reached]:
    frontier: list[tuple[EventElement, Truth]] = [(node, True)]
    for step in path.steps:
        if step.attribute:
            return [
                reached
                for element, certain in frontier
                for reached in _attributes(step, element, certain)
            ]
        frontier = [
            reached
            for element, certain in frontier
            for reached in _children(step, element, certain)
        ]
    return [_Reached(element.value, certain) for element, certain in frontier]


def _attributes(step: LocationStep, node: EventElement, certain: Truth) -> list[_Reached]:
    names = node.attributes if step.name == "*" else (step.name,)
    values = [node.attributes[name] for name in names if name in node.attributes]
    # An attribute whose value is unknown may be absent, as UserID often is.
    return [_Reached(value, None if value is UNKNOWN else certain) for value in values]


def _children(
    step: LocationStep, parent: EventElement, certain: Truth
) -> list[tuple[EventElement, Truth]]:
    name, candidates = step.name, list[tuple[EventElement, Truth]]()
    for child in parent.children:
        if child.name.__class__ is str and child.name != name != "*":
            continue
        named_so = _may_be_named(name, child)
        if named_so is not False:
            candidates.append((child, named_so if certain else None))
    for predicate in step.predicates:
        position = _position(predicate)
        if position is not None:
            candidates = _at_position(position, candidates, parent)
            continue
        tested = [(child, all_true((met, holds(predicate, child)))) for child, met in candidates]
        candidates = [(child, met) for child, met in tested if met is not False]
    return candidates


def _may_be_named(name: str, node: EventElement) -> Truth:
    certain = True if node.certain else None
    if name == "*":
        return certain
    if isinstance(node.name, TextExcept):
        return False if name in node.name.excluded else None
    return certain if node.name == name else False


def _position(predicate: Expr) -> int | None:
    match predicate:
        case XPathLiteral(int(number)):
            return number
        case Compare("=", Call("position", ()), XPathLiteral(int(number))):
            return number
    return None


def _at_position(
    position: int, candidates: list[tuple[EventElement, Truth]], parent: EventElement
) -> list[tuple[EventElement, Truth]]:
    """The candidate at a position (from 1); any of them if their order is unknown."""
    leading = candidates[: max(position, 0)]
    in_order = {id(child) for child in parent.children[: parent.ordered]}
    if all(certain and id(node) in in_order for node, certain in leading):
        if len(leading) == position:
            return leading[-1:]
        if len(in_order) == len(parent.children):
            return []
    return [(node, None) for node, _ in candidates]


def _band(arguments: tuple[Expr, ...], node: EventElement) -> list[Truth]:
    if len(arguments) != 2:
        return [None]
    left, right = (_values(argument, node) for argument in arguments)
    return [
        all_true(
            (
                left_value.certain,
                right_value.certain,
                _shares_bits(left_value.value, right_value.value),
            )
        )
        for left_value in left
        for right_value in right
    ]


def _shares_bits(left: Value, right: Value) -> Truth:
    if isinstance(left, int) and isinstance(right, int):
        return left & right != 0
    return None


def _values(expression: Expr, node: EventElement) -> list[_Reached]:
    match expression:
        case Path():
            return _reach(expression, node)
        case XPathLiteral(value) if not isinstance(value, float):
            return [_Reached(value, certain=True)]
    return [_Reached(UNKNOWN, certain=True)]


_FLIPPED = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}


def _compare(op: str, left: Expr, right: Expr, node: EventElement) -> Truth:
    if isinstance(left, XPathLiteral):
        left, right, op = right, left, _FLIPPED.get(op, op)
    if not isinstance(right, XPathLiteral):
        return None
    match left:
        case Path():
            return any_true(
                all_true((reached.certain, compared(op, reached.value, right.value)))
                for reached in _reach(left, node)
            )
        case Call("timediff") if (op, right.value) == (">=", 0):
            return True  # no event is from the future
    return None


def compared(op: str, value: Value, literal: str | Number) -> Truth:
    """Whether a value of the event compares so to a literal of the query."""
    if op == "!=":
        return negated(compared("=", value, literal))
    match value:
        case int():
            number = as_number(literal)
            return _ordered(op, value, number) if number is not None else _not_a_number(op)
        case str():
            return _compare_text(op, value, literal)
        case TextAnyCase(name) if op == "=":
            folded = name.casefold() == str(literal).casefold()
            return name == literal or (None if folded else False)
        case AnyOf(numbers):
            answers = {compared(op, number, literal) for number in numbers}
            return answers.pop() if len(answers) == 1 else None
        case TextExcept(excluded) if op == "=" and literal in excluded:
            return False
    return None


def _not_a_number(op: str) -> Truth:
    return False if op == "=" else None


def _compare_text(op: str, value: str, literal: str | Number) -> Truth:
    if op == "=" and value == str(literal):
        return True
    number, literal_number = as_number(value), as_number(literal)
    if number is None or literal_number is None:
        return _not_a_number(op)
    if op == "=":  # the same number in another notation: the engine may compare texts or numbers
        return False if number != literal_number else None
    return _ordered(op, number, literal_number) if value == str(number) else None


def _ordered(op: str, left: Number, right: Number) -> bool:
    return {
        "=": left == right,
        "<": left < right,
        "<=": left <= right,
        ">": left > right,
        ">=": left >= right,
    }[op]


@lru_cache(maxsize=4096, typed=True)
def as_number(written: str | Number) -> Number | None:
    """The number that a text means, in decimal or hexadecimal; None if it means none."""
    if not isinstance(written, str):
        return written
    if len(written) > 40 or not written.isascii():
        return None
    for parse in (int, _hexadecimal, float):
        try:
            number = parse(written)
        except ValueError:
            continue
        return number if number == number and abs(number) != float("inf") else None
    return None


def _hexadecimal(written: str) -> int:
    return int(written, 16) if written.strip().lower().startswith("0x") else int(written)
