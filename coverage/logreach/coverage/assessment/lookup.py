"""The nodes of the graph that a name refers to: a technique, event, field or data component."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TypeVar

from logreach.coverage.assessment.scope import looks_like_technique, technique_fault
from logreach.coverage.assessment.suggestions import did_you_mean
from logreach.coverage.attack import AttackModel, Carry, Presence, carry_into, load_crosswalk
from logreach.coverage.engine.node_key import NodeKey
from logreach.coverage.events.event_id import EventId
from logreach.coverage.network.keys import component_key, technique_key, via_key
from logreach.coverage.network.model import Model
from logreach.coverage.network.techniques import QUESTIONS
from logreach.inventories.files.faults import Fault, InputError

_EVENT = re.compile(r"((?P<log>[^:]+):)?(?P<number>[^:/]+)(/(?P<field>.+))?")
_LONGEST = 80
T = TypeVar("T", bound=str)
_FORMS = (
    "Name a technique (T1543.003), an event (Security:4688), a field "
    "(Security:4688/CommandLine) or a data component (Process Creation)"
)


def resolve_nodes(name: str, model: Model) -> list[NodeKey]:
    """The nodes of a technique, an event, a field of an event or a data component, in any case.

    The number of an event stands for it where one log alone has such an event: 4657.

    Adds a known event or field that no component uses to the graph, so it must run before the
    graph is compiled. Raises InputError for an unknown name, with suggestions.
    """
    name = name.strip()
    answer = model.attack.look_up(name)
    if answer.presence is Presence.CURRENT:
        return [technique_key(answer.id, question) for question in QUESTIONS]
    if answer.presence is not Presence.UNKNOWN or looks_like_technique(name):
        raise InputError(technique_fault(model.attack, name))
    return _event(name, model) or _component(name, model)


def current_id(attack: AttackModel, name: str) -> str:
    """The id here of a technique that the other shipped version names; any other name as it is.

    Raises InputError where the technique has become several.
    """
    carried = carry_into(attack, name)
    if carried.carry not in (Carry.MOVED, Carry.SPREAD) or not load_crosswalk().knows(carried.id):
        return name
    if carried.carry is Carry.SPREAD:
        message = f"{carried.id} is several techniques in ATT&CK {attack.version}"
        raise InputError(Fault(message, hint=f"Name one: {', '.join(carried.ids)}"))
    return carried.ids[0]


def _event(name: str, model: Model) -> list[NodeKey]:
    """The nodes of an event and of each data component by this event alone, or that of a field."""
    match = _EVENT.fullmatch(name)
    key = _named_event(match["log"], match["number"], model) if match else None
    if match is None or key is None:
        return []
    if match["field"]:
        return [model.event_part.attribute(key, _field(key, match["field"], model))]
    return [model.event_part.event(key), *_uses(key, model)]


def _named_event(log: str | None, number: str, model: Model) -> EventId | None:
    """The event of a log, or without one the only event of that number."""
    if log is None:
        same = _numbered(number, model)
        return same[0] if len(same) == 1 else None
    channel = model.sensors.channels.get(log.casefold(), log)
    return _spelt(_events(model)).get(f"{channel}:{number}".casefold())


def _numbered(number: str, model: Model) -> list[EventId]:
    """The events of any log that have this number; those that no source describes are no answer."""
    undescribed = {event for sensor in model.sensors.every for event in sensor.undescribed()}
    events = dict.fromkeys(_events(model))
    return [event for event in events if event.number == number and event not in undescribed]


def _events(model: Model) -> Iterable[EventId]:
    """Every event that the knowledge names."""
    for sensor in model.sensors.every:
        yield from sensor.events()
        yield from sensor.undescribed()
    yield from model.event_keys


def _field(key: EventId, name: str, model: Model) -> str:
    """The field as the event spells it; as given where no source lists the event's fields."""
    fields = model.event_part.fields(key)
    spelt = _spelt(fields).get(name.casefold())
    if spelt is not None:
        return spelt
    sensor = model.sensors.of(key)
    if not fields or sensor is None or not sensor.all_fields_known(key):
        return name
    hint = did_you_mean(name, fields, 3) or f"Its fields are {', '.join(fields)}."
    raise InputError(Fault(f"{key} has no field {name!r}", hint=hint))


def _uses(event: EventId, model: Model) -> list[NodeKey]:
    keys = (via_key(component, event) for component in model.component_names)
    return [key for key in keys if key in model.graph]


def _component(name: str, model: Model) -> list[NodeKey]:
    component = _spelt(model.component_names).get(name.casefold())
    if component is not None:
        return [component_key(component)]
    shown = name if len(name) <= _LONGEST else f"{name[:_LONGEST]}..."
    message = f"no technique, event, field or data component is called {shown!r}"
    raise InputError(Fault(message, hint=_hint(name, model)))


def _hint(name: str, model: Model) -> str:
    same = _numbered(name.partition("/")[0], model)
    if same:
        return f"Did you mean {' or '.join(same)}?"
    techniques = {
        technique.name: f"{technique.id} ({technique.name})"
        for technique in model.attack.techniques
    }
    names = [*dict.fromkeys(_events(model)), *model.component_names, *techniques]
    return did_you_mean(name, names, 3, techniques) or _FORMS


def _spelt(names: Iterable[T]) -> dict[str, T]:
    return {name.casefold(): name for name in names}
