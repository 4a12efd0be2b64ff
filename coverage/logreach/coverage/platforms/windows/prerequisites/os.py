"""Link 1, the operating system (does it write the event, and that field?), and link 8, the role."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from logreach.coverage.engine.judged import Reason
from logreach.coverage.engine.verdict import NO, NOT_APPLICABLE, UNKNOWN, YES, Verdict, hull
from logreach.coverage.platforms.windows.knowledge.model import Event, Layout
from logreach.coverage.platforms.windows.prerequisites.settings import SettingOn
from logreach.inventories.facts.facts import Facts, Missing
from logreach.inventories.facts.keys import FactKey
from logreach.inventories.files.evidence import Evidence
from logreach.inventories.windows.facts import (
    FEATURE,
    OS,
    ROLE,
    SETTING,
    OperatingSystem,
    OsKind,
    Role,
)
from logreach.inventories.windows.system.operating_systems import catalogue

MEMBER = "member"
"""Every host but a domain controller, which has no accounts of its own."""


def written(event: Event, os: OperatingSystem) -> Verdict:
    """Whether this Windows writes the event at all, in whatever layout."""
    return NO if event.never_emitted else event.written_on(os)


@lru_cache(maxsize=4096)  # every field of an event asks
def layouts_on(event: Event, os: OperatingSystem) -> tuple[Layout, ...]:
    """The layouts that a build writes, or may write."""
    spans = [(layout, layout.span(os)) for layout in event.layouts]
    return tuple(
        layout for layout, span in spans if span is not None and span.holds(os.build) != NO
    )


@lru_cache(maxsize=4096)
def _place(event: Event, os: OperatingSystem) -> str:
    """The system and the versions of the event that it writes, in words."""
    numbers = sorted({layout.version for layout in layouts_on(event, os)})
    words = f" (version {' or '.join(str(number) for number in numbers)})" if numbers else ""
    return f"{os}{words}"


def has_field(event: Event, name: str, os: OperatingSystem) -> Verdict:
    """Whether the event has the field on this build: in every layout it may write, or in some."""
    verdicts = {layout.has(name) for layout in layouts_on(event, os)} or {NO}
    return verdicts.pop() if len(verdicts) == 1 else UNKNOWN


def over_systems(
    facts: Facts, judge: Callable[[OperatingSystem], Verdict]
) -> tuple[Verdict, tuple[Evidence, ...], OperatingSystem | None]:
    """Judge for the host's system, or, where that is unknown, for every Windows there is."""
    fact = facts.get(OS)
    if not isinstance(fact, Missing):
        return judge(fact.value), fact.evidence, fact.value
    return hull([judge(os) for os in catalogue()]), (), None


@dataclass(frozen=True, slots=True)
class OsWrites:
    """The event exists on the host's build."""

    event: Event

    @property
    def reads(self) -> tuple[FactKey[object], ...]:
        return (OS,)

    def check(self, facts: Facts) -> Reason:
        event = self.event
        verdict, evidence, os = over_systems(facts, lambda candidate: written(event, candidate))
        system = str(os) if os else "any Windows"
        if verdict == YES:
            explanation = f"{event.key} is written on {system}"
        elif event.never_emitted:
            explanation = f"{event.key} is defined, but written by no Windows"
        elif os is None:
            explanation = (
                f"whether {event.key} is written hangs on the operating system, which is unknown"
            )
        elif verdict == NO:
            explanation = f"{event.key} is not written on {system}"
        else:
            explanation = f"no source at hand proves that {system} writes {event.key}"
        if verdict != YES and os is not None and (more := _why_not(event, os, verdict)):
            explanation = f"{explanation}: {more}"
        missing = OS if os is None and not verdict.settled else None
        return Reason(
            "os",
            event.key,
            verdict,
            explanation,
            evidence,
            reference=event.reference,
            missing=missing,
        )


def _why_not(event: Event, os: OperatingSystem, verdict: Verdict) -> str:
    """Since when or until when, or what makes it doubtful."""
    spans = [span for layout in event.layouts if (span := layout.span(os)) is not None]
    if verdict == UNKNOWN:
        return "; ".join(dict.fromkeys(layout.note for layout in event.layouts if layout.note))
    if not spans:
        return f"no {os.kind} writes it"
    if all(os.build < span.possible_from for span in spans):
        first = min(span.possible_from for span in spans)
        return f"no {os.kind} before build {first} has it"
    return "; ".join(event.caveats[:2])


