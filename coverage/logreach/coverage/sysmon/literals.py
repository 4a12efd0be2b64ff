"""Sets of texts by what is known of them: begins so, contains this, does not end so.

Every condition of a filter is 'any of' or 'all of' some literals, or the negation of that. A
`Case` is a conjunction of literals that some text meets; lists of cases are unions. All text is
folded and has at least one character, as the engine sees fields.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum
from typing import NamedTuple

from logreach.coverage.sysmon import conditions
from logreach.coverage.sysmon.config import Condition


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
    nots: tuple[Literal, ...] = ()
    order: tuple[tuple[Literal, bool], ...] = ()

    def admits(self, text: str) -> bool:
        """Whether a text is in the set."""
        return (
            bool(text)
            and (self.equals is None or text == self.equals)
            and text.startswith(self.begins)
            and text.endswith(self.ends)
            and all(part in text for part in self.contains)
            and not any(literal.holds(text) for literal in self.nots)
            and all(literal.holds(text) is wanted for literal, wanted in self.order)
        )

    def truth(self, literal: Literal) -> bool | None:
        """Whether all texts of the set have the property (True), none (False), or some (None)."""
        if self.equals is not None:
            return literal.holds(self.equals)
        if self._implies(literal):
            return True
        if not self._allows(literal):
            return False
        return dict(self.order).get(literal)

    def narrowed(self, literal: Literal, wanted: bool) -> Case | None:
        """The texts of the set that have the property, or have it not; None: there are none."""
        truth = self.truth(literal)
        if truth is not None:
            return self if truth is wanted else None
        if literal.kind in (Kind.BEFORE, Kind.AFTER):
            return replace(self, order=(*self.order, (literal, wanted)))
        if not wanted:
            return replace(self, nots=(*self.nots, literal))
        match literal.kind:
            case Kind.EQUALS:
                return Case(equals=literal.text)
            case Kind.BEGINS:
                return replace(self, begins=literal.text)
            case Kind.ENDS:
                return replace(self, ends=literal.text)
            case _:
                return replace(self, contains=(*self.contains, literal.text))

    def literals(self) -> tuple[Literal, ...]:
        """What is known to hold of every text of the set, order and negations left out."""
        known = [Literal(Kind.CONTAINS, part) for part in self.contains]
        if self.equals is not None:
            known.append(Literal(Kind.EQUALS, self.equals))
        known += [Literal(Kind.BEGINS, self.begins), Literal(Kind.ENDS, self.ends)]
        return tuple(literal for literal in known if literal.text)

    def _implies(self, literal: Literal) -> bool:
        kind, text = literal
        match kind:
            case Kind.EQUALS:
                return False
            case Kind.BEGINS:
                return self.begins.startswith(text)
            case Kind.ENDS:
                return self.ends.endswith(text)
            case Kind.CONTAINS:
                return (
                    text in self.begins
                    or text in self.ends
                    or any(text in part for part in self.contains)
                )
            case _:
                return self._sorted(literal) is True

    def _allows(self, literal: Literal) -> bool:
        """Whether the property can be had besides, where it is not implied.

        Texts may be of any length and hold letters that no literal names, so that parts can be
        strung together without making another. Only what a part itself brings can clash.
        """
        kind, text = literal
        match kind:
            case Kind.EQUALS:
                return self.admits(text)
            case Kind.BEGINS:
                return text.startswith(self.begins) and not self._denied(text, Kind.BEGINS)
            case Kind.ENDS:
                return text.endswith(self.ends) and not self._denied(text, Kind.ENDS)
            case Kind.CONTAINS:
                return not self._denied(text, Kind.CONTAINS)
            case _:
                return self._sorted(literal) is not False

    def _denied(self, text: str, kind: Kind) -> bool:
        """Whether text in that place would bring something that must not be."""
        for literal in self.nots:
            if literal.kind is Kind.CONTAINS and literal.text in text:
                return True
            if literal.kind is kind and literal.holds(text):
                return True
        return False

    def _sorted(self, literal: Literal) -> bool | None:
        """What the beginning alone says of a place in the order; None: nothing."""
        known, limit = conditions.order(self.begins), conditions.order(literal.text)
        if limit.startswith(known):
            return None
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
        met = self._inner_truth(case)
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
