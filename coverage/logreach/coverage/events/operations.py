"""Operations and attributes: what can happen under a data component, and what shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from pathlib import Path
from types import EllipsisType
from typing import Any

from logreach.coverage.engine.verdict import NO, PARTIAL, UNKNOWN_AT_BEST_PARTIAL, Verdict
from logreach.coverage.events.event_id import EventId, FieldId
from logreach.coverage.events.patterns import Constraint, EventPattern, Test
from logreach.inventories.files.tables import Shape, yaml_table

_HERE = Path(__file__).parent / "knowledge"
_LIMITS = {"partial": PARTIAL, "no": NO, "unsure": UNKNOWN_AT_BEST_PARTIAL}
_TESTS = {test.value: test for test in Test}
SUCCESS = "success"
"""An operation is something that happened: the outcome that is meant unless the data says else."""
SHOWN: Mapping[str | EllipsisType, Shape] = {
    "event": str,
    "limit?": str,
    "why?": str,
    "subcategory?": str,
    "object?": {"kind": str, "path?": str, "scope?": str},
    "rights?": [str],
    "needs?": [str],
    "pattern?": {...: {...: (str, [str])}},
    "outcome?": str,
    "role?": str,
}
"""An event that shows something: the keys of `Shown` as the data files write them."""
_COMPONENTS: Shape = {
    ...: {
        "operations": {...: {"title": str, "shown_by": [(str, SHOWN)]}},
        "not_shown?": {...: str},
    }
}
_OPERATIONS: Shape = {
    "source": str,
    "components?": _COMPONENTS,
    "techniques?": {...: {"also?": [str], "components": _COMPONENTS}},
}
_ATTRIBUTES: Shape = {"source": str, "components": {...: {...: [str]}}, "telling": {...: str}}
_EVENT_LIMITS: Shape = {"source": str, "events": {...: {"limit": str, "why": str}}}


@dataclass(frozen=True, slots=True)
class Shown:
    """An event that shows an operation.

    `limit` caps it (None: shows it whole), `why` says why. `subcategory` narrows the audit
    policy to the one that matters here; `object_kind` and `object_path` say whose SACL must
    audit `rights`, and `object_scope` which objects the path means (as `sacls.ObjectScope` does,
    'tree' by default); `needs` are fields without which the event does not show it; `pattern`
    is the set of events that the operation makes; `outcome` is 'success' or 'failure' where the
    event has both and one is meant ('': both); `role` is the kind of host on which the event
    shows it, where others write the event for something else ('': all).
    """

    event: EventId
    limit: Verdict | None = None
    why: str = ""
    subcategory: str = ""
    object_kind: str = ""
    object_path: str = ""
    object_scope: str = ""
    rights: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    pattern: EventPattern | None = None
    outcome: str = ""
    role: str = ""


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that can happen under a data component."""

    name: str
    title: str
    shown_by: tuple[Shown, ...]


@dataclass(frozen=True, slots=True)
class ComponentOperations:
    """A component's operations; `not_shown` says of events why they show none of them."""

    component: str
    operations: tuple[Operation, ...]
    not_shown: Mapping[EventId, str] = field(default_factory=dict)
    source: str = ""


@dataclass(frozen=True)
class OperationKnowledge:
    """`general` by component; `of_technique` by technique and component; `attributes` by
    component: name of the attribute -> fields such as 'Sysmon:1/CommandLine'. `event_limits` cap
    an event as such, with the reason. `telling` are the components whose evidence is indirect by
    nature (a process was started), each with the attribute that alone tells one act from another.
    """

    general: Mapping[str, ComponentOperations]
    of_technique: Mapping[str, Mapping[str, ComponentOperations]]
    attributes: Mapping[str, Mapping[str, tuple[FieldId, ...]]]
    event_limits: Mapping[EventId, tuple[Verdict, str]] = field(default_factory=dict)
    telling: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def wanted_fields(self) -> frozenset[FieldId]:
        """Every field that carries an attribute of some component."""
        return frozenset(
            field
            for attribute_fields in self.attributes.values()
            for fields in attribute_fields.values()
            for field in fields
        )


NO_OPERATIONS = OperationKnowledge({}, {}, {})


def merged(*tables: OperationKnowledge) -> OperationKnowledge:
    """Several tables as one: an operation of one name is shown by the events of each."""
    special: dict[str, dict[str, ComponentOperations]] = {}
    attributes: dict[str, dict[str, tuple[FieldId, ...]]] = {}
    for table in tables:
        for technique, components in table.of_technique.items():
            special[technique] = _joined([special.get(technique, {}), components])
        for component, fields_by_name in table.attributes.items():
            joined = attributes.setdefault(component, {})
            for attribute, fields in fields_by_name.items():
                joined[attribute] = (*joined.get(attribute, ()), *fields)
    limits = {event: limit for table in tables for event, limit in table.event_limits.items()}
    telling = {name: attribute for table in tables for name, attribute in table.telling.items()}
    return OperationKnowledge(
        _joined([table.general for table in tables]), special, attributes, limits, telling
    )


