"""Where each thing stands in the workbook, so that sheets can link to one another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import chain as chained
from typing import TypeVar

from logreach.coverage.assessment.result import (
    Assessment,
    ComponentResult,
    Profile,
    TechniqueResult,
)
from logreach.coverage.engine.judged import Judged, Reason
from logreach.reports.catalogue import Catalogue
from logreach.reports.excel.model import Cell, Link
from logreach.reports.words import evidence_text

# Data begins below the header of a sheet's first table.
_FIRST = 2

T = TypeVar("T")


class Places:
    """Row numbers of profiles, techniques, components, events and reasons."""

    def __init__(self, assessment: Assessment, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.has_rules = any(profile.rules for profile in assessment.profiles)
        self._profiles = {
            profile.profile_id: Link(profile.profile_id, "Hosts", row)
            for row, profile in enumerate(assessment.profiles, _FIRST)
        }
        self._techniques = _rows(by_technique(assessment))
        self._evidence = [evidence_text(one.evidence) for one in self.catalogue.reasons]
        self._reasons = [
            Link(number_text(number), "Evidence", number + _FIRST)
            for number in range(len(self.catalogue.reasons))
        ]
        self._events = _rows(by_event(assessment))
        self._components: dict[tuple[str, str], int] = {}
        row = _FIRST
        for name, profile, component in by_component(assessment):
            self._components[name, profile.profile_id] = row
            row += len(component_parts(component))

    def profile(self, profile: Profile) -> Link:
        """To a profile's row."""
        return self._profiles[profile.profile_id]

    def technique(self, technique_id: str) -> Link:
        """To the first row of a technique."""
        return Link(technique_id, "Techniques", self._techniques.get(technique_id, 1))

    def event(self, key: str) -> Cell:
        """To the first row of an event; plain text for one that was not judged by itself."""
        row = self._events.get(key)
        return key if row is None else Link(key, "Events", row)

    def component(self, name: str, profile: Profile, text: str) -> Cell:
        """To a component's rows on a profile."""
        row = self._components.get((name, profile.profile_id))
        return text if row is None else Link(text, "Data components", row)

    def evidence(self, numbers: Iterable[int]) -> str:
        """Every distinct piece of evidence behind these reasons, one a line."""
        found = dict.fromkeys([self._evidence[number] for number in numbers])
        found.pop("", None)
        return "\n".join(found)

    def chain(self, *judged: Judged) -> tuple[Cell, Cell]:
        """A link to the first reason, and the numbers of all: a link of several lines would be cut
        by some programs."""
        numbers = dict.fromkeys(chained.from_iterable(map(self.catalogue.numbers, judged)))
        if not numbers:
            return (None, None)
        links = [self._reasons[number] for number in numbers]
        return links[0], ", ".join([link.text for link in links])


def number_text(number: int) -> str:
    """A reason's number as it stands on the sheet Evidence."""
    return f"R{number + 1}"


def reference_of(reasons: Iterable[Reason]) -> Cell:
    """The first reference; a link where it can be followed."""
    for reason in reasons:
        if reason.reference:
            return Link(reason.reference, url=reason.reference)
    return None


def by_technique(assessment: Assessment) -> list[tuple[str, Profile, TechniqueResult]]:
    """Techniques by profile, the profiles of a technique beside one another."""
    return _crossed(assessment, {p.profile_id: p.techniques for p in assessment.profiles})


def by_component(assessment: Assessment) -> list[tuple[str, Profile, ComponentResult]]:
    """Data components by profile."""
    return _crossed(assessment, {p.profile_id: p.components for p in assessment.profiles})


def by_event(assessment: Assessment) -> list[tuple[str, Profile, Judged]]:
    """Events by profile."""
    return _crossed(assessment, {p.profile_id: p.events for p in assessment.profiles})


def by_attribute(assessment: Assessment) -> list[tuple[str, Profile, Judged]]:
    """Attributes by profile."""
    return _crossed(assessment, {p.profile_id: p.attributes for p in assessment.profiles})


def component_parts(component: ComponentResult) -> list[tuple[str, str, Judged]]:
    """A component's rows: as a whole, by operation, by event; (operation, event, verdict)."""
    parts = [("all", "any", component.judged)]
    parts += [(name, "any", judged) for name, judged in component.operations.items()]
    parts += [("all", key, judged) for key, judged in component.via.items()]
    return parts


def _crossed(
    assessment: Assessment, found: Mapping[str, Mapping[str, T]]
) -> list[tuple[str, Profile, T]]:
    keys = dict.fromkeys(
        key for profile in assessment.profiles for key in found[profile.profile_id]
    )
    return [
        (key, profile, found[profile.profile_id][key])
        for key in keys
        for profile in assessment.profiles
        if key in found[profile.profile_id]
    ]


def _rows(crossed: Iterable[tuple[str, Profile, object]]) -> dict[str, int]:
    first: dict[str, int] = {}
    for row, (key, _, _) in enumerate(crossed, _FIRST):
        first.setdefault(key, row)
    return first
