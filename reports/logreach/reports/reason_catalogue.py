"""Every distinct reason of an assessment, numbered once, so that reports can point to it."""

from __future__ import annotations

from collections.abc import Iterator

from logreach.coverage.assessment.result import (
    Assessment,
    ComponentResult,
    Profile,
    TechniqueResult,
)
from logreach.coverage.engine.judged import Judged, Reason
from logreach.coverage.engine.verdict import YES, Level
from logreach.coverage.network.techniques import QUESTIONS
from logreach.reports.caveats import assumed_evidence
from logreach.reports.reason_text import reason_text, why


class ReasonCatalogue:
    """Reasons in the order in which they are first met; numbers start at 0.

    Reasons are equal if they say the same. `profiles` are the profiles of each reason, by number.
    Most verdicts share the very object with others: to hash the reasons of each, down to their
    evidence, took 0.1 s of 1.7 s.
    """

    def __init__(self, assessment: Assessment) -> None:
        self.reasons: list[Reason] = []
        self.profiles: list[list[str]] = []
        self._numbers: dict[Reason, int] = {}
        self._numbers_by_id: dict[int, int] = {}
        self._chains: dict[int, tuple[tuple[Reason, ...], tuple[int, ...]]] = {}
        """By the id of a chain, which is kept here, lest another object get its id."""
        for profile in assessment.profiles:
            chains = {id(judged.reasons): judged for judged in judged_of(profile)}
            for judged in chains.values():
                self._add(judged, profile.profile_id)
        assumed = assumed_evidence(assessment)
        self._assumed = {
            number
            for number, reason in enumerate(self.reasons)
            if assumed and not assumed.isdisjoint(reason.evidence)
        }

    def why(self, judged: Judged) -> str:
        """The first reason, and the first of the others that rests on an assumed fact."""
        first = why(judged)
        if not self._assumed:
            return first
        assumed = [number for number in self.numbers(judged) if number in self._assumed]
        assumption = reason_text(self.reasons[assumed[0]]) if assumed else ""
        return first if assumption in first else f"{first}; {assumption}"

    def beside_ways(self, judged: Judged) -> str:
        """What the ways of a detection do not say themselves: the link that is broken or unknown,
        and the first reason that rests on an assumed fact."""
        short = [reason for reason in judged.reasons if _is_short(reason)]
        if not short and judged.verdict.proven is Level.NO:
            return self.why(judged)
        unsettled = [reason for reason in short if not reason.verdict.settled]
        shown = short[:1] if judged.verdict.settled else [*short[:1], *unsettled[:1]]
        assumed = [number for number in self.numbers(judged) if number in self._assumed]
        shown += [self.reasons[number] for number in assumed[:1]]
        return "; ".join(dict.fromkeys(map(reason_text, shown)))

    def numbers(self, judged: Judged) -> tuple[int, ...]:
        """The numbers of a verdict's reasons, in the order of the reasons."""
        chain = judged.reasons
        entry = self._chains.get(id(chain))
        if entry is None:
            entry = self._chains[id(chain)] = (chain, tuple(map(self.number, chain)))
        return entry[1]

    def _add(self, judged: Judged, profile_id: str) -> None:
        for number in self.numbers(judged):
            profiles = self.profiles[number]
            if not profiles or profiles[-1] != profile_id:
                profiles.append(profile_id)

    def number(self, reason: Reason) -> int:
        """The number of a reason."""
        number = self._numbers_by_id.get(id(reason))
        if number is None:
            number = self._numbers.setdefault(reason, len(self.reasons))
            self._numbers_by_id[id(reason)] = number
            if number == len(self.reasons):
                self.reasons.append(reason)
                self.profiles.append([])
        return number


def _is_short(reason: Reason) -> bool:
    """Whether a link is less than whole. That an event shows a part at best, the ways say."""
    limit = reason.link == "knowledge" and reason.verdict.possible is Level.PARTIAL
    return reason.verdict is not YES and not limit


def judged_of(profile: Profile) -> Iterator[Judged]:
    """The verdicts of a profile: events first, as reasons are told nearest to their source."""
    yield from profile.events.values()
    yield from profile.events_on_host.values()
    yield from profile.attributes.values()
    for component in profile.components.values():
        yield from _of_component(component)
    for technique in profile.techniques.values():
        yield from _of_technique(technique, profile)
    for rule in profile.rules.values():
        yield rule.judged


def _of_technique(technique: TechniqueResult, profile: Profile) -> Iterator[Judged]:
    yield from map(technique.judged, QUESTIONS)
    for component in technique.components.values():
        if component is not profile.components.get(component.name):
            yield from _of_component(component)
    for analytic in technique.analytics.values():
        yield analytic.detection
        yield analytic.with_alternatives


def _of_component(component: ComponentResult) -> Iterator[Judged]:
    yield component.judged
    yield from component.operations.values()
    yield from component.via.values()
