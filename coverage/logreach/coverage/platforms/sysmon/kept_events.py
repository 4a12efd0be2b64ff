"""Sets of events that a changed configuration keeps besides, and which set is within another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from logreach.coverage.events.event_id import EventId
from logreach.coverage.events.patterns import Constraint, EventPattern, Test, fold
from logreach.inventories.windows.facts import SysmonState

Fields = tuple[tuple[str, tuple[Constraint, ...]], ...]


@dataclass(frozen=True, slots=True)
class KeptPattern:
    """The events of a pattern, as a value that can be hashed; no fields: every such event."""

    event: EventId
    fields: Fields = ()

    @classmethod
    def of(cls, pattern: EventPattern) -> KeptPattern:
        """The same events."""
        return cls(pattern.event, tuple((name, both) for name, both in pattern.fields.items()))

    @property
    def pattern(self) -> EventPattern:
        """The same events."""
        return EventPattern(self.event, dict(self.fields))

    def covers(self, other: object) -> bool:
        """Whether every event of another set is surely in this one; False also if not proven."""
        if not isinstance(other, KeptPattern) or other.event != self.event:
            return False
        theirs = dict(other.fields)
        return all(
            any(_implies(narrow, wide) for narrow in theirs.get(name, ()))
            for name, constraints in self.fields
            for wide in constraints
        )

    def __str__(self) -> str:
        where = " and ".join(
            f"{name} {_in_words(constraint)}"
            for name, constraints in self.fields
            for constraint in constraints
        )
        return f"{self.event} where {where}" if where else f"every {self.event}"


def kept_besides(state: SysmonState, events: Iterable[EventId]) -> Iterator[KeptPattern]:
    """What the changed configuration of a host keeps besides, of these events."""
    wanted = frozenset(events)
    for kept in state.keeps_also:
        if isinstance(kept, KeptPattern) and kept.event in wanted:
            yield kept


_WORDS = {
    Test.EQUALS: "is",
    Test.BEGINS: "begins with",
    Test.ENDS: "ends with",
    Test.CONTAINS: "contains",
}


def _in_words(constraint: Constraint) -> str:
    test = _WORDS.get(constraint.test, constraint.test.value)
    values = " or ".join(constraint.values)
    return f"{'not ' * constraint.negated}{test} {values}".strip()


def _implies(narrow: Constraint, wide: Constraint) -> bool:
    """Whether every text that meets one constraint surely meets another."""
    if narrow == wide:
        return True
    if narrow.negated or wide.negated or (wide.cased and not narrow.cased):
        return False
    return bool(narrow.values) and all(
        any(_within(narrow.test, text, wide.test, part, cased=wide.cased) for part in wide.values)
        for text in narrow.values
    )


def _within(narrow: Test, text: str, wide: Test, part: str, *, cased: bool) -> bool:
    """Whether texts that, say, begin with `text` all, say, contain `part`."""
    if not cased:
        text, part = fold(text), fold(part)
    whole, begins, ends = (narrow is test for test in (Test.EQUALS, Test.BEGINS, Test.ENDS))
    match wide:
        case Test.EQUALS:
            return whole and text == part
        case Test.BEGINS:
            return (whole or begins) and text.startswith(part)
        case Test.ENDS:
            return (whole or ends) and text.endswith(part)
        case Test.CONTAINS:
            return (whole or begins or ends or narrow is Test.CONTAINS) and part in text
    return False
