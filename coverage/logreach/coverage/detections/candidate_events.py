"""The events that would show each branch of a rule, and what the branch asks of each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

from logreach.coverage.detections.branches import Conj
from logreach.coverage.detections.constant_fields import always_there
from logreach.coverage.detections.event_limit import limit_of
from logreach.coverage.detections.impossible import contradicts, opposite
from logreach.coverage.detections.mapping import (
    EventAlternatives,
    Knowledge,
    MappedEvent,
    Placement,
)
from logreach.coverage.detections.model import (
    KEYWORD,
    Branch,
    CandidateEvent,
    Demand,
    Literal,
    Need,
)
from logreach.coverage.detections.reading import Reading, own_name, read
from logreach.coverage.events.event_id import ANY_NUMBER, EventId
from logreach.coverage.events.patterns import Constraint, EventPattern, Test
from logreach.coverage.events.variant import ANY_SENSE
from logreach.coverage.platforms.registry import sensors
from logreach.coverage.platforms.sysmon.engine.domains import may_meet

_MOST_NUMBERS = 256  # event ids that a range or an expression may stand for
_NAMING = ("EventID", "Channel", "Provider_Name")  # which event it is, in the header
_ELSE = "~"  # a text that hardly any test names, to try where a field only excludes


def branch_of(conj: Conj, placement: Placement, knowledge: Knowledge, text: str = "") -> Branch:
    """A branch with the events that show it."""
    needs, exclusions = conj
    alternatives = []
    for events in () if contradicts(conj) else alternatives_of(needs, placement, knowledge):
        candidates = (candidate_of(conj, mapped, knowledge) for mapped in events)
        alternatives.append(tuple(candidate for candidate in candidates if candidate is not None))
    return Branch(
        needs, exclusions, _meant([candidates for candidates in alternatives if candidates]), text
    )


def _meant(
    alternatives: list[tuple[CandidateEvent, ...]],
) -> tuple[tuple[CandidateEvent, ...], ...]:
    """Without the alternatives that can never answer, where another one can.

    A test on NewName in a rule for all registry events of Sysmon means renaming (event 14) alone.
    """
    able = [
        candidates
        for candidates in alternatives
        if not all(candidate.lost for candidate in candidates)
    ]
    return tuple(able or alternatives)


def alternatives_of(
    needs: Sequence[Literal], placement: Placement, knowledge: Knowledge
) -> tuple[EventAlternatives, ...]:
    """The alternatives that a branch may mean; for a channel, by the event ids that it names."""
    if not placement.channels:
        return placement.alternatives
    tests = [need.constraint for need in needs if knowledge.header_name(need.field) == "EventID"]
    numbers = event_numbers(tests, placement.channels)
    return tuple(
        tuple(MappedEvent(EventId.of(channel, number)) for channel in placement.channels)
        for number in numbers or (ANY_NUMBER,)
    )


def channels_named(branches: Sequence[Conj], knowledge: Knowledge) -> Placement | None:
    """Where a rule's events are whose log source does not say so: in the channels that each of its
    branches names; None where one names none."""
    channels: dict[str, None] = {}
    for needs, _ in branches:
        channel_names = [
            sensors().channels.get(value.casefold())
            for need in needs
            if knowledge.header_name(need.field) == "Channel"
            and need.constraint.test is Test.EQUALS
            for value in need.constraint.values
        ]
        if not channel_names or None in channel_names:
            return None
        channels.update(dict.fromkeys(name for name in channel_names if name))
    return Placement(channels=tuple(channels)) if channels else None


def event_numbers(tests: Sequence[Constraint], channels: Sequence[str]) -> tuple[str, ...]:
    """The event ids that meet the tests, in order; () where they do not tell which are meant.

    Ids that are not written out (a range, an expression) are those of the events known.
    """
    exact_values = [test.values for test in tests if test.test is Test.EQUALS]
    if exact_values:
        numbers = exact_values[0]
    elif any(test.test is not Test.UNKNOWN for test in tests):
        numbers = tuple(event.number for event in _events_of(tuple(channels)))
    else:
        return ()
    matching = tuple(
        number for number in dict.fromkeys(numbers) if all(_may(test, number) for test in tests)
    )
    return matching if exact_values or len(matching) <= _MOST_NUMBERS else ()


def _may(test: Constraint, number: str) -> bool:
    return test.admits(number) is not False


@lru_cache(maxsize=64)
def _events_of(channels: tuple[str, ...]) -> tuple[EventId, ...]:
    """The events known of some channels."""
    return tuple(
        event
        for sensor in sensors().every
        for event in sensor.events()
        if event.channel in channels and event.number.isdecimal()
    )


def candidate_of(conj: Conj, mapped: MappedEvent, knowledge: Knowledge) -> CandidateEvent | None:
    """A branch as one event would show it; None where such an event can never be in it."""
    needs, exclusions = conj
    required = [read(literal, mapped, knowledge) for literal in needs]
    is_named = any(_names(reading, mapped, knowledge) for reading in required)
    if mapped.named and not is_named:
        return None
    suppressors = [
        [read(literal, mapped, knowledge) for literal in exclusion] for exclusion in exclusions
    ]
    suppressors = [
        [reading for reading in suppressor if reading.always is None]
        for suppressor in suppressors
        if not any(reading.always is False for reading in suppressor)
    ]
    if any(reading.always is False for reading in required) or not all(suppressors):
        return None
    required = [reading for reading in required if reading.always is None]
    return _built(mapped, required, suppressors, is_named=is_named)


def _names(reading: Reading, mapped: MappedEvent, knowledge: Knowledge) -> bool:
    """Whether a test says that this very event is meant: by its header, or by a field that only
    the event's own provider calls so."""
    name, event = reading.literal.field, mapped.event
    if name in knowledge.header:
        return reading.always is True and name in _NAMING
    return mapped.names is not None and name not in mapped.names and bool(own_name(event, name))


