"""Which nodes of the graph a person means by a text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TypeVar

from logreach.coverage.assessment.scope import looks_like_technique, technique_fault
from logreach.coverage.assessment.suggestions import did_you_mean
from logreach.coverage.attack import AttackModel, Presence
from logreach.coverage.events.event_id import EventId
from logreach.coverage.network.model import Model
from logreach.coverage.network.techniques import QUESTIONS
from logreach.coverage.platforms.sysmon.engine import manifest
from logreach.inventories.files.faults import Fault, InputError

_EVENT = re.compile(r"(?P<log>[^:]+):(?P<number>\d+|\*)(/(?P<field>.+))?")
_LONGEST = 80
T = TypeVar("T", bound=str)
_FORMS = (
    "Say a technique (T1543.003), an event (Security:4688), a field "
    "(Security:4688/CommandLine) or a data component (Process Creation)"
)


def keys_meant(what: str, model: Model) -> list[str]:
    """The nodes of a technique, an event, a field of one or a data component, in any case.

    Puts an event or field into the graph that the knowledge has and no component asks for, so it
    goes before the graph is compiled. Raises InputError where `what` names nothing, with what may
    be meant.
    """
    text = what.strip()
    answer = model.attack.look_up(text)
    if answer.presence is Presence.CURRENT:
        return [f"technique:{answer.id}/{question}" for question in QUESTIONS]
    if answer.presence is not Presence.UNKNOWN or looks_like_technique(text):
        raise InputError(technique_fault(model.attack, text))
    return _event(text, model) or _component(text, model)


def _event(text: str, model: Model) -> list[str]:
    """The node of an event and what each data component gets from it alone, or that of a field."""
    parts = _EVENT.fullmatch(text)
    if parts is None:
        return []
    logs = {one.name.casefold(): one.short for one in model.events.channels.values()}
    log = logs.get(parts["log"].casefold(), parts["log"])
    key = _spelt(_events(model)).get(f"{log}:{parts['number']}".casefold())
    if key is None:
        return []
    if parts["field"]:
        return [model.event_part.attribute(key, _field(key, parts["field"], model))]
    return [model.event_part.event(key), *_uses(key, model)]


def _events(model: Model) -> Iterable[EventId]:
    """Every event that anything here knows of."""
    yield from (EventId.of("Sysmon", one.id) for one in manifest.events(manifest.newest()))
    yield from model.events.events
    yield from model.events.unknown_events
    yield from model.event_keys


def _field(key: EventId, text: str, model: Model) -> str:
    """The field as the event spells it; as given where no source tells the event's fields."""
    fields = model.event_part.fields(key)
    spelt = _spelt(fields).get(text.casefold())
    if spelt is not None:
        return spelt
    event = model.events.events.get(key)
    if not fields or (event and not all(one.fields_known for one in event.layouts)):
        return text
    hint = did_you_mean(text, fields, 3) or f"It has {', '.join(fields)}."
    raise InputError(Fault(f"{key} has no field {text!r}", hint=hint))


def _uses(key: EventId, model: Model) -> list[str]:
    return [
        node.key
        for node in model.graph.nodes("coverage")
        if node.key.startswith("via:") and node.key.endswith(f"|{key}") and "@" not in node.key
    ]


def _component(text: str, model: Model) -> list[str]:
    name = _spelt(model.component_names).get(text.casefold())
    if name is not None:
        return [f"component:{name}"]
    shown = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
    raise InputError(Fault(f"nothing here is called {shown!r}", hint=_hint(text, model)))


def _hint(text: str, model: Model) -> str:
    events = list(dict.fromkeys(_events(model)))
    unknown = model.events.unknown_events
    same = [key for key in events if key.number == text and key not in unknown]
    if same:
        return f"Did you mean {' or '.join(same)}?"
    techniques = _technique_names(model.attack)
    names = [*events, *model.component_names, *techniques]
    return did_you_mean(text, names, 3, techniques) or _FORMS


def _technique_names(attack: AttackModel) -> Mapping[str, str]:
    return {one.name: f"{one.id} ({one.name})" for one in attack.techniques}


def _spelt(names: Iterable[T]) -> dict[str, T]:
    return {name.casefold(): name for name in names}
