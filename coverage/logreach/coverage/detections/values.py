"""Sigma's values as constraints on a field's text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from logreach.coverage.detections.model import And, Lit, Literal, Node, Not, Or
from logreach.coverage.detections.placeholders import Placeholders, filled, filled_expression
from logreach.coverage.events.patterns import Constraint, Test

if TYPE_CHECKING:
    from sigma.types import SigmaRegularExpression, SigmaString, SigmaType

_UNKNOWN = Constraint(Test.UNKNOWN)
# The shape of a value: '.' is a piece of plain text, '*' and '?' are Sigma's wildcards.
_SIMPLE = {".": Test.EQUALS, ".*": Test.BEGINS, "*.": Test.ENDS, "*.*": Test.CONTAINS}


def value_node(field: str, value: SigmaType, placeholders: Placeholders) -> Node:
    """The condition that a field meets one value; a value that cannot be told is UNKNOWN."""
    from sigma import types

    match value:
        case types.SigmaString():
            cased = isinstance(value, types.SigmaCasedString)
            return _any([_string(field, string, cased) for string in filled(value, placeholders)])
        case types.SigmaExpansion():
            return Or(
                tuple(value_node(field, alternative, placeholders) for alternative in value.values)
            )
        case types.SigmaNull():
            return _lit(field, Constraint(Test.EMPTY))
        case types.SigmaExists():
            exists = _lit(field, Constraint(Test.EXISTS))
            return exists if value.exists else Not(exists)
        case types.SigmaFieldReference():
            # Two fields are compared: both must be there, and no value can be told.
            return And((_lit(field, _UNKNOWN), _lit(value.field, _UNKNOWN)))
        case types.SigmaRegularExpression():
            texts = filled_expression(value.regexp, placeholders)
            return _any([_lit(field, _expression(value, expression)) for expression in texts])
        case _:
            return _scalar(field, value)


def _any(nodes: Sequence[Node]) -> Node:
    return nodes[0] if len(nodes) == 1 else Or(tuple(nodes))


def _scalar(field: str, value: SigmaType) -> Node:
    from sigma import types

    match value:
        case types.SigmaNumber():
            return _lit(field, Constraint(Test.EQUALS, (str(value.number),)))
        case types.SigmaBool():
            return _lit(field, Constraint(Test.EQUALS, (str(value.boolean).lower(),)))
        case types.SigmaCIDRExpression():
            return _lit(field, Constraint(Test.CIDR, (str(value.cidr),)))
        case types.SigmaCompareExpression():
            return _comparison(field, value)
        case _:
            return _lit(field, _UNKNOWN)


def _comparison(field: str, value: SigmaType) -> Node:
    from sigma import types

    if not isinstance(value, types.SigmaCompareExpression):
        raise TypeError(type(value).__name__)
    tests = {
        "LT": Test.LESS,
        "LTE": Test.LESS_EQUAL,
        "GT": Test.GREATER,
        "GTE": Test.GREATER_EQUAL,
    }
    test = tests.get(value.op.name)
    number = str(value.number)
    if test is None:
        return Not(_lit(field, Constraint(Test.EQUALS, (number,))))
    return _lit(field, Constraint(test, (number,)))


def _lit(field: str, constraint: Constraint) -> Lit:
    return Lit(Literal(field, constraint))


def _expression(value: SigmaRegularExpression, expression: SigmaString | str) -> Constraint:
    from sigma import types

    flags = {flag.name for flag in value.flags}
    letters = ("m" if "MULTILINE" in flags else "") + ("s" if "DOTALL" in flags else "")
    plain = (
        expression.to_plain_regex()
        if isinstance(expression, types.SigmaString)
        else str(expression)
    )
    if isinstance(expression, types.SigmaString) and expression.contains_placeholder():
        return _lacking(expression)
    prefix = f"(?{letters})" if letters else ""
    return Constraint(Test.MATCHES, (prefix + plain,), cased="IGNORECASE" not in flags)


def _lacking(value: SigmaString) -> Constraint:
    """A text with placeholders, which each site fills: the constraint names those."""
    from sigma.types import Placeholder

    names = [f"%{part.name}%" for part in value.s if isinstance(part, Placeholder)]
    return Constraint(Test.UNKNOWN, tuple(dict.fromkeys(names)))


def _string(field: str, value: SigmaString, cased: bool) -> Node:
    from sigma.types import Placeholder, SpecialChars

    many = SpecialChars.WILDCARD_MULTI
    shape, texts = "", []
    for part in value.s:  # a set of rules has tens of thousands of texts: once through each
        if isinstance(part, str):
            shape += "."
            texts.append(part)
        elif isinstance(part, Placeholder):
            return _lit(field, _lacking(value))
        else:
            shape += "*" if part is many else "?"
    if not any(texts) and shape in ("", "."):
        return _lit(field, Constraint(Test.EMPTY))
    simple = _SIMPLE.get(shape)
    if simple is not None:
        return _lit(field, Constraint(simple, tuple(texts), cased=cased))
    if not shape.strip("*"):
        return _lit(field, Constraint(Test.EXISTS))
    return And(_wildcards(field, shape, tuple(texts), cased))


def _wildcards(field: str, shape: str, texts: tuple[str, ...], cased: bool) -> tuple[Lit, ...]:
    """A value with wildcards as an expression, and the simpler tests that it implies: event filters
    are compared with those."""
    words = iter(texts)
    literals: list[Lit] = []
    pieces: list[str] = []
    for place, kind in enumerate(shape):
        if kind != ".":
            pieces.append(".*" if kind == "*" else ".")
            continue
        word = next(words)
        pieces.append(re.escape(word))
        test = Test.CONTAINS
        if place == 0:
            test = Test.BEGINS
        elif place == len(shape) - 1:
            test = Test.ENDS
        literals.append(_lit(field, Constraint(test, (word,), cased=cased)))
    head = "" if shape[0] == "*" else r"\A"
    tail = "" if shape[-1] == "*" else r"\Z"
    body = "".join(pieces)
    body = body.removeprefix(".*") if not head else body
    body = body.removesuffix(".*") if not tail else body
    literals.append(
        _lit(field, Constraint(Test.MATCHES, (f"(?s){head}{body}{tail}",), cased=cased))
    )
    return tuple(literals)