def _built(
    mapped: MappedEvent,
    required: list[Reading],
    suppressors: list[list[Reading]],
    *,
    is_named: bool,
) -> CandidateEvent | None:
    applying = [
        suppressor
        for suppressor in suppressors
        if not any(reading.lost and not reading.empty for reading in suppressor)
    ]
    single = [
        suppressor[0]
        for suppressor in applying
        if len(suppressor) == 1 and suppressor[0].constraint is not None
    ]
    several = [
        suppressor
        for suppressor in applying
        if len(suppressor) > 1 or suppressor[0].constraint is None
    ]
    field_tests = [
        (reading.field, reading.constraint)
        for reading in required
        if reading.constraint is not None
    ]
    field_tests += [
        (name, Constraint(Test.EQUALS, values)) for name, values in mapped.where.items()
    ]
    field_tests += [
        (reading.field, opposite(reading.constraint)) for reading in single if reading.constraint
    ]
    pattern = _pattern(mapped.event, field_tests)
    sensor = sensors().of(pattern.event)
    sense = sensor.variant(pattern) if sensor else ANY_SENSE
    if sense is None or _is_empty(pattern, applying):
        return None
    expressible = all(
        reading.constraint is not None or reading.lost for reading in required
    ) and not any(constraint.test is Test.UNKNOWN for _, constraint in field_tests)
    demand = Demand(
        mapped.event,
        tuple(_needs(required, suppressors)),
        tuple(_suppressors(required, suppressors)),
        tuple(_overbroad(suppressors)),
        *limit_of(mapped, required, applying, is_named),
        sense,
    )
    return CandidateEvent(
        demand=_one_of_equals(demand),
        pattern=pattern,
        exact=expressible and not several,
        narrowed=_narrowed(pattern, several) if expressible and several else None,
        words=tuple(
            reading.literal.constraint for reading in required if reading.literal.field == KEYWORD
        ),
        excluded=tuple(_excluded(mapped.event, suppressor) for suppressor in several),
    )


def _is_empty(pattern: EventPattern, suppressors: list[list[Reading]]) -> bool:
    """Whether no event can be in the branch: tests on one field that cannot hold together, or an
    exclusion that holds wherever they do."""
    fields = pattern.fields
    if not all(len(constraints) < 2 or may_meet(constraints) for constraints in fields.values()):
        return True
    return any(
        all(_follows(pattern, reading) for reading in suppressor) for suppressor in suppressors
    )


