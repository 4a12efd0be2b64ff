"""The XPath 1.0 subset of Windows event queries: syntax only, no meaning.

Source of the subset: Microsoft's 'Consuming Events' and 'QueryType' pages and [MS-EVEN6]
2.2.15.1. An expression outside the subset, which some Windows versions may refuse, is not refused
here, as real subscriptions use such: `XPath.doubts` gives the reasons.

Source of the lengths that some Windows versions refuse: Elastic's documentation of Winlogbeat's
event_id, where a range counts as one condition; its maintainers' tests in Event Viewer
(elastic/beats issues 1491 and 35048: 22 single ids beside ignore_older are taken, 22 ids and ranges
beside it are not); and 'QueryType', which documents 32 expressions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

_MAX_LENGTH = 65_536
_MAX_DEPTH = 40
_LONGEST_NUMBER = 20
_MOST_CONDITIONS = 22
_MOST_EXPRESSIONS = 32
_ORDERED = ("<", "<=", ">", ">=")

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<string>"[^"]*"|'[^']*')
      | (?P<number>0[xX][0-9a-fA-F]+|\d+(?:\.\d+)?)
      | (?P<op>!=|<=|>=|=|<|>)
      | (?P<mark>::|//|\.\.|[\[\]()@/*,.|+\-$:])
      | (?P<name>[^\W\d][\w.\-]*)
    )""",
    re.VERBOSE,
)


class XPathError(ValueError):
    """Not an expression; the message names the character."""


@dataclass(frozen=True, slots=True)
class LocationStep:
    """One step: an element (or '@' attribute) name, '*' for any, and its predicates."""

    name: str
    attribute: bool = False
    predicates: tuple[Expr, ...] = ()


@dataclass(frozen=True, slots=True)
class Path:
    """A location path; true by itself where it selects something."""

    steps: tuple[LocationStep, ...]


@dataclass(frozen=True, slots=True)
class XPathLiteral:
    """A string, or a number (whole or not)."""

    value: str | int | float


@dataclass(frozen=True, slots=True)
class Call:
    """A function: `band`, `timediff`, `position`, `not`, or one that Windows does not know."""

    name: str
    arguments: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Compare:
    """Two operands and one of = != < <= > >=."""

    op: str
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class XPathAnd:
    """All operands hold."""

    operands: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class XPathOr:
    """Some operand holds."""

    operands: tuple[Expr, ...]


Expr = Path | XPathLiteral | Call | Compare | XPathAnd | XPathOr


@dataclass(frozen=True, slots=True)
class XPath:
    """A parsed expression, and why Windows might refuse it (none: documented subset).

    `too_long` says why it may be longer than some Windows versions take, '' where it is not: to
    split it helps then. `tests` is the number of its comparisons.
    """

    expression: Expr
    doubts: tuple[str, ...] = ()
    too_long: str = ""
    tests: int = 0


@lru_cache(maxsize=4096)
def parse(query: str) -> XPath:
    """Parse one Select or Suppress; raises XPathError with the character where it went wrong."""
    if len(query) > _MAX_LENGTH:
        raise XPathError(f"the expression has {len(query)} characters, over {_MAX_LENGTH}")
    parser = _Parser(_tokens(query))
    expression = parser.expression(0)
    parser.expect_end()
    if not _selects_events(expression):
        parser.doubt("the expression does not start at an event ('*' or 'Event')")
    return XPath(expression, tuple(parser.doubts), _too_long(expression), _comparisons(expression))


def _too_long(expression: Expr) -> str:
    """Why an expression may be too long for some Windows versions; '' where it is not."""
    chains = list(_chains(expression, beside=False))
    longest = max((chain.length for chain in chains), default=0)
    if longest > _MOST_CONDITIONS:
        reason = f"{longest} conditions joined in one expression"
        return f"{reason}; some Windows versions refuse more than {_MOST_CONDITIONS}"
    most_mixed = _MOST_CONDITIONS - 1
    if any(chain.mixed and chain.beside and chain.length > most_mixed for chain in chains):
        reason = f"{longest} conditions, single ids and ranges, beside another condition"
        return f"{reason}; some Windows versions refuse more than {most_mixed}"
    expressions = _comparisons(expression)
    if expressions > _MOST_EXPRESSIONS:
        reason = f"{expressions} comparisons in one expression"
        return f"{reason}; Microsoft documents at most {_MOST_EXPRESSIONS}"
    return ""


@dataclass(frozen=True, slots=True)
class _Chain:
    """Conditions joined by 'or' or by 'and', in whatever brackets: a range counts as one.

    `mixed`: ranges stand among single conditions; `beside`: another condition must hold too.
    """

    length: int
    mixed: bool
    beside: bool


def _chains(expression: Expr, *, beside: bool) -> Iterator[_Chain]:
    operands = tuple(_joined(expression))
    if len(operands) > 1:
        ranges = sum(_is_range(operand) for operand in operands)
        yield _Chain(len(operands), 0 < ranges < len(operands), beside)
        beside = beside or isinstance(expression, XPathAnd)
        for operand in operands:
            yield from () if _is_range(operand) else _chains(operand, beside=beside)
        return
    for part in _parts(expression):
        yield from _chains(part, beside=beside)


def _joined(expression: Expr) -> Iterator[Expr]:
    """The operands of one 'or' or 'and', with those of the same kind in brackets among them."""
    if not isinstance(expression, XPathAnd | XPathOr):
        yield expression
        return
    for operand in expression.operands:
        if type(operand) is type(expression):
            yield from _joined(operand)
        else:
            yield operand


