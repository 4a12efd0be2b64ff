"""Whether the configuration keeps the events of a pattern."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from logreach.coverage.assessment import Reason
from logreach.coverage.patterns import Decider, EventPattern, FilterAnswer
from logreach.coverage.prerequisites.filters import evidence_of, verdict_of
from logreach.coverage.prerequisites.sysmon.programs import (
    READS,
    SYSMON_KEY,
    Filters,
    filters,
    hull,
    not_asked,
    number_of,
    state_of,
)
from logreach.coverage.prerequisites.sysmon.remedies import widen
from logreach.coverage.verdict import NO, PARTIAL, UNKNOWN, YES, Verdict
from logreach.inventories.facts import Evidence, FactKey, Facts, Missing, SysmonState


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
    def reads(self) -> tuple[FactKey, ...]:
        return READS

    def check(self, facts: Facts) -> Reason:
        state = state_of(facts)
        if isinstance(state, Missing):
            return not_asked(self.subject, "filter")
        sysmon, evidence = state.value, state.evidence
        if not sysmon.installed:
            return not_asked(self.subject, "filter", evidence)
        found = filters(sysmon, facts)
        if found.doubt:
            return self._reason(UNKNOWN, found.doubt, evidence, missing=SYSMON_KEY)
        answers = [one.answer(self.pattern) for one in found.loaded]
        if len({verdict_of(one) for one in answers}) > 1:
            return self._differing(found, answers, evidence)
        answer = answers[-1]
        verdict = verdict_of(answer)
        remedy = None if verdict == YES else widen(number_of(self.subject))
        where = (*_where(answer, sysmon), *evidence)
        return self._reason(verdict, _told(answer, verdict), where, remedy)

    def _differing(
        self, found: Filters, answers: list[FilterAnswer], evidence: tuple[Evidence, ...]
    ) -> Reason:
        """It hangs on which of the programs it is: the worst and the best of them are told."""
        verdicts = [verdict_of(one) for one in answers]
        by_rank = sorted(
            range(len(answers)), key=lambda at: (verdicts[at].proven, verdicts[at].possible)
        )
        told = "; or ".join(
            f"with schema {found.loaded[at].config.binary} {_told(answers[at], verdicts[at])}"
            for at in (by_rank[0], by_rank[-1])
        )
        text = f"it hangs on which Sysmon this is ({found.why}): {told}"
        return self._reason(hull(verdicts), text, evidence, missing=SYSMON_KEY)

    @property
    def _reason(self) -> partial[Reason]:
        return partial(Reason, "filter", self.subject)


def _told(answer: FilterAnswer, verdict: Verdict) -> str:
    words = {
        YES: "the configuration logs every such event",
        NO: "the configuration logs no such event",
        PARTIAL: "the configuration logs some of such events and drops others",
    }
    text = words.get(verdict, "what the configuration does with such events could not be decided")
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
    shown = [
        f"{name}={value}"
        for name, value in fields.items()
        if value and not name.casefold().endswith(idle)
    ]
    return ", ".join(shown[:4]) or "any other"


def _where(answer: FilterAnswer, sysmon: SysmonState) -> tuple[Evidence, ...]:
    file = sysmon.config_source, sysmon.config_sha256
    return tuple(evidence_of(one, *file) for one in answer.deciders[:3] if one.line)
