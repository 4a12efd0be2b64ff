"""Whether the configuration keeps the events of a pattern."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from itertools import islice
from typing import NamedTuple

from logreach.coverage.engine.judged import Reason, Remedy
from logreach.coverage.engine.verdict import NO, PARTIAL, UNKNOWN, YES, Verdict, hull
from logreach.coverage.events.event_id import EventId
from logreach.coverage.events.filters import drops_all, evidence_of, verdict_of
from logreach.coverage.events.patterns import Decider, EventPattern, FilterAnswer
from logreach.coverage.platforms.sysmon.beyond import (
    DELETIONS,
    told_by_other,
    with_kept,
    written,
)
from logreach.coverage.platforms.sysmon.defective import doubted
from logreach.coverage.platforms.sysmon.engine import manifest, systems
from logreach.coverage.platforms.sysmon.kept_events import (
    KeptPattern,
    kept_besides,
    within_or_around,
)
from logreach.coverage.platforms.sysmon.programs import (
    READS,
    Filters,
    Sieve,
    filters,
    not_asked,
    number_of,
    state_of,
)
from logreach.coverage.platforms.sysmon.remedies import keep, keep_all
from logreach.inventories.facts.facts import Facts, Known, Missing
from logreach.inventories.facts.keys import FactKey
from logreach.inventories.files.evidence import Evidence
from logreach.inventories.windows.facts import OS, SYSMON, KeptEvents, SysmonState


@dataclass(frozen=True, slots=True)
class SysmonKeeps:
    """The configuration logs every event of a pattern, some, or none.

    Where several programs may be meant, it is the hull of what they do. `broad`: what to change is
    named for all such events at once, as for the thousands of patterns that rules ask for.
    """

    pattern: EventPattern
    broad: bool = False

    @property
    def subject(self) -> str:
        return self.pattern.event

    @property
    def reads(self) -> tuple[FactKey[object], ...]:
        return READS

    def check(self, facts: Facts) -> Reason:
        return Keeping(facts).check(self.pattern, broad=self.broad)

    @property
    def topic(self) -> Hashable:
        """A change for some events leaves those of other elements alone."""
        return _told_with(self.pattern.event)

    @staticmethod
    def on_host(facts: Facts) -> Callable[[SysmonKeeps], Reason]:
        """The check of many patterns on one host."""
        keeping = Keeping(facts)
        return lambda leaf: keeping.check(leaf.pattern, broad=leaf.broad)

    def state(self, facts: Facts) -> Hashable:
        """What is said of Sysmon, and what the programs that may be meant make of it."""
        told = _told_of(facts)
        return told.words, told.kept.get(_told_with(self.pattern.event))

    def concerned(self, before: Facts, after: Facts) -> Callable[[SysmonKeeps], bool] | None:
        """A change that keeps more concerns patterns within what it keeps, and around it."""
        events = _told_with(self.pattern.event)
        told, told_after = _told_of(before), _told_of(after)
        if told.programs != told_after.programs or events is DELETIONS:
            return None
        nothing = frozenset[KeptEvents]()
        return _touched_by(told.kept.get(events, nothing) ^ told_after.kept.get(events, nothing))


@lru_cache(maxsize=1024)  # the same changes are weighed on every host
def _touched_by(changed: frozenset[KeptEvents]) -> Callable[[SysmonKeeps], bool]:
    touches = within_or_around(changed)
    return lambda leaf: bool(changed) and touches(leaf.pattern)


class _Told(NamedTuple):
    """What is said of a host's Sysmon: with its evidence, the programs alone that may be meant, and
    what a changed configuration keeps besides, by event. The first two are equal where they say
    the same."""

    words: object
    programs: object
    kept: Mapping[tuple[EventId, ...], frozenset[KeptEvents]]


@lru_cache(maxsize=64)  # asked for every event of Sysmon, before and after each remedy
def _told_of(facts: Facts) -> _Told:
    state = state_of(facts)
    if isinstance(state, Missing) or not state.value.installed:
        return _Told(_alike(state), _alike(state), {})
    kept: dict[tuple[EventId, ...], set[KeptEvents]] = {}
    for pattern in state.value.keeps_also:
        if isinstance(pattern, KeptPattern):
            kept.setdefault(_told_with(pattern.event), set()).add(pattern)
    plain = replace(state, value=replace(state.value, keeps_also=()))
    programs = plain.value, facts.get(OS), filters(state.value, facts)
    return _Told(
        _alike((plain.evidence, *programs)),
        _alike(programs),
        {events: frozenset(patterns) for events, patterns in kept.items()},
    )


@lru_cache(maxsize=256)
def _alike(_: Hashable) -> object:
    """One small object for equal states, which compares faster than they do."""
    return object()


def _told_with(event: EventId) -> tuple[EventId, ...]:
    """The event, and the one that is written in its place."""
    return DELETIONS if event in DELETIONS else (event,)


class Keeping:
    """Answers for many patterns what the Sysmon of one host keeps."""

    def __init__(self, facts: Facts) -> None:
        self._os = facts.get(OS)
        self._state = state = state_of(facts)
        self._filters = Filters()
        if not isinstance(state, Missing) and state.value.installed:
            self._filters = filters(state.value, facts)
        self._whole: dict[tuple[str, bool], Reason] = {}
        self._able: dict[int, bool] = {}

    def check(self, pattern: EventPattern, *, broad: bool = False) -> Reason:
        """Whether it logs every event of a pattern, some, or none."""
        for_event = self._whole.get((pattern.event, broad))
        if for_event is None:
            for_event = self._asked(EventPattern(pattern.event), broad=broad)
            self._whole[pattern.event, broad] = for_event
        if not (pattern.fields and self._filters.loaded):
            return for_event
        if drops_all(for_event) and (broad or for_event.remedy is None):
            return for_event
        return self._asked(pattern, broad=broad)

    def _asked(self, pattern: EventPattern, *, broad: bool) -> Reason:
        if isinstance(self._state, Missing):
            return not_asked(pattern.event, "filter")
        sysmon, evidence, possible = self._state.value, self._state.evidence, self._filters
        if not sysmon.installed:
            return not_asked(pattern.event, "filter", evidence)
        reason = partial(Reason, "filter", pattern.event)
        if possible.doubt:
            return reason(UNKNOWN, possible.doubt, evidence, missing=SYSMON)
        kept = tuple(kept_besides(sysmon, _told_with(pattern.event)))
        answers = [_answer(sieve, pattern, kept) for sieve in possible.loaded]
        verdicts = [verdict_of(answer) for answer in answers]
        if len(set(verdicts)) > 1:
            explanation = _differing(possible, answers, verdicts)
            judged = reason(hull(verdicts), explanation, evidence, missing=SYSMON)
        else:
            answer, verdict = answers[-1], verdicts[-1]
            remedy = None if verdict is YES else self._remedy(pattern, broad=broad)
            places = (*_where(answer, sysmon), *evidence)
            judged = reason(verdict, _told(answer, verdict), places, remedy)
        return doubted(
            judged,
            number_of(pattern.event),
            sysmon,
            self._os,
            possible.loaded,
            lambda sieve: verdict_of(_answer(sieve, pattern, kept)),
        )

    def _remedy(self, pattern: EventPattern, *, broad: bool) -> Remedy | None:
        loaded, number = self._filters.loaded, number_of(pattern.event)
        # A configuration that names what its Sysmon has not is refused whole.
        if number not in self._able:
            self._able[number] = all(
                manifest.fields_of(number, sieve.config.sysmon_schema) for sieve in loaded
            )
        if not self._able[number] or any(told_by_other(sieve, pattern) for sieve in loaded):
            return None
        if isinstance(self._os, Known) and systems.on_system(number, self._os.value.build) is False:
            return None
        return keep_all(number) if broad else _least(loaded, pattern)


def _answer(sieve: Sieve, pattern: EventPattern, kept: tuple[KeptPattern, ...]) -> FilterAnswer:
    """What a filter keeps of such events, with the patterns that it also keeps once changed."""
    answer = written(sieve, pattern)
    return with_kept(answer, pattern, kept) if kept else answer


def _least(loaded: tuple[Sieve, ...], pattern: EventPattern) -> Remedy | None:
    """The least change, worked out once for all hosts that have the configuration."""
    remedies, key = loaded[-1].remedies, (loaded, pattern.key)
    if key not in remedies:
        remedies[key] = keep(pattern, loaded)
    return remedies[key]


def _differing(possible: Filters, answers: list[FilterAnswer], verdicts: list[Verdict]) -> str:
    """It hangs on which of the programs it is: the worst and the best of them are told."""
    by_rank = sorted(
        range(len(answers)), key=lambda at: (verdicts[at].proven, verdicts[at].possible)
    )
    extremes = "; or ".join(
        f"with schema {possible.loaded[at].config.sysmon_schema} {_told(answers[at], verdicts[at])}"
        for at in (by_rank[0], by_rank[-1])
    )
    return f"it hangs on which Sysmon this is ({possible.why}): {extremes}"


_UNDECIDED = "what the configuration does with such events could not be decided"
_WORDS = {
    YES: "the configuration logs every such event",
    NO: "the configuration logs no such event",
    PARTIAL: "the configuration logs some of such events and drops others",
}


def _told(answer: FilterAnswer, verdict: Verdict) -> str:
    words = _WORDS.get(verdict, _UNDECIDED)
    if answer.reason:
        words = f"{words}: {answer.reason}"
    elif answer.deciders:
        words = f"{words}: {'; '.join(_named(decider) for decider in answer.deciders[:2])}"
    if answer.dropped and verdict == PARTIAL:
        words = f"{words}; dropped, for one: {_witness(answer.dropped)}"
    return words


def _named(decider: Decider) -> str:
    line = f" (line {decider.line})" if decider.line else ""
    return f"{decider.name}{line} {decider.text}".strip()


def _witness(fields: Mapping[str, str]) -> str:
    """What tells an event apart; ids and times do not."""
    idle = ("guid", "id", "time")
    shown = (
        f"{name}={value}"
        for name, value in fields.items()
        if value and not name.casefold().endswith(idle)
    )
    return ", ".join(islice(shown, 4)) or "any other"


def _where(answer: FilterAnswer, sysmon: SysmonState) -> tuple[Evidence, ...]:
    file = sysmon.config_source, sysmon.config_sha256
    return tuple(evidence_of(decider, *file) for decider in answer.deciders[:3])
