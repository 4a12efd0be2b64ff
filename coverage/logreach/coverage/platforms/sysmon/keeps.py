"""Whether the configuration keeps the events of a pattern."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import islice

from logreach.coverage.engine.judged import Reason, Remedy
from logreach.coverage.engine.verdict import NO, PARTIAL, UNKNOWN, YES, Verdict, hull
from logreach.coverage.events.filters import drops_all, evidence_of, verdict_of
from logreach.coverage.events.patterns import Decider, EventPattern, FilterAnswer
from logreach.coverage.platforms.sysmon.beyond import written
from logreach.coverage.platforms.sysmon.engine import manifest
from logreach.coverage.platforms.sysmon.programs import (
    READS,
    Filters,
    filters,
    not_asked,
    number_of,
    state_of,
)
from logreach.coverage.platforms.sysmon.remedies import widen
from logreach.inventories.facts.facts import Facts, Missing
from logreach.inventories.facts.keys import FactKey
from logreach.inventories.files.evidence import Evidence
from logreach.inventories.windows.facts import SYSMON, SysmonState


@dataclass(frozen=True, slots=True)
class SysmonKeeps:
    """The configuration logs every event of a pattern, some, or none.

    Where several programs may be meant, it is the hull of what they do.
    """

    pattern: EventPattern

    @property
    def subject(self) -> str:
        return self.pattern.event

    @property
    def reads(self) -> tuple[FactKey[object], ...]:
        return READS

    def check(self, facts: Facts) -> Reason:
        return Keeping(facts).check(self.pattern)

    @staticmethod
    def on_host(facts: Facts) -> Callable[[SysmonKeeps], Reason]:
        """The check of many patterns on one host."""
        keeping = Keeping(facts)
        return lambda leaf: keeping.check(leaf.pattern)

    def state(self, facts: Facts) -> Hashable:
        """What is said of Sysmon, and what the programs that may be meant make of it."""
        state = state_of(facts)
        if isinstance(state, Missing) or not state.value.installed:
            return state
        return state, filters(state.value, facts)


class Keeping:
    """What the Sysmon of one host keeps, for who asks of many patterns."""

    def __init__(self, facts: Facts) -> None:
        self._state = state = state_of(facts)
        self._filters = Filters()
        if not isinstance(state, Missing) and state.value.installed:
            self._filters = filters(state.value, facts)
        self._whole: dict[str, Reason] = {}
        self._able: dict[int, bool] = {}

    def check(self, pattern: EventPattern) -> Reason:
        """Whether it logs every event of a pattern, some, or none."""
        whole = self._whole.get(pattern.event)
        if whole is None:
            whole = self._whole[pattern.event] = self._asked(EventPattern(pattern.event))
        if drops_all(whole) or not (pattern.fields and self._filters.loaded):
            return whole
        return self._asked(pattern)

    def _asked(self, pattern: EventPattern) -> Reason:
        if isinstance(self._state, Missing):
            return not_asked(pattern.event, "filter")
        sysmon, evidence, found = self._state.value, self._state.evidence, self._filters
        if not sysmon.installed:
            return not_asked(pattern.event, "filter", evidence)
        reason = partial(Reason, "filter", pattern.event)
        if found.doubt:
            return reason(UNKNOWN, found.doubt, evidence, missing=SYSMON)
        answers = [written(one, pattern) for one in found.loaded]
        verdicts = [verdict_of(one) for one in answers]
        if any(one != verdicts[0] for one in verdicts):
            text = _differing(found, answers, verdicts)
            return reason(hull(verdicts), text, evidence, missing=SYSMON)
        answer, verdict = answers[-1], verdicts[-1]
        remedy = None if verdict is YES else self._remedy(number_of(pattern.event))
        where = (*_where(answer, sysmon), *evidence)
        return reason(verdict, _told(answer, verdict), where, remedy)

    def _remedy(self, number: int) -> Remedy | None:
        # A configuration that names what its Sysmon has not is refused whole.
        if number not in self._able:
            loaded = self._filters.loaded
            self._able[number] = all(
                manifest.fields_of(number, x.config.sysmon_schema) for x in loaded
            )
        return widen(number) if self._able[number] else None


def _differing(found: Filters, answers: list[FilterAnswer], verdicts: list[Verdict]) -> str:
    """It hangs on which of the programs it is: the worst and the best of them are told."""
    by_rank = sorted(
        range(len(answers)), key=lambda at: (verdicts[at].proven, verdicts[at].possible)
    )
    told = "; or ".join(
        f"with schema {found.loaded[at].config.sysmon_schema} {_told(answers[at], verdicts[at])}"
        for at in (by_rank[0], by_rank[-1])
    )
    return f"it hangs on which Sysmon this is ({found.why}): {told}"


_UNDECIDED = "what the configuration does with such events could not be decided"
_WORDS = {
    YES: "the configuration logs every such event",
    NO: "the configuration logs no such event",
    PARTIAL: "the configuration logs some of such events and drops others",
}


def _told(answer: FilterAnswer, verdict: Verdict) -> str:
    text = _WORDS.get(verdict, _UNDECIDED)
    if answer.reason:
        text = f"{text}: {answer.reason}"
    elif answer.deciders:
        text = f"{text}: {'; '.join(_named(one) for one in answer.deciders[:2])}"
    if answer.dropped and verdict == PARTIAL:
        text = f"{text}; dropped, for one: {_witness(answer.dropped)}"
    return text


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
    return tuple(evidence_of(one, *file) for one in answer.deciders[:3] if one.line)