def _follows(pattern: EventPattern, reading: Reading) -> bool:
    """Whether a test holds in every event of a pattern."""
    if reading.constraint is None:
        return False
    if reading.constraint.test is Test.EXISTS and always_there(pattern.event, reading.field):
        return True
    constraints = pattern.fields.get(reading.field, ())
    return bool(constraints) and not may_meet((*constraints, opposite(reading.constraint)))


@lru_cache(maxsize=8192)
def _one_of_equals(demand: Demand) -> Demand:
    """The first of all equal demands, so that judging compares them cheaply, by identity."""
    return demand


def _pattern(event: EventId, field_tests: Iterable[tuple[str, Constraint]]) -> EventPattern:
    fields: dict[str, dict[Constraint, None]] = {}
    for name, constraint in field_tests:
        fields.setdefault(name, {})[constraint] = None
    return EventPattern(event, {name: tuple(constraints) for name, constraints in fields.items()})


def _excluded(event: EventId, suppressor: list[Reading]) -> EventPattern:
    field_tests = []
    for reading in suppressor:
        if reading.literal.field == KEYWORD:
            field_tests.append((KEYWORD, reading.literal.constraint))
        elif not reading.lost:
            field_tests.append((reading.field, reading.constraint or Constraint(Test.UNKNOWN)))
    return _pattern(event, field_tests)


def _needs(required: list[Reading], suppressors: list[list[Reading]]) -> list[Need]:
    """What must be filled for the branch to hold.

    An exclusion that only asks whether fields are empty holds for good where they are missing:
    then the branch is dead, so one of those fields is needed.
    """
    all_needs = [
        reading.need for reading in required if reading.need is not None and not reading.empty
    ]
    for suppressor in suppressors:
        if all(reading.empty and reading.need is not None for reading in suppressor):
            needs = [reading.need for reading in suppressor if reading.need is not None]
            names = tuple(name for need in needs for name in need.fields)
            doubt = next((need.doubt for need in needs if need.doubt), "")
            reason = "" if names or doubt else needs[0].why
            all_needs.append(Need(suppressor[0].literal.field, names, why=reason, doubt=doubt))
    return list(dict.fromkeys(all_needs))


def _suppressors(
    required: list[Reading], suppressors: list[list[Reading]]
) -> list[tuple[Need, ...]]:
    """What keeps the rule from firing, by the fields without which it does not.

    These are its exclusions, and its own tests that a field is empty: they hold for good where
    the field is missing.
    """
    need_groups = [_firm(suppressor) for suppressor in suppressors]
    need_groups += [
        (reading.need,) for reading in required if reading.need is not None and reading.empty
    ]
    return list(dict.fromkeys(needs for needs in need_groups if needs))


def _firm(suppressor: list[Reading]) -> tuple[Need, ...]:
    return tuple(
        reading.need for reading in suppressor if reading.need is not None and not reading.empty
    )


def _overbroad(suppressors: list[list[Reading]]) -> list[tuple[Need, tuple[Need, ...]]]:
    pairs = [
        (reading.need, _firm(suppressor))
        for suppressor in suppressors
        for reading in suppressor
        if reading.empty and reading.need is not None and _firm(suppressor)
    ]
    return list(dict.fromkeys(pairs))


def _narrowed(pattern: EventPattern, several: list[list[Reading]]) -> EventPattern | None:
    """A pattern of events that no exclusion touches: each has one of its tests turned round."""
    field_tests = [
        (name, constraint)
        for name, constraints in pattern.fields.items()
        for constraint in constraints
    ]
    for suppressor in several:
        turned = [
            reading
            for reading in suppressor
            if reading.constraint is not None and reading.constraint.test is not Test.UNKNOWN
        ]
        if not turned:
            return None
        chosen = min(turned, key=lambda reading: reading.field in pattern.fields)
        if chosen.constraint is not None:
            field_tests.append((chosen.field, opposite(chosen.constraint)))
    narrowed = _pattern(pattern.event, field_tests)
    return narrowed if all(_some(constraints) for constraints in narrowed.fields.values()) else None


def _some(constraints: Sequence[Constraint]) -> bool:
    """Whether some text is known to meet all constraints; False says nothing."""
    tried = [
        value for constraint in constraints if not constraint.negated for value in constraint.values
    ]
    joined = "".join(tried[:1]) + _ELSE
    return any(
        all(constraint.admits(value) for constraint in constraints)
        for value in (*tried, joined, _ELSE, "")
    )
