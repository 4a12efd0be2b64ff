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
from logreach.reports.caveats import assumed_evidence
from logreach.reports.words import reason_text, why


class Catalogue:
    """Reasons in the order in which they are first met; numbers start at 0.

    Reasons are compared by what they say. Engines share one object between many verdicts, so the
    identity of a chain is tried first: hashing each anew would cost seconds on a large fleet.
    """

    def __init__(self, assessment: Assessment) -> None:
        self.reasons: list[Reason] = []
        self.profiles: list[list[str]] = []
        self._numbers: dict[Reason, int] = {}
        self._by_identity: dict[int, int] = {}
        self._chains: dict[int, list[int]] = {}
        self._kept_alive: list[tuple[Reason, ...]] = []
        for profile in assessment.profiles:
            done: set[int] = set()
            for judged in judged_of(profile):
                if id(judged.reasons) not in done:
                    done.add(id(judged.reasons))
                    self._seen_on(profile.profile_id, judged)
        assumed = assumed_evidence(assessment)
        self._assumed = {
            number
            for number, reason in enumerate(self.reasons)
            if assumed and not assumed.isdisjoint(reason.evidence)
        }

    def why(self, judged: Judged) -> str:
        """The most telling reason, and what is only assumed behind it."""
        first = why(judged)
        if not self._assumed:
            return first
        numbers = self.numbers(judged)
        assumed = [number for number in numbers if number in self._assumed]
        told = reason_text(self.reasons[assumed[0]]) if assumed else ""
        return first if told in first else f"{first}; {told}"

    def numbers(self, judged: Judged) -> list[int]:
        """The numbers of a verdict's reasons, most telling first."""
        chain = judged.reasons
        known = self._chains.get(id(chain))
        if known is None:
            known = [self._number(reason) for reason in chain]
            self._chains[id(chain)] = known
            # An id is only good for as long as its object lives.
            self._kept_alive.append(chain)
        return known

    def _number(self, reason: Reason) -> int:
        number = self._by_identity.get(id(reason))
        if number is None:
            number = self._numbers.setdefault(reason, len(self.reasons))
            if number == len(self.reasons):
                self.reasons.append(reason)
                self.profiles.append([])
            self._by_identity[id(reason)] = number
        return number

    def _seen_on(self, profile_id: str, judged: Judged) -> None:
        for number in self.numbers(judged):
            seen = self.profiles[number]
            if not seen or seen[-1] != profile_id:
                seen.append(profile_id)


def judged_of(profile: Profile) -> Iterator[Judged]:
    """The verdicts of a profile: events first, for reasons are told nearest to their source.

    Techniques share components and analytics; each object of these is asked once.
    """
    yield from profile.events.values()
    yield from profile.events_on_host.values()
    yield from profile.attributes.values()
    met: set[int] = set()
    for component in profile.components.values():
        met.add(id(component))
        yield from _of_component(component)
    for technique in profile.techniques.values():
        yield from _of_technique(technique, met)
    for rule in profile.rules.values():
        yield rule.judged


def _of_technique(technique: TechniqueResult, met: set[int]) -> Iterator[Judged]:
    yield technique.visibility
    yield technique.detection
    yield technique.detection_with_alternatives
    for component in technique.components.values():
        if id(component) not in met:
            met.add(id(component))
            yield from _of_component(component)
    for analytic in technique.analytics.values():
        if id(analytic) not in met:
            met.add(id(analytic))
            yield analytic.detection
            yield analytic.with_alternatives


def _of_component(component: ComponentResult) -> Iterator[Judged]:
    yield component.judged
    yield from component.operations.values()
    yield from component.via.values()
