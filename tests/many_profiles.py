"""Many profiles that all differ, made out of the few of a real assessment."""

from __future__ import annotations

from dataclasses import replace
from zlib import crc32

from sample_assessment import fleet_of

from logreach.coverage.assessment.picture import PictureComponent, PictureEvent, Sign
from logreach.coverage.assessment.result import Assessment, Profile, TechniqueResult
from logreach.coverage.engine.judged import Judged

_WITH_WORDS = 60


def with_many_profiles(assessment: Assessment, number: int) -> Assessment:
    """The assessment with so many profiles, of which no two have the same verdicts and reasons.

    A profile takes each technique and event from any of the assessment's own profiles. The first
    say of what their Sysmon configurations keep in part which configuration that is.
    """
    profiles = tuple(_Profile(assessment.profiles, each).made() for each in range(number))
    least = {
        profile.profile_id: assessment.plan.least[
            assessment.profiles[place % len(assessment.profiles)].profile_id
        ]
        for place, profile in enumerate(profiles)
    }
    return replace(
        assessment,
        profiles=profiles,
        fleet=fleet_of(profiles),
        plan=replace(assessment.plan, least=least),
    )


class _Profile:
    """Makes one of many profiles."""

    def __init__(self, bases: tuple[Profile, ...], number: int) -> None:
        self._bases = bases
        self._number = number
        self._components: dict[int, tuple[PictureComponent, PictureComponent]] = {}

    def made(self) -> Profile:
        base, number = self._bases[self._number % len(self._bases)], self._number
        return replace(
            base,
            profile_id=f"P{number + 1}",
            hosts=(f"HOST-{number:03}.example.org",),
            host_counts={f"HOST-{number:03}.example.org": 1 + number % 97},
            count=1 + number % 97,
            events={name: self._event(name) for name in base.events},
            techniques={name: self._technique(name) for name in base.techniques},
        )

    def _of(self, name: str) -> Profile:
        """The profile from which this profile takes what has this name."""
        return self._bases[crc32(f"{self._number} {name}".encode()) % len(self._bases)]

    def _event(self, name: str) -> Judged:
        judged = self._of(name).events[name]
        if not name.startswith("Sysmon:"):
            return judged
        first, *others = judged.reasons
        changed = first._replace(text=f"{first.text} (configuration {self._number})")
        return judged._replace(reasons=(changed, *others))

    def _technique(self, name: str) -> TechniqueResult:
        technique = self._of(name).techniques[name]
        if technique.picture is None or self._number >= _WITH_WORDS:
            return technique
        components = tuple(map(self._component, technique.picture.components))
        return replace(technique, picture=replace(technique.picture, components=components))

    def _component(self, component: PictureComponent) -> PictureComponent:
        if id(component) not in self._components:
            sensors = tuple(
                replace(sensor, events=tuple(map(self._picture_event, sensor.events)))
                for sensor in component.sensors
            )
            self._components[id(component)] = component, replace(component, sensors=sensors)
        return self._components[id(component)][1]

    def _picture_event(self, event: PictureEvent) -> PictureEvent:
        if not str(event.event).startswith("Sysmon:") or event.sign is not Sign.PART:
            return event
        words = tuple(f"{each} (configuration {self._number})" for each in event.words)
        return replace(event, words=words)