def _is_range(expression: Expr) -> bool:
    """Whether it is an id range: at least one number and at most another."""
    return (
        isinstance(expression, XPathAnd)
        and len(expression.operands) == 2
        and all(isinstance(each, Compare) and each.op in _ORDERED for each in expression.operands)
    )


def _parts(expression: Expr) -> Iterator[Expr]:
    match expression:
        case Path(steps):
            yield from (predicate for step in steps for predicate in step.predicates)
        case Compare(_, left, right):
            yield from (left, right)
        case Call(_, parts) | XPathAnd(parts) | XPathOr(parts):
            yield from parts


def _comparisons(expression: Expr) -> int:
    return isinstance(expression, Compare) + sum(map(_comparisons, _parts(expression)))


def _selects_events(expression: Expr) -> bool:
    match expression:
        case Path(steps):
            return steps[0].name in ("*", "Event") and not steps[0].attribute
        case XPathAnd(operands) | XPathOr(operands):
            return all(map(_selects_events, operands))
        case Call("not", arguments):
            return all(map(_selects_events, arguments))
    return False


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    at: int


def _tokens(query: str) -> list[_Token]:
    tokens: list[_Token] = []
    position, end = 0, len(query.rstrip())
    while position < end:
        match = _TOKEN.match(query, position)
        if match is None or match.lastgroup is None:
            raise XPathError(f"cannot read {query[position : position + 20].strip()!r}")
        tokens.append(_Token(match.lastgroup, match[match.lastgroup], match.start(match.lastgroup)))
        position = match.end()
    if not tokens:
        raise XPathError("the expression is empty")
    return [*tokens, _Token("end", "the end", end)]


class _Parser:
    """Recursive descent over the tokens; notes doubts on the way."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._next = 0
        self.doubts: list[str] = []

    @property
    def _token(self) -> _Token:
        return self._tokens[self._next]

    def doubt(self, reason: str) -> None:
        if reason not in self.doubts:
            self.doubts.append(reason)

    def _take(self, *texts: str) -> bool:
        token = self._token
        if token.kind not in ("string", "end") and token.text in texts:
            self._next += 1
            return True
        return False

    def _expect(self, symbol: str) -> None:
        if not self._take(symbol):
            token = self._token
            raise XPathError(
                f"expected {symbol!r}, found {token.text!r} at character {token.at + 1}"
            )

    def expect_end(self) -> None:
        if self._token.kind != "end":
            token = self._token
            raise XPathError(f"did not expect {token.text!r} at character {token.at + 1}")

    def expression(self, depth: int) -> Expr:
        if depth > _MAX_DEPTH:
            raise XPathError(f"nested deeper than {_MAX_DEPTH}")
        operands = [self._conjunction(depth)]
        while self._joined("or"):
            operands.append(self._conjunction(depth))
        return operands[0] if len(operands) == 1 else XPathOr(tuple(operands))

    def _conjunction(self, depth: int) -> Expr:
        operands = [self._comparison(depth)]
        while self._joined("and"):
            operands.append(self._comparison(depth))
        return operands[0] if len(operands) == 1 else XPathAnd(tuple(operands))

    def _joined(self, word: str) -> bool:
        token = self._token
        if token.kind != "name" or token.text.lower() != word:
            return False
        if token.text != word:
            self.doubt(f"{token.text!r} is no operator of XPath, which writes {word!r}")
        self._next += 1
        return True

    def _comparison(self, depth: int) -> Expr:
        left = self._operand(depth)
        token = self._token
        if token.kind != "op":
            return left
        self._next += 1
        return Compare(token.text, left, self._operand(depth))

    def _operand(self, depth: int) -> Expr:
        token = self._token
        if self._take("("):
            inner = self.expression(depth + 1)
            self._expect(")")
            return inner
        if token.kind == "string":
            self._next += 1
            return XPathLiteral(token.text[1:-1])
        if token.kind == "number":
            self._next += 1
            return XPathLiteral(_number(token.text))
        if token.kind == "name" and self._tokens[self._next + 1].text == "(":
            return self._call(depth)
        return self._path(depth)

    def _call(self, depth: int) -> Expr:
        name = self._token.text
        self._next += 2
        arguments: list[Expr] = []
        if not self._take(")"):
            arguments.append(self.expression(depth + 1))
            while self._take(","):
                arguments.append(self.expression(depth + 1))
            self._expect(")")
        if name not in ("band", "timediff", "position"):
            self.doubt(f"{name}() is not among the functions of Windows event queries")
        return Call(name, tuple(arguments))

    def _path(self, depth: int) -> Path:
        steps = [self._step(depth)]
        while self._take("/"):
            steps.append(self._step(depth))
        return Path(tuple(steps))

    def _step(self, depth: int) -> LocationStep:
        attribute = self._take("@")
        token = self._token
        if token.kind != "name" and token.text != "*":
            raise XPathError(f"expected a name, found {token.text!r} at character {token.at + 1}")
        self._next += 1
        predicates: list[Expr] = []
        while self._take("["):
            predicates.append(self.expression(depth + 1))
            self._expect("]")
        return LocationStep(token.text, attribute, tuple(predicates))


def _number(digits: str) -> int | float:
    if len(digits) > _LONGEST_NUMBER:
        raise XPathError(f"a number of {len(digits)} characters")
    if digits[:2].lower() == "0x":
        return int(digits, 16)
    return float(digits) if "." in digits else int(digits)
