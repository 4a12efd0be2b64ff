"""Whether an event meets an expression: yes, no, or no telling (None).

Where Microsoft's documentation leaves open what the engine does (a number in another notation
than the query's, an order between texts), the answer is None.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from logreach.coverage.forwarding.events import UNKNOWN, Among, Node, Other, Uncased, Value
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

Truth = bool | None
Number = int | float


def any_true(truths: Iterable[Truth]) -> Truth:
    """True if any is; None if none is, but one may be."""
    doubt = False
    for truth in truths:
        if truth:
            return True
        doubt = doubt or truth is None
    return None if doubt else False


def all_true(truths: Iterable[Truth]) -> Truth:
    """False if any is; None if none is, but one may be."""
    doubt = False
    for truth in truths:
        if truth is False:
            return False
        doubt = doubt or truth is None
    return None if doubt else True


def negated(truth: Truth) -> Truth:
    """No for yes; no telling stays."""
    return None if truth is None else not truth


def holds(expression: Expr, node: Node) -> Truth:
    """Whether the expression is true with `node` as its context."""
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
    """A value at the end of a path; `certain` None where it may not be there."""

    value: Value
    certain: Truth


def _reach(path: Path, node: Node) -> list[_Reached]:
    frontier: list[tuple[Node, Truth]] = [(node, True)]
    for step in path.steps:
        if step.attribute:
            return [found for at, sure in frontier for found in _attributes(step, at, sure)]
        frontier = [found for at, sure in frontier for found in _children(step, at, sure)]
    return [_Reached(at.value, sure) for at, sure in frontier]


def _attributes(step: LocationStep, node: Node, certain: Truth) -> list[_Reached]:
    names = node.attributes if step.name == "*" else (step.name,)
    found = [node.attributes[name] for name in names if name in node.attributes]
    # An attribute without a known value may be missing, as UserID often is.
    return [_Reached(value, None if value is UNKNOWN else certain) for value in found]


def _children(step: LocationStep, parent: Node, certain: Truth) -> list[tuple[Node, Truth]]:
    name, kept = step.name, list[tuple[Node, Truth]]()
    for child in parent.children:
        if child.name.__class__ is str and child.name != name != "*":
            continue
        sure = _named(name, child)
        if sure is not False:
            kept.append((child, sure if certain else None))
    for predicate in step.predicates:
        place = _position(predicate)
        if place is not None:
            kept = _at(place, kept, parent)
            continue
        tested = [(child, all_true((sure, holds(predicate, child)))) for child, sure in kept]
        kept = [(child, sure) for child, sure in tested if sure is not False]
    return kept


def _named(name: str, node: Node) -> Truth:
    there = True if node.certain else None
    if name == "*":
        return there
    if isinstance(node.name, Other):
        return False if name in node.name.excluded else None
    return there if node.name == name else False


def _position(predicate: Expr) -> int | None:
    match predicate:
        case XPathLiteral(int(number)):
            return number
        case Compare("=", Call("position", ()), XPathLiteral(int(number))):
            return number
    return None


def _at(place: int, found: list[tuple[Node, Truth]], parent: Node) -> list[tuple[Node, Truth]]:
    """The one at a place (from 1); where the order is not known, it may be any of them."""
    first = found[: max(place, 0)]
    placed = {id(child) for child in parent.children[: parent.ordered]}
    if all(sure and id(node) in placed for node, sure in first):
        if len(first) == place:
            return first[-1:]
        if len(placed) == len(parent.children):
            return []
    return [(node, None) for node, _ in found]


def _band(arguments: tuple[Expr, ...], node: Node) -> list[Truth]:
    if len(arguments) != 2:
        return [None]
    left, right = (_values(argument, node) for argument in arguments)
    return [
        all_true((one.certain, two.certain, _shares_bits(one.value, two.value)))
        for one in left
        for two in right
    ]


def _shares_bits(left: Value, right: Value) -> Truth:
    if isinstance(left, int) and isinstance(right, int):
        return left & right != 0
    return None


def _values(expression: Expr, node: Node) -> list[_Reached]:
    match expression:
        case Path():
            return _reach(expression, node)
        case XPathLiteral(value) if not isinstance(value, float):
            return [_Reached(value, certain=True)]
    return [_Reached(UNKNOWN, certain=True)]


_FLIPPED = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}


def _compare(op: str, left: Expr, right: Expr, node: Node) -> Truth:
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
            return True  # an event is never younger than now
    return None


def compared(op: str, value: Value, literal: str | Number) -> Truth:
    """How one value stands to a literal of the query."""
    if op == "!=":
        return negated(compared("=", value, literal))
    match value:
        case int():
            number = as_number(literal)
            return _ordered(op, value, number) if number is not None else _not_a_number(op)
        case str():
            return _compare_text(op, value, literal)
        case Uncased(text) if op == "=":
            folded = text.casefold() == str(literal).casefold()
            return text == literal or (None if folded else False)
        case Among(numbers):
            answers = {compared(op, number, literal) for number in numbers}
            return answers.pop() if len(answers) == 1 else None
        case Other(excluded) if op == "=" and literal in excluded:
            return False
    return None


def _not_a_number(op: str) -> Truth:
    return False if op == "=" else None


def _compare_text(op: str, text: str, literal: str | Number) -> Truth:
    if op == "=" and text == str(literal):
        return True
    mine, other = as_number(text), as_number(literal)
    if mine is None or other is None:
        return _not_a_number(op)
    if op == "=":  # the same number written otherwise: the engine may see numbers or texts
        return False if mine != other else None
    return _ordered(op, mine, other) if text == str(mine) else None


def _ordered(op: str, left: Number, right: Number) -> bool:
    return {
        "=": left == right,
        "<": left < right,
        "<=": left <= right,
        ">": left > right,
        ">=": left >= right,
    }[op]


@lru_cache(maxsize=4096, typed=True)
def as_number(text: str | Number) -> Number | None:
    """The number that a text stands for, decimal or hexadecimal; None if it is none."""
    if not isinstance(text, str):
        return text
    if len(text) > 40 or not text.isascii():
        return None
    for read in (int, _hexadecimal, float):
        try:
            number = read(text)
        except ValueError:
            continue
        return number if number == number and abs(number) != float("inf") else None
    return None


def _hexadecimal(text: str) -> int:
    return int(text, 16) if text.strip().lower().startswith("0x") else int(text)
