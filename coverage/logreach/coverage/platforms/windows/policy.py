"""Link 2 as requirements: the audit subcategories that must be on for an event to be written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from logreach.coverage.engine.fixed import Fixed
from logreach.coverage.engine.graph import Prerequisite
from logreach.coverage.engine.node_key import NodeKey
from logreach.coverage.engine.requirement import (
    AllOf,
    AnyOf,
    Choice,
    Need,
    OneOf,
    Requirement,
    Together,
)
from logreach.coverage.engine.verdict import UNKNOWN
from logreach.coverage.events.operations import Shown
from logreach.coverage.platforms.windows.knowledge.model import Event, Policy
from logreach.coverage.platforms.windows.knowledge.subcategory_cases import SubcategoryCase
from logreach.coverage.platforms.windows.prerequisites.audit import Audited
from logreach.coverage.platforms.windows.prerequisites.where_written import WhereWritten
from logreach.coverage.platforms.windows.subcategories import cases_of
from logreach.inventories.windows.audit_policy.subcategories import (
    AuditSubcategory,
    subcategories,
)

_SEVERAL = "is one of several subcategories, each for other objects or causes"


@cache
def _by_name() -> Mapping[str, AuditSubcategory]:
    return {subcategory.name: subcategory for subcategory in subcategories().values()}


def need_of(what: str, *parts: str, prerequisite: Prerequisite) -> Need:
    """A prerequisite of an event, labelled by it or by its field."""
    return Need(NodeKey.of("need", what, *parts), prerequisite, parts[0])


def audited(
    entry: Event, subcategory: AuditSubcategory, outcomes: frozenset[str], purpose: str = ""
) -> Need:
    """One subcategory records these outcomes of an event; `purpose` says what for."""
    span = entry.subcategory_spans.get(subcategory.guid)
    recorded = Audited(entry.key, subcategory, outcomes, purpose, span, entry.reference)
    leaf = WhereWritten(recorded, entry)
    return need_of("audit", entry.key, subcategory.guid, *sorted(outcomes), prerequisite=leaf)


def policy_needs(entry: Event, shown: Shown) -> Iterator[Requirement]:
    """What the audit policy must record for an event, as narrow as its object and fields tell."""
    outcomes = entry.outcomes
    if shown.outcome in outcomes:
        outcomes = frozenset({shown.outcome})
    if entry.policy is Policy.UNDOCUMENTED:
        explanation = f"no source at hand tells which audit subcategory writes {entry.key}"
        unknown = Fixed(entry.key, UNKNOWN, explanation)
        yield need_of("subcategory", entry.key, prerequisite=unknown)
    if entry.policy is Policy.SUBCATEGORY:
        yield _Deciding(entry, outcomes).of(shown)
    for guid in entry.also_subcategories:
        purpose = "besides the object's own subcategory"
        also = audited(entry, subcategories()[guid], outcomes, purpose)
        doubted = shown.outcome and entry.also_doubted.get(guid) == shown.outcome
        yield _perhaps(entry, guid, also) if doubted else also


@dataclass(frozen=True, slots=True)
class _Deciding:
    """The subcategories that decide about one event, for some of its outcomes."""

    entry: Event
    outcomes: frozenset[str]

    def of(self, shown: Shown) -> Requirement:
        if shown.subcategory:
            return self._together([self._plain(shown.subcategory)])
        cases = cases_of(self.entry.key, shown.pattern, shown.object_kind)
        if not cases:
            names = [subcategories()[guid].name for guid in self.entry.subcategories]
            return self._together([self._plain(name) for name in names])
        by_title = {title: needed for needed, title in map(self._case, cases)}
        return self._together((needed, title) for title, needed in by_title.items())

    def _plain(self, name: str) -> tuple[Requirement, str]:
        return audited(self.entry, _by_name()[name], self.outcomes), name

    def _case(self, case: SubcategoryCase) -> tuple[Requirement, str]:
        """What writes the events of one case, with its title."""
        title = " or ".join(case.subcategories)
        key = NodeKey.of("case", self.entry.key, title, *sorted(self.outcomes))
        needs = tuple(self._plain(name)[0] for name in case.subcategories)
        needed = needs[0] if len(needs) == 1 else OneOf(key, f"{self.entry.key}: {title}", needs)
        if not case.doubt:
            return needed, title
        explanation = f"sources disagree whether {self.entry.key} is written here: {case.doubt}"
        unknown = Fixed(self.entry.key, UNKNOWN, explanation, case.source)
        doubt = need_of("doubted case", self.entry.key, title, prerequisite=unknown)
        label = f"{self.entry.key}: {title}, perhaps"
        return AllOf(key.helper("doubted"), label, (needed, doubt)), f"{title} (doubted)"

    def _together(self, requirements: Iterable[tuple[Requirement, str]]) -> Together:
        titled = tuple(requirements)
        key = NodeKey.of(
            "policy",
            self.entry.key,
            *(title for _, title in titled),
            *sorted(self.outcomes),
        )
        return Together(key, f"audit policy for {self.entry.key}", titled, _SEVERAL)


def _perhaps(entry: Event, guid: str, needed: Need) -> AnyOf:
    """A subcategory that may be needed: no source settles whether it is."""
    name = subcategories()[guid].name
    explanation = f"no source settles whether {entry.key} needs {name} too for this outcome"
    unsettled = need_of(
        "perhaps", entry.key, guid, prerequisite=Fixed(entry.key, UNKNOWN, explanation)
    )
    key, label = NodeKey.of("perhaps", entry.key, guid), f"{entry.key}: {name}, perhaps"
    return AnyOf(key, label, (Choice(needed), Choice(unsettled)))
