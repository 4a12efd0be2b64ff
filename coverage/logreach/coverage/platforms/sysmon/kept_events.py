"""Sets of events that a changed configuration keeps besides, and which set is within another."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from logreach.coverage.events.event_id import EventId
from logreach.coverage.events.patterns import Constraint, EventPattern, Test, fold
from logreach.inventories.windows.facts import KeptEvents, SysmonState

Fields = tuple[tuple[str, tuple[Constraint, ...]], ...]
_ByField = Mapping[str, tuple[Constraint, ...]]


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
        return _covers(self.fields, dict(other.fields))

    def __str__(self) -> str:
        conditions = " and ".join(
            f"{name} {_in_words(constraint)}"
            for name, constraints in self.fields
            for constraint in constraints
        )
        return f"{self.event} where {conditions}" if conditions else f"every {self.event}"


def _covers(wide: Iterable[tuple[str, tuple[Constraint, ...]]], narrow: _ByField) -> bool:
    """Whether every event that meets one set of constraints surely meets another."""
    return all(
        any(_implies(theirs, ours) for theirs in narrow.get(name, ()))
        for name, constraints in wide
        for ours in constraints
    )


def within_or_around(kept: Iterable[KeptEvents]) -> Callable[[EventPattern], bool]:
    """Tells of a pattern whether it surely lies in one of these sets of events, or holds one."""
    by_field = [
        (each.event, each.fields, dict(each.fields))
        for each in kept
        if isinstance(each, KeptPattern)
    ]

    def touches(pattern: EventPattern) -> bool:
        return any(
            event == pattern.event
            and (_covers(fields, pattern.fields) or _covers(pattern.fields.items(), named))
            for event, fields, named in by_field
        )

    return touches


def kept_besides(state: SysmonState, events: Iterable[EventId]) -> Iterator[KeptPattern]:
    """The patterns of these events that the host's changed configuration keeps in addition."""
    event_set = frozenset(events)
    for kept in state.keeps_also:
        if isinstance(kept, KeptPattern) and kept.event in event_set:
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
        any(
            _within(narrow.test, narrow_value, wide.test, wide_value, cased=wide.cased)
            for wide_value in wide.values
        )
        for narrow_value in narrow.values
    )


def _within(narrow: Test, narrow_value: str, wide: Test, wide_value: str, *, cased: bool) -> bool:
    """Whether every text that passes `narrow` with `narrow_value` also passes `wide` with
    `wide_value`."""
    if not cased:
        narrow_value, wide_value = fold(narrow_value), fold(wide_value)
    equals, begins, ends = (narrow is test for test in (Test.EQUALS, Test.BEGINS, Test.ENDS))
    match wide:
        case Test.EQUALS:
            return equals and narrow_value == wide_value
        case Test.BEGINS:
            return (equals or begins) and narrow_value.startswith(wide_value)
        case Test.ENDS:
            return (equals or ends) and narrow_value.endswith(wide_value)
        case Test.CONTAINS:
            holds_value = equals or begins or ends or narrow is Test.CONTAINS
            return holds_value and wide_value in narrow_value
    return False
