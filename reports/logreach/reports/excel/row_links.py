"""Rows of profiles, techniques, components, events and reasons, so that sheets can link to one
another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar

from logreach.coverage.assessment.result import (
    Assessment,
    ComponentResult,
    Profile,
    TechniqueResult,
)
from logreach.coverage.engine.judged import Judged, Reason
from logreach.coverage.engine.verdict import Verdict
from logreach.reports.excel.tables import Cell, CellLink
from logreach.reports.profile_names import ProfileNames, profile_name
from logreach.reports.reason_catalogue import ReasonCatalogue
from logreach.reports.reason_text import evidence_text

T = TypeVar("T")


class RowLinks:
    """Links to the rows of profiles, techniques, components, events and reasons."""

    def __init__(self, assessment: Assessment, catalogue: ReasonCatalogue) -> None:
        self.catalogue = catalogue
        self.verdict_cells: dict[tuple[Verdict, int, bool], tuple[Cell, ...]] = {}
        """What stands beside a verdict, by the id of its reasons, which the catalogue keeps."""
        self.has_rules = any(profile.rules for profile in assessment.profiles)
        self.names = ProfileNames(assessment.profiles)
        self._profiles = {
            profile.profile_id: CellLink(profile_name(profile), "Profiles", row)
            for row, profile in enumerate(assessment.profiles)
        }
        self._tactics = dict(assessment.tactics)
        self._techniques = _first_rows(by_technique(assessment))
        self._evidence = [evidence_text(reason.evidence) for reason in catalogue.reasons]
        self._reasons = [
            CellLink(number_text(number), "Evidence", number)
            for number in range(len(catalogue.reasons))
        ]
        self._events = _first_rows(by_event(assessment))
        self._components: dict[tuple[str, str], int] = {}
        row = 0
        for name, profile, component in by_component(assessment):
            self._components[name, profile.profile_id] = row
            row += len(component_rows(component))

    def profile(self, profile: Profile) -> CellLink:
        """To a profile's row."""
        return self._profiles[profile.profile_id]

    def tactics(self, names: Iterable[str]) -> str:
        """Tactics by the names that ATT&CK shows, one a line."""
        return "\n".join([self._tactics.get(name, name) for name in names])

    def technique(self, technique_id: str) -> CellLink:
        """To the first row of a technique."""
        return CellLink(technique_id, "Techniques", self._techniques.get(technique_id))

    def event(self, key: str) -> Cell:
        """To the first row of an event; plain text for one that was not judged by itself."""
        row = self._events.get(key)
        return key if row is None else CellLink(key, "Events", row)

    def component(self, name: str, profile: Profile, label: str) -> Cell:
        """To a component's rows on a profile."""
        row = self._components.get((name, profile.profile_id))
        return label if row is None else CellLink(label, "Data components", row)

    def evidence(self, numbers: Iterable[int]) -> str:
        """Every distinct piece of evidence behind these reasons, one a line."""
        evidence = dict.fromkeys([self._evidence[number] for number in numbers])
        evidence.pop("", None)
        return "\n".join(evidence)

    def chain(self, numbers: Iterable[int]) -> tuple[Cell, Cell]:
        """A link to the first reason, and the numbers of all: a link of several lines would be cut
        by some programs."""
        links = [self._reasons[number] for number in dict.fromkeys(numbers)]
        if not links:
            return (None, None)
        return links[0], ", ".join([link.text for link in links])


def number_text(number: int) -> str:
    """A reason's number as it stands on the sheet Evidence."""
    return f"R{number + 1}"


def reference_of(reasons: Iterable[Reason]) -> Cell:
    """The first reference; a link where it can be followed."""
    for reason in reasons:
        if reason.reference:
            return CellLink(reason.reference, url=reason.reference)
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


def component_rows(component: ComponentResult) -> list[tuple[str, str, Judged]]:
    """A component's rows: as a whole, by operation, by event; (operation, event, verdict)."""
    rows = [("all", "any", component.judged)]
    rows += [(name, "any", judged) for name, judged in component.operations.items()]
    rows += [("all", key, judged) for key, judged in component.via.items()]
    return rows


def _crossed(
    assessment: Assessment, results: Mapping[str, Mapping[str, T]]
) -> list[tuple[str, Profile, T]]:
    keys = dict.fromkeys(
        key for profile in assessment.profiles for key in results[profile.profile_id]
    )
    return [
        (key, profile, results[profile.profile_id][key])
        for key in keys
        for profile in assessment.profiles
        if key in results[profile.profile_id]
    ]


def _first_rows(crossed: Iterable[tuple[str, Profile, object]]) -> dict[str, int]:
    first: dict[str, int] = {}
    for row, (key, _, _) in enumerate(crossed):
        first.setdefault(key, row)
    return first
