"""Branches as events would show them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import chain

from logreach.coverage.detections.branches import Conj
from logreach.coverage.detections.constant_fields import always_there, provider_among_many
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
from logreach.coverage.engine.verdict import UNKNOWN, YES, Verdict, all_of
from logreach.coverage.events.event_id import ANY_NUMBER, EventId
from logreach.coverage.events.patterns import Constraint, EventPattern, Test, fold
from logreach.coverage.events.variant import ANY_SENSE
from logreach.coverage.platforms.registry import sensors
from logreach.coverage.platforms.sysmon.engine.domains import may_meet

_MOST_NUMBERS = 256  # event ids that a range or an expression may stand for
_NAMING = ("EventID", "Channel", "Provider_Name")  # which event it is, in the header
_PROVIDER = "Provider_Name"
_ELSE = "~"  # a text that hardly any test names, to try where a field only excludes


def branch_of(conj: Conj, placement: Placement, known: Knowledge, text: str = "") -> Branch:
    """A branch with the events that show it."""
    needs, exclusions = conj
    seen = []
    for events in () if contradicts(conj) else alternatives_of(needs, placement, known):
        candidates = (candidate_of(conj, mapped, known) for mapped in events)
        seen.append(tuple(candidate for candidate in candidates if candidate is not None))
    return Branch(
        needs, exclusions, _meant([candidates for candidates in seen if candidates]), text
    )


def _meant(
    alternatives: list[tuple[CandidateEvent, ...]],
) -> tuple[tuple[CandidateEvent, ...], ...]:
    """Without the alternatives that can never answer, where another one can.

    A test on NewName in a rule for all registry events means renaming alone.
    """
    able = [
        candidates
        for candidates in alternatives
        if not all(candidate.lost for candidate in candidates)
    ]
    return tuple(able or alternatives)


def alternatives_of(
    needs: Sequence[Literal], placement: Placement, known: Knowledge
) -> tuple[EventAlternatives, ...]:
    """The alternatives that a branch may mean; for a channel, by the event ids that it names."""
    if not placement.channels:
        return placement.alternatives
    tests = [one.constraint for one in needs if known.header_name(one.field) == "EventID"]
    numbers = event_numbers(tests, placement.channels)
    return tuple(
        tuple(MappedEvent(EventId.of(channel, number)) for channel in placement.channels)
        for number in numbers or (ANY_NUMBER,)
    )


def channels_named(found: Sequence[Conj], known: Knowledge) -> Placement | None:
    """Where a rule's events are whose log source does not say so: in the channels that each of its
    branches names; None where one names none."""
    channels: dict[str, None] = {}
    for needs, _ in found:
        named = [
            sensors().channels.get(value.casefold())
            for one in needs
            if known.header_name(one.field) == "Channel" and one.constraint.test is Test.EQUALS
            for value in one.constraint.values
        ]
        if not named or None in named:
            return None
        channels.update(dict.fromkeys(name for name in named if name))
    return Placement(channels=tuple(channels)) if channels else None


def event_numbers(tests: Sequence[Constraint], channels: Sequence[str]) -> tuple[str, ...]:
    """The event ids that meet the tests, in order; () where they do not tell which are meant.

    Ids that are not written out (a range, an expression) are those of the events known.
    """
    named = [one.values for one in tests if one.test is Test.EQUALS]
    if named:
        found = named[0]
    elif any(one.test is not Test.UNKNOWN for one in tests):
        found = tuple(event.number for event in _events_of(tuple(channels)))
    else:
        return ()
    meant = tuple(one for one in dict.fromkeys(found) if all(_may(test, one) for test in tests))
    return meant if named or len(meant) <= _MOST_NUMBERS else ()


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


def candidate_of(conj: Conj, mapped: MappedEvent, known: Knowledge) -> CandidateEvent | None:
    """A branch as one event would show it; None where such an event can never be in it."""
    needs, exclusions = conj
    wanted = [read(literal, mapped, known) for literal in needs]
    is_named = any(_names(one, mapped, known) for one in wanted)
    if mapped.named and not is_named:
        return None
    suppressors = [[read(literal, mapped, known) for literal in one] for one in exclusions]
    suppressors = [
        [one for one in suppressor if one.always is None]
        for suppressor in suppressors
        if not any(one.always is False for one in suppressor)
    ]
    if any(one.always is False for one in wanted) or not all(suppressors):
        return None
    wanted = [one for one in wanted if one.always is None]
    return _built(mapped, wanted, suppressors, is_named=is_named)


def _names(one: Reading, mapped: MappedEvent, known: Knowledge) -> bool:
    """Whether a test says that this very event is meant: by its header, or by a field that only
    the event's own provider calls so."""
    name, event = one.literal.field, mapped.event
    if name in known.header:
        return one.always is True and name in _NAMING
    return mapped.names is not None and name not in mapped.names and bool(own_name(event, name))