@dataclass(frozen=True, slots=True)
class OsFillsField:
    """The event has the field in the version that the host's build writes, or once updated."""

    event: Event
    name: str

    @property
    def reads(self) -> tuple[FactKey[object], ...]:
        update = self.event.field_updates.get(self.name)
        return (OS, SETTING(update.setting.name)) if update else (OS,)

    def check(self, facts: Facts) -> Reason:
        event, name = self.event, self.name
        verdict, evidence, os = over_systems(
            facts, lambda candidate: has_field(event, name, candidate)
        )
        update = event.field_updates.get(name)
        if update and os is not None and verdict == UNKNOWN and update.span.holds(os.build) == YES:
            return SettingOn(event.key.field(name), update.setting).check(facts)
        system = "any Windows" if os is None else _place(event, os)
        missing = None
        if verdict == YES:
            explanation = f"{event.key} has {name} on {system}"
        elif verdict == NO:
            explanation = f"{event.key} has no field {name} on {system}"
        elif os is None:
            explanation = (
                f"whether {event.key} has {name} hangs on the operating system, unknown here"
            )
            missing = OS
        elif self._unnamed(os):
            explanation = f"no source at hand names the fields of {event.key} on {system}"
        else:
            explanation = f"whether {event.key} has {name} on {system} hangs on installed updates"
        subject = f"{event.key}/{name}"
        return Reason("os", subject, verdict, explanation, evidence, None, event.reference, missing)

    def _unnamed(self, os: OperatingSystem) -> bool:
        return any(not layout.fields_known for layout in layouts_on(self.event, os))


@dataclass(frozen=True, slots=True)
class HasRole:
    """The host is of a kind that can write the event; other hosts are not asked for it.

    `titles` are the names of the roles for people; `what` says which of these events only such
    hosts write ('': all).
    """

    subject: str
    roles: frozenset[str]
    titles: tuple[str, ...]
    reference: str = ""
    what: str = ""

    @property
    def reads(self) -> tuple[FactKey[object], ...]:
        features = (FEATURE(name) for name in sorted(self.roles))
        return (ROLE, OS, *features)

    def check(self, facts: Facts) -> Reason:
        words = " or ".join(self.titles)
        events = f"{self.subject} {self.what}".rstrip()
        answers = [self._as_role(role, facts) for role in sorted(self.roles)]
        for verdict, evidence, _ in answers:
            if verdict == YES:
                return Reason(
                    "role", self.subject, YES, f"the host has the role: {words}", evidence
                )
        unknown = [missing for verdict, _, missing in answers if verdict == UNKNOWN]
        if unknown:
            explanation = f"only hosts of this role write {events}: {words}; the host's is unknown"
            return Reason(
                "role",
                self.subject,
                UNKNOWN,
                explanation,
                reference=self.reference,
                missing=unknown[0],
            )
        evidence = answers[0][1]
        explanation = f"only hosts of this role write {events}: {words}"
        return Reason(
            "role", self.subject, NOT_APPLICABLE, explanation, evidence, reference=self.reference
        )

    def _as_role(
        self, role: str, facts: Facts
    ) -> tuple[Verdict, tuple[Evidence, ...], FactKey[object] | None]:
        os = facts.get(OS)
        if not isinstance(os, Missing) and os.value.kind is OsKind.CLIENT:
            role_fact = facts.get(ROLE)
            if isinstance(role_fact, Missing) and role_fact.fault is not None:
                # Sources disagree on what this is: the system may be what is told wrongly.
                return UNKNOWN, os.evidence, ROLE
            return YES if role == MEMBER else NO, os.evidence, None
        if role in (Role.DOMAIN_CONTROLLER, MEMBER):
            role_fact = facts.get(ROLE)
            if isinstance(role_fact, Missing):
                return UNKNOWN, (), ROLE
            controls = role_fact.value is Role.DOMAIN_CONTROLLER
            return YES if controls == (role != MEMBER) else NO, role_fact.evidence, None
        role_fact = facts.get(ROLE)
        if not isinstance(role_fact, Missing) and role_fact.value is Role.WORKSTATION:
            return NO, role_fact.evidence, None
        feature = facts.get(FEATURE(role))
        if isinstance(feature, Missing):
            return UNKNOWN, (), FEATURE(role)
        return (YES if feature.value else NO), feature.evidence, None
