"""The appliance as a sensor: three events, one behind a setting, and a filter of logins."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from appliance.facts import AUDITED, IGNORED, MODEL

from logreach.coverage.engine.graph import Prerequisite
from logreach.coverage.engine.judged import Reason, Remedy
from logreach.coverage.engine.node_key import NodeKey
from logreach.coverage.engine.requirement import Need, Requirement
from logreach.coverage.engine.verdict import NO, NOT_APPLICABLE, PARTIAL, UNKNOWN, YES
from logreach.coverage.events.event_id import EventId
from logreach.coverage.events.host_kinds import HostKind
from logreach.coverage.events.operations import (
    ComponentOperations,
    Operation,
    OperationKnowledge,
    Shown,
)
from logreach.coverage.events.patterns import EventPattern
from logreach.coverage.events.sensor import Sensor
from logreach.inventories.facts.facts import Facts, Missing
from logreach.inventories.facts.keys import FactKey

LOGIN, COMMAND, REBOOT = (EventId.of("Gatekeeper", name) for name in ("LOGIN", "COMMAND", "REBOOT"))
FIELDS: Mapping[EventId, tuple[str, ...]] = {
    LOGIN: ("user", "address", "method"),
    COMMAND: ("user", "command"),
    REBOOT: ("reason",),
}
FIRST_WITH_METHOD = 2
COMMANDS = AUDITED("commands")


@dataclass(frozen=True, slots=True)
class Writes:
    """The firmware writes the event, or, from a version on, a field of it."""

    subject: str
    since: int = 1

    @property
    def reads(self) -> tuple[FactKey[object], ...]:
        return (MODEL,)

    def check(self, facts: Facts) -> Reason:
        model = facts.get(MODEL)
        if isinstance(model, Missing):
            text = f"whether {self.subject} is there depends on the model, which is unknown"
            return Reason("os", self.subject, UNKNOWN, text, missing=MODEL)
        verdict = YES if model.value.version >= self.since else NO
        word = "has" if verdict is YES else "lacks"
        return Reason("os", self.subject, verdict, f"{model.value} {word} it", model.evidence)


@dataclass(frozen=True, slots=True)
class CommandsAudited:
    """The setting without which no command is logged."""

    subject: str = COMMAND

    @property
    def reads(self) -> tuple[FactKey[object], ...]:
        return (COMMANDS,)

    def check(self, facts: Facts) -> Reason:
        remedy = Remedy(COMMANDS, True, "Type 'audit commands on'", title="Commands: audited")
        reason = partial(Reason, "setting", self.subject)
        audited = facts.get(COMMANDS)
        if isinstance(audited, Missing):
            return reason(UNKNOWN, "whether commands are audited is unknown", missing=COMMANDS)
        if audited.value:
            return reason(YES, "commands are audited", audited.evidence)
        return reason(NO, "commands are not audited", audited.evidence, remedy)


@dataclass(frozen=True, slots=True)
class LoginsKept:
    """The filter: it drops the logins of some users."""

    pattern: EventPattern

    @property
    def subject(self) -> str:
        return self.pattern.event

    @property
    def reads(self) -> tuple[FactKey[object], ...]:
        return (IGNORED,)

    def check(self, facts: Facts) -> Reason:
        reason = partial(Reason, "filter", self.subject)
        ignored = facts.get(IGNORED)
        if isinstance(ignored, Missing):
            return reason(NOT_APPLICABLE, "no user is ignored")
        text = f"the logins of {ignored.value.in_words()} are dropped"
        admitted = [
            user
            for user in ignored.value.users
            if EventPattern(
                LOGIN,
                {name: held for name, held in self.pattern.fields.items() if name == "user"},
            ).admits(LOGIN, {"user": user})
            is not False
        ]
        return reason(PARTIAL if admitted else YES, text, ignored.evidence)


def _operation(name: str, title: str, event: EventId, *needs: str) -> Operation:
    return Operation(name, title, (Shown(event, needs=needs),))


_OPERATIONS = {
    "User Account Authentication": _operation(
        "appliance-login", "a login to an appliance", LOGIN, "user"
    ),
    "Command Execution": _operation("appliance-command", "a command of an appliance", COMMAND),
    "Host Status": _operation("appliance-reboot", "an appliance restarts", REBOOT),
}


class Appliance(Sensor):
    """A gateway that writes its log by itself."""

    name = "Gatekeeper"
    host_kind = HostKind("Network Devices", marks=(MODEL,), system=MODEL)
    channels: Mapping[str, str] = {"Gatekeeper": "Gatekeeper/Log"}
    expected_facts = (MODEL, IGNORED, COMMANDS)
    operations = OperationKnowledge(
        {
            component: ComponentOperations(component, (operation,))
            for component, operation in _OPERATIONS.items()
        },
        {},
        {"User Account Authentication": {"Login method": (LOGIN.field("method"),)}},
    )
    mapped: Mapping[str, tuple[EventId, ...]] = {
        component: (operation.shown_by[0].event,) for component, operation in _OPERATIONS.items()
    }

    def events(self) -> Iterable[EventId]:
        return FIELDS

    def knows(self, event: EventId) -> bool:
        return event in FIELDS

    def fields(self, event: EventId) -> tuple[str, ...]:
        return FIELDS.get(event, ())

    def needs(self, event: EventId) -> tuple[Need, ...]:
        writes = _need("firmware", event, Writes(event))
        if event != COMMAND:
            return (writes,)
        return (writes, _need("commands audited", event, CommandsAudited()))

    def field_needs(self, event: EventId, field: str) -> tuple[Requirement, ...]:
        since = FIRST_WITH_METHOD if field == "method" else 1
        name = event.field(field)
        return (_need("field", name, Writes(name, since)),)

    def filtered(
        self,
        pattern: EventPattern,
        *,
        broad: bool = False,  # noqa: ARG002 - one remedy for all
    ) -> Prerequisite | None:
        return LoginsKept(pattern) if pattern.event == LOGIN else None

    def fact_title(self, key: FactKey[object]) -> str:
        return "commands of the appliance are audited" if key == COMMANDS else ""


def _need(what: str, subject: str, prerequisite: Prerequisite) -> Need:
    return Need(NodeKey.of("need", what, subject), prerequisite, subject)