def _built(
    mapped: MappedEvent,
    wanted: list[Reading],
    suppressors: list[list[Reading]],
    *,
    is_named: bool,
) -> CandidateEvent | None:
    applying = [
        suppressor
        for suppressor in suppressors
        if not any(one.lost and not one.empty for one in suppressor)
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
    said = [(one.field, one.constraint) for one in wanted if one.constraint is not None]
    said += [(name, Constraint(Test.EQUALS, values)) for name, values in mapped.where.items()]
    said += [(one.field, opposite(one.constraint)) for one in single if one.constraint]
    pattern = _pattern(mapped.event, said)
    sensor = sensors().of(pattern.event)
    sense = sensor.variant(pattern) if sensor else ANY_SENSE
    if sense is None or _is_empty(pattern, applying):
        return None
    told = all(one.constraint is not None or one.lost for one in wanted) and not any(
        constraint.test is Test.UNKNOWN for _, constraint in said
    )
    demand = Demand(
        mapped.event,
        tuple(_needs(wanted, suppressors)),
        tuple(_suppressors(wanted, suppressors)),
        tuple(_overbroad(suppressors)),
        *_limit(mapped, wanted, applying, is_named),
        sense,
    )
    return CandidateEvent(
        demand=_one_of_equals(demand),
        pattern=pattern,
        exact=told and not several,
        narrowed=_narrowed(pattern, several) if told and several else None,
        words=tuple(one.literal.constraint for one in wanted if one.literal.field == KEYWORD),
        excluded=tuple(_excluded(mapped.event, suppressor) for suppressor in several),
    )


def _is_empty(pattern: EventPattern, suppressors: list[list[Reading]]) -> bool:
    """Whether no event can be in the branch: tests on one field that cannot hold together, or an
    exclusion that holds wherever they do."""
    held = pattern.fields
    if not all(len(one) < 2 or may_meet(one) for one in held.values()):
        return True
    return any(all(_follows(pattern, one) for one in suppressor) for suppressor in suppressors)


def _follows(pattern: EventPattern, one: Reading) -> bool:
    """Whether a test holds in every event of a pattern."""
    if one.constraint is None:
        return False
    if one.constraint.test is Test.EXISTS and always_there(pattern.event, one.field):
        return True
    held = pattern.fields.get(one.field, ())
    return bool(held) and not may_meet((*held, opposite(one.constraint)))


def _limit(
    mapped: MappedEvent, wanted: list[Reading], suppressors: list[list[Reading]], is_named: bool
) -> tuple[Verdict, str]:
    """The best that the event allows, and why.

    A field that must not be there only may be missing, and nobody can tell what a placeholder
    stands for. Whether a log source means the event is no question where the rule names it.
    """
    event, said = mapped.event, [mapped.why] if mapped.why and not is_named else []
    best = YES if is_named else mapped.limit
    single = [one[0] for one in suppressors if len(one) == 1 and not one[0].lost]
    absent = _named(single, Test.EXISTS)
    lacking = _lacking([*wanted, *chain.from_iterable(suppressors)])
    if absent:
        said.append(f"whether {event} comes without {absent} is not known")
    if lacking:
        said.append(f"the rule's placeholder {lacking} has no value")
    foreign = _foreign(event, wanted, suppressors)
    if foreign:
        said.append(
            f"it asks for {event} of another provider than {foreign}, which no source describes"
        )
    limit = all_of((best, UNKNOWN)) if absent or lacking or foreign else best
    return limit, "; ".join(said)


def _foreign(event: EventId, wanted: list[Reading], suppressors: list[list[Reading]]) -> str:
    """The provider of the event that is described, where a rule asks for one of another provider
    that has the same number in a log to which many write; '' otherwise."""
    provider = provider_among_many(event)
    asked = [one.constraint for one in wanted if one.field == _PROVIDER and one.constraint]
    excluded = [
        one.constraint
        for (one, *others) in suppressors
        if not others and one.field == _PROVIDER and one.constraint
    ]
    other = any(one.admits(provider) is False and not _akin(provider, one) for one in asked)
    other = other or any(one.admits(provider) is True for one in excluded)
    return provider if provider and other else ""


def _akin(provider: str, asked: Constraint) -> bool:
    """Whether a name that is asked for has the provider's in it, or the other way round: sources
    spell some with more words, and instances of a service have names of their own."""
    name = fold(provider)
    return not asked.negated and any(name in fold(x) or fold(x) in name for x in asked.values)


def _named(readings: Iterable[Reading], test: Test) -> str:
    names = (one.literal.field for one in readings if one.literal.constraint.test is test)
    return ", ".join(dict.fromkeys(names))


def _lacking(readings: Iterable[Reading]) -> str:
    found = (one.literal.constraint for one in readings)
    names = (name for one in found if one.test is Test.UNKNOWN for name in one.values)
    return ", ".join(dict.fromkeys(names))


@lru_cache(maxsize=8192)
def _one_of_equals(demand: Demand) -> Demand:
    """The first of all equal ones: who judges may then compare by identity, which costs less."""
    return demand


def _pattern(event: EventId, said: Iterable[tuple[str, Constraint]]) -> EventPattern:
    fields: dict[str, dict[Constraint, None]] = {}
    for name, constraint in said:
        fields.setdefault(name, {})[constraint] = None
    return EventPattern(event, {name: tuple(found) for name, found in fields.items()})


def _excluded(event: EventId, suppressor: list[Reading]) -> EventPattern:
    said = []
    for one in suppressor:
        if one.literal.field == KEYWORD:
            said.append((KEYWORD, one.literal.constraint))
        elif not one.lost:
            said.append((one.field, one.constraint or Constraint(Test.UNKNOWN)))
    return _pattern(event, said)


def _needs(wanted: list[Reading], suppressors: list[list[Reading]]) -> list[Need]:
    """What must be filled for the branch to hold.

    An exclusion that only asks whether fields are empty holds for good where they are missing:
    then the branch is dead, so one of those fields is needed.
    """
    found = [one.need for one in wanted if one.need is not None and not one.empty]
    for suppressor in suppressors:
        if all(one.empty and one.need is not None for one in suppressor):
            needs = [one.need for one in suppressor if one.need is not None]
            names = tuple(name for need in needs for name in need.fields)
            doubt = next((need.doubt for need in needs if need.doubt), "")
            why = "" if names or doubt else needs[0].why
            found.append(Need(suppressor[0].literal.field, names, why=why, doubt=doubt))
    return list(dict.fromkeys(found))


def _suppressors(wanted: list[Reading], suppressors: list[list[Reading]]) -> list[tuple[Need, ...]]:
    """What keeps the rule from firing, by the fields without which it does not.

    These are its exclusions, and its own tests that a field is empty: they hold for good where
    the field is missing.
    """
    found = [_firm(suppressor) for suppressor in suppressors]
    found += [(one.need,) for one in wanted if one.need is not None and one.empty]
    return list(dict.fromkeys(needs for needs in found if needs))


def _firm(suppressor: list[Reading]) -> tuple[Need, ...]:
    return tuple(one.need for one in suppressor if one.need is not None and not one.empty)


def _overbroad(suppressors: list[list[Reading]]) -> list[tuple[Need, tuple[Need, ...]]]:
    found = [
        (one.need, _firm(suppressor))
        for suppressor in suppressors
        for one in suppressor
        if one.empty and one.need is not None and _firm(suppressor)
    ]
    return list(dict.fromkeys(found))


def _narrowed(pattern: EventPattern, several: list[list[Reading]]) -> EventPattern | None:
    """A pattern of events that no exclusion touches: each has one of its tests turned round."""
    said = [(name, one) for name, held in pattern.fields.items() for one in held]
    for suppressor in several:
        turned = [
            one
            for one in suppressor
            if one.constraint is not None and one.constraint.test is not Test.UNKNOWN
        ]
        if not turned:
            return None
        chosen = min(turned, key=lambda one: one.field in pattern.fields)
        if chosen.constraint is not None:
            said.append((chosen.field, opposite(chosen.constraint)))
    narrowed = _pattern(pattern.event, said)
    return narrowed if all(_some(held) for held in narrowed.fields.values()) else None


def _some(constraints: Sequence[Constraint]) -> bool:
    """Whether some text is known to meet all constraints; False says nothing."""
    tried = [value for one in constraints if not one.negated for value in one.values]
    joined = "".join(tried[:1]) + _ELSE
    return any(all(one.admits(text) for one in constraints) for text in (*tried, joined, _ELSE, ""))
