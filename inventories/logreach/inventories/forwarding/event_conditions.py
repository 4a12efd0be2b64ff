"""Conditions on events in the languages of collectors, as predicates of event queries.

Only what is the same in every reading is decided: comparisons of the event id with whole numbers
and of channel and provider with texts, joined by and, or, not and parentheses. Every other
comparison is undecided; so is the whole where `and` and `or` stand beside each other without
parentheses.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from logreach.inventories.forwarding import collectors

_LONGEST = 20_000
_DEEPEST = 20
_TOKEN = re.compile(
    r"""\s*(?:
        (?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
      | (?P<number>\d+(?![\w.]))
      | (?P<op>==|!=|<=|>=|=~|!~|<|>|!in\b)
      | (?P<mark>[(),])
      | (?P<regex>/(?:[^/\\\n]|\\.)+/\w*)
      | (?P<name>\$?[A-Za-z_][\w.]*)
    )""",
    re.VERBOSE,
)
_COMPARES = {"==": "=", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}


@dataclass(frozen=True, slots=True)
class Language:
    """The names that a language gives to id, channel and provider; whether its words are cased."""

    ids: frozenset[str]
    channels: frozenset[str]
    providers: frozenset[str] = frozenset()
    cased: bool = False


def predicate(condition: str, language: Language) -> str:
    """A condition as a predicate of an event query; undecided() where it is not understood."""
    if len(condition) <= _LONGEST:
        try:
            return _Parser(condition, language).whole()
        except _UnreadableError:
            pass
    return collectors.undecided(" ".join(condition.split()))


class _UnreadableError(ValueError):
    """A condition beyond what is understood."""


class _Parser:
    """Recursive descent over the tokens of one condition."""

    def __init__(self, condition: str, language: Language) -> None:
        self._language = language
        self._condition = condition
        self._tokens = list(self._scanned())
        self._next = 0

    def _scanned(self) -> list[tuple[str, str]]:
        tokens: list[tuple[str, str]] = []
        position, end = 0, len(self._condition.rstrip())
        while position < end:
            match = _TOKEN.match(self._condition, position)
            if match is None or match.lastgroup is None:
                raise _UnreadableError(self._condition[position:])
            tokens.append((match.lastgroup, match[match.lastgroup]))
            position = match.end()
        return [*tokens, ("end", "")]

    def whole(self) -> str:
        joined = self._joined(0)
        self._expect("end")
        return joined

    def _word(self) -> str:
        kind, word = self._tokens[self._next]
        if kind not in ("name", "op", "mark"):
            return ""
        return word if self._language.cased else word.lower()

    def _take(self, *words: str) -> bool:
        if self._word() in words:
            self._next += 1
            return True
        return False

    def _expect(self, kind: str, text: str = "") -> str:
        token = self._tokens[self._next]
        if token[0] != kind or (text and token[1] != text):
            raise _UnreadableError(token[1])
        self._next += kind != "end"
        return token[1]

    def _joined(self, depth: int) -> str:
        if depth > _DEEPEST:
            raise _UnreadableError("nested too deeply")
        operands = [self._operand(depth)]
        operator = self._word()
        while operator in ("and", "or") and self._take(operator):
            operands.append(self._operand(depth))
            if self._word() in {"and", "or"} - {operator}:
                raise _UnreadableError("and beside or")
        return operands[0] if len(operands) == 1 else f"({f' {operator} '.join(operands)})"

    def _operand(self, depth: int) -> str:
        if self._take("not"):
            # Languages differ in how much `not` negates without parentheses, so these must follow.
            self._expect("mark", "(")
            inner = self._joined(depth + 1)
            self._expect("mark", ")")
            return f"not({inner})"
        if self._take("("):
            inner = self._joined(depth + 1)
            self._expect("mark", ")")
            return inner
        return self._comparison()

    def _comparison(self) -> str:
        name = self._expect("name")
        negated = False
        if self._take("not"):
            negated = True
            if self._word() != "in":
                raise _UnreadableError(name)
        if self._take("in", "!in"):
            negated = negated or self._tokens[self._next - 1][1].lower() == "!in"
            return self._among(name, negated=negated)
        operator = self._expect("op")
        kind, value = self._tokens[self._next]
        if kind not in ("text", "number", "regex", "name"):
            raise _UnreadableError(value)
        self._next += 1
        return self._compared(name, operator, kind, value)

    def _among(self, name: str, *, negated: bool) -> str:
        self._expect("mark", "(")
        numbers: list[int] = []
        decided = name in self._language.ids
        while not self._take(")"):
            kind, value = self._tokens[self._next]
            if kind not in ("text", "number", "name"):
                raise _UnreadableError(value)
            self._next += 1
            decided = decided and kind == "number" and len(value) < 10
            numbers.extend([int(value)] if decided else ())
            if self._word() != ")":
                self._expect("mark", ",")
        if not decided:
            return collectors.undecided(f"{name} in a list")
        condition = f"System[{collectors.spans(numbers)}]"
        return f"not({condition})" if negated else condition

    def _compared(self, name: str, operator: str, kind: str, value: str) -> str:
        compares = _COMPARES.get(operator, "")
        if name in self._language.ids and kind == "number" and len(value) < 10 and compares:
            return f"System[EventID{compares}{int(value)}]"
        literal = collectors.literal(value[1:-1]) if "\\" not in value else None
        if kind == "text" and literal and compares in ("=", "!="):
            condition = ""
            if name in self._language.channels:
                condition = f"System[Channel={literal}]"
            elif name in self._language.providers:
                condition = f"System[Provider[@Name={literal}]]"
            if condition:
                return condition if compares == "=" else f"not({condition})"
        return collectors.undecided(f"{name} {operator} {value}")
