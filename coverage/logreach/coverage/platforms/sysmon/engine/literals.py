"""Sets of texts by what is known of them: begins so, contains this, does not end so.

Every condition of a filter is 'any of' or 'all of' some literals, or the negation of that. A
`Case` is a conjunction of literals that some text meets; lists of cases are unions. All text is
folded and has at least one character, as the engine sees fields.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

from logreach.coverage.platforms.sysmon.engine import conditions
from logreach.coverage.platforms.sysmon.engine.config import Condition


class Kind(IntEnum):
    """How a literal looks at text."""

    EQUALS = 0
    BEGINS = 1
    ENDS = 2
    CONTAINS = 3
    BEFORE = 4  # sorts before, by UTF-16 code units
    AFTER = 5


class Literal(NamedTuple):
    """One property of text."""

    kind: Kind
    text: str

    def holds(self, text: str) -> bool:
        """Whether a text has the property."""
        match self.kind:
            case Kind.EQUALS:
                return text == self.text
            case Kind.BEGINS:
                return text.startswith(self.text)
            case Kind.ENDS:
                return text.endswith(self.text)
            case Kind.CONTAINS:
                return self.text in text
            case Kind.BEFORE:
                return conditions.order(text) < conditions.order(self.text)
            case Kind.AFTER:
                return conditions.order(text) > conditions.order(self.text)


class Nots(NamedTuple):
    """What a text is not, begins not with, ends not with and does not contain.

    Kept apart by kind, since there may be hundreds and each is asked for again and again.
    """

    equals: tuple[str, ...] = ()
    begins: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()
    contains: tuple[str, ...] = ()

    def admits(self, text: str) -> bool:
        """Whether a text has none of the properties."""
        return not (
            text in self.equals
            or text.startswith(self.begins)
            or text.endswith(self.ends)
            or any(map(text.__contains__, self.contains))
        )

    def denied(self, text: str, kind: Kind) -> bool:
        """Whether text at the beginning, at the end or anywhere brings one of the properties."""
        return (
            any(map(text.__contains__, self.contains))
            or (kind is Kind.BEGINS and text.startswith(self.begins))
            or (kind is Kind.ENDS and text.endswith(self.ends))
        )

    def besides(self, literal: Literal) -> Nots:
        """The same and one more, which is none of order."""
        kind, text = literal
        equals, begins, ends, contains = self
        if kind is Kind.CONTAINS:
            return Nots(equals, begins, ends, (*contains, text))
        if kind is Kind.ENDS:
            return Nots(equals, begins, (*ends, text), contains)
        if kind is Kind.BEGINS:
            return Nots(equals, (*begins, text), ends, contains)
        return Nots((*equals, text), begins, ends, contains)

    @property
    def size(self) -> int:
        """How many there are."""
        return sum(map(len, self))


NO_NOTS = Nots()


@dataclass(frozen=True, slots=True)
class Case:
    """The texts that meet all of some literals; `equals` is the one text, where there is one.

    A Case is never empty, save where `order` is not: whether BEFORE and AFTER can be met along
    with the rest is only tried, not proven.
    """

    equals: str | None = None
    begins: str = ""
    ends: str = ""
    contains: tuple[str, ...] = ()
    nots: Nots = NO_NOTS
    order: tuple[tuple[Literal, bool], ...] = ()

    def admits(self, text: str) -> bool:
        """Whether a text is in the set."""
        return (
            bool(text)
            and (self.equals is None or text == self.equals)
            and text.startswith(self.begins)
            and text.endswith(self.ends)
            and all(map(text.__contains__, self.contains))
            and (self.nots is NO_NOTS or self.nots.admits(text))
            and (not self.order or all(one.holds(text) is wanted for one, wanted in self.order))
        )

    def truth(self, literal: Literal) -> bool | None:
        """Whether all texts of the set have the property (True), none (False), or some (None).

        Texts may be of any length and hold letters that no literal names, so that parts can be
        strung together without making another. Only what a part itself brings can clash.
        """
        if self.equals is not None:
            return literal.holds(self.equals)
        kind, text = literal
        if kind is Kind.CONTAINS:
            implied = (
                text in self.begins
                or text in self.ends
                or any(text in part for part in self.contains)
            )
            allowed = implied or not self.nots.denied(text, kind)
        elif kind is Kind.EQUALS:
            implied, allowed = False, self.admits(text)
        elif kind is Kind.BEGINS:
            implied = self.begins.startswith(text)
            allowed = implied or (text.startswith(self.begins) and not self.nots.denied(text, kind))
        elif kind is Kind.ENDS:
            implied = self.ends.endswith(text)
            allowed = implied or (text.endswith(self.ends) and not self.nots.denied(text, kind))
        else:
            return self._sorted(literal)
        return True if implied else None if allowed else False

    def narrowed(self, literal: Literal, wanted: bool) -> Case | None:
        """The texts of the set that have the property, or have it not; None: there are none."""
        truth = self.truth(literal)
        if truth is not None:
            return self if truth is wanted else None
        begins, ends, contains = self.begins, self.ends, self.contains
        if literal.kind >= Kind.BEFORE:
            order = (*self.order, (literal, wanted))
            return Case(None, begins, ends, contains, self.nots, order)
        if not wanted:
            return Case(None, begins, ends, contains, self.nots.besides(literal), self.order)
        match literal.kind:
            case Kind.EQUALS:
                return Case(equals=literal.text)
            case Kind.BEGINS:
                begins = literal.text
            case Kind.ENDS:
                ends = literal.text
            case _:
                contains = (*contains, literal.text)
        return Case(None, begins, ends, contains, self.nots, self.order)

    def literals(self) -> tuple[Literal, ...]:
        """What is known to hold of every text of the set, order and negations left out."""
        known = [Literal(Kind.CONTAINS, part) for part in self.contains]
        if self.equals is not None:
            known.append(Literal(Kind.EQUALS, self.equals))
        known += [Literal(Kind.BEGINS, self.begins), Literal(Kind.ENDS, self.ends)]
        return tuple(literal for literal in known if literal.text)

    def _sorted(self, literal: Literal) -> bool | None:
        """What the beginning says of a place in the order, and what is known; None: nothing."""
        known, limit = conditions.order(self.begins), conditions.order(literal.text)
        if limit.startswith(known):
            return dict(self.order).get(literal)
        if known.startswith(limit):
            return literal.kind is Kind.AFTER
        return (known < limit) is (literal.kind is Kind.BEFORE)

    def example(self, filler: str) -> str:
        """A text of the set, given a letter that no literal names; may fail where `order` does."""
        if self.equals is not None:
            return self.equals
        inner = [
            part
            for position, part in enumerate(self.contains)
            if part not in self.begins
            and part not in self.ends
            and not any(part in other for other in self.contains[position + 1 :])
        ]
        return self.begins + filler + "".join(part + filler for part in inner) + self.ends

    def around(self, filler: str, hint: str) -> Iterator[str]:
        """Texts likely in the set that hold a hint too: apart, at the beginning, at the end.

        The hint may bring what must not be.
        """
        text = self.example(filler)
        if self.equals is None:
            rest, end = text[len(self.begins) :], len(text) - len(self.ends)
            yield self.begins + filler + hint + rest
            yield self.begins + hint + rest
            yield text[:end] + hint + self.ends


ANYTHING = Case()
Cases = tuple[Case, ...]


@dataclass(frozen=True, slots=True)
class Shape:
    """A condition in terms of literals: any, or all of them; or not so, where `negated`."""

    literals: tuple[Literal, ...]
    need_all: bool = False
    negated: bool = False

    def truth(self, case: Case) -> bool | None:
        """Whether all texts of a case meet the condition, none, or some."""
        single = len(self.literals) == 1
        met = case.truth(self.literals[0]) if single else self._inner_truth(case)
        return met if met is None else met is not self.negated

    def _inner_truth(self, case: Case) -> bool | None:
        unsure = False
        for literal in self.literals:
            truth = case.truth(literal)
            if truth is None:
                unsure = True
            elif truth is not self.need_all:
                return truth
        return None if unsure else self.need_all

    def narrowed(self, case: Case, wanted: bool) -> list[Case]:
        """The texts of a case that meet the condition, or those that do not, as cases."""
        inner = wanted is not self.negated
        if inner is self.need_all:
            narrow: Case | None = case
            for literal in self.literals:
                narrow = narrow.narrowed(literal, inner) if narrow else None
            return [narrow] if narrow else []
        found = (case.narrowed(literal, inner) for literal in self.literals)
        return [narrow for narrow in found if narrow]


_KINDS = {
    Condition.IS: Kind.EQUALS,
    Condition.IS_NOT: Kind.EQUALS,
    Condition.CONTAINS: Kind.CONTAINS,
    Condition.EXCLUDES: Kind.CONTAINS,
    Condition.BEGIN_WITH: Kind.BEGINS,
    Condition.NOT_BEGIN_WITH: Kind.BEGINS,
    Condition.END_WITH: Kind.ENDS,
    Condition.NOT_END_WITH: Kind.ENDS,
    Condition.LESS_THAN: Kind.BEFORE,
    Condition.MORE_THAN: Kind.AFTER,
}
_NEGATED = frozenset(
    (
        Condition.IS_NOT,
        Condition.EXCLUDES,
        Condition.EXCLUDES_ANY,
        Condition.EXCLUDES_ALL,
        Condition.NOT_BEGIN_WITH,
        Condition.NOT_END_WITH,
    )
)
_ALL = frozenset((Condition.CONTAINS_ALL, Condition.EXCLUDES_ALL))
NEVER = Shape(())


def shape(condition: Condition, value: str) -> Shape | None:
    """A filter's condition in literals; None where its value differs from host to host."""
    if not conditions.is_certain(value):
        return None
    wanted = conditions.expand(conditions.fold(value))
    if wanted is None:
        return NEVER
    return Shape(_literals(condition, wanted), condition in _ALL, condition in _NEGATED)


def _literals(condition: Condition, wanted: str) -> tuple[Literal, ...]:
    if condition in _KINDS:
        return (Literal(_KINDS[condition], wanted),)
    if condition is Condition.IS_ANY:
        return tuple(Literal(Kind.EQUALS, part) for part in wanted.split(";"))
    if condition is Condition.IMAGE:
        whole = Literal(Kind.EQUALS, wanted)
        return (whole,) if "\\" in wanted else (whole, Literal(Kind.ENDS, "\\" + wanted))
    return tuple(Literal(Kind.CONTAINS, part) for part in conditions.parts(wanted))