def _joined(
    tables: Sequence[Mapping[str, ComponentOperations]],
) -> dict[str, ComponentOperations]:
    joined: dict[str, ComponentOperations] = {}
    for table in tables:
        for name, added in table.items():
            present = joined.get(name)
            joined[name] = added if present is None else _both(present, added)
    return joined


def _both(present: ComponentOperations, added: ComponentOperations) -> ComponentOperations:
    operations = {operation.name: operation for operation in present.operations}
    for operation in added.operations:
        same = operations.get(operation.name)
        shown = (*(same.shown_by if same else ()), *operation.shown_by)
        operations[operation.name] = replace(same or operation, shown_by=shown)
    not_shown = {**present.not_shown, **added.not_shown}
    return replace(present, operations=tuple(operations.values()), not_shown=not_shown)


@cache
def load_operations() -> OperationKnowledge:
    """Read the data files of this folder; a mistake in them is a ValueError that names it."""
    general: dict[str, ComponentOperations] = {}
    special: dict[str, dict[str, ComponentOperations]] = {}
    for path in sorted((_HERE / "operations").glob("*.yaml")):
        data = yaml_table(path, _OPERATIONS)
        general.update(_components(data.get("components", {}), data["source"], path.name))
        for technique, entry in data.get("techniques", {}).items():
            components = _components(entry["components"], data["source"], path.name)
            for narrowed in (technique, *entry.get("also", ())):
                special[narrowed] = components
    attributes = yaml_table(_HERE / "attributes.yaml", _ATTRIBUTES)
    return OperationKnowledge(
        general,
        special,
        {
            component: {
                name: tuple(map(FieldId.parse, fields)) for name, fields in by_attribute.items()
            }
            for component, by_attribute in attributes["components"].items()
        },
        _event_limits(),
        attributes["telling"],
    )


def _event_limits() -> dict[EventId, tuple[Verdict, str]]:
    data = yaml_table(_HERE / "event_limits.yaml", _EVENT_LIMITS)["events"]
    return {
        EventId.parse(event): (_LIMITS[entry["limit"]], entry["why"])
        for event, entry in data.items()
    }


def _components(data: Mapping[str, Any], source: str, file: str) -> dict[str, ComponentOperations]:
    tables = {}
    for name, entry in data.items():
        place = f"{file}: {name}"
        operations = tuple(
            _operation(key, operation, place) for key, operation in entry["operations"].items()
        )
        not_shown = {
            EventId.parse(event): reason for event, reason in entry.get("not_shown", {}).items()
        }
        tables[name] = ComponentOperations(name, operations, not_shown, source)
    return tables


def _operation(name: str, data: Mapping[str, Any], place: str) -> Operation:
    place = f"{place}: {name}"
    return Operation(
        name, data["title"], tuple(shown_from(shown, place) for shown in data["shown_by"])
    )


def shown_from(data: str | Mapping[str, Any], place: str) -> Shown:
    """An event that shows something, as the data files write it: its id alone, or a mapping of the
    form `SHOWN`. A ValueError names the place of a mistake."""
    if isinstance(data, str):
        return Shown(EventId.parse(data), outcome=SUCCESS)
    thing = data.get("object", {})
    limit = _LIMITS[data["limit"]] if "limit" in data else None
    if (limit is None) != ("why" not in data):
        raise ValueError(f"{place}: {data['event']}: a limit and its reason go together")
    event = EventId.parse(data["event"])
    return Shown(
        event=event,
        limit=limit,
        why=data.get("why", ""),
        subcategory=data.get("subcategory", ""),
        object_kind=thing.get("kind", ""),
        object_path=thing.get("path", ""),
        object_scope=thing.get("scope", ""),
        rights=tuple(data.get("rights", ())),
        needs=tuple(data.get("needs", ())),
        pattern=_pattern(event, data["pattern"]) if "pattern" in data else None,
        outcome=data.get("outcome", SUCCESS),
        role=data.get("role", ""),
    )


def _pattern(event: EventId, data: Mapping[str, Mapping[str, Any]]) -> EventPattern:
    return EventPattern(
        event,
        {
            name: tuple(_constraint(test, values) for test, values in tests.items())
            for name, tests in data.items()
        },
    )


def _constraint(test: str, values: str | list[str]) -> Constraint:
    listed = (values,) if isinstance(values, str) else tuple(values)
    return Constraint(_TESTS[test], listed)
